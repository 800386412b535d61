"""What the command line promises to those who measure: `eval`, and `search` with many queries."""

from __future__ import annotations

import json
import re
import sys

import pytest
from click.testing import CliRunner

from searchkit.cli import main
from searchkit.cli.progress import over_topics

ESC = "\x1b"
RECORDS = [
    {"id": "apple", "body": "سیب"},
    {"id": "pear", "body": "گلابی کتاب"},
    {"id": "book", "body": "کتاب درباره ستارگان آسمان شب"},
]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    assert runner.invoke(main, ["index", "-"], input="\n".join(map(json.dumps, RECORDS))).exit_code == 0
    (tmp_path / "topics.tsv").write_text("first\tسیب\nsecond\tکتاب\nnever\tزرافه\n", encoding="utf-8")
    (tmp_path / "qrels.txt").write_text("first 0 apple 2\nsecond 0 book 1\nnever 0 apple 1\n", encoding="utf-8")
    (tmp_path / "others.txt").write_text("1 0 apple 2\n", encoding="utf-8")
    return lambda *arguments, **options: runner.invoke(main, [str(each) for each in arguments], **options)


@pytest.fixture
def library():
    return pytest.importorskip("pytrec_eval", reason="the extra `eval` is not installed: no measures")


def figures(told):
    """{(measure, topic): figure} of what was printed."""
    return {tuple(line.split()[:2]): float(line.split()[2]) for line in told.stdout.splitlines()}


# eval


def test_eval_prints_the_means(run, library):
    told = run("eval", "topics.tsv", "qrels.txt")
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "topics      \tall\t3",
        "nDCG@10     \tall\t0.5436",
        "AP          \tall\t0.5000",
        "RR          \tall\t0.5000",
        "R@100       \tall\t0.6667",
    ]


def test_eval_prints_each_query(run, library):
    found = figures(run("eval", "topics.tsv", "qrels.txt", "--per-query", "-m", "RR, P@1", "--measure", "R@5"))
    assert (found["RR", "first"], found["RR", "second"], found["RR", "all"]) == (1, 0.5, 0.5)
    assert {topic for _, topic in found} == {"first", "second", "never", "all"}
    assert {measure for measure, _ in found} == {"topics", "RR", "P@1", "R@5"}


def test_eval_as_json(run, library):
    found = json.loads(run("eval", "topics.tsv", "qrels.txt", "--json", "-m", "RR").output)
    assert found == {"version": 1, "topics": 3, "measures": {"RR": 0.5}, "unjudged": [], "unasked": []}
    found = json.loads(run("eval", "topics.tsv", "qrels.txt", "--json", "-m", "RR", "--per-query").output)
    assert found["per_query"] == {"first": {"RR": 1}, "second": {"RR": 0.5}, "never": {"RR": 0}}


@pytest.mark.parametrize(("shape", "name"), [("trec", "run.txt"), ("jsonl", "run.jsonl")])
def test_a_run_that_search_writes_has_the_measures_of_the_index(run, library, tmp_path, shape, name):
    written = run("search", "--queries", "topics.tsv", "--format", shape, "--limit", 100)
    assert (written.exit_code, written.stderr) == (0, "")
    (tmp_path / name).write_text(written.stdout, encoding="utf-8")
    of_index = run("eval", "topics.tsv", "qrels.txt", "--per-query")
    of_run = run("eval", "topics.tsv", "qrels.txt", "--per-query", "--run", name, "-i", "nowhere")
    assert of_run.exit_code == 0
    assert of_run.stdout == of_index.stdout


def test_eval_asks_as_it_is_told(run, library, tmp_path):
    (tmp_path / "topics.tsv").write_text("second\tکتاب زرافه", encoding="utf-8")
    assert figures(run("eval", "topics.tsv", "qrels.txt", "-m", "R@2"))["R@2", "all"] == 1
    assert figures(run("eval", "topics.tsv", "qrels.txt", "-m", "R@2", "--match", "all"))["R@2", "all"] == 0
    assert figures(run("eval", "topics.tsv", "qrels.txt", "-m", "R@1", "--limit", "1"))["R@1", "all"] == 0


def test_eval_tells_what_it_leaves_out(run, library, tmp_path):
    (tmp_path / "topics.tsv").write_text("first\tسیب\nnew\tشب\n", encoding="utf-8")
    told = run("eval", "topics.tsv", "qrels.txt")
    assert told.exit_code == 0
    assert "left out 1 topics without judgments: new\n" in told.stderr
    assert "left out 2 judged topics that are not among the topics: second, never\n" in told.stderr
    assert "topics      \tall\t1\n" in told.stdout


def test_eval_tells_that_documents_may_be_called_otherwise(run, library, tmp_path):
    (tmp_path / "qrels.txt").write_text("first 0 docs/apple 2\n", encoding="utf-8")
    assert "no answer has a judgment" in run("eval", "topics.tsv", "qrels.txt").stderr


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["topics.tsv", "qrels.txt", "-m", "nDGC@10"], 2, "there is no measure 'nDGC@10'; give one of nDCG, AP"),
        (["topics.tsv", "qrels.txt", "-m", "RR,"], 2, "there is no measure ''"),
        (["topics.tsv", "qrels.txt", "-m", "R@1000"], 2, "a measure looks at 1,000 answers: say --limit 1000"),
        (["topics.tsv", "qrels.txt", "-n", "20000"], 2, "at most 10000"),
        (["topics.tsv"], 2, "Missing argument 'QRELS'"),
        (["missing", "qrels.txt"], 1, "missing: no such file"),
        (["qrels.txt", "qrels.txt"], 1, "qrels.txt: line 1: no topic; give its id, a tab and the query"),
        (["topics.tsv", "qrels.txt", "--run", "qrels.txt"], 1, "qrels.txt: line 1: no answer"),
        (["topics.tsv", "others.txt"], 2, "no topic has judgments: topics are called such as 'first'"),
        (["topics.tsv", "qrels.txt", "-i", "nowhere"], 1, "searchkit index PATH"),
    ],
)
def test_what_eval_cannot_do_is_told(run, library, arguments, status, told):
    failed = run("eval", *arguments)
    assert (failed.exit_code, failed.stdout) == (status, "")
    assert told in failed.stderr


def test_without_the_extra_eval_says_how_to_have_it(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "pytrec_eval", None)
    told = run("eval", "topics.tsv", "qrels.txt")
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr == (
        "Error: the measures need pytrec-eval-terrier, which is not installed: pip install 'persian-searchkit[eval]'\n"
    )


# search


def test_many_queries_as_a_trec_run(run):
    told = run("search", "--queries", "topics.tsv", "--format", "trec")
    assert (told.exit_code, told.stderr) == (0, "")
    lines = [line.split() for line in told.stdout.splitlines()]
    assert [line[:4] for line in lines] == [
        ["first", "Q0", "apple", "1"],
        ["second", "Q0", "pear", "1"],
        ["second", "Q0", "book", "2"],
    ]
    assert all(line[5] == "searchkit" for line in lines)
    assert float(lines[1][4]) > float(lines[2][4]) > 0


def test_many_queries_as_json_lines(run, tmp_path):
    (tmp_path / "q.jsonl").write_text('{"id": 1, "text": "کتاب"}', encoding="utf-8")
    told = run("search", "--queries", "q.jsonl", "--format", "jsonl")
    hits = [json.loads(line) for line in told.stdout.splitlines()]
    assert [(hit["topic"], hit["rank"], hit["id"]) for hit in hits] == [("1", 1, "pear"), ("1", 2, "book")]
    alone = [json.loads(line) for line in run("search", "--jsonl", "کتاب").stdout.splitlines()]
    assert [{name: value for name, value in hit.items() if name not in {"topic", "rank"}} for hit in hits] == alone


def test_queries_come_from_standard_input_too(run):
    told = run("search", "--queries", "-", "--format", "trec", input="7\tسیب\n")
    assert told.stdout.split()[:3] == ["7", "Q0", "apple"]


def test_options_of_a_search_hold_for_many(run, tmp_path):
    (tmp_path / "topics.tsv").write_text("1\tکتاب زرافه", encoding="utf-8")
    many = ("search", "--queries", "topics.tsv", "--format", "trec")
    assert [line.split()[2:4] for line in run(*many, "--offset", 1).stdout.splitlines()] == [["book", "2"]]
    assert len(run(*many, "--limit", 1).stdout.splitlines()) == 1
    assert run(*many, "--match", "all").stdout == ""


def test_one_query_as_a_trec_run_is_topic_1(run):
    assert run("search", "--format", "trec", "سیب").stdout.split()[:4] == ["1", "Q0", "apple", "1"]


@pytest.mark.parametrize("shape", ["text", "json", "jsonl"])
def test_format_names_what_the_short_options_do(run, shape):
    shapes = {"text": [], "json": ["--json"], "jsonl": ["--jsonl"]}
    printed = [run("search", "سیب", *options).stdout for options in (shapes[shape], ["--format", shape])]
    short, long = (re.sub(r'in \d+ ms|"took_ms": [\d.]+', "", text) for text in printed)
    assert "apple" in short
    assert long == short


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ([], 2, "give either a QUERY or --queries FILE"),
        (["--queries", "topics.tsv", "--format", "trec", "سیب"], 2, "give either a QUERY or --queries FILE"),
        (["--queries", "topics.tsv"], 2, "say --format trec or --format jsonl"),
        (["--queries", "topics.tsv", "--json"], 2, "say --format trec or --format jsonl"),
        (["--queries", "missing", "--format", "trec"], 1, "missing: no such file"),
        (["--queries", "qrels.txt", "--format", "trec"], 1, "qrels.txt: line 1: no topic"),
        (["--queries", "topics.tsv", "--format", "trec", "-i", "nowhere"], 1, "searchkit index PATH"),
    ],
)
def test_what_search_cannot_do_with_many_is_told(run, arguments, status, told):
    failed = run("search", *arguments)
    assert (failed.exit_code, failed.stdout) == (status, "")
    assert told in failed.stderr


def test_queries_that_take_too_long_are_told_and_the_others_answered(run):
    told = run("search", "--queries", "topics.tsv", "--format", "trec", "--timeout", 0)
    assert (told.exit_code, told.stdout) == (1, "")
    assert [line.partition(":")[0] for line in told.stderr.splitlines()] == ["first", "second", "never", "Error"]
    assert "3 of 3 queries took too long" in told.stderr


def test_ids_that_a_trec_run_cannot_hold_are_told(run):
    run("index", "-", input=json.dumps({"id": f"red{ESC}[31m apple", "body": "سیب"}))
    told = run("search", "--queries", "topics.tsv", "--format", "trec")
    assert told.exit_code == 2
    assert "ask for JSON Lines" in told.stderr
    assert ESC not in told.output
    assert run("search", "--queries", "topics.tsv", "--format", "jsonl").exit_code == 0


def test_progress_passes_topics_on(capsys):
    assert list(over_topics({"1": "سیب", "2": "به"})) == ["1", "2"]
    assert capsys.readouterr() == ("", "")


def test_progress_says_how_many_are_done_and_how_long_it_takes(monkeypatch):
    class Terminal:
        def __init__(self):
            self.text = ""

        def isatty(self):
            return True

        def write(self, text):
            self.text += text

        def flush(self):
            pass

    monkeypatch.setattr("searchkit.cli.progress._EVERY_SECONDS", 0)
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    assert list(over_topics(["1", "2", "3", "4"])) == ["1", "2", "3", "4"]
    assert "3 topics, 75 %, 0:00 left" in terminal.text
    assert terminal.text.endswith("\r\x1b[2K")
    terminal.text = ""
    assert list(over_topics(["1", "2"], shown=False)) == ["1", "2"]
    assert terminal.text == ""
