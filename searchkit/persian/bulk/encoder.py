"""Which terms does a text hold, as numbers? The bulk way of `Analyzer.analyze`, for writing an index.

Each written form is numbered when first met; those met in one call are worked out together and kept as rows of
numbers. A text is then a lookup for each of its written forms and arithmetic on whole arrays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searchkit import garbage
from searchkit.persian.bulk.columns import Column, RowNumbers, TermNumbers, ranges
from searchkit.persian.bulk.form_table import FormTable
from searchkit.persian.bulk.split import Split
from searchkit.persian.forms.form import MOST_TOGETHER, linked

_REMEMBERED = 1 << 19  # written forms: some 300 MB


class Encoder:
    """Texts to numbers of terms. One for each run of a writer: it is not safe to share between threads.

    Attributes:
        terms: The terms met so far; the number of a term is its place here, in the order of their first occurrence.
    """

    def __init__(self) -> None:
        self.terms: list[str] = []
        self._known = TermNumbers()
        self._forms = FormTable(self._known)
        self._numbers = np.empty(0, np.int32)  # of the known terms; -1 for those that have not occurred

    def encode(self, text: str) -> tuple[RowNumbers, RowNumbers, int]:
        """Return the numbers of the text's terms, their positions (never falling), and how many positions there are.

        These are the terms and positions of `Analyzer.analyze(text)`, in the same order.
        """
        terms, positions, _, lengths = self.encode_all([text])
        return terms, positions, int(lengths[0])

    @garbage.paused()
    def encode_all(self, texts: Sequence[str]) -> tuple[RowNumbers, RowNumbers, RowNumbers, RowNumbers]:
        """Return what `encode` does for many texts at once, which takes less time: one text after another.

        Returns:
            The numbers of the terms, their positions in their texts, how many terms each text has and how many
            positions.
        """
        if len(self._forms) > _REMEMBERED:
            self._forms = FormTable(self._known)
        rows, ends = self._read_together(texts)
        starts, counts, words = self._forms.of(rows, "starts", "counts", "sizes")
        term_ends, word_ends = counts.cumsum(dtype=np.int32), words.cumsum(dtype=np.int32)
        terms, positions = self._forms.contents(ranges(starts, counts))
        lengths = np.diff(word_ends[ends], prepend=0)
        first = np.repeat(word_ends[ends] - lengths, np.diff(ends, prepend=-1))
        positions += np.repeat(word_ends - words - first, counts)
        return self._number(terms), positions, np.diff(term_ends[ends], prepend=0), lengths

    def _read_together(self, texts: Sequence[str]) -> tuple[Column, Column]:
        """Return a row for each written form, or for several where they belong together, and where each text ends.

        An empty row ends each text.
        """
        split = Split(texts)
        rows = self._forms.rows_in(split)
        joins_right, joins_left = self._forms.of(rows, "joins_right", "joins_left")
        before = np.concatenate((np.zeros(1, np.uint8), joins_right[:-2]))[: len(rows) - 1]
        together = linked(before, joins_left[:-1], joins_right[:-1], joins_left[1:]) != 0
        if together.any():
            starts, lengths = _runs(together)
            if lengths.max() > MOST_TOGETHER:
                together[np.repeat(lengths > MOST_TOGETHER, lengths)[1:]] = False
                starts, lengths = _runs(together)
            rows = rows[starts]
            longer = lengths > 1
            rows[longer] = self._forms.rows(split.written(starts[longer], lengths[longer]))
        return rows, np.flatnonzero(rows == 0)

    def _number(self, terms: RowNumbers) -> RowNumbers:
        """Return the numbers of known terms. Terms are known as forms are worked out, but numbered as they occur."""
        if len(self._numbers) < len(self._known.terms):
            unnumbered = np.full(len(self._known.terms) * 2, -1, np.int32)
            unnumbered[: len(self._numbers)] = self._numbers
            self._numbers = unnumbered
        numbers = self._numbers.take(terms)
        if numbers.min(initial=0) == 0:
            return numbers
        new = terms[numbers < 0]
        new = new[np.sort(np.unique(new, return_index=True)[1])]
        self._numbers[new] = np.arange(len(self.terms), len(self.terms) + len(new))
        self.terms += map(self._known.terms.__getitem__, new.tolist())
        return self._numbers.take(terms)


def _runs(together: Column) -> tuple[Column, Column]:
    """Return where forms that belong together begin and how many these are, given whether each belongs to the next."""
    starts = np.flatnonzero(np.concatenate(([True], ~together)))
    return starts, np.diff(starts, append=len(together) + 1)
