"""The search on arrays finds and scores as Whoosh's own matchers do."""

import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_memory import MemorySegment, stock_searcher

from searchkit.engines.whoosh.compat.queries import Evaluator, ranking_of
from searchkit.engines.whoosh.reading.snapshot import Snapshot
from searchkit.engines.whoosh.searching.searcher import Searcher

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import __version__, query
    from whoosh.collectors import UnlimitedCollector

scores_of_2_7_4 = pytest.mark.skipif(
    __version__ != (2, 7, 4), reason="the fork applies the boosts of prefixes and the like, which Whoosh 2.7.4 ignores"
)

TERMS = ["a", "ab", "abc", "b", "ba", "bb", "c", "ca", "کتاب", "کتابی"]
texts = st.lists(st.sampled_from(TERMS), max_size=9).map(" ".join)  # Whoosh keeps lengths to 10 exactly
collections = st.lists(st.tuples(texts, texts), min_size=1, max_size=12)
fields = st.sampled_from(["title", "body"])
boosts = st.sampled_from([1.0, 0.5, 2.0])
terms = st.builds(query.Term, fields, st.sampled_from([*TERMS, "none"]), boosts)
ends = st.one_of(st.none(), st.sampled_from([*TERMS, "bz"]))
leaves = st.one_of(
    terms,
    terms,
    st.builds(query.Every, st.sampled_from([None, "title", "body"]), boosts),
    st.just(query.NullQuery),
    st.builds(
        query.Phrase, fields, st.lists(st.sampled_from(TERMS), min_size=1, max_size=3), st.integers(1, 4), boosts
    ),
    st.builds(query.Prefix, fields, st.sampled_from(["", "a", "b", "کتا", "zz"]), boosts, st.booleans()),
    st.builds(query.Wildcard, fields, st.sampled_from(["*", "a*", "?b", "*b*", "[ab]?", "a?c"]), boosts, st.booleans()),
    st.builds(
        query.FuzzyTerm, fields, st.sampled_from(TERMS), boosts, st.integers(1, 2), st.integers(0, 1), st.booleans()
    ),
    st.builds(query.TermRange, fields, ends, ends, st.booleans(), st.booleans(), boosts, st.booleans()),
)


def known_compounds(parts):
    several = st.lists(parts, min_size=1, max_size=4)
    return st.one_of(
        st.builds(query.And, several, boosts),
        st.builds(query.Or, several, boosts),
        st.builds(query.Not, parts),
        st.builds(query.ConstantScoreQuery, parts, boosts),
    )


def compounds(parts):
    return st.one_of(
        known_compounds(parts),
        # of parts that are nested, Whoosh's DisjunctionMax loses documents at times, by the order of a set
        st.builds(query.DisjunctionMax, st.lists(leaves, min_size=1, max_size=4)),
    )


nested = st.recursive(leaves, compounds, max_leaves=6)
# Within an And, Whoosh's AndMaybe matcher loses its place in the optional part when it is told to skip
queries = st.one_of(nested, st.builds(query.AndMaybe, nested, nested))


def stock(searcher, asked):
    collector = UnlimitedCollector()
    searcher.search_with_collector(asked, collector)
    return {number: score for score, number in collector.results().top_n}


def evaluator(*segments, searcher):
    return Evaluator(Searcher(Snapshot(segments), ranking_of(searcher)), searcher)


def on_arrays(evaluator, asked):
    found = evaluator.evaluate(asked)
    numbers = found.documents
    scores = found.look_up(numbers)[1]
    assert found.count == len(numbers)
    assert found.positive == bool((scores > 0).all()) or not found.positive
    return dict(zip(numbers.tolist(), scores.tolist(), strict=True))


@scores_of_2_7_4
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(collections, queries)
def test_every_query_finds_and_scores_as_whoosh_does(documents, asked):
    theirs = stock_searcher(documents)
    ours = evaluator(MemorySegment(documents), searcher=theirs)
    assert on_arrays(ours, asked) == pytest.approx(stock(theirs, asked), rel=1e-5)


@settings(max_examples=200, deadline=None)
@given(collections, st.recursive(leaves, known_compounds, max_leaves=6), st.data())
def test_what_is_deleted_counts_in_nothing(documents, asked, data):  # D1
    deleted = data.draw(st.sets(st.integers(0, len(documents) - 1)))
    kept = [number for number in range(len(documents)) if number not in deleted]
    with_dead = evaluator(MemorySegment(documents, deleted), searcher=stock_searcher(documents))
    found = on_arrays(with_dead, asked)
    if kept:
        alive = [documents[number] for number in kept]
        expected = on_arrays(evaluator(MemorySegment(alive), searcher=stock_searcher(alive)), asked)
        assert found == pytest.approx({kept[number]: score for number, score in expected.items()}, rel=1e-5)
    else:
        assert found == {}


def test_a_not_of_a_not_stays_right_beside_a_deleted_document():
    """Whoosh's own finds a deleted document here, and then stays behind at it."""
    documents, deleted = [("", "")] * 3 + [("", "a")] + [("", "")] * 2, {4}
    ours = evaluator(MemorySegment(documents, deleted), searcher=stock_searcher(documents, deleted))
    not_a = query.Not(query.Term("body", "a"))
    assert on_arrays(ours, not_a).keys() == {0, 1, 2, 5}
    every = query.Or([query.Every(), query.Term("title", "a"), not_a])
    assert on_arrays(ours, query.Not(every)) == {}


@scores_of_2_7_4
@settings(max_examples=60, deadline=None)
@given(collections, leaves, leaves)
def test_and_not_takes_away_what_the_other_matches(documents, kept, taken):  # D4
    theirs = stock_searcher(documents)
    ours = evaluator(MemorySegment(documents), searcher=theirs)
    expected = {n: score for n, score in stock(theirs, kept).items() if n not in stock(theirs, taken)}
    assert on_arrays(ours, query.AndNot(kept, taken)) == pytest.approx(expected, rel=1e-5)


@settings(max_examples=60, deadline=None)
@given(collections, st.recursive(leaves, compounds, max_leaves=4), st.data())
def test_segments_are_one_run_of_documents(documents, asked, data):
    cut = data.draw(st.integers(0, len(documents)))
    parts = [part for part in (documents[:cut], documents[cut:]) if part]
    theirs = stock_searcher(documents)
    whole = evaluator(MemorySegment(documents), searcher=theirs)
    apart = evaluator(*map(MemorySegment, parts), searcher=theirs)
    assert on_arrays(apart, asked) == on_arrays(whole, asked)


def test_an_identifier_is_a_filter():
    theirs = stock_searcher([("a", "b"), ("a", "b")])
    ours = evaluator(MemorySegment([("a", "b"), ("a", "b")]), searcher=theirs)
    asked = query.And([query.Term("title", "a"), query.Term("id", "d1")])
    assert on_arrays(ours, asked) == pytest.approx(stock(theirs, asked), rel=1e-5)
    assert list(on_arrays(ours, asked)) == [1]


def test_a_field_that_is_not_there_matches_nothing():
    ours = evaluator(MemorySegment([("a", "b")]), searcher=stock_searcher([("a", "b")]))
    assert on_arrays(ours, query.Term("nowhere", "a")) == {}
    assert on_arrays(ours, query.Prefix("nowhere", "a")) == {}


def test_an_or_of_scores_of_nothing_still_matches():  # D5
    ours = evaluator(MemorySegment([("a", "b"), ("b", "b")]), searcher=stock_searcher([("a", "b"), ("b", "b")]))
    everything = query.Every(boost=0.0)
    assert on_arrays(ours, query.Or([everything, everything, everything])) == {0: 0, 1: 0}
    assert on_arrays(ours, query.Or([query.Term("title", "a", boost=-1.0), query.NullQuery]))[0] < 0


def test_results_are_never_changed_by_later_queries():
    documents = [("a b", "a"), ("b", "a c"), ("c", "a")] * 4
    ours = evaluator(MemorySegment(documents), searcher=stock_searcher(documents))
    a, b = query.Term("body", "a"), query.Term("title", "b")
    before = on_arrays(ours, a)
    for asked in (query.Or([a, b]), query.And([a, b]), query.AndMaybe(a, b), query.AndNot(a, b), query.Not(a)):
        on_arrays(ours, asked)
    assert on_arrays(ours, a) == before
    assert np.isfinite(list(before.values())).all()
