"""How do the postings that several places have of a term become one list? Spliced, whole pieces at a time.

A piece is what one place has of one term.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.arrays import Numbers
from searchkit.engines.whoosh.inversion import sort_stably
from searchkit.engines.whoosh.postings import Ints, Postings

_WINDOW = 1 << 17
"""Postings that are spliced at once, about: their arrays fit the processor's cache."""


def splice(
    ranks: Sequence[Numbers], places: Sequence[Postings], bases: Sequence[int]
) -> Iterator[tuple[int, int, Postings]]:
    """Yield postings, some terms in a row at a time: the rank of the first, of the one after the last, and theirs.

    Args:
        ranks: Of each place, the ranks of its terms. Each rank from 0 to the highest is that of some term.
        places: Of each place, the postings of these terms. Neither is held.
        bases: Of each place, what to add to its document numbers, so that they ascend from place to place.
    """
    pieces = _concatenated(places, bases)
    owners, order = sort_stably(np.concatenate(ranks))
    del places, ranks
    if not len(order):
        return
    starts = np.append(0, np.flatnonzero(owners[1:] != owners[:-1]) + 1)
    before = np.append(0, np.add.reduceat(pieces.counts[order], starts, dtype=np.int64).cumsum())
    bounds = np.append(starts, len(order))
    del owners
    counts = _layout(pieces.counts)
    occurrences = None if pieces.positions is None else _layout(pieces.occurrences())
    first = 0
    while first < len(before) - 1:
        last = max(int(np.searchsorted(before, before[first] + _WINDOW, "right")) - 1, first + 1)
        chosen = order[bounds[first] : bounds[last]]
        firsts = bounds[first:last] - bounds[first]
        yield first, last, _spliced(pieces, (counts, occurrences), chosen, firsts)
        first = last


def _concatenated(places: Sequence[Postings], bases: Sequence[int]) -> Postings:
    documents = np.concatenate([each.documents for each in places], dtype=np.uint32)
    ends = accumulate(len(each.documents) for each in places)
    for each, base, end in zip(places, bases, ends, strict=True):
        documents[end - len(each.documents) : end] += np.uint32(base)
    weights = None
    if any(each.weights is not None for each in places):
        weights = [each.frequencies if each.weights is None else each.weights for each in places]
    return Postings(
        np.concatenate([each.counts for each in places], dtype=np.uint32, casting="unsafe"),
        documents,
        np.concatenate([each.frequencies for each in places]),
        _joined([each.positions for each in places]),
        None if weights is None else np.concatenate(weights).astype(np.float32),
    )


def _joined(parts: Sequence[npt.NDArray[Any] | None]) -> npt.NDArray[Any] | None:
    given = [part for part in parts if part is not None]
    return np.concatenate(given) if given else None


class _Layout(NamedTuple):
    """Where pieces begin that lie one after another, and their sizes."""

    starts: npt.NDArray[Any]
    sizes: Numbers


def _layout(sizes: npt.NDArray[Any]) -> _Layout:
    starts = sizes.cumsum(dtype=np.int64) - sizes
    narrow = np.uint32 if not len(starts) or starts[-1] < 1 << 32 else np.int64
    return _Layout(starts.astype(narrow), sizes.astype(np.uint32, copy=False))


def _spliced(pieces: Postings, layouts: tuple[_Layout, _Layout | None], chosen: Numbers, firsts: Ints) -> Postings:
    """Return the postings of the chosen pieces; those of a new term begin at each of `firsts`.

    The layouts are those of the pieces' postings and of their occurrences.
    """
    counts, occurrences = layouts
    places = _places(counts, chosen)
    return Postings(
        np.add.reduceat(counts.sizes[chosen], firsts, dtype=np.int64),
        pieces.documents[places],
        pieces.frequencies[places],
        None if pieces.positions is None or occurrences is None else pieces.positions[_places(occurrences, chosen)],
        None if pieces.weights is None else pieces.weights[places],
    )


def _places(layout: _Layout, chosen: Numbers) -> Ints:
    """Return the places of what lies in some pieces, one piece after another.

    >>> _places(_layout(np.array([2, 3, 1])), np.array([2, 0])).tolist()
    [5, 0, 1]
    """
    starts, sizes = layout.starts[chosen].astype(np.int64), layout.sizes[chosen].astype(np.int64)
    return np.repeat(starts - sizes.cumsum() + sizes, sizes) + np.arange(int(sizes.sum()))
