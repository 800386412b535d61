"""In which lines do the glyphs of a page stand? By where they are on paper, not by the order in which they come.

Glyphs at one height make a row; a wide gap cuts it into pieces; where the pieces of many rows leave a white strip from
top to bottom, they are columns, of which that of the side from which the page is read comes first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")

JOINED = re.compile("[\u0620-\u065f\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
"""Letters that are written together with their neighbours."""

LONGER = ""
"""What a stroke stands for that makes a word longer: nothing, but it takes room."""

_NON_JOINER = "\u200c"
_WORD_GAP = 0.1  # of the height of a glyph, which is a line's: a blank is about a quarter of it
_OVERLAP = 0.5  # the same, between letters of one word
_ROUNDED = 0.03
_NO_ROOM = 0.05  # the same, for a blank over which the next letter is drawn
_PIECE_GAP = 0.6  # the same, between columns and cells, and now and then between words
_STRIP = 4  # rows that a column has at least
_LONG = 15  # glyphs that they have on average
_TALLEST_GAP = 1.2  # heights of white between bands of a page
_DEEPEST = 40  # cuts


class Glyph(NamedTuple):
    """A glyph: its box in points, from the left and from below, and what it stands for."""

    left: float
    right: float
    bottom: float
    top: float
    text: str


class _Stretch(NamedTuple):
    """Glyphs in a row without a wide gap, from left to right, and the box around them."""

    left: float
    right: float
    bottom: float
    top: float
    glyphs: list[Glyph]


def lines(glyphs: Sequence[Glyph]) -> list[list[str]]:
    """Return the lines of a page: what each glyph stands for, from left to right, and blanks between words."""
    seen = _with_marks(list(dict.fromkeys(glyphs)))  # what is written twice looks bold
    right = sum(bool(_RIGHT.search(glyph.text)) for glyph in seen)
    from_right = 2 * right > sum(glyph.text.isalpha() for glyph in seen)
    drawn = {id(glyph): place for place, glyph in enumerate(seen)}
    rows = [sorted(row, key=lambda glyph: drawn[id(glyph)]) for row in _rows(seen)]
    pieces = [piece for row in rows for piece in _pieces(_from_left(row))]
    return [_line(row) for row in _ordered(pieces, from_right, 0)]


def _with_marks(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Give marks to their letters: where they are drawn tells less than which letter is drawn before and after them.

    Programs draw a line from left to right. So a mark of Arabic script, which is read after its letter, comes first.
    """
    kept: list[Glyph] = []
    waiting: list[Glyph] = []
    for glyph in glyphs:
        if _is_mark(glyph.text):
            waiting.append(glyph)
            continue
        if waiting:
            before = kept[-1] if kept else None
            if before is None or _belongs_to_next(waiting[0], before, glyph):
                marks = "".join(mark.text for mark in reversed(waiting))
                glyph = glyph._replace(text=glyph.text + marks)  # noqa: PLW2901
            else:
                kept[-1] = before._replace(text=before.text + "".join(mark.text for mark in waiting))
            waiting = []
        kept.append(glyph)
    if waiting and kept:
        kept[-1] = kept[-1]._replace(text=kept[-1].text + "".join(mark.text for mark in waiting))
    return kept or waiting


def _is_mark(text: str) -> bool:
    return bool(text) and all(map(unicodedata.combining, text))


def _belongs_to_next(mark: Glyph, before: Glyph, after: Glyph) -> bool:
    """Whether a mark belongs to the glyph that is drawn after it, and not to the one before."""
    middle = (mark.bottom + mark.top) / 2
    may = [each.bottom <= middle <= each.top and not each.text.isspace() for each in (before, after)]
    if not all(may):
        return may[1]
    return after.left > before.left and bool(_RIGHT.search(mark.text))


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Gather glyphs at one height, from the top; marks above and below a letter belong to its row."""
    rows: list[list[Glyph]] = []
    bottom = top = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: -(glyph.top + glyph.bottom)):
        middle = (glyph.top + glyph.bottom) / 2
        if rows and bottom <= middle <= top:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
            bottom, top = middle - 0.5 * (glyph.top - glyph.bottom), glyph.top
    return rows


def _from_left(row: Sequence[Glyph]) -> list[Glyph]:
    """Put glyphs in order, those together that are drawn side by side: words of recognised text may overlap."""
    runs: list[list[Glyph]] = []
    last: Glyph | None = None
    for glyph in row:
        if last is None or not _beside(last, glyph):
            runs.append([])
        runs[-1].append(_thin(glyph) if glyph.text == _NON_JOINER else glyph)
        last = glyph
    ordered: list[Glyph] = []
    for run in sorted(map(_with_half_spaces, runs)):
        left, *_, bottom, top, _ = run[0]
        if ordered and abs(left - ordered[-1].right) > _ROUNDED * (top - bottom):
            ordered.append(Glyph(left, left, bottom, top, " "))
        ordered += run
    return ordered


def _with_half_spaces(run: Sequence[Glyph]) -> list[Glyph]:
    """Put glyphs in order; a blank over which the next letter is drawn shows none, and is a half-space."""
    ordered = sorted(run, key=lambda glyph: (glyph.left, glyph.right))
    for place in range(1, len(ordered) - 1):
        before, glyph, after = ordered[place - 1 : place + 2]
        covered = glyph.text.isspace() and after.left - glyph.left < _NO_ROOM * (glyph.top - glyph.bottom)
        if covered and JOINED.search(before.text) and JOINED.search(after.text):
            ordered[place] = _thin(glyph)
    return ordered


def _beside(before: Glyph, glyph: Glyph) -> bool:
    """Whether a glyph touches the one before it, on either side."""
    height = glyph.top - glyph.bottom
    if before.text.isspace() or before.text == _NON_JOINER:  # which may be drawn over
        before = before._replace(right=min(before.right, max(before.left, glyph.left)))
    gap = max(glyph.left - before.right, before.left - glyph.right)
    return -_OVERLAP < gap / height < _WORD_GAP


def _thin(glyph: Glyph) -> Glyph:
    """Return a half-space in the place of a glyph; it begins a little before the next one, as places are rounded."""
    return glyph._replace(left=glyph.left - _ROUNDED * (glyph.top - glyph.bottom), text=_NON_JOINER)


def _pieces(row: Sequence[Glyph]) -> list[_Stretch]:
    found: list[list[Glyph]] = []
    edge = 0.0
    for glyph in row:
        if glyph.text.isspace() and glyph is not row[0]:
            found[-1].append(glyph)
            continue
        if not found or glyph.left - edge > _PIECE_GAP * (glyph.top - glyph.bottom):
            found.append([])
            edge = glyph.right
        found[-1].append(glyph)
        edge = max(edge, glyph.right)
    return [
        _Stretch(
            min(glyph.left for glyph in piece),
            max(glyph.right for glyph in piece if not glyph.text.isspace()),
            median(glyph.bottom for glyph in piece),
            median(glyph.top for glyph in piece),
            piece,
        )
        for piece in found
        if not all(glyph.text.isspace() for glyph in piece)
    ]


def _ordered(pieces: Sequence[_Stretch], from_right: bool, depth: int) -> list[list[_Stretch]]:
    """Return rows in the order of a reader: those of a column together."""
    if depth < _DEEPEST:
        columns = _columns(pieces)
        if len(columns) > 1:
            inner = reversed(columns) if from_right else columns
            return [row for column in inner for row in _ordered(column, from_right, depth + 1)]
        below = _first_band(pieces)
        if below < len(pieces):  # a heading may stand above columns
            return _ordered(pieces[:below], from_right, _DEEPEST) + _ordered(pieces[below:], from_right, depth + 1)
    rows: list[list[_Stretch]] = []
    for piece in pieces:
        middle = (piece.top + piece.bottom) / 2
        if rows and rows[-1][0].bottom <= middle <= rows[-1][0].top:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _first_band(pieces: Sequence[_Stretch]) -> int:
    """Return how many pieces stand above the first strip that is white from side to side, wider than between lines."""
    lowest = pieces[0].bottom if pieces else 0.0
    for place, piece in enumerate(pieces):
        if lowest - piece.top > _TALLEST_GAP * (piece.top - piece.bottom):
            return place
        lowest = min(lowest, piece.bottom)
    return len(pieces)


def _columns(pieces: Sequence[_Stretch]) -> list[list[_Stretch]]:
    """Cut where it is white from top to bottom, from left to right; not a table, whose cells are few or short."""
    found: list[list[_Stretch]] = []
    edge = 0.0
    for piece in sorted(pieces, key=lambda piece: piece.left):
        if not found or piece.left > edge:
            found.append([])
            edge = piece.right
        found[-1].append(piece)
        edge = max(edge, piece.right)
    long = all(_is_long(column) for column in found)
    order = {id(piece): place for place, piece in enumerate(pieces)}
    return [sorted(column, key=lambda piece: order[id(piece)]) for column in found] if long else [list(pieces)]


def _is_long(column: Sequence[_Stretch]) -> bool:
    rows = len({round(piece.bottom) for piece in column})
    return rows >= _STRIP and sum(len(piece.glyphs) for piece in column) >= _LONG * rows


def _line(row: Sequence[_Stretch]) -> list[str]:
    texts: list[str] = []
    edge = 0.0
    for piece in row:
        for glyph in piece.glyphs:
            if texts and glyph.left - edge > _WORD_GAP * (piece.top - piece.bottom) and not texts[-1].isspace():
                texts.append(" ")
            if not glyph.text.isspace():
                texts.append(glyph.text)
            elif texts and not texts[-1].isspace():
                texts.append(" ")
            edge = max(edge, glyph.right) if texts else glyph.right
    return texts
