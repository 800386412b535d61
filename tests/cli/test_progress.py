"""What a long run shows of itself: how much is done, how fast, and how long the rest takes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from shell import ROOT

from searchkit.cli import progress
from searchkit.cli.progress import EmbeddingLine, Progress
from searchkit.documents import Document, Skip
from searchkit.meaning.embedding import EmbeddingProgress

DOCUMENT = Document(id="1", body="")


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(progress, "is_terminal", lambda _: True)


@pytest.fixture
def files(tmp_path):
    def made(*sizes):
        paths = [tmp_path / str(number) for number in range(len(sizes))]
        for path, size in zip(paths, sizes, strict=True):
            path.write_bytes(b"x" * size)
        return [str(path) for path in paths]

    return made


@pytest.mark.usefixtures("terminal")
def test_a_source_counts_as_many_bytes_as_it_has(files):
    shown = Progress([*files(300, 50, 50), Skip("a", "b")], 1)
    sources = shown.over_sources()
    assert shown.line(1.0) == "0 documents, 0 a second"
    for _ in range(2):
        next(sources)
    list(shown.over_documents([DOCUMENT, Skip("a", "b")]))
    assert shown.line(2.0) == "1 documents, 0 a second, 75 % of 4 files, 0:01 left"
    list(sources)
    assert shown.line(2.0).endswith("100 % of 4 files, 0:00 left")


@pytest.mark.usefixtures("terminal")
def test_small_files_take_time_too(files):
    shown = Progress(files(1, 2, 997), 1000)
    sources = shown.over_sources()
    for _ in range(2):
        next(sources)
    assert shown.line(1.0).endswith("33 % of 3 files, 0:02 left")


@pytest.mark.usefixtures("terminal")
def test_of_one_large_file_its_bytes_are_counted(files):
    shown = Progress(files(2_000_000), 1)
    next(shown.over_sources())
    for _ in range(10):
        shown.passed(50_000)
    list(shown.over_documents([DOCUMENT] * 3000))
    assert shown.line(10.0) == "3,000 documents, 300 a second, 25 % of 2 MB, 0:30 left"
    shown.passed(10_000_000)  # as where a table at its end is read first
    assert shown.line(10.0).endswith("100 % of 2 MB, 0:00 left")


@pytest.mark.usefixtures("terminal")
def test_of_standard_input_nobody_knows_how_much_there_is(files):
    shown = Progress(["-", *files(10)], 1)
    list(shown.over_sources())
    assert shown.line(2.0) == "0 documents, 0 a second"


@pytest.mark.usefixtures("terminal")
def test_the_line_is_written_a_few_times_a_second_and_erased(monkeypatch, capsys):
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    monkeypatch.setenv("COLUMNS", "30")
    shown = Progress([], 1)
    for _ in shown.over_documents([DOCUMENT] * 1000):
        now += 0.01
    shown.close()
    lines = capsys.readouterr().err.split(progress.ERASE)
    assert 40 <= len(lines) <= 55  # in ten seconds
    assert lines[1] == "20 documents, 100 a second"[:29]
    assert lines[-2] == "1,000 documents, all read; wri"[:29]
    assert all(len(line) < 30 for line in lines)  # or what goes on in the next row stays


def test_where_there_is_no_terminal_nothing_is_looked_at_and_nothing_shown(monkeypatch, capsys):
    monkeypatch.setattr(os, "stat", lambda _: pytest.fail("looked"))
    shown = Progress(["a", "b"], 1)
    assert list(shown.over_sources()) == ["a", "b"]
    assert list(shown.over_documents([DOCUMENT] * 10)) == [DOCUMENT] * 10
    shown.close()
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
def test_a_real_run_shows_its_line_on_a_terminal_and_leaves_the_summary(tmp_path):
    import pty  # noqa: PLC0415 (not everywhere)

    lines = (json.dumps({"id": str(number), "body": "\u0628\u0627\u063a " * 500}) + "\n" for number in range(3000))
    (tmp_path / "rows.jsonl").write_text("".join(lines), encoding="utf-8")
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "searchkit", "index", "rows.jsonl", "--jobs", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=its) as process:
        out = process.stdout.read()
    os.close(its)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert out.startswith(b"added 3,000, ")
    assert re.search(r"\d documents, [\d,]+ a second, \d+ % of [\d.]+ MB, \d+:\d\d left", shown)
    assert shown.endswith(progress.ERASE)


@pytest.mark.parametrize(
    ("progress", "shown"),
    [
        ((0, 100, 30, 0), "30 passages embedded, 3.0 a second"),
        ((25, 100, 30, 0), "30 passages embedded, 3.0 a second, 25 % of 100 documents, 0:30 left"),
        ((100, 100, 30, 1_000), "30 passages embedded, 3.0 a second, 1,000 known, 100 % of 100 documents, 0:00 left"),
    ],
)
def test_of_embedding_passages_and_documents_are_told(progress, shown):
    assert EmbeddingLine().line(EmbeddingProgress(*progress), 10.0) == shown


def test_of_embedding_a_line_a_minute_is_written_where_nobody_watches(monkeypatch, capsys):
    clock = iter([0.0, 0.0, 1.0, 61.0, 62.0, 130.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    line = EmbeddingLine()
    for done in range(1, 5):
        line.show(EmbeddingProgress(done, 10, done, 0))
    line.close()
    written = capsys.readouterr().err.splitlines()
    assert [each.partition(" ")[0] for each in written] == ["2", "4"]
