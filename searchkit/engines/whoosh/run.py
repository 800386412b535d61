"""What gathers in memory until it is written as a segment? Numbers of terms, a row of arrays for each chunk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from searchkit.engines.whoosh.chunks import Encoded, Worked
from searchkit.engines.whoosh.columns import as_json, write_column
from searchkit.engines.whoosh.inversion import Occurrences, invert
from searchkit.engines.whoosh.postings import FieldWriter
from searchkit.engines.whoosh.sections import SectionWriter
from searchkit.engines.whoosh.stored import StoredWriter

BYTES = 100
"""Memory that an occurrence takes while a run is written."""


class _Numbers(dict[bytes, int]):
    """Numbers terms in the order in which they are first asked for."""

    def __missing__(self, term: bytes) -> int:
        number = self[term] = len(self)
        return number


@dataclass(slots=True)
class _Gathered:
    """The occurrences of one field so far; columns hold arrays or, from single documents, plain lists."""

    columns: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    positions: bool = True
    boosted: bool = False


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
        self.occurrences = 0
        self._out = SectionWriter(path)
        self._stored = StoredWriter(self._out)
        self._numbers = _Numbers()
        self._fields: dict[str, _Gathered] = {}
        self._columns: dict[str, dict[int, Any]] = defaultdict(dict)
        self._defaults: dict[str, Any] = {}

    def add_chunk(self, worked: Worked) -> None:
        """Add the texts and stored values of the next documents."""
        count = sum(size for _, size in worked.blocks)
        for block, size in worked.blocks:
            self._stored.append_block(block, size)
        for name, encoded in worked.fields.items():
            self._add_encoded(name, encoded, count)
        self.documents += count

    def _add_encoded(self, name: str, encoded: Encoded, count: int) -> None:
        gathered = self._fields.setdefault(name, _Gathered())
        numbers = map(self._numbers.__getitem__, map(str.encode, encoded.terms))
        renumbered = np.fromiter(numbers, np.int32, len(encoded.terms))
        documents = np.arange(self.documents, self.documents + count, dtype=np.uint32)
        gathered.columns["terms"].append(renumbered[encoded.numbers])
        gathered.columns["documents"].append(np.repeat(documents, encoded.counts))
        gathered.columns["positions"].append(encoded.positions)
        gathered.columns["measured"].append(documents)
        gathered.columns["lengths"].append(encoded.lengths)
        self.occurrences += len(encoded.numbers)

    def add_items(self, name: str, document: int, items: Iterable[tuple[bytes, list[int], float]], length: int) -> None:
        """Add what one field of one document gives when Whoosh indexes it.

        Args:
            name: The field.
            document: Its number in the writer.
            items: Terms, the positions of each (or as many zeros, where the field keeps none), and the weights.
            length: How many positions there are.
        """
        gathered = self._fields.setdefault(name, _Gathered())
        terms: list[int] = []
        positions: list[int] = []
        weights: list[float] = []
        for term, places, weight in items:
            gathered.boosted |= weight != len(places)
            terms += [self._numbers[term]] * len(places)
            positions += places
            weights += [weight / len(places)] * len(places)
        number = document - self.first
        gathered.columns["terms"].append(np.array(terms, np.int32))
        gathered.columns["documents"].append(np.full(len(terms), number, np.uint32))
        gathered.columns["positions"].append(np.array(positions, np.int32))
        gathered.columns["weights"].append(np.array(weights, np.float32))
        gathered.columns["measured"].append(np.array([number], np.uint32))
        gathered.columns["lengths"].append(np.array([length], np.int32))
        self.occurrences += len(terms)

    def without_positions(self, name: str) -> None:
        """Say that a field keeps no positions."""
        self._fields.setdefault(name, _Gathered()).positions = False

    def add_value(self, name: str, document: int, value: object, default: object) -> None:
        """Set the value of a column; `default` is that of the documents that have none."""
        self._columns[name][document - self.first] = value
        self._defaults[name] = default

    def write(self) -> None:
        """Write the segment file."""
        vocabulary = list(self._numbers)
        order = np.array(sorted(range(len(vocabulary)), key=vocabulary.__getitem__), np.int64)
        names = [name for name in sorted(self._fields) if self._fields[name].columns["terms"]]
        for name in names:
            self._write_field(name, vocabulary, order)
        columns = {name: self._write_column(name) for name in sorted(self._columns)}
        self._stored.close()
        self._out.close({"documents": self.documents, "fields": names, "columns": columns})

    def _write_field(self, name: str, vocabulary: list[bytes], order: Any) -> None:
        gathered = self._fields.pop(name)
        columns = {column: np.concatenate(gathered.columns.pop(column)) for column in list(gathered.columns)}
        positions = columns["positions"] if gathered.positions else None
        weights = columns["weights"] if gathered.boosted else None
        writer = FieldWriter(self._out, name)
        writer.append(
            invert(Occurrences(columns["terms"], columns["documents"], positions, weights), vocabulary, order)
        )
        lengths = np.zeros(self.documents, np.uint32)
        lengths[columns["measured"]] = columns["lengths"]
        writer.close(lengths)

    def _write_column(self, name: str) -> tuple[str, object]:
        values, default = self._columns[name], self._defaults[name]
        kind = write_column(self._out, name, [values.get(number, default) for number in range(self.documents)])
        return kind, as_json(default)

    def abandon(self) -> None:
        """Let go of files."""
        self._out.abandon()
        self.path.unlink(missing_ok=True)
