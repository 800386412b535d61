"""How do the signs of vectors lie in a segment? By these, what is far from a vector is told without being compared.

    vectors/middle    32-bit floats, one a dimension: the mean of the vectors
    vectors/signs     64-bit numbers: of each dimension a bit, whether the vector is above the middle there; the first
                      numbers of all passages, then the second ones, and so on

Any bits are signs of some vectors, and what is found by them is compared with the vectors: whoever forges signs hides
documents, as by leaving them out, and does nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.sections import SectionFile, SectionWriter
from searchkit.engines.whoosh.format.types import Scores
from searchkit.engines.whoosh.format.vectors import MIDDLE, SIGNS, Vectors

_ROWS = 1 << 13
"""Vectors whose signs are taken at once: of 384 dimensions they take 12 MB."""


class Signs(NamedTuple):
    """The signs of a segment's vectors: `numbers` has a row for each 64 dimensions and a column for each passage."""

    middle: Scores
    numbers: npt.NDArray[np.uint64]


def packed(vectors: Scores, middle: Scores) -> npt.NDArray[np.uint64]:
    """Return the signs of vectors, a row for each.

    >>> packed(np.array([[0.9, 0.1], [-0.6, 0.8]], np.float32), np.zeros(2, np.float32))
    array([[192], [ 64]], dtype=uint64)
    """
    dimensions = len(middle)
    above = np.zeros((len(vectors), dimensions + -dimensions % 64), bool)
    np.greater(vectors, middle, out=above[:, :dimensions])
    return np.packbits(above, axis=1).view("<u8")


def signs_of(vectors: Vectors) -> Signs:
    """Return the signs of the vectors of a segment, the same ones of the same vectors everywhere."""
    passages, dimensions = vectors.numbers.shape
    total = np.zeros(dimensions, np.float64)
    for start in range(0, passages, _ROWS):
        total += _rows(vectors, start).sum(axis=0, dtype=np.float64)
    middle = (total / max(passages, 1)).astype(np.float32)
    numbers = np.empty((-(-dimensions // 64), passages), np.uint64)
    for start in range(0, passages, _ROWS):
        numbers[:, start : start + _ROWS] = packed(_rows(vectors, start), middle).T
    return Signs(middle, numbers)


def _rows(vectors: Vectors, start: int) -> Scores:
    rows: Scores = vectors.numbers[start : start + _ROWS] * vectors.scales[start : start + _ROWS, None]
    return rows


def write_signs(out: SectionWriter, signs: Signs) -> None:
    """Write the signs of the vectors of a segment."""
    out.append(MIDDLE, signs.middle)
    out.append(SIGNS, signs.numbers.reshape(-1))


def read_signs(file: SectionFile, passages: int) -> Signs:
    """Return the signs of so many passages, as views of a file that has some.

    Raises:
        IndexCorruptError: A checksum differs.
    """
    return Signs(file[MIDDLE], file[SIGNS].reshape(-1, passages))
