"""How do segments become one? Field by field, some terms at a time, on arrays; what is deleted stays behind.

The documents keep their order: those of the first segment, then those of the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, compress, groupby
from pathlib import Path
from typing import Any

import numpy as np

from searchkit.engines.whoosh.format.columns import from_json, write_column
from searchkit.engines.whoosh.format.postings import FieldWriter, Postings
from searchkit.engines.whoosh.format.sections import SectionWriter
from searchkit.engines.whoosh.format.stored import Stored, StoredWriter, blocks
from searchkit.engines.whoosh.format.types import Flags, Int64s, Numbers
from searchkit.engines.whoosh.format.vectors import (
    VectorWriter,
    about_vectors,
    among,
    nothing_of,
    sliced,
)
from searchkit.engines.whoosh.format.vocabulary import ranked
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.reading.field import Field
from searchkit.engines.whoosh.writing.inversion import merge_postings
from searchkit.errors import DocumentError

_GONE = (1 << 32) - 1
_GROWTH = 2
_BYTES = 200
"""Memory that a posting takes while it is merged."""

_FILLED = 1 << 28
"""Bytes of a column in the place of values that documents do not have."""

_MOST = 1 << 18
"""Postings that are merged at once even where there is memory for more: their arrays fit the processor's cache."""

_VECTORS = 1 << 12
"""Documents whose vectors are copied at once."""


def unmerged(sizes: Sequence[int], added: int) -> int:
    """Return how many segments, from the first on, stay as they are when documents are added.

    The last ones are merged while they have no more than so many times the documents that come after them. So a
    document is merged a number of times that grows with the logarithm of how many there are.

    >>> unmerged([1000, 100, 10], 5), unmerged([1000, 100, 10], 50), unmerged([1000], 0)
    (2, 1, 1)
    """
    apart = len(sizes)
    while apart and added and sizes[apart - 1] <= _GROWTH * added:
        apart -= 1
        added += sizes[apart]
    return apart


def merge(segments: Sequence[Segment], path: Path, memory: int) -> None:
    """Write one segment file with the documents of several, of which all is checked first: damage must not be copied.

    Args:
        segments: What to merge, in order.
        path: The file to write.
        memory: Bytes to take, about; a single term is never divided.

    Raises:
        IndexCorruptError: One of them is damaged.
    """
    for segment in segments:
        segment.file.verify()
    out = SectionWriter(path)
    numberings = list(_numberings(segments))
    try:
        names = sorted(set(chain.from_iterable(segment.fields for segment in segments)))
        for name in names:
            _merge_field(name, segments, numberings, out, min(memory // _BYTES, _MOST))
            for segment in segments:
                segment.file.let_go()
        columns = {name: _merge_column(name, segments, out) for name in _column_names(segments)}
        _merge_stored(segments, out)
        count = sum(int((numbering != _GONE).sum()) for numbering in numberings)
        about = {"documents": count, "fields": names, "columns": columns}
        about |= _merge_vectors(segments, out)
        out.close(about)
    finally:
        out.abandon()


def _numberings(segments: Sequence[Segment]) -> Iterator[Numbers]:
    """Return the new number of each document of each segment, `_GONE` for those deleted."""
    base = 0
    for segment in segments:
        kept = _kept(segment)
        numbering = np.where(kept, base + kept.cumsum() - 1, _GONE).astype(np.uint32)
        base += int(kept.sum())
        yield numbering


def _kept(segment: Segment) -> Flags:
    return np.ones(segment.document_count, bool) if segment.deleted is None else ~segment.deleted


def _merge_field(
    name: str, segments: Sequence[Segment], numberings: list[Numbers], out: SectionWriter, postings: int
) -> None:
    writer = FieldWriter(out, name)
    found = [
        (segment.fields[name], numbering)
        for segment, numbering in zip(segments, numberings, strict=True)
        if name in segment.fields and segment.fields[name].count
    ]
    _check_alike([field for field, _ in found])
    starts = [0] * len(found)
    while any(start < field.count for start, (field, _) in zip(starts, found, strict=True)):
        ends = _window([field for field, _ in found], starts, max(postings // len(found), 1))
        batches = [
            _renumbered(field, numbering, start, end)
            for (field, numbering), start, end in zip(found, starts, ends, strict=True)
        ]
        terms, together = ranked(list(chain.from_iterable(terms for terms, _ in batches)))
        ranks = np.split(together, np.cumsum([len(terms) for terms, _ in batches])[:-1])
        for low, high, spliced in merge_postings(ranks, [postings for _, postings in batches], [0] * len(batches)):
            writer.append(terms[low:high], spliced)
        starts = ends
    lengths = [
        segment.fields[name].lengths if name in segment.fields else np.zeros(segment.document_count, np.uint32)
        for segment in segments
    ]
    writer.close(np.concatenate([each[_kept(segment)] for each, segment in zip(lengths, segments, strict=True)]))


def _check_alike(fields: list[Field]) -> None:
    """Make sure that a field keeps positions in all segments or in none."""
    without = [field for field in fields if not field.has_positions]
    if without and len(without) < len(fields):
        raise without[0].misfit()


def _window(fields: list[Field], places: list[int], postings: int) -> list[int]:
    """Return up to which ordinal of each field the next terms go, the same term in all."""
    reached = (
        (field, field.reach(place, postings))
        for field, place in zip(fields, places, strict=True)
        if place < field.count
    )
    borders = [field.vocabulary[end] for field, end in reached if end < field.count]
    if not borders:
        return [field.count for field in fields]
    border = min(borders)
    ends = [field.vocabulary.place(border) for field in fields]
    if ends == places or any(end < place for end, place in zip(ends, places, strict=True)):
        for field in fields:  # it is not found where it stands, so the terms of one do not ascend
            field.vocabulary.ascending(0, field.count)
    return ends


def _renumbered(field: Field, numbering: Numbers, start: int, end: int) -> tuple[list[bytes], Postings]:
    """Return some terms of a segment and their postings, less what is deleted."""
    terms, postings = field.vocabulary.ascending(start, end), field.postings_of(start, end)
    documents = numbering[postings.documents]
    kept = documents != _GONE
    if kept.all():
        return terms, postings._replace(documents=documents)
    counts = np.add.reduceat(kept, _starts(postings.counts), dtype=np.int64)
    some = counts > 0
    return [term for term, has in zip(terms, some.tolist(), strict=True) if has], Postings(
        counts[some],
        documents[kept],
        postings.frequencies[kept],
        None if postings.positions is None else postings.positions[np.repeat(kept, postings.frequencies)],
        None if postings.weights is None else postings.weights[kept],
    )


def _starts(sizes: Int64s) -> Int64s:
    return sizes.cumsum() - sizes


def _column_names(segments: Sequence[Segment]) -> list[str]:
    return sorted(set(chain.from_iterable(segment.columns for segment in segments)))


def _merge_column(name: str, segments: Sequence[Segment], out: SectionWriter) -> tuple[str, Any]:
    of, default = next((segment, segment.columns[name][1]) for segment in segments if name in segment.columns)
    instead = from_json(default)
    filled = sum(segment.document_count for segment in segments if name not in segment.columns)
    if isinstance(instead, bytes) and len(instead) * filled > _FILLED:
        raise of.file.corrupt(f"the column {name} has too long a value for documents that have none")
    values: list[Any] = []
    for segment in segments:
        column = segment.column(name)
        each = [instead] * segment.document_count if column is None else list(column)
        values += [value for value, kept in zip(each, _kept(segment).tolist(), strict=True) if kept]
    try:
        return write_column(out, name, values), default
    except DocumentError:
        raise of.file.corrupt(f"the column {name} does not fit that of other segments") from None


def _merge_stored(segments: Sequence[Segment], out: SectionWriter) -> None:
    """Copy the blocks without deleted documents as they are; of others in a row, make new ones."""
    writer = StoredWriter(out)
    for whole, group in groupby(_alive_in_blocks(segments), key=lambda each: bool(each[2].all())):
        if whole:
            for values, block, alive in group:
                writer.append(values.raw(block), len(alive))
        else:
            kept = (compress(values.lines(block), alive.tolist()) for values, block, alive in group)
            for packed, documents in blocks(chain.from_iterable(kept)):
                writer.append(packed, documents)
    writer.close()


def _merge_vectors(segments: Sequence[Segment], out: SectionWriter) -> dict[str, Any]:
    """Copy the vectors that documents have; the others are yet to be given some. Return what is to be said of them."""
    of = next((segment for segment in segments if segment.vectors is not None), None)
    if of is None or of.vectors is None:
        return {}
    dimensions = of.vectors.numbers.shape[1]
    writer = VectorWriter(out, dimensions)
    for segment in segments:
        vectors, kept = segment.vectors or nothing_of(segment.document_count, dimensions), _kept(segment)
        for begin in range(0, len(kept), _VECTORS):
            some = kept[begin : begin + _VECTORS]
            writer.extend(among(sliced(vectors, begin, begin + len(some)), some))
            segment.file.let_go()
    return about_vectors(of.kind, dimensions)


def _alive_in_blocks(segments: Sequence[Segment]) -> Iterator[tuple[Stored, int, Flags]]:
    """Yield each block: the stored values that it is of, its number there, and which of its documents are alive."""
    for segment in segments:
        kept, start = _kept(segment), 0
        for block, size in enumerate(segment.values.sizes()):
            yield segment.values, block, kept[start : start + size]
            start += size
