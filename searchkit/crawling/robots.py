"""What does a site allow? Its robots.txt says so (RFC 9309); where that cannot be had, nothing is allowed for now."""

from __future__ import annotations

from time import monotonic
from urllib.parse import urlsplit

from protego import Protego

from searchkit.crawling.addresses import canonical
from searchkit.crawling.fetching import AGENT, MOST_REDIRECTS, REDIRECTS, Answer, Fetcher, FetchError
from searchkit.crawling.politeness import retry_after

_MOST = 512_000  # bytes that are read; RFC 9309 asks for 500 KiB
_FRESH = 86_400.0  # seconds that it may be gone by
_LONGEST_DELAY = 300.0  # seconds
_MOST_SITEMAPS = 100


class RobotsRules:
    """What a robots.txt says.

    Args:
        text: Of the file; an empty one allows all.
    """

    def __init__(self, text: str = "") -> None:
        self._rules = Protego.parse(text)
        self._until = monotonic() + _FRESH

    @property
    def is_fresh(self) -> bool:
        """Whether it may still be gone by."""
        return monotonic() < self._until

    @property
    def delay(self) -> float:
        """Seconds that are asked for between two requests; 0 where none are, at most five minutes."""
        asked = self._rules.crawl_delay(AGENT) or 0.0
        rate = self._rules.request_rate(AGENT)
        if rate is not None and rate.requests:
            asked = max(asked, rate.seconds / rate.requests)
        return min(float(asked), _LONGEST_DELAY) if asked > 0 else 0.0  # it may be no number

    @property
    def sitemaps(self) -> list[str]:
        """The addresses of sitemaps that it names."""
        named = list(self._rules.sitemaps)[:_MOST_SITEMAPS]
        return [found for found in map(canonical, named) if found is not None]

    def allows(self, url: str) -> bool:
        """Tell whether an address may be asked for."""
        return urlsplit(url).path == "/robots.txt" or bool(self._rules.can_fetch(url, AGENT))


def fetch_rules(fetcher: Fetcher, origin: str) -> RobotsRules:
    """Ask a server for its robots.txt.

    Args:
        fetcher: Asks.
        origin: Scheme, host and port.

    Raises:
        FetchError, RefusedError: There is no answer, or none now (429, 5xx): nothing is allowed.
    """
    url: str | None = f"{origin}/robots.txt"
    for _ in range(MOST_REDIRECTS + 1):
        if url is None:
            break
        answer = fetcher.fetch(url, cut=_MOST)
        if answer.status not in REDIRECTS:
            return _rules(answer)
        url = canonical(answer.headers.get("location", ""), url)
    return RobotsRules()  # as if there were none


def _rules(answer: Answer) -> RobotsRules:
    if answer.status == 429 or answer.status >= 500:
        wait = retry_after(answer.headers.get("retry-after", ""))
        raise FetchError(
            answer.url, f"HTTP {answer.status}; without it nothing is allowed for now", again=True, wait=wait
        )
    if answer.status != 200:
        return RobotsRules()
    return RobotsRules(answer.body.decode("utf-8-sig", "replace"))
