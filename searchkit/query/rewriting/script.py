"""Which words that are held may one mean that is typed in the other script? عارف for aref, and google for گوگل.

A word of Latin letters may be Persian (Fingilish), a name, or foreign; a Persian word may be held in Latin letters.
They are found by how they sound (`soundalike`), and initialisms by the names of their letters (`initialisms`). Latin
letters that are near no word may be two or three words without blanks.

>>> forms = WrittenForms.of([("عارف", 5), ("گوگل", 3), ("تخت", 4), ("جمشید", 4), ("google", 2), ("bbc", 1)])
>>> script = OtherScript(forms)
>>> [script.candidates(word)[0].text for word in ("aref", "takhtejamshid", "گوگل", "بیبیسی")] == [
...     "عارف", "تخت جمشید", "google", "bbc"]
True
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from heapq import nsmallest
from itertools import combinations, pairwise, product
from pathlib import Path
from string import ascii_lowercase

from searchkit.persian.text.fold import key_of, rows
from searchkit.query.rewriting.alignment import EDIT
from searchkit.query.rewriting.candidates import Candidate
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.initialisms import initials, spelt_out
from searchkit.query.rewriting.letters import LONGEST_WORD
from searchkit.query.rewriting.soundalike import QUITE_NEAR, Reach, Soundalike, Soundalikes
from searchkit.query.rewriting.sounding import read_latin, read_persian

_DATA = Path(__file__).parents[1] / "data"

_LATIN = frozenset(ascii_lowercase)
_VOWELS = frozenset("aeiou")

# What is added to a cost: for the names of letters, for those of what can be read as a word, for a foreign spelling,
# for each blank that is not typed.
_NAMED, _READABLE, _FOREIGN, _BLANK = 10, 5, 10, 50

_EXACT = 20
"""The highest cost of the sounds of a word that is thought to be spelt as it sounds."""
_MOST_NAMES_APART = 4

_LONGEST_ROW = 18
"""Letters that are cut into several words: the ways to do so grow with the square of them."""
_RARELY = 10
"""A word that no more documents hold may rather be several."""
_LEAST_PIECE = 3
_PIECE = Reach(0, 30)
_SELDOM = 30_000
"""Of so many documents that hold the most frequent word, one more must hold each of several words."""
_WORDS_A_PIECE = 2
_ROWS = 8


class OtherScript:
    """Looks for words of one vocabulary in the other script. Safe to share between threads.

    Args:
        forms: The vocabulary: folded words without half-spaces.
    """

    def __init__(self, forms: WrittenForms) -> None:
        self._forms = forms

    @cached_property
    def _persian(self) -> Soundalikes:
        return Soundalikes.persian(self._forms)

    @cached_property
    def _latin(self) -> Soundalikes:
        return Soundalikes.latin(self._forms)

    def candidates(self, word: str, limit: int = 3) -> list[Candidate]:
        """Return what is held that a word may mean, the likeliest first, in the other script.

        Args:
            word: Of Latin or of Persian letters, as written; of any other there are none. Of several words there is
                only the initialism whose letters they name, بی بی سی.
            limit: How many are returned at most.
        """
        if len(word) > 4 * LONGEST_WORD:
            return []
        key = key_of(word)
        if not 1 < len(key) <= LONGEST_WORD:
            return []
        if " " in key:
            found = self._initials(key.replace(" ", ""))
        else:
            found = self._of_latin(key) if _LATIN.issuperset(key) else self._of_persian(key)
        best: dict[str, float] = {}
        for text, cost, _ in found:
            best[text] = min(cost, best.get(text, cost))
        ranked = sorted((round(cost / EDIT, 4), text) for text, cost in best.items())
        return [Candidate(text, cost, "script") for cost, text in ranked[:limit]]

    def _of_persian(self, key: str) -> list[Soundalike]:
        """Return the Latin words that a Persian one may mean."""
        return [*self._initials(key), *self._latin.nearest(read_persian(key))]

    def _initials(self, key: str) -> list[Soundalike]:
        """Return the initialisms that are held whose letters have the names that make up a word."""
        named = [(word, self._forms.frequency(word)) for word in initials(key)]
        return [Soundalike(word, _NAMED + self._latin.rarity(held), 0) for word, held in named if held]

    def _of_latin(self, key: str) -> list[Soundalike]:
        """Return the Persian words that a Latin one may mean."""
        plain, *foreign = read_latin([key, *_foreign(key)])
        near = self._persian.nearest(plain)
        nearest = min((each.sounds for each in near), default=QUITE_NEAR + 1)
        found = [*self._spelt_out(key), *near]
        if nearest > _EXACT or "x" in key:
            others = (word for typed in foreign for word in self._persian.nearest(typed))
            found += [word._replace(cost=word.cost + _FOREIGN) for word in others]
        few = nearest > QUITE_NEAR or self._forms.frequency(near[0].text) <= _RARELY
        if few and len(key) <= _LONGEST_ROW:
            found += self._rows(key)
        return found

    def _spelt_out(self, key: str) -> list[Soundalike]:
        """Return what is held of the names of the letters of an initialism: as one word, or else as several."""
        readable = not _VOWELS.isdisjoint(key)
        found = []
        for names in spelt_out(key):
            joined = "".join(names)
            if held := self._forms.frequency(joined):
                rarity = _READABLE + self._persian.rarity(held) if readable else 0
                found.append(Soundalike(joined, _NAMED + rarity, 0))
            elif len(names) <= _MOST_NAMES_APART and (held := min(map(self._forms.frequency, names))):
                cost = _NAMED + _READABLE + _BLANK * (len(names) - 1) + self._persian.rarity(held)
                found.append(Soundalike(" ".join(names), cost, 0))
        return found

    def _rows(self, key: str) -> list[Soundalike]:
        """Return rows of two words that are held for a Latin word written without blanks, or else of three."""
        least = 1 + self._persian.most // _SELDOM
        for words in (2, 3):
            cuts = list(_cuts(key, words))
            pieces = list({piece for cut in cuts for piece in cut})
            held = {
                piece: self._persian.near(typed, _PIECE, least)[:_WORDS_A_PIECE]
                for piece, typed in zip(pieces, read_latin(pieces), strict=True)
            }
            found = [_in_a_row(row) for cut in cuts for row in product(*map(held.__getitem__, cut))]
            if found:
                return nsmallest(_ROWS, found, key=lambda each: (each.cost, each.text))
        return []


def _in_a_row(words: tuple[Soundalike, ...]) -> Soundalike:
    """Return several words as one text."""
    cost = sum(word.cost for word in words) + _BLANK * (len(words) - 1)
    return Soundalike(" ".join(word.text for word in words), cost, max(word.sounds for word in words))


def _foreign(key: str) -> list[str]:
    """Return how a Latin word would be typed as it sounds if its spelling is that of another language."""
    ways = (pattern.sub(sound, key, places) for pattern, sound, places in _spellings())
    return [way for way in dict.fromkeys(ways) if way != key]


@cache
def _spellings() -> list[tuple[re.Pattern[str], str, int]]:
    """Return the rows of `data/spellings.tsv`: what is written so, how it sounds, in how many places (0: in all)."""
    return [(re.compile(written), sound, int(places)) for written, sound, places, _ in rows("spellings.tsv", _DATA)]


def _cuts(key: str, words: int) -> Iterator[tuple[str, ...]]:
    """Return the ways to cut a word into so many pieces."""
    for places in combinations(range(_LEAST_PIECE, len(key) - _LEAST_PIECE + 1), words - 1):
        row = tuple(key[first:end] for first, end in pairwise((0, *places, len(key))))
        if all(len(piece) >= _LEAST_PIECE for piece in row):
            yield row
