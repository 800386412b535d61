r"""Which written forms do texts hold, and which of them were met before? On whole arrays, without a string for each.

Most forms of a text are short and were met before. Such a form is found by what it holds: its UTF-16 code units, of
which it has eight at most, fill two 64-bit integers, and these are compared.

>>> split = Split(["کتاب\u200cها را", "برد"])
>>> split.written(np.arange(5), np.ones(5, int)) == ["کتاب\u200cها", "را", "", "برد", ""]
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from searchkit.persian.bulk.columns import Column, RowNumbers, ranges

FormPlaces = npt.NDArray[np.intp]
FormKeys = tuple[Column, Column, Column]

_UTF_16 = "utf-16-le"
_AFTER = "  ".encode(_UTF_16)  # between the two spaces after a text is the empty form

_LONGEST = 8  # code units
_ROOM = 4  # of them in an integer
_MASKS = [
    np.array([(1 << 16 * min(max(length - at, 0), _ROOM)) - 1 for length in range(_LONGEST + 2)], np.uint64)
    for at in range(0, _LONGEST, _ROOM)
]

_AT_ONCE = 1 << 18  # forms: all of a batch, but of a long text no more at once become strings

_SLOTS = 19  # bits of the number of a slot: four slots for each form of ten thousand news articles
_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)  # odd, and their bits look random


class Split:
    """Texts split at white space, as `str.split` does it. An empty form ends each text.

    Attributes:
        lengths: Of each form, how many UTF-16 code units it has.

    Args:
        texts: They hold no lone surrogates.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        encoded = [text.encode(_UTF_16, "surrogatepass") + _AFTER for text in texts]
        self._bytes = b"".join([*encoded, bytes(2 * _LONGEST)])
        spaces = np.flatnonzero(_is_space().take(np.frombuffer(self._bytes, np.uint16)))
        starts = np.concatenate(([0], spaces[:-1] + 1))[: len(spaces)]
        kept = starts < spaces
        kept[np.searchsorted(spaces, np.cumsum([len(text) // 2 for text in encoded]) - 1)] = True
        self._starts = starts[kept]
        self.lengths = spaces[kept] - self._starts

    def written(self, places: FormPlaces, counts: FormPlaces) -> list[str]:
        """Return what stands at some places: of each, so many forms in a row with a space between them."""
        forms = ranges(places, counts)
        lengths = self.lengths[forms] + 1
        units = np.frombuffer(self._bytes, np.uint16)[ranges(self._starts[forms], lengths)]
        ends = lengths.cumsum() - 1
        units[ends] = ord(" ")
        units[ends[counts.cumsum() - 1]] = ord("\n")
        return units.tobytes().decode(_UTF_16, "surrogatepass").split("\n")[:-1]

    def keys(self) -> FormKeys:
        """Return the code units of each form as two integers, and how many it has: nine where they are too many."""
        fours = np.ndarray((len(self._bytes) // 2 - _ROOM + 1,), np.uint64, self._bytes, strides=(2,))
        lengths = np.minimum(self.lengths, _LONGEST + 1)
        units = (fours[self._starts + _ROOM * at] & mask.take(lengths) for at, mask in enumerate(_MASKS))
        return *units, lengths.astype(np.uint8)


class ShortForms:
    """The rows of short forms. Each has one slot, and the first form of a slot keeps it; row 0 is the empty form's."""

    def __init__(self) -> None:
        self._slots = np.zeros(1 << _SLOTS, np.int32)
        self._keys: FormKeys = (np.zeros(1, np.uint64), np.zeros(1, np.uint64), np.zeros(1, np.uint8))  # by row

    def rows(self, split: Split, rows_of: Callable[[list[str]], RowNumbers]) -> FormPlaces:
        """Return the row of each form; `rows_of` is asked for the rows of those that are not kept here."""
        keys = split.keys()
        slots = _slots(keys)
        rows = np.empty(len(slots), np.intp)
        for start in range(0, len(rows), _AT_ONCE):
            end = start + _AT_ONCE
            rows[start:end] = self._slots[slots[start:end]]
            same = [kept.take(rows[start:end]) == key[start:end] for kept, key in zip(self._keys, keys, strict=True)]
            missing = start + np.flatnonzero(~np.logical_and.reduce(same))
            rows[missing] = rows_of(split.written(missing, np.ones_like(missing)))
            self._keep(missing[split.lengths[missing] <= _LONGEST], slots, rows, keys)
        return rows

    def _keep(self, places: FormPlaces, slots: FormPlaces, rows: FormPlaces, keys: FormKeys) -> None:
        """Keep the rows of forms at some places that find their slots empty."""
        places = places[self._slots[slots[places]] == 0]
        self._slots[slots[places]] = rows[places]
        last = int(rows[places].max(initial=0))
        for kept, key in zip(self._keys, keys, strict=True):
            if len(kept) <= last:
                kept.resize(2 * last, refcheck=False)
            kept[rows[places]] = key[places]


def _slots(keys: FormKeys) -> FormPlaces:
    """Return where each key is kept."""
    first, second, _ = keys
    mixed = first * _MIX[0]
    mixed ^= mixed >> np.uint64(32)
    mixed += second
    mixed *= _MIX[1]
    slots: FormPlaces = (mixed >> np.uint64(64 - _SLOTS)).astype(np.intp)
    return slots


@cache
def _is_space() -> npt.NDArray[np.bool_]:
    """Return which UTF-16 code units are white space to `str.split`: all of it is below U+3001."""
    return np.array([chr(code).isspace() for code in range(0x3001)] + [False] * (0x10000 - 0x3001))
