"""`searchkit similar`: the id of a document in, those that are most like it out."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import click

import searchkit
from searchkit import garbage
from searchkit.cli.searching import QueryCommand, condition_of, print_results, search, typed
from searchkit.cli.terminal import wants_color

if TYPE_CHECKING:
    from searchkit.ranking import Ranking

_NOT_SHARED = {"query", "queries", "match", "exact", "prefix", "feedback", "sort", "words", "every", "embedder"}
"""Parameters of `search` that are about words or vectors of queries, or that put what is least like first."""


@click.command(cls=QueryCommand)
@click.argument("id_", metavar="ID")
def similar(  # noqa: PLR0913 (options, each by its name)
    id_: str,
    *,
    path: str,
    shape: str | None,
    explain: bool,
    conditions: tuple[str, ...],
    since: str | None,
    until: str | None,
    ranking: Ranking | None,
    **asked: Any,  # noqa: ANN401 (what `SearchIndex.similar` takes)
) -> None:
    """Find the documents that are most like one in the index.

    That is told by the words that say most of what it is about, and by what it means where the index has vectors.
    ID is what `searchkit search --json` calls it; put -- before one that begins with an ASCII minus. Options are those
    of `search`. An id that is not there, or that --where, --since and --until forbid, is an error.

    \b
    searchkit similar docs/garden.md --limit 3
    searchkit similar --json 1024 --unique-by body
    """  # noqa: D301 (click reads \\b as: leave these lines as they are)
    color = wants_color(str(asked.pop("color")))
    asked["where"] = condition_of(conditions, since, until)
    asked["facets"] = [typed(facet) for facet in asked["facets"]]
    with garbage.paused():
        with searchkit.SearchIndex.open(path, create=False, ranking=ranking) as index:
            results = index.similar(typed(id_), **asked)
            explanations = [results.explain(hit) for hit in results] if explain else []
            size = len(index) if not results.hits else 0
        gc.freeze()  # as a search does
    print_results(results, explanations, size, shape, color=color)


similar.params += [option for option in search.params if option.name not in _NOT_SHARED]
