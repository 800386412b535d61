"""Narrowing from a shell: fields that an index is given, conditions, order, counts, exports."""

from __future__ import annotations

import json

import pytest
from shell import searchkit

SHOP = [
    {
        "id": "1",
        "body": "چای سبز",
        "section": "خوراك",
        "price": "۱۲٬۰۰۰",
        "date": "1403/02/15",
        "url": "https://a.org/",
    },
    {"id": "2", "body": "چای سیاه", "section": "خوراک", "price": 900, "date": "1402/11/01", "url": "https://a.org/b"},
    {"id": "3", "body": "کتاب چای", "section": "کتاب", "price": "", "date": "2024-06-01", "قیمت": 5},
    {"id": "4", "body": "چای", "قیمت": 7},
]
FIELDS = ("--field", "section=keyword", "--field", "price=number", "--field", "قیمت=number")
LINES = "\n".join(json.dumps(each, ensure_ascii=False) for each in SHOP)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    made = searchkit("index", "-", *FIELDS, cwd=folder, stdin=LINES)
    assert (made.returncode, made.stderr) == (0, b"")
    return folder


def found(folder, *arguments):
    ran = searchkit("search", "--jsonl", "-n", "9", *arguments, cwd=folder)
    assert (ran.returncode, ran.stderr) == (0, b"")
    return [json.loads(line)["id"] for line in ran.stdout.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["چای", "--where", "section=خوراک"], ["1", "2"]),
        (["چای", "--where", "section != خوراک"], ["3", "4"]),
        (["چای", "--where", "price>=1000"], ["1"]),
        (["چای", "--where", "price<۱۲۰۰۰", "--where", "price > 5"], ["2"]),
        (["چای", "--where", "price<=900"], ["2"]),
        (["چای", "--where", "host=A.org"], ["1", "2"]),
        (["چای", "--since", "1403/01/01"], ["1", "3"]),
        (["چای", "--since", "1402", "--until", "2024-05-04"], ["1", "2"]),
        (["چای", "--until", "۱۴۰۲"], ["2"]),
        (["چای date:1403/01..1403/02"], ["1"]),
        (["date:1403", "--where", "section=کتاب"], ["3"]),
        (["", "--where", "price>0"], ["1", "2"]),
        (["چای", "--where", "قیمت>5"], ["4"]),
        (["--all", "چای", "--where", "section=خوراک"], ["1", "2"]),
        (["چای", "--where", "section=خوراک|کتاب"], ["1", "2", "3"]),
        (["چای", "--where", "section = هیچ | كتاب", "--where", "قیمت=5|7"], ["3"]),
        (["چای", "--where", "section!=خوراک|کتاب"], ["4"]),
        (["چای", "--where", "date=1402|1403/03"], ["2", "3"]),
        (["", "--where", "id=1|4"], ["1", "4"]),
    ],
    ids=str,
)
def test_which_documents_are_found(shop, arguments, ids):
    assert sorted(found(shop, *arguments)) == ids


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["--sort", "date"], ["2", "1", "3", "4"]),
        (["--sort", "-date"], ["3", "1", "2", "4"]),
        (["--sort", "price"], ["2", "1"]),
        (["--sort", "-قیمت"], ["4", "3"]),
        (["--sort", "-date", "--all"], ["3", "1", "2", "4"]),
    ],
    ids=str,
)
def test_in_which_order(shop, arguments, ids):
    assert found(shop, "چای", *arguments)[: len(ids)] == ids


def test_many_queries_are_narrowed_alike(shop):
    (shop / "topics.tsv").write_text("q1\tچای\nq2\tکتاب\n", encoding="utf-8")
    for shape in ("trec", "jsonl"):
        options = ("--queries", "topics.tsv", "--format", shape, "--where", "section=کتاب", "--facet", "section")
        told = searchkit("search", *options, "--sort", "-date", cwd=shop)
        assert (told.returncode, told.stderr) == (0, b"")
        assert len(told.stdout.splitlines()) == 2
        assert told.stdout.count(b'"id": "3"' if shape == "jsonl" else b" 3 1 ") == 2
    refused = searchkit("search", "--queries", "topics.tsv", "--jsonl", "--all", cwd=shop)
    assert refused.returncode == 2


def test_values_are_counted_and_one_hit_shown_for_each(shop):
    told = searchkit(
        "search", "چای", "--facet", "section", "--facet", "year", "--unique-by", "host", "-n", "1", cwd=shop
    )
    lines = told.stdout.decode().splitlines()
    assert "section: خوراك 2, کتاب 1" in lines
    assert "year: 1403 2, 1402 1" in lines
    assert lines[-1].startswith("3 documents, 1 more not shown, in ")
    told = json.loads(searchkit("search", "چای", "--facet", "month", "--json", cwd=shop).stdout)
    assert told["facets"] == {"month": [["1402/11", 1], ["1403/02", 1], ["1403/03", 1]]}
    assert told["hidden"] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--where", "colour=red"], "no field 'colour'; it has date, host, id, price, section"),
        (["--where", "price"], "write NAME=VALUE"),
        (["--where", "price>=5|7"], "several values; they are for = and !="),
        (["--where", "price=5|cheap"], "'price' is compared with 'cheap'"),
        (["--where", "=5"], "write NAME=VALUE"),
        (["--where", "price=گران"], "no number"),
        (["--since", "spring"], "give a day, month or year"),
        (["--sort", "section"], "score, a number or a date"),
        (["--facet", "date"], "date.year"),
        (["--unique-by", "colour"], "no field"),
        (["--all"], "--jsonl"),
        (["--all", "--json"], "--jsonl"),
    ],
    ids=str,
)
def test_what_cannot_be_asked(shop, arguments, words):
    told = searchkit("search", "چای", *arguments, cwd=shop)
    assert (told.returncode, told.stdout) == (2, b"")
    assert words in told.stderr.decode()
    assert b"Traceback" not in told.stderr


def test_an_index_keeps_its_fields(tmp_path):
    line = LINES.splitlines()[0]
    assert searchkit("index", "-", *FIELDS, cwd=tmp_path, stdin=line).returncode == 0
    assert b"price (number), section (keyword)" in searchkit("info", cwd=tmp_path).stdout
    assert searchkit("index", "-", cwd=tmp_path, stdin=LINES).returncode == 0
    refused = searchkit("index", "-", "--field", "price=date", cwd=tmp_path, stdin=LINES)
    assert (refused.returncode, b"--rebuild" in refused.stderr) == (1, True)
    again = searchkit("index", "-", "--rebuild", cwd=tmp_path, stdin=LINES)
    assert b"added 4" in again.stdout
    assert found(tmp_path, "چای", "--where", "price>1000") == ["1"]
    assert searchkit("repair", "new", cwd=tmp_path).returncode == 0
    assert found(tmp_path, "چای", "--where", "price>1000", "-i", "new") == ["1"]
    other = searchkit("index", "-", "--rebuild", "--field", "section=keyword", cwd=tmp_path, stdin=LINES)
    assert b"added 4" in other.stdout
    assert json.loads(searchkit("info", "--json", cwd=tmp_path).stdout)["fields"] == {"section": "keyword"}


def test_fields_may_be_inferred(tmp_path):
    made = searchkit("index", "-", "--field", "auto", cwd=tmp_path, stdin=LINES)
    assert made.returncode == 0
    kinds = json.loads(searchkit("info", "--json", cwd=tmp_path).stdout)["fields"]
    assert kinds == {"price": "number", "section": "keyword", "قیمت": "number"}


@pytest.mark.parametrize("typed", ["price", "=number", "price=", "auto=", "price=float", "date=date", "a b=number"])
def test_what_is_no_field(tmp_path, typed):
    refused = searchkit("index", "-", "--field", typed, cwd=tmp_path, stdin=LINES)
    assert refused.returncode in {1, 2}
    assert b"Traceback" not in refused.stderr
    assert not (tmp_path / "index").exists()


def test_a_value_that_does_not_fit_skips_its_document(tmp_path):
    bad = '{"id": "5", "body": "چای", "price": "گران"}'
    made = searchkit("index", "-", *FIELDS, "--report", "skipped", cwd=tmp_path, stdin=f"{bad}\n{LINES}")
    assert b"added 4, updated 0, unchanged 0, removed 0, skipped 1" in made.stdout
    (line,) = (tmp_path / "skipped").read_text(encoding="utf-8").splitlines()
    assert "document '5' is 'گران', no number" in json.loads(line)["reason"]
