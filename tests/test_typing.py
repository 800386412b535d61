"""A program that uses searchkit passes mypy --strict without a cast."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy", reason="mypy is not installed: pip install -e '.[dev]'")

PROGRAM = """
import datetime as dt
from collections.abc import Iterator

from searchkit import Document, Field, FunctionEmbedder, Results, SearchIndex, WriteOptions, load
from searchkit.evaluating import evaluate, read_qrels, read_topics


def documents(tags: list[str], counts: dict[str, int]) -> Iterator[Document]:
    yield Document(id="1", body="x", date=dt.date(2024, 5, 4), fields={"tags": tags, "counts": counts, "n": None})


def titles(results: Results) -> list[str]:
    return [hit["title"] for hit in results.to_dict()["hits"]]


def main(path: str, query: str, match: str) -> None:
    options = WriteOptions(wait=5, commit_every=dt.timedelta(minutes=1))
    with SearchIndex.open(path, fields={"price": "number", "tags": "keywords"}) as index:
        index.add(documents(["a"], {"b": 1}), options=options)
        index.add(load("docs/"), prune="docs/")
        for hit in index.search(query, match=match):
            print(hit.id, hit.score, hit.document.fields["tags"], [snippet.html() for snippet in hit.snippets])
        long = (Field("price") >= 10) & ~Field("tags").isin(["a"]) | (Field("date") == dt.date(2024, 5, 4))
        narrow = index.search(query, where=long, sort="-price", facets=["tags"], unique_by="host")
        print(narrow.facets["tags"][0], narrow.hidden, index.rank(query, where={"price": 5, "tags": ["a"]}))
        print([hit.id for hit in index.scan(query, where=Field("price") != 5)])
        print(titles(index.search(query)), index.rank(query)[0][0], index.delete(["1"]), index.info().documents)
        own = FunctionEmbedder(lambda texts: [[1.0, float(len(text))] for text in texts], "own", 2)
        print(index.embed(own, words=100, progress=lambda told: print(told.done)).embedded)
        measured = evaluate(index, read_topics("topics"), read_qrels("qrels"), ["AP"], over=list, match=match)
        print(measured.means["AP"] + measured.topics["1"]["AP"], measured.unjudged)
"""


def test_a_strict_program(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)],
        env={**os.environ, "MYPYPATH": str(Path(__file__).parents[1])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
