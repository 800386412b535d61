"""What is an index to Whoosh? Its index class over our commits and lock: for writing, and for Whoosh's own searcher."""

from __future__ import annotations

import json
import os
import socket
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from searchkit.engines.base import WriteOptions
from searchkit.engines.whoosh.format import toc
from searchkit.engines.whoosh.format.toc import Entry, Toc
from searchkit.engines.whoosh.reading.commits import Commits
from searchkit.errors import IndexLockedError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import FileIndex
    from whoosh.reading import EmptyReader, MultiReader
    from whoosh.util.filelock import FileLock

if TYPE_CHECKING:
    from searchkit.engines.whoosh.compat.codec import ArraySegment
    from searchkit.engines.whoosh.reading.segment import Segment
    from searchkit.engines.whoosh.writer import ArrayWriter


class ArrayIndex(Commits, FileIndex):  # type: ignore[misc]
    """An index in a folder. Safe to share between threads.

    Args:
        folder: Where it is.
        schema: Its fields. Whoosh keeps a pickle of them; here they are given anew each time, and compared.
        name: The index's name, for several in a folder.
        verify: Read all files and compare their checksums when they are opened.
        instead: Taken for the newest commit until there is one by this object; what lies in the folder is not read.

    Raises:
        IndexNotFoundError, IndexCorruptError, IndexVersionError: See `Commits`.
    """

    def __init__(
        self, folder: Path, schema: Any, name: str = "MAIN", *, verify: bool = False, instead: Toc | None = None
    ) -> None:
        super().__init__(folder, describe(schema), name, verify=verify, instead=instead)
        self.storage = FileStorage(str(folder))
        self._schema = schema
        self._lock: PidLock | None = None

    @classmethod
    def create_in(cls, folder: Path, schema: Any, analysis: tuple[str, str], name: str = "MAIN") -> Self:
        """Make an empty index. Where there is one, damaged or not, the first commit replaces it.

        Args:
            folder: Where; it is made if it is not there.
            schema: The fields.
            analysis: The name and fingerprint of the analyzer that makes the terms.
            name: The index's name, for several in a folder.

        Raises:
            IndexLockedError: Another one is writing there.
        """
        empty = Toc(0, analysis, describe(schema))
        if cls.exists(folder, name):
            return cls(folder, schema, name, instead=empty)
        folder.mkdir(parents=True, exist_ok=True)
        lock = PidLock(folder / f"{name}.lock")
        lock.take()
        try:
            toc.write(empty, folder, name)
        finally:
            lock.release()
        return cls(folder, schema, name)

    @property
    def is_new(self) -> bool:
        """Whether it is to replace one that is there."""
        return self._instead is not None

    def last_modified(self) -> float:
        """Return when the newest commit was, in seconds since 1970."""
        return (self.folder / f"{self.indexname}-{self.latest_generation()}.json").stat().st_mtime

    def is_empty(self) -> bool:
        """Tell whether there are no segments."""
        return not self.toc().segments

    @property
    def schema(self) -> Any:
        """The fields."""
        return self._schema

    @property
    def version(self) -> int:
        """The version of the format."""
        return toc.VERSION

    def reader(self, reuse: Any = None) -> Any:  # noqa: ARG002 (open segments are always used again)
        """Return Whoosh's reader of the newest commit."""
        from searchkit.engines.whoosh.compat.codec import ArraySegment  # noqa: PLC0415 (see `newest`, which needs no codec)

        current, opened = self.newest()
        segments = [ArraySegment(self.indexname, entry) for entry in current.segments]
        return self.reader_of(self._schema, segments, current.generation, opened)

    def reader_of(
        self, schema: Any, segments: Sequence[ArraySegment], generation: int, opened: Sequence[Segment] | None = None
    ) -> Any:
        """Return Whoosh's reader of some segments, which may have been opened."""
        from searchkit.engines.whoosh.compat.codec import ArraySegmentReader  # noqa: PLC0415

        if opened is None:
            opened = [self.open_segment(segment.entry()) for segment in segments]
        readers = [
            ArraySegmentReader(self.storage, schema, segment, arrays, generation)
            for segment, arrays in zip(segments, opened, strict=True)
        ]
        if not readers:
            return EmptyReader(schema)
        return readers[0] if len(readers) == 1 else MultiReader(readers, generation)

    def writer(self, options: WriteOptions | None = None, **_options: object) -> ArrayWriter:
        """Return a writer.

        Raises:
            IndexLockedError: Another one is at work.
        """
        from searchkit.engines.whoosh.writer import ArrayWriter  # noqa: PLC0415 (processes, which no search needs)

        lock = PidLock(self.folder / f"{self.indexname}.lock")
        lock.take()
        self._lock = lock
        if self._instead is not None:  # the next generation comes after whatever is there by now
            self._instead = self._instead._replace(generation=self.latest_generation())
        try:
            return ArrayWriter(self, options or WriteOptions())
        except BaseException:
            self.unlock()
            raise

    def unlock(self) -> None:
        """Let others write."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def commit(self, generation: int, segments: tuple[Entry, ...]) -> None:
        """Make these segments the index, and remove what is no longer needed."""
        current = Toc(generation, self.toc().analysis, describe(self._schema), segments)
        toc.sync(self.folder)
        toc.write(current, self.folder, self.indexname)
        self._instead = None
        toc.clean(current, self.folder, self.indexname)


class PidLock(FileLock):  # type: ignore[misc]
    """Whoosh's lock, which ends with its process, with that process's number in the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path = path

    def take(self) -> None:
        """Lock, or raise IndexLockedError."""
        if not self.acquire():
            raise IndexLockedError(f"{self._holder()} is writing the index at {self._path.parent}; try again later")
        try:
            os.ftruncate(self.fd, 0)
            os.write(self.fd, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode())
        except BaseException:
            self.release()
            raise

    def _holder(self) -> str:
        try:
            known = json.loads(self._path.read_text())
            return f"process {known['pid']} on {known['host']}"
        except (OSError, ValueError, KeyError):
            return "another process"


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
