"""When does a run end? When it fills its memory it is written, and the next one begins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from searchkit.engines.whoosh.writing.batches import Worked
from searchkit.engines.whoosh.writing.segment_writer import Run


class Runs:
    """The runs of one writer.

    Args:
        memory: Bytes that the one that is gathered may take.
        new_path: Makes the name of the next one's file.
    """

    def __init__(self, memory: int, new_path: Callable[[], Path]) -> None:
        self._memory = memory
        self._new_path = new_path
        self._written: list[Run] = []
        self._run: Run | None = None

    def add(self, worked: Worked) -> None:
        """Add the next chunk."""
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
        self._end()
        return self._written

    def close(self) -> None:
        """Let go of what is not written."""
        if self._run is not None:
            self._run.abandon()

    def abandon(self) -> None:
        """Remove what is written."""
        for run in self._written:
            run.abandon()
