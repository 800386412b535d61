"""Which documents fulfil a condition? Worked out on whole arrays, segment by segment, and remembered with each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial, reduce
from operator import and_, or_
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.sections import whole
from searchkit.engines.whoosh.format.types import Flags, Int64s
from searchkit.engines.whoosh.format.values import MARK, NO_DATE, NO_NUMBER, kept_name
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.reading.field import Field
from searchkit.engines.whoosh.reading.snapshot import Snapshot
from searchkit.engines.whoosh.searching.memory import Arrays, remembered
from searchkit.query.conditions import AllOf, AnyOf, Condition, Exists, Held, NoneOf, Within

_OF_VALUE = 100  # bytes of a value of a condition, besides its letters

MISFIT = "what searches are narrowed by does not fit"
"""What is wrong with a file that holds something else."""

Values: TypeAlias = npt.NDArray[np.float64] | Int64s

_NUMBERS = (np.dtype(np.int64), np.dtype(np.float64))


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
    if column is not None and not (isinstance(column, np.ndarray) and column.dtype in _NUMBERS):
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
            return _leaf(segment, condition)
        case _:
            return np.zeros(segment.document_count, bool)


def _leaf(segment: Segment, condition: Held | Within | Exists) -> Flags:
    """Return what fulfils a leaf, from memory if it is there: a bit a document."""
    values = condition.values if isinstance(condition, Held) else ()
    of_key = sum(len(str(value)) + _OF_VALUE for value in values)
    (packed,) = remembered(segment, condition, partial(_packed, segment, condition), of_key)
    return np.unpackbits(packed, count=segment.document_count).view(bool)


def _packed(segment: Segment, condition: Held | Within | Exists) -> Arrays:
    with whole(segment.file.path, MISFIT):
        return (np.packbits(_worked_out(segment, condition)),)


def _worked_out(segment: Segment, condition: Held | Within | Exists) -> Flags:
    field = terms_of(segment, condition.name)
    column = column_of(segment, condition.name) if field is None else None
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


def values_of(snapshot: Snapshot, name: str) -> Values:
    """Return the number or moment of each document; segments in which none has any are filled up."""
    columns = [column_of(segment, name) for segment in snapshot.segments]
    dtype = next((column.dtype for column in columns if column is not None), np.dtype(np.float64))
    none = NO_DATE if dtype.kind == "i" else NO_NUMBER
    filled = (
        np.full(segment.document_count, none, dtype) if column is None else column
        for segment, column in zip(snapshot.segments, columns, strict=True)
    )
    return np.concatenate([np.empty(0, dtype), *filled])
