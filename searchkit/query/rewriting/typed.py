"""Which words of a query may have been mistyped, and which of them does the index hold?

Words that follow a minus or stand in quotation marks are meant as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    """A word of a query.

    Attributes:
        text: As it was typed.
        key: As it is folded.
        span: Where it stands in the query.
        held: How many documents hold it, in any form or spacing, about.
        content: Whether it may be another word: it is no function word, no number and no single letter, and
        settled: it is none of the words that the site knows.
    """

    text: str
    key: str
    span: Span
    held: int
    content: bool
    settled: bool = False


class TypedChunk(NamedTuple):
    """What was typed without a blank: the text, where it stands in the query, and which words of a row are in it."""

    text: str
    span: Span
    words: range


class TypedRow(NamedTuple):
    """Words that were typed beside one another.

    Attributes:
        text: All that was typed, signs too.
        span: Where it stands in the query.
        words: The words in it.
        alone: Whether an operator belongs to it, so that no second word can stand beside it.
        field: In which it is looked for; None for any.
        chunks: What was typed between blanks, where words are in it and none goes on beyond it.
    """

    text: str
    span: Span
    words: tuple[TypedWord, ...]
    alone: bool
    field: str | None
    chunks: tuple[TypedChunk, ...] = ()

    def within(self, text: str) -> str:
        """Return the query for another text in the same field."""
        return text if self.field is None else f"{self.field}:({text})"


class WordCounter(NamedTuple):
    """Says how many documents hold a word.

    Attributes:
        words: What asks the index for terms.
        holds: What asks for words those of its documents that may be found.
        every: Whether all of them may.
    """

    words: QueryWords
    holds: Holds
    every: bool


def typed_rows(parsed: Parsed, counter: WordCounter) -> list[TypedRow]:
    """Return the rows of words of a query that may have been mistyped, with how many documents hold each."""
    return [_row(row, counter, alone=alone) for row, alone in _rows(parsed.clauses)]


def any_held_by_at_most(few: int, rows: Iterable[TypedRow]) -> bool:
    """Tell whether there is a word that no more documents hold, and that may be another."""
    return any(word.content and word.held <= few for row in rows for word in row.words)


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


def _row(row: Sequence[Word], counter: WordCounter, *, alone: bool) -> TypedRow:
    words, field = counter.words, row[0].field
    text = " ".join([word.text for word in row])
    places = [at for word in row for at in range(word.span[0], word.span[0] + len(word.text) + 1)]
    tokens = words.analyzer.analyze(text)
    spacing = Spacing(words.analyzer, words.frequency, words.ranking, field)
    found = TypedRow(text, (places[0], places[-1]), (), alone, field)
    joined = {at for span, _ in spacing.joined(text, tokens) for at in range(*span)} if counter.every else set()
    settled = words.settled(text, tokens, field)
    typed = []
    for token in tokens:
        held = max(spacing.held(term) for term, _ in spacing.terms(token)) if counter.every else 0
        held = held or int(token.position in joined) or counter.holds(found.within(token.text))
        span = places[token.start], places[token.end - 1] + 1
        known = token.position in settled
        content = not known and _is_content(token)
        typed.append(TypedWord(token.text, token.key, span, held, content, known))
    return found._replace(words=tuple(typed), chunks=tuple(_chunks(row, typed)))


def _chunks(row: Sequence[Word], words: Sequence[TypedWord]) -> Iterator[TypedChunk]:
    """Yield what was typed between blanks."""
    for each in row:
        start, end = each.span[0], each.span[0] + len(each.text)
        inside = [at for at, word in enumerate(words) if word.span[0] < end and start < word.span[1]]
        if inside and start <= words[inside[0]].span[0] and words[inside[-1]].span[1] <= end:
            yield TypedChunk(each.text, (start, end), range(inside[0], inside[-1] + 1))


def _is_content(token: Token) -> bool:
    return len(token.key) >= _LEAST and token.key not in stop_keys() and not any(map(str.isdecimal, token.key))
