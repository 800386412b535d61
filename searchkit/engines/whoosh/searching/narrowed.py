"""Which of the documents found does a narrowed search show, in which order, and what does it count?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.engines.base import Counted, Deadline, Page
from searchkit.engines.whoosh.format.sections import whole
from searchkit.engines.whoosh.format.types import Documents, Flags, Int64s, Scores
from searchkit.engines.whoosh.format.values import NO_DATE, NO_NUMBER, spelled
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.reading.snapshot import Snapshot
from searchkit.engines.whoosh.searching.facets import counted
from searchkit.engines.whoosh.searching.filters import MISFIT, column_of, has_value, kept
from searchkit.engines.whoosh.searching.keywords import keywords
from searchkit.engines.whoosh.searching.matches import Matches, best, handed_out, restricted
from searchkit.query.narrowing import Facet, Narrowing, Sort

_RANKED = 8  # times as many documents are ranked as are to have values of their own

Values: TypeAlias = npt.NDArray[np.float64] | Int64s


def narrowed(
    snapshot: Snapshot, tiers: Sequence[Matches], asked: Narrowing, page: slice, deadline: Deadline | None = None
) -> Page:
    """Return a page of what is left of the documents found.

    Args:
        snapshot: The documents.
        tiers: What was found, see `matches.best`.
        asked: How the search is narrowed.
        page: From which hit to which.
        deadline: Until when it may take.

    Raises:
        SearchTimeoutError: The deadline has passed.
    """
    if asked.where is not None:
        flags = kept(snapshot, asked.where)
        tiers = [restricted(tier, flags) for tier in tiers]
    if deadline is not None:
        deadline.check()
    facets = _facets(snapshot, tiers[-1], asked.facets)
    if asked.unique_by is not None:
        shown, total, first = _unique(snapshot, tiers, asked, page.stop)
    else:
        shown, total, first = _ordered(snapshot, tiers, asked.sort, page.stop), tiers[-1].count, tiers[0].count
    matches = handed_out(*shown)[page]
    return Page(matches, total, first, facets=facets, hidden=tiers[-1].count - total)


def _facets(snapshot: Snapshot, found: Matches, facets: Sequence[Facet]) -> tuple[tuple[str, tuple[Counted, ...]], ...]:
    if not facets:
        return ()
    flags = np.zeros(snapshot.size, bool)
    flags[found.documents] = True
    return tuple((facet.label, counted(snapshot, facet, flags)) for facet in facets)


def _ordered(snapshot: Snapshot, tiers: Sequence[Matches], sort: Sort | None, wanted: int) -> tuple[Documents, Scores]:
    """Return the first `wanted` documents and their scores. Those of one value stay in the order of the tiers."""
    if sort is None:
        return best(tiers, wanted)
    values = _values(snapshot, sort.name)
    keys = np.where(has_value(values), -values if sort.descending else values, _last(values))
    documents = tiers[-1].documents
    count = len(documents)
    if 0 < wanted < count:  # only those that may be shown are ranked
        of_documents = keys[documents]
        chosen = np.zeros(snapshot.size, bool)
        chosen[documents[of_documents <= np.partition(of_documents, wanted - 1)[wanted - 1]]] = True
        tiers, count = [restricted(tier, chosen) for tier in tiers], int(chosen.sum())
    numbers, scores = best(tiers, count)
    order = np.argsort(keys[numbers], kind="stable")[:wanted]
    return numbers[order], scores[order]


def _values(snapshot: Snapshot, name: str) -> Values:
    """Return the number or moment of each document; segments in which none has any are filled up."""
    columns = [column_of(segment, name) for segment in snapshot.segments]
    dtype = next((column.dtype for column in columns if column is not None), np.dtype(np.float64))
    none = NO_DATE if dtype.kind == "i" else NO_NUMBER
    filled = (
        np.full(segment.document_count, none, dtype) if column is None else column
        for segment, column in zip(snapshot.segments, columns, strict=True)
    )
    return np.concatenate([np.empty(0, dtype), *filled])


def _last(values: Values) -> float:
    """Return what comes after all values, whichever way they are ordered."""
    return (1 << 63) - 1 if values.dtype.kind == "i" else np.inf


def _unique(
    snapshot: Snapshot, tiers: Sequence[Matches], asked: Narrowing, wanted: int
) -> tuple[tuple[Documents, Scores], int, int]:
    """Return the first `wanted` documents with values of their own, how many there are, and how many in the first tier.

    They are found among some that are ranked, more of them until they are enough.
    """
    name, every = str(asked.unique_by), tiers[-1].count
    ranked = every if asked.sort is not None else _RANKED * (wanted + 1)
    while True:
        numbers, scores = _ordered(snapshot, tiers, asked.sort, ranked)
        shown = _firsts(snapshot, numbers, name)
        if ranked >= every or int(shown.sum()) >= wanted:
            break
        ranked *= _RANKED
    numbers, scores = numbers[shown], scores[shown]
    if ranked >= every:
        return (numbers[:wanted], scores[:wanted]), len(numbers), int(tiers[0].holds(numbers).sum())
    total, first = (int(_firsts(snapshot, tier.documents, name).sum()) for tier in (tiers[-1], tiers[0]))
    return (numbers[:wanted], scores[:wanted]), total, first


def _firsts(snapshot: Snapshot, numbers: Documents, name: str) -> Flags:
    """Return which of some documents are the first with their value, or have none."""
    codes = _codes(snapshot, name, numbers)
    shown = codes < 0
    backwards = np.flatnonzero(~shown)[::-1]
    firsts = np.full(int(codes.max(initial=-1)) + 1, -1)
    firsts[codes[backwards]] = backwards  # of several places of a code the last that is written, the first, stays
    shown[firsts] = True
    return shown


def _codes(snapshot: Snapshot, name: str, numbers: Documents) -> Int64s:
    """Return a number for the value of each of some documents, the same for the same; -1 where there is none."""
    codes = np.full(len(numbers), -1, np.int64)
    known: dict[object, int] = {}
    for segment, (begin, end) in zip(snapshot.segments, pairwise(snapshot.offsets), strict=True):
        (here,) = np.nonzero((numbers >= begin) & (numbers < end))
        with whole(segment.file.path, MISFIT):
            places, values = _segment_values(segment, name, numbers[here] - begin)
        of_values = np.array([known.setdefault(value, len(known)) for value in values], np.int64)
        codes[here[places >= 0]] = of_values[places[places >= 0]]
    return codes


def _segment_values(segment: Segment, name: str, numbers: Documents) -> tuple[Int64s, Sequence[object]]:
    """Return the place of the value of each of some documents in a list of values, or -1, and the list."""
    of_documents, column = keywords(segment, name), column_of(segment, name)
    places = np.full(len(numbers), -1, np.int64)
    if of_documents is not None:
        ordinals = of_documents.first(numbers)
        occurs = np.zeros(of_documents.field.count + 1, bool)
        occurs[ordinals] = True  # the last is for those that have none
        found = np.flatnonzero(occurs[:-1])
        places = np.append(occurs[:-1].cumsum() - 1, -1)[ordinals]
        return places, [spelled(of_documents.field.term(ordinal))[0] for ordinal in found.tolist()]
    if column is not None:
        of_numbers = column[numbers]
        has = has_value(of_numbers)
        found, places[has] = np.unique(of_numbers[has], return_inverse=True)
        return places, found.tolist()
    return places, []
