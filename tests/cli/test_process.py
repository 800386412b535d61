"""The program itself, as a shell starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from shell import ROOT, searchkit

COMMANDS = (["search"], ["search", "--json"], ["search", "-i"], ["delete"], ["analyze"], ["info", "-i"], ["info", "x"])
LINE = '{"id": "a", "title": "چای", "body": "چای سبز در باغ"}\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("process")
    made = searchkit("index", "-", cwd=folder, stdin=LINE)
    assert made.returncode == 0, made.stderr.decode()
    assert b"added 1" in made.stdout
    assert made.stderr == b""
    return folder


def test_index_and_search(folder):
    found = searchkit("search", "--json", "چایِ", "سبز", cwd=folder)
    assert found.returncode == 0
    assert json.loads(found.stdout)["hits"][0]["id"] == "a"
    assert found.stderr == b""


def test_failure_is_told_on_standard_error(folder, tmp_path):
    failed = searchkit("search", "چای", cwd=tmp_path)
    assert failed.returncode == 1
    assert failed.stdout == b""
    assert b"searchkit index PATH" in failed.stderr
    assert b"Traceback" not in failed.stderr


def test_a_terminal_without_persian_gets_an_answer(folder):
    found = searchkit("search", "چای", cwd=folder, PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert found.returncode == 0
    assert b"\\u0686" in found.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1256", "utf-8"])
def test_every_command_answers_in_any_encoding(folder, encoding):
    for arguments in (["search", "--color", "always", "چای"], ["search", "--json", "سبز"], ["analyze", "کتاب\u200cها"]):
        found = searchkit(*arguments, cwd=folder, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert found.returncode == 0, found.stderr
        assert found.stdout.decode(encoding.replace("ascii", "utf-8")).strip()  # click takes ASCII for a mistake
        assert found.stderr == b""


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_names_and_words_that_are_not_utf_8_are_told_without_a_traceback(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / os.fsdecode(b"\xff\xfe.txt")).write_text("چای سبز", encoding="utf-8")
    (tmp_path / "docs" / "tea.txt").write_text("چای", encoding="utf-8")
    made = searchkit("index", "docs", os.fsdecode(b"no\xff.txt"), cwd=tmp_path)
    assert b"added 1," in made.stdout or b"added 2," in made.stdout
    told = [made, *(searchkit(*each, os.fsdecode(b"\xff\x80"), cwd=tmp_path) for each in COMMANDS)]
    assert [b"Traceback" in one.stderr for one in told] == [False] * len(told)
    assert {one.returncode for one in told} <= {0, 1, 2}
    assert searchkit("search", "--jsonl", "چای", cwd=tmp_path).stdout.count(b"\n") >= 1


COMMANDS = (
    ["search"],
    ["search", "--json"],
    ["search", "-i"],
    ["delete"],
    ["analyze"],
    ["info", "-i"],
    ["info", "--x"],
)


def test_a_reader_that_stops_reading_is_no_failure_to_tell(folder):
    command = [sys.executable, "-m", "searchkit", "search", "--jsonl", "چای"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        process.stdout.close()
        stderr = process.stderr.read()
    assert b"Traceback" not in stderr


def test_importing_searchkit_is_light():
    code = (
        "import searchkit, searchkit.cli, searchkit.persian, sys;"
        "heavy = {'numpy', 'whoosh', 'bs4', 'lxml', 'marisa_trie', 'persiantools', 'Stemmer'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], timeout=60, capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


def test_a_search_loads_only_what_it_needs(folder):
    code = (
        "import sys; from searchkit.cli import main; main(['search', 'چای'], standalone_mode=False);"
        "heavy = {'whoosh', 'bs4', 'lxml', 'multiprocessing', 'email', 'ssl', 'persiantools', 'Stemmer'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


def test_to_index_loads_nothing_that_only_a_watch_needs(folder, tmp_path):
    (tmp_path / "a.txt").write_text("چای", encoding="utf-8")
    code = (
        "import sys; from searchkit.cli import main; main(['index', 'a.txt'], standalone_mode=False);"
        "sys.exit(', '.join({'watchfiles', 'anyio', 'asyncio', 'bs4'} & set(sys.modules)) or 0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="counts the entries of /proc/self/task")
def test_a_search_starts_no_threads(folder):
    code = (
        "import os, sys; from searchkit.cli import main; main(['search', 'چای'], standalone_mode=False);"
        "sys.exit('numpy' not in sys.modules or len(os.listdir('/proc/self/task')) > 1)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr


INTERRUPTED = """
import signal, subprocess, sys, time
from searchkit import cli, processes
from searchkit.engines.whoosh.engine import WhooshWriter

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what runs behind it ignore Ctrl-C
processes.PATIENCE = 0
put, calls = WhooshWriter.put, []

def interrupted(writer, document):
    calls.append(document)
    for _ in range(int(sys.argv[2]) if len(calls) == 100 else 0):
        subprocess.run(["/bin/sh", "-c", f"kill -s {sys.argv[1][3:]} 0"])  # to all, as a terminal and `timeout` do
        time.sleep(0.1)
    return put(writer, document)

WhooshWriter.put = interrupted
cli.main(sys.argv[3:])
"""


def interrupted(folder, times, *options, by="SIGINT"):
    """Index 200 documents, interrupted as the 100th is put; return the exit status, what was told and what is kept."""
    lines = (json.dumps({"id": str(number), "body": "باغ آب " * 2000}) + "\n" for number in range(200))
    (folder / "more.jsonl").write_text("".join(lines), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, by, str(times), "index", "more.jsonl", *options],
        capture_output=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        timeout=60,
        check=False,
    )
    told = ran.stderr.decode()
    assert "Traceback" not in told
    return ran.returncode, told, documents(folder)


def documents(folder):
    return json.loads(searchkit("info", "--json", cwd=folder).stdout)["documents"]


@pytest.mark.parametrize("options", [["--jobs", "1"], ["--jobs", "2"], ["--prune"]])
def test_an_interrupt_keeps_what_was_read(tmp_path, options):
    assert searchkit("index", "-", cwd=tmp_path, stdin=LINE).returncode == 0
    status, told, kept = interrupted(tmp_path, 1, *options)
    assert status == 130
    assert "what has been read is kept" in told
    assert "what was read until then is in the index" in told
    assert kept == 101


@pytest.mark.skipif(not hasattr(signal, "sigwaitinfo"), reason="this system does not tell who sends a signal")
@pytest.mark.parametrize("options", [["--jobs", "1"], ["--jobs", "3"]])
def test_a_program_that_is_told_to_end_keeps_what_was_read_and_so_do_those_that_help(tmp_path, options):
    assert searchkit("index", "-", cwd=tmp_path, stdin=LINE).returncode == 0
    status, told, kept = interrupted(tmp_path, 1, *options, by="SIGTERM")
    assert status == 143
    assert "what was read until then is in the index" in told
    assert kept == 101


@pytest.mark.parametrize(("times", "options"), [(2, []), (1, ["--rebuild", "--yes"])])
def test_a_second_interrupt_keeps_nothing_and_no_index_is_replaced_by_a_part_of_one(tmp_path, times, options):
    assert searchkit("index", "-", cwd=tmp_path, stdin=LINE).returncode == 0
    status, told, kept = interrupted(tmp_path, times, *options)
    assert status == 130
    assert told.endswith("interrupted; the index is as it was before\n")
    assert kept == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("redirected", [">/dev/full", ">&-"])
@pytest.mark.parametrize("command", ["search چای", "info", "analyze چای", "search --json چای"])
def test_output_that_cannot_be_written_is_told_without_a_traceback(folder, redirected, command):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    line = f"{sys.executable} -m searchkit {command} {redirected}"
    run = subprocess.run(["/bin/sh", "-c", line], cwd=folder, env=environment, capture_output=True, check=False)
    told = run.stderr.decode()
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    assert (run.returncode, "cannot be written" in told) == ((1, True) if "full" in redirected else (0, False))
