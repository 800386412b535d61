"""Which words of a query may have been mistyped, and which of them does the index hold?

Words that follow a minus or stand in quotation marks are meant as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, TypeAlias

from searchkit.documents import Span, Token
from searchkit.query.parse import Parsed
from searchkit.query.spacing import Spacing, stop_keys
from searchkit.query.tree import Any, Clause, Clauses, Node, Word
from searchkit.query.words import QueryWords

Holds: TypeAlias = Callable[[str], int]
"""Says how many documents that may be found hold every word of a text."""

_LEAST = 2  # letters of the shortest word that may be another


class TypedWord(NamedTuple):
    """A word of a query: as it was typed, as it is folded, where it stands, and whether some document holds it."""

    text: str
    key: str
    span: Span
    held: bool


class TypedRow(NamedTuple):
    """Words that were typed beside one another.

    Attributes:
        text: All that was typed, signs too.
        span: Where it stands in the query.
        words: The words in it.
        alone: Whether an operator belongs to it, so that no second word can stand beside it.
    """

    text: str
    span: Span
    words: tuple[TypedWord, ...]
    alone: bool


def typed_rows(parsed: Parsed, words: QueryWords, holds: Holds) -> list[TypedRow]:
    """Return the rows of words of a query that may have been mistyped.

    Args:
        parsed: The query.
        words: What asks the index for terms.
        holds: What asks it for words.
    """
    return [_row(row, words, holds, alone=alone) for row, alone in _rows(parsed.clauses)]


def _rows(node: Node) -> Iterator[tuple[list[Word], bool]]:
    """Yield the words that stand beside one another, and whether an operator belongs to them."""
    match node:
        case Word():
            yield [node], True
        case Any():
            for operand in node.nodes:
                yield from _rows(operand)
        case Clauses():
            for bare, members in groupby(node.clauses, key=_is_bare):
                nodes = [clause.node for clause in members if clause.sign != "-"]
                if bare:
                    yield [node for node in nodes if isinstance(node, Word)], False
                else:
                    for each in nodes:
                        yield from _rows(each)
        case _:
            return


def _is_bare(clause: Clause) -> bool:
    return isinstance(clause.node, Word) and not clause.sign and clause.node.field is None


def _row(row: Sequence[Word], words: QueryWords, holds: Holds, *, alone: bool) -> TypedRow:
    text = " ".join([word.text for word in row])
    places = [at for word in row for at in range(word.span[0], word.span[0] + len(word.text) + 1)]
    tokens = words.analyzer.analyze(text)
    spacing = Spacing(words.analyzer, words.frequency, words.ranking, row[0].field)
    joined = {at for span, _ in spacing.joined(text, tokens) for at in range(*span)}
    typed = tuple(
        TypedWord(
            token.text,
            token.key,
            (places[token.start], places[token.end - 1] + 1),
            token.position in joined or _is_held(token, spacing, holds),
        )
        for token in tokens
    )
    return TypedRow(text, (places[0], places[-1]), typed, alone)


def _is_held(token: Token, spacing: Spacing, holds: Holds) -> bool:
    """Tell whether a document holds a word, in any form or spacing. What says little is as good as held."""
    if len(token.key) < _LEAST or token.key in stop_keys() or any(char.isdecimal() for char in token.key):
        return True
    return any(spacing.held(term) for term, _ in spacing.terms(token)) or holds(token.text) > 0
