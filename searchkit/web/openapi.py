"""How does the API describe itself (OpenAPI 3.1)? By the same table that its parameters are read with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from searchkit import __version__
from searchkit.documents import MAX_NAME
from searchkit.index import MAX_HITS
from searchkit.web.options import MODES, WebOptions
from searchkit.web.parameters import Parameter

_MOST_HITS = 100
_MOST_SNIPPETS = 10
_MOST_CONDITIONS = 20
_LONGEST = 1_000


def _flag(*, default: bool = False) -> dict[str, Any]:
    return {"type": "boolean", "default": default}


def _number(most: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": most, "default": default}


def _several(most: int) -> dict[str, Any]:
    return {"type": "array", "maxItems": most, "items": {"type": "string", "maxLength": _LONGEST}}


_TEXT = {"type": "string", "maxLength": _LONGEST}
_QUERY = Parameter("q", {"type": "string"}, "What is looked for, or typed so far.", required=True)
_LIMIT = Parameter("limit", _number(_MOST_HITS, 10), "How many hits at most.")
_NARROWING = (
    Parameter("where", _several(_MOST_CONDITIONS), "Only documents with this value: NAME=VALUE, also != >= > <= <."),
    Parameter("since", _TEXT, "Only documents of this day, month or year, or later."),
    Parameter("until", _TEXT, "Only documents of this day, month or year, or earlier."),
)
_PAGE = (
    _LIMIT,
    Parameter("offset", _number(MAX_HITS - _MOST_HITS, 0), "How many hits to pass over."),
    Parameter("cursor", _TEXT, "Instead of offset: the cursor of the page before."),
    Parameter("snippets", _number(_MOST_SNIPPETS, 1), "How many passages a hit shows."),
    Parameter("facets", _several(_MOST_CONDITIONS), "Fields whose values are counted over all that answers."),
    Parameter("unique_by", _TEXT, "Show one hit for each value of a field; of body, of nearly the same texts."),
    Parameter("plain", _flag(default=True), "Take characters out of titles and passages that turn or control text."),
)
_MODE = Parameter(
    "mode",
    {"type": "string", "enum": list(MODES)},
    "What finds documents: their words, what they mean, or both (auto), where the index has vectors.",
)
_MATCH = {"type": "string", "enum": ["auto", "all", "any"], "default": "auto"}

SEARCH = (
    _QUERY,
    *_PAGE,
    *_NARROWING,
    _MODE,
    Parameter("match", _MATCH, "Every word, at least one, or those with every word first and then the others."),
    Parameter("sort", {**_TEXT, "default": "score"}, "Order by a date or a number, with a minus the greatest first."),
    Parameter("exact", _flag(), "Search what was typed, and no other words for it."),
    Parameter("prefix", _flag(), "Find words that begin as the last one does, too."),
    Parameter("feedback", _flag(), "Look at the words of the best answers too."),
)
"""The parameters of `/api/search`, as `SearchIndex.search` has them."""

SIMILAR = (*_PAGE, *_NARROWING, _MODE)
"""The parameters of `/api/similar`, as `SearchIndex.similar` has them."""

SUGGEST = (_QUERY, _LIMIT, *_NARROWING)
"""The parameters of `/api/suggest`, as `SearchIndex.suggest` has them."""

DOCUMENT: tuple[Parameter, ...] = ()
"""The parameters of `/api/documents`."""

READ = (SEARCH, SIMILAR, SUGGEST, DOCUMENT)

_STRING: dict[str, Any] = {"type": "string"}
_OPTIONAL: dict[str, Any] = {"type": ["string", "null"]}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_SPAN = {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


def _object(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON Schema)
    return {"type": "object", "required": list(properties), "properties": properties}


def _named(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_SHOWN = {"id": _STRING, "title": _STRING, "url": _OPTIONAL, "date": _OPTIONAL, "fields": {"type": "object"}}
_SCHEMAS = {
    "Snippet": _object(text=_STRING, marks=_list(_SPAN)),
    "Hit": _object(**_SHOWN, score={"type": "number"}, snippets=_list(_named("Snippet"))),
    "Document": _object(**_SHOWN, body=_STRING),
    "Results": _object(
        version={"const": 1},
        query=_STRING,
        hits=_list(_named("Hit")),
        total=_COUNT,
        complete=_COUNT,
        limit=_COUNT,
        offset=_COUNT,
        took_ms={"type": "number"},
        problems=_list(_object(message=_STRING, span=_SPAN)),
        facets={"type": "object", "additionalProperties": _list({"type": "array", "minItems": 2, "maxItems": 2})},
        hidden=_COUNT,
        cursor=_OPTIONAL,
        rewritten=_list(_object(span=_SPAN, typed=_STRING, text=_STRING, step=_STRING, kept={"type": "boolean"})),
        suggestions=_list(_STRING),
    ),
    "Completions": _list(_object(text=_STRING, kind={"enum": ["word", "title"]}, count=_COUNT)),
    "Health": _object(status={"const": "ok"}, documents=_COUNT, version=_STRING),
    "Report": _object(
        added=_COUNT, updated=_COUNT, unchanged=_COUNT, skipped=_list(_object(source=_STRING, reason=_STRING))
    ),
    "NewDocument": {
        "type": "object",
        "required": ["id", "body"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "minLength": 1, "maxLength": MAX_NAME},
            "body": _STRING,
            "title": _STRING,
            "url": {"type": ["string", "null"], "maxLength": MAX_NAME},
            "date": {"anyOf": [{"type": "null"}, {"type": "string", "format": "date"}]},
            "fields": {"type": "object"},
        },
    },
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {"type": _STRING, "title": _STRING, "status": {"type": "integer"}, "detail": _STRING},
    },
}
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def description(root: str, options: WebOptions) -> dict[str, Any]:
    """Return the OpenAPI document.

    Args:
        root: What the addresses of the API begin with.
        options: How the index is served.
    """
    paths: dict[str, Any] = {
        "/search": {"get": _get("Find documents", SEARCH, "Results", options)},
        "/suggest": {"get": _get("Complete what is being typed", SUGGEST, "Completions", options)},
        "/similar/{id}": {"get": _get("Find documents like one", SIMILAR, "Results", options, named=True)},
        "/documents/{id}": {"get": _get("Return one document", DOCUMENT, "Document", options, named=True)},
        "/health": {"get": _get("Say whether the index answers", (), "Health", options)},
    }
    components: dict[str, Any] = {"schemas": _SCHEMAS}
    if options.write is not None:
        paths["/documents"] = {"post": _add()}
        paths["/documents/{id}"]["delete"] = _delete()
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": options.title or "searchkit", "version": __version__},
        "servers": [{"url": root or "/"}],
        "paths": paths,
        "components": components,
    }


def _get(
    summary: str, parameters: Sequence[Parameter], answer: str, options: WebOptions, *, named: bool = False
) -> dict[str, Any]:
    described = [_described(parameter, options) for parameter in parameters]
    problems = (400, 404, 503) if named else (400, 503)
    return {
        "summary": summary,
        "parameters": [_ID, *described] if named else described,
        "responses": {
            "200": _answer("What was asked for", answer),
            "304": {"description": "The same as what the sender has"},
            **_problems(*problems),
        },
    }


def _add() -> dict[str, Any]:
    new = _named("NewDocument")
    return {
        "summary": "Add documents, replacing those with the same ids",
        "security": [{"token": []}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"anyOf": [new, {"type": "array", "items": new}]}}},
        },
        "responses": {"200": _answer("What became of them", "Report"), **_problems(400, 401, 413, 415, 503)},
    }


def _delete() -> dict[str, Any]:
    return {
        "summary": "Remove a document",
        "security": [{"token": []}],
        "parameters": [_ID],
        "responses": {"204": {"description": "It is gone"}, **_problems(400, 401, 404, 503)},
    }


def _described(parameter: Parameter, options: WebOptions) -> dict[str, Any]:
    schema = dict(parameter.schema)
    schema |= {"maxLength": options.most_query} if parameter is _QUERY else {}
    schema |= {"default": options.mode} if parameter is _MODE else {}
    told = {"name": parameter.name, "in": "query", "required": parameter.required, "schema": schema}
    return {**told, "description": parameter.description}


def _answer(text: str, schema: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": _named(schema)}}}


def _problems(*statuses: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _named("Problem")}}
    return {str(status): {"description": "What went wrong", "content": content} for status in statuses}
