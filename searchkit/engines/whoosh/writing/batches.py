"""What is done with some documents at once, here or in another process? Fields are inverted, stored values packed.

The result depends on the batch alone, so an index is the same however many processes work at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from searchkit import garbage
from searchkit.engines.whoosh.format.stored import blocks, pack
from searchkit.engines.whoosh.writing.encoding import Encoded, FieldEncoder, TextEncoder
from searchkit.engines.whoosh.writing.inversion import Inverted, invert

EncoderOf: TypeAlias = Callable[[Any], FieldEncoder]

Row: TypeAlias = dict[str, Any]
"""A document as the keyword arguments of Whoosh's `add_document`: values of fields, and options that begin with _."""


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """A value of each document, and that of the documents that have none."""

    values: list[Any]
    default: Any


@dataclass(frozen=True, slots=True)
class InvertedBatch:
    """What has become of a batch.

    Attributes:
        documents: How many there are.
        fields: The indexed fields that any document has.
        columns: The columns that any document has.
        blocks: What is stored, a compressed block of lines at a time, and how many lines each has.
    """

    documents: int
    fields: dict[str, Inverted]
    columns: dict[str, ColumnValues]
    blocks: list[tuple[bytes, int]]


class Inverter:
    """Inverts batches; keeps what its encoders have learnt.

    Args:
        schema: Whoosh's.
        encoder_of: Makes the encoder of an indexed field.
    """

    def __init__(self, schema: Any, encoder_of: EncoderOf) -> None:
        self._schema = schema
        self._encoder_of = encoder_of
        self._encoders: dict[str, FieldEncoder] = {}
        self._texts: dict[Any, TextEncoder] = {}

    def invert(self, rows: Sequence[Row]) -> InvertedBatch:
        """Invert a batch."""
        with garbage.paused():
            return self._inverted(rows)

    def forget(self) -> None:
        """Let go of what the encoders have learnt."""
        self._encoders.clear()
        self._texts.clear()

    def _inverted(self, rows: Sequence[Row]) -> InvertedBatch:
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
        return InvertedBatch(len(rows), fields, columns, list(blocks(_lines(stored, len(rows)))))

    def _encoder(self, name: str, kind: Any) -> FieldEncoder:
        """Return the encoder of a field; fields with one analyzer share it."""
        encoder = self._encoders.get(name)
        if encoder is None:
            encoder = self._encoder_of(kind)
            if isinstance(encoder, TextEncoder):
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


def _column(kind: Any, kept: list[Any]) -> ColumnValues:
    default = kind.column_type.default_value()
    return ColumnValues([default if value is None else kind.to_column_value(value) for value in kept], default)


def _lines(stored: dict[str, list[Any]], documents: int) -> Iterator[bytes]:
    """Yield what is stored of each document."""
    for place in range(documents):
        yield pack({name: values[place] for name, values in stored.items() if values[place] is not None})
