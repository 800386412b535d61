"""In which format is a source? What is in it says so, or else how it is called.

A format is called as the module that reads it: `read(stream, name, options)` yields the documents of a buffered stream
and a `Skip` for what gives none, and raises `LoadError` where nothing can be read any more.
"""

from __future__ import annotations

from importlib import import_module
from io import BufferedReader
from pathlib import PurePath
from types import ModuleType
from typing import BinaryIO, NamedTuple

from searchkit.errors import LoadError

MOST_LOOKED_AT = 4_096
"""Bytes of a source that are looked at."""

PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst")
"""What the name of a packed file ends in; the suffix before it tells the format."""


class Format(NamedTuple):
    """A format: its module in `loading`, the suffixes of its files, and what these begin with, or hold at a place.

    `hints` are what those begin with that have no suffix; they say too little of others.
    """

    module: str
    suffixes: tuple[str, ...]
    signatures: tuple[bytes, ...] = ()
    hints: tuple[bytes, ...] = ()
    place: int = 0

    @property
    def name(self) -> str:
        """What the format is called."""
        return self.module.rpartition(".")[2]


FORMATS = (
    Format("texts.text", (".txt", ".text")),
    Format("texts.markdown", (".md", ".markdown")),
    Format("web.html", (".html", ".htm", ".xhtml"), (b"<!doctype html", b"<html")),
    Format("rows.jsonl", (".jsonl", ".ndjson")),
    Format("rows.table", (".csv", ".tsv")),
    Format("rows.json", (".json",)),
    Format("rows.sqlite", (".sqlite", ".sqlite3", ".db"), (b"sqlite format 3\0",)),
    Format("texts.rst", (".rst",)),
    Format("texts.asciidoc", (".adoc", ".asciidoc", ".asc")),
    Format("texts.org", (".org",)),
    Format("mail.mail", (".eml", ".mbox", ".mbx"), hints=(b"from ", b"return-path:", b"received:", b"delivered-to:")),
    Format("mail.mhtml", (".mht", ".mhtml")),
    Format("web.feed", (".rss", ".atom", ".rdf", ".xml"), (b"<rss", b"<feed", b"<rdf:rdf"), hints=(b"<?xml",)),
    Format("web.mediawiki", (), (b"<mediawiki",)),
    Format("texts.subtitles", (".srt", ".vtt"), (b"webvtt",)),
    Format("office.docx", (".docx", ".docm", ".dotx")),
    Format("office.odt", (".odt", ".ott", ".odp", ".ods", ".ots")),
    Format("office.pptx", (".pptx", ".pptm", ".ppsx")),
    Format("office.epub", (".epub",)),
    Format("office.xlsx", (".xlsx", ".xlsm")),
    Format("pdf.pdf", (".pdf",), (b"%pdf-",)),
    Format("office.rtf", (".rtf",), (b"{\\rtf",)),
    Format("office.doc", (".doc", ".dot")),
    Format("office.old", (".xls", ".ppt", ".pps"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
    Format("archives.zipped", (".zip",), (b"pk\3\4", b"pk\5\6")),
    Format("archives.tar", (".tar", ".tgz", ".tbz2", ".txz"), (b"ustar",), place=257),
)
"""The formats that there are. Signatures are compared without case, and without blanks before them."""

_MODULES = {each.name: each.module for each in FORMATS}
_BY_SUFFIX = {suffix: each.name for each in FORMATS for suffix in each.suffixes}
_BY_HINT = [(hint, each.name) for each in FORMATS for hint in each.hints]
_BY_SIGNATURE = [(signature, each.place, each.name) for each in FORMATS for signature in each.signatures]
_BLANKS = b" \t\r\n\xef\xbb\xbf"


def format_of(name: str, head: bytes) -> str:
    """Return the format of a source.

    Args:
        name: As it is called.
        head: Its first bytes, `MOST_LOOKED_AT` or all.

    Raises:
        LoadError: It is none that is known.

    >>> format_of("a.TXT", b"salam"), format_of("a.txt", b" <!DOCTYPE html>"), format_of("README", b"salam")
    ('text', 'html', 'text')
    """
    start = head.lstrip(_BLANKS)[:64].lower()
    for signature, place, found in _BY_SIGNATURE:
        if (head[place:].lower() if place else start).startswith(signature):
            return found
    suffix = suffix_of(name)
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if not suffix and head and b"\0" not in head:
        return next((found for hint, found in _BY_HINT if start.startswith(hint)), "text")
    raise LoadError(name, f"unknown kind of file: {suffix}" if suffix else "unknown kind of file: no suffix")


def module_of(kind: str) -> ModuleType:
    """Return the module that reads a format; it is imported now, so that no format costs those who do not use it."""
    return import_module(f"searchkit.loading.{_MODULES[kind]}")


def suffix_of(name: str) -> str:
    """Return the suffix that tells the format, in lower case: the one before that of a packed file.

    >>> suffix_of("a/b.JSONL.gz"), suffix_of("a/b.gz"), suffix_of("a/b")
    ('.jsonl', '', '')
    """
    path = PurePath(name)
    return (PurePath(path.stem) if path.suffix.lower() in PACKED_SUFFIXES else path).suffix.lower()


def needs(name: str, extra: str) -> LoadError:
    """Return the error that says that a source needs an extra which is not installed."""
    return LoadError(name, f"this kind of file needs an extra: pip install 'persian-searchkit[{extra}]'")


def looked_at(stream: BinaryIO) -> bytes:
    """Return the first bytes of a stream that nobody has read from."""
    return stream.peek(MOST_LOOKED_AT)[:MOST_LOOKED_AT] if isinstance(stream, BufferedReader) else b""
