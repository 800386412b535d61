"""How well are the answers ordered? nDCG@10, MAP and R@100 on collections with judgments.

The measures are those of `searchkit eval`. A query without an answer counts 0. `lost` is what nDCG@10 falls by when the
same queries are respelt: that of the base queries less that of the variant. The figures of Lucene 9 and 10 stand beside
where the data folder's README gives them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from collections_data import (
    BASE,
    DATA,
    Collection,
    Missing,
    Queries,
    open_collection,
    reference_figures,
    sample,
)
from tables import Cell, table

from searchkit import MissingExtraError, SearchIndex
from searchkit.evaluating import Measures, answers, evaluate_run

MEASURES = ("nDCG@10", "MAP", "R@100")
SMALL = ("pquad", "farstail", "news_title", "news_tags", "quran_xtrans")


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=True, help="Folder of the data.")
@click.option("--collection", "names", multiple=True, default=SMALL, show_default=True, help="Its name, or its folder.")
@click.option("--variant", "only", multiple=True, help="Only queries so respelt ('base' as they are); default all.")
@click.option("--sample", "size", type=click.IntRange(min=1), help="Ask only so many queries; default all.")
@click.option("--match", type=click.Choice(["auto", "any", "all"]), default="auto", show_default=True)
def main(data: Path, names: tuple[str, ...], only: tuple[str, ...], size: int | None, match: str) -> None:
    collections = [open_collection(data, name) for name in names]
    try:
        Measures(MEASURES)
    except MissingExtraError as error:
        raise Missing(str(error)) from error
    figures = reference_figures(data)
    rows: list[list[Cell]] = []
    for collection in collections:
        for variant, queries, means, lost in measure(collection, only, size, match):
            lucene = figures.get((collection.name, variant))
            figures_of = (f"{figure:.4f}" for figure in (*means, lost))
            rows.append([collection.name, variant, queries, *figures_of, lucene])
    click.echo(table(["collection", "queries as", "queries", *MEASURES, "lost", "Lucene 9 / 10 nDCG@10"], rows))


def measure(
    collection: Collection, only: Iterable[str], size: int | None, match: str
) -> Iterator[tuple[str, int, list[float], float]]:
    """Index a collection and yield each of its variants.

    With each come the number of queries, the means of `MEASURES`, and what is lost against the same queries unchanged.
    """
    judgments = collection.judgments()
    with tempfile.TemporaryDirectory() as folder, SearchIndex.open(folder) as index:
        index.add(collection.documents())
        base = collection.queries()
        asked: dict[str, list[str]] = {}
        for variant in only or [BASE, *collection.variants]:
            judged = {id_: text for id_, text in collection.queries(variant).items() if id_ in judgments}
            queries = sample(judged, size)
            asked |= ask(index, {id_: base[id_] for id_ in queries if id_ not in asked}, match)
            unchanged = evaluate_run(asked, queries, judgments, MEASURES).means
            respelt = asked if variant == BASE else ask(index, queries, match)
            means = evaluate_run(respelt, queries, judgments, MEASURES).means
            yield variant, len(queries), list(means.values()), unchanged["nDCG@10"] - means["nDCG@10"]


def ask(index: SearchIndex, queries: Queries, match: str) -> dict[str, list[str]]:
    return {topic: [id_ for id_, _ in ranked] for topic, ranked in answers(index, queries, match=match)}


if __name__ == "__main__":
    main()
