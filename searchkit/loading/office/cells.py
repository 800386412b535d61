"""Which value is in a cell of a sheet? Of Excel a text that cells share, a number, or a day written as a number."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping

from searchkit.loading.office.parts import Events

_MOST_STRINGS = 1_000_000
_DAY_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])  # ECMA-376, 18.8.30
_NOT_OF_DAYS = re.compile(r'"[^"]*"?|\[[^\]]*\]?|\\.|_.|\*.')
_COLUMN = re.compile(r"([A-Z]{1,3})\d*")
_FIRST_DAY = dt.datetime(1899, 12, 30)  # noqa: DTZ001 (cells know no time zone)
_FIRST_DAY_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_DAY = 2_958_465  # of the year 9999


def number_of(written: str) -> int | float | str:
    """Return a number, or what is written where that is none.

    >>> number_of("12"), number_of("1.5"), number_of("1e999"), number_of("a")
    (12, 1.5, '1e999', 'a')
    """
    try:
        number = float(written)
    except ValueError:
        return written
    if not math.isfinite(number):
        return written
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def column_of(reference: str) -> int | None:
    """Return the place of a column, from 0.

    >>> column_of("A1"), column_of("AB12"), column_of("")
    (0, 27, None)
    """
    match = _COLUMN.match(reference)
    if match is None:
        return None
    place = 0
    for letter in match[1]:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


class SharedStrings(Events):
    """The texts that cells refer to by their number, as many as there may be."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._strings: list[str] = []
        self._text: list[str] = []
        self._left = most

    def at(self, number: str) -> str:
        """Return a text; empty where there is none of this number."""
        place = int(number) if number.isdecimal() and len(number) < 9 else len(self._strings)
        return self._strings[place] if place < len(self._strings) else ""

    def data(self, text: str) -> None:
        """Take text, but for how it is pronounced."""
        if self.path[-1] == "t" and "rPh" not in self.path:
            self._text.append(text)

    def finish(self, name: str) -> None:
        """Note a text that is whole."""
        if name == "si":
            text = "".join(self._text)
            self._left -= len(text)
            if self._left >= 0 and len(self._strings) < _MOST_STRINGS:
                self._strings.append(text)
            self._text = []


class Formats(Events):
    """How numbers are shown: which of the styles of cells show a day.

    Attributes:
        since_1904: Whether days are counted from 1904 on, as Excel for Macintosh did.
    """

    def __init__(self) -> None:
        super().__init__()
        self.since_1904 = False
        self._days = set(_DAY_FORMATS)
        self._styles: list[bool] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note a format, or the style of a cell."""
        number = attributes.get("numFmtId", "")
        id_ = int(number) if number.isdecimal() and len(number) < 9 else 0
        if name == "numFmt":
            code = _NOT_OF_DAYS.sub("", attributes.get("formatCode", "")[:1_000]).lower()
            if any(sign in code for sign in "ymdhs") and "general" not in code:
                self._days.add(id_)
        elif name == "xf" and self.path[-2:-1] == ["cellXfs"]:
            self._styles.append(id_ in self._days)

    def value(self, written: str, style: str) -> int | float | str:
        """Return a number, or a day or moment as ISO 8601 writes it.

        >>> Formats().value("12", "0"), Formats().value("1.5", ""), Formats().value("1e999", "0")
        (12, 1.5, '1e999')
        """
        number = number_of(written)
        place = int(style) if style.isdecimal() and len(style) < 9 else len(self._styles)
        if isinstance(number, str) or not (place < len(self._styles) and self._styles[place]):
            return number
        return self._moment(number) if 0 <= number <= _LAST_DAY else number

    def _moment(self, number: float) -> str:
        try:
            moment = (_FIRST_DAY_1904 if self.since_1904 else _FIRST_DAY) + dt.timedelta(seconds=round(number * 86_400))
        except OverflowError:
            return str(number)
        if number < 1:
            return moment.time().isoformat()
        return moment.date().isoformat() if float(number).is_integer() else moment.isoformat()
