"""How do small numbers take one byte each? LEB128, whole arrays at a time.

Seven bits a byte, the lowest first; the high bit says that another byte follows.

>>> data, sizes = encode(np.array([5, 300], np.uint32))
>>> data.tolist(), sizes.tolist()
([5, 172, 2], [1, 2])
>>> decode(data).tolist()
[5, 300]
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.uint32]


def gaps(values: Numbers, starts: npt.NDArray[np.integer[Any]]) -> Numbers:
    """Return each value less the one before it, but those at `starts` (0 among them) as they are.

    >>> gaps(np.array([3, 5, 4, 9], np.uint32), np.array([0, 2])).tolist()
    [3, 2, 4, 5]
    """
    differences = np.empty_like(values)
    np.subtract(values[1:], values[:-1], out=differences[1:])
    differences[starts] = values[starts]
    return differences


def encode(values: Numbers) -> tuple[Bytes, Bytes]:
    """Return the numbers as bytes, and how many bytes each takes."""
    width = max(-(-int(values.max(initial=0)).bit_length() // 7), 1)
    data = np.empty((len(values), width), np.uint8)
    used = np.ones((len(values), width), bool)
    sizes = np.ones(len(values), np.uint8)
    for place in range(width):
        rest = values >> np.uint32(7)
        data[:, place] = values & np.uint32(127)
        if place + 1 < width:
            np.not_equal(rest, 0, out=used[:, place + 1])
            data[:, place] |= used[:, place + 1].view(np.uint8) << np.uint8(7)
            sizes += used[:, place + 1]
        values = rest
    return data[used], sizes


def ends(data: Bytes) -> npt.NDArray[np.intp]:
    """Return behind which bytes numbers end.

    >>> ends(np.array([5, 172, 2], np.uint8)).tolist()
    [1, 3]
    """
    return np.flatnonzero(data < 128) + 1


def decode(data: Bytes) -> npt.NDArray[np.uint32]:
    """Return the numbers that the bytes hold."""
    last = data < 128
    if last.all():
        return data.astype(np.uint32)
    ends = np.flatnonzero(last)
    starts = np.empty_like(ends)
    starts[:1] = 0
    np.add(ends[:-1], 1, out=starts[1:])
    values = data[starts].astype(np.uint32) & np.uint32(127)
    sizes = ends - starts
    chosen = np.flatnonzero(sizes)
    place = 1
    while len(chosen) and place < 5:
        values[chosen] |= (data[starts[chosen] + place].astype(np.uint32) & np.uint32(127)) << np.uint32(7 * place)
        place += 1
        chosen = chosen[sizes[chosen] >= place]
    return values
