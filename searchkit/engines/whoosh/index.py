"""What is an index to Whoosh? Its index class over our commits and lock: for writing, and for Whoosh's own searcher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from searchkit.engines.base import WriteOptions
from searchkit.engines.whoosh._whoosh import filedb_filestore, index, reading
from searchkit.engines.whoosh.compat.codec import ArraySegment, ArraySegmentReader
from searchkit.engines.whoosh.compat.searcher import ArraySearcher, Opened
from searchkit.engines.whoosh.format import toc
from searchkit.engines.whoosh.format.toc import Entry, StoredMeaning, Toc
from searchkit.engines.whoosh.reading.commits import Commit, Commits, Segment
from searchkit.engines.whoosh.writer import ArrayWriter
from searchkit.engines.whoosh.writing.lock import WriterLock
from searchkit.errors import IndexLockedError, IndexVersionError


class ArrayIndex(Commits, index.FileIndex):  # type: ignore[misc]
    """An index in a folder. Safe to share between threads.

    Args:
        folder: Where it is.
        schema: Its fields. Whoosh keeps a pickle of them; here they are given anew each time, and compared.
        analysis, verify, instead: See `Commits`.

    Raises:
        IndexNotFoundError, IndexCorruptError, IndexVersionError, AnalysisMismatchError: See `Commits`.
    """

    reader_class = ArraySegmentReader

    def __init__(self, folder: Path, schema: Any, analysis: tuple[str, str] | None = None, **options: Any) -> None:
        super().__init__(folder, describe(schema), analysis, **options)
        self.storage = filedb_filestore.FileStorage(str(folder))
        self.indexname = toc.INDEX
        self.written = schema
        self._current: tuple[Commit, list[Segment], Opened] | None = None

    @classmethod
    def create_in(
        cls,
        folder: Path,
        schema: Any,
        analysis: tuple[str, str],
        *,
        fresh: bool = False,
        fields: Mapping[str, str] = MappingProxyType({}),
    ) -> Self:
        """Make an empty index where there is none, and open it. Others may do so at once: one makes it.

        Args:
            folder: Where; it is made if it is not there.
            schema: The fields.
            analysis: The name and fingerprint of the analyzer that makes the terms.
            fresh: Where there is one, damaged or not, the first commit replaces it.
            fields: More fields, by the kinds of `query.fields`.

        Raises:
            IndexLockedError: Another one is writing there.
            IndexCorruptError, IndexVersionError, AnalysisMismatchError: See `Commits`; not if it is `fresh`.
        """
        empty = Toc(0, analysis, describe(schema), fields=dict(fields))
        there = cls.exists(folder)
        if not there:
            folder.mkdir(parents=True, exist_ok=True)
            lock = WriterLock(folder)
            lock.take(WriteOptions().wait)
            try:
                there = cls.exists(folder)  # another may have made it since, and written to it
                if not there:
                    toc.write(empty, folder)
            finally:
                lock.release()
        return cls(folder, schema, analysis, instead=empty if fresh and there else None)

    @property
    def is_new(self) -> bool:
        """Whether it is to replace one that is there."""
        return self._instead is not None

    def last_modified(self) -> float:
        """Return when the newest commit was, in seconds since 1970; 0 for an index that is yet to replace another."""
        table, _ = self._newest_table()
        return table[2] / 1e9 if table else 0.0

    def is_empty(self) -> bool:
        """Tell whether there are no segments."""
        return not self.toc().segments

    @property
    def schema(self) -> Any:
        """The fields, as who searches and adds sees them; `written` is how they are kept."""
        return self.written

    def _segments(self) -> list[ArraySegment]:
        return [ArraySegment(entry) for entry in self.toc().segments]

    @property
    def version(self) -> int:
        """The version of the format."""
        return toc.TABLE_VERSION

    def reader(self, reuse: Any = None) -> Any:  # noqa: ARG002 (open segments are always used again)
        """Return Whoosh's reader of the newest commit."""
        current = self._current
        if current is None or not self.is_latest(current[0]):
            commit, segments = self.newest()
            current = self._current = commit, segments, Opened(segments)
        commit, segments, opened = current
        return self._reader_of([ArraySegment(entry) for entry in commit.segments], commit.generation, segments, opened)

    def reader_of(self, entries: Sequence[ArraySegment], generation: int) -> Any:
        """Return Whoosh's reader of some segments."""
        segments = [self.open_segment(each.entry()) for each in entries]
        return self._reader_of(entries, generation, segments, Opened(segments))

    def _reader_of(
        self, entries: Sequence[ArraySegment], generation: int, segments: Sequence[Segment], opened: Opened
    ) -> Any:
        readers = [
            self.reader_class(self.storage, self.schema, entry, arrays, generation)
            for entry, arrays in zip(entries, segments, strict=True)
        ]
        reader = readers[0] if len(readers) == 1 else reading.MultiReader(readers, generation)
        if not readers:
            reader = reading.EmptyReader(self.schema)
        reader.opened = opened
        return reader

    def searcher(self, **options: Any) -> ArraySearcher:
        """Return Whoosh's searcher of the newest commit."""
        return ArraySearcher(self.reader(), fromindex=self, **options)

    def writer(self, options: WriteOptions | None = None, **whoosh_options: Any) -> ArrayWriter:
        """Return a writer.

        Args:
            options: How to write; or, as Whoosh has them:
            **whoosh_options: `procs`, `limitmb` and `timeout`. Others are not used.

        Raises:
            IndexLockedError: Another one is at work; it is a LockError of Whoosh's too.
        """
        options = options or self.options(**whoosh_options)
        lock = WriterLock(self.folder)
        try:
            lock.take(options.wait)
        except IndexLockedError as error:
            raise _LockedError(*error.args) from None
        try:
            if self._instead is not None:  # the next generation comes after whatever is there by now
                self._instead = self._instead._replace(generation=self.latest_generation())
            return ArrayWriter(self, options, lock)
        except BaseException:
            lock.release()
            raise

    @staticmethod
    def options(procs: int = 1, limitmb: int = 256, timeout: float = 0, **_others: object) -> WriteOptions:
        """Return how to write: how many processes, about how many megabytes before documents are written, seconds."""
        return WriteOptions(memory=limitmb << 20, jobs=max(1, procs), wait=timeout)

    def add_field(self, fieldname: str, fieldspec: Any) -> None:  # noqa: ARG002
        """Not possible."""
        raise IndexVersionError("an index keeps the fields that it was made with; make another in a new folder")

    def remove_field(self, fieldname: str) -> None:
        """Not possible."""
        self.add_field(fieldname, None)

    def give(self, fields: Mapping[str, str]) -> bool:
        """Give an index without documents other fields besides those of its schema; say whether it has them now.

        Raises:
            IndexLockedError: Another one is writing there.
        """
        lock = WriterLock(self.folder)
        lock.take(WriteOptions().wait)
        try:
            current = self.toc()
            if current.segments or current.fields == fields:
                return current.fields == fields
            given = current._replace(fields=dict(fields))
            if self._instead is not None:
                self._instead = given
            else:
                self._write(given._replace(generation=current.generation + 1))
        finally:
            lock.release()
        return True

    def check_turn(self, lock: WriterLock, generation: int) -> None:
        """Make sure that who has this lock may write the commit of this generation.

        Raises:
            IndexLockLostError: Somebody else has written meanwhile, or may do so.
        """
        if not lock.is_held or self.latest_generation() != generation - 1:
            raise lock.lost()

    def commit(self, generation: int, segments: tuple[Entry, ...], meaning: StoredMeaning | None = None) -> None:
        """Make these segments the index, and remove what is no longer needed. For who holds the lock.

        Args:
            generation: Of the commit.
            segments: The segments.
            meaning: What their vectors are; None for what they were.

        Raises:
            IndexLockLostError: Somebody else has committed this generation.
        """
        before = self.toc()
        meaning = before.meaning if meaning is None else meaning
        self._write(Toc(generation, before.analysis, describe(self.written), segments, before.fields, meaning))

    def _write(self, current: Toc) -> None:
        toc.sync(self.folder)
        toc.write(current, self.folder)
        self._instead = None
        toc.clean(current, self.folder)


class _LockedError(IndexLockedError, index.LockError):  # type: ignore[misc]
    """What Whoosh's users and its `AsyncWriter` expect, too."""


def describe(schema: Any) -> dict[str, Any]:
    """Return what the table of contents says of a schema: what must be the same when it is opened."""
    return {name: _description(kind) for name, kind in sorted(schema.items())}


def _description(kind: Any) -> dict[str, Any]:
    return {
        "type": type(kind).__name__,
        "format": type(kind.format).__name__ if kind.format else None,
        "column": type(kind.column_type).__name__ if kind.column_type else None,
        "stored": bool(kind.stored),
        "unique": bool(kind.unique),
    }
