"""Which streams are in a compound file (MS-CFB), the container of Office 97-2003? Those of its root, by their names.

Names are the same in any case. Sectors form chains; no chain here is longer than the file, and each entry of the
directory is looked at once.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from searchkit.errors import LoadError
from searchkit.loading.files import too_large, whole
from searchkit.loading.options import LoadOptions

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = struct.Struct("<30xH12xII4xII4xI")
_SHARE = 5  # how many times `max_bytes` a file may have, since most of it is pictures
_LARGEST_DIRECTORY = 8_000_000  # bytes: some 60,000 entries
_NO_SECTOR = 0xFFFFFFFC  # and what is above it
_STREAM, _ROOT = 2, 5
_MINI = 64  # bytes of a sector of the small streams


class _DirectoryEntry(NamedTuple):
    """An entry of the directory: what it is, what stands beside and below it, and where its data begins."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """A compound file, of which no stream is larger than a file may be.

    Raises:
        LoadError: It is none, or damaged.
    """

    def __init__(self, data: bytes, name: str, options: LoadOptions) -> None:
        self._data, self._name, self._options = data, name, options
        if not data.startswith(_SIGNATURE) or len(data) < 512:
            raise self._damaged("no header")
        shift, fats, directory, cutoff, small_fat, more = _HEADER.unpack_from(data)
        if shift not in (9, 12):
            raise self._damaged("sectors of an unknown size")
        self._sector = 1 << shift
        self._cutoff = cutoff
        self._fat = self._table(fats, more)
        entries = self._entries(self._joined(directory, _LARGEST_DIRECTORY))
        self._streams = {each.name.lower(): each for each in self._top(entries)}
        small = min(entries[0].size, options.max_bytes)
        self._small = self._joined(entries[0].start, small)
        self._small_fat = self._numbers(self._joined(small_fat, 4 * -(-small // _MINI)))

    def __contains__(self, stream: str) -> bool:
        return stream.lower() in self._streams

    def stream(self, name: str) -> bytes:
        """Return what is in a stream, nothing for one that is not there.

        Raises:
            LoadError: It is damaged, or larger than `max_bytes`.
        """
        entry = self._streams.get(name.lower())
        if entry is None:
            return b""
        if self._options.max_bytes < entry.size <= len(self._data):
            raise LoadError(self._name, too_large(self._options))
        if entry.size > len(self._data):
            raise self._damaged("a stream larger than the file")
        if entry.size >= self._cutoff:
            found = self._joined(entry.start, entry.size)
        else:
            places = self._chain(entry.start, self._small_fat, -(-entry.size // _MINI))
            found = b"".join(self._small[place * _MINI : (place + 1) * _MINI] for place in places)
        if len(found) < entry.size:
            raise self._damaged("a stream that is cut")
        return found[: entry.size]

    def _table(self, count: int, more: int) -> array[int]:
        """Return which sector follows each, as said in `count` sectors; more of their numbers stand from one on."""
        table = array("I")
        most = len(self._data) // self._sector
        numbers = list(struct.unpack_from("<109I", self._data, 76))
        per_sector = self._sector // 4
        for _ in range(most):
            if more >= _NO_SECTOR or len(numbers) >= min(count, most):
                break
            inner = self._numbers(self._at(more))
            numbers.extend(inner[: per_sector - 1])
            more = inner[-1] if len(inner) == per_sector else _NO_SECTOR
        for number in numbers[:count]:
            if number < _NO_SECTOR and len(table) < most:
                table += self._numbers(self._at(number))
        return table

    def _at(self, number: int) -> bytes:
        return self._data[(number + 1) * self._sector : (number + 2) * self._sector]

    def _numbers(self, data: bytes) -> array[int]:
        numbers = array("I", data[: len(data) // 4 * 4])
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers

    def _chain(self, start: int, table: Sequence[int], most: int) -> Iterator[int]:
        """Yield the sectors of a chain, no more of them than it may have."""
        for _ in range(min(most, len(table))):
            if start >= len(table):
                return
            yield start
            start = table[start]

    def _joined(self, start: int, size: int) -> bytes:
        return b"".join(self._at(place) for place in self._chain(start, self._fat, -(-size // self._sector)))

    def _entries(self, directory: bytes) -> list[_DirectoryEntry]:
        entries = []
        for place in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, place + 64)
            left, right, child = struct.unpack_from("<III", directory, place + 68)
            start, size = struct.unpack_from("<II", directory, place + 116)
            name = directory[place : place + min(max(length - 2, 0), 64)].decode("utf-16-le", "replace")
            entries.append(_DirectoryEntry(name, kind, left, right, child, start, size))
        if not entries or entries[0].kind != _ROOT:
            raise self._damaged("no directory")
        return entries

    def _top(self, entries: Sequence[_DirectoryEntry]) -> Iterator[_DirectoryEntry]:
        """Yield the streams that lie in the root, not in what is embedded."""
        seen: set[int] = set()
        left = [entries[0].child]
        while left:
            place = left.pop()
            if place < len(entries) and place not in seen:
                seen.add(place)
                left += entries[place].left, entries[place].right
                if entries[place].kind == _STREAM:
                    yield entries[place]

    def _damaged(self, why: str) -> LoadError:
        return LoadError(self._name, f"not a whole file of Office 97-2003 ({why})")


def opened_compound(stream: BinaryIO, name: str, options: LoadOptions) -> CompoundFile:
    """Read a compound file.

    Raises:
        LoadError: It is too large, or damaged.
    """
    return CompoundFile(whole(stream, name, replace(options, max_bytes=_SHARE * options.max_bytes)), name, options)
