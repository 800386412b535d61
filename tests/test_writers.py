"""Many who write at once: each in turn, none refused before its time, nothing lost, one commit for several."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from whoosh.fields import ID, Schema

from searchkit import Document, IndexLockedError, IndexLockLostError, SearchIndex, StorageError, WriteOptions
from searchkit.engines.whoosh import open_index
from searchkit.engines.whoosh.engine import WhooshWriter
from searchkit.engines.whoosh.reading.commits import Commits

ROOT = Path(__file__).parents[1]
AT_ONCE = WriteOptions(wait=0)


def document(id_):
    return Document(id=id_, body=f"باغ {id_}")


def ids(path):
    with SearchIndex.open(path, create=False) as index:
        return {record.id for record in index._engine.reader().records()}


SAVING = """
import sys
from searchkit import Document, SearchIndex

with SearchIndex.open(sys.argv[1]) as index:
    for number in range(int(sys.argv[3])):
        name = f"{sys.argv[2]} {number}"
        assert index.add([Document(id=name, body="باغ")]).added == 1
        assert [hit.id for hit in index.search("باغ", limit=1000) if hit.id == name]
        if number % 3 == 2:
            assert index.delete([f"{sys.argv[2]} {number - 1}"]) == 1
"""


def saving(path, name, times):
    return subprocess.Popen(
        [sys.executable, "-c", SAVING, str(path), name, str(times)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_threads_and_processes_that_save_at_once_lose_nothing(tmp_path):
    times = 12
    others = [saving(tmp_path, name, times) for name in "abc"]  # they open a new index at once, too
    with SearchIndex.open(tmp_path) as index, ThreadPoolExecutor(6) as pool:

        def save(name):
            for number in range(times):
                assert index.add([document(f"{name} {number}")]).added == 1
                if number % 3 == 2:
                    assert index.delete([f"{name} {number - 1}"]) == 1
            return True

        assert all(pool.map(save, "uvwxyz"))
    for other in others:
        _, told = other.communicate(timeout=60)
        assert other.returncode == 0, told
    assert ids(tmp_path) == {f"{name} {number}" for name in "abcuvwxyz" for number in range(times) if number % 3 != 1}


def save(index, id_):
    if isinstance(index, SearchIndex):
        index.add([document(id_)])
    else:
        with index.writer() as writer:
            writer.add_document(id=id_)


def of_own_fields(path):
    return open_index(path, Schema(id=ID(stored=True)))


@pytest.mark.parametrize("opened", [SearchIndex.open, open_index, of_own_fields])
@pytest.mark.parametrize("looks", [1, 2])
def test_an_index_that_another_makes_meanwhile_is_kept(tmp_path, monkeypatch, opened, looks):
    """The other makes it, and saves, when the one that opens has looked so many times and seen none."""
    path, exists, seen = tmp_path / "index", Commits.exists, []

    def looking(folder):
        there = exists(folder)
        seen.append(there)
        if len(seen) == looks:
            save(opened(path), "theirs")
        return there

    monkeypatch.setattr(Commits, "exists", staticmethod(looking))
    index = opened(path)
    assert seen[:looks] == [False] * looks
    save(index, "mine")
    again = opened(path)
    assert (len(again) if opened == SearchIndex.open else again.doc_count()) == 2


@pytest.fixture
def index(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        yield index


@contextmanager
def written(index, monkeypatch):
    """Meanwhile another thread writes; when it ends, it has added a document `first`."""
    begun, ending = threading.Event(), threading.Event()

    def slow():
        begun.set()
        assert ending.wait(30)
        yield document("first")

    with ThreadPoolExecutor(1) as pool:
        # more than a few documents, so that it goes alone
        stream = (each for part in ([document(f"f{n}") for n in range(64)], slow()) for each in part)
        future = pool.submit(index.add, stream)
        assert begun.wait(30)
        try:
            yield
        finally:
            ending.set()
            assert future.result().added == 65


def test_small_changes_that_wait_share_a_commit(index, monkeypatch):
    with ThreadPoolExecutor(8) as pool:
        with written(index, monkeypatch):
            saves = [pool.submit(index.add, [document(str(number))]) for number in range(7)]
            deletes = pool.submit(index.delete, ["f1", "f2", "none"])
            time.sleep(0.3)
            before = index.info().generation
        assert [save.result().added for save in saves] == [1] * 7
        assert deletes.result() == 2
    assert index.info().generation <= before + 3  # the long one, one for all who waited, perhaps one for who came late
    assert index.info().documents == 65 + 7 - 2


def test_who_does_not_want_to_wait_is_told_at_once_and_by_whom(index, monkeypatch):
    with written(index, monkeypatch):
        for change in (
            lambda: index.add([document("x")], options=AT_ONCE),
            lambda: index.add([document("x")], options=WriteOptions(wait=0.2)),
            lambda: index.add([document("x")], prune="nowhere", options=AT_ONCE),
            lambda: index.delete(["x"], AT_ONCE),
        ):
            started = time.monotonic()
            with pytest.raises(IndexLockedError, match="another thread"):
                change()
            assert time.monotonic() - started < 5
        with pytest.raises(IndexLockedError, match=f"process {os.getpid()} on .* since .* --wait"):
            SearchIndex.open(index._engine.path).add([document("x")], options=AT_ONCE)
    assert "x" not in ids(index._engine.path)


def test_one_whose_change_fails_does_not_take_the_others_along(index, monkeypatch):
    put = WhooshWriter.put

    def failing(writer, document):
        if document.id == "bad":
            raise ZeroDivisionError
        return put(writer, document)

    monkeypatch.setattr(WhooshWriter, "put", failing)
    with ThreadPoolExecutor(8) as pool:
        with written(index, monkeypatch):
            saves = {name: pool.submit(index.add, [document(name)]) for name in ("a", "bad", "b", "c")}
            time.sleep(0.3)
        assert [saves[name].result().added for name in "abc"] == [1] * 3
        with pytest.raises(ZeroDivisionError):
            saves["bad"].result()
    assert {"a", "b", "c"} < ids(index._engine.path)


def test_an_interrupt_is_of_one_thread_alone(index, monkeypatch):
    put = WhooshWriter.put
    raised = []

    def interrupted(writer, document):
        if document.id in "abc" and not raised:
            raised.append(threading.current_thread())
            raise KeyboardInterrupt
        return put(writer, document)

    monkeypatch.setattr(WhooshWriter, "put", interrupted)
    with ThreadPoolExecutor(8) as pool:
        with written(index, monkeypatch):
            saves = [pool.submit(index.add, [document(name)]) for name in "abc"]
            time.sleep(0.3)
        outcomes = [save.exception() or save.result().added for save in saves]
    assert sorted(map(type, outcomes), key=repr) == [KeyboardInterrupt, int, int]
    assert len(ids(index._engine.path) & set("abc")) == 2


# the lock


def test_a_lock_of_a_process_that_died_holds_nobody(tmp_path):
    program = "import sys, os, signal; from searchkit import *\nindex = SearchIndex.open(sys.argv[1])\n"
    program += "with index._engine.writer():\n    os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert SearchIndex.open(tmp_path).add([document("1")], options=AT_ONCE).added == 1


def test_a_copy_of_a_folder_that_is_written_can_be_written(index, tmp_path):
    index.add([document("1")])
    with index._engine.writer():
        shutil.copytree(tmp_path, tmp_path / "copy", ignore=shutil.ignore_patterns("copy"))
        copy = SearchIndex.open(tmp_path / "copy")
        assert copy.add([document("2")], options=AT_ONCE).added == 1


@pytest.mark.parametrize("lose", [Path.unlink, lambda lock: lock.rename(lock.with_name("gone"))])
def test_a_writer_whose_lock_was_taken_keeps_its_hands_off(index, tmp_path, lose):
    index.add([document("1")])
    other = SearchIndex.open(tmp_path)
    with pytest.raises(IndexLockLostError, match="try again"), index._engine.writer() as writer:
        writer.put(document("mine"))
        lose(tmp_path / "MAIN.lock")
        assert other.add([document("theirs")], options=AT_ONCE).added == 1
    assert ids(tmp_path) == {"1", "theirs"}
    assert index.add([document("2")]).added == 1
    assert ids(tmp_path) == {"1", "2", "theirs"}


def test_a_writer_that_is_stopped_and_fails_removes_nothing_of_others(index, tmp_path):
    other = SearchIndex.open(tmp_path)
    with pytest.raises(ZeroDivisionError), index._engine.writer(WriteOptions(memory=1)) as writer:
        for number in range(3):
            writer.put(document(f"mine {number}"))
        writer._writer._end_batch()  # a file of it lies there
        (tmp_path / "MAIN.lock").unlink()
        other.add([document(f"theirs {number}") for number in range(3)])
        raise ZeroDivisionError
    assert ids(tmp_path) == {f"theirs {number}" for number in range(3)}
    assert SearchIndex.open(tmp_path).search("باغ").total == 3


def test_a_link_in_place_of_the_lock_is_refused(index, tmp_path):
    target = tmp_path / "target"
    target.write_text("kept")
    (tmp_path / "MAIN.lock").unlink(missing_ok=True)
    (tmp_path / "MAIN.lock").symlink_to(target)
    with pytest.raises(StorageError, match="is a link"):
        index.add([document("1")])
    assert target.read_text() == "kept"


# long runs


@pytest.mark.parametrize("every", [10, timedelta(microseconds=1)])
def test_a_long_run_keeps_what_it_has_committed(index, every):
    def documents():
        yield from (document(str(number)) for number in range(95))
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        index.add(documents(), options=WriteOptions(commit_every=every))
    assert 90 <= index.info().documents <= 95


def test_a_run_in_parts_reports_and_prunes_as_one(index):
    def of(number):
        return Document(id=str(number), body="باغ", fields={"source": f"docs/{number}"})

    index.add([of(number) for number in range(80)])
    report = index.add([of(number) for number in range(5, 120)], prune="docs", options=WriteOptions(commit_every=7))
    assert (report.added, report.unchanged, report.removed) == (40, 75, 5)
    assert index.info().documents == 115
