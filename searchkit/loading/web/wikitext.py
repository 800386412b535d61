"""Which text does a reader see of a page in the markup of MediaWiki? Found in one pass over its brackets.

Infoboxes, sources and pictures are gone, what stands below these stays. What is left open is text. There is no tree,
and a bracket is looked at once, whatever stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from searchkit.errors import LoadError
from searchkit.loading.web.wiki_templates import template_text

MAX_WIKI_DEPTH = 100
"""How many brackets may be open at one place; MediaWiki itself follows 40 templates."""

_BAR = "\0"  # a bar that parts what stands in brackets
_MOST_ARGUMENTS = 100
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_OPAQUE = re.compile(
    r"<(/?)(nowiki|pre|syntaxhighlight|source|gallery|ref|references|math|chem|ce|timeline|score|hiero|imagemap|graph|"
    r"mapframe|maplink|templatedata|templatestyles|indicator|inputbox|includeonly|categorytree)\b([^<>]*)>",
    re.IGNORECASE,
)
_AS_WRITTEN = frozenset({"nowiki", "pre", "syntaxhighlight", "source"})
_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "[]{}|=*#:;'<>_-!"}
_BRACKET = re.compile(
    r"^[ \t:]*(?P<table>\{\|(?!\}))|^[ \t:]*(?P<end>\|\}(?!\}))|(?P<open>\{\{|\[\[)|(?P<close>\}\}|\]\])|(?P<bar>\|)",
    re.MULTILINE,
)
_OPENED_BY = {"}}": "{{", "]]": "[[", "|}": "{|"}
_STOPS_AT = {"{{": "", "[[": "{|", "{|": "{{"}  # what is open inside of the last one of these is another's

_FILES = frozenset({"file", "image", "media", "پرونده", "تصویر", "رسانه"})
_CATEGORIES = frozenset({"category", "رده"})
_OF_ANOTHER_LANGUAGE = re.compile(r"(?:[a-z]{2,3}(?:-[a-z-]{1,12})?|simple):")
_OF_A_PICTURE = re.compile(
    r"(?:thumb|thumbnail|frame|framed|frameless|border|left|right|center|centre|none|baseline|middle|top|bottom|sub|super|"
    r"text-top|text-bottom|upright.*|[\dx۰-۹ ]{0,20}(?:px|پیکسل)|[a-z]{2,12}\s*=.*|بندانگشتی|انگشتدان|انگشتی|قاب|"
    "بی[\u200c ]?قاب|حاشیه|چپ|راست|وسط|هیچ|بالا|میانه|پایین|ایستاده.*|(?:جایگزین|پیوند|صفحه)\\s*=.*|)",
    re.IGNORECASE | re.DOTALL,
)

_NO_TABLES = re.compile(r"infobox|navbox|ambox|metadata|جعبه")
_EXTERNAL = re.compile(r"\[(?:(?:https?|ftp|mailto):|//)[^\s\[\]<>]*+(?:[ \t]++([^\[\]\n]*+))?\]")
_VARIANT = re.compile(r"-\{(?:[a-z-]{2,12}:)?([^{};]*+)(?:;[^{}]*+)?\}-")
_SWITCH = re.compile("__(?:[A-Z]{3,40}|[\u0621-\u06cc\u200c]{3,40})__")
_QUOTES = re.compile(r"'{2,}")
_TAG = re.compile(
    r"</?(?:(br|p|div|center|blockquote|poem|li|ul|ol|dl|dd|dt|hr|tr|table|caption|h[1-6])|td|th|tbody|span|small|big|sub|"
    r"sup|b|i|u|s|em|strong|strike|del|ins|font|tt|code|kbd|samp|var|abbr|cite|q|bdi|bdo|ruby|rb|rt|rp|nowiki|section|"
    r"noinclude|onlyinclude|mark|time|data|wbr|templatestyles)\b[^<>]*>",
    re.IGNORECASE,
)
_LEFT_EMPTY = re.compile(r"(?<=\s)\((?:\s|[،؛,;:])*+\)|(?<![ \t،؛,;])[ \t،؛,;]++(?=\))")  # where a template stood
_ARABIC = str.maketrans("\u064a\u0643", "یک")
_LIST = re.compile(r"[*#:;]+\s*|-{4,}")


class WikiText(NamedTuple):
    """What is in a page: its text, a line a paragraph, and the categories that it is put into."""

    body: str
    categories: list[str]


class WikiNames(NamedTuple):
    """What a wiki calls its namespaces of files and of categories, in lower case, beside the names that all have."""

    files: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


def text_of(markup: str, name: str, names: WikiNames) -> WikiText:
    """Return the text of a page.

    Args:
        markup: The page as it was written.
        name: Of the page, for the message.
        names: What namespaces are called.

    Raises:
        LoadError: More than `MAX_WIKI_DEPTH` brackets are open at one place.

    >>> text_of("'''a''' [[b|c]]s<ref>d</ref> {{e}}[[Category:f]]", "", WikiNames())
    WikiText(body='a cs', categories=['f'])
    """
    reader = _Brackets(name, names)
    text = reader.read(_without_opaque(_COMMENT.sub("", markup.replace(_BAR, " "))))
    text = _LEFT_EMPTY.sub("", _SWITCH.sub("", _VARIANT.sub(r"\1", _EXTERNAL.sub(_label, text))))
    text = unescape("\n".join(_lines(_TAG.sub(_break, _QUOTES.sub("", text)))))
    lines = (line.strip() for line in text.split("\n"))
    return WikiText("\n".join(filter(None, lines)), list(reader.categories))


def _without_opaque(text: str) -> str:
    """Take out the elements in which nothing is markup. One is where it has an end; an end alone is nothing."""
    last = {tag[2].lower(): tag.start() for tag in _OPAQUE.finditer(text) if tag[1]}
    kept: list[str] = []
    place, inside = 0, ""
    for tag in _OPAQUE.finditer(text):
        name = tag[2].lower()
        if inside and not (tag[1] and name == inside):
            continue
        kept.append(_held(inside, text[place : tag.start()]))
        place = tag.end()
        opens = not tag[1] and not tag[3].endswith("/") and last.get(name, -1) >= place
        inside = name if opens else ""
    kept.append(text[place:])
    return "".join(kept)


def _held(element: str, text: str) -> str:
    """Return what is shown of what stands in an element, as markup."""
    if element in _AS_WRITTEN:
        return text.translate(_SIGNS)
    if element == "gallery":
        return "\n" + "\n".join(line.partition("|")[2] for line in text.split("\n")) + "\n"
    return "" if element else text


class _Brackets:
    """Reads what stands in brackets from the inside out.

    Attributes:
        categories: Those that were met, in order.
    """

    def __init__(self, name: str, names: WikiNames) -> None:
        self.categories: dict[str, None] = {}
        self._name = name
        self._files, self._groups = _FILES | names.files, _CATEGORIES | names.categories
        self._open: list[tuple[str, list[str]]] = [("", [])]  # each bracket, and the pieces in it

    def read(self, text: str) -> str:
        """Return the text without brackets."""
        place = 0
        for token in _BRACKET.finditer(text):
            self._open[-1][1].append(text[place : token.start()])
            place = token.end()
            sign = token[token.lastgroup or 0]
            if token.lastgroup in ("open", "table"):
                if len(self._open) > MAX_WIKI_DEPTH:
                    raise LoadError(self._name, f"more than {MAX_WIKI_DEPTH} brackets inside one another")
                self._open.append((sign, []))
            elif token.lastgroup == "bar":
                self._open[-1][1].append(_BAR if self._open[-1][0] in ("[[", "{{") else "|")
            elif not self._close(_OPENED_BY[sign]):
                self._open[-1][1].append(token[0])
        self._open[-1][1].append(text[place:])
        while len(self._open) > 1:
            self._end(is_closed=self._open[-1][0] == "{|")
        return "".join(self._open[0][1])

    def _close(self, bracket: str) -> bool:
        """Close the innermost bracket of a kind, with what was left open in it; tell whether there is one."""
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth][0] == bracket:
                while len(self._open) > depth + 1:
                    self._end(is_closed=False)
                self._end(is_closed=True)
                return True
            if self._open[depth][0] == _STOPS_AT[bracket]:
                break
        return False

    def _end(self, *, is_closed: bool) -> None:
        """Put what the innermost bracket shows where it stands."""
        bracket, pieces = self._open.pop()
        text = "".join(pieces)
        if not is_closed:
            shown = bracket + text.replace(_BAR, "|")
        elif bracket == "{|":
            shown = _table(text)
        elif bracket == "[[":
            shown = self._link(*text.split(_BAR, _MOST_ARGUMENTS))
        else:
            shown = template_text(*text.split(_BAR, _MOST_ARGUMENTS))
        self._open[-1][1].append(shown)

    def _link(self, target: str, *said: str) -> str:
        space, colon, rest = target.partition(":")
        space = space.strip().replace("_", " ").lower().translate(_ARABIC)
        if colon and space in self._groups:
            self.categories[" ".join(rest.replace("_", " ").split())] = None
            return ""
        if colon and space in self._files:
            caption = next((each for each in said[:-2:-1] if not _OF_A_PICTURE.fullmatch(each.strip())), "")
            return f"\n{caption}\n" if caption else ""
        if _OF_ANOTHER_LANGUAGE.match(target):
            return ""
        return "|".join(said).strip("\n") or target.removeprefix(":")


def _table(text: str) -> str:
    """Return a table, a row a line."""
    attributes, _, rest = text.partition("\n")
    if _NO_TABLES.search(attributes):
        return ""
    rows: list[list[str]] = [[]]
    for line in rest.split("\n"):
        cells = line.strip()
        if cells.startswith("|-"):
            rows.append([])
        elif cells.startswith("|+"):
            rows += [[_cell(cells[2:])], []]
        elif cells.startswith(("|", "!")):
            rows[-1] += map(_cell, re.split(r"\|\||!!" if cells[0] == "!" else r"\|\|", cells[1:]))
        else:
            rows[-1].append(cells.lstrip("*#:;"))
    return "\n" + "\n".join(" ".join(filter(None, row)) for row in rows) + "\n"


def _cell(text: str) -> str:
    attributes, bar, shown = text.partition("|")
    return (shown if bar and ("=" in attributes or not attributes.strip()) else text).strip()


def _label(match: re.Match[str]) -> str:
    return match[1] or ""


def _break(match: re.Match[str]) -> str:
    return "\n" if match[1] else " " if match[0][1:3].lower() in ("td", "th") else ""


def _lines(text: str) -> Iterator[str]:
    """Yield the lines without the marks of lists and headings, and without headings that nothing stands below."""
    kept: list[str] = []
    below = 0  # the level of the heading that follows, if it is not text that does
    for line in reversed(text.split("\n")):
        words = " ".join(line.split())
        level = _level(words)
        if level:
            words = words[level:-level].strip()
            if not kept or (below and below <= level):
                continue
        elif mark := _LIST.match(words):
            words = words[mark.end() :]
        if words:
            kept.append(words)
            below = level
    return reversed(kept)


def _level(line: str) -> int:
    """Return the level of a heading, 0 for what is none."""
    if not line.startswith("=") or not line.endswith("=") or not line.strip("="):
        return 0
    return min(len(line) - len(line.lstrip("=")), len(line) - len(line.rstrip("=")), 6)
