"""Which index terms must, may and must not be in a document that answers a query?

First the leaves become terms and the tree keeps its shape; then the shape is decided, once for each way of matching.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias

from searchkit.documents import Span
from searchkit.persian.terms import Wanted
from searchkit.query.parse import MIN_PREFIX, Parsed
from searchkit.query.spacing import Frequency
from searchkit.query.tree import (
    All,
    Any,
    Beside,
    Clause,
    Clauses,
    Node,
    Not,
    Nothing,
    Phrase,
    Prefix,
    Quoted,
    Ranked,
    Terms,
    Weighted,
    Word,
)
from searchkit.query.words import QueryWords

HARDLY = 3
"""Documents that hold a word that may be a slip of their writers, or of who asks for it."""
_MANY = 1_000  # of fewer documents it says little that hardly one holds a word

MatchMode: TypeAlias = Literal["all", "any", "auto"]


_NOT = "ن"


class _Shape(NamedTuple):
    """How a group of clauses is read: must every one match, and is what is quoted a phrase, or words like others?"""

    every: bool
    quoted: bool


_ALL, _ANY = _Shape(every=True, quoted=True), _Shape(every=False, quoted=True)
_ALL_WORDS, _ANY_WORDS = _Shape(every=True, quoted=False), _Shape(every=False, quoted=False)


def resolve(
    parsed: Parsed, words: QueryWords, match: MatchMode = "auto", beginnings: Sequence[tuple[Prefix, int]] = ()
) -> Node:
    """Return what an engine is asked for; its leaves are `Terms` and `Prefix`.

    `match` decides about clauses without a sign: "all" of them must match, or "any" one. "auto" is as "any", and what
    is quoted is no condition; but documents that hold what is quoted come first, and then, if the query has few words
    (`Ranking.tier_words`), those that hold all of them. In "all", documents that deny what the query does come first,
    if it has no other verb. What follows + or - is read as "all". Function words add to the score of a document but are
    not required of it, unless there is nothing else to go by or they are quoted or follow +. Words that begin as one of
    the `beginnings`, which are folded keys, answer the last clauses too: so many of them.
    """
    clauses = _analysed(parsed.clauses, words)
    if beginnings:
        clauses = _begun(clauses, beginnings)
    beside = tuple(_beside(clauses)) if words.ranking.beside else ()
    if match != "auto":
        answers = _shaped(clauses, _ALL if match == "all" else _ANY)
        denied = _denied(clauses, words) if match == "all" else ()
        return Ranked(answers, denied, beside=beside) if beside or denied else answers
    answers, complete = _shaped(clauses, _ANY_WORDS), _shaped(clauses, _ALL)
    if answers == complete:
        return Ranked(answers, beside=beside) if beside else answers
    plain = [clause.node for clause in clauses.clauses if not clause.sign]
    quoted = tuple(node.phrase for node in plain if isinstance(node, Quoted))
    tiers = [_all(quoted)] if quoted else []
    if _content_words(clauses) <= words.ranking.tier_words:
        tiers.append(_shaped(clauses, _ALL_WORDS))
    return Ranked(answers, tuple(dict.fromkeys(tiers)), complete, beside)


def quoted(parsed: Parsed) -> list[Span]:
    """Return where phrases stand in a query that "auto" puts first: from the first to the last, or none."""
    spans = [each.node.span for each in parsed.clauses.clauses if isinstance(each.node, Phrase) and not each.sign]
    return [(spans[0][0], spans[-1][1])] if spans else []


def wanted(node: Node) -> Wanted:
    """Return the terms and prefixes that a reader of the documents found looks for.

    What is under `Not` is not among them, nor are function words that a document need not hold.
    """
    leaves = list(_leaves(node))
    words = [leaf for leaf in leaves if isinstance(leaf, Terms)]
    terms = (term for word in words if not word.only and not word.never for term, _ in word.terms)
    prefixes = dict.fromkeys(leaf.text for leaf in leaves if isinstance(leaf, Prefix))
    placed = dict.fromkeys(_placed(word) for word in words if word.only or word.never)
    return Wanted(frozenset(terms), tuple(prefixes), tuple(placed))


def _placed(word: Terms) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    return frozenset([term for term, _ in word.terms]), frozenset(word.only), frozenset(word.never)


def hardly(documents: int) -> int:
    """Return how many of the documents of an index may hold a word that hardly one does."""
    return min(HARDLY, documents // _MANY)


def rarest(node: Node, frequency: Frequency, *, begun: bool = False) -> int:
    """Return how many documents hold, in some form, that of the words asked for which the fewest do; 1 if none is."""
    return min(
        (max(frequency(term, word.field) for term, _ in word.terms) for word in _words(node, begun=begun)), default=1
    )


def _words(node: Node, *, begun: bool) -> Iterator[Terms]:
    """Yield the words that were typed, but for what is quoted and, if one has begun, those beside a beginning."""
    match node:
        case Terms():
            yield node
        case Any() if begun and any(isinstance(child, Prefix) for child in node.nodes):
            return
        case All() | Any():
            for child in (*node.nodes, *node.optional):
                yield from _words(child, begun=begun)
        case Ranked():
            yield from _words(node.answers, begun=begun)
        case _:
            return


def _leaves(node: Node) -> Iterator[Node]:
    match node:
        case Terms() | Prefix():
            yield node
        case Phrase():
            yield from node.words
        case All() | Any():
            # A bare word among the optional nodes is a function word: see `_grouped`.
            worded = [child for child in node.optional if not isinstance(_bare(child), Terms)]
            for child in (*node.nodes, *worded):
                yield from _leaves(child)
        case Weighted():
            yield from _leaves(node.node)
        case Ranked():
            for part in (node.answers, *node.tiers):
                yield from _leaves(part)
        case _:
            return


def _bare(node: Node) -> Node:
    return node.node if isinstance(node, Weighted) else node


def _analysed(clauses: Clauses, words: QueryWords) -> Clauses:
    """Return the clauses with index terms for leaves. Neighbouring words without a sign are analysed together."""
    found: list[Clause] = []
    for run, members in groupby(clauses.clauses, key=_run):
        if run is not None:
            texts = [clause.node.text for clause in members if isinstance(clause.node, Word)]
            found += words.answers(texts, run[0])
        else:
            for clause in members:  # who wants to be rid of a word does not mean what stands for it elsewhere
                leaf = _leaf(clause.node, words.plain if clause.sign == "-" else words)
                found += [Clause(leaf, clause.sign)] if leaf else []
    return Clauses(tuple(found))


def _run(clause: Clause) -> tuple[str | None] | None:
    """Return the field that the clauses of one run of words have in common; None for what stands alone."""
    return (clause.node.field,) if isinstance(clause.node, Word) and not clause.sign else None


def _leaf(node: Node, words: QueryWords) -> Node | None:
    """Return the node with index terms for leaves, or None if there are no words in it."""
    match node:
        case Word():
            clauses = words.answers([node.text], node.field)
            return Clauses(tuple(clauses)) if clauses else None
        case Phrase():
            return words.quoted([word.text for word in node.words if isinstance(word, Word)], node.field)
        case Prefix():
            key = words.prefix(node.text)
            return Prefix(key, node.field, node.span) if len(key) >= MIN_PREFIX else None
        case Clauses():
            return inner if (inner := _analysed(node, words)).clauses else None
        case Not():
            return Not(leaf) if (leaf := _leaf(node.node, words.plain)) else None
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


def _denied(clauses: Clauses, words: QueryWords) -> tuple[Node, ...]:
    """Return what documents match that deny every verb of a query; nothing if it has another one, or none."""
    may_be = any(_may_deny(term) for clause in clauses.clauses for word in clause.row for term, _ in word.terms[:1])
    if words.vocabulary is None or not may_be:
        return ()
    from searchkit.query.negation import denied  # noqa: PLC0415 (most queries deny nothing)

    found = denied(clauses, words.vocabulary)
    return () if found is None else (found,)


def _may_deny(key: str) -> bool:
    """Tell whether a word may be a negated verb: one begins with a ن, or has that after a preverb."""
    return _NOT in key[:1] + key[2:4]


def _begun(clauses: Clauses, beginnings: Sequence[tuple[Prefix, int]]) -> Clauses:
    """Return clauses of which the last ones are answered by words that begin so, too."""
    found = list(clauses.clauses)
    for at, clause in enumerate(reversed(clauses.clauses), 1):
        if more := [prefix for prefix, clauses_of in beginnings if at <= clauses_of]:
            akin = None if clause.akin is None else Any((clause.akin, *more))
            found[-at] = replace(clause, node=Any((clause.node, *more)), akin=akin)
    return Clauses(tuple(found))


def _shaped(node: Node, shape: _Shape) -> Node:
    """Decide how many clauses must match, and whether what is quoted is a phrase."""
    match node:
        case Terms():
            return node
        case Clauses():
            return _grouped(node, shape)
        case Quoted():
            return node.phrase if shape.quoted else _shaped(node.words, shape)
        case Any():  # what is quoted among the operands of OR is one of them
            operands = shape._replace(quoted=True)
            nodes, optional = (
                tuple(_shaped(child, operands) for child in part) for part in (node.nodes, node.optional)
            )
            return _any(nodes, optional)
        case Not():
            return Not(_shaped(node.node, _ALL))
        case _:
            return node


def _grouped(group: Clauses, shape: _Shape) -> Node:
    signed: dict[str, list[Node]] = {"+": [], "-": [], "": [], "?": []}
    for clause in group.clauses:
        node = clause.node if shape.every else clause.akin or clause.node
        signed[clause.sign].append(_shaped(node, _ALL if clause.sign in {"+", "-"} else shape))
    required, excluded, plain, optional = map(tuple, signed.values())
    if not required and not plain:
        plain, optional = optional, ()
    if shape.every or not plain:
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


def _content_words(clauses: Clauses) -> int:
    """Return how many words that are no function words a document would hold that holds all of a query."""
    count = 0
    for clause in clauses.clauses:
        if clause.sign in {"", "+"}:
            inner = clause.node.words if isinstance(clause.node, Quoted) else clause.node
            count += _content_words(inner) if isinstance(inner, Clauses) else 1
    return count


def _beside(clauses: Clauses) -> Iterator[Beside]:
    """Yield the rows of words of one field that a query has, each of two words at least."""
    row: list[tuple[Terms, bool]] = []
    for clause in [*_unquoted(clauses), Clause(Nothing())]:
        if clause.row and row and row[-1][0].field == clause.row[0].field:
            row += [(word, clause.sign != "?") for word in clause.row]
            continue
        if len(row) > 1:
            yield Beside(*zip(*row, strict=True))
        row = [(word, clause.sign != "?") for word in clause.row]
        if isinstance(clause.node, Clauses) and clause.sign != "-":
            yield from _beside(clause.node)


def _unquoted(clauses: Clauses) -> Iterator[Clause]:
    """Yield the clauses, those inside quotation marks among them."""
    for clause in clauses.clauses:
        if isinstance(clause.node, Quoted) and clause.sign != "-":
            yield from clause.node.words.clauses
        else:
            yield clause
