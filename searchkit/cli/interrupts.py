"""What does Ctrl-C do to a long run? The first ends the reading, so that what has been read is kept; the second all."""

from __future__ import annotations

import signal
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import click

Item = TypeVar("Item")


class _Stop(BaseException):
    """Raised within the reading of an item, which nothing else depends on."""


class Interrupts:
    """Ends the passing on of items when the user interrupts.

    Attributes:
        came: Whether that was so.
    """

    def __init__(self) -> None:
        self.came = False
        self._reading = False

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Take interrupts meanwhile. For the main thread of a program."""
        before = signal.signal(signal.SIGINT, self._take)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _take(self, _signal: int, _frame: FrameType | None) -> None:
        if self.came:
            raise KeyboardInterrupt
        self.came = True
        click.echo("stopping; what has been read is kept (interrupt again to keep nothing)", err=True)
        if self._reading:
            raise _Stop

    def over(self, items: Iterable[Item]) -> Generator[Item, None, None]:
        """Pass items on until an interrupt comes."""
        items = iter(items)
        while not self.came:
            try:
                self._reading = True
                item = next(items)
            except (StopIteration, _Stop):
                return
            finally:
                self._reading = False
            yield item
