"""The embedded engine: a folder on disk, read and written through Whoosh."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any as Untyped
from typing import Self

from searchkit.documents import Document
from searchkit.engines.base import Info, Match, Page, Record
from searchkit.engines.whoosh.analyzer import PersianAnalyzer
from searchkit.errors import AnalysisMismatchError, IndexCorruptError, IndexLockedError, IndexNotFoundError
from searchkit.persian import Analyzer
from searchkit.query import tree

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import fields, index, query, scoring
    from whoosh.collectors import UnlimitedCollector

SCHEMA = fields.Schema(
    id=fields.ID(unique=True, stored=True),
    title=fields.TEXT(analyzer=PersianAnalyzer(every_term=True)),
    body=fields.TEXT(analyzer=PersianAnalyzer(every_term=True)),
    document=fields.STORED,
    digest=fields.STORED,
    source=fields.STORED,
)
TITLE_BOOST = 2.0
_IDENTITY = "searchkit.json"


class WhooshEngine:
    """An index in a folder.

    Args:
        path: The folder; made if it is not there.
        analyzer: Makes the terms; its name and fingerprint are kept in the folder.
        create: Make an index where there is none.
        fresh: Forget what is there; the first commit replaces it.

    Raises:
        IndexNotFoundError: There is no index and `create` is false.
        AnalysisMismatchError: The index was made by another analyzer.
        IndexCorruptError: Its files cannot be read.
    """

    def __init__(self, path: Path, analyzer: Analyzer, *, create: bool = True, fresh: bool = False) -> None:
        self.path = path
        self.analyzer = analyzer
        identity = path / _IDENTITY
        if fresh or not identity.exists():
            if not (create or fresh):
                raise IndexNotFoundError(
                    f"there is no index at {path}; make one with: searchkit index PATH --index {path}"
                )
            path.mkdir(parents=True, exist_ok=True)
            self._index = index.create_in(path, SCHEMA)
            identity.write_text(json.dumps({"analyzer": analyzer.name, "fingerprint": analyzer.fingerprint}))
        else:
            self._check_identity(identity)
            try:
                self._index = index.open_dir(path, schema=SCHEMA)
            except Exception as error:  # noqa: BLE001 (Whoosh raises what pickle and struct do)
                raise IndexCorruptError(
                    f"the index at {path} cannot be read ({error}); start over with --rebuild"
                ) from None

    def _check_identity(self, identity: Path) -> None:
        known = json.loads(identity.read_text())
        if (known["analyzer"], known["fingerprint"]) != (self.analyzer.name, self.analyzer.fingerprint):
            raise AnalysisMismatchError(
                f"the index at {self.path} was made by another analysis of Persian; "
                f"make it anew with: searchkit index PATH --rebuild --index {self.path}"
            )

    def reader(self) -> WhooshReader:
        """Return a reader of the newest commit."""
        return WhooshReader(self._index.refresh().searcher(weighting=scoring.BM25F()))

    def writer(self) -> WhooshWriter:
        """Return a writer; see `searchkit.engines.base.Engine`."""
        try:
            writer = self._index.writer()
        except index.LockError:
            raise IndexLockedError(f"another process is writing the index at {self.path}; try again later") from None
        return WhooshWriter(writer, self.reader())

    def info(self) -> Info:
        """Describe the index."""
        with self.reader() as reader:
            terms = len(set(reader.vocabulary()))
            documents = len(reader)
        size = sum(file.stat().st_size for file in self.path.iterdir() if file.is_file())
        generation = self._index.latest_generation()
        return Info("whoosh", self.analyzer.name, self.analyzer.fingerprint, documents, terms, size, generation)

    def close(self) -> None:
        """Let go of files."""
        self._index.close()


class WhooshReader:
    """One commit, read through a Whoosh searcher."""

    def __init__(self, searcher: Untyped) -> None:
        self._searcher = searcher
        self._reader = searcher.reader()

    def __len__(self) -> int:
        return int(self._reader.doc_count())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def search(self, asked: tree.Node, *, limit: int, offset: int = 0) -> Page:
        """Find the documents of a resolved query; see `searchkit.engines.base.Reader`."""
        if isinstance(asked, tree.Tiered):
            first, rest = self._scores(asked.first), self._scores(asked.rest)
        else:
            rest = self._scores(asked)
            first = rest
        ranked = sorted(rest.items(), key=lambda pair: (pair[0] not in first, -pair[1], pair[0]))
        matches = tuple(Match(number, score) for number, score in ranked[offset : offset + limit])
        return Page(matches, len(rest), len(first))

    def _scores(self, asked: tree.Node) -> dict[int, float]:
        collector = UnlimitedCollector()
        self._searcher.search_with_collector(translate(asked), collector)
        return {number: score for score, number in collector.results().top_n}

    def documents(self, numbers: Sequence[int]) -> list[Document]:
        """Return stored documents, in the order asked."""
        return [Document.from_dict(json.loads(self._searcher.stored_fields(number)["document"])) for number in numbers]

    def records(self) -> Iterator[Record]:
        """Return every document's record, oldest first."""
        for _, stored in self._reader.iter_docs():
            yield Record(stored["id"], stored["digest"], stored.get("source"))

    def digest(self, id_: str) -> str | None:
        """Return the digest of the document with this id."""
        stored = self._searcher.document(id=id_)
        return None if stored is None else str(stored["digest"])

    def frequency(self, term: str, field: str | None = None) -> int:
        """Return how many documents hold the term."""
        return max(int(self._reader.doc_frequency(name, term)) for name in _names(field))

    def vocabulary(self, prefix: str = "", field: str | None = None) -> Iterator[str]:
        """Return the terms that begin so."""
        words = chain.from_iterable(self._reader.expand_prefix(name, prefix) for name in _names(field))
        yield from sorted({word.decode() for word in words})

    def close(self) -> None:
        """Let go of files."""
        self._searcher.close()


class WhooshWriter:
    """A batch of changes, committed when its block ends."""

    def __init__(self, writer: Untyped, reader: WhooshReader) -> None:
        self._writer = writer
        self._reader = reader
        self._changed: dict[str, tuple[Document, str] | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._write()
                self._writer.commit(merge=False)  # merging would change the order of documents
        finally:
            if not self._writer.is_closed:
                self._writer.cancel()
            self._reader.close()

    def digest(self, id_: str) -> str | None:
        """Return the digest of the document with this id as it stands in this batch."""
        if id_ not in self._changed:
            return self._reader.digest(id_)
        changed = self._changed[id_]
        return None if changed is None else changed[1]

    def put(self, document: Document, digest: str) -> None:
        """Add the document, or replace the one with its id."""
        self._changed[document.id] = (document, digest)

    def delete(self, id_: str) -> bool:
        """Remove the document; False if there is none."""
        there = self.digest(id_) is not None
        if there:
            self._changed[id_] = None
        return there

    def _write(self) -> None:
        for id_, changed in self._changed.items():
            self._writer.delete_by_term("id", id_)
            if changed is not None:
                document, digest = changed
                self._writer.add_document(
                    id=id_,
                    title=document.title,
                    body=document.body,
                    document=json.dumps(document.to_dict(), ensure_ascii=False),
                    digest=digest,
                    source=document.fields.get("source"),
                )


def _names(field: str | None) -> tuple[str, ...]:
    return ("title", "body") if field is None else (field,)


def translate(node: tree.Node) -> Untyped:
    """Return the Whoosh query for a resolved node."""
    match node:
        case tree.Terms():
            return _either(node.field, lambda name: _alternatives(name, node))
        case tree.Prefix():
            return _either(node.field, lambda name: query.Prefix(name, node.text, boost=_boost(name)))
        case tree.Phrase():
            return _either(node.field, lambda name: _phrase(name, node))
        case tree.All():
            return _with_optional(query.And([translate(child) for child in node.nodes]), node.optional)
        case tree.Any():
            return _with_optional(query.Or([translate(child) for child in node.nodes]), node.optional)
        case tree.Not():
            return query.AndNot(query.Every(boost=0.0), translate(node.node))
        case tree.Weighted():
            return translate(node.node).with_boost(node.weight)
        case _:
            return query.NullQuery


def _either(field: str | None, leaf: Untyped) -> Untyped:
    return query.Or([leaf(name) for name in _names(field)])


def _boost(name: str) -> float:
    return TITLE_BOOST if name == "title" else 1.0


def _alternatives(name: str, node: tree.Terms) -> Untyped:
    return query.Or([query.Term(name, term, boost=weight * _boost(name)) for term, weight in node.terms])


def _phrase(name: str, node: tree.Phrase) -> Untyped:
    words = [_alternatives(name, word) for word in node.words if isinstance(word, tree.Terms)]
    return query.Sequence(words, slop=node.slop + 1, ordered=True)


def _with_optional(required: Untyped, optional: tuple[tree.Node, ...]) -> Untyped:
    return query.AndMaybe(required, query.Or([translate(node) for node in optional])) if optional else required
