"""Readers beside writers, for long: every answer is of one commit, never of an older one; nothing is held for ever."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from pathlib import Path

import pytest
from changes_under_way import held, usable

from searchkit import Document, SearchIndex

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
READERS, WRITERS = 4, 2
DOCUMENTS = 40
"""Of each writer: a commit gives all of them its next number."""


def numbered(writer, number):
    return [
        Document(id=f"{writer} {each}", body=f"باغ {each}", fields={"writer": writer, "number": number})
        for each in range(DOCUMENTS)
    ]


def write(path, writer, until, count):
    with SearchIndex.open(path) as index:
        while time.time() < until:
            report = index.add(numbered(writer, count.value + 1))
            assert report.updated == DOCUMENTS
            count.value += 1


def read(path, until, count, *, kept):
    """Search again and again, with one handle or with one for each search."""
    before = Counter()
    with SearchIndex.open(path, create=False) as index:
        while time.time() < until:
            before = _looked(index if kept else SearchIndex.open(path, create=False), before)
            count.value += 1


def _looked(index, before):
    results = index.search("باغ", limit=1000, snippets=0)
    assert results.total == len(results.hits) == WRITERS * DOCUMENTS
    seen = {(hit.document.fields["writer"], hit.document.fields["number"]) for hit in results.hits}
    now = Counter(dict(seen))
    assert len(seen) == WRITERS, seen  # of each writer one number
    assert all(now[writer] >= number for writer, number in before.items()), (before, now)
    assert index.info().documents == len(index) == WRITERS * DOCUMENTS
    return now


@pytest.mark.parametrize(("others", "minutes"), [(0, 1), (3000, 0.3)])
def test_every_answer_is_of_one_commit(tmp_path, scale, others, minutes):
    """With other files in the folder, so many that a list of it takes several calls to the system, and without."""
    path = tmp_path / "index"
    path.mkdir()
    for number in range(others):
        (path / f"photograph {number}.jpeg").touch()
    with SearchIndex.open(path) as index:
        index.add([each for writer in range(WRITERS) for each in numbered(writer, 0)])
    fork = multiprocessing.get_context("fork")
    seconds = 60 * minutes * scale
    until = time.time() + seconds
    written, answered = ([fork.Value("q", 0) for _ in range(many)] for many in (WRITERS, READERS))
    writers = [fork.Process(target=write, args=(path, n, until, count)) for n, count in enumerate(written)]
    readers = [
        fork.Process(target=read, args=(path, until, count), kwargs={"kept": bool(n % 2)})
        for n, count in enumerate(answered)
    ]
    for process in (*writers, *readers):
        process.start()
    for process in (*writers, *readers):
        process.join(seconds + 60)
    assert [process.exitcode for process in (*writers, *readers)] == [0] * (WRITERS + READERS)
    commits, answers = ([count.value for count in counts] for counts in (written, answered))
    print(f"\n{seconds:.0f} s, {others} other files: {sum(commits)} commits, {sum(answers)} answers of one commit each")
    assert min(commits + answers) > 0
    usable(path, held(path))


def held_by(path):
    """What this process holds: kilobytes of its own memory, descriptors, mapped files; and what lies on the disk."""
    status = Path("/proc/self/status").read_text("utf-8")
    anonymous = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))
    mapped = Path("/proc/self/maps").read_text("utf-8").count(".segment")
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    sizes = [file.stat().st_size for file in path.iterdir()]
    return anonymous, descriptors, mapped, len(sizes), sum(sizes)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="tells by /proc what is held")
def test_nothing_is_held_for_ever(tmp_path, scale):
    commits = round(2000 * scale)
    path = tmp_path / "index"
    rows = {}
    with SearchIndex.open(path) as index:
        for commit in range(1, commits + 1):
            index.add(numbered(commit % WRITERS, commit))
            assert index.search("باغ", limit=3).total in {DOCUMENTS, WRITERS * DOCUMENTS}
            if commit % 2:
                with SearchIndex.open(path, create=False) as again:
                    assert again.search("باغ", limit=3).total
            if commit in {commits // 10, commits // 2, commits}:
                rows[commit] = held_by(path)
    print("\ncommits  memory KB  descriptors  mapped  files  bytes on disk")
    for commit, row in rows.items():
        print("{:7} {:10} {:12} {:7} {:6} {:14}".format(commit, *row))
    first, *_, last = rows.values()
    assert last[0] < first[0] + 10_000  # what the allocator keeps goes up and down by some megabytes
    assert last[1] == first[1]
    assert all(now <= 2 * then + 3 for now, then in zip(last[2:], first[2:], strict=True))
