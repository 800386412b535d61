"""Narrowing: fields that an index is given, values that fit them, what can be asked, and what is told of the rest."""

from __future__ import annotations

import datetime as dt
import json
import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from searchkit import (
    ArgumentError,
    Document,
    DocumentError,
    Field,
    FieldsMismatchError,
    Ranking,
    SearchIndex,
    SearchTimeoutError,
    Skip,
    StorageError,
    WriteOptions,
)
from searchkit.dates import parse_date
from searchkit.engines.whoosh.searching import filters, memory
from searchkit.query.conditions import AnyOf, read_condition

FIELDS = {"section": "keyword", "tags": "keywords", "price": "number", "published": "date"}
FACETS = ["section", "tags", "price", "host", "year", "month", "date.day", "published.year"]
ZWNJ = "\u200c"
NAMES = ["ورزش", "كتاب" + ZWNJ + "ها", "کتابها", "علمي", "علمی", "حقوق  زن", "۱۲", "A-b"]


# fields that an index is given


def open_with(path, fields=None, **options):
    return SearchIndex.open(path, fields=fields, **options)


def kinds(index):
    return dict(index.info().fields)


def test_an_index_keeps_the_fields_that_it_was_given(tmp_path):
    with open_with(tmp_path, FIELDS) as index:
        index.add([Document("1", "باغ", fields={"price": 5})])
    for fields in (None, "auto", FIELDS, dict(reversed(FIELDS.items()))):
        with open_with(tmp_path, fields) as index:
            assert kinds(index) == FIELDS
            assert index.search("باغ", where={"price": 5}).total == 1
            index.add([Document(f"{fields}", "باغ", fields={"price": 6})])
    index.optimize()
    index.snapshot(tmp_path / "copy")
    assert kinds(open_with(tmp_path / "copy", create=False)) == FIELDS


@pytest.mark.parametrize("fields", [{}, {"price": "keyword"}, {**FIELDS, "more": "date"}])
def test_an_index_with_documents_takes_no_other_fields(tmp_path, fields):
    with open_with(tmp_path, FIELDS) as index:
        index.add([Document("1", "باغ", fields={"price": 5})])
    with pytest.raises(FieldsMismatchError, match=r"price \(number\).*make it anew.*--rebuild"):
        open_with(tmp_path, fields)
    with open_with(tmp_path, fields, fresh=True) as index:
        index.add([Document("2", "باغ")])
    assert kinds(open_with(tmp_path)) == fields


def test_an_index_without_documents_takes_other_fields(tmp_path):
    index = open_with(tmp_path)
    other = open_with(tmp_path, {"price": "number"})
    assert kinds(index) == kinds(other) == {"price": "number"}
    other.add([Document("1", "باغ", fields={"price": 5})])
    assert index.search("باغ", where={"price": 5}).total == 1
    other.delete(["1"])
    assert kinds(open_with(tmp_path, {"price": "date"})) == {"price": "date"}


def test_a_fresh_index_keeps_the_fields_that_the_old_one_had(tmp_path):
    with open_with(tmp_path, FIELDS) as index:
        index.add([Document("1", "باغ")])
    with open_with(tmp_path, fresh=True) as index:
        index.add([Document("2", "باغ", fields={"price": 5})])
        assert [hit.id for hit in index.search("باغ", where={"price": 5})] == ["2"]
    assert kinds(open_with(tmp_path)) == FIELDS


def test_a_handle_goes_by_the_fields_of_what_lies_in_the_folder_now(tmp_path):
    index = open_with(tmp_path, {"price": "number"})
    index.add([Document("1", "باغ", fields={"price": 5})])
    with open_with(tmp_path, {"section": "keyword"}, fresh=True) as other:
        other.add([Document("1", "باغ", fields={"section": "a"})])
    index.add([Document("2", "باغ", fields={"section": "b", "price": "گران"})])
    assert index.search("باغ", facets=["section"]).facets == {"section": [("a", 1), ("b", 1)]}


BOOKS = [
    {
        "price": "۱۲٬۰۰۰",
        "code": "0012",
        "tags": ["a", "b"],
        "day": "1403/02/15",
        "note": "x" * 200,
        "mixed": 1,
        "in": True,
    },
    {
        "price": "9",
        "code": "0013",
        "tags": [],
        "day": "",
        "note": "",
        "mixed": "a",
        "deep": {"a": 1},
        "source": "f.csv",
    },
]


def test_fields_are_inferred_from_the_first_documents(tmp_path):
    index = open_with(tmp_path, "auto")
    index.add(Document(str(number), "باغ", fields=fields) for number, fields in enumerate(BOOKS))
    assert kinds(index) == {
        "code": "keyword",
        "day": "date",
        "in": "keyword",
        "mixed": "keyword",
        "price": "number",
        "tags": "keywords",
    }
    assert index.search("باغ", where=Field("price") > 10, facets=["tags", "in"]).facets == {
        "tags": [("a", 1), ("b", 1)],
        "in": [("true", 1)],
    }
    index.add([Document("9", "باغ", fields={"later": 5})])
    assert "later" not in kinds(index)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (5, "give a dict"),
        ("keyword", "give a dict"),
        ({"a b": "keyword"}, "letters, digits, _ and -"),
        ({"": "keyword"}, "letters, digits"),
        ({5: "keyword"}, "letters, digits"),
        ({"a.year": "keyword"}, "letters, digits"),
        ({"-a": "keyword"}, "letters, digits"),
        ({"date": "date"}, "every document has"),
        ({"title": "keyword"}, "every document has"),
        ({"price": "float"}, "one of keyword, keywords, number, date"),
        ({"price": None}, "one of keyword"),
    ],
)
def test_what_can_be_no_field(tmp_path, fields, words):
    with pytest.raises(ArgumentError, match=words):
        open_with(tmp_path / "none", fields)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["قیمت", "نام" + ZWNJ + "نویسنده", "a-b", "_x", "year", "fields", "body_2", "source"])
def test_names_of_fields(tmp_path, name):
    index = open_with(tmp_path, {name: "keyword"})
    index.add([Document("1", "باغ", fields={name: "x"}), Document("2", "باغ")])
    results = index.search("باغ", where={name: "x"}, facets=[name])
    assert ([hit.id for hit in results], results.facets) == (["1"], {name: [("x", 1)]})


# values


UNFIT = [
    ("price", "گران", "no number"),
    ("price", True, "no number"),
    ("price", [5], "no number"),
    ("price", 2**53 + 1, "too large"),
    ("price", "1403/02/15", "no number"),
    ("published", "بهار", "no date"),
    ("published", 5, "no date"),
    ("section", ["a"], "no text"),
    ("section", {"a": 1}, "no text"),
    ("section", "x" * 1001, "longer than 1000"),
    ("tags", [["a"]], "no text"),
]


@pytest.mark.parametrize(("name", "value", "words"), UNFIT, ids=str)
def test_a_value_that_does_not_fit_is_told_and_the_rest_goes_on(tmp_path, name, value, words):
    index = open_with(tmp_path, FIELDS)
    index.add(
        [Document("bad", "باغ کهنه", fields={"source": "a.csv"}), Document("old", "x", fields={"source": "a.csv"})]
    )
    bad = Document("bad", "باغ نو", fields={name: value, "source": "a.csv"})
    report = index.add([Document("1", "باغ"), bad, Document("2", "باغ")], prune="a.csv")
    assert report == (2, 0, 0, 1, (Skip("a.csv", report.skipped[0].reason),))
    assert "document 'bad'" in report.skipped[0].reason
    assert words in report.skipped[0].reason
    assert index.get("bad").body == "باغ کهنه"  # as it was
    with pytest.raises(DocumentError, match=words), index._engine.writer() as writer:
        writer.put(bad)


@pytest.mark.parametrize("value", [None, "", [], "  ", [""], ZWNJ])
def test_what_is_no_value(tmp_path, value):
    index = open_with(tmp_path, {"tags": "keywords"})
    index.add([Document("1", "باغ", fields={"tags": value}), Document("2", "باغ")])
    assert index.search("باغ", where=Field("tags").exists()).total == 0
    assert index.search("باغ", where=Field("tags") != "a", facets=["tags"]).facets == {"tags": []}


SAME = [
    ("كتاب" + ZWNJ + "هاي ايراني", "کتابهای ایرانی"),
    ("مؤسّسهٔ  ۱۲", " موسسه 12"),
    ("ABC", "abc"),
    (5, "۵"),
    (True, "true"),
    (2.5, "2/5"),
]


@pytest.mark.parametrize(("stored", "asked"), SAME, ids=str)
def test_keywords_are_compared_as_words_are(tmp_path, stored, asked):
    index = open_with(tmp_path, {"section": "keyword"})
    index.add([Document("1", "باغ", fields={"section": stored}), Document("2", "باغ", fields={"section": "کتاب"})])
    for where in ({"section": asked}, {"section": [asked]}, Field("section") == stored):
        assert [hit.id for hit in index.search("باغ", where=where)] == ["1"]
    assert [hit.id for hit in index.search("باغ", where=Field("section") != asked)] == ["2"]


def test_a_keyword_is_told_as_most_of_what_is_found_writes_it(tmp_path):
    index = open_with(tmp_path, {"section": "keyword"})
    ways = ["علمی"] * 3 + ["علمي"] * 4
    index.add(Document(str(n), "باغ" if n < 4 else "باغ آب", fields={"section": way}) for n, way in enumerate(ways))
    assert index.search("باغ", facets=["section"]).facets == {"section": [("علمي", 7)]}
    assert index.search("باغ -آب", facets=["section"]).facets == {"section": [("علمی", 4)]}


DATES = ["1402/12/29", "1403/01/01", "1403/02/15", "1403/02/31", "1403/03/01"]
TIMES_ASKED = [
    (Field("date") == "1403", [1, 2, 3, 4]),
    (Field("date") == "۱۴۰۳/۲", [2, 3]),
    (Field("date") == "اردیبهشت ۱۴۰۳", [2, 3]),
    (Field("date") == "1403/02/15", [2]),
    (Field("date") == "2024-05-04", [2]),
    (Field("date") == "2024-05", [2, 3, 4]),
    (Field("date") == "2024", [0, 1, 2, 3, 4]),
    (Field("date") == dt.date(2024, 5, 4), [2]),
    (Field("date") == dt.datetime(2024, 5, 4), [2]),  # noqa: DTZ001 (as a clock shows)
    (Field("date") == dt.datetime(2024, 5, 4, 1), []),  # noqa: DTZ001
    (Field("date") > "1403/02", [4]),
    (Field("date") >= "1403/02", [2, 3, 4]),
    (Field("date") <= "1403/02", [0, 1, 2, 3]),
    (Field("date") < "1403", [0]),
    (Field("date") != "1403", [0, 5]),
    (Field("date").between("1403/01", "1403/02"), [1, 2, 3]),
    (Field("date").isin(["1402", "1403/03/01"]), [0, 4]),
    (~Field("date").exists(), [5]),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("narrowing")


@pytest.fixture(scope="module")
def dated(tmp_path_factory):
    index = open_with(tmp_path_factory.mktemp("dated"))
    days = [parse_date(date) for date in DATES]
    index.add([*(Document(str(n), "باغ", date=day) for n, day in enumerate(days)), Document("5", "باغ")])
    return index


@pytest.mark.parametrize(("where", "found"), TIMES_ASKED, ids=str)
def test_a_date_means_all_of_its_time(dated, where, found):
    assert [int(hit.id) for hit in dated.search("باغ", where=where)] == found


def test_a_date_counts_as_it_is_written(tmp_path):
    index = open_with(tmp_path)
    late = dt.datetime(2024, 5, 4, 1, tzinfo=dt.timezone(dt.timedelta(hours=3, minutes=30)))  # the third in Greenwich
    index.add([Document("1", "باغ", date=late)])
    assert index.search("باغ", where={"date": "2024-05-04"}, facets=["date.day"]).facets == {
        "date.day": [("1403/02/15", 1)]
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("باغ date:1403", [1, 2, 3, 4]),
        ("date:1403/02..1403/03 باغ", [2, 3, 4]),
        ("date:۱۴۰۳/۰۲..", [2, 3, 4]),
        ("DATE:..1403/01", [0, 1]),
        ("باغ -date:1403", [0, 5]),
        ("(باغ date:1403/02) OR آب", [2, 3]),
        ("date:1403 -date:1403/02", [1, 4]),
        ("date:2024-05-04", [2]),
        ("آب date:1403", []),
        ("date:1403 -باغ", []),
    ],
)
def test_a_query_may_ask_for_a_time(dated, query, found):
    results = dated.search(query)
    assert (sorted(int(hit.id) for hit in results), results.problems) == (found, ())
    assert sorted(int(id_) for id_, _ in dated.rank(query)) == found
    assert sorted(int(hit.id) for hit in dated.scan(query)) == found


@pytest.mark.parametrize(
    "query", ["باغ date:spring", "date:1403/13 باغ", "date:.. باغ", "date:1403...1404 باغ", "date:باغ"]
)
def test_what_is_no_time_is_a_word(dated, query):
    (problem,) = dated.search(query).problems
    assert "no date" in problem.message
    assert query[slice(*problem.span)].startswith("date:")


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ("tags=a|b", Field("tags").isin(["a", "b"])),
        ("tags == a | b", Field("tags").isin(["a", "b"])),
        ("tags!=a|b|c", ~Field("tags").isin(["a", "b", "c"])),
        ("tags=a\\|b", Field("tags") == "a|b"),
        ("tags=a\\|b|c", Field("tags").isin(["a|b", "c"])),
        ("tags=a,b", Field("tags") == "a,b"),
        ("tags=a=b|c", Field("tags").isin(["a=b", "c"])),
    ],
)
def test_a_written_condition_may_have_several_values(written, condition):
    assert read_condition(written) == condition


@pytest.mark.parametrize(
    ("query", "pieces", "why"),
    [
        ("section:ورزش", ["section:ورزش"], "no field section"),
        ("باغ Section:ورزش", ["Section:ورزش"], "no field Section"),
        ("(author:hafez) -tag_of:باغ", ["author:hafez", "tag_of:باغ"], "no field"),
        ('section:"باغ آب" section:(باغ)', ["section", "section"], "no field section"),
        ("host:a.ir باغ", ["host:a.ir"], "by a condition"),
        ("id:3", ["id:3"], "by a condition"),
        ("+id:«۳»", ["id"], "by a condition"),
    ],
)
def test_a_field_that_words_are_not_looked_for_in_is_told(dated, query, pieces, why):
    problems = [problem for problem in dated.search(query).problems if problem.message.endswith("taken as words")]
    assert [query[slice(*problem.span)] for problem in problems] == pieces
    assert all(why in problem.message for problem in problems)


@pytest.mark.parametrize(
    "query",
    [
        "ساعت 12:30 باغ", "۱۲:۳۰", "12:30:15", "https://example.ir/a:b", "http://localhost:8000/باغ", "localhost:8000",
        "example.ir:80", "mailto:a@example.ir", "doi:10.1000/xyz", "رئیس\u200cجمهور: باغ", "رئیس\u200cجمهور:باغ",
        "باغ: آب", "Breaking: باغ", "std::vector", "C:\\باغ", "D:باغ", ":smile:", "باغ :آب", "title:باغ", "Title:باغ",
        "عنوان:باغ", "body:(باغ)", "date:1403", "«section:ورزش»", '"section:ورزش"', "a/section:ورزش", "x-section:ورزش",
        "me@section:ورزش", "2:1", "مزمور 3:16", "fe80::1", "section:", "section :ورزش",
    ],
)  # fmt: skip
def test_an_ordinary_colon_asks_for_no_field(dated, query):
    assert not [problem for problem in dated.search(query).problems if "field" in problem.message]
    assert not [problem for problem in dated.search(query).problems if "condition" in problem.message and ":" in query]


def test_a_field_of_the_index_is_told_whatever_its_name(tmp_path):
    with SearchIndex.open(tmp_path, fields={"بخش": "keyword", "n2": "number"}) as index:
        index.add([Document("1", "باغ", fields={"بخش": "ورزش"})])
        for query in ("بخش:ورزش", "n2:5", "باغ -n2:5"):
            ((message, _),) = index.search(query).problems
            assert "narrows searches" in message
        assert index.search("بخش: ورزش").problems == ()


def test_narrowing_and_the_time_of_a_query_go_together(dated):
    assert [hit.id for hit in dated.search("date:1403", where=Field("date") >= "1403/03")] == ["4"]
    assert dated.search("").total == dated.search(" ", sort="date").total == 0
    assert dated.search("!", where=Field("date").exists()).total == 0


# errors


WRONG = [
    ({"where": Field("sectoin") == "x"}, r"no field 'sectoin'; it has date, host, id, price, published, section, tags"),
    ({"where": {"sectoin": "x"}}, "it has date, host, id"),
    ({"where": ~Field("sectoin").exists()}, "it has date, host, id"),
    ({"where": "price>5"}, "give a condition"),
    ({"where": Field("section") > "a"}, "more or less"),
    ({"where": Field("section") == None}, "exists"),  # noqa: E711 (a condition)
    ({"where": Field("section") == ""}, "exists"),
    ({"where": Field("tags") == ["a"]}, "give a text"),
    ({"where": Field("id") == 5}, "give a text"),
    ({"where": Field("price") == "گران"}, "no number"),
    ({"where": Field("price") >= None}, "no number"),
    ({"where": Field("price") >= math.nan}, "no number"),  # noqa: PLW0177 (a condition)
    ({"where": Field("price") >= 10**400}, "a number"),
    ({"where": Field("date") >= "بهار"}, "1403/02/15"),
    ({"where": Field("date") >= 5}, "give a date"),
    ({"where": Field("date") == True}, "give a date"),  # noqa: E712 (a condition)
    ({"sort": "section"}, "score, a number or a date"),
    ({"sort": "-score"}, "no field 'score'"),
    ({"sort": "sectoin"}, "it has date"),
    ({"sort": 5}, "give a str"),
    ({"facets": "section"}, r"give a list"),
    ({"facets": ["sectoin"]}, "it has date"),
    ({"facets": ["date"]}, r"date\.year or date\.month"),
    ({"facets": ["price.year"]}, "cannot be counted"),
    ({"facets": ["published.week"]}, r"published\.year"),
    ({"facets": ["id"]}, "cannot be counted"),
    ({"facets": [5]}, "give a str"),
    ({"unique_by": "tags"}, "one value a document"),
    ({"unique_by": "id"}, "one value a document"),
    ({"unique_by": ["host"]}, "it has date"),
]


@pytest.mark.parametrize(("options", "words"), WRONG, ids=str)
def test_what_cannot_be_asked(folder, options, words):
    index = open_with(folder / "errors", FIELDS)
    with pytest.raises(ArgumentError, match=words):
        index.search("باغ", **options)
    if "facets" not in options:
        with pytest.raises(ArgumentError, match=words):
            index.rank("باغ", **options)
    if not options.keys() & {"facets", "unique_by"}:
        with pytest.raises(ArgumentError, match=words):
            index.scan("باغ", **options)


def test_conditions_are_no_truths():
    price = Field("price")
    for wrong in (lambda: price > 1 and price < 5, lambda: 1 < price < 5, lambda: not price > 1):
        with pytest.raises(TypeError, match="join conditions by &"):
            wrong()
    with pytest.raises(ArgumentError, match="parentheses"):
        (price > 1) & 5
    with pytest.raises(TypeError):
        hash(price)


def test_conditions_are_frozen_and_may_be_many(folder):
    chain = Field("price") == 0
    for number in range(3000):
        chain |= Field("price") == number
    assert chain == AnyOf((Field("price") == 0, *(Field("price") == number for number in range(3000))))
    assert ~~chain is chain
    with pytest.raises(AttributeError):
        chain.parts = ()
    deep = chain
    for _ in range(60):
        deep = ~(deep & (Field("price") == 1))
    with pytest.raises(ArgumentError, match="nested"):
        open_with(folder / "errors").search("باغ", where=deep)


# memory


def parts(index):
    return index._engine.reader()._segments


def test_what_a_condition_has_found_is_remembered_with_its_segment(tmp_path, monkeypatch):
    index = open_with(tmp_path, FIELDS)
    index.add(Document(str(n), "باغ", fields={"price": n}) for n in range(90))
    where = (Field("price") > 5) & ~(Field("price") == 7)
    assert index.search("باغ", where=where).total == 83
    worked = []
    real = filters._worked_out
    monkeypatch.setattr(filters, "_worked_out", lambda *given: worked.append(given) or real(*given))
    assert index.search("آب OR باغ", where=where).total == 83
    assert worked == []
    index.add([Document("new", "باغ", fields={"price": 50})])  # a segment of its own
    index.delete(["8"])
    assert index.search("باغ", where=where).total == 83
    assert [segment.document_count for segment, _ in worked] == [1, 1]


def test_what_is_remembered_is_bounded(tmp_path):
    index = open_with(tmp_path, FIELDS)
    index.add(Document(str(n), "باغ", fields={"price": n, "tags": ["a"]}) for n in range(50))
    (segment,) = parts(index)
    for number in range(400):
        index.search("باغ", where=Field("price") > number, facets=["tags"])
        assert 0 < memory.size(segment) <= memory.LEAST + memory.A_DOCUMENT * 50
    many = Field("id").isin(map(str, range(20_000)))  # it alone is more
    assert index.search("باغ", where=many, facets=["tags"]).facets == {"tags": [("a", 50)]}
    assert memory.size(segment) <= memory.LEAST + memory.A_DOCUMENT * 50
    for number in (3, 399):
        assert index.search("باغ", where=Field("price") > number).total == max(49 - number, 0)


# what lies on the disk


def filled(path, cuts, **options):
    given_ = [
        Document(
            str(n),
            f"باغ {n}",
            url=f"https://h{n % 3}.org/{n}",
            date=dt.date(2024, 1, 1 + n % 28),
            fields={"section": NAMES[n % 5], "tags": NAMES[n % 7 : n % 7 + 2], "price": n / 2 if n % 4 else None},
        )
        for n in range(60)
    ]
    index = open_with(path, FIELDS)
    for low, high in cuts:
        index.add(given_[low:high], **options)
    return index


def segments(path):
    return [file.read_bytes() for file in sorted(path.glob("*.segment"))]


def test_the_files_are_the_same_for_any_number_of_processes(tmp_path, monkeypatch):
    monkeypatch.setattr("searchkit.engines.whoosh.writer._BATCH_DOCUMENTS", 4)
    monkeypatch.setattr("searchkit.processes.PATIENCE", 0)
    for jobs in (1, 2):
        filled(tmp_path / str(jobs), [(0, 60)], options=WriteOptions(jobs=jobs))
    assert segments(tmp_path / "1") == segments(tmp_path / "2")


def test_segments_and_merging_make_no_difference(tmp_path):
    expected = everything(filled(tmp_path / "once", [(0, 60)]))
    index = filled(tmp_path / "parts", [(0, 45), (45, 55), (55, 59), (59, 60)])
    assert len(parts(index)) == 4
    assert everything(index) == expected
    index.optimize()
    assert (len(parts(index)), everything(index)) == (1, expected)


def everything(index):
    found = []
    for query, options in [
        ("باغ", {"facets": FACETS}),
        ("", {"where": Field("section") == "کتابها"}),
        ("", {"where": Field("tags").isin(NAMES) & (Field("date") > "2024-01-10")}),
        ("باغ", {"sort": "-price", "limit": 60}),
        ("باغ", {"sort": "date", "unique_by": "host"}),
        ("باغ", {"unique_by": "price", "limit": 60}),
        ("باغ", {"unique_by": "section"}),
    ]:
        results = index.search(query, snippets=0, **options)
        found.append(([hit.id for hit in results], results.total, results.facets))
    return found


def test_damage_of_what_searches_are_narrowed_by_is_told(tmp_path):
    expected = everything(filled(tmp_path, [(0, 60)]))
    (path,) = tmp_path.glob("*.segment")
    whole, told = path.read_bytes(), 0
    for place in range(16, len(whole), max(len(whole) // 300, 1)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        try:
            assert everything(open_with(tmp_path)) == expected
        except StorageError as error:
            told += 1
            assert path.name in str(error)  # noqa: PT017 (it need not be raised)
    assert told > 20


# paging, permissions, time


def test_a_scan_gives_every_hit_of_one_commit(tmp_path):
    index = open_with(tmp_path, {"price": "number"})
    index.add(Document(str(n), "باغ" if n % 3 else "باغ باغ", fields={"price": -n}) for n in range(10_500))
    found = index.scan("باغ", sort="price")
    first = next(found)
    index.delete(map(str, range(5000)))
    index.add([Document("new", "باغ", fields={"price": -(10**6)})])
    rest = [hit.id for hit in found]
    assert [first.id, *rest] == [str(n) for n in reversed(range(10_500))]
    with pytest.raises(ArgumentError, match="scan"):
        index.search("باغ", limit=10_001)
    ranked = index.rank("باغ", limit=5000)
    assert [(hit.id, hit.score) for hit in index.scan("باغ")][:5000] == ranked


HIDDEN_WORD = "زعفران"
QUERIES = [
    *("باغ", HIDDEN_WORD, f"باغ {HIDDEN_WORD}", "زعف*", f'"باغ {HIDDEN_WORD}"', f"باغ OR {HIDDEN_WORD}"),
    *("date:1398", "-گل1", "", "ورزش", "id:s1"),
]


def test_nothing_leaks_of_what_a_condition_forbids(tmp_path):
    """As if the documents that are forbidden were not there; but scores know how rare words are in the whole index."""
    public_fields = ({"access": "همه", "tags": ["a"], "price": n} for n in range(9))
    public = [
        Document(f"p{n}", f"باغ {NAMES[n % 3]} گل{n}", url="https://open.org/", date=dt.date(2024, 1, n), fields=fields)
        for n, fields in enumerate(public_fields, 1)
    ]
    secret = [
        Document(
            f"s{n}",
            f"باغ {HIDDEN_WORD} {NAMES[n % 3]}",
            url="https://closed.org/",
            date=dt.date(2020, 1, n),
            fields=fields,
        )
        for n, fields in enumerate(
            ({"access": ["مدير", None][n % 2], "tags": [HIDDEN_WORD], "price": -n} for n in range(9)), 1
        )
    ]
    fields = {"access": "keyword", "tags": "keywords", "price": "number"}
    both, alone = open_with(tmp_path / "both", fields), open_with(tmp_path / "alone", fields)
    for one, other in zip(secret, public, strict=True):
        both.add([one, other])
        alone.add([other])
    allowed = Field("access") == "همه"
    facets = ["access", "tags", "price", "host", "year", "month", "date.day"]
    queries = [
        "باغ",
        HIDDEN_WORD,
        "باغ " + HIDDEN_WORD,
        "زعف*",
        f'"باغ {HIDDEN_WORD}"',
        "date:1398",
        "-گل1",
        "",
        "آب",
        "id:s1",
        "باغ OR " + HIDDEN_WORD,
    ]
    for query in queries:
        for match in ("auto", "any", "all"):
            for options in ({}, {"sort": "price"}, {"sort": "-date"}, {"unique_by": "host"}, {"unique_by": "access"}):
                given_ = {"match": match, "where": allowed, **options}
                expected = alone.search(query, limit=50, facets=facets, **given_)
                found = both.search(query, limit=50, facets=facets, **given_)
                assert {hit.id for hit in found} == {hit.id for hit in expected} or options.get("unique_by")
                told = found.to_dict() | {"query": "", "took_ms": 0, "hits": []}
                assert told == expected.to_dict() | {"query": "", "took_ms": 0, "hits": []}
                assert not any(HIDDEN_WORD in json.dumps(hit.to_dict(), ensure_ascii=False) for hit in found)
                assert all(id_.startswith("p") for id_, _ in both.rank(query, limit=50, **given_))
        assert all(hit.id.startswith("p") for hit in both.scan(query, where=allowed))
    assert both.search("باغ", offset=9, where=allowed).hits == ()


def test_the_words_of_forbidden_documents_are_not_looked_for(tmp_path):
    """What feedback adds to a query comes from the best of what the condition lets through."""
    public = [Document(f"p{n}", "باغ گل", fields={"access": "همه"}) for n in range(4)]
    other = Document("other", f"باغ {HIDDEN_WORD}", fields={"access": "همه"})
    secret = [Document(f"s{n}", f"باغ باغ {HIDDEN_WORD}", fields={"access": "مدیر"}) for n in range(12)]
    index = open_with(tmp_path, {"access": "keyword"}, ranking=Ranking(feedback_length=0))
    index.add([*secret, *public, other])
    ranked = [id_ for id_, _ in index.rank("باغ", feedback=True, limit=50)]
    assert ranked.index("other") < ranked.index("p0")
    for more in ({}, {"sort": "date"}, {"unique_by": "host"}):
        options = {"where": {"access": "همه"}, **more}
        assert [id_ for id_, _ in index.rank("باغ", feedback=True, **options)] == ["p0", "p1", "p2", "p3", "other"]
        assert index.search("باغ", feedback=True, **options).hits[-1].id == "other"


@pytest.mark.parametrize(
    "options", [{}, {"sort": "-price"}, {"sort": "date", "unique_by": "host"}, {"unique_by": "section"}], ids=str
)
def test_the_score_of_a_narrowed_search_is_explained(tmp_path, options):
    index = open_with(tmp_path, FIELDS, ranking=Ranking(candidates=5))
    texts = ["آب باغ است", "باغ آب دارد", "باغ باغ و آب", "آب"]
    index.add(
        Document(
            str(n),
            texts[n % 4] + " گل" * (n % 3),
            url=f"https://h{n % 5}.org/",
            date=dt.date(2024, 1, n),
            fields={"price": n % 7, "section": NAMES[n % 4]},
        )
        for n in range(1, 30)
    )
    results = index.search("باغ آب", where=Field("price") > 2, **options)
    assert len(results) > 2
    for hit in results:
        rounding = [part.score for part in results.explain(hit).parts if part.reason == "rounding"]
        assert sum(map(abs, rounding)) < 1e-5


def test_the_time_of_a_narrowed_search_ends(tmp_path):
    index = filled(tmp_path, [(0, 60)])
    for options in ({"where": {"price": 5}}, {"sort": "price"}, {"facets": ["section"]}, {"unique_by": "host"}):
        with pytest.raises(SearchTimeoutError):
            index.search("باغ", timeout=0, **options)
        assert index.search("باغ", timeout=60, **options).total


def test_threads_share_what_is_remembered(tmp_path):
    index = filled(tmp_path, [(0, 50), (50, 60)])
    asked = [{"where": Field("price") > number / 2, "facets": ["tags"]} for number in range(40)]
    expected = [index.search("باغ", **options).facets for options in asked]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda options: index.search("باغ", **options).facets, asked * 10))
    assert found == expected * 10


def test_results_of_a_narrowed_search_are_json(tmp_path):
    results = filled(tmp_path, [(0, 60)]).search("باغ", facets=["price", "year"], unique_by="host", limit=1)
    told = json.loads(json.dumps(results.to_dict()))
    assert told["facets"]["year"] == [["1402", 60]]
    assert told["facets"]["price"][0] == [0.5, 1]
    assert (told["total"], told["hidden"]) == (3, 57)
