"""What does the API answer? The JSON of `Results.to_dict`, without what only the server should know."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import anyio.to_thread
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from searchkit import __version__
from searchkit.documents import Document, Skip
from searchkit.errors import ArgumentError, DocumentError, EmbedderError, MissingExtraError
from searchkit.index import WriteOptions
from searchkit.query.conditions import Condition
from searchkit.results import Results
from searchkit.web.openapi import DOCUMENT, SEARCH, SIMILAR, SUGGEST, description
from searchkit.web.parameters import read
from searchkit.web.problems import json_response
from searchkit.web.site import PRIVATE, Site, kept, root_of

_DIGITS = 18  # of a length that anybody may tell
_WITHOUT_VECTORS = "the documents are in the index, and have no vectors yet; send them again later"
_DOCUMENT_NAMES = {"id", "title", "body", "url", "date", "fields"}


class _AnyText(Convertor[str]):
    """The rest of an address, whatever is in it: lines end in ids too."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("any_text", _AnyText())


class Api:
    """The addresses of the API.

    Args:
        site: What is served.
    """

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Return the addresses. Those that change the index are there only if there is a token for that."""
        read_only = [
            Route("/api/openapi.json", self.openapi),
            Route("/api/health", self.health),
            Route("/api/search", self.search),
            Route("/api/suggest", self.suggest),
            Route("/api/similar/{id:any_text}", self.similar),
            Route("/api/documents/{id:any_text}", self.document),
        ]
        if self._site.options.write is None:
            return read_only
        return [
            Route("/api/documents", self.add, methods=["POST"]),
            Route("/api/documents/{id:any_text}", self.delete, methods=["DELETE"]),
            *read_only,
        ]

    async def openapi(self, request: Request) -> Response:
        """Describe the API."""
        return json_response(description(f"{root_of(request)}/api", self._site.options))

    async def health(self, request: Request) -> Response:
        """Say whether the index answers, and how much there is in it."""
        read(request.query_params, ())
        return await anyio.to_thread.run_sync(self._health)  # whoever else is waiting

    def _health(self) -> Response:
        self._site.index.version  # noqa: B018 (it fails where a search does, of faulty words too)
        told = {"status": "ok", "documents": len(self._site.index), "version": __version__}
        return json_response(told, headers={"Cache-Control": "no-store"})

    async def search(self, request: Request) -> Response:
        """Find documents."""
        asked = read(request.query_params, SEARCH)
        self._check_query(asked["q"])
        return await self._site.answer(request, self._site.fresh(request), self._search, asked)

    def _search(self, headers: Mapping[str, str], asked: dict[str, Any]) -> Response:
        query, plain, where = asked.pop("q"), asked.pop("plain"), self._where(asked)
        results = self._site.search(query, asked.pop("mode", self._site.mode), **asked, where=where)
        return json_response(self._told(results, plain=plain), headers=kept(results, headers))

    async def similar(self, request: Request) -> Response:
        """Find documents like one."""
        asked = read(request.query_params, SIMILAR)
        return await self._site.answer(request, self._site.fresh(request), self._similar, request, asked)

    def _similar(self, headers: Mapping[str, str], request: Request, asked: dict[str, Any]) -> Response:
        id_, plain, where = self._site.document(request.path_params["id"]).id, asked.pop("plain"), self._where(asked)
        asked = {"mode": self._site.mode, **asked}
        results = self._site.index.similar(id_, **asked, where=where, timeout=self._site.options.timeout)
        told = self._told(results, plain=plain)
        told["query"] = self._site.publication.public_id(id_) if results.query == id_ else results.query
        return json_response(told, headers=headers)

    async def suggest(self, request: Request) -> Response:
        """Complete what is being typed."""
        asked = read(request.query_params, SUGGEST)
        self._check_query(asked["q"])
        return await self._site.answer(request, self._site.fresh(request), self._suggest, asked)

    def _suggest(self, headers: Mapping[str, str], asked: dict[str, Any]) -> Response:
        text, where = asked.pop("q"), self._where(asked)
        found = self._site.index.suggest(text, **asked, where=where)
        return json_response([each.to_dict() for each in found], headers=headers)

    async def document(self, request: Request) -> Response:
        """Return one document, all of it."""
        read(request.query_params, DOCUMENT)
        return await self._site.answer(request, self._site.fresh(request), self._document, request)

    def _document(self, headers: Mapping[str, str], request: Request) -> Response:
        document = self._site.document(request.path_params["id"])
        return json_response(self._site.publication.hit(document, document.to_dict()), headers=headers)

    async def add(self, request: Request) -> Response:
        """Add documents, replacing those with the same ids."""
        self._check_token(request)
        data = await _body(request, self._site.options.most_body)
        return await self._site.write(partial(self._add, data))

    def _add(self, data: bytes, options: WriteOptions) -> Response:
        try:
            report = self._site.index.add(_documents(data), options=options)
        except (MissingExtraError, EmbedderError) as error:
            raise HTTPException(503, _WITHOUT_VECTORS, {"Retry-After": "30"}) from error
        counts = {name: getattr(report, name) for name in ("added", "updated", "unchanged")}
        return json_response({**counts, "skipped": [skip._asdict() for skip in report.skipped]})

    async def delete(self, request: Request) -> Response:
        """Remove a document."""
        self._check_token(request)
        read(request.query_params, ())
        return await self._site.write(partial(self._delete, request))

    def _delete(self, request: Request, options: WriteOptions) -> Response:
        self._site.index.delete([self._site.document(request.path_params["id"]).id], options)
        return Response(status_code=204)

    def _where(self, asked: dict[str, Any]) -> Condition | None:
        """Take out of what is asked what makes a condition; what must not be asked for is refused."""
        named = [*asked.get("facets", ()), asked.get("unique_by"), asked.get("sort", "").removeprefix("-")]
        if PRIVATE in named:
            raise ArgumentError(f"there is no field {PRIVATE!r} to be asked for")
        return self._site.condition(asked.pop("where", ()), asked.pop("since", None), asked.pop("until", None))

    def _check_query(self, text: str) -> None:
        most = self._site.options.most_query
        if len(text) > most:
            raise ArgumentError(f"q has {len(text):,} characters; at most {most:,} are taken")

    def _check_token(self, request: Request) -> None:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        wanted = self._site.options.write or ""
        if kind.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), wanted.encode()):
            raise HTTPException(
                401, "this needs the token that the server was started with", {"WWW-Authenticate": "Bearer"}
            )

    def _told(self, results: Results, *, plain: bool) -> dict[str, Any]:
        told = results.to_dict(plain=plain)
        pairs = zip(results.hits, told["hits"], strict=True)
        told["hits"] = [self._site.publication.hit(hit.document, each) for hit, each in pairs]
        return told


async def _body(request: Request, most: int) -> bytes:
    """Return what was sent.

    Raises:
        HTTPException: It is more than is taken at once.
    """
    too_much = HTTPException(413, f"more than {most:,} bytes; send fewer documents at once")
    told = request.headers.get("content-length", "0")
    if not told.isascii() or not told.isdigit() or len(told) > _DIGITS or int(told) > most:
        raise too_much  # without waiting for it
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > most:
            raise too_much
    return bytes(data)


def _documents(data: bytes) -> list[Document | Skip]:
    """Return the documents of a list of objects, or of one object."""
    try:
        sent = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ArgumentError(f"what was sent is no JSON ({error})") from None
    sent = sent if isinstance(sent, list) else [sent]
    return [_document(each, number) for number, each in enumerate(sent, 1)]


def _document(sent: Any, number: int) -> Document:  # noqa: ANN401 (it is what is found out)
    if not isinstance(sent, Mapping):
        raise ArgumentError(f"document {number} is no object; send id, body and maybe title, url, date and fields")
    if unknown := sent.keys() - _DOCUMENT_NAMES:
        raise ArgumentError(f"document {number} has {min(unknown)[:60]!r}; put what is more into fields")
    try:
        return Document.from_dict({"title": "", "url": None, "date": None, "fields": {}, **sent})
    except DocumentError as error:
        raise ArgumentError(f"document {number}: {error}") from None
    except (TypeError, ValueError):
        raise ArgumentError(f"document {number} has no id, no body, or a date that is not as 2026-11-28") from None
