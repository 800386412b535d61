"""How does a process break off? It is killed, or refused, at its n-th call to the system, or killed after some time."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import time
import traceback
from contextlib import nullcontext

from disks import Disk

from searchkit import SearchKitError

STRACE = shutil.which("strace")
KINDS = (
    "openat newfstatat statx read write pwrite64 fsync ftruncate flock link linkat unlink rename mkdir getdents64 mmap "
    "munmap close fcntl access faccessat2"
).split()
"""Calls of a store to the system, as Linux names them."""


class Killing(Disk):
    """A disk whose n-th call ends the process before it is made."""

    def _fail(self):
        os.kill(os.getpid(), signal.SIGKILL)


class Child:
    """A process that changes an index step by step and says so after each.

    Args:
        steps: Functions of the path.
        path: Of the index.
        around: Gives a context in which it does so.
        waits: Whether it waits for `go`.
    """

    def __init__(self, steps, path, around, *, waits=False):
        self._ours, theirs = socket.socketpair()  # what goes through it is no call that it may be broken off at
        self.pid = os.fork()
        if not self.pid:
            try:
                self._ours.close()
                if waits:
                    theirs.recv(1)
                os._exit(_code(steps, path, around, theirs))
            finally:
                os._exit(3)  # whatever happens, it does not go on as its parent
        theirs.close()

    def go(self):
        self._ours.send(b".")

    def ended(self):
        """Wait for its end; return how many steps it has acknowledged, and its exit code or minus the signal."""
        acknowledged = 0
        while part := self._ours.recv(100):
            acknowledged += len(part)
        self._ours.close()
        _, status = os.waitpid(self.pid, 0)
        return acknowledged, os.waitstatus_to_exitcode(status)


def _code(steps, path, around, parent):
    """Take the steps, and return how that ends: 0, 1 for an error of ours or a lack of memory, 2 for any other."""
    try:
        with around():
            for step in steps:
                step(path)
                parent.send(b".")
    except (SearchKitError, MemoryError):
        return 1
    except BaseException:  # noqa: BLE001 (told, and by its code)
        traceback.print_exc()
        return 2
    return 0


def killed_at_call(steps, path, number):
    """Break off before the n-th call of Python's to the disk."""
    return Child(steps, path, lambda: Killing(path, failing=number, looks=True)).ended()


def killed_after(steps, path, seconds):
    """Break off some time after the start."""
    child = Child(steps, path, nullcontext)
    time.sleep(seconds)
    os.kill(child.pid, signal.SIGKILL)
    return child.ended()


def traced(steps, path, kind, injected):
    """Break off at a call of this kind as strace is told to, see `--inject` there.

    Returns:
        How it ended, see `Child.ended`, and whether there was such a call; None where strace may not trace.
    """
    child = Child(steps, path, nullcontext, waits=True)
    log = path.with_name("trace")
    command = [STRACE, "-f", "-qqq", "-o", log, "-e", f"trace={kind}", "-e", f"inject={kind}:{injected}"]
    with subprocess.Popen([*command, "-p", str(child.pid)], stderr=subprocess.PIPE) as tracer:
        attached = _attached(child.pid, tracer)
        child.go()
        outcome = child.ended()
        tracer.wait(30)
    said = log.read_text("utf-8")
    return (*outcome, "INJECTED" in said or "SIGKILL" in said) if attached else None


def _attached(pid, tracer):
    """Wait until a process is traced; tell whether it is."""
    until = time.monotonic() + 20
    while time.monotonic() < until and not select.select([tracer.stderr], [], [], 0)[0]:
        with open(f"/proc/{pid}/status", encoding="utf-8") as status:  # noqa: PTH123
            if "TracerPid:\t0\n" not in status.read():
                time.sleep(0.02)  # until it goes on
                return True
        time.sleep(0.002)
    return False
