"""How does Whoosh read a segment that is a file of arrays? Its codec interface, reading only."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from searchkit.engines.whoosh.arrays import Mask
from searchkit.engines.whoosh.columns import Kept
from searchkit.engines.whoosh.matcher import ArrayMatcher
from searchkit.engines.whoosh.postings import Field
from searchkit.engines.whoosh.segment import Segment
from searchkit.engines.whoosh.toc import Entry

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.codec import base
    from whoosh.columns import ColumnReader
    from whoosh.reading import SegmentReader, TermInfo, TermNotFound


class ArrayCodec(base.Codec):  # type: ignore[misc]
    """The codec of one open segment."""

    def __init__(self, arrays: Segment) -> None:
        self.arrays = arrays

    def terms_reader(self, _storage: Any, _segment: Any) -> TermsReader:
        """Return the reader of vocabularies and postings."""
        return TermsReader(self.arrays)

    def per_document_reader(self, _storage: Any, _segment: Any) -> DocumentsReader:
        """Return the reader of lengths, columns and stored values."""
        return DocumentsReader(self.arrays)


class ArraySegment(base.Segment):  # type: ignore[misc]
    """What Whoosh remembers of a segment."""

    def __init__(self, index: str, entry: Entry) -> None:
        self.indexname = index
        self.segid = entry.name
        self.compound = False
        self.documents = entry.documents
        self.size = entry.size
        self._deleted: Mask | None = None if entry.deleted is None else entry.deleted.copy()

    def entry(self) -> Entry:
        """Return how the table of contents describes it."""
        deleted = self.deleted
        return Entry(self.segid, self.documents, self.size, None if deleted is None else deleted.copy())

    def doc_count_all(self) -> int:
        """Return how many documents there are, with those deleted."""
        return self.documents

    @property
    def deleted(self) -> Mask | None:
        """True for each document that is deleted; None if there is none."""
        return self._deleted if self.deleted_count() else None

    def deleted_count(self) -> int:
        """Return how many are deleted."""
        return 0 if self._deleted is None else int(self._deleted.sum())

    def deleted_docs(self) -> Iterator[int]:
        """Return those deleted."""
        return iter(() if self._deleted is None else np.flatnonzero(self._deleted).tolist())

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete a document, or take that back."""
        if self._deleted is None:
            self._deleted = np.zeros(self.documents, bool)
        self._deleted[docnum] = delete

    def is_deleted(self, docnum: int) -> bool:
        """Tell whether a document is deleted."""
        return self._deleted is not None and bool(self._deleted[docnum])


class ArraySegmentReader(SegmentReader):  # type: ignore[misc]
    """Whoosh's reader of a segment, with `arrays` for who works on whole arrays."""

    def __init__(self, storage: Any, schema: Any, segment: ArraySegment, arrays: Segment, generation: int) -> None:
        self.arrays = arrays
        super().__init__(storage, schema, segment, generation, ArrayCodec(arrays))


class Terms(TermInfo):  # type: ignore[misc]
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


class TermsReader(base.TermsReader):  # type: ignore[misc]
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

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Return all terms and what is known of each."""
        return self.items_from("", b"")

    def items_from(self, name: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Return the terms from one on, and what is known of each."""
        return ((term, Terms(self._fields[term[0]], ordinal)) for term, ordinal in self._places(name, prefix))

    def _places(self, name: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], int]]:
        for each in sorted(self._fields):
            if each < name:
                continue
            vocabulary = self._fields[each].vocabulary
            first = vocabulary.place(prefix) if each == name else 0
            for ordinal in range(first, len(vocabulary)):
                yield (each, vocabulary[ordinal]), ordinal

    def term_info(self, name: str, text: bytes) -> TermInfo:
        """Return what is known of a term."""
        return Terms(*self._find(name, text))

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
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return ArrayMatcher(*self._find(fieldname, text), (fieldname, text), format_, scorer)

    def indexed_field_names(self) -> list[str]:
        """Return the names of the fields."""
        return sorted(self._fields)


class Cursor(base.FieldCursor):  # type: ignore[misc]
    """A place in the vocabulary of a field."""

    def __init__(self, field: Field | None, fieldobj: Any) -> None:
        self._field = field
        self._fieldobj = fieldobj
        self._at = 0

    def first(self) -> str | None:
        """Go to the first term."""
        self._at = 0
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        """Go to the first term that is not less."""
        text = term if isinstance(term, bytes) else self._fieldobj.to_bytes(term)
        self._at = self._field.vocabulary.place(text) if self._field else 0
        return self.text()

    def next(self) -> str | None:
        """Go on to the next term."""
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        """Return the term here, or None at the end."""
        if self._field is None or not self.is_valid():
            return None
        text: str = self._fieldobj.from_bytes(self._field.vocabulary[self._at])
        return text

    term = text

    def term_info(self) -> TermInfo | None:
        """Return what is known of the term here."""
        return Terms(self._field, self._at) if self._field and self.is_valid() else None

    def is_valid(self) -> bool:
        """Tell whether there is a term here."""
        return self._field is not None and self._at < self._field.count


class DocumentsReader(base.PerDocumentReader):  # type: ignore[misc]
    """Lengths, columns and stored values of a segment."""

    def __init__(self, arrays: Segment) -> None:
        self._arrays = arrays

    def doc_count(self) -> int:
        """Return how many documents are not deleted."""
        return self._arrays.document_count - len(self.deleted_docs())

    def doc_count_all(self) -> int:
        """Return how many documents there are, with those deleted."""
        return self._arrays.document_count

    def has_deletions(self) -> bool:
        """Tell whether documents are deleted."""
        return self._arrays.deleted is not None

    def is_deleted(self, docnum: int) -> bool:
        """Tell whether a document is deleted."""
        return self._arrays.deleted is not None and bool(self._arrays.deleted[docnum])

    def deleted_docs(self) -> list[int]:
        """Return those deleted."""
        return [] if self._arrays.deleted is None else np.flatnonzero(self._arrays.deleted).tolist()

    def supports_columns(self) -> bool:
        """Tell that there may be columns."""
        return True

    def has_column(self, name: str) -> bool:
        """Tell whether there is this column."""
        return name in self._arrays.columns

    def list_columns(self) -> list[str]:
        """Return the names of the columns."""
        return sorted(self._arrays.columns)

    def column_reader(self, name: str, _column: Any) -> ArrayColumnReader:
        """Return a column."""
        values = self._arrays.column(name)
        if values is None:
            raise KeyError(name)
        return ArrayColumnReader(values)

    def _lengths(self, name: str) -> Any:
        field = self._arrays.field(name)
        return np.zeros(self._arrays.document_count, np.uint32) if field is None else field.lengths

    def doc_field_length(self, docnum: int, name: str, default: int = 0) -> int:
        """Return how many positions a field of a document has."""
        return int(self._lengths(name)[docnum]) if self._arrays.field(name) else default

    def field_length(self, name: str) -> int:
        """Return how many positions a field of all documents has."""
        field = self._arrays.field(name)
        return field.total_length if field else 0

    def min_field_length(self, name: str) -> int:
        """Return how many positions the shortest has."""
        return int(self._lengths(name).min(initial=1 << 31))

    def max_field_length(self, name: str) -> int:
        """Return how many positions the longest has."""
        return int(self._lengths(name).max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return the stored values of a document."""
        return self._arrays.stored([docnum])[0]


class ArrayColumnReader(ColumnReader):  # type: ignore[misc]
    """A column as Whoosh reads it."""

    def __init__(self, values: Kept) -> None:
        self._values = values
        self._sign = 1

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Any:
        value = self._values[docnum]
        return value.item() if isinstance(value, np.generic) else value

    def set_reverse(self) -> None:
        """Sort the greatest first; for numbers only, as in Whoosh."""
        self._sign = -1

    def sort_key(self, docnum: int) -> Any:
        """Return what documents are sorted by."""
        return self[docnum] if self._sign > 0 else -self[docnum]
