"""Databases of SQLite: a row is a document; nothing in the file is run."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import tempfile

import pytest

from searchkit.loading.rows import sqlite as reader

ROWS = [("7", "انار", "میوهٔ پاییز", "1403/02/15", 3, None), (8, None, "برف", "someday", 2.5, b"\0\xff")]
TABLE = "CREATE TABLE news (ID, Title TEXT, body TEXT, date TEXT, views, picture BLOB)"


@pytest.fixture
def made(tmp_path_factory):
    """Make a database and return its bytes."""

    def making(*statements, rows=ROWS, into="news"):
        path = tmp_path_factory.mktemp("made") / "made.sqlite"
        database = sqlite3.connect(path)
        for statement in statements or (TABLE,):
            database.execute(statement)
        for row in rows:
            database.execute(f"INSERT INTO {into} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
        database.commit()
        database.close()
        return path.read_bytes()

    return making


@pytest.mark.parametrize("name", ["a.sqlite", "a.sqlite3", "a.db", "a"])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le"])
def test_a_row_is_a_document(load_file, made, name, encoding):
    first, second = load_file(name, made(f"PRAGMA encoding = '{encoding}'", TABLE)).documents
    assert (first.id, first.title, first.body, first.date) == ("7", "انار", "میوهٔ پاییز", dt.date(2024, 5, 4))
    assert first.fields == {"views": 3, "picture": None, "source": name}
    assert (second.id, second.title, second.body) == ("8", "", "برف")
    assert second.fields == {"views": 2.5, "date": "someday", "source": name}


def test_of_several_tables_one_is_named(load_file, made):
    data = made(TABLE, "CREATE TABLE 'other; \"x' (محتوا)", "INSERT INTO 'other; \"x' VALUES ('باد')")
    assert load_file("a.db", data).reasons == ['its tables are news, other; "x; name one: --table NAME']
    assert [document.id for document in load_file("a.db", data, table="News").documents] == ["7", "8"]
    other = 'other; "x'
    assert load_file("a.db", data, table=other).reasons[0].endswith("--column body=محتوا")
    assert load_file("a.db", data, table=other, body="محتوا").only.id == "a.db#1"
    assert load_file("a.db", data, table="nope").reasons == ['no table nope among news, other; "x']


def test_a_row_without_text_is_named_and_the_rest_goes_on(load_file, made):
    rows = [(1, "", "", None, 0, None), (2, "", "برف", None, float("inf"), None), (3, "", "باد", None, 0, None)]
    loaded = load_file("a.db", made(rows=rows))
    assert [document.id for document in loaded.documents] == ["3"]
    assert loaded.reasons[0] == "row 1: no text in it"
    assert loaded.reasons[1].startswith("row 2: the fields of document '2' are not JSON")


def test_nothing_in_the_file_is_worked_out(load_file, made):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT group_concat(i) AS body FROM n"
    data = made("CREATE TABLE news (id, body, long AS (hex(zeroblob(100000000))))", f"CREATE VIEW v AS {endless}",
                rows=[("1", "برف")], into="news (id, body)")  # fmt: skip
    assert load_file("a.db", data).only.fields == {"source": "a.db"}
    assert load_file("a.db", data, table="v").reasons == ["no table v among news"]


def test_what_is_virtual_is_no_table(load_file, made):
    data = made("CREATE VIRTUAL TABLE found USING fts5(body)", TABLE)
    assert len(load_file("a.db", data, table="news").documents) == 2
    assert load_file("a.db", data, table="found").reasons[0].startswith("no table found among")
    if sqlite3.sqlite_version_info >= (3, 37):
        assert len(load_file("a.db", data).documents) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not an SQLite database"),
        (b"words", "not an SQLite database"),
        (b"SQLite format 3\0", "not a whole SQLite database"),
        (b"SQLite format 3\0" + bytes(100_000), "not a whole SQLite database"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_database_is_told(load_file, content, reason):
    assert load_file("a.db", content).reasons[0].startswith(reason)


def test_a_large_value_and_a_large_file_are_told(load_file, made, monkeypatch):
    data = made(rows=[(1, "", "x" * 100_000, None, 0, None)])
    assert load_file("a.db", data, max_bytes=50_000).reasons[0].startswith("not a whole SQLite database, or a value is")
    assert load_file("a.db", data).only
    monkeypatch.setattr(reader, "LARGEST_DATABASE", 1 << 16)
    assert load_file("a.db", data).reasons == ["larger than 0 MB"]


@pytest.mark.parametrize(("bound", "value"), [("_SMALLEST_ROW", 1_000), ("_MOST_GROWTH", 0)])
def test_a_file_that_gives_more_than_it_can_hold_is_told(load_file, made, monkeypatch, bound, value):
    data = made(rows=[(None, "", "برف", None, 0, None)] * 100)
    assert len(load_file("a.db", data).documents) == 100
    monkeypatch.setattr(reader, bound, value)
    assert load_file("a.db", data).reasons == ["a forged database: it holds more than its size"]


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_file_is_read_or_told(load_file, made, seed):
    data = bytearray(made(rows=[(number, "t", "برف " * number, None, 0, None) for number in range(100)]))
    place = 100 + (seed * 7919) % (len(data) - 140)
    data[place : place + 40] = bytes((seed * 31 + n * 17) % 256 for n in range(40))
    loaded = load_file("a.db", bytes(data))
    assert loaded.documents or loaded.skips


def test_no_copy_is_left(load_file, made, tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert load_file("a.db", made()).documents
    assert load_file("a.db", b"SQLite format 3\0").skips
    assert os.listdir(folder) == []  # noqa: PTH208
