"""Which documents are in a CSV or TSV file? Each row is one (RFC 4180); the first row names the columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from searchkit.documents import Document, Json, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.files import too_large
from searchkit.loading.options import LoadOptions
from searchkit.loading.records import BODY_COLUMNS, lines, no_body, to_document

_DELIMITERS = ("\t", ",", ";")


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield a document for each row, a `Skip` with the number of its last line where it gives none.

    The delimiter is the one of tab, comma and semicolon that is most frequent in the first line. Cells beyond the
    columns that are named are stored as `column 5` and so on.

    Raises:
        LoadError: The file is no text, has no header, lacks a column that the options name, or has a line above the
            size limit, after which nothing says where a row begins.
    """
    rows = _rows(lines(stream, name, options), name, options)
    header = next((row for _, row in rows if not isinstance(row, Skip)), [])
    columns = [cell.strip() for cell in header]
    _check_columns(columns, name, options)
    for number, row in rows:
        if isinstance(row, Skip):
            yield row
        elif any(row):
            try:
                yield to_document(_record(columns, row), number, name, options)
            except (LoadError, DocumentError) as error:
                yield Skip(name, f"line {number}: {error.reason if isinstance(error, LoadError) else error}")


def _rows(text: Iterator[str | None], name: str, options: LoadOptions) -> Iterator[tuple[int, list[str] | Skip]]:
    """Yield each row with the number of its last line."""
    kept = _with_line_feeds(text, name, options)
    first = next(kept, "")
    csv.field_size_limit(max(csv.field_size_limit(), options.max_bytes))  # of the process, so only ever raised
    rows = csv.reader(chain([first], kept), delimiter=max(_DELIMITERS, key=first.count))
    while True:
        try:
            row: list[str] | Skip = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            row = Skip(name, f"line {rows.line_num}: not CSV ({error})")
        yield rows.line_num, row


def _with_line_feeds(text: Iterator[str | None], name: str, options: LoadOptions) -> Iterator[str]:
    for line in text:
        if line is None:
            raise LoadError(name, too_large(options))
        yield line + "\n"


def _check_columns(columns: list[str], name: str, options: LoadOptions) -> None:
    named = (options.id, options.title, options.body, options.url, options.date)
    for column in named:
        if column is not None and column not in columns:
            raise LoadError(name, f"no column {column} among {', '.join(columns) or 'none'}")
    if options.body is None and not any(column in BODY_COLUMNS for column in columns):
        raise LoadError(name, no_body(columns))


def _record(columns: list[str], row: list[str]) -> dict[str, Json]:
    more = [f"column {number}" for number in range(len(columns) + 1, len(row) + 1)]
    return dict(zip(columns + more, row, strict=False))
