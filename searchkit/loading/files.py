"""Which bytes are in a source? Opened with care: a name may be a pipe, a device, a link, or gone.

A stream can be looked into before it is read (`peek`), and that of a file which is not packed can be sought in.
"""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeAlias

from searchkit.errors import LoadError
from searchkit.loading.options import STDIN, LoadOptions, source_name
from searchkit.loading.unpacking import RATIO, Budget, packing, unpacked

_MOST_LOOKED_AT = 16

Passed: TypeAlias = Callable[[int], object]
"""Is told how many bytes more of a file have been read."""


@contextmanager
def opened(path: str, options: LoadOptions, passed: Passed | None = None) -> Iterator[BinaryIO]:
    """Open a regular file, unpacked if it is packed, or standard input, and tell how much of the file is read.

    Raises:
        LoadError: It cannot be opened or read, within the `with` block too.
    """
    name = source_name(path)
    try:
        if path == STDIN:
            yield sys.stdin.buffer
            return
        with _regular(path, name) as file:
            size = os.fstat(file.fileno()).st_size
            with io.BufferedReader(_UpTo(file, size, passed)) as stream:
                how = packing(stream.peek(_MOST_LOOKED_AT), name)
                if how:
                    yield unpacked(stream, how, name, Budget(bound(size, options)))
                else:
                    yield stream
    except OSError as error:
        raise LoadError(name, why(error)) from error


def whole(stream: BinaryIO, name: str, options: LoadOptions) -> bytes:
    """Read all of a stream.

    Raises:
        LoadError: It is larger than `options.max_bytes`.
    """
    data = stream.read(options.max_bytes + 1)
    if len(data) > options.max_bytes:
        raise LoadError(name, too_large(options))
    return data


def bound(size: int, options: LoadOptions) -> int:
    """Return how many bytes may be unpacked of a file of `size` bytes."""
    return max(options.max_bytes + 1, RATIO * size)


def too_large(options: LoadOptions) -> str:
    """Say that the size limit is passed."""
    return f"larger than {options.max_bytes / 1e6:g} MB"


def why(error: Exception) -> str:
    """Say in a few words why reading failed."""
    match error:
        case FileNotFoundError():
            return "no such file"
        case PermissionError():
            return "permission denied"
        case OSError(strerror=str(text)):
            return text[:1].lower() + text[1:]
        case _:
            return str(error)


class _UpTo(io.RawIOBase):
    """What a file held when it was opened: one that grows while it is read would never end."""

    def __init__(self, file: BinaryIO, size: int, passed: Passed | None) -> None:
        self._file = file
        self._size = size
        self._passed = passed

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._file.tell(), io.SEEK_END: self._size}[whence]
        return self._file.seek(max(base + offset, 0))

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (any buffer that can be written to)
        left = self._size - self._file.tell()
        data = self._file.read(max(min(len(buffer), left), 0))
        buffer[: len(data)] = data
        if self._passed is not None:
            self._passed(len(data))
        return len(data)


def _regular(path: str, name: str) -> BinaryIO:
    """Open a file without waiting for the other end of a pipe, and make sure that it is one."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # a NUL, or a character that no file name can hold
        raise LoadError(name, str(error)) from error
    stream = open(descriptor, "rb")  # noqa: PTH123, SIM115 -- a descriptor, closed by the caller's with
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        stream.close()
        raise LoadError(name, "a folder" if stat.S_ISDIR(mode) else "not a regular file")
    return stream
