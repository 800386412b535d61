"""What the façade promises: documents in, ranked hits with snippets out."""

from __future__ import annotations

import datetime as dt
import html
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit import ArgumentError, Document, DocumentError, IndexNotFoundError, Report, SearchIndex, Skip
from searchkit.documents import MAX_NESTING
from searchkit.persian import analyze

TEXTS = {
    "history": "كتاب\u200cهاي تاريخ ايران در كتابخانه است. خواننده آن\u200cها را دوست دارد.",
    "tea": "چای سبز و چای سیاه در باغ نوشیدیم.",
    "garden": "باغ ایرانی آب و درخت دارد؛ کتاب باغبانی هم هست.",
}


@pytest.fixture
def index(tmp_path):
    with SearchIndex.open(tmp_path / "index") as index:
        index.add(Document(id=id_, body=body) for id_, body in TEXTS.items())
        yield index


def found(index, query, **options):
    return [hit.id for hit in index.search(query, **options)]


def test_what_is_added_is_found_at_once(index):
    assert len(index) == 3
    assert found(index, "تاریخ") == ["history"]
    index.add([Document(id="new", body="تاریخ نو")])
    assert set(found(index, "تاریخ")) == {"history", "new"}


def test_other_spacings_are_those_of_the_newest_commit(index):
    assert found(index, "دبیرکل") == found(index, "ایران زمین", match="all") == []
    index.add([Document(id="apart", body="دبیر کل آمد."), Document(id="joined", body="ایرانزمین")])
    assert found(index, "دبیرکل") == ["apart"]
    assert found(index, "ایران زمین", match="all") == ["joined"]
    index.delete(["apart"])
    assert found(index, "دبیرکل") == []


def test_a_path_may_be_a_string(tmp_path):
    with SearchIndex.open(str(tmp_path / "index")) as index:
        assert len(index) == 0


def test_create_false_makes_nothing(tmp_path):
    with pytest.raises(IndexNotFoundError, match="searchkit index"):
        SearchIndex.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_a_report_counts_what_became_of_each(index):
    again = [
        Document(id="tea", body=TEXTS["tea"]),
        Document(id="garden", body="دیگر"),
        Skip("a.png", "unknown"),
        Document(id="x", body=""),
    ]
    assert index.add(again) == Report(added=1, updated=1, unchanged=1, skipped=(Skip("a.png", "unknown"),))


def test_documents_are_streamed_and_nothing_of_a_failed_batch_is_kept(index):
    def documents():
        yield Document(id="new", body="زعفران")
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        index.add(documents())
    assert found(index, "زعفران") == []
    with pytest.raises(DocumentError, match="build one"):
        index.add(["text"])


NAMES = st.sampled_from(["\0date", "\0bytes", "\0decimal", "\0", "\0\0date", "a", ""]) | st.text(max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=2),
)


@settings(max_examples=30)
@given(st.lists(st.dictionaries(NAMES, JSON, max_size=3), min_size=1, max_size=5))
def test_fields_come_back_as_they_were(tmp_path_factory, given_fields):
    documents = [Document(id=str(at), body="انار", fields=fields) for at, fields in enumerate(given_fields)]
    with SearchIndex.open(tmp_path_factory.mktemp("fields") / "index") as index:
        index.add(documents)
        assert [hit.document for hit in index.search("انار", limit=10)] == documents


def nested(levels, around=lambda inner: [inner]):
    value = "x"
    for _ in range(levels - 1):
        value = around(value)
    return {"a": value}


@pytest.mark.parametrize("around", [lambda inner: [inner], lambda inner: {"a": inner}, lambda inner: [0, {"a": inner}]])
def test_the_depth_of_fields_is_bounded(index, around):
    deepest = Document(id="deep", body="عمیق", fields=nested(MAX_NESTING // len(around(0)), around))
    index.add([deepest])
    assert [hit.document for hit in index.search("عمیق")] == [deepest]
    for levels in (MAX_NESTING + 1, 900, 100_000):
        with pytest.raises(DocumentError, match=f"more than {MAX_NESTING} levels deep; flatten"):
            Document(id="1", body="x", fields=nested(levels, around))


def test_fields_that_hold_themselves():
    ring = []
    ring += [ring, ring]
    with pytest.raises(DocumentError, match="levels deep"):
        Document(id="1", body="x", fields={"a": ring})


@pytest.mark.parametrize(
    "fields", [{1: 2}, {"a": {1: 2, "b": 3}}, {"a": [{None: 1}]}, {"a": {"b": {True: 1}}}, {"a": ({2.5: 1},)}]
)
def test_names_of_fields_are_str_at_every_level(fields):
    with pytest.raises(DocumentError, match="convert it first"):
        Document(id="1", body="x", fields=fields)


def test_delete_counts_what_there_was(index):
    assert index.delete(["tea", "never"]) == 1
    assert found(index, "سبز") == []


def test_what_cannot_be_encoded_is_in_no_index(index):
    assert index.delete(["\udcff"]) == 0
    assert found(index, "\udcff باغ\ud800 title:\udfff") == found(index, "باغ")


def test_prune_removes_what_did_not_come_again(index):
    def of(source, id_):
        return Document(id=id_, body="x", fields={"source": source})

    index.add([of("docs/a", "a"), of("docs/b", "b"), of("docs/c", "c"), of("docs2/d", "d"), of("-", "e")])
    report = index.add([of("docs/a", "a"), Skip("docs/c", "unreadable")], prune=["docs"])
    assert (report.unchanged, report.removed) == (1, 1)
    assert len(index) == 3 + 4


@pytest.mark.parametrize(
    ("match", "ids"),
    [("all", ["garden"]), ("any", ["garden", "tea", "history"]), ("auto", ["garden", "tea", "history"])],
)
def test_match(index, match, ids):
    results = index.search("کتاب باغ", match=match)
    assert results.total == len(ids)
    assert results.complete == (1 if match != "any" else results.complete)
    assert sorted(hit.id for hit in results) == sorted(ids)
    assert next(iter(results)).id == "garden"


def test_pages_join_up(index):
    whole = found(index, "کتاب باغ چای")
    assert [id_ for offset in range(4) for id_ in found(index, "کتاب باغ چای", limit=1, offset=offset)] == whole


@pytest.mark.parametrize(
    "options", [{"limit": -1}, {"offset": -1}, {"offset": 10_000}, {"match": "some"}, {"snippets": -1}]
)
def test_arguments_out_of_range(index, options):
    with pytest.raises(ArgumentError):
        index.search("چای", **options)


@pytest.mark.parametrize("page", [{}, {"limit": 2}, {"limit": 1, "offset": 2}, {"match": "any"}, {"match": "all"}])
def test_rank_gives_the_ids_and_scores_of_search(index, page):
    for query in ("کتاب باغ چای", "باغ", "هیچ", ""):
        hits = index.search(query, snippets=0, **page)
        assert index.rank(query, **page) == [(hit.id, hit.score) for hit in hits]
    with pytest.raises(ArgumentError):
        index.rank("باغ", limit=-1)


def test_snippets_quote_the_author_and_mark_the_words(index):
    (hit,) = index.search("کتابهای تاریخ", match="all")
    (snippet,) = hit.snippets
    assert snippet.text in TEXTS["history"]
    assert [snippet.text[start:end] for start, end in snippet.marks][:2] == ["كتاب\u200cهاي", "تاريخ"]
    assert snippet.html().startswith("<mark>كتاب\u200cهاي</mark> <mark>تاريخ</mark>")


def test_hits_carry_their_documents(index):
    document = Document(
        id="d", body="زعفران", title="ادویه", url="https://example.org", date=dt.date(2024, 5, 4), fields={"a": [1]}
    )
    index.add([document])
    (hit,) = index.search("زعفران")
    assert hit.document == document
    assert hit.score > 0


def test_results_are_json(index):
    results = index.search("چای")
    assert json.loads(json.dumps(results.to_dict()))["hits"][0]["id"] == "tea"
    assert results.took_ms > 0


def test_what_is_not_understood_is_told(index):
    results = index.search('"چای')
    assert results.problems
    assert [hit.id for hit in results] == ["tea"]


WORDS = [
    "کتاب",
    "كتابها",
    "باغ",
    "می\u200cرود",
    "رفتن",
    "<b>",
    "&amp;",
    "چای،",
    "۱۲٬۰۰۰",
    "\n",
    "ECO",
    "تهران",
    '"',
    "'",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=80).map(" ".join), st.sampled_from(WORDS[:5]))
def test_marks_are_wanted_words_and_html_is_the_text(tmp_path_factory, body, query):
    with SearchIndex.open(tmp_path_factory.mktemp("law")) as index:
        index.add([Document(id="1", body=body)])
        for hit in index.search(query):
            wanted = {token.lemma for token in analyze(query)}
            for snippet in hit.snippets:
                assert html.unescape(re.sub("</?mark>", "", snippet.html())) == snippet.text
                assert snippet.text in body
                for start, end in snippet.marks:
                    assert wanted & {token.lemma for token in analyze(snippet.text[start:end])}
