"""What the README says is so: its examples run, its commands and options exist. For its recipes see `test_recipes`."""

from __future__ import annotations

import doctest
import re
import shlex
from contextlib import chdir
from itertools import takewhile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from searchkit.cli import main

README_FILE = Path(__file__).parents[1] / "README.md"
README = README_FILE.read_text(encoding="utf-8")
FENCES = re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", README)
COMMANDS = [
    list(takewhile(lambda word: word not in {"|", ">"}, shlex.split(line.partition("searchkit ")[2], comments=True)))
    for language, code in FENCES
    if language == "console"
    for line in code.splitlines()
    if re.search(r"(?:^\$|\|) (?:\.venv/bin/)?searchkit ", line)
]


def test_python_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    failed, attempted = doctest.testfile(str(README_FILE), module_relative=False, encoding="utf-8")
    assert failed == 0
    assert attempted > 5


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_line_of_the_readme_can_be_typed(words):
    name, *arguments = words
    command = main.commands[name]
    command.make_context(name, arguments).close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The folder that `make demo` leaves behind, made by the commands of the Makefile."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "samples").symlink_to(README_FILE.with_name("samples"))
    recipe = README_FILE.with_name("Makefile").read_text(encoding="utf-8")
    lines = re.findall(r"^\t\$\(SEARCHKIT\) (.*)$", recipe, re.MULTILINE)
    assert lines
    with chdir(folder):
        for line in lines:
            assert CliRunner().invoke(main, shlex.split(line)).exit_code == 0
    return folder


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[0] == "search"], ids=" ".join)
def test_a_search_of_the_readme_answers_after_make_demo(demo, words):
    with chdir(demo):
        told = CliRunner().invoke(main, words)
    assert told.exit_code == 0
    assert "no document answers" not in told.output


def test_every_command_is_in_the_readme():
    assert {words[0] for words in COMMANDS} == set(main.commands)


@pytest.mark.parametrize(
    "flag",
    sorted({flag for line in README.splitlines() for flag in re.findall(r"`[^`]*(--[a-z-]+)[^`]*`", line)}),
)
def test_every_option_named_in_the_readme_exists(flag):
    options = {
        name
        for command in (main, *main.commands.values())
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    assert flag in options | {"--help", "--version"}


@pytest.mark.parametrize("name", ["README.md", "SECURITY.md", "ARCHITECTURE.md", "docs/reliability.md"])
def test_every_file_that_a_page_names_exists(name):
    top = README_FILE.parent
    text = (top / name).read_text(encoding="utf-8")
    files = {path.name for folder in ("tests", "searchkit", "docs", "samples") for path in (top / folder).rglob("*")}
    named = set(re.findall(r"`(?:[\w.]+/)*([\w]+\.(?:py|tsv|md))`", text))
    assert named <= files | {path.name for path in top.iterdir()}, named - files
