"""How do the pages of a crawl get into an index, so that the index and the state of the crawl agree after a kill?

What has come is committed to the index first and then noted as kept. A kill between the two lets it come again, and the
index finds it unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from searchkit import arguments
from searchkit.crawling.crawler import Crawl, Crawled
from searchkit.crawling.given import Gone
from searchkit.documents import Document, Report, Skip
from searchkit.engines.base import WriteOptions
from searchkit.errors import RemovalRefusedError
from searchkit.index import SearchIndex

STATE = "crawl.sqlite"
"""The file in the folder of an index that remembers its crawls."""

_MOST_DOCUMENTS = 200  # between two commits
_MOST_CHARACTERS = 4_000_000
_SECONDS = 30.0


def crawl_into(
    index: SearchIndex,
    crawl: Crawl,
    options: WriteOptions | None = None,
    *,
    over: Iterable[Crawled] | None = None,
    most_removed: float = 1.0,
) -> Report:
    """Put the pages of a crawl into an index, and take those out that are gone.

    Args:
        index: Takes them; they can be found after each 200 documents, or half a minute.
        crawl: Gives them.
        options: How long to wait for others who write.
        over: The same as `crawl`, if it is looked at on the way.
        most_removed: The share of the documents of earlier crawls, from 0 to 1, that may be removed as they are gone.

    Raises:
        RemovalRefusedError: More are gone. The documents that have come stay; to remove those is put off.
        IndexLockedError, StorageError: See `SearchIndex.add`. What is not in the index comes again.
    """
    arguments.instance("index", index, SearchIndex)
    batch = _Batch(index, crawl, options)
    for each in crawl if over is None else over:
        batch.take(each)
    batch.commit()
    batch.remove(most_removed)
    return batch.report


class _Batch:
    """What has come since the last commit."""

    def __init__(self, index: SearchIndex, crawl: Crawl, options: WriteOptions | None) -> None:
        self._index = index
        self._crawl = crawl
        self._options = options
        self._documents: dict[str, Document] = {}
        self._gone: dict[str, None] = {}
        self._skips: list[Skip] = []
        self._characters = 0
        self._since = monotonic()
        self.report = Report()

    def take(self, each: Crawled) -> None:
        """Take what has come, and commit where that is enough."""
        if isinstance(each, Skip):
            self._skips.append(each)
        elif isinstance(each, Gone):
            self._gone[each.id] = None
        else:
            self._gone.pop(each.id, None)
            self._documents[each.id] = each
            self._characters += len(each.body)
        is_much = len(self._documents) >= _MOST_DOCUMENTS or self._characters >= _MOST_CHARACTERS
        if is_much or (self._documents and monotonic() >= self._since + _SECONDS):
            self.commit()

    def commit(self) -> None:
        """Put all of it into the index, and say so to the crawl."""
        all_: list[Document | Skip] = [*self._skips, *self._documents.values()]
        added, before = self._index.add(all_, options=self._options) if all_ else Report(), self.report
        self._crawl.keep()
        self.report = Report(
            before.added + added.added,
            before.updated + added.updated,
            before.unchanged + added.unchanged,
            skipped=before.skipped + added.skipped,
        )
        self._documents, self._skips, self._characters, self._since = {}, [], 0, monotonic()

    def remove(self, most: float) -> None:
        """Take out of the index what is gone."""
        if len(self._gone) > most * self._crawl.documents:
            raise RemovalRefusedError(len(self._gone), self._crawl.documents)
        if self._gone:
            self.report = self.report._replace(removed=self._index.delete(self._gone, self._options))
        self._crawl.keep(gone=True)
