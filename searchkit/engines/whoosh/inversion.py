"""How do occurrences in the order of the text become postings in the order of the terms? One sort of packed numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.arrays import Numbers
from searchkit.engines.whoosh.postings import Batch


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Occurrences of terms in the order of documents and, within one, of positions.

    Attributes:
        terms: The rank of each one's term among all.
        documents: The document of each.
        positions: Its position; None if none are kept.
        weights: Its weight; None if all are 1.
    """

    terms: Numbers
    documents: Numbers
    positions: npt.NDArray[Any] | None
    weights: npt.NDArray[np.float32] | None = None


def invert(occurrences: Occurrences, terms: list[bytes]) -> Batch:
    """Return the postings of terms in order, all of which occur."""
    ranks, places = sort_stably(occurrences.terms)
    documents = occurrences.documents[places]
    first = np.ones(len(ranks), bool)
    np.not_equal(ranks[1:], ranks[:-1], out=first[1:])
    first[1:] |= documents[1:] != documents[:-1]
    starts = np.flatnonzero(first)
    return Batch(
        terms,
        np.bincount(ranks[starts], minlength=len(terms)),
        documents[starts],
        np.diff(starts, append=len(ranks)).astype(np.uint32),
        None if occurrences.positions is None else occurrences.positions[places],
        None if occurrences.weights is None else np.add.reduceat(occurrences.weights[places], starts),
    )


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
