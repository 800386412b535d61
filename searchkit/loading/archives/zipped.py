"""Which documents are in a ZIP file? What is in it says whether it is an office's, a book, or an archive of files."""

from __future__ import annotations

import importlib
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from searchkit.documents import Document, Skip
from searchkit.errors import LoadError
from searchkit.loading.archives.archive import budget_of, is_hidden, member_name, read_member, seekable
from searchkit.loading.formats import module_of
from searchkit.loading.options import LoadOptions
from searchkit.loading.unpacking import Budget, Unpacked

_LARGEST_TABLE = 16_000_000  # bytes of the table of members, which Python reads as a whole: some 150,000 of them
_SPOKEN = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others unpack more than is asked for
_OPEN_PACKAGING = "[Content_Types].xml"  # of Visio, binary Excel and the like
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, NotImplementedError, OverflowError,
    RuntimeError, ValueError,
)  # fmt: skip
"""What Python raises where a ZIP file is damaged or encrypted."""


_KINDS = (
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("xl/workbook.xml", "xlsx"),
    ("META-INF/container.xml", "epub"),
    ("content.xml", "odt"),
)
"""The member that only a file of this format has, in the order in which they are looked for."""


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield the documents of an office file or a book, or those of each file in an archive.

    Raises:
        LoadError: It is no whole ZIP file, or unpacks to more than may be.
    """
    budget = budget_of(stream, name, options)
    with opened_zip(stream, name, options) as archive:
        kind = _kind(archive)
        if kind is None and _OPEN_PACKAGING in archive.NameToInfo:
            raise LoadError(name, "an office file of a kind that is not read")
        if kind:
            office = importlib.import_module("searchkit.loading.office.parts")
            yield from module_of(kind).read_archive(office.Parts(archive, name, options, budget))
        else:
            yield from _members(archive, name, options, budget)


@contextmanager
def opened_zip(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[zipfile.ZipFile]:
    """Open a ZIP file.

    Raises:
        LoadError: It is damaged, as far as can be told from its table.
    """
    try:
        archive = zipfile.ZipFile(cast("Any", _Wary(seekable(stream, name, options))))
    except DAMAGE as error:
        raise LoadError(name, f"not a whole ZIP file ({said(error)})") from error
    with archive:
        yield archive


class _Wary:
    """A file that gives no more at once than a table of members may have, whatever the end of the file says of it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        if size > _LARGEST_TABLE:
            raise zipfile.BadZipFile(f"a table of more than {_LARGEST_TABLE // 1_000_000} MB")
        return self._stream.read(size)


def _kind(archive: zipfile.ZipFile) -> str | None:
    names = set(archive.namelist())
    if "content.xml" in names and "mimetype" not in names:
        names.remove("content.xml")
    return next((module for member, module in _KINDS if member in names), None)


def _members(archive: zipfile.ZipFile, name: str, options: LoadOptions, budget: Budget) -> Iterator[Document | Skip]:
    for info in archive.infolist():
        member = _name(info)
        if member.endswith("/") or is_hidden(member):
            continue
        budget.member(name)
        called = member_name(name, member)
        reason = _unreadable(info)
        if reason:
            yield Skip(called, reason)
            continue
        try:
            with archive.open(info) as file:
                yield from read_member(
                    Unpacked(cast("BinaryIO", _Member(file, called)), called, budget), called, options
                )
        except DAMAGE as error:
            yield Skip(called, f"damaged ({said(error)})")


class _Member:
    """A member whose damage is told as what it means."""

    def __init__(self, file: io.BufferedIOBase | Any, name: str) -> None:  # noqa: ANN401
        self._file, self._name = file, name

    def read(self, size: int) -> bytes:
        try:
            return cast("bytes", self._file.read(size))
        except DAMAGE as error:
            raise LoadError(self._name, f"damaged ({said(error)})") from error


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member; many programs write UTF-8 and do not say so."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _unreadable(info: zipfile.ZipInfo) -> str | None:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "a symbolic link, not followed" if stat.S_ISLNK(mode) else "not a regular file"
    if not info.filename:
        return "a file without a name"
    if info.flag_bits & _ENCRYPTED:
        return "encrypted"
    if info.compress_type not in _SPOKEN:
        return f"packed in a way that is not read (method {info.compress_type})"
    return None


def said(error: Exception) -> str:
    """Return what an error of a library says, or what kind it is."""
    return str(error)[:200] or type(error).__name__
