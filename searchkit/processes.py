"""How do several processes share work? Results come in order; the other processes start when the work takes long."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process, resource_tracker
from threading import Thread
from typing import Any, Generic, TypeVar

from searchkit.errors import WorkerError

PATIENCE = 0.2
"""Seconds of work in this process before others are started, which takes about as long."""

_AHEAD = 2  # tasks that each other process has: one to do, and one to go on with while this one does other things
_HELD = 8  # results that are held for each process until those before them are there

Task = TypeVar("Task")
Result = TypeVar("Result")


class Processes(Generic[Task, Result]):
    """This process and others, which work for it.

    Args:
        here: Does a task in this process.
        there: Does it in another one: a function of a module.
        jobs: How many processes there are, this one included.
        start: Called first in each of the others, with `arguments`.
    """

    def __init__(
        self,
        here: Callable[[Task], Result],
        there: Callable[[Task], Result],
        jobs: int,
        start: Callable[..., None] | None = None,
        arguments: tuple[Any, ...] = (),
    ) -> None:
        self._here = here
        self._there = there
        self._others = jobs - 1
        self._start = (start, arguments)
        self._worked = 0.0
        self._pool: ProcessPoolExecutor | None = None
        self._queue: deque[Future[Result]] = deque()

    def do(self, task: Task) -> Iterator[Result]:
        """Do a task or have it done, and yield those results that are there, in the order of the tasks.

        Raises:
            WorkerError: Another process has died.
        """
        away = self._worked >= PATIENCE and sum(not result.done() for result in self._queue) < _AHEAD * self._others
        self._queue.append(self._done_there(task) if away else self._done_here(task))
        while self._queue and (self._queue[0].done() or len(self._queue) > _HELD * (self._others + 1)):
            yield self._next()

    def rest(self) -> Iterator[Result]:
        """Wait for the results that are still to come, and yield them."""
        while self._queue:
            yield self._next()

    def _next(self) -> Result:
        try:
            return self._queue.popleft().result()
        except BrokenProcessPool:
            raise _died() from None

    def close(self) -> None:
        """End the other processes, each after the task that it is at."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _done_here(self, task: Task) -> Future[Result]:
        begin = time.monotonic()
        future: Future[Result] = Future()
        future.set_result(self._here(task))
        self._worked += time.monotonic() - begin
        return future

    def _done_there(self, task: Task) -> Future[Result]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._others, get_context("spawn"), _begin, self._start)
        try:
            with _undisturbed():  # as long as a process starts, which cannot yet pass signals over
                return self._pool.submit(self._there, task)
        except BrokenProcessPool:
            raise _died() from None


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let signals that end programs wait, here and, from its start, in a process that is started meanwhile."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which lets them through when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _died() -> WorkerError:
    return WorkerError(
        "a process that helped has died, so nothing was changed; give it more memory or use one process. "
        "A script that has others help must guard what it does with: if __name__ == '__main__'"
    )


def _begin(start: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    """Make this process one that works for its parent, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, too, and decides
    Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(signal, "sigwaitinfo"):
        Thread(target=_end_when_parent_says, daemon=True).start()
    elif hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    if start is not None:
        start(*arguments)


def _end_when_parent_says() -> None:
    """End by SIGTERM, but only that of the parent: when all are told to end, what is being read is wanted."""
    while signal.sigwaitinfo({signal.SIGTERM}).si_pid != os.getppid():
        pass
    os._exit(1)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
