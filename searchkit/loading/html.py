"""Which document is in a web page? The text a reader came for: no menus, scripts, forms or hidden parts.

Blocks end lines; inline tags add nothing, so a word with one letter in bold stays one word. A tree is built by lxml
through BeautifulSoup, and every walk over it is a loop, so that no depth of nesting matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, PageElement, Tag

from searchkit.dates import parse_date
from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode
from searchkit.loading.files import whole
from searchkit.loading.options import LoadOptions
from searchkit.loading.records import web_address
from searchkit.loading.text import about, unix_lines

MOST_ELEMENTS = 200_000  # a tree of 500,000 took 8 s and 500 MB

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
_WHITE = re.compile(r"[ \t\n\r\f]+")
_TABS = re.compile(r"[ \t\r\f]+")
_ENOUGH = 0.8  # the share of a page's text that a block has to hold to stand for it
_MENU = 0.7  # the share of link text above which a block with three links is a menu


class _Size(NamedTuple):
    """How much is in an element: characters of text, how many of them in links, and links."""

    text: int
    linked: int
    links: int


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a page.

    The title is that of `og:title`, else the heading of the main text, else `<title>`. The address is the canonical
    one if that is http(s). A date that cannot be read stays as text in `fields`.

    Raises:
        LoadError: It is too large or has too many elements, is no text, or shows none.
    """
    data = whole(stream, name, options)
    declared = _DECLARED.search(data[:4096])
    decoded = decode(data, name, options.encoding, declared[1].decode("ascii", "replace") if declared else None)
    if decoded.text.count("<") > MOST_ELEMENTS:
        raise LoadError(name, f"more than {MOST_ELEMENTS:,} elements")
    page = BeautifulSoup("<!DOCTYPE html>" + unix_lines(decoded.text), "lxml")
    known = _metadata(page)
    heading = page.find("h1")
    any_heading = _line(heading) if isinstance(heading, Tag) else ""
    date_text = known.get("date") or _time(page)
    _drop_unseen(page)
    main = _main(page)
    body = _text(main)
    inner = main.find_all("h1", limit=2)
    title = known.get("og:title") or (_line(inner[0]) if len(inner) == 1 else "") or known["title"] or any_heading
    if not body:
        raise LoadError(name, "no text in it")
    fields = about(name, decoded)
    if known.get("description"):
        fields["description"] = known["description"]
    date = parse_date(date_text)
    if date is None and date_text:
        fields["date"] = date_text
    yield Document(id=name, body=body, title=title, url=web_address(known["url"]), date=date, fields=fields)


def _metadata(page: BeautifulSoup) -> dict[str, str]:
    """Return what the head says, under `title`, `og:title`, `description`, `date` and `url`; else empty."""
    metas: dict[str, str] = {}
    for meta in page.find_all("meta"):
        key = (_attribute(meta, "property") or _attribute(meta, "name") or _attribute(meta, "itemprop")).lower()
        metas.setdefault(key, " ".join(_attribute(meta, "content").split()))
    title = page.find("title")
    canonical = next((link for link in page.find_all("link") if "canonical" in _attribute(link, "rel").split()), None)
    base = page.find("base")
    address = _attribute(canonical, "href") if canonical else metas.get("og:url", "")
    return {
        "title": " ".join(title.get_text().split()) if title else "",
        "og:title": metas.get("og:title", ""),
        "description": metas.get("description") or metas.get("og:description", ""),
        "date": next((metas[key] for key in _DATES if metas.get(key)), ""),
        "url": _resolved(_attribute(base, "href") if isinstance(base, Tag) else "", address.strip()),
    }


def _resolved(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _time(page: BeautifulSoup) -> str:
    times = [time for time in page.find_all("time", limit=50) if time.has_attr("datetime")]
    published = [time for time in times if time.has_attr("pubdate") or "Published" in _attribute(time, "itemprop")]
    return next((_attribute(time, "datetime") for time in published + times), "")


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return " ".join(value) if isinstance(value, list) else value or ""


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
        for tag in [child for child in parent.contents if isinstance(child, Tag)]:
            if unwanted(tag, within):
                tag.decompose()
            else:
                stack.append((tag, within))


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
    tags = [root, *root.find_all(True)]
    sizes = {id(tag): _Size(0, 0, 0) for tag in tags}
    for tag in reversed(tags):
        own = sum(len(child.strip()) for child in tag.contents if type(child) is NavigableString)
        size = sizes[id(tag)]
        size = _Size(size.text + own, size.linked, size.links)
        if tag.name == "a":
            size = _Size(size.text, size.text, 1)
        sizes[id(tag)] = size
        if tag is not root and tag.parent is not None:
            above = sizes[id(tag.parent)]
            sizes[id(tag.parent)] = _Size(*(a + b for a, b in zip(above, size, strict=True)))
    return sizes


def _main(page: BeautifulSoup) -> Tag:
    """Find the element that holds the text, and take the menus out of it."""
    sizes = _sizes(page)
    whole_page = page.body or page
    main = _marked_main(page, sizes) or _densest(whole_page, sizes)
    total = sizes[id(main)].text

    def is_menu(tag: Tag, _: bool) -> bool:
        size = sizes[id(tag)]
        dense = size.links >= 3 and size.linked > _MENU * size.text
        return dense and size.text < total / 2 and tag.name in _CONTAINERS

    _prune(main, is_menu)
    return main


def _marked_main(page: BeautifulSoup, sizes: dict[int, _Size]) -> Tag | None:
    """Return the element that says it is the main one. Of several, it has to hold half of what they hold together."""
    for attributes in ({"itemprop": "articleBody"}, {"name": "main"}, {"role": "main"}, {"name": "article"}):
        name = attributes.get("name", True)
        found = page.find_all(name, {key: value for key, value in attributes.items() if key != "name"})
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
    return " ".join(_text(tag).split())


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
                parts.append((_TABS if kept else _WHITE).sub(" ", node))
        else:
            parts.append(str(node))
    lines = (re.sub(r" {2,}", " ", line).strip(" \t") for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line and not line.isspace())


def _edges(name: str) -> tuple[str, str]:
    if name in _INLINE:
        return "", ""
    return ("", " ") if name in ("td", "th") else ("\n", "\n")
