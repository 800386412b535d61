"""What does a piece of work cost in a process of its own?"""

from __future__ import annotations

import multiprocessing
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_STATUS = Path("/proc/self/status")


class Child:
    """One process, started afresh (nothing of ours is in its memory), that calls functions for us one by one.

    What the functions leave in their modules stays there for the next call.
    """

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the function returns there, or raise what it raises."""
        return self._pool.submit(function, *args, **kwargs).result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process holds of main memory, in MB (10⁶ bytes).

    Attributes:
        resident: Now.
        mapped: The part of it that is pages of files, which the system takes back when it needs them.
        peak: The most there ever was.
    """

    resident: float
    mapped: float
    peak: float


def memory() -> Memory:
    """Measure this process: `/proc/self/status` where there is one, else only the peak.

    `getrusage` alone would not do on Linux: a started process inherits the peak of the one that started it.
    """
    if not _STATUS.is_file():
        unit = 1 if sys.platform == "darwin" else 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
        return Memory(resident=peak, mapped=0.0, peak=peak)
    fields = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    resident, mapped, peak = (int(fields[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "RssFile", "VmHWM"))
    return Memory(resident=resident, mapped=mapped, peak=peak)


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ran to its end: how long it took, in seconds, and what it printed."""

    seconds: float
    output: str


def run(command: Sequence[str]) -> Ran:
    """Run a command.

    Raises:
        subprocess.CalledProcessError: It ended with another status than 0; what it said is in `stderr`.
    """
    begin = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    return Ran(time.perf_counter() - begin, done.stdout)


def run_alternating(commands: Sequence[Sequence[str]], rounds: int) -> list[list[Ran]]:
    """Run each command so many times, in turn, so that what disturbs the machine disturbs all of them."""
    ran = [[run(command) for command in commands] for _ in range(rounds)]
    return [list(of_command) for of_command in zip(*ran, strict=True)]
