"""How do named byte ranges lie in one file, so that damage is noticed?

    offset 0    magic, 8 bytes: b"skindex" and a zero byte
    offset 8    format version, unsigned 32 bits; 4 zero bytes
    …           sections, each from a multiple of 8
    …           directory: JSON, `{"sections": {name: [dtype, offset, size, crc32]}, "about": {…}}`
    end - 24    directory offset (64 bits), its size (32), its CRC-32 (32), magic again

All numbers are little-endian; a section is an array of one dtype, sizes are in bytes. The directory is checked when
the file is opened, and the sections whose names end in `_starts`, which say where all else is; the others are when that
is asked for, as it reads all of them.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt

from searchkit.errors import IndexCorruptError, IndexVersionError

MAGIC = b"skindex\0"
FILE_VERSION = 1

_HEADER = struct.Struct("<8sII")
_FOOTER = struct.Struct("<QII8s")
_SPOOLED = 1 << 22
_COPIED = 1 << 20


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
        with self._path.open("wb") as file:
            file.write(_HEADER.pack(MAGIC, FILE_VERSION, 0))
            for name, (dtype, stream) in sorted(self._streams.items()):
                file.write(bytes(-file.tell() % 8))
                start, crc = file.tell(), 0
                stream.seek(0)
                while part := stream.read(_COPIED):
                    crc = zlib.crc32(part, crc)
                    file.write(part)
                directory[name] = [dtype, start, file.tell() - start, crc]
            listing = json.dumps({"sections": directory, "about": about}, ensure_ascii=False, sort_keys=True).encode()
            start = file.tell()
            file.write(listing + _FOOTER.pack(start, len(listing), zlib.crc32(listing), MAGIC))
            file.flush()
            os.fsync(file.fileno())
        self.abandon()

    def abandon(self) -> None:
        """Let go of what is under way."""
        for _, stream in self._streams.values():
            stream.close()
        self._streams.clear()


class SectionFile:
    """A file of sections, memory-mapped.

    Args:
        path: The file.
        verify: Read all of it and compare the checksums.

    Attributes:
        about: What the writer said of the whole.

    Raises:
        IndexCorruptError: The file is missing, cut short, foreign, or a checksum differs.
        IndexVersionError: The file has a newer format.
    """

    def __init__(self, path: Path, *, verify: bool = False) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise self.corrupt(str(error)) from None
        self._sections, self.about = self._read_directory()
        self.verify("" if verify else "_starts")

    def corrupt(self, reason: str) -> IndexCorruptError:
        """Return the error that says that this file is damaged."""
        return IndexCorruptError(f"{self.path} is damaged ({reason}); make the index anew: searchkit index --rebuild")

    def _read_directory(self) -> tuple[dict[str, tuple[str, int, int, int]], dict[str, Any]]:
        if len(self._map) < _HEADER.size + _FOOTER.size:
            raise self.corrupt("it is too short")
        magic, version, _ = _HEADER.unpack_from(self._map, 0)
        if magic != MAGIC:
            raise self.corrupt("it is not a file of searchkit")
        if version > FILE_VERSION:
            raise IndexVersionError(f"{self.path} was written by a newer searchkit; upgrade searchkit to read it")
        end = len(self._map) - _FOOTER.size
        start, size, crc, magic = _FOOTER.unpack_from(self._map, end)
        if magic != MAGIC or start + size != end or zlib.crc32(self._map[start:end]) != crc:
            raise self.corrupt("its end does not fit")
        listing = json.loads(self._map[start:end])
        return {name: tuple(entry) for name, entry in listing["sections"].items()}, listing["about"]

    def verify(self, ending: str = "") -> None:
        """Compare the checksums of the sections whose names end so."""
        for name, (_, start, size, crc) in self._sections.items():
            if name.endswith(ending) and zlib.crc32(memoryview(self._map)[start : start + size]) != crc:
                raise self.corrupt(f"the checksum of {name} differs")

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

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """Return a section as a read-only view of the file; a section never written to is empty."""
        if name not in self._sections:
            return np.empty(0, np.uint8)
        dtype, start, size, _ = self._sections[name]
        kind = np.dtype(dtype)
        return np.frombuffer(self._map, kind, size // kind.itemsize, start)
