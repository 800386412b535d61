"""Which characters does a file of Word 97-2003 show (MS-DOC), and how do its paragraphs end?

The text lies in pieces, some of a byte a character, in the order of a table. Where runs of characters and paragraphs
have properties is said by their places in the file, on pages of 512 bytes.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from searchkit.errors import LoadError

_PAGE = 512
MOST_WORD_RUNS = 500_000
MOST_WORD_PIECES = 200_000
_MOST_PROPERTIES = 10_000_000  # bytes of those that are read
_COUNTS = 76  # in the header: how many characters the text has, then notes, headers, macros, comments, end notes, boxes
_CHARACTERS, _PARAGRAPHS, _PIECES = 250, 258, 418  # in the header: where each table is, and its size
_VANISHES, _IS_DELETED, _IN_TABLE, _ENDS_ROW = 0x083C, 0x0800, 0x2416, 0x2417
_OPERANDS = (1, 1, 2, 4, 2, 2, 0, 3)  # bytes, by the kind of a property
_DEFINES_TABLE = 0xD608
_HEADINGS = range(1, 10)  # the styles that stand first in each file


class WordStretch(NamedTuple):
    """Characters that stand together: where in the file, in how many bytes each, and what they are."""

    place: int
    width: int
    text: str


class WordParagraph(NamedTuple):
    """What is said of a paragraph: whether it is a heading, lies in a table, and ends a row of it."""

    is_heading: bool = False
    in_table: bool = False
    ends_row: bool = False


class Word97:
    """The text of a file.

    Args:
        main: The stream with the text.
        table: That with the tables.
        name: Of the file, for messages.

    Attributes:
        name: Of the file.
        parts: Where the text, the notes and so on begin, and at last where all ends, counted in characters.

    Raises:
        LoadError: It is damaged.
    """

    def __init__(self, main: bytes, table: bytes, name: str) -> None:
        self._main, self.name = main, name
        self._left = _MOST_PROPERTIES
        try:
            counts = struct.unpack_from("<8I", main, _COUNTS)
            self.parts = [sum(counts[:end]) for end in range(9)]
            self._pieces = self._read_pieces(self._said(table, _PIECES))
            self._hidden = list(self._read_hidden(self._said(table, _CHARACTERS)))
            found = list(self._read_paragraphs(self._said(table, _PARAGRAPHS)))
        except struct.error as error:
            raise LoadError(name, f"damaged ({error})") from error
        found.sort(key=lambda each: each[0])
        self._ends, self._paragraphs = [each[0] for each in found], [each[1] for each in found]

    def stretches(self, begin: int, end: int) -> Iterator[WordStretch]:
        """Yield what is shown of the characters from `begin` to `end`, in order."""
        for first, last, place, width in self._pieces:
            start, stop = max(begin, first), min(end, last)
            if start < stop:
                yield from self._shown(place + (start - first) * width, place + (stop - first) * width, width)

    def paragraph(self, place: int) -> WordParagraph:
        """Return what is said of the paragraph of a character, which is given by its place in the file."""
        found = bisect_right(self._ends, place)
        return self._paragraphs[found - 1] if found else WordParagraph()

    def _shown(self, place: int, stop: int, width: int) -> Iterator[WordStretch]:
        number = max(bisect_right(self._hidden, (place, stop)) - 1, 0)
        while number < len(self._hidden) and self._hidden[number][0] < stop:
            begin, end = self._hidden[number]
            if begin > place:
                yield self._stretch(place, begin, width)
            place = max(place, end)
            number += 1
        if place < stop:
            yield self._stretch(place, stop, width)

    def _stretch(self, place: int, stop: int, width: int) -> WordStretch:
        return WordStretch(
            place, width, self._main[place:stop].decode("cp1252" if width == 1 else "utf-16-le", "replace")
        )

    def _said(self, table: bytes, where: int) -> bytes:
        """Return the table that the header names."""
        place, size = struct.unpack_from("<II", self._main, where)
        return table[place : place + size]

    def _read_pieces(self, data: bytes) -> list[tuple[int, int, int, int]]:
        """Return the pieces: their first and last character, their place and the width of a character."""
        place = 0
        while data[place : place + 1] == b"\1":  # properties that pieces share
            place += 3 + struct.unpack_from("<H", data, place + 1)[0]
        if data[place : place + 1] != b"\2":
            raise LoadError(self.name, "damaged (no table of pieces)")
        (size,) = struct.unpack_from("<I", data, place + 1)
        count = max(min(size, len(data) - place - 5) - 4, 0) // 12
        if count > MOST_WORD_PIECES:
            raise LoadError(self.name, f"more than {MOST_WORD_PIECES:,} pieces of text")
        begins = struct.unpack_from(f"<{count + 1}I", data, place + 5)
        pieces, left = [], len(self._main)
        for number in range(count):
            (where,) = struct.unpack_from("<I", data, place + 11 + 4 * count + 8 * number)
            width = 1 if where & 0x40000000 else 2
            where = (where & 0x3FFFFFFF) // (3 - width)
            first, last = begins[number], begins[number + 1]
            left -= last - first
            if last < first or left < 0 or where + (last - first) * width > len(self._main):
                raise LoadError(self.name, "damaged (pieces of text that are not there)")
            pieces.append((first, last, where, width))
        return pieces

    def _runs(self, data: bytes, size: int) -> Iterator[tuple[int, int, bytes]]:
        """Yield runs: where they begin and end, and what follows the place that their `size` bytes name on the page."""
        count = max(len(data) - 4, 0) // 8
        pages = dict.fromkeys(struct.unpack_from(f"<{count}I", data, 4 * count + 4)) if count else {}
        runs = 0
        for number in pages:
            page = self._main[(number & 0x3FFFFF) * _PAGE :][:_PAGE]
            if len(page) < _PAGE:
                continue
            inner = min(page[-1], (_PAGE - 5) // (4 + size))
            runs += inner
            if runs > MOST_WORD_RUNS:
                raise LoadError(self.name, f"more than {MOST_WORD_RUNS:,} runs of characters or paragraphs")
            bounds = struct.unpack_from(f"<{inner + 1}I", page)
            for run in range(inner):
                place = 2 * page[4 * (inner + 1) + size * run]
                yield bounds[run], bounds[run + 1], page[place:] if place else b""

    def _read_hidden(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Yield where characters are hidden or deleted, in order, one stretch for those that touch."""
        found = []
        for begin, end, said in self._runs(data, 1):
            if begin < end and any(self._flags(said[1 : 1 + said[0]] if said else b"", _VANISHES, _IS_DELETED)):
                found.append((begin, end))
        found.sort()
        begin = end = 0
        for run in found:
            if run[0] > end:
                if end:
                    yield begin, end
                begin = run[0]
            end = max(end, run[1])
        if end:
            yield begin, end

    def _read_paragraphs(self, data: bytes) -> Iterator[tuple[int, WordParagraph]]:
        for begin, _, said in self._runs(data, 13):
            start, size = (1, 2 * said[0] - 1) if said else (0, 0)
            if size < 0:  # the long form
                start, size = 2, 2 * int.from_bytes(said[1:2], "little")
            style = int.from_bytes(said[start : start + min(size, 2)], "little")
            properties = said[start + 2 : start + size]
            yield begin, WordParagraph(style in _HEADINGS, *self._flags(properties, _IN_TABLE, _ENDS_ROW))

    def _flags(self, properties: bytes, *wanted: int) -> list[bool]:
        """Return for each of the wanted properties whether it is set."""
        found = dict.fromkeys(wanted, False)
        if any(each.to_bytes(2, "little") in properties for each in wanted):
            self._left -= len(properties)
            if self._left < 0:
                raise LoadError(self.name, f"more than {_MOST_PROPERTIES // 1_000_000} MB of properties")
            for key, operand in _properties(properties):
                if key in found:
                    found[key] = bool(operand & 1)
        return list(found.values())


def _properties(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield each property with the first byte of what it is set to."""
    place = 0
    while place + 3 <= len(data):
        key = int.from_bytes(data[place : place + 2], "little")
        place += 2
        yield key, data[place]
        size = _OPERANDS[key >> 13]
        if key == _DEFINES_TABLE:
            size = 1 + int.from_bytes(data[place : place + 2], "little")
        place += size or 1 + data[place]
