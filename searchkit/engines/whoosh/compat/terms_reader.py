"""What does Whoosh ask about the terms of a segment? Vocabularies and postings, through its codec interface."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from searchkit.engines.whoosh._whoosh import codec_base, reading
from searchkit.engines.whoosh.compat.matcher import ArrayMatcher
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.reading.field import Field


class TermSummary(reading.TermInfo):  # type: ignore[misc]
    """What Whoosh asks about a term."""

    def __init__(self, field: Field, ordinal: int) -> None:
        documents, _ = field.postings(ordinal)
        weights, lengths = field.weights(ordinal), field.lengths[documents]
        super().__init__(
            weight=float(weights.sum(dtype=np.float64)),
            df=len(documents),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(weights.max()),
            minid=int(documents[0]),
            maxid=int(documents[-1]),
        )


class TermsReader(codec_base.TermsReader):  # type: ignore[misc]
    """Vocabularies and postings of all fields."""

    def __init__(self, arrays: Segment) -> None:
        self._fields = arrays.fields

    def _find(self, name: str, text: bytes) -> tuple[Field, int]:
        field = self._fields.get(name)
        ordinal = -1 if field is None else field.vocabulary.find(text)
        if field is None or ordinal < 0:
            raise KeyError(name, text)  # Whoosh's reader makes zero of it, or its own TermNotFound
        return field, ordinal

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        name, text = term
        return name in self._fields and self._fields[name].vocabulary.find(text) >= 0

    def cursor(self, name: str, fieldobj: Any) -> Cursor:
        """Return a cursor over the terms of a field."""
        return Cursor(self._fields.get(name), fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Return all terms of all fields."""
        return (term for term, _ in self._places("", b""))

    def terms_from(self, name: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Return the terms from one on."""
        return (term for term, _ in self._places(name, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], reading.TermInfo]]:
        """Return all terms and what is known of each."""
        return self.items_from("", b"")

    def items_from(self, name: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], reading.TermInfo]]:
        """Return the terms from one on, and what is known of each."""
        return ((term, TermSummary(self._fields[term[0]], ordinal)) for term, ordinal in self._places(name, prefix))

    def _places(self, name: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], int]]:
        for each in sorted(self._fields):
            if each < name:
                continue
            vocabulary = self._fields[each].vocabulary
            first = vocabulary.place(prefix) if each == name else 0
            for ordinal in range(first, len(vocabulary)):
                yield (each, vocabulary[ordinal]), ordinal

    def term_info(self, name: str, text: bytes) -> reading.TermInfo:
        """Return what is known of a term."""
        return TermSummary(*self._find(name, text))

    def frequency(self, name: str, text: bytes) -> float:
        """Return the weight of a term in all documents."""
        return float(self.term_info(name, text).weight())

    def doc_frequency(self, name: str, text: bytes) -> int:
        """Return how many documents hold a term."""
        field, ordinal = self._find(name, text)
        return field.document_frequency(ordinal)

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ArrayMatcher:
        """Return the postings of a term."""
        if (fieldname, text) not in self:
            raise reading.TermNotFound(f"No term {fieldname}:{text!r}")
        return ArrayMatcher(*self._find(fieldname, text), (fieldname, text), format_, scorer)

    def indexed_field_names(self) -> list[str]:
        """Return the names of the fields."""
        return sorted(self._fields)


class Cursor(codec_base.FieldCursor):  # type: ignore[misc]
    """A place in the vocabulary of a field."""

    def __init__(self, field: Field | None, fieldobj: Any) -> None:
        self._field = field
        self._fieldobj = fieldobj
        self._go(0)

    def _go(self, at: int) -> str | None:
        self._at = at
        return self.text()

    def first(self) -> str | None:
        """Go to the first term."""
        return self._go(0)

    def find(self, term: str | bytes) -> str | None:
        """Go to the first term that is not less."""
        text = term if isinstance(term, bytes) else self._fieldobj.to_bytes(term)
        return self._go(self._field.vocabulary.place(text) if self._field else 0)

    def next(self) -> str | None:
        """Go on to the next term."""
        return self._go(self._at + 1)

    def text(self) -> str | None:
        """Return the term here, or None at the end."""
        if self._field is None or not self.is_valid():
            return None
        text: str = self._fieldobj.from_bytes(self._field.vocabulary[self._at])
        return text

    term = text

    def term_info(self) -> reading.TermInfo | None:
        """Return what is known of the term here."""
        return TermSummary(self._field, self._at) if self._field and self.is_valid() else None

    def is_valid(self) -> bool:
        """Tell whether there is a term here."""
        return self._field is not None and self._at < self._field.count
