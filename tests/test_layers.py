"""Imports go one way through the house: a room may use what lies under it, and only that."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "searchkit"

MAY_IMPORT = {
    "errors": set(),
    "arguments": {"errors"},
    "documents": {"errors"},
    "collection": set(),
    "processes": {"errors"},
    "loading": {"arguments", "processes", "documents", "errors"},
    "persian": {"collection", "documents", "errors"},
    "query": {"persian", "documents", "errors"},
    "engines": {"arguments", "query", "persian", "collection", "processes", "documents", "errors"},
    "highlight": {"arguments", "persian", "documents", "errors"},
    "index": {"arguments", "highlight", "engines", "query", "persian", "documents", "errors"},
    "cli": {"index", "loading", "persian", "collection", "documents", "errors", "engines.base"},
    "__main__": {"cli"},
    "__init__": {"index", "loading", "documents", "errors"},
}
MODULES = sorted(ROOT.rglob("*.py"))
TESTS = sorted(Path(__file__).parent.rglob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module
            if node.module == "searchkit":
                yield from (f"searchkit.{alias.name}" for alias in node.names)


def room(path):
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path):
    here = room(path)
    for name in imported(path):
        if not name.startswith("searchkit."):
            continue
        there = name.removeprefix("searchkit.")
        if there.split(".")[0] == here or there.startswith("__"):
            continue
        allowed = MAY_IMPORT[here]
        assert there.split(".")[0] in allowed or there in allowed, f"{here} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_its_own_room_knows_whoosh(path):
    uses = [name for name in imported(path) if name.split(".")[0] == "whoosh"]
    assert not uses or path.is_relative_to(ROOT / "engines" / "whoosh"), uses


def test_every_room_is_named():
    assert {room(path) for path in MODULES} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=lambda path: str(path.relative_to(ROOT.parent)))
def test_no_invisible_characters_in_code(path):
    text = path.read_text(encoding="utf-8")
    controls = set("\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
    assert not controls & set(text), sorted(f"U+{ord(char):04X}" for char in controls & set(text))
