"""How are strings numbered, and what is known of them kept? In rows of columns, with ranges of terms."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

RowNumbers: TypeAlias = npt.NDArray[np.int32]
Column: TypeAlias = npt.NDArray[Any]


class Numbering(defaultdict[str, int]):
    """Strings, numbered in the order in which they are first asked for."""

    def __init__(self, first: Sequence[str] = ()) -> None:
        super().__init__(count(len(first)).__next__, zip(first, count(), strict=False))

    def numbers(self, strings: Sequence[str]) -> tuple[RowNumbers, list[str]]:
        """Return the number of each string, and which of them are new, in order."""
        before = len(self)
        numbers = np.fromiter(map(self.__getitem__, strings), np.int32, len(strings))
        return numbers, list(islice(reversed(self), len(self) - before))[::-1]


class TermNumbers:
    """The terms that are known, numbered as they become so."""

    def __init__(self) -> None:
        self.terms: list[str] = []
        self._numbering = Numbering()

    def numbers(self, terms: Sequence[str]) -> RowNumbers:
        """Return the number of each term."""
        numbers, new = self._numbering.numbers(terms)
        self.terms += new
        return numbers


class ColumnTable:
    """Rows of numbers for strings, row 0 of zeros for one string that stands for nothing.

    A string is numbered when it is first asked for; those of one call are worked out together, by `_work`.

    Attributes:
        types: The columns, each with the type code of its array.

    Args:
        nothing: The string of row 0.
    """

    types: ClassVar[dict[str, str]]

    def __init__(self, nothing: str) -> None:
        self._numbering = Numbering([nothing])
        self._columns = {name: array(code, [0]) for name, code in self.types.items()}

    def __len__(self) -> int:
        return len(self._numbering)

    def rows(self, strings: Sequence[str]) -> RowNumbers:
        """Return the row of each string."""
        rows, new = self._numbering.numbers(strings)
        if new:
            for column, values in zip(self._columns.values(), self._work(new), strict=True):
                column.frombytes(np.asarray(values, column.typecode).tobytes())
        return rows

    def of(self, rows: RowNumbers, *names: str) -> Iterator[Column]:
        """Return the values of some rows in some columns."""
        return (np.frombuffer(self._columns[name], self.types[name]).take(rows) for name in names)

    def _work(self, new: Sequence[str]) -> Iterable[Sequence[int] | Column]:
        """Return the columns of new rows."""
        raise NotImplementedError


class TermRuns:
    """Terms, each with the place of its word in the form; rows name ranges of them."""

    def __init__(self, known: TermNumbers) -> None:
        self._known = known
        self._terms, self._places = array("i"), array("i")

    def __len__(self) -> int:
        return len(self._terms)

    def append(self, terms: Sequence[str], places: Sequence[int]) -> None:
        """Add terms."""
        self.extend(self._known.numbers(terms), np.array(places, np.int32))

    def extend(self, terms: RowNumbers, places: RowNumbers) -> None:
        """Add terms by their numbers."""
        self._terms.frombytes(terms.tobytes())
        self._places.frombytes(places.tobytes())

    def at(self, rows: RowNumbers) -> tuple[RowNumbers, RowNumbers]:
        """Return the numbers of the terms of some rows, and their places."""
        return np.frombuffer(self._terms, np.int32).take(rows), np.frombuffer(self._places, np.int32).take(rows)


def ranges(starts: Column, counts: Column) -> Column:
    """Return the places that ranges of places name, one run after another.

    >>> ranges(np.array([7, 1], np.int32), np.array([2, 3], np.int32)).tolist()
    [7, 8, 1, 2, 3]
    """
    ends = counts.cumsum(dtype=np.int32)
    places = np.repeat(starts - ends + counts, counts)
    places += np.arange(len(places), dtype=np.int32)
    return places
