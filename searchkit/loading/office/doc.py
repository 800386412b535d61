"""Which document is in a file of Word 97-2003 (.doc)? What a reader sees: no codes, nothing hidden or deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.metadata import document_of
from searchkit.loading.office.compound import CompoundFile, opened_compound
from searchkit.loading.office.prose import Prose
from searchkit.loading.office.summary import SUMMARY, summary_of
from searchkit.loading.office.word97 import Word97, WordStretch
from searchkit.loading.options import LoadOptions

MOST_WORD_SIGNS = 1_000_000
"""Ends of paragraphs, cells and fields, and other signs that are no text, of one file."""

MAIN = "WordDocument"
"""The stream that each of these files has."""

_WORD_97 = 0xA5EC
_FIRST_VERSION = 0xC0
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_SHOWN = (0, 6, 1, 5)  # the text, boxes, notes, end notes; the others are headers, macros and comments
_SIGN = re.compile("[\0-\x1f]")
_SIGNS = {"\t": " ", "\n": "\n", "\v": "\n", "\f": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": "\u00ad"}
_FIELD, _RESULT, _END_OF_FIELD = "\x13", "\x14", "\x15"
_PARAGRAPH, _CELL = "\r", "\a"


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a file of Word.

    Raises:
        LoadError: It is too large, damaged, encrypted, of an older Word, or shows no text.
    """
    yield document(opened_compound(stream, name, options), name)


def document(container: CompoundFile, name: str) -> Document:
    """Return the document of a file that has been opened. Boxes come after the text, then notes.

    Raises:
        LoadError: As for `read`.
    """
    main = container.stream(MAIN)
    identity, version = int.from_bytes(main[:2], "little"), int.from_bytes(main[2:4], "little")
    if not main:
        raise LoadError(name, "no file of Word")
    if identity != _WORD_97 or version < _FIRST_VERSION:
        raise LoadError(name, "a file of Word 95 or before, which is not read; save it as .docx")
    flags = int.from_bytes(main[10:12], "little")
    if flags & _ENCRYPTED:
        raise LoadError(name, "encrypted")
    word = Word97(main, container.stream("1Table" if flags & _SECOND_TABLE else "0Table"), name)
    text = _Text(word)
    for part in _SHOWN:
        for stretch in word.stretches(word.parts[part], word.parts[part + 1]):
            text.take(stretch)
        text.end_part()
    said = summary_of(container.stream(SUMMARY))
    return document_of(name, text.prose.text(), said, next(iter(text.prose.headings), ""))


class _Text:
    """The text, put together as it is read.

    Attributes:
        prose: All that is shown.
    """

    def __init__(self, word: Word97) -> None:
        self.prose = Prose()
        self._word = word
        self._fields: list[bool] = []  # of each that is open whether its result has begun
        self._unseen = 0  # how many of them have not
        self._signs = 0
        self.prose.begin_paragraph()

    def take(self, stretch: WordStretch) -> None:
        """Take the next characters in."""
        place = 0
        for sign in _SIGN.finditer(stretch.text):
            self._signs += 1
            if self._signs > MOST_WORD_SIGNS:
                raise LoadError(self._word.name, f"more than {MOST_WORD_SIGNS:,} paragraphs, cells and fields")
            self._add(stretch.text[place : sign.start()])
            place = sign.end()
            self._sign(sign[0], stretch.place + sign.start() * stretch.width)
        self._add(stretch.text[place:])

    def end_part(self) -> None:
        """End the text, or the notes; fields do not go on."""
        self._fields, self._unseen = [], 0
        self._add("\n")

    def _add(self, text: str) -> None:
        if text and not self._unseen:
            self.prose.add(text)

    def _sign(self, sign: str, place: int) -> None:
        if sign == _FIELD:
            self._fields.append(False)
            self._unseen += 1
        elif sign in (_RESULT, _END_OF_FIELD) and self._fields:
            self._unseen -= not self._fields[-1]
            self._fields[-1] = True
            if sign == _END_OF_FIELD:
                self._fields.pop()
        elif sign in (_PARAGRAPH, _CELL):
            self._end(sign, place)
        else:
            self._add(_SIGNS.get(sign, ""))

    def _end(self, sign: str, place: int) -> None:
        """End a paragraph, a cell or a row."""
        paragraph = self._word.paragraph(place)
        if self._unseen:
            return
        if paragraph.ends_row:
            self.prose.end_row()
        elif paragraph.in_table or sign == _CELL:
            self.prose.add(" ")
        else:
            self.prose.end_paragraph(heading=paragraph.is_heading)
            self.prose.begin_paragraph()
