"""Which page does an address name, and is it one to go to? Two ways to write one address are one.

What names the visitor and not the page goes: fragments, tracking parameters, session ids, the default port.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

LONGEST_ADDRESS = 2_083
DEEPEST_PATH = 20  # parts
_MOST_REPEATED = 3  # times that one part may stand in a path: /a/b/a/b/a/b has no end
_PORTS = {"http": 80, "https": 443}

_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|yclid|msclkid|twclid|igshid|mc_[ce]id|_ga|_gl|_hs\w+|"
    r"phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|session_?id)",
    re.IGNORECASE,
)
_MAYBE_SESSION = re.compile(r"(?:sid|sess|session|s)=[0-9A-Za-z]{16,}", re.IGNORECASE)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.IGNORECASE)
_HOST = re.compile(r"(?=.{1,253}$)[a-z\d_-]+(?:\.[a-z\d_-]+)*")
_SUFFIXES = (
    "7z aac apk avi avif bin bmp bz2 cab css deb dmg doc eot exe flac flv gif ico img iso jar jpeg jpg js m4a m4v map "
    "mid mkv mov mp3 mp4 mpeg mpg msi ogg ogv otf png ppt psd rar rpm svg swf tar tgz tif tiff ttf wasm wav webm "
    "webmanifest webp wma wmv woff woff2 xls xz zip"
)
_NOT_TEXT = frozenset(_SUFFIXES.split())


def canonical(address: str, base: str = "", encoding: str = "utf-8") -> str | None:
    """Return the one way to write an address that can be crawled, in ASCII, or None for any other.

    Args:
        address: As it stands in a page.
        base: Of the page.
        encoding: Of the page: what a query is written in.

    >>> canonical("../B?utm_source=x&b=2&a=1#top", "HTTP://Example.org:80/x/y/")
    'http://example.org/x/B?a=1&b=2'
    >>> canonical("javascript:void(0)"), canonical("http://me:secret@example.org/"), canonical("http://0x7f.1/")
    (None, None, 'http://127.0.0.1/')
    """
    if len(address) > LONGEST_ADDRESS:
        return None
    try:
        joined = urljoin(base, address.strip()) if base else address.strip()
    except ValueError:
        return None
    return _canonical(joined, encoding)


@lru_cache(4_096)  # the pages of a site have the same menu
def _canonical(joined: str, encoding: str) -> str | None:
    try:
        if joined[:5].lower() not in ("http:", "https"):
            return None
        parts = urlsplit(canonicalize_url(joined, encoding=encoding))
        host, port = _host(parts.hostname or ""), parts.port
    except (ValueError, UnicodeError, LookupError):
        return None
    if not host or parts.scheme not in _PORTS or "@" in parts.netloc or port == 0:
        return None
    netloc = host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"
    query = "&".join(each for each in parts.query.split("&") if each and not _names_visitor(each))
    found = urlunsplit((parts.scheme, netloc, _SESSION_IN_PATH.sub("", parts.path) or "/", query, ""))
    return found if len(found) <= LONGEST_ADDRESS and found.isascii() else None


def fetchable(address: str, base: str) -> str:
    """Return an address as its site writes it, in ASCII; empty where it is none."""
    try:
        found = safe_url_string(urljoin(base, address.strip()))
    except ValueError:
        return ""
    return found.partition("#")[0] if len(found) <= LONGEST_ADDRESS and found.isascii() else ""


def _host(name: str) -> str:
    """Return a host in the form that is compared; empty where it can be none."""
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name.partition('%')[0]).compressed}]"
    name = name.removesuffix(".")
    last = name.rpartition(".")[2]
    if last.isdecimal() or last.startswith("0x"):  # all ways to write four bytes, as browsers read them
        try:
            return socket.inet_ntoa(socket.inet_aton(name))
        except OSError:
            return ""
    return name if _HOST.fullmatch(name) else ""


def _names_visitor(pair: str) -> bool:
    return _TRACKING.fullmatch(pair.partition("=")[0]) is not None or _MAYBE_SESSION.fullmatch(pair) is not None


def site_of(url: str) -> str:
    """Return what is asked politely and stays in scope: the host, with its port where that is a special one.

    >>> site_of("https://example.org/a"), site_of("http://example.org:8080/a")
    ('example.org', 'example.org:8080')
    """
    return urlsplit(url).netloc


def origin_of(url: str) -> str:
    """Return what a robots.txt is for.

    >>> origin_of("https://example.org/a?b")
    'https://example.org'
    """
    return urlunsplit((*urlsplit(url)[:2], "", "", ""))


def path_of(url: str) -> str:
    """Return an address without its query."""
    return url.partition("?")[0]


def sites(seeds: Iterable[str]) -> list[str]:
    """Return the hosts that a crawl stays within: those of the seeds, with `www.` and without.

    >>> sites(["http://www.example.org/", "http://127.0.0.1:80/"])
    ['www.example.org', 'example.org', '127.0.0.1:80', 'www.127.0.0.1:80']
    """
    found: dict[str, None] = {}
    for site in map(site_of, seeds):
        found |= dict.fromkeys((site, site.removeprefix("www.") if site.startswith("www.") else f"www.{site}"))
    return list(found)


def is_trap(url: str) -> bool:
    """Tell whether an address is of the kind that has no end: too deep, or going round.

    >>> is_trap("http://a.ir/x/y/x/y/x/y/"), is_trap("http://a.ir/2024/05/04/")
    (True, False)
    """
    parts = [part for part in urlsplit(url).path.split("/") if part]
    return len(parts) > DEEPEST_PATH or any(parts.count(part) >= _MOST_REPEATED for part in set(parts))


def may_hold_text(url: str) -> bool:
    """Tell whether the name of what an address names lets text be expected."""
    name = urlsplit(url).path.rpartition("/")[2]
    return "." not in name or name.rpartition(".")[2].lower() not in _NOT_TEXT


def matches(url: str, globs: Iterable[str]) -> bool:
    """Tell whether an address, or what comes after its host, matches one of the globs, as people write it.

    >>> matches("http://a.ir/blog/x", ["/blog/*"]), matches("http://a.ir/blog/x", ["*.pdf"])
    (True, False)
    """
    parts = urlsplit(url)
    tail = urlunsplit(("", "", parts.path, parts.query, ""))
    ways = {url, unquote(url), tail, unquote(tail), parts.path}
    return any(fnmatchcase(way, glob) for glob in globs for way in ways)
