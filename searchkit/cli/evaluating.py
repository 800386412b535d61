"""`searchkit eval`: topics and judgments in, measures of an index or of a run out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from searchkit.cli.embedding import note_words_alone, opened_for
from searchkit.cli.options import asked_embedder_option, index_option, mode_option, ranking_option, words_option
from searchkit.cli.progress import over_topics
from searchkit.cli.terminal import json_line, plain
from searchkit.documents import Json
from searchkit.errors import ArgumentError

if TYPE_CHECKING:
    from searchkit.evaluating import Evaluation, Measures
    from searchkit.ranking import Ranking

_NAMED = 5  # how many of the topics that are left out are named


@click.command("eval")
@click.argument("topics", metavar="TOPICS")
@click.argument("qrels", metavar="QRELS")
@index_option
@click.option("--run", metavar="FILE", help="Measure the answers in this file, a TREC run or JSON Lines, not an index.")
@click.option(
    "-m",
    "--measure",
    "measures",
    multiple=True,
    metavar="NAME[,NAME...]",
    help="Which measures: nDCG@k, AP, AP@k, RR, RR@k, P@k, R@k, Success@k, Rprec, Bpref.  "
    "[default: nDCG@10,AP,RR,R@100]",
)
@click.option(
    "-n", "--limit", default=100, show_default=True, type=click.IntRange(1), help="How many answers to ask for."
)
@click.option(
    "--match", type=click.Choice(["all", "any", "auto"]), default="auto", show_default=True, help="As in a search."
)
@mode_option
@asked_embedder_option
@ranking_option
@words_option
@click.option("--per-query", is_flag=True, help="Give the measures of each topic, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(  # noqa: PLR0913 (the options of the command)
    topics: str,
    qrels: str,
    path: str,
    run: str | None,
    measures: tuple[str, ...],
    *,
    ranking: Ranking | None,
    words: str | None,
    embedder: str | None,
    per_query: bool,
    as_json: bool,
    **asked: Any,  # noqa: ANN401 (what a search is asked)
) -> None:
    """Measure how well an index answers TOPICS, given the judgments in QRELS. Needs the extra `eval`.

    TOPICS has a query a line: its id, a tab, the query; or JSON Lines with "id" and "text". QRELS says how relevant
    documents are: topic, iteration, document, relevance, as TREC has it, the three without the iteration, or JSON Lines
    with "topic", "doc" and "relevance". Either may be packed with gzip.

    A line of the answer is a measure, a topic (or all, for their mean), and a figure. Topics that find nothing count 0,
    those without judgments not at all.

    \b
    searchkit eval topics.tsv qrels.txt
    searchkit eval topics.tsv qrels.txt --measure nDCG@10,RR@10 --per-query
    searchkit search --queries topics.tsv --format trec --limit 100 > run.txt
    searchkit eval topics.tsv qrels.txt --run run.txt
    """  # noqa: D301 (click reads \\b as: leave these lines as they are)
    from searchkit import evaluating  # noqa: PLC0415 (numpy is not needed for --help)

    chosen = _measures(measures)
    queries, judgments = evaluating.read_topics(topics), evaluating.read_qrels(qrels)
    if run is not None:
        evaluation = evaluating.evaluate_run(evaluating.read_run(run), queries, judgments, chosen)
    else:
        if chosen.deepest > asked["limit"]:
            raise click.UsageError(f"a measure looks at {chosen.deepest:,} answers: say --limit {chosen.deepest}")
        with opened_for(asked["mode"], path, embedder, ranking=ranking, words=words) as index:
            note_words_alone(index, max(queries.values(), key=len, default=""), asked["mode"])
            evaluation = evaluating.evaluate(index, queries, judgments, chosen, over=over_topics, **asked)
    _note(evaluation)
    if as_json:
        click.echo(json_line(_described(evaluation, per_query=per_query)))
        return
    for line in _lines(evaluation, per_query=per_query):
        click.echo(line)


def _measures(names: tuple[str, ...]) -> Measures:
    from searchkit.evaluating import MEASURES, Measures  # noqa: PLC0415 (as above)

    try:
        return Measures([name.strip() for each in names for name in each.split(",")] or MEASURES)
    except ArgumentError as error:
        raise click.BadParameter(plain(str(error)), param_hint="--measure") from None


def _lines(evaluation: Evaluation, *, per_query: bool) -> Iterator[str]:
    """Yield what trec_eval would print: measure, topic, figure, with tabs between."""
    for topic, values in evaluation.topics.items() if per_query else ():
        yield from (f"{name:12}\t{plain(topic)}\t{value:.4f}" for name, value in values.items())
    yield f"{'topics':12}\tall\t{len(evaluation.topics)}"
    yield from (f"{name:12}\tall\t{value:.4f}" for name, value in evaluation.means.items())


def _described(evaluation: Evaluation, *, per_query: bool) -> Json:
    described: dict[str, Json] = {
        "version": 1,
        "topics": len(evaluation.topics),
        "measures": dict(evaluation.means),
        "unjudged": list(evaluation.unjudged),
        "unasked": list(evaluation.unasked),
    }
    if per_query:
        described["per_query"] = {topic: dict(values) for topic, values in evaluation.topics.items()}
    return described


def _note(evaluation: Evaluation) -> None:
    """Say on standard error what was left out, and what looks like a mistake."""
    for topics, what in (
        (evaluation.unjudged, "topics without judgments"),
        (evaluation.unasked, "judged topics that are not among the topics"),
    ):
        if topics:
            some = plain(", ".join(topics[:_NAMED])) + (", ..." if len(topics) > _NAMED else "")
            click.echo(f"left out {len(topics):,} {what}: {some}", err=True)
    if not evaluation.judged:
        click.echo(
            "no answer has a judgment; are documents called the same in the index and in the judgments?", err=True
        )
