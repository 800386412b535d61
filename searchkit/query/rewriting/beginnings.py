"""How may a Persian word begin of which the beginning is typed in Latin letters? As these sound, the likeliest first.

>>> [each.text for each in beginnings("ket")][:2] == ["کت", "کط"]
True
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from heapq import heappop, heappush
from string import ascii_lowercase
from typing import NamedTuple

from searchkit.persian.text.chars import WAW
from searchkit.query.rewriting.letters import LONGEST_WORD
from searchkit.query.rewriting.sounding import Typed, read_latin
from searchkit.query.rewriting.sounds import (
    ALEF,
    BEFORE_LONG,
    FIRST,
    KHAH,
    PERSIAN_LETTERS,
    costs_from_latin,
    latin_units,
    persian_units,
    usual_pairs,
)

MOST_BEGINNINGS = 40
"""How many beginnings are returned at most."""

_LIMIT = 24
"""The highest cost of a beginning, in hundredths of a plain edit."""
_STEPS = 2_000
"""How many beginnings of beginnings are looked at."""
_LATIN = frozenset(ascii_lowercase)
_GOES_ON = "b"
"""A letter that is put after what was typed, since its last letter is not the last of a word."""
_SILENT, _DOUBLED, _APART = 10, 5, 15
"""What is added for the waw of خوا, which is not heard; for a letter that is typed twice; and for two letters that are
taken one by one though they usually make one sound, as in Es-haq."""
_LONG = ("ا", "و", "ی")
_SHORT = "aeo"


class Beginning(NamedTuple):
    """What a word may begin with.

    Attributes:
        text: The letters.
        cost: How far their sound is from what was typed, in hundredths of a plain edit.
        short: Whether a short vowel is heard after them, which is not written: no letter for a vowel follows.
    """

    text: str
    cost: int = 0
    short: bool = False

    def begins(self, word: str) -> bool:
        """Tell whether a word that begins with these letters goes on as it should."""
        return not self.short or not word.startswith(_LONG, len(self.text))


@lru_cache(1024)
def beginnings(typed: str) -> tuple[Beginning, ...]:
    """Return the likeliest beginnings, the likeliest first; none for anything but Latin letters, folded."""
    if not 0 < len(typed) < LONGEST_WORD or not _LATIN.issuperset(typed):
        return ()
    found: dict[tuple[str, bool], int] = {}
    heap: list[tuple[int, int, str, bool]] = [(0, 0, "", False)]
    (word,) = read_latin([typed + _GOES_ON])
    seen: set[tuple[int, str, bool]] = set()
    while heap and len(found) < MOST_BEGINNINGS and len(seen) < _STEPS:
        cost, at, text, short = heappop(heap)
        if (at, text, short) in seen:
            continue
        seen.add((at, text, short))
        if at == len(typed):
            if text:
                found[text, short] = cost
            continue
        for letters, after, more in _ways(typed, word, at, text):
            if cost + more <= _LIMIT:
                heappush(heap, (cost + more, after, text + letters, not letters and typed[after - 1] in _SHORT))
    return tuple(Beginning(text, cost, short) for (text, short), cost in found.items())


def _ways(typed: str, word: Typed, at: int, text: str) -> Iterator[tuple[str, int, int]]:
    """Yield what the next one or two letters may be written with after a text, up to where they go, and the cost."""
    joined = word.joined[at + 1] if at + 1 < len(typed) else 0
    usual = joined and usual_pairs()[ascii_lowercase.index(typed[at]) + 1, ascii_lowercase.index(typed[at + 1]) + 1]
    for letters, cost in _written(word.letters[at], text):
        yield letters, at + 1, cost + (_APART if usual else 0)
    for letters, cost in _written(joined, text) if joined else ():
        yield letters, at + 2, cost
    if at and typed[at] == typed[at - 1] and typed[at] not in _SHORT:
        yield "", at + 1, _DOUBLED


def _written(unit: int, before: str) -> Iterator[tuple[str, int]]:
    """Yield what a Latin unit may be written with after some letters, with what that costs."""
    first, later = _tables().get(unit, ((), ()))
    yield from (later if before else first)
    if before.endswith(KHAH):
        yield from ((WAW + letters, cost + _SILENT) for letters, cost in later if letters == ALEF)


@cache
def _tables() -> dict[int, tuple[list[tuple[str, int]], list[tuple[str, int]]]]:
    """Return what each Latin unit may be written with, at the beginning of a word and later, with the costs."""
    costs, codes = costs_from_latin(), persian_units().codes
    before_long = int(costs.insertion[codes[BEFORE_LONG]])
    tables = {}
    for code in latin_units().codes.values():
        row, unwritten = costs.substitution[code], ("", int(costs.deletion[code]))
        later = [(letter, int(row[codes[letter]])) for letter in PERSIAN_LETTERS]
        first = [(letter, int(row[codes.get(FIRST + letter, codes[letter])])) for letter in PERSIAN_LETTERS]
        first += [(ALEF + letter, cost + before_long) for letter, cost in later if letter in _LONG[1:]]
        tables[code] = _near([unwritten, *first]), _near([unwritten, *later])
    return tables


def _near(ways: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(letters, cost) for letters, cost in ways if cost <= _LIMIT]
