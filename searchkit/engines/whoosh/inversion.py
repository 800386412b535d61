"""How do occurrences in the order of the text become postings in the order of the terms? One sort of packed numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.postings import Batch


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Occurrences of terms in the order of documents and, within one, of positions.

    Attributes:
        terms: The number of each one's term.
        documents: The document of each.
        positions: Its position; None if none are kept.
        weights: Its weight; None if all are 1.
    """

    terms: npt.NDArray[np.int32]
    documents: npt.NDArray[np.uint32]
    positions: npt.NDArray[Any] | None
    weights: npt.NDArray[np.float32] | None = None


def invert(occurrences: Occurrences, vocabulary: list[bytes], order: npt.NDArray[np.int64]) -> Batch:
    """Return the postings.

    Args:
        occurrences: What to sort.
        vocabulary: The terms by number; some may not occur.
        order: The numbers in the order of the terms, for one vocabulary of several fields.
    """
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    ranks, places = sort_stably(rank[occurrences.terms])
    documents = occurrences.documents[places]
    first = np.ones(len(ranks), bool)
    np.logical_or(ranks[1:] != ranks[:-1], documents[1:] != documents[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    counts = np.bincount(ranks[starts], minlength=len(order))
    used = np.flatnonzero(counts)
    return Batch(
        [vocabulary[number] for number in order[used].tolist()],
        counts[used],
        documents[starts],
        np.diff(starts, append=len(ranks)),
        None if occurrences.positions is None else _gaps(occurrences.positions[places], starts),
        None if occurrences.weights is None else np.add.reduceat(occurrences.weights[places], starts),
    )


def sort_stably(keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the keys (below 2**31) in order, and where each was; equal keys stay in order.

    Key and place share one number, as sorting numbers is several times faster than sorting their places.
    """
    packed = keys << 32
    packed |= np.arange(len(keys))
    packed.sort()
    return packed >> 32, packed & 0xFFFFFFFF


def _gaps(positions: npt.NDArray[Any], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    gaps = np.diff(positions.astype(np.int64), prepend=0)
    gaps[starts] = positions[starts]
    return gaps.astype(np.uint32)
