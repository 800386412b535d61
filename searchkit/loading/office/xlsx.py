"""Which documents are in an Excel file (.xlsx, ECMA-376)? Each row is one; the first of a sheet names the columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from searchkit.documents import Document, Json, Skip
from searchkit.errors import LoadError
from searchkit.loading.office.cells import Formats, SharedStrings, column_of
from searchkit.loading.office.parts import REFERENCE, Parts, PartTexts, read_parts, relations
from searchkit.loading.office.sheets import LARGEST_TEXT_NODE, RowEvents, SheetRow, documents, rows_of
from searchkit.loading.options import LoadOptions
from searchkit.loading.rows.records import MAX_COLUMNS

_MAIN = "xl/workbook.xml"


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield a document for each row, a `Skip` with its number where it gives none, or for a sheet without text.

    Raises:
        LoadError: It is too large or damaged.
    """
    yield from read_parts(stream, name, options, read_archive)


def read_archive(parts: Parts) -> Iterator[Document | Skip]:
    """Yield the documents of the parts. Of several sheets, the name of each stands after that of the file."""
    if _MAIN not in parts.members:
        raise LoadError(parts.name, "no Excel file")
    book = PartTexts("sheet", "workbookPr")
    parts.parse(_MAIN, book)
    related = relations(parts, _MAIN)
    strings, formats = SharedStrings(parts.options.max_bytes), Formats()
    parts.parse("xl/sharedStrings.xml", strings)
    parts.parse("xl/styles.xml", formats)
    formats.since_1904 = any(each.get("date1904") in ("1", "true") for name, each in book.found if name == "workbookPr")
    sheets = [each for name, each in book.found if name == "sheet" and each.get("state", "visible") == "visible"]
    for sheet in sheets:
        member = related.get(sheet.get(REFERENCE, ""), "")
        called = parts.name if len(sheets) == 1 else f"{parts.name}!{sheet.get('name', member)}"
        try:
            yield from documents(
                rows_of(parts, member, _Sheet(strings, formats, parts.options.max_bytes)), called, parts
            )
        except LoadError as error:
            if error.source == parts.name != called:
                raise
            yield Skip(error.source, error.reason)


class _Sheet(RowEvents[SheetRow]):
    """The rows of a sheet, taken out as they come.

    Attributes:
        rows: Those that came since.
    """

    def __init__(self, strings: SharedStrings, formats: Formats, most: int) -> None:
        super().__init__()
        self._strings, self._formats, self._most = strings, formats, most
        self._size = 0  # characters that are written in the row itself
        self._row: dict[int, Json] = {}
        self._number = 0
        self._place = -1
        self._kind = self._style = ""
        self._text: list[str] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            written = attributes.get("r", "")
            self._number = int(written) if written.isdecimal() and len(written) < 9 else self._number + 1
            self._row, self._place, self._size = {}, -1, 0
        elif name == "c":
            place = column_of(attributes.get("r", ""))
            self._place = self._place + 1 if place is None else place
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._text = []

    def data(self, text: str) -> None:
        if (self.path[-1] == "v" or (self.path[-1] == "t" and "is" in self.path)) and "rPh" not in self.path:
            self._size += len(text)
            if self._size <= self._most + LARGEST_TEXT_NODE:  # so that a row that is too large is seen to be
                self._text.append(text)

    def finish(self, name: str) -> None:
        if name == "c":
            value = self._value("".join(self._text))
            if value not in ("", None) and len(self._row) <= MAX_COLUMNS:
                self._row[self._place] = value
        elif name == "row" and self._row:
            self.rows.append(SheetRow(self._number, self._row))
            self._row = {}

    def _value(self, written: str) -> Json:
        match self._kind:
            case "s":
                return self._strings.at(written)
            case "b":
                return written == "1"
            case "n" if written:
                return self._formats.value(written, self._style)
            case "e":
                return ""
            case _:
                return written
