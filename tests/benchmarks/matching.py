"""Which of the spellings that readers take for one word does searchkit take for one?

A pair matches when a document whose body is its text is found by its query with every word required. Each text stands
for the time of its questions among 9,000 articles of news, whose words may be meant as well; `--among pairs` puts all
texts into one index, and `--among nothing` gives every pair an index of its own, whose vocabulary is that one text.
"""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from pathlib import Path

import click
from collections_data import DATA, Collection, Pair, matching_pairs, open_collection
from tables import table

from searchkit import Document, SearchIndex

AMONG = ("news", "pairs", "nothing")
NEWS = 9_000
ID = "the text of a pair"
GROUPS = ("core", "fallback", "negative")


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=True, help="Folder of the pairs.")
@click.option("--among", type=click.Choice(AMONG), default="news", show_default=True, help="What else is in the index.")
@click.option("--failures", is_flag=True, help="List the pairs that went wrong.")
def main(data: Path, *, among: str, failures: bool) -> None:
    pairs = matching_pairs(data)
    if among == "news":
        found = list(_found_in_news(pairs, open_collection(data, "news_title")))
    else:
        found = list(_found_each(pairs) if among == "nothing" else _found_together(pairs))
    right = [hit == pair.should_match for pair, hit in zip(pairs, found, strict=True)]
    click.echo(table(["category", "group", "pairs", "right", "%"], list(_counts(pairs, right))))
    if failures:
        wrong = [pair for pair, is_right in zip(pairs, right, strict=True) if not is_right]
        rows = [[pair.category, _visible(pair.query), _visible(pair.text), pair.why] for pair in wrong]
        click.echo()
        click.echo(table(["category", "query", "text", "why"], rows))


def _found_in_news(pairs: list[Pair], news: Collection) -> Iterator[bool]:
    with tempfile.TemporaryDirectory() as folder, SearchIndex.open(folder) as index:
        index.add(islice(news.documents(), NEWS))
        for text, of_text in groupby(pairs, lambda pair: pair.text):
            index.add([Document(id=ID, body=text)])
            for pair in of_text:
                yield ID in dict(index.rank(pair.query, match="all", limit=NEWS + 1))
            index.delete([ID])


def _found_together(pairs: list[Pair]) -> Iterator[bool]:
    texts = list(dict.fromkeys(pair.text for pair in pairs))
    with _index(texts) as index:
        for pair in pairs:
            hits = index.search(pair.query, match="all", limit=len(texts), snippets=0)
            yield any(hit.document.body == pair.text for hit in hits)


def _found_each(pairs: list[Pair]) -> Iterator[bool]:
    for pair in pairs:
        with _index([pair.text]) as index:
            yield len(index.search(pair.query, match="all")) > 0


@contextmanager
def _index(texts: list[str]) -> Iterator[SearchIndex]:
    """Index texts, and remove the index at the end of the `with` block."""
    with tempfile.TemporaryDirectory() as folder, SearchIndex.open(folder) as index:
        index.add(Document(id=str(number), body=text) for number, text in enumerate(texts))
        yield index


def _counts(pairs: list[Pair], right: list[bool]) -> Iterator[list[str | int]]:
    """Yield a row for each category, then one for each group."""
    by_row: dict[tuple[str, str], list[bool]] = {}
    for pair, is_right in zip(pairs, right, strict=True):
        by_row.setdefault((pair.category, pair.group), []).append(is_right)
    for group in GROUPS:
        in_group = [is_right for pair, is_right in zip(pairs, right, strict=True) if pair.group == group]
        by_row[f"all {group}", group] = in_group
    for (category, group), results in by_row.items():
        share = f"{100 * sum(results) / len(results):.1f}" if results else ""
        yield [category, group, len(results), sum(results), share]


def _visible(text: str) -> str:
    """Write the characters that do not show by their code points.

    >>> _visible("a\u200cb")
    'a<200C>b'
    """
    return "".join(f"<{ord(char):04X}>" if unicodedata.category(char) == "Cf" else char for char in text)


if __name__ == "__main__":
    main()
