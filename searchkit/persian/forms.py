r"""What is known of one written form: its words, with their keys, lemmas and terms, whatever stands around it?

A written form is what stands between white space; or several of these in a row, where a rule reads them together (a
stray می and its verb, the words of a date). `linked` tells which two.

>>> [word.terms for word in form_of("(1403/2/15)").words]
[('1403/2/15', '+1403', '@2024-05-04', '@1403-02')]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from searchkit.persian import dates
from searchkit.persian.chars import MARKS, UNSEEN, ZWNJ
from searchkit.persian.latin import stem
from searchkit.persian.terms import LONGEST, index_terms
from searchkit.persian.tokens import Kind, Piece, cut

_BLANK = re.compile(rf"[\s{UNSEEN}{MARKS}]*")
_APART = re.compile(f"[{ZWNJ}']")
_YEAR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")

if TYPE_CHECKING:
    import numpy.typing as npt

T = TypeVar("T", int, "npt.NDArray[Any]")
PREFIXES: frozenset[str] = frozenset()
SUFFIXES: frozenset[str] = frozenset()


def joins(left: str, right: str) -> bool:
    """Tell whether two neighbouring words are one word written in two pieces."""
    return left in PREFIXES and right in SUFFIXES


_SUFFIX, _PREFIX, _DAY, _MONTH, _YEAR = (1 << bit for bit in range(5))


class Word(NamedTuple):
    """One word of a written form: its span within it, and all that is indexed for it."""

    start: int
    end: int
    key: str
    lemma: str
    terms: tuple[str, ...]


class Form(NamedTuple):
    """What is known of a written form: its words, and what `linked` asks of its two edges (bits)."""

    words: tuple[Word, ...]
    gives: int
    takes: int


def form_of(written: str) -> Form:
    """Return what is known of a written form."""
    pieces = cut(written)
    gives, takes = _edges(written, pieces) if pieces else (0, 0)
    pieces = _join(written, pieces)
    named = _named(pieces)
    return Form(tuple([_word(piece, named.get(at, ())) for at, piece in enumerate(pieces)]), gives, takes)


def linked(gives_before: T, takes_left: T, gives_left: T, takes_right: T) -> T:
    """Return something other than 0 where two neighbouring forms, left and right, are to be read together.

    `gives_before` is of the form before both: a year follows a month and its filler, or a month and its day. The
    numbers may be single ones or numpy arrays.
    """
    after_month = (gives_before & takes_left & _MONTH) << 1
    result: T = (gives_left | after_month) & takes_right
    return result


def _edges(written: str, pieces: Sequence[Piece]) -> tuple[int, int]:
    gives = takes = 0
    first, last = pieces[0], pieces[-1]
    if last.kind == "word" and _is_blank(written, last.end, len(written)):
        gives |= _SUFFIX | _PREFIX * (last.folded in PREFIXES)
    if first.kind == "word" and _is_blank(written, 0, first.start):
        takes |= _PREFIX | _SUFFIX * (first.folded in SUFFIXES)
    if last.kind == "number":
        gives |= _DAY
    if first.kind == "number":
        takes |= _MONTH | _YEAR
    if dates.is_month(last.folded):
        gives |= _MONTH
    if dates.is_month(first.folded):
        takes |= _DAY
    if dates.is_filler(first.folded):
        takes |= _MONTH
    return gives, takes


def _join(written: str, pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with those made one that form one word with only white space between them."""
    joined: list[Piece] = []
    for piece in pieces:
        joined.append(piece)
        while len(joined) > 1 and _belong(written, *joined[-2:]):
            right, left = joined.pop(), joined.pop()
            joined.append(Piece("word", left.start, right.end, left.folded + ZWNJ + right.folded))
    return joined


def _belong(written: str, left: Piece, right: Piece) -> bool:
    return (
        (left.folded in PREFIXES or right.folded in SUFFIXES)
        and left.kind == right.kind == "word"
        and _is_blank(written, left.end, right.start)
        and joins(left.folded, right.folded)
    )


def _is_blank(written: str, start: int, end: int) -> bool:
    return start == end or _BLANK.fullmatch(written, start, end) is not None


def _named(pieces: Sequence[Piece]) -> dict[int, tuple[str, ...]]:
    """Return the names of the dates that pieces belong to."""
    named = {at: dates.read_digits(piece.folded) for at, piece in enumerate(pieces) if piece.kind == "date"}
    if len(pieces) > 1:
        for start, end, names in dates.read_words([piece.folded for piece in pieces]):
            named |= dict.fromkeys(range(start, end), names)
    return named


def _word(piece: Piece, named: tuple[str, ...]) -> Word:
    return Word(piece.start, piece.end, *_indexed(piece.kind, piece.folded, named))


@lru_cache(maxsize=1 << 16)
def _indexed(kind: Kind, folded: str, named: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
    """Return the key, the lemma and the terms of a piece."""
    key, lemma, parts = _APART.sub("", folded), "", ()
    if kind == "latin":
        lemma = stem(folded[:LONGEST])
    elif kind == "date":
        parts = tuple(_YEAR_DIGITS.findall(key))
    key, lemma = key[:LONGEST], (lemma or key)[:LONGEST]
    return key, lemma, index_terms(key, lemma, parts, named)
