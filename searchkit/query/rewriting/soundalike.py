"""Which words of a vocabulary sound like a typed one of the other script?

Those with about the same consonants are aligned with it, letter by letter, and the more frequent ones are preferred.

>>> from searchkit.query.rewriting.sounding import read_latin
>>> words = Soundalikes.persian(WrittenForms.of([("عارف", 5), ("عرفه", 2), ("کتاب", 9)]))
>>> [each.text for each in words.nearest(read_latin(["aref"])[0])] == ["عارف", "عرفه"]
True
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from searchkit.query.rewriting.alignment import Costs
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.letters import LONGEST_WORD, Codes, Rows
from searchkit.query.rewriting.sounding import (
    Typed,
    latin_classes,
    latin_codes,
    persian_classes,
    persian_codes,
)
from searchkit.query.rewriting.sounds import costs_from_latin, costs_from_persian

QUITE_NEAR = 40
"""The highest cost of the sounds of a word for which no others are looked for that are less near."""

_RARE = 12.0
"""What a word costs that is held by a tenth of the documents that hold the most frequent one."""
_LIMIT, _LIMIT_PER_LETTER = 40, 14
_UNREAD = 20
"""What a Latin word costs that has no vowel, so that it is hardly read as it is spelt."""
_VOWELS = frozenset("aeiouy")
_CONSIDERED = 8
_MOST_UNHEARD = 2
"""Letters that a Persian word may have more than the typed one has sounds."""


class Reach(NamedTuple):
    """How far is looked: how many bits of the classes of consonants may differ, and the highest cost of the sounds."""

    bits: int
    limit: int


_REACHES = (Reach(1, 110), Reach(2, 180))


class Soundalike(NamedTuple):
    """A word, or several with blanks: what it costs in all, and for its sounds alone, in hundredths of a plain edit."""

    text: str
    cost: float
    sounds: int


class Soundalikes:
    """The words of one script in a vocabulary, by their sounds. Safe to share between threads.

    Attributes:
        most: How many documents hold the most frequent one.
    """

    def __init__(self, forms: WrittenForms, codes: Codes, classes: npt.NDArray[np.uint64], costs: Costs) -> None:
        self._forms = forms
        self._costs = costs
        self._most_unheard = _MOST_UNHEARD if costs is costs_from_latin() else LONGEST_WORD  # shakespeare is شکسپیر
        lengths = np.count_nonzero(codes, axis=1)
        self._places: Rows = np.flatnonzero(lengths)
        self._codes = codes[self._places]
        self._classes = classes[self._places]
        self._lengths = lengths[self._places]
        self._counts = forms.counts[self._places]
        self.most = int(self._counts.max(initial=1))
        words = (forms.words[place] for place in self._places.tolist())
        self._unread = np.array([_UNREAD * (word.isascii() and _VOWELS.isdisjoint(word)) for word in words], np.float64)

    @classmethod
    def persian(cls, forms: WrittenForms) -> Self:
        """Return the Persian words of a vocabulary, for Latin ones that are typed."""
        codes = persian_codes(forms.words)
        return cls(forms, codes, persian_classes(codes), costs_from_latin())

    @classmethod
    def latin(cls, forms: WrittenForms) -> Self:
        """Return the Latin words of a vocabulary, for Persian ones that are typed."""
        codes = latin_codes(forms.words)
        return cls(forms, codes, latin_classes(codes), costs_from_persian())

    def nearest(self, typed: Typed) -> list[Soundalike]:
        """Return the words nearest to a typed one, best first: if none is quite near, from farther away."""
        found: list[Soundalike] = []
        for reach in _REACHES:
            found = self.near(typed, reach)
            if any(each.sounds <= QUITE_NEAR for each in found):
                break
        return found

    def near(self, typed: Typed, reach: Reach, least: int = 1) -> list[Soundalike]:
        """Return the words nearest to a typed one, best first, of those that so many documents hold at least."""
        if not typed.letters:
            return []
        near = np.bitwise_count(self._classes ^ typed.classes) <= reach.bits
        near &= self._lengths <= typed.sounds + self._most_unheard
        if least > 1:
            near &= self._counts >= least
        rows = np.flatnonzero(near)
        limit = min(reach.limit, _LIMIT + _LIMIT_PER_LETTER * len(typed.letters))
        sounds = self._costs.distances(typed.letters, self._codes[rows], limit, typed.joined)
        rows, sounds = rows[sounds <= limit], sounds[sounds <= limit]
        total = sounds + self._unread[rows] + _RARE * np.log10(self.most / self._counts[rows])
        best = np.lexsort((rows, total))[:_CONSIDERED]
        places = self._places[rows[best]].tolist()
        costs = zip(places, total[best].tolist(), sounds[best].tolist(), strict=True)
        return [Soundalike(self._forms.words[place], cost, its_sounds) for place, cost, its_sounds in costs]

    def rarity(self, count: int) -> float:
        """Return what a word costs for being rarer than the most frequent one."""
        return _RARE * float(np.log10(self.most / count))
