"""What does a server answer? One request, bounded in time and size, that carries nothing from another one.

There are no cookies and no credentials here, and no proxies but those that are asked for. No redirect is followed:
whoever asks decides where to go.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from time import monotonic
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

import httpcore

from searchkit import __version__
from searchkit.crawling.addresses import canonical, fetchable
from searchkit.crawling.connecting import Guard, GuardedBackend, RequestClock
from searchkit.crawling.options import CrawlOptions
from searchkit.crawling.proxies import is_asked_directly, proxies
from searchkit.errors import LoadError

AGENT = "searchkit"
"""The name that robots.txt and pages can speak to."""

REDIRECTS = (301, 302, 303, 307, 308)
"""Answers that name another address."""

MOST_REDIRECTS = 5
"""How many of them may come in a row."""

_READ = 15.0  # seconds without a byte
_PAGES = "text/html,application/xhtml+xml,*/*;q=0.5"
_OF_ERRORS = 65_536  # bytes of an answer that is none, read so that the connection can be used again
_MEDIA = ("image/", "audio/", "video/", "font/")
_FAILURES = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ConnectionNotAvailable,
    OSError,
)


class FetchError(LoadError):
    """There is no answer that can be used.

    Attributes:
        again: Whether there may be one later.
        wait: After how many seconds, where the server says so.
    """

    def __init__(self, source: str, reason: str, *, again: bool = False, wait: float | None = None) -> None:
        super().__init__(source, reason)
        self.again = again
        self.wait = wait


class Answer(NamedTuple):
    """What a server answered.

    Attributes:
        url: What was asked for.
        status: As HTTP numbers it (RFC 9110).
        headers: By their names in lower case; those that come again are joined by commas.
        body: Unpacked; empty for pictures, sound and film.
        seconds: How long it took.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float = 0.0

    @property
    def kind(self) -> str:
        """The type of the content, as `text/html`; empty where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Fetcher:
    """Asks servers. Safe to share between threads.

    Args:
        options: Its limits, and who asks.
        guard: Says which machines may be asked.
    """

    def __init__(self, options: CrawlOptions, guard: Guard) -> None:
        self._options = options
        self._stopped = threading.Event()
        self._clock = RequestClock()
        self._guard = guard
        self._pools = {"": self._pool(GuardedBackend(guard, self._clock, self._stopped))}
        self._proxies = proxies() if options.env_proxies else {}
        for proxy in self._proxies.values():
            own = GuardedBackend(Guard([proxy.host]), self._clock, self._stopped)
            self._pools[proxy.url] = self._pool(own, proxy=proxy.as_httpcore())
        contact = f" ({options.contact})" if options.contact else ""
        self._agent = f"{AGENT}/{__version__}{contact}"

    def _pool(self, backend: GuardedBackend, proxy: httpcore.Proxy | None = None) -> httpcore.ConnectionPool:
        hosts = self._options.hosts
        return httpcore.ConnectionPool(
            max_connections=2 * hosts, max_keepalive_connections=hosts, network_backend=backend, proxy=proxy
        )

    def _pool_of(self, parts: SplitResult) -> httpcore.ConnectionPool:
        """Return the connections to a server, or to the proxy that it is asked through.

        Raises:
            RefusedError: It is not to be asked.
            httpcore.ConnectError: A proxy would look its name up, and what it finds is not known here.
        """
        proxy = self._proxies.get(parts.scheme)
        if proxy is None or is_asked_directly(parts.hostname or ""):
            return self._pools[""]
        self._guard.addresses(parts.hostname or "", parts.port or 0)
        return self._pools[proxy.url]

    def stop(self) -> None:
        """End what is under way, and all that comes."""
        self._stopped.set()

    def close(self) -> None:
        """Stop, and let go of the connections; no thread may be asking any more."""
        self.stop()
        for pool in self._pools.values():
            pool.close()

    def fetch(self, url: str, headers: Iterable[tuple[str, str]] = (), *, cut: int | None = None) -> Answer:
        """Ask for what an address names.

        Args:
            url: As `addresses.canonical` gives it.
            headers: What to say besides.
            cut: How many bytes are enough; without it what is larger than it may be is an error.

        Raises:
            RefusedError: It is on a machine that is not to be asked.
            FetchError: There is no answer, or one that is too large or takes too long.
        """
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        address = httpcore.URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=target)
        said = [("Host", parts.netloc), ("User-Agent", self._agent), ("Accept", _PAGES), ("Accept-Encoding", "gzip")]
        started = monotonic()
        self._clock.until = started + self._options.timeout
        try:
            waits = {"connect": _READ, "read": _READ, "write": _READ, "pool": _READ}
            with self._pool_of(parts).stream(
                "GET", address, headers=[*said, *headers], extensions={"timeout": waits}
            ) as response:
                known = _joined(response.headers)
                body = self._body(url, response, known, cut)
                return Answer(url, response.status, known, body, monotonic() - started)
        except _FAILURES as error:
            raise FetchError(url, _why(error), again=True) from error

    def _body(self, url: str, response: httpcore.Response, headers: Mapping[str, str], cut: int | None) -> bytes:
        """Read what comes, as far as it is wanted."""
        if response.status != 200:
            cut = _OF_ERRORS
        elif headers.get("content-type", "").lower().startswith(_MEDIA):
            cut = 0
        most, declared = self._options.max_bytes, headers.get("content-length", "")
        if cut is None and declared.isdecimal() and int(declared[:20]) > most:
            raise _too_large(url, most)
        body = bytearray()
        for part in _unpacked(self._watched(url, response), headers.get("content-encoding", ""), url):
            body += part
            if cut is not None and len(body) >= cut:
                return bytes(body[:cut])
            if len(body) > most:
                raise _too_large(url, most)
        return bytes(body)

    def _watched(self, url: str, response: httpcore.Response) -> Iterator[bytes]:
        read = 0
        for part in response.iter_stream():
            self._clock.left()
            read += len(part)
            if read > max(self._options.max_bytes, _OF_ERRORS):  # packed, it may come to nothing, without end
                raise _too_large(url, self._options.max_bytes)
            yield part


def fetch_page(fetcher: Fetcher, url: str, headers: Iterable[tuple[str, str]]) -> Answer:
    """Ask for a page. A redirect to another way to write the same address is gone after at once."""
    asked, met = url, {url}
    while True:
        answer = fetcher.fetch(asked, headers)
        location = answer.headers.get("location", "") if answer.status in REDIRECTS else ""
        asked = fetchable(location, asked)
        if not asked or canonical(asked) != url or asked in met or len(met) > MOST_REDIRECTS:
            return answer._replace(url=url)
        met.add(asked)


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), _text(value)
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _text(value: bytes) -> str:
    """Return the text of a header, in which servers write addresses in UTF-8 as they are."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _unpacked(parts: Iterable[bytes], encoding: str, url: str) -> Iterator[bytes]:
    """Yield what is packed in parts, at most some of it at a time, so that a small answer cannot fill the memory."""
    packing = encoding.strip().lower()
    if packing in ("", "identity"):
        yield from parts
        return
    if packing not in ("gzip", "x-gzip"):
        raise FetchError(url, f"packed in a way that was not asked for: {packing[:40]}")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for part in parts:
            rest = part
            while rest and not unpacker.eof:
                yield unpacker.decompress(rest, _OF_ERRORS)
                rest = unpacker.unconsumed_tail
    except zlib.error as error:
        raise FetchError(url, "not a whole gzip file") from error
    if not unpacker.eof:
        raise FetchError(url, "not a whole gzip file", again=True)


def _too_large(url: str, most: int) -> FetchError:
    return FetchError(url, f"larger than {most / 1e6:g} MB")


def _why(error: Exception) -> str:
    match error:
        case httpcore.ConnectTimeout() | httpcore.ReadTimeout() | httpcore.WriteTimeout() | httpcore.PoolTimeout():
            return "too slow"
        case httpcore.ProtocolError():
            return f"no HTTP: {error}"[:200]
        case _:
            return f"no connection: {error}"[:200]
