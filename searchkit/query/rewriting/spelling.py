"""Which of the words that an index holds may a misspelt one be? By sound, shape and keys, and by how common they are.

>>> spelling = Spelling(WrittenForms.of([("صندلی", 3), ("خانه", 9), ("خانم", 5)]))
>>> [candidate.text for candidate in spelling.candidates("سندلی")] == ["صندلی"]
True
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from heapq import nsmallest
from itertools import permutations
from pathlib import Path
from string import ascii_lowercase

import numpy as np
import numpy.typing as npt

from searchkit.persian.text.chars import FARSI_YEH
from searchkit.persian.text.fold import key_of, rows
from searchkit.query.rewriting.alignment import EDIT, Costs
from searchkit.query.rewriting.candidates import Candidate
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.keyboard import neighbours
from searchkit.query.rewriting.letters import LONGEST_WORD, Alphabet, LetterMatrix, Rows

# Costs in hundredths. What is typed for another letter:
_ALIKE = {"sound": 30, "shape": 70}
_NEIGHBOUR = 95
_OTHER = 120
# A letter that is missing, and one too many; the same of letters for vowels, which come and go with the spelling.
_MISSING, _MISSING_VOWEL = 70, 55
_ADDED, _ADDED_VOWEL = 75, 65
_TRANSPOSED = 90
_DOUBLED = 65
# A word held by a tenth as many documents is so much less likely. Real texts hold most misspellings of common words.
_RARER = 20

_SHORT = 4
"""Letters of a word that is hardly to be known again after two edits."""
_LIMIT_SHORT, _LIMIT = 140, 210
"""What the edits of a short word, and of a longer one, may cost together."""
_MOST_BITS = 3
"""Bits of the signature that the edits change: two a letter put for one of another sound, one a letter more or less.

A word with two of the former is not looked for: that is rare, and would take most of the time."""
_MOST_LETTERS = 2
"""Letters that the edits add or take away."""
_LONGEST_WRITTEN = 4 * LONGEST_WORD
"""Characters of the longest word that is looked at, with its signs and half-spaces."""

_DATA = Path(__file__).parents[1] / "data"
_PERSIAN = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_HAMZA, _ALEF_MADDA, _AIN = "\u0626", "\u0622", "\u0639"
_YEH_WITH_HAMZA = re.compile(f"{_HAMZA}|[\u0649\u064a{FARSI_YEH}]\u0654")


class Spelling:
    """Finds words for misspelt ones. Safe to share between threads.

    Args:
        forms: The words, with how many documents hold each.
    """

    def __init__(self, forms: WrittenForms) -> None:
        self._forms = forms
        self._most = int(forms.counts.max(initial=1))

    def candidates(self, word: str, limit: int = 3) -> list[Candidate]:
        """Return the words that one may have been meant for, the likeliest first; the word itself is none of them.

        Words of digits, of more than `LONGEST_WORD` letters or of other scripts than the Persian and Latin ones have no
        candidates.

        Args:
            word: One written word.
            limit: How many are returned at most.
        """
        if len(word) > _LONGEST_WRITTEN:
            return []
        key = key_of(word)
        ways = [self._near(written, cost) for written, cost in _readings(word, key)]
        places, edits = map(np.concatenate, zip(*ways, strict=True))
        rarity = np.log10(self._most / self._forms.counts[places])
        costs = edits + np.rint(_RARER * rarity).astype(np.int64)
        if len(costs) > (most := len(ways) * (max(limit, 0) + 1)):  # the word itself, and each by every reading
            least = costs <= np.partition(costs, most - 1)[most - 1]
            places, costs = places[least], costs[least]
        best: dict[int, int] = {}
        for place, cost in zip(places.tolist(), costs.tolist(), strict=True):
            best[place] = min(cost, best.get(place, cost))
        found = nsmallest(max(limit, 0) + 1, zip(best.values(), self._forms.texts(best), strict=True))
        return [Candidate(text, cost / EDIT, "spelling") for cost, text in found if text != key][: max(limit, 0)]

    def _near(self, written: str, cost: int) -> tuple[Rows, npt.NDArray[np.int16]]:
        """Return the places of words that are near to what is read, and what that and their edits cost."""
        (typed,) = _alphabet().encode([written])
        length = np.count_nonzero(typed)
        if not length:
            return np.empty(0, np.intp), np.empty(0, np.int16)
        folded = _alphabet().encode([written.replace(_HAMZA, FARSI_YEH)])
        limit = _LIMIT_SHORT if length <= _SHORT else _LIMIT
        ways = []
        for start, matrix in self._forms.columns(_letters):
            near = matrix.near(folded, _MOST_BITS, _MOST_LETTERS)
            near = near[self._forms.counts[start + near] > 0]
            if start and not near.size:
                continue
            costs = _costs().distances(typed[:length].tolist(), matrix.codes[near], limit - cost) + np.int16(cost)
            found = costs <= limit
            ways.append((start + near[found], costs[found]))
        places, costs = map(np.concatenate, zip(*ways, strict=True))
        return places, costs


def _readings(word: str, key: str) -> list[tuple[str, int]]:
    """Return how a word may be read, with what that costs: آرف is also how عارف sounds."""
    readings = [(_with_hamza(word, key), 0)]
    return [*readings, (_AIN + key, _ALIKE["sound"])] if word.startswith(_ALEF_MADDA) else readings


def _with_hamza(word: str, key: str) -> str:
    """Return the key with yeh with hamza for yeh where it was written, which is also typed for ain."""
    pieces = map(key_of, _YEH_WITH_HAMZA.split(word))
    written = _HAMZA.join(pieces)
    return written if written.replace(_HAMZA, FARSI_YEH) == key else key


@cache
def _alike() -> list[tuple[list[str], str]]:
    """Return the rows of `data/alike.tsv`: letters, and in what they are alike."""
    return [(letters.split(), likeness) for letters, likeness, _ in rows("alike.tsv", _DATA)]


@cache
def _alphabet() -> Alphabet:
    """Return the letters of Persian and English words, and the one that is typed but not held."""
    same = [" ".join(letters) for letters, likeness in _alike() if likeness == "sound"]
    return Alphabet([*_PERSIAN, *ascii_lowercase, _HAMZA], same)


def _letters(words: Sequence[str]) -> LetterMatrix:
    return LetterMatrix.of(words, _alphabet())


@cache
def _costs() -> Costs:
    """Return what each edit costs."""
    codes = _alphabet().codes
    costs = Costs.plain(len(codes))
    substitution, insertion, deletion = costs.substitution, costs.insertion, costs.deletion
    substitution[substitution == EDIT] = _OTHER
    insertion[:], deletion[:] = _MISSING, _ADDED
    cheaper = [(pair, _NEIGHBOUR) for pair in neighbours()]
    for letters, likeness in _alike():
        if likeness == "unwritten":
            vowels = [codes[letter] for letter in letters]
            insertion[vowels], deletion[vowels] = _MISSING_VOWEL, _ADDED_VOWEL
        else:
            cheaper += [(pair, _ALIKE[likeness]) for pair in permutations(letters, 2)]
    for (left, right), cost in cheaper:
        at = codes[left], codes[right]
        substitution[at] = min(int(substitution[at]), cost)
    hamza, yeh = codes[_HAMZA], codes[FARSI_YEH]
    substitution[hamza] = substitution[yeh]
    substitution[hamza, codes["ع"]] = _ALIKE["sound"]
    return costs._replace(transposition=_TRANSPOSED, doubling=_DOUBLED)
