"""How is a field of any kind of Whoosh's encoded? In bulk where it allows that, or else as Whoosh has it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from searchkit.engines.whoosh._whoosh import analysis, fields, formats
from searchkit.engines.whoosh.writing.encoding import Encoded, FieldEncoder, NameEncoder, TermList, TextEncoder


class ItemEncoder:
    """Values of a field of any kind: what Whoosh's own `index` gives for them, one value at a time."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._decode = kind.format.decoder("positions") if kind.format.supports("positions") else None

    def encode(self, values: Sequence[Any]) -> Encoded:
        """Return the values as numbers."""
        numbers: dict[bytes, int] = {}
        found = [[] if value is None else [self._item(*item) for item in self._kind.index(value)] for value in values]
        items = list(chain.from_iterable(found))
        terms = [numbers.setdefault(term, len(numbers)) for term, _, _ in items]
        sizes = np.array([len(places) for _, places, _ in items], np.int32)
        weights = np.array([weight for _, _, weight in items], np.float32)
        positions = np.fromiter(chain.from_iterable(places for _, places, _ in items), np.int32)
        counts = np.array([sum(len(places) for _, places, _ in of_value) for of_value in found], np.int32)
        return Encoded(
            TermList(list(numbers)),
            np.repeat(np.array(terms, np.int32), sizes),
            positions if self._decode else None,
            np.repeat(weights / sizes, sizes) if (weights != sizes).any() else None,
            counts,
            counts if self._kind.scorable else np.zeros_like(counts),
        )

    def _item(self, term: bytes, frequency: float, weight: float, packed: bytes) -> tuple[bytes, Sequence[int], float]:
        places = self._decode(packed) if self._decode else [0] * int(frequency)
        return term, places, weight


def encoder_of(kind: Any) -> FieldEncoder:
    """Return an encoder for an indexed field of a Whoosh schema."""
    bulk = getattr(kind.analyzer, "encoder", None)
    plain = type(kind).index is fields.FieldType.index and kind.format.field_boost == 1
    if plain and bulk and kind.format.supports("positions") and bulk() is not None:
        return TextEncoder(kind.analyzer)
    whole = type(kind.analyzer) is analysis.IDTokenizer and type(kind.format) is formats.Existence
    if plain and whole and not kind.scorable:
        return NameEncoder()
    return ItemEncoder(kind)
