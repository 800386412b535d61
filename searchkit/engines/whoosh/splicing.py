"""How do the postings that several places have of a term become one list? Spliced, whole pieces at a time.

A piece is what one place has of one term. What is encoded in it is copied as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.inversion import sort_stably
from searchkit.engines.whoosh.postings import Ints, Postings
from searchkit.engines.whoosh.varint import Numbers

_WINDOW = 1 << 17
"""Postings that are spliced at once, about: their arrays fit the processor's cache."""


def splice(ranks: Sequence[Numbers], places: Sequence[Postings]) -> Iterator[tuple[int, int, Postings]]:
    """Yield postings, some terms in a row at a time: the rank of the first, of the one after the last, and theirs.

    Args:
        ranks: Of each place, the ranks of its terms. Each rank from 0 to the highest is that of some term.
        places: Of each place, the postings of these terms. Documents ascend from place to place.
    """
    pieces = _concatenated(places)
    owners, order = sort_stably(np.concatenate(ranks))
    bounds = np.append(np.flatnonzero(np.diff(owners, prepend=-1)), len(order))
    before = np.append(0, pieces.counts[order].cumsum())[bounds]
    starts = _starts(pieces.counts)
    byte_starts = None if pieces.sizes is None else _starts(pieces.sizes)
    first = 0
    while first < len(before) - 1:
        last = max(int(np.searchsorted(before, before[first] + _WINDOW, "right")) - 1, first + 1)
        chosen = order[bounds[first] : bounds[last]]
        firsts = bounds[first:last] - bounds[first]
        yield first, last, _spliced(pieces, (starts, byte_starts), chosen, firsts)
        first = last


def _concatenated(places: Sequence[Postings]) -> Postings:
    weights = None
    if any(each.weights is not None for each in places):
        weights = [each.frequencies if each.weights is None else each.weights for each in places]
    return Postings(
        np.concatenate([each.counts for each in places]),
        np.concatenate([each.documents for each in places]),
        np.concatenate([each.frequencies for each in places]),
        _joined([each.positions for each in places]),
        _joined([each.sizes for each in places]),
        None if weights is None else np.concatenate(weights).astype(np.float32),
    )


def _joined(parts: Sequence[npt.NDArray[Any] | None]) -> npt.NDArray[Any] | None:
    given = [part for part in parts if part is not None]
    return np.concatenate(given) if given else None


def _spliced(pieces: Postings, starts: tuple[Ints, Ints | None], chosen: Numbers, firsts: Ints) -> Postings:
    """Return the postings of the chosen pieces; those of a new term begin at each of `firsts`."""
    counts = pieces.counts[chosen]
    places = _places(starts[0][chosen], counts)
    positions, sizes = None, None
    if pieces.positions is not None and pieces.sizes is not None and starts[1] is not None:
        sizes = pieces.sizes[chosen]
        positions = pieces.positions[_places(starts[1][chosen], sizes)]
        sizes = np.add.reduceat(sizes, firsts)
    return Postings(
        np.add.reduceat(counts, firsts),
        pieces.documents[places],
        pieces.frequencies[places],
        positions,
        sizes,
        None if pieces.weights is None else pieces.weights[places],
    )


def _starts(sizes: Ints) -> Ints:
    return sizes.cumsum() - sizes


def _places(starts: Ints, sizes: Ints) -> Ints:
    """Return the places in pieces that begin there and have these sizes, one piece after another.

    >>> _places(np.array([5, 0]), np.array([1, 3])).tolist()
    [5, 0, 1, 2]
    """
    return np.repeat(starts - _starts(sizes), sizes) + np.arange(int(sizes.sum()))
