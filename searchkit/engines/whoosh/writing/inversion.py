"""How do occurrences in the order of the text become postings in the order of the terms? One sort of packed numbers."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.postings import Postings
from searchkit.engines.whoosh.format.types import Flags, Int32s, Int64s, Numbers
from searchkit.engines.whoosh.writing.encoding import Encoded, TermList


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
