"""Progress of long work: one line on a terminal that keeps itself up to date, nothing anywhere else."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING

import click

from searchkit.cli.terminal import ERASE, is_terminal, size_shown
from searchkit.documents import Document, Skip

if TYPE_CHECKING:
    from searchkit.crawling.crawler import Crawl
    from searchkit.crawling.given import Gone
    from searchkit.meaning.embedding import EmbeddingProgress

_EVERY_SECONDS = 0.2
_MINUTE = 60.0


class _StatusLine:
    """A line on standard error, where that is a terminal; written anew when it is time to."""

    def __init__(self, *, shown: bool = True) -> None:
        self.is_shown = shown and is_terminal(sys.stderr)
        self._started = time.monotonic()
        self._next = self._started + _EVERY_SECONDS

    def show(self, text: Callable[[float], str], *, at_once: bool = False) -> None:
        """Show what is given for the seconds since the start, if it is time to."""
        if not self.is_shown:
            return
        now = time.monotonic()
        if at_once or now >= self._next:
            self._next = now + _EVERY_SECONDS
            columns = shutil.get_terminal_size().columns
            sys.stderr.write(ERASE + text(now - self._started)[: columns - 1])  # what goes on below is not erased
            sys.stderr.flush()

    def erase(self) -> None:
        if self.is_shown:
            sys.stderr.write(ERASE)
            sys.stderr.flush()


class Progress:
    """Counts documents and what was read of their sources, and shows it on standard error while it is a terminal.

    Args:
        sources: All of them.
        least: Bytes that a source counts for at least.
    """

    def __init__(self, sources: Sequence[str | Skip], least: int = 1) -> None:
        self.documents = 0
        self._line = _StatusLine()
        self._sources = sources
        self._sizes = [_size(source, least) for source in sources] if self._line.is_shown else []
        self._total = None if None in self._sizes else sum(filter(None, self._sizes))
        self._done = self._passed = self._size = 0

    def over_sources(self) -> Iterator[str | Skip]:
        """Pass the sources on; one is read when the next is asked for."""
        for source, size in zip_longest(self._sources, self._sizes):
            self._size, self._passed = size or 0, 0
            yield source
            self._done += self._size
            self._size = 0

    def passed(self, size: int) -> None:
        """Note how many bytes more were read of the source that was asked for last."""
        self._passed += size

    def over_documents(self, documents: Iterable[Document | Skip]) -> Iterator[Document | Skip]:
        """Pass documents on, and show how far the work has come."""
        for document in documents:
            yield document
            self.documents += isinstance(document, Document)
            self._line.show(self.line)
        self._line.show(lambda _: f"{self.documents:,} documents, all read; writing", at_once=True)

    def close(self) -> None:
        """Show nothing any more."""
        self._line.erase()

    def line(self, seconds: float) -> str:
        """Return what is shown after so many seconds of work."""
        text = f"{self.documents:,} documents, {self.documents / seconds:,.0f} a second"
        done = self._done + min(self._passed, self._size)
        if not self._total or not done:
            return text
        count = len(self._sources)
        return text + _share(done, self._total, seconds, f"{count:,} files" if count > 1 else size_shown(self._total))


class EmbeddingLine:
    """Shows how far it has come to embed documents: on a terminal all the time, elsewhere a line a minute.

    Args:
        shown: Whether to.
    """

    def __init__(self, *, shown: bool = True) -> None:
        self._line = _StatusLine(shown=shown)
        self._started = time.monotonic()
        self._next = self._started + _MINUTE if shown and not self._line.is_shown else float("inf")

    def show(self, progress: EmbeddingProgress) -> None:
        """Show it, if it is time to."""
        self._line.show(partial(self.line, progress))
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _MINUTE
            click.echo(self.line(progress, now - self._started), err=True)

    def line(self, progress: EmbeddingProgress, seconds: float) -> str:
        """Return what is shown after so many seconds of work."""
        text = f"{progress.embedded:,} passages embedded, {progress.embedded / seconds:,.1f} a second"
        if progress.reused:
            text += f", {progress.reused:,} known"
        if not progress.done:
            return text
        return text + _share(progress.done, progress.total, seconds, f"{progress.total:,} documents")

    def close(self) -> None:
        """Show nothing any more."""
        self._line.erase()


def _size(source: str | Skip, least: int) -> int | None:
    """Return how much work a source is, in bytes; None for standard input, which nobody knows."""
    if isinstance(source, Skip):
        return 0
    try:
        found = os.stat(source)  # noqa: PTH116 (a name of any characters)
    except (OSError, ValueError):
        return None if source == "-" else least
    return max(found.st_size, least)


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


def _share(done: int, of: int, seconds: float, what: str = "") -> str:
    """Say which share of the work is done, and how long the rest takes at that pace.

    >>> _share(1, 4, 2.0), _share(1, 10_000, 2.0, "3 files")
    (', 25 %, 0:06 left', ', 0 % of 3 files, 5:33:18 left')
    """
    minutes, left = divmod(round(seconds * max(of - done, 0) / done), 60)
    hours, minutes = divmod(minutes, 60)
    time_left = f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
    return f", {min(100 * done // of, 100)} %{what and f' of {what}'}, {time_left} left"
