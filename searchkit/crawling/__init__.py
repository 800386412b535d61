"""From addresses to the documents of their sites."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from searchkit.crawling.options import CrawlOptions
from searchkit.documents import Document, Skip
from searchkit.errors import MissingExtraError

if TYPE_CHECKING:
    from searchkit.crawling.crawler import Crawl

__all__ = ["CrawlOptions", "crawl"]


def crawl(
    urls: Iterable[str], options: CrawlOptions | None = None, state: str | os.PathLike[str] | None = None
) -> Iterator[Document | Skip]:
    """Yield the documents of the sites that some addresses are on, and a `Skip` for what gave none.

    Args:
        urls: Where to begin: pages, feeds, sitemaps, files. Only their hosts are gone to, with `www.` and without.
        options: How far, and how politely.
        state: A file that remembers the crawl, so that another call goes on where this one ended, or looks again for
            what has changed. What was yielded counts as taken when the next one is asked for.

    Raises:
        ArgumentError: An address is none that can be crawled.
        MissingExtraError: The extra `crawl` is not installed.
        StorageError: The state cannot be used.
    """
    begun = begin(urls, options, state)
    try:
        for each in begun:
            if isinstance(each, Document | Skip):
                yield each
            begun.keep()
        begun.keep(gone=True)
    finally:
        begun.close()


def begin(
    urls: Iterable[str],
    options: CrawlOptions | None = None,
    state: str | os.PathLike[str] | None = None,
    holds: Callable[[str], bool] = lambda _: True,
) -> Crawl:
    """Return a crawl to be iterated over, which tells what is gone too; see `crawl`.

    `holds` tells whether a document is where the others went; of one that is not, all is fetched again.
    """
    try:
        from searchkit.crawling.crawler import Crawl  # noqa: PLC0415 (its packages are an extra)
    except ModuleNotFoundError as error:
        raise MissingExtraError("Crawls", str(error.name), "crawl") from None
    return Crawl(urls, options, state, holds=holds)
