"""How do documents get into the index? Whoosh's writer: batches, inverted at once; segments of them; one commit.

Batches end at the same documents however many processes there are.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from searchkit.engines.base import WriteOptions
from searchkit.engines.whoosh._whoosh import fields, writing
from searchkit.engines.whoosh.compat.codec import ArraySegment
from searchkit.engines.whoosh.compat.items import encoder_of
from searchkit.engines.whoosh.compat.searcher import ArraySearcher
from searchkit.engines.whoosh.format.sections import seal
from searchkit.engines.whoosh.format.toc import Entry, segment_name, segment_path
from searchkit.engines.whoosh.format.types import Flags
from searchkit.engines.whoosh.schema import extended
from searchkit.engines.whoosh.writing.batches import Row
from searchkit.engines.whoosh.writing.lock import WriterLock
from searchkit.engines.whoosh.writing.merging import merge, unmerged
from searchkit.engines.whoosh.writing.pool import InverterPool
from searchkit.engines.whoosh.writing.segment_writer import SegmentFlusher, SegmentWriter
from searchkit.errors import StorageError

_BATCH_DOCUMENTS = 1024
_BATCH_CHARACTERS = 1 << 20

_MOST_DEAD = 3
"""A segment is written anew when more than one document in so many is deleted: each is then copied three times more
at most, and no more than half as much space is lost as is used."""


class ArrayWriter(writing.IndexWriter):  # type: ignore[misc]
    """Whoosh's writer, for an `ArrayIndex`.

    Documents are numbered from 0 in the order added; `discard` takes one back by that number.
    """

    def __init__(self, index: Any, options: WriteOptions, lock: WriterLock) -> None:
        self._index = index
        self._lock = lock
        self._token = os.urandom(4).hex()  # no other writer has files of the same names, whatever becomes of the lock
        self._memory = options.memory
        current = index.toc()
        self.fields = current.fields
        self.schema = extended(index.written, self.fields) if self.fields else index.written
        self.generation = current.generation + 1
        self.segments = [ArraySegment(entry) for entry in current.segments]
        self.added = 0
        self.merge, self.optimize, self.mergetype = True, False, None  # what Whoosh's writers take from `with` blocks
        self.is_closed = False
        self._deletes = False
        self._discarded: set[int] = set()
        self._paths: list[Path] = []
        self._known: set[str] = set()
        self._batch: list[Row] = []
        self._size = 0
        self._pool = InverterPool(self.schema, encoder_of, options.jobs)
        self._segments = SegmentFlusher(options.memory, self._new_path)

    # reading and deleting what is committed

    def reader(self, **_options: object) -> Any:
        """Return a reader of what is committed, without what this writer has deleted."""
        return self._index.reader_of(self.segments, self.generation)

    def searcher(self, **options: Any) -> ArraySearcher:
        """Return a searcher of the same."""
        return ArraySearcher(self.reader(), **options)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete a committed document by its number in `reader()`."""
        self._check()
        self._deletes = True
        for segment in self.segments:
            if docnum < segment.doc_count_all():
                segment.delete_document(docnum, delete)
                return
            docnum -= segment.doc_count_all()
        raise writing.IndexingError(f"there is no document {docnum}")

    def delete_documents(self, numbers: Iterable[int]) -> None:
        """Delete committed documents by their numbers in `reader()`."""
        for number in numbers:
            self.delete_document(number)

    def discard(self, number: int) -> None:
        """Take back a document added by this writer."""
        self._discarded.add(number)

    # adding

    def add_reader(self, reader: Any) -> None:
        """Not possible: documents are added from their texts."""
        raise NotImplementedError("add the documents themselves")

    def add_document(self, **values: Any) -> None:
        """Add a document; see Whoosh. What is wrong with a value may be told by a later call or by `commit`."""
        self._check()
        for name, value in values.items():
            if name not in self._known:
                self._check_name(name)
            if isinstance(value, str):
                self._size += len(value)
        self._batch.append(values)
        self.added += 1
        if len(self._batch) >= _BATCH_DOCUMENTS or self._size >= _BATCH_CHARACTERS:
            self._end_batch()

    def _check_name(self, name: str) -> None:
        if not name.startswith("_") and name not in self.schema:
            raise fields.UnknownFieldError(f"No field named {name!r} in {self.schema}")
        self._known.add(name)

    def _end_batch(self) -> None:
        if self._batch:
            batch, self._batch, self._size = self._batch, [], 0
            for inverted in self._pool.invert(batch):
                self._segments.add(inverted)

    def _new_path(self) -> Path:
        path = segment_path(self._index.folder, f"{self.generation}r{len(self._paths) + 1}-{self._token}")
        self._paths.append(path)
        return path

    # ending

    def commit(self, mergetype: object = None, optimize: bool = False, merge: bool = True) -> None:
        """Make all changes visible at once; if there is none, this is no commit.

        Args:
            mergetype: `CLEAR`, to forget what was there before; Whoosh's other policies know other writers.
            optimize: Merge all segments into one.
            merge: Merge small segments that were there before.
        """
        optimize, merge = optimize or self.optimize, merge and self.merge
        if writing.CLEAR in {mergetype, self.mergetype}:
            self._deletes, self.segments = True, []
        self._check()
        try:
            if not (self.added or self._deletes or optimize or self._index.is_new):
                return
            self._end_batch()
            for inverted in self._pool.rest():
                self._segments.add(inverted)
            self._pool.close()  # their memory is free when the last segment is written
            written = self._segments.finish()
            self._publish(self._committed(written, self._apart(merge=merge, optimize=optimize)))
        except BaseException as error:
            self._remove_files()
            if isinstance(error, StorageError):  # it may be that others have removed what this one reads
                self._index.check_turn(self._lock, self.generation)
            raise
        finally:
            self._close()

    def _publish(self, segments: tuple[Entry, ...]) -> None:
        """Make segments the index, if nobody else has written it since this writer took the lock."""
        self._index.check_turn(self._lock, self.generation)
        self._index.commit(self.generation, segments)

    def _remove_files(self) -> None:
        """Remove what this writer has written, unless that is committed."""
        with suppress(OSError, StorageError):  # what stays is removed by the next commit
            if self._index.latest_generation() < self.generation:
                for path in self._paths:
                    path.unlink(missing_ok=True)

    def _apart(self, *, merge: bool, optimize: bool) -> int:
        """Return how many segments, from the first on, are not merged with what comes after them."""
        if optimize or not self.segments:
            return 0
        return unmerged([segment.doc_count() for segment in self.segments], self.added) if merge else len(self.segments)

    def _committed(self, written: list[SegmentWriter], apart: int) -> tuple[Entry, ...]:
        """Return the segments after the commit. Those in which too much is dead are written anew."""
        old = [segment.entry() for segment in self.segments]
        kept = (self._one([entry]) if _MOST_DEAD * entry.dead > entry.documents else [entry] for entry in old[:apart])
        new = [self._entry(each.path, each.documents, self._discards(each)) for each in written]
        return (*chain.from_iterable(kept), *self._one(old[apart:] + new))

    def _one(self, entries: list[Entry]) -> list[Entry]:
        """Return one segment for several, without what is deleted; none where nothing else is in them."""
        alive = sum(entry.alive for entry in entries)
        if not alive or (len(entries) == 1 and entries[0].deleted is None):
            return entries if alive else []
        path = self._new_path()
        kind = self._index.toc().kind
        merge([self._index.open_segment(entry, kind) for entry in entries], path, self._memory)
        return [self._entry(path, alive)]

    def _entry(self, path: Path, documents: int, deleted: Flags | None = None) -> Entry:
        return Entry(segment_name(path), documents, path.stat().st_size, seal(path), deleted)

    def _discards(self, written: SegmentWriter) -> Flags | None:
        """Return which documents of a segment this writer has taken back."""
        numbers = [number - written.first for number in self._discarded]
        numbers = [number for number in numbers if 0 <= number < written.documents]
        if not numbers:
            return None
        deleted = np.zeros(written.documents, bool)
        deleted[numbers] = True
        return deleted

    def cancel(self) -> None:
        """Forget all changes."""
        self._check()
        try:
            self._segments.close()
            self._remove_files()
        finally:
            self._close()

    def _close(self) -> None:
        self.is_closed = True
        try:
            self._pool.close()
            self._segments.close()
        finally:
            self._lock.release()

    def _check(self) -> None:
        if self.is_closed:
            raise writing.IndexingError("This writer is closed")
