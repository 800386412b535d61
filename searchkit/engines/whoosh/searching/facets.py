"""How many of the documents found have each value of a field? Counted on whole arrays, segment by segment.

Only what is found is looked at: a value that no document found has, or a way of writing it, is not told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
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
from searchkit.query.narrowing import Facet

_MOST_DAYS = 3_652_059  # of `datetime.date`
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
    column, of_documents = column_of(segment, facet.name), keywords(segment, facet.name)
    if of_documents is not None:
        frequencies = of_documents.counts(found)
        (ordinals,) = frequencies.nonzero()
        for ordinal, count in zip(ordinals.tolist(), frequencies[ordinals].tolist(), strict=True):
            yield of_documents.field.term(ordinal), count
    elif column is not None:
        values = column[found]
        values = values[has_value(values)]
        if facet.part:
            yield from _jalali(values // DAY, facet.part)
        else:
            numbers, frequencies = np.unique(values, return_counts=True)
            for number, count in zip(numbers.tolist(), frequencies.tolist(), strict=True):
                yield (int(number) if number == int(number) else number), count


def _spelled(counts: dict[str, int]) -> dict[str, int]:
    """Return how many documents have each keyword, by how most of them write it."""
    ways: dict[str, dict[str, int]] = defaultdict(dict)
    for term, count in counts.items():
        key, written = spelled(term)
        ways[key][written] = count
    return {min(of_key, key=lambda way: (-of_key[way], way)): sum(of_key.values()) for of_key in ways.values()}


def _jalali(days: Int64s, part: str) -> Iterator[tuple[str, int]]:
    """Yield Jalali years, months or days as 1403, 1403/02 or 1403/02/15, and how many of the given days lie in each."""
    counts_of_days = np.bincount(days[days < _MOST_DAYS].astype(np.int64))
    (numbers,) = counts_of_days.nonzero()
    if not len(numbers):
        return
    frequencies = counts_of_days[numbers]
    first, starts = jalali_year_starts(int(numbers[0]), int(numbers[-1]))
    if not starts:
        return
    years = np.searchsorted(starts, numbers, "right") - 1
    known = (years >= 0) & (numbers < starts[-1])
    numbers, years, frequencies = numbers[known], years[known], frequencies[known]
    of_year = numbers - np.array(starts)[years]
    months = np.searchsorted(_MONTH_STARTS, of_year, "right") - 1
    in_month = of_year - _MONTH_STARTS[months] + 1
    counts: dict[str, int] = defaultdict(int)
    columns = (years + first, months + 1, in_month, frequencies)
    for year, month, day, count in zip(*(column.tolist() for column in columns), strict=True):
        counts[_written(year, month, day, part)] += count
    yield from counts.items()


def _written(year: int, month: int, day: int, part: str) -> str:
    return {"year": f"{year}", "month": f"{year}/{month:02}", "day": f"{year}/{month:02}/{day:02}"}[part]
