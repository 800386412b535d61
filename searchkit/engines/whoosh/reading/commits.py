"""What is committed in a folder? The newest table of contents and its segments, opened once: all that is searched."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, TypeAlias

from searchkit.engines.whoosh.format import toc
from searchkit.engines.whoosh.format.columns import Kept, column_fits, read_column
from searchkit.engines.whoosh.format.sections import SectionFile, damaged, readable, whole
from searchkit.engines.whoosh.format.signs import Signs, read_signs
from searchkit.engines.whoosh.format.stored import Stored
from searchkit.engines.whoosh.format.toc import Entry, StoredMeaning, Toc
from searchkit.engines.whoosh.format.vectors import (
    OF_SIGNS,
    SECTIONS,
    SIGNS,
    Vectors,
    read_vectors,
    signs_fit,
    vectors_fit,
)
from searchkit.engines.whoosh.reading.field import Field
from searchkit.errors import AnalysisMismatchError, IndexCorruptError, IndexNotFoundError, IndexVersionError

_RETRIES = 20
_MISFIT = "its directory does not fit"

Identity: TypeAlias = tuple[int, int, int, int]
"""What tells a file from another of the same name: device, inode, time of its last change, size."""


class Segment:
    """One segment. Safe to share between threads.

    Args:
        path: Its file.
        entry: What the table of contents says of it; None for a file that no table has.
        verify: Read all of the file and compare its checksums.

    Raises:
        IndexCorruptError: The file is missing or damaged, or another one than the table of contents means.
        IndexVersionError: The file has another format.
        StorageError: The system does not let it be read.
    """

    def __init__(self, path: Path, entry: Entry | None = None, *, verify: bool = False) -> None:
        self.file = SectionFile(path, verify=verify)
        self.deleted = None if entry is None else entry.deleted
        self.kind = ""  # of the vectors that its index has
        self._columns: dict[str, Kept] = {}
        self._read: dict[str, Any] = {}  # vectors and their signs
        self.remembered: dict[Any, Any] = {}  # what conditions have found in it, see `searching.filters`
        if entry is not None:
            self.check(entry)
        about = self.file.about
        with whole(path, _MISFIT):
            self.document_count: int = about["documents"] if entry is None else entry.documents
            self.fields = {name: Field(self.file, name, self.document_count) for name in about["fields"]}
            self.columns: dict[str, tuple[str, Any]] = {
                name: (kind, value) for name, (kind, value) in about["columns"].items()
            }
            self.values = Stored(self.file)
            if about["documents"] != self.document_count or not self._fits():
                raise self.file.corrupt(_MISFIT)

    def check(self, entry: Entry) -> None:
        """Make sure that this is the file that a table of contents means.

        Raises:
            IndexCorruptError: It is not.
        """
        if self.file.seal != entry.seal:
            raise self.file.corrupt("it does not belong to this table of contents")

    def _fits(self) -> bool:
        """Tell whether fields, columns and stored values are of as many documents as there are, and nothing else."""
        known = {"stored", "stored_starts", "stored_documents"}
        known.update(*(field.sections for field in self.fields.values()))
        known.update(*((f"column/{name}", f"column/{name}_starts") for name in self.columns))
        known.update(SECTIONS, OF_SIGNS)
        columns = (column_fits(self.file, name, *each, self.document_count) for name, each in self.columns.items())
        return (
            self.file.names <= known
            and self.values.fits(self.document_count)
            and vectors_fit(self.file, self.document_count)
            and signs_fit(self.file)
            and all(field.fits() for field in self.fields.values())
            and all(columns)
        )

    def field(self, name: str) -> Field | None:
        """Return an indexed field, or None if no document has it."""
        field = self.fields.get(name)
        return field if field is not None and field.count else None

    def column(self, name: str) -> Kept | None:
        """Return a value for each document, or None if the column is not kept."""
        if name not in self.columns:
            return None
        if name not in self._columns:
            self._columns[name] = read_column(self.file, name, self.columns[name][0])
        return self._columns[name]

    @property
    def vectors(self) -> Vectors | None:
        """The vectors of its passages, those of the kind that its index has; None where there are none.

        Raises:
            IndexCorruptError: They are damaged.
        """
        if not self.kind or self.file.about.get("vectors", {}).get("kind") != self.kind:
            return None
        if "vectors" not in self._read:
            with whole(self.file.path, "vectors do not fit"):
                self._read["vectors"] = read_vectors(self.file, self.document_count)
        found: Vectors = self._read["vectors"]
        return found

    @property
    def signs(self) -> Signs | None:
        """The signs of these vectors; None where there are none, as in most segments.

        Raises:
            IndexCorruptError: They are damaged.
        """
        vectors = self.vectors
        if vectors is None or SIGNS not in self.file:
            return None
        if SIGNS not in self._read:
            self._read[SIGNS] = read_signs(self.file, len(vectors.numbers))
        found: Signs = self._read[SIGNS]
        return found

    def stored(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Return what is stored of documents, in the order asked."""
        return self.values.get(numbers)


class Commit(NamedTuple):
    """Which commit of which index it is: its generation, the file of its table, and what that says."""

    generation: int
    table: Identity | None
    segments: tuple[Entry, ...]
    fields: dict[str, str]
    meaning: StoredMeaning | None = None


class Commits:
    """The commits of an index in a folder. Safe to share between threads.

    Nothing is taken for known by its name: a folder may be removed, made anew or restored behind this object, and then
    what lies there now is the index.

    Args:
        folder: Where it is.
        fields: What its table of contents must say of its fields, see `schema`.
        analysis: The name and fingerprint of the analyzer that must have made it; None takes any.
        verify: Read all files and compare their checksums when they are opened.
        instead: Taken for the newest commit until there is one by this object; what lies in the folder is not read.

    Raises:
        IndexNotFoundError, IndexCorruptError, IndexVersionError, AnalysisMismatchError: See `toc`.
    """

    def __init__(
        self,
        folder: Path,
        fields: dict[str, Any],
        analysis: tuple[str, str] | None = None,
        *,
        verify: bool = False,
        instead: Toc | None = None,
    ) -> None:
        self.folder = folder
        self.analysis = analysis
        self._fields = fields
        self._verify = verify
        self._instead = instead
        self._open: dict[str, tuple[Identity, Segment]] = {}
        self._guard = Lock()
        self.toc()

    @staticmethod
    def exists(folder: Path) -> bool:
        """Tell whether there is an index, damaged or not."""
        return bool(_generations(folder))

    def toc(self) -> Toc:
        """Return the table of contents of the newest commit.

        Raises:
            IndexNotFoundError: There is none.
            IndexCorruptError: A file is damaged.
            IndexVersionError: It has a newer format, or other fields.
            AnalysisMismatchError: It was made by another analyzer.
        """
        return self._newest_table()[1]

    def _newest_table(self) -> tuple[Identity | None, Toc]:
        if self._instead is not None:
            return None, self._instead
        for _ in range(_RETRIES):
            found = _generations(self.folder)
            if not found:
                break
            path = toc.table_path(self.folder, found[-1])
            try:
                with readable(Path(path)):
                    table = _identity(path)
                return table, self._checked(toc.read(self.folder, found[-1]))
            except FileNotFoundError:
                continue  # another commit has just replaced it
        raise IndexNotFoundError(f"there is no index at {self.folder}; make one with: searchkit index PATH")

    def _checked(self, current: Toc) -> Toc:
        if self.analysis not in {None, current.analysis}:
            raise AnalysisMismatchError(
                f"the index at {self.folder} was made by another analysis of Persian; "
                f"make it anew with: searchkit index PATH --rebuild --index {self.folder}"
            )
        if current.schema != self._fields:
            raise IndexVersionError(
                f"the index at {self.folder} has other fields; make it anew: searchkit index --rebuild"
            )
        return current

    def latest_generation(self) -> int:
        """Return how many commits there were."""
        return max(toc.generations(self.folder), default=-1)

    def is_latest(self, commit: Commit) -> bool:
        """Tell whether this is the commit that lies in the folder, by two names of files and no list of the folder.

        Its table is the same file and the table of the next commit is not there: a later commit would have removed
        this one's, see `toc.clean`.
        """
        if commit.table is None or self._instead is not None:
            return False
        try:
            same = _identity(toc.table_path(self.folder, commit.generation)) == commit.table
        except OSError:
            return False
        return same and not os.access(toc.table_path(self.folder, commit.generation + 1), os.F_OK)

    def open_segment(self, entry: Entry, kind: str = "") -> Segment:
        """Open a segment, once for all commits that have it, with the vectors of this kind."""
        path = toc.segment_path(self.folder, entry.name)
        with self._guard:
            try:
                with readable(path):
                    identity = _identity(path)
            except FileNotFoundError:
                raise damaged(path, "it is missing") from None
            before, segment = self._open.get(entry.name, (None, None))
            if segment is None or before != identity:
                segment = Segment(path, entry, verify=self._verify)
                self._open[entry.name] = identity, segment
            segment.check(entry)
        current = copy.copy(segment)
        current.deleted, current.kind = entry.deleted, kind
        return current

    def newest(self) -> tuple[Commit, list[Segment]]:
        """Return the newest commit, and its segments, opened."""
        tries = _RETRIES
        while True:
            table, current = self._newest_table()
            try:
                segments = [self.open_segment(entry, current.kind) for entry in current.segments]
            except IndexCorruptError:
                tries -= 1
                if not tries or self.latest_generation() == current.generation:
                    raise
                continue  # another commit has just removed the file
            with self._guard:
                names = {entry.name for entry in current.segments}
                self._open = {name: opened for name, opened in self._open.items() if name in names}
            return Commit(current.generation, table, current.segments, current.fields, current.meaning), segments

    def close(self) -> None:
        """Let go of files; they stay mapped as long as someone reads them."""
        with self._guard:
            self._open = {}


def _generations(folder: Path) -> list[int]:
    """Return the generations whose tables are there, ascending; none where there is no folder."""
    try:
        with readable(folder):
            return toc.generations(folder) if folder.is_dir() else []
    except FileNotFoundError:
        return []  # it has just gone


def _identity(path: Path | str) -> Identity:
    status = os.stat(path)  # noqa: PTH116 (asked before every search: a path object takes longer to make)
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
