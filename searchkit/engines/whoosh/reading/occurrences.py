"""Where do words stand in a few documents? Read without the occurrences in all the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.types import Documents, Int64s, Numbers
from searchkit.engines.whoosh.reading.field import Field
from searchkit.engines.whoosh.reading.snapshot import FieldSnapshot

_COMMON = 4096  # a term of more postings is read by itself and kept: the words that stand in most queries are such
_KEPT = 1 << 20  # postings that are kept at most, of 8 bytes each


class _KnownTerm(NamedTuple):
    """The documents that hold a term, ascending, and where in `positions` those of each end."""

    documents: Numbers
    ends: Int64s
    positions: npt.NDArray[Any]


class Occurrences:
    """Reads where words stand, and remembers what it has read of common ones. Safe to share between threads."""

    def __init__(self) -> None:
        self._common: dict[tuple[Field, int], _KnownTerm] = {}
        self._left = _KEPT

    def of(
        self, field: FieldSnapshot, marks: Iterable[tuple[str, int]], numbers: Documents, bases: Int64s
    ) -> tuple[Int64s, Int64s]:
        """Return where terms stand, the number given for a document and the position added to it; and the mark of each.

        Args:
            field: In which field.
            marks: The terms, with a mark for each.
            numbers: In which documents, ascending.
            bases: The number of each document, from 0.
        """
        found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        rare: dict[tuple[int, Field], list[tuple[int, int, int]]] = defaultdict(list)
        for term, mark in marks:
            for offset, part, ordinal, count in field.find(term):
                if count > _COMMON:
                    rows = self._of_common(part, ordinal, numbers - offset, bases)
                    found.append((rows, np.full(len(rows), mark)))
                else:
                    rare[offset, part].append((ordinal, count, mark))
        for (offset, part), terms in rare.items():
            base = np.full(field.size - offset, -1, np.int64)
            here = numbers >= offset
            base[numbers[here] - offset] = bases[here]
            found.append(_of_rare(part, terms, base))
        every, marked = zip(*found, strict=True)
        return np.concatenate(every), np.concatenate(marked)

    def _of_common(self, part: Field, ordinal: int, numbers: Documents, bases: Int64s) -> Int64s:
        """Return where one term stands, looking up each of the few documents among its own."""
        documents, ends, positions = self._read(part, ordinal)
        inside = (numbers >= 0) & (numbers <= int(documents[-1]))
        numbers, bases = numbers[inside].astype(np.uint32), bases[inside]
        at = documents.searchsorted(numbers)
        held = documents[at] == numbers
        at, bases = at[held], bases[held]
        lasts = ends[at]
        counts = lasts - np.where(at > 0, ends[at - 1], 0)
        return _placed(bases, counts, lasts, positions)

    def _read(self, part: Field, ordinal: int) -> _KnownTerm:
        kept = self._common.get((part, ordinal))
        if kept is None:
            documents, frequencies = part.postings(ordinal)
            ends = frequencies.cumsum(dtype=np.int64)
            kept = _KnownTerm(documents, ends, part.position_run(ordinal, int(ends[-1])))
            if len(documents) <= self._left:
                self._left -= len(documents)
                self._common[part, ordinal] = kept
        return kept


def _of_rare(part: Field, terms: Sequence[tuple[int, int, int]], base: Int64s) -> tuple[Int64s, Int64s]:
    """Return where terms stand that are given by ordinal, postings and mark, looking up each of their documents."""
    ordinals, postings, marks = zip(*terms, strict=True)
    documents, frequencies, _ = part.gather(ordinals, weighted=False)
    bases = base[documents]
    (chosen,) = (bases >= 0).nonzero()
    counts = frequencies.astype(np.int64)
    ends = counts.cumsum()
    bounds = np.array([0, *postings]).cumsum()
    totals = np.append(0, ends)[bounds].tolist()
    runs = [part.position_run(*each) for each in zip(ordinals, np.diff(totals).tolist(), strict=True)]
    of_chosen = np.array(marks).repeat(postings)[chosen]
    counts = counts[chosen]
    return _placed(bases[chosen], counts, ends[chosen], np.concatenate(runs, dtype=np.uint32)), of_chosen.repeat(counts)


def _placed(bases: Int64s, counts: Int64s, lasts: Int64s, positions: npt.NDArray[Any]) -> Int64s:
    """Return base and position of each of so many occurrences that end at `lasts`."""
    ends = counts.cumsum()
    if not len(ends):
        return ends
    rows: Int64s = bases.repeat(counts) + positions[np.arange(ends[-1]) + (lasts - ends).repeat(counts)]
    return rows
