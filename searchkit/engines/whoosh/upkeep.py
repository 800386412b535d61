"""Is an index whole, what of a damaged one can be saved, and how is one copied while others write it?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from operator import lt
from pathlib import Path

import numpy as np

from searchkit.documents import Document, Skip
from searchkit.engines.whoosh.format import toc
from searchkit.engines.whoosh.format.toc import Entry
from searchkit.engines.whoosh.format.types import Flags
from searchkit.engines.whoosh.reading.commits import Commits, Segment
from searchkit.engines.whoosh.reading.field import Field
from searchkit.engines.whoosh.schema import FIELDS
from searchkit.errors import IndexCorruptError, IndexNotFoundError, SearchKitError, StorageError

_WINDOW = 1 << 18
_RETRIES = 20


def problems(folder: Path) -> Iterator[Skip]:
    """Yield what is wrong with an index, the file and what it is; nothing where it is whole.

    All files are read: their checksums are compared, and what several places say of one thing.

    Raises:
        IndexNotFoundError: There is no index.
    """
    try:
        entries = Commits(folder, FIELDS).toc().segments
    except IndexNotFoundError:
        raise
    except StorageError as error:
        yield Skip(str(folder), str(error))
        return
    seen: set[str] = set()
    for entry in entries:
        path = toc.segment_path(folder, entry.name)
        try:
            segment = Segment(path, entry, verify=True)
            wrong = [*_misfits(segment), *_twice(segment, seen)]
        except StorageError as error:
            wrong = [str(error)]
        except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError) as error:
            wrong = [f"{type(error).__name__}: {error}"]  # damage that no check foresaw
        yield from (Skip(str(path), each) for each in wrong)


def _misfits(segment: Segment) -> Iterator[str]:
    """Yield where parts of a segment contradict one another."""
    count = segment.document_count
    for name, field in segment.fields.items():
        yield from (f"the field {name}: {wrong}" for wrong in _misfits_of(field, count))
    for name in segment.columns:
        column = segment.column(name)
        if column is None or len(column) != count:
            yield f"the column {name} has not {count} values"
    stored = 0
    for block, size in enumerate(segment.values.sizes()):
        lines = segment.values.lines(block)
        stored += len(lines)
        if len(lines) != size:
            yield f"block {block} of stored documents has {len(lines)} of {size}"
    if stored != count:
        yield f"{stored} documents are stored of {count}"


def _misfits_of(field: Field, count: int) -> Iterator[str]:
    if len(field.lengths) != count:
        yield f"it has not {count} lengths"
    first, before = 0, b""
    while first < field.count:
        last = field.reach(first, _WINDOW)
        postings = field.postings_of(first, last)
        terms = field.vocabulary.run(first, last)
        if not all(map(lt, [before, *terms], terms)):
            yield "its terms are out of order"
        before = terms[-1]
        gaps = np.diff(postings.documents.astype(np.int64))
        begins = postings.counts.cumsum()[:-1] - 1
        gaps[begins] = 1
        if (gaps <= 0).any() or postings.documents.max(initial=0) >= count:
            yield "documents of a term are out of order"
        first = last


def _twice(segment: Segment, seen: set[str]) -> Iterator[str]:
    """Yield ids that two living documents have, and documents that are stored under another."""
    ids = segment.column("id")
    numbers = [n for n in range(segment.document_count) if segment.deleted is None or not segment.deleted[n]]
    for number in numbers:
        id_ = bytes(ids[number]).decode() if ids is not None else ""
        document = segment.stored([number])[0]["document"]
        if document["id"] != id_:
            yield f"document {number} has the id {id_!r} in one place and {document['id']!r} in another"
        if id_ in seen:
            yield f"the id {id_!r} is there twice"
        seen.add(id_)


def fields_of(folder: Path) -> dict[str, str] | None:
    """Return the fields that an index was given, their kinds by name; None where that cannot be read."""
    try:
        return Commits(folder, FIELDS).toc().fields
    except StorageError:
        return None


def salvaged(folder: Path) -> Iterator[Document | Skip]:
    """Yield every document of an index that can be read, and a `Skip` for what cannot.

    Where the table of contents cannot be read, all segments that lie there are, and what was deleted may come back.

    Raises:
        IndexNotFoundError: There is nothing of an index.
    """
    for entry, path in _pieces(folder):
        if entry is None:
            yield Skip(str(path), "the table of contents is damaged: documents that were deleted may be back")
        try:
            segment = Segment(path)
            sizes = segment.values.sizes()
        except SearchKitError as error:
            documents = f"{entry.alive} documents" if entry else "its documents"
            yield Skip(str(path), f"{documents} are lost: {error}")
            continue
        first = 0
        for block, size in enumerate(sizes):
            yield from _salvaged_from(segment, block, first, entry.deleted if entry else None)
            first += size


def _pieces(folder: Path) -> Sequence[tuple[Entry | None, Path]]:
    try:
        entries = Commits(folder, FIELDS).toc().segments
        return [(entry, toc.segment_path(folder, entry.name)) for entry in entries]
    except IndexNotFoundError:
        files: list[Path] = []
    except StorageError:
        files = sorted(folder.glob(f"{toc.INDEX}-*.segment"))
    if not files:
        raise IndexNotFoundError(f"there is nothing of an index at {folder}; give its folder with --index")
    return [(None, path) for path in files]


def _salvaged_from(segment: Segment, block: int, first: int, deleted: Flags | None) -> Iterator[Document | Skip]:
    """Yield the documents of one block of stored values."""
    path = str(segment.file.path)
    numbers = range(first, first + segment.values.sizes()[block])
    try:
        segment.values.lines(block)
    except SearchKitError as error:
        yield Skip(path, f"documents {numbers[0] + 1} to {numbers[-1] + 1} are lost: {error}")
        return
    for number in numbers:
        if deleted is None or number >= len(deleted) or not deleted[number]:
            try:
                yield Document.from_stored(segment.stored([number])[0]["document"])
            except (SearchKitError, ArithmeticError, LookupError, TypeError, ValueError) as error:
                yield Skip(path, f"document {number + 1} is lost: {error}")


def copy_commit(folder: Path, target: Path) -> None:
    """Copy the newest commit of an index into a new folder, whole, while others may write.

    Segments never change, so they are hard links where the file system has them.

    Raises:
        StorageError: The target is there already, or the system does not let it be written.
        IndexNotFoundError, IndexCorruptError: See `Commits.toc`.
    """
    if target.exists():
        raise StorageError(f"{target} is there already; give a name that is not, so that nothing is written over")
    part = target.with_name(f"{target.name}.{os.urandom(4).hex()}.part")
    part.mkdir(parents=True)
    try:
        for tries in range(_RETRIES):
            try:
                _copy_files(folder, part)
                break
            except (FileNotFoundError, IndexCorruptError):  # a commit has just removed what was to be copied
                if tries == _RETRIES - 1:
                    raise
                shutil.rmtree(part)
                part.mkdir()
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _copy_files(folder: Path, target: Path) -> None:
    current = Commits(folder, FIELDS).toc()
    for entry in current.segments:
        source = toc.segment_path(folder, entry.name)
        try:
            os.link(source, target / source.name)  # a segment is never changed
        except FileNotFoundError:
            raise
        except OSError:
            with source.open("rb") as original, (target / source.name).open("wb") as copy:
                shutil.copyfileobj(original, copy)
                copy.flush()
                os.fsync(copy.fileno())
    toc.write(current, target)
