"""How often is the word that was meant found for a misspelt one, how fast, and at what cost of time and memory?

The words are those of a collection, with how many of its documents hold each. Misspelt words are asked for that are not
among them while the right ones are; halves of the right words are given apart, of which one may be looked into and the
other not. Words typed on the other layout of the keyboard are made of the right ones.
"""

from __future__ import annotations

import csv
import gzip
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from hashlib import md5
from pathlib import Path
from typing import NamedTuple, TypeVar

import click
from collections_data import DATA, open_collection
from other_script import figures
from tables import table

from searchkit.persian import analyze
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.keyboard import meant_keys, retyped
from searchkit.query.rewriting.spelling import Spelling

T = TypeVar("T")

_WORDS = 100_000
"""Words of which time and memory of building are told."""
_AMONG = 3
_MB = 1 << 20


class Row(NamedTuple):
    """A misspelt word and the right one, with its key and lemma."""

    wrong: str
    right: str
    key: str
    lemma: str

    @property
    def half(self) -> int:
        return md5(self.key.encode(), usedforsecurity=False).digest()[0] & 1


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=True, help="Folder of the data.")
@click.option("--collection", default="dev_mix", show_default=True, help="Whose words are held.")
@click.option("--words", type=int, default=_WORDS, show_default=True, help="How many of them to build with.")
def main(data: Path, collection: str, words: int) -> None:
    counts = _counts(data, collection)
    forms = WrittenForms.of(counts.items()).with_variants()
    rows = _rows(data / "lexical" / "spelling_p2p.tsv.gz", forms)
    halves = [("all", rows), *((f"half {half}", [row for row in rows if row.half == half]) for half in (0, 1))]
    spelling = Spelling(forms)
    columns = ["rows", "words held", "misspelt", "first", "lemma first", f"among {_AMONG}", "p50 ms", "p95 ms"]
    click.echo(
        table(columns, [[name, len(forms.words), *_found(spelling, chosen)] for name, chosen in halves if chosen])
    )
    click.echo()
    click.echo(table(["other layout", "typed", "found"], [_retyped(forms, sorted({row.right for row in rows}))]))
    click.echo()
    if (pairs := data / "lexical" / "finglish_words.tsv.gz").exists():
        click.echo(figures(pairs, forms))
        click.echo()
    click.echo(table(["built of words", "s", "MB"], [_built(counts, words)]))


def _counts(data: Path, collection: str) -> Counter[str]:
    """Return how many documents of a collection hold each key."""
    counts: Counter[str] = Counter()
    for document in open_collection(data, collection).documents():
        counts.update({token.key for token in analyze(f"{document.title}\n{document.body}")})
    return counts


def _rows(path: Path, forms: WrittenForms) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        pairs = [row[:2] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]
    found = []
    for wrong, right in pairs:
        typed, meant = analyze(wrong), analyze(right)
        if len(typed) == len(meant) == 1 and typed[0].key != meant[0].key:
            (token,) = meant
            if forms.frequency(token.key) and not forms.frequency(typed[0].key):
                found.append(Row(wrong, right, token.key, token.lemma))
    return found


def _found(spelling: Spelling, rows: list[Row]) -> list[int | float]:
    """Return how many rows there are, the shares of right answers, and the times of a question."""
    keys, lemmas, among, times = 0, 0, 0, []
    for row in rows:
        seconds, candidates = _timed(lambda row=row: spelling.candidates(row.wrong, _AMONG))
        times.append(seconds * 1000)
        tokens = [token for candidate in candidates for token in analyze(candidate.text)[:1]]
        keys += [token.key for token in tokens[:1]] == [row.key]
        lemmas += [token.lemma for token in tokens[:1]] == [row.lemma]
        among += row.key in {token.key for token in tokens}
    size, times = len(rows), sorted(times)
    shares = [count / size for count in (keys, lemmas, among)]
    return [size, *shares, times[size // 2], times[size * 95 // 100]]


def _retyped(forms: WrittenForms, words: list[str]) -> list[str | int | float]:
    """Return how many words were typed on the other layout, and the share of them that was found first."""
    typed = [(word, keys) for word in words for keys in retyped(word)]
    found = [[each.text for each in meant_keys(keys, forms)][:1] == [word] for word, keys in typed]
    return ["right words", len(typed), sum(found) / len(typed)]


def _built(counts: Counter[str], words: int) -> list[int | float]:
    """Return the time and memory that so many words take until the first question is answered."""
    pairs = counts.most_common(words)

    def build() -> Spelling:
        spelling = Spelling(WrittenForms.of((word.encode().decode(), count) for word, count in pairs).with_variants())
        spelling.candidates(pairs[0][0])
        return spelling

    build()  # tables are read once
    seconds, _ = _timed(build)
    tracemalloc.start()
    kept = build()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return [len(pairs), seconds, size / _MB]


def _timed(call: Callable[[], T]) -> tuple[float, T]:
    begin = time.perf_counter()
    result = call()
    return time.perf_counter() - begin, result


if __name__ == "__main__":
    main()
