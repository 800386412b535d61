"""Text from documents made fit for a terminal: one line, in logical order, with nothing in it that a terminal obeys.

Persian is printed in the order it is read; terminals that do bidi show it right, and the others at least keep the
letters in order, as they do for every other program.
"""

from __future__ import annotations

import json
import os
import re
import sys

import click

from searchkit.documents import Json, Snippet

_SPACES = re.compile(r"[\s\x1c-\x1f\u2028\u2029]+")
# Control characters (C0, DEL, C1) move the cursor or worse; bidi embeddings, overrides and isolates turn text round.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    r"""Return the text in one line, without control characters and bidi overrides.

    >>> plain("a\n  b\x1b[31m\u202ec")
    'a b[31mc'
    """
    return _OBEYED.sub("", _SPACES.sub(" ", text))


def marked(snippet: Snippet, *, color: bool) -> str:
    """Return a snippet in one line, its marks bold where colours are on."""
    parts: list[str] = []
    position = 0
    for start, end in snippet.marks:
        parts += [plain(snippet.text[position:start]), style(plain(snippet.text[start:end]), color=color, bold=True)]
        position = end
    parts.append(plain(snippet.text[position:]))
    return "".join(parts).strip()


def style(text: str, *, color: bool, fg: str | None = None, bold: bool = False) -> str:
    """Return the text in a colour, or as it is where colours are off."""
    return click.style(text, fg=fg, bold=bold) if color else text


def wants_color(choice: str) -> bool:
    """Say whether to colour standard output for `--color auto|always|never`; auto honours NO_COLOR (no-color.org)."""
    if choice == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return choice == "always"


def json_line(value: Json) -> str:
    """Return the value as JSON in one line, Persian as it is, with escapes for what a terminal would obey.

    >>> json_line({"a": "ب\u202e"}) == '{"a": "ب' + chr(92) + 'u202e"}'
    True
    """
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(f"{_OBEYED.pattern}|[\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)
