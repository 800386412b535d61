"""How do those who know Whoosh come to an index of searchkit? As one of Whoosh's, whose documents are searchkit's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from searchkit.documents import Document
from searchkit.engines.base import WriteOptions
from searchkit.engines.whoosh._whoosh import fields, writing
from searchkit.engines.whoosh.analyzer import PersianAnalyzer
from searchkit.engines.whoosh.compat.codec import ArraySegmentReader
from searchkit.engines.whoosh.compat.documents_reader import DocumentsReader
from searchkit.engines.whoosh.compat.searcher import ArraySearcher
from searchkit.engines.whoosh.compat.terms_reader import Cursor, TermsReader
from searchkit.engines.whoosh.compat.words import TEXT
from searchkit.engines.whoosh.engine import WhooshEngine, WhooshWriter
from searchkit.engines.whoosh.format.sections import whole
from searchkit.engines.whoosh.index import ArrayIndex
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.schema import schema as written
from searchkit.errors import ArgumentError, DocumentError, IndexVersionError
from searchkit.persian import default_analyzer
from searchkit.persian.terms import MARKERS


def open_index(folder: str | os.PathLike[str], schema: Any = None, *, create: bool = True) -> ArrayIndex:
    """Open the index in a folder as a `whoosh.index.Index`. How it differs from Whoosh's own: see `compat.queries`.

    Args:
        folder: Where it is; the folder of a `SearchIndex`.
        schema: Fields of your own, which must be those that it was made with. Without, the index is that of
            `SearchIndex`, and documents have what a `Document` has: id, title, body, url, date, fields.
        create: Make the folder and an empty index where there is none.

    Raises:
        IndexNotFoundError: There is none and `create` is false.
        IndexVersionError: It has other fields, or the files are Whoosh's own.
        ArgumentError: The schema has a field that keeps what is not kept here.
        IndexCorruptError, AnalysisMismatchError: It cannot be used as it is.

    >>> from whoosh.qparser import QueryParser
    >>> index = open_index(getfixture("tmp_path") / "index")
    >>> with index.writer() as writer:
    ...     writer.add_document(id="1", title="تاریخ", body="كتابهاي تاريخ ايران")
    >>> with index.searcher() as searcher:
    ...     [hit["title"] for hit in searcher.search(QueryParser("body", index.schema).parse("کتاب"))]
    ['تاریخ']
    """
    path = Path(folder)
    if not ArrayIndex.exists(path) and path.is_dir() and any(path.glob("_*.toc")):
        raise IndexVersionError(f"{path} holds an index of Whoosh's own; add its documents to one in another folder")
    if schema is None:
        WhooshEngine(path, default_analyzer(), create=create)  # makes it, or says what is wrong with it
        return DocumentIndex(path)
    schema = fields.ensure_schema(schema)
    for name, kind in schema.items():
        characters = kind.format and kind.format.supports("characters")
        if kind.vector or characters or len(list(kind.subfields())) > 1:
            raise ArgumentError(f"the field {name!r} has vector, chars or spelling, which is not kept; take it out")
    analysis = ("whoosh", "")
    if any(isinstance(kind.analyzer, PersianAnalyzer) for _, kind in schema.items()):
        analysis = (default_analyzer().name, default_analyzer().fingerprint)
    if create and not ArrayIndex.exists(path):
        return ArrayIndex.create_in(path, schema, analysis)
    return ArrayIndex(path, schema, analysis)


def shown() -> Any:
    """Return the schema of searchkit's documents as Whoosh's users see it, with all that a document has."""
    text = TEXT(analyzer=PersianAnalyzer(every_term=True), stored=True)
    stored = dict.fromkeys(("url", "date", "fields"), fields.STORED)
    return fields.Schema(id=fields.ID(stored=True, unique=True, sortable=True), title=text, body=text, **stored)


class DocumentIndex(ArrayIndex):
    """The index of a `SearchIndex`."""

    reader_class = property(lambda _: _SegmentReader)

    def __init__(self, folder: Path) -> None:
        analyzer = default_analyzer()
        super().__init__(folder, written(), (analyzer.name, analyzer.fingerprint))
        self._shown = shown()

    @property
    def schema(self) -> Any:
        """The fields."""
        return self._shown

    def writer(self, options: WriteOptions | None = None, **whoosh_options: Any) -> DocumentWriter:
        """Return a writer; see `ArrayIndex`."""
        options = options or self.options(**whoosh_options)
        return DocumentWriter(WhooshEngine(self.folder, default_analyzer()).writer(options), self)


class DocumentWriter(writing.IndexWriter):  # type: ignore[misc]
    """Whoosh's writer of documents as `SearchIndex.add` writes them: the same id replaces."""

    def __init__(self, batch: WhooshWriter, index: DocumentIndex) -> None:
        self.schema = index.schema
        self._batch = batch
        self._index = index

    def add_document(self, **values: Any) -> None:
        """Add a document, or replace the one with its id.

        Raises:
            UnknownFieldError: A name is none of a document's; values of your own go to `fields`, a dictionary.
            DocumentError: See `Document`.
        """
        unknown = sorted(values.keys() - set(self.schema.names()))
        if unknown:
            raise fields.UnknownFieldError(f"a document has no {unknown[0]!r}; put values of your own into fields={{}}")
        given = {name: value for name, value in values.items() if value is not None}
        if "id" not in given:
            raise DocumentError("a document has no id; give every document an id of its own")
        self._batch.put(Document(**{"body": "", **given}))

    def update_document(self, **values: Any) -> None:
        """Do the same."""
        self.add_document(**values)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete a committed document by its number in `reader()`, or take that back."""
        self._batch.delete_number(docnum, delete=delete)

    def reader(self, **_options: object) -> Any:
        """Return a reader of what is committed, without what this writer has deleted."""
        return self._index.reader_of(self._batch.rows.segments, self._batch.rows.generation)

    def searcher(self, **options: Any) -> ArraySearcher:
        """Return a searcher of the same."""
        return ArraySearcher(self.reader(), **options)

    def commit(self, **options: Any) -> None:
        """Make all changes visible at once; see `ArrayWriter`."""
        self._batch.commit(**options)

    def cancel(self) -> None:
        """Forget all changes."""
        self._batch.cancel()


class _SegmentReader(ArraySegmentReader):
    """A reader whose stored values are a document's, and which lists the words of texts, not their marked terms."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._perdoc = _DocumentValues(self.arrays)
        self._terms = _Keys(self.arrays)


class _DocumentValues(DocumentsReader):
    def stored_fields(self, docnum: int) -> dict[str, Any]:
        stored = super().stored_fields(docnum)
        with whole(self._arrays.file.path, "a stored document does not fit"):
            return _values(stored["document"])


def _values(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a document has; what it has not is left out, as Whoosh does."""
    document = Document.from_dict(stored)
    values = {name: getattr(document, name) for name in ("id", "title", "body", "url", "date", "fields")}
    return {name: value for name, value in values.items() if value not in (None, {})}


_INDEXED = ("id", "title", "body")
_MARKED = tuple(marker.encode() for marker in MARKERS)


class _Keys(TermsReader):
    def __init__(self, arrays: Segment) -> None:
        super().__init__(arrays)
        self._fields = {name: field for name, field in arrays.fields.items() if name in _INDEXED}

    def _places(self, name: str, prefix: bytes) -> Any:
        return (place for place in super()._places(name, prefix) if place[0][0] == "id" or not _marked(place[0][1]))

    def cursor(self, name: str, fieldobj: Any) -> Cursor:
        return (Cursor if name == "id" else _KeyCursor)(self._fields.get(name), fieldobj)


class _KeyCursor(Cursor):
    def find(self, term: str | bytes) -> str | None:
        """Go to the first term that is not less; what is asked for here is a term, not a word."""
        return super().find(term if isinstance(term, bytes) else term.encode(errors="surrogatepass"))

    def _go(self, at: int) -> str | None:
        while self._field is not None and at < self._field.count and _marked(self._field.vocabulary[at]):
            at += 1
        return super()._go(at)


def _marked(term: bytes) -> bool:
    return term.startswith(_MARKED)
