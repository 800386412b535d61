"""Which document is in a Markdown file? What a reader sees of it; the first heading is its title.

A parser says what is a mark: CommonMark with the tables, footnotes, tasks and alerts of GitHub, and the attributes of
headings. Of a link its words stay, of an image its description, of HTML its text, and code stays as it is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from searchkit.documents import Document, Skip
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode, unix_lines
from searchkit.loading.files import whole
from searchkit.loading.metadata import about, metadata
from searchkit.loading.options import LoadOptions
from searchkit.loading.texts.front_matter import split

MOST_CHARACTERS = 5_000_000  # of a file, marks and all
MOST_CELLS = 2_000_000  # short rows of a wide table are filled up by the parser

_BETWEEN_BLOCKS = "\n\n"
_BLOCKS = frozenset({"Paragraph", "Heading", "CodeBlock", "HtmlBlock", "Table", "BlockQuote", "FootnoteDefinition"})
_BEFORE = {"Item": "\n", "TableHead": "\n", "TableRow": "\n"} | dict.fromkeys(_BLOCKS, _BETWEEN_BLOCKS)
_AFTER = {"TableCell": " "} | dict.fromkeys(_BLOCKS, _BETWEEN_BLOCKS)

_TABLE_RULE = re.compile(r"^[ \t>]*+[|:-][|: \t-]*+$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n{3,}")
_TAG = re.compile(r"""<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*+)(?P<rest>(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>""")
_DESCRIPTION = re.compile(r"""\balt\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""", re.IGNORECASE)
_HIDDEN = ("script", "style", "template")
# fmt: off
_LINES = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "div", "dl", "dt",
    "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol",
    "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
})
# fmt: on
# What is left in a heading of marks that not every dialect has: a footnote, attributes, the kind of a note.
_MARKS_OF_TITLES = re.compile(r"\[\^[^\]\s]{1,100}\]|\{:?[ \t]*[#.][^{}\n]{0,200}\}[ \t]*+$|^\[![A-Za-z]{1,30}\][+-]?")


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield the one document of a Markdown file, and a `Skip` if what comes after `MOST_CHARACTERS` is left out.

    Raises:
        LoadError: It is too large, no text, or empty.
    """
    decoded = decode(whole(stream, name, options), name, options.encoding)
    front, text = split(unix_lines(decoded.text[:MOST_CHARACTERS]))
    said = metadata(front)
    shown = _Shown()
    for event in _events(text, name):
        shown.take(event)
    body = shown.body()
    title = said.title or next(filter(None, map(_title, shown.headings)), "")
    if not body and not title:
        raise LoadError(name, "no text in it")
    fields = about(name, decoded) | said.fields
    yield Document(id=name, body=body, title=title, url=said.url, date=said.date, fields=fields)
    if len(decoded.text) > MOST_CHARACTERS:
        yield Skip(name, f"what comes after its first {MOST_CHARACTERS:,} characters")


def _events(text: str, name: str) -> Iterator[str | Mapping[str, Any]]:
    """Yield what the parser finds, piece by piece."""
    import pyromark  # noqa: PLC0415 -- the front matter of other formats is read without it

    has = pyromark.Options
    options = has.ENABLE_STRIKETHROUGH | has.ENABLE_FOOTNOTES | has.ENABLE_TASKLISTS
    options |= has.ENABLE_HEADING_ATTRIBUTES | has.ENABLE_GFM
    if _cells(text) <= MOST_CELLS:
        options |= has.ENABLE_TABLES
    try:
        yield from pyromark.events(text, options=options)
    except UnicodeEncodeError as error:
        raise LoadError(name, "it holds half a character (a lone surrogate)") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of the parser's own language; no Exception, and in no module
            raise LoadError(name, "Markdown that the parser gave up") from error
        raise


def _cells(text: str) -> int:
    """Return how many cells its tables have at most."""
    columns = max((rule[0].count("|") + 1 for rule in _TABLE_RULE.finditer(text)), default=0)
    return columns * text.count("\n")


def _title(heading: str) -> str:
    return " ".join(_MARKS_OF_TITLES.sub("", heading.strip()).split())


class _Shown:
    """The text that is shown, and its headings, from the pieces that the parser finds."""

    def __init__(self) -> None:
        self.headings: list[str] = []
        self._parts: list[str] = []
        self._lists = 0  # that are open
        self._heading = 0  # where the heading begins that is open, counted from one
        self._markup: list[str] | None = None  # of the block of HTML that is open

    def body(self) -> str:
        """Return the text, with one empty line where there were several."""
        lines = (line.rstrip() for line in "".join(self._parts).split("\n"))
        return _EMPTY_LINES.sub(_BETWEEN_BLOCKS, "\n".join(lines)).strip()

    def take(self, event: str | Mapping[str, Any]) -> None:
        """Take the next piece."""
        match event:
            case {"Text": str(text)} | {"Code": str(text)}:
                self._parts.append(text)
            case {"Start": part}:
                self._edge(part, starts=True)
            case {"End": part}:
                self._edge(part, starts=False)
            case {"Html": str(markup)} if self._markup is not None:
                self._markup.append(markup)
            case {"InlineHtml": str(markup)} | {"Html": str(markup)}:
                self._html(markup)
            case "SoftBreak" | "HardBreak":
                self._parts.append("\n")
            case "Rule":
                self._parts.append(_BETWEEN_BLOCKS)

    def _edge(self, part: str | Mapping[str, Any], *, starts: bool) -> None:
        name = part if isinstance(part, str) else next(iter(part))
        self._parts.append((_BEFORE if starts else _AFTER).get(name, ""))
        if name == "List":
            self._lists += 1 if starts else -1
            self._parts.append(_BETWEEN_BLOCKS if self._lists == (1 if starts else 0) else "")
        if name == "Heading":
            self._edge_of_heading(starts=starts)
        elif name == "HtmlBlock":
            markup, self._markup = self._markup, [] if starts else None
            if markup is not None:
                self._html("".join(markup))
                self._parts.append(_BETWEEN_BLOCKS)

    def _edge_of_heading(self, *, starts: bool) -> None:
        if not starts and self._heading:
            self.headings.append("".join(self._parts[self._heading - 1 :]))
        self._heading = len(self._parts) + 1 if starts else 0

    def _html(self, markup: str) -> None:
        """Take HTML: its text, and the descriptions of its pictures."""
        markup = _without_comments(markup)
        position, hidden = 0, ""
        for tag in _TAG.finditer(markup):
            if not hidden:
                self._parts.append(html.unescape(markup[position : tag.start()]))
            position = tag.end()
            name = tag["name"].lower()
            if hidden or name in _HIDDEN:
                hidden = "" if tag["end"] and name == (hidden or name) else hidden or name
            else:
                self._tag(name, tag["rest"], starts=not tag["end"])
        if not hidden:
            self._parts.append(html.unescape(markup[position:]))

    def _tag(self, name: str, attributes: str, *, starts: bool) -> None:
        if name in _LINES:
            self._parts.append("\n")
        elif name in ("td", "th") and not starts:
            self._parts.append(" ")
        elif name == "img" and (found := _DESCRIPTION.search(attributes)):
            self._parts.append(html.unescape(found[1] or found[2] or ""))
        if len(name) == 2 and name[0] == "h" and name[1].isdigit():
            self._edge_of_heading(starts=starts)


def _without_comments(text: str) -> str:
    """Leave out what stands between `<!--` and `-->`; a comment that never ends is text."""
    parts: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts.append(text[position:start])
        position = end + 3
    return "".join(parts) + text[position:]
