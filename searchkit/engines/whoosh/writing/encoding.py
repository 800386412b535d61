"""How do the values of a field become numbers of terms? Texts by their analyzer's encoder, names as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from searchkit.engines.whoosh.format.types import Int32s, Scores

if TYPE_CHECKING:
    from searchkit.persian.bulk.encoder import Encoder

_REMEMBERED = 1 << 19  # terms: some 80 MB

_keys = count()


@dataclass(slots=True)
class TermList:
    """Terms, each with its place here for a number.

    Attributes:
        terms: Texts, or bytes where a field has terms that are no text. They only grow in number.
        key: The encoder of its process that it belongs to; None if it goes with one batch alone.
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

    vocabulary: TermList
    numbers: Int32s
    positions: Int32s | None
    weights: Scores | None
    counts: Int32s
    lengths: Int32s


class FieldEncoder(Protocol):
    """Encodes the values of one field; None is the value of a document that has none."""

    def encode(self, values: Sequence[Any]) -> Encoded:
        """Return the values as numbers."""


class TextEncoder:
    """Texts of a field whose analyzer has an `encoder()`, which is kept from batch to batch with what it has learnt."""

    def __init__(self, analyzer: Any) -> None:
        self._analyzer = analyzer
        self._key = next(_keys)
        self._start()

    def _start(self) -> None:
        self._encoder: Encoder = self._analyzer.encoder()
        self._vocabulary = TermList(self._encoder.terms, self._key)

    def encode(self, values: Sequence[str | None]) -> Encoded:
        """Return the texts as numbers."""
        if len(self._vocabulary.terms) > _REMEMBERED:
            self._start()
        numbers, positions, counts, lengths = self._encoder.encode_all([text or "" for text in values])
        return Encoded(self._vocabulary, numbers, positions, None, counts, lengths)


class NameEncoder:
    """Values that are each a term as a whole, as those of Whoosh's ID are, or several in a list."""

    def encode(self, values: Sequence[str | list[str] | None]) -> Encoded:
        """Return the values as numbers."""
        several = [[] if value is None else [value] if isinstance(value, str) else value for value in values]
        terms: dict[str, int] = {}
        numbers = [terms.setdefault(term, len(terms)) for of_value in several for term in of_value]
        counts = np.fromiter(map(len, several), np.int32, len(values))
        lengths = np.zeros(len(values), np.int32)
        return Encoded(TermList(list(terms)), np.array(numbers, np.int32), None, None, counts, lengths)
