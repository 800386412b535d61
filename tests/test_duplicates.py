"""Of documents that say nearly the same, one hit."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit import Document, Field, SearchIndex, SearchTimeoutError
from searchkit.duplicates import ALIKE, Unlike

WORDS = [f"واژه{number}" for number in range(400)]


def text(*, of=300, changed=0, seed=0):
    """A text of so many words, of which so many, far from each other, are others."""
    words = random.Random(seed).choices(WORDS, k=of)  # noqa: S311 (no secret)
    for place in range(changed):
        words[(place * 7 + 3) % of] = f"دیگر{place}"
    return " ".join(words)


def resemblance(left, right):
    """The share of rows of three words that are the same, worked out from its definition."""
    rows = [{tuple(words[at : at + 3]) for at in range(len(words) - 2)} for words in (left, right)]
    return len(rows[0] & rows[1]) / len(rows[0] | rows[1])


def taken(*bodies):
    unlike = Unlike()
    return [unlike.take(Document(id=str(at), title="یک عنوان", body=body)) for at, body in enumerate(bodies)]


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("کتاب خوب", "کتاب خوب", True),
        ("كتاب خوب، اي دوست!", "کتاب خوب ای دوست", True),
        ("کتاب\u200cها را خواند", "کتابها را خواند", True),
        ("۱۲ تن", "12 تن", True),
        ("کتاب", "کتابی", False),
        ("کتاب خوب", "خوب کتاب", False),
        (text(), text(changed=1), True),
        (text(), text(changed=4), True),
        (text(), text(changed=8), False),
        (text(seed=1), text(seed=2), False),
        (text(), text() + " و بس", True),
        (text(), text() + " " + text(of=100, seed=3), False),
        ("", "", True),  # the titles are the same
    ],
)
def test_what_is_nearly_the_same(left, right, alike):
    assert taken(left, right) == [True, not alike]


def test_without_any_word_nothing_is_the_same():
    unlike = Unlike()
    assert all(unlike.take(Document(id=id_, body="…")) for id_ in "ab")


@settings(max_examples=60, deadline=None)
@given(st.integers(3, 400), st.integers(0, 30), st.integers(0, 10))
def test_it_is_as_the_definition_says(size, changed, more):
    left, right = text(of=size), text(of=size, changed=min(changed, size)) + " آخر" * more
    assert taken(left, right)[1] == (resemblance(left.split(), right.split()) <= ALIKE)


def test_many_documents_are_compared_with_all_of_those_shown():
    bodies = [text(of=60, seed=seed) for seed in range(300)]
    assert taken(*bodies, *bodies) == [True] * 300 + [False] * 300


@pytest.fixture
def index(tmp_path):
    """Two reports that three agencies carry, and ten that stand alone; the copies are one word longer each."""
    made = SearchIndex.open(tmp_path, fields={"agency": "keyword"})
    documents = [
        Document(
            id=f"{report}-{agency}", body=f"سیل {text(seed=report)}" + " پایان" * agency, fields={"agency": str(agency)}
        )
        for report in (1, 2)
        for agency in range(3)
    ]
    documents += [Document(id=f"only-{seed}", body=f"سیل {text(seed=seed)}") for seed in range(10, 20)]
    made.add(documents)
    return made


def test_one_of_them_is_shown_and_the_others_are_counted(index):
    results = index.search("سیل", limit=20, unique_by="body", facets=["agency"])
    shown = [hit.id for hit in results]
    assert sorted(id_.partition("-")[0] for id_ in shown) == ["1", "2", *["only"] * 10]
    assert (results.total, results.complete, results.hidden) == (12, 12, 4)
    assert sum(count for _, count in results.facets["agency"]) == 2
    assert results.cursor is None


def test_it_is_the_first_in_the_order_asked_for(index):
    every = [id_ for id_, _ in index.rank("سیل", limit=20)]
    shown = [id_ for id_, _ in index.rank("سیل", limit=20, unique_by="body")]
    first = {report: next(id_ for id_ in every if id_.startswith(report)) for report in ("1-", "2-")}
    assert {*first.values()} <= {*shown}
    assert shown == [id_ for id_ in every if id_ in shown]


@pytest.mark.parametrize("limit", [1, 3, 5, 12])
def test_pages_join_up(index, limit):
    whole = [id_ for id_, _ in index.rank("سیل", limit=20, unique_by="body")]
    pages = [index.search("سیل", limit=limit, offset=at, unique_by="body") for at in range(0, 12, limit)]
    assert [hit.id for page in pages for hit in page] == whole
    assert pages[-1].total == 12
    hidden = [page.hidden for page in pages]
    assert hidden == sorted(hidden)
    assert {page.total + page.hidden for page in pages} == {16}
    assert all(page.total >= 12 for page in pages)
    assert all(page.cursor or (page.total, page.hidden) == (12, 4) for page in pages)


def test_cursors_join_up(index):
    page, shown = index.search("سیل", limit=5, unique_by="body"), []
    while page.cursor is not None:
        shown += page.hits
        page = index.search("سیل", limit=5, unique_by="body", cursor=page.cursor)
    assert len({hit.id for hit in [*shown, *page.hits]}) == 12


def test_what_may_not_be_seen_hides_nothing(index):
    where = Field("agency") == "2"
    results = index.search("سیل", where=where, unique_by="body")
    assert ([hit.id for hit in results], results.total, results.hidden) == (["1-2", "2-2"], 2, 0)


def test_it_ends_when_the_time_is_over(index):
    started = time.monotonic()
    with pytest.raises(SearchTimeoutError):
        index.search("سیل", limit=20, unique_by="body", timeout=0)
    assert time.monotonic() - started < 10


def test_segments_make_no_difference(index, tmp_path_factory):
    several = SearchIndex.open(tmp_path_factory.mktemp("several"), fields={"agency": "keyword"})
    for hit in index.scan("سیل", sort="score", where=~(Field("agency") == "x")):
        several.add([hit.document])
    found = several.search("سیل", limit=20, unique_by="body")
    assert (found.total, found.hidden) == (12, 4)
