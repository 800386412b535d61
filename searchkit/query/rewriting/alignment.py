"""What does it cost to make words out of a typed one? Weighted edits, of many words at once.

The costs are whole numbers, hundredths of a plain edit, so that the same comes out on every machine. Letters of the
typed word are put in the place of others, left out, or typed in addition; two neighbours may have changed places. Both
sides may have an alphabet of their own.

>>> costs = Costs.plain(3)
>>> words = np.array([[1, 2, 3, 0], [2, 1, 3, 0], [1, 2, 0, 0], [3, 3, 3, 3]], np.uint8)
>>> costs.distances([1, 2, 3], words, 100).tolist()
[0, 100, 100, 101]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.query.rewriting.letters import Codes

EDIT = 100
"""What a plain edit costs."""
DEAREST = 300
"""What one edit may cost at most."""

_DTYPE = np.int16  # 48 edits, of the longest word into another, stay below its end


class Costs(NamedTuple):
    """What each edit costs, from 1 to `DEAREST`; nothing for a letter in its own place.

    A code of 0 stands after the end of a word: its costs are not asked for.

    Attributes:
        substitution: By a letter of the typed word and the letter that is meant.
        insertion: By a letter that is meant and was not typed.
        deletion: By a letter that was typed and is not meant.
        transposition: Of two neighbours, added to what these cost in each other's place.
        doubling: Of a letter that is typed twice for once or once for twice, where it is less than the above.
        halving: Of a letter that is typed once for twice, if that costs otherwise.
    """

    substitution: npt.NDArray[np.int16]
    insertion: npt.NDArray[np.int16]
    deletion: npt.NDArray[np.int16]
    transposition: int
    doubling: int
    halving: int | None = None

    @classmethod
    def plain(cls, letters: int) -> Costs:
        """Return costs by which each edit of an alphabet of so many letters is plain."""
        substitution = np.full((letters + 1, letters + 1), EDIT, _DTYPE)
        np.fill_diagonal(substitution, 0)
        each = np.full(letters + 1, EDIT, _DTYPE)
        return cls(substitution, each, each, EDIT, EDIT)

    def distances(
        self, typed: Sequence[int], codes: Codes, limit: int, joined: Sequence[int] = ()
    ) -> npt.NDArray[np.int16]:
        """Return the cost of the cheapest edits that make each word of the typed one, `limit` + 1 where it is more.

        Args:
            typed: The numbers of the letters of one word.
            codes: Those of other words, a row each, with 0 after the end.
            limit: Of the costs that are of interest; a lower one takes less time.
            joined: For each typed letter the number of what it makes with the one before it, as s and h make sh; 0 for
                nothing. It is put, or left out, in the place of both.
        """
        found = np.full(len(codes), limit + 1, _DTYPE)
        lengths = np.count_nonzero(codes, axis=1)
        width = int(lengths.max(initial=0))
        words = _Words(np.arange(len(codes)), lengths, codes[:, :width].T.astype(np.intp, order="C"))
        inserted = self._insertions(words.letters)
        # `row[j]` is the cost of making the first j letters of a word of those letters of the typed one that were seen
        row = np.concatenate([np.zeros((1, len(codes)), _DTYPE), inserted])
        before, before_that, swapped = row, row, np.zeros((0, 0), _DTYPE)
        for at, letter in enumerate(typed):
            before, before_that = row, before
            substituted = np.take(self.substitution[letter], words.letters)
            row = before + self._deletion(letter, typed[at - 1] if at else 0)
            np.minimum(row[1:], before[:-1] + substituted, out=row[1:])
            if at and joined and joined[at]:
                np.minimum(row, before_that + _DTYPE(self.deletion[joined[at]]), out=row)
                both = np.take(self.substitution[joined[at]], words.letters)
                np.minimum(row[1:], before_that[:-1] + both, out=row[1:])
            if at:
                exchange = swapped[1:] + substituted[:-1] + before_that[:-2] + _DTYPE(self.transposition)
                np.minimum(row[2:], exchange, out=row[2:])
            _insert(row, inserted)
            swapped = substituted
            alive = np.minimum(row.min(axis=0), before.min(axis=0)) <= limit
            if 2 * np.count_nonzero(alive) < len(alive):
                words = _Words(words.places[alive], words.lengths[alive], words.letters[:, alive])
                inserted, row, before, swapped = (each[:, alive] for each in (inserted, row, before, swapped))
        last = np.take_along_axis(row, words.lengths[None], axis=0)[0]
        found[words.places] = np.minimum(last, limit + 1)
        return found

    def _deletion(self, letter: int, after: int) -> np.int16:
        """Return what it costs to leave out a letter that was typed after another."""
        cost = int(self.deletion[letter])
        return _DTYPE(min(cost, self.doubling) if letter == after else cost)

    def _insertions(self, letters: npt.NDArray[np.intp]) -> npt.NDArray[np.int16]:
        """Return what it costs to insert the letters of each word from the first to each."""
        halving = self.doubling if self.halving is None else self.halving
        each = self.insertion[letters]
        doubled = letters[1:] == letters[:-1]
        each[1:] = np.where(doubled, np.minimum(each[1:], halving), each[1:])
        return np.cumsum(each, axis=0, dtype=_DTYPE)


def _insert(row: npt.NDArray[np.int16], inserted: npt.NDArray[np.int16]) -> None:
    """Make each cost of a row that of an earlier one and the insertion of the letters between, if that is less.

    What is inserted costs the same in every row, so without it this is a running minimum.
    """
    row[1:] -= inserted
    np.minimum.accumulate(row, axis=0, out=row)
    row[1:] += inserted


class _Words(NamedTuple):
    """The words that may still be near: which they are, how long, and their letters, a column each."""

    places: npt.NDArray[np.intp]
    lengths: npt.NDArray[np.intp]
    letters: npt.NDArray[np.intp]
