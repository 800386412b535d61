"""What the date of a document does to its score, where that is asked for."""

import datetime as dt
import math

import pytest

from searchkit import ArgumentError, Document, Ranking, SearchIndex

NEWEST = dt.date(2024, 5, 4)


def days_old(days):
    return NEWEST - dt.timedelta(days)


@pytest.fixture
def made(tmp_path):
    """A function that makes an index of documents with the same text and these dates, by id."""

    def make(dates, **ranking):
        index = SearchIndex.open(tmp_path / "index", ranking=Ranking(**ranking))
        index.add(Document(id=id_, body="سیل در خوزستان", date=date) for id_, date in dates.items())
        return index

    return make


@pytest.mark.parametrize(
    ("days", "freshness", "left"),
    [(0, 0.5, 1), (30, 0.5, 0.75), (60, 0.5, 0.625), (3000, 0.5, 0.5), (30, 1, 0.5), (60, 1, 0.25), (30, 0, 1)],
)
def test_the_fresh_share_of_a_score_is_halved_by_each_half_life(made, days, freshness, left):
    index = made({"new": NEWEST, "old": days_old(days)}, half_life=30, freshness=freshness)
    scores = dict(index.rank("سیل خوزستان"))
    assert scores["old"] / scores["new"] == pytest.approx(left, rel=1e-5)


def test_dates_do_not_count_unless_that_is_asked_for(made):
    scores = dict(made({"old": days_old(900), "new": NEWEST}).rank("سیل"))
    assert scores["old"] == scores["new"]


def test_a_document_without_a_date_is_as_old_as_can_be(made):
    scores = dict(made({"none": None, "old": days_old(10**5), "new": NEWEST}, half_life=1).rank("سیل"))
    assert scores["none"] == scores["old"] == scores["new"] / 2


def test_a_date_that_has_not_come_makes_nothing_older(made):
    later = dt.date.today() + dt.timedelta(400)  # noqa: DTZ011 (dates are what a clock shows)
    scores = dict(made({"later": later, "new": NEWEST, "old": days_old(30)}, half_life=30).rank("سیل"))
    assert scores["later"] == scores["new"]
    assert scores["old"] / scores["new"] == pytest.approx(0.75)


def test_without_any_date_the_order_is_that_of_the_words(made):
    index = made({"first": None, "second": None}, half_life=30)
    assert [id_ for id_, _ in index.rank("سیل")] == ["first", "second"]


def test_documents_with_both_words_stay_before_the_others(tmp_path):
    index = SearchIndex.open(tmp_path, ranking=Ranking(half_life=1, freshness=1))
    index.add(
        [
            Document(id="both", body="سیل در خوزستان", date=days_old(10_000)),
            Document(id="one", body="سیل سیل سیل", date=NEWEST),
        ]
    )
    assert [id_ for id_, _ in index.rank("سیل خوزستان")] == ["both", "one"]


def test_a_fresh_document_may_come_from_below_those_that_are_looked_through(tmp_path):
    index = SearchIndex.open(tmp_path, ranking=Ranking(half_life=30, candidates=5))
    index.add(Document(id=str(n), body="سیل و باران در خوزستان", date=days_old(500)) for n in range(50))
    index.add([Document(id="new", body="سیل و باران در خوزستان و ایلام", date=NEWEST)])
    assert index.rank("سیل باران خوزستان", limit=1)[0][0] == "new"


@pytest.mark.parametrize("freshness", [0.5, 1])
def test_the_numbers_of_an_explanation_add_up(made, freshness):
    index = made({"new": NEWEST, "old": days_old(45), "none": None}, half_life=30, freshness=freshness)
    results = index.search("سیل خوزستان")
    for hit in results:
        explanation = results.explain(hit)
        assert math.fsum(part.score for part in explanation.parts) == hit.score
        assert abs(sum(part.score for part in explanation.parts if part.reason == "rounding")) < 1e-5
        assert any("age" in part.reason for part in explanation.parts) == (hit.id != "new")


def test_segments_make_no_difference(tmp_path):
    documents = [Document(id=str(n), body="سیل", date=days_old(n * 7) if n % 3 else None) for n in range(20)]
    one = SearchIndex.open(tmp_path / "one", ranking=Ranking(half_life=20))
    one.add(documents)
    several = SearchIndex.open(tmp_path / "several", ranking=Ranking(half_life=20))
    for each in documents:
        several.add([each])
    assert one.rank("سیل", limit=20) == several.rank("سیل", limit=20)


@pytest.mark.parametrize("given", [{"half_life": -1}, {"freshness": 1.5}, {"half_life": math.inf}])
def test_what_is_no_half_life(given):
    with pytest.raises(ArgumentError, match=next(iter(given))):
        Ranking(**given)
