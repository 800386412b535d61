"""Which terms of a field of a segment that begin so do most of some documents hold?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from searchkit.engines.whoosh.format.types import Flags, Int64s
from searchkit.engines.whoosh.reading.field import Field

_COUNTED = 2
"""How many times as many are counted as are looked at, as some documents hold others than most do."""
_A_TERM = 1000
"""How many postings are read in a row in the time that it takes to look one term up."""


class BegunTerms:
    """The terms of a field of a segment that begin so.

    Which of them most of some documents hold is counted from those on that most of all documents hold: none is held by
    more of some than of all, so that the rest need not be counted once it cannot be among the first.

    Args:
        part: The field.
        first: The first of the terms,
        last: and the one after the last.
        chosen: True for the documents that count; None for all.
        besides: Terms that begin so and are not asked for.
    """

    def __init__(self, part: Field, first: int, last: int, chosen: Flags | None, besides: Iterable[bytes] = ()) -> None:
        self._part, self._first, self._chosen = part, first, chosen
        self._counts = part.document_frequencies(first, last)  # those of all documents, where no others are known
        self._postings = int(self._counts.sum())
        self._uncounted = np.full(last - first, chosen is not None)
        self._besides = [place - first for term in besides if (place := part.vocabulary.find(term)) >= 0]
        self._counts[self._besides] = self._uncounted[self._besides] = 0
        self._places: dict[bytes, int] = {}  # of the terms that were returned

    def counts_of(self, terms: Sequence[bytes]) -> Int64s:
        """Return how many documents hold each of some terms."""
        find, known = self._part.vocabulary.find, self._places
        places = np.array([known[term] if term in known else find(term) - self._first for term in terms], np.int64)
        here = (places >= 0) & (places < len(self._counts))
        held = places[here]
        self._count(held[self._uncounted[held]])
        counts = np.zeros(len(terms), np.int64)
        counts[here] = self._counts[held]
        return counts

    def most(self, limit: int) -> tuple[list[bytes], int]:
        """Return the terms that most documents hold, and how many hold one that is not among them at most."""
        self._count_first(limit)
        first = _largest(self._counts, limit + 1)
        first = first[np.argsort(-self._counts[first], kind="stable")]
        rest = int(self._counts[first[limit]]) if limit < len(first) else 0
        held = [place for place in first[:limit].tolist() if self._counts[place]]
        self._places = {self._part.vocabulary[self._first + place]: place for place in held}
        return list(self._places), rest

    def _count_first(self, limit: int) -> None:
        """Count those terms that may be held by more documents than all but `limit` others."""
        most = _largest(self._counts, _COUNTED * limit)
        self._count(most[self._uncounted[most]])
        if self._uncounted.any():
            counted = self._counts[~self._uncounted]
            least = np.partition(counted, -limit)[-limit] if len(counted) >= limit else 0
            self._count(np.flatnonzero(self._uncounted & (self._counts > least)))

    def _count(self, places: Int64s) -> None:
        """Count the chosen documents that hold each of some terms, or of all where that is faster."""
        if self._chosen is None or not len(places):
            return
        first, last = self._first, self._first + len(self._counts)
        if len(places) * _A_TERM > self._postings:
            self._counts = self._part.frequencies_among(first, last, self._chosen)
            self._counts[self._besides] = 0
            self._uncounted[:] = False
        else:
            self._counts[places] = self._part.held_among((places + first).tolist(), self._chosen)
            self._uncounted[places] = False


def _largest(counts: Int64s, limit: int) -> Int64s:
    """Return the places of the greatest of some numbers."""
    return np.argpartition(-counts, limit)[:limit] if limit < len(counts) else np.arange(len(counts))
