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
from searchkit.query.parse import STRAY_MARKS, Parsed
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
        joined: Where the plain word begins that stands right before it, and the key of both as one word; None if there
            is none.
        keyed: Where that begins which has been typed without a blank and may be a word on another layout, as a letter
            is a sign there; None if it begins where the word does. A word that ends in such a sign has no keys.
    """

    text: str
    keys: tuple[str, ...]
    start: int
    field: str | None
    excluded: bool
    context: Clauses
    joined: tuple[int, str] | None
    keyed: int | None


def begun(query: str, parsed: Parsed, analyzed: Callable[[str], Sequence[Token]]) -> Begun | None:
    """Return the word at the very end of a query, or None where that is a blank, a sign, a bracket or nothing."""
    *before, last = parsed.clauses.clauses or (Clause(Clauses(())),)
    leaf, excluded = _rightmost(last.node, excluded=last.sign == "-")
    if not isinstance(leaf, Word | Prefix) or not leaf.span[1] or leaf.span[1] != len(query.rstrip(STRAY_MARKS)):
        return None
    written, start = leaf.text, leaf.span[0]
    tokens = analyzed(written)
    if not tokens or tokens[-1].end != len(written):
        empty = Begun("", (), start, leaf.field, excluded, Clauses(tuple(before)), None, start)
        return empty if written.isascii() else None
    token = tokens[-1]
    keys = tuple(dict.fromkeys(key for key in (_key(token.text), token.key) if key))
    joined = None
    if before and isinstance(last.node, Word | Prefix) and not last.sign and len(tokens) == 1:
        joined = _joined(before[-1], leaf.field, keys)
    if len(tokens) > 1:
        before.append(Clause(Word(written[: token.start], leaf.field)))
    keyed = start if token.start and written.isascii() else None
    return Begun(token.text, keys, start + token.start, leaf.field, excluded, Clauses(tuple(before)), joined, keyed)


def _key(text: str) -> str:
    return key_of(text).replace(" ", "")


def _joined(clause: Clause, field: str | None, keys: Sequence[str]) -> tuple[int, str] | None:
    """Return where a word without a sign in the same field begins, and the key of it and the one after it as one."""
    node = clause.node
    if not isinstance(node, Word) or clause.sign or node.field != field or not node.span[1] or not keys:
        return None
    return (node.span[0], key + keys[0]) if (key := _key(node.text)).isalpha() else None


def _rightmost(node: Node, *, excluded: bool) -> tuple[Node, bool]:
    """Return the last operand of OR, and whether it is excluded."""
    match node:
        case Any() if node.nodes:
            return _rightmost(node.nodes[-1], excluded=excluded)
        case Not():
            return _rightmost(node.node, excluded=not excluded)
        case _:
            return node, excluded
