"""Which documents are in a database of SQLite? Each row of a table, columns by name as in CSV.

A copy is opened, for reading only. Only columns that are stored are asked for, of tables that are stored: no view, no
virtual table and no expression of the file is worked out, and no extension can be loaded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from searchkit.documents import Document, Json, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.options import LoadOptions
from searchkit.loading.rows.records import listed, readable, to_document
from searchkit.loading.rows.table import check_columns

LARGEST_DATABASE = 1 << 30  # bytes
_SIGNATURE = b"SQLite format 3\0"
_CHUNK = 1 << 20
_SMALLEST_ROW = 2  # bytes
_MOST_GROWTH = 3  # of text that is stored as UTF-16, and then some


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield a document for each row of `options.table`, or of the only table; a `Skip` for a row that gives none.

    Values that are no text and no number (BLOB) are left out. What stands in a write-ahead log beside the file is not
    read.

    Raises:
        LoadError: It is no database, too large or damaged; there is no such table, or several and none is named.
    """
    with TemporaryDirectory(prefix="searchkit-") as folder:
        path = Path(folder) / "copy.sqlite"
        size = _copy(stream, path, name)
        try:
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
                yield from _rows(_guarded(database, options), size, name, options)
        except sqlite3.Error as error:
            raise LoadError(name, f"not a whole SQLite database, or a value is too large ({error})") from error


def _copy(stream: BinaryIO, path: Path, name: str) -> int:
    size = 0
    with path.open("wb") as copy:
        while data := stream.read(_CHUNK):
            if not size and not data.startswith(_SIGNATURE):
                raise LoadError(name, "not an SQLite database")
            size += len(data)
            if size > LARGEST_DATABASE:
                raise LoadError(name, f"larger than {LARGEST_DATABASE >> 20:,} MB")
            copy.write(data)
    if not size:
        raise LoadError(name, "not an SQLite database")
    return size


def _guarded(database: sqlite3.Connection, options: LoadOptions) -> sqlite3.Connection:
    """Return a connection that trusts nothing in the file."""
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, options.max_bytes)
    for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"):
        database.execute(f"PRAGMA {pragma}")
    return database


def _rows(database: sqlite3.Connection, size: int, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    table = _table(database, name, options)
    columns = _columns(database, table)
    check_columns(columns, name, options)
    bytes_left, rows_left = _MOST_GROWTH * size, size // _SMALLEST_ROW
    selected = ", ".join(map(_quoted, columns))
    rows = database.execute(f"SELECT {selected} FROM {_quoted(table)}")  # noqa: S608 (names of the file, quoted)
    for number, row in enumerate(rows, 1):
        bytes_left -= sum(len(value) for value in row if isinstance(value, (str, bytes)))
        if bytes_left < 0 or number > rows_left:
            raise LoadError(name, "a forged database: it holds more than its size")
        try:
            yield to_document(_record(columns, row), number, name, options)
        except LoadError as error:
            yield Skip(name, f"row {number}: {error.reason}")
        except DocumentError as error:
            yield Skip(name, f"row {number}: {error}")


def _table(database: sqlite3.Connection, name: str, options: LoadOptions) -> str:
    """Return the table that is asked for."""
    stored = (
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "AND sql NOT LIKE 'create virtual%' ORDER BY rowid LIMIT 1000"
    )
    shadows = {row[1] for row in database.execute("PRAGMA table_list") if row[2] == "shadow"}  # none before 3.37
    tables = [str(row[0]) for row in database.execute(stored) if row[0] not in shadows]
    if options.table is None and len(tables) == 1:
        return tables[0]
    if options.table is None:
        raise LoadError(
            name, f"its tables are {listed(tables)}; name one: --table NAME" if tables else "no table in it"
        )
    found = [table for table in tables if table == options.table]
    found += [table for table in tables if table.lower() == options.table.lower()]
    if not found:
        raise LoadError(name, f"no table {options.table} among {listed(tables)}")
    return found[0]


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    """Return the columns that are stored: those that are worked out have another mark than 0."""
    described = database.execute(f"PRAGMA table_xinfo({_quoted(table)})")
    return [str(row[1]) for row in described if row[6] == 0]


def _record(columns: Iterable[str], row: Iterable[Any]) -> dict[str, Json]:
    return {column: readable(value) for column, value in zip(columns, row, strict=True) if not isinstance(value, bytes)}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
