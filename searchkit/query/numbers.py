"""In which other ways can the numbers of a row of words be written: in digits, in words, as cardinal or ordinal?

What `numerals` knows is a number; what it does not, as بیست و سی, is left alone, as are digits with a point or a zero
before them. Some words are numbers only where something tells (the column `alone` of `data/numbers.tsv`; the words that
tell are those of `data/numbered.tsv`):

- یک is mostly the article, دو also a run, ده a village, نه a no and سی a letter: they are numbers after a noun whose
  members are numbered (فصل, شماره), before what is counted or measured (نفر, درصد) and before a month. So are اول and
  نخست, which are adverbs too.
- سه and the other small numbers are so too where they count anything, that is, before a word that is no function word.
- A numeral of several words, a larger number and any other ordinal always are; میلیون alone never is.
- اولین and نخستین are common and seldom one of a numbered row: each is but another word for the other.

Digits become words under the same conditions. They become ordinals where an ordinal would stand: after a numbered noun,
before a month, and where their ending is written (۱۰م, ۱۰ ام).

>>> other_writings("ماده دهم قانون".split())
[NumberWays(first=1, end=2, ways=(('10',),))]
>>> other_writings(["60", "%"])
[NumberWays(first=0, end=2, ways=(('60', 'درصد'), ('شصت', 'درصد'), ('شصت', '%')))]
>>> other_writings("یک روز دو برادر بیست و سی گفتند".split())[:1]
[NumberWays(first=0, end=1, ways=(('1',),))]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

from searchkit.persian.text.chars import FARSI_YEH, WAW, ZWNJ
from searchkit.persian.text.fold import fold_words, rows
from searchkit.query.numerals import (
    AND,
    LARGEST,
    SCALES,
    Numeral,
    alone,
    cardinal,
    firsts,
    ordinal,
    parts_of,
    value,
)
from searchkit.query.spacing import QUERY_DATA

MOST_NUMERAL_WORDS = 9
"""Words of the longest numeral that digits become: years have seven, and a phrase of many common words costs time."""

_LARGEST_ORDINAL = 999
_PERCENT = ("درصد", "%", "\u066a")  # the word, PERCENT SIGN, ARABIC PERCENT SIGN
_BEFORE_ITS_NOUN = "ین"
"""The ending of ordinals that stand before their noun."""
_ORDINAL_SUFFIXES = {"م", "ام", "مین", "امین"}
_MOST_DIGITS = 15
_DIGITS = re.compile("0|[1-9][0-9]{0,14}")

# A letter a word: digits, numerals, scales, ordinals, the conjunction, suffixes of ordinals. No word is read twice.
_NUMBER = re.compile("(?:ds|[ns])(?:&?(?:ds|[ns]))*+(?:&?[od])?m?|o|dm?")

Ways: TypeAlias = tuple[tuple[str, ...], ...]


class NumberWays(NamedTuple):
    """Words of a row, from `first` up to but not including `end`, that write a number, and other ways to write it.

    Each way is a row of folded words without half-spaces; it may hold a percent sign, which is no word of an index.
    """

    first: int
    end: int
    ways: Ways


class _Number(NamedTuple):
    """A number that words of a row write."""

    first: int
    end: int
    value: int
    ordinal: bool
    digits: bool
    sure: str
    """When it is a number; see `numerals.Numeral.alone`."""


@cache
def _words(class_: str) -> frozenset[str]:
    """Return the words of a class in `data/numbered.tsv`."""
    return frozenset(
        word.replace(ZWNJ, "") for word in fold_words(w for w, c, _ in rows("numbered.tsv", QUERY_DATA) if c == class_)
    )


@cache
def _function_words() -> frozenset[str]:
    """Return the words that are never counted."""
    return frozenset(fold_words(word for word, *_ in rows("stopwords.tsv", QUERY_DATA)))


def other_writings(words: Sequence[str]) -> list[NumberWays]:
    """Return the numbers of a row that may also be written otherwise, in order, none within another.

    Args:
        words: Folded; half-spaces may stand in them (without, the one word for the thirtieth is not told from Siam).
            Percent signs are words of their own, if they are given.
    """
    found = []
    for number in _numbers(words):
        end = number.end
        ways: Ways = ()
        sign = _after(number, words)
        if sign in _PERCENT and not number.ordinal:
            end, signs = end + 1, (_PERCENT[0], sign if sign != _PERCENT[0] else _PERCENT[1])
            ways = tuple((*way, each) for way in _cardinals(number.value) for each in signs)
        elif _is_meant(number, words):
            ways = _ways(number, words)
        own = tuple(word.replace(ZWNJ, "") for word in words[number.first : end])
        if ways := tuple(way for way in ways if way != own and len(way) <= MOST_NUMERAL_WORDS):
            found.append(NumberWays(number.first, end, ways))
    return found


def _numbers(words: Sequence[str]) -> Iterator[_Number]:
    """Return the numbers that words write, of each row of numerals the one that all of it makes, or none."""
    parts = [[AND] if word == WAW else _digits(word) or parts_of(word) for word in words]
    letters = "".join(_letter(word, its) for word, its in zip(words, parts, strict=True))
    for match in _NUMBER.finditer(letters):
        first, end = match.span()
        row = [part for its in parts[first:end] for part in its]
        suffixed = letters[end - 1] == "m"
        if suffixed and row[-1].value != 30 and row[-1].kind != "digits":
            end, suffixed = end - 1, False  # of words only سی takes its ending as a word
        number, single = value(row), len(row) == 1
        if number is None or number > LARGEST or (single and row[0].kind == "scale" and row[0].alone == "no"):
            continue
        ordinal_ = suffixed or row[-1].ordinal
        sure = row[0].alone if single and not suffixed else "yes"
        yield _Number(first, end, number, ordinal_, single and row[0].kind == "digits", sure)


def _digits(word: str) -> list[Numeral]:
    """Return what a number says that is written in digits, nothing of one of no use: with a point, a zero before it."""
    if not word[:1].isdecimal():
        return []
    if len(word) > _MOST_DIGITS or not _DIGITS.fullmatch(word):
        return [Numeral(0, "vague")]
    return [Numeral(int(word), "digits", alone(int(word)))]


def _letter(word: str, parts: Sequence[Numeral]) -> str:
    """Return the letter for a word in the pattern of numbers."""
    if word in _ORDINAL_SUFFIXES:
        return "m"
    if not parts:
        return "x"
    if parts[-1].ordinal:
        return "o"
    return {"and": "&", "digits": "d", "scale": "s"}.get(parts[0].kind, "n") if len(parts) == 1 else "n"


def _is_meant(number: _Number, words: Sequence[str]) -> bool:
    """Tell whether a numeral is a number where it stands."""
    after = _after(number, words)
    if number.sure == "yes" or _is_named(number, words):
        return True
    if number.sure == "counting":
        return bool(after) and after not in _function_words()
    return after in _words("month") or (not number.ordinal and after in _words("counted"))


def _after(number: _Number, words: Sequence[str]) -> str:
    """Return the word after a number, empty if there is none."""
    return words[number.end].replace(ZWNJ, "") if number.end < len(words) else ""


def _is_named(number: _Number, words: Sequence[str]) -> bool:
    """Tell whether the noun before a number is one whose members are numbered."""
    return number.first > 0 and words[number.first - 1].removesuffix(ZWNJ + FARSI_YEH) in _words("named")


def _takes_ordinal(number: _Number, words: Sequence[str]) -> bool:
    """Tell whether an ordinal could stand where digits do."""
    return number.value <= _LARGEST_ORDINAL and (_is_named(number, words) or _after(number, words) in _words("month"))


def _ways(number: _Number, words: Sequence[str]) -> Ways:
    """Return all ways to write a number that stands in a row, the one that is there too."""
    if number.ordinal:
        if number.value == 1 and words[number.end - 1].endswith(_BEFORE_ITS_NOUN):
            return tuple((word,) for word in firsts() if word.endswith(_BEFORE_ITS_NOUN))
        return ((str(number.value),), *_ordinals(number.value))
    ways = _cardinals(number.value)
    return (*ways, *_ordinals(number.value)) if number.digits and _takes_ordinal(number, words) else ways


def _cardinals(number: int) -> Ways:
    """Return a number in digits, in digits with a word for thousands and more, and in words, apart and as one."""
    scaled = [(scale, *divmod(number, scale)) for scale in SCALES]
    ways = [(str(many), cardinal(scale)[-1]) for scale, many, rest in scaled if not rest and 1 < many < 1000]
    return ((str(number),), *ways, *_joined_too(cardinal(number)))


def _ordinals(number: int) -> Ways:
    """Return the ordinals of a number in words."""
    if number == 1:
        return tuple((word,) for word in (*firsts(), *ordinal(number)) if not word.endswith(_BEFORE_ITS_NOUN))
    ways = _joined_too(ordinal(number)) if number else ()
    apart = [(*way[:-1], *way[-1].split(ZWNJ)) for way in ways if ZWNJ in way[-1]]
    return (*(tuple(word.replace(ZWNJ, "") for word in way) for way in ways), *apart)


def _joined_too(words: list[str]) -> Ways:
    """Return words as a way, and as another what they make as one word if that is usual: بیستویک."""
    return (tuple(words), ("".join(words),)) if words[1:2] == [WAW] and len(words) == 3 else (tuple(words),)
