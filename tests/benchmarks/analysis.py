r"""What does Persian analysis cost? Time against a plain split of the same texts, and what starting it takes.

Every figure is a median over processes of their own. `cold` is the first pass over a collection in a fresh process,
with the lexicon still to be opened and no written form known; `warm` is the second. The split is
`re.findall(r"\w+", text)` over the same texts in the same process. `encode` is how a writer analyses, `analyze` how
queries are analysed.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click
from collections_data import DATA, open_collection
from processes import Child, memory, run_alternating
from tables import Cell, table

from searchkit.persian import default_analyzer

BATCH = 512  # texts at once: what fills a chunk of the index writer

Texts = list[str]
Way = Callable[[Texts], int]
STARTS = {
    "nothing": "pass",
    "import numpy": "import numpy",
    "import searchkit": "import searchkit",
    "import searchkit.persian": "import searchkit.persian",
    "analyse one word": "from searchkit.persian import analyze; analyze('\u06a9\u062a\u0627\u0628\u0647\u0627')",
}
# Printed by such a process at its end: its resident memory in kB.
RESIDENT = "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmRSS')))"


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=True, help="Folder of the data.")
@click.option("--collection", "name", default="news_title", show_default=True, help="Its name, or its folder.")
@click.option("--documents", type=click.IntRange(min=1), help="Take only the first so many; default all.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="Medians of so many.")
def main(data: Path, name: str, documents: int | None, rounds: int) -> None:
    costs: dict[str, list[Cost]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, of_way in costs.items():
            with Child() as child:
                of_way.append(child.call(cost, way, data, name, documents))
    click.echo(table(["pass", "tokens", "seconds", "tokens a second", "/ split", "MB grown"], list(_passes(costs))))
    first = next(iter(costs.values()))[0]
    click.echo(f"\n{name}: {first.documents:,} documents, {first.forms:,} distinct words; medians of {rounds} rounds\n")
    click.echo(table(["a process that does", "ms", "more", "MB resident", "more"], list(_starts(rounds))))


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process measured.

    Attributes:
        documents, words, forms: How many there are; words and distinct words of the split.
        tokens: What analysis made of them.
        split, cold, warm: Seconds of a pass.
        grown: How much more memory was resident after the passes, in MB.
    """

    documents: int
    words: int
    forms: int
    tokens: int
    split: float
    cold: float
    warm: float
    grown: float


def cost(way: str, data: Path, name: str, documents: int | None) -> Cost:
    """Split the texts of a collection, analyse them twice, and split them again."""
    texts = [f"{document.title}\n{document.body}" for document in open_collection(data, name).documents(documents)]
    forms = len({word for text in texts for word in re.findall(r"\w+", text)})
    before, words = _timed(_split, texts)
    resident = memory().resident
    begin = time.perf_counter()
    work = WAYS[way]()
    opening = time.perf_counter() - begin
    cold, tokens = _timed(work, texts)
    warm, _ = _timed(work, texts)
    grown = memory().resident - resident
    after, _ = _timed(_split, texts)
    return Cost(len(texts), words, forms, tokens, (before + after) / 2, opening + cold, warm, grown)


def _split(texts: Texts) -> int:
    return sum(len(re.findall(r"\w+", text)) for text in texts)


def _analyze() -> Way:
    """Return the way of a query or a snippet: a text at a time, tokens as objects with spans."""
    analyze = default_analyzer().analyze
    return lambda texts: sum(len(analyze(text)) for text in texts)


def _encode() -> Way:
    """Return the way of a writer: many texts at once, numbers of terms."""
    encode_all = default_analyzer().encoder().encode_all
    return lambda texts: sum(
        int(encode_all(texts[begin : begin + BATCH])[3].sum()) for begin in range(0, len(texts), BATCH)
    )


WAYS: dict[str, Callable[[], Way]] = {"encode": _encode, "analyze": _analyze}


def _timed(work: Way, texts: Texts) -> tuple[float, int]:
    """Return the seconds that the work takes on the texts, and how many tokens it finds."""
    begin = time.perf_counter()
    tokens = work(texts)
    return time.perf_counter() - begin, tokens


def _passes(costs: dict[str, list[Cost]]) -> Iterator[list[Cell]]:
    everything = [cost for of_way in costs.values() for cost in of_way]
    split = median(cost.split for cost in everything)
    words = everything[0].words
    yield ["split", words, split, round(words / split), None, None]
    for way, of_way in costs.items():
        tokens, grown = of_way[0].tokens, median(cost.grown for cost in of_way)
        cold, warm = median(cost.cold for cost in of_way), median(cost.warm for cost in of_way)
        cold_ratio = median(cost.cold / cost.split for cost in of_way)
        warm_ratio = median(cost.warm / cost.split for cost in of_way)
        yield [f"{way}, cold", tokens, cold, round(tokens / cold), cold_ratio, grown]
        yield [f"{way}, warm", tokens, warm, round(tokens / warm), warm_ratio, None]


def _starts(rounds: int) -> Iterator[list[Cell]]:
    """Yield what each of `STARTS` costs, alone and beyond what the bare interpreter does."""
    ran = run_alternating([[sys.executable, "-c", f"{code}\n{RESIDENT}"] for code in STARTS.values()], 3 * rounds)
    seconds = [median(run.seconds for run in runs) * 1000 for runs in ran]
    resident = [median(int(run.output) for run in runs) * 1024 / 1e6 for runs in ran]
    for start, ms, size in zip(STARTS, seconds, resident, strict=True):
        yield [start, ms, ms - seconds[0], size, size - resident[0]]


if __name__ == "__main__":
    main()
