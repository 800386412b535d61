"""How many of the documents found have each value of a field? Counted on whole arrays, segment by segment.

Only what is found is looked at: a value that no document found has, or a way of writing it, is not told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from searchkit.dates import jalali_year_starts
from searchkit.documents import DAY
from searchkit.engines.base import Counted
from searchkit.engines.whoosh.format.sections import whole
from searchkit.engines.whoosh.format.types import Flags, Int64s
from searchkit.engines.whoosh.format.values import spelled
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.reading.snapshot import Snapshot
from searchkit.engines.whoosh.searching.filters import MISFIT, column_of, has_value
from searchkit.engines.whoosh.searching.keywords import keywords
from searchkit.engines.whoosh.searching.memory import Arrays, remembered
from searchkit.query.narrowing import Facet

_MOST_DAYS = 3_652_059  # of `datetime.date`
_PARTS = ("year", "month", "day")
_MONTH_STARTS = np.array((0, 31, 62, 93, 124, 155, 186, 216, 246, 276, 306, 336))


def counted(snapshot: Snapshot, facet: Facet, found: Flags) -> tuple[Counted, ...]:
    """Return the values of a facet with how many documents have each, the most first, of equals the least value.

    A keyword is told as most of the documents found write it.

    Args:
        snapshot: The documents.
        facet: What to count.
        found: Which of them count.

    Raises:
        IndexCorruptError: A file does not hold what it should.
    """
    counts: dict[Any, int] = defaultdict(int)
    for segment, (begin, end) in zip(snapshot.segments, pairwise(snapshot.offsets), strict=True):
        with whole(segment.file.path, MISFIT):
            for value, count in _of_segment(segment, facet, found[begin:end]):
                counts[value] += count
    values = _spelled(counts) if any(isinstance(value, str) for value in counts) and not facet.part else counts
    return tuple(sorted(values.items(), key=lambda each: (-each[1], each[0])))


def _of_segment(segment: Segment, facet: Facet, found: Flags) -> Iterator[tuple[Any, int]]:
    of_documents = keywords(segment, facet.name)
    if of_documents is not None:
        for ordinal, count in _some(of_documents.counts(found)):
            yield of_documents.field.term(ordinal), count
    elif (column := column_of(segment, facet.name)) is not None:
        unit = DAY if facet.part else 1
        values, codes = remembered(segment, (facet.name, unit), partial(_coded, column, unit))
        frequencies = np.bincount(codes[found], minlength=len(values))[: len(values)]
        if facet.part:
            yield from _jalali(values, frequencies, facet.part)
        else:
            for place, count in _some(frequencies):
                number = values[place].item()
                yield (int(number) if number == int(number) else number), count


def _some(frequencies: Int64s) -> Iterator[tuple[int, int]]:
    """Yield the places of the numbers that are not 0, and the numbers."""
    (places,) = frequencies.nonzero()
    return zip(places.tolist(), frequencies[places].tolist(), strict=True)


def _coded(column: Any, unit: int) -> Arrays:
    """Return the values that a column has, in units and in order, and the place among them of that of each document.

    Where a document has none, it is the place after the last.
    """
    has = has_value(column)
    values, places = np.unique(column[has] // unit if unit > 1 else column[has], return_inverse=True)
    codes = np.full(len(column), len(values), np.int32)
    codes[has] = places
    return values, codes


def _spelled(counts: dict[str, int]) -> dict[str, int]:
    """Return how many documents have each keyword, by how most of them write it."""
    ways: dict[str, dict[str, int]] = defaultdict(dict)
    for term, count in counts.items():
        key, written = spelled(term)
        ways[key][written] = count
    return {min(of_key, key=lambda way: (-of_key[way], way)): sum(of_key.values()) for of_key in ways.values()}


def _jalali(days: Int64s, frequencies: Int64s, part: str) -> Iterator[tuple[str, int]]:
    """Yield Jalali years, months or days as 1403, 1403/02 or 1403/02/15, and how many documents are of each.

    Args:
        days: Counted from 0001-01-01, ascending.
        frequencies: How many documents are of each.
        part: What to count.
    """
    held = (frequencies > 0) & (days < _MOST_DAYS)
    days, frequencies = days[held], frequencies[held]
    first, starts = jalali_year_starts(int(days[0]), int(days[-1])) if len(days) else (0, [])
    if not starts:
        return
    years = np.searchsorted(starts, days, "right") - 1
    known = (years >= 0) & (days < starts[-1])
    years, days, frequencies = years[known], days[known], frequencies[known]
    of_year = days - np.array(starts)[years]
    months = np.searchsorted(_MONTH_STARTS, of_year, "right") - 1
    dates = np.stack([years + first, months + 1, of_year - _MONTH_STARTS[months] + 1])[: _PARTS.index(part) + 1]
    begins = np.flatnonzero(np.diff(dates, prepend=-1).any(axis=0))  # as they ascend, what is the same is in a row
    if len(begins):
        counts = np.add.reduceat(frequencies, begins)
        for date, count in zip(dates[:, begins].T.tolist(), counts.tolist(), strict=True):
            yield "/".join(f"{number:02}" for number in date), count
