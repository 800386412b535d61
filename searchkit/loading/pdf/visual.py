r"""Which text does a line show whose letters stand from left to right on paper? Right-to-left script is turned round.

A piece is what one glyph stands for: a letter, or several of a ligature, which keep their order. What fonts have
of their own, forms of Arabic letters by their place in a word, become the letters (NFKC).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_FORMS = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]")
_RIGHT_LETTER = re.compile("[\u0590-\u065f\u066e-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_NO_RIGHT = re.compile("[^\u0590-\u065f\u066e-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+")
_LETTER = re.compile(r"[^\W\d_]")
_DIGITS = re.compile(r"\d+(?:[.,/:\u066b\u066c\u060c\u00a0]\d+)*")
_MIRRORED = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))
_LONGER = "\u0640"  # that a word is made longer tells nothing
_BRACKETS = re.compile(r"\([^()\n]*\)|«[^«»\n]*»|\[[^\[\]\n]*\]")
_COMMON = frozenset("و در به از که را این است با برای آن شد می بر تا یک هم خود ما ها های کرد بود شده نیز".split())


def logical(pieces: Sequence[str], *, mirrored: bool = True) -> str:
    """Return the text of a line in the order in which it is read.

    Args:
        pieces: What each glyph stands for, from left to right, with blanks between words.
        mirrored: Whether a bracket that opens to the left stands for the one that it looks like.

    >>> logical(list("(۱۴۰۳) لاس")), logical(list("(۱۴۰۳) لاس"), mirrored=False), logical(list("made 3"))
    ('سال (۱۴۰۳)', 'سال )۱۴۰۳(', 'made 3')
    >>> logical(["م", "لا", "س"]), logical(list("تسا Python 3.11 هخسن"))
    ('سلام', 'نسخه Python 3.11 است')
    """
    if not any(map(_RIGHT.search, pieces)):
        return "".join(pieces)
    turned = [_letters(piece) for piece in reversed(_with_marks(pieces))]
    signs = "".join(map(_sign, turned))
    for run in _NO_RIGHT.finditer(signs):
        _turn_again(turned, signs, run.start(), run.end(), mirrored)
    return "".join(turned)


def _turn_again(turned: list[str], signs: str, start: int, end: int, mirrored: bool) -> None:
    """Turn words of other scripts round once more, with what stands between them, and numbers (UAX #9, W2 to W7)."""
    letters = [match.start() for match in _LETTER.finditer(signs, start, end)]
    first = last = start
    if letters:
        digit = _DIGITS.search(signs, start, end)
        first, last = min(letters[0], digit.start() if digit else letters[0]), letters[-1] + 1
        after = _DIGITS.match(signs, last, end)
        last = after.end() if after else last
    if mirrored:
        for place in (*range(start, first), *range(last, end)):
            turned[place] = _MIRRORED.get(turned[place], turned[place])
    turned[first:last] = turned[first:last][::-1]
    for digits in _DIGITS.finditer(signs, last, end):
        turned[digits.start() : digits.end()] = turned[digits.start() : digits.end()][::-1]


def _sign(piece: str) -> str:
    """Return one sign that says of what kind a piece is: a letter from right to left, another one, or its first."""
    strong = _RIGHT_LETTER.search(piece) or _LETTER.search(piece)
    return strong[0] if strong else piece[:1] or _LONGER


def plain_letters(pieces: Iterable[str]) -> str:
    """Return the text of a line that stands in the order in which it is read."""
    return "".join(map(_letters, pieces))


def persian_words(text: str) -> int:
    """Return how many of the commonest words of Persian are in a text: more in one that is in its right order.

    >>> persian_words("کتاب را به او داد"), persian_words("داد وا هب ار باتک")
    (2, 0)
    """
    return sum(word in _COMMON for word in text.replace("\u200c", " ").replace("ي", "ی").replace("ك", "ک").split())


def brackets(text: str) -> int:
    """Return how many brackets open and close again on a line, in this order.

    >>> brackets("«a» (b"), brackets("»a« )b(")
    (1, 0)
    """
    return len(_BRACKETS.findall(text))


def _letters(piece: str) -> str:
    return unicodedata.normalize("NFKC", piece) if _FORMS.search(piece) else piece


def _with_marks(pieces: Sequence[str]) -> list[str]:
    """Return the pieces, a combining mark with the letter that stands before it on paper."""
    kept: list[str] = []
    for piece in pieces:
        if kept and piece and all(map(unicodedata.combining, piece)):
            kept[-1] += piece
        else:
            kept.append(piece)
    return kept
