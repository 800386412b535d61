"""How are the postings of a field read? For their format see `postings`.

What is read is made sure of, so that nobody who uses it need: documents of a term ascend and are in the segment, each
holds it at least once, and there are as many positions as that takes. Checksums alone do not say so: whoever forges an
index can make them fit. What costs time in proportion to the postings of a common term is left to those who read all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.postings import KINDS, Postings, decode
from searchkit.engines.whoosh.format.sections import SectionFile
from searchkit.engines.whoosh.format.types import Flags, Frequencies, Gathered, Int64s, Numbers, Places
from searchkit.engines.whoosh.format.vocabulary import Vocabulary
from searchkit.errors import IndexCorruptError

_WINDOW = 1 << 18
"""Postings that are looked through at once."""

_HEAVIEST = 1e15
"""What no weight reaches, so that no score is without end."""

_REMEMBERED = 8_192
"""Terms of which it is remembered where their postings and positions lie; each takes some 500 bytes."""

_OF_VOCABULARY = {
    "blob": "terms",
    "starts": "term_starts",
    "bucket_starts": "bucket_starts",
    "bucket_ordinals": "bucket_ordinals",
}
_STARTS = ("term_starts", "bucket_starts", "posting_starts", "document_starts", "position_starts")
_KINDS: dict[str, Collection[str]] = {
    **dict.fromkeys(("terms", "documents", "frequencies", "positions"), ("|u1",)),
    **dict.fromkeys(("term_starts", "posting_starts", "document_starts", "position_starts"), ("<u4", "<u8")),
    **dict.fromkeys(("bucket_starts", "bucket_ordinals", "lengths"), ("|u1", "<u2", "<u4", "<u8")),
    "weights": ("<f4", "<f8"),
    "frequent_at": ("<u8",),
    "frequent": ("<u4",),
}
"""The dtypes that the sections of a field may have."""


class _TermRun(NamedTuple):
    """The postings of a term as they lie in the file, frequencies from 255 on left out: see `postings`."""

    postings: int
    gaps: npt.NDArray[Any]
    frequencies: Frequencies


class Field:
    """An indexed field of a segment file."""

    def __init__(self, file: SectionFile, name: str, document_count: int) -> None:
        self._file = file
        self._name = name
        self._names = {each: f"{name}/{each}" for each in _KINDS}
        self._document_count = document_count
        self._documents = self._unchecked("documents")
        self._frequencies = self._unchecked("frequencies")
        self._positions = self._unchecked("positions")
        self._posting_starts = self._unchecked("posting_starts")
        self._posting_places = self._posting_starts.data  # see `Vocabulary`
        self._document_starts = self._unchecked("document_starts")
        self._document_places = self._document_starts.data
        self._position_places = self._unchecked("position_starts").data
        self.count = max(file.shape(f"{name}/term_starts")[1] - 1, 0)  # how many terms there are
        self.has_weights = f"{name}/weights" in file
        self.has_positions = f"{name}/positions" in file
        self._sound = np.zeros(self.count, bool).data  # of which terms the postings are checked
        self._runs: dict[int, _TermRun] = {}
        self._position_runs: dict[int, npt.NDArray[Any]] = {}

    def _section(self, section: str) -> npt.NDArray[Any]:
        return self._file[self._names[section]]

    def _unchecked(self, section: str) -> npt.NDArray[Any]:
        return self._file.unchecked(self._names[section])

    @property
    def sections(self) -> list[str]:
        """The names that its sections have."""
        return list(self._names.values())

    def fits(self) -> bool:
        """Tell whether the sections are those of a field of such a segment, by their dtypes and sizes alone."""
        shape = {each: self._file.shape(name) for each, name in self._names.items()}
        of_terms = [shape[each][1] for each in _STARTS if shape[each][0]]
        return (
            all(not kind or kind in _KINDS[each] for each, (kind, _) in shape.items())
            and shape["lengths"][1] == self._document_count
            and all(size == self.count + 1 for size in of_terms)
            and len(of_terms) == (3 + self.has_positions + 1 if self.count else 0)
            and shape["bucket_ordinals"][1] == self.count
            and shape["frequent_at"][1] == shape["frequent"][1]
            and (not self.has_weights or shape["weights"][1] == shape["frequencies"][1])
        )

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The terms."""
        parts = {each: self._unchecked(section) for each, section in _OF_VOCABULARY.items()}
        file, name = self._file, self._name  # not `self`, which would not be freed before Python looks for cycles
        return Vocabulary(
            **parts,
            check=lambda each, *place: file.check(f"{name}/{_OF_VOCABULARY[each]}", *place),
            misfit=lambda: file.corrupt(f"the terms of {name} do not fit"),
        )

    @cached_property
    def _frequent_at(self) -> npt.NDArray[Any]:
        at = self._section("frequent_at")
        if len(at) and not ((at[1:] > at[:-1]).all() and at[-1] < len(self._frequencies)):
            raise self.misfit()
        return at

    @cached_property
    def _frequent_terms(self) -> frozenset[int]:
        at = np.searchsorted(self._all_posting_starts, self._frequent_at.astype(np.uint64), "right") - 1
        return frozenset(at.tolist())

    @cached_property
    def _all_posting_starts(self) -> npt.NDArray[Any]:
        starts = self._section("posting_starts")
        if not (starts[1:] > starts[:-1]).all() or starts[-1] != len(self._frequencies):
            raise self.misfit()
        return starts

    def _check(self, section: str, start: int, end: int) -> None:
        """Compare the checksums of the bytes `[start, end)` of a section, if nobody has before."""
        self._file.check(self._names[section], int(start), int(end))

    def _check_items(self, section: str, items: npt.NDArray[Any] | memoryview, first: int, last: int) -> None:
        """Compare the checksums of the items `[first, last)` of a section."""
        self._check(section, first * items.itemsize, last * items.itemsize)

    def _check_postings(self, ordinals: Iterable[int]) -> None:
        """Compare the checksums of the documents and frequencies of terms, and of where they are."""
        for ordinal in ordinals:
            if not self._sound[ordinal]:
                self._check_items("posting_starts", self._posting_starts, ordinal, ordinal + 2)
                self._check_items("document_starts", self._document_starts, ordinal, ordinal + 2)
                start, end = self._document_places[ordinal : ordinal + 2]
                self._check("documents", start, end)
                first, last = self._posting_places[ordinal : ordinal + 2]
                self._check("frequencies", first, last)
                if first >= last or (end - start) / (last - first) not in KINDS:
                    raise self.misfit()
                self._sound[ordinal] = True

    def _starts(self, section: str, first: int, last: int) -> Int64s:
        """Return where each of some terms in a row begins, and where the last of them ends."""
        starts = self._unchecked(section)
        self._check_items(section, starts, first, last + 1)
        return starts[first : last + 1].astype(np.int64)

    @cached_property
    def lengths(self) -> Numbers:
        """Positions of each document."""
        lengths = self._section("lengths").astype(np.uint32)
        if self.has_positions and lengths.sum(dtype=np.int64) > len(self._positions):
            raise self._file.corrupt(f"the lengths of {self._name} do not fit")
        lengths.flags.writeable = False
        return lengths

    @cached_property
    def total_length(self) -> int:
        """The sum of `lengths`."""
        return int(self.lengths.sum(dtype=np.int64))

    def find(self, term: str | bytes) -> int:
        """Return the ordinal of the term, or -1."""
        encoded = term.encode(errors="surrogatepass") if isinstance(term, str) else term
        return self.vocabulary.find(encoded)

    def term(self, ordinal: int) -> str:
        """Return the term with this ordinal."""
        try:
            return self.vocabulary[ordinal].decode()
        except UnicodeDecodeError:
            raise self._file.corrupt(f"a term of {self._name} is no text") from None

    def terms(self, first: int, last: int) -> list[str]:
        """Return the terms with the ordinals `[first, last)`."""
        try:
            return [term.decode() for term in self.vocabulary.run(first, last)]
        except UnicodeDecodeError:
            raise self._file.corrupt(f"a term of {self._name} is no text") from None

    def range(self, low: str | bytes, high: str | bytes) -> tuple[int, int]:
        """Return the ordinals of the terms with `low <= term < high`."""
        first = self.vocabulary.place(_bytes(low))
        return first, max(first, self.vocabulary.place(_bytes(high)))

    def prefix(self, prefix: str) -> tuple[int, int]:
        """Return the ordinals of the terms that begin so."""
        return self.vocabulary.prefix(_bytes(prefix))

    def near(self, term: str, distance: int, prefix: int = 0) -> list[int]:
        """Return the ordinals of the terms within an edit distance."""
        try:
            return self.vocabulary.near(term, distance, prefix)
        except UnicodeDecodeError:
            raise self._file.corrupt(f"a term of {self._name} is no text") from None

    def document_frequency(self, ordinal: int) -> int:
        """Return how many documents hold the term."""
        if not self._sound[ordinal]:
            self._check_postings((ordinal,))
        return int(self._posting_places[ordinal + 1] - self._posting_places[ordinal])

    def document_frequencies(self, first: int, last: int) -> Int64s:
        """Return how many documents hold each of some terms in a row."""
        starts = self._starts("posting_starts", first, last)
        return starts[1:] - starts[:-1]

    def frequencies_among(self, first: int, last: int, chosen: Flags) -> Int64s:
        """Return how many of the chosen documents hold each of some terms in a row."""
        counts = [np.empty(0, np.int64)]
        while first < last:
            end = min(self.reach(first, _WINDOW), last)
            sizes = self.document_frequencies(first, end)
            kept = chosen.take(self._documents_of(first, end, sizes))
            counts.append(np.add.reduceat(kept, sizes.cumsum() - sizes, dtype=np.int64))
            first = end
        return np.concatenate(counts)

    def documents_holding(self, first: int, last: int) -> Iterator[Numbers]:
        """Yield the documents that hold some terms in a row, term after term, some terms at a time."""
        while first < last:
            end = min(self.reach(first, _WINDOW), last)
            yield self._documents_of(first, end, self.document_frequencies(first, end))
            first = end

    def postings(self, ordinal: int) -> tuple[Numbers, Frequencies]:
        """Return the documents that hold the term, and how many times each does."""
        documents = self.documents(ordinal)
        frequencies = self._frequencies_of(ordinal)
        if len(documents) != len(frequencies):
            raise self.misfit()
        return documents.astype(np.uint32), frequencies

    def documents(self, ordinal: int) -> Int64s:
        """Return the documents that hold the term."""
        documents = (self._runs.get(ordinal) or self._run(ordinal)).gaps.cumsum(dtype=np.int64)
        if documents[-1] >= self._document_count:
            raise self.misfit()
        return documents

    def gather(self, ordinals: Sequence[int], *, weighted: bool = True) -> Gathered:
        """Return the postings of several terms; for frequencies what they weigh, in 32-bit floats, if `weighted`."""
        runs = self._runs_of(ordinals)
        documents, ends = self._documents_in(runs)
        if weighted and self.has_weights:
            counted = [self.weights(ordinal) for ordinal in ordinals]
        elif self._frequent_terms.isdisjoint(ordinals):
            counted = [run.frequencies for run in runs]
        else:
            counted = [self._frequencies_of(ordinal) for ordinal in ordinals]
        frequencies = np.concatenate(counted, dtype=np.float32 if weighted else np.int64)
        if len(frequencies) != len(documents):
            raise self.misfit()
        return documents, frequencies, np.diff(ends, prepend=0)

    def held_among(self, ordinals: Sequence[int], chosen: Flags) -> Int64s:
        """Return how many of the chosen documents hold each of several terms, at least one."""
        documents, ends = self._documents_in(self._runs_of(ordinals))
        return np.add.reduceat(chosen.take(documents), np.append(0, ends[:-1]), dtype=np.int64)

    def _runs_of(self, ordinals: Sequence[int]) -> list[_TermRun]:
        return [self._runs.get(ordinal) or self._run(ordinal) for ordinal in ordinals]

    def _documents_in(self, runs: Sequence[_TermRun]) -> tuple[Int64s, Int64s]:
        """Return the documents of runs, one run after another, and where each run ends among them."""
        documents = np.concatenate([run.gaps for run in runs]).cumsum(dtype=np.int64)
        counts = np.array([run.postings for run in runs])
        ends = counts.cumsum()
        if ends[-1] != len(documents):
            raise self.misfit()
        if len(runs) > 1:  # the numbers of a term go on from the last of the one before
            before = documents[ends - counts - 1]
            before[0] = 0
            documents -= before.repeat(counts)
        if documents[ends - 1].max() >= self._document_count:
            raise self.misfit()
        return documents, ends

    def misfit(self) -> IndexCorruptError:
        """Return the error that says that postings are none."""
        return self._file.corrupt(f"the postings of {self._name} do not fit")

    def _run(self, ordinal: int) -> _TermRun:
        """Return the postings of a term as they lie in the file, and remember where that is."""
        self._check_postings((ordinal,))
        data = self._documents[self._document_places[ordinal] : self._document_places[ordinal + 1]]
        first, last = self._posting_places[ordinal : ordinal + 2]
        if len(self._runs) >= _REMEMBERED:
            self._runs = {}
        run = _TermRun(last - first, data.view(KINDS[len(data) // (last - first)]), self._frequencies[first:last])
        self._runs[ordinal] = run
        return run

    def _frequencies_of(self, ordinal: int) -> Frequencies:
        if ordinal in self._frequent_terms:
            return self.frequencies(ordinal, ordinal + 1)
        return self._frequencies[self._posting_places[ordinal] : self._posting_places[ordinal + 1]]

    def positions(self, ordinals: Sequence[int], chosen: Places | None = None) -> tuple[Int64s, Numbers]:
        """Return where terms stand."""
        self._check_postings(ordinals)
        frequencies = np.concatenate([self._frequencies_of(ordinal) for ordinal in ordinals])
        if not self.has_positions:
            return np.zeros(len(frequencies if chosen is None else chosen) + 1, np.int64), np.empty(0, np.uint32)
        ends = frequencies.cumsum(dtype=np.int64)
        positions = self._positions_of(ordinals, ends)
        if chosen is not None:
            frequencies, ends = frequencies[chosen], ends[chosen]
        starts = np.zeros(len(frequencies) + 1, np.int64)
        frequencies.cumsum(dtype=np.int64, out=starts[1:])
        if chosen is not None:
            positions = positions[np.arange(starts[-1]) + np.repeat(ends - starts[1:], frequencies)]
        return starts, positions

    def _positions_of(self, ordinals: Sequence[int], ends: Int64s) -> Numbers:
        """Return all positions of terms; behind each of their postings, so many there are from the first on."""
        lasts = np.cumsum([self.document_frequency(ordinal) for ordinal in ordinals]) - 1
        return self.position_runs(ordinals, np.diff(ends[lasts], prepend=0).tolist())

    def position_runs(self, ordinals: Sequence[int], counts: Sequence[int]) -> Numbers:
        """Return all positions of terms that occur so many times each, term after term."""
        return np.concatenate(list(map(self.position_run, ordinals, counts)), dtype=np.uint32)

    def position_run(self, ordinal: int, count: int) -> npt.NDArray[Any]:
        """Return all positions of a term that occurs so many times, document after document."""
        known = self._position_runs.get(ordinal)
        if known is not None and len(known) == count:
            return known
        if not self.has_positions:
            raise self.misfit()
        self._check_items("position_starts", self._position_places, ordinal, ordinal + 2)
        start, end = self._position_places[ordinal : ordinal + 2]
        self._check("positions", start, end)
        data = self._positions[start:end]
        if not count or len(data) / count not in KINDS:
            raise self.misfit()
        if len(self._position_runs) >= _REMEMBERED:
            self._position_runs = {}
        run = self._position_runs[ordinal] = data.view(KINDS[len(data) // count])
        return run

    def weights(self, ordinal: int) -> npt.NDArray[Any]:
        """Return the weight of each posting: its frequency, unless the field or a document was boosted."""
        if not self.has_weights:
            return self.frequencies(ordinal, ordinal + 1)
        self._check_postings((ordinal,))
        return self._weights(int(self._posting_starts[ordinal]), int(self._posting_starts[ordinal + 1]))

    def _weights(self, start: int, end: int) -> npt.NDArray[Any]:
        weights = self._unchecked("weights")
        self._check_items("weights", weights, start, end)
        weights = weights[start:end]
        if not (np.abs(weights) < _HEAVIEST).all():  # which is not true of what is no number, too
            raise self.misfit()
        return weights

    def frequencies(self, first: int, last: int) -> Frequencies:
        """Return the frequencies of all postings of some terms in a row."""
        self._check_items("posting_starts", self._posting_starts, first, last + 1)
        start, end = int(self._posting_starts[first]), int(self._posting_starts[last])
        self._check("frequencies", start, end)
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
        counts = self.document_frequencies(first, last)
        starts = counts.cumsum() - counts
        documents, frequencies = self._documents_of(first, last, counts), self.frequencies(first, last)
        ascending = documents[1:] > documents[:-1]
        ascending[starts[1:] - 1] = True
        if not ascending.all() or not frequencies.all():
            raise self.misfit()
        positions = None
        if self.has_positions:
            occurrences = np.add.reduceat(frequencies, starts, dtype=np.int64)
            positions = self._decoded("positions", self._starts("position_starts", first, last), occurrences)
        start = int(self._posting_starts[first])
        weights = self._weights(start, start + len(documents)) if self.has_weights else None
        return Postings(counts, documents, frequencies, positions, weights)

    def windows(self) -> Iterator[tuple[list[bytes], Postings]]:
        """Yield all terms and their postings, some in a row at a time.

        Raises:
            IndexCorruptError: They do not fit one another.
        """
        first = 0
        while first < self.count:
            last = self.reach(first, _WINDOW)
            yield self.vocabulary.ascending(first, last), self.postings_of(first, last)
            first = last

    def is_occupied(self) -> bool:
        """Tell whether a word stands at each position that documents have, and none elsewhere; all postings are read.

        Raises:
            IndexCorruptError: They do not fit one another.
        """
        lengths = self.lengths.astype(np.int64)
        starts, held = lengths.cumsum() - lengths, np.zeros(self.total_length * self.has_positions, bool)
        for _, postings in self.windows():
            if postings.positions is None:
                continue
            documents = postings.documents.repeat(postings.frequencies)
            if (postings.positions >= lengths[documents]).any():
                return False
            held[starts[documents] + postings.positions] = True
        return bool(held.all())

    def is_filled(self) -> bool:
        """Tell whether its sections end where the last term ends."""
        ends = {"documents": self._document_places, "frequencies": self._posting_places}
        if self.has_positions:
            ends["positions"] = self._position_places
        return all(not len(starts) or starts[-1] == len(self._section(each)) for each, starts in ends.items())

    def _documents_of(self, first: int, last: int, counts: Int64s) -> Numbers:
        """Return the documents of some terms in a row, given how many each has."""
        gaps = self._decoded("documents", self._starts("document_starts", first, last), counts)
        starts = counts.cumsum() - counts
        if len(starts):  # each term begins with its first document, less the last one of the term before
            gaps[starts[1:]] -= np.add.reduceat(gaps, starts, dtype=np.uint32)[:-1]
        documents: Numbers = gaps.cumsum(dtype=np.uint32)
        if documents.max(initial=0) >= self._document_count:
            raise self.misfit()
        return documents

    def _decoded(self, section: str, places: Int64s, counts: Int64s) -> Numbers:
        self._check(section, places[0], places[-1])
        try:
            return decode(self._unchecked(section)[places[0] : places[-1]], counts, np.diff(places))
        except ValueError:
            raise self.misfit() from None

    def reach(self, first: int, postings: int) -> int:
        """Return the first ordinal after `first` by which the terms from `first` on have so many postings."""
        starts = self._all_posting_starts
        goal = int(starts[first]) + postings
        return min(max(int(np.searchsorted(starts, goal, "right")) - 1, first + 1), self.count)


def _bytes(term: str | bytes) -> bytes:
    return term if isinstance(term, bytes) else term.encode(errors="surrogatepass")  # which no term holds
