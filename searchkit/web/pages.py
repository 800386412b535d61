"""What does the page show? A search with its answers, and the text of one document; all of it made by the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from searchkit.documents import plain
from searchkit.errors import SearchTimeoutError
from searchkit.index import MAX_HITS
from searchkit.results import Hit, Results
from searchkit.web.asked import SORTS, AskedPage, asked_by
from searchkit.web.languages import Language, wanted
from searchkit.web.options import LANGUAGES, MODES
from searchkit.web.presenting import Presenter, is_date
from searchkit.web.problems import Failure
from searchkit.web.reading import text_of, title_of
from searchkit.web.site import Site, kept, root_of

_SIMILAR = 5
_LONGEST_TEXT = 200_000
_FACETS = 6
_VARY = {"Vary": "Accept-Language"}
_KEPT = {"q", "exact", "lang", "mode"}
_TOLD = ("author", "tags", "language", "description")


class Pages:
    """The pages.

    Args:
        site: What is served.
    """

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [Route("/", self.search), Route("/document", self.document)]

    @cached_property
    def _templates(self) -> Environment:
        made = Environment(
            loader=PackageLoader("searchkit.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.filters["plain"] = plain
        return made

    async def search(self, request: Request) -> Response:
        """Show the field to type in, and the answers to what stands in it."""
        options = self._site.options
        asked = asked_by(request.query_params, options.page_size, options.most_query)
        headers = {**self._site.fresh(request, self.language(request).code), **_VARY}
        return await self._site.answer(request, headers, self._search, request, asked)

    def _search(self, headers: Mapping[str, str], request: Request, asked: AskedPage) -> Response:
        presenter = self._presenter(request, asked)
        shown: dict[str, Any] = {"asked": asked, "presenter": presenter, "sorts": SORTS, "results": None}
        if asked.q.strip() or asked.narrows:
            results = self._results(asked)
            shown |= {"results": results, "pages": presenter.pages(results.total, results.limit, MAX_HITS)}
            shown |= {"modes": self._modes(asked), "mode": self._mode(asked)}
            headers = kept(results, headers)
        else:
            shown["documents"] = len(self._site.index)
        shown |= self._names(request, asked)
        name = "answers.html" if request.query_params.get("part") == "answers" else "search.html"
        return self._page(request, name, headers=headers, **shown)

    def _names(self, request: Request, asked: AskedPage) -> dict[str, str]:
        """Return what the page is called: in the list of tabs, and to those who hear its headings."""
        site, asks = self._called(request), asked.q.strip()
        heading = f"{self.language(request).text('answers')}: {asks}" if asks else site
        return {"title": f"{asks} – {site}" if asks else site, "heading": heading}

    def _called(self, request: Request) -> str:
        return plain(self._site.options.title) or self.language(request).text("site")

    def _results(self, asked: AskedPage) -> Results:
        since, until = (each if is_date(each) else "" for each in (asked.since, asked.until))
        size = self._site.options.page_size
        return self._site.search_somehow(
            asked.q,
            self._mode(asked),
            limit=size,
            offset=size * (asked.page - 1),
            snippets=2,
            where=self._site.condition(asked.where, since, until),
            sort=asked.sort,
            facets=self._facets(),
            exact=asked.exact,
            prefix=asked.typing,
        )

    def _mode(self, asked: AskedPage) -> str:
        """Return what finds documents: words alone of what is still being typed, so that answers stay where they are.

        Nobody is asked for vectors of half a word then, either.
        """
        mode = asked.mode or self._site.mode
        return "words" if asked.exact or (asked.typing and mode == "auto") else mode

    def _modes(self, asked: AskedPage) -> list[tuple[str, str]]:
        """Return the modes to choose from, if there is a choice, each with the address of the answers in it."""
        if asked.exact or not self._site.index.has_vectors:
            return []
        usual = self._site.mode
        chosen = [(each, "" if each == usual else each) for each in MODES]
        return [(each, asked.link(mode=mode, typing=False, page=1)) for each, mode in chosen]

    def _facets(self) -> list[str]:
        chosen = self._site.options.facets
        if chosen is not None:
            return list(chosen)
        keywords = [name for name, kind in self._site.fields().items() if kind.startswith("keyword") and name != "host"]
        return [*keywords[:_FACETS], "host", "date.year"]

    async def document(self, request: Request) -> Response:
        """Show the text of a document, with what answers a query marked."""
        options = self._site.options
        kept = QueryParams([pair for pair in request.query_params.multi_items() if pair[0] in _KEPT])
        asked = asked_by(kept, options.page_size, options.most_query)
        headers = {**self._site.fresh(request, self.language(request).code), **_VARY}
        return await self._site.answer(request, headers, self._document, request, asked)

    def _document(self, headers: Mapping[str, str], request: Request, asked: AskedPage) -> Response:
        site = self._site
        found = site.document(request.query_params.get("id", ""))
        marked = site.index.marked(found.id, asked.q, exact=asked.exact, reach=_LONGEST_TEXT)
        if marked is None:  # it has gone since
            raise HTTPException(404)
        count = len(marked.marks)
        mark = _number(request.query_params.get("mark", ""), count)
        presenter = self._presenter(request, asked)
        return self._page(
            request,
            "document.html",
            headers=headers,
            asked=asked,
            document=found,
            title=title_of(found, site.publication.public_id(found.id)),
            address=site.publication.address(found),
            about=[(name, found.fields[name]) for name in _TOLD if isinstance(found.fields.get(name), str | list)],
            text=text_of(marked, mark),
            cut=_LONGEST_TEXT if len(found.body) > _LONGEST_TEXT else 0,
            count=count,
            mark=mark,
            before=presenter.cached(found, mark - 1) if mark > 1 else "",
            after=presenter.cached(found, mark + 1) if mark < count else "",
            similar=[presenter.hit(hit) for hit in self._alike(found.id)],
        )

    def _alike(self, id_: str) -> Sequence[Hit]:
        """Return documents like one, if they are found in time: its text is shown without them too."""
        try:
            site = self._site
            timeout = site.options.timeout
            return site.index.similar(id_, limit=_SIMILAR, snippets=0, timeout=timeout, mode=site.mode).hits
        except SearchTimeoutError:
            return ()

    def failure(self, request: Request, failure: Failure) -> Response:
        """Show what went wrong."""
        keys = {404: "missing", 500: "broken", 503: "late"}
        detail = failure.detail if failure.status == 400 else ""
        key = keys.get(failure.status, "wrong")
        asks = request.query_params.get("q", "")
        asked = AskedPage(plain(asks)[: self._site.options.most_query], lang=self._chosen(request))
        headers = {"Cache-Control": "no-store", **failure.headers}
        return self._page(request, "failure.html", headers, failure.status, key=key, detail=detail, asked=asked)

    def _chosen(self, request: Request) -> str:
        chosen = request.query_params.get("lang", "")
        return chosen if chosen in LANGUAGES else ""

    def _presenter(self, request: Request, asked: AskedPage) -> Presenter:
        return Presenter(self._site.publication, self.language(request), asked, root_of(request))

    def language(self, request: Request) -> Language:
        """Return the language to answer a request in."""
        chosen, accepted = request.query_params.get("lang", ""), request.headers.get("accept-language", "")
        return wanted(chosen, accepted, self._site.options.language)

    def _page(
        self,
        request: Request,
        template: str,
        headers: Mapping[str, str],
        status: int = 200,
        **shown: Any,  # noqa: ANN401 (what a template needs)
    ) -> Response:
        language = self.language(request)
        page = self._templates.get_template(template).render(
            language=language,
            t=language.text,
            root=root_of(request),
            site=self._called(request),
            **shown,
        )
        return HTMLResponse(page, status, {**_VARY, **headers})


def _number(written: str, most: int) -> int:
    """Return the mark that a reader is at: 0 for none."""
    if not (written.isascii() and written.isdigit()):
        return 0
    return min(int(written[:9]), most)
