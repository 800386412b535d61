"""Which glyphs does a page show, in the order in which it draws them, and which letters does each stand for?

What a file says in so many words (`ActualText`) goes before what its fonts say of their glyphs.
"""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from pdfminer.converter import PDFLayoutAnalyzer
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.utils import decode_text

from searchkit.loading.pdf.paper import JOINED, LONGER, Glyph

MOST_GLYPHS = 100_000
"""Letters and signs of a page."""

UNKNOWN = "\ufffd"
"""What a glyph stands for of which its font says nothing."""

_LARGEST = 1_000.0  # glyph, of a page that is 600 wide
_FARTHEST = 1e6
_LONGEST_WORD = 100
_TOUCHING = 0.05  # of the height of a glyph
_SHOWN = dict.fromkeys([0xFFFE, 0xFFFF], UNKNOWN)  # which some fonts give for what they do not know
_SHOWN |= {code: normalize("NFKC", chr(code)).lstrip(" \u0640") for code in range(0xFE70, 0xFE80)}  # marks alone


class TooMany(Exception):  # noqa: N818 (it says what is the matter)
    """A page has more than `MOST_GLYPHS`."""


def glyphs(manager: PDFResourceManager, page: PDFPage) -> list[Glyph]:
    """Return the glyphs of a page in the order in which they are drawn.

    Raises:
        TooMany: They are more than `MOST_GLYPHS`.
    """
    device = _Device(manager)
    PDFPageInterpreter(manager, device).process_page(page)
    found = device.found if len(device.unknown) != 1 else _without_strokes(device.found)
    return [glyph._replace(text=glyph.text[1:]) if _is_doubtful(glyph) else glyph for glyph in found]


class _Device(PDFLayoutAnalyzer):
    """Takes the glyphs of a page and nothing else."""

    def __init__(self, manager: PDFResourceManager) -> None:
        super().__init__(manager, laparams=None)
        self.found: list[Glyph] = []
        self.unknown: set[tuple[object, ...]] = set()  # how glyphs are drawn that stand for nothing
        self._characters = 0
        self._depth = 0  # of what is marked
        self._begun: tuple[str, int, int] | None = None  # what is said to be written, from which glyph and depth on
        self._last: tuple[object, ...] = ()  # how the last glyph was drawn: its font and number, whether mirrored

    def render_char(self, matrix: Any, font: Any, *rest: Any, **named: Any) -> float:  # noqa: ANN401 (as the library has it)
        advance = super().render_char(matrix, font, *rest, **named)
        item: Any = self.cur_item._objs.pop()  # noqa: SLF001 (so that they do not gather)
        width, height = item.x1 - item.x0, item.y1 - item.y0
        if 0 <= width < _LARGEST and 0 < height < _LARGEST and abs(item.x0) + abs(item.y0) < _FARTHEST:
            text = item.get_text().translate(_SHOWN)
            drawn = (font, rest[3], item.matrix[0] < 0 < item.matrix[3])
            if text != UNKNOWN and not _tells(font, rest[3]):
                text = UNKNOWN + text  # until it is clear what it is
            self._take(Glyph(item.x0, item.x1, item.y0, item.y1, text), drawn)
            if text.startswith(UNKNOWN):
                self.unknown.add(drawn)
        return float(advance)

    def _take(self, glyph: Glyph, drawn: tuple[object, ...]) -> None:
        self._characters += max(1, len(glyph.text))
        if self._characters > MOST_GLYPHS:
            raise TooMany(f"more than {MOST_GLYPHS:,} letters and signs")
        before = self.found[-1] if self.found and self._last and self._last[2] == drawn[2] else None
        if before is not None and drawn[2] and _goes_on(before, glyph):
            # a layer of recognised text, drawn in a mirror so that each word has its letters as they are read
            self.found[-1] = before._replace(left=glyph.left, text=before.text + glyph.text)
        elif before is not None and self._last == drawn and _lengthens(before, glyph):
            self.found[-1] = before._replace(right=glyph.right, text=LONGER)
        elif glyph.text:
            self.found.append(glyph)
        self._last = drawn

    def begin_tag(self, _: Any, props: Any = None) -> None:  # noqa: ANN401
        said = props.get("ActualText") if isinstance(props, dict) else None
        if isinstance(said, bytes) and self._begun is None:
            self._begun = decode_text(said), len(self.found), self._depth
        self._depth += 1
        self._last = ()

    def end_tag(self) -> None:
        self._depth -= 1
        self._last = ()
        if self._begun is None or self._begun[2] < self._depth:
            return
        text, start, self._depth = self._begun
        self._begun = None
        shown = self.found[start:]
        if shown:
            del self.found[start:]
            self._take(_together(shown, text), ())
            self._last = ()

    def handle_undefined_char(self, *_: Any) -> str:  # noqa: ANN401
        return UNKNOWN

    def paint_path(self, *_: Any) -> None:  # noqa: ANN401
        pass

    def render_image(self, *_: Any) -> None:  # noqa: ANN401
        pass

    def receive_layout(self, _: Any) -> None:  # noqa: ANN401
        pass


def _tells(font: Any, code: int) -> bool:  # noqa: ANN401 (of whatever kind)
    """Whether a font that says what its glyphs stand for says it of this one: else it is guessed by its code."""
    known = getattr(font, "unicode_map", None)
    if known is None:
        return True
    try:
        return bool(known.get_unichr(code))
    except KeyError:
        return False


def _is_doubtful(glyph: Glyph) -> bool:
    return len(glyph.text) > 1 and glyph.text.startswith(UNKNOWN)


def _without_strokes(found: list[Glyph]) -> list[Glyph]:
    """Take a glyph for a stroke that makes words longer, if it is the only unknown one and is always within words."""
    for place, glyph in enumerate(found):
        if glyph.text.startswith(UNKNOWN):
            sides = found[max(0, place - 1) : place] + found[place + 1 : place + 2]
            if len(sides) < 2 or not all(_is_joined(glyph, each) for each in sides):
                return found
    return [glyph._replace(text=LONGER) if glyph.text.startswith(UNKNOWN) else glyph for glyph in found]


def _is_joined(glyph: Glyph, beside: Glyph) -> bool:
    gap = max(beside.left - glyph.right, glyph.left - beside.right)
    return gap < _TOUCHING * (glyph.top - glyph.bottom) and bool(JOINED.search(beside.text))


def _together(shown: list[Glyph], text: str) -> Glyph:
    """Return one glyph for those that are said to be a text: where the first are, if they take several rows."""
    first = shown[0]
    row = [glyph for glyph in shown if first.bottom <= (glyph.bottom + glyph.top) / 2 <= first.top]
    left, right = min(glyph.left for glyph in row), max(glyph.right for glyph in row)
    return Glyph(left, right, first.bottom, first.top, text)


def _goes_on(before: Glyph, glyph: Glyph) -> bool:
    """Whether a glyph touches the one before it on its left, neither of them a blank."""
    touching = abs(before.left - glyph.right) < _TOUCHING * (glyph.top - glyph.bottom)
    blank = before.text.isspace() or glyph.text.isspace()
    return touching and not blank and before.bottom == glyph.bottom and len(before.text) < _LONGEST_WORD


def _lengthens(before: Glyph, glyph: Glyph) -> bool:
    """Whether a glyph is one of those strokes, drawn over one another, that make a word longer in a justified line."""
    step = glyph.left - before.left
    unknown = glyph.text.startswith(UNKNOWN) and before.text in (LONGER, glyph.text)
    return unknown and before.bottom == glyph.bottom and step > 0 and glyph.left < before.right
