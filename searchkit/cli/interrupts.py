"""What do Ctrl-C and SIGTERM do to a long run? The first ends the reading and keeps what was read; the second all."""

from __future__ import annotations

import signal
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import TypeVar

import click

from searchkit.cli.terminal import ERASE, is_terminal

Item = TypeVar("Item")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Stop(BaseException):
    """Raised within the reading of an item, which nothing else depends on."""


class Interrupts:
    """Ends the passing on of items when the user interrupts.

    Args:
        keeps: Whether what was read is kept. If not, the first interrupt ends all.

    Attributes:
        came: Is set when that is so.
        keeps: As it was given; it may be set anew.
        told: What is said then.
        status: The exit status that a shell reports for a program that such a signal ended.
    """

    def __init__(self, *, keeps: bool = True) -> None:
        self.came = Event()
        self.status = 0
        self.keeps = keeps
        self.told = "stopping; what has been read is kept (interrupt again to keep nothing)"
        self._reading = False

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Take interrupts meanwhile. For the main thread of a program."""
        before = [signal.signal(each, self._take) for each in _SIGNALS]
        try:
            yield
        finally:
            for each, handler in zip(_SIGNALS, before, strict=True):
                signal.signal(each, handler)

    def _take(self, number: int, _frame: FrameType | None) -> None:
        if self.came.is_set() or not self.keeps:
            raise KeyboardInterrupt
        self.status = 128 + number
        self.came.set()
        click.echo(ERASE * is_terminal(sys.stderr) + self.told, err=True)
        if self._reading:
            raise _Stop

    def over(self, items: Iterable[Item]) -> Generator[Item, None, None]:
        """Pass items on until an interrupt comes."""
        items = iter(items)
        while not self.came.is_set():
            try:
                self._reading = True
                item = next(items)
            except (StopIteration, _Stop):
                return
            finally:
                self._reading = False
            yield item
