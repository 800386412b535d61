"""Which address of the site does what?"""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from searchkit.errors import ArgumentError, SearchKitError
from searchkit.index import SearchIndex
from searchkit.web.api import Api
from searchkit.web.guarding import LastResort, SafetyHeaders
from searchkit.web.options import WebOptions
from searchkit.web.pages import Pages
from searchkit.web.problems import failure_of, problem
from searchkit.web.site import Rooted, Site, is_of_api

_LEAST_PACKED = 1_000


def application(index: SearchIndex, options: WebOptions) -> Starlette:
    """Return the application; see `searchkit.web.app`.

    Raises:
        ArgumentError: A field to be offered is none of the index, or it has no vectors and meaning alone is to count.
    """
    site = Site(index, options)
    _check_facets(site)
    if options.mode == "meaning" and not index.has_vectors:
        raise ArgumentError("the index has no vectors, so mode cannot be meaning; make them: searchkit embed")
    pages, api = Pages(site), Api(site)

    async def failed(request: Request, error: Exception) -> Response:
        failure = failure_of(error)
        if is_of_api(request):
            return problem(failure)
        return pages.failure(request, failure)

    middleware = [Middleware(Rooted), Middleware(SafetyHeaders, frame_ancestors=options.frame_ancestors)]
    if options.origins:
        methods = ["GET"] if options.write is None else ["GET", "POST", "DELETE"]
        middleware.append(
            Middleware(
                CORSMiddleware, allow_origins=options.origins, allow_methods=methods, allow_headers=["Authorization"]
            )
        )
    middleware.append(Middleware(LastResort, failed=failed))
    middleware.append(Middleware(GZipMiddleware, minimum_size=_LEAST_PACKED))
    static = StaticFiles(directory=Path(__file__).parent / "static")
    made = Starlette(
        routes=[Mount("/static", static), *api.routes(), *pages.routes()],
        middleware=middleware,
        exception_handlers={HTTPException: failed, SearchKitError: failed},
    )
    made.router.redirect_slashes = False  # it would lead to the host that the request names
    return made


def _check_facets(site: Site) -> None:
    known = site.fields()
    for name in site.options.facets or ():
        if name.partition(".")[0] not in known:
            raise ArgumentError(f"the index has no field {name!r}; it has {', '.join(sorted(known))}")
    if site.options.facets:
        site.index.search("", limit=0, facets=site.options.facets)  # which says what cannot be counted
