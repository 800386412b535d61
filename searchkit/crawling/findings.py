"""What does a page give: documents, links to others, or nothing, as it says itself or says what another one says?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from searchkit.crawling.addresses import canonical, site_of
from searchkit.crawling.fetching import MOST_REDIRECTS, REDIRECTS, Answer
from searchkit.crawling.given import Gone
from searchkit.crawling.links import PageLinks, orders_of, page_links
from searchkit.crawling.listings import Listing, listing
from searchkit.crawling.options import CrawlOptions
from searchkit.crawling.pages import declared_encoding, documents_in, is_page
from searchkit.crawling.scope import Scope
from searchkit.crawling.sketches import Sketch, sketch_of
from searchkit.crawling.state import DONE, CrawlState, KnownPage
from searchkit.documents import Document, Skip
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode
from searchkit.loading.web.html import MOST_ELEMENTS

Numbered: TypeAlias = tuple[int, Document | Skip | Gone]
"""What was found, with the number by which it is kept, or 0."""

_GONE = (404, 410)
_LONGEST_TAG = 500  # characters of an ETag or a date that are remembered


class Findings:
    """Takes what servers answered, and writes down what that gives.

    Args:
        state: Of the crawl; each call is to be written down as a whole.
        options: Of the crawl.
        scope: Of the crawl.
    """

    def __init__(self, state: CrawlState, options: CrawlOptions, scope: Scope) -> None:
        self._state = state
        self._given = state.given
        self._options = options
        self._scope = scope

    def of(self, answer: Answer, page: KnownPage) -> Iterator[Numbered]:
        """Write down what an answer means; yield what is to be told, with its number where it has one."""
        if answer.status == 304:
            self._state.settle(page, DONE, page.etag, page.modified)
        elif answer.status == 200:
            yield from self._found(answer, page)
        else:
            self._state.settle(page, DONE)
            if answer.status in REDIRECTS:
                yield from self._redirected(answer, page)
            elif not page.listing:
                yield 0, Skip(page.url, f"HTTP {answer.status}")
            if answer.status in _GONE or answer.status in REDIRECTS:
                yield from self.removed(page)

    def _redirected(self, answer: Answer, page: KnownPage) -> Iterator[tuple[int, Skip]]:
        location = answer.headers.get("location", "")
        target = canonical(location, answer.url)
        if target is None:
            yield 0, Skip(page.url, f"leads to what cannot be crawled: {location[:100]}")
        elif site_of(target) not in self._scope.sites:
            yield 0, Skip(page.url, f"leads to another host: {target}")
        elif page.hops >= MOST_REDIRECTS or target == page.url:
            yield 0, Skip(page.url, "redirects without end")
        elif not page.depth or self._scope.takes(target):
            self._state.add([target], page.depth, page.hops + 1, listing=page.listing)

    def _found(self, answer: Answer, page: KnownPage) -> Iterator[Numbered]:
        """Yield what a page gives: its documents, those that it gave and does not now, and what was left out."""
        names = (answer.headers.get(name, "") for name in ("etag", "last-modified"))
        self._state.settle(page, DONE, *(name if _can_be_said(name) else "" for name in names))
        if is_page(answer):
            yield from self._page(answer, page)
            return
        listed = listing(answer.body, page.url, self._options.max_bytes)
        if listed is not None:
            self._follow_listing(listed, page)
            yield from self._give((), page)
            return
        links = PageLinks()
        links.obey(orders_of(answer.headers.get("x-robots-tag", "")))
        yield from self._documents(answer, page, links)

    def removed(self, page: KnownPage) -> Iterator[Numbered]:
        """Yield the documents that a page gave, as gone."""
        self._given.unfold(page.id)
        for id_ in self._given.of(page.id):
            yield self._take_back(id_)

    def _follow_listing(self, listed: Listing, page: KnownPage) -> None:
        self._state.add(filter(self._scope.takes, listed.pages), page.depth + 1)
        sites = {site_of(page.url)}
        inner = [url for url in listed.listings if site_of(url) in sites and page.hops < 2]
        self._state.add(inner, page.depth, page.hops + 1, listing=True)

    def _page(self, answer: Answer, page: KnownPage) -> Iterator[Numbered]:
        """Go through a page of HTML."""
        try:
            text, encoding = _text_of(answer)
        except LoadError as error:
            yield 0, Skip(page.url, error.reason)
            yield from self.removed(page)
            return
        is_small = text.count("<") <= MOST_ELEMENTS  # what is larger gives no document, either
        links = page_links(text, page.url, encoding) if is_small else PageLinks()
        links.obey(orders_of(answer.headers.get("x-robots-tag", "")))
        if not links.nofollow:
            self._state.add(filter(self._scope.takes, links.urls), page.depth + 1)
        yield from self._documents(answer, page, links)

    def _documents(self, answer: Answer, page: KnownPage, links: PageLinks) -> Iterator[Numbered]:
        if links.noindex:
            yield 0, Skip(page.url, "noindex: it asks not to be found")
            yield from self.removed(page)
            return
        own = page.url
        if links.canonical is not None and site_of(links.canonical) == site_of(page.url):
            own = links.canonical
            if own != page.url and self._scope.takes(own):
                self._state.add([own], page.depth, page.hops)
        yield from self._give(documents_in(answer, own, self._options.max_bytes), page)

    def _give(self, documents: Iterable[Document | Skip], page: KnownPage) -> Iterator[Numbered]:
        """Write down the documents of a page for which none stands, and take back those that it gives no more."""
        before = set(self._given.of(page.id))
        self._given.unfold(page.id)
        for each in documents:
            if isinstance(each, Skip):
                yield 0, each
                continue
            sketch = sketch_of(each.body or each.title, each.title)
            reason = self._same_as(each, page, sketch)
            if reason:
                yield 0, Skip(page.url, reason)
                continue
            before.discard(each.id)
            number, unsure = self._given.give(each, page.id, sketch)
            self._state.again(unsure)
            yield number, each
        for id_ in sorted(before):
            yield self._take_back(id_)

    def _take_back(self, id_: str) -> Numbered:
        number, unsure = self._given.take_back(id_)
        self._state.again(unsure)
        return number, Gone(id_)

    def _same_as(self, document: Document, page: KnownPage, sketch: Sketch) -> str:
        """Say which other page's document stands for one, and note it; empty where there is none."""
        if document.id != page.url and self._given.page_of(document.id) not in (None, page.id):
            self._given.fold(page.id, document.id)
            return f"a copy of {document.id}, as it says"
        twin = self._given.twin_of(sketch, page.id)
        if twin is None or twin.id == document.id:
            return ""
        self._given.fold(page.id, twin.id)
        return f"{'the same' if twin.is_exact else 'nearly the same'} text as {twin.id}"


def _can_be_said(name: str) -> bool:
    """Tell whether the name that a server gives what it said can be given back to it in a header."""
    return len(name) <= _LONGEST_TAG and name.isascii() and name.isprintable()


def _text_of(answer: Answer) -> tuple[str, str]:
    """Return the text of a page as it is, and its encoding: links go by what is written, and not by what was meant."""
    try:
        if b"\0" not in answer.body:
            return answer.body.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    decoded = decode(answer.body, answer.url, declared_encoding(answer))
    return decoded.text, decoded.encoding
