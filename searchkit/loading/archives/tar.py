"""Which documents are in a TAR file? Its members are read as they come, in the forms of POSIX and GNU."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from searchkit.documents import Document, Skip
from searchkit.errors import LoadError
from searchkit.loading.archives.archive import budget_of, is_hidden, member_name, read_member
from searchkit.loading.options import LoadOptions
from searchkit.loading.unpacking import Unpacked

_BLOCK = 512
_CHUNK = 65_536
_LONGEST_HEADER = 1_000_000  # of the records that give a member a long name
_PAX = re.compile(rb"\d{1,20} (?P<key>path|size|GNU\.sparse\.major)=(?P<value>[^\n]*)\n")
_REGULAR = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_KINDS = {
    tarfile.SYMTYPE: "a symbolic link, not followed",
    tarfile.LNKTYPE: "a link to another member",
    tarfile.GNUTYPE_SPARSE: "a sparse file",
}


class _Header(NamedTuple):
    """What an archive says of a member: its name, its kind, its size in bytes."""

    name: str
    kind: bytes
    size: int


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield the documents of each file in an archive, and a `Skip` for links, devices and what cannot be read.

    Raises:
        LoadError: It is damaged, or has too many members; what came before is kept.
    """
    budget = budget_of(stream, name, options)
    for header in _headers(stream, name):
        data = _Data(stream, header.size, name)
        if header.kind != tarfile.DIRTYPE and not is_hidden(header.name):
            budget.member(name)
            called = member_name(name, header.name)
            if header.kind in _REGULAR:
                yield from read_member(Unpacked(cast("BinaryIO", data), called, budget, counted=False), called, options)
            else:
                yield Skip(called, _KINDS.get(header.kind, "not a regular file"))
        data.leave()


class _Data:
    """The bytes of a member."""

    def __init__(self, stream: BinaryIO, size: int, name: str) -> None:
        self._stream, self._left, self._name = stream, size, name
        self._padding = -size % _BLOCK

    def read(self, size: int) -> bytes:
        data = self._stream.read(min(size, self._left))
        self._left -= len(data)
        if not data and self._left:
            raise LoadError(self._name, "ends within a file")
        return data

    def leave(self) -> None:
        """Go to where the next header is."""
        while self.read(_CHUNK):
            pass
        self._stream.read(self._padding)


def _headers(stream: BinaryIO, name: str) -> Iterator[_Header]:
    """Yield what stands before each member; the stream is expected behind it when the next one is asked for."""
    known: dict[bytes, bytes] = {}
    while True:
        block = stream.read(_BLOCK)
        if not block.strip(b"\0"):
            return
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.TarError as error:
            raise LoadError(name, f"not a whole TAR file ({error})") from error
        if info.size < 0:
            raise LoadError(name, "not a whole TAR file (a size below zero)")
        if info.type == tarfile.GNUTYPE_LONGNAME:
            known[b"path"] = _record(stream, info.size, name).partition(b"\0")[0]
        elif info.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
            known |= {match["key"]: match["value"] for match in _PAX.finditer(_record(stream, info.size, name))}
        elif info.type in (tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK):
            _Data(stream, info.size, name).leave()
        else:
            yield _header(info, known, stream, block)
            known = {}


def _header(info: tarfile.TarInfo, known: dict[bytes, bytes], stream: BinaryIO, block: bytes) -> _Header:
    kind = tarfile.GNUTYPE_SPARSE if b"GNU.sparse.major" in known else info.type
    if info.type == tarfile.GNUTYPE_SPARSE:
        more = block[482]
        while more:  # blocks that say where the holes are
            block = stream.read(_BLOCK)
            more = block[504] if len(block) == _BLOCK else 0
    size = known.get(b"size", b"")
    called = known.get(b"path", b"").decode("utf-8", "surrogateescape")
    links = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE)
    length = 0 if kind in links else int(size) if size.isdigit() and len(size) < 20 else info.size
    return _Header(called or info.name, kind, length)


def _record(stream: BinaryIO, size: int, name: str) -> bytes:
    if size > _LONGEST_HEADER:
        raise LoadError(name, f"a name of more than {_LONGEST_HEADER:,} bytes")
    data = _Data(stream, size, name)
    record = b"".join(iter(lambda: data.read(_CHUNK), b""))
    data.leave()
    return record
