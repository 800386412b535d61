"""What is there to measure on? Collections of documents, queries and judgments, and the tables beside them.

A collection is a folder with `docs.jsonl.gz` (id, title, text), `queries.jsonl.gz` (id, text) and `qrels.tsv.gz`
(query, document, relevance); `variants/queries_KIND.jsonl.gz` hold the same queries in other spellings. A folder like
this project's `samples/`, with `topics.tsv`, TREC's `qrels.tsv` and `documents/` of any format, is one, too.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import click

from searchkit.documents import Document

DATA = Path(__file__).parents[3] / "shared" / "data"
BASE = "base"

Queries = dict[str, str]
Judgments = dict[str, dict[str, int]]


class Missing(click.ClickException):
    """Data or a package that a measurement needs is not there; the program ends with status 2."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents with queries and the judgments of which answers which."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def variants(self) -> list[str]:
        """The kinds of respelt queries there are, besides `BASE`."""
        return sorted(_kind(path) for path in self.folder.glob("variants/queries_*.jsonl.gz"))

    def documents(self, limit: int | None = None) -> Iterator[Document]:
        """Read the documents, the first `limit` of them if given."""
        for row in islice(_json_lines(self.folder / "docs.jsonl.gz"), limit):
            yield Document(id=row["id"], title=row.get("title") or "", body=row["text"])

    def queries(self, variant: str = BASE) -> Queries:
        """Return the queries by their ids."""
        base = variant == BASE
        path = self.folder / ("queries.jsonl.gz" if base else f"variants/queries_{variant}.jsonl.gz")
        return _topics(path)

    def judgments(self) -> Judgments:
        """Return the relevance of documents by query id and document id."""
        return _judgments(self.folder / "qrels.tsv.gz")


class Samples(Collection):
    """Documents of any format that `searchkit.load` reads, judged by their ids."""

    __slots__ = ()

    def documents(self, limit: int | None = None) -> Iterator[Document]:
        """Read the documents, the first `limit` of them if given."""
        from searchkit import load  # noqa: PLC0415  the other collections need no loaders

        yield from islice((item for item in load([self.folder / "documents"]) if isinstance(item, Document)), limit)

    def queries(self, variant: str = BASE) -> Queries:
        """Return the topics by their ids."""
        if variant != BASE:
            raise Missing(f"{self.folder} has no queries respelt as {variant!r}; leave the variant out.")
        return _topics(self.folder / "topics.tsv")

    def judgments(self) -> Judgments:
        """Return the relevance of documents by query id and document id."""
        return _judgments(self.folder / "qrels.tsv")


def open_collection(data: Path, name: str) -> Collection:
    """Return the collection `name` of the data folder, or the one at the path `name`."""
    for folder in (data / "collections" / name, Path(name)):
        if (folder / "docs.jsonl.gz").is_file():
            return Collection(folder)
        if (folder / "topics.tsv").is_file():
            return Samples(folder)
    raise Missing(f"There is no collection {name!r} in {data / 'collections'}; give its folder with --data.")


def sample(queries: Queries, size: int | None) -> Queries:
    """Return `size` of the queries, the same ones on every machine and each smaller sample within the larger."""
    chosen = sorted(queries, key=lambda id_: hashlib.blake2b(id_.encode()).digest())[:size]
    return {id_: queries[id_] for id_ in chosen}


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and a text that ought to be found by it, or ought not."""

    category: str
    query: str
    text: str
    should_match: bool
    why: str

    @property
    def group(self) -> str:
        """Whether the pair is `core`, `fallback` (names by sound, other scripts, typos) or `negative`."""
        if not self.should_match:
            return "negative"
        by_sound = self.category == "19_names_phonetic"
        return "fallback" if by_sound or "20" <= self.category[:2] <= "25" else "core"


def matching_pairs(data: Path) -> list[Pair]:
    """Read `matching_pairs.tsv`."""
    with _existing(data / "matching_pairs.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Pair(row["category"], row["query"], row["text"], row["should_match"] == "1", row["why"]) for row in rows
        ]


def reference_figures(data: Path) -> dict[tuple[str, str], str]:
    """Return the nDCG@10 that the data folder's README gives for Lucene, by collection and variant; {} without one."""
    readme = data / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    figures = {(name, BASE): pair for name, pair in re.findall(r"(?m)^\| (\w+) \|.*\| ([\d.]+ / [\d.]+) \|$", text)}
    for name, variants in re.findall(r"on the variants of (\w+): (.*)", text):
        figures |= {(name, kind): pair for kind, pair in re.findall(r"`(\w+)` ([\d.]+ / [\d.]*\d)", variants)}
    return figures


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise Missing(f"There is no {path}; give the folder of the measuring data with --data.")
    return path


def _json_lines(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(_existing(path), "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if not line.isspace())


def _topics(path: Path) -> Queries:
    from searchkit.evaluating import read_topics  # noqa: PLC0415  not for processes whose memory is measured

    return read_topics(str(_existing(path)))


def _judgments(path: Path) -> Judgments:
    from searchkit.evaluating import read_qrels  # noqa: PLC0415  the same

    return read_qrels(str(_existing(path)))


def _kind(path: Path) -> str:
    return path.name.removeprefix("queries_").removesuffix(".jsonl.gz")
