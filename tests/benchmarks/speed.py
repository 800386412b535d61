"""How fast and how large is searchkit beside stock Whoosh, tantivy, SQLite FTS5 and bm25s?

All of them in one run, each in processes of its own, in turn; figures are medians over rounds and ratios are of those.
`indexing`: documents in memory, one thread, until all is on disk. `queries`: the ten best documents with any of the
words, ids only and with snippets; each query is asked once a round, and `first` is the first of them. `memory`: the
peak of a process that indexes documents as it reads them, and what is resident after a thousand queries, pages of
mapped files included. `command`: `searchkit search` from start to end, with its modules compiled, beside a process
that only imports numpy, click and whoosh.index. `scaling`: all documents against half of them. `jobs`: `searchkit
index` with one process and with two. Stock Whoosh, which is slow, gets fewer documents and queries; that flatters its
times for a query.
"""

from __future__ import annotations

import compileall
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from statistics import median

import click
import numpy as np
from adapters import ADAPTERS, adapter
from collections_data import DATA, Missing, open_collection, sample
from engine_runs import Built, Corpus
from in_turn import Entry, ask_in_turn, build_in_turn, memory_of
from processes import run_alternating
from tables import Cell, table

import searchkit

BESIDE = ("tantivy", "whoosh")
IN_MEMORY = 1_000
JOBS = (1, 2)
IMPORTS = "import numpy, click, whoosh.index"
SLOW = "whoosh"
SLOW_QUERIES = 100

Table = tuple[str, Sequence[str], list[list[Cell]]]


@dataclass(frozen=True)
class Setup:
    """What is compared: engines with their work, and queries by the collection that they come from."""

    entries: list[Entry]
    queries: dict[str, list[str]]
    rounds: int

    @cached_property
    def built(self) -> list[list[Built]]:
        """The indexes, made when the first stage needs them."""
        return build_in_turn(self.entries)

    @property
    def pooled(self) -> list[str]:
        return [query for queries in self.queries.values() for query in queries]


def indexing(setup: Setup) -> Iterator[Table]:
    entries, built = setup.entries, [of_entry[0] for of_entry in setup.built]
    seconds = [median(once.seconds for once in of_entry) for of_entry in setup.built]
    counts = [once.documents for once in built]
    rates = [count / took for count, took in zip(counts, seconds, strict=True)]
    megabytes = [once.size / 1e6 for once in built]
    sizes = [once.size / once.text for once in built]
    columns = ["engine", "documents", "documents/s", *_columns(), "MB", "size / text", *_columns()]
    rows = _rows(_names(entries), counts, rates, *_beside(entries, rates), megabytes, sizes, *_beside(entries, sizes))
    yield f"Indexing {entries[0].corpus.name}", columns, rows


def queries(setup: Setup) -> Iterator[Table]:
    counts = {entry: of_entry[0].documents for entry, of_entry in zip(setup.entries, setup.built, strict=True)}
    columns = ["engine", "documents", "queries"]
    for name in ("p50 ms", "p99 ms", "first p50 ms"):
        columns += [name, *_columns()]
    for of, texts in setup.queries.items():
        for kind in ("ids", "snippets"):
            entries = [entry for entry in setup.entries if kind == "ids" or adapter(entry.engine).has_snippets]
            if not entries:
                continue
            asked = ask_in_turn(entries, texts, snippets=kind == "snippets")
            typical = [of_entry.typical for of_entry in asked]
            cells: list[Sequence[Cell]] = [[counts[entry] for entry in entries], [len(times) for times in typical]]
            for times, rank in ((typical, 50), (typical, 99), ([of_entry.first for of_entry in asked], 50)):
                milliseconds = _percentile(times, rank)
                cells += [milliseconds, *_beside(entries, milliseconds)]
            rows = _rows(_names(entries), *cells)
            yield f"Queries of {of}, {kind} of the ten best", columns, rows


def in_memory(setup: Setup) -> Iterator[Table]:
    asked = setup.pooled[:IN_MEMORY]
    rows: list[list[Cell]] = []
    for entry in setup.entries:
        while_indexing, while_asking = memory_of(entry, asked)
        rows.append(
            [entry.engine, while_indexing.peak, len(asked[: entry.queries]), while_asking.resident, while_asking.mapped]
        )
    columns = ["engine", "peak indexing, MB", "queries", "resident after, MB", "mapped of it, MB"]
    yield "Memory, with the interpreter", columns, rows


def command(setup: Setup) -> Iterator[Table]:
    entry = next((entry for entry in setup.entries if entry.engine == "searchkit"), None)
    if entry is None or not setup.built:
        raise Missing("The stage 'command' measures searchkit; add --engine searchkit or leave the stage out.")
    compileall.compile_dir(Path(searchkit.__file__).parent, quiet=1)  # as installers do
    search = [sys.executable, "-m", "searchkit", "search", "--index", str(entry.index()), "--match", "any", "--"]
    imports = [sys.executable, "-c", IMPORTS]
    pairs = [run_alternating([imports, [*search, query]], setup.rounds) for query in setup.pooled[:10]]
    alone, searched = (median(run.seconds for pair in pairs for run in pair[side]) * 1000 for side in (0, 1))
    rows: list[list[Cell]] = [[IMPORTS, alone, None], ["searchkit search", searched, searched / alone]]
    yield "The command line, whole process", ["process", "ms", "/ imports"], rows


def scaling(setup: Setup) -> Iterator[Table]:
    entries = [entry for entry in setup.entries if entry.engine != SLOW]
    corpus = entries[0].corpus
    total = sum(1 for _ in corpus.read())
    sizes = [(entry, replace(corpus, documents=count)) for entry in entries for count in (total // 2, total)]
    doubled = [replace(entry, corpus=part, folder=entry.folder / f"of {part.documents}") for entry, part in sizes]
    for entry in doubled:
        entry.folder.mkdir(exist_ok=True)
    seconds = [median(once.seconds for once in of_entry) for of_entry in build_in_turn(doubled)]
    p50 = _percentile([asked.typical for asked in ask_in_turn(doubled, setup.pooled, snippets=False)], 50)
    rows = _rows(_names(entries), *_growth(seconds), *_growth(p50))
    columns = ["engine", "index half, s", "all, s", "ratio", "p50 of half, ms", "of all, ms", "ratio"]
    yield f"From {total // 2:,} to {total:,} documents", columns, rows


def jobs(setup: Setup) -> Iterator[Table]:
    folder, corpus = setup.entries[0].folder, setup.entries[0].corpus
    lines = folder / "documents.jsonl"
    with lines.open("wb") as file:
        file.writelines(document.to_json() + b"\n" for document in corpus.read())
    index = [sys.executable, "-m", "searchkit", "index", "--rebuild", "--index", str(folder / "jobs"), "--jobs"]
    rounds = run_alternating([[*index, str(number), str(lines)] for number in JOBS], setup.rounds)
    seconds = [median(ran.seconds for ran in of_number) for of_number in rounds]
    rows = _rows([str(number) for number in JOBS], seconds, [seconds[0] / each for each in seconds])
    yield f"searchkit index of {corpus.name} as JSON Lines, whole process", ["jobs", "s", "× as fast"], rows


TABLES: dict[str, Callable[[Setup], Iterator[Table]]] = {
    "indexing": indexing,
    "queries": queries,
    "memory": in_memory,
    "command": command,
    "scaling": scaling,
    "jobs": jobs,
}


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=True, help="Folder of the data.")
@click.option("--collection", "name", default="news_title", show_default=True, help="What to index: name or folder.")
@click.option("--documents", type=click.IntRange(min=2), help="Take only the first so many; default all.")
@click.option("--queries", "asked", multiple=True, default=["news_title", "news_tags"], help="Collections to ask from.")
@click.option("--sample", "size", type=click.IntRange(min=1), default=500, show_default=True, help="Queries of each.")
@click.option("--engine", "engines", multiple=True, type=click.Choice(list(ADAPTERS)), default=list(ADAPTERS))
@click.option("--stage", "stages", multiple=True, type=click.Choice(list(TABLES)), default=list(TABLES)[:4])
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--whoosh-sample", type=click.IntRange(min=1), default=2000, show_default=True, help="Its documents.")
def main(
    *,
    data: Path,
    name: str,
    documents: int | None,
    asked: tuple[str, ...],
    size: int,
    engines: tuple[str, ...],
    stages: tuple[str, ...],
    rounds: int,
    whoosh_sample: int,
) -> None:
    versions = [f"{engine} {adapter(engine).version}" for engine in engines]
    click.echo(f"{', '.join(versions)}; Python {platform.python_version()}, numpy {np.__version__}; {rounds} rounds")
    texts = {of: list(sample(open_collection(data, of).queries(), size).values()) for of in asked}
    corpus = Corpus(data, name, documents)
    with tempfile.TemporaryDirectory() as folder:
        entries = [Entry(engine, corpus, Path(folder), rounds) for engine in engines]
        setup = Setup([_slowed(entry, whoosh_sample) for entry in entries], texts, rounds)
        for stage in stages:
            for title, columns, rows in TABLES[stage](setup):
                click.echo(f"\n{title}\n\n{table(columns, rows)}")


def _slowed(entry: Entry, documents: int) -> Entry:
    """Give stock Whoosh less to do."""
    if entry.engine != SLOW:
        return entry
    corpus = replace(entry.corpus, documents=min(documents, entry.corpus.documents or documents))
    return replace(entry, corpus=corpus, rounds=1, queries=SLOW_QUERIES)


def _names(entries: Sequence[Entry]) -> list[str]:
    return [entry.engine for entry in entries]


def _columns() -> list[str]:
    return [f"× {engine}" for engine in BESIDE]


def _beside(entries: Sequence[Entry], figures: Sequence[float]) -> Iterator[list[float | None]]:
    """Yield for each engine of `BESIDE` a column of figures as multiples of its own; blank where it takes no part."""
    of_engine = dict(zip(_names(entries), figures, strict=True))
    for engine in BESIDE:
        yield [figure / of_engine[engine] if engine in of_engine else None for figure in figures]


def _growth(figures: Sequence[float]) -> Iterator[list[float]]:
    """Yield columns from figures of half and whole in turn: the halves, the wholes, and how much more these are."""
    halves, wholes = figures[::2], figures[1::2]
    yield from (list(halves), list(wholes), [whole / half for half, whole in zip(halves, wholes, strict=True)])


def _percentile(times: Sequence[Sequence[float]], q: float) -> list[float]:
    return [float(np.percentile(of_entry, q)) * 1000 for of_entry in times]


def _rows(*columns: Sequence[Cell]) -> list[list[Cell]]:
    return [list(row) for row in zip(*columns, strict=True)]


if __name__ == "__main__":
    main()
