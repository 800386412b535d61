"""How do documents get into the index? In chunks, each worked at once; chunks into runs, each a segment; one commit.

Chunks end at the same documents however many processes there are.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from searchkit.engines.base import WriteOptions
from searchkit.engines.whoosh.compat.codec import ArraySegment
from searchkit.engines.whoosh.format import toc
from searchkit.engines.whoosh.reading.segment import Segment
from searchkit.engines.whoosh.writing.batches import Row
from searchkit.engines.whoosh.writing.merging import merge, unmerged
from searchkit.engines.whoosh.writing.pool import Workers
from searchkit.engines.whoosh.writing.runs import Runs
from searchkit.engines.whoosh.writing.segment_writer import Run

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.fields import UnknownFieldError
    from whoosh.writing import IndexingError, IndexWriter

_CHUNK_DOCUMENTS = 1024
_CHUNK_CHARACTERS = 1 << 20


class ArrayWriter(IndexWriter):  # type: ignore[misc]
    """Whoosh's writer, for an `ArrayIndex`.

    Documents are numbered from 0 in the order added; `discard` takes one back by that number.
    """

    def __init__(self, index: Any, options: WriteOptions) -> None:
        self._index = index
        self._memory = options.memory
        self.schema = index.schema
        current = index.toc()
        self.generation = current.generation + 1
        self.segments = [ArraySegment(index.indexname, entry) for entry in current.segments]
        self.added = 0
        self.is_closed = False
        self._deletes = False
        self._discarded: set[int] = set()
        self._names = 0
        self._known: set[str] = set()
        self._chunk: list[Row] = []
        self._size = 0
        self._workers = Workers(self.schema, options.jobs)
        self._runs = Runs(options.memory, self._new_path)

    # reading and deleting what is committed

    def reader(self, **_options: object) -> Any:
        """Return a reader of what is committed, without what this writer has deleted."""
        return self._index.reader_of(self.schema, self.segments, self.generation)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete a committed document by its number in `reader()`."""
        self._check()
        self._deletes = True
        for segment in self.segments:
            if docnum < segment.doc_count_all():
                segment.delete_document(docnum, delete)
                return
            docnum -= segment.doc_count_all()
        raise IndexingError(f"there is no document {docnum}")

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
        self._chunk.append(values)
        self.added += 1
        if len(self._chunk) >= _CHUNK_DOCUMENTS or self._size >= _CHUNK_CHARACTERS:
            self._end_chunk()

    def _check_name(self, name: str) -> None:
        if not name.startswith("_") and name not in self.schema:
            raise UnknownFieldError(f"No field named {name!r} in {self.schema}")
        self._known.add(name)

    def _end_chunk(self) -> None:
        if self._chunk:
            chunk, self._chunk, self._size = self._chunk, [], 0
            for worked in self._workers.work(chunk):
                self._runs.add(worked)

    def _new_path(self) -> Path:
        self._names += 1
        return toc.segment_path(self._index.folder, self._index.indexname, f"{self.generation}r{self._names}")

    # ending

    def commit(self, mergetype: object = None, optimize: bool = False, merge: bool = True) -> None:  # noqa: ARG002
        """Make all changes visible at once; if there is none, this is no commit.

        Args:
            mergetype: Not used; Whoosh's own policies know other writers.
            optimize: Merge all segments into one.
            merge: Merge small segments that were there before.
        """
        self._check()
        try:
            if not (self.added or self._deletes or optimize or self._index.is_new):
                return
            self._end_chunk()
            for worked in self._workers.rest():
                self._runs.add(worked)
            self._workers.close()  # their memory is free when the last run is written
            runs = self._runs.finish()
            sizes = [segment.doc_count() for segment in self.segments]
            apart = 0 if optimize else unmerged(sizes, self.added) if merge else len(sizes)
            self._index.commit(self.generation, self._merged(apart, runs))
        finally:
            self._close()

    def _merged(self, apart: int, runs: list[Run]) -> tuple[toc.Entry, ...]:
        """Return the segments after the commit; `apart` of those before it stay as they are."""
        old = [segment.entry() for segment in self.segments]
        parts = [self._index.open_segment(entry) for entry in old[apart:]]
        parts += [Segment(run.path, self._deleted(run)) for run in runs]
        kept = tuple(entry for entry in old[:apart] if entry.alive)
        alive = sum(part.document_count - (0 if part.deleted is None else int(part.deleted.sum())) for part in parts)
        if not alive:
            return kept
        if len(parts) == 1 and parts[0].deleted is None:
            path, count = parts[0].file.path, parts[0].document_count
        else:
            path, count = self._new_path(), alive
            merge(parts, path, self._memory)
        name = path.stem.removeprefix(f"{self._index.indexname}-")
        return (*kept, toc.Entry(name, count, path.stat().st_size))

    def _deleted(self, run: Run) -> Any:
        numbers = [number - run.first for number in self._discarded if 0 <= number - run.first < run.documents]
        if not numbers:
            return None
        deleted = np.zeros(run.documents, bool)
        deleted[numbers] = True
        return deleted

    def cancel(self) -> None:
        """Forget all changes."""
        self._check()
        self._close()
        self._runs.abandon()

    def _close(self) -> None:
        self.is_closed = True
        try:
            self._workers.close()
            self._runs.close()
        finally:
            self._index.unlock()

    def _check(self) -> None:
        if self.is_closed:
            raise IndexingError("This writer is closed")
