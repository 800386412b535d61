"""What the rules of ignore files leave out, as git reads them; and that no rule takes long."""

from __future__ import annotations

import time

import pytest

from searchkit.documents import Skip
from searchkit.errors import ArgumentError
from searchkit.loading import LoadOptions, discover
from searchkit.loading.ignoring import Rules

IGNORE = (".gitignore", ".searchkitignore")

TABLE = [
    # rules, what they leave out, what they do not
    ("*.log", "a.log b/c.log", "a.txt a.log.txt"),
    ("build", "build x/build", "builds build.txt"),
    ("build/", "build/ x/build/", "build x/build"),
    ("/build", "build", "x/build"),
    ("docs/*.txt", "docs/a.txt", "a.txt x/docs/a.txt docs/x/a.txt"),
    ("**/docs", "docs x/docs x/y/docs", "docs.txt"),
    ("docs/**", "docs/a docs/x/y", "docs/ a"),
    ("a/**/b", "a/b a/x/b a/x/y/b", "b x/a/b a/x/c"),
    ("a/**/b/**/c", "a/b/c a/x/b/y/z/c a/b/b/c", "a/c a/b a/x/c"),
    ("**/a/**", "a/b x/a/b/c", "a x/a"),
    ("*", "a b/", ""),
    ("a*b*c", "abc axbxc abbcc", "ab abcd acb"),
    ("?.txt", "a.txt \u06a9.txt", "ab.txt .txt"),
    ("[ab].txt", "a.txt", "c.txt"),
    ("[!ab].txt", "c.txt", "a.txt"),
    ("[^a-c].txt", "d.txt", "b.txt"),
    ("[[:digit:]x]", "1 x", "a"),
    ("[]a]", "] a", "b"),
    ("[a", "", "[a a"),
    ("a\\", "", "a a\\"),
    ("# a", "", "# a"),
    (r"\#a", "#a", "a"),
    (r"\!a", "!a", "a"),
    (r"\*", "*", "a"),
    ("a b  ", "a_blank_b", "a"),
    ("*.txt\n!b.txt", "a.txt", "b.txt x/b.txt"),
    ("!b.txt\n*.txt", "a.txt b.txt", ""),
    ("*\n!*/\n!*.md", "a.txt x/a.txt", "a.md x/ x/a.md"),
    ("a.txt\r\nb.txt\r", "a.txt b.txt", ""),
    ("/*\n!/docs", "a b/", "docs x/y"),
    ("\n\n/\n//\n!", "", "a"),
    ("\u06af\u0632\u0627\u0631\u0634*.txt", "\u06af\u0632\u0627\u0631\u0634\u06f1.txt", "a.txt"),
]


def left_out(rules, path):
    names = tuple(path.replace("_blank_", " ").removesuffix("/").split("/"))
    return bool(Rules(rules.split("\n")).leave_out(names, is_folder=path.endswith("/")))


@pytest.mark.parametrize(("rules", "out", "kept"), TABLE, ids=[repr(row[0]) for row in TABLE])
def test_the_rules(rules, out, kept):
    assert [path for path in out.split() if not left_out(rules, path)] == []
    assert [path for path in kept.split() if left_out(rules, path)] == []


def test_a_file_that_says_nothing_of_a_path_leaves_it_to_others():
    rules = Rules(["*.txt", "!a.txt", "x/"])
    said = [rules.leave_out((name,), is_folder=False) for name in ("b.txt", "a.txt", "a.md", "x")]
    assert said == [True, False, None, None]


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Make files of names and texts, and stand above them."""
    monkeypatch.chdir(tmp_path)

    def made(files):
        for name, text in files.items():
            path = tmp_path / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return made


def found(**options):
    out = []
    sources = list(discover(["docs"], LoadOptions(**options), left_out=lambda path, folder: out.append((path, folder))))
    return sources, out


def test_files_of_rules_count_in_their_folder_and_below_and_the_deepest_decides(tree):
    tree(
        {
            ".gitignore": "*.log\n/top.txt\nbuild/\n",
            "a.log": "", "top.txt": "", "build/x.txt": "",
            "sub/.gitignore": "!kept.log\n/only.txt\n",
            "sub/kept.log": "", "sub/other.log": "", "sub/only.txt": "", "sub/top.txt": "", "sub/deep/only.txt": "",
            "beside/kept.log": "",
        }
    )  # fmt: skip
    sources, out = found(ignore_files=IGNORE)
    assert sources == ["docs/sub/deep/only.txt", "docs/sub/kept.log", "docs/sub/top.txt"]
    assert sorted(out) == [
        ("docs/a.log", False), ("docs/beside/kept.log", False), ("docs/build", True), ("docs/sub/only.txt", False),
        ("docs/sub/other.log", False), ("docs/top.txt", False),
    ]  # fmt: skip
    assert len(found()[0]) == 9


def test_its_own_rules_come_after_those_of_git_and_given_ones_before(tree):
    tree({".gitignore": "*.txt\n", ".searchkitignore": "!a.txt\n*.md\n", "a.txt": "", "b.txt": "", "c.md": "", "d": ""})
    assert found(ignore_files=IGNORE)[0] == ["docs/a.txt", "docs/d"]
    assert found(ignore_files=IGNORE, ignore=("d", "a.txt"))[0] == ["docs/a.txt"]
    assert found(ignore_files=IGNORE[::-1])[0] == ["docs/d"]


def test_what_is_named_is_taken_and_what_git_keeps_is_never_walked(tree):
    tree({".gitignore": "*\n", "a.txt": "", "sub/b.txt": "", ".git/config.txt": "", "sub/.git/x.txt": ""})
    options = LoadOptions(ignore_files=IGNORE)
    assert list(discover(["docs"], options)) == []
    assert list(discover(["docs/a.txt", "docs/sub"], options)) == ["docs/a.txt", "docs/sub/b.txt"]
    assert list(discover(["docs"])) == ["docs/a.txt", "docs/sub/b.txt"]


def test_a_folder_that_is_left_out_is_not_looked_into(tree):
    tree({".gitignore": "sub/\n!sub/a.txt\n", "sub/a.txt": ""})
    assert found(ignore_files=IGNORE) == ([], [("docs/sub", True)])


def test_folders_that_are_not_to_be_walked_are_known_by_any_path(tree, tmp_path):
    tree({"a.txt": "", "index/b.txt": ""})
    (tmp_path / "link").symlink_to(tmp_path / "docs" / "index")
    for path in ("docs/index", "docs/../docs/index/", str(tmp_path / "docs" / "index"), "link"):
        assert found(not_walked=(path,))[0] == ["docs/a.txt"]
    assert list(discover(["docs/index"], LoadOptions(not_walked=("docs/index",)))) == ["docs/index/b.txt"]


@pytest.mark.parametrize(
    ("among", "sources"),
    [
        (["docs/a.txt"], ["docs/a.txt"]),
        (["docs/sub"], ["docs/sub/b.txt", "docs/sub/deep/c.txt"]),
        (["docs/sub/deep/c.txt", "docs/sub/deep"], ["docs/sub/deep/c.txt"]),
        (["docs/sub", "docs/sub/deep/c.txt"], ["docs/sub/b.txt", "docs/sub/deep/c.txt"]),
        (["docs/gone.txt", "docs/sub/no.log", "docs/.git/x"], []),
        (["docs"], ["docs/a.txt", "docs/sub/b.txt", "docs/sub/deep/c.txt"]),
        ([], []),
    ],
)
def test_a_part_of_a_folder_is_found_as_in_the_whole(tree, among, sources):
    tree({".gitignore": "*.log", "a.txt": "", "sub/b.txt": "", "sub/no.log": "", "sub/deep/c.txt": "", ".git/x": ""})
    assert list(discover(["docs"], LoadOptions(ignore_files=IGNORE), among=among)) == sources


@pytest.mark.parametrize(
    "text",
    ["a\n" * 2_000, "*a\n" * 1_001, "b" * 20_001, "# much\n" * 20_000, "a" * 1_000_000],
    ids=["names", "globs", "a long one", "comments", "a line"],
)
def test_what_is_too_much_for_an_ignore_file_is_told(tree, text):
    tree({".gitignore": text, "x.txt": ""})
    (skip, source), _ = found(ignore_files=IGNORE)
    assert skip.source == "docs/.gitignore"
    assert "rules" in skip.reason
    assert source == "docs/x.txt"


def test_the_rules_of_all_folders_on_the_way_down_count_together(tree):
    tree({".gitignore": "x\n" * 600, "a/.gitignore": "y\n" * 600, "b/.gitignore": "y\n" * 300, "a/z": "", "b/z": ""})
    sources, _ = found(ignore_files=IGNORE)
    assert [each.source for each in sources if isinstance(each, Skip)] == ["docs/a/.gitignore"]


def test_an_ignore_file_that_is_a_link_or_cannot_be_read_does_not_count(tree, tmp_path):
    tree({"a.txt": ""})
    (tmp_path / "rules").write_text("*\n", encoding="utf-8")
    (tmp_path / "docs" / ".gitignore").symlink_to(tmp_path / "rules")
    assert found(ignore_files=IGNORE)[0] == ["docs/a.txt"]


def test_given_rules_are_bounded():
    with pytest.raises(ArgumentError, match="1,000 rules"):
        LoadOptions(ignore=("a",) * 1_001)


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("*a" * 2_000 + "b", "a" * 255),
        ("*" + "a" * 100 + "b", "a" * 255),
        ("**/" * 3_000 + "b", "a/" * 2_000 + "a"),
        ("**/a*/" * 2_000 + "b", "a/" * 2_000 + "a"),
        ("[" * 10_000, "a"),
        ("[[:" * 5_000 + "]", "a"),
        ("\\" * 9_999, "a"),
        ("*" * 10_000 + "b", "a" * 255),
        ("?*" * 5_000, "a" * 255),
    ],
    ids=lambda value: value[:12],
)
def test_no_rule_takes_long(rule, path):
    begun = time.process_time()
    assert not left_out(rule, path)
    assert time.process_time() - begun < 5  # it takes milliseconds; what is not linear takes years
