"""Which text is spoken in a file of subtitles? SubRip and WebVTT (w3.org/TR/webvtt1), without times and marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import BinaryIO

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode, unix_lines
from searchkit.loading.files import whole
from searchkit.loading.metadata import about
from searchkit.loading.options import LoadOptions

MOST_LINES = 500_000
_LONGEST_LINE = 10_000  # more is no subtitle; patterns look at no longer one
_LONGEST_TITLE = 200
_TIME = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}(?:[.,:]\d{1,3})?"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.ASCII)
_NOT_SPOKEN = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s.*)?|X-TIMESTAMP-MAP.*")
_TAG = re.compile(r"</?[A-Za-z\d][^<>]{0,500}>|\{\\[^{}]{0,500}\}")
_MUSIC = str.maketrans("\u266a\u266b\u266c", "   ")
_ENDS = (".", "!", "?", "\u061f", "\u2026", ":", "\u00bb")
_DASHES = ("-", "\u2013", "\u2014")


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a file of subtitles.

    A sentence that goes on over several cues is one line; another speaker (`- `) begins one. What is repeated at once,
    as rolling captions do, stands once. The title is that of a WebVTT file, if it has one.

    Raises:
        LoadError: It is too large or has too many lines, is no text, or has no subtitles.
    """
    decoded = decode(whole(stream, name, options), name, options.encoding)
    text = unix_lines(decoded.text.removeprefix("\ufeff"))
    if text.count("\n") > MOST_LINES:
        raise LoadError(name, f"more than {MOST_LINES:,} lines")
    lines = text.split("\n")
    body = _joined(_spoken(lines))
    if not body:
        raise LoadError(name, "no subtitles in it")
    yield Document(id=name, body=body, title=_title(lines[0]), fields=about(name, decoded))


def _spoken(lines: list[str]) -> Iterator[str]:
    """Yield the lines that are spoken: those after a time, up to what belongs to the next one."""
    spoken = False
    before_blank = True  # so that a comment is known
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if not line or line.isspace():
            before_blank = True
            continue
        if len(line) < _LONGEST_LINE and _TIMES.fullmatch(line):
            spoken = True
        elif before_blank and _NOT_SPOKEN.fullmatch(line[:_LONGEST_LINE]):
            spoken = False
        elif spoken and not _is_name(line, after, before=before_blank):
            yield line
        before_blank = False


def _is_name(line: str, after: str, *, before: bool) -> bool:
    """Tell whether a line is the number or the name of the cue whose time comes after it."""
    return (before or line.strip().isdecimal()) and len(after) < _LONGEST_LINE and bool(_TIMES.fullmatch(after))


def _joined(lines: Iterator[str]) -> str:
    parts: list[str] = []
    last = ""
    for line in lines:
        text = " ".join(unescape(_TAG.sub("", line)).translate(_MUSIC).split())
        if text and text != last:
            begins = last.endswith(_ENDS) or text.startswith(_DASHES)
            parts += ["\n" if begins else " ", text.lstrip("-\u2013\u2014 ") if text.startswith(_DASHES) else text]
        last = text or last
    return "".join(parts).strip()


def _title(first: str) -> str:
    return first.removeprefix("WEBVTT").strip(" \t-")[:_LONGEST_TITLE] if first.startswith("WEBVTT") else ""
