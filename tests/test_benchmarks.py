"""The measuring programs count right, on a collection whose figures are known by hand."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from math import log2
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[1]
KEHEH, ARABIC_KAF = "\u06a9", "\u0643"
BOOK, ARABIC_BOOK = f"{KEHEH}تاب", f"{ARABIC_KAF}تاب"

DOCUMENTS = {
    "apple": "سیب",
    "pear": f"گلابی {BOOK}",
    "book": f"{BOOK} درباره ستارگان آسمان شب",
}
QUERIES = {"first": "سیب", "second": BOOK, "never": "زرافه"}
JUDGED = {"first": "apple", "second": "book", "never": "apple"}


def write_gzip(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)


def json_lines(texts, **more):
    return [json.dumps({"id": id_, "text": text, **more}) for id_, text in texts.items()]


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "collections" / "mini"
    write_gzip(folder / "docs.jsonl.gz", json_lines(DOCUMENTS, title=""))
    write_gzip(folder / "queries.jsonl.gz", json_lines(QUERIES))
    arabic = {id_: text.replace(KEHEH, ARABIC_KAF) for id_, text in QUERIES.items()}
    write_gzip(folder / "variants" / "queries_arabic.jsonl.gz", json_lines(arabic))
    write_gzip(folder / "qrels.tsv.gz", [f"{query}\t{document}\t1" for query, document in JUDGED.items()])
    (tmp_path / "README.md").write_text("| mini | 3 | 3 | made up | 0.5000 / 0.6000 |\n", encoding="utf-8")
    return tmp_path


def run(program, *options):
    return subprocess.run(
        [sys.executable, ROOT / "tests" / "benchmarks" / f"{program}.py", *map(str, options)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def rows(program, *options):
    """Return the cells of all lines of the tables that a program prints."""
    ran = run(program, *options)
    assert ran.returncode == 0, ran.stderr
    lines = [line for line in ran.stdout.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_relevance_gives_the_measures_of_trec_eval(data):
    pytest.importorskip("pytrec_eval", reason="pytrec-eval-terrier is not installed: no measures")
    ndcg, precision, recall = (1 + 1 / log2(3) + 0) / 3, (1 + 1 / 2 + 0) / 3, 2 / 3
    measures = [f"{value:.4f}" for value in (ndcg, precision, recall)]
    _, *found = rows("relevance", "--data", data, "--collection", "mini")
    base, arabic = (["mini", variant, "3", *measures, "0.0000"] for variant in ("base", "arabic"))
    assert found == [[*base, "0.5000 / 0.6000"], [*arabic, ""]]


def test_relevance_asks_a_sample(data):
    pytest.importorskip("pytrec_eval", reason="pytrec-eval-terrier is not installed: no measures")
    _, found = rows("relevance", "--data", data, "--collection", "mini", "--variant", "base", "--sample", 2)
    assert found[:3] == ["mini", "base", "2"]


@pytest.mark.parametrize("options", [["--among", "pairs"], ["--among", "nothing"]])
def test_matching_counts_pairs_and_lists_failures(tmp_path, options):
    pairs = [
        ("01_yeh_kaf_heh", BOOK, ARABIC_BOOK, "1", "an Arabic kaf"),
        ("01_yeh_kaf_heh", BOOK, "سیب", "1", "never right"),
        ("25_typo", BOOK, BOOK, "1", "the same"),
        ("31_neg_word", BOOK, f"یک {BOOK}", "0", "always found"),
        ("31_neg_word", BOOK, "گلابی", "0", "never found"),
    ]
    lines = ["category\tquery\ttext\tshould_match\twhy\tsource", *("\t".join((*pair, "here")) for pair in pairs)]
    (tmp_path / "matching_pairs.tsv").write_text("\n".join(lines), encoding="utf-8")
    _, *counts = rows("matching", "--data", tmp_path, "--failures", *options)
    assert counts == [
        ["01_yeh_kaf_heh", "core", "2", "1", "50.0"],
        ["25_typo", "fallback", "1", "1", "100.0"],
        ["31_neg_word", "negative", "2", "1", "50.0"],
        ["all core", "core", "2", "1", "50.0"],
        ["all fallback", "fallback", "1", "1", "100.0"],
        ["all negative", "negative", "2", "1", "50.0"],
        ["category", "query", "text", "why"],
        ["01_yeh_kaf_heh", BOOK, "سیب", "never right"],
        ["31_neg_word", BOOK, f"یک {BOOK}", "always found"],
    ]


def test_analysis_counts_words_and_tokens(data):
    found = {row[0]: row[1] for row in rows("analysis", "--data", data, "--collection", "mini", "--rounds", 1)}
    words = str(sum(len(text.split()) for text in DOCUMENTS.values()))
    assert [found[name] for name in ("split", "encode, cold", "analyze, warm")] == [words] * 3


@pytest.mark.parametrize(
    ("engine", "package"),
    [("searchkit", "searchkit"), ("fts5", "sqlite3"), ("tantivy", "tantivy"), ("bm25s", "bm25s"), ("whoosh", "whoosh")],
)
def test_speed_measures_each_engine(data, engine, package):
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    stages = ["--stage", "indexing", "--stage", "queries", "--stage", "memory", "--rounds", 1]
    found = rows("speed", "--data", data, "--collection", "mini", "--queries", "mini", "--engine", engine, *stages)
    of_engine = [row for row in found if row[0] == engine]
    indexing, ids, *_, _memory = of_engine
    assert indexing[1] == "3"
    assert ids[1:3] == ["3", "3"]
    assert len(of_engine) == (3 if engine == "bm25s" else 4)


def test_speed_compares_one_process_with_two(data):
    common = ("--data", data, "--collection", "mini", "--queries", "mini", "--rounds", "1")
    found = rows("speed", *common, "--engine", "searchkit", "--stage", "jobs")
    assert [row[0] for row in found if row[0].isdecimal()] == ["1", "2"]


def test_rewriting_counts_the_words_that_were_meant(data):
    pairs = ["ستارکان\tستارگان\t1", "آصمان\tآسمان\t2", "زرافح\tزرافه\t1", f"{BOOK}\tکتف\t1", "شبشبشب\tشب\t1"]
    write_gzip(data / "lexical" / "spelling_p2p.tsv.gz", ["wrong\tcorrect\tcount", *pairs])
    found = {row[0]: row[1:] for row in rows("rewriting", "--data", data, "--collection", "mini", "--words", 5)}
    _, asked, first, lemma, among, *_ = found["all"]
    assert (asked, first, lemma, among) == ("3", "0.667", "0.667", "0.667")


def test_rewriting_counts_the_words_that_were_meant_in_the_other_script(data):
    write_gzip(data / "lexical" / "spelling_p2p.tsv.gz", ["wrong\tcorrect\tcount", "ستارکان\tستارگان\t1"])
    names = [f"{latin}\t{persian}\tname-variants" for latin, persian in [("setaregan", "ستارگان"), ("zarafe", "زرافه")]]
    aligned = [
        f"{latin}\t{persian}\tsent-aligned(count={count})"
        for latin, persian, count in [("shab", "شب", 3), ("golabi", "سیب", 5), ("asemun", "آسمان", 2)]
    ]
    write_gzip(
        data / "lexical" / "finglish_words.tsv.gz", ["latin\tpersian\tsource", *names, *aligned, "sib\tسیب\tf2p-dict"]
    )
    found = {row[0]: row[1:] for row in rows("rewriting", "--data", data, "--collection", "mini", "--words", 5)}
    totals = {source: [0, 0, 0] for source in ("name-variants", "sent-aligned")}
    for name, cells in found.items():
        source, _, half = name.partition(", half ")
        if half:
            held, missing, first = int(cells[0]), int(cells[1]), float(cells[2])
            for at, number in enumerate((held, missing, round(held * first))):
                totals[source][at] += number
    assert totals == {"name-variants": [1, 0, 1], "sent-aligned": [2, 0, 1]}


@pytest.mark.parametrize(
    ("program", "options"),
    [("matching", ()), ("relevance", ()), ("analysis", ()), ("speed", ("--engine", "searchkit"))],
)
def test_missing_data_is_said_in_a_sentence(tmp_path, program, options):
    ran = run(program, "--data", tmp_path, *options)
    assert ran.returncode == 2
    assert "--data" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_pages_counts_words_that_were_marked(tmp_path):
    def mark(name, html, main, ignored=""):
        for suffix, text in ((".html", html), (".txt", main), (".ignored.txt", ignored)):
            (tmp_path / (name + suffix)).write_text(text, encoding="utf-8")

    menu = "<nav>" + "منو " * 5 + "</nav>"
    mark("right", f"{menu}<main><p>کتاب\u200cها را خواند</p></main>", "کتاب\u200cها را خواند")
    mark("half", "<main><p>یک دو سه چهار دیروز</p></main>", "یک دو پنج شش", "دیروز")
    (tmp_path / "unmarked.html").write_text("<p>نه", encoding="utf-8")
    options = ("--extractor", "searchkit", "--extractor", "all text", "--worst", 1)
    _, ours, everything, _, worst = rows("pages", tmp_path, *options)
    assert ours[:-1] == ["searchkit", "2", "0.750", "0.750", "0.750", "1", "100"]
    assert everything[:-1] == ["all text", "2", "0.558", "0.472", "0.750", "2", "100"]
    assert worst == ["half", "0.500", "0.500", "0.500"]
