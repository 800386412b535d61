"""Is an argument of the kind that a call takes? One that is not is told by its name, with what to give instead."""

from __future__ import annotations

import os
import reprlib
from collections.abc import Iterable, Iterator
from operator import index
from pathlib import Path
from threading import TIMEOUT_MAX
from typing import Any, TypeVar

from searchkit.errors import ArgumentError

T = TypeVar("T")

_WRITTEN_BITS = 2000  # 640 digits, the least that the limit of Python can be set to, have 2126


def shortened(value: object) -> str:
    """Return what a value looks like, in one line; it may be a number of more digits than Python writes.

    >>> shortened(10**100), shortened(-(10**5000))
    ('100000000000000000...0000000000000000000', 'a number of 16610 bits')
    """
    if isinstance(value, int) and value.bit_length() > _WRITTEN_BITS:
        return f"a number of {value.bit_length()} bits"
    try:
        return reprlib.repr(value)
    except ValueError:  # such a number is somewhere in it
        return f"a {type(value).__name__}"


def instance(name: str, value: object, kind: type[T]) -> T:
    """Return the value.

    Raises:
        ArgumentError: It is of another kind.
    """
    if not isinstance(value, kind):
        raise ArgumentError(f"{name} is {shortened(value)}; give a {kind.__name__}")
    return value


def number(name: str, value: object, least: int = 0) -> int:
    """Return a whole number.

    Raises:
        ArgumentError: It is none (True and False are none) or below `least`.
    """
    try:
        found = index(value)  # type: ignore[arg-type]  # which is what is asked here
    except TypeError:
        found = least - 1
    if found < least or isinstance(value, bool):
        raise ArgumentError(f"{name} is {shortened(value)}; give a whole number from {least}")
    return found


def seconds(name: str, value: object) -> float:
    """Return a time in seconds.

    Raises:
        ArgumentError: It is none (True and False are none), below 0, or more than the system can wait.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= TIMEOUT_MAX:
        raise ArgumentError(f"{name} is {shortened(value)}; give a number of seconds from 0 to {TIMEOUT_MAX:.0f}")
    return value


def several(name: str, values: Iterable[T], *ones: type) -> Iterable[T]:
    """Return the values.

    Raises:
        ArgumentError: It is one of these kinds, text or bytes, and not several; or nothing to go through.
    """
    if isinstance(values, (str, bytes, *ones)):
        raise ArgumentError(f"{name} is {shortened(values)} alone; give a list: [{shortened(values)}]")
    if not isinstance(values, Iterable):
        raise ArgumentError(f"{name} is {shortened(values)}; give a list")
    return values


def path(name: str, value: object) -> str:
    """Return the name of a file or folder as text.

    Raises:
        ArgumentError: It is none.
    """
    try:
        return os.fsdecode(value)  # type: ignore[arg-type]  # the same
    except TypeError:
        raise ArgumentError(f"{name} is {shortened(value)}; give the path as a str or a pathlib.Path") from None


def folder(name: str, value: object) -> Path:
    """Return the path of a folder, there or not.

    Raises:
        ArgumentError: It is none, or has a character that no name can hold.
    """
    found = path(name, value)
    try:
        if b"\0" not in os.fsencode(found):
            return Path(found)
    except UnicodeEncodeError:
        pass
    raise ArgumentError(f"{name} is {shortened(value)}, which no file can have; give another path")


def paths(name: str, values: Any) -> Iterator[str]:  # noqa: ANN401 (one path, or several of any of three types)
    """Yield the names of files and folders as text: one that is given alone, or each of several.

    Raises:
        ArgumentError: One is no name, or there is nothing to go through.
    """
    alone = isinstance(values, str | bytes | os.PathLike)
    for value in [values] if alone else several(name, values):
        yield path(name, value)
