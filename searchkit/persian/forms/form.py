r"""What is known of one written form: its words, with their keys, lemmas and terms, whatever stands around it?

A written form is what stands between white space; or several of these in a row, where a rule reads them together (a
stray می and its verb, the words of a date). `linked` tells which two.

>>> [word.terms for word in form_of("(1403/2/15)").words]
[('1403/2/15', '+1403', '@2024-05-04', '@1403-02')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import IntFlag
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from searchkit.documents import Token
from searchkit.persian.morphology.endings import apart
from searchkit.persian.morphology.lexicon import BASE, kind_of
from searchkit.persian.morphology.reading import read
from searchkit.persian.morphology.verbs import read_verb
from searchkit.persian.terms import LONGEST, index_terms, signed
from searchkit.persian.text import dates
from searchkit.persian.text.chars import FARSI_YEH, HEH, MARKS, UNSEEN, ZWNJ
from searchkit.persian.text.fold import signs_together
from searchkit.persian.text.latin import stem
from searchkit.persian.text.tokens import Kind, Piece, cut

if TYPE_CHECKING:
    import numpy.typing as npt

T = TypeVar("T", int, "npt.NDArray[Any]")

_REMEMBERED = 1 << 15  # words: some 16 MB
_LONGEST_REMEMBERED = 128

_BLANK = re.compile(rf"[\s{UNSEEN}{MARKS}]*")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})*(?:\.\d{3}\.\d{3}|\.000)")
_MOST_POINTS = 5
_YEAR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")

IMPERFECT = ("می", "نمی", "همی")
PREVERBS = frozenset({"بر", "در", "باز", "فرا", "فرو", "وا"})
PREFIXED = {preverb + prefix: preverb for preverb in PREVERBS for prefix in IMPERFECT}
AFTER_HEH = frozenset(it for it in apart("after heh", "yeh", "pronoun") if len(it) > 1 or it == FARSI_YEH)
"""Endings that follow only a word in ه when they stand alone."""
SUFFIXES = apart("plural", "degree") | AFTER_HEH
_LONG = 6
"""Letters of a word in ه that needs no lexicon to take an ending."""
_NO_NOUNS = frozenset({"از", "به", "در", "با", "بر", "تا", "که", "را", "و", "هر", "چه", "یا", "هم", "نه", "اما"})


class Joint(IntFlag):
    """Why two neighbours may be read together: the left one has the bit on its right side, the other on its left.

    A prefix and a verb, a word and its ending, the parts of a date.
    """

    IMPERFECT = 1
    PREVERB = 2
    SUFFIX = 4
    AFTER_HEH = 8
    DAY = 16
    MONTH = 32
    YEAR = 64


# plain numbers: Python adds them up in a tenth of the time, and numpy keeps them in a byte
_IMPERFECT, _PREVERB, _SUFFIX, _AFTER_HEH, _DAY, _MONTH, _YEAR = map(int, Joint)
_BY_DIGITS = {1: (_DAY, _MONTH), 2: (_DAY, _MONTH), 4: (0, _MONTH | _YEAR)}
"""What a number joins, as a day or a year, by how many digits it has."""

BESIDE = _DAY | _MONTH | _YEAR
"""The bits that stay where signs stand between: a date may have commas inside, a word may not."""

MOST_TOGETHER = 64
"""Forms in a row that may be read together: no language has longer ones, and each is read alone then."""

MOST_WORDS = 256
"""Words of a form that may be read together: of a form with more, a list or no language, each is read alone."""

_MOST_HALF_SPACES = 4
"""A word has at most as many before a space inside it is read as one more: rows of suffixes are no words."""

_PREFIXES = PREVERBS.union(IMPERFECT, PREFIXED)
_JOINERS = _PREFIXES | SUFFIXES


class FormWord(NamedTuple):
    """One word of a written form: its span within it, and all that is indexed for it."""

    start: int
    end: int
    key: str
    lemma: str
    terms: tuple[str, ...]


def tokens_of(words: Iterable[FormWord], text: str, begin: int, position: int) -> Iterator[Token]:
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
    """What is known of a written form: its words, and the bits of `Joint` on its right side and on its left one."""

    words: tuple[FormWord, ...]
    joins_right: int
    joins_left: int


class KnownWord(NamedTuple):
    """What is known of a word or number alone: all that is indexed for it."""

    key: str
    lemma: str
    terms: tuple[str, ...]


def form_of(written: str) -> Form:
    """Return what is known of a written form."""
    pieces = cut(written)
    if not pieces:
        return Form((), 0, 0)
    if len(pieces) > MOST_WORDS:
        return Form(tuple([_word(piece, _dates_of(piece)) for piece in pieces]), 0, 0)
    first, last = pieces[0], pieces[-1]
    joins_right, joins_left = joints(first.kind, first.folded)
    if last is not first:
        joins_right, _ = joints(last.kind, last.folded)
    joins_left &= -1 if is_blank(written[: first.start]) else BESIDE
    joins_right &= -1 if is_blank(written[last.end :]) else BESIDE
    if last is first and first.kind != "date":
        return Form((_word(first),), joins_right, joins_left)
    named: dict[int, tuple[str, ...]] = {}
    if len(pieces) > 1:
        words = [piece.folded for piece in pieces]
        pieces = pieces if _JOINERS.isdisjoint(words) else _join(written, pieces)
        named = {} if dates.months().keys().isdisjoint(words) else _named(pieces)
    named |= {at: names for at, piece in enumerate(pieces) if (names := _dates_of(piece)) is not None}
    return Form(tuple([_word(piece, named.get(at)) for at, piece in enumerate(pieces)]), joins_right, joins_left)


def linked(before_joins_right: T, left_joins_left: T, left_joins_right: T, right_joins_left: T) -> T:
    """Return something other than 0 where two neighbouring forms, left and right, are to be read together.

    `before_joins_right` is of the form before both: a year follows a month and its filler, or a month and its day. The
    bits may be single numbers or numpy arrays of them.
    """
    after_month = (before_joins_right & left_joins_left & _MONTH) << 1
    result: T = (left_joins_right | after_month) & right_joins_left
    return result


def binds(joins_right: int, joins_left: int) -> bool:
    """Tell whether a form is of the kinds that make links: of two linked forms and the one before both, one binds."""
    return bool(joins_right & (_IMPERFECT | _MONTH) or joins_left & (_PREVERB | _SUFFIX | _AFTER_HEH | _DAY))


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
            signs = signs_together(left.folded, left.signs, right.signs)
            joined.append(Piece(left.kind, left.start, right.end, together(left.folded, right.folded), signs))
    return joined


def _belong(written: str, left: Piece, right: Piece) -> bool:
    return (
        right.kind == "word"
        and left.kind in {"word", "latin"}
        and belong(left.folded, right.folded)
        and is_blank(written[left.end : right.start])
    )


def joins(left: str, right: str) -> bool:
    """Tell whether two neighbouring folded words are one word written in two pieces."""
    if left in IMPERFECT:
        return len(right) > 1 and read_verb(left.removeprefix(HEH) + right.replace(ZWNJ, "")) is not None
    if left in PREFIXED or (left in PREVERBS and right.startswith(IMPERFECT)):
        verb = read_verb(left + right.replace(ZWNJ, ""))
        return verb is not None and verb.preverb == PREFIXED.get(left, left)
    if right not in SUFFIXES or left in _NO_NOUNS or left.isdecimal():
        return False
    if right in AFTER_HEH:
        return left[-1] == "ه" and (len(left) >= _LONG or (len(left) > 2 and kind_of(left) & BASE != 0))
    return len(left) > 1


def belong(left: str, right: str) -> bool:
    """Tell whether two folded words with only white space between them are one word.

    A suffix does not follow itself: ها ها is laughter.
    """
    if right in SUFFIXES:
        return left.count(ZWNJ) < _MOST_HALF_SPACES and left.rpartition(ZWNJ)[2] != right and joins(left, right)
    return left in _PREFIXES and joins(left, right)


def together(left: str, right: str) -> str:
    """Return the one folded word that two make which belong together; a Latin one stays as it is: APIها."""
    return left if left.isascii() else left + ZWNJ + right


def is_blank(signs: str) -> bool:
    """Tell whether signs are only white space and what cannot be seen."""
    return not signs or _BLANK.fullmatch(signs) is not None


def _named(pieces: Sequence[Piece]) -> dict[int, tuple[str, ...]]:
    """Return the names of the dates in words that pieces belong to."""
    found = dates.read_words([piece.folded for piece in pieces])
    return {at: names for start, end, names in found for at in range(start, end)}


def _dates_of(piece: Piece) -> tuple[str, ...] | None:
    return dates.read_digits(piece.folded) if piece.kind == "date" else None


def _word(piece: Piece, dated: tuple[str, ...] | None = None) -> FormWord:
    """Return the word, found by the names of the date that it belongs to as well."""
    worked_out = known if len(piece.folded) <= _LONGEST_REMEMBERED else known.__wrapped__
    key, lemma, terms = worked_out(piece.kind, piece.folded)
    if dated is not None:
        years = _YEAR_DIGITS.findall(key) if piece.kind == "date" else ()
        terms = tuple(dict.fromkeys([*terms, *index_terms(key, key, years, dated)]))
    if piece.signs:
        terms += (signed(lemma, piece.signs),)
    return FormWord(piece.start, piece.end, key, lemma, terms)


@cache
def joining() -> frozenset[str]:
    """Return the folded words that are read together with their neighbours where a rule says so."""
    return _JOINERS.union(dates.months())


def reading_of(kind: Kind, folded: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the key, the lemma and the parts of a folded word or number."""
    if kind == "word" and len(folded) <= LONGEST:
        return read(folded)
    if kind == "number" and "." in folded:
        key = folded[:LONGEST]
        whole = _whole(key)
        return key, whole, _versions(key) if whole == key else ()
    key = folded.replace(ZWNJ, "").replace("'", "")[:LONGEST]
    return key, stem(folded[:LONGEST]) if kind == "latin" else key, ()


def _whole(number: str) -> str:
    """Return the whole number that one with points is, where these group its digits: 12.000, 1.250.000."""
    return number.replace(".", "") if _GROUPED.fullmatch(number) else number


def _versions(number: str) -> tuple[str, ...]:
    """Return the versions of which one with two points or more is one: 3.11, of 3.11.7."""
    numbers = number.split(".")
    return tuple([".".join(numbers[:count]) for count in range(2, min(len(numbers), _MOST_POINTS))])


@lru_cache(maxsize=_REMEMBERED)
def known(kind: Kind, folded: str) -> KnownWord:
    """Return what is known of a folded word or number."""
    key, lemma, parts = reading_of(kind, folded)
    return KnownWord(key, lemma, index_terms(key, lemma, parts))


def joints(kind: Kind, folded: str) -> tuple[int, int]:
    """Return the bits of `Joint` on the right side of a word or number, and on its left one."""
    joins_right, joins_left = _by_word().get(folded, (0, 0))
    if kind == "number":
        right, left = _BY_DIGITS.get(len(folded), (0, 0))
        return joins_right | right, joins_left | left
    if kind == "latin":
        joins_right |= _SUFFIX
    if kind == "word":
        joins_right |= _SUFFIX | _AFTER_HEH if folded[-1] == HEH else _SUFFIX
        joins_left |= _IMPERFECT | _PREVERB if folded.startswith(IMPERFECT) else _IMPERFECT
    return joins_right, joins_left


@cache
def _by_word() -> dict[str, tuple[int, int]]:
    """Return the bits that single words have beyond those of others."""
    bits: dict[str, tuple[int, int]] = {}
    for words, joins_right, joins_left in (
        ((*IMPERFECT, *PREFIXED), _IMPERFECT, 0),
        (PREVERBS, _PREVERB, 0),
        (SUFFIXES - AFTER_HEH, 0, _SUFFIX),
        (AFTER_HEH, 0, _AFTER_HEH),
        (dates.months(), _MONTH, _DAY),
        (dates.FILLERS, 0, _MONTH),
    ):
        for word in words:
            before = bits.get(word, (0, 0))
            bits[word] = (before[0] | joins_right, before[1] | joins_left)
    return bits
