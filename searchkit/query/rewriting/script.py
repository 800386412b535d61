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
from functools import cached_property
from string import ascii_lowercase
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.persian.text.fold import key_of
from searchkit.query.rewriting.alignment import EDIT
from searchkit.query.rewriting.candidates import Candidate
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.initialisms import initials, spelt_out
from searchkit.query.rewriting.letters import LONGEST_WORD, Codes, Rows
from searchkit.query.rewriting.sounds import (
    costs_from_latin,
    costs_from_persian,
    latin_codes,
    latin_signatures,
    persian_codes,
    persian_signatures,
    read_latin,
)

RARE = 8.0
"""What a word costs that is held by a tenth of the documents that hold the most frequent one."""

_LATIN = frozenset(ascii_lowercase)
_LEAST_LIMIT, _LIMIT_PER_LETTER, _MOST_LIMIT = 90, 10, 180
_BITS = 2
_ROW_LIMIT = 70
"""The highest cost of each of several words that are written as one, and of a word that none are looked for besides."""
_LEAST_PIECE = 3
_LEAST_HELD = 3
_BLANK = 30


class _Column(NamedTuple):
    """The words of one script in the vocabulary."""

    places: Rows
    codes: Codes
    lengths: npt.NDArray[np.intp]
    signatures: npt.NDArray[np.uint64]


class OtherScript:
    """Looks for words of one vocabulary in the other script. Safe to share between threads.

    Args:
        forms: The vocabulary.
    """

    def __init__(self, forms: WrittenForms) -> None:
        self._forms = forms
        self._most = int(forms.counts.max(initial=1))

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
        return _Column(places, codes, lengths[places], sign(codes))

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
            if min((cost for _, cost in found), default=_MOST_LIMIT) > _ROW_LIMIT:
                found += self._rows(key)
        else:
            found = [*self._initials(key), *self._sounding_latin(key)]
        best: dict[str, float] = {}
        for text, cost in found:
            best[text] = min(cost, best.get(text, cost))
        ranked = sorted((round(cost / EDIT, 4), text) for text, cost in best.items())
        return [Candidate(text, cost, "script") for cost, text in ranked[:limit]]

    def _rarity(self, places: Rows) -> npt.NDArray[np.float64]:
        """Return what words cost for being rarer than the most frequent one."""
        return RARE * np.log10(self._most / self._forms.counts[places])

    def _sounding(self, key: str, bits: int = _BITS) -> list[tuple[str, float]]:
        typed = read_latin(key)
        codes = latin_codes([key])
        column = self._persian
        near = np.bitwise_count(column.signatures ^ latin_signatures(codes)) <= bits
        near &= column.lengths <= np.count_nonzero(codes) + 2
        chosen = np.flatnonzero(near)
        limit = min(_LEAST_LIMIT + _LIMIT_PER_LETTER * len(key), _MOST_LIMIT)
        costs = costs_from_latin().distances(typed.letters, column.codes[chosen], limit, typed.joined)
        return self._best(column.places[chosen], costs, limit)

    def _sounding_latin(self, key: str) -> list[tuple[str, float]]:
        codes = persian_codes([key])
        length = int(np.count_nonzero(codes))
        if not length:
            return []
        column = self._latin
        near = np.bitwise_count(column.signatures ^ persian_signatures(codes)) <= _BITS
        chosen = np.flatnonzero(near)
        limit = min(_LEAST_LIMIT + _LIMIT_PER_LETTER * len(key), _MOST_LIMIT)
        costs = costs_from_persian().distances(codes[0, :length].tolist(), column.codes[chosen], limit)
        return self._best(column.places[chosen], costs, limit)

    def _best(self, places: Rows, costs: npt.NDArray[np.int16], limit: int, most: int = 8) -> list[tuple[str, float]]:
        near = costs <= limit
        places, costs = places[near], costs[near]
        total = costs + self._rarity(places)
        return [(self._forms.words[places[at]], float(total[at])) for at in np.lexsort((places, total))[:most]]
    def _spelt_out(self, key): return []
    def _initials(self, key): return []
    def _rows(self, key): return []
