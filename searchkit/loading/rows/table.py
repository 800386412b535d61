"""Which documents are in a CSV or TSV file? Each row is one (RFC 4180); the first row names the columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO

from searchkit.documents import Document, Json, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.files import too_large
from searchkit.loading.options import LoadOptions
from searchkit.loading.rows.records import MAX_COLUMNS, body_of, lines, listed, no_body, to_document, too_many

_DELIMITERS = ("\t", ",", ";")
_SAID = re.compile(r'"?sep=([^"\w\r\n])"?\s*', re.IGNORECASE)
_MOST_CELLS = 1_000_000  # of a row, with its lines; of the cells that it comes to no more than `MAX_COLUMNS` are taken
_LONGEST_HEADER = 100_000


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield a document for each row, a `Skip` with the number of its last line where it gives none.

    The delimiter is the one of tab, comma and semicolon that is most frequent in the first line, or what that
    line says (`sep=;`, as spreadsheets do). Cells beyond the columns that are named are stored as `column 5` and so on.

    Raises:
        LoadError: The file is no text, has no header, lacks a column that the options name, or has a line above the
            size limit, after which nothing says where a row begins.
    """
    rows = _rows(_Lines(lines(stream, name, options), name, options), name)
    header = next((row for _, row in rows if not isinstance(row, Skip)), [])
    columns = [cell.strip() for cell in _filled(header)]
    check_columns(columns, name, options)
    for number, row in rows:
        if isinstance(row, Skip):
            yield row
        elif any(row):
            try:
                yield to_document(_record(columns, _filled(row), name), number, name, options)
            except (LoadError, DocumentError) as error:
                yield Skip(name, f"line {number}: {error.reason if isinstance(error, LoadError) else error}")


class _Lines:
    """The lines of a table, with their line feeds. A row that a quote leaves open may be no larger than a record.

    Attributes:
        delimiter: Between cells; found in the first line.
        size, cells: Of the row that is being read, how many characters have come, and how many cells and lines.
    """

    def __init__(self, text: Iterator[str | None], name: str, options: LoadOptions) -> None:
        self._text, self._name, self._options = text, name, options
        self.delimiter = ""
        self.size = self.cells = 0
        csv.field_size_limit(max(csv.field_size_limit(), options.max_bytes))  # of the process, so only ever raised

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            if line == "" and not self.size:  # there may be millions between rows
                yield "\n"
                continue
            self.size += len(line or "") + 1
            if line is None or self.size > self._options.max_bytes:
                raise LoadError(self._name, too_large(self._options))
            self.delimiter = self.delimiter or max(_DELIMITERS, key=line.count)
            self.cells += line.count(self.delimiter) + 1
            if self.cells > _MOST_CELLS:
                raise LoadError(self._name, f"a row of more than {_MOST_CELLS:,} cells or lines")
            yield line + "\n"


def _rows(text: _Lines, name: str) -> Iterator[tuple[int, list[str] | Skip]]:
    """Yield each row with the number of its last line."""
    kept = iter(text)
    first = next(kept, "")
    said = _SAID.fullmatch(first)
    text.delimiter = said[1] if said else text.delimiter or ","
    rows = csv.reader(chain(["\n" if said else first], kept), delimiter=text.delimiter)
    while True:
        try:
            row: list[str] | Skip = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            row = Skip(name, f"line {rows.line_num}: not CSV ({error})")
        text.size = text.cells = 0
        if row:
            yield rows.line_num, row


def check_columns(columns: Sequence[str], name: str, options: LoadOptions) -> None:
    """Make sure that the columns of a table are not too many, and that those which are needed are among them.

    Raises:
        LoadError: They are too many, or one is not.
    """
    if len(columns) > MAX_COLUMNS or sum(map(len, columns)) > _LONGEST_HEADER:
        raise LoadError(name, f"a header of more than {MAX_COLUMNS:,} columns or {_LONGEST_HEADER:,} characters")
    named = (options.id, options.title, options.body, options.url, options.date)
    for column in named:
        if column is not None and column not in columns:
            raise LoadError(name, f"no column {column} among {listed(columns)}")
    if options.body is None and body_of(columns) is None:
        raise LoadError(name, no_body(columns))


def _filled(row: list[str]) -> list[str]:
    """Return a row, where it is very long without the empty cells at its end: a sheet may have thousands of them."""
    end = len(row)
    while end > MAX_COLUMNS and not row[end - 1]:
        end -= 1
    return row[:end]


def _record(columns: list[str], row: list[str], name: str) -> dict[str, Json]:
    if len(row) > MAX_COLUMNS:
        raise LoadError(name, too_many(len(row)))
    more = [f"column {number}" for number in range(len(columns) + 1, len(row) + 1)]
    return dict(zip(columns + more, row, strict=False))
