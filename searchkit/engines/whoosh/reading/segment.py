"""What is one segment of the index? A file of sections; this is how to open it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from searchkit.engines.whoosh.format.columns import Kept, read_column
from searchkit.engines.whoosh.format.sections import SectionFile
from searchkit.engines.whoosh.format.stored import Stored
from searchkit.engines.whoosh.format.types import Flags
from searchkit.engines.whoosh.reading.field import Field


class Segment:
    """One segment. Safe to share between threads.

    Args:
        path: Its file.
        deleted: True for each document that is deleted; None if there is none.
        verify: Read all of the file and compare its checksums.

    Raises:
        IndexCorruptError: The file is missing or damaged.
        IndexVersionError: The file has a newer format.
    """

    def __init__(self, path: Path, deleted: Flags | None = None, *, verify: bool = False) -> None:
        self.file = SectionFile(path, verify=verify)
        self.deleted = deleted
        self.document_count = int(self.file.about["documents"])
        if deleted is not None and len(deleted) != self.document_count:
            raise self.file.corrupt("it does not belong to this table of contents")
        self.fields = {name: Field(self.file, name, self.document_count) for name in self.file.about["fields"]}
        self.columns: dict[str, tuple[str, Any]] = self.file.about["columns"]
        self.values = Stored(self.file)
        self._columns: dict[str, Kept] = {}

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

    def stored(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Return what is stored of documents, in the order asked."""
        return self.values.get(numbers)
