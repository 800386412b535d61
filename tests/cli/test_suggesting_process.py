"""Completion from a shell: `searchkit suggest`, and a search whose last word is still being typed."""

from __future__ import annotations

import json

import pytest
from shell import searchkit

DOCUMENTS = [
    {"id": "1", "title": "تاریخ ایران", "text": "کتاب" + "\u200c" + "های ایران", "section": "کتاب"},
    {"id": "2", "title": "تاریخ ایران", "text": "کتاب و ایرانشهر", "section": "کتاب"},
    {"id": "3", "title": "a\u202eb", "text": "کتمان", "section": "راز"},
]
LINES = "\n".join(json.dumps(each, ensure_ascii=False) for each in DOCUMENTS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("folder")
    made = searchkit("index", "-", "--field", "section=keyword", cwd=folder, stdin=LINES)
    assert (made.returncode, made.stderr) == (0, b"")
    return folder


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["تاریخ", "ای", "-n", "1"], ["      2  تاریخ ایران", "      2  تاریخ ایران  (title)"]),
        (["ket", "--limit", "2", "--where", "section=کتاب"], ["      1  کتاب", "      1  کتاب" + "\u200c" + "های"]),
        (["ab"], ["      1  ab", "      1  ab  (title)"]),
        (["-کت"], []),
        ([""], []),
    ],
)
def test_people_are_told_in_lines(folder, arguments, lines):
    told = searchkit("suggest", *arguments, cwd=folder)
    assert told.returncode == 0
    assert told.stdout.decode().splitlines() == lines
    assert bool(told.stderr) == (not lines)


def test_programs_are_told_in_json(folder):
    told = searchkit("suggest", "--json", "تاریخ ira", cwd=folder)
    assert json.loads(told.stdout) == {
        "version": 1,
        "text": "تاریخ ira",
        "completions": [
            {"text": "تاریخ ایران", "kind": "word", "count": 2},
            {"text": "تاریخ ایرانشهر", "kind": "word", "count": 1},
            {"text": "تاریخ ایران", "kind": "title", "count": 2},
        ],
    }


def test_nothing_is_told_of_what_a_condition_forbids(folder):
    told = searchkit("suggest", "کت", "--where", "section=کتاب", "--json", cwd=folder)
    assert "کتمان" not in told.stdout.decode()
    assert "کتمان" in searchkit("suggest", "کت", cwd=folder).stdout.decode()


@pytest.mark.parametrize(("arguments", "total"), [(["تاریخ کتا"], 2), (["کتما"], 1), (["کتما "], 0)])
def test_the_last_word_of_a_search_may_be_a_beginning(folder, arguments, total):
    told = searchkit("search", "--json", "--prefix", "--exact", *arguments, cwd=folder)
    assert json.loads(told.stdout)["total"] == total


@pytest.mark.parametrize(
    ("arguments", "status"),
    [([], 2), (["کت", "--limit", "101"], 2), (["کت", "--where", "x"], 2), (["کت", "--where", "x=1"], 2)],
)
def test_what_is_wrong_is_told(folder, arguments, status):
    told = searchkit("suggest", *arguments, cwd=folder)
    assert told.returncode == status
    assert b"Traceback" not in told.stderr
    assert told.stderr
