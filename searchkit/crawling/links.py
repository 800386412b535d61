"""Where does a page lead, and may it be indexed and gone on from? Read as it streams by, without a tree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

from searchkit.crawling.addresses import canonical
from searchkit.crawling.fetching import AGENT

MOST_LINKS = 10_000
"""Links of one page that are followed."""

_BLANK = "\t\n\r\f "
_REFRESH = re.compile(r"\s*\d*\s*[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_ORDERS = frozenset({"noindex", "nofollow", "none", "all", "index", "follow"})


@dataclass(slots=True)
class PageLinks:
    """What a page says to those who crawl.

    Attributes:
        urls: Where its links lead, in its order, each once.
        canonical: The address that it says is its own.
        noindex: Whether it is not to be found.
        nofollow: Whether its links are not to be followed.
    """

    urls: dict[str, None] = field(default_factory=dict)
    canonical: str | None = None
    noindex: bool = False
    nofollow: bool = False

    def obey(self, orders: set[str]) -> None:
        """Take orders that came with the page."""
        self.noindex = self.noindex or not orders.isdisjoint({"noindex", "none"})
        self.nofollow = self.nofollow or not orders.isdisjoint({"nofollow", "none"})


def page_links(text: str, url: str, encoding: str) -> PageLinks:
    """Return what a page says to those who crawl.

    Args:
        text: Of the page.
        url: Its address.
        encoding: What it was written in.
    """
    collector = _TagCollector(url, encoding)
    parser = etree.HTMLParser(target=cast("Any", collector), huge_tree=True)
    try:
        parser.feed(text.replace("\0", "\ufffd"))
        parser.close()
    except (etree.LxmlError, ValueError):
        collector.close()  # what came before it counts
    return collector.found


def orders_of(header: str) -> set[str]:
    """Return what a header X-Robots-Tag orders everyone, or us.

    >>> sorted(orders_of("noindex, nofollow")), sorted(orders_of("otherbot: noindex, nofollow")), orders_of("")
    (['nofollow', 'noindex'], [], set())
    """
    orders, agent = set[str](), ""
    for part in header.lower().split(","):
        named, colon, said = part.rpartition(":")
        found = _ORDERS.intersection(said.split())
        if found and colon:
            agent = named.strip()  # of what follows, too
        if agent in ("", AGENT):
            orders |= found
    return orders


class _TagCollector:
    """Takes the events of the parser."""

    def __init__(self, url: str, encoding: str) -> None:
        self.found = PageLinks()
        self._base = url
        self._encoding = encoding
        self._has_base = False
        self._has_canonical = False
        self._met: set[str] = set()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in ("a", "area"):
            if "nofollow" not in _words(attributes.get("rel")):
                self._link(attributes.get("href"))
        elif tag in ("iframe", "frame"):
            self._link(attributes.get("src"))
        elif tag == "meta":
            self._meta(attributes)
        elif tag == "base" and not self._has_base:
            self._has_base = True
            self._base = canonical(attributes.get("href", ""), self._base) or self._base
        elif tag == "link":
            relations = _words(attributes.get("rel"))
            if "canonical" in relations and not self._has_canonical:
                self._has_canonical = True
                self.found.canonical = self._resolved(attributes.get("href"))
            elif relations & {"next", "prev"}:
                self._link(attributes.get("href"))

    def end(self, tag: str) -> None:
        pass

    def close(self) -> None:
        pass

    def _meta(self, attributes: Mapping[str, str]) -> None:
        name, content = attributes.get("name", "").lower().strip(), attributes.get("content", "")
        if name in ("robots", AGENT):
            self.found.obey(set(re.split(r"[\s,]+", content.lower()[:1_000])))
        elif attributes.get("http-equiv", "").lower() == "refresh":
            match = _REFRESH.match(content)
            if match:
                self._link(match[1])

    def _link(self, address: str | None) -> None:
        if address and address not in self._met and len(self._met) < MOST_LINKS:
            self._met.add(address)
            url = self._resolved(address)
            if url is not None:
                self.found.urls[url] = None

    def _resolved(self, address: str | None) -> str | None:
        if not address or address.lstrip(_BLANK).startswith("#"):
            return None
        return canonical(address, self._base, self._encoding)


def _words(value: str | None) -> set[str]:
    return set((value or "").lower().split())
