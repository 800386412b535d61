"""What does a segment of the index offer to code that works on whole arrays? Two protocols, read side only.

A segment is a run of documents, numbered from 0 in the order added. Arrays handed out are read-only; most are views of
a memory-mapped file. Terms are ordered by their UTF-8 bytes, which is the order of their code points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint32]
Places = npt.NDArray[np.intp]
Starts = npt.NDArray[np.int64]
Frequencies = npt.NDArray[np.unsignedinteger[Any]]
Gathered: TypeAlias = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.int64]]
Mask = npt.NDArray[np.bool_]


class FieldArrays(Protocol):
    """One indexed field of one segment."""

    @property
    def count(self) -> int:
        """How many terms there are."""

    @property
    def lengths(self) -> Numbers:
        """Of each document, how many positions the field has; exact."""

    @property
    def total_length(self) -> int:
        """The sum of `lengths`."""

    def find(self, term: str) -> int:
        """Return the ordinal of the term in the sorted vocabulary, or -1 if it is not there."""

    def term(self, ordinal: int) -> str:
        """Return the term with this ordinal."""

    def range(self, low: str, high: str) -> tuple[int, int]:
        """Return the ordinals `[first, last)` of the terms with `low <= term < high`."""

    def prefix(self, prefix: str) -> tuple[int, int]:
        """Return the ordinals `[first, last)` of the terms that begin so."""

    def near(self, term: str, distance: int, prefix: int = 0) -> list[int]:
        """Return the ordinals of the terms within an edit distance, ascending.

        Args:
            term: The term to be near to; it need not exist.
            distance: How many letters may be inserted, removed or replaced, in all.
            prefix: How many letters at the beginning must be the same.
        """

    def document_frequency(self, ordinal: int) -> int:
        """Return how many documents hold the term, deleted ones too."""

    def document_frequencies(self, first: int, last: int) -> Starts:
        """Return how many documents hold each of some terms in a row, deleted ones too."""

    def postings(self, ordinal: int) -> tuple[Numbers, Frequencies]:
        """Return the documents that hold the term, ascending, and how many times each does."""

    def gather(self, ordinals: Sequence[int]) -> Gathered:
        """Return the postings of terms (one at least), one after another, and how many each has.

        These arrays are the caller's own: the document of each posting, its frequency, and the counts.
        """

    def positions(self, ordinals: Sequence[int], chosen: Places | None = None) -> tuple[Starts, Numbers]:
        """Return where terms stand: `positions[starts[i]:starts[i + 1]]` are those in the i-th posting.

        A field that keeps no positions gives no positions.

        Args:
            ordinals: Of the terms, one at least.
            chosen: Which of the postings that `gather` gives, ascending, to read instead of all, in less time.
        """


class SegmentArrays(Protocol):
    """One segment."""

    @property
    def document_count(self) -> int:
        """How many documents there are, with those deleted."""

    @property
    def deleted(self) -> Mask | None:
        """True for each document that is deleted; None if there is none."""

    def field(self, name: str) -> FieldArrays | None:
        """Return an indexed field, or None if no document of the segment has it."""

    def column(self, name: str) -> Sequence[Any] | npt.NDArray[Any] | None:
        """Return a value for each document (None or 0 where it has none), or None if the column is not kept."""

    def stored(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Return what is stored of the documents, in the order asked; each block is unpacked once."""
