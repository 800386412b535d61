"""How often is a Persian word found for one typed in Latin letters, and how fast? A stage of `rewriting`.

The pairs are those of names in several spellings, and of words that were aligned in texts of both scripts at least
three times. The halves are made of the Persian words; one may be looked into and the other not. Rows whose Persian word
is not held are left out and counted.
"""

from __future__ import annotations

import csv
import gzip
import re
import time
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path

from tables import table

from searchkit.persian import analyze
from searchkit.persian.text.fold import key_of
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.script import OtherScript

_AMONG = 3
_COUNT = re.compile(r"count=(\d+)")
_LEAST_COUNT = 3


def figures(path: Path, forms: WrittenForms) -> str:
    """Return a table of the shares of right answers, and of the times of a question."""
    begin = time.perf_counter()
    script = OtherScript(forms)
    script.candidates("be")
    seconds = time.perf_counter() - begin
    columns = ["Latin letters", "rows", "not held", "first", "lemma first", f"among {_AMONG}", f"lemma among {_AMONG}"]
    found = []
    for source in ("name-variants", "sent-aligned"):
        for half in (0, 1):
            pairs = [pair for pair in _pairs(path, source) if _half(pair[1]) == half]
            held = [pair for pair in pairs if forms.frequency(pair[1])]
            if held:
                name = f"{source}, half {half}"
                found.append([name, len(held), len(pairs) - len(held), *_found(script, held)])
    return table([*columns, "p50 ms", "p95 ms"], found) + f"\n\nlearnt in {seconds:.2f} s"


def _pairs(path: Path, source: str) -> Iterator[tuple[str, str]]:
    """Return words in Latin letters, each with the key of the Persian one."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for latin, persian, its_source in list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]:
            count = _COUNT.search(its_source)
            if its_source.startswith(source) and (not count or int(count[1]) >= _LEAST_COUNT):
                yield latin, key_of(persian)


def _half(key: str) -> int:
    return md5(key.encode(), usedforsecurity=False).digest()[0] & 1


def _found(script: OtherScript, pairs: list[tuple[str, str]]) -> list[float]:
    """Return the shares of right answers and the times of a question in ms."""
    hits, times = [], []
    for latin, key in pairs:
        begin = time.perf_counter()
        candidates = script.candidates(latin, _AMONG)
        times.append((time.perf_counter() - begin) * 1000)
        keys = [key_of(each.text) for each in candidates]
        lemmas = [[token.lemma for token in analyze(each.text)] for each in candidates]
        lemma = [token.lemma for token in analyze(key)]
        hits.append((keys[:1] == [key], lemmas[:1] == [lemma], key in keys, lemma in lemmas))
    shares = [sum(column) / len(pairs) for column in zip(*hits, strict=True)]
    times.sort()
    return [*shares, times[len(times) // 2], times[len(times) * 95 // 100]]
