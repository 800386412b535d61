"""What a narrowed search makes of files that somebody wrote on purpose: errors or answers, and not all the memory."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pytest

from searchkit import Document, IndexCorruptError, SearchIndex
from searchkit.engines.whoosh.format.sections import damaged
from searchkit.engines.whoosh.searching.facets import counted
from searchkit.engines.whoosh.searching.filters import column_of, kept
from searchkit.engines.whoosh.searching.matches import Answers, flat
from searchkit.engines.whoosh.searching.narrowed import narrowed
from searchkit.query.conditions import Exists, Held, Within
from searchkit.query.narrowing import Facet, Narrowing, Sort


class Forged:
    """A segment of three documents that says what it is told to."""

    document_count = 3
    deleted = None

    def __init__(self, path, column=None, documents=()):
        self.file = SimpleNamespace(path=path, corrupt=lambda reason: damaged(path, reason))
        self.remembered = {}
        self._column = column
        self._documents = np.array(documents, np.uint32)

    def column(self, name):
        return self._column

    def field(self, name):
        if not len(self._documents):
            return None
        postings = SimpleNamespace(documents=self._documents, counts=np.array([len(self._documents)]))
        return SimpleNamespace(count=1, postings_of=lambda *_: postings, term=lambda _: "x")


def snapshot(segment):
    return SimpleNamespace(segments=[segment], offsets=(0, 3), size=3)


def searcher(segment):
    every = flat(3, np.arange(3), 1)
    answers = Answers(every, (every,), every)
    return SimpleNamespace(snapshot=snapshot(segment), answers=lambda *_: answers, candidates_of=lambda _: 0)


COLUMNS = [[b"a", b"b", b"c"], np.ones(3, bool), np.zeros(3, np.uint64), np.array(["a", "b", "c"]), np.zeros(3, "f4")]


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_a_column_of_something_else_is_damage(tmp_path, column):
    segment = Forged(tmp_path, column)
    with pytest.raises(IndexCorruptError, match="narrowed"):
        column_of(segment, "price")
    for ask in (
        lambda: kept(snapshot(segment), Within("price", 0, 1)),
        lambda: kept(snapshot(segment), Exists("price")),
        lambda: counted(snapshot(segment), Facet("p", "price"), np.ones(3, bool)),
        lambda: narrowed(searcher(segment), None, Narrowing(sort=Sort("price")), slice(0, 3)),
    ):
        with pytest.raises(IndexCorruptError):
            ask()


@pytest.mark.parametrize("documents", [[3], [0, 4_000_000_000]])
def test_keywords_of_documents_that_are_not_there_are_damage(tmp_path, documents):
    with pytest.raises(IndexCorruptError):
        counted(snapshot(Forged(tmp_path, documents=documents)), Facet("s", "section"), np.ones(3, bool))


def test_moments_beyond_all_days_are_of_no_year(tmp_path):
    column = np.array([1 << 62, -(1 << 62), 315_537_897_599_999_999])  # the last is the end of the year 9999
    for part in ("year", "month", "day"):
        assert counted(snapshot(Forged(tmp_path, column)), Facet("y", "date", part), np.ones(3, bool)) == ()


@pytest.mark.parametrize("values", [[np.inf, -np.inf, np.nan]])
def test_numbers_that_no_document_can_have(tmp_path, values):
    segment = Forged(tmp_path, np.array(values))
    assert kept(snapshot(segment), Within("price", -np.inf, 1e300)).tolist() == [False] * 3
    assert kept(snapshot(segment), Held("price", (1.0,))).tolist() == [False] * 3
    with pytest.raises(IndexCorruptError):
        counted(snapshot(segment), Facet("p", "price"), np.ones(3, bool))


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (dt.date(622, 3, 21), {}),
        (dt.date(622, 3, 22), {"year": [("01", 1)]}),
        (dt.date(9999, 3, 19), {"year": [("9377", 1)]}),
        (dt.date(9999, 3, 20), {}),
        (dt.date.min, {}),
        (dt.date.max, {}),
        (dt.date(2025, 3, 20), {"year": [("1403", 1)]}),
        (dt.date(2025, 3, 21), {"year": [("1404", 1)]}),
    ],
)
def test_the_first_and_the_last_jalali_year(tmp_path, day, told):
    with SearchIndex.open(tmp_path) as index:
        index.add([Document("1", "باغ", date=day)])
        assert index.search("باغ", facets=["year"]).facets == {"year": [], **told}
        assert index.search("باغ", where={"date": day}, sort="date").total == 1
