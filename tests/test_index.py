"""What the façade promises: documents in, ranked hits with snippets out."""

from __future__ import annotations

import datetime as dt
import errno
import gc
import html
import json
import math
import re
import time
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit import (
    ArgumentError,
    Document,
    DocumentError,
    IndexNotFoundError,
    Report,
    SearchIndex,
    SearchTimeoutError,
    Skip,
    StorageError,
    WriteOptions,
    highlight,
    load,
)
from searchkit.documents import MAX_NESTING, plain
from searchkit.highlight import SnippetOptions
from searchkit.index import MAX_HITS
from searchkit.loading import LoadOptions
from searchkit.persian import analyze
from searchkit.ranking import FieldWeight, Ranking

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


@pytest.fixture(scope="module")
def texts_index(tmp_path_factory):
    with SearchIndex.open(tmp_path_factory.mktemp("texts") / "index") as index:
        index.add(Document(id=id_, title=id_, body=body) for id_, body in TEXTS.items())
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


PLACES = {
    "file": ("file", "is a file, and an index is a folder; give another path"),
    "link to a file": ("to_file", "is a file, and an index is a folder; give another path"),
    "below a file": ("file/index", "(Not a directory); mend that"),
    "link to itself": ("ring", "(Too many levels of symbolic links); mend that"),
    "below a link to itself": ("ring/index", "(Too many levels of symbolic links); mend that"),
    "long name": ("x" * 5000, "(File name too long); mend that"),
}


@pytest.fixture
def places(tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "to_file").symlink_to("file")
    (tmp_path / "ring").symlink_to("ring")
    yield tmp_path
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("options", [{}, {"create": False}, {"fresh": True}], ids=str)
@pytest.mark.parametrize(("place", "words"), PLACES.values(), ids=PLACES)
def test_where_no_index_can_be(places, place, words, options):
    with pytest.raises(StorageError) as caught:
        SearchIndex.open(places / place, **options)
    assert words in str(caught.value)
    assert not isinstance(caught.value, IndexNotFoundError)


@pytest.mark.parametrize(
    ("denied", "options"),
    [
        *((denied, options) for denied in ("stat", "iterdir") for options in ({}, {"create": False}, {"fresh": True})),
        *(("mkdir", options) for options in ({}, {"fresh": True})),
        *(("lstat", options) for options in ({}, {"create": False})),
    ],
    ids=str,
)
def test_what_may_not_be_entered_read_or_made_is_told(tmp_path, monkeypatch, denied, options):
    def deny(path, *_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    if denied != "mkdir":
        SearchIndex.open(tmp_path / "index").close()
    monkeypatch.setattr(Path, denied, deny)
    with pytest.raises(StorageError, match=r"\(Permission denied\); mend that and try again"):
        SearchIndex.open(tmp_path / "index", **options)


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


def write(index, documents=(), **options):
    return index.add(documents, options=WriteOptions(**options))


TEA = Document(id="tea", body="x")
MISUSED = [
    (lambda index: index.search(None), "query is None; give a str"),
    (lambda index: index.search(5), "query is 5; give a str"),
    (lambda index: index.search(b"x"), "query is b'x'; give a str"),
    (lambda index: index.search(["x"]), "query is ['x']; give a str"),
    (lambda index: index.search("x", limit="10"), "limit is '10'; give a whole number from 0"),
    (lambda index: index.search("x", limit=None), "limit is None; give a whole number from 0"),
    (lambda index: index.search("x", limit=True), "limit is True; give a whole number from 0"),
    (lambda index: index.search("x", limit=1.5), "limit is 1.5; give a whole number from 0"),
    (lambda index: index.search("x", limit=-1), "limit is -1; give a whole number from 0"),
    (lambda index: index.search("x", offset="0"), "offset is '0'; give a whole number from 0"),
    (lambda index: index.search("x", offset=MAX_HITS), "narrow the query"),
    (lambda index: index.search("x", snippets="1"), "snippets is '1'; give a whole number from 0"),
    (lambda index: index.search("x", match=None), "match is None; give one of all, any, auto"),
    (lambda index: index.search("x", match=["all"]), "match is ['all']; give one of all, any, auto"),
    (lambda index: index.rank(None), "query is None; give a str"),
    (lambda index: index.rank("x", limit="10"), "limit is '10'; give a whole number from 0"),
    (lambda index: index.rank("x", offset=None), "offset is None; give a whole number from 0"),
    (lambda index: index.search("x", offset=10**5000), "limit + offset is a number of 16610 bits; at most 10000"),
    (lambda index: index.search("x", limit=-(10**5000)), "limit is a number of 16610 bits; give a whole number from 0"),
    (lambda index: index.search("x", match=10**5000), "match is a number of 16610 bits; give one of all, any, auto"),
    (lambda index: index.search(10**5000), "query is a number of 16610 bits; give a str"),
    (lambda index: index.add([10**5000, TEA]), "build one with searchkit.Document"),
    (lambda index: index.add([TEA], prune=[10**5000]), "prune is a number of 16610 bits; give the path"),
    (lambda index: index.delete([[10**5000]]), "; give a str"),
    (lambda index: write(index, wait=-(10**5000)), "wait is a number of 16610 bits; give a number of seconds"),
    (lambda index: write(index, wait=10**5000), "wait is a number of 16610 bits; give a number of seconds"),
    (lambda index: write(index, wait=1e300), "wait is 1e+300; give a number of seconds"),
    (lambda index: index.rank("x", match=0), "match is 0; give one of all, any, auto"),
    (lambda index: index.add("text"), "documents is 'text' alone; give a list: ['text']"),
    (lambda index: index.add(TEA), "alone; give a list: [Document("),
    (lambda index: index.add(Skip("a", "b")), "alone; give a list: [Skip("),
    (lambda index: index.add(None), "documents is None; give a list"),
    (lambda index: index.add(5), "documents is 5; give a list"),
    (lambda index: index.add([TEA, "text"]), "build one with searchkit.Document"),
    (lambda index: index.add([None]), "build one with searchkit.Document"),
    (lambda index: index.add([TEA], prune=5), "prune is 5; give a list"),
    (lambda index: index.add([TEA], prune=[5]), "prune is 5; give the path as a str"),
    (lambda index: index.add([TEA], options={"jobs": 2}), "options is {'jobs': 2}; give a WriteOptions"),
    (lambda index: write(index, memory="x"), "memory is 'x'; give a whole number from 1"),
    (lambda index: write(index, memory=0), "memory is 0; give a whole number from 1"),
    (lambda index: write(index, jobs=1.5), "jobs is 1.5; give a whole number from 1"),
    (lambda index: write(index, jobs=None), "jobs is None; give a whole number from 1"),
    (lambda index: index.delete("tea"), "ids is 'tea' alone; give a list: ['tea']"),
    (lambda index: index.delete(b"tea"), "ids is b'tea' alone; give a list: [b'tea']"),
    (lambda index: index.delete(["tea", 5]), "an id is 5; give a str"),
    (lambda index: index.delete(None), "ids is None; give a list"),
    (lambda _: SearchIndex.open(None), "path is None; give the path as a str or a pathlib.Path"),
    (lambda _: SearchIndex.open(5), "path is 5; give the path as a str or a pathlib.Path"),
    (lambda _: SearchIndex.open(["a"]), "path is ['a']; give the path as a str or a pathlib.Path"),
    (lambda _: SearchIndex.open("a\0b"), "no file can have; give another path"),
    (lambda _: SearchIndex.open("a\ud800"), "no file can have; give another path"),
    (lambda _: SnippetOptions(length=0), "length is 0; give a whole number from 1"),
    (lambda _: SnippetOptions(count="1"), "count is '1'; give a whole number from 1"),
    (lambda _: list(load(5)), "paths is 5; give a list"),
    (lambda _: list(load([5])), "paths is 5; give the path as a str"),
    (lambda _: list(load("a", {"format": "text"})), "options is {'format': 'text'}; give a LoadOptions"),
    (lambda _: LoadOptions(max_bytes="1"), "max_bytes is '1'; give a whole number from 1"),
    (lambda _: LoadOptions(include="*.txt"), "include is '*.txt' alone; give a list: ['*.txt']"),
    (lambda _: LoadOptions(exclude=None), "exclude is None; give a list"),
    (lambda _: LoadOptions(format=None), "unknown format None; choose one of"),
]


@pytest.mark.parametrize(("call", "words"), MISUSED, ids=[words for _, words in MISUSED])
def test_misuse_is_told_with_what_to_do_instead(index, call, words):
    before = [hit.id for hit in index.search("کتاب چای", match="any")]
    with pytest.raises(DocumentError if words.startswith("build one") else ArgumentError) as caught:
        call(index)
    assert words in str(caught.value)
    assert [hit.id for hit in index.search("کتاب چای", match="any")] == before


def test_numbers_of_numpy_are_numbers(index):
    results = index.search("کتاب", limit=np.int64(1), offset=np.int32(0), snippets=np.uint8(1))
    assert len(json.loads(json.dumps(results.to_dict()))["hits"]) == 1


def test_one_source_may_be_pruned_alone(index):
    index.add([Document(id=source, body="x", fields={"source": source}) for source in ("docs/a", "docs2/b", "d")])
    assert index.add([], prune="docs").removed == 1
    assert index.add([], prune=Path("docs2")).removed == 1


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


def test_the_members_of_an_archive_come_and_go_with_it(index):
    def of(source):
        return Document(id=source, body="x", fields={"source": source})

    members = [of(f"docs/{name}") for name in ("a.zip!x", "a.zip!f/y", "a.zip!b.tar!z", "b.zip!x", "a.zipped")]
    index.add(members)
    assert index.add([Skip("docs/a.zip", "damaged"), members[4]], prune=["docs"]).removed == 1
    assert index.add([Skip("docs/a.zip!b.tar", "damaged"), members[0]], prune=["docs/a.zip"]).removed == 1
    assert index.add([], prune=["docs/a.zip"]).removed == 2


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
                assert html.unescape(re.sub("</?mark>", "", snippet.html())) == plain(snippet.text)
                assert snippet.text in body
                for start, end in snippet.marks:
                    assert wanted & {token.lemma for token in analyze(snippet.text[start:end])}


def test_a_prefix_of_too_many_words_is_told_and_finds_the_commonest(tmp_path):
    words = [f"با{''.join(pair)}" for pair in product("بپتثجچحخدذرزسش", repeat=3)]
    assert len(words) > 2 * 1024
    with SearchIndex.open(tmp_path) as index:
        index.add(Document(id=word, body=word) for word in words)
        index.add([Document(id="again", body=words[-1])])
        for _ in range(2):  # a result that is kept tells as well
            results = index.search("title:باغ OR با*", limit=2000, snippets=0)
            assert results.total == 1024 + 1
            assert {"again", words[-1]} < {hit.id for hit in results}
            ((message, span),) = results.problems
            assert "give more letters" in message
            assert results.query[slice(*span)] == "با*"
        assert index.search("بابب*").problems == ()


QUOTED = [
    # query, the ids found, how many hold what is quoted and all else, whether it is told that none does
    ("«چای سبز»", ["tea"], 1, False),
    ("«سبز چای»", ["tea"], 0, True),
    ("«آب و درخت» چای", ["garden", "tea"], 0, False),
    ("«درخت و آب» چای", ["garden", "tea"], 0, True),
    ("«کتاب\u200cهای» ایران", ["history", "garden"], 1, False),
    ("«کتابها» باغبانی", ["garden", "history"], 0, True),
    ("+«سبز چای»", [], 0, False),
    ("«سیب»", [], 0, False),
    ("«سیب» یا باغ", ["tea", "garden"], 2, False),
]


@pytest.mark.parametrize(("query", "ids", "complete", "told"), QUOTED)
def test_what_is_quoted_comes_first_as_it_is_written(index, query, ids, complete, told):
    results = index.search(query)
    assert (found(index, query), results.complete) == (ids, complete)
    assert [query[slice(*problem.span)] for problem in results.problems] == (
        [query.split("»")[0] + "»"] if told else []
    )
    assert found(index, query, match="all") == ids[:complete]


PIECES = "کتاب تاریخ ایران باغ و چه «چای_سبز» +آب -سیاه با* title:tea یا ( )".split()
EXPLAINED = st.lists(st.sampled_from([piece.replace("_", " ") for piece in PIECES])).map(" ".join)


@settings(deadline=None)
@given(EXPLAINED, st.sampled_from(["all", "any", "auto"]))
def test_a_score_is_explained_by_numbers_that_add_up_to_it(texts_index, query, match):
    results = texts_index.search(query, match=match)
    for hit in results:
        explanation = results.explain(hit)
        assert explanation.score == hit.score
        assert all(abs(part.score) < 1e-5 for part in explanation.parts if part.reason == "rounding")
        nodes = [explanation]
        for node in nodes:
            if node.parts:
                assert math.fsum(part.score for part in node.parts) == pytest.approx(node.score, rel=1e-6, abs=1e-12)
                assert node is not explanation or math.fsum(part.score for part in node.parts) == node.score
            nodes += node.parts
        assert json.dumps(explanation.to_dict())


def test_an_explanation_says_where_words_stand_and_what_stands_side_by_side(index):
    results = index.search("چای سبز سیب")
    lines = str(results.explain(results.hits[0])).splitlines()
    assert lines[0] == f"{results.hits[0].score:.4f}  the score"
    assert "چای: 2× in the body as written; in 1 of 3 documents" in lines[1]
    assert any("چای سبز: side by side" in line for line in lines)
    with pytest.raises(ArgumentError, match="no hit of these results"):
        results.explain(index.search("باغ").hits[1])
    index.add([Document(id="more", body="چای")])
    index.search("چای")
    gc.collect()
    with pytest.raises(ArgumentError, match="search again"):
        results.explain(results.hits[0])


@pytest.mark.parametrize(("length", "moved"), [(80, True), (20, False)])
def test_feedback_moves_up_what_speaks_of_the_same(tmp_path, length, moved):
    about, else_ = "درخت باغبان شکوفه میوه".split(), "خیابان راننده ماشین ترافیک".split()
    texts = {
        "best": ["سیب"] * 4 + (about * 20)[: length - 4],
        "else": ["سیب", *(else_ * 20)[: length - 1]],
        "same": ["سیب", *(about * 20)[: length - 1]],
        "none": (about * 20)[:length],
        **{f"others {number}": (else_ * 20)[:length] for number in range(6)},
    }
    with SearchIndex.open(tmp_path) as index:
        index.add(Document(id=id_, body=" ".join(words)) for id_, words in texts.items())
        assert found(index, "سیب") == ["best", "else", "same"]
        results = index.search("سیب", feedback=True)
        assert [hit.id for hit in results] == (["best", "same", "else"] if moved else ["best", "else", "same"])
        assert [id_ for id_, _ in index.rank("سیب", feedback=True)] == [hit.id for hit in results]
        assert results.total == 3
        assert {"سیب"} == {results.hits[0].snippets[0].text[slice(*mark)] for mark in results.hits[0].snippets[0].marks}
        assert math.fsum(part.score for part in results.explain(results.hits[1]).parts) == results.hits[1].score
        assert found(index, "نارنگی", feedback=True) == []


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"k1": -1}, "k1"),
        ({"lemma": "much"}, "lemma"),
        ({"beside": float("nan")}, "beside"),
        ({"candidates": True}, "candidates"),
        ({"idf": "none"}, "idf"),
        ({"fields": (FieldWeight("body", b=-1),)}, "b of body"),
    ],
)
def test_a_ranking_that_is_none_is_refused(numbers, told):
    with pytest.raises(ArgumentError, match=told):
        Ranking(**numbers)


def test_a_ranking_of_ones_own_orders_the_answers(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add([Document(id="body", body="باغ آب درخت"), Document(id="title", title="باغ", body="آب درخت کوه")])
    plain = Ranking(fields=(FieldWeight("title", 0.1), FieldWeight("body")))
    for ranking, first in ((None, "title"), (plain, "body")):
        with SearchIndex.open(tmp_path, ranking=ranking) as index:
            assert found(index, "باغ")[0] == first
    with pytest.raises(ArgumentError, match="ranking is"):
        SearchIndex.open(tmp_path, ranking=1.2)


def test_a_word_made_from_another_adds_to_the_score_but_is_not_the_word(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add([Document(id="other", body="شهر باران"), Document(id="made", body="شهر خستگی")])
        assert found(index, "خسته شهر آب", exact=True) == ["made", "other"]
        assert index.search("خسته شهر", match="all", exact=True).total == 0
        assert index.search("خسته شهر", exact=True).complete == 0


def test_a_pasted_sentence_with_a_quotation_inside_finds_its_source_first(tmp_path):
    source = "او گفت «تیم ما فردا بازی سختی دارد» و رفت."
    others = [f"تیم ما بازی سختی کرد و او گفت فردا رفت {number}" for number in range(20)]
    with SearchIndex.open(tmp_path) as index:
        index.add(Document(id=str(number), body=body) for number, body in enumerate([*others, source, *others], 1))
        assert index.search(source).hits[0].id == "21"


@pytest.mark.parametrize("query", ["باغ", "کت*", '"چای سبز"', "باغ -چای"])
def test_a_search_whose_time_is_over_says_so(index, query):
    for ask in index.search, index.rank:
        with pytest.raises(SearchTimeoutError, match="not done after 0 s"):
            ask(query, timeout=0)
    assert index.search(query, timeout=60).hits == index.search(query).hits


def test_hits_whose_snippets_there_is_no_time_for_come_without(index, monkeypatch):
    whole = index.search("باغ").hits
    clock = SimpleNamespace(monotonic=lambda: now[0], perf_counter=time.perf_counter)
    monkeypatch.setattr("searchkit.engines.base.time", clock)
    now = [0.0]

    def slow(*asked):
        now[0] += 2
        return snippets(*asked)

    snippets = highlight.snippets
    monkeypatch.setattr(highlight, "snippets", slow)
    results = index.search("باغ", timeout=1)
    assert results.hits == (whole[0], whole[1]._replace(snippets=()))
    ((message, span),) = results.problems
    assert "snippets" in message
    assert span == (0, 3)
    assert index.search("باغ", timeout=3).problems == ()


@pytest.mark.parametrize("timeout", [-1, "2", True, float("nan"), float("inf"), 10**400])
def test_a_time_that_is_none_is_refused(index, timeout):
    for ask in index.search, index.rank:
        with pytest.raises(ArgumentError, match="timeout is"):
            ask("باغ", timeout=timeout)


def test_what_a_terminal_or_a_browser_obeys_stays_out_of_html_and_of_plain_json(tmp_path):
    hostile = "\x1b[31mباغ\u202e آب \u2066درخت\u2069\x00\x9b کتاب\u200cها"
    with SearchIndex.open(tmp_path) as index:
        index.add([Document(id="1", title=hostile, body=hostile)])
        results = index.search("باغ درخت")
    (snippet,) = results.hits[0].snippets
    assert snippet.text == hostile.strip()
    assert snippet.html() == "[31m<mark>باغ</mark> آب <mark>درخت</mark> کتاب\u200cها"
    shown = results.to_dict(plain=True)["hits"][0]
    assert shown["title"] == shown["snippets"][0]["text"] == "[31mباغ آب درخت کتاب\u200cها"
    assert [shown["title"][start:end] for start, end in shown["snippets"][0]["marks"]] == ["باغ", "درخت"]
    assert results.to_dict()["hits"][0]["title"] == hostile


def test_a_query_with_half_a_character_can_be_sent(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        assert json.dumps(index.search("\ud800باغ").to_dict(), ensure_ascii=False).encode()


def test_a_document_is_had_by_its_id_and_shown_shortly(tmp_path):
    document = Document(id="1", title="باغ", body="آب " * 5000, fields={"tags": ["الف"]})
    with SearchIndex.open(tmp_path) as index:
        index.add([document])
        assert index.get("1") == document
        assert index.get("2") is None
        assert len(repr(index.search("آب"))) < 2000
