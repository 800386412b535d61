"""What do all addresses of a served index share?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import blake2b
from typing import Concatenate, ParamSpec, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from searchkit import __version__
from searchkit.index import SearchIndex
from searchkit.web.options import WebOptions
from searchkit.web.publishing import Publication

_P = ParamSpec("_P")
_T = TypeVar("_T")

_ROOT = "searchkit.root"

PRIVATE = "source"
"""A field that says where a document lies on the server."""


class Site:
    """An index that is served.

    Attributes:
        index: It.
        options: How.
        publication: What its documents look like from outside.
    """

    def __init__(self, index: SearchIndex, options: WebOptions) -> None:
        self.index = index
        self.options = options
        self.publication = Publication(index.ids, options.public_root)
        self._limiter: CapacityLimiter | None = None

    async def run(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Do work in a thread, after others if as many as may be are at work."""
        if self._limiter is None:  # it belongs to the loop that serves
            self._limiter = CapacityLimiter(self.options.threads)
        return await anyio.to_thread.run_sync(partial(work, *args, **kwargs), limiter=self._limiter)

    async def answer(
        self,
        request: Request,
        tag: str,
        work: Callable[Concatenate[str, _P], Response],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Response:
        """Return what work makes of a tag and more, or 304 for who has what is called so already (RFC 9110)."""
        known = {each.strip() for each in request.headers.get("if-none-match", "").split(",")}
        if {tag, "*"} & known:
            return Response(status_code=304, headers=fresh(tag))
        return await self.run(work, tag, *args, **kwargs)

    def fields(self) -> Mapping[str, str]:
        """Return the fields that anybody may narrow a search by, their kinds by name."""
        return {name: kind for name, kind in self.index.fields.items() if name != PRIVATE}

    def tag(self, *more: object) -> str:
        """Return what changes when the answer at an address may (`ETag`, RFC 9110)."""
        made_of = repr((self.index.version, __version__, self.options.title, more))
        return f'W/"{blake2b(made_of.encode(), digest_size=8).hexdigest()}"'


class Rooted:
    """Notes where the site is mounted, before its own parts are told that they are mounted in it.

    Args:
        app: The site.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        scope[_ROOT] = scope.get("root_path", "")
        await self._app(scope, receive, send)


def root_of(request: Request) -> str:
    """Return what the addresses of the site begin with: nothing, or where it is mounted in another application."""
    return str(request.scope[_ROOT])


def fresh(tag: str) -> dict[str, str]:
    """Return the headers of an answer that may be kept as long as the server says that it is still the same."""
    return {"ETag": tag, "Cache-Control": "no-cache"}
