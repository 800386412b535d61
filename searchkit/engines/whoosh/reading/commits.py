"""What is committed in a folder? The newest table of contents and its segments, opened once: all that is searched."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from threading import Lock
from typing import Any

from searchkit.engines.whoosh.format import toc
from searchkit.engines.whoosh.format.toc import Entry, Toc
from searchkit.engines.whoosh.reading.segment import Segment
from searchkit.errors import IndexCorruptError, IndexNotFoundError, IndexVersionError

_RETRIES = 20


class Commits:
    """The commits of an index in a folder. Safe to share between threads.

    Args:
        folder: Where it is.
        fields: What its table of contents must say of its fields, see `schema`.
        name: The index's name, for several in a folder.
        verify: Read all files and compare their checksums when they are opened.
        instead: Taken for the newest commit until there is one by this object; what lies in the folder is not read.

    Raises:
        IndexNotFoundError: There is none.
        IndexCorruptError: A file is damaged.
        IndexVersionError: It has a newer format, or other fields.
    """

    def __init__(
        self,
        folder: Path,
        fields: dict[str, Any],
        name: str = "MAIN",
        *,
        verify: bool = False,
        instead: Toc | None = None,
    ) -> None:
        self.folder = folder
        self.indexname = name
        self._verify = verify
        self._instead = instead
        self._open: dict[str, Segment] = {}
        self._guard = Lock()
        if self.toc().schema != fields:
            raise IndexVersionError(f"the index at {folder} has other fields; make it anew: searchkit index --rebuild")

    @staticmethod
    def exists(folder: Path, name: str = "MAIN") -> bool:
        """Tell whether there is an index, damaged or not."""
        return folder.is_dir() and bool(toc.generations(folder, name))

    def toc(self) -> Toc:
        """Return the table of contents of the newest commit."""
        if self._instead is not None:
            return self._instead
        for _ in range(_RETRIES):
            if not self.exists(self.folder, self.indexname):
                break
            try:
                return toc.read(self.folder, self.indexname, self.latest_generation())
            except FileNotFoundError:
                continue  # another commit has just replaced it
        raise IndexNotFoundError(f"there is no index at {self.folder}; make one with: searchkit index PATH")

    def latest_generation(self) -> int:
        """Return how many commits there were."""
        return max(toc.generations(self.folder, self.indexname), default=-1)

    def is_latest(self, generation: int | None) -> bool:
        """Tell whether no commit followed this one, by two names of files and no list of the folder.

        The table of the next commit is there, or a later commit has removed this one's: see `toc.clean`.
        """
        if generation is None or self._instead is not None:
            return False
        paths = [f"{self.folder}/{self.indexname}-{each}.json" for each in (generation, generation + 1)]
        return os.access(paths[0], os.F_OK) and not os.access(paths[1], os.F_OK)

    def open_segment(self, entry: Entry) -> Segment:
        """Open a segment, once for all commits that have it."""
        with self._guard:
            segment = self._open.get(entry.name)
            if segment is None:
                path = toc.segment_path(self.folder, self.indexname, entry.name)
                segment = self._open[entry.name] = Segment(path, verify=self._verify)
        current = copy.copy(segment)
        current.deleted = entry.deleted
        return current

    def newest(self) -> tuple[Toc, list[Segment]]:
        """Return the table of contents of the newest commit, and its segments, opened."""
        tries = _RETRIES
        while True:
            current = self.toc()
            try:
                segments = [self.open_segment(entry) for entry in current.segments]
            except IndexCorruptError:
                tries -= 1
                if not tries or self.latest_generation() == current.generation:
                    raise
                continue  # another commit has just removed the file
            with self._guard:
                names = {entry.name for entry in current.segments}
                self._open = {name: segment for name, segment in self._open.items() if name in names}
            return current, segments
