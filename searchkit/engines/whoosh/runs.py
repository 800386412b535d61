"""When does a run end? Chunks are added in order, and a run that fills its memory is written and the next one begins.

This goes on in a thread of its own, beside the analysis of the next chunks: packing, sorting and writing whole arrays
leave the interpreter to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from searchkit.engines.whoosh.chunks import Worked
from searchkit.engines.whoosh.run import Run

_WAITING = 6


class Runs:
    """The runs of one writer.

    Args:
        memory: Bytes that the one that is gathered may take.
        new_path: Makes the name of the next one's file.
    """

    def __init__(self, memory: int, new_path: Callable[[], Path]) -> None:
        self._memory = memory
        self._new_path = new_path
        self._thread = ThreadPoolExecutor(1, "searchkit-runs")
        self._waiting: deque[Future[None]] = deque()
        self._written: list[Run] = []
        self._run: Run | None = None

    def add(self, take: Callable[[], Worked]) -> None:
        """Add the next chunk.

        Args:
            take: Called from the other thread, and may wait for the chunk. What it raises is raised here, by this or a
                later call.
        """
        self._waiting.append(self._thread.submit(self._add, take))
        while self._waiting and (len(self._waiting) > _WAITING or self._waiting[0].done()):
            self._waiting.popleft().result()

    def _add(self, take: Callable[[], Worked]) -> None:
        worked = take()
        if self._run is None:
            self._run = Run(self._new_path(), sum(run.documents for run in self._written))
        self._run.add(worked)
        if self._run.memory >= self._memory:
            self._end()

    def _end(self) -> None:
        if self._run is not None:
            self._run.write()
            self._written.append(self._run)
            self._run = None

    def finish(self) -> list[Run]:
        """Return all runs, written."""
        while self._waiting:
            self._waiting.popleft().result()
        self._thread.submit(self._end).result()
        return self._written

    def close(self) -> None:
        """Let go of what is under way."""
        self._thread.shutdown(cancel_futures=True)
        if self._run is not None:
            self._run.abandon()

    def abandon(self) -> None:
        """Remove what is written."""
        for run in self._written:
            run.abandon()
