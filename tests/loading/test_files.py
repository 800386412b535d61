"""Files, folders and whatever else a path may lead to."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from searchkit.documents import Skip
from searchkit.loading import LoadOptions, discover, load, read_source


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Make a folder with some of everything, and stand above it."""
    monkeypatch.chdir(tmp_path)
    for name in ("b.txt", "a/z.md", "a/a.html", "c/d/e.jsonl", ".hidden.txt", ".git/x.txt", "a.png"):
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"body": "a"}', encoding="utf-8")
    return tmp_path / "docs"


@pytest.mark.usefixtures("tree")
def test_folders_are_walked_in_order():
    found = ["docs/a/a.html", "docs/a/z.md", "docs/a.png", "docs/b.txt", "docs/c/d/e.jsonl"]
    assert list(discover(["docs"])) == found
    loaded = list(load(["docs"]))
    assert [getattr(item, "id", item) for item in loaded] == [
        "docs/a/a.html", "docs/a/z.md", Skip("docs/a.png", "unknown kind of file: .png"), "docs/b.txt",
        "docs/c/d/e.jsonl#1",
    ]  # fmt: skip


@pytest.mark.parametrize("alone", ["docs", "docs/", Path("docs"), b"docs"])
@pytest.mark.usefixtures("tree")
def test_a_path_may_come_alone(alone):
    assert list(discover(alone)) == list(discover([alone]))
    assert list(load(alone)) == list(load(["docs"]))


@pytest.mark.usefixtures("tree")
def test_loading_is_reading_what_was_discovered():
    apart = [item for source in discover(["docs"]) for item in read_source(source)]
    assert apart == list(load(["docs"]))


@pytest.mark.parametrize("path", ["docs/.hidden.txt", "docs/.git"])
@pytest.mark.usefixtures("tree")
def test_what_is_hidden_is_read_when_it_is_named(path, load_paths):
    assert load_paths(path).only.body == '{"body": "a"}'


@pytest.mark.parametrize(
    ("globs", "found"),
    [
        ({"include": ("*.md",)}, ["docs/a/z.md"]),
        ({"include": ("c/*",)}, ["docs/c/d/e.jsonl"]),
        ({"exclude": ("a", "*.png", "c/d")}, ["docs/b.txt"]),
    ],
)
@pytest.mark.usefixtures("tree")
def test_globs(globs, found):
    assert list(discover(["docs"], LoadOptions(**globs))) == found


@pytest.mark.parametrize("path", ["./docs/b.txt", "docs//b.txt", "docs/a/../b.txt"])
@pytest.mark.usefixtures("tree")
def test_an_id_is_the_normalised_path(load_paths, path):
    document = load_paths(path).only
    assert (document.id, document.fields["source"]) == ("docs/b.txt", "docs/b.txt")


@pytest.mark.usefixtures("tree")
def test_a_format_can_be_given(load_paths):
    assert load_paths("docs/b.txt", format="jsonl").only.body == "a"


def test_the_size_limit(load_file):
    assert load_file("a.txt", "x" * 1000, max_bytes=1000).only
    assert load_file("a.txt", "x" * 1001, max_bytes=1000).reasons == ["larger than 0.001 MB"]
    assert load_file("a.txt", b"\0" * 20_000_001).reasons == ["larger than 20 MB"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing.txt", "no such file"),
        ("missing/", "no such file or folder"),
        ("a\0b.txt", "embedded null byte"),
        ("x" * 5000 + ".txt", "file name too long"),
        ("\ud800.txt", "surrogates not allowed"),
    ],
)
def test_paths_that_lead_nowhere(tmp_path, monkeypatch, load_paths, path, reason):
    monkeypatch.chdir(tmp_path)
    loaded = load_paths(path)
    assert reason in loaded.reasons[0]
    loaded.skips[0].source.encode()


def test_links(tree, tmp_path, load_paths):
    (tmp_path / "outside.txt").write_text("secret", encoding="utf-8")
    (tree / "link.txt").symlink_to(tmp_path / "outside.txt")
    (tree / "loop").symlink_to(tree)
    (tree / "gone.txt").symlink_to("nowhere")
    reasons = {skip.source: skip.reason for skip in load_paths("docs").skips}
    for name in ("link.txt", "loop", "gone.txt"):
        assert reasons[f"docs/{name}"] == "a symbolic link, not followed"
    followed = load_paths("docs", follow_symlinks=True)
    assert "secret" in [document.body for document in followed.documents]
    reasons = {skip.source: skip.reason for skip in followed.skips}
    assert reasons["docs/loop"] == "a link back to a folder above it"
    assert reasons["docs/gone.txt"] == "no such file"
    assert load_paths("docs/link.txt").only.body == "secret"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_and_devices_are_not_waited_for(tree, load_paths):
    os.mkfifo(tree / "pipe.txt")
    assert Skip("docs/pipe.txt", "not a regular file") in load_paths("docs").skips
    assert load_paths("/dev/zero", format="text").reasons == ["not a regular file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tree, load_paths):
    (tree / "b.txt").chmod(0)
    (tree / "c").chmod(0)
    reasons = {skip.source: skip.reason for skip in load_paths("docs").skips}
    (tree / "c").chmod(0o700)
    assert reasons["docs/b.txt"] == reasons["docs/c"] == "permission denied"


@pytest.mark.usefixtures("tree")
def test_refusals_are_told(load_paths, monkeypatch):
    def refuse(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)
    assert load_paths("docs/b.txt").reasons == ["permission denied"]
    monkeypatch.setattr("os.scandir", refuse)
    assert load_paths("docs").reasons == ["permission denied"]


def test_a_file_that_vanishes(tree):
    sources = discover(["docs"])
    first = next(sources)
    (tree / "a" / "a.html").unlink()
    assert list(read_source(first)) == [Skip("docs/a/a.html", "no such file")]
    assert len(list(sources)) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="names are any bytes on Linux only")
@pytest.mark.parametrize("name", [b"caf\xe9.txt", b"a\nb.txt", "\u202eabc.txt".encode()])
def test_any_name(tmp_path, monkeypatch, load_paths, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / os.fsdecode(name)).write_text("words", encoding="utf-8")
    document = load_paths(".").only
    assert document.id == name.decode(errors="backslashreplace")


@pytest.mark.usefixtures("tree")
def test_a_source_can_go_to_another_process():
    work = pickle.loads(pickle.dumps((read_source, "docs/b.txt", LoadOptions())))  # noqa: S301
    read, source, options = work
    assert pickle.loads(pickle.dumps(list(read(source, options)))) == list(read_source("docs/b.txt"))  # noqa: S301


def test_no_format_costs_those_who_do_not_use_it():
    program = (
        "import sys, searchkit.loading;"
        "heavy = {'bs4', 'lxml', 'charset_normalizer', 'persiantools', 'numpy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
