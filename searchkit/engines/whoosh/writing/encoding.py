"""How do the values of a field become numbers of terms? In bulk where the field allows it, or else as Whoosh has it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.analysis import IDTokenizer
    from whoosh.fields import FieldType
    from whoosh.formats import Existence

Ints = npt.NDArray[np.int32]

_REMEMBERED = 1 << 20

_keys = count()


@dataclass(slots=True)
class Vocabulary:
    """Terms, each with its place here for a number.

    Attributes:
        terms: Texts, or bytes where a field has terms that are no text. They only grow in number.
        key: The encoder of its process that it belongs to; None if it goes with one chunk alone.
        process: 0, or the process that sends these terms, which are those that it has not sent before.
        first: How many it has sent before.
    """

    terms: list[Any] = field(default_factory=list)
    key: int | None = None
    process: int = 0
    first: int = 0


@dataclass(frozen=True, slots=True)
class Encoded:
    """One field of some documents, occurrence after occurrence.

    Attributes:
        vocabulary: Its terms.
        numbers: Of each occurrence, the number of its term.
        positions: Of each occurrence; None if the field keeps none. They never fall within a document.
        weights: Of each occurrence; None if all are 1.
        counts: Of each document, how many occurrences it has.
        lengths: Of each document, how many positions it has.
    """

    vocabulary: Vocabulary
    numbers: Ints
    positions: Ints | None
    weights: npt.NDArray[np.float32] | None
    counts: Ints
    lengths: Ints


class FieldEncoder(Protocol):
    """Encodes the values of one field; None is the value of a document that has none."""

    def encode(self, values: Sequence[Any]) -> Encoded:
        """Return the values as numbers."""


class Encoder(Protocol):
    """Texts to numbers of terms; `searchkit.persian.bulk.encoder.Encoder` is one."""

    terms: list[str]

    def encode_all(self, texts: list[str]) -> tuple[Ints, Ints, Ints, Ints]:
        """Return the numbers of the terms, their positions, and how many terms and positions each text has."""


class Texts:
    """Texts of a field whose analyzer has an `encoder()`, which is kept from chunk to chunk with what it has learnt."""

    def __init__(self, analyzer: Any) -> None:
        self._analyzer = analyzer
        self._key = next(_keys)
        self._start()

    def _start(self) -> None:
        self._encoder: Encoder = self._analyzer.encoder()
        self._vocabulary = Vocabulary(self._encoder.terms, self._key)

    def encode(self, values: Sequence[str | None]) -> Encoded:
        """Return the texts as numbers."""
        if len(self._vocabulary.terms) > _REMEMBERED:
            self._start()
        numbers, positions, counts, lengths = self._encoder.encode_all([text or "" for text in values])
        return Encoded(self._vocabulary, numbers, positions, None, counts, lengths)


class Names:
    """Values that are each a term as a whole, as those of Whoosh's ID are."""

    def encode(self, values: Sequence[str | None]) -> Encoded:
        """Return the values as numbers."""
        terms = [value for value in values if value is not None]
        numbers = np.arange(len(terms), dtype=np.int32)
        counts = np.fromiter((value is not None for value in values), np.int32, len(values))
        return Encoded(Vocabulary(terms), numbers, None, None, counts, np.zeros(len(values), np.int32))


class Items:
    """Values of a field of any other kind: what Whoosh's own `index` gives for them, one value at a time."""

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
            Vocabulary(list(numbers)),
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
    plain = type(kind).index is FieldType.index and kind.format.field_boost == 1
    if plain and bulk and kind.format.supports("positions") and bulk() is not None:
        return Texts(kind.analyzer)
    if plain and type(kind.analyzer) is IDTokenizer and type(kind.format) is Existence and not kind.scorable:
        return Names()
    return Items(kind)
