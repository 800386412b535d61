"""Which documents are like one: what counts, what never does, and what is told of documents that may not be seen."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit import ArgumentError, CursorError, Document, Field, SearchIndex, SearchKitError, SearchTimeoutError
from searchkit.similarity import MOST_READ

GARDEN = "درختان انار و انجیر در باغ کنار جوی آب شکوفه کردند و باغبان درختان را هرس کرد"
GARDENS = "باغبان ها درخت انار می کارند؛ شکوفه انجیر و انار در باغ های دیگر هم دیده شد"
FOOTBALL = "تیم فوتبال در ورزشگاه با دو گل مهاجم پیروز شد و داور سوت پایان را زد"
MATCH = "داور مسابقه فوتبال دو گل مهاجم را نپذیرفت و ورزشگاه خروشید"
BUDGET = "مجلس بودجه سال آینده و مالیات شرکت ها را بررسی و تصویب کرد"
TEXTS = {"garden": GARDEN, "gardens": GARDENS, "football": FOOTBALL, "match": MATCH, "budget": BUDGET}
WORDS = [f"{first}{last}" for first in ("باغ", "کوه", "رود", "دشت", "شهر") for last in ("ستان", "نما", "ور", "پرک")]


def documents(texts=TEXTS, **fields):
    return [Document(id_, body, title=f"عنوان {id_}", fields=fields) for id_, body in texts.items()]


@pytest.fixture
def index(tmp_path):
    with SearchIndex.open(tmp_path / "index", fields={"access": "keyword"}) as opened:
        opened.add(documents(access="همه"))
        yield opened


def ids(results):
    return [hit.id for hit in results]


@pytest.mark.parametrize(
    ("id_", "most_like"),
    [("garden", "gardens"), ("gardens", "garden"), ("football", "match"), ("match", "football")],
)
def test_what_is_about_the_same_comes_first(index, id_, most_like):
    assert ids(index.similar(id_))[0] == most_like


def test_the_results_are_those_of_a_search(index):
    results = index.similar("garden", facets=["access"])
    assert results.query == "عنوان garden"
    (first, *_) = results
    marked = [text for text, mark in first.snippets[0].pieces() if mark]
    assert "انار" in marked
    assert not {"و", "در", "شد"} & set(marked)
    assert results.explain(first).score == first.score
    assert "weighs" in str(results.explain(first))
    assert results.facets == {"access": [("همه", results.total)]}
    assert results.problems == results.rewritten == results.suggestions == ()
    assert json.loads(json.dumps(results.to_dict()))["total"] == results.total
    assert ids(index.similar("garden", limit=0)) == []
    assert index.similar("garden", snippets=0).hits[0].snippets == ()


def test_without_a_title_the_results_are_called_by_the_id(index):
    index.add([Document("bare", GARDEN)])
    assert index.similar("bare").query == "bare"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "no words"),
        ("و در به از که شد بودند می شوند", "function words alone"),
        ("۱۲ 34 ۵", "numbers alone"),
        ("یکتاواژه دیگرناواژه", "words that no other document holds"),
    ],
)
def test_what_tells_nothing_is_like_nothing(index, body, why):
    index.add([Document("x", body), Document("y", "و در به از که شد بودند می شوند ۱۲ 34 ۵")])
    assert index.similar("x").total == 0, why


def test_the_first_part_of_a_huge_text_is_read(index):
    filler = "پرکننده " * (MOST_READ // 8 + 1)
    index.add([Document("late", filler + GARDEN), Document("early", GARDEN + " " + filler), Document("f", "پرکننده")])
    assert "garden" not in ids(index.similar("late"))
    assert "garden" in ids(index.similar("early"))
    index.add([Document("long", "آ" * (MOST_READ + 5))])
    assert index.similar("long").total == 0


@pytest.mark.parametrize("id_", ["", "nobody", "GARDEN", "garden ", "\ud800", "a\0b", None, 5, b"garden", ["garden"]])
def test_an_id_that_is_not_there_is_told(index, id_):
    for where in (None, {"access": "همه"}):
        with pytest.raises(ArgumentError, match="give"):
            index.similar(id_, where=where)


@pytest.mark.parametrize(
    "options",
    [{"limit": -1}, {"offset": "1"}, {"where": {"nothing": 1}}, {"facets": ["nothing"]}, {"unique_by": "nothing"}],
    ids=str,
)
def test_an_argument_out_of_range_is_told(index, options):
    with pytest.raises(ArgumentError):
        index.similar("garden", **options)


def test_it_ends_when_the_time_is_over(index):
    with pytest.raises(SearchTimeoutError):
        index.similar("garden", timeout=0)


def test_any_text_may_be_an_id(index):
    chance = random.Random(7)  # noqa: S311 (no secret)
    for _ in range(200):
        id_ = "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(1, 12)))
        for where in (None, {"access": "همه"}):
            with pytest.raises(ArgumentError):
                index.similar(id_, where=where)
        try:
            index.add([Document(id_, GARDEN)])
        except SearchKitError:
            continue
        assert id_ not in ids(index.similar(id_, limit=1_000, snippets=0))
        index.delete([id_])


def test_pages_go_on_by_offset_and_by_cursor(index):
    index.add([Document(f"g{n}", f"{GARDEN} {WORDS[n]}") for n in range(7)])
    every = ids(index.similar("garden", limit=50))
    assert ids(index.similar("garden", limit=3, offset=3)) == every[3:6]
    first = index.similar("garden", limit=3)
    assert ids(index.similar("garden", limit=3, cursor=first.cursor)) == every[3:6]
    with pytest.raises(CursorError):
        index.similar("g1", cursor=first.cursor)
    for query in ("garden", first.query, ""):
        with pytest.raises(CursorError):
            index.search(query, match="any", where=Field("id") != "garden", exact=True, cursor=first.cursor)


def test_reprints_come_first_and_can_be_hidden(index):
    copies = [Document(f"copy{n}", GARDEN, title="دیگر") for n in range(2)]
    others = [Document(f"match{n}", MATCH + " هرس درختان") for n in range(2)]
    index.add([*copies, *others])
    assert ids(index.similar("garden"))[:2] == ["copy0", "copy1"]
    unlike = index.similar("garden", unique_by="body")
    assert not {"copy0", "copy1"} & set(ids(unlike))
    assert len({"match0", "match1"} & set(ids(unlike))) == 1
    assert unlike.hidden >= 3
    assert unlike.total == len(ids(unlike)) == len(set(ids(unlike)))


# permissions


def secrets():
    texts = {f"secret{n}": f"{GARDEN} درخت جوی آب {'رازآلود ' * n}" for n in range(12)}
    return [Document(id_, body, title="عنوان", fields={"access": "مدیر"}) for id_, body in texts.items()]


@pytest.mark.parametrize("more", [{}, {"unique_by": "body"}, {"facets": ["access"]}], ids=str)
def test_nothing_is_told_of_documents_that_may_not_answer(index, more):
    index.add([Document("told", "باغبان رازآلود", fields={"access": "همه"})])
    index.add([Document("asked", f"{GARDEN} رازآلود", fields={"access": "همه"})])
    options = {"where": {"access": "همه"}, "limit": 50, "snippets": 3, **more}
    alone = {id_: index.similar(id_, **options) for id_ in ("garden", "asked", "told", "budget")}
    index.add(secrets())
    for id_, before in alone.items():
        now = index.similar(id_, **options)
        assert {hit.id: hit.snippets for hit in now} == {hit.id: hit.snippets for hit in before}
        differ = {"hits": [], "took_ms": 0}
        assert now.to_dict() | differ == before.to_dict() | differ


def test_a_document_that_may_not_answer_is_not_there(index):
    index.add(secrets())
    told = []
    for id_ in ("secret3", "absent3"):
        with pytest.raises(ArgumentError) as caught:
            index.similar(id_, where={"access": "همه"})
        told.append(str(caught.value).replace(id_, ""))
    assert told[0] == told[1]
    assert index.similar("secret3").total
    assert index.similar("secret3", where={"access": "مدیر"}).total == 11


# laws

TEXT = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(TEXT, min_size=2, max_size=8), data=st.data())
def test_it_is_never_among_them_and_segments_make_no_difference(tmp_path_factory, bodies, data):
    folder = tmp_path_factory.mktemp("law")
    given_ = [Document(str(number), body, title=body[:12]) for number, body in enumerate(bodies)]
    asked = data.draw(st.sampled_from(given_)).id
    with SearchIndex.open(folder / "one") as one, SearchIndex.open(folder / "many") as many:
        one.add(given_)
        for document in given_:
            many.add([document, Document("gone", " ".join(WORDS))])
        many.delete(["gone"])
        whole, cut = (each.similar(asked, limit=20) for each in (one, many))
        assert asked not in ids(whole)
        assert [(hit.id, hit.score) for hit in cut] == [(hit.id, hit.score) for hit in whole]
        assert one.similar(asked, limit=20).hits == whole.hits
        many.optimize()
        assert [(hit.id, hit.score) for hit in many.similar(asked, limit=20)] == [(h.id, h.score) for h in whole]


# the command


def run(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "searchkit", *words], cwd=folder, capture_output=True, check=False, encoding="utf-8"
    )


def test_the_command(tmp_path):
    with SearchIndex.open(tmp_path / "index", fields={"access": "keyword"}) as index:
        index.add([*documents(access="همه"), *secrets(), Document("-شناسه", GARDEN)])
        expected = index.similar("football", limit=3, where={"access": "همه"})
    shown = run(tmp_path, "similar", "football", "--limit", "1", "--color", "never")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("1. عنوان match\n")
    asked = ("similar", "football", "--limit", "3", "--where", "access=همه")
    told = json.loads(run(tmp_path, *asked, "--json").stdout)
    assert told | {"took_ms": 0} == expected.to_dict() | {"took_ms": 0}
    lines = run(tmp_path, *asked, "--jsonl", "--explain").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids(expected)
    assert all("explanation" in json.loads(line) for line in lines)
    assert run(tmp_path, "similar", "-شناسه").returncode == 0


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["nobody"], 2, "no document 'nobody'"),
        (["football", "--where", "access=مدیر"], 2, "no document 'football'"),
        (["football", "--where", "none=1"], 2, "no field 'none'"),
        ([], 2, "Missing argument 'ID'"),
        (["a", "b"], 2, "unexpected extra argument"),
        (["football", "--match", "all"], 2, "No such option"),
    ],
)
def test_the_command_tells_what_is_wrong(tmp_path, words, status, told):
    with SearchIndex.open(tmp_path / "index", fields={"access": "keyword"}) as index:
        index.add(documents(access="همه"))
    ran = run(tmp_path, "similar", *words)
    assert (ran.returncode, ran.stdout) == (status, "")
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
