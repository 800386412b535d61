"""Progress of long work: one line on a terminal that keeps itself up to date, nothing anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from searchkit.cli.terminal import is_terminal
from searchkit.documents import Document, Skip

if TYPE_CHECKING:
    from searchkit.crawling.crawler import Crawl
    from searchkit.crawling.given import Gone

_EVERY_SECONDS = 0.1
_ERASE = "\r\x1b[2K"

Item = TypeVar("Item")


class _StatusLine:
    """A line on standard error, where that is a terminal; written anew when it is time to."""

    def __init__(self, *, shown: bool = True) -> None:
        self._shown = shown and is_terminal(sys.stderr)
        self._started = time.monotonic()
        self._next = self._started + _EVERY_SECONDS

    def show(self, text: Callable[[float], str]) -> None:
        """Show what is given for the seconds since the start."""
        now = time.monotonic()
        if self._shown and now >= self._next:
            self._next = now + _EVERY_SECONDS
            sys.stderr.write(_ERASE + text(now - self._started))
            sys.stderr.flush()

    def erase(self) -> None:
        if self._shown:
            sys.stderr.write(_ERASE)
            sys.stderr.flush()


class Progress:
    """Counts sources and documents as they pass by, and shows them on standard error while it is a terminal.

    Args:
        sources: How many sources there are in all.
    """

    def __init__(self, sources: int) -> None:
        self.sources = sources
        self.done = 0
        self.documents = 0
        self._line = _StatusLine()

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
                self._line.show(self.line)
        finally:
            self._line.erase()

    def line(self, seconds: float) -> str:
        """Return what is shown after so many seconds of work."""
        text = f"{self.documents:,} documents, {self.documents / seconds:,.0f} a second"
        if self.sources > 1 and self.done:
            text += _share(self.done, self.sources, seconds)
        return text


def over_pages(crawl: Crawl) -> Iterator[Document | Skip | Gone]:
    """Pass on what a crawl finds, and show how many pages are done."""
    line = _StatusLine()
    before = None
    try:
        for each in crawl:
            before = crawl.fetched if before is None else before
            line.show(partial(_pages, crawl, before))
            yield each
    finally:
        line.erase()


def _pages(crawl: Crawl, before: int, seconds: float) -> str:
    return f"{crawl.fetched:,} pages, {(crawl.fetched - before) / seconds:,.1f} a second, {crawl.known:,} more known"


def over_topics(topics: Collection[str], *, shown: bool = True) -> Iterator[str]:
    """Pass the ids of topics on, and show how many of them are done; the last may still be at work."""
    line = _StatusLine(shown=shown)
    try:
        for done, topic in enumerate(topics):
            if done:
                line.show(partial(_topics, done, len(topics)))
            yield topic
    finally:
        line.erase()


def _topics(done: int, of: int, seconds: float) -> str:
    return f"{done:,} topics{_share(done, of, seconds)}"


def _share(done: int, of: int, seconds: float) -> str:
    left = seconds * (of - done) / done
    return f", {100 * done // of} %, {left // 60:.0f}:{left % 60:02.0f} left"
