"""How many pages may still be fetched?"""

from __future__ import annotations

from collections.abc import Iterable

from searchkit.crawling.options import CrawlOptions
from searchkit.crawling.state import CrawlState, KnownPage


class Allowance:
    """The pages that a crawl may fetch, over all runs of a round, and those that it has. Sitemaps do not count.

    Args:
        options: Of the crawl.
        sites: Its hosts.
    """

    def __init__(self, options: CrawlOptions, sites: Iterable[str]) -> None:
        self._options = options
        self._fetched_of = dict.fromkeys(sites, 0)

    @property
    def fetched(self) -> int:
        """How many pages are done."""
        return sum(self._fetched_of.values())

    @property
    def left(self) -> int:
        """How many more may be fetched, from 0."""
        return max(self._options.max_pages - self.fetched, 0)

    def begin(self, state: CrawlState) -> None:
        """Count what earlier runs have fetched."""
        self._fetched_of = {site: state.fetched(site) for site in self._fetched_of}

    def take(self, page: KnownPage, site: str) -> None:
        """Count a page that is done."""
        self._fetched_of[site] += not page.listing

    def is_spent(self, under_way: Iterable[KnownPage] = ()) -> bool:
        """Tell whether as many pages as may be are done or under way."""
        return self.left <= sum(not page.listing for page in under_way)

    def is_spent_for(self, site: str) -> bool:
        """Tell whether as many pages of a host are done as may be; it is not being asked."""
        most = self._options.max_host_pages
        return most is not None and self._fetched_of[site] >= most
