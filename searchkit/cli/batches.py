"""`searchkit search --queries FILE`: many queries in, their hits out, as a TREC run or as JSON Lines."""

from __future__ import annotations

import sys
from typing import Any

import click

import searchkit
from searchkit.cli.progress import over_topics
from searchkit.cli.terminal import is_terminal, json_line, plain
from searchkit.documents import Results
from searchkit.errors import SearchTimeoutError


def answer_all(queries: str, path: str, shape: str | None, asked: dict[str, Any]) -> None:
    """Answer the queries of a file one after another. One that takes too long is told, and the others go on.

    Args:
        queries: The file.
        path: The index.
        shape: `trec` or `jsonl`; the others have no place for the ids of queries.
        asked: What else `SearchIndex.search` is asked.
    """
    from searchkit.evaluating import read_topics  # noqa: PLC0415 (not needed for --help, nor for one query)

    if shape not in {"trec", "jsonl"}:
        raise click.UsageError("with --queries, say --format trec or --format jsonl")
    topics, late = read_topics(queries), 0
    with searchkit.SearchIndex.open(path, create=False) as index:
        for topic in over_topics(topics, shown=not is_terminal(sys.stdout)):
            try:
                # Not `rank`, so that a query finds here what it finds alone, whatever a search can be asked.
                results = index.search(topics[topic], **asked | ({"snippets": 0} if shape == "trec" else {}))
            except SearchTimeoutError as error:
                late += 1
                click.echo(f"{plain(topic)}: {error}", err=True)
                continue
            if shape == "trec":
                echo_run(topic, results)
            else:
                for rank, hit in enumerate(results, results.offset + 1):
                    click.echo(json_line({"topic": topic, "rank": rank, **hit.to_dict()}))
    if late:
        raise click.ClickException(f"{late:,} of {len(topics):,} queries took too long; allow them a longer --timeout")


def echo_run(topic: str, results: Results) -> None:
    """Print the hits of a topic as lines of a TREC run."""
    from searchkit.evaluating import trec_lines  # noqa: PLC0415 (as above)

    for line in trec_lines(topic, ((hit.id, hit.score) for hit in results), first=results.offset + 1):
        click.echo(line)
