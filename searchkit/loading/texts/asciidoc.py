"""Which document is in an AsciiDoc file? Its text without marks; attributes, macros of layout and comments are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.options import LoadOptions
from searchkit.loading.texts.lightmarkup import document, emphasis, lines_of, unmarked

_HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)")
_UNDERLINE = re.compile(r"([-=~^+])\1{2,}")
_FENCE = re.compile(r"-{4,}|\.{4,}|/{4,}|\+{4,}|`{3}.{0,40}")
_FRAME = re.compile(r"={4,}|\*{4,}|_{4,}|--|[|,:!]={3,}|\+|'{3,}|<{3}|-{3}|\*{3}")
_BLOCK = re.compile(r"\[[^\[\]]{0,2000}\]|\[\[[^\[\]]{0,2000}\]\]")
_ATTRIBUTE = re.compile(r":!?([\w-]{1,60})!?:(?:\s+(.*))?")
_DIRECTIVE = re.compile(r"(?:include|toc|ifdef|ifndef|ifeval|endif)::\S{0,2000}\[.{0,2000}\]")
_LIST = re.compile(r"^(?:[*\-]{1,6}|\.{1,5}|\d{1,9}\.|<(?:\d{1,3}|\.)>)\s+(?=\S)")
_CELLS = re.compile(r"(?:^|(?<=\s))(?:\d{1,3}[+*])?[<^>.]{0,2}[aehlmsdv]?\|")
_AUTHOR = re.compile(r"([^<>:=]{1,200}?)(?:\s*<[^<>]{1,200}>)?")
_REVISION = re.compile(r"(?:v?[\d.]{1,20},\s*)?([^:]{1,60})(?::.{0,500})?")
_SAID = {
    "author": "author", "revdate": "date", "date": "date", "docdate": "date", "keywords": "tags", "tags": "tags",
    "page-tags": "tags", "lang": "language", "description": "description",
}  # fmt: skip
_MACROS = "link|xref|mailto|kbd|btn|menu|footnote|pass|stem|anchor"
_INLINE = re.compile(
    "|".join((
    r"image::?[^\s\[\]]{1,2000}+\[([^\[\],]{0,500}+)[^\[\]]{0,500}+\]",
    rf"(?:{_MACROS}):{{1,2}}[^\s\[\]]{{0,2000}}+\[([^\[\]]{{0,2000}}+)\]",
    r"https?://[^\s\[\]]{1,2000}+\[([^\[\]]{1,2000}+)\]",
    r"<<[^<>,]{1,500}+,\s?([^<>]{1,500}+)>>",
    r"<<([^<>,]{1,500}+)>>",
    r"\[\[[^\[\]]{1,500}+\]\]|<\d{1,3}>$",
    r"\[[^\[\]]{0,200}+\](?=[#*_`])",
    r"\*\*([^*]{1,500}+)\*\*|__([^_]{1,500}+)__|``([^`]{1,500}+)``|##([^#]{1,500}+)##",
    emphasis("*_`#+"),
    r"\^([^\s^]{1,100}+)\^|~([^\s~]{1,100}+)~",
    ))
)  # fmt: skip


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a file. The title is its first heading.

    Raises:
        LoadError: It is too large, has too many lines, is no text, or has none; or it is a key or a signature, which
            has the same suffix.
    """
    source = lines_of(stream, name, options)
    if source.lines[0].startswith("-----BEGIN PGP"):
        raise LoadError(name, "a key or a signature, no text")
    said: dict[str, str] = {}
    start, title = _header(source.lines, said)
    reader = _AsciiDoc(title, said)
    if title:
        reader.body += [title, ""]
    for line, before in zip(source.lines[start:], ["", *source.lines[start:]], strict=False):
        reader.take(line, before)
    yield document(name, source, reader.title, reader.body, said)


def _header(lines: list[str], said: dict[str, str]) -> tuple[int, str]:
    """Read the title with what stands below it: authors, a revision, attributes. Return where the text begins."""
    start = next((number for number, line in enumerate(lines) if line and not _is_aside(line, said)), len(lines))
    heading = _HEADING.fullmatch(lines[start]) if start < len(lines) else None
    if heading is None or len(heading[1]) != 1:
        return 0, ""
    number = start + 1
    patterns = iter([("author", _AUTHOR), ("date", _REVISION)])
    while number < len(lines) and lines[number]:
        line = lines[number]
        number += 1
        if not _is_aside(line, said):
            key, pattern = next(patterns, ("", _AUTHOR))
            found = pattern.fullmatch(line[:1_000])
            if found is None or not key:
                return number - 1, _shown(heading[2])
            said.setdefault(key, found[1].strip())
    return number, _shown(heading[2])


def _is_aside(line: str, said: dict[str, str]) -> bool:
    """Tell whether a line is a comment or an attribute, and note the attribute."""
    if line.startswith("//") and not line.startswith("////"):
        return True
    attribute = _ATTRIBUTE.fullmatch(line)
    if attribute and attribute[1].lower() in _SAID:
        said.setdefault(_SAID[attribute[1].lower()], (attribute[2] or "").removesuffix(" \\"))
    return attribute is not None


class _AsciiDoc:
    """Reads lines one by one.

    Attributes:
        title: The first heading.
        body: The lines that stay.
    """

    def __init__(self, title: str, said: dict[str, str]) -> None:
        self.title = title
        self.body: list[str] = []
        self._said = said
        self._fence = ""  # of the block that is kept as it is, or left out

    def take(self, line: str, before: str) -> None:
        """Take the next line in."""
        if self._fence:
            if line == self._fence:
                self._fence = ""
            elif self._fence[0] not in "/+":
                self.body.append(line)
        elif self._is_underline(line, before):
            self.title = self.title or self.body[-1]
        elif _FENCE.fullmatch(line):
            self._fence = line[:3] if line.startswith("```") else line
        elif line.startswith("//") or _FRAME.fullmatch(line) or _BLOCK.fullmatch(line) or _DIRECTIVE.fullmatch(line):
            self.body.append("")
        elif not _is_aside(line, self._said):
            self._text(line)

    def _is_underline(self, line: str, before: str) -> bool:
        is_text = bool(before and self.body and self.body[-1]) and before[0] not in ".|"
        is_text = is_text and not _BLOCK.fullmatch(before) and not _FENCE.fullmatch(before)
        return is_text and abs(len(line) - len(before)) <= 2 and bool(_UNDERLINE.fullmatch(line))

    def _text(self, line: str) -> None:
        heading = _HEADING.fullmatch(line)
        if heading:
            line = _shown(heading[2])
            self.title = self.title or line
        elif line.startswith(".") and len(line) > 1 and line[1] not in ". ":
            line = _shown(line[1:])  # the title of a block
        else:
            line = _LIST.sub("", line.strip(), count=1)
            line = _shown(_CELLS.sub(" ", line) if "|" in line else line).removesuffix(" +").strip()
            line = line.replace(":: ", ": ") if ":: " in line else line.removesuffix("::")
        self.body.append(line)


def _shown(line: str) -> str:
    return unmarked(line, _INLINE)
