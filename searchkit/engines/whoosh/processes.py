"""Where is a chunk worked? Here, or in one of some other processes; they send back numbers, and each term once."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

from searchkit.engines.whoosh.chunks import Row, Worked, Worker
from searchkit.engines.whoosh.encoders import Vocabulary
from searchkit.engines.whoosh.inversion import Inverted
from searchkit.errors import WorkerError

_AHEAD, _QUEUED = 2, 4


class Workers:
    """This process and others that work chunks for it.

    Args:
        schema: Whoosh's.
        jobs: How many processes work, this one included. The others start when there is more than one chunk.
    """

    def __init__(self, schema: Any, jobs: int) -> None:
        self._schema = schema
        self._others = jobs - 1
        self._here = Worker(schema)
        self._pool: ProcessPoolExecutor | None = None
        self._queue: deque[Future[Worked]] = deque()
        self._vocabularies: dict[tuple[int, int | None], Vocabulary] = {}
        self._begun = 0

    def work(self, rows: Sequence[Row]) -> Iterator[Worked]:
        """Work a chunk or have it worked, and yield those that are done, in order."""
        self._begun += 1
        waiting = sum(not future.done() for future in self._queue)
        if self._begun == 1 or waiting >= _AHEAD * self._others:
            future: Future[Worked] = Future()
            future.set_result(self._here.work(rows))
        else:
            future = self._others_work(rows)
        self._queue.append(future)
        while self._queue and (self._queue[0].done() or len(self._queue) > _QUEUED * (self._others + 1)):
            yield self._received(self._queue.popleft())

    def _others_work(self, rows: Sequence[Row]) -> Future[Worked]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._others, get_context("spawn"), _start, (self._schema,))
        return self._pool.submit(_work, rows)

    def rest(self) -> Iterator[Worked]:
        """Wait for the chunks that are under way and yield them, in order."""
        while self._queue:
            yield self._received(self._queue.popleft())

    def _received(self, future: Future[Worked]) -> Worked:
        try:
            worked = future.result()
        except BrokenProcessPool:
            raise WorkerError(
                "a process that indexed has died, so nothing was changed; give it more memory or use one process. "
                "A script that indexes with several processes starts them under: if __name__ == '__main__'"
            ) from None
        return replace(worked, fields={name: self._joined(inverted) for name, inverted in worked.fields.items()})

    def _joined(self, inverted: Inverted) -> Inverted:
        sent = inverted.vocabulary
        if not sent.process:
            return inverted
        known = self._vocabularies.setdefault((sent.process, sent.key), Vocabulary())
        known.terms += sent.terms
        return replace(inverted, vocabulary=known)

    def close(self) -> None:
        """End the other processes, each after the chunk that it is at."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


_worker: list[Worker] = []
_sent: dict[int, int] = {}


def _start(schema: Any) -> None:
    """Make this process one that works chunks, until its parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, too, and decides
    Thread(target=_end_with_parent, daemon=True).start()
    _worker.append(Worker(schema))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(rows: Sequence[Row]) -> Worked:
    worked = _worker[0].work(rows)
    return replace(worked, fields={name: _news(inverted) for name, inverted in worked.fields.items()})


def _news(inverted: Inverted) -> Inverted:
    """Return the same with those terms alone that have not been sent."""
    vocabulary = inverted.vocabulary
    if vocabulary.key is None:
        return inverted
    first, _sent[vocabulary.key] = _sent.get(vocabulary.key, 0), len(vocabulary.terms)
    return replace(inverted, vocabulary=Vocabulary(vocabulary.terms[first:], vocabulary.key, os.getpid()))
