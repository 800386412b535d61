"""Whatever happens while an index is written, it holds a whole commit: the last one, or the one that was under way."""

from __future__ import annotations

import inspect
import random
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress
from pathlib import Path
from unittest.mock import Mock

import pytest
from damages import contents, fill, restore
from disks import Disk

from searchkit import Document, IndexLockedError, SearchIndex, StorageError, WriteOptions
from searchkit.engines.whoosh.engine import WhooshEngine
from searchkit.engines.whoosh.format import toc
from searchkit.persian import default_analyzer

pytestmark = pytest.mark.thorough

COMMITS = [
    ({"1": "باغ", "2": "آب", "3": "کتاب"}, ()),
    ({"2": "درخت", "4": "چای"}, ()),
    ({}, ("1", "4")),
    ({str(number): f"باغ {number}" for number in range(10, 16)}, ("3",)),
]
STATES = [{}]  # what is there after each commit
for added, deleted in COMMITS:
    STATES.append({id_: body for id_, body in {**STATES[-1], **added}.items() if id_ not in deleted})


def commit(engine, number):
    added, deleted = COMMITS[number]
    with engine.writer() as writer:
        for id_, body in added.items():
            writer.put(Document(id=id_, body=body))
        for id_ in deleted:
            writer.delete(id_)


def state(path):
    """Read all of an index, with checksums."""
    engine = WhooshEngine(path, default_analyzer(), create=False, verify=True)
    with engine.reader() as reader:
        numbers = [reader.number(record.id) for record in reader.records()]
        return {document.id: document.body for document in reader.documents(numbers)}


def counted(path, *, looks=False):
    """The numbers of the calls to the disk by their kind: what they do, on which line, for which commit."""
    engine = WhooshEngine(path, default_analyzer())
    found = {}
    with Disk(path, looks=looks) as disk:
        for number in range(len(COMMITS)):
            before = disk.calls
            commit(engine, number)
            for call, kind in enumerate(disk.kinds[before:], before + 1):
                found.setdefault((number, *kind), []).append(call)
    return found


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    """The calls that change the disk."""
    found = counted(tmp_path_factory.mktemp("counted"))
    assert len(found) > 30
    return found


@pytest.fixture(scope="module")
def looks(tmp_path_factory):
    """These, and those that only look."""
    found = counted(tmp_path_factory.mktemp("counted"), looks=True)
    assert {name for _, name, *_ in found} >= {"open", "mmap", "stat", "listdir", "fsync"}
    return found


FIRST, MIDDLE, LAST = range(3)


def some(kinds, *chosen):
    """Of the calls of each kind the first, the one in the middle or the last: the same line does the same in others."""
    return sorted({calls[len(calls) * at // 2 if at < LAST else -1] for calls in kinds.values() for at in chosen})


def every(kinds):
    """All calls, which takes minutes."""
    return sorted(call for calls in kinds.values() for call in calls)


def in_any_commit(kinds):
    """The same where it does not matter for which commit a call is."""
    found = {}
    for (_, *kind), calls in kinds.items():
        found.setdefault(tuple(kind), []).extend(calls)
    return found


def names(path):
    return {file.name for file in path.iterdir()}


def needed(engine):
    """The names of the files that the newest commit needs; the locks stay."""
    table = engine._commits.toc()
    return {
        "MAIN.lock",
        "MAIN.door",
        f"MAIN-{table.generation}.json",
        *(f"MAIN-{entry.name}.segment" for entry in table.segments),
    }


@pytest.mark.parametrize(
    ("raises", "told", "chosen"),
    [
        (OSError, StorageError, lambda kinds: some(kinds, FIRST, MIDDLE, LAST)),
        (MemoryError, MemoryError, lambda kinds: some(in_any_commit(kinds), FIRST, LAST)),
        (KeyboardInterrupt, KeyboardInterrupt, lambda kinds: some(in_any_commit(kinds), MIDDLE)),
        pytest.param(OSError, StorageError, every, marks=pytest.mark.soak),
        pytest.param(MemoryError, MemoryError, every, marks=pytest.mark.soak),
        pytest.param(KeyboardInterrupt, KeyboardInterrupt, every, marks=pytest.mark.soak),
    ],
    ids="disk memory interrupt disk-every memory-every interrupt-every".split(),
)
def test_whichever_call_fails_the_commit_before_stays_and_the_next_try_goes_well(tmp_path, kinds, raises, told, chosen):
    for failing in chosen(kinds):
        path = tmp_path / str(failing)
        engine = WhooshEngine(path, default_analyzer())
        with Disk(path, failing=failing, raises=raises) as disk:
            broken_off_and_tried_again(engine, told)
            assert disk.calls >= failing
        commit(engine, 0)
        assert names(path) == needed(engine)


def broken_off_and_tried_again(engine, told):
    """Make the commits, those again that an error keeps off, and see what there is then."""
    done = 0
    try:
        for done in range(len(COMMITS)):
            commit(engine, done)
    except told:
        assert state(engine.path) in (STATES[done], STATES[done + 1])
        for again in range(done, len(COMMITS)):
            commit(engine, again)
    assert state(engine.path) == STATES[-1]


@pytest.mark.parametrize(
    "chosen", [lambda kinds: some(in_any_commit(kinds), MIDDLE), pytest.param(every, marks=pytest.mark.soak)]
)
def test_whichever_look_at_the_disk_is_refused_the_same_holds(tmp_path, looks, chosen):
    for failing in chosen(looks):
        path = tmp_path / str(failing)
        engine = WhooshEngine(path, default_analyzer())
        with Disk(path, failing=failing, looks=True) as disk:
            broken_off_and_tried_again(engine, StorageError)
            assert disk.calls >= failing
        commit(engine, 0)
        assert names(path) == needed(engine)


def test_whichever_call_of_a_merge_fails_the_index_holds_the_same(tmp_path):
    fill(tmp_path / "0")
    whole, before = contents(tmp_path / "0"), state(tmp_path / "0")
    with Disk(tmp_path, looks=True) as disk:
        WhooshEngine(tmp_path / "0", default_analyzer()).optimize()
    last = {kind: call for call, kind in enumerate(disk.kinds, 1)}
    assert len(last) > 30
    for failing in last.values():
        path = tmp_path / str(failing)
        restore(path, whole)
        with Disk(path, failing=failing, looks=True) as disk, suppress(StorageError):
            WhooshEngine(path, default_analyzer()).optimize()
        assert disk.calls >= failing
        assert state(path) == before
        engine = WhooshEngine(path, default_analyzer())
        assert engine.optimize().segments == 1
        commit(engine, 1)
        assert state(path) == before | COMMITS[1][0]
        assert names(path) == needed(engine)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc what a descriptor is")
@pytest.mark.parametrize(
    ("calls", "times"),
    [(lambda kinds: some(kinds, FIRST, MIDDLE, LAST), 2), pytest.param(every, 30, marks=pytest.mark.soak)],
)
def test_a_power_cut_leaves_a_whole_commit(tmp_path, kinds, seed, calls, times):
    chosen = random.Random(seed)  # noqa: S311
    outcomes = set()
    for failing in calls(kinds):
        path = tmp_path / str(failing)
        engine = WhooshEngine(path, default_analyzer())
        done = 0
        with Disk(path, failing=failing, raises=PowerCut, once=False) as disk:
            disk.names = {file.name: file.read_bytes() for file in path.iterdir()}
            disk.synced = {file.stat().st_ino: file.read_bytes() for file in path.iterdir()}
            with pytest.raises(PowerCut):
                for done in range(len(COMMITS)):
                    commit(engine, done)
        for left in [disk.forced(), *(disk.after_power_loss(chosen) for _ in range(times))]:
            after = tmp_path / "after"
            restore(after, left)
            found = state(after)
            assert found in (STATES[done], STATES[done + 1]), failing
            outcomes.add(found == STATES[done])
        commit(WhooshEngine(after, default_analyzer()), 3)
    assert outcomes == {True, False}


class PowerCut(BaseException):
    """Nothing that follows reaches the disk."""


def test_what_cannot_be_removed_stays_for_a_later_commit(tmp_path):
    engine = WhooshEngine(tmp_path, default_analyzer())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "unlink", Mock(side_effect=PermissionError))
        for number in range(len(COMMITS)):
            commit(engine, number)
        assert state(tmp_path) == STATES[-1]
        assert names(tmp_path) > needed(engine)
    commit(engine, 0)
    assert names(tmp_path) == needed(engine)


def test_a_commit_that_is_there_has_not_failed_where_nothing_can_be_removed(tmp_path, looks):
    lines, first = inspect.getsourcelines(toc.clean)
    cleaning = [
        (number, calls)
        for (number, _, file, line), calls in looks.items()
        if file == toc.__file__ and first <= line < first + len(lines)
    ]
    for failing in {calls[0] for number, calls in cleaning if number}:
        path = tmp_path / str(failing)
        engine = WhooshEngine(path, default_analyzer())
        with Disk(path, failing=failing, looks=True) as disk:
            for number in range(len(COMMITS)):
                commit(engine, number)
            assert disk.calls >= failing
        assert state(path) == STATES[-1]
    assert cleaning


def test_a_writer_that_fails_leaves_no_files(tmp_path, monkeypatch):
    monkeypatch.setattr("searchkit.engines.whoosh.writer._BATCH_DOCUMENTS", 2)
    engine = WhooshEngine(tmp_path, default_analyzer())
    commit(engine, 0)
    before = names(tmp_path)
    with pytest.raises(ZeroDivisionError), engine.writer(WriteOptions(memory=1)) as writer:
        for number in range(10):
            writer.put(Document(id=str(number), body="باغ"))
        assert len(names(tmp_path) - before) >= 4  # runs that are written
        raise ZeroDivisionError
    assert names(tmp_path) == before
    assert state(tmp_path) == STATES[1]


def test_a_commit_that_the_disk_refuses_leaves_no_files(tmp_path, kinds):
    """A disk without room must not lose more of it by each try."""
    for failing in (calls[-1] for (number, name, *_), calls in kinds.items() if number == 1 and name != "unlink"):
        path = tmp_path / str(failing)
        engine = WhooshEngine(path, default_analyzer())
        with Disk(path, failing=failing) as disk:
            commit(engine, 0)
            before = names(path)
            with pytest.raises(StorageError):
                commit(engine, 1)
            assert disk.calls >= failing
        assert names(path) == before or state(path) == STATES[2]


def test_a_writer_that_cannot_start_keeps_no_lock(tmp_path, monkeypatch):
    engine = WhooshEngine(tmp_path, default_analyzer())
    with monkeypatch.context() as patch:
        patch.setattr("searchkit.engines.whoosh.writer.SegmentFlusher", Mock(side_effect=MemoryError))
        with pytest.raises(MemoryError):
            engine.writer()
    commit(WhooshEngine(tmp_path, default_analyzer()), 0)
    assert state(tmp_path) == STATES[1]


def test_reading_changes_nothing_on_disk(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add([Document(id="1", body="باغ")])
    with Disk(tmp_path, failing=1), SearchIndex.open(tmp_path) as index:
        assert [hit.id for hit in index.search("باغ")] == ["1"]


def program(text, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(text), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


PRELUDE = "import itertools, sys\nfrom searchkit import *\nindex = SearchIndex.open(sys.argv[1])\n"
WRITE_ON = """
    for number in itertools.count(len(index) // 3):
        index.add(Document(id=f"{number} {part}", body="باغ " * 50) for part in range(3))
        print(number, flush=True)
"""


def test_killed_processes_lose_nothing_that_was_acknowledged(tmp_path):
    chosen = random.Random(1)  # noqa: S311
    acknowledged = 0
    for _ in range(6):
        with program(WRITE_ON, tmp_path) as writer:
            acknowledged = int(writer.stdout.readline()) + 1
            time.sleep(chosen.uniform(0, 0.2))
            writer.kill()
            acknowledged += len(writer.stdout.readlines())
        found = state(tmp_path)
        assert len(found) in {3 * acknowledged, 3 * acknowledged + 3}
        assert set(found) == {f"{number} {part}" for number in range(len(found) // 3) for part in range(3)}
    assert acknowledged >= 6


def test_readers_see_whole_commits_while_another_process_writes(tmp_path):
    kept = SearchIndex.open(tmp_path)
    seen, failures = [], []

    def read():
        try:
            before = 0
            while before < 90 and time.monotonic() < latest:
                for index in (kept, SearchIndex.open(tmp_path)):
                    total = index.search("باغ", limit=1, snippets=0).total
                    assert total >= before
                    assert total % 3 == 0
                    before = total
            seen.append(before)
        except BaseException as error:  # noqa: BLE001 - told by the test
            failures.append(error)

    latest = time.monotonic() + 60
    readers = [threading.Thread(target=read) for _ in range(3)]
    with program(WRITE_ON, tmp_path) as writer:
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        writer.kill()
    assert not failures
    assert min(seen) >= 90  # thirty commits


@pytest.mark.parametrize("blind", [1, 5])
def test_a_list_of_the_folder_that_a_commit_goes_through_does_not_hide_the_index(tmp_path, monkeypatch, blind):
    """As POSIX allows: what goes or comes while a folder is read is listed or is not."""
    kept = WhooshEngine(tmp_path, default_analyzer())
    commit(kept, 0)
    listed, lists = Path.iterdir, []

    def passing_over(folder):
        lists.append(folder)
        return [file for file in listed(folder) if file.suffix != ".json" or len(lists) % (blind + 1) == 0]

    monkeypatch.setattr(Path, "iterdir", passing_over)
    assert WhooshEngine.exists(tmp_path)
    assert len(WhooshEngine(tmp_path, default_analyzer(), create=False).reader()) == len(STATES[1])
    assert kept.info().documents == len(STATES[1])
    commit(kept, 1)
    assert state(tmp_path) == STATES[2]


def test_two_processes_take_turns(tmp_path):
    text = """
        for number in range(20):
            while True:
                try:
                    index.add([Document(id=f"{sys.argv[2]} {number}", body="باغ")])
                    break
                except IndexLockedError:
                    pass
    """
    SearchIndex.open(tmp_path).close()
    writers = [program(text, tmp_path, name) for name in "ab"]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    assert set(state(tmp_path)) == {f"{name} {number}" for name in "ab" for number in range(20)}


def test_a_disk_that_is_full_is_told_and_the_index_stays(tmp_path):
    text = """
        import resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        index.add([Document(id="0", body="باغ")])
        words = ("باغ آب درخت کتاب چای " * 2000).split()
        for limit in (100, 1000, 5000, 20_000):
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            try:
                index.add(Document(id=str(n), body=" ".join(f"{word}{n}{at}" for at, word in enumerate(words)))
                          for n in range(5))
            except StorageError as error:
                print(error.args[0].count("cannot be written (File too large)"), len(index), flush=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        index.add([Document(id="1", body="باغ")])
        print(len(index))
    """
    pytest.importorskip("resource")
    with program(text, tmp_path) as writer:
        assert writer.communicate(timeout=60)[0].splitlines() == ["1 1"] * 4 + ["2"]
    assert len(list(tmp_path.iterdir())) <= 4  # a table, segments, the lock


def test_the_lock_is_free_when_a_writer_has_failed(tmp_path):
    def failing():
        yield Document(id="1", body="باغ")
        raise ZeroDivisionError

    with SearchIndex.open(tmp_path) as index:
        with pytest.raises(ZeroDivisionError):
            index.add(failing())
        other = SearchIndex.open(tmp_path)
        writer = other._engine.writer()
        with pytest.raises(IndexLockedError):
            index.add([], options=WriteOptions(wait=0))
        with writer:
            pass
        assert index.add([Document(id="2", body="باغ")]).added == 1
