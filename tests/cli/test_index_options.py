"""Which files `searchkit index` takes, what it says of them beforehand, and which it never takes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from searchkit import Field, SearchIndex
from searchkit.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, [str(each) for each in arguments])


@pytest.fixture
def docs(tmp_path):
    """Make a folder with ignore files, and some that they leave out."""
    files = {
        ".gitignore": "*.log\n/build/\n",
        ".searchkitignore": "drafts/\n",
        "a.txt": "\u0686\u0627\u06cc",
        "b.md": "# \u0628\u0627\u063a",
        "c.png": "no picture",
        "x.log": "log",
        "build/made.txt": "made",
        "drafts/d.txt": "draft",
        "sub/e.txt": "sub",
        "sub/f.log": "log",
        ".git/config": "x",
    }
    for name, text in files.items():
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "docs"


def ids(path="index"):
    with SearchIndex.open(path, create=False) as index:
        return sorted(hit.id for hit in index.scan("", where=Field("id").exists()))


@pytest.mark.parametrize(
    ("options", "taken", "left_out"),
    [
        ([], ["a.txt", "b.md", "sub/e.txt"], "2 files and 2 folders left out by ignore files; --no-ignore takes them"),
        (["--no-ignore"], ["a.txt", "b.md", "build/made.txt", "drafts/d.txt", "sub/e.txt"], ""),
        (["--include", "*.txt"], ["a.txt", "sub/e.txt"], "2 folders left out"),
        (["--include", "sub/*"], ["sub/e.txt"], "1 file and 2 folders left out"),
        (["--exclude", "sub/"], ["a.txt", "b.md"], "1 file and 2 folders left out"),
        (["--exclude", "*.md", "--exclude", "*/e.txt"], ["a.txt"], "left out"),
        (["--ignore-file", "rules"], ["b.md"], "2 files and 3 folders left out"),
    ],
    ids=str,
)
def test_which_files_are_taken(run, docs, options, taken, left_out):
    (docs.parent / "rules").write_text("# ours\n/a.txt\nsub/\n", encoding="utf-8")
    told = run("index", "docs", *options)
    assert told.exit_code == 0
    assert ids() == [f"docs/{name}" for name in taken]
    assert left_out in told.output if left_out else "left out" not in told.output


def test_what_rules_leave_out_goes_with_prune(run, docs):
    run("index", "docs", "--no-ignore")
    assert "removed 2" in run("index", "docs", "--prune").output
    assert ids() == ["docs/a.txt", "docs/b.md", "docs/sub/e.txt"]


def test_a_file_of_rules_that_is_none_is_told(run, docs, tmp_path):
    (tmp_path / "rules").write_text("a\n" * 2_000, encoding="utf-8")
    told = run("index", "docs", "--ignore-file", "rules")
    assert told.exit_code == 2
    assert "1,000 rules" in told.stderr
    (tmp_path / "rules").write_text("#" * 200_000, encoding="utf-8")
    assert run("index", "docs", "--ignore-file", "rules").exit_code == 2


def test_a_dry_run_says_what_would_be_read_and_writes_nothing(run, docs, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    told = run("index", "docs", "--dry-run")
    assert told.exit_code == 0
    assert [line.split() for line in told.output.splitlines()[:-1]] == [
        ["ignore", "docs/x.log"],
        ["ignore", "docs/drafts/"],
        ["ignore", "docs/build/"],
        ["read", "docs/a.txt", "text", "6", "bytes"],
        ["read", "docs/b.md", "markdown", "8", "bytes"],
        ["skip", "docs/c.png", "unknown", "kind", "of", "file:", ".png"],
        ["ignore", "docs/sub/f.log"],
        ["read", "docs/sub/e.txt", "text", "3", "bytes"],
    ]
    assert told.output.splitlines()[-1] == (
        "would read 3 files (17 bytes), skip 1; 2 files and 2 folders left out by ignore files"
    )
    assert sorted(tmp_path.rglob("*")) == before


def test_a_dry_run_for_programs(run, docs):
    told = [json.loads(line) for line in run("index", "docs", "--dry-run", "--json").output.splitlines()]
    assert {line["action"] for line in told} == {"read", "skip", "ignore"}
    assert {"source": "docs/b.md", "action": "read", "format": "markdown", "bytes": 8} in told
    assert {"source": "docs/c.png", "action": "skip", "reason": "unknown kind of file: .png"} in told
    assert {"source": "docs/drafts/", "action": "ignore"} in told


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["docs"], 0),
        (["docs", "-"], 0),
        (["docs", "missing"], 1),
        (["docs/c.png"], 1),
        (["docs", "--strict"], 1),
        (["docs", "--rebuild", "--prune", "--yes"], 0),
    ],
    ids=str,
)
def test_a_dry_run_ends_as_the_run_would(run, docs, tmp_path, arguments, status):
    told = run("index", *arguments, "--dry-run", "--quiet", "--report", "skipped.jsonl")
    assert told.exit_code == status
    assert told.stdout == ""
    assert not (tmp_path / "index").exists()
    assert "c.png" in (tmp_path / "skipped.jsonl").read_text(encoding="utf-8")


def test_counts_for_programs(run, docs):
    told = json.loads(run("index", "docs", "--json").stdout)
    assert told.pop("seconds") > 0
    assert told == {
        "added": 3, "updated": 0, "unchanged": 0, "removed": 0, "skipped": 1, "left_out": {"files": 2, "folders": 2}
    }  # fmt: skip


@pytest.mark.parametrize(
    ("paths", "index"),
    [
        (["."], "index"),
        (["."], "docs/sub/index"),
        (["docs"], "docs/index"),
        (["docs"], "docs"),
        (["docs", "docs/sub"], "docs/sub"),
        (["{here}"], "index"),
        (["docs"], "{here}/docs/index"),
        (["link"], "docs/index"),
    ],
)
def test_an_index_is_no_source_of_itself(run, docs, tmp_path, paths, index):
    (tmp_path / "link").symlink_to(docs)
    paths, index = [path.format(here=tmp_path) for path in paths], index.format(here=tmp_path)
    assert run("index", *paths, "-i", index).exit_code == 0
    (tmp_path / index / "words.tsv").write_text("synonym\ta\tb\n", encoding="utf-8")
    before = ids(index)
    told = run("index", *paths, "-i", index, "--json")
    counts = json.loads(told.stdout)
    assert (counts["added"], counts["updated"]) == (0, 0)
    assert ids(index) == before
    assert not any("MAIN" in line or "words.tsv" in line for line in told.stderr.splitlines())
