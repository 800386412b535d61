r"""What is known of one written form: its words, with their keys, lemmas and terms, whatever stands around it?

A written form is what stands between white space; or several of these in a row, where a rule reads them together (a
stray می and its verb, the words of a date). `linked` tells which two.

>>> [word.terms for word in form_of("(1403/2/15)").words]
[('1403/2/15', '+1403', '@2024-05-04', '@1403-02')]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from searchkit.persian import dates
from searchkit.persian.chars import MARKS, UNSEEN, ZWNJ
from searchkit.persian.joining import PREFIXES, SUFFIXES, joins
from searchkit.persian.latin import stem
from searchkit.persian.morphology import read
from searchkit.persian.terms import LONGEST, index_terms
from searchkit.persian.tokens import Kind, Piece, cut

_BLANK = re.compile(rf"[\s{UNSEEN}{MARKS}]*")
_YEAR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")

if TYPE_CHECKING:
    import numpy.typing as npt

T = TypeVar("T", int, "npt.NDArray[Any]")
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
    if not pieces:
        return Form((), 0, 0)
    known = [_known(piece.kind, piece.folded) for piece in pieces]
    edges = _at_edges(written, pieces[0].start, pieces[-1].end, known[-1][1], known[0][2])
    if len(pieces) == 1 and pieces[0].kind != "date":
        return Form((Word(pieces[0].start, pieces[0].end, *known[0][0]),), *edges)
    pieces = _join(written, pieces)
    named = _named(pieces)
    return Form(tuple([_word(piece, named.get(at)) for at, piece in enumerate(pieces)]), *edges)


def linked(gives_before: T, takes_left: T, gives_left: T, takes_right: T) -> T:
    """Return something other than 0 where two neighbouring forms, left and right, are to be read together.

    `gives_before` is of the form before both: a year follows a month and its filler, or a month and its day. The
    numbers may be single ones or numpy arrays.
    """
    after_month = (gives_before & takes_left & _MONTH) << 1
    result: T = (gives_left | after_month) & takes_right
    return result


def _at_edges(written: str, start: int, end: int, gives: int, takes: int) -> tuple[int, int]:
    """Return what the first and the last piece give and take, without joining where a sign stands at the edge."""
    if start and not _is_blank(written, 0, start):
        takes &= ~(_PREFIX | _SUFFIX)
    if end < len(written) and not _is_blank(written, end, len(written)):
        gives &= ~(_PREFIX | _SUFFIX)
    return gives, takes


def _join(written: str, pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with those made one that form one word with only white space between them.

    The words of one ligature have one span, so none of them becomes part of a longer one.
    """
    joined: list[Piece] = []
    shared = {left.start for left, right in pairwise(pieces) if left.start == right.start}
    for piece in pieces:
        joined.append(piece)
        while len(joined) > 1 and shared.isdisjoint((joined[-2].start, piece.start)) and _belong(written, *joined[-2:]):
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


def _word(piece: Piece, named: tuple[str, ...] | None) -> Word:
    (key, lemma, terms), _, _ = _known(piece.kind, piece.folded)
    if named is not None:
        years = _YEAR_DIGITS.findall(key) if piece.kind == "date" else ()
        terms = tuple(dict.fromkeys([*terms, *index_terms(key, key, years, named)]))
    return Word(piece.start, piece.end, key, lemma, terms)


@lru_cache(maxsize=1 << 16)
def _known(kind: Kind, folded: str) -> tuple[tuple[str, str, tuple[str, ...]], int, int]:
    """Return the key, the lemma and the terms of a piece, and what it gives and takes."""
    gives, takes = _BY_KIND.get(kind, (0, 0))
    more = _by_word().get(folded, (0, 0))
    return _reading(kind, folded), gives | more[0], takes | more[1]


def _reading(kind: Kind, folded: str) -> tuple[str, str, tuple[str, ...]]:
    if kind == "word" and len(folded) <= LONGEST:
        reading = read(folded)
        return reading.key, reading.lemma, index_terms(reading.key, reading.lemma, reading.parts)
    key = folded.replace(ZWNJ, "").replace("'", "")[:LONGEST]
    lemma = stem(folded[:LONGEST]) if kind == "latin" else key
    return key, lemma, index_terms(key, lemma)


_BY_KIND = {"word": (_SUFFIX, _PREFIX), "number": (_DAY, _MONTH | _YEAR)}


@cache
def _by_word() -> dict[str, tuple[int, int]]:
    """Return what single words give and take beyond what others do."""
    bits: dict[str, tuple[int, int]] = {}
    for words, gives, takes in (
        (PREFIXES, _PREFIX, 0),
        (SUFFIXES, 0, _SUFFIX),
        (dates.months(), _MONTH, _DAY),
        (dates.FILLERS, 0, _MONTH),
    ):
        for word in words:
            before = bits.get(word, (0, 0))
            bits[word] = (before[0] | gives, before[1] | takes)
    return bits
