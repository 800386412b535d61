"""Who is to blame when a file of the index cannot be read? Damage is told from what the system refuses.

Damage is an `IndexCorruptError`, which says to make the index anew. What the system refuses (too many open files, no
permission, no memory) is a `StorageError` that says so: the index may be sound.
"""

from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from searchkit.errors import IndexCorruptError, StorageError

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
        with opened(path) as file, readable(path):
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        raise damaged(path, "it is missing") from None
    except ValueError:
        raise damaged(path, "it is empty") from None
