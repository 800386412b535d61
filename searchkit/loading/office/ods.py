"""Which documents are in the sheets of Calc (.ods; ODF, ISO 26300)? Each row is one, as in a file of Excel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from searchkit.documents import Document, Json, Skip
from searchkit.errors import LoadError
from searchkit.loading.office.cells import number_of
from searchkit.loading.office.parts import Parts, PartTexts
from searchkit.loading.office.sheets import LARGEST_TEXT_NODE, RowEvents, SheetRow, documents, rows_of
from searchkit.loading.rows.records import MAX_COLUMNS

_CELLS = frozenset({"table-cell", "covered-table-cell"})
_NUMBERS = frozenset({"float", "percentage", "currency"})
_UNSEEN = frozenset({"annotation", "frame", "custom-shape", "g", "shapes", "tracked-changes", "table", "detective"})
_MOST_BLANKS = 1_000


def read_sheets(parts: Parts, member: str) -> Iterator[Document | Skip]:
    """Yield a document for each row of the sheets that are shown, a `Skip` where a row or a sheet gives none.

    The name of a sheet stands after that of the file, unless this says that it has one alone.

    Raises:
        LoadError: It is too large or damaged.
    """
    about = PartTexts("document-statistic")
    parts.parse("meta.xml", about)
    is_alone = any(each.get("table-count") == "1" for _, each in about.found)
    for sheet, rows in groupby(rows_of(parts, member, _Sheets(parts.options.max_bytes)), key=lambda each: each[0]):
        name = parts.name if is_alone else f"{parts.name}!{sheet}"
        try:
            yield from documents((row for _, row in rows), name, parts)
        except LoadError as error:
            if error.source == parts.name != name:
                raise
            yield Skip(error.source, error.reason)


class _Sheets(RowEvents[tuple[str, SheetRow]]):
    """The rows of all sheets, taken out as they come; one that is repeated is one.

    Attributes:
        rows: Those that came since, each with the name of its sheet.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._hiding: set[str] = set()
        self._style = self._sheet = ""
        self._unseen = 0  # how many elements are open from one on that is not shown
        self._row: dict[int, Json] = {}
        self._number = self._place = self._size = 0
        self._repeated = [1, 1]  # rows, cells
        self._cell: Mapping[str, str] | None = None
        self._text: list[str] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table" and self.path[-2:-1] == ["spreadsheet"] and attributes.get("style-name") not in self._hiding:
            self._sheet, self._number = attributes.get("name", ""), 0
        elif self._unseen or name in _UNSEEN:
            self._unseen += 1
        elif name == "style":
            self._style = attributes.get("name", "")
        elif name == "table-properties" and attributes.get("display") == "false":
            self._hiding.add(self._style)
        elif name == "table-row":
            self._row, self._place, self._size = {}, 0, 0
            self._repeated[0] = _count(attributes, "number-rows-repeated")
            self._number += 1
        elif name in _CELLS:
            self._cell, self._text = attributes, []
            self._repeated[1] = _count(attributes, "number-columns-repeated")
        else:
            self._begin_text(name, attributes)

    def _begin_text(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "p" and self._text:
            self._text.append("\n")
        elif name == "s":
            self._text.append(" " * min(_count(attributes, "c"), _MOST_BLANKS))
        elif name in ("tab", "line-break"):
            self._text.append(" ")

    def data(self, text: str) -> None:
        if self._cell is not None and not self._unseen and "p" in self.path:
            self._size += len(text)
            if self._size <= self._most + LARGEST_TEXT_NODE:  # so that a row that is too large is seen to be
                self._text.append(text)

    def finish(self, name: str) -> None:
        if self._unseen:
            self._unseen -= 1
        elif name in _CELLS and self._cell is not None:
            value = _value(self._cell, "".join(self._text).strip())
            if value not in ("", None):
                for place in range(self._place, min(self._place + self._repeated[1], MAX_COLUMNS + 1)):
                    self._row[place] = value
            self._place = min(self._place + self._repeated[1], MAX_COLUMNS)
            self._cell = None
        elif name == "table-row":
            if self._row:
                self.rows.append((self._sheet, SheetRow(self._number, self._row)))
                self._row = {}
            self._number += self._repeated[0] - 1


def _value(cell: Mapping[str, str], text: str) -> Json:
    """Return the value of a cell: a number, a day as ISO 8601 writes it, or what is shown."""
    kind = cell.get("value-type", "")
    if kind in _NUMBERS:
        return number_of(cell.get("value", ""))
    if kind == "boolean":
        return cell.get("boolean-value") == "true"
    if kind == "date":
        return cell.get("date-value", text)
    return text or cell.get("string-value", "")


def _count(attributes: Mapping[str, str], name: str) -> int:
    written = attributes.get(name, "1")
    return max(int(written), 1) if written.isdecimal() and len(written) < 9 else 1
