"""Which document is in a web page? The text a reader came for: no menus, scripts, forms or hidden parts.

Blocks end lines; inline tags add nothing, so a word with one letter in bold stays one word. A tree is built by lxml
through BeautifulSoup, and every walk over it is a loop, so that no depth of nesting matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, PageElement, Tag

from searchkit import garbage
from searchkit.dates import parse_date
from searchkit.documents import MAX_FIELDS, Document
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode
from searchkit.loading.files import whole
from searchkit.loading.options import LoadOptions
from searchkit.loading.records import web_address
from searchkit.loading.text import about, unix_lines

MOST_ELEMENTS = 200_000  # a tree of 500,000 took 8 s and 500 MB
MOST_ATTRIBUTES = 400_000
LONGEST_TAG = 10_000_000  # pictures may stand in it
_LONGEST_VALUE = MAX_FIELDS + 1  # more is told to be too much, be it title or description

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,500}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
_UNSEEN = ("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "audio", "video")
_AROUND = ("nav", "aside", "footer", "button", "select", "textarea", "datalist", "dialog")
_AROUND_ROLES = frozenset({"navigation", "banner", "complementary", "contentinfo", "search", "menu", "menubar"})
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# fmt: off
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "nobr", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})
# fmt: on
_CONTAINERS = ("div", "section", "article", "td", "table", "tbody", "tr", "center", "form", "ul", "ol", "dl", "p")
_DATES = ("article:published_time", "datepublished", "date", "dc.date", "dcterms.created", "pubdate", "publishdate")
# A tag is taken as a whole, so that none is looked at from within another one.
_TAG = re.compile(r"""<[A-Za-z](?:[^>"']++|"[^"]*+"|'[^']*+'|["'])*+""")
_QUOTED = re.compile(r""""[^"]*+"|'[^']*+'""")
_WHITE = "\t\n\r\f"
_BLANK_LINES = re.compile(r"\n[ \t\n]++")
_TABS = "\t\r\f"
_ENOUGH = 0.8  # the share of a page's text that a block has to hold to stand for it
_MENU = 0.7  # the share of link text above which a block with three links is a menu


class _Size(NamedTuple):
    """How much is in an element: characters of text, how many of them in links, and links."""

    text: int
    linked: int
    links: int


class _PageTexts(NamedTuple):
    """What a page says of itself and shows; empty where it does not."""

    body: str
    title: str
    url: str
    date: str
    description: str


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a page.

    The title is that of `og:title`, else the heading of the main text, else `<title>`. The address is the canonical
    one if that is http(s). A date that cannot be read stays as text in `fields`.

    Raises:
        LoadError: It is too large or has too many elements, is no text, or shows none.
    """
    yield _document(stream, name, options)  # so that nothing but the document stays in memory meanwhile


def _document(stream: BinaryIO, name: str, options: LoadOptions) -> Document:
    data = whole(stream, name, options)
    declared = _DECLARED.search(data[:4096])
    decoded = decode(data, name, options.encoding, declared[1].decode("ascii", "replace") if declared else None)
    if decoded.text.count("<") > MOST_ELEMENTS:
        raise LoadError(name, f"more than {MOST_ELEMENTS:,} elements")
    if len(decoded.text) > 2 * MOST_ATTRIBUTES:
        _check_tags(decoded.text, name)
    page = _page(unix_lines(decoded.text))
    if not page.body:
        raise LoadError(name, "no text in it")
    fields = about(name, decoded)
    if page.description:
        fields["description"] = page.description
    date = parse_date(page.date)
    if date is None and page.date:
        fields["date"] = page.date
    return Document(id=name, body=page.body, title=page.title, url=web_address(page.url), date=date, fields=fields)


@garbage.paused()
def _page(text: str) -> _PageTexts:
    """Return what a page says."""
    root = BeautifulSoup("<!DOCTYPE html>" + text, "lxml", multi_valued_attributes=None)
    tags = list(_tags(root))
    known = _metadata(tags)
    any_heading = next((_line(tag) for tag in tags if tag.name == "h1"), "")
    date = known["date"] or _time(tags)
    _drop_unseen(root)
    main = _main(root)
    inner = [tag for tag in _tags(main) if tag.name == "h1"]
    title = known["og:title"] or (_line(inner[0]) if len(inner) == 1 else "") or known["title"] or any_heading
    return _PageTexts(_text(main), title, known["url"], date, known["description"])


def _check_tags(text: str, name: str) -> None:
    attributes = 0
    for tag in _TAG.finditer(text):
        attributes += _attributes(tag[0])
        if len(tag[0]) > LONGEST_TAG or attributes > MOST_ATTRIBUTES:
            raise LoadError(name, f"more than {MOST_ATTRIBUTES:,} attributes, or a tag of {LONGEST_TAG:,} characters")


def _attributes(tag: str) -> int:
    """Return how many attributes a tag has, at most."""
    return len(_QUOTED.sub(" ", tag).replace("/", " ").split()) - 1


def _tags(root: Tag) -> Iterator[Tag]:
    """Yield an element and all within it, in the order of the page."""
    stack = [root]
    while stack:
        tag = stack.pop()
        yield tag
        stack += [child for child in reversed(tag.contents) if isinstance(child, Tag)]


def _metadata(tags: Sequence[Tag]) -> dict[str, str]:
    """Return what the head says, under `title`, `og:title`, `description`, `date` and `url`; else empty."""
    metas: dict[str, str] = {}
    first: dict[str, Tag] = {}
    for tag in tags:
        first.setdefault(tag.name, tag)
        if tag.name == "meta":
            key = (_attribute(tag, "property") or _attribute(tag, "name") or _attribute(tag, "itemprop")).lower()
            metas.setdefault(key, _one_line(_attribute(tag, "content")))
    title, base = first.get("title"), first.get("base")
    links = (tag for tag in tags if tag.name == "link")
    canonical = next((link for link in links if "canonical" in _attribute(link, "rel").split()), None)
    address = _attribute(canonical, "href") if canonical else metas.get("og:url", "")
    return {
        "title": _one_line(title.get_text()) if title else "",
        "og:title": metas.get("og:title", ""),
        "description": metas.get("description") or metas.get("og:description", ""),
        "date": next((metas[key] for key in _DATES if metas.get(key)), ""),
        "url": _resolved(_attribute(base, "href") if base else "", address.strip()),
    }


def _resolved(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _time(tags: Sequence[Tag]) -> str:
    times = [time for time in islice((tag for tag in tags if tag.name == "time"), 50) if time.has_attr("datetime")]
    published = [time for time in times if time.has_attr("pubdate") or "Published" in _attribute(time, "itemprop")]
    return next((_attribute(time, "datetime") for time in published + times), "")


def _attribute(tag: Tag, name: str) -> str:
    return str(tag.get(name) or "")[:_LONGEST_VALUE]


def _drop_unseen(page: BeautifulSoup) -> None:
    """Take out what is not shown, and what stands around the text on every page of a site."""
    sizes = _sizes(page)
    half = sizes[id(page)].text / 2

    def unwanted(tag: Tag, within: bool) -> bool:
        if tag.name in ("html", "body", "main", "article"):
            return False
        around = tag.name == "form" or (tag.name == "header" and not within)
        return _is_unseen(tag) or (around and sizes[id(tag)].text < half)

    _prune(page, unwanted)


def _prune(root: Tag, unwanted: Callable[[Tag, bool], bool]) -> None:
    """Take out the unwanted elements; the question comes with whether the element is within an article or `main`."""
    stack = [(root, False)]
    while stack:
        parent, within = stack.pop()
        within = within or parent.name in ("main", "article")
        # all at once: to take one element out of many takes as long as to look at all of them
        parent.contents = [
            child for child in parent.contents if not (isinstance(child, Tag) and unwanted(child, within))
        ]
        stack += [(child, within) for child in parent.contents if isinstance(child, Tag)]


def _is_unseen(tag: Tag) -> bool:
    return (
        tag.name in _UNSEEN
        or tag.name in _AROUND
        or tag.has_attr("hidden")
        or _attribute(tag, "aria-hidden").lower() == "true"
        or _attribute(tag, "role").lower() in _AROUND_ROLES
        or _HIDING.search(_attribute(tag, "style")) is not None
    )


def _sizes(root: Tag) -> dict[int, _Size]:
    """Measure every element, the inner ones first."""
    sizes: dict[int, _Size] = {}
    for tag in reversed(list(_tags(root))):
        text = linked = links = 0
        for child in tag.contents:
            if isinstance(child, Tag):
                size = sizes[id(child)]
                text, linked, links = text + size.text, linked + size.linked, links + size.links
            elif type(child) is NavigableString:
                text += len(child.strip())
        sizes[id(tag)] = _Size(text, text, 1) if tag.name == "a" else _Size(text, linked, links)
    return sizes


def _main(page: BeautifulSoup) -> Tag:
    """Find the element that holds the text, and take the menus out of it."""
    sizes = _sizes(page)
    tags = list(_tags(page))
    whole_page = next((tag for tag in tags if tag.name == "body"), page)
    main = _marked_main(tags, sizes) or _densest(whole_page, sizes)
    total = sizes[id(main)].text

    def is_menu(tag: Tag, _: bool) -> bool:
        size = sizes[id(tag)]
        dense = size.links >= 3 and size.linked > _MENU * size.text
        return dense and size.text < total / 2 and tag.name in _CONTAINERS

    _prune(main, is_menu)
    return main


def _marked_main(tags: Sequence[Tag], sizes: dict[int, _Size]) -> Tag | None:
    """Return the element that says it is the main one. Of several, it has to hold half of what they hold together."""
    says: tuple[Callable[[Tag], bool], ...] = (
        lambda tag: _attribute(tag, "itemprop") == "articleBody",
        lambda tag: tag.name == "main",
        lambda tag: _attribute(tag, "role") == "main",
        lambda tag: tag.name == "article",
    )
    for is_main in says:
        found = list(filter(is_main, tags))
        best: Tag | None = max(found, key=lambda tag: sizes[id(tag)].text, default=None)
        if best is not None and 0 < sum(sizes[id(tag)].text for tag in found) <= 2 * sizes[id(best)].text:
            return best
    return None


def _densest(whole_page: Tag, sizes: dict[int, _Size]) -> Tag:
    """Go inwards while one block holds nearly all the text that is in no link."""
    wanted = _ENOUGH * _unlinked(sizes[id(whole_page)])
    main = whole_page
    while True:
        blocks = [child for child in main.contents if isinstance(child, Tag) and child.name in _CONTAINERS]
        best = max(blocks, key=lambda tag: _unlinked(sizes[id(tag)]), default=None)
        if best is None or best.name == "p" or not 0 < wanted <= _unlinked(sizes[id(best)]):
            return main
        main = best


def _unlinked(size: _Size) -> int:
    return size.text - size.linked


def _line(tag: Tag) -> str:
    return _one_line(_text(tag))


def _one_line(text: str) -> str:
    return " ".join(text[:_LONGEST_VALUE].split())


def _text(root: Tag) -> str:
    """Return the text as lines: a block ends one, a table's row is one, white space is as a browser shows it."""
    parts: list[str] = []
    stack: list[tuple[PageElement | str, bool]] = [(root, False)]
    while stack:
        node, kept = stack.pop()
        if isinstance(node, Tag):
            kept = kept or node.name in ("pre", "listing")
            before, after = _edges(node.name)
            parts.append(before)
            stack.append((after, True))
            stack += ((child, kept) for child in reversed(node.contents))
        elif isinstance(node, NavigableString):
            if type(node) in (NavigableString, CData):
                parts.append(_single_blanks(node, _TABS if kept else _WHITE))
        else:
            parts.append(str(node))
    lines = (_single_blanks(line).strip(" \t") for line in _BLANK_LINES.sub("\n", "".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line and not line.isspace())


def _single_blanks(text: str, white: str = "") -> str:
    """Return a text with one blank for each row of blanks and white space, without a string for every word."""
    for sign in white:
        text = text.replace(sign, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _edges(name: str) -> tuple[str, str]:
    if name in _INLINE:
        return "", ""
    return ("", " ") if name in ("td", "th") else ("\n", "\n")
