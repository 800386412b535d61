"""How do documents get into the index? Gathered in runs, each a segment, and merged when the batch is committed.

A chunk of documents is encoded at once, here or in another process; chunks end at the same documents however many
processes there are. A run that fills its memory is written and the next one begins.
"""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np

from searchkit.engines.whoosh import chunks, toc
from searchkit.engines.whoosh.chunks import Chunk, Worked, Worker
from searchkit.engines.whoosh.codec import ArraySegment
from searchkit.engines.whoosh.merging import merge
from searchkit.engines.whoosh.run import BYTES, Run
from searchkit.engines.whoosh.segment import Segment

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.fields import UnknownFieldError
    from whoosh.writing import IndexingError, IndexWriter

_CHUNK_DOCUMENTS = 512
_CHUNK_CHARACTERS = 1 << 20
_QUEUED = 8
_GROWTH = 2

Step = Callable[[Run], None]


@dataclass(frozen=True, slots=True)
class Writing:
    """How to write.

    Attributes:
        memory: Bytes that a run may take; several times a chunk.
        jobs: How many processes encode texts.
    """

    memory: int = 256 << 20
    jobs: int = 1


@dataclass(slots=True)
class _Pending:
    """A chunk, its result, perhaps under way elsewhere, and what is yet to be done for its documents one by one."""

    chunk: Chunk
    steps: list[Step] = field(default_factory=list)
    result: Future[Worked] = field(default_factory=Future)


class ArrayWriter(IndexWriter):  # type: ignore[misc]
    """Whoosh's writer, for an `ArrayIndex`.

    Documents are numbered from 0 in the order added; `discard` takes one back by that number. A field whose analyzer
    has `encoder()` is encoded in bulk; what any other field gives is asked of Whoosh, a document at a time.
    """

    def __init__(self, index: Any, writing: Writing) -> None:
        self._index = index
        self._writing = writing
        self.schema = index.schema
        current = index.toc()
        self.generation = current.generation + 1
        self.segments = [ArraySegment(index.indexname, entry) for entry in current.segments]
        self.added = 0
        self.is_closed = False
        self._discarded: set[int] = set()
        self._runs: list[Run] = []
        self._names = 0
        self._run: Run | None = None
        self._analyzers = {name: each.analyzer for name, each in self.schema.items() if _in_bulk(each)}
        self._worker = Worker(self._analyzers)
        self._pool: ProcessPoolExecutor | None = None
        self._queue: deque[_Pending] = deque()
        self._pending = self._new_pending()

    # reading and deleting what is committed

    def reader(self, **_options: object) -> Any:
        """Return a reader of what is committed, without what this writer has deleted."""
        return self._index.reader_of(self.schema, self.segments, self.generation)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete a committed document by its number in `reader()`."""
        self._check()
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
        """Add a document; see Whoosh."""
        self._check()
        names = sorted(name for name in values if not name.startswith("_"))
        for name in names:
            if name not in self.schema:
                raise UnknownFieldError(f"No field named {name!r} in {self.schema}")
        chunk, stored = self._pending.chunk, {}
        for texts in chunk.texts.values():
            texts.append("")
        for name in names:
            if values[name] is None:
                continue
            self._add_value(name, values)
            kept = values.get(f"_stored_{name}", values[name])
            if self.schema[name].stored:
                stored[name] = kept
            chunk.size += len(kept) if isinstance(kept, str) else 0
            self._add_to_column(name, kept)
        chunk.values.append(stored)
        self.added += 1
        if len(chunk.values) >= _CHUNK_DOCUMENTS or chunk.size >= _CHUNK_CHARACTERS:
            self._end_chunk()

    def _add_value(self, name: str, values: dict[str, Any]) -> None:
        kind, value = self.schema[name], values[name]
        if not kind.indexed:
            return
        boost = self._field_boost(values, name, self._doc_boost(values))
        texts = self._pending.chunk.texts.get(name)
        if texts is not None and isinstance(value, str) and boost == 1:
            texts[-1] = value
            return
        positions = kind.format.supports("positions")
        decode = kind.format.decoder("positions") if positions else None
        items = [
            (text, decode(packed) if decode else [0] * int(frequency), weight * boost)
            for text, frequency, weight, packed in kind.index(value)
        ]
        length = sum(len(places) for _, places, _ in items) if kind.scorable else 0
        self._pending.steps.append(partial(_add_items, name, self.added, items, (length, positions)))

    def _add_to_column(self, name: str, value: object) -> None:
        kind = self.schema[name]
        if kind.column_type:
            default = kind.column_type.default_value()
            self._pending.steps.append(partial(_add_to_column, name, self.added, kind.to_column_value(value), default))

    def _new_pending(self) -> _Pending:
        return _Pending(Chunk({name: [] for name in self._analyzers}))

    def _end_chunk(self) -> None:
        pending, self._pending = self._pending, self._new_pending()
        if pending.chunk.values:
            pending.result = self._worked(pending.chunk)
            pending.chunk = Chunk({})
            self._queue.append(pending)
        while self._queue and (self._queue[0].result.done() or len(self._queue) > _QUEUED):
            self._take(self._queue.popleft())

    def _worked(self, chunk: Chunk) -> Future[Worked]:
        """Give the chunk to another process if there is one with little to do, or else work it now."""
        others = self._writing.jobs - 1
        if others > 0 and sum(not each.result.done() for each in self._queue) < 2 * others:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(others, get_context("spawn"), chunks.start, (self._analyzers,))
            return self._pool.submit(chunks.work, chunk)
        result: Future[Worked] = Future()
        result.set_result(self._worker.work(chunk))
        return result

    def _take(self, pending: _Pending) -> None:
        if self._run is None:
            self._run = Run(self._new_path(), self.added_before())
        for step in pending.steps:
            step(self._run)
        self._run.add_chunk(pending.result.result())
        if self._run.occurrences * BYTES >= self._writing.memory:
            self._end_run()

    def added_before(self) -> int:
        """Return how many documents are in runs that have ended."""
        return sum(run.documents for run in self._runs)

    def _end_run(self) -> None:
        if self._run is not None:
            self._run.write()
            self._runs.append(self._run)
            self._run = None

    def _new_path(self) -> Any:
        self._names += 1
        return toc.segment_path(self._index.folder, self._index.indexname, f"{self.generation}r{self._names}")

    # ending

    def commit(self, mergetype: object = None, optimize: bool = False, merge: bool = True) -> None:  # noqa: ARG002
        """Make all changes visible at once.

        Args:
            mergetype: Not used; Whoosh's own policies know other writers.
            optimize: Merge all segments into one.
            merge: Merge small segments that were there before.
        """
        self._check()
        try:
            self._end_chunk()
            while self._queue:
                self._take(self._queue.popleft())
            self._end_run()
            segments = self._merged(_kept_apart(self.segments, self.added, optimize=optimize, merging=merge))
            self._index.commit(self.generation, segments)
        finally:
            self._close()

    def _merged(self, apart: int) -> tuple[toc.Entry, ...]:
        """Return the segments after the commit; `apart` of those before it stay as they are."""
        old = [segment.entry() for segment in self.segments]
        parts = [self._index.open_segment(entry) for entry in old[apart:]]
        parts += [Segment(run.path, self._deleted(run)) for run in self._runs]
        kept = tuple(entry for entry in old[:apart] if entry.alive)
        alive = sum(part.document_count - (0 if part.deleted is None else int(part.deleted.sum())) for part in parts)
        if not alive:
            return kept
        if len(parts) == 1 and parts[0].deleted is None:
            path, count = parts[0].file.path, parts[0].document_count
        else:
            path, count = self._new_path(), alive
            merge(parts, path, self._writing.memory // (4 * BYTES))
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
        for run in self._runs:
            run.abandon()

    def _close(self) -> None:
        self.is_closed = True
        try:
            if self._run is not None:
                self._run.abandon()
            if self._pool is not None:
                self._pool.shutdown(cancel_futures=True)
        finally:
            self._index.unlock()

    def _check(self) -> None:
        if self.is_closed:
            raise IndexingError("This writer is closed")


def _in_bulk(kind: Any) -> bool:
    encoder = getattr(getattr(kind, "analyzer", None), "encoder", None)
    return bool(kind.indexed and encoder and kind.format.supports("positions") and encoder() is not None)


def _kept_apart(segments: list[ArraySegment], added: int, *, optimize: bool, merging: bool) -> int:
    """Return how many segments, from the first on, stay as they are.

    The last ones are merged while they have no more than so many times the documents that come after them. So a
    document is merged a number of times that grows with the logarithm of how many there are.
    """
    if optimize:
        return 0
    apart = len(segments)
    size = added
    while merging and apart and added and segments[apart - 1].doc_count() <= _GROWTH * size:
        apart -= 1
        size += segments[apart].doc_count()
    return apart


def _add_items(
    name: str, document: int, items: Iterable[tuple[bytes, list[int], float]], about: tuple[int, bool], run: Run
) -> None:
    length, positions = about
    run.add_items(name, document, items, length)
    if not positions:
        run.without_positions(name)


def _add_to_column(name: str, document: int, value: object, default: object, run: Run) -> None:
    run.add_value(name, document, value, default)
