"""How do named byte ranges lie in one file, so that damage is noticed?

    offset 0    magic, 8 bytes: b"skindex" and a zero byte
    offset 8    format version, unsigned 32 bits; 4 zero bytes
    …           sections, each from a multiple of 8, in the order of their names
    …           checksums: the CRC-32 (32 bits) of each piece of 16 KB of each section, from a multiple of 8
    …           directory: JSON, `{"sections": {name: [dtype, offset, size]}, "about": {…}}`
    end - 24    offset of the checksums (64 bits), size of the directory (32), the CRC-32 of header, checksums and
                directory (32), magic again

All numbers are little-endian; a section is an array of one dtype, sizes are in bytes. Header, checksums and directory
are checked when the file is opened, and each piece of a section before it is first read: what a query costs then grows
with what it reads, not with the index. The last 24 bytes stand for all of the file, and the table of contents has them.

Damage is an `IndexCorruptError`, which says to make the index anew. What the system refuses (too many open files, no
permission, no memory) is a `StorageError` that says so: the index may be sound.

A file is mapped into memory. Who shortens one that is open ends the process: no error can be made of that.
"""

from __future__ import annotations

import json
import mmap
import os
import stat
import struct
import zlib
from collections.abc import Iterator, KeysView
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from searchkit.errors import IndexCorruptError, IndexVersionError, StorageError

MAGIC = b"skindex\0"
FILE_VERSION = 2

_HEADER = struct.Struct("<8sII")
_FOOTER = struct.Struct("<QII8s")
_SPOOLED = 1 << 22
_COPIED = 1 << 20
_PIECE = 14
"""Bits of a place within a piece: 16 KB are checked in 4 microseconds, and most runs lie in one or two pieces."""

_DTYPES = {each: np.dtype(each) for each in ("|i1", "|u1", "|b1", "<u2", "<u4", "<u8", "<i8", "<f4", "<f8")}
"""What a section can be an array of."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Not to be led out of the folder, and not to wait for who might write into a pipe."""

_MISFITS = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What comes of reading that which is not as it is expected; errors of Unicode and of JSON are ValueErrors."""


def damaged(path: Path, reason: str) -> IndexCorruptError:
    """Return the error that says that a file is damaged."""
    return IndexCorruptError(f"{path} is damaged ({reason}); make the index anew: searchkit index --rebuild")


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Say what the system does not let be read.

    Raises:
        FileNotFoundError: It is not there; who asks knows what that means.
        StorageError: Something else is in the way.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StorageError(f"{path} cannot be read ({error.strerror or error}); mend that and try again") from error


@contextmanager
def whole(path: Path, reason: str) -> Iterator[None]:
    """Take whatever goes wrong with what is read from a file for damage of that."""
    try:
        yield
    except _MISFITS:
        raise damaged(path, reason) from None


def size_of(path: Path) -> int:
    """Return the size of a file of the index in bytes.

    Raises:
        FileNotFoundError: It is not there.
        StorageError: The system refuses, or it is a link, a folder or a device.
    """
    with readable(path):
        status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise StorageError(f"{path} is a link, a folder or a device, which no index has; remove it")
    return status.st_size


def opened(path: Path) -> BinaryIO:
    """Open a file of the index to be read.

    Raises:
        FileNotFoundError, StorageError: See `size_of`.
    """
    size_of(path)
    with readable(path):
        return os.fdopen(os.open(path, _FLAGS), "rb")


def mapped(path: Path) -> mmap.mmap:
    """Map a file of the index into memory, to be read.

    Raises:
        IndexCorruptError: It is not there, or empty.
        StorageError: The system refuses.
    """
    try:
        with readable(path), opened(path) as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        raise damaged(path, "it is missing") from None
    except ValueError:
        raise damaged(path, "it is empty") from None


class _Section(NamedTuple):
    """Where a section lies, and the number of its first piece among those of the file."""

    kind: np.dtype[Any]
    start: int
    size: int
    piece: int


class SectionWriter:
    """Writes a file of sections. Several sections may be under way at once; nothing is kept in memory but 4 MB of each.

    Args:
        path: The file, replaced if there is one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._streams: dict[str, tuple[str, BinaryIO]] = {}

    def append(self, name: str, values: npt.NDArray[Any] | bytes) -> None:
        """Add to the end of a section; all its parts have one dtype."""
        array = np.frombuffer(values, np.uint8) if isinstance(values, bytes) else np.ascontiguousarray(values)
        dtype = array.dtype.newbyteorder("<").str
        if name not in self._streams:
            from tempfile import SpooledTemporaryFile  # noqa: PLC0415 (slow to load, and reading needs none)

            spool = SpooledTemporaryFile(_SPOOLED, dir=str(self._path.parent))  # noqa: SIM115 (see `abandon`)
            self._streams[name] = dtype, cast("BinaryIO", spool)
        self._streams[name][1].write(array.astype(dtype, copy=False).data.cast("B") if array.size else b"")

    def close(self, about: dict[str, Any]) -> None:
        """Write the file and force it to disk."""
        directory: dict[str, list[object]] = {}
        header = _HEADER.pack(MAGIC, FILE_VERSION, 0)
        sums: list[int] = []
        with self._path.open("wb") as file:
            file.write(header)
            for name, (dtype, stream) in sorted(self._streams.items()):
                file.write(bytes(-file.tell() % 8))
                start = file.tell()
                stream.seek(0)
                while part := stream.read(_COPIED):
                    sums += _sums(memoryview(part))
                    file.write(part)
                directory[name] = [dtype, start, file.tell() - start]
            file.write(bytes(-file.tell() % 8))
            listing = json.dumps({"sections": directory, "about": about}, ensure_ascii=False, sort_keys=True).encode()
            end = np.array(sums, "<u4").tobytes() + listing
            footer = _FOOTER.pack(file.tell(), len(listing), zlib.crc32(end, zlib.crc32(header)), MAGIC)
            file.write(end + footer)
            file.flush()
            os.fsync(file.fileno())
        self.abandon()

    def abandon(self) -> None:
        """Let go of what is under way."""
        for _, stream in self._streams.values():
            stream.close()
        self._streams.clear()


def _sums(data: memoryview) -> Iterator[int]:
    """Yield the checksum of each piece."""
    return (zlib.crc32(data[start : start + (1 << _PIECE)]) for start in range(0, len(data), 1 << _PIECE))


def seal(path: Path) -> str:
    """Return what stands for all bytes of a file of sections, in hexadecimal digits."""
    with path.open("rb") as file:
        file.seek(-_FOOTER.size, os.SEEK_END)
        return file.read().hex()


class SectionFile:
    """A file of sections, memory-mapped. Safe to share between threads.

    Args:
        path: The file.
        verify: Read all of it and compare the checksums.

    Attributes:
        about: What the writer said of the whole.
        seal: What stands for all of its bytes, see `seal`.

    Raises:
        IndexCorruptError: The file is missing, cut short, foreign, or a checksum differs.
        IndexVersionError: The file has another format.
        StorageError: The system does not let it be read, or it is a link.
    """

    def __init__(self, path: Path, *, verify: bool = False) -> None:
        self.path = path
        self._map = mapped(path)
        self._data = memoryview(self._map)
        if len(self._data) < _HEADER.size + _FOOTER.size:
            raise self.corrupt("it is too short")
        self.seal = bytes(self._data[-_FOOTER.size :]).hex()
        self._sums, directory = self._end()
        with whole(path, "its directory does not fit"):
            listing = json.loads(directory)
            self.about: dict[str, Any] = dict(listing["about"])
            self._sections = dict(self._laid(listing["sections"]))
        self._seen = bytearray(len(self._sums))
        if verify:
            self.verify()

    def corrupt(self, reason: str) -> IndexCorruptError:
        """Return the error that says that this file is damaged."""
        return damaged(self.path, reason)

    def _end(self) -> tuple[memoryview, bytes]:
        """Return the checksums and the directory."""
        magic, version, _ = _HEADER.unpack_from(self._data)
        if magic != MAGIC:
            raise self.corrupt("it is not a file of searchkit")
        end = len(self._data) - _FOOTER.size
        start, size, crc, magic = _FOOTER.unpack_from(self._data, end)
        header = zlib.crc32(self._data[: _HEADER.size])
        if (
            magic != MAGIC
            or not _HEADER.size <= start <= end - size
            or zlib.crc32(self._data[start:end], header) != crc
        ):
            raise self.corrupt("its end does not fit")
        if version != FILE_VERSION:
            raise IndexVersionError(f"{self.path} has another format; make the index anew: searchkit index --rebuild")
        if start % 8 or (end - size - start) % 4:
            raise self.corrupt("its directory does not fit")
        return self._data[start : end - size].cast("I"), bytes(self._data[end - size : end])

    def _laid(self, listing: dict[str, Any]) -> Iterator[tuple[str, _Section]]:
        """Yield the sections by their names, which lie one behind another up to the checksums.

        Raises:
            ValueError: They do not, or something is of another type.
        """
        sums = _FOOTER.unpack_from(self._data, len(self._data) - _FOOTER.size)[0]
        end, piece = _HEADER.size, 0
        for name, (dtype, start, size) in listing.items():
            kind = _DTYPES[dtype]
            if (type(start), type(size)) != (int, int) or start != end + -end % 8 or size < 0 or size % kind.itemsize:
                raise ValueError(name)
            yield name, _Section(kind, start, size, piece)
            end, piece = start + size, piece + (size + (1 << _PIECE) - 1 >> _PIECE)
        if end + -end % 8 != sums or piece != len(self._sums):
            raise ValueError("checksums")

    def check(self, name: str, start: int, end: int) -> None:
        """Compare the checksums of what the bytes `[start, end)` of a section lie in, if nobody has before.

        Raises:
            IndexCorruptError: One differs, or the section is not so long.
        """
        section = self._sections.get(name)
        if section is None or not 0 <= start <= end <= section.size:
            if start == end:
                return
            raise self.corrupt(f"{name} is too short")
        last = section.piece + (end + (1 << _PIECE) - 1 >> _PIECE)
        piece = section.piece + (start >> _PIECE)
        while (piece := self._seen.find(0, piece, last)) >= 0:
            self._compare(name, section, piece)
            self._seen[piece] = 1

    def _compare(self, name: str, section: _Section, piece: int) -> None:
        start = (piece - section.piece) << _PIECE
        data = self._data[section.start + start : section.start + min(start + (1 << _PIECE), section.size)]
        if zlib.crc32(data) != self._sums[piece]:
            raise self.corrupt(f"the checksum of {name} differs")

    def verify(self) -> None:
        """Compare all checksums, whether somebody has before or not: the disk may have changed."""
        for name, section in self._sections.items():
            for piece in range(section.piece, section.piece + (section.size + (1 << _PIECE) - 1 >> _PIECE)):
                self._compare(name, section, piece)
                self._seen[piece] = 1
            self.let_go(name)

    def let_go(self, name: str | None = None) -> None:
        """Let the system take back the memory of what has been read, which it reads again when it is asked for.

        Args:
            name: The section; None for all.
        """
        if not hasattr(mmap, "MADV_DONTNEED"):
            return
        start, size = (0, len(self._map)) if name is None else self._sections[name][1:3]
        before = start % mmap.PAGESIZE
        self._map.madvise(mmap.MADV_DONTNEED, start - before, size + before)

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    @property
    def names(self) -> KeysView[str]:
        """The names of the sections."""
        return self._sections.keys()

    def shape(self, name: str) -> tuple[str, int]:
        """Return the dtype of a section and how many it holds, and read nothing; of one never written to no dtype."""
        section = self._sections.get(name)
        return ("", 0) if section is None else (section.kind.str, section.size // section.kind.itemsize)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """Return a section, checked, as a read-only view of the file; a section never written to is empty.

        Raises:
            IndexCorruptError: A checksum differs.
        """
        if name in self._sections:
            self.check(name, 0, self._sections[name].size)
        return self.unchecked(name)

    def unchecked(self, name: str) -> npt.NDArray[Any]:
        """Return the same for who calls `check` for what is read of it."""
        if name not in self._sections:
            return np.empty(0, np.uint8)
        kind, start, size, _ = self._sections[name]
        return np.frombuffer(self._map, kind, size // kind.itemsize, start)
