"""Which documents are in a member of an archive? It is read as a file of its name; its id is `archive!member`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from searchkit.documents import Document, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.files import bound, too_large
from searchkit.loading.options import LoadOptions
from searchkit.loading.reading import read_stream
from searchkit.loading.unpacking import Budget, Unpacked, packing, unpacked

_MOST_LOOKED_AT = 16


def budget_of(stream: BinaryIO, name: str, options: LoadOptions) -> Budget:
    """Return what may be unpacked of an archive, given by what it lies in or by its size.

    Raises:
        LoadError: It lies too deep.
    """
    if isinstance(stream, Unpacked):
        return stream.budget.within(name)
    size = stream.seek(0, io.SEEK_END) if stream.seekable() else 0
    if size:
        stream.seek(0)
    return Budget(bound(size, options))


def seekable(stream: BinaryIO, name: str, options: LoadOptions) -> BinaryIO:
    """Return the stream, or all that is in it where it cannot be sought in.

    Raises:
        LoadError: That is larger than `options.max_bytes`.
    """
    if stream.seekable():
        return stream
    data = stream.read(options.max_bytes + 1)
    if len(data) > options.max_bytes:
        raise LoadError(name, too_large(options))
    return io.BytesIO(data)


def is_hidden(member: str) -> bool:
    """Tell whether a member is hidden as files of folders are: by a dot, or as what macOS notes beside the files."""
    parts = member.split("/")
    return "__MACOSX" in parts or any(part.startswith(".") and part.strip(".") for part in parts)


def member_name(archive: str, member: str) -> str:
    r"""Return the id of a member: a name and nothing more, whatever it looks like, without what no text holds.

    >>> member_name("a.zip", "../../etc/passwd\0")
    'a.zip!../../etc/passwd�'
    """
    printable = member.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return f"{archive}!{printable}".replace("\0", "\ufffd")


def read_member(stream: Unpacked, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield the documents of a member, unpacked if it is packed, and a `Skip` where it cannot be read.

    Raises:
        LoadError: What it lies in may not be read any more.
    """
    try:
        how = packing(stream.peek(_MOST_LOOKED_AT), name)
        yield from read_stream(unpacked(stream, how, name, stream.budget) if how else stream, name, options)
    except LoadError as error:
        yield Skip(error.source, error.reason)
    except DocumentError as error:
        yield Skip(name, str(error))
    stream.budget.spend(0, name.rpartition("!")[0])
