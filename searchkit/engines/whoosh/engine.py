"""The embedded engine: a folder on disk, written through Whoosh, searched on arrays without it."""

from __future__ import annotations

import stat
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import accumulate, compress, groupby, repeat
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from typing import Any as Untyped
from zlib import crc32

from searchkit.documents import Document, Span, digest_of, moment
from searchkit.engines.base import (
    Deadline,
    Info,
    Match,
    Meaning,
    Optimized,
    Outcome,
    Page,
    Passage,
    Record,
    VectorCounts,
    WriteOptions,
)
from searchkit.engines.whoosh import vectors
from searchkit.engines.whoosh.format.columns import ByteColumn
from searchkit.engines.whoosh.format.sections import whole
from searchkit.engines.whoosh.format.stored import Line, check_size
from searchkit.engines.whoosh.reading.commits import Commit, Commits, Segment
from searchkit.engines.whoosh.reading.snapshot import FieldSnapshot, Snapshot
from searchkit.engines.whoosh.schema import FIELDS, schema
from searchkit.engines.whoosh.searching.searcher import Searcher
from searchkit.errors import IndexCorruptError, SearchKitError, StorageError
from searchkit.persian import Analyzer
from searchkit.persian.terms import LEMMA, MARKERS
from searchkit.query import tree
from searchkit.ranking import Ranking
from searchkit.results import ScoreExplanation

if TYPE_CHECKING:
    from searchkit.engines.whoosh.index import ArrayIndex
    from searchkit.engines.whoosh.searching.completing import SomeDocuments
    from searchkit.engines.whoosh.writer import ArrayWriter
    from searchkit.query.narrowing import Narrowing

_TEXTS = ("title", "body")

_REMEMBERED = 50_000
"""Terms of a field whose frequencies are remembered, most of which are not there; each takes some 200 bytes."""


class WhooshEngine:
    """An index in a folder.

    Args:
        path: The folder; made if it is not there.
        analyzer: Makes the terms; its name and fingerprint are kept in the folder.
        create: Make an index where there is none.
        fresh: Forget what is there.
        verify: Read all files and compare their checksums when they are opened.
        ranking: How its readers score.
        fields: By which searches can be narrowed, their kinds by name (`query.fields`). None for those that the index
            has, or had before a fresh one.

    Raises:
        IndexNotFoundError: There is no index and `create` is false.
        StorageError: The path leads to a file, or the system does not let the folder be read or made.
        AnalysisMismatchError: The index was made by another analyzer.
        IndexCorruptError: Its files cannot be read.
        IndexVersionError: Its files have a newer format.
        FieldsMismatchError: It has documents and other fields.
    """

    def __init__(  # noqa: PLR0913 (each is a choice of its own)
        self,
        path: Path,
        analyzer: Analyzer,
        *,
        create: bool = True,
        fresh: bool = False,
        verify: bool = False,
        ranking: Ranking | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        self.path = path
        self.analyzer = analyzer
        self._verify = verify
        self._ranking = ranking or Ranking()
        self._reader: WhooshReader | None = None
        self._analysis = (analyzer.name, analyzer.fingerprint)
        with _refusals_told(path, "read"):
            _check_folder(path)
            new = fresh or (create and not Commits.exists(path))
        if new:
            given = self._fields_before() if fields is None else fields
            with _refusals_told(path, "written"):
                self._commits: Commits = _array_index().create_in(
                    path, schema(), self._analysis, fresh=fresh, fields=given
                )
        else:
            with _refusals_told(path, "read"):
                self._commits = Commits(path, FIELDS, self._analysis, verify=verify)
        if fields is not None:
            self.give(fields)

    def _fields_before(self) -> Mapping[str, str]:
        """Return the fields of the index that a fresh one replaces; it may be replaced because it cannot be read."""
        try:
            return Commits(self.path, FIELDS).toc().fields
        except StorageError:
            return {}

    def give(self, fields: Mapping[str, str]) -> None:
        """Give an index without documents fields; see `searchkit.engines.base.Engine`."""
        current = self._commits.toc()
        if current.fields != fields:
            if not current.segments:
                with _refusals_told(self.path, "written"):
                    if self._index().give(fields):
                        return
                current = self._commits.toc()
            from searchkit.engines.whoosh.given import other_fields  # noqa: PLC0415 (an error)

            raise other_fields(self.path, current.fields, fields)

    @staticmethod
    def exists(path: Path) -> bool:
        """Tell whether there is an index in a folder, sound or not."""
        with _refusals_told(path, "read"):
            return Commits.exists(path)

    def reader(self) -> WhooshReader:
        """Return a reader of the newest commit: the same one to all who ask, with what it remembers.

        Whatever lies in the folder now is the index, as where it was made anew or restored behind this object.
        """
        reader = self._reader
        if reader is None or not self._commits.is_latest(reader.commit):
            with _refusals_told(self.path, "read"):
                reader = self._reader = WhooshReader(*self._commits.newest(), self._ranking)
        return reader

    def writer(self, options: WriteOptions | None = None) -> WhooshWriter:
        """Return a writer; see `searchkit.engines.base.Engine`."""
        with _refusals_told(self.path, "written"):
            writer = self._index().writer(options)
            try:
                return WhooshWriter(writer, self.reader(), self.path)
            except BaseException:
                writer.cancel()
                raise

    def _index(self) -> ArrayIndex:
        """Return the index as one that can be written."""
        index = self._commits
        if not isinstance(index, _array_index()):
            index = self._commits = _array_index()(self.path, schema(), self._analysis, verify=self._verify)
        return index

    def enrich(
        self, part: str, meaning: Meaning, passages: Callable[[Document], Sequence[Passage] | None]
    ) -> VectorCounts | None:
        """Give vectors to the documents of a segment; see `searchkit.engines.base.Engine`."""
        from searchkit.engines.whoosh.enriching import enrich  # noqa: PLC0415 (most indexes have no vectors)

        with _refusals_told(self.path, "written"):
            return enrich(self._index(), part, meaning, passages)

    def approximate(self, part: str) -> bool:
        """Let the nearest of a large segment be found without comparing all; see `searchkit.engines.base.Engine`."""
        from searchkit.engines.whoosh.enriching import approximate  # noqa: PLC0415 (as above)

        with _refusals_told(self.path, "written"):
            return approximate(self._index(), part)

    def optimize(self, options: WriteOptions | None = None) -> Optimized:
        """Write all segments as one; see `searchkit.engines.base.Engine`."""
        with _refusals_told(self.path, "written"):
            writer = self._index().writer(options)
            before = [segment.entry() for segment in writer.segments]
            dead = sum(entry.dead for entry in before)
            if len(before) > 1 or dead:
                writer.commit(optimize=True)
            else:
                writer.cancel()
        with _refusals_told(self.path, "read"):
            after = self._commits.toc().segments
        sizes = (sum(entry.size for entry in entries) for entries in (before, after))
        return Optimized(len(before), len(after), dead, *sizes)

    def snapshot(self, path: Path) -> None:
        """Copy the newest commit into a new folder; see `searchkit.engines.base.Engine`."""
        from searchkit.engines.whoosh.upkeep import copy_commit  # noqa: PLC0415 (no search needs it)

        with _refusals_told(path, "written"):
            copy_commit(self.path, path)

    def info(self) -> Info:
        """Describe the index."""
        with self.reader() as reader:
            terms = sum(1 for _ in reader.vocabulary())
            documents = len(reader)
            generation, fields = reader.commit.generation, dict(reader.commit.fields)
            meaning, counts = reader.meaning, reader.vectors
        with _refusals_told(self.path, "read"):
            size = sum(_size(file) for file in self.path.iterdir())
        info = Info("whoosh", *self._analysis, documents, terms, size, generation, fields)
        if meaning is None:
            return info
        return info._replace(embedder=meaning.embedder, passage_words=meaning.words, vectors=counts)

    def close(self) -> None:
        """Let go of files. They stay mapped as long as a reader or a page of results is in use."""
        self._reader = None
        self._commits.close()


class WhooshReader:
    """One commit, searched on the arrays of its segments.

    Attributes:
        commit: Which one it is.
    """

    def __init__(self, commit: Commit, segments: list[Segment], ranking: Ranking) -> None:
        self.commit = commit
        self._ranking = ranking
        self._frequencies: dict[str | None, dict[str, int]] = defaultdict(dict)
        self._segments = segments
        self._bases = tuple(accumulate((segment.document_count for segment in segments), initial=0))

    @cached_property
    def searcher(self) -> Searcher:
        """What searches; a writer does not need it."""
        return Searcher(Snapshot(self._segments), self._ranking)

    @cached_property
    def _fields(self) -> dict[str | None, list[FieldSnapshot]]:
        """The fields of text that there are, one by one and under None together."""
        found = {name: each for name in _TEXTS if (each := self.searcher.snapshot.field(name))}
        return {None: list(found.values())} | {name: [found[name]] if name in found else [] for name in _TEXTS}

    def __len__(self) -> int:
        return self.searcher.snapshot.count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def search(
        self,
        asked: tree.Node,
        *,
        limit: int,
        offset: int = 0,
        deadline: Deadline | None = None,
        narrowing: Narrowing | None = None,
    ) -> Page:
        """Find the documents of a resolved query; see `searchkit.engines.base.Reader`."""
        return self.searcher.search(asked, limit=limit, offset=offset, deadline=deadline, narrowing=narrowing)

    @property
    def version(self) -> str:
        """What no other commit is called: files of segments have random names; see `searchkit.engines.base.Reader`."""
        made_of = [(entry.name, entry.dead) for entry in self.commit.segments]
        return f"{self.commit.generation:x}{crc32(repr(made_of).encode()):08x}"

    @property
    def fields(self) -> dict[str, str]:
        """The fields that searches can be narrowed by, their kinds by name."""
        from searchkit.query.fields import ALWAYS  # noqa: PLC0415 (most searches are not narrowed)

        return {**ALWAYS, **self.commit.fields}

    def explain(self, asked: tree.Node, match: Match, narrowing: Narrowing | None = None) -> ScoreExplanation:
        """Return why a match has its score; see `searchkit.engines.base.Reader`."""
        from searchkit.engines.whoosh.searching.explaining import Explainer  # noqa: PLC0415 (few ask)

        return Explainer(self.searcher, match.number, narrowing).explain(asked, match.score)

    def documents(self, numbers: Sequence[int]) -> list[Document]:
        """Return stored documents, in the order asked."""
        stored: dict[int, Document] = {}
        for place, wanted in groupby(sorted(numbers), self._place):
            here = list(wanted)
            segment = self._segments[place]
            values = segment.stored([number - self._bases[place] for number in here])
            with whole(segment.file.path, "a stored document does not fit"):
                stored |= {at: Document.from_stored(each["document"]) for at, each in zip(here, values, strict=True)}
        return [stored[number] for number in numbers]

    def get(self, id_: str) -> Document | None:
        """Return the document with this id, or None if there is none."""
        number = self.number(id_)
        return None if number is None else self.documents([number])[0]

    def ids(self, numbers: Sequence[int]) -> list[str]:
        """Return the ids of documents, in the order asked."""
        columns = [_column(segment, "id") for segment in self._segments]
        ids: list[str] = []
        place = 0
        try:
            for number in numbers:
                place = self._place(number)
                ids.append(columns[place][number - self._bases[place]].decode())
        except UnicodeDecodeError:
            raise _no_text(self._segments[place]) from None
        return ids

    def _place(self, number: int) -> int:
        """Return which segment has the document."""
        return bisect_right(self._bases, number) - 1

    def records(self) -> Iterator[Record]:
        """Return every document's record, oldest first."""
        for segment in self._segments:
            count = segment.document_count
            sources = _column(segment, "source") if "source" in segment.columns else repeat(b"", count)
            rows = zip(_column(segment, "id"), _column(segment, "digest"), sources, strict=True)
            try:
                for row in rows if segment.deleted is None else compress(rows, (~segment.deleted).tolist()):
                    id_, digest, source = map(bytes.decode, row)
                    yield Record(id_, digest, source or None)
            except UnicodeDecodeError:
                raise _no_text(segment) from None

    def number(self, id_: str) -> int | None:
        """Return the number of the document with this id, or None if there is none."""
        for segment, base in zip(self._segments, self._bases, strict=False):
            field = segment.field("id")
            ordinal = -1 if field is None else field.find(id_)
            if field is not None and ordinal >= 0:
                for number in field.postings(ordinal)[0].tolist():
                    if segment.deleted is None or not segment.deleted[number]:
                        return base + int(number)
        return None

    def digest(self, number: int) -> bytes:
        """Return the digest of a document, as it is kept."""
        place = self._place(number)
        return _column(self._segments[place], "digest")[number - self._bases[place]]

    def frequency(self, term: str, field: str | None = None) -> int:
        """Return how many documents hold the term. A query asks for dozens, and the next one for many of them again."""
        known = self._frequencies[field]
        most = known.get(term)
        if most is None:
            most = 0
            for each in self._fields.get(field, ()):
                most = max(most, each.frequency(term))
            if len(known) >= _REMEMBERED:
                known = self._frequencies[field] = {}
            known[term] = most
        return most

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the segments."""
        return tuple([entry.name for entry in self.commit.segments])

    def words(self, part: str, low: str = "", high: str = "") -> Iterator[tuple[str, int]]:
        """Return the words of a segment and their dictionary forms; see `searchkit.engines.base.Reader`."""
        segment = self._segments[self.parts.index(part)]
        counts: dict[str, int] = {}
        for field in filter(None, map(segment.field, _TEXTS)):
            first, last = field.range(low, high) if high else (field.range(low, low)[0], field.count)
            counted = field.document_frequencies(first, last).tolist() if first < last else []
            for term, count in zip(field.terms(first, last), counted, strict=True):
                if not term.startswith(MARKERS):
                    counts[term] = max(count, counts.get(term, 0))
                elif term.startswith(LEMMA) and len(term) > 1:
                    counts[term[1:]] = max(count, counts.get(term[1:], 0))
        yield from counts.items()

    def among(
        self, query: tree.Node | None = None, narrowing: Narrowing | None = None, field: str | None = None
    ) -> SomeDocuments:
        """Return what some documents can be asked; see `searchkit.engines.base.Reader`."""
        from searchkit.engines.whoosh.searching.completing import SomeDocuments  # noqa: PLC0415 (no search needs it)

        return SomeDocuments(self.searcher, query, narrowing, field)

    def vocabulary(self, prefix: str = "", field: str | None = None) -> Iterator[str]:
        """Return the terms that begin so."""
        yield from sorted({term for each in self._fields.get(field, []) for term in each.vocabulary(prefix)})

    @property
    def meaning(self) -> Meaning | None:
        """What the vectors of the index are; None where it has none."""
        if self.commit.meaning is None:
            return None
        return vectors.read_meaning(self.commit.meaning)

    @property
    def vectors(self) -> VectorCounts:
        """How many there are."""
        return vectors.counts(self._segments)

    def without_vectors(self, part: str) -> list[int]:
        """Return the documents that nobody has given vectors; see `searchkit.engines.base.Reader`."""
        at = self.parts.index(part)
        numbers: list[int] = (vectors.not_given(self._segments[at]) + self._bases[at]).tolist()
        return numbers

    def vector_of(self, number: int) -> bytes | None:
        """Return what a document is about; see `searchkit.engines.base.Reader`."""
        place = self._place(number)
        return vectors.mean_of(self._segments[place], number - self._bases[place])

    def nearest_passage(self, number: int, vector: bytes) -> Span | None:
        """Return which piece of a document means most what a vector does; see `searchkit.engines.base.Reader`."""
        place = self._place(number)
        return vectors.nearest_span(self._segments[place], number - self._bases[place], vector)

    def close(self) -> None:
        """Nothing is to be let go of: files are mapped as long as someone reads them."""


class WhooshWriter:
    """A batch of changes, committed when its block ends."""

    def __init__(self, writer: ArrayWriter, reader: WhooshReader, path: Path) -> None:
        self._writer = writer
        self._reader = reader
        self._path = path
        self._added: dict[str, int] = {}  # documents of the batch, by their numbers in the writer
        self._digests: list[bytes] = []  # of all that were added, by the same numbers
        self._deleted: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()
        else:
            self.cancel()

    @property
    def rows(self) -> ArrayWriter:
        """What writes: documents as rows of values."""
        return self._writer

    def commit(self, **options: Untyped) -> None:
        """Make the changes visible; for options see `ArrayWriter`."""
        with _refusals_told(self._path, "written"):
            self._writer.delete_documents(self._deleted)
            self._writer.commit(**options)

    def cancel(self) -> None:
        """Forget the changes."""
        with _refusals_told(self._path, "written"):
            self._writer.cancel()

    def put(self, document: Document) -> Outcome:
        """Add the document, or replace the one with its id, unless that is the same."""
        line = document.to_json()
        check_size(line)
        digest = digest_of(line).encode()
        known = self._digest(document.id)
        if known == digest:
            return "unchanged"
        values = self._narrowed_by(document) if self._writer.fields or document.url else {}
        if known is not None:
            self.delete(document.id)
        self._added[document.id] = self._writer.added
        self._digests.append(digest)
        source = document.fields.get("source")
        with _refusals_told(self._path, "written"):
            self._writer.add_document(
                id=document.id,
                title=document.title,
                body=document.body,
                document=Line(line),
                digest=digest,
                source=source.encode() if isinstance(source, str) else None,
                date=None if document.date is None else moment(document.date),
                **values,
            )
        return "added" if known is None else "updated"

    def _narrowed_by(self, document: Document) -> dict[str, Untyped]:
        from searchkit.engines.whoosh.given import narrowed_by  # noqa: PLC0415 (no search needs it)

        return narrowed_by(document, self._writer.fields)

    def _digest(self, id_: str) -> bytes | None:
        """Return the digest of the document with this id as it stands in this batch."""
        if id_ in self._added:
            return self._digests[self._added[id_]]
        number = self._committed(id_)
        return None if number is None else self._reader.digest(number)

    def _committed(self, id_: str) -> int | None:
        number = self._reader.number(id_)
        return None if number in self._deleted else number

    def delete(self, id_: str) -> bool:
        """Remove the document; False if there is none."""
        number = self._added.pop(id_, None)
        if number is not None:
            self._writer.discard(number)
            return True
        number = self._committed(id_)
        if number is not None:
            self._deleted.add(number)
        return number is not None

    def delete_number(self, number: int, *, delete: bool = True) -> None:
        """Delete a committed document by its number, or take that back."""
        self._writer.delete_document(number, delete)
        (self._deleted.add if delete else self._deleted.discard)(number)


def _array_index() -> type[ArrayIndex]:
    """Return the class of an index that can be written. It takes Whoosh, which is slow to load and no search needs."""
    from searchkit.engines.whoosh.index import ArrayIndex  # noqa: PLC0415

    return ArrayIndex


def _check_folder(path: Path) -> None:
    """Make sure that there is a folder, or nothing at all."""
    with suppress(FileNotFoundError):
        if not stat.S_ISDIR(path.stat().st_mode):
            raise StorageError(f"{path} is a file, and an index is a folder; give another path")


@contextmanager
def _refusals_told(path: Path, done: str) -> Iterator[None]:
    """Say which index cannot be read or written, as `done` says, whatever the system says."""
    try:
        yield
    except SearchKitError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(f"the index at {path} cannot be {done} ({reason}); mend that and try again") from error


def _column(segment: Segment, name: str) -> ByteColumn:
    """Return a column of texts, which every segment has."""
    column = segment.column(name)
    if not isinstance(column, ByteColumn):
        raise segment.file.corrupt(f"the column {name} of texts is missing")
    return column


def _no_text(segment: Segment) -> IndexCorruptError:
    return segment.file.corrupt("an id, digest or source is no text")


def _size(file: Path) -> int:
    """Return the size of a file in bytes; 0 for one that a commit has just removed."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
