"""What has been worked out of a segment and may be asked for again? Arrays by key, with a bound on their bytes.

They live with the segment: a commit that adds another one leaves them as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeAlias

import numpy.typing as npt

from searchkit.engines.whoosh.reading.commits import Segment

Arrays: TypeAlias = tuple[npt.NDArray[Any], ...]

LEAST = 1 << 16
A_DOCUMENT = 24
"""Bytes that are remembered of a segment at most, and for each of its documents."""

_OVERHEAD = 500  # bytes of an entry besides its arrays and its key

_guard = Lock()


def remembered(segment: Segment, key: Hashable, make: Callable[[], Arrays], of_key: int = 0) -> Arrays:
    """Return what was made for a key, or make it. What was not asked for the longest is forgotten first.

    Args:
        segment: What it is worked out of.
        key: Says what it is.
        make: Works it out.
        of_key: How many bytes the key takes.
    """
    memory: dict[Hashable, tuple[Arrays, int]] = segment.remembered
    with _guard:
        if key in memory:
            memory[key] = memory.pop(key)
            return memory[key][0]
    arrays = make()
    with _guard:
        memory[key] = arrays, sum(array.nbytes for array in arrays) + of_key + _OVERHEAD
        while size(segment) > LEAST + A_DOCUMENT * segment.document_count:
            del memory[next(iter(memory))]
    return arrays


def size(segment: Segment) -> int:
    """Return how many bytes are remembered of a segment, about."""
    return sum(taken for _, taken in segment.remembered.values())
