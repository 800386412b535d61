"""Which document is in a Word file (.docx, ECMA-376)? What a reader sees: no deleted, hidden or commented text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.metadata import Metadata, document_of, metadata
from searchkit.loading.office.parts import Events, Parts, PartTexts, first, read_parts
from searchkit.loading.office.prose import Prose
from searchkit.loading.options import LoadOptions

_MAIN = "word/document.xml"
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_UNSEEN = frozenset({"del", "moveFrom", "Fallback", "pPrChange", "rPrChange", "tblPrChange", "sectPrChange"})
_NO_NOTES = frozenset({"separator", "continuationSeparator", "continuationNotice"})
_OFF = frozenset({"0", "false", "off"})
_SIGNS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a Word file.

    Raises:
        LoadError: It is too large, damaged, or shows no text.
    """
    yield from read_parts(stream, name, options, read_archive)  # type: ignore[misc]  # it yields no skips


def read_archive(parts: Parts) -> Iterator[Document]:
    """Yield the document that the parts make. Foot- and endnotes come last; what repeats on each page is left out."""
    if _MAIN not in parts.members:
        raise LoadError(parts.name, "no Word file")
    styles = _Styles()
    parts.parse("word/styles.xml", styles)
    prose = Prose()
    for member in (_MAIN, *_NOTES):
        parts.parse(member, _Body(prose, styles))
    yield document_of(parts.name, prose.text(), core_metadata(parts), next(iter(prose.headings), ""))


def core_metadata(parts: Parts) -> Metadata:
    """Return what the core properties of an Open Packaging file say."""
    values = PartTexts()
    parts.parse("docProps/core.xml", values)
    texts = values.texts
    return metadata(
        {
            "title": first(texts, "title"),
            "author": list(texts["creator"]),
            "date": first(texts, "created", "modified"),
            "language": first(texts, "language"),
            "description": first(texts, "description", "subject"),
            "tags": [*texts["keywords"], *texts["keyword"], *texts["category"]],
        }
    )


class _Styles(Events):
    """Which styles hide text, and which are those of headings? Their names are English in every language of Word."""

    def __init__(self) -> None:
        super().__init__()
        self.hiding: set[str] = set()
        self.headings: set[str] = set()
        self._style = ""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "style":
            self._style = attributes.get("styleId", "")
        elif name == "name" and value.lower().startswith(("heading ", "title")):
            self.headings.add(self._style)
        elif name == "vanish" and value not in _OFF and self.path[-3:-1] == ["style", "rPr"]:
            self.hiding.add(self._style)


class _Body(Events):
    """The text of the document, or of its notes."""

    def __init__(self, prose: Prose, styles: _Styles) -> None:
        super().__init__()
        self._prose, self._styles = prose, styles
        self._unseen = 0  # how many elements are open from one on that is not shown
        self._hidden = [False]  # of each paragraph and run that is open
        self._heading = [False]  # of each paragraph

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        note = name in ("footnote", "endnote") and attributes.get("type") in _NO_NOTES
        if self._unseen or name in _UNSEEN or note:
            self._unseen += 1
        elif name in ("p", "r"):
            self._hidden.append(self._hidden[-1])
            if name == "p":
                self._heading.append(False)
                self._prose.begin_paragraph()
        elif name == "tc":
            self._prose.begin_cell()
        elif name == "txbxContent":
            self._prose.begin_aside()
        else:
            self._property(name, attributes.get("val", ""))

    def _property(self, name: str, value: str) -> None:
        """Take what an element says of the run or paragraph that it is in, or the sign that it is."""
        within = self.path[-2] if len(self.path) > 1 else ""
        if name in _SIGNS and within in ("r", "p"):
            self._show(_SIGNS[name])
        elif name == "vanish" and self.path[-3:-1] == ["r", "rPr"]:
            self._hidden[-1] = self._hidden[-1] or value not in _OFF
        elif name in ("pStyle", "rStyle"):
            self._hidden[-1] = self._hidden[-1] or value in self._styles.hiding
            self._heading[-1] = self._heading[-1] or (name == "pStyle" and value in self._styles.headings)

    def finish(self, name: str) -> None:
        if self._unseen:
            self._unseen -= 1
        elif name == "p":
            self._hidden.pop()
            self._prose.end_paragraph(heading=self._heading.pop())
        elif name == "r":
            self._hidden.pop()
        elif name == "tc":
            self._prose.end_cell()
        elif name == "tr":
            self._prose.end_row()
        elif name == "txbxContent":
            self._prose.end_aside()

    def data(self, text: str) -> None:
        if not self._unseen and self.path[-1] == "t":
            self._show(text)

    def _show(self, text: str) -> None:
        if not self._hidden[-1]:
            self._prose.add(text)
