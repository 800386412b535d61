"""Search by meaning: what is found by it, in which order, and what it must not change."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from itertools import chain
from math import fsum

import numpy as np
import pytest
from concepts import CONCEPTS, Concepts, meaning_of_words
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit import ArgumentError, Document, Field, Ranking, SearchIndex
from searchkit.errors import EmbedderError, EmbedderMismatchError

FILLING = ["شهر", "بزرگ", "سال", "مردم", "تازه", "روز"]

DOCUMENTS = [
    Document("car", "خودرو تازه در شهر", fields={"section": "a"}),
    Document("auto", "اتومبیل بزرگ مردم", fields={"section": "b"}),
    Document("doctor", "پزشک شهر بزرگ", title="طبیب", fields={"section": "a"}),
    Document("house", "خانه مردم شهر", fields={"section": "b"}),
    Document("rain", "رگبار سال تازه در شهر", fields={"section": "a"}),
]


@pytest.fixture
def embedder():
    return Concepts()


@pytest.fixture
def index(tmp_path, embedder):
    with SearchIndex.open(tmp_path, embedder=embedder, fields={"section": "keyword"}) as index:
        index.add(DOCUMENTS)
        yield index


def ids(results):
    return [hit.id for hit in results.hits]


@pytest.mark.parametrize(
    ("query", "best"), [("ماشین", "auto"), ("دکتر", "doctor"), ("منزل", "house"), ("باران", "rain")]
)
def test_what_means_the_same_is_found_without_a_word(index, query, best):
    assert ids(index.search(query, mode="words", exact=True)) == []
    assert ids(index.search(query, mode="meaning"))[0] == best
    found = index.search(query)
    assert ids(found)[0] == best
    assert (found.complete, found.total) == (0, len(found.hits))


@pytest.mark.parametrize(
    ("query", "found", "never"),
    [
        ("ماشین +تازه", {"car"}, {"auto"}),
        ("ماشین -تازه", {"auto"}, {"car", "rain"}),
        ("ماشین «بزرگ مردم»", {"auto"}, {"car"}),
        ("ماشین title:طبیب", {"doctor"}, {"car", "auto"}),
        ("ماشین NOT خودرو", {"auto"}, {"car"}),
    ],
)
@pytest.mark.parametrize("mode", ["auto", "meaning"])
def test_what_has_a_sign_or_is_quoted_is_a_condition(index, query, found, never, mode):
    hits = set(ids(index.search(query, mode=mode)))
    assert found <= hits
    assert not never & hits


@pytest.mark.parametrize("mode", ["auto", "meaning"])
def test_conditions_hold_for_what_is_found_by_meaning(index, mode):
    assert ids(index.search("ماشین", mode=mode, where={"section": "b"}))[0] == "auto"
    assert "car" not in ids(index.search("ماشین", mode=mode, where={"section": "b"}))


def test_every_word_is_asked_for_where_all_are(index):
    assert set(ids(index.search("خودرو شهر", match="all"))) == {"car"}
    assert ids(index.search("ماشین شهر", match="all", exact=False)) == []


def test_what_was_typed_is_searched_by_words_alone(index, embedder):
    assert ids(index.search("ماشین", exact=True)) == []
    assert not embedder.asked


@pytest.mark.parametrize("query", ["", "-خودرو", "   ", "date:1403", "؟"])
def test_a_query_without_a_word_means_nothing(index, embedder, query):
    assert ids(index.search(query)) == ids(index.search(query, mode="words"))
    assert not embedder.asked


def test_a_query_is_embedded_once(index, embedder):
    for mode in ("auto", "meaning", "auto", "words"):
        index.search("ماشین", mode=mode)
    assert embedder.asked == ["ماشین"]


def test_the_nearest_passage_is_shown_where_no_word_answers(tmp_path):
    body = " ".join(["شهر بزرگ مردم تازه است."] * 20 + ["خودرو خودرو خودرو آمد."] + ["سال روز شهر مردم است."] * 20)
    with SearchIndex.open(tmp_path) as index:
        index.add([Document("1", body), *DOCUMENTS[2:]])
        index.embed(Concepts(), words=12, most=0)
    with SearchIndex.open(tmp_path, embedder=Concepts()) as index:
        hit = next(hit for hit in index.search("ماشین").hits if hit.id == "1")
        assert "خودرو" in hit.snippets[0].text
        assert not hit.snippets[0].marks
        assert body.find(hit.snippets[0].text) > 300
        worded = next(hit for hit in index.search("آمد ماشین").hits if hit.id == "1")
        assert worded.snippets[0].marks


def test_similar_documents_are_found_by_their_meaning_and_no_embedder_is_asked(index, tmp_path):
    with SearchIndex.open(tmp_path) as unnamed:
        assert "auto" not in ids(unnamed.similar("car", mode="words"))
        found = ids(unnamed.similar("car"))
        assert "auto" in found
        assert "car" not in found
        assert "auto" not in ids(unnamed.similar("car", where={"section": "a"}))


def test_an_embedder_must_be_named_that_is_none_of_ours(index, tmp_path):
    with SearchIndex.open(tmp_path) as unnamed:
        found = unnamed.search("ماشین خودرو")
        assert ids(found) == ["car"]
        assert "concepts" in found.problems[0].message
        assert len(found.problems) == 1
        with pytest.raises(EmbedderError, match="concepts"):
            unnamed.search("ماشین", mode="meaning")


def test_another_embedder_is_told(index, tmp_path):
    class Other(Concepts):
        name = "other"

    with SearchIndex.open(tmp_path, embedder=Other()) as other:
        problems = [problem.message for problem in other.search("ماشین خودرو").problems]
        assert len(problems) == 1
        assert "concepts" in problems[0]
        assert ids(other.search("ماشین خودرو")) == ["car"]
        with pytest.raises(EmbedderMismatchError, match="concepts"):
            other.search("ماشین", mode="meaning")


def test_meaning_alone_needs_vectors(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add(DOCUMENTS)
        assert ids(index.search("خودرو")) == ["car"]
        with pytest.raises(ArgumentError, match="searchkit embed"):
            index.search("خودرو", mode="meaning")
        with pytest.raises(ArgumentError, match="auto, words, meaning"):
            index.search("خودرو", mode="best")


def test_documents_without_vectors_are_found_by_words(index, tmp_path):
    with SearchIndex.open(tmp_path) as writer:
        writer.add([Document("new", "خودرو نو")])
    assert "new" in ids(index.search("خودرو"))
    assert "new" not in ids(index.search("خودرو", mode="meaning"))


def test_a_search_by_words_loads_nothing_of_it():
    code = (
        "import sys, tempfile, searchkit\n"
        "assert not any('meaning' in name for name in sys.modules), 'import'\n"
        "index = searchkit.SearchIndex.open(tempfile.mkdtemp())\n"
        "index.add([searchkit.Document('1', 'a b')])\n"
        "assert index.search('a').total == 1\n"
        "assert not any('meaning' in name or 'nearest' in name for name in sys.modules), 'search'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("count", [1, 9, 10, 11, 16, 40])
def test_all_that_come_nearest_alike_are_found(tmp_path, count):
    alike = [Document(f"a{at}", "اتومبیل سبز") for at in range(count)]
    with SearchIndex.open(tmp_path, embedder=Concepts()) as index:
        index.add([*alike, *(Document(f"z{at}", "آسمان آبی رنگ") for at in range(30))])
        assert set(ids(index.search("ماشین", limit=100))[:count]) == {each.id for each in alike}


def test_age_does_not_count_where_meaning_does_alone(tmp_path):
    documents = [Document("old", "شهر سال", date=dt.date(2000, 1, 1)), Document("new", "شهر", date=dt.date(2024, 1, 1))]
    with SearchIndex.open(tmp_path, embedder=Concepts(), ranking=Ranking(half_life=10)) as index:
        index.add(documents)
        scores = dict(index.rank("ماشین", mode="meaning"))
        assert scores["old"] == pytest.approx(scores["new"], abs=0.01)
        found = index.search("ماشین", mode="meaning")
        assert all("its age" not in str(found.explain(hit)) for hit in found.hits)


@pytest.mark.parametrize("error", [ValueError("it is broken"), OSError("it is away"), MemoryError("it is large")])
def test_an_embedder_that_fails_leaves_words(index, tmp_path, error):
    class Failing(Concepts):
        def queries(self, texts):
            raise error

    with SearchIndex.open(tmp_path, embedder=Failing()) as failing:
        found = failing.search("خودرو")
        assert ids(found) == ["car"]
        assert [str(error) in problem.message for problem in found.problems] == [True]
        with pytest.raises(EmbedderError, match=str(error)):
            failing.search("خودرو", mode="meaning")


def test_an_embedder_is_waited_for_no_longer_than_a_search_may_take(index, tmp_path):
    class Slow(Concepts):
        def queries(self, texts):
            time.sleep(5)
            return super().queries(texts)

    with SearchIndex.open(tmp_path, embedder=Slow()) as slow:
        begun = time.monotonic()
        found = slow.search("خودرو", timeout=1)
        assert ids(found) == ["car"]
        assert "1 s" in found.problems[0].message or "long" in found.problems[0].message
        assert time.monotonic() - begun < 4  # of five that it takes


# laws

WORDS = sorted(set(chain.from_iterable(CONCEPTS)) | set(FILLING))
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
LAW = settings(max_examples=12)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Makes an index of some texts, in so many segments, some of which are deleted."""

    def made_(texts, segments=1, deleted=()):
        index = SearchIndex.open(
            tmp_path_factory.mktemp("law"), embedder=Concepts(), fields={"section": "keyword"}, ranking=Ranking()
        )
        documents = [Document(str(at), text, fields={"section": "ab"[at % 2]}) for at, text in enumerate(texts)]
        for part in range(segments):
            index.add(documents[part::segments])
        index.delete(map(str, deleted))
        return index

    return made_


def cosine(one, other):
    left, right = np.array(meaning_of_words(one)), np.array(meaning_of_words(other))
    return float(left @ right / np.linalg.norm(left) / np.linalg.norm(right))


@LAW
@given(st.lists(TEXTS, min_size=2, max_size=20), TEXTS, st.integers(1, 3), st.data())
def test_segments_and_deleted_documents_make_no_difference(made, texts, query, segments, data):
    deleted = data.draw(st.sets(st.integers(0, len(texts) - 1), max_size=len(texts) - 1))
    left = [text for at, text in enumerate(texts) if at not in deleted]
    with made(texts, segments, deleted) as index, made(left) as plain:
        for mode in ("auto", "meaning"):
            scores = [
                sorted(round(score, 3) for _, score in each.rank(query, limit=99, mode=mode)) for each in (index, plain)
            ]
            assert scores[0] == scores[1]


@LAW
@given(st.lists(TEXTS, min_size=1, max_size=25), TEXTS, st.sampled_from(["auto", "meaning"]))
def test_pages_and_scans_and_counts_agree(made, texts, query, mode):
    with made(texts, 2) as index:
        whole = index.search(query, limit=100, mode=mode, facets=["section"])
        ranked = index.rank(query, limit=100, mode=mode)
        assert [(hit.id, hit.score) for hit in whole.hits] == ranked
        assert [(hit.id, hit.score) for hit in index.scan(query, mode=mode)] == ranked
        assert whole.total == len(ranked)
        assert whole.complete <= whole.total
        counts = dict(whole.facets["section"])
        assert sum(counts.values()) == whole.total
        paged, cursor = [], None
        while True:
            page = index.search(query, limit=3, mode=mode, cursor=cursor)
            paged += ids(page)
            cursor = page.cursor
            if cursor is None:
                break
        assert paged == [id_ for id_, _ in ranked]


@LAW
@given(st.lists(TEXTS, min_size=1, max_size=25), TEXTS)
def test_a_condition_hides_all_of_what_it_hides(made, texts, query):
    with made(texts) as index:
        for mode in ("auto", "meaning"):
            found = index.search(query, limit=100, mode=mode, where=Field("section") == "a")
            assert all(int(hit.id) % 2 == 0 for hit in found.hits)
            assert found.total == len(found.hits)
        near = sorted(cosine(query, text) for text in texts[::2])
        alone = index.search(query, limit=100, mode="meaning", where=Field("section") == "a")
        assert sorted(hit.score for hit in alone.hits) == pytest.approx(near, abs=0.02)  # of numbers of 8 bits


@LAW
@given(st.lists(TEXTS, min_size=1, max_size=25), TEXTS, st.sampled_from(["auto", "meaning"]))
def test_what_is_explained_adds_up(made, texts, query, mode):
    with made(texts) as index:
        found = index.search(query, mode=mode)
        for hit in found.hits:
            explained = found.explain(hit)
            assert explained.score == hit.score
            assert fsum(part.score for part in explained.parts) == pytest.approx(hit.score, abs=1e-5)
        if mode == "meaning" and found.hits:
            assert "its meaning" in str(found.explain(found.hits[0]))


@LAW
@given(st.lists(TEXTS, min_size=1, max_size=25), TEXTS, st.sampled_from(["auto", "any", "all"]))
def test_words_are_searched_as_if_there_were_no_vectors(made, tmp_path_factory, texts, query, match):
    with made(texts) as index, SearchIndex.open(tmp_path_factory.mktemp("plain")) as plain:
        plain.add(Document(str(at), text, fields={"section": "ab"[at % 2]}) for at, text in enumerate(texts))
        assert index.rank(query, limit=100, match=match, mode="words") == plain.rank(query, limit=100, match=match)


@LAW
@given(st.lists(TEXTS, min_size=1, max_size=25), TEXTS)
def test_short_queries_keep_documents_with_every_word_first(made, texts, query):
    query = " ".join(query.split()[:2])
    with made(texts) as index:
        complete = {id_ for id_, _ in index.rank(query, limit=100, match="all", exact=True)}
        order = [id_ in complete for id_, _ in index.rank(query, limit=100)]
        assert order == sorted(order, reverse=True) or not complete
