"""An index in front of people: a page to search it with, and the same as JSON.

`app(index)` is an ASGI application. Mount it in another one, or let `searchkit serve` run it. What it stands on
(starlette, jinja2; uvicorn to run it) is the extra `serve`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from searchkit.errors import MissingExtraError
from searchkit.index import SearchIndex
from searchkit.web.options import WebOptions

if TYPE_CHECKING:
    from starlette.applications import Starlette

__all__ = ["WebOptions", "app"]


def app(index: SearchIndex | str | os.PathLike[str], options: WebOptions | None = None) -> Starlette:
    """Return an ASGI application that serves an index.

    Args:
        index: It, or the folder that it lies in, which must hold one.
        options: How it is served.

    Raises:
        MissingExtraError: The extra `serve` is not installed.
        SearchKitError: The folder holds no index, or one that cannot be used.
    """
    try:
        from searchkit.web.application import application  # noqa: PLC0415 (what it stands on is an extra)
    except ModuleNotFoundError as error:
        raise MissingExtraError("The search page and its API", str(error.name), "serve") from None
    opened = index if isinstance(index, SearchIndex) else SearchIndex.open(index, create=False)
    return application(opened, options or WebOptions())
