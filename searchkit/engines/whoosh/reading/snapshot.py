"""What do all segments of an index hold together? Its documents, numbered through.

A deleted document keeps its number until its segment is merged, but counts in nothing: statistics are those of an index
that never held it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from heapq import nsmallest
from itertools import accumulate, pairwise
from typing import Any, Self, TypeAlias

import numpy as np

from searchkit.engines.whoosh.format.types import Documents, Flags, Int64s, Scores
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.reading.field import Field
from searchkit.errors import IndexCorruptError

TermPlaces: TypeAlias = tuple[tuple[int, Field, int, int], ...]
Ordinals = Callable[[Field], Sequence[int]]


_REMEMBERED = 20_000
"""Terms whose places are remembered, found or not; each takes some 200 bytes."""


class FieldSnapshot:
    """One field of all segments; segments that do not have it count with length 0.

    Args:
        parts: The field in each segment that has it, with the number of the segment's first document.
        size: How many documents the snapshot has.
        deleted: True for each of them that is deleted; None if there is none.
    """

    def __init__(self, parts: Sequence[tuple[int, Field]], size: int, deleted: Flags | None) -> None:
        self._parts = parts
        self.size = size
        self._deleted = deleted
        self._length_norms: dict[float, Scores] = {}
        self._found: dict[str | bytes, TermPlaces] = {}

    @cached_property
    def lengths(self) -> Scores:
        """How many positions each document has, deleted ones too."""
        lengths = np.zeros(self.size, np.float32)
        for offset, part in self._parts:
            lengths[offset : offset + len(part.lengths)] = part.lengths
        return lengths

    @cached_property
    def average_length(self) -> float:
        """The mean of all documents, those without the field too; 1 where it would be 0."""
        if self._deleted is None:
            return sum(part.total_length for _, part in self._parts) / (self.size or 1) or 1.0
        alive = ~self._deleted
        total = self.lengths.sum(where=alive, dtype=np.float64)
        return float(total) / (int(alive.sum()) or 1) or 1.0

    @cached_property
    def has_positions(self) -> bool:
        """Whether it is known in all segments where words stand."""
        return all(part.has_positions for _, part in self._parts)

    def misplaced(self) -> IndexCorruptError:
        """Return the error for words that stand where their documents have no place."""
        first, *others = (part for _, part in self._parts)
        return next((part for part in others if not part.is_occupied()), first).misfit()

    def length_norms(self, b: float) -> Scores:
        """Return what one occurrence counts in each document: 1 at the average length, less in longer ones."""
        shares = self._length_norms.get(b)
        if shares is None:
            shares = self.lengths * np.float32(b / self.average_length)
            shares += np.float32(1 - b)
            np.maximum(shares, np.float32(1e-9), out=shares)  # b = 1 and no text
            shares = self._length_norms[b] = np.reciprocal(shares, out=shares)
        return shares

    @property
    def parts(self) -> Sequence[tuple[int, Field]]:
        """The field in each segment that has it, with the number of the segment's first document."""
        return self._parts

    def find(self, term: str | bytes) -> TermPlaces:
        """Return where the term is: the offset, field, ordinal and document frequency in each segment that has it.

        One query asks for the same terms twice: to score words, and to see them side by side.
        """
        found = self._found.get(term)
        return self._remembered(term, self._look_up(term)) if found is None else found

    def _look_up(self, term: str | bytes) -> TermPlaces:
        encoded = term if isinstance(term, bytes) else term.encode(errors="surrogatepass")
        found = []
        for offset, part in self._parts:
            ordinal = part.vocabulary.find(encoded)
            if ordinal >= 0:
                found.append((offset, part, ordinal, part.document_frequency(ordinal)))
        return tuple(found)

    def _remembered(self, term: str | bytes, found: TermPlaces) -> TermPlaces:
        if len(self._found) >= _REMEMBERED:
            self._found = {}
        self._found[term] = found
        return found

    def postings(self, term: str | bytes) -> tuple[Documents, Scores]:
        """Return the documents that hold the term, ascending and deleted ones too, and how many times each does."""
        found = [(offset, part.postings(ordinal)) for offset, part, ordinal, _ in self.find(term)]
        if len(found) == 1:
            offset, (documents, frequencies) = found[0]
            numbers = documents.astype(np.intp)
            numbers += offset
            return numbers, frequencies.astype(np.float32)
        if not found:
            return np.empty(0, np.intp), np.empty(0, np.float32)
        numbers = np.concatenate([documents.astype(np.intp) + offset for offset, (documents, _) in found])
        return numbers, np.concatenate([frequencies for _, (_, frequencies) in found]).astype(np.float32)

    def documents(self, term: str) -> list[Documents]:
        """Return the documents that hold the term, ascending and deleted ones too, segment by segment."""
        return [part.documents(ordinal) + offset for offset, part, ordinal, _ in self.find(term)]

    def positions(self, words: Sequence[Sequence[str]], among: Documents) -> list[Int64s]:
        """Return where each word stands in some documents, ascending: number shifted left by 32 bits, and position.

        Args:
            words: The terms of each, of which any will do.
            among: The documents; where they are most of those that hold the terms, others come too.
        """
        within = np.zeros(self.size, bool)
        within[among] = True
        places = [tuple(place for term in terms for place in self.find(term)) for terms in words]
        found = [self._positions(offset, part, places, within) for offset, part in self._parts]
        return [np.sort(np.concatenate(keys), kind="stable") for keys in zip(*found, strict=True)]

    @staticmethod
    def _positions(offset: int, part: Field, places: Sequence[TermPlaces], within: Flags) -> list[Int64s]:
        """Return where each word stands in the documents of one segment, in no order."""
        here = [[(ordinal, count) for at, _, ordinal, count in of_word if at == offset] for of_word in places]
        ordinals = [ordinal for of_word in here for ordinal, _ in of_word]
        if not ordinals:
            return [np.empty(0, np.int64)] * len(places)
        numbers = part.gather(ordinals)[0]
        numbers += offset
        ends = np.array([sum([count for _, count in of_word]) for of_word in here]).cumsum()
        chosen = np.flatnonzero(within[numbers])
        if 2 * len(chosen) < len(numbers):
            starts, positions = part.positions(ordinals, chosen)
            numbers, ends = numbers[chosen], np.searchsorted(chosen, ends)
        else:
            starts, positions = part.positions(ordinals)
        numbers <<= 32
        keys = np.repeat(numbers, np.diff(starts))[: len(positions)]  # none where none are kept
        keys += positions
        return [keys[first:last] for first, last in pairwise([0, *starts[ends].tolist()])]

    def byte_terms(self, ordinals: Ordinals) -> list[bytes]:
        """Return the same as `terms`, for a field whose terms are no text."""
        chosen = ({part.vocabulary[ordinal] for ordinal in ordinals(part)} for _, part in self._parts)
        return sorted(set().union(*chosen))

    def terms(self, ordinals: Ordinals) -> list[str]:
        """Return the terms that each segment's vocabulary gives for a question and a document holds, in order."""
        chosen = ({part.term(ordinal) for ordinal in ordinals(part)} for _, part in self._parts)
        return sorted(term for term in set().union(*chosen) if self._deleted is None or self.frequency(term))

    def frequency(self, term: str) -> int:
        """Return how many documents hold the term."""
        if self._deleted is not None:
            return int(np.count_nonzero(~self._deleted[self.postings(term)[0]]))
        found = self._found.get(term)
        if found is None:
            found = self._look_up(term)
            if found:  # most of what a query asks for is not there, which who asks remembers
                self._remembered(term, found)
        return sum([count for _, _, _, count in found]) if found else 0

    def most_frequent(self, prefix: str, limit: int) -> list[tuple[int, str]]:
        """Return the terms that begin so and are held by most documents, with the number of these, the most first.

        Of one segment only those are read; of several all that begin so, since a term may be rare in each of them.
        """
        totals: dict[str, int] = defaultdict(int)
        for offset, part in self._parts:
            first, last = part.prefix(prefix)
            counts = self._frequencies(offset, part, first, last)
            if len(self._parts) == 1:
                places = _largest(counts, limit)
                counts, terms = counts[places], [part.term(first + place) for place in places.tolist()]
            else:
                terms = part.terms(first, last)
            for term, count in zip(terms, counts.tolist(), strict=True):
                totals[term] += count
        held = ((-count, term) for term, count in totals.items() if count)
        return [(-count, term) for count, term in nsmallest(limit, held)]

    def vocabulary(self, prefix: str) -> list[str]:
        """Return the terms that begin so and that a document holds, in order."""
        terms: set[str] = set()
        for offset, part in self._parts:
            first, last = part.prefix(prefix)
            held = self._frequencies(offset, part, first, last) > 0
            terms.update(part.term(first + place) for place in np.flatnonzero(held).tolist())
        return sorted(terms)

    def _frequencies(self, offset: int, part: Field, first: int, last: int) -> Int64s:
        """Return how many documents of one segment hold each of some terms in a row."""
        if self._deleted is None:
            return part.document_frequencies(first, last)
        return part.frequencies_among(first, last, ~self._deleted[offset:])

    @cached_property
    def holders(self) -> Documents:
        """The documents that hold any term."""
        if any(part.total_length for _, part in self._parts):
            return np.flatnonzero(self.lengths)
        held = np.zeros(self.size, bool)
        for offset, part in self._parts:
            for ordinal in range(part.count):
                held[part.postings(ordinal)[0].astype(np.intp) + offset] = True
        return np.flatnonzero(held)


def _largest(counts: Int64s, limit: int) -> Int64s:
    """Return the places of the `limit` largest numbers, of equal ones the first."""
    return np.argsort(-counts, kind="stable")[:limit]


class Snapshot:
    """All documents of an index.

    Args:
        segments: In the order of their documents.

    Attributes:
        segments: The same.
        offsets: The number of the first document of each segment, and of the one after the last.
        size: How many documents there are, deleted ones too.
    """

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = segments
        self.offsets = tuple(accumulate((segment.document_count for segment in segments), initial=0))
        self.size = self.offsets[-1]
        self._fields: dict[str, FieldSnapshot | None] = {}

    @classmethod
    def of(cls, reader: Any) -> Self:
        """Return what a Whoosh reader reads; the reader of each segment must have `.arrays`."""
        return cls([leaf.arrays for leaf, _ in reader.leaf_readers() if leaf.doc_count_all()])

    @cached_property
    def deleted(self) -> Flags | None:
        """True for each document that is deleted; None if there is none."""
        if all(segment.deleted is None for segment in self.segments):
            return None
        deleted = np.zeros(self.size, bool)
        for segment, (begin, end) in zip(self.segments, pairwise(self.offsets), strict=True):
            if segment.deleted is not None:
                deleted[begin:end] = segment.deleted
        return deleted

    @cached_property
    def count(self) -> int:
        """How many documents are not deleted."""
        return self.size if self.deleted is None else self.size - int(self.deleted.sum())

    @cached_property
    def documents(self) -> Documents:
        """The numbers of all documents that are not deleted."""
        return np.arange(self.size) if self.deleted is None else np.flatnonzero(~self.deleted)

    def alive(self, documents: Documents) -> Flags | slice:
        """Return what picks the documents that are not deleted out of these."""
        return slice(None) if self.deleted is None else ~self.deleted[documents]

    def field(self, name: str) -> FieldSnapshot | None:
        """Return an indexed field, or None if no document has it."""
        if name not in self._fields:
            parts = tuple(self._parts(name))
            self._fields[name] = FieldSnapshot(parts, self.size, self.deleted) if parts else None
        return self._fields[name]

    def _parts(self, name: str) -> Iterator[tuple[int, Field]]:
        for segment, offset in zip(self.segments, self.offsets, strict=False):
            part = segment.field(name)
            if part is not None:
                yield offset, part
