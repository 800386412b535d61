"""Which documents are in a dump of a wiki (`pages-articles.xml` of Wikipedia)? Each of its articles, as its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO
from urllib.parse import quote

from searchkit.dates import parse_date
from searchkit.documents import Document, Json, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.files import too_large
from searchkit.loading.metadata import web_address
from searchkit.loading.options import LoadOptions
from searchkit.loading.web.wikitext import WikiNames, text_of
from searchkit.loading.xml import MOST_XML_ELEMENTS, XmlEvent, XmlStream, local

LONGEST_WIKI_PAGE = 2_500_000
"""Characters of a page; MediaWiki lets one have 2,097,152 bytes."""

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_KEPT = frozenset({"sitename", "dbname", "base", "title", "ns", "id", "timestamp", "model", "text"})
_ENDS = ("page", "revision")
_IN_MARKUP = ("", "wikitext")
_LONGEST_VALUE = 10_000
_NO_REDIRECT = ("#redirect", "#تغییر")


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield the articles of a dump.

    Raises:
        LoadError: It is no XML, or nested too deep.
    """
    yield from articles(XmlStream(stream, name, options), name, options)


def articles(source: XmlStream, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield a document for each page of the main namespace, and at the end one `Skip` that counts what is none.

    An id is the wiki's name with the number of the page (`fawiki:17`), which a later dump has too, whatever the page is
    called by then. Redirects, pages of other namespaces and those in no markup are counted. Holds one page at a time.

    Raises:
        LoadError: It has too many elements between two pages.
    """
    reader = _DumpReader(min(options.max_bytes, LONGEST_WIKI_PAGE))
    left_out = {"redirects": 0, "pages that are no articles": 0}
    number = 0
    for page in _pages(source, reader, name):
        if isinstance(page, Skip):
            yield page
            continue
        number += 1
        kind = page.left_out(reader.site)
        if kind:
            left_out[kind] += 1
            continue
        try:
            yield _document(page, reader.site, name, options)
        except (LoadError, DocumentError) as error:
            reason = error.reason if isinstance(error, LoadError) else str(error)
            yield Skip(name, f"page {page.values.get('id') or number}: {reason}")
    if not number:
        raise LoadError(name, "a dump without pages")
    counts = [f"{count:,} {kind}" for kind, count in left_out.items() if count]
    if counts:
        yield Skip(name, f"{' and '.join(counts)}, left out")


def _pages(source: XmlStream, reader: _DumpReader, name: str) -> Iterator[_WikiPage | Skip]:
    elements = 0
    for event in source.events():
        if isinstance(event, Skip):
            yield event
            continue
        elements = 0 if event.kind == "end" and local(event.value) in _ENDS else elements + (event.kind == "start")
        if elements > MOST_XML_ELEMENTS:
            raise LoadError(name, f"more than {MOST_XML_ELEMENTS:,} elements between two pages")
        page = reader.take(event)
        if page is not None:
            yield page


class _WikiSite:
    """What a dump says of its wiki.

    Attributes:
        language: Of all its pages.
        values: `sitename`, `dbname`, `base`: the address of its main page.
        spaces: The names of its namespaces by their numbers, in lower case.
    """

    def __init__(self) -> None:
        self.language = ""
        self.values: dict[str, str] = {}
        self.spaces: dict[str, str] = {}

    def names(self) -> WikiNames:
        """Return what its namespaces of files and categories are called."""
        media = frozenset(self.spaces.get(key, "") for key in ("-2", "6"))
        return WikiNames(media - {""}, frozenset({self.spaces.get("14", "")}) - {""})

    def address(self, title: str) -> str | None:
        """Return the address of a page, beside that of the main page."""
        base = self.values.get("base", "")
        before = base[: base.rfind("title=") + 6] if "title=" in base else base[: base.rfind("/") + 1]
        return web_address(before + quote(title.replace(" ", "_"), safe=";@$!*(),/~:")) if before else None


class _WikiPage:
    """What has come of a page: its values, and of its revisions those of the last.

    Attributes:
        values: `title`, `ns`, `id`, `timestamp`, `model`, `text`.
        is_redirect: Whether it only leads to another.
        is_large: Whether its text is longer than may be, and let go.
    """

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.is_redirect = False
        self.is_large = False

    def left_out(self, site: _WikiSite) -> str:
        """Return as what it is left out; empty for an article."""
        prefix, colon, _ = self.values.get("title", "").partition(":")
        elsewhere = colon and prefix.strip().lower() in site.spaces.values()
        if self.values.get("ns", "1" if elsewhere else "0") != "0" or self.values.get("model", "") not in _IN_MARKUP:
            return "pages that are no articles"
        text = self.values.get("text", "")[:100].lstrip().lower()
        return "redirects" if self.is_redirect or text.startswith(_NO_REDIRECT) else ""


class _DumpReader:
    """Gathers the events of a dump into pages.

    Attributes:
        site: What stands before them.
    """

    def __init__(self, most: int) -> None:
        self.site = _WikiSite()
        self._most = most
        self._page = _WikiPage()
        self._path: list[str] = []
        self._pieces: list[str] = []
        self._size = 0
        self._key = ""  # of a namespace

    def take(self, event: XmlEvent) -> _WikiPage | None:
        """Take the next event in; return a page when it ends."""
        if event.kind == "start":
            self._start(local(event.value), event.attributes)
        elif event.kind == "text":
            self._size += len(event.value)
            if self._size <= self._most:
                self._pieces.append(event.value)
        else:
            self._end()
            if self._path.pop() == "page":
                return self._page
        return None

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        self._pieces, self._size = [], 0
        if len(self._path) == 1:
            self.site.language = attributes.get(_LANGUAGE, "")
        elif name == "page":
            self._page = _WikiPage()
        elif name == "revision":
            self._page.is_large = False
        elif name == "redirect":
            self._page.is_redirect = True
        elif name == "namespace":
            self._key = attributes.get("key", "")

    def _end(self) -> None:
        """Note a value that is whole."""
        match self._path[1:]:
            case ["siteinfo", "namespaces", "namespace"] if len(self.site.spaces) < _LONGEST_VALUE:
                self.site.spaces[self._key] = "".join(self._pieces)[:_LONGEST_VALUE].strip().lower()
            case ["siteinfo", name] if name in _KEPT:
                self.site.values[name] = "".join(self._pieces)[:_LONGEST_VALUE].strip()
            case ["page", "revision", "text"]:
                self._page.is_large = self._size > self._most
                self._page.values["text"] = "" if self._page.is_large else "".join(self._pieces)
            case ["page", name] | ["page", "revision", ("timestamp" | "model") as name] if name in _KEPT:
                self._page.values[name] = "".join(self._pieces)[:_LONGEST_VALUE].strip()
        self._pieces, self._size = [], 0


def _document(page: _WikiPage, site: _WikiSite, name: str, options: LoadOptions) -> Document:
    values = page.values
    if page.is_large:
        is_small = options.max_bytes < LONGEST_WIKI_PAGE
        raise LoadError(name, too_large(options) if is_small else f"more than {LONGEST_WIKI_PAGE:,} characters")
    title = values.get("title", "")
    text = text_of(values.get("text", ""), name, site.names())
    if not text.body and not title:
        raise LoadError(name, "no text in it")
    number, wiki = values.get("id") or title, site.values.get("dbname")
    tags: list[Json] = [*text.categories]
    fields: dict[str, Json] = {"language": site.language, "tags": tags}
    return Document(
        id=f"{wiki}:{number}" if wiki else f"{name}#{number}",
        body=text.body,
        title=title,
        url=site.address(title),
        date=parse_date(values.get("timestamp", "")),
        fields={key: value for key, value in fields.items() if value} | {"source": name},
    )
