"""How do occurrences in the order of the text become postings in the order of the terms?

One batch is inverted by one sort of packed numbers. What several places have of a term, batches or segments, is then
merged into one list, some terms in a row at a time. A piece is what one place has of one term.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.postings import Postings
from searchkit.engines.whoosh.format.types import Flags, Int32s, Int64s, Numbers
from searchkit.engines.whoosh.writing.encoding import Encoded, TermList

_WINDOW = 1 << 17
"""Postings that are spliced at once, about: their arrays fit the processor's cache."""


@dataclass(frozen=True, slots=True)
class Inverted:
    """One field of some documents, term after term.

    Attributes:
        vocabulary: Its terms.
        numbers: The numbers of those that occur, ascending.
        postings: Of each of them.
        lengths: Of each document, how many positions it has.
    """

    vocabulary: TermList
    numbers: Numbers
    postings: Postings
    lengths: Int32s

    @property
    def memory(self) -> int:
        """Bytes that it takes, less those of a vocabulary that it shares with others."""
        arrays = (self.numbers, *self.postings, self.lengths)
        terms = self.vocabulary.terms if self.vocabulary.key is None else ()
        return sum(array.nbytes for array in arrays if array is not None) + sum(map(sys.getsizeof, terms))


def invert(encoded: Encoded) -> Inverted:
    """Return the postings of some documents, numbered from 0."""
    numbers, places = sort_stably(encoded.numbers.astype(np.uint32))
    documents = np.repeat(np.arange(len(encoded.counts), dtype=np.uint32), encoded.counts)[places]
    same_term = numbers[1:] == numbers[:-1]
    starts = _starts(same_term & (documents[1:] == documents[:-1]), len(numbers))
    numbers = numbers[starts]
    firsts = _starts(numbers[1:] == numbers[:-1], len(numbers))
    frequencies = np.diff(starts, append=len(places))
    postings = Postings(
        _narrowed(np.diff(firsts, append=len(numbers))),
        _narrowed(documents[starts]),
        _narrowed(frequencies),
        None if encoded.positions is None else _narrowed(encoded.positions)[places],
        None if encoded.weights is None else np.add.reduceat(encoded.weights[places], starts),
    )
    return Inverted(encoded.vocabulary, numbers[firsts], postings, encoded.lengths)


def _narrowed(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return numbers from 0 in as few bytes as they need: the postings of many batches wait in memory."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def _starts(same: Flags, count: int) -> Int64s:
    """Return where something new begins, given for each but the first of `count` whether it is the same as before."""
    first = np.ones(count, bool)
    np.logical_not(same, out=first[1:])
    return np.flatnonzero(first)


def sort_stably(keys: Numbers) -> tuple[Numbers, Numbers]:
    """Return the keys in order, and where each was; equal keys stay in order. There are fewer than 2**32.

    Key and place share one number, as sorting numbers is several times faster than sorting their places.
    """
    packed = keys.astype(np.uint64)
    packed <<= np.uint64(32)
    packed |= np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    places = packed.astype(np.uint32)
    packed >>= np.uint64(32)
    return packed.astype(np.uint32), places


def in_order(ranks: Numbers, pieces: Postings) -> tuple[Numbers, Postings]:
    """Return the ranks of a place's terms ascending, and its postings with them."""
    ranks, order = sort_stably(ranks)
    return ranks, _picked(pieces, order)


def merge_postings(
    ranks: Sequence[Numbers], places: Sequence[Postings], bases: Sequence[int]
) -> Iterator[tuple[int, int, Postings]]:
    """Yield postings, some terms in a row at a time: the rank of the first, of the one after the last, and theirs.

    Args:
        ranks: Of each place, the ranks of its terms, ascending. Each rank from 0 to the highest is that of some term.
        places: Of each place, the postings of these terms.
        bases: Of each place, what to add to its document numbers, so that they ascend from place to place.
    """
    if any(place.weights is not None for place in places):
        places = [_weighted(place) for place in places]
    borders = _borders(ranks, places)
    windows = zip(*map(_cut, ranks, places, bases, [borders] * len(places)), strict=True)
    for (first, last), window in zip(pairwise(borders.tolist()), windows, strict=True):
        owners, order = sort_stably(np.concatenate([of_place for of_place, _ in window]))
        pieces = _picked(_concatenated([pieces for _, pieces in window]), order)
        starts = np.flatnonzero(np.diff(owners, prepend=np.uint32(last)))
        yield first, last, pieces._replace(counts=np.add.reduceat(pieces.counts, starts, dtype=np.int64))


def _weighted(place: Postings) -> Postings:
    return place if place.weights is not None else place._replace(weights=place.frequencies.astype(np.float32))


def _borders(ranks: Sequence[Numbers], places: Sequence[Postings]) -> Int64s:
    """Return the rank that each window begins with, and the one after the last."""
    sizes = np.zeros(max((int(of_place[-1]) + 1 for of_place in ranks if len(of_place)), default=0), np.int64)
    for of_place, place in zip(ranks, places, strict=True):
        sizes[of_place] += place.counts
    return np.flatnonzero(np.diff((sizes.cumsum() - sizes) // _WINDOW, prepend=-1, append=-1))


def _cut(ranks: Numbers, place: Postings, base: int, borders: Int64s) -> Iterator[tuple[Numbers, Postings]]:
    """Yield what a place has in each window, ranks and postings, its documents numbered on from `base`."""
    terms = np.searchsorted(ranks, borders)
    postings = _before(terms, place.counts)
    occurrences = _before(postings, place.frequencies)
    parts = (map(slice, ends, ends[1:]) for ends in (terms, postings, occurrences))
    for of_terms, of_postings, of_occurrences in zip(*parts, strict=True):
        pieces = Postings(
            place.counts[of_terms],
            place.documents[of_postings] + np.uint32(base),
            place.frequencies[of_postings],
            None if place.positions is None else place.positions[of_occurrences],
            None if place.weights is None else place.weights[of_postings],
        )
        yield ranks[of_terms], pieces


def _before(ends: Int64s, sizes: npt.NDArray[Any]) -> Int64s:
    """Return the sum of the sizes before each end."""
    return np.append(0, sizes.cumsum(dtype=np.int64))[ends]


def _concatenated(pieces: Sequence[Postings]) -> Postings:
    return Postings._make(None if parts[0] is None else np.concatenate(parts) for parts in zip(*pieces, strict=True))


def _picked(pieces: Postings, chosen: Numbers) -> Postings:
    """Return the chosen pieces, one after another."""
    places = _places(pieces.counts, chosen)
    return Postings(
        pieces.counts[chosen],
        pieces.documents[places],
        pieces.frequencies[places],
        None if pieces.positions is None else pieces.positions[_places(pieces.occurrences(), chosen)],
        None if pieces.weights is None else pieces.weights[places],
    )


def _places(sizes: npt.NDArray[Any], chosen: Numbers) -> Int64s:
    """Return the places of what lies in some pieces, one piece after another, given the sizes of all.

    >>> _places(np.array([2, 3, 1]), np.array([2, 0])).tolist()
    [5, 0, 1]
    """
    ends = sizes.cumsum(dtype=np.int64)[chosen]
    sizes = sizes[chosen].astype(np.int64)
    return np.repeat(ends - sizes.cumsum(), sizes) + np.arange(int(sizes.sum()))
