"""`searchkit search --queries FILE`: many queries in, their hits out, as a TREC run or as JSON Lines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from searchkit.cli.embedding import note_words_alone
from searchkit.cli.progress import over_topics
from searchkit.cli.terminal import is_terminal, json_line, plain
from searchkit.errors import SearchTimeoutError

if TYPE_CHECKING:
    from searchkit.index import SearchIndex


def answer_all(queries: str, shape: str | None, asked: dict[str, Any], open_index: Callable[[], SearchIndex]) -> None:
    """Answer the queries of a file one after another. One that takes too long is told, and the others go on.

    Args:
        queries: The file.
        shape: `trec` or `jsonl`; the others have no place for the ids of queries.
        asked: What else `SearchIndex.search` is asked.
        open_index: Opens the index.
    """
    from searchkit.evaluating import read_topics  # noqa: PLC0415 (not needed for --help, nor for one query)

    if shape not in {"trec", "jsonl"}:
        raise click.UsageError("with --queries, say --format trec or --format jsonl")
    answer = _in_run if shape == "trec" else _in_json
    topics, late = read_topics(queries), 0
    with open_index() as index:
        if topics and not asked["exact"]:
            note_words_alone(index, max(topics.values(), key=len), asked["mode"])
        for topic in over_topics(topics, shown=not is_terminal(sys.stdout)):
            try:
                answer(index, topic, topics[topic], asked)
            except SearchTimeoutError as error:
                late += 1
                click.echo(f"{plain(topic)}: {error}", err=True)
    if late:
        raise click.ClickException(f"{late:,} of {len(topics):,} queries took too long; allow them a longer --timeout")


def _in_json(index: SearchIndex, topic: str, query: str, asked: dict[str, Any]) -> None:
    results = index.search(query, **asked)
    for rank, hit in enumerate(results, results.offset + 1):
        click.echo(json_line({"topic": topic, "rank": rank, **hit.to_dict()}))


def _in_run(index: SearchIndex, topic: str, query: str, asked: dict[str, Any]) -> None:
    asked = {name: value for name, value in asked.items() if name not in {"snippets", "facets", "cursor"}}
    echo_run(topic, index.rank(query, **asked), asked["offset"])  # half the time of `search`, which reads documents


def echo_run(topic: str, ranked: Iterable[tuple[str, float]], offset: int = 0) -> None:
    """Print the ids and scores that answer a topic as lines of a TREC run."""
    from searchkit.evaluating import trec_lines  # noqa: PLC0415 (as above)

    for line in trec_lines(topic, ranked, first=offset + 1):
        click.echo(line)
