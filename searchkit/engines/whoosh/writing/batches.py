"""What is done with some documents at once, here or in another process? Fields are inverted, stored values packed.

The result depends on the chunk alone, so an index is the same however many processes work at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from searchkit.engines.whoosh.format.stored import blocks, pack
from searchkit.engines.whoosh.writing.encoding import Encoded, FieldEncoder, Texts, encoder_of
from searchkit.engines.whoosh.writing.inversion import Inverted, invert
from searchkit.garbage import no_collection

Row = dict[str, Any]
"""A document as the keyword arguments of Whoosh's `add_document`: values of fields, and options that begin with _."""


@dataclass(frozen=True, slots=True)
class Column:
    """A value of each document, and that of the documents that have none."""

    values: list[Any]
    default: Any


@dataclass(frozen=True, slots=True)
class Worked:
    """What has become of a chunk.

    Attributes:
        documents: How many there are.
        fields: The indexed fields that any document has.
        columns: The columns that any document has.
        blocks: What is stored, a compressed block of lines at a time, and how many lines each has.
    """

    documents: int
    fields: dict[str, Inverted]
    columns: dict[str, Column]
    blocks: list[tuple[bytes, int]]


class Worker:
    """Works chunks; keeps what its encoders have learnt.

    Args:
        schema: Whoosh's.
    """

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._encoders: dict[str, FieldEncoder] = {}
        self._texts: dict[Any, Texts] = {}

    def work(self, rows: Sequence[Row]) -> Worked:
        """Work a chunk."""
        with no_collection():
            return self._work(rows)

    def forget(self) -> None:
        """Let go of what the encoders have learnt."""
        self._encoders.clear()
        self._texts.clear()

    def _work(self, rows: Sequence[Row]) -> Worked:
        fields, columns, stored = {}, {}, {}
        for name in sorted({name for row in rows for name in row if not name.startswith("_")}):
            kind, values = self._schema[name], [row.get(name) for row in rows]
            if not any(value is not None for value in values):
                continue
            if kind.indexed:
                fields[name] = invert(_boosted(self._encoder(name, kind).encode(values), name, rows))
            kept = [
                None if value is None else row.get(f"_stored_{name}", value)
                for row, value in zip(rows, values, strict=True)
            ]
            if kind.column_type:
                columns[name] = _column(kind, kept)
            if kind.stored:
                stored[name] = kept
        return Worked(len(rows), fields, columns, list(blocks(_lines(stored, len(rows)))))

    def _encoder(self, name: str, kind: Any) -> FieldEncoder:
        """Return the encoder of a field; fields with one analyzer share it."""
        encoder = self._encoders.get(name)
        if encoder is None:
            encoder = encoder_of(kind)
            if isinstance(encoder, Texts):
                encoder = self._texts.setdefault(kind.analyzer, encoder)
            self._encoders[name] = encoder
        return encoder


def _boosted(encoded: Encoded, name: str, rows: Sequence[Row]) -> Encoded:
    option = f"_{name}_boost"
    if not any(option in row or "_boost" in row for row in rows):
        return encoded
    boosts = np.array([row.get(option, row.get("_boost", 1)) for row in rows], np.float32)
    weights = np.repeat(boosts, encoded.counts)
    return replace(encoded, weights=weights if encoded.weights is None else weights * encoded.weights)


def _column(kind: Any, kept: list[Any]) -> Column:
    default = kind.column_type.default_value()
    return Column([default if value is None else kind.to_column_value(value) for value in kept], default)


def _lines(stored: dict[str, list[Any]], documents: int) -> Iterator[bytes]:
    """Yield what is stored of each document."""
    for place in range(documents):
        yield pack({name: values[place] for name, values in stored.items() if values[place] is not None})
