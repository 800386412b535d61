"""Which changes of one handle are committed together? Small ones that wait while another is written.

A commit forces files to disk, which takes most of the time of a small change. So whoever may write takes along what the
others who wait want changed, and each call returns when the commit that holds its change is on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Condition
from time import monotonic, sleep
from typing import Any, Generic, TypeAlias, TypeVar

from searchkit.engines.base import Engine, WriteOptions, Writer
from searchkit.errors import IndexLockedError

T = TypeVar("T")

Change: TypeAlias = Callable[[Writer], T]
"""Changes an index through a writer, and returns what its caller wants to know. It may be called again."""

_GATHER = 0.001  # seconds; a commit takes ten times as long
_LOOK = 0.05  # seconds after which a call that another has taken along looks whether it was given back


@dataclass(slots=True, eq=False)
class _Call(Generic[T]):
    """A call: its change, what has become of it, and whether a commit that is under way has taken it along."""

    change: Change[T]
    result: T | None = None
    error: Exception | None = None
    taken: bool = False
    done: bool = False

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
        self._turn = Condition()  # guards all that follows
        self._taken = False
        self._waiting: list[_Call[Any]] = []
        self._crowd = 0  # how many calls the last commit had

    def alone(self, change: Change[T], options: WriteOptions) -> T:
        """Make a change that may take long, in a commit of its own.

        Raises:
            IndexLockedError: Others wrote for `options.wait` seconds.
        """
        until = monotonic() + options.wait
        self._take_turn(options, until)
        try:
            with self._engine.writer(_left(options, until)) as writer:
                result = change(writer)
        finally:
            self._end_turn()
        return result

    def together(self, change: Change[T], options: WriteOptions) -> T:
        """Make a small change, in one commit with others that wait. Their threads may call it, and more than once.

        Raises:
            IndexLockedError: Others wrote for `options.wait` seconds.
        """
        until = monotonic() + options.wait
        call = _Call(change)
        try:
            with self._turn:
                self._waiting.append(call)
            if self._take_turn(options, until, call):
                try:
                    self._lead(call, options, until)
                finally:
                    self._end_turn()
        finally:
            self._forget(call)  # of one that was interrupted, or has waited too long, nothing is kept
        return call.outcome()

    def _take_turn(self, options: WriteOptions, until: float, call: _Call[Any] | None = None) -> bool:
        """Wait for the turn; say whether it is still needed: false where another has committed the call."""
        with self._turn:
            while self._taken and not (call and call.done):
                left = until - monotonic()
                if left <= 0 and not (call and call.taken):
                    raise _busy(options)
                self._turn.wait(max(left, _LOOK))  # a call that is being committed is not late
            if call and call.done:
                return False
            self._taken = True
            return True

    def _end_turn(self) -> None:
        with self._turn:
            self._taken = False
            self._turn.notify_all()

    def _forget(self, *calls: _Call[Any]) -> None:
        """Let calls wait no more."""
        with self._turn:
            self._waiting = [call for call in self._waiting if call not in calls]

    def _lead(self, leader: _Call[Any], options: WriteOptions, until: float) -> None:
        """Commit all that waits, with this call. What fails is told to its own caller; the others are tried again."""
        while not leader.done:
            if self._crowd > 1:
                sleep(_GATHER)  # those whose changes were committed just now bring the next ones
            with self._turn:
                calls = [call for call in self._waiting if not call.done]
                self._crowd = len(calls)
                for call in calls:
                    call.taken = True
            try:
                self._commit(calls, leader, _left(options, until))
            finally:
                for call in calls:
                    call.taken = False
                self._forget(*(call for call in calls if call.done))

    def _commit(self, calls: Sequence[_Call[Any]], leader: _Call[Any], options: WriteOptions) -> None:
        """Make the changes of calls in one commit, and say which are done with: all, or the one that has failed."""
        at_work = leader
        try:
            with self._engine.writer(options) as writer:
                for at_work in calls:
                    at_work.result = at_work.change(writer)
                at_work = leader
        except Exception as error:  # noqa: BLE001 (its caller is told; an interrupt is the leader's alone)
            at_work.error = error
            at_work.done = True
        else:
            for call in calls:
                call.done = True


def _left(options: WriteOptions, until: float) -> WriteOptions:
    """Return the options with what is left of the time to wait."""
    return replace(options, wait=max(0.0, until - monotonic()))


def _busy(options: WriteOptions) -> IndexLockedError:
    return IndexLockedError(
        f"another thread of this process is writing, still so after {options.wait:g} s; "
        "try again later, or wait longer: WriteOptions(wait=SECONDS)"
    )
