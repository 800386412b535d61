"""Which documents answer each topic, and how does a run file say so?"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from searchkit.documents import OBEYED
from searchkit.errors import ArgumentError
from searchkit.index import SearchIndex

Topics: TypeAlias = Mapping[str, str]
"""Queries by their ids."""

DEPTH = 100
"""How many answers of a topic are looked at unless it is said."""

_NO_WORD = re.compile(rf"[\s{OBEYED}]|\A\Z")


def answers(
    index: SearchIndex,
    topics: Topics,
    over: Callable[[Collection[str]], Iterable[str]] = iter,
    **asked: Any,  # noqa: ANN401 (the arguments of `SearchIndex.rank`)
) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Ask an index all topics, and yield each with the ids and scores that answer it, best first.

    Args:
        index: Which.
        topics: Which.
        over: Passes the ids of the topics on as they are asked, to show how far it has come: `tqdm`, for example.
        asked: What `SearchIndex.rank` can be asked besides; without a `limit` it is 100.

    Raises:
        ArgumentError: See `SearchIndex.rank`.
        SearchTimeoutError: The same.
    """
    for topic in over(topics):
        yield topic, index.rank(topics[topic], **{"limit": DEPTH, **asked})


def trec_lines(
    topic: str, ranked: Iterable[tuple[str, float]], *, first: int = 1, tag: str = "searchkit"
) -> Iterator[str]:
    """Yield the lines of a TREC run: topic, Q0, document, rank, score, tag.

    Programs that read them order by the score alone, which many hold in 32 bits, and by ids where it is the same. So
    scores are written in 32 bits, each lowered to the next number below the one before it where it is not less.

    Args:
        topic: Its id.
        ranked: The ids and scores of documents, best first.
        first: The rank of the first of them.
        tag: What the run is called.

    Raises:
        ArgumentError: An id is empty or has white space or control characters, which such a line cannot hold.
    """
    last = np.float32(np.inf)
    for rank, (id_, score) in enumerate(ranked, first):
        for word in (topic, id_, tag):
            if _NO_WORD.search(word):
                raise ArgumentError(
                    f"a line of a TREC run cannot hold the id {word!r}; ask for JSON Lines, or give ids without spaces"
                )
        last = min(np.float32(score), np.nextafter(last, np.float32(-np.inf)))
        yield f"{topic} Q0 {id_} {rank} {last:.9g} {tag}"
