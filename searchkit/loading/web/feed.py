"""Which documents are in a feed? Each entry of RSS 2.0, RSS 1.0 and Atom (RFC 4287); of another XML file, its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from io import BytesIO
from typing import BinaryIO, NamedTuple

from searchkit.dates import parse_date
from searchkit.documents import Document, Json, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.files import too_large
from searchkit.loading.metadata import web_address
from searchkit.loading.options import LoadOptions
from searchkit.loading.web.within import shown
from searchkit.loading.xml import MOST_XML_ELEMENTS, XmlEvent, XmlStream, local, plain

_FEEDS = frozenset({"rss", "rdf", "feed"})
_SITEMAPS = frozenset({"urlset", "sitemapindex"})
_ENTRIES = frozenset({"item", "entry"})
_ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACES = {
    "": "", "http://purl.org/rss/1.0/": "", "http://my.netscape.com/rdf/simple/0.9/": "", _ATOM: "",
    "http://purl.org/atom/ns#": "", "http://backend.userland.com/rss2": "", "atom": "",
    "http://purl.org/dc/elements/1.1/": "dc:", "http://purl.org/dc/terms/": "dc:", "dc": "dc:", "dcterms": "dc:",
    "http://purl.org/rss/1.0/modules/content/": "content:", "content": "content:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:", "itunes": "itunes:",
}  # fmt: skip
_NAMES = {
    "title": ("title", "dc:title"),
    "link": ("link",),
    "id": ("guid", "id"),
    "date": (
        "pubdate",
        "published",
        "issued",
        "dc:date",
        "dc:created",
        "created",
        "updated",
        "modified",
        "dc:modified",
    ),
    "author": ("author", "dc:creator", "itunes:author"),
    "tags": ("category", "dc:subject"),
    "content": ("content:encoded", "content"),
    "summary": ("description", "summary", "dc:description", "itunes:summary"),
    "language": ("language", "dc:language"),
}
_ROLES = {name: (role, place) for role, names in _NAMES.items() for place, name in enumerate(names)}
_ADDRESS_AND_NAME = re.compile(r"\S{1,300}@\S{1,300}\s{1,9}\(([^()]{1,300})\)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z\d+.-]{1,30}:")
_LONGEST_LINE = 10_000


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield a document for each entry, a `Skip` with its number where it gives none; the root says what a file is.

    An id is that of the entry if it is an address, else the entry's link, else `name#id` or `name#number`. Holds one
    entry at a time, so that a feed may have any size; an entry may have `options.max_bytes` characters.

    Raises:
        LoadError: It is no text or no XML, a list of addresses, or nested too deep.
    """
    source = XmlStream(stream, name, options)
    if source.root in _SITEMAPS:
        raise LoadError(name, "a sitemap: addresses of pages, and no text")
    if source.root == "html":
        yield from _page(source.head, stream, name, options)
    elif source.root == "mediawiki":
        yield from _wiki(source, name, options)
    elif source.root in _FEEDS:
        yield from _entries(source, name, options)
    else:
        yield from plain(source, name, options)


def _page(head: bytes, stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    from searchkit.loading.web import html  # noqa: PLC0415 (feeds of plain text need no BeautifulSoup)

    rest = stream.read(max(options.max_bytes + 1 - len(head), 0))
    yield from html.read(BytesIO(head + rest), name, options)


def _wiki(source: XmlStream, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    from searchkit.loading.web import mediawiki  # noqa: PLC0415 (which few feeds are)

    yield from mediawiki.articles(source, name, options)


def _entries(source: XmlStream, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    reader = _FeedReader(options.max_bytes)
    number = elements = 0
    for event in source.events():
        if isinstance(event, Skip):
            yield event
            continue
        elements += event.kind == "start"
        if elements > MOST_XML_ELEMENTS:
            raise LoadError(name, f"more than {MOST_XML_ELEMENTS:,} elements between two entries")
        entry = reader.take(event)
        if entry is not None:
            number, elements = number + 1, 0
            try:
                yield _document(entry, reader.feed, f"{name}#{number}", name, options)
            except LoadError as error:
                yield Skip(name, f"entry {number}: {error.reason}")
            except DocumentError as error:
                yield Skip(name, f"entry {number}: {error}")
    if not number:
        raise LoadError(name, "a feed without entries")


class _Value(NamedTuple):
    """One value of an entry: how early its name comes among those of its role, its text, and the type it says."""

    place: int
    text: str
    type: str = ""


class _FeedEntry:
    """What has come of an entry, or of the feed around it.

    Attributes:
        values: Of each role, in order.
        size: Characters.
    """

    def __init__(self) -> None:
        self.values: dict[str, list[_Value]] = {}
        self.size = 0

    def add(self, role: str, value: _Value) -> None:
        if value.text.strip():
            self.values.setdefault(role, []).append(value)

    def first(self, role: str) -> _Value:
        """Return the value of a role whose name comes first; an empty one if there is none."""
        return min(self.values.get(role, ()), key=lambda value: value.place, default=_Value(0, ""))

    def lines(self, role: str) -> list[str]:
        """Return every value of a role once, as a line."""
        values = (" ".join(value.text[:_LONGEST_LINE].split()) for value in self.values.get(role, ()))
        return list(dict.fromkeys(filter(None, values)))


class _FeedReader:
    """Gathers the events of a feed into entries.

    Attributes:
        feed: What stands around the entries.
    """

    def __init__(self, most: int) -> None:
        self.feed = _FeedEntry()
        self._most = most
        self._entry: _FeedEntry | None = None
        self._stack: list[str] = []
        self._base = 0  # how deep the entry lies, or the feed's own values
        self._role: tuple[str, int] | None = None
        self._type = ""
        self._parts: list[tuple[str, bool]] = []  # each with whether it is a tag

    def take(self, event: XmlEvent) -> _FeedEntry | None:
        """Take the next event in; return an entry when it ends."""
        if event.kind == "start":
            self._start(event.value, event.attributes)
        elif event.kind == "text":
            self._text(event.value)
        else:
            return self._end()
        return None

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._stack.append(local(tag))
        depth = len(self._stack)
        entry = self._entry or self.feed
        entry.size += sum(map(len, attributes.values()))
        if self._entry is None and (depth == 1 or self._stack[-1] == "channel"):
            self._base = depth
            entry.add("language", _Value(1, attributes.get(_LANGUAGE, "")))
        elif self._entry is None and self._stack[-1] in _ENTRIES:
            self._entry, self._base = _FeedEntry(), depth
            self._entry.add("language", _Value(2, attributes.get(_LANGUAGE, "")))
        elif depth == self._base + 1:
            self._begin(tag, attributes, entry)
        elif self._role:
            self._parts.append((f"<{self._stack[-1]}>", True))

    def _begin(self, tag: str, attributes: Mapping[str, str], entry: _FeedEntry) -> None:
        """Begin a value of an entry. Some are said by attributes."""
        self._role, self._parts, self._type = _role(tag), [], attributes.get("type", "").lower()
        if self._role is None or entry.size > self._most:
            return
        role, place = self._role
        if role == "link" and attributes.get("rel", "alternate").lower() == "alternate":
            entry.add(role, _Value(place, attributes.get("href", "")))
        elif role == "link":
            self._role = None
        elif role == "tags":
            entry.add(role, _Value(place, attributes.get("label") or attributes.get("term", "")))

    def _text(self, text: str) -> None:
        in_author = self._role and self._role[0] == "author" and len(self._stack) > self._base + 1
        if not self._role or (in_author and self._stack[-1] != "name"):
            return
        entry = self._entry or self.feed
        entry.size += len(text)
        if entry.size <= self._most:
            self._parts.append((text, False))

    def _end(self) -> _FeedEntry | None:
        depth = len(self._stack)
        tag = self._stack.pop()
        if depth == self._base + 1 and self._role:
            (self._entry or self.feed).add(self._role[0], self._value(*self._role))
            self._role = None
        elif depth == self._base and self._entry is not None:
            entry, self._entry = self._entry, None
            self._base = -1  # of the feed only what stands before its entries is taken
            return entry
        elif self._role:
            self._parts.append((f"</{tag}>", True))
        return None

    def _value(self, role: str, place: int) -> _Value:
        is_markup = role not in ("author", "tags") and any(is_tag for _, is_tag in self._parts)
        parts = (escape(part, quote=False) if is_markup and not is_tag else part for part, is_tag in self._parts)
        if role == "author":
            parts = (part for part, is_tag in self._parts if not is_tag)
        return _Value(place, "".join(parts), "xhtml" if is_markup else self._type)


def _role(tag: str) -> tuple[str, int] | None:
    space = tag[1:].partition("}")[0] if tag.startswith("{") else tag.rpartition(":")[0].lower()
    prefix = _SPACES.get(space)
    return None if prefix is None else _ROLES.get(prefix + local(tag))


def _document(entry: _FeedEntry, feed: _FeedEntry, numbered: str, name: str, options: LoadOptions) -> Document:
    if entry.size > options.max_bytes:
        raise LoadError(name, too_large(options))
    content, summary = entry.first("content"), entry.first("summary")
    body = _read_as(content, name, options)
    described = _read_as(summary, name, options) if summary.text != content.text else ""
    title = " ".join(_read_as(entry.first("title"), name, options).split())
    if not body and not described and not title:
        raise LoadError(name, "no text in it")
    fields = _fields(entry, feed)
    if body and described and described != body:
        fields["description"] = " ".join(described.split())
    written, link = entry.first("date").text.strip(), entry.first("link").text.strip()
    date, url = parse_date(written), web_address(link)
    fields |= {key: text for key, text, read in (("date", written, date), ("url", link, url)) if text and read is None}
    id_ = entry.first("id").text.strip()
    if url is None and "url" not in fields:
        url = web_address(id_)
    if not _SCHEME.match(id_):
        id_ = url or (f"{name}#{id_}" if id_ else numbered)
    return Document(id_, body or described, title, url, date, {**fields, "source": name})


def _fields(entry: _FeedEntry, feed: _FeedEntry) -> dict[str, Json]:
    authors = entry.lines("author") or feed.lines("author")
    named = (_ADDRESS_AND_NAME.fullmatch(author) for author in authors)
    author = ", ".join(found[1] if found else author for found, author in zip(named, authors, strict=True))
    language = entry.first("language").text.strip() or feed.first("language").text.strip()
    tags: list[Json] = [*entry.lines("tags")]
    values: dict[str, Json] = {"author": author, "language": language, "tags": tags}
    return {key: value for key, value in values.items() if value}


def _read_as(value: _Value, name: str, options: LoadOptions) -> str:
    """Return a value as a reader sees it: what says that it is text is, the rest may be HTML."""
    return value.text.strip() if value.type in ("text", "text/plain") else shown(value.text, name, options)
