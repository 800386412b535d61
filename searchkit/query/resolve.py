"""Which index terms must, may and must not be in a document that answers a query?

First the leaves become terms and the tree keeps its shape; then the shape is decided, once for each way of matching.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, TypeAlias

from searchkit.persian.terms import Wanted
from searchkit.query.parse import MIN_PREFIX, Parsed
from searchkit.query.tree import (
    All,
    Any,
    Clause,
    Clauses,
    Node,
    Not,
    Nothing,
    Phrase,
    Prefix,
    Terms,
    Tiered,
    Weighted,
    Word,
)
from searchkit.query.words import QueryWords

MatchMode: TypeAlias = Literal["all", "any", "auto"]


def resolve(parsed: Parsed, words: QueryWords, match: MatchMode = "auto") -> Node:
    """Return what an engine is asked for; its leaves are `Terms` and `Prefix`.

    `match` decides about clauses without a sign: "all" of them must match, or "any" one; "auto" puts the documents
    that match all before those that match any. What follows + or - is read as "all". Function words add to the score
    of a document but are not required of it, unless there is nothing else to go by or they are quoted or follow +.
    """
    clauses = _analysed(parsed.clauses, words)
    if match != "auto":
        return _shaped(clauses, every=match == "all")
    first, rest = (_shaped(clauses, every=every) for every in (True, False))
    return first if first == rest else Tiered(first, rest)


def wanted(node: Node) -> Wanted:
    """Return the terms and prefixes that a reader of the documents found looks for.

    What is under `Not` is not among them, nor are function words that a document need not hold.
    """
    leaves = list(_leaves(node))
    terms = (term for leaf in leaves if isinstance(leaf, Terms) for term, _ in leaf.terms)
    prefixes = dict.fromkeys(leaf.text for leaf in leaves if isinstance(leaf, Prefix))
    return Wanted(frozenset(terms), tuple(prefixes))


def _leaves(node: Node) -> Iterator[Node]:
    match node:
        case Terms() | Prefix():
            yield node
        case Phrase():
            yield from node.words
        case All() | Any():
            # A bare word among the optional nodes is a function word: see `_grouped`.
            worded = [child for child in node.optional if not isinstance(child, Terms)]
            for child in (*node.nodes, *worded):
                yield from _leaves(child)
        case Weighted():
            yield from _leaves(node.node)
        case Tiered():
            yield from _leaves(node.rest)
        case _:
            return


def _analysed(clauses: Clauses, words: QueryWords) -> Clauses:
    """Return the clauses with index terms for leaves. Neighbouring words without a sign are analysed together."""
    found: list[Clause] = []
    for run, members in groupby(clauses.clauses, key=_run):
        if run is not None:
            texts = [clause.node.text for clause in members if isinstance(clause.node, Word)]
            found += _clauses(texts, run[0], words)
        else:
            found += [Clause(leaf, clause.sign) for clause in members if (leaf := _leaf(clause.node, words))]
    return Clauses(tuple(found))


def _run(clause: Clause) -> tuple[str | None] | None:
    """Return the field that the clauses of one run of words have in common; None for what stands alone."""
    return (clause.node.field,) if isinstance(clause.node, Word) and not clause.sign else None


def _clauses(texts: Sequence[str], field: str | None, words: QueryWords) -> list[Clause]:
    return [Clause(answer.node, "?" if answer.stop else "") for answer in words.answers(texts, field)]


def _leaf(node: Node, words: QueryWords) -> Node | None:
    """Return the node with index terms for leaves, or None if there are no words in it."""
    match node:
        case Word():
            clauses = _clauses([node.text], node.field, words)
            return Clauses(tuple(clauses)) if clauses else None
        case Phrase():
            return words.quoted([word.text for word in node.words if isinstance(word, Word)], node.field)
        case Prefix():
            key = words.prefix(node.text)
            return Prefix(key, node.field, node.span) if len(key) >= MIN_PREFIX else None
        case Clauses():
            return inner if (inner := _analysed(node, words)).clauses else None
        case Not():
            return Not(leaf) if (leaf := _leaf(node.node, words)) else None
        case Any():
            return _either([leaf for operand in node.nodes if (leaf := _leaf(operand, words))])
        case _:
            return node


def _either(operands: Sequence[Node]) -> Node | None:
    """Return the operands of OR; a function word among them would let any document in, so it only adds to the score."""
    content = tuple(operand for operand in operands if not _is_stop(operand))
    if not content:
        return Any(tuple(operands)) if operands else None
    return Any(content, tuple(operand for operand in operands if _is_stop(operand)))


def _is_stop(node: Node) -> bool:
    return isinstance(node, Clauses) and all(clause.sign == "?" for clause in node.clauses)


def _shaped(node: Node, *, every: bool) -> Node:
    """Decide how many clauses must match: every one, or any."""
    match node:
        case Terms():
            return node
        case Clauses():
            return _grouped(node, every=every)
        case Any():
            nodes, optional = (
                tuple(_shaped(child, every=every) for child in part) for part in (node.nodes, node.optional)
            )
            return _any(nodes, optional)
        case Not():
            return Not(_shaped(node.node, every=True))
        case _:
            return node


def _grouped(group: Clauses, *, every: bool) -> Node:
    signed: dict[str, list[Node]] = {"+": [], "-": [], "": [], "?": []}
    for clause in group.clauses:
        signed[clause.sign].append(_shaped(clause.node, every=every or clause.sign in {"+", "-"}))
    required, excluded, plain, optional = map(tuple, signed.values())
    if not required and not plain:
        plain, optional = optional, ()
    if every or not plain:
        nodes = required + plain
    elif required:
        nodes, optional = required, (Any(plain, optional),)
    else:
        nodes, optional = (_any(plain, optional),), ()
    if excluded:
        nodes += (Not(_any(excluded)),)
    return _all(nodes, optional)


def _all(nodes: tuple[Node, ...], optional: tuple[Node, ...] = ()) -> Node:
    if not nodes:
        return Nothing()
    return nodes[0] if len(nodes) == 1 and not optional else All(nodes, optional)


def _any(nodes: tuple[Node, ...], optional: tuple[Node, ...] = ()) -> Node:
    return nodes[0] if len(nodes) == 1 and not optional else Any(nodes, optional)
