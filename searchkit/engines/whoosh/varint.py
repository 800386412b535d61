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


def encode(values: npt.NDArray[Any]) -> tuple[Bytes, npt.NDArray[np.int64]]:
    """Return the numbers (below 2**32) as bytes, and how many bytes each takes."""
    values = values.astype(np.uint32, copy=False)
    sizes = np.ones(len(values), np.int64)
    for bits in (7, 14, 21, 28):
        longer = values >> np.uint32(bits) != 0
        if not longer.any():
            break
        sizes += longer
    if not len(values) or sizes.max() == 1:
        return values.astype(np.uint8), sizes
    starts = sizes.cumsum() - sizes
    data = np.empty(int(sizes.sum()), np.uint8)
    chosen: npt.NDArray[Any] = np.arange(len(values))
    for place in range(int(sizes.max())):
        chosen = chosen[sizes[chosen] > place]
        part = (values[chosen] >> np.uint32(7 * place)) & np.uint32(127)
        data[starts[chosen] + place] = part | (sizes[chosen] > place + 1).astype(np.uint32) << np.uint32(7)
    return data, sizes


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
