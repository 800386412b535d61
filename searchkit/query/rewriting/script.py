"""Which words that are held sound like one that is typed in the other script? آرف for aref, and google for گوگل.

A word of Latin letters may be Persian (Fingilish), a name, or foreign; a Persian word may be held in Latin letters. The
words of the vocabulary that have about the same consonants are compared sound by sound (`sounds`), and the more frequent
ones are preferred. Initialisms go by the names of their letters (`initialisms`). What is near no word may be two or three
that are written without a blank.

>>> forms = WrittenForms.of([("عارف", 5), ("گوگل", 3), ("تخت", 4), ("جمشید", 4), ("google", 2), ("bbc", 1)])
>>> script = OtherScript(forms)
>>> [script.candidates(word)[0].text for word in ("aref", "takhtejamshid", "گوگل", "بیبیسی")] == [
...     "عارف", "تخت جمشید", "google", "bbc"]
True
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from heapq import nsmallest
from itertools import combinations, pairwise
from math import log10
from string import ascii_lowercase
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.persian.text.fold import key_of
from searchkit.query.rewriting.alignment import EDIT, Costs
from searchkit.query.rewriting.candidates import Candidate
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.initialisms import initials, spelt_out
from searchkit.query.rewriting.letters import LONGEST_WORD, Codes, Rows
from searchkit.query.rewriting.sounds import (
    Readings,
    costs_from_latin,
    costs_from_persian,
    latin_codes,
    latin_signatures,
    persian_codes,
    persian_signatures,
    read_latin,
    read_persian,
)

_RARE = 12.0
"""What a word costs that is held by a tenth of the documents that hold the most frequent one."""

_LATIN = frozenset(ascii_lowercase)
_STEPS = ((1, 110), (2, 180))
"""How many bits of their consonants may differ, and the highest cost, of words that are looked for."""
_QUITE_NEAR = 50
"""The highest cost of the sounds of a word for which no others are looked for that differ more."""
_MOST_UNHEARD = 2
"""Letters that a Persian word may have more than the typed one has sounds."""
_CONSIDERED = 8
_NAMED, _VOWEL_NAMED = 10, 15
_MOST_NAMES_APART = 4
_FOREIGN = 10
_VOWELS = frozenset("aeiou")
_ROW_LIMIT = 70
"""The highest cost of each of several words that are written as one, and of a word that none are looked for besides."""
_LEAST_PIECE = 3
_LEAST_HELD = 3
_BLANK = 30


class _Column(NamedTuple):
    """The words of one script in the vocabulary: where they stand there, their letters, their classes of consonants."""

    places: Rows
    codes: Codes
    lengths: npt.NDArray[np.intp]
    signatures: npt.NDArray[np.uint64]
    most: int
    """How many documents hold the most frequent one."""

    def near(self, signature: npt.NDArray[np.uint64], bits: int, longest: int) -> Rows:
        """Return the rows whose consonants differ by so many bits at most, and that have no more letters."""
        near = np.bitwise_count(self.signatures ^ signature) <= bits
        near &= self.lengths <= longest
        return np.flatnonzero(near)


class _Found(NamedTuple):
    """A word or row of words: what it costs in all, and for its sounds alone."""

    text: str
    cost: float
    sounds: int


class OtherScript:
    """Looks for words of one vocabulary in the other script. Safe to share between threads.

    Args:
        forms: The vocabulary.
    """

    def __init__(self, forms: WrittenForms) -> None:
        self._forms = forms

    @cached_property
    def _persian(self) -> _Column:
        return self._column(persian=True)

    @cached_property
    def _latin(self) -> _Column:
        return self._column(persian=False)

    def _column(self, *, persian: bool) -> _Column:
        encode, sign = (persian_codes, persian_signatures) if persian else (latin_codes, latin_signatures)
        codes = encode(self._forms.words)
        lengths = np.count_nonzero(codes, axis=1)
        places = np.flatnonzero(lengths)
        codes = codes[places]
        most = int(self._forms.counts[places].max(initial=1))
        return _Column(places, codes, lengths[places], sign(codes), most)

    def candidates(self, word: str, limit: int = 3) -> list[Candidate]:
        """Return what is held that a word may mean, the likeliest first, in the other script.

        Args:
            word: In Latin or in Persian letters; of any other there are none.
            limit: How many are returned at most.
        """
        key = key_of(word[: 4 * LONGEST_WORD]).replace(" ", "")
        if not 1 < len(key) <= LONGEST_WORD:
            return []
        if _LATIN.issuperset(key):
            found = [*self._spelt_out(key), *self._sounding(key)]
            if not any(each.sounds <= _QUITE_NEAR for each in found):
                found += [
                    word._replace(cost=word.cost + _FOREIGN)
                    for other in _foreign(key)
                    for word in self._sounding(other)
                ]
        else:
            found = [*self._initials(key), *self._sounding_latin(key)]
        best: dict[str, float] = {}
        for text, cost, _ in found:
            best[text] = min(cost, best.get(text, cost))
        ranked = sorted((round(cost / EDIT, 4), text) for text, cost in best.items())
        return [Candidate(text, cost, "script") for cost, text in ranked[:limit]]

    def _sounding(self, key: str) -> list[_Found]:
        """Return the Persian words that a Latin one may stand for."""
        codes, typed = latin_codes([key]), read_latin(key)
        longest = np.count_nonzero(codes) + _MOST_UNHEARD
        return self._nearest(self._persian, costs_from_latin(), typed, latin_signatures(codes), longest)

    def _sounding_latin(self, key: str) -> list[_Found]:
        """Return the Latin words that a Persian one may stand for."""
        signature = persian_signatures(persian_codes([key]))
        return self._nearest(self._latin, costs_from_persian(), read_persian(key), signature, LONGEST_WORD)

    def _nearest(
        self, column: _Column, costs: Costs, typed: Readings, signature: npt.NDArray[np.uint64], longest: int
    ) -> list[_Found]:
        """Return words near a typed one; if none is quite near, also those whose consonants differ more."""
        if not typed.letters:
            return []
        found: list[_Found] = []
        for bits, limit in _STEPS:
            near = column.near(signature, bits, longest)
            sounds = costs.distances(typed.letters, column.codes[near], limit, typed.joined)
            found = self._best(column, near[sounds <= limit], sounds[sounds <= limit])
            if any(each.sounds <= _QUITE_NEAR for each in found):
                break
        return found

    def _best(self, column: _Column, near: Rows, costs: npt.NDArray[np.int16]) -> list[_Found]:
        """Return the words of some rows that cost least, for their rarity too."""
        places = column.places[near]
        total = costs + _RARE * np.log10(column.most / self._forms.counts[places])
        best = np.lexsort((places, total))[:_CONSIDERED]
        return [
            _Found(self._forms.words[place], float(cost), int(sounds))
            for place, cost, sounds in zip(places[best].tolist(), total[best], costs[best], strict=True)
        ]

    def _spelt_out(self, key: str) -> list[_Found]:
        """Return what is held of the names of the letters of an initialism: as one word, or else as several."""
        unlikely = 0 if _VOWELS.isdisjoint(key) else _VOWEL_NAMED
        found = []
        for names in spelt_out(key):
            joined = "".join(names)
            if self._forms.frequency(joined):
                found.append(self._named(joined, unlikely))
            elif len(names) <= _MOST_NAMES_APART and all(map(self._forms.frequency, names)):
                found.append(self._named(" ".join(names), unlikely + _BLANK * (len(names) - 1)))
        return found

    def _initials(self, key: str) -> list[_Found]:
        """Return the initialisms that are held whose letters have the names that make up a word."""
        return [self._named(word, 0) for word in initials(key) if self._forms.frequency(word)]

    def _named(self, text: str, cost: int) -> _Found:
        """Return what the names of letters, or their letters, are; of several words as rare as the rarest."""
        held = min(self._forms.frequency(word) for word in text.split())
        most = (self._latin if text.isascii() else self._persian).most
        return _Found(text, _NAMED + cost + _RARE * log10(most / held), 0)

    def _rows(self, key: str) -> list[_Found]:
        """Return rows of two or three words that are held for a Latin word written without blanks."""
        pieces = cache(self._piece)
        found = []
        for row in _cuts(len(key)):
            words = [pieces(key[first:end], end == len(key)) for first, end in pairwise(row)]
            if all(words):
                cost = sum(word.cost for word in words if word) + _BLANK * (len(words) - 1)
                found.append(_Found(" ".join(word.text for word in words if word), cost, 0))
        return nsmallest(_CONSIDERED, found, key=lambda each: (each.cost, each.text))

    def _piece(self, piece: str, last: bool) -> _Found | None:
        """Return the likeliest word for a piece of a row. What is not the last may end in an ezafe, which costs nothing."""
        return next(iter(self._sounding(piece)), None)


def _foreign(key: str) -> list[str]:
    """Return how a Latin word would be typed as it sounds if it is of English spelling: x as ks, i as in mine, u as in
    use.
    """
    ways = [key.replace("x", "ks"), key.replace("i", "ai"), key.replace("i", "ai", 1), key.replace("u", "yu", 1)]
    return [way for way in dict.fromkeys(ways) if way != key]


def _cuts(length: int) -> Iterator[tuple[int, ...]]:
    """Return the places to cut so many letters at, with both ends, into two and into three."""
    for cuts in (1, 2):
        for places in combinations(range(_LEAST_PIECE, length - _LEAST_PIECE + 1), cuts):
            row = (0, *places, length)
            if all(end - first >= _LEAST_PIECE for first, end in pairwise(row)):
                yield row
