"""Which letters of two scripts may stand for the same sound, and how unlikely is each to stand for the other?

The table is `query/data/sounds.tsv`: a letter or two of the Latin script, a Persian letter, and a cost in hundredths
of a plain edit; one of the two is empty where a letter is not heard or not written. `^` says that it stands at the
beginning of a word, `$` at its end, and `+` before another vowel. Some rows say more: the alef of ^ای stands before a
letter for a long vowel and that of ^اس before s and a consonant, and in خوا and at the end in های the letter between
is not heard; یی is the second of two; کس, ای and او are what one Latin letter or two may stand for.

>>> costs = costs_from_latin()
>>> [int(costs.substitution[latin_units().codes["kh"], persian_units().codes[letter]]) for letter in "خحل"]
[0, 40, 160]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from string import ascii_lowercase
from typing import NamedTuple

import numpy as np

from searchkit.persian.text.chars import FARSI_YEH, HEH, WAW
from searchkit.persian.text.fold import rows
from searchkit.query.rewriting.alignment import DEAREST, EDIT, Costs
from searchkit.query.rewriting.letters import Codes

_DATA = Path(__file__).parents[1] / "data"

_OTHER = 160
"""What it costs to put a letter in the place of one that sounds otherwise; leaving it out and another in costs 200."""
_DOUBLED = 5
_FIRST_AIN = 20
"""What it costs that nothing stands for the ع that a typed word begins with: there is a vowel after it."""
_USUAL = 10
"""The highest cost of two Latin letters that are taken for one where it is not known what is meant."""

FIRST, LAST, HIATUS = "^", "$", "+"
SECOND = "'"
"""Stands for a vowel after the same one, which is no doubled consonant: aa is long."""
ALEF, AIN, KHAH, SIN = "ا", "ع", "خ", "س"
BEFORE_LONG, BEFORE_S = FIRST + ALEF + FARSI_YEH, FIRST + ALEF + SIN
SILENT_WAW, ALEF_AFTER_HEH = KHAH + WAW + ALEF, HEH + ALEF + FARSI_YEH
PERSIAN_LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمن" + WAW + HEH + FARSI_YEH

SECOND_YEH = FARSI_YEH + FARSI_YEH
_PAIRS = ("ک" + SIN, ALEF + FARSI_YEH, ALEF + WAW)
_IS = {
    BEFORE_LONG: [FIRST + ALEF, ALEF],
    BEFORE_S: [FIRST + ALEF, ALEF],
    SILENT_WAW: [WAW],
    ALEF_AFTER_HEH: [ALEF],
    SECOND_YEH: [FARSI_YEH],
}


class Units(NamedTuple):
    """What the letters of one script are numbered by, from 1.

    Attributes:
        codes: The numbers, by letters; where they stand may give them one of their own.
        first, last: For each number that of the same letter at the beginning and at the end of a word.
    """

    codes: dict[str, int]
    first: Codes
    last: Codes

    @classmethod
    def of(cls, letters: Iterable[str]) -> Units:
        """Return the numbers of letters in this order."""
        codes = {unit: code for code, unit in enumerate(dict.fromkeys(letters), 1)}
        first = np.array([0, *(codes.get(FIRST + unit, code) for unit, code in codes.items())], np.uint8)
        last = np.array([0, *(codes.get(unit + LAST, code) for unit, code in codes.items())], np.uint8)
        return cls(codes, first, last)


@cache
def _table() -> dict[tuple[str, str], int]:
    """Return the rows of the table: costs by letters."""
    return {(latin, persian): int(cost) for latin, persian, cost, _ in rows("sounds.tsv", _DATA)}


@cache
def latin_units() -> Units:
    """Return the numbers of Latin letters: those of the alphabet, and what the table tells of."""
    return Units.of([*ascii_lowercase, SECOND, *(latin for latin, _ in _table() if latin)])


@cache
def persian_units() -> Units:
    """Return the numbers of Persian letters: those of the alphabet, and what the table tells of."""
    return Units.of([*PERSIAN_LETTERS, *(persian for _, persian in _table() if persian)])


def _wider(unit: str) -> list[str]:
    """Return a letter where it stands, and then what it is where nothing more is said of that place."""
    return [unit, *_IS.get(unit, [unit.strip(FIRST + LAST + HIATUS)])]


def _cost(latin: Sequence[str], persian: Sequence[str]) -> int | None:
    """Return what the table says of two letters, one of them perhaps empty, each as `_wider` gives it."""
    table = _table()
    for left in latin:  # a loop, as there are thousands of pairs, most of which the table does not tell of
        for right in persian:
            if (left, right) in table:
                return table[left, right]
    return None


@cache
def costs_from_latin() -> Costs:
    """Return what it costs that a typed Latin word means a Persian one."""
    latin, persian = latin_units().codes, persian_units().codes
    substitution = np.full((len(latin) + 1, len(persian) + 1), _OTHER, np.int16)
    insertion = np.full(len(persian) + 1, EDIT, np.int16)
    deletion = np.full(len(latin) + 1, EDIT, np.int16)
    letters = [(_wider(letter), its_code) for letter, its_code in persian.items()]
    for unit, code in latin.items():
        units = _wider(unit)
        for wider, its_code in letters:
            if (cost := _cost(units, wider)) is not None:
                substitution[code, its_code] = cost
        if (cost := _cost(units, [""])) is not None:
            deletion[code] = cost
        elif len(unit.strip(FIRST + LAST + HIATUS)) > 1:
            deletion[code] = 2 * EDIT
    for letter, its_code in persian.items():
        if (cost := _cost([""], _wider(letter))) is not None:
            insertion[its_code] = cost
        elif letter in _PAIRS:
            insertion[its_code] = 2 * EDIT
    return Costs(substitution, insertion, deletion, DEAREST, _DOUBLED, EDIT)


@cache
def costs_from_persian() -> Costs:
    """Return what it costs that a typed Persian word means a Latin one."""
    costs = costs_from_latin()
    deletion = costs.insertion.copy()
    deletion[persian_units().codes[FIRST + AIN]] = _FIRST_AIN
    return Costs(costs.substitution.T.copy(), costs.deletion, deletion, DEAREST, EDIT, _DOUBLED)


@cache
def usual_pairs() -> Codes:
    """Return the number of what two Latin letters usually make together, by their numbers; 0 for nothing."""
    codes = latin_units().codes
    table = np.zeros((len(ascii_lowercase) + 1, len(ascii_lowercase) + 1), np.uint8)
    for (latin, persian), cost in _table().items():
        if len(latin) == 2 and len(persian) == 1 and latin.isalpha() and cost <= _USUAL:
            table[codes[latin[0]], codes[latin[1]]] = codes[latin]
    return table
