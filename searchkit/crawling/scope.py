"""Which of the addresses that are met does a crawl go to?"""

from __future__ import annotations

from collections.abc import Iterable

from searchkit.crawling.addresses import is_trap, matches, may_hold_text, site_of, sites
from searchkit.crawling.options import CrawlOptions


class Scope:
    """The hosts of some addresses, and what is wanted of them.

    Args:
        seeds: The addresses that a crawl begins with.
        options: What it leaves alone.
    """

    def __init__(self, seeds: Iterable[str], options: CrawlOptions) -> None:
        self.sites = sites(seeds)
        self._options = options

    def takes(self, url: str) -> bool:
        """Tell whether an address that was met is one to go to."""
        options = self._options
        return (
            site_of(url) in self.sites
            and may_hold_text(url)
            and not is_trap(url)
            and (not options.include or matches(url, options.include))
            and not matches(url, options.exclude)
        )
