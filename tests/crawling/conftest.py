"""Crawls of sites on this machine, without pauses."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from web_site import Site

from searchkit.crawling import CrawlOptions
from searchkit.crawling.crawler import Crawl
from searchkit.documents import Document, Skip


@pytest.fixture
def serve():
    """Serve pages until the end of the test."""
    with ExitStack() as stack:
        yield lambda pages, **options: stack.enter_context(Site(pages, **options).served())


class Outcome:
    """What a crawl gave: documents by their paths, the reasons of skips by theirs, and the ids that are gone."""

    def __init__(self, items, base):
        self.items = items
        self.documents = {each.id.removeprefix(base): each for each in items if isinstance(each, Document)}
        self.skips = {each.source.removeprefix(base): each.reason for each in items if isinstance(each, Skip)}
        self.gone = {each.id.removeprefix(base) for each in items if not isinstance(each, Document | Skip)}


@pytest.fixture
def crawled():
    """Crawl a site to its end."""

    def run(site, *paths, state=None, holds=lambda _: True, resolve=None, **options):
        options = {"delay": 0, "allow_private": ("127.0.0.1",), "timeout": 20, **options}
        more = {} if resolve is None else {"resolve": resolve}
        crawl = Crawl([site.url + path for path in paths or ["/"]], CrawlOptions(**options), state, holds=holds, **more)
        try:
            items = []
            for each in crawl:
                items.append(each)
                crawl.keep()
            crawl.keep(gone=True)
        finally:
            crawl.close()
        return Outcome(items, site.url)

    return run
