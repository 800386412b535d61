"""Many writers at once: all of what they save is there, none is refused, and threads share their commits."""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from changes_under_way import document, held, usable

from searchkit import Document, SearchIndex
from searchkit.engines.whoosh.upkeep import problems

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
THREADS, PROCESSES = 8, 4


def save(index, name, times, *, deletes=False):
    """Add documents one by one, a commit each, and delete every third again."""
    for number in range(times):
        assert index.add([document(f"{name} {number}")]).added == 1
        if deletes and number % 3 == 2:
            assert index.delete([f"{name} {number - 1}"]) == 1


def names(name, times, *, deletes=False):
    gone = {number - 1 for number in range(2, times, 3)} if deletes else ()
    return {f"{name} {number}" for number in range(times) if number not in gone}


def save_elsewhere(path, begin, name, times, deletes):
    with SearchIndex.open(path) as index:
        begin.wait(60)
        save(index, name, times, deletes=deletes)


def timed(path, times, *, threads=0, processes=0, deletes=False):
    """Let so many save so often each; return changes a second once all were ready, and commits."""
    fork = multiprocessing.get_context("fork")
    begin = fork.Barrier(processes + 1)
    started = [
        fork.Process(target=save_elsewhere, args=(path, begin, f"p{number}", times, deletes))
        for number in range(processes)
    ]
    for process in started:
        process.start()
    with SearchIndex.open(path) as index, ThreadPoolExecutor(threads or 1) as pool:
        before = index.info().generation
        begin.wait(60)
        since = time.perf_counter()
        saves = [pool.submit(save, index, f"t{number}", times, deletes=deletes) for number in range(threads)]
        for future in saves:
            future.result()
        for process in started:
            process.join(300)
            assert process.exitcode == 0
        took = time.perf_counter() - since
        commits = index.info().generation - before
    kinds = [f"t{number}" for number in range(threads)] + [f"p{number}" for number in range(processes)]
    expected = {id_ for kind in kinds for id_ in names(kind, times, deletes=deletes)}
    assert held(path).keys() == expected
    usable(path, held(path))
    return len(kinds) * (times + deletes * (times // 3)) / took, commits


def test_all_that_many_writers_save_is_there(tmp_path, scale):
    times = max(3, round(50 * scale))
    rows = {
        "one thread": {"threads": 1, "times": THREADS * times},
        f"{THREADS} threads": {"threads": THREADS, "times": times},
        f"{PROCESSES} processes": {"processes": PROCESSES, "times": times},
        f"{THREADS} threads, {PROCESSES} processes, with deletes": {
            "threads": THREADS,
            "processes": PROCESSES,
            "times": times,
            "deletes": True,
        },
    }
    rates = {}
    print()
    for name, row in rows.items():
        rates[name], commits = timed(tmp_path / name, **row)
        print(f"{name:45} {rates[name]:8.1f} changes a second in {commits:4} commits, none lost, no error")
    gain = rates[f"{THREADS} threads"] / rates["one thread"]
    print(f"{THREADS} threads that share commits save {gain:.1f} times as fast as one alone")
    assert gain > 1


def save_same(path, begin, name, times):
    with SearchIndex.open(path) as index:
        begin.wait(60)
        for number in range(times):
            index.add([Document(id="one", body=f"باغ {number}", fields={"by": name})])
            assert len(index) == 1


def test_what_all_of_them_save_at_once_is_there_once(tmp_path, scale):
    times = max(3, round(50 * scale))
    fork = multiprocessing.get_context("fork")
    begin = fork.Barrier(2 * PROCESSES)
    started = [fork.Process(target=save_same, args=(tmp_path, begin, name, times)) for name in range(2 * PROCESSES)]
    for process in started:
        process.start()
    for process in started:
        process.join(300)
        assert process.exitcode == 0
    with SearchIndex.open(tmp_path, verify=True) as index:
        assert list(problems(tmp_path)) == []
        (hit,) = index.search("باغ")
        assert hit.document.body == f"باغ {times - 1}"
        assert index.info().documents == 1
    print(f"\n{len(started)} processes saved one document {times} times each: it is there once, as it was saved last")
