"""How do runs of numbers take few bytes and no work to read? Each run has the width that its largest number needs.

A number is 1, 2 or 4 bytes, little-endian; the width of a run is its bytes divided by how many numbers it has.

>>> data, sizes = encode(np.array([5, 6, 300]), np.array([2, 1]))
>>> data.tolist(), sizes.tolist()
([5, 6, 44, 1], [2, 2])
>>> decode(data, np.array([2, 1]), sizes).tolist()
[5, 6, 300]
>>> decode_run(data[2:], 1).tolist()
[300]
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.types import Bytes, Int64s

_KINDS: dict[int, np.dtype[np.unsignedinteger[Any]]] = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4")}


def encode(values: npt.NDArray[Any], counts: Int64s) -> tuple[Bytes, Int64s]:
    """Return the numbers (below 2**32) as bytes, and how many bytes each run takes.

    Args:
        values: The numbers of all runs.
        counts: How many each run has, at least one.
    """
    largest = np.maximum.reduceat(values, counts.cumsum() - counts)
    widths = np.where(largest < 1 << 8, 1, np.where(largest < 1 << 16, 2, 4))
    sizes = widths * counts
    data = np.empty(int(sizes.sum()), np.uint8)
    for width, kind in _KINDS.items():
        chosen = widths == width
        if chosen.any():
            data[np.repeat(chosen, sizes)] = values[np.repeat(chosen, counts)].astype(kind).view(np.uint8)
    return data, sizes


def decode(data: Bytes, counts: Int64s, sizes: Int64s) -> npt.NDArray[np.uint32]:
    """Return the numbers of runs one after another, given how many numbers and bytes each has."""
    widths = sizes // counts
    numbers = np.empty(int(counts.sum()), np.uint32)
    for width, kind in _KINDS.items():
        chosen = widths == width
        if chosen.any():
            numbers[np.repeat(chosen, counts)] = data[np.repeat(chosen, sizes)].view(kind)
    return numbers


def decode_run(data: Bytes, count: int) -> npt.NDArray[np.unsignedinteger[Any]]:
    """Return the numbers of one run, as a view of its bytes."""
    numbers: npt.NDArray[np.unsignedinteger[Any]] = data.view(_KINDS[len(data) // count])
    return numbers
