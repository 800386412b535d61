"""Which documents are in the rows of a sheet? Each row is one; the first that holds something names the columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from searchkit.documents import Document, Json, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.files import too_large
from searchkit.loading.office.parts import Events, Parts
from searchkit.loading.rows.records import MAX_COLUMNS, to_document
from searchkit.loading.unpacking import RATIO

LARGEST_TEXT_NODE = 10_000_000
"""Characters that may come at once."""

MOST_BETWEEN_ROWS = 1_000_000
"""Elements from one row that holds something to the next."""


_Row = TypeVar("_Row")


class RowEvents(Events, Generic[_Row]):
    """The rows of sheets, taken out as they come.

    Attributes:
        rows: Those that came since.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[_Row] = []


def rows_of(parts: Parts, member: str, events: RowEvents[_Row]) -> Iterator[_Row]:
    """Yield each row that holds something, of a member that need not be there."""
    most = max(parts.options.max_bytes, RATIO * parts.members[member].compress_size) if member in parts.members else 0
    for _ in parts.parsed(parts.chunks(member, most), events, most_elements=MOST_BETWEEN_ROWS):
        rows, events.rows = events.rows, []
        if rows:
            events.elements = 0
        yield from rows


class SheetRow(NamedTuple):
    """A row that holds something: its number, from 1, and its values by the place of their column, from 0."""

    number: int
    values: dict[int, Json]


def documents(rows: Iterable[SheetRow], name: str, parts: Parts) -> Iterator[Document | Skip]:
    """Yield the documents of a sheet, as its rows come.

    Raises:
        LoadError: It is damaged, or has no column with the text.
    """
    columns: dict[int, str] = {}
    for number, row in rows:
        if not columns:
            columns = {place: str(value).strip() for place, value in row.items()}
            continue
        try:
            _check(row, name, parts)
            record = {columns.get(place) or f"column {place + 1}": value for place, value in row.items()}
            yield to_document({**dict.fromkeys(columns.values(), ""), **record}, number, name, parts.options)
        except LoadError as error:
            if error.reason.startswith(("unpacks", "no column")):  # which each row after it would say again
                raise
            yield Skip(name, f"line {number}: {error.reason}")
        except DocumentError as error:
            yield Skip(name, f"line {number}: {error}")


def _check(row: dict[int, Json], name: str, parts: Parts) -> None:
    """Count the texts of a row as unpacked: cells may share one, so that a small file gives a large text many times."""
    if max(row) >= MAX_COLUMNS:
        raise LoadError(name, f"more than {MAX_COLUMNS:,} columns")
    size = sum(len(value) for value in row.values() if isinstance(value, str))
    parts.budget.spend(size, parts.name)
    if size > parts.options.max_bytes:
        raise LoadError(name, too_large(parts.options))
