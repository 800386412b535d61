"""How do the pages of a crawl get into an index, so that the index and the state of the crawl agree after a kill?

What has come is committed to the index first and then noted as kept. A kill between the two lets it come again, and the
index finds it unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from searchkit.crawling.crawler import Crawl, Crawled
from searchkit.crawling.state import Gone
from searchkit.documents import Document, Report, Skip
from searchkit.engines.base import WriteOptions
from searchkit.index import SearchIndex

STATE = "crawl.sqlite"
"""The file in the folder of an index that remembers its crawls."""

_MOST_DOCUMENTS = 200  # between two commits
_MOST_CHARACTERS = 4_000_000
_SECONDS = 30.0


def crawl_into(
    index: SearchIndex, crawl: Crawl, options: WriteOptions | None = None, over: Iterable[Crawled] | None = None
) -> Report:
    """Put the pages of a crawl into an index, and take those out that are gone.

    Args:
        index: Takes them; they can be found after each 200 documents, or half a minute.
        crawl: Gives them.
        options: How long to wait for others who write.
        over: The same as `crawl`, if it is looked at on the way.

    Raises:
        IndexLockedError, StorageError: See `SearchIndex.add`. What is not in the index comes again.
    """
    batch = _Batch(index, crawl, options)
    for each in crawl if over is None else over:
        batch.take(each)
    batch.commit()
    return batch.report


class _Batch:
    """What has come since the last commit."""

    def __init__(self, index: SearchIndex, crawl: Crawl, options: WriteOptions | None) -> None:
        self._index = index
        self._crawl = crawl
        self._options = options
        self._documents: dict[str, Document | None] = {}
        self._skips: list[Skip] = []
        self._characters = 0
        self._since = monotonic()
        self.report = Report()

    def take(self, each: Crawled) -> None:
        """Take what has come, and commit where that is enough."""
        if isinstance(each, Skip):
            self._skips.append(each)
        else:
            self._documents[each.id] = None if isinstance(each, Gone) else each
            self._characters += 0 if isinstance(each, Gone) else len(each.body)
        is_much = len(self._documents) >= _MOST_DOCUMENTS or self._characters >= _MOST_CHARACTERS
        if is_much or (self._documents and monotonic() >= self._since + _SECONDS):
            self.commit()

    def commit(self) -> None:
        """Put all of it into the index, and say so to the crawl."""
        there = [each for each in self._documents.values() if each is not None]
        gone = [id_ for id_, each in self._documents.items() if each is None]
        added = self._index.add([*self._skips, *there], options=self._options) if there or self._skips else Report()
        removed = self._index.delete(gone, self._options) if gone else 0
        self._crawl.keep()
        before = self.report
        self.report = Report(
            before.added + added.added,
            before.updated + added.updated,
            before.unchanged + added.unchanged,
            before.removed + removed,
            before.skipped + added.skipped,
        )
        self._documents, self._skips, self._characters, self._since = {}, [], 0, monotonic()
