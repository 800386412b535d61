"""Which documents are in many sources? Small files are read some at a time, by several processes, and come in order."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from functools import partial

from searchkit.documents import Document, Skip
from searchkit.loading.files import Passed
from searchkit.loading.formats import PACKED_SUFFIXES
from searchkit.loading.options import STDIN, LoadOptions
from searchkit.loading.reading import read_source
from searchkit.processes import Processes

_BATCH = 1 << 20  # bytes
_UNPACKED_HERE = (*PACKED_SUFFIXES, ".zip", ".tar", ".tgz", ".tbz2", ".txz")
LEAST_WORK = 1 << 14
"""Bytes that a file counts for at least, since opening it takes time, too."""

Source = str | Skip
Loaded = Document | Skip


def read_sources(
    sources: Iterable[Source], options: LoadOptions, jobs: int = 1, passed: Passed | None = None
) -> Generator[Loaded, None, None]:
    """Yield what `read_source` does for each source, in order.

    Args:
        sources: What `discover` yields; its skips are passed on.
        options: How to read them.
        jobs: How many processes read, this one included. Large files, packed ones and standard input are read here, a
            record at a time.
        passed: Is told how many bytes more have been read of a source that is read here by itself.

    Raises:
        WorkerError: Another process has died.
    """
    read = partial(_read, options=options)
    processes: Processes[list[Source], list[Loaded]] = Processes(read, read, jobs)
    try:
        for batch in _batches(sources):
            if isinstance(batch, str):
                for documents in processes.rest():
                    yield from documents
                yield from read_source(batch, options, passed)
            else:
                for documents in processes.do(batch):
                    yield from documents
        for documents in processes.rest():
            yield from documents
    finally:
        processes.close()


def _batches(sources: Iterable[Source]) -> Iterator[list[Source] | str]:
    """Yield small sources together, others alone."""
    batch: list[Source] = []
    size = 0
    for source in sources:
        bytes_ = 0 if isinstance(source, Skip) else _size(source)
        if bytes_ is not None:
            batch.append(source)
            size += max(bytes_, LEAST_WORK)
        if batch and (bytes_ is None or size >= _BATCH):
            yield batch
            batch, size = [], 0
        if bytes_ is None and isinstance(source, str):
            yield source
    if batch:
        yield batch


def _size(source: str) -> int | None:
    """Return the bytes of a file that is small enough to be read as a whole; None for others."""
    if source == STDIN or source.lower().endswith(_UNPACKED_HERE):
        return None
    try:
        size = os.stat(source).st_size  # noqa: PTH116 - a name that may hold any character
    except (OSError, ValueError):
        return 0  # which `read_source` explains
    return size if size <= _BATCH else None


def _read(batch: list[Source], options: LoadOptions) -> list[Loaded]:
    return [
        loaded
        for source in batch
        for loaded in ([source] if isinstance(source, Skip) else read_source(source, options))
    ]
