"""The program itself, as a shell starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = (["search"], ["search", "--json"], ["search", "-i"], ["delete"], ["analyze"], ["info", "-i"], ["info", "x"])
LINE = '{"id": "a", "title": "چای", "body": "چای سبز در باغ"}\n'


def searchkit(*arguments, cwd, stdin="", **environment):
    return subprocess.run(
        [sys.executable, "-m", "searchkit", *arguments],
        input=stdin.encode(),
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=60,
        check=False,
    )


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


@pytest.mark.skipif(sys.platform != "linux", reason="counts the entries of /proc/self/task")
def test_a_search_starts_no_threads(folder):
    code = (
        "import os, sys; from searchkit.cli import main; main(['search', 'چای'], standalone_mode=False);"
        "sys.exit('numpy' not in sys.modules or len(os.listdir('/proc/self/task')) > 1)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr


def test_an_interrupt_leaves_the_index_as_it_was(tmp_path):
    assert searchkit("index", "-", cwd=tmp_path, stdin=LINE).returncode == 0
    command = [sys.executable, "-m", "searchkit", "index", "-"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=environment
    ) as process:
        process.stdin.write(LINE.replace('"a"', '"b"').encode())
        process.stdin.flush()
        lock = tmp_path / "index" / "MAIN.lock"
        while str(process.pid) not in lock.read_text():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        told = process.stderr.read()
    assert process.returncode in {130, -signal.SIGINT}  # a shell reports 130 for both
    assert b"interrupted" in told or process.returncode == -signal.SIGINT
    assert b"Traceback" not in told
    assert json.loads(searchkit("info", "--json", cwd=tmp_path).stdout)["documents"] == 1


def test_an_interrupt_ends_all_processes_and_leaves_the_index_as_it_was(tmp_path):
    assert searchkit("index", "-", cwd=tmp_path, stdin=LINE).returncode == 0
    program = (
        "import searchkit.processes, searchkit.cli\n"
        "searchkit.processes.PATIENCE = 0\n"
        "searchkit.cli.main(['index', '-', '--jobs', '2'])\n"
    )
    lines = [json.dumps({"id": str(number), "body": "باغ آب " * 5000}) + "\n" for number in range(100)]
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    ) as process:
        process.stdin.write("".join(lines).encode())
        process.stdin.flush()
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
        process.stdin.close()
        told = process.stderr.read()  # ends when the last of them has
    assert process.returncode == 130
    assert told == b"interrupted; the index is as it was before\n"
    assert json.loads(searchkit("info", "--json", cwd=tmp_path).stdout)["documents"] == 1
