"""Which terms does a text hold, as numbers? The bulk way of `Analyzer.analyze`, for writing an index.

Each written form is worked out when first met and kept as a row of numbers. A text is then a lookup for each of its
written forms and arithmetic on whole arrays.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.persian.forms import form_of, linked

_REMEMBERED = 1 << 19

Numbers: TypeAlias = npt.NDArray[np.int32]


class Encoder:
    """Texts to numbers of terms. One for each run of a writer: it is not safe to share between threads.

    Attributes:
        terms: The terms met so far; the number of a term is its place here, in the order of their first occurrence.
    """

    def __init__(self) -> None:
        self.terms: list[str] = []
        self._known = _Vocabulary()
        self._rows = _Rows(self._known)
        self._numbers = np.empty(0, np.int32)  # of the known terms; -1 for those that have not occurred

    def encode(self, text: str) -> tuple[Numbers, Numbers, int]:
        """Return the numbers of the text's terms, their positions (never falling), and how many positions there are.

        These are the terms and positions of `Analyzer.analyze(text)`, in the same order.
        """
        terms, positions, _, lengths = self.encode_all([text])
        return terms, positions, int(lengths[0])

    def encode_all(self, texts: Sequence[str]) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Return what `encode` does for many texts at once, which takes less time: one text after another.

        Returns:
            The numbers of the terms, their positions in their texts, how many terms each text has and how many
            positions.
        """
        if len(self._rows) > _REMEMBERED:
            self._rows = _Rows(self._known)
        rows, ends = self._read_together(texts)
        starts, counts, words = (column[rows] for column in self._rows.columns())
        term_ends, word_ends = counts.cumsum(dtype=np.int32), words.cumsum(dtype=np.int32)
        places = np.repeat(starts - term_ends + counts, counts)
        places += np.arange(len(places), dtype=np.int32)
        terms, positions = (column[places] for column in self._rows.contents())
        lengths = np.diff(word_ends[ends], prepend=0)
        first = np.repeat(word_ends[ends] - lengths, np.diff(ends, prepend=-1))
        positions += np.repeat(word_ends - words - first, counts)
        return self._number(terms), positions, np.diff(term_ends[ends], prepend=0), lengths

    def _read_together(self, texts: Sequence[str]) -> tuple[Numbers, npt.NDArray[np.int64]]:
        """Return a row for each written form, or for several where they belong together, and where each text ends.

        An empty row ends each text.
        """
        written: list[str] = []
        for text in texts:
            written += text.split()
            written.append("")
        rows = np.fromiter(map(self._rows.__getitem__, written), np.int32, len(written))
        gives, takes = (column[rows] for column in self._rows.edges())
        before = np.concatenate((np.zeros(1, np.uint8), gives[:-2]))[: len(rows) - 1]
        together = linked(before, takes[:-1], gives[:-1], takes[1:]) != 0
        if together.any():
            starts = np.flatnonzero(np.concatenate(([True], ~together)))
            lengths = np.diff(starts, append=len(written))
            rows = rows[starts]
            for unit in np.flatnonzero(lengths > 1).tolist():
                start = starts[unit]
                rows[unit] = self._rows[" ".join(written[start : start + lengths[unit]])]
        return rows, np.flatnonzero(rows == 0)

    def _number(self, terms: Numbers) -> Numbers:
        """Return the numbers of known terms. Terms are known as forms are worked out, but numbered as they occur."""
        if len(self._numbers) < len(self._known):
            unnumbered = np.full(len(self._known) * 2, -1, np.int32)
            unnumbered[: len(self._numbers)] = self._numbers
            self._numbers = unnumbered
        numbers = self._numbers[terms]
        if numbers.min(initial=0) == 0:
            return numbers
        for term in dict.fromkeys(terms[numbers < 0].tolist()):
            self._numbers[term] = len(self.terms)
            self.terms.append(self._known.terms[term])
        return self._numbers[terms]


class _Vocabulary(dict[str, int]):
    """The terms that are known, numbered as they become so."""

    def __init__(self) -> None:
        self.terms: list[str] = []

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self.terms)
        self.terms.append(term)
        return number


class _Rows(dict[str, int]):
    """A table of what is known of written forms: a row for each, beginning with an empty one."""

    def __init__(self, known: _Vocabulary) -> None:
        super().__init__({"": 0})
        self._known = known
        self._starts, self._counts, self._words = array("i", [0]), array("i", [0]), array("i", [0])
        self._gives, self._takes = array("B", [0]), array("B", [0])
        self._terms, self._positions = array("i", [0]), array("i", [0])

    def __missing__(self, written: str) -> int:
        form = form_of(written)
        self[written] = row = len(self._starts)
        self._starts.append(len(self._terms))
        self._words.append(len(form.words))
        self._gives.append(form.gives)
        self._takes.append(form.takes)
        for position, word in enumerate(form.words):
            for term in word.terms:
                self._terms.append(self._known[term])
                self._positions.append(position)
        self._counts.append(len(self._terms) - self._starts[row])
        return row

    def edges(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """Return what `linked` asks of each row. As all views, good until the next row."""
        return np.frombuffer(self._gives, np.uint8), np.frombuffer(self._takes, np.uint8)

    def columns(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return for each row where its contents begin, how many there are, and how many words."""
        return _view(self._starts), _view(self._counts), _view(self._words)

    def contents(self) -> tuple[Numbers, Numbers]:
        """Return the terms of all rows, and at which of the row's words they stand."""
        return _view(self._terms), _view(self._positions)


def _view(numbers: array[int]) -> Numbers:
    return np.frombuffer(numbers, np.int32)
