"""Where do words stand in a few documents? Read without the occurrences in all the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.types import Documents, Int64s, Numbers
from searchkit.engines.whoosh.reading.field import Field
from searchkit.engines.whoosh.reading.snapshot import FieldSnapshot

_COMMON = 4096  # a term of more postings is read by itself and kept: the words that stand in most queries are such
_KEPT = 1 << 20  # postings that are kept at most, of 8 bytes each


class _KnownTerm(NamedTuple):
    """The documents that hold a term, ascending, and between which `bounds` those of each are in `positions`."""

    documents: Numbers
    bounds: Int64s
    positions: npt.NDArray[Any]


class Occurrences:
    """Reads where words stand, and remembers what it has read of common ones. Safe to share between threads."""

    def __init__(self) -> None:
        self._common: dict[tuple[Field, int], _KnownTerm] = {}
        self._left = _KEPT

    def of(
        self, field: FieldSnapshot, words: Sequence[Sequence[str]], numbers: Documents, bases: Int64s
    ) -> Iterator[tuple[int, Int64s]]:
        """Yield where words stand, some of their terms at a time: the number given for a document and the position.

        With them comes which of the words it is. A place comes twice where two terms of a word stand.

        Args:
            field: In which field.
            words: The terms of each.
            numbers: In which documents, ascending.
            bases: The number of each document, above 0.
        """
        rare: dict[tuple[int, Field], list[tuple[int, int]]] = defaultdict(list)
        for word, terms in enumerate(words):
            for term in terms:
                for offset, part, ordinal, count in field.find(term):
                    if count > _COMMON:
                        yield word, self._of_common(part, ordinal, numbers - offset, bases)
                    else:
                        rare[offset, part].append((word, ordinal))
        for (offset, part), of_part in rare.items():
            base = np.zeros(field.size - offset, np.int64)
            here = numbers >= offset
            base[numbers[here] - offset] = bases[here]
            yield from _of_rare(part, of_part, base)

    def _of_common(self, part: Field, ordinal: int, numbers: Int64s, bases: Int64s) -> Int64s:
        """Return where one term stands, looking up each of the few documents among its own."""
        documents, bounds, positions = self._read(part, ordinal)
        sought = numbers.astype(np.uint32)  # where it would be less than 0, no segment has so many documents
        at = documents.searchsorted(sought)
        held = documents.take(at, mode="clip") == sought
        at = at[held]
        firsts = bounds[at]
        return _placed(bases[held], bounds[at + 1] - firsts, firsts, positions)

    def _read(self, part: Field, ordinal: int) -> _KnownTerm:
        kept = self._common.get((part, ordinal))
        if kept is None:
            documents, frequencies = part.postings(ordinal)
            bounds = np.zeros(len(documents) + 1, np.int64)
            frequencies.cumsum(out=bounds[1:])
            kept = _KnownTerm(documents, bounds, part.position_run(ordinal, int(bounds[-1])))
            if len(documents) <= self._left:
                self._left -= len(documents)
                self._common[part, ordinal] = kept
        return kept


def _of_rare(part: Field, terms: Sequence[tuple[int, int]], base: Int64s) -> Iterator[tuple[int, Int64s]]:
    """Yield where words stand, given word and ordinal of each term, word by word; `base` numbers the documents."""
    words, ordinals = zip(*terms, strict=True)
    documents, counts, sizes = part.gather(ordinals, weighted=False)
    firsts = counts.cumsum() - counts
    ends = sizes.cumsum()
    positions = part.position_runs(ordinals, np.add.reduceat(counts, ends - sizes).tolist())
    bases = base.take(documents)
    (chosen,) = (bases > 0).nonzero()
    counts = counts[chosen]
    rows = _placed(bases[chosen], counts, firsts[chosen], positions)
    lasts = [at for at, (word, following) in enumerate(pairwise([*words, -1])) if word != following]
    bounds = np.append(0, counts.cumsum())[chosen.searchsorted(ends[lasts])].tolist()
    for at, first, last in zip(lasts, [0, *bounds], bounds, strict=False):
        yield words[at], rows[first:last]


def _placed(bases: Int64s, counts: Int64s, firsts: Int64s, positions: npt.NDArray[Any]) -> Int64s:
    """Return base and position of each of so many occurrences, the first of which is there in `positions`."""
    ends = counts.cumsum()
    if not len(ends):
        return ends
    rows: Int64s = bases.repeat(counts) + positions.take(np.arange(ends[-1]) + (firsts - ends + counts).repeat(counts))
    return rows
