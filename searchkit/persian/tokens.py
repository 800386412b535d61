r"""Where do the words and numbers of a text stand? Cut first, fold after: spans are never rewritten.

A word of the Persian alphabet keeps its half-spaces. A change of script ends a word, as digits and punctuation do.

>>> [(piece.kind, piece.folded) for piece in cut("ECOاکو، كتاب\u200cها۱۲!")] == [
...     ("latin", "eco"), ("word", "اکو"), ("word", "کتاب\u200cها"), ("number", "12")]
True
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

from searchkit.persian.chars import ACCENTS, COMMON_LETTERS, IDEOGRAPHS, LATIN, LETTERS, MARKS, UNSEEN, ZWNJ
from searchkit.persian.dates import DATE, read_digits
from searchkit.persian.fold import fold, fold_word
from searchkit.persian.numbers import NUMBER

Kind: TypeAlias = Literal["word", "number", "date", "latin", "other"]

_PIECE = re.compile(
    rf"(?P<word>[{LETTERS}](?:[{UNSEEN}]*[{LETTERS}{MARKS}])*)"
    rf"|(?P<date>{DATE})"
    rf"|(?P<number>{NUMBER})"
    rf"|(?P<latin>[{LATIN}](?:[{UNSEEN}]*[{LATIN}{ACCENTS}]|['\u2019][{LATIN}])*)"
    rf"|(?P<other>[{IDEOGRAPHS}]|[^\W\d_{LETTERS}{MARKS}{LATIN}{IDEOGRAPHS}](?:[^\W\d_{LETTERS}{LATIN}{IDEOGRAPHS}]|[{ACCENTS}])*)"
)
_SIMPLE = re.compile(  # one word with no more than punctuation around it: most of what there is
    rf"[^\w{MARKS}{UNSEEN}]*([{COMMON_LETTERS}]+(?:{ZWNJ}[{COMMON_LETTERS}]+)*)[^\w{MARKS}{UNSEEN}]*"
)
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
    if simple := _SIMPLE.fullmatch(text):
        return [Piece("word", *simple.span(1), fold_word(simple[1]))]
    pieces: list[Piece] = []
    for match in _PIECE.finditer(text):
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        start, end = match.span()
        if kind == "date" and not read_digits(fold(match[0])):
            pieces += (Piece("number", *part.span(), fold(part[0])) for part in _NUMBER.finditer(text, start, end))
        elif kind in {"number", "date"}:
            pieces.append(Piece(kind, start, end, fold(match[0])))
        elif kind == "word":
            pieces += (Piece(kind, start, end, word) for word in fold_word(match[0]).split())
        else:
            words = _PUNCTUATION.sub("", fold(match[0].replace("\u2019", "'"))).split()
            pieces += (Piece(kind, start, end, word) for word in words)
    return pieces
