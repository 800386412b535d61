"""Which word of a query is still being typed?

>>> from searchkit.persian import analyze
>>> from searchkit.query.parse import parse
>>> word = begun("تاریخ ای", parse("تاریخ ای"), analyze)
>>> word.text, word.start, [clause.node.text for clause in word.context.clauses]
('ای', 6, ['تاریخ'])
>>> begun("تاریخ ", parse("تاریخ "), analyze) is None
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from searchkit.documents import Token
from searchkit.persian.text.fold import key_of
from searchkit.query.parse import MARKS, Parsed
from searchkit.query.tree import Any, Clause, Clauses, Node, Not, Prefix, Word


class Begun(NamedTuple):
    """The word at the end of a query.

    Attributes:
        text: What has been typed of it.
        keys: What words begin with that begin so: as it is folded, and the spelling that analysis takes it for.
        start: Where it begins in the query.
        field: In which it is looked for; None for any.
        excluded: Whether it stands under a minus.
        context: What stands before it.
        joins: Where the plain word begins that stands right before it; None if there is none.
    """

    text: str
    keys: tuple[str, ...]
    start: int
    field: str | None
    excluded: bool
    context: Clauses
    joins: int | None


def begun(query: str, parsed: Parsed, analyzed: Callable[[str], Sequence[Token]]) -> Begun | None:
    """Return the word at the very end of a query, or None where that is a blank, a sign, a bracket or nothing."""
    *before, last = parsed.clauses.clauses or (Clause(Clauses(())),)
    leaf, excluded = _rightmost(last.node, excluded=last.sign == "-")
    if not isinstance(leaf, Word | Prefix) or not leaf.span[1] or leaf.span[1] != len(query.rstrip(MARKS)):
        return None
    written = leaf.text
    tokens = analyzed(written)
    if not tokens or tokens[-1].end != len(written):
        return None
    token = tokens[-1]
    keys = tuple(dict.fromkeys(key for key in (key_of(token.text).replace(" ", ""), token.key) if key))
    alone = isinstance(last.node, Word | Prefix) and not last.sign
    joins = None
    if alone and len(tokens) == 1 and before and _is_plain(before[-1], leaf.field):
        node = before[-1].node
        joins = node.span[0] if isinstance(node, Word) else None
    if len(tokens) > 1:
        before.append(Clause(Word(written[: token.start], leaf.field)))
    start = leaf.span[0] + token.start
    return Begun(token.text, keys, start, leaf.field, excluded, Clauses(tuple(before)), joins)


def _rightmost(node: Node, *, excluded: bool) -> tuple[Node, bool]:
    """Return the last operand of OR, and whether it is excluded."""
    match node:
        case Any() if node.nodes:
            return _rightmost(node.nodes[-1], excluded=excluded)
        case Not():
            return _rightmost(node.node, excluded=not excluded)
        case _:
            return node, excluded


def _is_plain(clause: Clause, field: str | None) -> bool:
    """Tell whether a clause is a word without a sign in the same field, which one that follows may be joined to."""
    return isinstance(clause.node, Word) and not clause.sign and clause.node.field == field and clause.node.span[1] > 0
