"""How does a segment that is written get vectors? By a copy that has them, and takes its place in the next commit.

The copy is written while others write and search; its documents keep their numbers. So the lock is held for no longer
than a table of contents takes, and what was deleted meanwhile stays so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from searchkit.documents import Document
from searchkit.engines.base import Meaning, Passage, VectorCounts, WriteOptions
from searchkit.engines.whoosh.format.sections import SectionWriter, seal
from searchkit.engines.whoosh.format.signs import signs_of, write_signs
from searchkit.engines.whoosh.format.toc import INDEX, Entry, kind_of, segment_name, segment_path
from searchkit.engines.whoosh.format.types import Scores
from searchkit.engines.whoosh.format.vectors import (
    OF_SIGNS,
    SECTIONS,
    SIGNS,
    Vectors,
    VectorWriter,
    about_vectors,
    nothing_of,
    sliced,
)
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.vectors import not_given, read_meaning, written
from searchkit.engines.whoosh.writing.lock import WriterLock

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
    commit, segments = index.newest()
    names = [entry.name for entry in commit.segments]
    if part not in names:
        return None
    for left in index.folder.glob(f"{INDEX}-*.copy"):  # by a crash
        left.unlink(missing_ok=True)
    copy = index.folder / f"{INDEX}-{os.urandom(4).hex()}.copy"
    segment = segments[names.index(part)]
    segment.kind = kind_of(written(meaning))  # vectors of another kind are not taken along
    try:
        given = _copied(segment, copy, meaning, passages)
        return given if _replaced(index, part, copy, meaning) else None
    finally:
        with suppress(OSError):
            copy.unlink(missing_ok=True)


def _copied(segment: Segment, copy: Path, meaning: Meaning, passages: PassagesOf) -> VectorCounts:
    """Write a segment anew with more vectors, after it was checked: damage must not be copied."""
    segment.file.verify()
    out = SectionWriter(copy)
    try:
        for name in segment.file.names - {*SECTIONS, *OF_SIGNS}:
            out.append(name, segment.file.unchecked(name))
            segment.file.let_go(name)
        writer = VectorWriter(out, meaning.dimensions)
        counts = _write(segment, writer, meaning.dimensions, passages)
        out.close(segment.file.about | about_vectors(segment.kind, meaning.dimensions))
    finally:
        out.abandon()
    return counts


def approximate(index: ArrayIndex, part: str) -> bool:
    """Give signs to the vectors of a segment; see `engines.base.Engine.approximate`."""
    commit, segments = index.newest()
    segment = next((each for each, entry in zip(segments, commit.segments, strict=True) if entry.name == part), None)
    if segment is None or segment.vectors is None or commit.meaning is None:
        return False
    if len(segment.vectors.numbers) < _LARGE or SIGNS in segment.file:
        return False
    copy = index.folder / f"{INDEX}-{os.urandom(4).hex()}.copy"
    try:
        _copied_with_signs(segment, segment.vectors, copy)
        return _replaced(index, part, copy, read_meaning(commit.meaning))
    finally:
        with suppress(OSError):
            copy.unlink(missing_ok=True)


def _copied_with_signs(segment: Segment, vectors: Vectors, copy: Path) -> None:
    segment.file.verify()
    out = SectionWriter(copy)
    try:
        for name in segment.file.names:
            out.append(name, segment.file.unchecked(name))
            segment.file.let_go(name)
        write_signs(out, signs_of(vectors))
        out.close(segment.file.about)
    finally:
        out.abandon()


def _write(segment: Segment, writer: VectorWriter, dimensions: int, passages: PassagesOf) -> VectorCounts:
    """Write the vectors that the documents of a segment have, and those that they are given."""
    vectors = segment.vectors or nothing_of(segment.document_count, dimensions)
    given, done = VectorCounts(), 0
    missing = not_given(segment).tolist()
    for at in range(0, len(missing), _READ):
        some = missing[at : at + _READ]
        for number, values in zip(some, segment.stored(some), strict=True):
            found = passages(Document.from_stored(values["document"]))
            if found is not None:
                writer.extend(sliced(vectors, done, number))
                size = writer.append(_rows(found), [(each.begin, each.end) for each in found])
                given, done = VectorCounts(*map(sum, zip(given, (1, len(found), size), strict=True))), number + 1
    writer.extend(sliced(vectors, done, segment.document_count))
    return given


def _rows(passages: Sequence[Passage]) -> Scores:
    return np.array([passage.vector for passage in passages], np.float32)


def _replaced(index: ArrayIndex, part: str, copy: Path, meaning: Meaning) -> bool:
    """Put the copy of a segment in its place, if that is still there and so is the copy."""
    lock = WriterLock(index.folder)
    lock.take(WriteOptions().wait)
    try:
        current = index.toc()
        at = next((at for at, entry in enumerate(current.segments) if entry.name == part), None)
        if at is None or not copy.exists():
            return False
        generation = index.latest_generation() + 1
        path = segment_path(index.folder, f"{generation}r0-{os.urandom(4).hex()}")
        copy.rename(path)
        before = current.segments[at]
        entry = Entry(segment_name(path), before.documents, path.stat().st_size, seal(path), before.deleted)
        index.commit(generation, (*current.segments[:at], entry, *current.segments[at + 1 :]), written(meaning))
    finally:
        lock.release()
    return True
