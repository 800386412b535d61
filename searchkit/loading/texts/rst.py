"""Which document is in a reStructuredText file? Its text without marks.

No directive is run: an include, a table from a file or raw HTML is left out. What others hold stays, as code does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from searchkit.documents import Document
from searchkit.loading.options import LoadOptions
from searchkit.loading.texts.lightmarkup import add, document, emphasis, indent_of, lines_of, unmarked

_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1{2,}")
_BORDER = re.compile(r"\s*(?:\+[-=+]+\+|=[= ]*=)")
_DIRECTIVE = re.compile(r"\s*\.\. (?:\|[^|]{1,100}\| )?([\w:.+-]{1,60})::(?:\s+(.*))?")
_FOOTNOTE = re.compile(r"\s*\.\. \[[^\]]{1,100}\](.*)")
_FIELD = re.compile(r"\s*:([^:`\s][^:`]{0,60}):(?:\s+(.*))?")
_BULLET = re.compile(r"^(\s*)(?:[-*+\u2022]|#\.) +(?=\S)")
_GONE = frozenset(
    "toctree include raw contents image highlight index meta literalinclude csv-file default-role role sectnum "
    "autoclass autofunction automodule automethod currentmodule module replace unicode target-notes".split()
)
_CODE = frozenset({"code", "code-block", "sourcecode", "parsed-literal", "math", "prompt"})
_SAYS = frozenset(
    "note warning tip important caution danger attention hint error admonition topic sidebar rubric centered table "
    "csv-table list-table versionadded versionchanged deprecated seealso epigraph pull-quote highlights compound "
    "todo glossary function class method data attribute module exception".split()
)
_SAID = {
    "author": "author", "authors": "author", "date": "date", "tags": "tags", "keywords": "tags", "category": "tags",
    "language": "language", "lang": "language", "summary": "description", "description": "description",
}  # fmt: skip

_INLINE = re.compile(
    "|".join(
        (
            r"(?<!`)``(?=[^\s`])([^`]{1,1000}+)``",
            r"(?::[\w.+-]{1,40}:){0,2}`[~!]?([^`<>]{1,1000}+)(?:<[^`<>]{1,2000}+>)?`_{0,2}",
            r"\|([^|\s][^|]{0,100}+)\|_{0,2}",
            r"\[[#*\w]{1,40}\]_",
            r"(?<=\w)__?(?=[\s.,;:!?)\u060c\u061b\u061f]|$)",
            r"\*\*(?=[^\s*])([^*]{1,1000}+)\*\*",
            emphasis("*"),
            r"\\(.?)",
        )
    )
)


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a file. The title is its first heading.

    Raises:
        LoadError: It is too large, has too many lines, is no text, or has none.
    """
    source = lines_of(stream, name, options)
    reader = _Rst(source.lines)
    reader.read()
    yield document(name, source, reader.title, reader.body, reader.said)


class _Rst:
    """Reads lines one by one.

    Attributes:
        title: The first heading.
        body: The lines that stay.
        said: What the fields at the beginning say.
    """

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self.title = ""
        self.body: list[str] = []
        self.said: dict[str, str] = {}
        self._gone: int | None = None  # the indentation of what is left out with all that is deeper
        self._code: int | None = None  # of what is kept as it is
        self._options = -1  # of a directive whose options may come
        self._at_top = True

    def read(self) -> None:
        """Read all lines."""
        for number, line in enumerate(self._lines):
            if not line:
                self.body.append("")
                self._options = -1
                continue
            indent = indent_of(line)
            if self._gone is not None and indent > self._gone:
                continue
            self._gone = None
            if self._code is not None and indent > self._code:
                if not (self._options >= 0 and _FIELD.fullmatch(line[:200])):
                    self.body.append(line)
                continue
            self._code = None
            self._line(line, indent, self._lines[number + 1] if number + 1 < len(self._lines) else "")

    def _line(self, line: str, indent: int, after: str) -> None:
        if _ADORNMENT.fullmatch(line) or _BORDER.fullmatch(line):
            return
        if line.lstrip().startswith((".. ", "__ ")) or line.strip() == "..":
            self._explicit(line, indent)
        elif self._options >= 0 and indent > self._options and _FIELD.fullmatch(line[:1_000]):
            return
        elif (field := _FIELD.fullmatch(line)) and not indent:
            self._field(field[1].lower(), field[2] or "")
        else:
            if not self.title and not indent and _ADORNMENT.fullmatch(after):
                self.title = _shown(line)
            elif not _ADORNMENT.fullmatch(after):
                self._at_top = False
            self._text(line, indent)

    def _field(self, key: str, value: str) -> None:
        if self._at_top and key in _SAID:
            add(self.said, _SAID[key], value)
        elif value:
            self.body.append(f"{key}: {_shown(value)}")

    def _explicit(self, line: str, indent: int) -> None:
        """Read what begins with two dots: a directive, a footnote, a target, a comment."""
        directive = _DIRECTIVE.fullmatch(line)
        if directive is None:
            footnote = _FOOTNOTE.fullmatch(line)
            if footnote:
                self.body.append(_shown(footnote[1].strip()))
            else:
                self._gone = indent
            return
        kind = directive[1].rpartition(":")[2]
        if kind in _GONE or "|" in line[: directive.start(1)]:
            self._gone = indent
            return
        self._options = indent
        if kind in _CODE:
            self._code = indent
        if kind in _SAYS and directive[2]:
            self.body.append(_shown(directive[2]))

    def _text(self, line: str, indent: int) -> None:
        if line.endswith("::"):
            self._code = indent
            line = line[:-2].rstrip() + ("" if line.endswith(" ::") or line.strip() == "::" else ":")
        line = _BULLET.sub(r"\1", line, count=1)
        if line.lstrip().startswith("|"):
            line = line.replace("|", " ")
        self.body.append(_shown(line.strip()))


def _shown(line: str) -> str:
    return unmarked(line, _INLINE)
