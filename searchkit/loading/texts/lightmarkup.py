"""What is common to documents of lightly marked text (reStructuredText, AsciiDoc, Org): their lines, and what they say?

Each of these formats is read line by line, with patterns that look at a character a fixed number of times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.encoding import Decoded, decode, unix_lines
from searchkit.loading.files import whole
from searchkit.loading.metadata import about, document_of, metadata
from searchkit.loading.options import LoadOptions

MOST_MARKED_LINES = 500_000
_LONGEST_VALUE = 10_000


class MarkedLines(NamedTuple):
    """The lines of a document, without what stands at their ends, and how they were decoded."""

    lines: list[str]
    decoded: Decoded


def lines_of(stream: BinaryIO, name: str, options: LoadOptions) -> MarkedLines:
    """Return the lines of a stream.

    Raises:
        LoadError: It is too large, has too many lines, or is no text.
    """
    decoded = decode(whole(stream, name, options), name, options.encoding)
    text = unix_lines(decoded.text.removeprefix("\ufeff"))
    if text.count("\n") > MOST_MARKED_LINES:
        raise LoadError(name, f"more than {MOST_MARKED_LINES:,} lines")
    return MarkedLines([line.rstrip() for line in text.split("\n")], decoded)


def document(name: str, source: MarkedLines, title: str, body: Sequence[str], said: dict[str, str]) -> Document:
    """Return a document.

    Args:
        name: Of the source.
        source: What was read.
        title: The title, or an empty one.
        body: Its lines as they are to be read.
        said: What the document says of itself: `author`, `date`, `language`, `description`, `tags` (with commas).

    Raises:
        LoadError: There is no text in it.
    """
    text = _paragraphs(body)
    written = said.get("date", "").strip("<>[] ")
    known = metadata(
        {
            **said,
            "title": title,
            "date": written,
            "published": written.partition(" ")[0],
            "tags": said.get("tags", "").replace(":", ","),
        }
    )
    return document_of(name, text, known, fields=about(name, source.decoded))


def add(said: dict[str, str], key: str, value: str, between: str = ", ") -> None:
    """Add a value to those of a name, as long as they are no longer than what is kept."""
    before = said.get(key, "")
    if len(before) < _LONGEST_VALUE:
        said[key] = between.join(filter(None, [before, value]))[:_LONGEST_VALUE]


def emphasis(marks: str) -> str:
    """Return a pattern of words between marks, one of its groups holds them: `*so*`, but not `2*3*4`.

    Between two marks there is none, so that no character is looked at from two of them.
    """
    kinds = (rf"{re.escape(m)}(?=\S)([^{re.escape(m)}]{{1,300}}+)(?<=\S){re.escape(m)}" for m in marks)
    return rf"(?<![\w{re.escape(marks)}\\])(?:{'|'.join(kinds)})(?![\w{re.escape(marks)}])"


def unmarked(line: str, inline: re.Pattern[str]) -> str:
    """Return a line with the group that took part in place of each match, or nothing where none did."""
    return inline.sub(_inner, line)


def _inner(match: re.Match[str]) -> str:
    return match[match.lastindex].strip() if match.lastindex else ""


def indent_of(line: str) -> int:
    """Return how many blanks and tabs a line begins with."""
    return len(line) - len(line.lstrip(" \t"))


def _paragraphs(lines: Sequence[str]) -> str:
    """Join lines, one empty line for several."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1]):
            kept.append(line if line.strip() else "")
    return "\n".join(kept).strip()
