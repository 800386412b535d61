"""What is said of what went wrong? Problem details (RFC 9457), and never where on the server."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from searchkit.errors import (
    ArgumentError,
    DocumentError,
    EmbedderError,
    IndexLockedError,
    MissingExtraError,
    SearchTimeoutError,
)

_log = logging.getLogger(__name__)


class Failure(NamedTuple):
    """What the world is told of an error: the status, a sentence, and headers."""

    status: int
    detail: str
    headers: Mapping[str, str] = {}


def failure_of(error: Exception) -> Failure:
    """Return what is told of an error. Others than those of the request are logged, as only the owner may see them."""
    match error:
        case HTTPException():
            detail = error.detail if error.detail != HTTPStatus(error.status_code).phrase else ""
            return Failure(error.status_code, detail, error.headers or {})
        case ClientDisconnect():  # there is nobody to be told
            return Failure(400, "")
        case ArgumentError() | DocumentError():
            return Failure(400, str(error))
        case SearchTimeoutError():
            return Failure(503, str(error), {"Retry-After": "1"})
        case IndexLockedError():
            return Failure(503, "others are writing to the index; try again later", {"Retry-After": "10"})
        case EmbedderError() | MissingExtraError():
            _log.warning("%s", error)
            return Failure(503, "meaning cannot be asked for at the moment; ask for words", {"Retry-After": "30"})
        case _:
            _log.error("%s: %s", type(error).__name__, error, exc_info=error)
            return Failure(500, "the index cannot be used as it is; its owner finds the reason in the log")


def problem(failure: Failure) -> Response:
    """Return an answer that says what went wrong."""
    title = HTTPStatus(failure.status).phrase
    told = {"type": "about:blank", "title": title, "status": failure.status}
    if failure.detail:
        told["detail"] = failure.detail
    return json_response(
        told, failure.status, {"Cache-Control": "no-store", **failure.headers}, kind="application/problem+json"
    )


def json_response(
    value: Any,  # noqa: ANN401 (any JSON)
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    kind: str = "application/json",
) -> Response:
    """Return an answer of JSON, Persian as it is."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), status, headers, kind)
