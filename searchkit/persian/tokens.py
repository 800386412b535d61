r"""Where do the words and numbers of a text stand? Cut first, fold after: spans are never rewritten.

A word of the Persian alphabet keeps its half-spaces. A change of script ends a word, as digits and punctuation do.

>>> [(piece.kind, piece.folded) for piece in cut("ECOاکو، كتاب\u200cها۱۲!")] == [
...     ("latin", "eco"), ("word", "اکو"), ("word", "کتاب\u200cها"), ("number", "12")]
True
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

from searchkit.documents import Span
from searchkit.persian.chars import ACCENTS, IDEOGRAPHS, LATIN, LETTERS, MARKS, UNSEEN
from searchkit.persian.dates import DATE, read_digits
from searchkit.persian.fold import fold, fold_word
from searchkit.persian.numbers import NUMBER

Kind: TypeAlias = Literal["word", "number", "date", "latin", "other"]

_WORD = rf"[{LETTERS}](?:[{UNSEEN}]*[{LETTERS}{MARKS}])*"
_LATIN = rf"[{LATIN}](?:[{UNSEEN}]*[{LATIN}{ACCENTS}]|['\u2019][{LATIN}])*"
_OTHER = rf"[{IDEOGRAPHS}]|(?![{MARKS}])[^\W\d_](?:[^\W\d_{LETTERS}{LATIN}{IDEOGRAPHS}]|[{ACCENTS}])*"
_SIGNS = rf"[^\w{MARKS}]*"

_ONE_WORD = re.compile(f"{_SIGNS}({_WORD}){_SIGNS}")  # most of what stands between white space
_PIECE = re.compile(f"(?P<word>{_WORD})|(?P<date>{DATE})|(?P<number>{NUMBER})|(?P<latin>{_LATIN})|(?P<other>{_OTHER})")
_NUMBER = re.compile(NUMBER)
_PUNCTUATION = re.compile(r"[^\w\s\u200c']+")


class Piece(NamedTuple):
    """A word or number cut from a text: what it is, its span as written, and its folded form."""

    kind: Kind
    start: int
    end: int
    folded: str


def cut(text: str) -> list[Piece]:
    """Return the words and numbers of a text in order. A ligature of several words gives several with one span."""
    if one := _ONE_WORD.fullmatch(text):
        return _words("word", one.span(1), fold_word(one[1]))
    pieces: list[Piece] = []
    for match in _PIECE.finditer(text):
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        folded = fold(match[0].replace("\u2019", "'"))
        if kind == "date" and not read_digits(folded):
            pieces += (Piece("number", *part.span(), fold(part[0])) for part in _NUMBER.finditer(text, *match.span()))
        else:
            pieces += _words(kind, match.span(), folded)
    return pieces


def _words(kind: Kind, span: Span, folded: str) -> list[Piece]:
    if kind in {"latin", "other"}:
        folded = _PUNCTUATION.sub("", folded)
    return [Piece(kind, *span, word) for word in folded.split()]
