"""Bounds for what is done with a forged index: memory, and the files that may be opened or changed."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

MEMORY = 1 << 30
EVENTS = {"open", "os.remove", "os.rename", "os.mkdir", "os.link", "os.symlink", "os.truncate"}

STATM = Path("/proc/self/statm")
told_by_proc = pytest.mark.skipif(not STATM.exists(), reason="tells how much memory is taken by /proc")

_opened = []
_watching = []


def _watch(event, arguments):
    if _watching and event in EVENTS:
        _opened.extend(os.fsdecode(each) for each in arguments[:2] if isinstance(each, str | bytes | os.PathLike))


@cache
def _hook():
    sys.addaudithook(_watch)  # there is no way to take it away


def taken(place=0):
    """Return how many bytes of addresses the process has; with 1, how many of them lie in memory."""
    resource = pytest.importorskip("resource")
    return int(STATM.read_text().split()[place]) * resource.getpagesize()


@contextmanager
def guarded(folder):
    """Fail if a file is opened or changed that is neither in the folder nor Python's; give it 1 GB of memory."""
    resource = pytest.importorskip("resource")
    _hook()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (taken() + MEMORY, before[1]))
    _opened.clear()
    _watching.append(folder)
    try:
        yield
    finally:
        _watching.clear()
        resource.setrlimit(resource.RLIMIT_AS, before)
    ours = (str(folder), sys.prefix, sys.base_prefix, str(Path(__file__).parents[3]), "/dev/", "/proc/self/")
    outside = [name for name in _opened if name.startswith(("/", "..")) and not os.path.realpath(name).startswith(ours)]
    assert outside == []
