"""Where is a chunk worked? In this process or in another one, which sends each term of its vocabularies once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from searchkit.engines.whoosh.writing.batches import Row, Worked, Worker
from searchkit.engines.whoosh.writing.encoding import Vocabulary
from searchkit.engines.whoosh.writing.inversion import Inverted
from searchkit.processes import Processes


class Workers:
    """This process and others that work chunks for it.

    Args:
        schema: Whoosh's.
        jobs: How many processes work, this one included.
    """

    def __init__(self, schema: Any, jobs: int) -> None:
        self._here = Worker(schema)
        self._processes: Processes[Sequence[Row], Worked] = Processes(self._here.work, _work, jobs, _start, (schema,))
        self._vocabularies: dict[tuple[int, int | None], Vocabulary] = {}

    def work(self, rows: Sequence[Row]) -> Iterator[Worked]:
        """Work a chunk or have it worked, and yield those that are done, in order."""
        return map(self._received, self._processes.do(rows))

    def rest(self) -> Iterator[Worked]:
        """Wait for the chunks that are under way and yield them, in order."""
        return map(self._received, self._processes.rest())

    def close(self) -> None:
        """End the other processes, and let go of what this one has learnt."""
        self._processes.close()
        self._here.forget()

    def _received(self, worked: Worked) -> Worked:
        return replace(worked, fields={name: self._joined(inverted) for name, inverted in worked.fields.items()})

    def _joined(self, inverted: Inverted) -> Inverted:
        """Return the same with all terms that the other process has sent so far."""
        sent = inverted.vocabulary
        if not sent.process:
            return inverted
        place = sent.process, sent.key
        if not sent.first:
            self._vocabularies[place] = Vocabulary(key=sent.key)
        known = self._vocabularies[place]
        known.terms += sent.terms
        return replace(inverted, vocabulary=known)


_worker: list[Worker] = []
_sent: dict[int, tuple[Vocabulary, int]] = {}


def _start(schema: Any) -> None:
    _worker.append(Worker(schema))


def _work(rows: Sequence[Row]) -> Worked:
    worked = _worker[0].work(rows)
    return replace(worked, fields={name: _news(inverted) for name, inverted in worked.fields.items()})


def _news(inverted: Inverted) -> Inverted:
    """Return the same with those terms alone that have not been sent."""
    vocabulary = inverted.vocabulary
    if vocabulary.key is None:
        return inverted
    before, count = _sent.get(vocabulary.key, (vocabulary, 0))
    first = count if before is vocabulary else 0
    _sent[vocabulary.key] = vocabulary, len(vocabulary.terms)
    return replace(inverted, vocabulary=Vocabulary(vocabulary.terms[first:], vocabulary.key, os.getpid(), first))
