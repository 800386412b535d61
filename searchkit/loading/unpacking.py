"""What is in a packed stream? Told by its first bytes, unpacked as it is read, and no more of it than a bound.

What is unpacked of one file, at whatever depth, is counted together in its `Budget`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from searchkit.errors import LoadError

RATIO = 100
"""How many times its size a file may unpack to: text packs to a tenth, seldom to a fiftieth."""

MOST_DEPTH = 4
"""How many archives may lie inside one another."""

MOST_MEMBERS = 100_000
"""Files within a file, with those of the archives in it."""

_PACKINGS = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"))
_CHUNK = 65_536
_ZSTD_CHUNK = 1_024  # which unpacks to 32 MB at most
_MOST_MEMORY = 1 << 27  # of a window or dictionary; what `xz -9` and `zstd --long` ask for


class Budget:
    """What may still be unpacked of a file: bytes and members, with those of what lies in it; and how deep it lies."""

    def __init__(self, bytes_: int) -> None:
        self._left = [bytes_, MOST_MEMBERS]
        self.depth = 0

    def spend(self, bytes_: int, name: str) -> None:
        """Count bytes that were unpacked.

        Raises:
            LoadError: They are too many.
        """
        self._left[0] -= bytes_
        if self._left[0] < 0:
            raise LoadError(name, f"unpacks to more than {RATIO} times its size")

    def member(self, name: str) -> None:
        """Count a member.

        Raises:
            LoadError: They are too many.
        """
        self._left[1] -= 1
        if self._left[1] < 0:
            raise LoadError(name, f"more than {MOST_MEMBERS:,} files in it")

    def within(self, name: str) -> Budget:
        """Return the same budget for what lies one archive deeper.

        Raises:
            LoadError: That is too deep.
        """
        deeper = Budget(0)
        deeper._left = self._left
        deeper.depth = self.depth + 1
        if deeper.depth > MOST_DEPTH:
            raise LoadError(name, f"more than {MOST_DEPTH} archives inside one another")
        return deeper


class Unpacked(io.BufferedReader):
    """A stream out of a packed file or an archive, with the budget that it is read on."""

    def __init__(self, raw: BinaryIO, name: str, budget: Budget, *, counted: bool = True) -> None:
        self.budget = budget
        super().__init__(cast("io.RawIOBase", _Metered(raw, name, budget if counted else None)))


class _Metered(io.RawIOBase):
    """A raw stream that counts what is read; it cannot be sought in, since that would unpack all again."""

    def __init__(self, raw: BinaryIO, name: str, budget: Budget | None) -> None:
        self._raw, self._name, self._budget = raw, name, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (any buffer that can be written to)
        data = self._raw.read(len(buffer))
        if self._budget is not None:
            self._budget.spend(len(data), self._name)
        buffer[: len(data)] = data
        return len(data)


def packing(head: bytes, name: str = "") -> str | None:
    """Return how a stream is packed, by its first bytes; what is called so is gzip, too. None where it is not packed.

    >>> packing(b"BZh91AY&SY"), packing(b"salam"), packing(b"", "a.txt.gz")
    ('bzip2', None, 'gzip')
    """
    found = next((how for signature, how in _PACKINGS if head.startswith(signature)), None)
    if found == "bzip2" and head[4:10] not in (b"1AY&SY", b"\x17rE8P\x90"):  # a text may begin with these letters
        found = None
    return found or ("gzip" if name.lower().endswith(".gz") else None)


def unpacked(stream: BinaryIO, how: str, name: str, budget: Budget) -> Unpacked:
    """Return what is in a packed stream; a `LoadError` comes while it is read, where it is damaged or too much."""
    return Unpacked(cast("BinaryIO", _Explained(_READERS[how](stream), how, name)), name, budget)


class _Explained:
    """A reader whose failures are told as what they mean here."""

    def __init__(self, reader: BinaryIO, how: str, name: str) -> None:
        self._reader, self._how, self._name = reader, how, name

    def read(self, size: int) -> bytes:
        try:
            return self._reader.read(size)
        except LoadError:
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno:  # of the disk
                raise
            raise LoadError(self._name, f"not a whole {self._how} file") from error


class _Streams:
    """Packed streams one after another, as bzip2 and xz files may hold them."""

    def __init__(self, stream: BinaryIO, new: Callable[[], Any], chunk: int = _CHUNK) -> None:
        self._stream, self._new, self._now, self._chunk = stream, new, new(), chunk

    def read(self, size: int) -> bytes:
        while True:
            data = b""
            if self._now.eof:
                data = (self._now.unused_data or self._stream.read(self._chunk)).lstrip(b"\0")
                if not data:
                    return b""
                self._now = self._new()
            elif self._now.needs_input:
                data = self._stream.read(self._chunk)
                if not data:
                    raise EOFError
            out = cast("bytes", self._now.decompress(data, size))
            if out:
                return out


class _ZstdFrame:
    """A frame of zstd, with the names of the standard library's decompressors."""

    def __init__(self) -> None:
        import zstandard  # noqa: PLC0415 (only for those who pack so)

        self._frame = zstandard.ZstdDecompressor(max_window_size=_MOST_MEMORY).decompressobj()
        self._out = io.BytesIO()
        self.needs_input = True
        self.eof = False
        self.unused_data = b""

    def decompress(self, data: bytes, size: int) -> bytes:
        if data:
            self._out = io.BytesIO(self._frame.decompress(data))
        out = self._out.read(size)
        self.needs_input = len(out) < size
        self.eof = self.needs_input and self._frame.eof
        self.unused_data = self._frame.unused_data
        return out


def _gzip(stream: BinaryIO) -> BinaryIO:
    import gzip  # noqa: PLC0415 (each of these only for those who pack so)

    return cast("BinaryIO", gzip.GzipFile(fileobj=stream, mode="rb"))


def _bzip2(stream: BinaryIO) -> BinaryIO:
    import bz2  # noqa: PLC0415

    return cast("BinaryIO", _Streams(stream, bz2.BZ2Decompressor))


def _xz(stream: BinaryIO) -> BinaryIO:
    import lzma  # noqa: PLC0415

    return cast("BinaryIO", _Streams(stream, lambda: lzma.LZMADecompressor(memlimit=_MOST_MEMORY)))


def _zstd(stream: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", _Streams(stream, _ZstdFrame, _ZSTD_CHUNK))


_READERS: dict[str, Callable[[BinaryIO], BinaryIO]] = {"gzip": _gzip, "bzip2": _bzip2, "xz": _xz, "zstd": _zstd}
