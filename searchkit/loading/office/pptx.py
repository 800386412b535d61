"""Which document is in a PowerPoint file (.pptx, ECMA-376)? Its slides in order, without hidden ones and notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.metadata import document_of
from searchkit.loading.office.docx import core_metadata
from searchkit.loading.office.parts import REFERENCE, Events, Parts, PartTexts, read_parts, relations
from searchkit.loading.office.prose import Prose
from searchkit.loading.options import LoadOptions

_MAIN = "ppt/presentation.xml"
_COUNTERS = frozenset({"slidenum", "datetime"})


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a PowerPoint file.

    Raises:
        LoadError: It is too large, damaged, or shows no text.
    """
    yield from read_parts(stream, name, options, read_archive)  # type: ignore[misc]  # it yields no skips


def read_archive(parts: Parts) -> Iterator[Document]:
    """Yield the document that the parts make; `pages` says where in its text each slide begins."""
    if _MAIN not in parts.members:
        raise LoadError(parts.name, "no PowerPoint file")
    slides = PartTexts("sldId")
    parts.parse(_MAIN, slides)
    related = relations(parts, _MAIN)
    prose = Prose()
    for _, attributes in slides.found:
        member = related.get(attributes.get(REFERENCE, ""), "")
        if member in parts.members:
            prose.begin_page()
            parts.parse(member, _Slide(prose))
    more = {"pages": prose.pages}
    yield document_of(parts.name, prose.text(), core_metadata(parts), next(iter(prose.headings), ""), more)


class _Slide(Events):
    """The text of a slide."""

    def __init__(self, prose: Prose) -> None:
        super().__init__()
        self._prose = prose
        self._unseen = 0  # how many elements are open from one on that is not shown
        self._title = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        hidden = name == "sld" and attributes.get("show") in ("0", "false")
        counter = name == "fld" and attributes.get("type", "")[:8] in _COUNTERS
        if self._unseen or hidden or counter or name == "Fallback":
            self._unseen += 1
        elif name == "sp":
            self._title = False
        elif name == "cNvPr" and attributes.get("hidden") in ("1", "true"):
            self._hide()
        elif name == "ph":
            self._title = attributes.get("type") in ("title", "ctrTitle")
        elif name == "p":
            self._prose.begin_paragraph()
        elif name == "tc":
            self._prose.begin_cell()
        elif name == "br":
            self._prose.add("\n")

    def _hide(self) -> None:
        """Leave the shape out that the innermost element names: the element around the one around it."""
        self._unseen = 3

    def finish(self, name: str) -> None:
        if self._unseen:
            self._unseen -= 1
        elif name == "p":
            self._prose.end_paragraph(heading=self._title)
        elif name == "tc":
            self._prose.end_cell()
        elif name == "tr":
            self._prose.end_row()

    def data(self, text: str) -> None:
        if not self._unseen and self.path[-1] == "t":
            self._prose.add(text)
