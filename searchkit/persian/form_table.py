"""What is known of written forms, as rows of numbers? Three tables, each worked out many rows at once.

forms, which stand between white space → parts of forms (words as written, numbers, signs) → folded words

Most forms are one word with signs around it or none. A form where words may be read
together is left to `form_of`.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.persian.chars import LETTERS
from searchkit.persian.fold import fold_words
from searchkit.persian.forms import BESIDE, Form, edges, form_of, is_blank, joining, look_up
from searchkit.persian.tokens import Kind, parts

Numbers: TypeAlias = npt.NDArray[np.int32]
Column: TypeAlias = npt.NDArray[Any]

_PARTS, _JOINS = 1, 2
"""Signs that keep words apart; words that `form_of` may read together with their neighbours."""

_PLAIN = re.compile(rf"[{LETTERS}].*|[A-Za-z]+|\d+").fullmatch


class Vocabulary(dict[str, int]):
    """The terms that are known, numbered as they become so."""

    def __init__(self) -> None:
        self.terms: list[str] = []

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self.terms)
        self.terms.append(term)
        return number


class _Table(dict[str, int]):
    """Rows of numbers for strings, row 0 of zeros for one string that stands for nothing.

    A string is numbered when it is first asked for; those of one call are worked out together, by `_work`.

    Attributes:
        types: The columns, each with the type code of its array.

    Args:
        nothing: The string of row 0.
    """

    types: ClassVar[dict[str, str]]

    def __init__(self, nothing: str) -> None:
        super().__init__({nothing: 0})
        self._new: list[str] = []
        self._columns = {name: array(code, [0]) for name, code in self.types.items()}

    def __missing__(self, string: str) -> int:
        self[string] = row = len(self)
        self._new.append(string)
        return row

    def rows(self, strings: Sequence[str]) -> Numbers:
        """Return the row of each string."""
        rows = np.fromiter(map(self.__getitem__, strings), np.int32, len(strings))
        if self._new:
            new, self._new = self._new, []
            for column, values in zip(self._columns.values(), self._work(new), strict=True):
                column.frombytes(np.asarray(values, column.typecode).tobytes())
        return rows

    def of(self, rows: Numbers, *names: str) -> Iterator[Column]:
        """Return the values of some rows in some columns."""
        return (np.frombuffer(self._columns[name], self.types[name])[rows] for name in names)

    def _work(self, new: Sequence[str]) -> Iterable[Sequence[int] | Column]:
        """Return the columns of new rows."""
        raise NotImplementedError


class _Contents:
    """Terms, each with the place of its word in the form; rows name runs of them."""

    def __init__(self, known: Vocabulary) -> None:
        self._known = known
        self._terms, self._places = array("i"), array("i")

    def __len__(self) -> int:
        return len(self._terms)

    def append(self, terms: Sequence[str], places: Sequence[int]) -> None:
        """Add terms."""
        self.extend(np.fromiter(map(self._known.__getitem__, terms), np.int32, len(terms)), np.array(places, np.int32))

    def extend(self, terms: Numbers, places: Numbers) -> None:
        """Add terms by their numbers."""
        self._terms.frombytes(terms.tobytes())
        self._places.frombytes(places.tobytes())

    def at(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return the numbers of the terms of some rows, and their places."""
        return np.frombuffer(self._terms, np.int32)[rows], np.frombuffer(self._places, np.int32)[rows]


class _Run:
    """Gathers the terms of rows one by one, to be added at once."""

    def __init__(self, contents: _Contents) -> None:
        self._contents = contents
        self._first = len(contents)
        self._terms: list[str] = []
        self._places: list[int] = []

    def append(self, words: Iterable[tuple[str, ...]]) -> tuple[int, int]:
        """Add the terms of the words of a row; return where they begin and how many there are."""
        before = len(self._terms)
        for place, terms in enumerate(words):
            self._terms += terms
            self._places += [place] * len(terms)
        return self._first + before, len(self._terms) - before

    def close(self) -> None:
        """Add what has been gathered."""
        self._contents.append(self._terms, self._places)


class _Words(_Table):
    """Folded words of Persian, ASCII letters or digits.

    Where the terms of each begin, how many there are, what it gives and takes, and `_JOINS`.
    """

    types: ClassVar = {"starts": "i", "counts": "i", "gives": "B", "takes": "B", "flags": "B"}

    def __init__(self, contents: _Contents) -> None:
        super().__init__("")
        self._contents = contents

    def _work(self, new: Sequence[str]) -> Iterable[Sequence[int] | Column]:
        kinds = list(map(_kind, new))
        terms: list[str] = []
        ends = []
        for kind, word in zip(kinds, new, strict=True):
            terms += look_up(kind, word).terms
            ends.append(len(terms))
        starts = [len(self._contents) + end for end in (0, *ends[:-1])]
        self._contents.append(terms, [0] * len(terms))
        gives, takes = zip(*map(edges, kinds, new), strict=True)
        return starts, np.diff(ends, prepend=0), gives, takes, [_JOINS * (word in joining()) for word in new]


class _Parts(_Table):
    """Parts of forms: the columns of `_Words` for all words of one, and how many these are."""

    types: ClassVar = {**_Words.types, "sizes": "i"}

    def __init__(self, contents: _Contents) -> None:
        super().__init__("\n")
        self._contents = contents
        self._words = _Words(contents)

    def _work(self, new: Sequence[str]) -> Iterable[Sequence[int] | Column]:
        plain = [part if _PLAIN(part) else "" for part in new]
        folded = [word if " " not in word else "" for word in fold_words(plain)]  # a ligature may hold several words
        rows = self._words.rows(folded)
        starts, counts, gives, takes, flags = self._words.of(rows, *self._words.types)
        sizes = np.minimum(rows, 1)
        run = _Run(self._contents)
        for at in np.flatnonzero(rows == 0).tolist():
            form = form_of(new[at])
            starts[at], counts[at] = run.append(word.terms for word in form.words)
            sizes[at], gives[at], takes[at] = len(form.words), form.gives, form.takes
            flags[at] = _flags(new[at], form)
        run.close()
        return starts, counts, gives, takes, flags, sizes


class FormTable(_Table):
    """Written forms: where the contents of each begin, how many there are, what it gives and takes, how many words."""

    types: ClassVar = {"starts": "i", "counts": "i", "gives": "B", "takes": "B", "sizes": "i"}

    def __init__(self, known: Vocabulary) -> None:
        super().__init__("")
        self._contents = _Contents(known)
        self._parts = _Parts(self._contents)

    def contents(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return the numbers of terms by their places in the contents, and which of the form's words each is of."""
        return self._contents.at(rows)

    def _work(self, new: Sequence[str]) -> Iterable[Sequence[int] | Column]:
        rows = self._parts.rows(parts(new))
        cut = _Cut(np.flatnonzero(rows == 0), *self._parts.of(rows, *self._parts.types))
        sizes, left = cut.words(), cut.left()
        starts, counts = cut.starts[cut.first], cut.counts[cut.first]
        several = np.flatnonzero((sizes > cut.sizes[cut.first]) & ~left)
        starts[several], counts[several] = self._joined(cut, several)
        gives, takes = cut.edges()
        run = _Run(self._contents)
        for at in np.flatnonzero(left).tolist():
            form = form_of(new[at])
            starts[at], counts[at] = run.append(word.terms for word in form.words)
            sizes[at], gives[at], takes[at] = len(form.words), form.gives, form.takes
        run.close()
        return starts, counts, gives, takes, sizes

    def _joined(self, cut: _Cut, forms: Column) -> tuple[Column, Column]:
        """Add the contents of forms of several parts; return where those of each begin and how many there are."""
        chosen = np.zeros(len(cut.ends), bool)
        chosen[forms] = True
        of = np.repeat(np.arange(len(cut.ends)), cut.ends - cut.begins + 1)
        at = np.flatnonzero(chosen[of] & (cut.sizes > 0))
        before = cut.sizes.cumsum(dtype=np.int32) - cut.sizes
        source = runs(cut.starts[at], cut.counts[at])
        terms, places = self._contents.at(source)
        places += np.repeat(before[at] - before[cut.begins[of[at]]], cut.counts[at])
        counts = np.bincount(of[at], cut.counts[at], len(cut.ends))[forms].astype(np.int32)
        starts = counts.cumsum(dtype=np.int32) - counts + len(self._contents)
        self._contents.extend(terms, places)
        return starts, counts


class _Cut:
    """Forms cut into parts.

    Attributes:
        ends: Of each form, which part is the line feed after it.
        begins, first, last: Its first part, the first of its parts with words, and the last; `ends` if there is none.
    """

    def __init__(self, ends: Column, *columns: Column) -> None:
        self.starts, self.counts, self._gives, self._takes, self._flags, self.sizes = columns
        self.ends = ends
        self.begins = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
        worded = np.append(np.flatnonzero(self.sizes), ends[-1])
        self.first = np.minimum(worded[np.searchsorted(worded, self.begins)], ends)
        self.last = np.where(self.first == ends, ends, worded[np.searchsorted(worded, ends) - 1])

    def words(self) -> Numbers:
        """Return how many words each form has."""
        return np.add.reduceat(self.sizes, self.begins)

    def edges(self) -> tuple[Column, Column]:
        """Return what each form gives and takes; those that signs shut off."""
        signs = (self._flags & _PARTS).cumsum()
        gives, takes = self._gives[self.last], self._takes[self.first]
        gives[signs[self.ends] > signs[self.last]] &= BESIDE
        takes[signs[self.first] > signs[self.begins] - (self._flags[self.begins] & _PARTS)] &= BESIDE
        return gives, takes

    def left(self) -> npt.NDArray[np.bool_]:
        """Return which forms are left to `form_of`."""
        flags = np.bitwise_or.reduceat(self._flags, self.begins)
        found: npt.NDArray[np.bool_] = (flags & _JOINS != 0) & (self.words() > 1)
        return found


def runs(starts: Numbers, counts: Numbers) -> Numbers:
    """Return the places that runs of places name, one run after another.

    >>> runs(np.array([7, 1], np.int32), np.array([2, 3], np.int32)).tolist()
    [7, 8, 1, 2, 3]
    """
    ends = counts.cumsum(dtype=np.int32)
    places = np.repeat(starts - ends + counts, counts)
    places += np.arange(len(places), dtype=np.int32)
    return places


def _kind(folded: str) -> Kind:
    if not folded.isascii():
        return "word"
    return "number" if folded.isdecimal() else "latin"


def _flags(part: str, form: Form) -> int:
    if not form.words:
        return 0 if is_blank(part) else _PARTS
    return _JOINS if len(form.words) > 1 or form.words[0].key in joining() else 0
