r"""Where do the words and numbers of a text stand? Cut first, fold after: spans are never rewritten.

A word of the Persian alphabet keeps its half-spaces. A change of script ends a word, as digits and punctuation do, but
for the signs in the names of C# and C++.

>>> [(piece.kind, piece.folded) for piece in cut("ECOاکو، كتاب\u200cها۱۲!")] == [
...     ("latin", "eco"), ("word", "اکو"), ("word", "کتاب\u200cها"), ("number", "12")]
True
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Literal, NamedTuple, TypeAlias

from searchkit.persian.text.chars import ACCENTS, IDEOGRAPHS, LATIN, LETTERS, MARKS, UNSEEN
from searchkit.persian.text.dates import DATE_PATTERN, read_digits
from searchkit.persian.text.fold import fold, fold_word, signs_of
from searchkit.persian.text.numbers import NUMBER

Kind: TypeAlias = Literal["word", "number", "date", "latin", "other"]

_WORD = rf"[{LETTERS}](?:[{UNSEEN}]*+[{LETTERS}{MARKS}]++)*+"
_LATIN = rf"[{LATIN}](?:[{UNSEEN}]*+[{LATIN}{ACCENTS}]++|['\u2019][{LATIN}])*+(?:(?:#|\+\+)(?![\w#+]))?"
_FOREIGN = rf"(?![{MARKS}])[^\W\d_](?:[^\W\d_{LETTERS}{LATIN}%s]|[{ACCENTS}])*+"
_OTHER = f"[{IDEOGRAPHS}]|" + _FOREIGN % IDEOGRAPHS
_SIGNS = rf"[^\w{LETTERS}{MARKS}\n]"

# Lines that are one word with signs around it or none, as most of what stands between white space is, and all others.
_ONE_WORD = re.compile(f"^(?:({_SIGNS}*+)({_WORD})({_SIGNS}*+)|.*)$", re.MULTILINE)
_NUMBER = re.compile(NUMBER)
_PUNCTUATION = re.compile(r"[^\w\s\u200c'#+]+")

_MOST_FOLDED = 256
"""Words that a row of ligatures, of up to four words each, may give; what comes after them is left out."""

_LONGEST_REMEMBERED = 128


class Piece(NamedTuple):
    """A word or number cut from a text: what it is, its span as written, its folded form and what folding took off."""

    kind: Kind
    start: int
    end: int
    folded: str
    signs: str = ""


def cut(text: str) -> list[Piece]:
    """Return the words and numbers of a text in order. A ligature of several words gives several with one span."""
    if (one := _ONE_WORD.fullmatch(text)) and one[2]:
        words = _words(fold_word(one[2]))
        signs = signs_of(one[2]) if len(words) == 1 else ""
        return [Piece("word", *one.span(2), word, signs) for word in words]
    pieces: list[Piece] = []
    for match in _piece(ideographs=max(text, default="") >= IDEOGRAPHS[0]).finditer(text):
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        start, end = match.span()
        if kind == "date" and not read_digits(fold(match[0])):
            pieces += (Piece("number", *part.span(), fold(part[0])) for part in _NUMBER.finditer(text, start, end))
        else:
            folded = _folded if end - start <= _LONGEST_REMEMBERED else _folded.__wrapped__
            found = folded(kind, match[0])
            signs = signs_of(match[0]) if kind == "word" and len(found) == 1 else ""
            pieces += [Piece(kind, start, end, word, signs) for word in found]
    return pieces


def single_words(written: Iterable[str]) -> list[tuple[str, str, str]]:
    """Return of each form the signs before its word, the word and the signs after it, if it is one of the alphabet.

    All three are empty where a form is anything else. No form holds a line feed.
    """
    return _ONE_WORD.findall("\n".join(written))


def parts(written: Iterable[str]) -> list[str]:
    """Return all that written forms, which hold no line feed, are made of, each form with a line feed after it.

    A part is what `cut` would make words of, or signs between these.
    """
    return _part().findall("\n".join(written) + "\n")


@cache
def _part() -> re.Pattern[str]:
    """Return the pattern of parts, compiled when a writer first needs it."""
    return re.compile(f"{_WORD}|{_SIGNS}+|{DATE_PATTERN}|{NUMBER}|{_LATIN}|{_OTHER}|.|\n")


@cache
def _piece(*, ideographs: bool) -> re.Pattern[str]:
    """Return the pattern of pieces. For texts without Chinese characters, which are many, it is compiled sooner."""
    other = _OTHER if ideographs else _FOREIGN % ""
    return re.compile(
        f"(?P<word>{_WORD})|(?P<date>{DATE_PATTERN})|(?P<number>{NUMBER})|(?P<latin>{_LATIN})|(?P<other>{other})"
    )


@lru_cache(maxsize=1 << 14)
def _folded(kind: Kind, written: str) -> tuple[str, ...]:
    """Return the words of a piece, folded."""
    if kind == "word":
        return tuple(_words(fold_word(written)))
    folded = fold(written.replace("\u2019", "'"))
    if kind in {"latin", "other"} and not folded.isalnum():
        folded = _PUNCTUATION.sub("", folded)
    return tuple(folded.split())


def _words(folded: str) -> list[str]:
    return folded.split(maxsplit=_MOST_FOLDED)[:_MOST_FOLDED]
