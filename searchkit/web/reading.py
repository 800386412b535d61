"""How does a document read on a page: its title, address, passages and text, and in which direction?"""

from __future__ import annotations

from itertools import islice
from typing import Literal
from unicodedata import bidirectional
from urllib.parse import unquote, urlsplit

from markupsafe import Markup, escape

from searchkit.documents import Document, plain
from searchkit.results import Snippet

LONGEST_PART = 40
"""Code points of a part of an address, and of what is repeated of a date."""

_LONGEST_NAME = 80  # made of the beginning of a text
_MOST_PARTS = 5


def direction_of(text: str) -> Literal["rtl", "ltr"]:
    """Return the direction of the first letter that has one (UAX #9), as `dir=auto` does.

    >>> direction_of("1. Python"), direction_of("«Python» و ایران"), direction_of("ایران")
    ('ltr', 'ltr', 'rtl')
    """
    strong = next((kind for kind in map(bidirectional, text) if kind in {"L", "R", "AL"}), "L")
    return "ltr" if strong == "L" else "rtl"


def title_of(document: Document, name: str) -> str:
    """Return the title of a document, else how its text begins, else the last part of its name; what can be seen."""
    name = plain(name)
    begins = plain(document.body[: 10 * _LONGEST_NAME]).strip().partition("\n")[0].strip()
    title = " ".join(plain(document.title).split())
    ways = (title, cut(begins, _LONGEST_NAME), name.rstrip("/").rpartition("/")[2], name)
    return next((each for each in ways if any(char.isprintable() and not char.isspace() for char in each)), "…")


def cut(text: str, most: int) -> str:
    """Return a text, or its beginning up to the end of a word, of at most so many code points and an ellipsis."""
    if len(text) <= most:
        return text
    return (text[:most].rpartition(" ")[0] or text[:most]) + "…"


def trail_of(address: str) -> list[str]:
    """Return the host and the folders of an address, decoded, without what ends or turns a line.

    >>> trail_of("https://example.org/a/%D8%A8.html?x=1")
    ['example.org', 'a', 'ب.html']
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    web = parts.scheme in {"http", "https"}
    path = parts.path if web else address
    pieces = [parts.hostname or ""] if web else []
    pieces += [_piece(each) for each in islice(filter(None, path[:10_000].split("/")), 100)]
    if len(pieces) > _MOST_PARTS:
        pieces = [*pieces[:2], "…", *pieces[2 - _MOST_PARTS :]]
    return [plain(piece) for piece in pieces]


def snippet_of(snippet: Snippet, body: str) -> Markup:
    """Return a passage, escaped, its marks marked, with an ellipsis where the text goes on."""
    before = "" if body.startswith(snippet.text) else "… "
    after = "" if body.endswith(snippet.text) else " …"
    return Markup(before + snippet.html() + after)  # noqa: S704 (`html` escapes)


def text_of(snippet: Snippet, current: int) -> Markup:
    """Return a whole text, escaped, each mark with a number of its own; one of them is where the reader is."""
    made, number = [], 0
    for piece, marked in snippet.pieces():
        if marked:
            number += 1
            here = ' aria-current="true"' if number == current else ""
            made.append(f'<mark id="m{number}"{here}>{escape(piece)}</mark>')
        else:
            made.append(str(escape(piece)))
    return Markup("".join(made))  # noqa: S704 (each piece is escaped)


def _piece(part: str) -> str:
    part = unquote(part)
    return part if len(part) <= LONGEST_PART else f"{part[:LONGEST_PART]}…"
