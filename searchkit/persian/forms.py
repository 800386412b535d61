r"""What is known of one written form: its words, with their keys, lemmas and terms, whatever stands around it?

A written form is what stands between white space; or several of these in a row, where a rule reads them together (a
stray می and its verb, the words of a date). `linked` tells which two.

>>> [word.terms for word in form_of("(1403/2/15)").words]
[('1403/2/15', '+1403', '@2024-05-04', '@1403-02')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from searchkit.documents import Token
from searchkit.persian import dates
from searchkit.persian.chars import HEH, MARKS, UNSEEN, ZWNJ
from searchkit.persian.joining import AFTER_HEH, IMPERFECT, PREFIXED, PREVERBS, SUFFIXES, joins
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
BESIDE = _DAY | _MONTH | _YEAR
"""The bits that stay where signs stand between: a date may have commas inside, a word may not."""

_MOST_HALF_SPACES = 4
"""A word has at most as many before a space inside it is read as one more: rows of suffixes are no words."""

_PREFIXES = PREVERBS.union(IMPERFECT, PREFIXED)
_JOINERS = _PREFIXES | SUFFIXES


class Word(NamedTuple):
    """One word of a written form: its span within it, and all that is indexed for it."""

    start: int
    end: int
    key: str
    lemma: str
    terms: tuple[str, ...]


def tokens_of(words: Iterable[Word], text: str, begin: int, position: int) -> Iterator[Token]:
    """Yield the tokens that words are in a text where their written form begins there, numbered from a position.

    A row of ligatures is a word as written and thousands as read: they share the text of their span.
    """
    span, written = (0, 0), ""
    for number, word in enumerate(words, position):
        start, end = begin + word.start, begin + word.end
        if span != (start, end):
            span, written = (start, end), text[start:end]
        yield Token(written, start, end, number, word.key, word.lemma, word.terms)


class Form(NamedTuple):
    """What is known of a written form: its words, and what `linked` asks of its two edges (bits)."""

    words: tuple[Word, ...]
    gives: int
    takes: int


class Known(NamedTuple):
    """What is known of a word or number alone: all that is indexed for it."""

    key: str
    lemma: str
    terms: tuple[str, ...]


def form_of(written: str) -> Form:
    """Return what is known of a written form."""
    pieces = cut(written)
    if not pieces:
        return Form((), 0, 0)
    first, last = pieces[0], pieces[-1]
    gives, takes = edges(first.kind, first.folded)
    if last is not first:
        gives, _ = edges(last.kind, last.folded)
    takes &= -1 if is_blank(written[: first.start]) else BESIDE
    gives &= -1 if is_blank(written[last.end :]) else BESIDE
    if last is first and first.kind != "date":
        return Form((_word(first),), gives, takes)
    named: dict[int, tuple[str, ...]] = {}
    if len(pieces) > 1:
        words = [piece.folded for piece in pieces]
        pieces = pieces if _JOINERS.isdisjoint(words) else _join(written, pieces)
        named = {} if dates.months().keys().isdisjoint(words) else _named(pieces)
    named |= {at: dates.read_digits(piece.folded) for at, piece in enumerate(pieces) if piece.kind == "date"}
    return Form(tuple([_word(piece, named.get(at)) for at, piece in enumerate(pieces)]), gives, takes)


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
    shared = {left.start for left, right in pairwise(pieces) if left.start == right.start}
    for piece in pieces:
        joined.append(piece)
        while len(joined) > 1 and shared.isdisjoint((joined[-2].start, piece.start)) and _belong(written, *joined[-2:]):
            right, left = joined.pop(), joined.pop()
            joined.append(Piece("word", left.start, right.end, left.folded + ZWNJ + right.folded))
    return joined


def _belong(written: str, left: Piece, right: Piece) -> bool:
    return (
        left.kind == right.kind == "word"
        and belong(left.folded, right.folded)
        and is_blank(written[left.end : right.start])
    )


def belong(left: str, right: str) -> bool:
    """Tell whether two folded words with only white space between them are one word.

    A suffix does not follow itself: ها ها is laughter.
    """
    if right in SUFFIXES:
        return left.count(ZWNJ) < _MOST_HALF_SPACES and left.rpartition(ZWNJ)[2] != right and joins(left, right)
    return left in _PREFIXES and joins(left, right)


def is_blank(signs: str) -> bool:
    """Tell whether signs are only white space and what cannot be seen."""
    return not signs or _BLANK.fullmatch(signs) is not None


def _named(pieces: Sequence[Piece]) -> dict[int, tuple[str, ...]]:
    """Return the names of the dates in words that pieces belong to."""
    found = dates.read_words([piece.folded for piece in pieces])
    return {at: names for start, end, names in found for at in range(start, end)}


def _word(piece: Piece, dated: tuple[str, ...] | None = None) -> Word:
    """Return the word, found by the names of the date that it belongs to as well."""
    key, lemma, terms = known(piece.kind, piece.folded)
    if dated is not None:
        years = _YEAR_DIGITS.findall(key) if piece.kind == "date" else ()
        terms = tuple(dict.fromkeys([*terms, *index_terms(key, key, years, dated)]))
    return Word(piece.start, piece.end, key, lemma, terms)


@cache
def joining() -> frozenset[str]:
    """Return the folded words that are read together with their neighbours where a rule says so."""
    return _JOINERS.union(dates.months())


def reading_of(kind: Kind, folded: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the key, the lemma and the parts of a folded word or number."""
    if kind == "word" and len(folded) <= LONGEST:
        return read(folded)
    key = folded.replace(ZWNJ, "").replace("'", "")[:LONGEST]
    return key, stem(folded[:LONGEST]) if kind == "latin" else key, ()


@lru_cache(maxsize=_REMEMBERED)
def known(kind: Kind, folded: str) -> Known:
    """Return what is known of a folded word or number."""
    key, lemma, parts = reading_of(kind, folded)
    return Known(key, lemma, index_terms(key, lemma, parts))


def edges(kind: Kind, folded: str) -> tuple[int, int]:
    """Return what a word or number gives to the one after it and takes from the one before it (bits)."""
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
        ((*IMPERFECT, *PREFIXED), _IMPERFECT, 0),
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
