"""Which machine may be connected to? The address that was checked is the one that the connection goes to.

Names are resolved here and nowhere else, so that neither a redirect nor a second answer of a name server leads past the
check. Every read ends at the deadline of its request: a server that sends a byte now and then gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Any, TypeAlias

import httpcore

from searchkit.errors import LoadError

Resolver: TypeAlias = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host and port, as text; may raise OSError."""

_CONNECT = 10.0  # seconds
_SLICE = 0.25  # seconds after which a read looks whether it is to end
_EMBEDDING = [ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")]
"""Networks of IPv6 that stand for addresses of IPv4, which may be private ones (RFC 6052, 8215, 3056, 4380, 4291)."""


class RefusedError(LoadError):
    """An address is not to be connected to."""


class RequestClock(threading.local):
    """Until when the request of this thread may take."""

    until = float("inf")

    def left(self) -> float:
        """Return how many seconds are left.

        Raises:
            httpcore.ReadTimeout: None are.
        """
        left = self.until - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("too slow")
        return left


def is_public(address: str) -> bool:
    """Tell whether anyone on the internet could ask an address.

    >>> [is_public(each) for each in ("8.8.8.8", "10.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "169.254.169.254")]
    [True, False, False, False, False]
    """
    ip: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip.is_site_local or any(ip in network for network in _EMBEDDING):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses that the system knows for a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Guard:
    """Says which addresses of a host may be connected to.

    Args:
        allowed: Hosts, addresses and networks that may be, though they are not public.
        resolve: Looks names up.
    """

    def __init__(self, allowed: Iterable[str] = (), resolve: Resolver = system_resolver) -> None:
        self._resolve = resolve
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        self._hosts: set[str] = set()
        for each in allowed:
            try:
                self._networks.append(ip_network(each.strip("[]")))
            except ValueError:
                self._hosts.add(each.lower().removesuffix("."))

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host, all of which may be connected to.

        Raises:
            RefusedError: One of them may not be.
            httpcore.ConnectError: It has none.
        """
        try:
            found = list(self._resolve(host, port))
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise httpcore.ConnectError("no such host")
        for address in found:
            if host.lower() not in self._hosts and not self._is_allowed(address):
                raise RefusedError(host, f"{address} is no public address; --allow-private {host} lets it be asked")
        return found

    def _is_allowed(self, address: str) -> bool:
        try:
            ip = ip_address(address)
            return is_public(address) or any(ip in network for network in self._networks)
        except ValueError:
            return False


class GuardedBackend(httpcore.SyncBackend):
    """Makes the connections of a pool: to what a guard lets through, each read with an eye on the clock.

    Args:
        guard: Says where to.
        clock: Says until when.
        stopped: Ends what is under way when it is set.
    """

    def __init__(self, guard: Guard, clock: RequestClock, stopped: threading.Event) -> None:
        self._guard = guard
        self._clock = clock
        self._stopped = stopped

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers."""
        failure: Exception | None = None
        for address in self._guard.addresses(host, port):
            try:
                left = min(timeout or _CONNECT, self._clock.left())
                stream = super().connect_tcp(address, port, left, local_address, socket_options)
                return _Watched(stream, self._clock, self._stopped)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")


class _Watched(httpcore.NetworkStream):
    """A stream that is read from until the clock of the request, or whoever stops all, says that it is enough."""

    def __init__(self, stream: httpcore.NetworkStream, clock: RequestClock, stopped: threading.Event) -> None:
        self._stream = stream
        self._clock = clock
        self._stopped = stopped

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        until = monotonic() + (timeout or self._clock.left())
        while not self._stopped.is_set():
            left = min(until - monotonic(), self._clock.left())
            try:
                return self._stream.read(max_bytes, max(min(left, _SLICE), 0.001))
            except httpcore.ReadTimeout:
                if left <= _SLICE:
                    raise
        raise httpcore.ReadError("stopped")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, min(timeout or _CONNECT, self._clock.left()))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = min(timeout or _CONNECT, self._clock.left())
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _Watched(stream, self._clock, self._stopped)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 (httpcore's own signature)
        return self._stream.get_extra_info(info)
