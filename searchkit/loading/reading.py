"""Which documents are in one source, or in all of them? Chooses the format and turns failures into skips."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeAlias, cast

from searchkit.documents import Document, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.discovery import Paths, discover
from searchkit.loading.files import Passed, opened
from searchkit.loading.formats import format_of, looked_at, module_of
from searchkit.loading.options import STDIN, LoadOptions, source_name

_MOST_SKIPS = 1_000  # of one source

_Reader: TypeAlias = Callable[[BinaryIO, str, LoadOptions], Iterator[Document | Skip]]


def load(paths: Paths, options: LoadOptions | None = None) -> Iterator[Document | Skip]:
    """Yield every document below the paths, and a `Skip` for everything else that was met.

    Holds one file at a time, of JSON Lines and CSV one record.

    Args:
        paths: Files, folders (all that is below them, in sorted order), or `-` for JSON Lines on standard input; one
            of them alone, too: `load("docs")`.
        options: How to read them; the default goes by the suffix and finds the encoding out.

    Raises:
        ArgumentError: An argument is of another kind.
    """
    for source in discover(paths, options):
        if isinstance(source, Skip):
            yield source
        else:
            yield from read_source(source, options)


def recognize(source: str, options: LoadOptions | None = None) -> tuple[str, int | None]:
    """Return the name of the format in which a source is to be read, and its bytes (None: of standard input).

    Raises:
        LoadError: It cannot be opened, or is in no format that is known.
    """
    options = options or LoadOptions()
    name = source_name(source)
    if source == STDIN:
        return _kind_of(None, name, options), None
    with opened(source, options) as stream:
        return _kind_of(stream, name, options), os.stat(source).st_size  # noqa: PTH116 (a name of any characters)


def read_source(
    source: str, options: LoadOptions | None = None, passed: Passed | None = None
) -> Iterator[Document | Skip]:
    """Yield the documents of one file, or of standard input (`-`); needs no state, so that any process can do it.

    Documents read before a failure stay; the failure itself is the last thing that comes, as a `Skip`. `passed` is told
    how many bytes more have been read each time.
    """
    options = options or LoadOptions()
    name = source_name(source)
    try:
        with opened(source, options, passed) as stream:
            yield from _few_skips(read_stream(stream, name, options), name)
    except LoadError as error:
        yield Skip(error.source, error.reason)
    except DocumentError as error:
        yield Skip(name, str(error))


def _few_skips(loaded: Iterator[Document | Skip], name: str) -> Iterator[Document | Skip]:
    """Pass on what is loaded; of the skips the first ones and how many more there are, as a file may hold millions."""
    skips = 0
    failure: LoadError | DocumentError | None = None
    try:
        for each in loaded:
            skips += isinstance(each, Skip)
            if skips <= _MOST_SKIPS or isinstance(each, Document):
                yield each
    except (LoadError, DocumentError) as error:
        failure = error
    if skips > _MOST_SKIPS:
        yield Skip(name, f"{skips - _MOST_SKIPS:,} more of its records")
    if failure is not None:
        raise failure


def read_stream(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Return the documents of a stream: of a file, of standard input, or of something within a file.

    Raises:
        LoadError: It is in no format that is known; or, from the iterator, nothing can be read any more.
    """
    return cast("_Reader", module_of(_kind_of(stream, name, options)).read)(stream, name, options)


def _kind_of(stream: BinaryIO | None, name: str, options: LoadOptions) -> str:
    if options.format != "auto":
        return options.format
    return "jsonl" if name == STDIN or stream is None else format_of(name, looked_at(stream))
