"""How are the postings of a field written? `field` reads them.

Sections of a field, all terms one after another in the order of the vocabulary:

    terms, term_starts            the vocabulary: UTF-8, and where each term begins (one more than there are terms)
    bucket_ordinals, bucket_starts  its hash index, see `vocabulary.buckets`
    posting_starts                which postings are a term's
    documents, document_starts    document numbers, each less the one before it (the first of a term as it is); at which
                                  byte each term begins
    frequencies                   one byte a posting; 255 means: look it up in
    frequent_at, frequent         the numbers of such postings, ascending, and their frequencies
    positions, position_starts    positions; as above
    weights                       32-bit floats, one a posting, only where weights are not frequencies
    lengths                       positions of each document

The document numbers of a term, and its positions, have the width that the largest of them needs: 1, 2 or 4 bytes,
little-endian. It is their bytes divided by how many they are, so they are read where they lie.

>>> data, sizes = encode(np.array([5, 6, 300]), np.array([2, 1]))
>>> data.tolist(), sizes.tolist()
([5, 6, 44, 1], [2, 2])
>>> decode(data, np.array([2, 1]), sizes).tolist()
[5, 6, 300]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.sections import SectionWriter
from searchkit.engines.whoosh.format.types import Bytes, Int64s, Numbers, Scores
from searchkit.engines.whoosh.format.vocabulary import buckets, hashes

KINDS: dict[int, np.dtype[np.unsignedinteger[Any]]] = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4")}
"""The dtypes of widths."""

_STRETCHES = 500
"""So many stretches of terms of one width are read one by one, which is faster than to pick them out."""


class Postings(NamedTuple):
    """Postings of some terms in a row.

    Attributes:
        counts: How many postings each term has.
        documents, frequencies: Of each posting; documents ascend within a term.
        positions: Of each occurrence; None if none are kept.
        weights: Of each posting; None if they are the frequencies.
    """

    counts: npt.NDArray[Any]
    documents: npt.NDArray[Any]
    frequencies: npt.NDArray[Any]
    positions: npt.NDArray[Any] | None
    weights: Scores | None

    def occurrences(self) -> Int64s:
        """Return how many times each term occurs."""
        return np.add.reduceat(self.frequencies, self.counts.cumsum(dtype=np.int64) - self.counts, dtype=np.int64)


class FieldWriter:
    """Writes the postings of one field, some terms at a time, in order."""

    def __init__(self, out: SectionWriter, name: str) -> None:
        self._out = out
        self._name = name
        self._starts: dict[str, list[npt.NDArray[Any]]] = {}
        self._ends: dict[str, int] = {}
        self._hashes: list[npt.NDArray[np.uint32]] = []
        self._postings = 0

    def append(self, terms: Sequence[bytes], postings: Postings) -> None:
        """Write the next terms, at least one, and their postings."""
        self._append("terms", b"".join(terms))
        self._hashes.append(hashes(terms))
        self._grow("term_starts", np.fromiter(map(len, terms), np.int64, len(terms)))
        self._grow("posting_starts", postings.counts)
        firsts = postings.counts.cumsum() - postings.counts
        data, sizes = encode(_gaps(postings.documents, firsts), postings.counts)
        self._append("documents", data)
        self._grow("document_starts", sizes)
        self._append_frequencies(postings.frequencies)
        if postings.positions is not None:
            data, sizes = encode(postings.positions, postings.occurrences())
            self._append("positions", data)
            self._grow("position_starts", sizes)
        if postings.weights is not None:
            self._append("weights", postings.weights)
        self._postings += len(postings.documents)

    def _append_frequencies(self, frequencies: npt.NDArray[Any]) -> None:
        self._append("frequencies", np.minimum(frequencies, 255).astype(np.uint8))
        often = np.flatnonzero(frequencies >= 255)
        if len(often):
            self._append("frequent_at", (often + self._postings).astype(np.uint64))
            self._append("frequent", frequencies[often].astype(np.uint32))

    def close(self, lengths: npt.NDArray[Any]) -> None:
        """Write what is left."""
        if self._hashes:
            starts, ordinals = buckets(np.concatenate(self._hashes))
            self._append("bucket_starts", starts.astype(_smallest(starts)))
            self._append("bucket_ordinals", ordinals.astype(_smallest(ordinals)))
        for name, parts in self._starts.items():
            starts = np.concatenate([np.zeros(1, np.int64), *parts])
            self._append(name, starts.astype(np.uint32 if starts[-1] < 1 << 32 else np.uint64))
        self._append("lengths", lengths.astype(_smallest(lengths)))

    def _append(self, section: str, values: npt.NDArray[Any] | bytes) -> None:
        self._out.append(f"{self._name}/{section}", values)

    def _grow(self, section: str, sizes: npt.NDArray[Any]) -> None:
        ends = sizes.cumsum() + self._ends.get(section, 0)
        self._ends[section] = int(ends[-1])
        narrow = np.uint32 if self._ends[section] < 1 << 32 else np.uint64
        self._starts.setdefault(section, []).append(ends.astype(narrow))


def _gaps(values: Numbers, firsts: Int64s) -> Numbers:
    """Return each value less the one before it, but the first of each run as it is."""
    differences = np.empty_like(values)
    np.subtract(values[1:], values[:-1], out=differences[1:])
    differences[firsts] = values[firsts]
    return differences


def _smallest(values: npt.NDArray[Any]) -> npt.DTypeLike:
    return np.min_scalar_type(int(values.max(initial=0)))


def encode(values: npt.NDArray[Any], counts: Int64s) -> tuple[Bytes, Int64s]:
    """Return the numbers (below 2**32) as bytes, and how many bytes each run takes.

    Args:
        values: The numbers of all runs.
        counts: How many each run has, at least one.
    """
    largest = np.maximum.reduceat(values, counts.cumsum() - counts)
    widths = np.where(largest < 1 << 8, 1, np.where(largest < 1 << 16, 2, 4))
    sizes = widths * counts
    data = np.empty(int(sizes.sum()), np.uint8)
    for width, kind in KINDS.items():
        chosen = widths == width
        if chosen.any():
            data[np.repeat(chosen, sizes)] = values[np.repeat(chosen, counts)].astype(kind).view(np.uint8)
    return data, sizes


def decode(data: Bytes, counts: Int64s, sizes: Int64s) -> npt.NDArray[np.uint32]:
    """Return the numbers of runs one after another, given how many numbers (at least one) and bytes each has.

    Raises:
        ValueError: So many numbers do not take so many bytes.
    """
    wide = {width: sizes == counts * width for width in KINDS}
    if counts.min(initial=1) < 1 or sum(map(np.count_nonzero, wide.values())) != len(counts):
        raise ValueError(len(data))
    numbers = np.empty(int(counts.sum()), np.uint32)
    changes = np.flatnonzero(np.diff(sizes // counts)) + 1
    if len(counts) and len(changes) < _STRETCHES:
        lasts = np.append(changes, len(counts)) - 1
        start = begin = 0
        for stop, end in zip(counts.cumsum()[lasts].tolist(), sizes.cumsum()[lasts].tolist(), strict=True):
            numbers[start:stop] = data[begin:end].view(KINDS[(end - begin) // (stop - start)])
            start, begin = stop, end
        return numbers
    for width, kind in KINDS.items():
        chosen = wide[width]
        if chosen.any():
            numbers[np.repeat(chosen, counts)] = data[np.repeat(chosen, sizes)].view(kind)
    return numbers
