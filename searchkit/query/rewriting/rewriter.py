"""What is searched instead of words that no document holds, and what else may have been meant?

Of each row of words that were typed beside one another, ways to read it are weighed: words that are held stay, others
become words that they are near to, and several of them one. The cheapest is taken, where it counts against a way if no
document holds what it puts in the place of a word together with the words beside that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import nsmallest
from typing import NamedTuple, TypeAlias

from searchkit.documents import Span
from searchkit.query.parse import OPERATORS
from searchkit.query.resolve import HARDLY
from searchkit.query.rewriting.candidates import Candidate
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.keyboard import meant_keys
from searchkit.query.rewriting.script import OtherScript
from searchkit.query.rewriting.spelling import Spelling
from searchkit.query.rewriting.typed import Holds, TypedRow, TypedWord
from searchkit.query.spacing import stop_keys
from searchkit.query.words import SHORT
from searchkit.results import Rewriting

MOST_REWRITTEN = 8
"""Words of a query that others are looked for instead of, which takes some milliseconds each."""
MOST_SUGGESTIONS = 3

_JOINED = 3  # words that may be one
_JOIN = 0.3  # what it costs to make one of two
_OTHER_SCRIPT = 0.7  # what it costs that a Persian word stands for one of Latin letters
_UNKNOWN = 4.0  # what a word costs that is not held and stays
_ALONE = 1.0  # what it costs that no document holds a word with its neighbours
_NEAR = 1.4  # what a word may cost that is searched beside one that hardly a document holds
_MORE = 4  # how many times as many documents must hold it
_WAYS = 12  # ways to read a row that are compared


class Rewritten(NamedTuple):
    """A query with other words, what was changed in it, and further queries that may have been meant."""

    query: str
    changes: tuple[Rewriting, ...]
    suggestions: tuple[str, ...]


class _ReadAs(NamedTuple):
    """What is read for what was typed at a place of the query: something else, or the same, perhaps unknown."""

    typed: str
    span: Span
    instead: Candidate | None = None
    unknown: bool = False

    @property
    def text(self) -> str:
        return self.instead.text if self.instead else self.typed


_Keyed: TypeAlias = dict[tuple[int, int], list[_ReadAs]]
"""What is read for words of a row on another layout of the keyboard, from one word of it to another."""


class _RowReading(NamedTuple):
    """One way to read a row of words."""

    cost: float
    pieces: tuple[_ReadAs, ...]

    @property
    def unknown(self) -> int:
        """How many words that no document holds stay."""
        return sum([piece.unknown for piece in self.pieces])

    def changes(self) -> Iterator[Rewriting]:
        """Yield what is not read as it was typed."""
        for piece in self.pieces:
            if piece.instead:
                yield Rewriting(piece.span, piece.typed, piece.instead.text, piece.instead.step)


class Rewriter:
    """Rewrites queries for one index. Safe to share between threads.

    Args:
        forms: The words that the index holds.
        rare: How many documents may hold a word that others are looked for beside.

    Attributes:
        script: What finds words of the other script.
    """

    def __init__(self, forms: WrittenForms, rare: int = HARDLY) -> None:
        self._forms = forms
        self._rare = rare
        self._spelling = Spelling(forms)
        self.script = OtherScript(forms)

    def rewritten(self, query: str, rows: Sequence[TypedRow], holds: Holds) -> Rewritten | None:
        """Return what is searched instead of a query; None where it is as good as it can be.

        Words that no document holds are read otherwise. If there are none, and the query is short, those that hardly a
        document holds are searched together with more frequent ones.

        Args:
            query: As it was typed.
            rows: Its words.
            holds: Says what may be found.
        """
        if all(_is_known(word) for row in rows for word in row.words):
            return self._enlarged(query, rows, holds)
        readings = self._readings(rows, holds)
        if not readings:
            return None
        best, *further = _queries(query, readings, {row.span for row in rows if row.alone})
        changes = tuple([change for ways in readings for change in ways[0].changes()])
        return Rewritten(best, changes, tuple(further[:MOST_SUGGESTIONS]))

    def _enlarged(self, query: str, rows: Sequence[TypedRow], holds: Holds) -> Rewritten | None:
        changes = [
            Rewriting(word.span, word.text, each.text, each.step, kept=True)
            for row in rows
            if sum([word.content for word in row.words]) <= SHORT
            for word in row.words
            if word.content and word.held <= self._rare
            for each in self._meant(word.text)[:1]
            if each.cost <= _NEAR and holds(row.within(each.text)) >= _MORE * word.held
        ]
        if not changes:
            return None
        return Rewritten(_written(query, changes), tuple(changes), self.suggestions(query, rows, holds))

    def suggestions(self, query: str, rows: Sequence[TypedRow], holds: Holds) -> tuple[str, ...]:
        """Return queries that may have been meant, with more frequent words for those that hardly a document holds.

        Args:
            query: As it was typed.
            rows: Its words.
            holds: Says what may be found.
        """
        rare = [row._replace(words=tuple([self._without_rare(word) for word in row.words])) for row in rows]
        found = _queries(query, self._readings(rare, holds), {row.span for row in rows if row.alone})
        return tuple(found[:MOST_SUGGESTIONS])

    def _without_rare(self, word: TypedWord) -> TypedWord:
        return word._replace(held=0) if word.held <= self._rare else word

    def _readings(self, rows: Sequence[TypedRow], holds: Holds) -> list[list[_RowReading]]:
        """Return the ways to read each row of unknown words otherwise than it was typed, the likeliest first."""
        left = MOST_REWRITTEN
        readings = []
        for row in rows:
            unknown = sum([not _is_known(word) for word in row.words])
            if 0 < unknown <= left and (ways := self._ways(row, holds)):
                left -= unknown
                readings.append(ways)
        return readings

    def _ways(self, row: TypedRow, found: Holds) -> list[_RowReading]:
        def holds(text: str) -> int:
            return found(row.within(text))

        meant = [] if any(word.settled for word in row.words) else meant_keys(row.text, self._forms)
        meant = [each for each in meant if OPERATORS.isdisjoint(each.text.split())]
        keyed = [each for each in meant if holds(each.text)]
        ways = [_RowReading(each.cost, (_ReadAs(row.text, row.span, each),)) for each in keyed]
        ways += self._cut(row.words, holds, {} if keyed else self._keyed(row, holds))
        changed = [way for way in ways if any(piece.instead for piece in way.pieces)]
        fewest = min([way.unknown for way in changed], default=0)
        changed = [way for way in changed if way.unknown == fewest]
        weighed = [way._replace(cost=way.cost + _ALONE * _strangers(way.pieces, holds)) for way in changed]
        return nsmallest(1 + MOST_SUGGESTIONS, weighed, key=lambda way: way.cost)

    def _keyed(self, row: TypedRow, holds: Holds) -> _Keyed:
        """Return what is read for words that are not held and were typed on another layout, by where they stand."""
        found: _Keyed = {}
        for chunk in row.chunks:
            words = row.words[chunk.words.start : chunk.words.stop]
            if any(word.settled for word in words) or all(map(_is_known, words)):
                continue
            meant = [each for each in meant_keys(chunk.text, self._forms) if holds(each.text)]
            pieces = [_ReadAs(chunk.text, chunk.span, each) for each in meant if each.text not in OPERATORS]
            found[chunk.words.start, chunk.words.stop] = pieces
        return found

    def _cut(self, row: Sequence[TypedWord], holds: Holds, keyed: _Keyed) -> list[_RowReading]:
        """Return the cheapest ways to cut a row into pieces, each read as itself or as something else."""
        best: list[list[_RowReading]] = [[_RowReading(0, ())]]  # ways to read the words up to each
        for end in range(1, len(row) + 1):
            ways = [
                _RowReading(way.cost + cost, (*way.pieces, piece))
                for start in range(max(0, end - _JOINED), end)
                for cost, piece in (*self._pieces(row, start, end, holds), *_costing(keyed.get((start, end), ())))
                for way in best[start]
            ]
            best.append(nsmallest(_WAYS, ways, key=lambda way: way.cost))
        return best[-1]

    def _pieces(self, row: Sequence[TypedWord], start: int, end: int, holds: Holds) -> Iterator[tuple[float, _ReadAs]]:
        """Yield what words of a row may be read as, with what that costs."""
        words = row[start:end]
        typed = _ReadAs(" ".join([word.text for word in words]), (words[0].span[0], words[-1].span[1]))
        if len(words) == 1:
            known = _is_known(words[0])
            yield 0 if known else _UNKNOWN, typed._replace(unknown=not known)
            found = [] if known else self._meant(typed.text)
        elif not all(word.content for word in words) or all(map(_is_known, row[max(start - 1, 0) : end + 1])):
            return
        else:
            joined = self._spelling.candidates("".join([word.key for word in words]))
            found = [each._replace(cost=each.cost + _JOIN * (len(words) - 1), step="spacing") for each in joined]
        yield from ((each.cost, typed._replace(instead=each)) for each in found if holds(each.text))

    def _meant(self, word: str) -> list[Candidate]:
        """Return the words that one may have been meant for."""
        other = _OTHER_SCRIPT if not word.isascii() else 0  # who can write Persian seldom writes English so
        sounding = [each._replace(cost=each.cost + other) for each in self.script.candidates(word)]
        found = [each for each in (*sounding, *self._spelling.candidates(word)) if each.text not in stop_keys()]
        return sorted(found, key=lambda each: each.cost)


def _costing(pieces: Iterable[_ReadAs]) -> Iterator[tuple[float, _ReadAs]]:
    yield from ((piece.instead.cost, piece) for piece in pieces if piece.instead)


def _is_known(word: TypedWord) -> bool:
    """Tell whether a word can stay as it is."""
    return word.held > 0 or not word.content


def _queries(query: str, readings: Sequence[list[_RowReading]], alone: Collection[Span]) -> list[str]:
    """Return a query with its rows read in the likeliest way, and then with one of them read in another."""
    if not readings:
        return []
    first = [ways[0] for ways in readings]
    others = [[*first[:at], way, *first[at + 1 :]] for at, ways in enumerate(readings) for way in ways[1:]]
    return list(dict.fromkeys(_applied(query, ways, alone) for ways in [first, *others]))


def _strangers(pieces: Sequence[_ReadAs], holds: Holds) -> int:
    """Return how many of the pieces that are read as something else no document holds with a neighbour of theirs."""
    beside = [(at, other) for at in range(len(pieces)) for other in (at - 1, at + 1) if 0 <= other < len(pieces)]
    known = {at for at, other in beside if pieces[at].instead and holds(f"{pieces[at].text} {pieces[other].text}")}
    return sum(1 for at, piece in enumerate(pieces) if piece.instead and len(pieces) > 1 and at not in known)


def _applied(query: str, ways: Sequence[_RowReading], alone: Collection[Span]) -> str:
    """Return a query with its rows read so; several words for one to which an operator belongs stand in brackets."""
    changes = [change for way in ways for change in way.changes()]
    return _written(
        query, [c._replace(text=f"({c.text})") if " " in c.text and c.span in alone else c for c in changes]
    )


def _written(query: str, changes: Iterable[Rewriting]) -> str:
    """Return a query with changes made."""
    for (start, end), typed, text, _, kept in sorted(changes, reverse=True):
        query = query[:start] + (f"({typed} OR ({text}))" if kept else text) + query[end:]
    return query
