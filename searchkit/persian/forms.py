r"""What is known of one written form: its words, with their keys, lemmas and terms, whatever stands around it?

A written form is what stands between white space; or several of these in a row, where a rule reads them together (a
stray می and its verb, the words of a date). `linked` tells which two.

>>> [word.terms for word in form_of("(1403/2/15)").words]
[('1403/2/15', '+1403', '@2024-05-04', '@1403-02')]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from searchkit.persian import dates
from searchkit.persian.chars import HEH, MARKS, UNSEEN, ZWNJ
from searchkit.persian.joining import AFTER_HEH, IMPERFECT, PREVERBS, SUFFIXES, joins
from searchkit.persian.latin import stem
from searchkit.persian.morphology import read
from searchkit.persian.terms import LONGEST, index_terms
from searchkit.persian.tokens import Kind, Piece, cut

if TYPE_CHECKING:
    import numpy.typing as npt

T = TypeVar("T", int, "npt.NDArray[Any]")

_REMEMBERED = 1 << 15  # words: some 16 MB

_BLANK = re.compile(rf"[\s{UNSEEN}{MARKS}]*")
_YEAR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")

_IMPERFECT, _PREVERB, _SUFFIX, _AFTER_HEH, _DAY, _MONTH, _YEAR = (1 << bit for bit in range(7))
_EVERY = (1 << 7) - 1
_JOINED = _IMPERFECT | _PREVERB | _SUFFIX | _AFTER_HEH
_PREFIXES = PREVERBS.union(IMPERFECT)
_JOINERS = _PREFIXES | SUFFIXES


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


class Known(NamedTuple):
    """What is known of a word or number alone: all that is indexed for it, and what it gives and takes (bits)."""

    key: str
    lemma: str
    terms: tuple[str, ...]
    gives: int
    takes: int


def form_of(written: str) -> Form:
    """Return what is known of a written form."""
    pieces = cut(written)
    if not pieces:
        return Form((), 0, 0)
    first, last = known(pieces[0].kind, pieces[0].folded), known(pieces[-1].kind, pieces[-1].folded)
    takes = first.takes & free(written[: pieces[0].start])
    gives = last.gives & free(written[pieces[-1].end :])
    if len(pieces) == 1 and pieces[0].kind != "date":
        return Form((_word(pieces[0]),), gives, takes)
    if not _JOINERS.isdisjoint([piece.folded for piece in pieces]):
        pieces = _join(written, pieces)
    named = _named(pieces)
    if not named:
        return Form(tuple([_word(piece) for piece in pieces]), gives, takes)
    return Form(tuple([_dated(piece, named.get(at)) for at, piece in enumerate(pieces)]), gives, takes)


def free(signs: str) -> int:
    """Return the bits that signs at an edge of a form leave of what the word there gives or takes.

    Only blanks and what cannot be seen may stand between the pieces of one word; a date may have commas inside.
    """
    return _EVERY if _is_blank(signs, 0, len(signs)) else _EVERY & ~_JOINED


def linked(gives_before: T, takes_left: T, gives_left: T, takes_right: T) -> T:
    """Return something other than 0 where two neighbouring forms, left and right, are to be read together.

    `gives_before` is of the form before both: a year follows a month and its filler, or a month and its day. The
    numbers may be single ones or numpy arrays.
    """
    after_month = (gives_before & takes_left & _MONTH) << 1
    result: T = (gives_left | after_month) & takes_right
    return result


def binds(gives: int, takes: int) -> bool:
    """Tell whether a form is of the kinds that make links: of two linked forms and the one before both, one binds."""
    return bool(gives & (_IMPERFECT | _MONTH) or takes & (_PREVERB | _SUFFIX | _AFTER_HEH | _DAY))


def _join(written: str, pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with those made one that form one word with only white space between them.

    The words of one ligature have one span, so none of them becomes part of a longer one.
    """
    joined: list[Piece] = []
    shared = {start for start, times in Counter(piece.start for piece in pieces).items() if times > 1}
    for piece in pieces:
        joined.append(piece)
        while len(joined) > 1 and shared.isdisjoint((joined[-2].start, piece.start)) and _belong(written, *joined[-2:]):
            right, left = joined.pop(), joined.pop()
            joined.append(Piece("word", left.start, right.end, left.folded + ZWNJ + right.folded))
    return joined


def _belong(written: str, left: Piece, right: Piece) -> bool:
    return (
        (left.folded in _PREFIXES or right.folded in SUFFIXES)
        and left.kind == right.kind == "word"
        and _is_blank(written, left.end, right.start)
        and joins(left.folded, right.folded)
    )


def _is_blank(written: str, start: int, end: int) -> bool:
    return start == end or _BLANK.fullmatch(written, start, end) is not None


def _named(pieces: Sequence[Piece]) -> dict[int, tuple[str, ...]]:
    """Return the names of the dates that pieces belong to."""
    named = {at: dates.read_digits(piece.folded) for at, piece in enumerate(pieces) if piece.kind == "date"}
    if len(pieces) > 1 and not dates.months().keys().isdisjoint([piece.folded for piece in pieces]):
        for start, end, names in dates.read_words([piece.folded for piece in pieces]):
            named |= dict.fromkeys(range(start, end), names)
    return named


def _word(piece: Piece) -> Word:
    key, lemma, terms, _, _ = known(piece.kind, piece.folded)
    return Word(piece.start, piece.end, key, lemma, terms)


def _dated(piece: Piece, names: tuple[str, ...] | None) -> Word:
    """Return the word, found by the names of the date that it belongs to as well."""
    word = _word(piece)
    if names is None:
        return word
    years = _YEAR_DIGITS.findall(word.key) if piece.kind == "date" else ()
    more = index_terms(word.key, word.key, years, names)
    return word._replace(terms=tuple(dict.fromkeys([*word.terms, *more])))


@lru_cache(maxsize=_REMEMBERED)
def known(kind: Kind, folded: str) -> Known:
    """Return what is known of a folded word or number."""
    edges = _edges(kind, folded)
    if kind == "word" and len(folded) <= LONGEST:
        reading = read(folded)
        return Known(reading.key, reading.lemma, index_terms(reading.key, reading.lemma, reading.parts), *edges)
    key = folded.replace(ZWNJ, "").replace("'", "")[:LONGEST]
    lemma = stem(folded[:LONGEST]) if kind == "latin" else key
    return Known(key, lemma, index_terms(key, lemma), *edges)


def _edges(kind: Kind, folded: str) -> tuple[int, int]:
    """Return what a word or number gives to the one after it and takes from the one before it."""
    gives, takes = _by_word().get(folded, (0, 0))
    if kind == "number":
        return gives | _DAY, takes | _MONTH | _YEAR
    if kind == "word":
        gives |= _SUFFIX | _AFTER_HEH if folded[-1] == HEH else _SUFFIX
        takes |= _IMPERFECT | _PREVERB if folded.startswith(IMPERFECT) else _IMPERFECT
    return gives, takes


@cache
def _by_word() -> dict[str, tuple[int, int]]:
    """Return what single words give and take beyond what others do."""
    bits: dict[str, tuple[int, int]] = {}
    for words, gives, takes in (
        (IMPERFECT, _IMPERFECT, 0),
        (PREVERBS, _PREVERB, 0),
        (SUFFIXES - AFTER_HEH, 0, _SUFFIX),
        (AFTER_HEH, 0, _AFTER_HEH),
        (dates.months(), _MONTH, _DAY),
        (dates.FILLERS, 0, _MONTH),
    ):
        for word in words:
            before = bits.get(word, (0, 0))
            bits[word] = (before[0] | gives, before[1] | takes)
    return bits
