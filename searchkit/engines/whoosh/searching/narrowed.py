"""Which of the documents found does a narrowed search show, in which order, and what does it count?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from searchkit.engines.base import Counted, Deadline, Page
from searchkit.engines.whoosh.format.sections import whole
from searchkit.engines.whoosh.format.types import Documents, Flags, Int64s, Scores
from searchkit.engines.whoosh.format.values import spelled
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.reading.snapshot import Snapshot
from searchkit.engines.whoosh.searching.facets import counted
from searchkit.engines.whoosh.searching.filters import MISFIT, Values, column_of, has_value, values_of
from searchkit.engines.whoosh.searching.keywords import keywords
from searchkit.engines.whoosh.searching.matches import Answers, Matches, first_of, handed_out
from searchkit.query import tree
from searchkit.query.narrowing import Facet, Narrowing, Sort

if TYPE_CHECKING:
    from searchkit.engines.whoosh.searching.searcher import Searcher

_NO_SCORES = np.empty(0, np.float32)


def narrowed(
    searcher: Searcher, query: tree.Ranked, asked: Narrowing, page: slice, deadline: Deadline | None = None
) -> Page:
    """Return a page of what is left of the documents that a query finds.

    Args:
        searcher: Finds and ranks them.
        query: What they answer.
        asked: How the search is narrowed.
        page: From which hit to which.
        deadline: Until when it may take.

    Raises:
        SearchTimeoutError: The deadline has passed.
    """
    snapshot = searcher.snapshot
    answers = searcher.answers(query, deadline, asked)
    if asked.hidden:
        left = np.ones(snapshot.size, bool)
        left[list(asked.hidden)] = False
        answers = answers.among(left)
    if deadline is not None:
        deadline.check()
    facets = _facets(snapshot, answers.every, asked.facets)
    total, complete, first = answers.counts
    if asked.unique_by is None:
        numbers, scores = _ordered(searcher, query, answers, asked.sort, page.stop)
        return Page(handed_out(numbers[page], scores[page]), total, complete, first, facets=facets)
    numbers, scores = _ordered(searcher, query, answers, asked.sort, total)
    shown = _firsts(snapshot, numbers, asked.unique_by)
    numbers, scores = numbers[shown], scores[shown]
    complete = int(answers.complete.holds(numbers).sum())
    first = int(answers.tiers[0].holds(numbers).sum()) if first else 0
    matches = handed_out(numbers[page], scores[page])
    return Page(matches, len(numbers), complete, first, facets=facets, hidden=total - len(numbers))


def _facets(snapshot: Snapshot, found: Matches, facets: Sequence[Facet]) -> tuple[tuple[str, tuple[Counted, ...]], ...]:
    if not facets:
        return ()
    flags = np.zeros(snapshot.size, bool)
    flags[found.documents] = True
    return tuple((facet.label, counted(snapshot, facet, flags)) for facet in facets)


def _ordered(
    searcher: Searcher, query: tree.Ranked, answers: Answers, sort: Sort | None, wanted: int
) -> tuple[Documents, Scores]:
    """Return the first `wanted` documents and their scores. Those of one value stay in the order of the best first."""
    candidates = searcher.candidates_of(query)
    if sort is None:
        numbers, scores = searcher.first_of(query, answers, max(wanted, candidates))
        return numbers[:wanted], scores[:wanted]
    keys = _keys(values_of(searcher.snapshot, sort.name), sort)
    chosen = np.zeros(searcher.snapshot.size, bool)
    documents = answers.every.documents
    chosen[documents] = True
    if 0 < wanted < len(documents):  # only those that may be shown are ranked
        chosen &= keys <= np.partition(keys[documents], wanted - 1)[wanted - 1]
    numbers, scores = searcher.first_of(query, answers, candidates) if candidates else (documents[:0], _NO_SCORES)
    among = chosen[numbers]
    chosen[numbers] = False
    others, of_others, _ = first_of(answers.among(chosen).tiers, len(documents))
    numbers, scores = np.concatenate((numbers[among], others)), np.concatenate((scores[among], of_others))
    order = np.argsort(keys[numbers], kind="stable")[:wanted]
    return numbers[order], scores[order]


def _keys(values: Values, sort: Sort) -> Values:
    """Return what the documents of each value are ordered by; those without one come last whichever way that is."""
    last = (1 << 63) - 1 if values.dtype.kind == "i" else np.inf
    return np.where(has_value(values), -values if sort.descending else values, last)


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
