r"""What is known of one written form: its words, with their keys, lemmas and terms, whatever stands around it?

A written form is what stands between white space; or several of these in a row, where a rule reads them together (a
stray می and its verb, the words of a date). `links_of` tells at which edges that can be so, `linked` between which two.

>>> [word.terms for word in words_of("(1403/2/15)")]
[('1403/2/15', '+1403', '@2024-05-04', '@1403-02')]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntFlag
from typing import NamedTuple

from searchkit.persian import dates
from searchkit.persian.chars import MARKS, UNSEEN, ZWNJ
from searchkit.persian.latin import stem
from searchkit.persian.terms import LONGEST, index_terms
from searchkit.persian.tokens import Piece, cut

_BLANK = re.compile(rf"[\s{UNSEEN}{MARKS}]*")
_APART = re.compile(f"[{ZWNJ}']")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")

PREFIXES: frozenset[str] = frozenset()
SUFFIXES: frozenset[str] = frozenset()


def joins(left: str, right: str) -> bool:
    """Tell whether two neighbouring words are one word written in two pieces."""
    return left in PREFIXES and right in SUFFIXES


class Links(IntFlag):
    """At which edges a written form may belong together with its neighbours, and why."""

    NONE = 0
    STARTS = 1  # it begins with a word, nothing before it
    ENDS = 2  # it ends with a word
    SUFFIX = 4  # it begins with a piece that may join the word before it
    PREFIX = 8  # it ends with a piece that may join the word after it
    NUMBER = 16  # it holds one piece, a number
    MONTH = 32  # it ends with what may be a month's name
    FILLER = 64  # it is what may stand between a month and its year


class Word(NamedTuple):
    """One word of a written form: its span within it, and all that is indexed for it."""

    start: int
    end: int
    key: str
    lemma: str
    terms: tuple[str, ...]


def words_of(written: str) -> tuple[Word, ...]:
    """Return the words of a written form in order."""
    pieces = join(written, cut(written))
    named = _named(pieces)
    return tuple([_word(piece, named.get(at, ())) for at, piece in enumerate(pieces)])


def links_of(written: str) -> Links:
    """Return at which edges a written form may belong together with its neighbours."""
    pieces = cut(written)
    if not pieces:
        return Links.NONE
    links = Links.NONE
    first, last = pieces[0], pieces[-1]
    if first.kind == "word" and _is_blank(written, 0, first.start):
        links |= Links.STARTS | (Links.SUFFIX if first.folded in SUFFIXES else Links.NONE)
    if last.kind == "word" and _is_blank(written, last.end, len(written)):
        links |= Links.ENDS | (Links.PREFIX if last.folded in PREFIXES else Links.NONE)
    if dates.is_month(last.folded):
        links |= Links.MONTH
    if len(pieces) == 1:
        links |= Links.NUMBER if first.kind == "number" else Links.NONE
        links |= Links.FILLER if dates.is_filler(first.folded) else Links.NONE
    return links


def linked(before: Links, left: Links, right: Links) -> bool:
    """Tell whether two neighbouring written forms are read together; `before` is what stands before both."""
    if left & Links.ENDS and right & Links.STARTS and (left & Links.PREFIX or right & Links.SUFFIX):
        return True
    if left & Links.MONTH:
        return bool(right & (Links.NUMBER | Links.FILLER))
    if left & Links.NUMBER and right & Links.MONTH:
        return True
    return bool(before & Links.MONTH and left & (Links.NUMBER | Links.FILLER) and right & Links.NUMBER)


def join(written: str, pieces: Sequence[Piece]) -> list[Piece]:
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
    key, lemma, parts = _APART.sub("", piece.folded), "", ()
    if piece.kind == "latin":
        lemma = stem(piece.folded)
    elif piece.kind == "date":
        parts = tuple(_YEAR.findall(key))
    key, lemma = key[:LONGEST], (lemma or key)[:LONGEST]
    return Word(piece.start, piece.end, key, lemma, index_terms(key, lemma, parts, named))
