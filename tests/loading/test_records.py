"""JSON Lines and CSV: a record is a document, columns go by name."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json

import pytest

from searchkit.loading import LoadOptions


def test_the_columns_of_a_json_object(load_file):
    record = {
        "id": 7, "title": "انار", "text": "میوهٔ پاییز", "url": "https://example.org/7", "date": "1403/02/15",
        "tags": ["میوه", 1],
    }  # fmt: skip
    document = load_file("a.jsonl", json.dumps(record)).only
    assert (document.id, document.title, document.body) == ("7", "انار", "میوهٔ پاییز")
    assert (document.url, document.date) == ("https://example.org/7", dt.date(2024, 5, 4))
    assert document.fields == {"tags": ["میوه", 1], "source": "a.jsonl"}


@pytest.mark.parametrize("name", ["body", "text", "content"])
def test_the_body_has_three_names(load_file, name):
    assert load_file("a.jsonl", json.dumps({name: "سلام"})).only.body == "سلام"


def test_other_names_are_told(load_file):
    names = {"id": "key", "title": "name", "body": "words", "url": "link", "date": "day"}
    record = {"key": "k", "name": "n", "words": "w", "link": "http://a.ir/", "day": "2024-05-04", "id": 5}
    document = load_file("a.jsonl", json.dumps(record), **names).only
    assert (document.id, document.title, document.body, document.url) == ("k", "n", "w", "http://a.ir/")
    assert document.fields == {"id": 5, "source": "a.jsonl"}


def test_without_an_id_the_line_names_the_record(load_file):
    loaded = load_file("a.jsonl", '{"body": "a"}\n\n{"body": "b", "id": ""}\n')
    assert [document.id for document in loaded.documents] == ["a.jsonl#1", "a.jsonl#3"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ('{"body": "a"} x', "not JSON"),
        ('{"body": NaN}', "not JSON (NaN is no number)"),
        ("[1]", "not a JSON object"),
        ('"a"', "not a JSON object"),
        ("{}", "no column body or text or content among none"),
        ('{"words": "a"}', "no column body or text or content among words"),
        ('{"body": ["a"]}', "body is a list, not text"),
        ('{"body": "a", "title": {}}', "title is an object, not text"),
        ('{"body": " ", "title": ""}', "no text"),
        ("[" * 100_000, "not JSON"),
        ('{"body": "a", "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "not JSON"),
        ('{"body": ' + "9" * 5000 + "}", "not JSON"),
        ('{"body": "' + '\\"' * 1_000_000, "not JSON"),
        ('{"body": "a", "x": ' + "[" * 500 + "]" * 500 + "}", "the fields of document 'a.jsonl#2' are nested"),
        (
            '{"body": "a", "x": ' + "[" * 500 + '"\\u0000"' + "]" * 500 + "}",
            "its values are nested more than 64 levels deep; flatten",
        ),
        (
            '{"body": "a", "x": ' + '{"\\u0000": ' * 500 + "1" + "}" * 501,
            "its values are nested more than 64 levels deep; flatten",
        ),
    ],
    ids=lambda value: value[:30],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(load_file, line, reason):
    loaded = load_file("a.jsonl", f'{{"id": "1", "body": "a"}}\n{line}\n{{"id": "3", "body": "c"}}\n')
    assert [document.id for document in loaded.documents] == ["1", "3"]
    assert loaded.reasons[0].startswith(f"line 2: {reason}")
    assert len(loaded.skips) == 1


def test_a_line_above_the_limit_is_let_go(load_file):
    content = "\n".join(json.dumps({"id": str(n), "body": "x" * size}) for n, size in enumerate([10, 900_000, 10]))
    loaded = load_file("a.jsonl", content, max_bytes=1000)
    assert [document.id for document in loaded.documents] == ["0", "2"]
    assert loaded.reasons == ["line 2: larger than 0.001 MB"]


def test_what_no_text_holds_is_replaced_and_counted(load_file):
    document = load_file("a.jsonl", r'{"body": "a\ud800b\u0000", "x": {"\udfff": ["\ud83d\ude00"]}}').only
    assert document.body == "a\ufffdb\ufffd"
    assert document.fields == {"x": {"\ufffd": ["\U0001f600"]}, "unreadable": 2, "source": "a.jsonl"}


@pytest.mark.parametrize("date", ["someday", "1403/13/01", 1714800000, ["x"]])
def test_a_date_that_cannot_be_read_is_kept_as_it_is(load_file, date):
    document = load_file("a.jsonl", json.dumps({"body": "a", "date": date})).only
    assert document.date is None
    assert document.fields["date"] == date


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/a", "http://[", "file:///etc/passwd"])
def test_only_web_addresses_are_addresses(load_file, url):
    document = load_file("a.jsonl", json.dumps({"body": "a", "url": url})).only
    assert document.url is None
    assert document.fields["url"] == url


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1256"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_records_in_any_encoding(load_file, encoding, name):
    bodies = [f"\u062f\u0631\u062e\u062a \u0627\u0646\u0627\u0631 \u0633\u0627\u0644 {n}" for n in range(50)]
    if name == "a.csv":
        text = "\r\n".join(["body", *bodies])
    else:
        text = "\n".join(json.dumps({"body": body}, ensure_ascii=False) for body in bodies)
    loaded = load_file(name, text.encode(encoding))
    assert [document.body for document in loaded.documents] == bodies


def test_long_files_are_read_over_the_edges_of_chunks(load_file):
    bodies = ["پاییز " * (n % 97) + str(n) for n in range(6000)]
    loaded = load_file("a.jsonl", "\n".join(json.dumps({"body": body}, ensure_ascii=False) for body in bodies))
    assert [document.body for document in loaded.documents] == bodies


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_by_column_names(load_file, delimiter):
    rows = [["id", "title", "body", "city"], ["1", "باران", '"a\nb, c; d\te"', "رشت"], ["2", "", "برف", ""]]
    loaded = load_file("a.csv", "\r\n".join(delimiter.join(row) for row in rows))
    first, second = loaded.documents
    assert (first.id, first.title, first.body) == ("1", "باران", "a\nb, c; d\te")
    assert first.fields == {"city": "رشت", "source": "a.csv"}
    assert (second.id, second.body, second.fields["city"]) == ("2", "برف", "")


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\nID;Title;Body\n1;باران;برف, باد",
        '"sep=;"\r\nid;TITLE;Text\r\n1;باران;"برف, باد"',
        "Sep=|\nId|title|BODY\n1|باران|برف, باد",
    ],
)
def test_a_table_says_what_is_between_its_cells_and_writes_names_in_any_case(load_file, content):
    document = load_file("a.csv", content).only
    assert (document.id, document.title, document.body) == ("1", "باران", "برف, باد")
    assert document.fields == {"source": "a.csv"}


def test_lines_are_counted_with_the_one_that_says_what_is_between_cells(load_file):
    assert load_file("a.csv", "sep=;\nbody\nبرف").only.id == "a.csv#3"


def test_a_name_in_its_own_case_goes_first(load_file):
    document = load_file("a.jsonl", '{"Body": "a", "body": "b", "ID": "x"}').only
    assert (document.id, document.body, document.fields["Body"]) == ("x", "b", "a")


@pytest.mark.parametrize("header", ["شناسه,عنوان,متن,نشانی,تاریخ", " شناسه ,عنوان,متن,نشاني,تاريخ"])
def test_names_in_persian(load_file, header):
    document = load_file("a.csv", f"{header}\n7,ا,برف,https://example.org/,1403/02/15").only
    assert (document.id, document.title, document.body) == ("7", "ا", "برف")
    assert (document.url, document.date) == ("https://example.org/", dt.date(2024, 5, 4))


def test_names_in_english_go_before_those_in_persian(load_file):
    document = load_file("a.jsonl", '{"متن": "a", "body": "b"}').only
    assert (document.body, document.fields["متن"]) == ("b", "a")


@pytest.mark.parametrize(("header", "option"), [("شناسه;محتوا", "محتوا"), ("نام;چیز", "COLUMN")])
def test_the_message_names_the_option(load_file, header, option):
    (reason,) = load_file("a.csv", f"{header}\n1;برف").reasons
    assert reason.endswith(f"name the one with the text: --column body={option}")
    if option != "COLUMN":
        assert load_file("a.csv", f"{header}\n1;برف", body=option).only.body == "برف"


def test_cells_without_a_column_are_kept(load_file):
    assert load_file("a.csv", "id,body\n1,a,b,c").only.fields == {"column 3": "b", "column 4": "c", "source": "a.csv"}


def test_long_cells_are_read(load_file):
    assert len(load_file("a.csv", "body\n" + "x" * 1_000_000).only.body) == 1_000_000


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        ("id,words\n1,a", {}, "no column body or text or content among id, words"),
        ("id,body\n1,a", {"title": "headline"}, "no column headline among id, body"),
        ("", {}, "no column body or text or content among none"),
        ("body\n" + "x" * 2000, {"max_bytes": 1000}, "larger than 0.001 MB"),
    ],
)
def test_a_table_that_cannot_be_used(load_file, content, options, reason):
    loaded = load_file("a.csv", content, **options)
    assert not loaded.documents
    assert loaded.reasons[0].startswith(reason)


def test_packed_files(load_file):
    packed = gzip.compress(b'{"body": "a"}\n{"body": "b"}')
    assert [document.id for document in load_file("a.jsonl.gz", packed).documents] == ["a.jsonl.gz#1", "a.jsonl.gz#2"]


@pytest.mark.parametrize("data", [b"no gzip", gzip.compress(b'{"body": "a"}', mtime=0)[:-9]], ids=["foreign", "cut"])
def test_a_broken_packed_file(load_file, data):
    assert load_file("a.jsonl.gz", data).reasons == ["not a whole gzip file"]


def test_a_bomb_is_not_unpacked(load_file):
    loaded = load_file("a.jsonl.gz", gzip.compress(b"\n" * 20_000_000), max_bytes=1_000_000)
    assert loaded.reasons == ["unpacks to more than 100 times its size"]


def test_standard_input(monkeypatch, load_paths):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO('{"body": "سلام"}\n'.encode())))
    document = load_paths("-").only
    assert (document.id, document.fields) == ("-#1", {"source": "-"})


def test_unknown_formats_are_refused_at_once():
    with pytest.raises(ValueError, match="choose one of auto, text"):
        LoadOptions(format="unheard-of")


@pytest.mark.parametrize(
    ("column", "said", "found"),
    [
        ("tags", "میوه، پاییز", ["میوه", "پاییز"]),
        ("Tags", "a, b;c؛ d , a", ["a", "b", "c", "d"]),
        ("keywords", "میوه", ["میوه"]),
        ("tags", "", []),
        ("labels", "a, b", "a, b"),
    ],
)
def test_tags_are_a_list(load_file, column, said, found):
    table = load_file("a.csv", f'body,{column}\nx,"{said}"\n').only
    assert table.fields[column] == found
    assert load_file("a.jsonl", json.dumps({"body": "x", column: said})).only.fields == {
        column: found,
        "source": "a.jsonl",
    }


def test_a_date_of_a_table_that_cannot_be_read_is_kept_as_it_is(load_file):
    loaded = load_file("a.csv", "body,Date\nx,someday\ny,1403/02/15\n")
    assert [(document.date, document.fields.get("Date")) for document in loaded.documents] == [
        (None, "someday"),
        (dt.date(2024, 5, 4), None),
    ]
