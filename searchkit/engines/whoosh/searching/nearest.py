"""How near does each document come to a vector with what it means? As near as the nearest of its passages, exactly.

Nearness is the cosine of two vectors. Passages are compared in blocks: their numbers of 8 bits are made 32 bits long in
a piece of memory that stays in the processor's cache, and one product says how near all of them are. 200,000 passages
take some 15 ms on one core.

The vector that is asked for is rounded to whole numbers, so small that every sum of products is one that 32 bits hold
exactly: in whichever order a processor adds, the answer is the same.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from searchkit.engines.whoosh.format.types import Scores
from searchkit.engines.whoosh.format.vectors import LARGEST_BYTE, Vectors
from searchkit.engines.whoosh.reading.snapshot import Snapshot

_BLOCK = 1 << 11
"""Passages that are compared at once: of 384 dimensions they take 3 MB."""

_EXACT = 1 << 24
"""Up to here every whole number is a 32-bit floating-point number."""

FAR = np.float32(-2)
"""How near a document without vectors comes: less than any cosine."""


def nearness(snapshot: Snapshot, vector: bytes) -> Scores:
    """Return how near each document comes, from -1 to 1; `FAR` for one that is deleted or has no vectors."""
    near = np.full(snapshot.size, FAR, np.float32)
    asked = np.frombuffer(vector, "<f4")
    # No sum of products is more than the product of the lengths, sqrt(n) * 127 and this one; rounding lengthens a bit.
    length = 0.95 * _EXACT / (LARGEST_BYTE * math.sqrt(len(asked)))
    whole = np.rint(asked * np.float32(length))
    for segment, (begin, end) in zip(snapshot.segments, pairwise(snapshot.offsets), strict=True):
        if segment.vectors is not None:
            _nearest(segment.vectors, whole, np.float32(1 / length), near[begin:end])
    if snapshot.deleted is not None:
        near[snapshot.deleted] = FAR
    return near


def _nearest(vectors: Vectors, asked: Scores, unit: np.float32, near: Scores) -> None:
    """Say of each document of a segment how near the nearest of its passages comes."""
    passages = np.empty(len(vectors.numbers), np.float32)
    block = np.empty((min(_BLOCK, len(passages)), len(asked)), np.float32)
    for start in range(0, len(passages), _BLOCK):
        numbers = vectors.numbers[start : start + _BLOCK]
        block[: len(numbers)] = numbers
        np.dot(block[: len(numbers)], asked, out=passages[start : start + len(numbers)])
    passages *= vectors.scales * unit
    has = np.flatnonzero(np.diff(vectors.starts))
    if len(has):
        near[has] = np.maximum.reduceat(passages, vectors.starts[has])
