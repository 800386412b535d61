"""What is there to say of the vectors that the documents of some segments have?"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np

from searchkit import arguments
from searchkit.documents import Span
from searchkit.engines.base import Meaning, VectorCounts
from searchkit.engines.whoosh.format.sections import whole
from searchkit.engines.whoosh.format.toc import StoredMeaning
from searchkit.engines.whoosh.format.types import Documents
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.errors import ArgumentError


def written(meaning: Meaning) -> StoredMeaning:
    """Return what a table of contents says of a meaning.

    Raises:
        ArgumentError: The embedder is no text that can be written, a number is too small, or the probe has another
            length than its dimensions take.
    """
    embedder = arguments.instance("embedder", meaning.embedder, str)
    try:
        embedder.encode()
    except UnicodeEncodeError:
        raise ArgumentError(f"the embedder is {embedder!r}, which has half a letter; give another name") from None
    dimensions = arguments.number("dimensions", meaning.dimensions, 1)
    words, most = arguments.number("words", meaning.words), arguments.number("most", meaning.most)
    if len(meaning.probe) != 4 * dimensions:
        raise ArgumentError(f"the probe has {len(meaning.probe)} bytes; give {dimensions} numbers of 32 bits")
    probe = base64.b64encode(meaning.probe).decode()
    return embedder, dimensions, probe, words, most


def read_meaning(stored: StoredMeaning) -> Meaning:
    """Return what a table of contents means."""
    embedder, dimensions, probe, words, most = stored
    return Meaning(embedder, dimensions, base64.b64decode(probe), words, most)


def counts(segments: Sequence[Segment]) -> VectorCounts:
    """Return how many living documents have vectors, of how many passages, and how many bytes all of them take."""
    documents = passages = size = 0
    for segment in segments:
        vectors = segment.vectors
        if vectors is None:
            continue
        sizes = np.diff(vectors.starts.astype(np.int64))
        if segment.deleted is not None:
            sizes = sizes[~segment.deleted]
        documents, passages, size = documents + int((sizes > 0).sum()), passages + int(sizes.sum()), size + vectors.size
    return VectorCounts(documents, passages, size)


def not_given(segment: Segment) -> Documents:
    """Return the living documents of a segment that nobody has given vectors."""
    vectors = segment.vectors
    missing = np.ones(segment.document_count, bool) if vectors is None else ~vectors.given
    if segment.deleted is not None:
        missing &= ~segment.deleted
    return np.flatnonzero(missing)


def mean_of(segment: Segment, document: int) -> bytes | None:
    """Return the mean of the vectors of a document, of length 1; None where it has none."""
    vectors = segment.vectors
    if vectors is None:
        return None
    mean = vectors.of(document).sum(axis=0, dtype=np.float64)
    length = float(np.linalg.norm(mean))
    return (mean / length).astype("<f4").tobytes() if length else None


def nearest_span(segment: Segment, document: int, vector: bytes) -> Span | None:
    """Return which passage of a document comes nearest to a vector; None where it has none."""
    vectors = segment.vectors
    if vectors is None:
        return None
    of_document = vectors.of(document)
    if not len(of_document):
        return None
    with whole(segment.file.path, "vectors have other dimensions"):
        best = int((of_document @ np.frombuffer(vector, "<f4")).argmax())
    begin, end = vectors.spans[int(vectors.starts[document]) + best].tolist()
    return begin, end
