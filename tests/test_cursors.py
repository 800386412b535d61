"""Page after page, of any number, each hit once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit import ArgumentError, CursorError, Document, Field, SearchIndex
from searchkit.planning import MAX_HITS


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    made = SearchIndex.open(tmp_path_factory.mktemp("index"), fields={"price": "number", "tags": "keywords"})
    made.add(
        Document(id=str(n), body="باغ " * (n % 5 + 1), fields={"price": n % 7, "tags": ["a", "b", "c"][: n % 4]})
        for n in range(57)
    )
    return made


def pages(index, query, **asked):
    page = index.search(query, **asked)
    while True:
        yield page
        if page.cursor is None:
            return
        page = index.search(query, **asked, cursor=page.cursor)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"limit": 1},
        {"limit": 57},
        {"match": "all"},
        {"sort": "-price"},
        {"where": Field("tags").isin(["a", "b", "c"]), "sort": "price"},
        {"where": {"tags": ["a", "c"]}, "limit": 7, "facets": ["tags"]},
        {"unique_by": "price", "limit": 2},
    ],
    ids=str,
)
def test_each_hit_comes_once_and_in_order(index, asked):
    found = list(pages(index, "باغ", **asked))
    whole = {**asked, "limit": 100}
    assert [hit.id for page in found for hit in page] == [hit.id for hit in index.search("باغ", **whole)]
    assert [page.offset for page in found] == [sum(map(len, found[:at])) for at in range(len(found))]
    assert {page.total for page in found} == {sum(map(len, found))}


def test_there_is_no_cursor_where_nothing_follows(index):
    assert index.search("باغ", limit=57).cursor is None
    assert index.search("هیچ").cursor is None
    assert index.search("باغ", limit=0).cursor is None
    assert index.search("باغ", offset=56).cursor is None


def test_pages_go_on_beyond_what_an_offset_may_be(tmp_path):
    index = SearchIndex.open(tmp_path)
    index.add(Document(id=str(n), body="باغ") for n in range(MAX_HITS + 500))
    found = [hit.id for page in pages(index, "باغ", limit=4_000, snippets=0) for hit in page]
    assert found == [str(n) for n in range(MAX_HITS + 500)]


@pytest.mark.parametrize(
    ("query", "asked"),
    [("باغ سبز", {}), ("باغ", {"match": "all"}), ("باغ", {"sort": "price"}), ("باغ", {"where": {"price": 1}})],
    ids=str,
)
def test_a_cursor_of_another_search_is_refused(index, query, asked):
    cursor = index.search("باغ", limit=5).cursor
    with pytest.raises(CursorError, match="another search"):
        index.search(query, cursor=cursor, **asked)


def test_the_size_of_pages_may_change(index):
    first = index.search("باغ", limit=5)
    rest = index.search("باغ", limit=100, cursor=first.cursor)
    assert len(first) + len(rest) == 57


@pytest.mark.parametrize("change", [lambda i: i.add([Document(id="new", body="باغ")]), lambda i: i.delete(["3"])])
def test_a_cursor_ends_with_its_commit(tmp_path, change):
    index = SearchIndex.open(tmp_path)
    index.add(Document(id=str(n), body="باغ") for n in range(9))
    cursor = index.search("باغ", limit=5).cursor
    assert len(index.search("باغ", cursor=cursor)) == 4
    change(index)
    with pytest.raises(CursorError, match="has changed since"):
        index.search("باغ", cursor=cursor)


def test_a_cursor_holds_for_other_processes(index):
    cursor = index.search("باغ", limit=5, where={"tags": {"a", "b", "c"}}).cursor
    again = SearchIndex.open(index._engine.path, create=False)
    assert len(again.search("باغ", where={"tags": ["c", "b", "a"]}, limit=100, cursor=cursor)) == 37


def test_a_cursor_and_an_offset_do_not_go_together(index):
    cursor = index.search("باغ", limit=5).cursor
    with pytest.raises(ArgumentError, match="offset and cursor"):
        index.search("باغ", cursor=cursor, offset=5)


@given(st.text() | st.from_regex(r"\A[0-9]{1,14}-[0-9a-f]{1,50}-[0-9a-f]{12}\Z"))
def test_what_is_no_cursor_is_told(index, cursor):
    with pytest.raises(CursorError):
        index.search("باغ", cursor=cursor)


@pytest.mark.parametrize("cursor", [5, b"5-0-0", ("5",)])
def test_a_cursor_is_text(index, cursor):
    with pytest.raises(ArgumentError, match="cursor is"):
        index.search("باغ", cursor=cursor)
