"""What do all addresses of a served index share?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

import anyio.to_thread
from anyio import CapacityLimiter, Semaphore, fail_after
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from searchkit import __version__
from searchkit.documents import Document
from searchkit.errors import ArgumentError, EmbedderError, MissingExtraError, SearchTimeoutError
from searchkit.index import SearchIndex, WriteOptions
from searchkit.query.conditions import AllOf, Compared, Condition, NamedField, NoneOf, OneOf, read_condition
from searchkit.results import WORDS_ALONE, Problem, Results
from searchkit.web.options import WebOptions
from searchkit.web.publishing import Publication

_log = logging.getLogger(__name__)

_P = ParamSpec("_P")
_T = TypeVar("_T")

_ROOT, _PATH = "searchkit.root", "searchkit.path"
_WRITERS = 16  # who wait at once; they are committed together
_LONGEST_WAIT = 10
"""Seconds until who waits for others to be answered is told to come again."""

UNMEANT = f"{WORDS_ALONE}, as meaning cannot be asked for at the moment"
"""What the world is told where that is so; why, its owner finds in the log."""

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
        self._served = repr(replace(options, write=None))
        self._turns: Semaphore | None = None
        self._writers: Semaphore | None = None

    async def run(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Do work in a thread, after others if as many as may be are at work.

        Raises:
            SearchTimeoutError: The others are at work for too long.
        """
        if self._turns is None:  # it belongs to the loop that serves
            self._turns = Semaphore(self.options.threads)
        return await _in_turn(self._turns, partial(work, *args, **kwargs))

    async def write(self, work: Callable[[WriteOptions], Response]) -> Response:
        """Do work that writes in a thread, apart from searches: it waits for other processes that write.

        Raises:
            IndexLockedError, SearchTimeoutError: It has waited for too long.
        """
        if self._writers is None:  # as above
            self._writers = Semaphore(_WRITERS)
        return await _in_turn(self._writers, partial(work, WriteOptions(wait=_LONGEST_WAIT)))

    async def answer(
        self,
        request: Request,
        headers: Mapping[str, str],
        work: Callable[Concatenate[Mapping[str, str], _P], Response],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Response:
        """Return what work makes of headers and more, or 304 for who has what they are of already (RFC 9110)."""
        known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
        unchanged = Response(status_code=304, headers=headers)
        if headers["ETag"].removeprefix("W/") in known:
            return unchanged
        made = await self.run(work, headers, *args, **kwargs)
        return unchanged if "*" in known else made  # which asks whether there is anything

    def fields(self) -> Mapping[str, str]:
        """Return the fields that anybody may narrow a search by, their kinds by name."""
        return {name: kind for name, kind in self.index.fields.items() if name != PRIVATE}

    def document(self, public: str) -> Document:
        """Return the document that is called so outside.

        Raises:
            HTTPException: There is none (404).
        """
        document = self.index.get(self._id_of(public))
        if document is None:
            raise HTTPException(404, f"there is no document {public[:100]!r}")
        return document

    @property
    def mode(self) -> str:
        """What finds documents for those who choose nothing."""
        return self.options.mode if self.index.has_vectors else "auto"

    def search(self, query: str, mode: str, **asked: Any) -> Results:  # noqa: ANN401 (see `SearchIndex.search`)
        """Find documents in a mode. Nobody is told who makes vectors, where, and what is wrong with that.

        Raises:
            MissingExtraError, EmbedderError: Meaning alone is asked for, and cannot be.
        """
        results = self.index.search(query, mode=mode, timeout=self.options.timeout, **asked)
        told = tuple(map(_public, results.problems))
        return results if told == results.problems else replace(results, problems=told)

    def search_somehow(self, query: str, mode: str, **asked: Any) -> Results:  # noqa: ANN401 (as above)
        """Find documents in a mode, or by their words where meaning alone is asked for and cannot be."""
        try:
            return self.search(query, mode, **asked)
        except (MissingExtraError, EmbedderError) as error:
            results = self.search(query, "words", **asked)
            unmeant = _public(Problem(f"{WORDS_ALONE}: {error}", (0, len(results.query))))
            return replace(results, problems=(*results.problems, unmeant))

    def condition(self, written: Iterable[str], since: str | None, until: str | None) -> Condition | None:
        """Return what conditions as they are typed and dates ask for together; None for nothing.

        Raises:
            ArgumentError: One is none, or asks for what must not be asked for.
        """
        parts = [self._public(read_condition(each)) for each in written]
        parts += [NamedField("date") >= since] if since else []
        parts += [NamedField("date") <= until] if until else []
        return AllOf(tuple(parts)) if parts else None

    def _public(self, asked: Condition) -> Condition:
        """Return a condition on ids as one on those that documents have here; the world knows their public ones."""
        match asked:
            case NoneOf(part):
                return NoneOf(self._public(part))
            case Compared(name) | OneOf(name) if name == PRIVATE:
                raise ArgumentError(f"there is no field {PRIVATE!r} to be asked for")
            case Compared("id", sign, value):
                return Compared("id", sign, self._id_of(value))
            case OneOf("id", values):
                return OneOf("id", tuple(map(self._id_of, values)))
            case _:
                return asked

    def _id_of(self, public: object) -> str:
        return self.publication.id_of(str(public), self.index.version)

    def fresh(self, request: Request, *more: object) -> dict[str, str]:
        """Return the headers of an answer that may be kept as long as the server says that it is still the same.

        The tag (`ETag`, RFC 9110) is another for each address, commit and way of serving.
        """
        asked = request.scope["path"], request.scope["query_string"], root_of(request)
        made_of = repr((self.index.version, __version__, self._served, asked, more))
        tag = f'W/"{blake2b(made_of.encode(errors="replace"), digest_size=8).hexdigest()}"'
        return {"ETag": tag, "Cache-Control": "no-cache"}


def kept(results: Results, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the headers of an answer: it is not kept if it would be another one, were meaning asked for in vain."""
    is_whole = all(problem.message != UNMEANT for problem in results.problems)
    rest = {name: value for name, value in headers.items() if name != "ETag"}
    return headers if is_whole else {**rest, "Cache-Control": "no-store"}


def _public(problem: Problem) -> Problem:
    """Return what the world is told of a problem."""
    if not problem.message.startswith(WORDS_ALONE):
        return problem
    _log.warning("%s", problem.message)
    return problem._replace(message=UNMEANT)


async def _in_turn(turns: Semaphore, work: Callable[[], _T]) -> _T:
    try:
        with fail_after(_LONGEST_WAIT):
            await turns.acquire()
    except TimeoutError:
        raise SearchTimeoutError("too many are asking at once; ask again later") from None
    try:
        return await anyio.to_thread.run_sync(work, limiter=CapacityLimiter(1))
    finally:
        turns.release()


class Rooted:
    """Notes where the site is mounted, before its own parts are told that they are mounted in it.

    Args:
        app: The site.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        root = scope["root_path"] = scope.get("root_path", "").rstrip("/")
        scope[_ROOT] = quote(f"/{root.lstrip('/')}") if root else ""  # of two slashes a browser would go elsewhere
        path = scope.get("path", "")
        if not f"{path}/".startswith(f"{root}/"):  # some cut it off, whatever ASGI says
            path = scope["path"] = root + path
        scope[_PATH] = path = path.removeprefix(root)
        if scope["type"] == "http" and not path:
            query = scope["query_string"].decode("ascii", "replace")
            await RedirectResponse(f"{scope[_ROOT]}/?{query}".rstrip("?"))(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def root_of(request: Request) -> str:
    """Return what the addresses of the site begin with: nothing, or where it is mounted in another application."""
    return str(request.scope[_ROOT])


def is_of_api(request: Request) -> bool:
    """Tell whether an address is one of the API."""
    return f"{request.scope[_PATH]}/".startswith("/api/")
