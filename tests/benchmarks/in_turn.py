"""How do engines compare? Each does the same work in turn, round by round, so that a slow minute is slow for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import engine_runs
from engine_runs import Built, Corpus
from processes import Child, Memory

BATCH = 25


@dataclass(frozen=True, slots=True)
class Entry:
    """An engine and how much it is asked to do; stock Whoosh, which is slow, less than the others.

    Attributes:
        engine: Its name in `adapters.ADAPTERS`.
        corpus: What it indexes.
        folder: Where its indexes stand, each in a folder of its own.
        rounds: How often it indexes, and how often it is asked each query.
        queries: How many of the queries it is asked; None for all.
    """

    engine: str
    corpus: Corpus
    folder: Path
    rounds: int
    queries: int | None = None

    def index(self, number: int = 0) -> Path:
        """Return the folder of the index that round `number` makes."""
        return self.folder / f"{self.engine}-{number}"


@dataclass(frozen=True, slots=True)
class Asked:
    """Seconds that each query took: when it was asked for the first time, and a median over all rounds."""

    first: list[float]
    typical: list[float]


def build_in_turn(entries: Sequence[Entry]) -> list[list[Built]]:
    """Index with each engine in each of its rounds, documents in memory, and return what came of each round."""
    built: list[list[Built]] = [[] for _ in entries]
    with _children(entries) as children:
        for child, entry in zip(children, entries, strict=True):
            child.call(engine_runs.hold, entry.corpus)
        for number in range(max(entry.rounds for entry in entries)):
            for child, entry, of_entry in zip(children, entries, built, strict=True):
                if number < entry.rounds:
                    entry.index(number).mkdir()
                    of_entry.append(child.call(engine_runs.build, entry.engine, entry.index(number)))
    return built


def ask_in_turn(entries: Sequence[Entry], queries: Sequence[str], *, snippets: bool) -> list[Asked]:
    """Ask each engine the queries, a batch at a time, in each of its rounds, of the index that its first round made.

    Returns:
        For each engine what its answers took.
    """
    times: list[list[list[float]]] = [[[] for _ in queries[: entry.queries]] for entry in entries]
    with _children(entries) as children:
        for number in range(max(entry.rounds for entry in entries)):
            for begin in range(0, len(queries), BATCH):
                for child, entry, of_entry in zip(children, entries, times, strict=True):
                    batch = list(queries[: entry.queries][begin : begin + BATCH])
                    if number < entry.rounds and batch:
                        seconds = child.call(engine_runs.ask, entry.engine, entry.index(), batch, snippets=snippets)
                        for of_query, took in zip(of_entry[begin:], seconds, strict=False):
                            of_query.append(took)
    return [
        Asked([of_query[0] for of_query in of_entry], [median(of_query) for of_query in of_entry]) for of_entry in times
    ]


def memory_of(entry: Entry, queries: Sequence[str]) -> tuple[Memory, Memory]:
    """Return what a process takes that indexes documents as it reads them, and what one that answered the queries."""
    folder = entry.folder / f"{entry.engine}-streamed"
    folder.mkdir()
    with Child() as child:
        indexing = child.call(engine_runs.build_streamed, entry.engine, folder, entry.corpus)
    with Child() as child:
        asking = child.call(engine_runs.memory_after, entry.engine, folder, list(queries[: entry.queries]))
    return indexing, asking


@contextmanager
def _children(entries: Sequence[Entry]) -> Iterator[list[Child]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Child()) for _ in entries]
