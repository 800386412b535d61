"""How do the vectors of passages lie in a segment?

    vectors           signed 8 bits, so many numbers a passage as `about["vectors"]["dimensions"]` says
    vectors/scales    32-bit floats: the vector of a passage, of length 1, is its numbers, the largest of which is 127,
                      times its scale
    vectors/spans     two 32-bit numbers a passage: where it begins and ends in the body of its document
    vectors/starts    32-bit numbers: the passages of document n are those from starts[n] up to starts[n + 1]
    vectors/given     a flag a document: its vectors were given, none of them where it has no text

`about["vectors"]["kind"]` names what the vectors are, as `toc.Toc.kind` does; those of another kind are not there.
It begins with the dimensions, so vectors of one kind have as many numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.sections import SectionFile, SectionWriter
from searchkit.engines.whoosh.format.types import Flags, Numbers, Scores
from searchkit.errors import ArgumentError

SECTIONS = ("vectors", "vectors/scales", "vectors/spans", "vectors/starts", "vectors/given")
_KINDS = (np.int8, np.float32, np.uint32, np.uint32, bool)

SIGNS, MIDDLE = OF_SIGNS = ("vectors/signs", "vectors/middle")
"""What a segment may have besides, see `format.signs`."""

FULL = 127
"""Of the numbers of a vector."""

_UNIT = 0.02
"""How far from 1 the length of a vector that is given may be; what is kept of it has that length."""

_MOST = 1 << 24
"""Dimensions that a file can say to have; a table of contents holds fewer."""


class Vectors(NamedTuple):
    """The vectors of a segment's passages, as the head of this module says."""

    numbers: npt.NDArray[np.int8]
    scales: Scores
    spans: Numbers
    starts: Numbers
    given: Flags

    @property
    def size(self) -> int:
        """How many bytes they take on the disk."""
        return sum(each.nbytes for each in self)

    def of(self, document: int) -> Scores:
        """Return the vectors of a document, a row for each of its passages."""
        begin, end = int(self.starts[document]), int(self.starts[document + 1])
        found: Scores = self.numbers[begin:end] * self.scales[begin:end, None]
        return found


def rounded(vectors: Scores) -> tuple[npt.NDArray[np.int8], Scores]:
    """Return vectors as numbers of 8 bits, and the scale of each.

    >>> numbers, scales = rounded(np.array([[0.6, -0.8]], np.float32))
    >>> numbers, (numbers * scales).round(3)
    (array([[  95, -127]], dtype=int8), array([[ 0.599, -0.801]], dtype=float32))

    Raises:
        ArgumentError: One is not of length 1.
    """
    if not len(vectors):
        return np.empty(vectors.shape, np.int8), np.empty(0, np.float32)
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    if not (np.abs(lengths - 1) < _UNIT).all():
        raise ArgumentError("a vector is not of length 1; divide its numbers by that")
    numbers = np.rint(vectors * (FULL / np.abs(vectors).max(axis=1, keepdims=True)))
    return numbers.astype(np.int8), (1 / np.linalg.norm(numbers.astype(np.float64), axis=1)).astype(np.float32)


def read_vectors(file: SectionFile, documents: int) -> Vectors:
    """Return the vectors of a segment of so many documents, as views of its file.

    Raises:
        IndexCorruptError: A checksum differs, or they are not as they must be.
    """
    dimensions = file.about["vectors"]["dimensions"]
    numbers, scales, spans, starts, given = (file[name] for name in SECTIONS)
    passages = len(scales)
    found = Vectors(numbers.reshape(-1, dimensions), scales, spans.reshape(-1, 2), starts, given)
    begins = starts.astype(np.int64)
    if (
        (len(found.numbers), len(found.spans)) != (passages, passages)
        or (len(starts), len(given)) != (documents + 1, documents)
        or begins[0] != 0
        or begins[-1] != passages
        or (np.diff(begins) < 0).any()
        or not ((scales > 0) & (scales <= 1)).all()
    ):
        raise file.corrupt("vectors are not of as many passages and documents as there are")
    return found


def vectors_fit(file: SectionFile, documents: int) -> bool:
    """Tell whether sections of vectors are all there or none, of the dtypes and sizes that they must have."""
    if "vectors" not in file.about:
        return file.names.isdisjoint(SECTIONS)
    dimensions, kind = file.about["vectors"]["dimensions"], file.about["vectors"]["kind"]
    shapes = [file.shape(name) for name in SECTIONS]
    passages = shapes[1][1]
    kinds = ("|i1", dimensions * passages), ("<f4", passages), ("<u4", 2 * passages)
    wanted = [*kinds, ("<u4", documents + 1), ("|b1", documents)]
    known = type(dimensions) is int and 0 < dimensions <= _MOST and kind.startswith(f"{dimensions}-")
    return known and shapes == wanted


def signs_fit(file: SectionFile) -> bool:
    """Tell whether sections of signs are both there or none, of the dtypes and sizes that they must have."""
    if file.names.isdisjoint(OF_SIGNS):
        return True
    dimensions, passages = file.about["vectors"]["dimensions"], file.shape("vectors/scales")[1]
    wanted = [("<u8", -(-dimensions // 64) * passages), ("<f4", dimensions)]
    return [file.shape(name) for name in OF_SIGNS] == wanted


class VectorWriter:
    """Writes the vectors of a segment, document by document or many at once.

    Args:
        out: The segment.
        dimensions: How many numbers a vector has.
    """

    def __init__(self, out: SectionWriter, dimensions: int) -> None:
        self._out = out
        self._dimensions = dimensions
        self._passages = 0
        for name, kind in zip(SECTIONS, _KINDS, strict=True):
            out.append(name, np.zeros(int(name.endswith("starts")), kind))

    def append(self, vectors: Scores, spans: Sequence[tuple[int, int]]) -> int:
        """Add a document with the vectors of its passages; say how many bytes these take.

        Raises:
            ArgumentError: They are no vectors of length 1, one for each passage, of as many dimensions as the others.
        """
        vectors = vectors.reshape(len(spans), -1) if len(spans) else np.empty((0, self._dimensions), np.float32)
        if vectors.shape[1] != self._dimensions:
            raise ArgumentError(f"vectors are {vectors.shape}; give {len(spans)} x {self._dimensions} numbers")
        numbers, scales = rounded(vectors)
        places = np.array(spans, np.uint32).reshape(-1, 2)
        added = Vectors(numbers, scales, places, np.array([0, len(spans)], np.uint32), np.ones(1, bool))
        self.extend(added)
        return added.size - added.starts.itemsize  # where a document begins, the one before it ends

    def extend(self, vectors: Vectors) -> None:
        """Add the documents of a segment, or of a part of it."""
        ends = vectors.starts[1:] - vectors.starts[0] + np.uint32(self._passages)
        values = vectors.numbers, vectors.scales, vectors.spans, ends, vectors.given
        for name, value in zip(SECTIONS, values, strict=True):
            self._out.append(name, value.reshape(-1))
        self._passages += len(vectors.scales)


def are_pieces(spans: Sequence[Sequence[int]], length: int) -> bool:
    """Tell whether spans are pieces of a text of this length, in their order."""
    pairs = [(begin, end) for begin, end in spans]
    return pairs == sorted(pairs) and all(0 <= begin <= end <= length for begin, end in pairs)


def nothing_of(documents: int, dimensions: int) -> Vectors:
    """Return the vectors of documents that have none."""
    return Vectors(
        np.empty((0, dimensions), np.int8),
        np.empty(0, np.float32),
        np.empty((0, 2), np.uint32),
        np.zeros(documents + 1, np.uint32),
        np.zeros(documents, bool),
    )


def sliced(vectors: Vectors, begin: int, end: int) -> Vectors:
    """Return the vectors of the documents from one up to another."""
    first, last = int(vectors.starts[begin]), int(vectors.starts[end])
    passages = vectors.numbers[first:last], vectors.scales[first:last], vectors.spans[first:last]
    return Vectors(*passages, vectors.starts[begin : end + 1], vectors.given[begin:end])


def among(vectors: Vectors, kept: Flags) -> Vectors:
    """Return the vectors of some of the documents, of which there is a flag for each."""
    sizes = vectors.starts[1:] - vectors.starts[:-1]
    passages = np.repeat(kept, sizes)
    starts = np.concatenate(([0], sizes[kept].cumsum())).astype(np.uint32)
    return Vectors(
        vectors.numbers[passages], vectors.scales[passages], vectors.spans[passages], starts, vectors.given[kept]
    )


def about_vectors(kind: str, dimensions: int) -> dict[str, Any]:
    """Return what a segment says of its vectors."""
    return {"vectors": {"kind": kind, "dimensions": dimensions}}
