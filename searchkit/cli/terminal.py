"""Text from documents made fit for a terminal: one line, in logical order, with nothing in it that a terminal obeys.

Persian is printed in the order it is read; terminals that do bidi show it right, and the others at least keep the
letters in order, as they do for every other program.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TextIO

import click

from searchkit import documents
from searchkit.documents import OBEYED, Json
from searchkit.results import Snippet

ERASE = "\r\x1b[2K"
"""Empties the line that a terminal is at."""

_SPACES = re.compile(r"[\s\x1c-\x1f\u2028\u2029]+")
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_OBEYED = re.compile(f"[{OBEYED}\u2028\u2029]")


def plain(text: str) -> str:
    r"""Return the text in one line, without control characters and bidi overrides.

    >>> plain("a\n  b\x1b[31m\u202ec")
    'a b[31mc'
    """
    return documents.plain(_SPACES.sub(" ", text))


def marked(snippet: Snippet, *, color: bool) -> str:
    """Return a snippet in one line, its marks bold where colours are on."""
    pieces = ((plain(piece), is_marked) for piece, is_marked in snippet.pieces())
    return "".join([style(piece, color=color, bold=True) if bold else piece for piece, bold in pieces]).strip()


def style(text: str, *, color: bool, fg: str | None = None, bold: bool = False) -> str:
    """Return the text in a colour, or as it is where colours are off."""
    return click.style(text, fg=fg, bold=bold) if color else text


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a stream is a terminal; a closed one is None, and is not."""
    return stream is not None and stream.isatty()


def wants_color(choice: str) -> bool:
    """Say whether to colour standard output for `--color auto|always|never`; auto honours NO_COLOR (no-color.org)."""
    if choice == "auto":
        return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return choice == "always"


def json_line(value: Json) -> str:
    """Return the value as JSON in one line, Persian as it is, with escapes for what a terminal would obey.

    >>> json_line({"a": "ب\u202e"}) == '{"a": "ب' + chr(92) + 'u202e"}'
    True
    """
    text = json.dumps(value, ensure_ascii=False)
    return _OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def size_shown(size: float) -> str:
    """Return a number of bytes in a unit.

    >>> size_shown(999), size_shown(1_500_000), size_shown(2e15)
    ('999 bytes', '1.5 MB', '2,000 TB')
    """
    for unit in _UNITS:
        if size < 1000 or unit == _UNITS[-1]:
            break
        size /= 1000
    return f"{size:,.3g} {unit}" if size < 1000 else f"{size:,.0f} {unit}"
