"""One index for many: threads, processes, one who fails, one who opens it again and again."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from searchkit import Document, SearchIndex

ROOT = Path(__file__).parents[1]
BODIES = [
    "كتاب\u200cهاي تاريخ ايران در كتابخانه است و کسی آن را می\u200cخواند.",
    "چای سبز و چای سیاه در باغ نوشیدیم؛ ۱۵ اردیبهشت ۱۴۰۳ بود.",
    "باغ ایرانی آب و درخت دارد. کتاب باغبانی هم هست.",
    "آب باران از کوه می آید و به باغ می رسد.",
]
QUERIES = [
    "کتاب",
    "باغ آب",
    '"چای سبز"',
    "باغ -چای",
    "تار*",
    "می روم",
    "۱۵ اردیبهشت ۱۴۰۳",
    "نیست",
    "title:باغ",
    "(چای یا آب) باغ",
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("shared") / "index"
    with SearchIndex.open(path) as index:
        index.add(Document(id=str(number), body=BODIES[number % 4], title=BODIES[-number % 4]) for number in range(40))
    return path


def answers(index):
    found = [index.search(query, limit=5, snippets=2) for query in QUERIES]
    return [(results.total, results.hits) for results in found]


def answers_at(path):
    with SearchIndex.open(path, create=False) as index:
        return answers(index)


# threads


def test_threads_get_the_answers_that_one_gets(path, monkeypatch):
    expected = answers_at(path)
    monkeypatch.setattr("searchkit.persian.forms.memory._REMEMBERED", 20)  # memories are given up again and again
    with SearchIndex.open(path, create=False) as index, ThreadPoolExecutor(8) as pool:
        assert all(got == expected for got in pool.map(lambda _: answers(index), range(40)))


# processes


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_goes_on_with_an_open_index(path):
    with SearchIndex.open(path, create=False) as index:
        expected = answers(index)
        with multiprocessing.get_context("fork").Pool(2, initializer=_inherit, initargs=(index,)) as pool:
            assert pool.map(_inherited_answers, range(4)) == [expected] * 4
        assert answers(index) == expected


_INHERITED: list[SearchIndex] = []


def _inherit(index):
    _INHERITED[:] = [index]


def _inherited_answers(_):
    return answers(_INHERITED[0])


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_process_started_afresh_opens_the_index(path, method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    with SearchIndex.open(path, create=False) as index:
        expected = answers(index)
        with multiprocessing.get_context(method).Pool(1) as pool:
            assert pool.apply(answers_at, (path,)) == expected


# failures


@pytest.mark.parametrize(
    "name",
    [
        "searchkit.additions.Addition.remove",
        "searchkit.engines.whoosh.engine.WhooshWriter.put",
        "searchkit.persian.bulk.encoder.Encoder.encode_all",
        "searchkit.engines.whoosh.format.toc.write",
    ],
)
def test_whatever_fails_leaves_the_index_as_it_was_and_free(tmp_path, monkeypatch, name):
    with SearchIndex.open(tmp_path) as index:
        index.add([Document(id="a", body="باغ")])
        with monkeypatch.context() as broken:
            broken.setattr(name, _fail)
            with pytest.raises(ZeroDivisionError):
                index.add([Document(id="b", body="باغ")], prune=["x"])
        assert [hit.id for hit in index.search("باغ")] == ["a"]
        assert index.add([Document(id="c", body="باغ")]).added == 1
        assert [hit.id for hit in index.search("باغ")] == ["a", "c"]


def _fail(*_arguments, **_options):
    raise ZeroDivisionError


# again and again

AGAIN = """
import os, sys
from searchkit import SearchIndex

def once():
    with SearchIndex.open(sys.argv[1], create=False) as index:
        assert index.search("باغ آب").total

def held():
    resident = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
    return len(os.listdir("/proc/self/fd")), int(resident.split()[1])

for _ in range(30):
    once()
files, before = held()
for _ in range(300):
    once()
more, after = held()
print(more - files, after - before)
"""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="tells what is held by /proc")
def test_opening_again_and_again_holds_no_more(path):
    told = subprocess.run(
        [sys.executable, "-c", AGAIN, str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        timeout=120,
    )
    files, kilobytes = map(int, told.stdout.split())
    assert files == 0
    assert kilobytes < 5000
