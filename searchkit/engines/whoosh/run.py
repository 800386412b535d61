"""What gathers in memory until it is written as a segment? Numbers of terms, arrays for each chunk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from pathlib import Path

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.chunks import Column, Worked
from searchkit.engines.whoosh.columns import as_json, write_column
from searchkit.engines.whoosh.encoders import Encoded, Vocabulary
from searchkit.engines.whoosh.inversion import Occurrences, invert
from searchkit.engines.whoosh.postings import FieldWriter
from searchkit.engines.whoosh.sections import SectionWriter
from searchkit.engines.whoosh.stored import StoredWriter

BYTES = 50
"""Memory that an occurrence takes while a run is written."""

_DOCUMENT = 400
"""Memory that the columns of a document take."""

Part = tuple[int, Encoded]


class Run:
    """Documents in a row, on their way to a segment file.

    Args:
        path: The file.
        first: The number of its first document in the writer.
    """

    def __init__(self, path: Path, first: int) -> None:
        self.path = path
        self.first = first
        self.documents = 0
        self._occurrences = 0
        self._out = SectionWriter(path)
        self._stored = StoredWriter(self._out)
        self._fields: dict[str, list[Part]] = defaultdict(list)
        self._columns: dict[str, Column] = {}

    @property
    def memory(self) -> int:
        """Bytes that it takes until it is written, about; the same for the same documents."""
        return self._occurrences * BYTES + self.documents * _DOCUMENT

    def add(self, worked: Worked) -> None:
        """Add the next documents."""
        for block, lines in worked.blocks:
            self._stored.append_block(block, lines)
        for name, encoded in worked.fields.items():
            self._fields[name].append((self.documents, encoded))
            self._occurrences += len(encoded.numbers)
        for name, column in worked.columns.items():
            gathered = self._columns.setdefault(name, Column([], column.default))
            _fill(gathered, self.documents)
            gathered.values.extend(column.values)
        self.documents += worked.documents

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
        for first, encoded in parts:
            lengths[first : first + len(encoded.lengths)] = encoded.lengths
        terms, tables = _ranks(encoded for _, encoded in parts)
        writer = FieldWriter(self._out, name)
        writer.append(invert(_occurrences(parts, tables), terms))
        writer.close(lengths)

    def _write_column(self, name: str, column: Column) -> tuple[str, object]:
        _fill(column, self.documents)
        return write_column(self._out, name, column.values), as_json(column.default)

    def abandon(self) -> None:
        """Let go of files."""
        self._out.abandon()
        self.path.unlink(missing_ok=True)


def _fill(column: Column, documents: int) -> None:
    column.values.extend([column.default] * (documents - len(column.values)))


def _ranks(parts: Iterable[Encoded]) -> tuple[list[bytes], dict[int, npt.NDArray[np.uint32]]]:
    """Return the terms that occur, in order, and for each vocabulary (by its `id`) the ranks of its terms."""
    vocabularies: dict[int, Vocabulary] = {}
    tables: dict[int, npt.NDArray[np.uint32]] = {}
    for encoded in parts:
        vocabulary = vocabularies.setdefault(id(encoded.vocabulary), encoded.vocabulary)
        table = tables.setdefault(id(vocabulary), np.zeros(len(vocabulary.terms), np.uint32))
        table[encoded.numbers] = 1
    used = {key: np.flatnonzero(table) for key, table in tables.items()}
    words = {key: [vocabularies[key].terms[number] for number in numbers.tolist()] for key, numbers in used.items()}
    terms = sorted(set().union(*words.values()))
    ranks = dict(zip(terms, count(), strict=False))
    for key, table in tables.items():
        table[used[key]] = np.fromiter(map(ranks.__getitem__, words[key]), np.uint32, len(words[key]))
    return terms, tables


def _occurrences(parts: list[Part], tables: dict[int, npt.NDArray[np.uint32]]) -> Occurrences:
    every = [encoded for _, encoded in parts]
    documents = [
        np.repeat(np.arange(first, first + len(encoded.counts), dtype=np.uint32), encoded.counts)
        for first, encoded in parts
    ]
    positions = [encoded.positions for encoded in every if encoded.positions is not None]
    weights = None
    if any(encoded.weights is not None for encoded in every):
        weights = np.concatenate(
            [np.ones(len(each.numbers), np.float32) if each.weights is None else each.weights for each in every]
        )
    return Occurrences(
        np.concatenate([tables[id(encoded.vocabulary)][encoded.numbers] for encoded in every]),
        np.concatenate(documents),
        np.concatenate(positions) if positions else None,
        weights,
    )
