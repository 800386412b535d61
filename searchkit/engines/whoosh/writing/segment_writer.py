"""What gathers in memory until it is written as a segment, and when is that? The postings of each batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import accumulate, chain, compress
from pathlib import Path

import numpy as np

from searchkit.engines.whoosh.format.columns import as_json, write_column
from searchkit.engines.whoosh.format.postings import FieldWriter
from searchkit.engines.whoosh.format.sections import SectionWriter
from searchkit.engines.whoosh.format.stored import StoredWriter
from searchkit.engines.whoosh.format.types import Numbers
from searchkit.engines.whoosh.format.vocabulary import ranked
from searchkit.engines.whoosh.writing.batches import ColumnValues, InvertedBatch
from searchkit.engines.whoosh.writing.inversion import Inverted, in_order, merge_postings

_DOCUMENT = 400
"""Memory that the columns of a document take, in bytes."""

_TERM = 200
"""Memory that a term takes in a vocabulary and when it is written, in bytes."""

Part = tuple[int, Inverted]


class SegmentWriter:
    """Documents in a row, on their way to a segment file.

    Args:
        path: The file.
        first: The number of its first document in the writer.
    """

    def __init__(self, path: Path, first: int) -> None:
        self.path = path
        self.first = first
        self.documents = 0
        self._inverted = 0
        self._terms: dict[int, tuple[int, int]] = {}  # of each shared vocabulary, how many first and last
        self._out = SectionWriter(path)
        self._stored = StoredWriter(self._out)
        self._fields: dict[str, list[Part]] = defaultdict(list)
        self._columns: dict[str, ColumnValues] = {}

    @property
    def memory(self) -> int:
        """Bytes that it takes until it is written, about; the same for the same documents."""
        terms = sum(last - first for first, last in self._terms.values())
        return self._inverted + self.documents * _DOCUMENT + terms * _TERM

    def add(self, batch: InvertedBatch) -> None:
        """Add the next documents."""
        for block, lines in batch.blocks:
            self._stored.append(block, lines)
        for name, inverted in batch.fields.items():
            self._fields[name].append((self.documents, inverted))
            self._inverted += inverted.memory
            if inverted.vocabulary.key is not None:
                count = len(inverted.vocabulary.terms)
                first, _ = self._terms.get(id(inverted.vocabulary), (count, count))
                self._terms[id(inverted.vocabulary)] = first, count
        for name, column in batch.columns.items():
            gathered = self._columns.setdefault(name, ColumnValues([], column.default))
            _fill(gathered, self.documents)
            gathered.values.extend(column.values)
        self.documents += batch.documents

    def write(self) -> None:
        """Write the segment file."""
        names = sorted(self._fields)
        for name in names:
            self._write_field(name, self._fields.pop(name))
        columns = {name: self._write_column(name, column) for name, column in sorted(self._columns.items())}
        self._columns.clear()
        self._stored.close()
        self._out.close({"documents": self.documents, "fields": names, "columns": columns})

    def _write_field(self, name: str, parts: list[Part]) -> None:
        lengths = np.zeros(self.documents, np.uint32)
        for first, inverted in parts:
            lengths[first : first + len(inverted.lengths)] = inverted.lengths
        terms, ranks = _ranked([inverted for _, inverted in parts])
        firsts, places = [first for first, _ in parts], [inverted.postings for _, inverted in parts]
        parts.clear()
        for place, postings in enumerate(places):
            ranks[place], places[place] = in_order(ranks[place], postings)
        writer = FieldWriter(self._out, name)
        for low, high, spliced in merge_postings(ranks, places, firsts):
            writer.append(terms[low:high], spliced)
        writer.close(lengths)

    def _write_column(self, name: str, column: ColumnValues) -> tuple[str, object]:
        _fill(column, self.documents)
        return write_column(self._out, name, column.values), as_json(column.default)

    def close(self) -> None:
        """Let go of what is under way."""
        self._out.abandon()


class SegmentFlusher:
    """Gathers the batches of one writer; a segment that fills its memory is written, and the next one begins.

    Args:
        memory: Bytes that the one that is gathered may take.
        new_path: Makes the name of the next one's file.
    """

    def __init__(self, memory: int, new_path: Callable[[], Path]) -> None:
        self._memory = memory
        self._new_path = new_path
        self._written: list[SegmentWriter] = []
        self._gathered: SegmentWriter | None = None

    def add(self, batch: InvertedBatch) -> None:
        """Add the next batch."""
        if self._gathered is None:
            self._gathered = SegmentWriter(self._new_path(), sum(segment.documents for segment in self._written))
        self._gathered.add(batch)
        if self._gathered.memory >= self._memory:
            self._end()

    def _end(self) -> None:
        if self._gathered is not None:
            self._gathered.write()
            self._written.append(self._gathered)
            self._gathered = None

    def finish(self) -> list[SegmentWriter]:
        """Return all segments, written."""
        self._end()
        return self._written

    def close(self) -> None:
        """Let go of what is not written."""
        if self._gathered is not None:
            self._gathered.close()


def _fill(column: ColumnValues, documents: int) -> None:
    column.values.extend([column.default] * (documents - len(column.values)))


def _ranked(parts: list[Inverted]) -> tuple[list[bytes], list[Numbers]]:
    """Return the terms that occur, in order, and of each part the ranks of its terms among them."""
    vocabularies = {id(part.vocabulary): part.vocabulary.terms for part in parts}
    begins = dict(zip(vocabularies, accumulate(map(len, vocabularies.values()), initial=0), strict=False))
    table = np.zeros(sum(map(len, vocabularies.values())), np.uint32)
    for part in parts:
        table[part.numbers + begins[id(part.vocabulary)]] = 1
    occurring = table > 0
    words = compress(chain.from_iterable(vocabularies.values()), occurring.tolist())
    terms, table[occurring] = ranked([word.encode() if isinstance(word, str) else word for word in words])
    return terms, [table[part.numbers + begins[id(part.vocabulary)]] for part in parts]
