"""How does a segment that is written get vectors? By a copy that has them, and takes its place in the next commit.

The copy is written while others write and search; its documents keep their numbers. So the lock is held for no longer
than a table of contents takes, and what was deleted meanwhile stays so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from searchkit.documents import Document, Span
from searchkit.engines.base import Meaning, Passage, VectorCounts, WriteOptions
from searchkit.engines.whoosh.format.sections import SectionWriter, seal, whole
from searchkit.engines.whoosh.format.signs import signs_of, write_signs
from searchkit.engines.whoosh.format.toc import INDEX, StoredMeaning, kind_of, segment_name, segment_path
from searchkit.engines.whoosh.format.types import Scores
from searchkit.engines.whoosh.format.vectors import (
    OF_SIGNS,
    SECTIONS,
    SIGNS,
    VectorWriter,
    about_vectors,
    are_pieces,
    nothing_of,
    sliced,
)
from searchkit.engines.whoosh.reading.commits import Commit, Segment
from searchkit.engines.whoosh.vectors import not_given, written
from searchkit.engines.whoosh.writing.lock import WriterLock
from searchkit.errors import ArgumentError, StorageError

if TYPE_CHECKING:
    from searchkit.engines.whoosh.index import ArrayIndex

_READ = 64
"""Documents that are read at once."""

_LARGE = 100_000
"""Passages of a segment that is worth signs: it is searched in half of the time, one of 36,000 in as long."""

PassagesOf: TypeAlias = Callable[[Document], Sequence[Passage] | None]


def enrich(index: ArrayIndex, part: str, meaning: Meaning, passages: PassagesOf) -> VectorCounts | None:
    """Give vectors to the documents of a segment; see `engines.base.Engine.enrich`.

    One at a time does so: of two, the later one takes the copy of the other away, and that one says None.
    """
    meant = written(meaning)
    commit, segment = _found(index, part)
    if segment is None:
        return None
    for left in index.folder.glob(f"{INDEX}-*.copy"):  # by a crash
        _remove(left)
    segment.kind = kind_of(meant)  # vectors of another kind are not taken along
    if commit.meaning == meant and not len(not_given(segment)):
        return VectorCounts()
    with _copy_of(index) as copy:
        with _copying(segment, copy, [*SECTIONS, *OF_SIGNS]) as out:
            given = _write(segment, VectorWriter(out, meant[1]), meant[1], passages)
            out.close(segment.file.about | about_vectors(segment.kind, meant[1]))
        nothing_new = not given.documents and commit.meaning == meant
        return given if nothing_new or _replaced(index, part, copy, meant) else None


def _found(index: ArrayIndex, part: str) -> tuple[Commit, Segment | None]:
    """Return the newest commit, and its segment of this name; None if it has none."""
    commit, segments = index.newest()
    named = zip(commit.segments, segments, strict=True)
    return commit, next((segment for entry, segment in named if entry.name == part), None)


@contextmanager
def _copy_of(index: ArrayIndex) -> Iterator[Path]:
    """Give the path of a copy, of which nothing is left afterwards where it has not taken another name."""
    copy = index.folder / f"{INDEX}-{os.urandom(4).hex()}.copy"
    try:
        yield copy
    finally:
        _remove(copy)


def _remove(path: Path) -> None:
    with suppress(OSError):  # another has, or it stays for the next time
        path.unlink()


@contextmanager
def _copying(segment: Segment, copy: Path, without: Iterable[str]) -> Iterator[SectionWriter]:
    """Give what writes a segment anew, after it was checked: damage must not be copied.

    Args:
        segment: The segment.
        copy: The file.
        without: The sections that are not taken along.
    """
    segment.file.verify()
    out = SectionWriter(copy)
    try:
        for name in segment.file.names - set(without):
            out.append(name, segment.file.unchecked(name))
            segment.file.let_go(name)
        yield out
    finally:
        out.abandon()


def approximate(index: ArrayIndex, part: str) -> bool:
    """Give signs to the vectors of a segment; see `engines.base.Engine.approximate`."""
    commit, segment = _found(index, part)
    if segment is None or segment.vectors is None or commit.meaning is None:
        return False
    if len(segment.vectors.numbers) < _LARGE or SIGNS in segment.file:
        return False
    with _copy_of(index) as copy:
        with _copying(segment, copy, ()) as out:
            write_signs(out, signs_of(segment.vectors))
            out.close(segment.file.about)
        return _replaced(index, part, copy, commit.meaning)


def _write(segment: Segment, writer: VectorWriter, dimensions: int, passages: PassagesOf) -> VectorCounts:
    """Write the vectors that the documents of a segment have, and those that they are given."""
    vectors = segment.vectors or nothing_of(segment.document_count, dimensions)
    given, done = VectorCounts(), 0
    missing = not_given(segment).tolist()
    for at in range(0, len(missing), _READ):
        some = missing[at : at + _READ]
        for number, values in zip(some, segment.stored(some), strict=True):
            with whole(segment.file.path, "a stored document does not fit"):
                document = Document.from_stored(values["document"])
            found = passages(document)
            if found is not None:
                writer.extend(sliced(vectors, done, number))
                size = writer.append(_rows(found), _spans(found, document.body))
                given, done = VectorCounts(*map(sum, zip(given, (1, len(found), size), strict=True))), number + 1
    writer.extend(sliced(vectors, done, segment.document_count))
    return given


def _rows(passages: Sequence[Passage]) -> Scores:
    try:
        return np.array([passage.vector for passage in passages], np.float32)
    except ValueError:
        raise ArgumentError("the vectors of a document have different lengths; give all as many numbers") from None


def _spans(passages: Sequence[Passage], body: str) -> list[Span]:
    spans = [(passage.begin, passage.end) for passage in passages]
    if not are_pieces(spans, len(body)):
        raise ArgumentError("passages lie beyond the text of their document; give pieces of it, in their order")
    return spans


def _replaced(index: ArrayIndex, part: str, copy: Path, meaning: StoredMeaning) -> bool:
    """Put the copy of a segment in its place, if that is still there and so is the copy."""
    lock = WriterLock(index.folder)
    lock.take(WriteOptions().wait)
    try:
        current = index.toc()
        segments = {entry.name: entry for entry in current.segments}
        path = segment_path(index.folder, f"{current.generation + 1}r0-{os.urandom(4).hex()}")
        if part not in segments:
            return False
        try:
            copy.rename(path)
        except FileNotFoundError:
            return False
        with _removed_unless_committed(index, path, current.generation):
            segments[part] = segments[part]._replace(name=segment_name(path), size=path.stat().st_size, seal=seal(path))
            index.check_turn(lock, current.generation + 1)
            index.commit(current.generation + 1, tuple(segments.values()), meaning)
    finally:
        lock.release()
    return True


@contextmanager
def _removed_unless_committed(index: ArrayIndex, path: Path, before: int) -> Iterator[None]:
    """Let no file of a commit that went wrong stay; after `before` it may be there for all that."""
    try:
        yield
    except BaseException:
        with suppress(StorageError):
            if index.latest_generation() <= before:
                _remove(path)
        raise
