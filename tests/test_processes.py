"""Several processes share work: results in order, failures told, nobody left behind."""

from __future__ import annotations

import operator
import os
import subprocess
import sys
import time
from concurrent.futures import Future
from functools import partial
from itertools import chain
from multiprocessing import active_children
from pathlib import Path

import pytest

from searchkit import Document, SearchIndex, WorkerError, WriteOptions
from searchkit.loading import LoadOptions, discover, read_sources
from searchkit.processes import Processes


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr("searchkit.processes.PATIENCE", 0)


def results(processes, tasks):
    try:
        return list(chain.from_iterable([*map(list, map(processes.do, tasks)), list(processes.rest())]))
    finally:
        processes.close()


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_are_in_the_order_of_the_tasks(jobs):
    assert results(Processes(operator.neg, operator.neg, jobs), range(50)) == [-task for task in range(50)]


def test_short_work_starts_no_other_process(monkeypatch):
    monkeypatch.setattr("searchkit.processes.PATIENCE", 60)
    processes = Processes(operator.neg, os._exit, 8)
    assert results(processes, range(50)) == [-task for task in range(50)]


class Idle:
    """A pool of processes that do a task when its result is waited for, and no sooner."""

    def __init__(self, *arguments):
        self.under_way = []

    def submit(self, work, task):
        future = Future()
        future.result = lambda: self.under_way.remove(future) or work(task)
        self.under_way.append(future)
        return future

    def shutdown(self, **options):
        pass


@pytest.mark.parametrize("jobs", [2, 3])
def test_others_have_few_tasks_and_few_results_wait_for_them(monkeypatch, jobs):
    monkeypatch.setattr("searchkit.processes.ProcessPoolExecutor", Idle)
    processes, given, found = Processes(operator.neg, operator.neg, jobs), 0, []
    for task in range(200):
        found += processes.do(task)
        given = max(given, len(processes._pool.under_way) if processes._pool else 0)
        assert task + 1 - len(found) <= 8 * jobs
    assert given == 2 * (jobs - 1)
    assert [*found, *processes.rest()] == [-task for task in range(200)]


def test_what_a_task_raises_elsewhere_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        results(Processes(abs, partial(operator.truediv, 1), 2), [0])


def test_a_process_that_dies_is_told():
    with pytest.raises(WorkerError, match="nothing was changed"):
        results(Processes(abs, os._exit, 2), range(50))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="tells by /proc who is alive")
def test_others_end_with_the_process_that_started_them():
    program = (
        "import multiprocessing, time, searchkit.processes as p\n"
        "p.PATIENCE = 0\n"
        "processes = p.Processes(time.sleep, time.sleep, 2)\n"
        "list(processes.do(60))\n"
        "print(*(child.pid for child in multiprocessing.active_children()), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        other = int(parent.stdout.readline())
        time.sleep(1)  # until it works
        parent.kill()
    until = time.monotonic() + 30
    while alive(other) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(other)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def documents(count):
    return [Document(id=str(number), body=f"کتاب {number} باغ " * 500) for number in range(count)]


def test_the_index_stays_as_it_was_when_a_process_dies(tmp_path):
    def deadly():
        for document in documents(3000):
            yield document
            for child in active_children():
                child.kill()

    with SearchIndex.open(tmp_path) as index:
        index.add([Document(id="old", body="کتاب")])
        with pytest.raises(WorkerError):
            index.add(deadly(), options=WriteOptions(jobs=2))
        assert [hit.id for hit in index.search("کتاب")] == ["old"]
        assert index.add(documents(2)).added == 2  # the lock is free
    assert not active_children()


@pytest.mark.parametrize("wait", ["", ", wait=1"])
def test_a_script_without_a_guard_is_told_at_once_what_it_needs(tmp_path, wait):
    script = tmp_path / "script.py"
    script.write_text(
        "import searchkit, searchkit.processes\n"
        "searchkit.processes.PATIENCE = 0\n"
        "documents = [searchkit.Document(id=str(n), body='کتاب ' * 10_000) for n in range(300)]\n"
        "with searchkit.SearchIndex.open('index') as index:\n"
        f"    index.add(documents, options=searchkit.WriteOptions(jobs=3{wait}))\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    ran = subprocess.run(
        [sys.executable, script], cwd=tmp_path, env=environment, capture_output=True, check=False, text=True
    )
    assert ran.returncode == 1
    assert "if __name__ == '__main__'" in ran.stderr.splitlines()[-1]
    assert "has begun this one to help" in ran.stderr  # by who helps, instead of waiting
    assert "still so after" not in ran.stderr
    with SearchIndex.open(tmp_path / "index", create=False) as index:
        assert len(index) == 0


def test_sources_are_read_the_same_by_any_number_of_processes(tmp_path, monkeypatch):
    monkeypatch.setattr("searchkit.loading.sources._BATCH", 1 << 16)
    for number in range(30):
        (tmp_path / f"{number}.html").write_text(f"<title>{number}</title><p>باغ {number}", encoding="utf-8")
    (tmp_path / "5.bin").write_bytes(b"\0")
    (tmp_path / "7.jsonl").write_text('{"id": "x", "body": "باغ"}\n' * 3000, encoding="utf-8")  # a large one
    one, two = (list(read_sources(discover([tmp_path], LoadOptions()), LoadOptions(), jobs)) for jobs in (1, 2))
    assert one == two
    assert len(one) == 3031
