"""What does Whoosh ask about the documents of a segment? Lengths, columns and stored values, through its interface."""

from __future__ import annotations

from typing import Any

import numpy as np

from searchkit.engines.whoosh._whoosh import codec_base, columns
from searchkit.engines.whoosh.format.columns import ByteColumn, Kept
from searchkit.engines.whoosh.reading.commits import Segment


class DocumentsReader(codec_base.PerDocumentReader):  # type: ignore[misc]
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

    def column_reader(self, name: str, column: Any) -> ArrayColumnReader:
        """Return a column of the kind that its field has."""
        values = self._arrays.column(name)
        if values is None:
            raise KeyError(name)
        if isinstance(values, ByteColumn) != isinstance(column.default_value(), bytes):
            raise self._arrays.file.corrupt(f"the column {name} is of another kind")
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


class ArrayColumnReader(columns.ColumnReader):  # type: ignore[misc]
    """A column as Whoosh reads it."""

    def __init__(self, values: Kept) -> None:
        self._values = values
        self._doccount = len(values)
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
