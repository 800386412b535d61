"""Through which proxy is a server asked? The environment says so, where it is to be listened to."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore

from searchkit.errors import ArgumentError

_PORTS = {"http": 80, "https": 443}


class Proxy(NamedTuple):
    """A proxy of HTTP.

    Attributes:
        url: Its address, without the name and password for it.
        host: The machine that it is on.
        auth: The name and password for it, if there are any.
    """

    url: str
    host: str
    auth: tuple[str, str] | None

    def as_httpcore(self) -> httpcore.Proxy:
        """Return it as the connections take it."""
        return httpcore.Proxy(self.url, auth=self.auth)


def proxies() -> dict[str, Proxy]:
    """Return the proxies that the environment names, by the scheme of what is asked for: `http` and `https`.

    Raises:
        ArgumentError: It names one that is none of HTTP.
    """
    named = getproxies()
    found = {scheme: named.get(scheme) or named.get("all", "") for scheme in ("http", "https")}
    return {scheme: _proxy(url) for scheme, url in found.items() if url}


def is_asked_directly(host: str) -> bool:
    """Tell whether the environment says that a host is to be asked without a proxy (`no_proxy`)."""
    return bool(proxy_bypass(host))


def _proxy(url: str) -> Proxy:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        host, port = "", 0
    if not host or not host.isascii() or parts.scheme not in _PORTS:
        raise ArgumentError(
            "the environment names a proxy that cannot be used; name one as http://proxy.example.org:3128"
        )
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    name = f"[{host}]" if ":" in host else host
    return Proxy(f"{parts.scheme}://{name}:{port}", host, auth)
