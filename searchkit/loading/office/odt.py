"""Which documents are in an OpenDocument file (ISO 26300)? What a reader sees of texts and slides; rows of sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from searchkit.documents import Document, Skip
from searchkit.errors import LoadError
from searchkit.loading.metadata import Metadata, document_of, metadata
from searchkit.loading.office.ods import read_sheets
from searchkit.loading.office.parts import Events, Parts, PartTexts, first, read_parts
from searchkit.loading.office.prose import Prose
from searchkit.loading.options import LoadOptions

_MAIN = "content.xml"
_SHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_UNSEEN = frozenset({
    "tracked-changes", "annotation", "note-citation", "forms", "hidden-text", "hidden-paragraph", "notes",
    "covered-table-cell", "variable-decls", "sequence-decls", "user-field-decls", "page-number", "tracked-change",
    "scripts", "settings", "event-listeners", "title", "desc", "table-of-content-source", "index-body-template",
})  # fmt: skip
_PARAGRAPHS = frozenset({"p", "h"})
_MOST_BLANKS = 1_000


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield the one document of a text or of slides, or those of the rows of sheets.

    Raises:
        LoadError: It is too large, damaged, encrypted, or shows no text.
    """
    yield from read_parts(stream, name, options, read_archive)


def read_archive(parts: Parts) -> Iterator[Document | Skip]:
    """Yield the documents that the parts make. Notes come last; headers and footers are left out."""
    if _MAIN not in parts.members:
        raise LoadError(parts.name, "no OpenDocument file")
    if b"encryption-data" in parts.whole("META-INF/manifest.xml"):
        raise LoadError(parts.name, "encrypted")
    if parts.whole("mimetype").strip() == _SHEET:
        yield from read_sheets(parts, _MAIN)
        return
    prose = Prose()
    parts.parse(_MAIN, _Content(prose))
    more = {"pages": prose.pages} if prose.pages else {}
    yield document_of(parts.name, prose.text(), _metadata(parts), next(iter(prose.headings), ""), more)


def _metadata(parts: Parts) -> Metadata:
    known = PartTexts()
    parts.parse("meta.xml", known)
    texts = known.texts
    return metadata(
        {
            "title": first(texts, "title"),
            "author": list(texts["initial-creator"] or texts["creator"]),
            "date": first(texts, "creation-date", "date"),
            "language": first(texts, "language"),
            "description": first(texts, "description", "subject"),
            "tags": list(texts["keyword"]),
        }
    )


class _Content(Events):
    """The text of the document. What is hidden is said by its own style, which stands before it."""

    def __init__(self, prose: Prose) -> None:
        super().__init__()
        self._prose = prose
        self._unseen = 0  # how many elements are open from one on that is not shown
        self._paragraphs = 0  # how many paragraphs are open, one in a note in another
        self._hiding: set[str] = set()
        self._style = ""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._unseen or name in _UNSEEN or self._is_hidden(name, attributes):
            self._unseen += 1
        elif name in _PARAGRAPHS:
            self._paragraphs += 1
            self._prose.begin_paragraph()
        elif name == "table-cell":
            self._prose.begin_cell()
        elif name in ("text-box", "note-body"):
            self._prose.begin_aside()
        elif name == "page" and self.path[-2:-1] == ["presentation"]:
            self._prose.begin_page()
        elif name == "style":
            self._style = attributes.get("name", "")
        elif name == "text-properties" and attributes.get("display") == "none":
            self._hiding.add(self._style)
        elif self._paragraphs:
            self._sign(name, attributes)

    def _is_hidden(self, name: str, attributes: Mapping[str, str]) -> bool:
        styled = name == "span" or name in _PARAGRAPHS
        return styled and attributes.get("style-name") in self._hiding

    def _sign(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "s":
            count = attributes.get("c", "1")
            self._prose.add(" " * (min(int(count), _MOST_BLANKS) if count.isdecimal() and len(count) < 9 else 1))
        elif name == "tab":
            self._prose.add(" ")
        elif name == "line-break":
            self._prose.add("\n")

    def finish(self, name: str) -> None:
        if self._unseen:
            self._unseen -= 1
        elif name in _PARAGRAPHS:
            self._paragraphs -= 1
            self._prose.end_paragraph(heading=name == "h")
        elif name == "table-cell":
            self._prose.end_cell()
        elif name == "table-row":
            self._prose.end_row()
        elif name in ("text-box", "note-body"):
            self._prose.end_aside(note=name == "note-body")

    def data(self, text: str) -> None:
        if self._paragraphs and not self._unseen:
            self._prose.add(text.replace("\n", " "))
