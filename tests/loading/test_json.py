"""JSON: a list of records, an object around one, records by their ids, one record."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from searchkit.loading.rows import json as reader

FIRST = {
    "id": 7,
    "title": "انار",
    "Text": "میوهٔ پاییز",
    "url": "https://example.org/7",
    "date": "1403/02/15",
    "tags": ["باغ"],
}
SECOND = {"body": "برف", "title": "زمستان"}


@pytest.mark.parametrize(
    "value",
    [
        [FIRST, SECOND],
        {"count": 2, "tags": ["a", "b"], "items": [FIRST, SECOND]},
        {"status": "ok", "data": {"total": 2, "articles": [FIRST, SECOND]}},
        {"posts": [FIRST, SECOND], "related": []},
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_of_records_wherever_it_stands(load_file, value, encoding):
    first, second = load_file("a.json", json.dumps(value, ensure_ascii=False, indent=2).encode(encoding)).documents
    assert (first.id, first.title, first.body) == ("7", "انار", "میوهٔ پاییز")
    assert (first.url, first.date) == ("https://example.org/7", dt.date(2024, 5, 4))
    assert first.fields == {"tags": ["باغ"], "source": "a.json"}
    assert (second.id, second.body) == ("a.json#2", "برف")


def test_an_object_is_a_record_or_holds_records_by_their_ids(load_file):
    assert load_file("a.json", json.dumps({**FIRST, "comments": [{"body": "x"}]})).only.id == "7"
    assert load_file("a.json", json.dumps(SECOND)).only.id == "a.json#1"
    named = load_file("a.json", json.dumps({"k1": FIRST, "k2": SECOND, "k3": {"text": "باد"}})).documents
    assert [document.id for document in named] == ["7", "k2", "k3"]
    assert load_file("a.json", json.dumps({"k2": SECOND})).only.id == "k2"


def test_columns_may_have_other_names(load_file):
    value = {"rows": [{"key": "k", "محتوا": "برف", "day": "2024-05-04"}]}
    document = load_file("a.json", json.dumps(value), id="key", body="محتوا", date="day").only
    assert (document.id, document.body, document.date) == ("k", "برف", dt.date(2024, 5, 4))
    assert load_file("a.json", json.dumps(value)).reasons[0].endswith("--column body=محتوا")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not JSON"),
        ("", "not JSON"),
        ("[1, 2", "not JSON"),
        ('[{"body": NaN}]', "not JSON (NaN is no number)"),
        ("12", "no records in it"),
        ("[]", "no records in it"),
        ('["' + '\\"' * 8_000_000, "not JSON (Unterminated string"),
        ('"text"', "no records in it"),
        ('{"a": {"b": {"c": {"d": {"e": []}}}}}', "no records in it"),
        ("{}", "record 1: no column body or text or content among none"),
        ('{"name": "x"}', "record 1: no column body"),
        ("[1]", "record 1: not a JSON object"),
        ("[" * 100_000, "not JSON"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "not JSON"),
        ('[{"body": "a", "x": ' + "[" * 500 + '"\\u0000"' + "]" * 500 + "}]", "record 1: its values are nested"),
        (
            '[{"body": "a", "x": ' + "[" * 500 + "]" * 500 + "}]",
            "record 1: the fields of document 'a.json#1' are nested",
        ),
        ("[" + "[]," * 4_000_000 + "[]]", "more than 5,000,000 characters of JSON beside"),
        ('[{"body": "a", ' + ", ".join(f'"k{n}": 1' for n in range(1_001)) + "}]", "record 1: 1,002 columns"),
    ],
    ids=lambda value: value[:25],
)
def test_what_holds_no_records_is_told(load_file, content, reason):
    loaded = load_file("a.json", content)
    assert not loaded.documents
    assert loaded.reasons[0].startswith(reason)


def test_a_bad_record_is_named_and_the_rest_goes_on(load_file):
    loaded = load_file("a.json", '[{"body": "a"}, {"body": ["x"]}, 5, {"body": "b\\ud800"}]')
    assert [document.body for document in loaded.documents] == ["a", "b\ufffd"]
    assert loaded.reasons == ["record 2: body is a list, not text", "record 3: not a JSON object"]


def test_of_a_large_file_another_format_is_named(load_file, monkeypatch):
    assert (
        "larger than 0.001 MB; as JSON Lines" in load_file("a.json", "[" + " " * 1000 + "]", max_bytes=1000).reasons[0]
    )
    monkeypatch.setattr(reader, "MOST_BESIDE_TEXTS", 100)
    indented = json.dumps([{"body": "x" * 200}], indent=100)
    assert load_file("a.json", indented).only.body == "x" * 200
