"""Disks that fail: the n-th call to one raises, and a power cut loses what was not forced to disk."""

from __future__ import annotations

import mmap
import os
import random
import stat
import sys
import tempfile
from pathlib import Path

import pytest

import searchkit

OURS = str(Path(searchkit.__file__).parent)
CHANGES = ((os, "fsync"), (os, "ftruncate"), (os, "write"), (os, "link"), (Path, "mkdir"), (Path, "unlink"))
LOOKS = ((os, "open"), (os, "stat"), (os, "listdir"), (mmap, "mmap"))


class Disk:
    """Counts the calls that change a disk, and fails from one of them on.

    Attributes:
        calls: How many there were.
        kinds: What each of them was, and the line of ours that made it, where none is to fail.
        failing: The number of the call that fails; None for none.
        raises: What it raises.
        once: Whether the calls after that go well again.
        looks: Whether the calls that open files, map them and ask for them count, too.
    """

    def __init__(self, folder, *, failing=None, raises=OSError, once=True, looks=False):
        self.folder = folder
        self.looks = looks
        self.failing = failing
        self.raises = raises
        self.once = once
        self.calls = 0
        self.kinds = []
        self.synced = {}  # of each inode, what fsync has forced to disk
        self.names = {}  # of each name in the folder, what it has on disk; None: that is not known

    def __enter__(self):
        self._patches = pytest.MonkeyPatch()
        for owner, name in CHANGES + LOOKS * self.looks:
            self._patches.setattr(owner, name, self._counted(getattr(owner, name)))
        self._patches.setattr(Path, "open", self._opened(Path.open))
        spooled = tempfile.SpooledTemporaryFile
        self._patches.setattr(spooled, "write", self._counted(spooled.write))
        return self

    def __exit__(self, *exc):
        self._patches.undo()

    def _call(self, name):
        self.calls += 1
        if self.failing is None:
            self.kinds.append((name, *_place()))
        elif self.calls == self.failing or (self.calls > self.failing and not self.once):
            self._fail()

    def _fail(self):
        raise self.raises(5, "Input/output error") if issubclass(self.raises, OSError) else self.raises

    def _counted(self, real):
        def counted(*arguments, **options):
            self._call(real.__name__)
            result = real(*arguments, **options)
            if real.__name__ == "fsync":
                self._force(arguments[0])
            return result

        return counted

    def _opened(self, real):
        def opened(path, mode="r", *arguments, **options):
            if "w" in mode or self.looks:
                self._call("open")
            file = real(path, mode, *arguments, **options)
            return _File(file, self) if "w" in mode else file

        return opened

    def _force(self, descriptor):
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            with os.scandir(self.folder) as files:  # which counts as no call
                self.names = {file.name: self.synced.get(file.inode()) for file in files}
        else:
            self.synced[status.st_ino] = Path(f"/proc/self/fd/{descriptor}").read_bytes()

    def forced(self):
        """Return {name: contents} where nothing has reached the disk that was not forced to."""
        return {name: data or b"" for name, data in self.names.items()}

    def after_power_loss(self, chosen: random.Random):
        """Return {name: contents} as a machine might find them when the power is back."""
        found = {}
        for name in sorted({*self.names, *(file.name for file in self.folder.iterdir())}):
            path = self.folder / name
            states = {*([self.names[name]] if name in self.names else [None])}
            if path.exists():
                data = path.read_bytes()
                whole = self.synced.get(path.stat().st_ino) == data
                states.add(data if whole else chosen.choice(damaged(data)))
            else:
                states.add(None)
            state = chosen.choice(sorted(states, key=repr))
            if state is not None:
                found[name] = state
        return found


class _File:
    """A file whose writes are counted."""

    def __init__(self, file, disk):
        self._file = file
        self._disk = disk

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._file.close()

    def write(self, data):
        self._disk._call("write of a file")
        return self._file.write(data)


def _place():
    """Return the file and line of searchkit that are being run."""
    frame = sys._getframe(2)
    while frame and not frame.f_code.co_filename.startswith(OURS):
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno) if frame else ("", 0)


def damaged(data):
    """What becomes of a file that was not forced to disk."""
    half = len(data) // 2
    return [data, b"", data[:half], data[:half] + bytes(len(data) - half), bytes(len(data))]
