"""Which letters of two scripts may stand for the same sound? Words of both as numbers, and what each pair costs.

The table is `query/data/sounds.tsv`: a letter or two of the Latin script, a Persian letter, and how unlikely one is to
stand for the other, in hundredths of a plain edit; one of the two is empty where a letter is not heard or not written.
`^` says that it stands at the beginning of a word, `$` at its end. Some rows say more: the alef of ^ای stands before a
letter for a long vowel and that of ^اس before s and a consonant, and in خوا and at the end in های the letter between is
not heard; کس and ای are what one Latin letter may stand for.

>>> readings = read_latin("khosh")
>>> costs = costs_from_latin().distances(readings.letters, persian_codes(["خوش", "کیش", "گوش"]), 200, readings.joined)
>>> costs.tolist()
[8, 103, 168]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.persian.text.chars import FARSI_YEH, HEH, WAW
from searchkit.persian.text.fold import rows
from searchkit.query.rewriting.alignment import DEAREST, EDIT, Costs
from searchkit.query.rewriting.letters import Alphabet, Codes

_DATA = Path(__file__).parents[1] / "data"

OTHER = 160
"""What it costs to put a letter in the place of one that sounds otherwise; leaving it out and another in costs 200."""
DOUBLED = 5

_FIRST, _LAST = "^", "$"
_VOWELS = "aeiou"
_SECOND = "'"  # stands for a vowel after the same one, which is no doubled consonant: aa is long
_ALEF, _KHAH, _SIN, _KAF = "ا", "خ", "س", "ک"
_BEFORE_LONG = _FIRST + _ALEF + FARSI_YEH
_SILENT_WAW = _KHAH + WAW + _ALEF
_AFTER_HEH = HEH + _ALEF + FARSI_YEH
_BEFORE_S = _FIRST + _ALEF + _SIN
_PAIRS = (_KAF + _SIN, _ALEF + FARSI_YEH)
_VARIANTS = {
    _BEFORE_LONG: [_FIRST + _ALEF],
    _BEFORE_S: [_FIRST + _ALEF],
    _SILENT_WAW: [WAW],
    _AFTER_HEH: [_ALEF],
}
_PERSIAN = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمن" + WAW + HEH + FARSI_YEH

# Consonants that are taken for one another; weak ones (h, v, y, ع) are left out.
_CLASSES = ("ب", "پ", "تطد", "سصثزذضظشچجژ", "کخگغق", "ف", "ل", "ر", "م", "ن")
_MOST_OF_A_CLASS = 4
_USUAL, _LIKELY = 10, 30
"""The highest costs of two letters that are taken for one in the vocabulary, and of one whose class is looked for."""


class Readings(NamedTuple):
    """A typed word as numbers: of its letters, and of what each makes with the one before it (0: nothing)."""

    letters: list[int]
    joined: list[int]


class _Units(NamedTuple):
    """What the letters of one script are numbered by, from 1; where they stand may give them a number of their own."""

    codes: dict[str, int]

    @classmethod
    def of(cls, letters: Iterable[str], noted: Iterable[str]) -> _Units:
        return cls({unit: code for code, unit in enumerate(dict.fromkeys([*letters, *noted]), 1)})

    def places(self, mark: str, size: int) -> Codes:
        """Return for each number that of the same letter at the beginning or the end of a word."""
        table = np.arange(size, dtype=np.uint8)
        for unit, code in self.codes.items():
            placed = mark + unit if mark == _FIRST else unit + mark
            table[code] = self.codes.get(placed, code)
        return table


@cache
def _table() -> dict[tuple[str, str], int]:
    """Return the rows of the table: costs by letters."""
    return {(latin, persian): int(cost) for latin, persian, cost, _ in rows("sounds.tsv", _DATA)}


@cache
def _latin() -> _Units:
    return _Units.of([*ascii_lowercase, _SECOND], (latin for latin, _ in _table() if latin))


@cache
def _persian() -> _Units:
    return _Units.of(_PERSIAN, (persian for _, persian in _table() if persian))


@cache
def _alphabets() -> tuple[Alphabet, Alphabet]:
    return Alphabet(ascii_lowercase), Alphabet(_PERSIAN)


def _wider(unit: str) -> list[str]:
    """Return a letter where it stands, and then what it is where nothing more is said of that place."""
    special = _VARIANTS.get(unit, [])
    return list(dict.fromkeys([unit, *special, (special or [unit])[-1].strip(_FIRST + _LAST)]))


def _cost(latin: str, persian: str) -> int | None:
    """Return what the table says of two letters, one of them perhaps empty; of their places if it does."""
    pairs = ((left, right) for left in _wider(latin) for right in _wider(persian))
    return next((_table()[pair] for pair in pairs if pair in _table()), None)


@cache
def costs_from_latin() -> Costs:
    """Return what it costs that a typed Latin word means a Persian one."""
    latin, persian = _latin().codes, _persian().codes
    substitution = np.full((len(latin) + 1, len(persian) + 1), OTHER, np.int16)
    insertion = np.full(len(persian) + 1, EDIT, np.int16)
    deletion = np.full(len(latin) + 1, EDIT, np.int16)
    for unit, code in latin.items():
        for letter, its_code in persian.items():
            if (cost := _cost(unit, letter)) is not None:
                substitution[code, its_code] = cost
        if (cost := _cost(unit, "")) is not None:
            deletion[code] = cost
        elif len(unit.strip(_FIRST + _LAST)) > 1:
            deletion[code] = 2 * EDIT
    for letter, its_code in persian.items():
        if (cost := _cost("", letter)) is not None:
            insertion[its_code] = cost
        elif letter in _PAIRS:
            insertion[its_code] = 2 * EDIT
    return Costs(substitution, insertion, deletion, DEAREST, DOUBLED)


@cache
def costs_from_persian() -> Costs:
    """Return what it costs that a typed Persian word means a Latin one."""
    costs = costs_from_latin()
    return Costs(costs.substitution.T.copy(), costs.deletion, costs.insertion, DEAREST, DOUBLED)


def persian_codes(words: Sequence[str]) -> Codes:
    """Return the numbers of the letters of Persian words where they stand, a row each; empty for any other word."""
    units = _persian()
    plain = _alphabets()[1].encode(words)
    khah, waw, heh, alef, yeh = (units.codes[letter] for letter in (_KHAH, WAW, HEH, _ALEF, FARSI_YEH))
    left, middle, right = plain[:, :-2], plain[:, 1:-1], plain[:, 2:]
    codes = _placed(plain.copy(), units)
    codes[:, 1:-1][(left == khah) & (middle == waw) & (right == alef)] = units.codes[_SILENT_WAW]
    at_end = np.pad(plain[:, 3:] == 0, ((0, 0), (0, 1)), constant_values=True)
    codes[:, 1:-1][(left == heh) & (middle == alef) & (right == yeh) & at_end] = units.codes[_AFTER_HEH]
    long = np.isin(plain, [alef, waw, yeh])
    starts_with_alef = plain[:, 0] == alef
    codes[starts_with_alef & long[:, 1], 0] = units.codes[_BEFORE_LONG]
    before_s = starts_with_alef & (plain[:, 1] == units.codes[_SIN]) & ~long[:, 2] & (plain[:, 2] > 0)
    codes[before_s, 0] = units.codes[_BEFORE_S]
    return codes


def read_persian(word: str) -> Readings:
    """Return a typed word of Persian letters as numbers; empty for any other."""
    codes = persian_codes([word])[0]
    length = int(np.count_nonzero(codes))
    pairs = [_persian().codes.get(left + right, 0) for left, right in pairwise(word[:length])]
    return Readings(codes[:length].tolist(), [0, *pairs])


def latin_codes(words: Sequence[str]) -> Codes:
    """Return the numbers of the letters of Latin words where they stand; two that make one sound are one of them."""
    units, codes = _latin(), _alphabets()[0].encode(words)
    pairs = _pairs()
    for at in range(1, codes.shape[1]):
        left = np.where(codes[:, at - 1] < len(pairs), codes[:, at - 1], 0)  # not what is a pair already
        joined = pairs[left, codes[:, at]]
        found = joined > 0
        codes[found, at - 1], codes[found, at] = joined[found], 0
    order = np.argsort(codes == 0, axis=1, kind="stable")
    return _placed(np.take_along_axis(codes, order, axis=1), units)


@cache
def _pairs() -> Codes:
    """Return the number of what two Latin letters usually make together, by their numbers; 0 for nothing."""
    codes = _latin().codes
    table = np.zeros((len(ascii_lowercase) + 1, len(ascii_lowercase) + 1), np.uint8)
    for (latin, persian), cost in _table().items():
        if len(latin) == 2 and len(persian) == 1 and latin.isalpha() and cost <= _USUAL:
            table[codes[latin[0]], codes[latin[1]]] = codes[latin]
    return table


def _placed(codes: Codes, units: _Units) -> Codes:
    """Return codes with those of the places of the first and the last letter."""
    size = len(units.codes) + 1
    lengths = np.count_nonzero(codes, axis=1)
    every = np.arange(len(codes))
    last = np.maximum(lengths - 1, 0)
    codes[every, last] = units.places(_LAST, size)[codes[every, last]]
    codes[:, 0] = units.places(_FIRST, size)[codes[:, 0]]
    return codes


def read_latin(word: str) -> Readings:
    """Return a typed word of the letters a to z as numbers."""
    codes = _latin().codes

    def code(unit: str, first: int) -> int:
        unit_first, unit_last = _FIRST + unit, unit + _LAST
        if first == 0 and unit_first in codes:
            return codes[unit_first]
        return codes[unit_last] if first + len(unit) == len(word) and unit_last in codes else codes.get(unit, 0)

    letters = [_SECOND if left == right and left in _VOWELS else right for left, right in pairwise(" " + word)]
    pairs = [code(left + right, at) for at, (left, right) in enumerate(pairwise(word))]
    return Readings([code(letter, at) for at, letter in enumerate(letters)], [0, *pairs])


@cache
def _class_tables() -> tuple[Codes, Codes]:
    """Return the class of consonants of each Latin and each Persian number, from 1; 0 for weak consonants and vowels."""
    latin = np.zeros(len(_latin().codes) + 1, np.uint8)
    persian = np.zeros(len(_persian().codes) + 1, np.uint8)
    for number, letters in enumerate(_CLASSES, 1):
        for unit, code in _persian().codes.items():
            if unit in letters:
                persian[code] = number
    for unit, code in _latin().codes.items():
        costs = costs_from_latin().substitution[code]
        best = int(costs[1:].argmin()) + 1
        if costs[best] <= _LIKELY:
            latin[code] = persian[best]
    return latin, persian


def latin_signatures(codes: Codes) -> npt.NDArray[np.uint64]:
    """Return which classes of consonants Latin words have, and how often, as bits. A c before e, i and y is an s."""
    units = _latin().codes
    soft = np.isin(codes[:, 1:], [code for unit, code in units.items() if unit.strip(_FIRST + _LAST)[0] in "eiy"])
    soft &= codes[:, :-1] == units["c"]
    classes = _class_tables()[0][codes]
    classes[:, :-1][soft] = _class_tables()[0][units["s"]]
    doubled = codes[:, 1:] == codes[:, :-1]  # mm is one; Persian has no letter twice for one sound
    classes[:, 1:][doubled] = 0
    return _signatures(classes)


def persian_signatures(codes: Codes) -> npt.NDArray[np.uint64]:
    """Return which classes of consonants Persian words have, and how often, as bits."""
    return _signatures(_class_tables()[1][codes])


def _signatures(classes: Codes) -> npt.NDArray[np.uint64]:
    signatures = np.zeros(len(classes), np.uint64)
    for number in range(1, len(_CLASSES) + 1):
        counts = np.count_nonzero(classes == number, axis=1)
        bits = (1 << np.minimum(counts, _MOST_OF_A_CLASS)) - 1
        signatures |= bits.astype(np.uint64) << np.uint64(_MOST_OF_A_CLASS * (number - 1))
    return signatures
