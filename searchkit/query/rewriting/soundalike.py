"""Which words of a vocabulary sound like a typed one of the other script?

Those with about the same consonants are aligned with it, letter by letter, and the more frequent ones are preferred.

>>> from searchkit.query.rewriting.sounding import read_latin
>>> words = Soundalikes.persian(WrittenForms.of([("عارف", 5), ("عرفه", 2), ("کتاب", 9)]))
>>> [each.text for each in words.nearest(read_latin(["aref"])[0])] == ["عارف", "عرفه"]
True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from searchkit.query.rewriting.alignment import Costs
from searchkit.query.rewriting.forms import Make, WrittenForms
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


class SoundColumns(NamedTuple):
    """The sounds of those of some words that are of one script.

    Attributes:
        places: Where each of them stands.
        codes: The numbers of their sounds, a row each.
        classes: Which classes of consonants they have.
        lengths: How many sounds they have.
        unread: Which of them have no vowel, in Latin letters.
    """

    places: npt.NDArray[np.uint32]
    codes: Codes
    classes: npt.NDArray[np.uint64]
    lengths: Codes
    unread: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, words: Sequence[str], codes: Codes, classes: npt.NDArray[np.uint64]) -> SoundColumns:
        """Return the sounds of words, of which those are empty that are of another script."""
        lengths = np.count_nonzero(codes, axis=1).astype(np.uint8)
        places = np.flatnonzero(lengths)
        found = (words[place] for place in places.tolist())
        unread = np.array([word.isascii() and _VOWELS.isdisjoint(word) for word in found], np.bool_)
        return cls(places.astype(np.uint32), codes[places], classes[places], lengths[places], unread)

    def followed_by(self, more: SoundColumns, words: int) -> SoundColumns:
        """Return these with those of words that come after so many."""
        return SoundColumns(
            np.concatenate([self.places, more.places + np.uint32(words)]),
            np.concatenate([self.codes, more.codes]),
            np.concatenate([self.classes, more.classes]),
            np.concatenate([self.lengths, more.lengths]),
            np.concatenate([self.unread, more.unread]),
        )

    def near(self, typed: Typed, bits: int, most_unheard: int) -> Rows:
        """Return the rows of words whose classes of consonants are nearly those of a typed one."""
        near = np.bitwise_count(self.classes ^ typed.classes) <= bits
        near &= self.lengths <= typed.sounds + most_unheard
        return np.flatnonzero(near)


def _persian_sounds(words: Sequence[str]) -> SoundColumns:
    codes = persian_codes(words)
    return SoundColumns.of(words, codes, persian_classes(codes))


def _latin_sounds(words: Sequence[str]) -> SoundColumns:
    codes = latin_codes(words)
    return SoundColumns.of(words, codes, latin_classes(codes))


class Soundalikes:
    """The words of one script in a vocabulary, by their sounds. Safe to share between threads.

    Attributes:
        most: How many documents hold the most frequent one.
    """

    def __init__(self, forms: WrittenForms, make: Make[SoundColumns], costs: Costs) -> None:
        self._forms = forms
        self._costs = costs
        self._most_unheard = _MOST_UNHEARD if costs is costs_from_latin() else LONGEST_WORD  # shakespeare is شکسپیر
        self._layers = forms.columns(make)
        self.most = max(int(forms.counts[start + each.places].max(initial=1)) for start, each in self._layers)

    @classmethod
    def persian(cls, forms: WrittenForms) -> Self:
        """Return the Persian words of a vocabulary, for Latin ones that are typed."""
        return cls(forms, _persian_sounds, costs_from_latin())

    @classmethod
    def latin(cls, forms: WrittenForms) -> Self:
        """Return the Latin words of a vocabulary, for Persian ones that are typed."""
        return cls(forms, _latin_sounds, costs_from_persian())

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
        limit = min(reach.limit, _LIMIT + _LIMIT_PER_LETTER * len(typed.letters))
        found: list[tuple[float, str, int]] = []
        for start, layer in self._layers:
            rows = layer.near(typed, reach.bits, self._most_unheard)
            counts = self._forms.counts[start + layer.places[rows]]
            rows, counts = rows[counts >= least], counts[counts >= least]
            if not rows.size:
                continue
            sounds = self._costs.distances(typed.letters, layer.codes[rows], limit, typed.joined)
            near = sounds <= limit
            rows, counts, sounds = rows[near], counts[near], sounds[near]
            total = sounds + _UNREAD * layer.unread[rows] + _RARE * np.log10(self.most / counts)
            if len(total) > _CONSIDERED:
                best = total <= np.partition(total, _CONSIDERED - 1)[_CONSIDERED - 1]
                rows, sounds, total = rows[best], sounds[best], total[best]
            texts = self._forms.texts((start + layer.places[rows]).tolist())
            found += zip(total.tolist(), texts, sounds.tolist(), strict=True)
        return [Soundalike(text, cost, its_sounds) for cost, text, its_sounds in sorted(found)[:_CONSIDERED]]

    def rarity(self, count: int) -> float:
        """Return what a word costs for being rarer than the most frequent one."""
        return _RARE * float(np.log10(self.most / count))
