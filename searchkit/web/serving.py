"""How is an index served by itself? By uvicorn, in one process or several, until it is told to stop."""

from __future__ import annotations

import json
import os
import socket
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import uvicorn
from uvicorn.supervisors import Multiprocess

from searchkit.errors import StorageError
from searchkit.index import SearchIndex
from searchkit.web.application import application
from searchkit.web.options import WebOptions

if TYPE_CHECKING:
    from starlette.applications import Starlette

_SERVED = "SEARCHKIT_SERVED"
"""The variable of the environment by which worker processes learn what to serve."""

_MOST_CONNECTIONS = 1_000  # more are told to come again
_WAITING = 2_048  # connections that the system keeps until they are taken
_SECONDS_TO_END = 5


def listening(host: str, port: int) -> socket.socket:
    """Return a socket on which connections wait to be taken.

    Raises:
        StorageError: The address is taken, or none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(_WAITING)
    except OSError as error:
        made.close()
        raise StorageError(
            f"{host}:{port} cannot be listened on ({error.strerror or error}); choose another with --port or --host"
        ) from None
    return made


class Served(NamedTuple):
    """What each worker process opens: the folder of an index, its words if they lie elsewhere, what makes vectors."""

    folder: str
    words: str | None
    options: WebOptions
    embedder: str | None = None


def serve(index: SearchIndex, options: WebOptions, taken: socket.socket) -> None:
    """Serve an index in this process until it is interrupted or ended, what comes in at a socket."""
    with suppress(KeyboardInterrupt):  # uvicorn has ended what was being answered by then
        uvicorn.Server(_config(application(index, options))).run(sockets=[taken])


def serve_by_several(what: Served, workers: int, taken: socket.socket) -> None:
    """Serve an index in so many processes until this one is interrupted or ended."""
    os.environ[_SERVED] = json.dumps({**what._asdict(), "options": asdict(what.options)}, default=os.fspath)
    config = _config(f"{__name__}:served", factory=True, workers=workers)
    with suppress(KeyboardInterrupt):
        Multiprocess(config, sockets=[taken]).run()


def served() -> Starlette:
    """Return the application of a worker process."""
    told = json.loads(os.environ[_SERVED])
    values: Any = {name: tuple(value) if isinstance(value, list) else value for name, value in told["options"].items()}
    index = SearchIndex.open(told["folder"], create=False, words=told["words"], embedder=told["embedder"])
    return application(index, WebOptions(**values))


def _config(app: Any, **more: Any) -> uvicorn.Config:  # noqa: ANN401 (uvicorn's own)
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_SECONDS_TO_END,
        **more,
    )
