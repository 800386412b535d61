"""Where is a chunk worked? Here, or in one of some other processes; they send back numbers, and each term once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

from searchkit.engines.whoosh.chunks import Row, Worked, Worker, packed
from searchkit.engines.whoosh.encoders import Encoded, Vocabulary
from searchkit.errors import WorkerError

_AHEAD = 2


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
        self._given: list[Future[Worked]] = []
        self._vocabularies: dict[object, Vocabulary] = {}
        self._chunks = 0

    def work(self, rows: Sequence[Row]) -> Callable[[], Worked]:
        """Work a chunk, or have it worked; return what waits for it and packs it. That is to be called in order."""
        self._chunks += 1
        self._given = [future for future in self._given if not future.done()]
        if self._chunks == 1 or len(self._given) >= _AHEAD * self._others:
            return partial(packed, self._here.work(rows))
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._others, get_context("spawn"), _start, (self._schema,))
        future = self._pool.submit(_work, rows)
        self._given.append(future)
        return partial(self._received, future)

    def _received(self, future: Future[Worked]) -> Worked:
        try:
            worked = future.result()
        except BrokenProcessPool:
            raise WorkerError(
                "a process that indexed has died, so nothing was changed; give it more memory or use one process. "
                "A script that indexes with several processes starts them under: if __name__ == '__main__'"
            ) from None
        return replace(worked, fields={name: self._joined(encoded) for name, encoded in worked.fields.items()})

    def _joined(self, encoded: Encoded) -> Encoded:
        sent = encoded.vocabulary
        if sent.key is None:
            return encoded
        known = self._vocabularies.setdefault(sent.key, Vocabulary())
        known.terms += sent.terms
        return replace(encoded, vocabulary=known)

    def close(self) -> None:
        """End the other processes, each after the chunk that it is at."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


_worker: list[Worker] = []
_sent: dict[object, int] = {}


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
    worked = packed(_worker[0].work(rows))
    return replace(worked, fields={name: _news(encoded) for name, encoded in worked.fields.items()})


def _news(encoded: Encoded) -> Encoded:
    """Return the same with those terms alone that have not been sent."""
    vocabulary = encoded.vocabulary
    if vocabulary.key is None:
        return encoded
    first, _sent[vocabulary.key] = _sent.get(vocabulary.key, 0), len(vocabulary.terms)
    return replace(encoded, vocabulary=Vocabulary(vocabulary.terms[first:], (os.getpid(), vocabulary.key)))
