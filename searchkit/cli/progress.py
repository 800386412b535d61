"""Progress of long work: one line on a terminal that keeps itself up to date, nothing anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from searchkit.cli.terminal import is_terminal
from searchkit.documents import Document, Skip

_EVERY_SECONDS = 0.1
_ERASE = "\r\x1b[2K"

Item = TypeVar("Item")


class Progress:
    """Counts sources and documents as they pass by, and shows them on standard error while it is a terminal.

    Args:
        sources: How many sources there are in all.
    """

    def __init__(self, sources: int) -> None:
        self.sources = sources
        self.done = 0
        self.documents = 0
        self._shown = is_terminal(sys.stderr)
        self._started = time.monotonic()
        self._next = self._started + _EVERY_SECONDS

    def over_sources(self, sources: Iterable[Item]) -> Iterator[Item]:
        """Pass sources on; one is done when the next is asked for."""
        for source in sources:
            yield source
            self.done += 1

    def over_documents(self, documents: Iterable[Document | Skip]) -> Iterator[Document | Skip]:
        """Pass documents on, and show how far the work has come."""
        try:
            for document in documents:
                yield document
                self.documents += isinstance(document, Document)
                self._show()
        finally:
            if self._shown:
                sys.stderr.write(_ERASE)
                sys.stderr.flush()

    def _show(self) -> None:
        now = time.monotonic()
        if self._shown and now >= self._next:
            self._next = now + _EVERY_SECONDS
            sys.stderr.write(_ERASE + self.line(now - self._started))
            sys.stderr.flush()

    def line(self, seconds: float) -> str:
        """Return what is shown after so many seconds of work."""
        text = f"{self.documents:,} documents, {self.documents / seconds:,.0f} a second"
        if self.sources > 1 and self.done:
            left = seconds * (self.sources - self.done) / self.done
            text += f", {100 * self.done // self.sources} %, {left // 60:.0f}:{left % 60:02.0f} left"
        return text
