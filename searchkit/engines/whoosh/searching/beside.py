"""What do documents score for words that stand side by side in them as they do in the query?

Only the best documents are looked through. They are laid out in a row, with one number for each place, whose bits say
which words of the query stand there: a pair of words is then a bit beside the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.types import Documents, Int64s, Scores
from searchkit.engines.whoosh.reading.occurrences import Occurrences
from searchkit.engines.whoosh.reading.snapshot import FieldSnapshot, Snapshot
from searchkit.engines.whoosh.searching.bm25 import curve, inverse_document_frequency
from searchkit.query.tree import Beside, Terms
from searchkit.ranking import Ranking

Bits: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]

_BITS = 64  # words of a query that are looked at; it has hardly more
_APART = 2  # free places between documents, so that no words of two stand side by side


class BesideScorer:
    """Scores documents of one commit for words side by side. Safe to share between threads.

    Args:
        snapshot: The documents.
        ranking: How they are scored.
    """

    def __init__(self, snapshot: Snapshot, ranking: Ranking) -> None:
        self._snapshot = snapshot
        self._ranking = ranking
        self._occurrences = Occurrences()

    def scores(self, rows: Sequence[Beside], numbers: Documents) -> Scores:
        """Return what each of some documents scores; see `of_groups`."""
        scores: Scores = self._of_groups(*_groups(rows), numbers).sum(axis=0)
        return scores

    def of_groups(self, rows: Sequence[Beside], numbers: Documents) -> tuple[list[tuple[Terms, ...]], Scores]:
        """Return each pair and triple of neighbours in some rows of words, and what each document scores for it.

        It counts as a word does, with `Ranking.beside` for weight, and is as rare as among these documents.

        Args:
            rows: The words.
            numbers: Of the documents, ascending.
        """
        words, groups = _groups(rows)
        named = [tuple(filter(None, words[at : at + size])) for at, size in groups]
        return named, self._of_groups(words, groups, numbers)

    def _of_groups(
        self, words: Sequence[Terms | None], groups: Sequence[tuple[int, int]], numbers: Documents
    ) -> Scores:
        """Return what each document scores for each group of words, of which `_groups` says where it begins."""
        amounts = np.zeros((len(groups), len(numbers)), np.float32)
        if not groups:
            return amounts
        for weight in self._ranking.fields:
            field = self._snapshot.field(weight.name)
            here = [word if word is not None and word.field in {None, weight.name} else None for word in words]
            if field is not None and any(here) and field.has_positions:
                norms = field.length_norms(weight.b)[numbers] * np.float32(weight.weight)
                amounts += self._counts(field, here, groups, numbers) * norms
        factors = [
            inverse_document_frequency(self._snapshot.count, frequency, self._ranking.idf)
            for frequency in np.count_nonzero(amounts, axis=1).tolist()
        ]
        weights = np.array(factors, np.float32)[:, None] * np.float32(self._ranking.beside * (self._ranking.k1 + 1))
        return curve(amounts, self._ranking.k1, weights)

    def _counts(
        self, field: FieldSnapshot, words: Sequence[Terms | None], groups: Sequence[tuple[int, int]], numbers: Documents
    ) -> npt.NDArray[np.intp]:
        """Return how many times each group of words stands in each document, in one field."""
        room = field.lengths[numbers].astype(np.int64) + _APART
        ends = room.cumsum() + _APART
        held = np.zeros(int(ends[-1]), np.min_scalar_type((1 << len(words)) - 1))
        bits = 1 << np.arange(len(words), dtype=held.dtype)
        terms = [[term for term, _ in word.terms] if word else () for word in words]
        rows = [ends[:0]]
        try:
            for at, of_word in self._occurrences.of(field, terms, numbers, ends - room):
                held[of_word] |= bits[at]
                rows.append(of_word)
            places, pairs = _pairs(held, np.concatenate(rows))
            triples = pairs & (held[places + 2] >> 2)
        except IndexError:
            raise field.misplaced() from None
        runs = {2: pairs, 3: triples}
        firsts = np.array([first for first, _ in groups], held.dtype)
        of_groups = np.array([runs[size] for _, size in groups]) >> firsts[:, None] & 1
        group, place = of_groups.nonzero()
        documents = ends.searchsorted(places, "right")[place]
        counts = np.bincount(group * len(numbers) + documents, minlength=len(groups) * len(numbers))
        return counts.reshape(len(groups), len(numbers))


def _pairs(held: Bits, rows: Int64s) -> tuple[Int64s, Bits]:
    """Return those of some places, ascending, where a word stands before the one that follows it; with its bits."""
    places = rows[held.take(rows) & (held.take(rows + 1) >> 1) != 0]
    places.sort()
    new = np.ones(len(places), bool)
    np.not_equal(places[1:], places[:-1], out=new[1:])
    places = places[new]
    return places, held[places] & (held[places + 1] >> 1)


def _groups(rows: Sequence[Beside]) -> tuple[list[Terms | None], list[tuple[int, int]]]:
    """Return the words of all rows, None between rows, and the groups in them: where each begins, and its size.

    One word of a group at least is no function word.
    """
    words: list[Terms | None] = []
    content: list[bool] = []
    for row in rows:
        words += [*row.words, None]
        content += [*row.content, False]
    groups = [
        (at, size)
        for size in (2, 3)
        for at in range(min(len(words), _BITS) - size + 1)
        if any(content[at : at + size]) and all(words[at : at + size])
    ]
    return words[:_BITS], groups
