"""The house is as ARCHITECTURE.md draws it: its tree is the folders, and imports go only where its table lets them."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
ROOT = TOP / "searchkit"
TEXT = (TOP / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([\w.]+)` \| (.+?) \| (.*?) ?\|$", TEXT, re.MULTILINE)
MAY_IMPORT = {room: set(re.findall(r"`([\w.]+)`", allowed)) for room, _, allowed in ROWS}
MODULES = sorted(ROOT.rglob("*.py"))
TESTS = sorted(Path(__file__).parent.rglob("*.py"))


def dotted(path):
    """The name of a module below searchkit; a package is named as its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


NAMES = {dotted(path) for path in MODULES}


def room(name):
    """The row that a module belongs to: the longest that is it or holds it."""
    return max((each for each in MAY_IMPORT if name == each or name.startswith(f"{each}.")), key=len)


def imported(path):
    """The modules of searchkit that a module imports, and the packages of others."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full.removeprefix("searchkit.") in NAMES else node.module


def drawn():
    """The tree of ARCHITECTURE.md: {folder: names of its modules}."""
    (block,) = re.findall(r"^```\n(searchkit/.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    tree, folders = defaultdict(set), []
    for line in block.splitlines():
        first, *names = line.split()
        depth = (len(line) - len(line.lstrip())) // 2
        if first.endswith("/"):
            folders[depth:] = [first[:-1]]
        else:  # a row goes on
            names.insert(0, first)
        tree["/".join(folders)].update(names)
    return tree


def test_the_tree_is_that_of_the_folders():
    found = defaultdict(set)
    for path in MODULES:
        found[path.parent.relative_to(TOP).as_posix()].add(path.stem)
    assert drawn() == found


def test_every_room_has_a_row():
    assert {name for name in MAY_IMPORT if name not in NAMES} == set()
    assert all(question.endswith(("?", ".")) or "`" in question for _, question, _ in ROWS)
    assert {allowed for allows in MAY_IMPORT.values() for allowed in allows} <= set(MAY_IMPORT)


def test_the_table_goes_down():
    above = set()
    for name, allows in reversed(MAY_IMPORT.items()):
        assert not allows & above, f"{name} may import what stands under it in the table"
        above.add(name)


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_room_imports_what_its_row_allows(path):
    here = room(dotted(path))
    for name in imported(path):
        if name.startswith("searchkit."):
            there = room(name.removeprefix("searchkit."))
            assert there == here or there in MAY_IMPORT[here], f"{here} imports {name}"


def test_whoosh_is_imported_in_one_place():
    uses = {dotted(path) for path in MODULES for name in imported(path) if name.split(".")[0] == "whoosh"}
    assert uses == set()  # `_whoosh` imports it by name, when asked
    users = {room(dotted(path)) for path in MODULES if "searchkit.engines.whoosh._whoosh" in imported(path)}
    assert users == {"engines.whoosh", "engines.whoosh.compat"}


def definitions(path):
    """Yield the classes, and the public aliases and constants, that a module defines, without leading underscores."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name.lstrip("_")
        elif isinstance(node, ast.Assign | ast.AnnAssign) and "TypeVar" not in ast.dump(node):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for each in getattr(target, "elts", [target]):
                    if isinstance(each, ast.Name) and not each.id.startswith("_"):
                        yield each.id


def test_a_name_means_one_thing():
    places = defaultdict(set)
    for path in MODULES:
        for name in definitions(path):
            places[name].add(dotted(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=lambda path: str(path.relative_to(TOP)))
def test_no_invisible_characters_in_code(path):
    text = path.read_text(encoding="utf-8")
    controls = set("\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
    assert not controls & set(text), sorted(f"U+{ord(char):04X}" for char in controls & set(text))
