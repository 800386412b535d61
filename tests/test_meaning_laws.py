"""Search by words and meaning: its scores are those of its formula, and whatever is counted is what answers."""

from __future__ import annotations

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from math import fsum, pi

import numpy as np
import pytest
from concepts import Concepts
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tabled import Tabled
from trigrams import MayBeAway, Trigrams

from searchkit import Document, Field, Ranking, SearchIndex, meanings
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.errors import CursorError, EmbedderError, EmbedderMismatchError

WORDS = ["شهر", "بزرگ", "سال", "مردم", "باران", "کتاب"]
FIELDS = {"section": "keyword", "price": "number"}
NEWEST = dt.date(2020, 5, 1)
MODES = ("auto", "meaning")
LAW = settings(max_examples=15)

TEXTS = st.lists(
    st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.floats(0, pi / 2)), min_size=1, max_size=40
)
QUERIES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(" ".join)
ODD_QUERIES = [
    *("شهر", "شهر بزرگ", "شهر بزرگ مردم", "شهر +بزرگ", "شهر -بزرگ", "-شهر", "«شهر بزرگ»", "سال «شهر بزرگ»"),
    *("شهر OR سال", "(شهر OR سال) مردم", "title:شهر بزرگ", "شه*", "بزرگ شه*", "date:1399", "شهر date:1399", ""),
    *("از", "از شهر", "شهربزرگ", "شهز", "id:1", "section:a شهر", "+از +در", "؟!", "NOT شهر", "author:سال"),
]


def documents_of(texts):
    """Documents of words and angles, and the angle of each text."""
    documents, angles = [], {}
    for at, (words, angle) in enumerate(texts):
        body = " ".join([*words, f"سند{at}"])
        angles[body] = angle
        fields = {"section": "abc"[at % 3], "price": at % 4} if at % 5 else {}
        documents.append(Document(str(at), body, date=NEWEST - dt.timedelta(30 * (at % 4)), fields=fields))
    return documents, angles


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Makes an index of words and angles, with vectors or without."""

    def made_(texts, *, folder=None, segments=1, **options):
        documents, angles = documents_of(texts)
        opened = {"embedder": Tabled(angles), "fields": FIELDS, **options}
        index = SearchIndex.open(folder or tmp_path_factory.mktemp("law"), **opened)
        for part in range(segments):
            index.add(documents[part::segments])
        return index

    return made_


TWENTY = [(["شهر" if at % 3 == 0 else "سال", "بزرگ"], at * 0.07) for at in range(20)]


@pytest.fixture
def index(made, tmp_path):
    """Twenty documents, each further from all questions than the one before, of which every third is of a city."""
    with made(TWENTY, folder=tmp_path, segments=2) as index:
        yield index


def ids(results):
    return [hit.id for hit in results]


def told(results):
    """All that a search tells, but how long it took."""
    return results.to_dict() | {"took_ms": 0, "cursor": None}


NOISE = 0.002  # what numbers of 8 bits do not tell


def fused(words, near, ranking, complete):
    """Return the scores of documents by those of their words and by their cosines, as the head of `fusion` says.

    With them comes which documents are so close to where none is found without a word that they may be or not.
    """
    ordered = sorted(near.values(), reverse=True)
    wanted = min(ranking.nearest, max(10, len(near) // 10))
    best = ordered[:wanted]
    of_words = sorted(words.values(), reverse=True)[: len(best)]
    of_words += [0.0] * (len(best) - len(of_words))
    further = [cosine for cosine in ordered if cosine < best[-1] - NOISE]
    floor = max(further, default=best[-1] - max(np.std(best), NOISE))
    spread, of_spread = max(np.std([*best, floor]), NOISE), np.std(of_words) or 1
    weight = ranking.meaning_complete if complete else ranking.meaning
    added = {id_: max(0.0, cosine - floor) * weight * of_spread / spread for id_, cosine in near.items()}
    bound = max(added.values()) / 4
    scores = {
        id_: max(words.get(id_, 0.0), of_words[-1]) + each if each else words[id_]
        for id_, each in added.items()
        if id_ in words or each > bound * (1 - 1e-4)
    }
    return scores, {id_ for id_, each in added.items() if abs(each - bound) <= 1e-4 * bound}


@LAW
@given(TEXTS, QUERIES, st.sampled_from([3, 20, 100]))
def test_scores_are_those_of_the_formula(made, texts, query, nearest):
    ranking = Ranking(beside=0, nearest=nearest)
    with made(texts, ranking=ranking) as index:
        words = dict(index.rank(query, limit=100, mode="words"))
        near = dict(index.rank(query, limit=100, mode="meaning"))
        expected, uncertain = fused(words, near, ranking, index.search(query, mode="words").complete)
        found = index.rank(query, limit=100)
        is_rewritten = index.search(query).rewritten
    scores = dict(found)
    last = sorted(near.values(), reverse=True)[: min(nearest, 10)][-1]
    assume(all(abs(last - NOISE - cosine) > 1e-6 for cosine in near.values()))
    assert expected.keys() - uncertain <= scores.keys() <= expected.keys()
    assert scores == pytest.approx({id_: expected[id_] for id_ in scores}, rel=1e-4)
    typed = query.split()
    if len(typed) > 2 or is_rewritten:
        assert [score for _, score in found] == sorted(scores.values(), reverse=True)
    else:
        order = [(not {*typed} <= {*texts[int(id_)][0]}, -score) for id_, score in found]
        assert order == sorted(order)


@LAW
@given(TEXTS)
def test_alone_it_is_the_cosine(made, texts):
    with made(texts) as index:
        found = index.rank("شهر بزرگ", limit=100, mode="meaning")
    assert len(found) == len(texts)
    assert dict(found) == pytest.approx({str(at): np.cos(angle) for at, (_, angle) in enumerate(texts)}, abs=0.01)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


@settings(max_examples=4)
@given(TEXTS)
def test_words_find_what_they_find_without_vectors_to_the_last_letter(made, texts):
    with made(texts) as index, made(texts, embedder=None) as plain:
        for query in ODD_QUERIES:
            for options in ({}, {"match": "all"}, {"facets": ["section", "year"], "sort": "price"}):
                expected = told(plain.search(query, mode="words", **options))
                assert told(index.search(query, mode="words", **options)) == expected
                assert told(plain.search(query, **options)) == expected
            exact = told(plain.search(query, exact=True, mode="words"))
            assert told(index.search(query, exact=True)) == exact


@LAW
@given(TEXTS, QUERIES, st.sampled_from(MODES), st.sampled_from([None, {"section": ["a", "b"]}]))
def test_what_is_counted_ordered_and_shown_once_is_what_answers(made, texts, query, mode, where):
    documents = {document.id: document.fields for document in documents_of(texts)[0]}
    with made(texts, segments=2) as index:
        asked = {"mode": mode, "where": where, "limit": 100}
        order = [id_ for id_, _ in index.rank(query, **asked)]
        counted = index.search(query, facets=["section"], **asked)
        assert (ids(counted), counted.total) == (order, len(order))
        sections = [documents[id_]["section"] for id_ in order if documents[id_]]
        assert dict(counted.facets["section"]) == {each: sections.count(each) for each in sections}
        prices = [documents[id_].get("price", 9) for id_ in order]
        by_price = [order[at] for at in sorted(range(len(order)), key=prices.__getitem__)]
        assert [id_ for id_, _ in index.rank(query, sort="price", **asked)] == by_price
        seen = [documents[id_].get("section", id_) for id_ in order]
        once = [id_ for at, id_ in enumerate(order) if seen[at] not in seen[:at]]
        unique = index.search(query, unique_by="section", **asked)
        assert (ids(unique), unique.total, unique.hidden) == (once, len(once), len(order) - len(once))


@LAW
@given(st.lists(st.sampled_from([0, 0, 1, 2, 3, 4]), min_size=1, max_size=30), QUERIES, st.sampled_from(MODES))
def test_of_what_says_the_same_one_is_shown_and_all_numbers_are_right(made, copies, query, mode):
    stories = [" ".join(WORDS[at : at + 3]) for at in range(5)]
    with made([]) as index:
        index.add(Document(str(at), stories[of], fields={"section": "ab"[at % 2]}) for at, of in enumerate(copies))
        every = index.search(query, limit=100, mode=mode)
        seen = [hit.document.body for hit in every]
        asked = {"mode": mode, "unique_by": "body", "facets": ["section"]}
        whole = index.search(query, limit=100, **asked)
        assert ids(whole) == [hit.id for at, hit in enumerate(every) if hit.document.body not in seen[:at]]
        assert (whole.total, whole.total + whole.hidden) == (len(whole), every.total)
        assert sum(count for _, count in whole.facets["section"]) == len(whole)
        pages = [index.search(query, limit=2, offset=at, **asked) for at in range(0, len(whole), 2)]
        assert [hit.id for page in pages for hit in page] == ids(whole)
        assert all(page.total + page.hidden == every.total for page in pages)


@LAW
@example([([each], 0.05 * at) for at, each in enumerate([*["شهر"] * 15, "باران"])], "شهر", "auto", 20.0)
@given(TEXTS, QUERIES, st.sampled_from(["words", *MODES]), st.sampled_from([0.0, 20.0]))
def test_what_is_explained_adds_up_without_more_than_rounding(made, texts, query, mode, half_life):
    with made(texts, ranking=Ranking(half_life=half_life)) as index:
        found = index.search(query, mode=mode, limit=100, snippets=0)
        for hit in found:
            explained = found.explain(hit)
            parts = {part.reason: part.score for part in explained.parts if part.reason != "rounding"}
            assert fsum(parts.values()) == pytest.approx(hit.score, rel=1e-5, abs=1e-6)
            assert any("its meaning" in reason for reason in parts) or mode != "meaning"
            assert not any("its meaning" in reason for reason in parts) or mode != "words"


def test_both_parts_of_a_score_are_named(made):
    texts = [([*["شهر"] * (1 + at % 3), "بزرگ"], at * 0.05) for at in range(20)]
    with made([*texts, (["باران"], 0.01)]) as index:
        found = index.search("شهر بزرگ", limit=30)
        parts = {hit.id: {part.reason: part.score for part in found.explain(hit).parts} for hit in found}
    assert "its meaning: the cosine of its nearest passage is 1.000" in parts["0"]
    assert any(reason.startswith("شهر:") for reason in parts["0"])
    near_only = {**parts["20"]}
    assert near_only.pop("as the last of the best by their words") > 0
    assert near_only.pop("its meaning: the cosine of its nearest passage is 1.000") > 0
    assert near_only.keys() <= {"rounding"}


@LAW
@given(TEXTS, QUERIES)
def test_age_leaves_a_part_of_both_together_and_all_of_a_cosine(made, texts, query):
    with made(texts) as timeless, made(texts, ranking=Ranking(half_life=30, freshness=0.5)) as index:
        before, now = (dict(each.rank(query, limit=100)) for each in (timeless, index))
        alone, still = (each.rank(query, limit=100, mode="meaning") for each in (timeless, index))
    fresh = {id_: 0.5 + 0.5 ** (1 + int(id_) % 4) for id_ in before}  # the first document is of the newest day
    assert now == pytest.approx({id_: score * fresh[id_] for id_, score in before.items()}, rel=1e-4, abs=1e-6)
    assert still == alone


@LAW
@given(TEXTS, QUERIES)
def test_where_every_word_is_asked_for_meaning_orders_and_adds_nothing(made, texts, query):
    with made(texts) as index:
        found = {id_ for id_, _ in index.rank(query, limit=100, match="all")}
        assert found == {id_ for id_, _ in index.rank(query, limit=100, match="all", mode="words")}


@pytest.mark.parametrize("query", ["سال -باران", "سال +شهر", "سال «شهر بزرگ»", "title:شهر سال", "سال date:1380"])
def test_what_comes_nearest_of_all_must_fulfil_conditions_too(made, query):
    texts = [(["باران"], 0.0), *[(["مردم"], 1.0)] * 5, (["سال"], 1.5)]
    with made(texts) as index:
        assert "0" in ids(index.search("سال"))
        for mode in MODES:
            assert "0" not in ids(index.search(query, mode=mode))


def test_nothing_leaks_of_what_a_condition_forbids(made):
    """As if the documents that are forbidden were not there; but scores know how rare words are in the whole index."""
    hidden = "زعفران"
    texts = [([WORDS[at % 6], WORDS[at % 4]], 0.5 + at * 0.03) for at in range(25)]
    public = [
        Document(each.id, each.body, date=each.date, fields={"section": "open", "price": at})
        for at, each in enumerate(documents_of(texts)[0])
    ]
    secret = [
        Document(f"s{at}", f"{hidden} شهر {at}", date=NEWEST, fields={"section": "closed", "price": at})
        for at in range(40)
    ]
    angles = documents_of(texts)[1] | {document.body: 0.001 * at for at, document in enumerate(secret)}
    with made([], embedder=Tabled(angles)) as both, made([], embedder=Tabled(angles)) as alone:
        both.add([*secret[:20], *public, *secret[20:]])
        alone.add(public)
        allowed = Field("section") == "open"
        for query in ("شهر", "شهر سال", f"شهر {hidden}", hidden, f"-{hidden} شهر", "شهر بزرگ مردم", "", "آفتاب"):
            for options in ({}, {"sort": "price"}, {"unique_by": "price"}, {"unique_by": "body"}, {"match": "all"}):
                for mode in MODES:
                    asked = {"where": allowed, "mode": mode, "limit": 50, "facets": ["section", "price"], **options}
                    found, expected = both.search(query, **asked), alone.search(query, **asked)
                    assert {*ids(found)} == {*ids(expected)}
                    assert told(found) | {"hits": []} == told(expected) | {"hits": []}
                    if mode == "meaning":
                        assert [hit.score for hit in found] == [hit.score for hit in expected]
                    assert hidden not in json.dumps([hit.to_dict() for hit in found], ensure_ascii=False)
        like = [each.similar("3", where=allowed, limit=50, mode="meaning") for each in (both, alone)]
        assert [(hit.id, hit.score) for hit in like[0]] == [(hit.id, hit.score) for hit in like[1]]


@pytest.mark.usefixtures("index")
def test_a_search_by_words_reads_no_vectors_and_asks_nobody(tmp_path, monkeypatch):
    embedder = Tabled({})
    with SearchIndex.open(tmp_path, embedder=embedder) as index:

        def read(_segment):
            raise AssertionError("vectors are read")

        monkeypatch.setattr(Segment, "vectors", property(read))
        monkeypatch.setattr(Segment, "signs", property(read))
        for options in (
            {},
            {"unique_by": "body"},
            {"facets": ["section"]},
            {"where": {"section": "a"}, "sort": "price"},
        ):
            index.search("شهر", mode="words", **options)
        index.search("شهر", exact=True)
        assert list(index.scan("شهر", mode="words"))
        index.suggest("شه")
        index.similar("0", mode="words")
        assert index.marked("0", "شهر").marks
        with pytest.raises(AssertionError, match="vectors are read"):
            index.search("شهر", mode="meaning")
        assert embedder.asked == ["شهر"]


def test_while_a_model_loads_others_search_by_words(index, tmp_path, monkeypatch):
    loads, is_loading = threading.Event(), threading.Event()

    def slow(_spec):
        is_loading.set()
        assert loads.wait(60)
        raise EmbedderError("it cannot be loaded")

    index.embed(Trigrams(name=meanings.DEFAULT_EMBEDDER), again=True)
    monkeypatch.setattr(meanings, "embedder_of", slow)
    with SearchIndex.open(tmp_path) as unnamed, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(unnamed.search, "شهر")
        try:
            assert is_loading.wait(60)
            by_words = unnamed.search("شهر", mode="words")
            assert not waiting.done()
        finally:
            loads.set()
        found = waiting.result(60)
    assert ids(found) == ids(by_words)
    assert [problem.message for problem in found.problems] == ["only words were looked for: it cannot be loaded"]


class Away(MayBeAway, Tabled):
    """Can be asked, or not."""


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("is_away_first", [False, True])
def test_pages_of_two_orders_are_not_mixed(tmp_path, is_away_first):
    first, then = Away({}), Away({})
    first.is_away, then.is_away = is_away_first, not is_away_first
    with SearchIndex.open(tmp_path, embedder=first) as index:
        page = index.search("شهر", limit=2)
        assert len(index.search("شهر", limit=2, cursor=page.cursor)) == 2
    with SearchIndex.open(tmp_path, embedder=then) as index, pytest.raises(CursorError, match="meaning"):
        index.search("شهر", limit=2, cursor=page.cursor)


def test_questions_are_not_mixed_up_once_another_embedder_has_made_all_vectors(index, tmp_path):
    class Other(Tabled):
        name = "other"

    backwards = {text: pi / 2 - angle for text, angle in documents_of(TWENTY)[1].items()}
    with SearchIndex.open(tmp_path, embedder=Other(backwards)) as other:
        assert ids(index.search("شهر", mode="meaning"))[0] == "0"
        with pytest.raises(EmbedderMismatchError, match="tabled"):
            other.search("شهر", mode="meaning")
        other.embed(again=True)
        assert ids(other.search("شهر", mode="meaning"))[0] == "19"
        with pytest.raises(EmbedderMismatchError, match="other"):
            index.search("شهر", mode="meaning")
        by_words = index.search("شهر")
        assert ids(by_words) == ids(index.search("شهر", mode="words"))
        assert len(by_words.problems) == 1
        index.embed(again=True)
        assert ids(index.search("شهر", mode="meaning"))[0] == "0"
        assert index.search("شهر").problems == ()


def test_threads_find_the_same(index, tmp_path):
    queries = [(query, mode) for query in ("شهر", "شهر بزرگ", "مردم", "باران سال") for mode in ("words", *MODES)]
    expected = {(query, mode): index.rank(query, mode=mode) for query, mode in queries}
    with SearchIndex.open(tmp_path, embedder=Tabled({})) as other, ThreadPoolExecutor(8) as pool:
        asked = [query for query, _ in zip(cycle(queries), range(240), strict=False)]
        found = pool.map(lambda each: other.rank(each[0], mode=each[1]), asked)
        assert [(each, hits) for each, hits in zip(asked, found, strict=True) if hits != expected[each]] == []


def test_like_a_document_is_what_comes_near_it_without_a_word_that_tells(tmp_path):
    texts = {"car": "خودرو تازه", "auto": "اتومبیل ماشین", "rain": "باران رگبار", "book": "کتاب نوشته"}
    with SearchIndex.open(tmp_path, embedder=Concepts(), fields=FIELDS) as index:
        index.add(Document(id_, body, fields={"section": id_[0]}) for id_, body in texts.items())
    with SearchIndex.open(tmp_path) as unnamed:
        assert ids(unnamed.similar("car", mode="words")) == []
        assert ids(unnamed.similar("car"))[0] == "auto"
        alone = unnamed.similar("car", mode="meaning")
        assert ids(alone)[0] == "auto"
        assert {*ids(alone)} == {"auto", "rain", "book"}
        assert {*ids(unnamed.similar("car", mode="meaning", where={"section": ["c", "b"]}))} == {"book"}
        assert unnamed.similar("car").problems == ()
