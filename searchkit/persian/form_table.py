"""What is known of written forms, as rows of numbers? Forms are numbered one by one and worked out many at once.

Most forms are one word with signs around it or none: these are cut by one pattern and folded together, and forms of
the same word share what is known of it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.persian.fold import fold_words
from searchkit.persian.forms import form_of, free, known
from searchkit.persian.tokens import single_words

_SIGNS = 1 << 12

Numbers: TypeAlias = npt.NDArray[np.int32]
Bits: TypeAlias = npt.NDArray[np.uint8]


class Vocabulary(dict[str, int]):
    """The terms that are known, numbered as they become so."""

    def __init__(self) -> None:
        self.terms: list[str] = []

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self.terms)
        self.terms.append(term)
        return number


class _Contents:
    """Terms, each with the place of its word in the form; forms name runs of them."""

    def __init__(self, known: Vocabulary) -> None:
        self._known = known
        self._terms, self._places = array("i"), array("i")
        self._new_terms: list[str] = []
        self._new_places: list[int] = []

    def append(self, words: Iterable[tuple[str, ...]]) -> tuple[int, int]:
        """Add the terms of some words, and return where their run begins and how long it is."""
        before = len(self._new_terms)
        for place, terms in enumerate(words):
            self._new_terms += terms
            self._new_places += [place] * len(terms)
        return len(self._terms) + before, len(self._new_terms) - before

    def views(self) -> tuple[Numbers, Numbers]:
        """Return the numbers of the terms, and the places. As all views, good until something is added."""
        if self._new_terms:
            numbers = map(self._known.__getitem__, self._new_terms)
            self._terms.frombytes(np.fromiter(numbers, np.int32, len(self._new_terms)).tobytes())
            self._places.frombytes(np.array(self._new_places, np.int32).tobytes())
            self._new_terms, self._new_places = [], []
        return _view(self._terms), _view(self._places)


class _Words(dict[str, int]):
    """A table of what is known of folded words: a row for each, beginning with an empty one."""

    def __init__(self, contents: _Contents) -> None:
        super().__init__({"": 0})
        self._contents = contents
        self._starts, self._counts = array("i", [0]), array("i", [0])
        self._gives, self._takes = array("B", [0]), array("B", [0])

    def __missing__(self, folded: str) -> int:
        self[folded] = row = len(self)
        word = known("word", folded)
        start, count = self._contents.append((word.terms,))
        self._starts.append(start)
        self._counts.append(count)
        self._gives.append(word.gives)
        self._takes.append(word.takes)
        return row

    def rows(self, folded: Sequence[str]) -> tuple[Numbers, Numbers, Bits, Bits]:
        """Return for each word where its terms begin, how many there are, and what it gives and takes."""
        rows = np.fromiter(map(self.__getitem__, folded), np.int32, len(folded))
        return (
            _view(self._starts)[rows],
            _view(self._counts)[rows],
            _bits(self._gives)[rows],
            _bits(self._takes)[rows],
        )


class FormTable(dict[str, int]):
    """A table of what is known of written forms: a row for each, beginning with an empty one."""

    def __init__(self, known: Vocabulary) -> None:
        super().__init__({"": 0})
        self._new: list[str] = []
        self._contents = _Contents(known)
        self._words = _Words(self._contents)
        self._starts, self._counts, self._sizes = array("i", [0]), array("i", [0]), array("i", [0])
        self._gives, self._takes = array("B", [0]), array("B", [0])

    def __missing__(self, written: str) -> int:
        self[written] = row = len(self)
        self._new.append(written)
        return row

    def number(self, written: Sequence[str]) -> Numbers:
        """Return the row of each form."""
        rows = np.fromiter(map(self.__getitem__, written), np.int32, len(written))
        if self._new:
            self._work(self._new)
            self._new = []
        return rows

    def _work(self, forms: Sequence[str]) -> None:
        """Add the rows of forms that have been numbered. Most are one word, with signs or without."""
        before, words, after = zip(*single_words(forms), strict=True)
        folded = [word if " " not in word else "" for word in fold_words(words)]  # a ligature may hold several words
        starts, counts, gives, takes = self._words.rows(folded)
        sizes = np.ones(len(forms), np.int32)
        takes &= np.fromiter(map(_FREE.__getitem__, before), np.uint8, len(forms))
        gives &= np.fromiter(map(_FREE.__getitem__, after), np.uint8, len(forms))
        for place in [place for place, word in enumerate(folded) if not word]:
            form = form_of(forms[place])
            starts[place], counts[place] = self._contents.append(word.terms for word in form.words)
            sizes[place], gives[place], takes[place] = len(form.words), form.gives, form.takes
        for column, values in (
            (self._starts, starts),
            (self._counts, counts),
            (self._sizes, sizes),
            (self._gives, gives),
            (self._takes, takes),
        ):
            column.frombytes(values.tobytes())

    def edges(self) -> tuple[Bits, Bits]:
        """Return what `linked` asks of each row. As all views, good until the next row."""
        return _bits(self._gives), _bits(self._takes)

    def columns(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return for each row where its contents begin, how many there are, and how many words."""
        return _view(self._starts), _view(self._counts), _view(self._sizes)

    def contents(self) -> tuple[Numbers, Numbers]:
        """Return the terms of all rows, and at which of the row's words they stand."""
        return self._contents.views()


class _Free(dict[str, int]):
    """Remembers `free` of the signs at the edges of forms; there are few different ones."""

    def __missing__(self, signs: str) -> int:
        bits = free(signs)
        if len(self) < _SIGNS:
            self[signs] = bits
        return bits


_FREE = _Free()


def _view(numbers: array[int]) -> Numbers:
    return np.frombuffer(numbers, np.int32)


def _bits(numbers: array[int]) -> Bits:
    return np.frombuffer(numbers, np.uint8)
