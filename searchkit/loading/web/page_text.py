"""Which lines does a reader see of an element of a page?

Blocks end lines; inline tags add nothing, so a word with one letter in bold stays one word. Neighbours that are things
of their own, as links and labels, are apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bs4.element import CData, NavigableString, PageElement, Tag

from searchkit.loading.metadata import one_line
from searchkit.loading.web.page_metadata import attribute

# fmt: off
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "nobr", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})
# fmt: on
_CODE = ("code", "samp", "tt")  # whose signs stand in elements of their own
_THINGS = frozenset({"a", "label", "time", "kbd", "button"})
_THING_CLASSES = re.compile(
    r"(?<![^\W_])(?:btn|button|badge|label|tag|chip|pill|cat|category|date|time|author|meta|count|item|menu)s?(?![^\W_])",
    re.IGNORECASE,
)
_WHITE = "\t\n\r\f"
_BLANK_LINES = re.compile(r"\n[ \t\n]++")
_TABS = "\t\r\f"


def line_of(root: Tag) -> str:
    """Return the text of an element as one line."""
    return one_line(text_of(root))


def text_of(root: Tag) -> str:
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
            stack += ((child, kept) for child in reversed(list(_apart(node.contents, code=kept or node.name in _CODE))))
        elif isinstance(node, NavigableString):
            if type(node) in (NavigableString, CData):
                parts.append(_single_blanks(node, _TABS if kept else _WHITE))
        else:
            parts.append(str(node))
    lines = (_single_blanks(line).strip(" \t") for line in _BLANK_LINES.sub("\n", "".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line and not line.isspace())


def _apart(children: Sequence[PageElement], *, code: bool) -> Iterator[PageElement | str]:
    """Yield elements with a blank between neighbours that a reader takes for two things, as links and labels."""
    before: PageElement | None = None
    for child in children:
        if isinstance(before, Tag) and isinstance(child, Tag) and not code and _are_apart(before, child):
            yield " "
        yield child
        before = child


def _are_apart(one: Tag, other: Tag) -> bool:
    if _is_thing(one) and _is_thing(other):
        return True
    alike = one.name == other.name == "span" and attribute(one, "class") == attribute(other, "class") != ""
    return alike and min(_letters(one), _letters(other)) > 1


def _is_thing(tag: Tag) -> bool:
    return tag.name in _THINGS or (tag.name in _INLINE and _THING_CLASSES.search(attribute(tag, "class")) is not None)


def _letters(tag: Tag) -> int:
    """Return how many characters an element holds beside those of elements in it."""
    return sum(len(child.strip()) for child in tag.contents if isinstance(child, NavigableString))


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
