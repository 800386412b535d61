"""`searchkit index --watch`: what changes is found soon after, in a real process and real folders."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from shell import ROOT, searchkit

from searchkit import Document, Field, SearchIndex
from searchkit.errors import StorageError

pytest.importorskip("watchfiles")

PATIENCE = 60  # seconds, for a machine that does much else; it takes a second


def ids(folder):
    try:
        with SearchIndex.open(folder / "index", create=False) as index:
            return {hit.id for hit in index.scan("", where=Field("id").exists())}
    except StorageError:
        return set()


def comes(condition):
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it does not come"
        time.sleep(0.05)


@contextmanager
def watching(folder, *options):
    """Run the program in a folder until the end of the block, and then as Ctrl-C ends it; its output is to follow."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "index", *(options or ["docs"]), "--watch"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    ran = Ran(process)
    try:
        while "watching" not in process.stderr.readline():
            assert process.poll() is None
        yield ran
        process.send_signal(ran.signal)
        ran.out, ran.err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()


PROGRAM = """
import signal, sys
from searchkit import cli

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what runs behind it ignore Ctrl-C
cli.main(sys.argv[1:])
"""


class Ran:
    """A run: its process, and what it told when it had ended."""

    def __init__(self, process):
        self.process = process
        self.signal = signal.SIGINT
        self.out = self.err = ""

    @property
    def changes(self):
        return [line for line in self.out.splitlines() if re.match(r"\d\d:\d\d:\d\d  ", line)]


@pytest.fixture
def docs(tmp_path):
    docs = tmp_path / "docs"
    (docs / "sub").mkdir(parents=True)
    (docs / "a.txt").write_text("\u0686\u0627\u06cc", encoding="utf-8")
    (docs / "sub" / "b.txt").write_text("\u0628\u0627\u063a", encoding="utf-8")
    return docs


def body(folder, id_):
    with SearchIndex.open(folder / "index", create=False) as index:
        document = index.get(id_)
        return document and document.body


def test_what_comes_changes_and_goes(docs, tmp_path):
    with watching(tmp_path) as run:
        assert ids(tmp_path) == {"docs/a.txt", "docs/sub/b.txt"}
        (docs / "new.md").write_text("# new", encoding="utf-8")
        comes(lambda: "docs/new.md" in ids(tmp_path))
        (docs / "a.txt").write_text("changed", encoding="utf-8")
        comes(lambda: body(tmp_path, "docs/a.txt") == "changed")
        (docs / "sub" / "b.txt").unlink()
        comes(lambda: "docs/sub/b.txt" not in ids(tmp_path))
        (docs / "new.md").rename(docs / "sub" / "old.md")
        comes(lambda: ids(tmp_path) == {"docs/a.txt", "docs/sub/old.md"})
    assert run.process.returncode == 0
    assert "stopping" in run.err
    assert "Traceback" not in run.err
    assert len(run.changes) >= 4
    assert all("added" in line and "docs/" in line for line in run.changes)


def test_folders_come_move_and_go_with_all_that_is_in_them(docs, tmp_path):
    with watching(tmp_path):
        (tmp_path / "apart" / "deep" / "er").mkdir(parents=True)
        (tmp_path / "apart" / "deep" / "er" / "c.txt").write_text("c", encoding="utf-8")
        (tmp_path / "apart").rename(docs / "in")
        comes(lambda: "docs/in/deep/er/c.txt" in ids(tmp_path))
        (docs / "in" / "deep" / "d.txt").write_text("d", encoding="utf-8")  # what came is watched, too
        comes(lambda: "docs/in/deep/d.txt" in ids(tmp_path))
        (docs / "in").rename(docs / "out")
        comes(lambda: {"docs/out/deep/d.txt", "docs/out/deep/er/c.txt"} <= ids(tmp_path))
        comes(lambda: "docs/in/deep/d.txt" not in ids(tmp_path))
        (docs / "out").rename(tmp_path / "elsewhere")
        comes(lambda: ids(tmp_path) == {"docs/a.txt", "docs/sub/b.txt"})


def test_an_editor_that_puts_a_new_file_into_the_place_of_the_old(docs, tmp_path):
    with watching(tmp_path, "docs/a.txt", "docs/sub"):
        for place in ("a.txt", "sub/b.txt"):
            (docs / "sub" / ".swap").write_text("saved anew", encoding="utf-8")
            (docs / "sub" / ".swap").replace(docs / place)
            comes(lambda place=place: body(tmp_path, f"docs/{place}") == "saved anew")
        (docs / "a.txt").unlink()
        comes(lambda: ids(tmp_path) == {"docs/sub/b.txt"})


def test_records_that_are_gone_from_a_file_go(docs, tmp_path):
    lines = [json.dumps({"id": name, "body": name}) + "\n" for name in "xyz"]
    (docs / "rows.jsonl").write_text("".join(lines), encoding="utf-8")
    with watching(tmp_path):
        comes(lambda: {"x", "y", "z"} <= ids(tmp_path))
        (docs / "rows.jsonl").write_text(lines[1], encoding="utf-8")
        comes(lambda: ids(tmp_path) == {"docs/a.txt", "docs/sub/b.txt", "y"})


def test_rules_that_change_are_kept_to_and_what_they_leave_out_is_no_news(docs, tmp_path):
    with watching(tmp_path) as run:
        (docs / ".gitignore").write_text("sub/\n*.log.txt\n", encoding="utf-8")
        comes(lambda: ids(tmp_path) == {"docs/a.txt"})
        for number in range(20):
            (docs / "sub" / f"{number}.txt").write_text("x", encoding="utf-8")
            (docs / "a.log.txt").write_text("x", encoding="utf-8")
            (docs / ".hidden.txt").write_text("x", encoding="utf-8")
            time.sleep(0.02)
        (docs / ".gitignore").unlink()
        comes(lambda: len(ids(tmp_path)) == 23)
    assert len(run.changes) == 2


def test_what_the_index_itself_writes_is_no_news(docs, tmp_path):
    with watching(tmp_path, ".", "-i", "index") as run:
        (docs / "c.txt").write_text("c", encoding="utf-8")
        comes(lambda: "docs/c.txt" in ids(tmp_path))
        time.sleep(1)
    assert [line for line in run.out.splitlines() if "index" in line] == []
    assert len(run.changes) == 1


def test_many_files_at_once_are_few_commits(docs, tmp_path):
    with watching(tmp_path, "docs", "--json") as run:
        for number in range(1000):
            (docs / f"{number % 10}").mkdir(exist_ok=True)
            (docs / f"{number % 10}" / f"{number}.txt").write_text(f"x {number}", encoding="utf-8")
        comes(lambda: len(ids(tmp_path)) == 1002)
    changes = [json.loads(line) for line in run.out.splitlines()[1:]]
    assert sum(change["added"] for change in changes) == 1000
    assert len(changes) < 100
    assert {"time", "paths", "added", "updated", "unchanged", "removed", "skipped"} == set(changes[0])


def test_a_folder_that_is_gone_keeps_its_documents_and_is_watched_when_it_is_back(docs, tmp_path):
    with watching(tmp_path) as run:
        docs.rename(tmp_path / "away")
        time.sleep(1)
        assert len(ids(tmp_path)) == 2
        (tmp_path / "away" / "c.txt").write_text("c", encoding="utf-8")
        (tmp_path / "away").rename(docs)
        comes(lambda: "docs/c.txt" in ids(tmp_path))
        (docs / "d.txt").write_text("d", encoding="utf-8")
        comes(lambda: "docs/d.txt" in ids(tmp_path))
    assert "skipped docs: gone; what was in it is kept" in run.err


def test_an_empty_folder_in_the_place_of_another_takes_nothing_away(docs, tmp_path):
    with watching(tmp_path) as run:
        docs.rename(tmp_path / "away")
        docs.mkdir()
        time.sleep(1.5)
        assert len(ids(tmp_path)) == 2
        (docs / "c.txt").write_text("c", encoding="utf-8")
        comes(lambda: "docs/c.txt" in ids(tmp_path))
    assert "say --yes" in run.err


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(docs, tmp_path):
    with watching(tmp_path, "docs", "--report", "skipped.jsonl") as run:
        (docs / "a.txt").write_bytes(b"\0\1\2" * 100)
        (docs / "c.txt").write_text("c", encoding="utf-8")
        comes(lambda: "docs/c.txt" in ids(tmp_path))
        comes(lambda: "a.txt" in (tmp_path / "skipped.jsonl").read_text(encoding="utf-8"))
        assert "docs/a.txt" in ids(tmp_path)
    assert "skipped docs/a.txt" in run.err


def test_another_program_may_write_meanwhile(docs, tmp_path):
    with watching(tmp_path, "docs", "--wait", "0.2") as run:
        with SearchIndex.open(tmp_path / "index") as index:

            def slow():
                yield from [Document(id="other", body="x")] * 100  # a few would be gathered before it locks
                (docs / "c.txt").write_text("c", encoding="utf-8")
                time.sleep(2)

            index.add(slow())
        comes(lambda: ids(tmp_path) == {"docs/a.txt", "docs/sub/b.txt", "docs/c.txt", "other"})
    assert "trying again" in run.err


def test_an_end_that_another_program_asks_for_is_an_end_like_any_other(docs, tmp_path):
    with watching(tmp_path) as run:
        run.signal = signal.SIGTERM
    assert run.process.returncode == 0


def test_there_is_something_to_watch(docs, tmp_path):
    told = searchkit("index", "docs", "missing", "--watch", cwd=tmp_path)
    assert told.returncode == 1
    assert b"no such file or folder: missing" in told.stderr
    assert not (tmp_path / "index").exists()


def test_without_the_extra_a_sentence_says_what_to_install(docs, tmp_path):
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "watchfiles.py").write_text("raise ImportError", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path / "hidden"), str(ROOT)])
    told = searchkit("index", "docs", "--watch", cwd=tmp_path, PYTHONPATH=path)
    assert told.returncode == 2
    assert told.stderr.decode().splitlines()[-1] == (
        "Error: Watched folders need watchfiles, which is not installed: pip install 'persian-searchkit[watch]'"
    )
    assert searchkit("index", "docs", cwd=tmp_path, PYTHONPATH=path).returncode == 0
