"""How does a word sound? Words of both scripts as numbers of their sounds, and as the classes of their consonants.

>>> typed = read_latin(["khosh"])[0]
>>> words = persian_codes(["خوش", "کیش", "گوش"])
>>> costs_from_latin().distances(typed.letters, words, 200, typed.joined).tolist()
[8, 103, 168]
>>> np.bitwise_count(persian_classes(words) ^ typed.classes).tolist()
[0, 0, 0]
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from string import ascii_lowercase
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.persian.text.chars import FARSI_YEH, HEH, WAW
from searchkit.query.rewriting.letters import Alphabet, Codes
from searchkit.query.rewriting.sounds import (
    ALEF,
    ALEF_AFTER_HEH,
    BEFORE_LONG,
    BEFORE_S,
    FIRST,
    HIATUS,
    KHAH,
    LAST,
    PERSIAN_LETTERS,
    SECOND,
    SECOND_YEH,
    SILENT_WAW,
    SIN,
    Units,
    costs_from_latin,
    latin_units,
    persian_units,
    usual_pairs,
)

# Consonants that are taken for one another; weak ones (h, v, y, ع) are left out.
_CLASSES = ("ب", "پ", "تطد", "سصثزذضظشچجژ", "کخگغق", "ف", "ل", "ر", "م", "ن")
_MOST_OF_A_CLASS = 4
_LIKELY = 30
"""The highest cost of a Persian letter that gives a Latin one its class."""
_VOWELS = "aeiou"
_HIATUSES = {("a", "e"), ("a", "o")}


class Typed(NamedTuple):
    """A typed word as numbers.

    Attributes:
        letters: Of its letters.
        joined: Of what each makes with the one before it; 0 for nothing.
        sounds: How many there are if what usually is one sound is one.
        classes: Which classes of consonants it has and how often, as bits; see `latin_classes`.
    """

    letters: list[int]
    joined: list[int]
    sounds: int
    classes: np.uint64


@cache
def _alphabets() -> tuple[Alphabet, Alphabet]:
    return Alphabet(ascii_lowercase), Alphabet(PERSIAN_LETTERS)


def persian_codes(words: Sequence[str]) -> Codes:
    """Return the numbers of the letters of Persian words where they stand, a row each; empty for any other word."""
    units = persian_units()
    plain = _alphabets()[1].encode(words)
    khah, waw, heh, alef, yeh = (units.codes[letter] for letter in (KHAH, WAW, HEH, ALEF, FARSI_YEH))
    left, middle, right = plain[:, :-2], plain[:, 1:-1], plain[:, 2:]
    codes = _placed(plain.copy(), units)
    codes[:, 1:-1][(left == khah) & (middle == waw) & (right == alef)] = units.codes[SILENT_WAW]
    at_end = np.pad(plain[:, 3:] == 0, ((0, 0), (0, 1)), constant_values=True)
    codes[:, 1:-1][(left == heh) & (middle == alef) & (right == yeh) & at_end] = units.codes[ALEF_AFTER_HEH]
    codes[:, 1:][(plain[:, 1:] == yeh) & (plain[:, :-1] == yeh)] = units.codes[SECOND_YEH]
    long = np.isin(plain, [alef, waw, yeh])
    starts_with_alef = plain[:, 0] == alef
    codes[starts_with_alef & long[:, 1], 0] = units.codes[BEFORE_LONG]
    before_s = starts_with_alef & (plain[:, 1] == units.codes[SIN]) & ~long[:, 2] & (plain[:, 2] > 0)
    codes[before_s, 0] = units.codes[BEFORE_S]
    return codes


def latin_codes(words: Sequence[str]) -> Codes:
    """Return the numbers of the letters of Latin words where they stand; two that make one sound are one of them."""
    units, codes = latin_units(), _alphabets()[0].encode(words)
    pairs = usual_pairs()
    for at in range(1, codes.shape[1]):
        left = np.where(codes[:, at - 1] < len(pairs), codes[:, at - 1], 0)  # not what is a pair already
        joined = pairs[left, codes[:, at]]
        found = joined > 0
        codes[found, at - 1], codes[found, at] = joined[found], 0
    order = np.argsort(codes == 0, axis=1, kind="stable")
    return _placed(np.take_along_axis(codes, order, axis=1), units)


def _placed(codes: Codes, units: Units) -> Codes:
    """Return codes with those of the places of the first and the last letter."""
    every, last = np.arange(len(codes)), np.maximum(np.count_nonzero(codes, axis=1) - 1, 0)
    codes[every, last] = units.last[codes[every, last]]
    codes[:, 0] = units.first[codes[:, 0]]
    return codes


def read_latin(words: Sequence[str]) -> list[Typed]:
    """Return typed words of the letters a to z as numbers, empty for any other."""
    codes = latin_codes(words)
    sounds = np.count_nonzero(codes, axis=1).tolist()
    return [
        Typed(*_letters(word), count, classes) if count else Typed([], [], 0, classes)
        for word, count, classes in zip(words, sounds, latin_classes(codes), strict=True)
    ]


def _letters(word: str) -> tuple[list[int], list[int]]:
    """Return the numbers of the letters of a Latin word, and of what each makes with the one before it."""
    units = latin_units()

    def code(unit: str, first: int) -> int:
        code = units.codes.get(unit, 0)
        if first == 0 and FIRST + unit in units.codes:
            return units.codes[FIRST + unit]
        return units.codes.get(unit + LAST, code) if first + len(unit) == len(word) else code

    letters = [SECOND if left == right and left in _VOWELS else right for left, right in pairwise(" " + word)]
    for at, pair in enumerate(pairwise(word)):
        if at and pair in _HIATUSES:
            letters[at] += HIATUS
    pairs = [left + right for left, right in pairwise(word)]
    return [code(letter, at) for at, letter in enumerate(letters)], [
        0,
        *(code(pair, at) for at, pair in enumerate(pairs)),
    ]


def read_persian(word: str) -> Typed:
    """Return a typed word of Persian letters as numbers; empty for any other."""
    codes = persian_codes([word])
    length = int(np.count_nonzero(codes))
    pairs = [persian_units().codes.get(left + right, 0) for left, right in pairwise(word[:length])]
    return Typed(codes[0, :length].tolist(), [0, *pairs], length, persian_classes(codes)[0])


@cache
def _class_tables() -> tuple[Codes, Codes]:
    """Return the class of each Latin and each Persian number, from 1; 0 for weak consonants and vowels."""
    latin = np.zeros(len(latin_units().codes) + 1, np.uint8)
    persian = np.zeros(len(persian_units().codes) + 1, np.uint8)
    for number, letters in enumerate(_CLASSES, 1):
        for unit, code in persian_units().codes.items():
            if unit in letters:
                persian[code] = number
    for code in latin_units().codes.values():
        costs = costs_from_latin().substitution[code]
        best = int(costs[1:].argmin()) + 1
        if costs[best] <= _LIKELY:
            latin[code] = persian[best]
    return latin, persian


def latin_classes(codes: Codes) -> npt.NDArray[np.uint64]:
    """Return which classes of consonants Latin words have, and how often, as bits. A c before e, i, y is s, x is ks."""
    units = latin_units().codes
    soft = np.isin(codes[:, 1:], [code for unit, code in units.items() if unit.strip(FIRST + LAST)[0] in "eiy"])
    soft &= codes[:, :-1] == units["c"]
    classes = _class_tables()[0][codes]
    classes[:, :-1][soft] = _class_tables()[0][units["s"]]
    doubled = codes[:, 1:] == codes[:, :-1]  # mm is one; Persian has no letter twice for one sound
    classes[:, 1:][doubled] = 0
    exes = codes == units["x"]
    classes[exes] = _class_tables()[0][units["k"]]
    return _signatures(np.concatenate([classes, np.where(exes, _class_tables()[0][units["s"]], 0)], axis=1))


def persian_classes(codes: Codes) -> npt.NDArray[np.uint64]:
    """Return which classes of consonants Persian words have, and how often, as bits."""
    return _signatures(_class_tables()[1][codes])


def _signatures(classes: Codes) -> npt.NDArray[np.uint64]:
    signatures = np.zeros(len(classes), np.uint64)
    for number in range(1, len(_CLASSES) + 1):
        counts = np.count_nonzero(classes == number, axis=1)
        bits = (1 << np.minimum(counts, _MOST_OF_A_CLASS)) - 1
        signatures |= bits.astype(np.uint64) << np.uint64(_MOST_OF_A_CLASS * (number - 1))
    return signatures
