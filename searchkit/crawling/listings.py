"""Which pages does a sitemap or a feed list? No entity is made out, and nothing else is opened."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from lxml import etree

from searchkit.crawling.addresses import LONGEST_ADDRESS, canonical

MOST_LISTED = 50_000
"""Addresses of one listing that are taken, as many as sitemaps.org allows."""

_GZIP = b"\x1f\x8b"
_ROOT = re.compile(rb"<(?:[\w-]{1,20}:)?(urlset|sitemapindex|rss|feed|RDF)[\s>]")
_CHUNK = 65_536


class Listing(NamedTuple):
    """What a sitemap or a feed lists: the addresses of pages, and of other sitemaps."""

    pages: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()


def listing(data: bytes, url: str, most: int) -> Listing | None:
    """Return what is listed, or None where this is neither a sitemap nor a feed.

    Args:
        data: Of the file, packed with gzip or not.
        url: Its address.
        most: How many bytes may be in it, unpacked; the rest is not looked at.
    """
    if data.startswith(_GZIP):
        try:
            data = zlib.decompressobj(wbits=31).decompress(data, most)
        except zlib.error:
            return None
    start = data[:4_096].removeprefix(b"\xef\xbb\xbf").lstrip()
    root = _ROOT.search(start)
    if not start.startswith(b"<") or root is None or b"<html" in start[: root.start()].lower():
        return None
    collector = _EntryCollector(url)
    parser = etree.XMLParser(
        target=cast("Any", collector),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        huge_tree=False,
    )
    try:
        for at in range(0, len(data), _CHUNK):
            parser.feed(data[at : at + _CHUNK])
            if collector.count >= MOST_LISTED:
                break
        else:
            parser.close()
    except (etree.LxmlError, ValueError):
        pass  # what came before it counts
    return Listing(tuple(collector.pages), tuple(collector.listings))


class _EntryCollector:
    """Takes the events of the parser."""

    def __init__(self, url: str) -> None:
        self.pages: dict[str, None] = {}
        self.listings: dict[str, None] = {}
        self.count = 0
        self._url = url
        self._within = ""  # a page, a sitemap or an entry
        self._text: list[str] | None = None
        self._length = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        if name in ("url", "sitemap", "item", "entry"):
            self._within = name
        elif self._within and name in ("loc", "link"):
            href = attributes.get("href")
            if href is None:
                self._text, self._length = [], 0
            elif attributes.get("rel", "alternate") == "alternate":
                self._add(href)

    def data(self, text: str) -> None:
        if self._text is not None and self._length <= LONGEST_ADDRESS:
            self._text.append(text)
            self._length += len(text)

    def end(self, tag: str) -> None:
        name = _local(tag)
        if name in ("loc", "link") and self._text is not None:
            self._add("".join(self._text))
            self._text = None
        elif name == self._within:
            self._within = ""

    def close(self) -> None:
        pass

    def _add(self, address: str) -> None:
        self.count += 1
        url = canonical(address, self._url) if self.count <= MOST_LISTED else None
        if url is not None:
            (self.listings if self._within == "sitemap" else self.pages)[url] = None


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
