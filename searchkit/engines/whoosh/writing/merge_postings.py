"""How do the postings that several places have of a term become one list? Spliced, some terms in a row at a time.

A piece is what one place has of one term.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.postings import Postings
from searchkit.engines.whoosh.format.types import Int64s, Numbers
from searchkit.engines.whoosh.writing.inversion import sort_stably

_WINDOW = 1 << 17
"""Postings that are spliced at once, about: their arrays fit the processor's cache."""


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
