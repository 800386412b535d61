"""Which documents does a part of a query match, with what scores; what becomes of them in company; which come first?

A result is sparse (ascending document numbers and their scores) or dense (one score for each document of the index, 0
for those that do not match). A dense result holds only scores above 0, so that 0 is no match; a result with scores of
0 or less stays sparse, where the numbers say what matches. Nothing here writes to an array it was given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.engines.base import Match
from searchkit.engines.whoosh.format.types import Documents, Flags, Scores

_NO_SCORES, _NO_DOCUMENTS = np.empty(0, np.float32), np.empty(0, np.intp)

_COLUMNS = 256  # of the rows that scores are laid out in to find a bound for the best
_SPARSE_UNION = 64  # below size / 64 entries in all, sorting them is cheaper than passing over every document
_SPARSE_LOOKUP = 16  # below size / 16 entries to look up, a binary search for each is cheaper than spreading out


@dataclass(slots=True, eq=False)  # not frozen, as that takes twice the time to make, and a query makes dozens
class Matches:
    """The documents that match, of an index of `size` documents. It does not change.

    Attributes:
        size: How many documents the index has.
        scores: One for each of `documents`, or one for each document of the index if that is None.
        numbers: The documents that match, ascending; None in a dense result.
        positive: Every match scores above 0.
    """

    size: int
    scores: Scores
    numbers: Documents | None
    positive: bool = True

    @property
    def documents(self) -> Documents:
        """The documents that match, ascending."""
        return np.flatnonzero(self.scores > 0) if self.numbers is None else self.numbers

    @property
    def count(self) -> int:
        """How many documents match."""
        return int(np.count_nonzero(self.scores > 0)) if self.numbers is None else len(self.numbers)

    def look_up(self, documents: Documents) -> tuple[Flags, Scores]:
        """Return which of the documents match, and the score of each (0 where it does not)."""
        if self.numbers is None:
            found = self.scores[documents]
            return found > 0, found
        if not len(self.numbers):
            return np.zeros(len(documents), bool), np.zeros(len(documents), np.float32)
        held, at = self._places(self.numbers, documents)
        return held, np.where(held, self.scores[at], np.float32(0))

    def holds(self, documents: Documents) -> Flags:
        """Return which of the documents match."""
        if self.numbers is None:
            return self.scores[documents] > 0
        if not len(self.numbers):
            return np.zeros(len(documents), bool)
        return self._places(self.numbers, documents)[0]

    def _places(self, numbers: Documents, documents: Documents) -> tuple[Flags, Documents]:
        """Return which of the documents are among the numbers, and the places of those."""
        if len(documents) > self.size // _SPARSE_LOOKUP:
            places = np.full(self.size, -1, np.intp)
            places[numbers] = np.arange(len(numbers))
            at = places[documents]
            return at >= 0, at
        at = numbers.searchsorted(documents)
        at[at == len(numbers)] = 0
        return numbers[at] == documents, at

    def matches(self) -> tuple[Documents, Scores]:
        """Return the documents that match, ascending, and the score of each."""
        documents = self.documents
        return documents, self.scores[documents] if self.numbers is None else self.scores


def nothing(size: int) -> Matches:
    """Return the result that matches no document."""
    return Matches(size, _NO_SCORES, _NO_DOCUMENTS)


def flat(size: int, documents: Documents, score: float) -> Matches:
    """Return the documents, all with the same score."""
    return Matches(size, np.full(len(documents), score, np.float32), documents, score > 0)


def common(parts: Sequence[Matches]) -> Documents:
    """Return the documents that match every part (of one at least)."""
    rarest, *others = sorted(parts, key=lambda part: part.count)
    documents = rarest.documents
    for part in others:
        documents = documents[part.holds(documents)]
    return documents


def sum_at(parts: Sequence[Matches], documents: Documents) -> Matches:
    """Return the documents with the sum of what they score in each part; all of them match every part."""
    scores = np.zeros(len(documents), np.float32)
    for part in parts:
        scores += part.look_up(documents)[1]
    return Matches(parts[0].size, scores, documents, all(part.positive for part in parts))


def scaled(part: Matches, factor: float) -> Matches:
    """Return the same documents with their scores multiplied."""
    if factor == 1:
        return part
    scores = part.scores * np.float32(factor)
    positive = part.positive and bool(factor > 1e-20)  # less could come to 0 as a 32-bit number
    if part.numbers is None and not positive:
        return Matches(part.size, scores[part.documents], part.documents, positive=False)
    return Matches(part.size, scores, part.numbers, positive)


def faded(part: Matches, factors: Scores) -> Matches:
    """Return the same documents with the score of each multiplied by a factor of its own, of all documents, above 0."""
    return Matches(
        part.size,
        part.scores * (factors if part.numbers is None else factors[part.numbers]),
        part.numbers,
        part.positive,
    )


def merged(documents: Sequence[Documents], amounts: Sequence[Scores]) -> tuple[Documents, Scores]:
    """Return the union of ascending document lists with the sum of the amounts that each document has in them.

    >>> merged([np.array([1, 5]), np.array([5])], [np.array([1, 1], "f"), np.array([2], "f")])
    (array([1, 5]), array([1., 3.], dtype=float32))
    """
    numbers = np.concatenate(documents)
    order = np.argsort(numbers, kind="stable")
    numbers = numbers[order]
    first = np.empty(len(numbers), bool)
    first[:1] = True
    np.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    if not len(starts):
        return numbers, np.empty(0, np.float32)
    return numbers[starts], np.add.reduceat(np.concatenate(amounts)[order], starts)


def union(parts: Sequence[Matches], size: int) -> Matches:
    """Return the documents that match any part, with the sum of their scores."""
    parts = [part for part in parts if part.numbers is None or len(part.numbers)]
    if len(parts) < 2:
        return parts[0] if parts else nothing(size)
    positive = all(part.positive for part in parts)
    if not positive or sum([len(part.scores) for part in parts]) < size // _SPARSE_UNION:
        documents, scores = zip(*[part.matches() for part in parts], strict=True)
        numbers, sums = merged(documents, scores)
        return Matches(size, sums, numbers, positive)
    sums = np.zeros(size, np.float32)
    for part in parts:
        if part.numbers is None:
            sums += part.scores
        else:
            np.add.at(sums, part.numbers, part.scores)
    return Matches(size, sums, None)


def intersection(parts: Sequence[Matches], size: int) -> Matches:
    """Return the documents that match every part, with the sum of their scores; the rarest part is asked first."""
    if len(parts) < 2:
        return parts[0] if parts else nothing(size)
    rarest, *others = sorted(parts, key=lambda part: part.count)
    documents, scores = rarest.matches()
    for part in others:
        held, found = part.look_up(documents)
        documents, scores = documents[held], (scores + found)[held]
    return Matches(size, scores, documents, all(part.positive for part in parts))


def with_optional(base: Matches, optional: Matches) -> Matches:
    """Return the documents of the base; what they score in the optional part is added."""
    positive = base.positive and optional.positive
    if base.numbers is None and positive:
        sums = base.scores.copy()
        if optional.numbers is None:
            sums += optional.scores
            sums *= base.scores > 0
        else:
            held = base.scores[optional.numbers] > 0
            sums[optional.numbers[held]] += optional.scores[held]
        return Matches(base.size, sums, None)
    documents, scores = base.matches()
    return Matches(base.size, scores + optional.look_up(documents)[1], documents, positive)


def without(base: Matches, excluded: Matches) -> Matches:
    """Return the documents of the base that the other does not match."""
    if base.numbers is None:
        scores = base.scores.copy()
        scores[excluded.documents] = 0
        return Matches(base.size, scores, None)
    kept = ~excluded.holds(base.numbers)
    return Matches(base.size, base.scores[kept], base.numbers[kept], base.positive)


class Answers(NamedTuple):
    """What a query has found.

    Attributes:
        every: All that answers.
        tiers: The same in parts: what comes first, what comes next, and the rest, which alone is there where none is
            to come first.
        complete: What answers and holds every word.
    """

    every: Matches
    tiers: tuple[Matches, ...]
    complete: Matches

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many answer, how many of them hold every word, and how many come first: see `engines.base.Page`."""
        return self.every.count, self.complete.count, self.tiers[0].count if len(self.tiers) > 1 else 0

    def among(self, kept: Flags) -> Answers:
        """Return what of it is among some documents, given a flag for each of the index."""
        tiers = tuple([restricted(tier, kept) for tier in self.tiers])
        return Answers(restricted(self.every, kept), tiers, restricted(self.complete, kept))


def restricted(found: Matches, kept: Flags) -> Matches:
    """Return the documents that are among those kept, of which there is a flag for each of the index."""
    if found.numbers is None:
        numbers = kept.nonzero()[0]
        held, scores = found.look_up(numbers)
        return Matches(found.size, scores[held], numbers[held])
    chosen = kept[found.numbers]
    return Matches(found.size, found.scores[chosen], found.numbers[chosen], found.positive)


def handed_out(numbers: Documents, scores: Scores) -> tuple[Match, ...]:
    """Return documents and their scores as an engine hands them out."""
    return tuple(map(Match, numbers.tolist(), scores.tolist()))


def tiered(answers: Matches, conditions: Sequence[Matches]) -> list[Matches]:
    """Return the answers that match the first condition, those of the others that match the next, and so on; the rest.

    Their scores are those of the answers.
    """
    tiers = []
    for condition in conditions:
        documents = condition.documents
        held, scores = answers.look_up(documents)
        tiers.append(Matches(answers.size, scores[held], documents[held], answers.positive))
        answers = without(answers, tiers[-1])
    return [*tiers, answers]


def first_of(tiers: Sequence[Matches], wanted: int) -> tuple[Documents, Scores, Documents]:
    """Return the first `wanted` documents of tiers, in order, their scores, and which tier each is of."""
    found: list[tuple[Documents, Scores]] = []
    left = wanted
    for tier in tiers:
        found.append(top_k(tier, left))
        left -= len(found[-1][0])
        if not left:
            break
    numbers, scores = zip(*found, strict=True)
    return np.concatenate(numbers), np.concatenate(scores), np.arange(len(found)).repeat([*map(len, numbers)])


def top_k(found: Matches, wanted: int) -> tuple[Documents, Scores]:
    """Return the first `wanted` documents and their scores, in order.

    >>> scores = np.array([2, 0, 5, 2, 1], np.float32)
    >>> top_k(Matches(5, scores, None), 3)
    (array([2, 0, 3]), array([5., 2., 2.], dtype=float32))
    """
    places = _candidates(found, wanted)
    order = (-found.scores[places]).argsort(kind="stable")[: max(wanted, 0)]
    places = places[order]
    return places if found.numbers is None else found.numbers[places], found.scores[places]


def _candidates(found: Matches, wanted: int) -> npt.NDArray[np.intp]:
    """Return places in `scores`, ascending, among which the best `wanted` are."""
    scores = found.scores
    bound = _bound(scores, wanted)
    if found.numbers is None and bound <= 0:
        return found.documents
    return (scores >= bound).nonzero()[0]


def _bound(scores: Scores, wanted: int) -> float:
    """Return a score that at least `wanted` places reach, or -inf if there are not so many.

    The scores are laid out in rows; the largest of a column is one score of the whole, so the `wanted`-th largest of
    these is no higher than the `wanted`-th largest score. One pass without a sort, and close for a small `wanted`.
    """
    if wanted <= 0:
        return np.inf
    if wanted >= len(scores):
        return -np.inf
    columns = max(_COLUMNS, 8 * wanted)
    rows = len(scores) // columns
    largest = scores[: rows * columns].reshape(rows, columns).max(axis=0) if rows > 1 else scores.copy()
    largest.partition(len(largest) - wanted)
    return float(largest[-wanted])
