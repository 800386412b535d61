"""Which documents fulfil a condition? Worked out on whole arrays, segment by segment, and remembered with each.

What a segment remembers lives as long as it does: a commit that adds another one leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_
from threading import Lock
from typing import Any

import numpy as np

from searchkit.engines.whoosh.format.sections import whole
from searchkit.engines.whoosh.format.types import Bytes, Flags
from searchkit.engines.whoosh.format.values import MARK, NO_DATE, NO_NUMBER, kept_name
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.reading.field import Field
from searchkit.engines.whoosh.reading.snapshot import Snapshot
from searchkit.query.conditions import AllOf, AnyOf, Condition, Exists, Held, NoneOf, Within

_LEAST = 1 << 16
_A_DOCUMENT = 4
"""Bytes that a segment remembers at most, and for each of its documents: a condition takes one for eight of them."""

_OVERHEAD = 500  # bytes of what is remembered besides its flags, and of each value that is asked for
_OF_VALUE = 100

MISFIT = "what searches are narrowed by does not fit"
"""What is wrong with a file that holds something else."""

_NUMBERS = (np.dtype(np.int64), np.dtype(np.float64))

_guard = Lock()


def kept(snapshot: Snapshot, condition: Condition) -> Flags:
    """Return for each document whether it fulfils a condition, deleted ones too.

    Args:
        snapshot: The documents.
        condition: In terms of the index, see `query.narrowing`.

    Raises:
        IndexCorruptError: A file does not hold what it should.
    """
    return np.concatenate([np.empty(0, bool), *(_flags(segment, condition) for segment in snapshot.segments)])


def column_of(segment: Segment, name: str) -> Any:
    """Return the numbers or moments of a field, or None where no document of the segment has any.

    Raises:
        IndexCorruptError: It is a column of something else.
    """
    column = segment.column(kept_name(name))
    if column is not None and getattr(column, "dtype", None) not in _NUMBERS:
        raise segment.file.corrupt(MISFIT)
    return column


def terms_of(segment: Segment, name: str) -> Field | None:
    """Return the keywords of a field, or None where no document of the segment has any."""
    return segment.field(kept_name(name))


def _flags(segment: Segment, condition: Condition) -> Flags:
    match condition:
        case AllOf() if condition.parts:
            return reduce(and_, (_flags(segment, part) for part in condition.parts))
        case AllOf():
            return np.ones(segment.document_count, bool)
        case AnyOf() if condition.parts:
            return reduce(or_, (_flags(segment, part) for part in condition.parts))
        case NoneOf():
            return ~_flags(segment, condition.part)
        case Held() | Within() | Exists():
            return _remembered(segment, condition)
        case _:
            return np.zeros(segment.document_count, bool)


def _remembered(segment: Segment, condition: Held | Within | Exists) -> Flags:
    """Return what fulfils a leaf, from memory if it is there. What was not asked for the longest is forgotten first."""
    memory: dict[Condition, Bytes] = segment.remembered
    with _guard:
        packed = memory.pop(condition, None)
        if packed is not None:
            memory[condition] = packed
    if packed is not None:
        return np.unpackbits(packed, count=segment.document_count).view(bool)
    with whole(segment.file.path, MISFIT):
        flags = _worked_out(segment, condition)
    packed = np.packbits(flags)
    with _guard:
        memory[condition] = packed
        while _size(memory) > _LEAST + _A_DOCUMENT * segment.document_count:
            del memory[next(iter(memory))]
    return flags


def _size(memory: dict[Condition, Bytes]) -> int:
    """Return how many bytes are remembered, about."""
    lengths = (len(str(value)) + _OF_VALUE for each in memory if isinstance(each, Held) for value in each.values)
    return sum(packed.nbytes + _OVERHEAD for packed in memory.values()) + sum(lengths)


def _worked_out(segment: Segment, condition: Held | Within | Exists) -> Flags:
    column, field = column_of(segment, condition.name), terms_of(segment, condition.name)
    match condition:
        case Held() if field is not None:
            return _holding(segment, field, _ordinals(field, condition.name, map(str, condition.values)))
        case Held() if column is not None:
            return np.isin(column, condition.values)
        case Exists() if field is not None:
            return _holding(segment, field, range(field.count))
        case Within() if column is not None:
            flags = has_value(column)
            flags &= column >= condition.low
            flags &= column <= condition.high
            return flags
        case Exists() if column is not None:
            return has_value(column)
        case _:
            return np.zeros(segment.document_count, bool)


def _ordinals(field: Field, name: str, values: Iterable[str]) -> list[int]:
    """Return the terms that stand for values, in whatever way their authors wrote them; an id is its own term."""
    ordinals: list[int] = []
    for value in values:
        if (ordinal := field.find(value)) >= 0:
            ordinals.append(ordinal)
        if name != "id":
            ordinals += range(*field.prefix(value + MARK))
    return ordinals


def _holding(segment: Segment, field: Field, ordinals: Sequence[int]) -> Flags:
    flags = np.zeros(segment.document_count, bool)
    if len(ordinals):
        flags[field.gather(ordinals)[0]] = True
    return flags


def has_value(column: Any) -> Flags:
    """Return which documents have a number or a moment."""
    flags: Flags = column > (NO_DATE if column.dtype.kind == "i" else NO_NUMBER)
    return flags
