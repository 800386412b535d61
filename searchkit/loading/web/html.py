"""Which document is in a web page? The text a reader came for: no menus, scripts, forms or hidden parts.

A tree is built by lxml through BeautifulSoup, and every walk over it is a loop, so that no depth of nesting matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from searchkit import garbage
from searchkit.documents import Document, Json
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode, unix_lines
from searchkit.loading.files import whole
from searchkit.loading.metadata import about, metadata
from searchkit.loading.options import LoadOptions
from searchkit.loading.texts.front_matter import split
from searchkit.loading.web.boilerplate import is_around, is_named_around, is_named_content, is_unseen
from searchkit.loading.web.page_metadata import attribute, title_of, values_of
from searchkit.loading.web.page_text import line_of, text_of

MOST_ELEMENTS = 200_000  # a tree of 500,000 took 8 s and 500 MB
MOST_ATTRIBUTES = 400_000
LONGEST_TAG = 10_000_000  # pictures may stand in it

_MOST_SLIPS = 3
MOST_HEADINGS = 5  # of the first level, of which one may be the title; they may lie in one another

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,500}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
_CONTAINERS = ("div", "section", "article", "td", "table", "tbody", "tr", "center", "form", "ul", "ol", "dl", "p")
# A tag is taken as a whole, so that none is looked at from within another one.
_TAG = re.compile(r"""<[A-Za-z](?:[^>"']++|"[^"]*+"|'[^']*+'|["'])*+""")
_QUOTED = re.compile(r""""[^"]*+"|'[^']*+'""")
_PAGE = ("html", "body", "main", "article")
_SHORT = 200  # characters, which the name of a site and what it says of itself have seldom more of
_LEAST = 0.05
_TEASER = 0.2
_ENOUGH = 0.8  # the share of a page's text that a block has to hold to stand for it
_MOST = 0.65  # the same of a block that is named as the content
_MENU = 0.7  # the share of link text above which a block with three links is a menu


class _Size(NamedTuple):
    """How much is in an element: characters of text, how many of them in links, and links."""

    text: int
    linked: int
    links: int


class _PageTexts(NamedTuple):
    """What a page shows and says of itself."""

    body: str
    title: str
    values: dict[str, Json]


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a page.

    The title is that of front matter, the heading of the main text, or what the page is shared as, else `<title>`.
    The address is the canonical one if that is http(s). A date that cannot be read stays as text in `fields`.

    Raises:
        LoadError: It is too large or has too many elements, is no text, or shows none.
    """
    yield _document(stream, name, options)  # so that nothing but the document stays in memory meanwhile


def _document(stream: BinaryIO, name: str, options: LoadOptions) -> Document:
    data = _without_slips(whole(stream, name, options))
    declared = _DECLARED.search(data[:4096])
    decoded = decode(data, name, options.encoding, declared[1].decode("ascii", "replace") if declared else None)
    if decoded.text.count("<") > MOST_ELEMENTS:
        raise LoadError(name, f"more than {MOST_ELEMENTS:,} elements")
    if len(decoded.text) > 2 * MOST_ATTRIBUTES:
        _check_tags(decoded.text, name)
    front, text = split(unix_lines(decoded.text))
    page = _page(text)
    if not page.body:
        raise LoadError(name, "no text in it")
    before, within = metadata(front), metadata(page.values)
    fields = about(name, decoded) | within.fields | before.fields
    date = before.date or within.date
    if date:
        fields.pop("date", None)
    title = before.title or page.title
    return Document(id=name, body=page.body, title=title, url=before.url or within.url, date=date, fields=fields)


def _without_slips(data: bytes) -> bytes:
    """Leave out a few bytes of zero in a text, as browsers do. Where many are, it is in UTF-16 or no text."""
    return data.replace(b"\0", b"") if data.count(0) <= max(_MOST_SLIPS, len(data) // 1000) else data


@garbage.paused()
def _page(text: str) -> _PageTexts:
    """Return what a page says."""
    root = BeautifulSoup("<!DOCTYPE html>" + text, "lxml", multi_valued_attributes=None)
    tags = list(_tags(root))
    values = values_of(tags)
    _drop_boilerplate(root)
    any_heading = next((line_of(tag) for tag in tags if tag.name == "h1"), "")
    main = _main(root)
    inner = islice((tag for tag in _tags(main) if tag.name == "h1"), MOST_HEADINGS)
    title = title_of([*map(line_of, inner)], values) or any_heading
    return _PageTexts(text_of(main), title, values)


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


def _drop_boilerplate(page: BeautifulSoup) -> None:
    """Take out what is not shown, and what stands around the text on every page of a site."""
    _prune(page, lambda tag, _: tag.name not in _PAGE and is_unseen(tag))
    sizes = _sizes(page)
    whole = sizes[id(page)]

    def unwanted(tag: Tag, within: bool) -> bool:
        if tag.name in _PAGE:
            return False
        size = sizes[id(tag)]
        if is_around(tag):  # what holds nearly all of the text is not: an end tag is missing
            return _unlinked(size) < _ENOUGH * _unlinked(whole)
        around = tag.name == "form" or (tag.name == "header" and not within)
        return around and size.text < whole.text / 2

    _prune(page, unwanted)
    _drop_named(page)


def _drop_named(page: BeautifulSoup) -> None:
    """Take out what is named as standing around the text, unless that is all of the page, as in a discussion."""
    sizes = _sizes(page)
    lengths = {key: _unlinked(size) for key, size in sizes.items()}
    inner = _around_the_text(page)

    def unwanted(tag: Tag) -> bool:
        protected = tag.name in _PAGE or (id(tag) in inner and lengths[id(tag)] > _SHORT)
        return not protected and is_named_around(tag)

    _take_out(page, unwanted, lengths, max(_SHORT, _LEAST * lengths[id(page)]))


def _take_out(root: Tag, unwanted: Callable[[Tag], bool], lengths: Mapping[int, int], least: float) -> None:
    """Take out the unwanted elements, unless less than `least` would be left."""
    found = {id(tag): lengths[id(tag)] for tag in _outermost(root, unwanted)}
    if found and lengths[id(root)] - sum(found.values()) >= least:
        _prune(root, lambda tag, _: id(tag) in found)


def _outermost(root: Tag, wanted: Callable[[Tag], bool]) -> Iterator[Tag]:
    """Yield the wanted elements that lie in no other wanted one."""
    stack = [root]
    while stack:
        tag = stack.pop()
        if wanted(tag):
            yield tag
        else:
            stack += [child for child in tag.contents if isinstance(child, Tag)]


def _around_the_text(page: BeautifulSoup) -> set[int]:
    """Return the ids of the elements that hold a heading of the first level, or what says that it is the main text."""
    holders: set[int] = set()
    for tag in _tags(page):
        if tag.name in ("h1", "main") or attribute(tag, "itemprop") == "articleBody":
            holder: Tag | None = tag
            while holder is not None and id(holder) not in holders:
                holders.add(id(holder))
                holder = holder.parent
    return holders


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
    main = _marked_main(tags, sizes) or _densest(_content_block(whole_page, sizes), sizes)
    half = sizes[id(main)].text / 2

    def is_menu(tag: Tag) -> bool:
        size = sizes[id(tag)]
        if tag.name not in _CONTAINERS or size.links < 3 or size.linked <= _MENU * size.text:
            return False
        return size.text < half and not (tag.name in ("ul", "ol", "dl") and _is_among_paragraphs(tag))

    # a page of nothing else is an archive
    _take_out(main, is_menu, {key: size.text for key, size in sizes.items()}, 2 * half * _LEAST)
    return main


def _is_among_paragraphs(tag: Tag) -> bool:
    """Tell whether a list stands in a text, where it may be one of sources."""
    beside = tag.parent.contents if tag.parent else ()
    return sum(isinstance(child, Tag) and child.name == "p" for child in beside) >= 3


def _marked_main(tags: Sequence[Tag], sizes: dict[int, _Size]) -> Tag | None:
    """Return the element that says it is the main one.

    Of several, it has to hold half of what they hold together; and an article more of the page than a teaser holds.
    """
    says: tuple[Callable[[Tag], bool], ...] = (
        lambda tag: attribute(tag, "itemprop") == "articleBody",
        lambda tag: tag.name == "main",
        lambda tag: attribute(tag, "role") == "main",
        lambda tag: tag.name == "article",
    )
    teaser = _TEASER * _unlinked(sizes[id(tags[0])])
    for is_main in says:
        found = list(filter(is_main, tags))
        best: Tag | None = max(found, key=lambda tag: sizes[id(tag)].text, default=None)
        if best is None or (best.name == "article" and _unlinked(sizes[id(best)]) < teaser):
            continue
        if 0 < sum(sizes[id(tag)].text for tag in found) <= 2 * sizes[id(best)].text:
            return best
    return None


def _content_block(whole_page: Tag, sizes: dict[int, _Size]) -> Tag:
    """Return the block that is named as the content and holds most of the text, or all of the page."""
    wanted = _MOST * _unlinked(sizes[id(whole_page)])
    blocks = (tag for tag in _tags(whole_page) if tag.name in _CONTAINERS and 0 < wanted <= _unlinked(sizes[id(tag)]))
    return next(filter(is_named_content, blocks), whole_page)


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
