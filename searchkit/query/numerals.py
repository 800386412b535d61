r"""Which number do Persian words write, and in which words is a number written?

The words are rows of `query/data/numbers.tsv`; hundreds, thousands, millions and milliards are joined by و, and the
last word of an ordinal ends in م or مین.

>>> value([*parts_of("بیست"), AND, *parts_of("یکم")]), value(parts_of("بیست\u200cویکمین"))
(21, 21)
>>> value([*parts_of("بیست"), AND, *parts_of("سی")]) is None
True
>>> cardinal(1357) == "هزار و سیصد و پنجاه و هفت".split(), ordinal(43) == "چهل و سوم".split()
(True, True)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from searchkit.persian.text.chars import WAW, ZWNJ
from searchkit.persian.text.fold import fold_words, rows
from searchkit.query.spacing import QUERY_DATA

LARGEST = 10**15 - 1
"""The largest number that is read from digits, or written in words."""

_LONGEST = 64  # letters of the longest word that is read as several
_MOST_PARTS = 40  # the longest numeral below a thousand million million has 34
_MILLIARD, _MILLION, _THOUSAND, _HUNDRED = 10**9, 10**6, 10**3, 100
SCALES = (_MILLIARD, _MILLION, _THOUSAND)


class Numeral(NamedTuple):
    """What a word of a numeral, or a piece of it, says.

    Attributes:
        value: The number that it names.
        kind: "cardinal", "ordinal", "scale" (what is multiplied: thousand, million, milliard), "first" (an ordinal that
            ends no longer numeral), "digits", "and", or "vague" (what makes a numeral mean no whole number: نیم, چند).
        alone: Whether it is a number where it stands alone: "yes", "counting" (if it counts something), or "no" (it is
            a word of another meaning as well).
    """

    value: int
    kind: str
    alone: str = "yes"

    @property
    def ordinal(self) -> bool:
        """Whether it says which one of a row, not how many."""
        return self.kind in {"ordinal", "first"}


AND = Numeral(0, "and")


@cache
def _table() -> dict[str, Numeral]:
    """Return what words of a numeral say, by their folded spelling. One has a half-space, سی ام."""
    words, values, kinds, alone, _ = zip(*rows("numbers.tsv", QUERY_DATA), strict=True)
    found = {
        word: Numeral(int(value), kind, sure)
        for word, value, kind, sure in zip(fold_words(words), values, kinds, alone, strict=True)
    }
    irregular = {part.value for part in found.values() if part.kind == "ordinal"}
    for word, part in list(found.items()):
        if part.kind in {"cardinal", "scale"} and part.value and part.value not in irregular:
            found[word + "م"] = Numeral(part.value, "ordinal")
    found |= {word + "ین": part for word, part in found.items() if part.kind == "ordinal"}
    return found


@cache
def _pieces() -> re.Pattern[str]:
    """Return the pattern for one word of a numeral that is written with others as one, the longest first."""
    words = "|".join(sorted(_table(), key=len, reverse=True))
    return re.compile(f"{ZWNJ}?({WAW}?){ZWNJ}?({words})")


def parts_of(word: str) -> list[Numeral]:
    """Return what the pieces of a folded word say, none if it is no numeral: one for هزار, three for بیستویک."""
    if part := _table().get(word):
        return [part]
    if len(word) > _LONGEST:
        return []
    word, at = word.replace(f"{ZWNJ}صد", "صد"), 0
    parts: list[Numeral] = []
    while at < len(word):
        piece = _pieces().match(word, at)
        if not piece or (piece[1] and not parts):
            return []
        parts += [AND, _table()[piece[2]]] if piece[1] else [_table()[piece[2]]]
        at = piece.end()
    return parts


def value(parts: Sequence[Numeral]) -> int | None:
    """Return the number that parts write together; None where no number is written so."""
    if (
        len(parts) > _MOST_PARTS
        or any(part.ordinal for part in parts[:-1])
        or (len(parts) > 1 and parts[-1].kind == "first")
    ):
        return None
    for scale in SCALES:
        for at, part in enumerate(parts):
            if part.value == scale and part.kind != "digits":
                return _scaled(parts[:at], scale, parts[at + 1 :])
    if len(parts) == 1:
        return None if parts[0].kind in {"and", "vague"} else parts[0].value
    return _below_thousand(parts)


def _scaled(times: Sequence[Numeral], scale: int, rest: Sequence[Numeral]) -> int | None:
    """Return how much so many thousands, millions or milliards and what follows are."""
    many = value(times) if times else 1
    if not many or many >= (_MILLION if scale == _MILLIARD else _THOUSAND):
        return None
    if not rest:
        return many * scale
    more = value(rest[1:]) if rest[0] is AND else None
    return many * scale + more if more and more < scale else None


def _below_thousand(parts: Sequence[Numeral]) -> int | None:
    """Return what hundreds, tens and units joined by و are together."""
    total, less, at = 0, _THOUSAND, 0
    while at < len(parts):
        number, at = parts[at], at + 1
        amount = number.value
        if at < len(parts) and parts[at].value == _HUNDRED and amount < 10:  # شش صد
            amount, at = amount * _HUNDRED, at + 1
        if number.kind in {"and", "digits"} or not 0 < amount < less:
            return None
        total += amount
        less = _HUNDRED if amount >= _HUNDRED else 10 if amount >= 20 else 1
        if at < len(parts):
            if parts[at] is not AND or at + 1 == len(parts):
                return None
            at += 1
    return total


@cache
def _names() -> dict[int, str]:
    """Return the usual word for each number that has one."""
    names: dict[int, str] = {}
    for word, part in _table().items():
        if part.kind in {"cardinal", "scale"}:
            names.setdefault(part.value, word)
    return names


@cache
def _ordinals() -> dict[int, str]:
    """Return the ordinal that ends a numeral for each number that has a name."""
    names: dict[int, str] = {}
    for word, part in _table().items():
        if part.kind == "ordinal":
            names.setdefault(part.value, word)
    return names


def firsts() -> list[str]:
    """Return the words for the first that end no longer numeral: اول, نخست."""
    return [word for word, part in _table().items() if part.kind == "first"]


def cardinal(number: int) -> list[str]:
    """Return the words of a number from 0 to `LARGEST`."""
    amounts: list[list[str]] = []
    for scale in (*SCALES, 1):
        many, number = divmod(number, scale)
        if many == 1 and scale == _THOUSAND:
            amounts.append([_names()[scale]])  # nobody says one thousand
        elif many:
            amounts.append(
                [*(cardinal if many >= _THOUSAND else _hundreds)(many), *([_names()[scale]] if scale > 1 else [])]
            )
    return _joined(amounts) or [_names()[0]]


def ordinal(number: int) -> list[str]:
    """Return the words of the ordinal of a number from 1 to `LARGEST`."""
    *before, last = cardinal(number)
    return [*before, _ordinals()[_table()[last].value]]


def _hundreds(number: int) -> list[str]:
    """Return the words of a number from 1 to 999."""
    tens = number % _HUNDRED
    amounts = [number - tens, tens] if tens < 20 else [number - tens, tens - tens % 10, tens % 10]
    return _joined([[_names()[amount]] for amount in amounts if amount])


def _joined(amounts: Sequence[Sequence[str]]) -> list[str]:
    """Return words with و between amounts."""
    return [word for amount in amounts for word in (WAW, *amount)][1:]


def alone(number: int) -> str:
    """Return when the usual word of a number is one where it stands alone; see `Numeral`. Several words always are."""
    return _table()[_names()[number]].alone if number in _names() else "yes"
