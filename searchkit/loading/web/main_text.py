"""Which element of a page holds the text that a reader came for?

What stands around it is taken out first, since it is measured in shares of the page. Every walk is a loop, so that no
depth of nesting matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from searchkit.loading.web.boilerplate import is_around, is_named_around, is_named_content, is_unseen
from searchkit.loading.web.page_metadata import attribute

_PAGE = ("html", "body", "main", "article")
_CONTAINERS = ("div", "section", "article", "td", "table", "tbody", "tr", "center", "form", "ul", "ol", "dl", "p")

# Shares of the text of a page, mostly of that which is in no link.
_ENOUGH = 0.8  # a block that holds as much stands for the page
_MOST = 0.65  # the same of a block that is named as the content
_TEASER = 0.2  # an article that holds less is one that leads to another page
_LEAST = 0.05  # what has to be left when menus or discussions are taken out, which are else what the page is for
_INDEX = 0.4  # the same of menus in what says that it is the main text, as the index of a handbook
_MENU = 0.7  # the share of link text above which a block with three links is a menu
_SHORT = 200  # characters; the name of a site and what it says of itself seldom have more
_PARAGRAPHS = 3  # as many make an element a text


class _Size(NamedTuple):
    """How much is in an element: characters of text, how many of them in links, and links."""

    text: int
    linked: int
    links: int


def tags_of(root: Tag) -> Iterator[Tag]:
    """Yield an element and all within it, in the order of the page."""
    stack = [root]
    while stack:
        tag = stack.pop()
        yield tag
        stack += [child for child in reversed(tag.contents) if isinstance(child, Tag)]


def drop_boilerplate(page: BeautifulSoup) -> None:
    """Take out what is not shown, and what stands around the text on every page of a site."""
    _prune(page, lambda tag, _: tag.name not in _PAGE and is_unseen(tag))
    sizes = _sizes(page)
    whole = sizes[id(page)]

    def unwanted(tag: Tag, within: bool) -> bool:
        if tag.name in _PAGE:
            return False
        size = sizes[id(tag)]
        if is_around(tag, size.text):  # what holds nearly all of the text is not: an end tag is missing
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
    for tag in tags_of(page):
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
    for tag in reversed(list(tags_of(root))):
        text = linked = links = 0
        for child in tag.contents:
            if isinstance(child, Tag):
                size = sizes[id(child)]
                text, linked, links = text + size.text, linked + size.linked, links + size.links
            elif type(child) is NavigableString:
                text += len(child.strip())
        sizes[id(tag)] = _Size(text, text, 1) if tag.name == "a" else _Size(text, linked, links)
    return sizes


def main_of(page: BeautifulSoup) -> Tag:
    """Find the element that holds the text, and take the menus out of it."""
    sizes = _sizes(page)
    tags = list(tags_of(page))
    whole_page = next((tag for tag in tags if tag.name == "body"), page)
    marked = _marked_main(tags, sizes)
    main = marked or _densest(_content_block(whole_page, sizes), sizes)
    half = sizes[id(main)].text / 2
    texts = {id(tag) for tag in tags_of(main) if _has_paragraphs(tag)}

    def is_menu(tag: Tag) -> bool:
        size = sizes[id(tag)]
        if tag.name not in _CONTAINERS or size.links < 3 or size.linked <= _MENU * size.text:
            return False
        return size.text < half and not (tag.name in ("ul", "ol", "dl") and id(tag.parent) in texts)

    # a page of little else is an archive or an index
    _take_out(
        main,
        is_menu,
        {key: size.text for key, size in sizes.items()},
        2 * half * (_LEAST if marked is None else _INDEX),
    )
    return main


def _has_paragraphs(tag: Tag) -> bool:
    """Tell whether an element is a text, in which a list of links may be one of sources."""
    return sum(isinstance(child, Tag) and child.name == "p" for child in tag.contents) >= _PARAGRAPHS


def _marked_main(tags: Sequence[Tag], sizes: Mapping[int, _Size]) -> Tag | None:
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
    blocks = (tag for tag in tags_of(whole_page) if tag.name in _CONTAINERS and 0 < wanted <= _unlinked(sizes[id(tag)]))
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
