"""How are the postings of a field written and read?

Sections of a field, all terms one after another in the order of the vocabulary:

    terms, term_starts            the vocabulary: UTF-8, and where each term begins (one more than there are terms)
    bucket_ordinals, bucket_starts  its hash index, see `vocabulary.buckets`
    posting_starts                which postings are a term's
    documents, document_starts    document numbers, each less the one before it (the first of a term as it is), in
                                  1, 2 or 4 bytes, see `widths`; at which byte each term begins
    frequencies                   one byte a posting; 255 means: look it up in
    frequent_at, frequent         the numbers of such postings, ascending, and their frequencies
    positions, position_starts    positions, in 1, 2 or 4 bytes likewise; as above
    weights                       32-bit floats, one a posting, only where weights are not frequencies
    lengths                       positions of each document
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh import widths
from searchkit.engines.whoosh.arrays import Frequencies, Gathered, Numbers, Places, Starts
from searchkit.engines.whoosh.sections import SectionFile, SectionWriter
from searchkit.engines.whoosh.vocabulary import Vocabulary, buckets, hashes
from searchkit.errors import IndexCorruptError

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Postings:
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
    weights: npt.NDArray[np.float32] | None

    def occurrences(self) -> Ints:
        """Return how many times each term occurs."""
        return np.add.reduceat(self.frequencies, self.counts.cumsum() - self.counts, dtype=np.int64)


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
        data, sizes = widths.encode(_gaps(postings.documents, firsts), postings.counts)
        self._append("documents", data)
        self._grow("document_starts", sizes)
        self._append_frequencies(postings.frequencies)
        if postings.positions is not None:
            data, sizes = widths.encode(postings.positions, postings.occurrences())
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


def _gaps(values: Numbers, firsts: Ints) -> Numbers:
    """Return each value less the one before it, but the first of each run as it is."""
    differences = np.empty_like(values)
    np.subtract(values[1:], values[:-1], out=differences[1:])
    differences[firsts] = values[firsts]
    return differences


def _smallest(values: npt.NDArray[Any]) -> npt.DTypeLike:
    return np.min_scalar_type(int(values.max(initial=0)))


class Field:
    """An indexed field of a segment file; see `arrays.FieldArrays`."""

    def __init__(self, file: SectionFile, name: str, document_count: int) -> None:
        self._file = file
        self._name = name
        self._document_count = document_count
        self.vocabulary = Vocabulary(*map(self._section, ("terms", "term_starts", "bucket_starts", "bucket_ordinals")))
        self._posting_starts = self._section("posting_starts")
        self._posting_places = self._posting_starts.data  # see `Vocabulary`
        self._document_starts = self._section("document_starts")
        self._document_places = self._document_starts.data
        self._position_starts = self._section("position_starts")
        self._position_places = self._position_starts.data
        self._documents = self._section("documents")
        self._frequencies = self._section("frequencies")
        self._positions = self._section("positions")
        self._frequent_at = self._section("frequent_at")
        at = np.searchsorted(self._posting_starts, self._frequent_at.astype(np.uint64), "right") - 1
        self._frequent_terms = frozenset(at.tolist())
        self.has_weights = f"{name}/weights" in file
        self.has_positions = f"{name}/positions" in file

    def _section(self, section: str) -> npt.NDArray[Any]:
        return self._file[f"{self._name}/{section}"]

    @property
    def count(self) -> int:
        """How many terms there are."""
        return len(self.vocabulary)

    @cached_property
    def lengths(self) -> Numbers:
        """Positions of each document."""
        lengths = self._section("lengths").astype(np.uint32)
        lengths.flags.writeable = False
        return lengths

    @cached_property
    def total_length(self) -> int:
        """The sum of `lengths`."""
        return int(self.lengths.sum(dtype=np.int64))

    def find(self, term: str) -> int:
        """Return the ordinal of the term, or -1."""
        return self.vocabulary.find(term.encode())

    def term(self, ordinal: int) -> str:
        """Return the term with this ordinal."""
        try:
            return self.vocabulary[ordinal].decode()
        except UnicodeDecodeError:
            raise self._file.corrupt(f"a term of {self._name} is no text") from None

    def range(self, low: str, high: str) -> tuple[int, int]:
        """Return the ordinals of the terms with `low <= term < high`."""
        first = self.vocabulary.place(low.encode())
        return first, max(first, self.vocabulary.place(high.encode()))

    def prefix(self, prefix: str) -> tuple[int, int]:
        """Return the ordinals of the terms that begin so."""
        return self.vocabulary.prefix(prefix.encode())

    def near(self, term: str, distance: int, prefix: int = 0) -> list[int]:
        """Return the ordinals of the terms within an edit distance."""
        try:
            return self.vocabulary.near(term, distance, prefix)
        except UnicodeDecodeError:
            raise self._file.corrupt(f"a term of {self._name} is no text") from None

    def document_frequency(self, ordinal: int) -> int:
        """Return how many documents hold the term."""
        return int(self._posting_places[ordinal + 1] - self._posting_places[ordinal])

    def document_frequencies(self, first: int, last: int) -> Starts:
        """Return how many documents hold each of some terms in a row."""
        starts = self._posting_starts[first : last + 1].astype(np.int64)
        return starts[1:] - starts[:-1]

    def collection_frequency(self, ordinal: int) -> int:
        """Return how many times the term occurs."""
        return int(self.frequencies(ordinal, ordinal + 1).sum(dtype=np.int64))

    def postings(self, ordinal: int) -> tuple[Numbers, Frequencies]:
        """Return the documents that hold the term, and how many times each does."""
        documents = self._document_gaps(ordinal).cumsum(dtype=np.uint32)
        frequencies = self._frequencies_of(ordinal)
        if len(documents) != len(frequencies) or documents[-1] >= self._document_count:
            raise self._misfit()
        return documents, frequencies

    def gather(self, ordinals: Sequence[int]) -> Gathered:
        """Return the postings of several terms; see `arrays.FieldArrays.gather`."""
        documents = np.concatenate([self._document_gaps(ordinal) for ordinal in ordinals]).cumsum(dtype=np.int64)
        frequencies = np.concatenate([self._frequencies_of(ordinal) for ordinal in ordinals], dtype=np.float32)
        counts = np.array([self.document_frequency(ordinal) for ordinal in ordinals])
        ends = counts.cumsum()
        if ends[-1] != len(documents) or ends[-1] != len(frequencies):
            raise self._misfit()
        if len(ordinals) > 1:  # the numbers of a term go on from the last of the one before
            before = documents[ends - counts - 1]
            before[0] = 0
            documents -= before.repeat(counts)
        if documents[ends - 1].max() >= self._document_count:
            raise self._misfit()
        return documents, frequencies, counts

    def _misfit(self) -> IndexCorruptError:
        return self._file.corrupt(f"the postings of {self._name} do not fit")

    def _document_gaps(self, ordinal: int) -> npt.NDArray[Any]:
        data = self._documents[self._document_places[ordinal] : self._document_places[ordinal + 1]]
        return widths.decode_run(data, self.document_frequency(ordinal))

    def _frequencies_of(self, ordinal: int) -> Frequencies:
        if ordinal in self._frequent_terms:
            return self.frequencies(ordinal, ordinal + 1)
        return self._frequencies[self._posting_places[ordinal] : self._posting_places[ordinal + 1]]

    def positions(self, ordinals: Sequence[int], chosen: Places | None = None) -> tuple[Starts, Numbers]:
        """Return where terms stand; see `arrays.FieldArrays.positions`."""
        frequencies = np.concatenate([self._frequencies_of(ordinal) for ordinal in ordinals])
        ends = frequencies.cumsum(dtype=np.int64)
        positions = self._positions_of(ordinals, ends)
        if chosen is not None:
            frequencies, ends = frequencies[chosen], ends[chosen]
        starts = np.zeros(len(frequencies) + 1, np.int64)
        frequencies.cumsum(dtype=np.int64, out=starts[1:])
        if chosen is not None and self.has_positions:
            positions = positions[np.arange(starts[-1]) + np.repeat(ends - starts[1:], frequencies)]
        return starts, positions

    def _positions_of(self, ordinals: Sequence[int], ends: Starts) -> Numbers:
        """Return all positions of terms; behind each of their postings, so many there are from the first on."""
        if not self.has_positions:
            return np.empty(0, np.uint32)
        runs, before = [], 0
        postings = accumulate(self.document_frequency(ordinal) for ordinal in ordinals)
        for ordinal, last in zip(ordinals, postings, strict=True):
            data = self._positions[self._position_places[ordinal] : self._position_places[ordinal + 1]]
            count = int(ends[last - 1]) - before
            before += count
            if len(data) not in {count, 2 * count, 4 * count}:
                raise self._misfit()
            runs.append(widths.decode_run(data, count))
        return np.concatenate(runs, dtype=np.uint32)

    def weights(self, ordinal: int) -> npt.NDArray[Any]:
        """Return the weight of each posting: its frequency, unless the field or a document was boosted."""
        if not self.has_weights:
            return self.frequencies(ordinal, ordinal + 1)
        return self._section("weights")[int(self._posting_starts[ordinal]) : int(self._posting_starts[ordinal + 1])]

    def frequencies(self, first: int, last: int) -> Frequencies:
        """Return the frequencies of all postings of some terms in a row."""
        start, end = int(self._posting_starts[first]), int(self._posting_starts[last])
        frequencies = self._frequencies[start:end]
        if len(self._frequent_at):
            low, high = np.searchsorted(self._frequent_at, np.array([start, end], np.uint64))
            if low < high:
                frequencies = frequencies.astype(np.uint32)
                frequencies[(self._frequent_at[low:high] - np.uint64(start)).astype(np.int64)] = self._section(
                    "frequent"
                )[low:high]
        return frequencies

    def postings_of(self, first: int, last: int) -> Postings:
        """Return the postings of some terms in a row."""
        bounds = self._posting_starts[first : last + 1].astype(np.int64)
        counts = np.diff(bounds)
        frequencies = self.frequencies(first, last)
        gaps = self._decoded(self._documents, self._document_starts[first : last + 1], counts)
        total = gaps.cumsum(dtype=np.uint32)
        before = np.append(np.uint32(0), total)[bounds[:-1] - bounds[0]]
        positions = None
        if self.has_positions:
            occurrences = np.add.reduceat(frequencies, bounds[:-1] - bounds[0], dtype=np.int64)
            positions = self._decoded(self._positions, self._position_starts[first : last + 1], occurrences)
        weights = self._section("weights")[bounds[0] : bounds[-1]] if self.has_weights else None
        return Postings(counts, total - np.repeat(before, counts), frequencies, positions, weights)

    @staticmethod
    def _decoded(data: widths.Bytes, starts: npt.NDArray[Any], counts: Ints) -> Numbers:
        places = starts.astype(np.int64)
        return widths.decode(data[places[0] : places[-1]], counts, np.diff(places))

    def postings_before(self, ordinal: int) -> int:
        """Return how many postings the terms before this one have."""
        return int(self._posting_starts[ordinal])

    def reach(self, first: int, postings: int) -> int:
        """Return the first ordinal after `first` by which the terms from `first` on have so many postings."""
        goal = int(self._posting_starts[first]) + postings
        return min(max(int(np.searchsorted(self._posting_starts, goal, "right")) - 1, first + 1), self.count)
