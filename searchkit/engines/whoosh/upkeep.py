"""Is an index whole, what of a damaged one can be saved, and how is one copied while others write it?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, repeat
from pathlib import Path

import numpy as np

from searchkit.documents import Document, Skip
from searchkit.engines.whoosh.format import toc
from searchkit.engines.whoosh.format.toc import Entry
from searchkit.engines.whoosh.format.types import Flags
from searchkit.engines.whoosh.format.vectors import FULL, are_pieces
from searchkit.engines.whoosh.reading.commits import Commits, Segment
from searchkit.engines.whoosh.schema import FIELDS
from searchkit.errors import IndexCorruptError, IndexNotFoundError, SearchKitError, StorageError

_RETRIES = 20
_UNIT = 1e-6
"""How far from 1 the length of a vector is where rounding is to blame."""


def problems(folder: Path) -> Iterator[Skip]:
    """Yield what is wrong with an index, the file and what it is; nothing where it is whole.

    All files are read: their checksums are compared, and what several places say of one thing.

    Raises:
        IndexNotFoundError: There is no index.
    """
    try:
        current = Commits(folder, FIELDS).toc()
    except IndexNotFoundError:
        raise
    except StorageError as error:
        yield Skip(str(folder), str(error))
        return
    seen: set[str] = set()
    for entry in current.segments:
        path = toc.segment_path(folder, entry.name)
        try:
            segment = Segment(path, entry, verify=True)
            segment.kind = current.kind
        except StorageError as error:
            yield Skip(str(path), str(error))
            continue
        for looks in (_misfits_of_fields, _misfits_of_ids, partial(_misfits_of_documents, seen), _misfits_of_vectors):
            try:
                wrong = [*looks(segment)]
            except SearchKitError as error:
                wrong = [str(error)]
            except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError) as error:
                wrong = [f"{type(error).__name__}: {error}"]  # damage that no check foresaw
            yield from (Skip(str(path), each) for each in wrong)


def _misfits_of_fields(segment: Segment) -> Iterator[str]:
    """Yield which fields have postings that do not fit their terms or the lengths of documents."""
    for name, field in segment.fields.items():
        if not field.is_filled() or not field.vocabulary.is_indexed():
            yield f"the field {name}: its terms are not all found"
        if not field.is_occupied():
            yield f"the field {name}: words do not stand where the lengths of documents say"
        placed = FIELDS.get(name, {}).get("format") == "Positions"
        without = field.count > 0 and placed != field.has_positions
        if without or field.has_weights or (field.total_length and not field.has_positions):
            yield f"the field {name}: it is kept in another way than it is written"


def _misfits_of_ids(segment: Segment) -> Iterator[str]:
    """Yield whether the field of ids, by which documents are found, has others than the column of ids."""
    ids, field = segment.column("id"), segment.field("id")
    found: dict[int, bytes] = {}
    for terms, postings in field.windows() if field is not None else ():
        found |= zip(postings.documents.tolist(), chain.from_iterable(map(repeat, terms, postings.counts)), strict=True)
    if ids is None or [found.get(number) for number in range(segment.document_count)] != [*ids]:
        yield "the field id: documents have other ids in the column id"


def _misfits_of_documents(seen: set[str], segment: Segment) -> Iterator[str]:
    """Yield which living documents have an id that another has, or are stored otherwise than columns say."""
    for block in range(len(segment.values.sizes())):
        segment.values.lines(block)
    columns = [segment.column(name) for name in ("id", "digest", "source")]
    for number in range(segment.document_count):
        if segment.deleted is not None and segment.deleted[number]:
            continue
        document = Document.from_stored(segment.stored([number])[0]["document"])
        source = document.fields.get("source")
        kept = document.id, document.digest(), source if isinstance(source, str) else ""
        if [each.encode() for each in kept] != [b"" if column is None else column[number] for column in columns]:
            yield f"document {number + 1}, {document.id!r}, is stored with another id, source or text than it was added"
        if document.id in seen:
            yield f"the id {document.id!r} is there twice"
        seen.add(document.id)


def _misfits_of_vectors(segment: Segment) -> Iterator[str]:
    """Yield which documents have vectors that nobody can have given them; those of another kind are not looked at."""
    vectors = segment.vectors
    if vectors is None:
        return
    if (vectors.given.view(np.uint8) > 1).any():
        yield "vectors were neither given nor not given"
    for number in np.flatnonzero(np.diff(vectors.starts)).tolist():
        passages = slice(*vectors.starts[number : number + 2].tolist())
        numbers, spans = vectors.numbers[passages].astype(np.float64), vectors.spans[passages].tolist()
        if not vectors.given[number]:
            yield f"document {number + 1} has vectors and was given none"
        lengths = np.linalg.norm(numbers, axis=1) * vectors.scales[passages]
        if (abs(lengths - 1) > _UNIT).any() or (np.abs(numbers).max(axis=1) != FULL).any():
            yield f"document {number + 1} has vectors that are not of length 1"
        body = Document.from_stored(segment.stored([number])[0]["document"]).body
        if not are_pieces(spans, len(body)):
            yield f"document {number + 1} has vectors of passages that its text does not have in this order"


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
