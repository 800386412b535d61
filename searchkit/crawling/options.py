"""How is a site to be crawled?"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from searchkit import arguments
from searchkit.errors import ArgumentError

_LONGEST_CONTACT = 200


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """How far a crawl goes, how politely, and what it leaves alone.

    Attributes:
        depth: How many links away from the addresses given it goes, from 0.
        max_pages: How many pages are fetched, over all runs of a crawl that is gone on with.
        max_host_pages: The same of each host; None for no such limit.
        max_variants: How many addresses that differ in their query alone are taken: calendars have no end.
        delay: Seconds between two requests to a host, from 0; robots.txt may ask for more.
        hosts: How many hosts are asked at once; each has one request at a time.
        include: Where not empty, only addresses or paths that match one of these globs are fetched, and those given.
        exclude: What matches one of these globs is not.
        sitemap: Whether the sitemaps that robots.txt names, or else `/sitemap.xml`, are read too.
        allow_private: Hosts, addresses and networks (`10.0.0.0/8`) that may be asked though they are not public.
        env_proxies: Whether servers are asked through the proxies that the environment names (`http_proxy` and its
            like), which then look names up themselves.
        contact: An address or a page that tells who crawls; it goes into the name that servers are told.
        max_bytes: The size above which a page or file is skipped, unpacked.
        timeout: Seconds that one request may take in all.

    Raises:
        ArgumentError: A value is outside its range or of another kind.
    """

    depth: int = 5
    max_pages: int = 1_000
    max_host_pages: int | None = None
    max_variants: int = 200
    delay: float = 1.0
    hosts: int = 8
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    sitemap: bool = False
    allow_private: tuple[str, ...] = ()
    env_proxies: bool = False
    contact: str = ""
    max_bytes: int = 10_000_000
    timeout: float = 60.0

    def __post_init__(self) -> None:
        for name, least in (("depth", 0), ("max_pages", 1), ("max_variants", 1), ("hosts", 1), ("max_bytes", 1)):
            arguments.number(name, getattr(self, name), least)
        if self.max_host_pages is not None:
            arguments.number("max_host_pages", self.max_host_pages, 1)
        for name in ("delay", "timeout"):
            arguments.seconds(name, getattr(self, name))
        for name in ("include", "exclude", "allow_private"):
            for each in arguments.several(name, getattr(self, name)):
                arguments.instance(name, each, str)
        for name in ("sitemap", "env_proxies"):
            arguments.instance(name, getattr(self, name), bool)
        arguments.instance("contact", self.contact, str)
        if not self.contact.isprintable() or not self.contact.isascii() or len(self.contact) > _LONGEST_CONTACT:
            raise ArgumentError(f"contact is {arguments.shortened(self.contact)}; give a few ASCII letters in one line")
        for each in self.allow_private:
            _check_private(each)


def _check_private(named: str) -> None:
    """Refuse what would allow everything."""
    try:
        network = ipaddress.ip_network(named)
    except ValueError:
        if not named or "*" in named or "/" in named:
            raise ArgumentError(
                f"allow_private has {arguments.shortened(named)}; give a host, an address or a network"
            ) from None
    else:
        if network.prefixlen == 0:
            raise ArgumentError(f"allow_private has {named}, which is every address; name the hosts that are meant")
