"""Which document is in an Org file? Its text without marks; drawers, planning, keywords and comments are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from searchkit.documents import Document
from searchkit.loading.options import LoadOptions
from searchkit.loading.texts.lightmarkup import add, document, emphasis, lines_of, unmarked

_KEYWORD = re.compile(r"\s*#\+(\w{1,40})(?:\[[^\]]{0,200}\])?:(?:\s+(.*))?")
_BLOCK = re.compile(r"\s*#\+(begin|end)_(\w{1,40})(?:\s.*)?", re.IGNORECASE)
_HEADING = re.compile(r"\*{1,30} +(?:(?:TODO|DONE|NEXT|WAITING|CANCELLED) +)?(?:\[#\w\] +)?(.*)")
_TAGS = re.compile(r"(?:^|(?<=\s)):[\w@#%:]{1,200}:$")
_DRAWER = re.compile(r"\s*:[\w-]{1,60}:")
_PLANNING = re.compile(r"\s*(?:SCHEDULED|DEADLINE|CLOSED|CLOCK):.*")
_LIST = re.compile(r"^(?:[-+]|\d{1,9}[.)])\s+(?:\[[ X-]\]\s+)?(?=\S)")
_VERBATIM = frozenset({"src", "example"})
_LEFT_OUT = frozenset({"comment", "export"})
_SAID = {
    "author": "author", "date": "date", "language": "language", "filetags": "tags", "keywords": "tags",
    "description": "description",
}  # fmt: skip
_INLINE = re.compile(
    "|".join((
    r"\[\[[^\[\]]{1,2000}+\]\[([^\[\]]{1,2000}+)\]\]",
    r"\[\[([^\[\]]{1,2000}+)\]\]",
    r"\[fn:[\w-]{0,60}(?::([^\[\]]{0,1000}+))?\]",
    r"<<{1,2}([^<>]{1,200}+)>{2,3}",
    emphasis("*/_=~+"),
    ))
)  # fmt: skip


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a file. The title is what the file says (`#+TITLE:`), else its first heading.

    Raises:
        LoadError: It is too large, has too many lines, is no text, or has none.
    """
    source = lines_of(stream, name, options)
    reader = _Org()
    for line in source.lines:
        reader.take(line)
    yield document(name, source, reader.said.get("title") or reader.title, reader.body, reader.said)


class _Org:
    """Reads lines one by one.

    Attributes:
        title: The first heading.
        body: The lines that stay.
        said: What the keywords say.
    """

    def __init__(self) -> None:
        self.title = ""
        self.body: list[str] = []
        self.said: dict[str, str] = {}
        self._block = ""  # the one that is kept as it is, or left out
        self._drawer = 0  # lines that may still belong to it

    def take(self, line: str) -> None:
        """Take the next line in."""
        block = _BLOCK.fullmatch(line)
        if self._block:
            if block and block[1].lower() == "end" and block[2].lower() == self._block:
                self._block = ""
            elif self._block in _VERBATIM:
                self.body.append(line)
        elif self._drawer and line.strip().upper() == ":END:":
            self._drawer = 0
        elif self._drawer:
            self._drawer -= 1
        elif block:
            self._block = block[2].lower() if block[2].lower() in _VERBATIM | _LEFT_OUT else ""
        elif keyword := _KEYWORD.fullmatch(line):
            self._keyword(keyword[1].lower(), keyword[2] or "")
        elif _DRAWER.fullmatch(line):
            self._drawer = 100
        elif not (line.lstrip().startswith("# ") or line.strip() == "#" or _PLANNING.fullmatch(line)):
            self._text(line)

    def _keyword(self, key: str, value: str) -> None:
        if key == "title":
            add(self.said, key, _shown(value), " ")
        elif key in _SAID:
            add(self.said, _SAID[key], value)
        elif key == "caption":
            self.body.append(_shown(value))

    def _text(self, line: str) -> None:
        heading = _HEADING.fullmatch(line)
        if heading:
            line = _shown(_TAGS.sub("", heading[1][-2_000:]) if len(heading[1]) < 2_000 else heading[1]).strip()
            self.title = self.title or line
        else:
            line = line.strip()
            if line.startswith("|-"):
                return
            if line.startswith("|"):
                line = " ".join(line.strip("|").replace("|", " ").split())
            line = _shown(_LIST.sub("", line, count=1).removeprefix(": "))
            line = line.replace(" :: ", ": ", 1).strip()
        self.body.append(line)


def _shown(line: str) -> str:
    return unmarked(line, _INLINE)
