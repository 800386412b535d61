"""Which changes of one handle are committed together? Small ones that wait while another is written.

A commit forces files to disk, which takes most of the time of a small change. So whoever may write takes along what the
others who wait want changed, and each call returns when the commit that holds its change is on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event, Lock
from time import monotonic
from typing import Any, Generic, TypeAlias, TypeVar

from searchkit.engines.base import Engine, WriteOptions, Writer
from searchkit.errors import IndexLockedError

T = TypeVar("T")

Change: TypeAlias = Callable[[Writer], T]
"""Changes an index through a writer, and returns what its caller wants to know. It may be called again."""

_LOOK = 0.05  # seconds after which a call that another has taken along looks whether it was given back


@dataclass(slots=True, eq=False)
class _Call(Generic[T]):
    """A call that waits: its change, and what has become of it."""

    change: Change[T]
    result: T | None = None
    error: Exception | None = None
    done: Event = field(default_factory=Event)

    def outcome(self) -> T:
        """Return or raise what the caller is to have."""
        if self.error is not None:
            raise self.error
        return self.result  # type: ignore[return-value]


class Changes:
    """Makes the changes of one handle, in turn. Safe to share between threads.

    Args:
        engine: Of the index.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = Lock()
        self._guard = Lock()
        self._waiting: list[_Call[Any]] = []

    def alone(self, change: Change[T], options: WriteOptions) -> T:
        """Make a change that may take long, in a commit of its own.

        Raises:
            IndexLockedError: Others wrote for `options.wait` seconds.
        """
        until = monotonic() + options.wait
        if not self._turn.acquire(timeout=options.wait):
            raise _busy(options)
        try:
            with self._engine.writer(_left(options, until)) as writer:
                result = change(writer)
        finally:
            self._turn.release()
        return result

    def together(self, change: Change[T], options: WriteOptions) -> T:
        """Make a small change, in one commit with others that wait. Their threads may call it, and more than once.

        Raises:
            IndexLockedError: Others wrote for `options.wait` seconds.
        """
        until = monotonic() + options.wait
        call = _Call(change)
        with self._guard:
            self._waiting.append(call)
        if self._turn.acquire(timeout=options.wait):
            try:
                self._lead(call, options, until)
            finally:
                self._turn.release()
        else:
            while not call.done.wait(_LOOK):  # another has it in its commit, unless it waits still or again
                if self._withdrawn(call):
                    raise _busy(options)
        return call.outcome()

    def _lead(self, leader: _Call[Any], options: WriteOptions, until: float) -> None:
        """Commit all that waits, unless another has done so with this call. What fails is told to who it belongs to."""
        while not leader.done.is_set():
            with self._guard:
                calls, self._waiting = self._waiting, []
            at_work = leader
            try:
                with self._engine.writer(_left(options, until)) as writer:
                    for at_work in calls:
                        at_work.result = at_work.change(writer)
                    at_work = leader
            except BaseException as error:
                own = not isinstance(error, Exception)  # an interrupt is this thread's alone
                finished = [leader if own else at_work]
                with self._guard:
                    self._waiting[:0] = [call for call in calls if call not in finished]
                if not isinstance(error, Exception):
                    raise
                at_work.error = error
            else:
                finished = calls
            for call in finished:
                call.done.set()

    def _withdrawn(self, call: _Call[Any]) -> bool:
        """Take a call out of those that wait; tell whether it was among them."""
        with self._guard:
            waits = call in self._waiting
            if waits:
                self._waiting.remove(call)
        return waits


def _left(options: WriteOptions, until: float) -> WriteOptions:
    """Return the options with what is left of the time to wait."""
    return replace(options, wait=max(0.0, until - monotonic()))


def _busy(options: WriteOptions) -> IndexLockedError:
    return IndexLockedError(
        f"another thread of this process is writing, still so after {options.wait:g} s; "
        "try again later, or wait longer: WriteOptions(wait=SECONDS)"
    )
