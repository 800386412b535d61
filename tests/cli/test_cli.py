"""What the command line promises, through click's runner; `test_process.py` runs the real program."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from contextlib import closing

import numpy as np
import pytest
from click.testing import CliRunner

from searchkit import SearchIndex
from searchkit.cli import main
from searchkit.cli.terminal import json_line, marked, plain
from searchkit.engines.base import Meaning, Passage
from searchkit.results import Snippet

ESC = "\x1b"
OVERRIDE = "\u202e"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    return lambda *arguments, **options: runner.invoke(main, [str(each) for each in arguments], **options)


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "tea.txt").write_text("چای\n\nچای سبز در باغ نوشیدیم.", encoding="utf-8")
    (folder / "books.md").write_text("# کتاب\u200cها\n\nكتاب\u200cهاي تاريخ در کتابخانه است.", encoding="utf-8")
    return folder


@pytest.fixture
def indexed(run, docs):
    assert run("index", "docs").exit_code == 0
    return run


# index


def test_index_counts_and_a_second_run_changes_nothing(run, docs):
    assert "added 2, updated 0, unchanged 0, removed 0, skipped 0" in run("index", "docs").output
    assert "added 0, updated 0, unchanged 2, removed 0, skipped 0" in run("index", "docs").output


@pytest.mark.parametrize("encoding", ["rot13", "zlib", "hex", "base64", "idna", "undefined", "klingon", "\x1b[31m"])
def test_what_is_no_encoding_is_a_mistake_of_usage(run, docs, encoding):
    told = run("index", "docs", "--encoding", encoding)
    assert (told.exit_code, type(told.exception)) == (2, SystemExit)
    assert "Invalid value for --encoding" in told.output
    assert "give a name such as utf-8" in told.output
    assert ESC not in told.output


@pytest.mark.parametrize(
    "command", [["index", "docs"], ["index", "docs", "--rebuild"], ["search", "x"], ["info"], ["delete", "x"]]
)
def test_an_index_below_a_file(run, docs, command):
    told = run(*command, "-i", "docs/tea.txt/index")
    assert (told.exit_code, type(told.exception)) == (1, SystemExit)
    assert "Not a directory" in told.output
    told = run(*command, "-i", "docs/tea.txt")
    assert (told.exit_code, type(told.exception)) == (2, SystemExit)
    assert "is a file" in told.output


def test_the_index_is_the_same_for_any_number_of_jobs(run, docs, tmp_path, monkeypatch):
    monkeypatch.setattr("searchkit.processes.PATIENCE", 0)
    for number in range(200):
        (docs / f"{number}.txt").write_text(f"باغ {number} " * 5000, encoding="utf-8")
    for jobs in ("1", "2"):
        told = run("index", "docs", "-i", jobs, "--jobs", jobs, "--memory", "8")
        assert "added 202," in told.output
    one, two = (next((tmp_path / jobs).glob("*.segment")).read_bytes() for jobs in ("1", "2"))
    assert one == two
    assert run("index", "docs", "--jobs", "0").exit_code == 2


def test_index_updates_what_changed_and_prunes_only_when_asked(indexed, docs):
    (docs / "tea.txt").write_text("قهوه", encoding="utf-8")
    (docs / "books.md").unlink()
    assert "added 0, updated 1, unchanged 0, removed 0" in indexed("index", "docs").output
    assert indexed("search", "--jsonl", "کتابخانه").output
    assert "unchanged 1, removed 1" in indexed("index", "docs", "--prune").output
    assert not indexed("search", "--jsonl", "کتابخانه").output


def test_prune_keeps_what_lies_elsewhere_and_what_could_not_be_read(indexed, docs, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("جای دیگر", encoding="utf-8")
    indexed("index", "other.txt")
    (docs / "tea.txt").write_bytes(b"\x00\x01\x02" * 100)
    result = indexed("index", "docs", "--prune")
    assert "removed 0, skipped 1" in result.output
    assert len(SearchIndex.open("index")) == 3


def test_rebuild_starts_over(indexed, docs):
    (docs / "tea.txt").unlink()
    assert "added 1" in indexed("index", "docs", "--rebuild").output
    assert len(SearchIndex.open("index")) == 1


def test_what_is_skipped_is_named_with_its_reason_and_the_rest_is_indexed(run, docs, tmp_path):
    (docs / "photo.png").write_bytes(b"\x89PNG\r\n")
    result = run("index", "docs", "missing", "--report", "skipped.jsonl")
    assert result.exit_code == 1
    assert "Error: no such file or folder: missing" in result.stderr
    assert "added 2" in result.output
    assert "skipped 2" in result.output
    lines = [json.loads(line) for line in (tmp_path / "skipped.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["source"] for line in lines} == {"docs/photo.png", "missing"}
    assert all(line["reason"] for line in lines)
    assert all(line["source"] in result.stderr for line in lines)


# nothing vanishes by mistake


@pytest.fixture
def ten(run, docs):
    for number in range(8):
        (docs / f"{number}.txt").write_text(f"باغ {number}", encoding="utf-8")
    assert "added 10" in run("index", "docs").output
    return run


@pytest.mark.parametrize("options", [["--prune"], ["--rebuild"], ["--prune", "-q"], ["--rebuild", "-q", "--yes"]])
@pytest.mark.parametrize("paths", [["dosc"], ["docs", "dosc/"], ["dosc.txt"]])
def test_a_path_that_does_not_exist_removes_nothing(ten, options, paths):
    told = ten("index", *paths, *options)
    assert told.exit_code == 1
    assert f"no such file or folder: {paths[-1].rstrip('/')}" in told.stderr
    assert len(SearchIndex.open("index")) == 10


@pytest.mark.parametrize("option", ["--prune", "--rebuild"])
def test_more_than_half_of_the_index_goes_only_when_that_is_said(ten, docs, option):
    for number in range(8):
        (docs / f"{number}.txt").unlink()
    told = ten("index", "docs", option, "-q")
    assert told.exit_code == 1
    assert "would remove 8 of the 10 documents" in told.stderr
    assert "say --yes" in told.stderr
    assert len(SearchIndex.open("index")) == 10
    assert ten("index", "docs", option, "--yes").exit_code == 0
    assert len(SearchIndex.open("index")) == 2


@pytest.mark.parametrize("option", ["--prune", "--rebuild"])
def test_half_of_the_index_may_go(ten, docs, option):
    for number in range(5):
        (docs / f"{number}.txt").unlink()
    assert ten("index", "docs", option).exit_code == 0
    assert len(SearchIndex.open("index")) == 5


def test_a_run_that_finds_nothing_leaves_no_index(run, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n")
    assert run("index", "empty").exit_code == 0
    assert run("index", "photo.png", "--rebuild").exit_code == 1
    assert run("index", "missing").exit_code == 1
    assert not (tmp_path / "index").exists()


def test_a_damaged_index_can_be_made_anew(ten, tmp_path):
    for file in (tmp_path / "index").iterdir():
        file.write_bytes(b"")
    assert ten("search", "باغ").exit_code == 1
    assert "added 10" in ten("index", "docs", "--rebuild").output


def test_the_files_of_the_index_are_no_sources(ten):
    told = ten("index", ".")
    assert "skipped 0" in told.output
    assert told.exit_code == 0


def test_a_run_of_which_every_source_was_skipped_is_a_failure(run, docs, tmp_path):
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n")
    told = run("index", "photo.png")
    assert told.exit_code == 1
    assert "nothing could be indexed" in told.stderr
    assert run("index", "photo.png", "docs").exit_code == 0
    assert run("index", "photo.png", "docs").exit_code == 0  # unchanged is something, too


def test_strict_makes_a_skip_a_failure(run, docs):
    (docs / "photo.png").write_bytes(b"\x89PNG\r\n")
    result = run("index", "docs", "--strict")
    assert result.exit_code == 1
    assert "added 2" in result.output


def test_json_lines_on_standard_input(run):
    lines = '{"id": "a", "title": "چای", "body": "چای سبز"}\nnot json\n{"id": "b", "body": "قهوه"}\n'
    result = run("index", "-", input=lines)
    assert "added 2" in result.output
    assert "skipped 1" in result.output
    assert json.loads(run("search", "--jsonl", "قهوه").output)["id"] == "b"


def test_a_table_can_be_named(run, tmp_path):
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.executescript("CREATE TABLE a (body); CREATE TABLE b (matn); INSERT INTO b VALUES ('چای');")
    assert "its tables are a, b; name one: --table NAME" in run("index", "a.db").output
    assert "added 1" in run("index", "a.db", "--table", "b", "--column", "body=matn").output


def test_columns_can_be_named(run, tmp_path):
    (tmp_path / "rows.csv").write_text("nr,matn\n7,چای سبز\n", encoding="utf-8")
    assert run("index", "rows.csv", "--column", "id=nr", "--column", "body=matn").exit_code == 0
    assert json.loads(run("search", "--jsonl", "چای").output)["id"] == "7"
    wrong = run("index", "rows.csv", "--column", "text=matn")
    assert wrong.exit_code == 2
    assert "text" in wrong.output


def test_quiet_prints_nothing(run, docs):
    assert run("index", "docs", "--quiet").output == ""


def test_the_index_can_be_elsewhere(run, docs, tmp_path):
    run("index", "docs", "--index", "elsewhere")
    assert (tmp_path / "elsewhere").is_dir()
    assert not (tmp_path / "index").exists()
    assert run("search", "چای", "--index", "elsewhere").exit_code == 0
    assert run("search", "چای", env={"SEARCHKIT_INDEX": "elsewhere"}).exit_code == 0


# search


def test_search_shows_title_place_snippet_and_count(indexed):
    output = indexed("search", "کتابهای تاریخ").output
    assert "1. کتاب\u200cها" in output
    assert "docs/books.md" in output
    assert "كتاب\u200cهاي تاريخ" in output
    assert "1 document" in output


def test_nothing_found_is_no_failure(indexed):
    result = indexed("search", "زرافه")
    assert result.exit_code == 0
    assert "no document answers" in result.output


def test_json_is_one_documented_object(indexed):
    found = json.loads(indexed("search", "--json", "چای", "سبز").output)
    assert found["query"] == "چای سبز"
    assert (found["version"], found["total"], found["complete"]) == (1, 1, 1)
    (hit,) = found["hits"]
    assert set(hit) == {"id", "title", "url", "date", "fields", "score", "snippets"}
    (snippet,) = hit["snippets"]
    assert {snippet["text"][start:end] for start, end in snippet["marks"]} == {"چای", "سبز"}


def test_a_word_with_a_minus_is_part_of_the_query(indexed):
    assert json.loads(indexed("search", "--json", "در", "-چای").output)["query"] == "در -چای"
    assert [hit["id"] for hit in json.loads(indexed("search", "--json", "در", "-چای").output)["hits"]] == [
        "docs/books.md"
    ]


def test_an_unknown_option_is_misuse(indexed):
    assert indexed("search", "--lmit", "3", "چای").exit_code == 2


def test_limit_and_offset_page(indexed):
    both = [hit["id"] for hit in json.loads(indexed("search", "--json", "در").output)["hits"]]
    second = json.loads(indexed("search", "--json", "در", "--limit", "1", "--offset", "1").output)
    assert [hit["id"] for hit in second["hits"]] == both[1:2]
    assert indexed("search", "چای", "--limit", "-1").exit_code == 2
    assert "narrow the query" in indexed("search", "چای", "--offset", "10000").output


@pytest.mark.parametrize("count", [0, 1])
def test_snippets_can_be_counted(indexed, count):
    assert len(json.loads(indexed("search", "--jsonl", "سبز", "--snippets", count).output)["snippets"]) == count


def test_colors_are_for_terminals_or_on_demand(indexed):
    assert ESC not in indexed("search", "چای").output
    assert f"{ESC}[1mچای{ESC}[0m" in indexed("search", "چای", "--color", "always", color=True).output
    assert ESC not in indexed("search", "چای", "--color", "never", color=True).output


def test_a_problem_in_the_query_is_told(indexed):
    result = indexed("search", '"چای')
    assert result.exit_code == 0
    assert result.stderr


def test_no_index_is_a_failure_that_says_what_to_do(run):
    result = run("search", "چای")
    assert result.exit_code == 1
    assert "searchkit index PATH" in result.stderr


# info, delete, analyze


def test_info_counts(indexed):
    assert "documents   2" in indexed("info").output
    assert json.loads(indexed("info", "--json").output)["documents"] == 2


def test_info_tells_of_vectors_where_there_are_some(indexed):
    assert "vectors" not in indexed("info").output
    assert "vectors" not in json.loads(indexed("info", "--json").output)
    passage = Passage(0, 3, np.array([0.6, 0.8], np.float32))
    with SearchIndex.open("index") as index:
        (part,) = index._engine.reader().parts
        meaning = Meaning("a model", 2, bytes(8), 200, 8)
        index._engine.enrich(part, meaning, lambda document: [passage] * document.id.endswith("txt"))
    size = 1 * (2 + 4 + 8) + 3 * 4 + 2
    shown = indexed("info").output
    assert "embedder    a model\n" in shown
    assert f"vectors     1 documents, 1 passages of about 200 words, {size} bytes\n" in shown
    counts = {"embedder": "a model", "passage_words": 200, "documents": 1, "passages": 1, "size": size}
    assert json.loads(indexed("info", "--json").output)["vectors"] == counts


def test_delete_removes_and_names_failure(indexed):
    result = indexed("delete", "docs/tea.txt", "never")
    assert result.exit_code == 1
    assert "removed 1" in result.output
    assert result.stderr.endswith("not in the index at index: never\n")
    assert json.loads(indexed("info", "--json").output)["documents"] == 1
    assert indexed("delete", "docs/books.md").exit_code == 0


def test_analyze_shows_tokens_spans_and_terms(run):
    (token,) = [json.loads(line) for line in run("analyze", "--json", "كتاب").output.splitlines()]
    assert token["text"] == "كتاب"
    assert token["span"] == [0, 4]
    assert token["terms"][0] == "کتاب"
    assert token["steps"]
    assert "کتاب" in run("analyze", "كتاب").output


@pytest.mark.parametrize("name", ["index", "search", "info", "delete", "analyze"])
def test_help_names_every_option(run, name):
    result = run(name, "--help")
    assert result.exit_code == 0
    for parameter in main.commands[name].params:
        assert any(option in result.output for option in parameter.opts) or parameter.param_type_name == "argument"
    assert "\\" not in result.output


# what is asked for and is not there


@pytest.mark.parametrize(
    "command",
    [
        ["search", "x", "--sort", "nothing"],
        ["search", "x", "--facet", "nothing"],
        ["search", "x", "--where", "nothing=1"],
        ["search", "x", "--where", "date>=someday"],
        ["search", "x", "--since", "someday"],
        ["search", "x", "--unique-by", "nothing"],
        ["search", "x", "--offset", "10000"],
        ["search", "x", "--cursor", "x", "--offset", "1"],
        ["similar", "nothing"],
        ["suggest", "x", "--where", "nothing=1"],
        ["index", "docs", "-i", "other", "--field", "a=b"],
        ["index", "docs", "-i", "other", "--field", "date=number"],
        ["index", "docs", "--ignore-file", "nothing"],
        ["index", "docs", "--watch", "--dry-run"],
        ["index", "docs", "-", "--watch"],
        ["crawl", "ftp://example.org/"],
    ],
    ids=" ".join,
)
def test_what_can_never_be_answered_is_misuse_told_in_words_of_the_command_line(indexed, command):
    told = indexed(*command)
    assert (told.exit_code, type(told.exception)) == (2, SystemExit)
    assert "Error: " in told.stderr
    assert not re.search(r"(?<!in Python )(\bfields=|WriteOptions|\bNone\b|`|\bstr\b|fresh=)", told.stderr)


@pytest.mark.parametrize("command", [["search", "x", "--cursor", "x"], ["index", "docs", "--field", "a=keyword"]])
def test_what_the_index_refuses_as_it_is_now_is_a_failure(indexed, command):
    told = indexed(*command)
    assert (told.exit_code, type(told.exception)) == (1, SystemExit)


# hostile text


HOSTILE = {
    "colours": f"{ESC}[31m",
    "clears": f"{ESC}[2J{ESC}[H",
    "title": f"{ESC}]0;owned\x07",
    "link": f"{ESC}]8;;http://example.com\x07x{ESC}]8;;\x07",
    "clipboard": f"{ESC}]52;c;b3duZWQ=\x07",
    "C1": "\u009b31m\u009d0;owned\u009c",
    "moves": "\b\r\x7f\v\f\x85",
    "nothing": "\0",
    "bidi": "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "lines": "\u2028\u2029\n",
}


def obeyed(output):
    bidi = set(HOSTILE["bidi"])
    return [
        char for char in output if char in bidi or (unicodedata.category(char) in {"Cc", "Zl", "Zp"} and char != "\n")
    ]


@pytest.mark.parametrize("kind", HOSTILE)
def test_terminal_text_holds_nothing_that_a_terminal_obeys(run, kind):
    bad = HOSTILE[kind]
    title = f"a{bad}b"
    line = {"id": f"x{bad}", "title": title, "url": f"http://example.com/{bad}", "body": f"چای {bad} سبز{bad}"}
    told = [run("index", "-", input=json.dumps(line) + "\n" + json.dumps({"id": bad, "body": [bad]}))]
    told += [run("search", *shape, f"چای{bad}", f'"{bad}', f"{bad}:") for shape in ([], ["--json"], ["--jsonl"])]
    told += [run("delete", bad), run("analyze", f"چای{bad}سبز"), run("search", "-i", bad.replace("\0", ""), "چای")]
    assert [obeyed(result.output) for result in told] == [[]] * len(told)
    assert json.loads(run("search", "--jsonl", "چای").output)["title"] == title.replace("\0", "\ufffd")
    assert f"{ESC}[1mچای{ESC}[0m" in run("search", "--color", "always", "چای").output  # ours


def test_plain_is_one_line():
    assert plain("a\r\n\tb\u2028c\x00") == "a b c"


def test_marks_stay_on_their_words_when_space_is_folded():
    snippet = Snippet("a\n\n b  c", ((4, 5), (7, 8)))
    assert marked(snippet, color=True) == f"a {ESC}[1mb{ESC}[0m {ESC}[1mc{ESC}[0m"
    assert marked(snippet, color=False) == "a b c"


def test_json_lines_stay_lines():
    value = {"a": "\u2028\n\x85"}
    assert json_line(value).splitlines() == [json_line(value)]
    assert json.loads(json_line(value)) == value
