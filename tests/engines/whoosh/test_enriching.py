"""Whatever happens while an index is given vectors, it holds a whole commit, nothing is lost, and nothing is left."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import zstandard
from damages import FURTHER, contents, document, everything, fill, restore
from disks import Disk
from forging import STORED, frame, sealed, sections, with_segment
from vectored import MEANING, check_vectors, enrich, enrich_all, passages

from searchkit import Document, IndexLockedError, IndexLockLostError, StorageError, WriteOptions
from searchkit.engines.whoosh import enriching
from searchkit.engines.whoosh.engine import WhooshEngine
from searchkit.engines.whoosh.format import toc
from searchkit.engines.whoosh.upkeep import problems
from searchkit.persian import default_analyzer

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Two segments, one with a deleted document."""
    path = tmp_path_factory.mktemp("whole") / "index"
    fill(path)
    return contents(path)


@pytest.fixture
def engine(tmp_path, whole):
    restore(tmp_path / "index", whole)
    return opened(tmp_path / "index")


def opened(path):
    return WhooshEngine(path, default_analyzer(), create=False)


def names(path):
    return {file.name for file in path.iterdir()}


def needed(engine):
    """The names of the files that the newest commit needs; the locks stay."""
    table = engine._commits.toc()
    files = {f"MAIN-{entry.name}.segment" for entry in table.segments}
    return {"MAIN.lock", "MAIN.door", f"MAIN-{table.generation}.json", *files}


PATIENT = WriteOptions(wait=60)


def put(engine, *documents):
    with engine.writer(PATIENT) as writer:
        for each in documents:
            writer.put(each)


class PowerCut(BaseException):
    """Nothing that follows reaches the disk."""


def calls(path, whole, *, first=False, looks=False):
    """The numbers of the calls to the disk while segments are given vectors: the first or last of each place."""
    restore(path, whole)
    engine = opened(path)
    with Disk(path, looks=looks) as disk:
        enrich(engine)
    numbered = list(enumerate(disk.kinds, 1))
    return sorted({kind: call for call, kind in (numbered[::-1] if first else numbered)}.values())


@pytest.mark.parametrize(
    ("raises", "told", "looks"),
    [
        (OSError, StorageError, False),
        (OSError, StorageError, True),
        (MemoryError, MemoryError, False),
        (KeyboardInterrupt, KeyboardInterrupt, False),
    ],
)
def test_whichever_call_to_the_disk_fails_nothing_is_left(tmp_path, whole, raises, told, looks):
    path = tmp_path / "index"
    tried = calls(path, whole, looks=looks)[:: 3 if looks else 1]
    assert len(tried) > 10
    found = everything(path)
    outcomes = set()
    for failing in tried:
        restore(path, whole)
        engine = opened(path)
        with Disk(path, failing=failing, raises=raises, looks=looks) as disk:
            with suppress(told):
                enrich(engine)
            assert disk.calls >= failing
        outcomes.add(len(check_vectors(path)))
        assert not list(path.glob("*.copy")), failing
        assert everything(path) == found
        assert list(problems(path)) == []
        put(engine, FURTHER)
        enrich_all(engine)
        assert len(check_vectors(path)) == 11
        assert names(path) == needed(engine), failing
    assert outcomes == {8, 10}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc what a descriptor is")
def test_a_power_cut_leaves_a_whole_commit(tmp_path, whole, seed):
    path, chosen = tmp_path / "index", random.Random(seed)  # noqa: S311
    outcomes = set()
    for failing in calls(path, whole, first=True):
        restore(path, whole)
        engine = opened(path)
        with Disk(path, failing=failing, raises=PowerCut, once=False) as disk:
            disk.names = {file.name: file.read_bytes() for file in path.iterdir()}
            disk.synced = {file.stat().st_ino: file.read_bytes() for file in path.iterdir()}
            with suppress(PowerCut):
                enrich(engine)
        left = {file.name: file.read_bytes() for file in path.iterdir()}
        for files in (left, disk.forced(), *(disk.after_power_loss(chosen) for _ in range(2))):
            after = tmp_path / "after"
            restore(after, files)
            outcomes.add(len(check_vectors(after)))
            assert list(problems(after)) == []
            engine = opened(after)
            (after / "MAIN-01234567.copy").write_bytes(b"of another crash")
            put(engine, FURTHER)
            enrich_all(engine)
            assert len(check_vectors(after)) == 11
            assert names(after) == needed(engine), failing
    assert outcomes >= {0, 8}


PRELUDE = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from vectored import *
path = Path(sys.argv[1])
engine = WhooshEngine(path, default_analyzer())
"""


def program(text, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(text), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
    )


STEPS = {
    "while vectors are made": "passages.__globals__['crc32'] = lambda _: stop()",
    "while it is copied": "import searchkit.engines.whoosh.enriching as at; at.nothing_of = lambda *_: stop()",
    "before the copy is there": "os.fsync = lambda _: stop()",
    "before it has its name": "Path.rename = lambda *_: stop()",
    "before the table is there": "os.link = lambda *_: stop()",
    "before others are removed": "import searchkit.engines.whoosh.format.toc as at; at.clean = lambda *_: stop()",
}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_is_killed_leaves_a_whole_index(engine, step):
    found = everything(engine.path)
    stop = "import os\ndef stop():\n    print('here', flush=True)\n    time.sleep(60)\n"
    with program(f"{stop}{STEPS[step]}\nenrich(engine)\n", engine.path) as killed:
        assert killed.stdout.readline() == "here\n"
        killed.kill()
    assert everything(engine.path) == found
    assert len(check_vectors(engine.path)) == (8 if "others" in step else 0)
    assert list(problems(engine.path)) == []
    enrich_all(engine)
    assert len(check_vectors(engine.path)) == 10
    assert names(engine.path) == needed(engine)


def until(ends, failures, work):
    """A thread that does some work again and again."""

    def run():
        number = 0
        while time.monotonic() < ends and not failures:
            number += 1
            try:
                work(number)
            except IndexLockedError:
                pass
            except BaseException as error:  # noqa: BLE001 - told by the test
                failures.append(error)

    return threading.Thread(target=run)


def test_threads_add_delete_optimize_search_and_give_vectors_at_once(engine):
    kept = {document(number).id for number in range(11) if number != 3}

    def add(number):
        three = [document(number * 3 + part + 100) for part in range(3)]
        put(engine, *three)
        kept.update(each.id for each in three)
        with engine.writer(PATIENT) as writer:
            assert writer.delete(three[0].id)
        kept.discard(three[0].id)

    def search(_):
        with engine.reader() as reader:
            assert len(list(reader.records())) == len(reader)
            documents, count, _ = reader.vectors
            assert count == 2 * documents <= 2 * len(reader)

    works = add, search, lambda _: engine.optimize(), lambda _: enrich(engine), lambda _: enrich(opened(engine.path))
    failures, ends = [], time.monotonic() + 4
    threads = [until(ends, failures, work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(kept) > 10
    enrich_all(engine)
    assert check_vectors(engine.path) == kept
    assert list(problems(engine.path)) == []
    put(engine, FURTHER)
    assert names(engine.path) == needed(engine)


def test_processes_add_and_give_vectors_at_once(tmp_path):
    adds = """
        from searchkit.documents import Document
        from searchkit.engines.base import WriteOptions
        patient = WriteOptions(wait=60)
        for number in range(12):
            with engine.writer(patient) as writer:
                for part in range(3):
                    writer.put(Document(id=f"{number} {part}", body=f"باغ {number} {part}"))
                if number > 3:
                    writer.delete(f"{number - 3} 0")
            if number % 5 == 4:
                engine.optimize(patient)
    """
    gives = """
        ends = time.monotonic() + 60
        while len(engine.reader()) < 27 and time.monotonic() < ends:
            enrich(engine)
        enrich_all(engine)
    """
    path = tmp_path / "index"
    WhooshEngine(path, default_analyzer()).close()
    programs = [program(text, path) for text in (adds, gives, gives)]
    for each in programs:
        each.communicate(timeout=90)
    assert [each.returncode for each in programs] == [0, 0, 0]
    assert len(check_vectors(path)) == 28
    assert list(problems(path)) == []
    assert not list(path.glob("*.copy"))


def test_where_no_document_waits_nothing_is_copied(engine):
    enrich_all(engine)
    with Disk(engine.path) as disk:
        assert {each[:2] for each in enrich(engine)} == {(0, 0)}
    assert disk.calls == 0


def test_who_comes_later_takes_the_copy_of_the_other_away(engine):
    def slow(asked):
        if asked.id == document(0).id:
            assert engine.enrich(part, MEANING, passages)[:2] == (8, 16)
        return passages(asked)

    part = engine.reader().parts[0]
    assert engine.enrich(part, MEANING, slow) is None
    part = engine.reader().parts[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enriching.WriterLock, "take", lambda *_: [file.unlink() for file in engine.path.glob("*.copy")])
        assert engine.enrich(part, MEANING, passages) is None
    assert len(check_vectors(engine.path)) == 8
    enrich(engine)
    assert len(check_vectors(engine.path)) == 10


def test_where_another_writes_all_the_time_that_is_told_and_nothing_left(engine, monkeypatch):
    monkeypatch.setattr("searchkit.engines.whoosh.enriching.WriteOptions", lambda: type("Options", (), {"wait": 0.05}))
    with opened(engine.path).writer() as writer:
        writer.put(FURTHER)
        before = names(engine.path)
        with pytest.raises(IndexLockedError):
            enrich(engine)
        assert names(engine.path) == before
    enrich_all(engine)
    assert len(check_vectors(engine.path)) == 11


def unlocked(engine):
    """Somebody removes the lock, and writes."""
    (engine.path / "MAIN.lock").unlink()
    put(opened(engine.path), FURTHER)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), PermissionError(13, "Permission denied")])
@pytest.mark.parametrize("what", ["rename", "stat"])
def test_a_copy_that_cannot_take_its_place_is_removed(engine, monkeypatch, what, error):
    before = contents(engine.path)
    real = getattr(Path, what)

    def refused(path, *arguments, **options):
        if path.suffix == ".copy" or "r0-" in path.name:
            raise error
        return real(path, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, what, refused)
        with pytest.raises(StorageError, match=error.strerror):
            enrich(engine)
    assert contents(engine.path) == before
    assert not list(engine.path.glob("*.copy"))


@pytest.mark.parametrize(("owner", "step"), [(toc, "sync"), (enriching, "seal")])
def test_a_lock_that_is_lost_on_the_way_keeps_nothing(engine, monkeypatch, owner, step):
    real = getattr(owner, step)

    def lost(path):
        monkeypatch.setattr(owner, step, real)
        done = real(path)
        unlocked(engine)
        if owner is enriching:  # a memory card, which would let a table be replaced
            monkeypatch.setattr(os, "link", Mock(side_effect=PermissionError(1, "Operation not permitted")))
        return done

    monkeypatch.setattr(owner, step, lost)
    with pytest.raises(IndexLockLostError):
        enrich(engine)
    assert check_vectors(engine.path) == set()
    assert len(opened(engine.path).reader()) == 11
    assert not [name for name in names(engine.path) if "r0-" in name or name.endswith(".copy")]
    enrich(engine)
    assert len(check_vectors(engine.path)) == 11


def test_a_folder_that_is_removed_meanwhile_is_told(engine):
    def removing(asked):
        shutil.rmtree(engine.path, ignore_errors=True)
        return passages(asked)

    with pytest.raises(StorageError):
        engine.enrich(engine.reader().parts[0], MEANING, removing)
    assert not engine.path.exists() or names(engine.path) <= {"MAIN.lock", "MAIN.door"}


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is refused to root")
def test_a_folder_that_can_only_be_read_is_told(engine):
    engine.path.chmod(0o555)
    try:
        with pytest.raises(StorageError, match="denied"):
            enrich(engine)
    finally:
        engine.path.chmod(0o755)
    assert check_vectors(engine.path) == set()


def test_a_disk_that_is_full_is_told_and_nothing_is_left(tmp_path):
    pytest.importorskip("resource")
    path = tmp_path / "index"
    engine = WhooshEngine(path, default_analyzer())
    put(engine, *(Document(id=str(number), body=f"باغ {number} " * 50) for number in range(400)))
    before = contents(path)
    text = """
        import resource, signal
        from searchkit import StorageError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        for limit in (10, 1000, 5000, 20_000):
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            try:
                enrich(engine)
            except StorageError as error:
                print("File too large" in str(error), flush=True)
    """
    with program(text, path) as full:
        assert full.communicate(timeout=60)[0].splitlines() == ["True"] * 4
    assert contents(path) == before
    assert names(path) == needed(engine)


@pytest.mark.parametrize("at_once", [1, 2, 3, 8])
def test_vectors_are_merged_some_at_a_time(engine, monkeypatch, at_once):
    monkeypatch.setattr("searchkit.engines.whoosh.writing.merging._VECTORS", at_once)
    engine.enrich(engine.reader().parts[0], MEANING, lambda each: None if each.id.endswith("5") else passages(each))
    before = check_vectors(engine.path)
    engine.optimize()
    assert check_vectors(engine.path) == before
    assert len(before) == 7
    assert list(problems(engine.path)) == []


def test_what_is_copied_is_checked_first(engine, whole):
    (name,) = (name for name in whole if "-1r1" in name)
    data = whole[name]
    place = data.index("باغ".encode())
    files = whole | {name: data[:place] + b"\0" + data[place + 1 :]}
    restore(engine.path, files)
    part = opened(engine.path).reader().parts[0]
    with pytest.raises(StorageError, match=name):
        opened(engine.path).enrich(part, MEANING, passages)
    assert contents(engine.path) == files


@pytest.mark.parametrize("stored", ["null", "[]", "a document that is none", "no body", "no date"])
def test_a_forged_document_is_told(engine, whole, tmp_path, stored):
    (name,) = (name for name in whole if "-2r1" in name)
    values, about = sections(engine.path / name)
    lines = zstandard.ZstdDecompressor().decompress(values["stored"].tobytes()).split(b"\n")
    block = STORED.get(stored, lambda lines: frame(b"\n".join(stored.encode() for _ in lines)))(lines)
    values["stored"] = np.frombuffer(block, np.uint8)
    values["stored_starts"] = np.array([0, len(block)], np.uint64)
    restore(engine.path, with_segment(whole, name, sealed(values, about, tmp_path / "scratch")))
    part = opened(engine.path).reader().parts[1]
    with pytest.raises(StorageError, match=name):
        opened(engine.path).enrich(part, MEANING, passages)
