"""Which topics, judgments or answers are in a file? The forms of TREC, TSV and JSON Lines, packed with gzip too.

A line that begins with a brace is JSON; one with a tab is cut at tabs, so that ids may hold spaces; others at spaces.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar

import numpy as np

from searchkit.documents import Json
from searchkit.errors import LoadError
from searchkit.loading.files import opened, too_large
from searchkit.loading.options import LoadOptions, source_name
from searchkit.loading.rows.jsonl import json_object
from searchkit.loading.rows.records import lines

_BEIR = ["query-id", "corpus-id", "score"]  # the first line of judgments in that collection of collections
_RELEVANCE = re.compile(r"[-+]?[0-9]{1,4}")  # trec_eval counts the documents of each number

_Read = TypeVar("_Read", bound=Mapping[str, object])


class _Written(NamedTuple):
    """A line that is not empty, and where it stands. What is wrong with it is told with its number."""

    name: str
    number: int
    text: str

    def wrong(self, reason: str) -> LoadError:
        return LoadError(self.name, f"line {self.number}: {reason}")

    def cells(self) -> list[str]:
        return [cell.strip() for cell in self.text.split("\t")] if "\t" in self.text else self.text.split()

    def record(self) -> dict[str, Json] | None:
        """Return its object, None where it is no JSON."""
        if not self.text.startswith("{"):
            return None
        try:
            return json_object(self.text, self.name)
        except LoadError as error:
            raise self.wrong(error.reason) from error

    def value(self, record: Mapping[str, Json], *names: str) -> str:
        """Return the first of these that the object has, a number as it is written."""
        found = next((record[name] for name in names if name in record), None)
        if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
            raise self.wrong(f"it has no text or number called {' or '.join(names)}")
        return str(found)

    def relevance(self, found: Json) -> int:
        if not _RELEVANCE.fullmatch(str(found)):
            raise self.wrong(f"its relevance is {str(found)[:40]!r}; give a whole number of at most 4 digits")
        return int(str(found))


def read_topics(path: str) -> dict[str, str]:
    """Return the queries of a file by their ids.

    A line is an id, a tab and the query, or an object with `id` and `text` or `query`.

    Raises:
        LoadError: It cannot be read, a line is malformed, an id is there twice, or there is no topic.
    """
    topics: dict[str, str] = {}
    for line in _written(path):
        record = line.record()
        if record is not None:
            id_, text = line.value(record, "id", "_id"), line.value(record, "text", "query")
        else:
            id_, _, text = (cell.strip() for cell in line.text.partition("\t"))
        if not id_ or not text:
            raise line.wrong("no topic; give its id, a tab and the query")
        if id_ in topics:
            raise line.wrong(f"the topic {id_!r} is there twice; give each an id of its own")
        topics[id_] = text
    return _some(topics, path, "topics")


def read_qrels(path: str) -> dict[str, dict[str, int]]:
    """Return the judgments of a file: topic to document to relevance.

    A line is topic, iteration, document, relevance, as TREC has it; or the three without the iteration; or an object
    with `topic` or `query`, `doc`, and `relevance`.

    Raises:
        LoadError: It cannot be read, a line is malformed, a document is judged twice, or there is no judgment.
    """
    qrels: dict[str, dict[str, int]] = {}
    for line in _written(path):
        record, cells = line.record(), line.cells()
        if record is not None:
            topic, document = line.value(record, "topic", "query"), line.value(record, "doc")
            relevance = line.relevance(record.get("relevance"))
        elif line.number == 1 and cells == _BEIR:
            continue
        elif len(cells) in {3, 4} and all(cells):
            topic, document, relevance = cells[0], cells[-2], line.relevance(cells[-1])
        else:
            raise line.wrong("no judgment; give topic, iteration (or leave it out), document and relevance")
        if document in qrels.setdefault(topic, {}):
            raise line.wrong(f"{document!r} is judged twice for the topic {topic!r}; leave one of them out")
        qrels[topic][document] = relevance
    return _some(qrels, path, "judgments")


def read_run(path: str) -> dict[str, list[str]]:
    """Return the answers of a file by their topics, best first.

    Lines of TREC (topic, Q0, document, rank, score, tag) are ordered as trec_eval does: by scores, as numbers of 32
    bits, and where they are the same by ids, those that come last in the alphabet first. Objects, with `topic` or
    `query` and `id` or `doc`, come in the order of their lines.

    Raises:
        LoadError: It cannot be read, a line is malformed, or a document answers a topic twice.
    """
    run: dict[str, dict[str, float]] = {}
    for line in _written(path):
        record, cells = line.record(), line.cells()
        if record is not None:
            topic, document = line.value(record, "topic", "query"), line.value(record, "id", "doc")
            score = -float(len(run.get(topic, ())))
        elif len(cells) == 6 and all(cells):
            topic, document, score = cells[0], cells[2], _score(line, cells[4])
        else:
            raise line.wrong("no answer; give topic, Q0, document, rank, score and tag")
        if document in run.setdefault(topic, {}):
            raise line.wrong(f"{document!r} answers the topic {topic!r} twice; leave one of them out")
        run[topic][document] = score
    return {topic: _ordered(scores) for topic, scores in run.items()}


def _ordered(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda id_: (scores[id_], id_), reverse=True)


def _score(line: _Written, written: str) -> float:
    try:
        score = float(written)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise line.wrong(f"its score is {written[:40]!r}; give a number")
    with np.errstate(over="ignore"):
        return float(np.float32(score))


def _written(path: str) -> Iterator[_Written]:
    name, options = source_name(path), LoadOptions()
    with opened(path, options) as stream:
        for number, line in enumerate(lines(stream, name, options), 1):
            if line is None:
                raise LoadError(name, f"line {number}: {too_large(options)}")
            if line and not line.isspace():
                yield _Written(name, number, line.rstrip("\r"))


def _some(found: _Read, path: str, what: str) -> _Read:
    if not found:
        raise LoadError(source_name(path), f"no {what} in it")
    return found
