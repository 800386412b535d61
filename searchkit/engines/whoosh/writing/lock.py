"""Who may write? One at a time, the others in turn: a lock on a file, which ends with its process.

Who wants to write takes a place at the door first, the lock of another file, and gives it up inside. So whoever has
just written stands behind those who wait, and none of these waits for ever.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

from searchkit.engines.whoosh.format.toc import DOOR, LOCK
from searchkit.errors import IndexLockedError, IndexLockLostError, StorageError

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.02  # seconds between two tries


class WriterLock:
    """The lock of an index.

    Args:
        folder: Of the index.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._inside = _FileLock(folder / LOCK)

    def take(self, wait: float) -> None:
        """Lock, after waiting so many seconds at most.

        Raises:
            IndexLockedError: Others wrote all that time, or one that waits for this process itself.
        """
        until = time.monotonic() + wait
        door = _FileLock(self._folder / DOOR)
        if not door.take(until):
            raise self._locked(wait)
        try:
            if not self._inside.take(time.monotonic()):
                self._check_waits()
                if not self._inside.take(until):
                    raise self._locked(wait)
        finally:
            door.release()
        since = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        try:
            self._inside.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}))
        except BaseException:
            self._inside.release()
            raise

    def release(self) -> None:
        """Let others write. Safe to call twice."""
        self._inside.release()

    @property
    def is_held(self) -> bool:
        """Whether the file is locked and still the one that others would lock: nobody has removed or replaced it."""
        return self._inside.is_held

    def lost(self) -> IndexLockLostError:
        """Return the error that says that this lock has not kept others from writing."""
        return IndexLockLostError(
            f"the lock of the index at {self._folder} was removed or taken over, "
            f"so nothing of this was kept; leave {LOCK} alone and try again"
        )

    def _check_waits(self) -> None:
        """Make sure that the one who writes does not wait for this process: it would wait for ever.

        A process that helps another begins with running that one's script, which must not go on to write then.
        """
        processes = sys.modules.get("multiprocessing.process")
        begins = processes is not None and getattr(processes.current_process(), "_inheriting", False)
        if begins and _known(self._folder / LOCK).get("pid") == os.getppid():
            raise IndexLockedError(
                f"the process that writes the index at {self._folder} has begun this one to help it, and this one runs "
                "the same script; guard what a script does with: if __name__ == '__main__'"
            )

    def _locked(self, wait: float) -> IndexLockedError:
        waited = f" after {wait:g} s" if wait else ""
        return IndexLockedError(
            f"{_holder(self._folder / LOCK)} is writing the index at {self._folder}, still so{waited}; "
            "try again later, or wait longer: --wait SECONDS, in Python WriteOptions(wait=SECONDS)"
        )


def _holder(path: Path) -> str:
    try:
        known = _known(path)
        return f"process {int(known['pid'])} on {str(known['host'])[:100]!r}, since {str(known['since'])[:40]},"
    except (ValueError, KeyError, TypeError):
        return "another process"


def _known(path: Path) -> dict[str, Any]:
    """Return what the file of a lock says of who has it; nothing where it says nothing that can be read."""
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


class _FileLock:
    """A lock on a file, which is made if it is not there and never removed. One object is for one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, until: float) -> bool:
        """Lock, trying until some time (`time.monotonic`) at most, once at least; tell whether that went well."""
        pause = _FIRST_PAUSE
        while not self._try():
            left = until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)
        return True

    def _try(self) -> bool:
        try:
            self._descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR | _NO_LINKS, 0o666)
        except OSError as error:
            if self._path.is_symlink():
                raise StorageError(f"{self._path} is a link, which no index has; remove it") from error
            raise
        try:
            if _locked(self._descriptor) and self.is_held:
                return True
        except BaseException:
            self.release()
            raise
        self.release()
        return False

    @property
    def is_held(self) -> bool:
        """Whether the file at the path is the one that is locked."""
        if self._descriptor is None:
            return False
        try:
            there = self._path.lstat()
        except FileNotFoundError:
            return False
        return os.path.samestat(os.fstat(self._descriptor), there)

    def write(self, text: str) -> None:
        """Put a text into the file."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, text.encode())

    def release(self) -> None:
        """Unlock."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def _locked(descriptor: int) -> bool:
    """Lock a file that nobody else has locked, and tell whether that is so."""
    try:
        if "fcntl" in globals():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except (BlockingIOError, PermissionError):
        return False
    return True
