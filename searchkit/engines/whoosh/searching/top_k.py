"""Which documents of a result come first? By score, and the older one first among equals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.types import Documents, Scores
from searchkit.engines.whoosh.searching.matches import Matches

_COLUMNS = 256


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
