"""How good are the answers to topics, one by one and in the mean?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from statistics import fmean
from typing import Any, NamedTuple

from searchkit import arguments
from searchkit.errors import ArgumentError
from searchkit.evaluating.measures import MEASURES, Measures, Qrels, Run
from searchkit.evaluating.runs import DEPTH, Topics, answers
from searchkit.index import SearchIndex


class Evaluation(NamedTuple):
    """What answers are worth.

    Attributes:
        means: Of each measure over all topics; a topic without answers counts 0.
        topics: The measures of each topic.
        judged: How many of the answers have a judgment at all, relevant or not.
        unjudged: Topics without judgments, which were left out.
        unasked: Topics with judgments that are not among those to ask, which were left out.
    """

    means: Mapping[str, float]
    topics: Mapping[str, Mapping[str, float]]
    judged: int = 0
    unjudged: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()


def evaluate(
    index: SearchIndex,
    topics: Topics,
    qrels: Qrels,
    measures: Iterable[str] | Measures = MEASURES,
    *,
    over: Callable[[Collection[str]], Iterable[str]] = iter,
    **asked: Any,  # noqa: ANN401 (the arguments of `SearchIndex.rank`)
) -> Evaluation:
    """Ask an index topics, and measure its answers against judgments.

    Args:
        index: Which.
        topics: Queries by their ids.
        qrels: The relevance of documents, by the ids of topic and document.
        measures: Their names, such as nDCG@10.
        over: Passes the ids of the topics on as they are asked: see `answers`.
        asked: What `SearchIndex.rank` can be asked besides, such as `match`; without a `limit` it is 100.

    Raises:
        ArgumentError: There is no such measure, one looks further down than `limit`, or no topic has judgments.
        MissingExtraError: The package that works measures out is not installed.
        SearchTimeoutError: See `SearchIndex.rank`.
    """
    measures = _measures(measures)
    _check(topics, qrels)
    limit = asked.get("limit", DEPTH)
    if measures.deepest > limit:
        raise ArgumentError(
            f"a measure looks at {measures.deepest:,} answers and the limit is {limit:,}; set limit={measures.deepest}"
        )
    some = {topic: text for topic, text in topics.items() if topic in qrels}
    run = {topic: [id_ for id_, _ in ranked] for topic, ranked in answers(index, some, over, **asked)}
    return evaluate_run(run, topics, qrels, measures)


def evaluate_run(run: Run, topics: Topics, qrels: Qrels, measures: Iterable[str] | Measures = MEASURES) -> Evaluation:
    """Measure answers that are there, whoever gave them.

    Args:
        run: The ids that answer each topic, best first. A topic that is not in it has no answers.
        topics: Queries by their ids: the topics that count.
        qrels: The relevance of documents, by the ids of topic and document.
        measures: Their names, such as nDCG@10.

    Raises:
        ArgumentError: There is no such measure, or no topic has judgments.
        MissingExtraError: The package that works measures out is not installed.
    """
    measures = _measures(measures)
    _check(topics, qrels)
    counted = {topic: qrels[topic] for topic in topics if topic in qrels}
    values = measures.of(run, counted)
    return Evaluation(
        means={name: fmean(each[name] for each in values.values()) for name in measures.names},
        topics=values,
        judged=sum(id_ in documents for topic, documents in counted.items() for id_ in run.get(topic, ())),
        unjudged=tuple(topic for topic in topics if topic not in qrels),
        unasked=tuple(topic for topic in qrels if topic not in topics),
    )


def _measures(measures: Iterable[str] | Measures) -> Measures:
    return measures if isinstance(measures, Measures) else Measures(measures)


def _check(topics: Topics, qrels: Qrels) -> None:
    arguments.instance("topics", topics, Mapping)  # type: ignore[type-abstract]
    arguments.instance("qrels", qrels, Mapping)  # type: ignore[type-abstract]
    if not any(topic in qrels for topic in topics):
        some = f"such as {arguments.shortened(next(iter(topics)))}" if topics else "as there are none"
        other = f", and those judged are such as {arguments.shortened(next(iter(qrels)))}" if qrels else ""
        raise ArgumentError(f"no topic has judgments: topics are called {some}{other}; give files that belong together")
