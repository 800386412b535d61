"""When may a host be asked again? One request at a time, with a pause after each that grows where the host is busy.

It is busy where it says so or does not answer, and where it takes long: then the pause is as long as that took.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import monotonic

LONGEST_PAUSE = 300.0
"""Seconds that are waited in a run; a host that asks for more is left until the next."""

_SLOWEST = 60.0  # seconds between two requests to a host that is busy
_FIRST = 0.5  # the same, where there was no pause before
_MOST_FAILURES = 8  # in a row


@dataclass(slots=True)
class Turn:
    """How it stands with a host.

    Attributes:
        least: Seconds between two requests, by what the user and robots.txt ask for.
        pause: The same now.
        due: When it may be asked.
        busy: Whether it is being asked.
        failures: How often in a row it gave no answer.
        closed: Why it is not asked any more in this run; empty where it is.
    """

    least: float
    pause: float
    due: float = 0.0
    busy: bool = False
    failures: int = 0
    closed: str = ""


class Turns:
    """Hosts, each of which is asked in its turn.

    Args:
        delay: Seconds between two requests to one host, at least.
    """

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._turns: dict[str, Turn] = {}

    def of(self, site: str) -> Turn:
        """Return how it stands with a host."""
        return self._turns.setdefault(site, Turn(self._delay, self._delay))

    def slow_to(self, site: str, delay: float) -> None:
        """Keep to what a host's robots.txt asks for."""
        turn = self.of(site)
        turn.least = max(self._delay, delay)
        turn.pause = max(turn.pause, turn.least)

    def ready(self, sites: Iterable[str]) -> list[str]:
        """Return those of the hosts that may be asked now, the one that waits longest first."""
        now = monotonic()
        turns = ((site, self.of(site)) for site in sites)
        free = [(turn.due, site) for site, turn in turns if not turn.busy and not turn.closed and turn.due <= now]
        return [site for _, site in sorted(free)]

    def next_due(self, sites: Iterable[str]) -> float | None:
        """Return in how many seconds the next of the hosts may be asked; None where none will be."""
        open_ = [turn.due for turn in map(self.of, sites) if not turn.busy and not turn.closed]
        return max(min(open_) - monotonic(), 0.0) if open_ else None

    def begin(self, site: str) -> None:
        """Note that a host is being asked."""
        self.of(site).busy = True

    def end(self, site: str, *, failed: bool = False, wait: float | None = None, took: float = 0.0) -> None:
        """Note that a host has answered, or has not.

        Args:
            site: The host.
            failed: Whether it could not answer now.
            wait: How many seconds it asks to be left alone.
            took: How many seconds the answer took.
        """
        turn = self.of(site)
        turn.busy = False
        if failed:
            turn.failures += 1
            turn.pause = min(max(2 * turn.pause, _FIRST), max(_SLOWEST, turn.least))
        else:
            turn.failures = 0
            turn.pause = max(turn.pause / 2, turn.least) if turn.pause > _FIRST else turn.least
        pause = max(turn.pause, min(took, _SLOWEST)) if turn.least else turn.pause  # without a pause, none is wanted
        turn.due = monotonic() + (pause if wait is None else max(wait, turn.least))
        if wait is not None and wait > LONGEST_PAUSE:
            turn.closed = f"asks to come back in {wait:,.0f} s"
        elif turn.failures >= _MOST_FAILURES:
            turn.closed = f"{turn.failures} requests in a row failed"

    def close(self, site: str, reason: str) -> None:
        """Leave a host alone for the rest of this run."""
        turn = self.of(site)
        turn.busy = False
        turn.closed = reason


def retry_after(value: str) -> float | None:
    """Return the seconds that a header Retry-After asks for (RFC 9110, 10.2.3); None where it does not.

    >>> retry_after("120"), retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), retry_after("soon")
    (120.0, 0.0, None)
    """
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    now = dt.datetime.now(dt.UTC)
    return max((at.replace(tzinfo=at.tzinfo or dt.UTC) - now).total_seconds(), 0.0)
