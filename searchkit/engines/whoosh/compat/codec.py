"""What is a segment to Whoosh? Its codec interface, reading only, over a file of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from searchkit.engines.whoosh._whoosh import codec_base, reading
from searchkit.engines.whoosh.compat.documents_reader import DocumentsReader
from searchkit.engines.whoosh.compat.terms_reader import TermsReader
from searchkit.engines.whoosh.format.toc import INDEX, Entry
from searchkit.engines.whoosh.format.types import Flags
from searchkit.engines.whoosh.reading.commits import Segment


class ArrayCodec(codec_base.Codec):  # type: ignore[misc]
    """The codec of one open segment."""

    def __init__(self, arrays: Segment) -> None:
        self.arrays = arrays

    def terms_reader(self, _storage: Any, _segment: Any) -> TermsReader:
        """Return the reader of vocabularies and postings."""
        return TermsReader(self.arrays)

    def per_document_reader(self, _storage: Any, _segment: Any) -> DocumentsReader:
        """Return the reader of lengths, columns and stored values."""
        return DocumentsReader(self.arrays)


class ArraySegment(codec_base.Segment):  # type: ignore[misc]
    """What Whoosh remembers of a segment."""

    def __init__(self, entry: Entry) -> None:
        self.indexname = INDEX
        self.segid = entry.name
        self.compound = False
        self.documents = entry.documents
        self.size = entry.size
        self.seal = entry.seal
        self._deleted: Flags | None = None if entry.deleted is None else entry.deleted.copy()

    def entry(self) -> Entry:
        """Return how the table of contents describes it."""
        deleted = self.deleted
        return Entry(self.segid, self.documents, self.size, self.seal, None if deleted is None else deleted.copy())

    def doc_count_all(self) -> int:
        """Return how many documents there are, with those deleted."""
        return self.documents

    @property
    def deleted(self) -> Flags | None:
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


class ArraySegmentReader(reading.SegmentReader):  # type: ignore[misc]
    """Whoosh's reader of a segment, with `arrays` for who works on whole arrays."""

    def __init__(self, storage: Any, schema: Any, segment: ArraySegment, arrays: Segment, generation: int) -> None:
        self.arrays = arrays
        super().__init__(storage, schema, segment, generation, ArrayCodec(arrays))
