"""What is wrong with an index is found and said, what can be read of it is saved, and a copy is whole."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from damages import fill
from vectored import check_vectors, enrich

from searchkit import Document, IndexNotFoundError, SearchIndex, StorageError
from searchkit.cli import main
from searchkit.engines.whoosh.upkeep import problems, salvaged

BODIES = {str(number): f"باغ {number} " + "آب درخت کتاب " * number for number in range(60)}


def filled(path):
    """Three segments, some documents deleted."""
    with SearchIndex.open(path) as index:
        names = list(BODIES)
        for part in (names[:40], names[40:55], names[55:]):
            index.add(Document(id=name, title=f"عنوان {name}", body=BODIES[name]) for name in part)
        index.delete(["3", "57"])
    return {name: body for name, body in BODIES.items() if name not in {"3", "57"}}


def segments(path):
    return sorted(path.glob("*.segment"), key=lambda file: file.stat().st_size)


def held(path):
    with SearchIndex.open(path, create=False) as index:
        found = index.search("باغ", limit=1000, snippets=0)
        return {hit.id: hit.document.body for hit in found}


def test_a_whole_index_has_no_problems(tmp_path):
    filled(tmp_path / "index")
    SearchIndex.open(tmp_path / "empty").close()
    assert list(problems(tmp_path / "index")) == list(problems(tmp_path / "empty")) == []


def test_every_damaged_byte_is_a_problem_and_costs_no_other_documents(tmp_path):
    expected = filled(tmp_path)
    (file, *_) = segments(tmp_path)
    whole, unnoticed = file.read_bytes(), 0
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        found = list(problems(tmp_path))
        assert all(str(tmp_path) in problem.source for problem in found)
        saved = {each.id: each.body for each in salvaged(tmp_path) if isinstance(each, Document)}
        assert saved.items() <= expected.items()
        assert len(saved) >= len(expected) - 4  # those of the file
        unnoticed += not found
        assert found or saved == expected, place  # padding says nothing
    assert unnoticed < 6


def test_a_missing_file_and_a_damaged_table_are_named(tmp_path):
    expected = filled(tmp_path)
    smallest = segments(tmp_path)[0]
    smallest.unlink()
    assert [problem for problem in problems(tmp_path) if smallest.name in problem.source + problem.reason]
    (table,) = tmp_path.glob("MAIN-*.json")
    table.write_bytes(table.read_bytes()[:-20])
    assert table.name in next(problems(tmp_path)).reason
    told = list(salvaged(tmp_path))
    saved = {each.id for each in told if isinstance(each, Document)}
    assert saved >= {name for name in expected if int(name) < 55}
    assert "deleted may be back" in told[0].reason


def test_nothing_to_save_is_an_error(tmp_path):
    for use in (problems, salvaged):
        with pytest.raises(IndexNotFoundError):
            list(use(tmp_path))


def test_the_commands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        return CliRunner().invoke(main, words)

    expected = filled(tmp_path / "index")
    assert run("check").exit_code == 0
    file = segments(tmp_path / "index")[-1]
    data = file.read_bytes()
    file.write_bytes(data[:200] + bytes(64) + data[264:])
    told = run("check")
    assert told.exit_code == 1
    assert file.name in told.stderr
    assert "searchkit repair" in told.stderr
    assert run("repair", "index").exit_code == 1
    saved = run("repair", "saved")
    assert "saved" in saved.output
    assert held("saved").items() <= expected.items()
    assert run("backup", "copy").exit_code == 0
    assert run("backup", "copy").exit_code == 1
    assert run("repair", "new", "--index", "nowhere").exit_code == 1
    assert not Path("new").exists()


def test_a_backup_has_the_vectors_and_what_is_repaired_has_none(tmp_path):
    path = tmp_path / "index"
    fill(path)
    enrich(path)
    (path / "vectors.sqlite").write_bytes(b"large")
    for command, new, having in (("backup", "copy", 10), ("repair", "saved", 0)):
        assert (
            CliRunner().invoke(main, [command, str(tmp_path / new), "--index", str(tmp_path / "index")]).exit_code == 0
        )
        assert not (tmp_path / new / "vectors.sqlite").exists()
        assert list(problems(tmp_path / new)) == []
        assert len(check_vectors(tmp_path / new)) == having
        enrich(tmp_path / new)
        assert len(check_vectors(tmp_path / new)) == 10


def test_a_copy_is_one_commit_though_another_writes(tmp_path):
    stop = threading.Event()
    with SearchIndex.open(tmp_path / "index") as index:
        index.add([Document(id=f"0 {part}", body="باغ") for part in range(3)])

        def write():
            number = 0
            while not stop.is_set():
                number += 1
                index.add([Document(id=f"{number} {part}", body="باغ") for part in range(3)])

        thread = threading.Thread(target=write)
        thread.start()
        try:
            for number in range(12):
                index.snapshot(tmp_path / f"copy{number}")
        finally:
            stop.set()
            thread.join()
    sizes = []
    for number in range(12):
        copy = tmp_path / f"copy{number}"
        assert list(problems(copy)) == []
        sizes.append(len(held(copy)))
        with SearchIndex.open(copy) as other:
            other.add([Document(id="new", body="باغ")])
    assert all(size % 3 == 0 for size in sizes)
    assert sizes == sorted(sizes)
    assert list(problems(tmp_path / "index")) == []
    assert not list(tmp_path.glob("*.part"))
    with SearchIndex.open(tmp_path / "index") as index, pytest.raises(StorageError, match="there already"):
        index.snapshot(tmp_path / "copy0")
