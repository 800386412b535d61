"""What the README says is so: its Python examples run, and its commands and options exist."""

from __future__ import annotations

import ast
import doctest
import re
import shlex
from pathlib import Path

import click
import pytest

import searchkit
from searchkit.cli import main

README = Path(__file__).parent.parent / "README.md"
TEXT = README.read_text(encoding="utf-8")
COMMANDS = [
    line.split("|")[-1].split("#")[0].strip(" $")
    for line in TEXT.splitlines()
    if line.startswith("$ ") and "searchkit " in line
]
RECIPES = [block for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if ">>>" not in block]


def test_python_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    failed, attempted = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert failed == 0
    assert attempted > 5


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_and_options_exist(line):
    program, name, *arguments = shlex.split(line)
    assert program == "searchkit"
    command = main.commands[name]
    command.make_context(name, arguments, resilient_parsing=False).close()


@pytest.mark.parametrize("name", main.commands)
def test_every_command_is_shown(name):
    assert f"searchkit {name}" in TEXT


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_use_what_exists(recipe):
    methods = {*dir(searchkit.SearchIndex), *dir(searchkit.Results), *dir(searchkit.Document)}
    tree = ast.parse(recipe)
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    ours = [node.attr for node in called if isinstance(node.value, ast.Name) and node.value.id in {"index", "found"}]
    assert ours
    assert set(ours) <= methods


def test_commands_are_found():
    assert len(COMMANDS) > 8
    assert isinstance(main, click.Group)
