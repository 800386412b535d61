"""Which documents are in what a server answered? Read as a file of the same kind is; the address is the id."""

from __future__ import annotations

import codecs
import io
import mimetypes
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from searchkit.crawling.addresses import site_of
from searchkit.crawling.fetching import Answer
from searchkit.documents import Document, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.formats import FORMATS, suffix_of
from searchkit.loading.options import LoadOptions
from searchkit.loading.reading import read_stream

PAGES = ("text/html", "application/xhtml+xml")
"""Types of pages."""

_SAYS_NOTHING = frozenset({"iso8859-1", "cp1252", "ascii", "utf-8"})
_LOOKED_AT = 1_024
_LONGEST_NAME = 200
_MOST_READ = 10_000  # documents of one file


def documents_in(answer: Answer, url: str, max_bytes: int) -> Iterator[Document | Skip]:
    """Yield the documents of an answer. A page has one, whose id is its address; a file of many adds theirs to it.

    Args:
        answer: What the server said.
        url: The address that the documents have.
        max_bytes: How large one may be.
    """
    options = LoadOptions(encoding=declared_encoding(answer), max_bytes=max_bytes)
    try:
        with io.BufferedReader(io.BytesIO(answer.body)) as stream:
            for number, each in enumerate(read_stream(stream, file_name(answer), options)):
                if number == _MOST_READ:
                    yield Skip(url, f"what comes after its first {_MOST_READ:,} documents")
                    return
                yield Skip(url, each.reason) if isinstance(each, Skip) else _as_of(each, url, file_name(answer))
    except LoadError as error:
        yield Skip(url, error.reason)
    except DocumentError as error:
        yield Skip(url, str(error))


def _as_of(document: Document, url: str, name: str) -> Document:
    """Return a document as one of an address: nothing in it chooses the id or the host that it stands for."""
    alone = document.id == name
    own = document.url if document.url is not None and site_of(document.url) == site_of(url) else None
    id_ = url if alone else f"{url}#{document.id.removeprefix(name).removeprefix('#')}"
    return replace(document, id=id_, url=url if alone else own or url, fields={**document.fields, "source": url})


def file_name(answer: Answer) -> str:
    """Return what a file with the same content could be called: its suffix tells the format.

    >>> file_name(Answer("http://a.ir/x.php?a", 200, {"content-type": "text/html; charset=utf-8"}, b""))
    'x.php.html'
    """
    name = unquote(urlsplit(answer.url).path).rpartition("/")[2][-_LONGEST_NAME:] or "index"
    if answer.kind in PAGES:
        return f"{name}.html"
    known = {suffix for each in FORMATS for suffix in each.suffixes}
    guessed = mimetypes.guess_extension(answer.kind) if answer.kind else ""
    if suffix_of(name) not in known and guessed in known:
        return f"{name}{guessed}"
    return name


def is_page(answer: Answer) -> bool:
    """Tell whether an answer is a page with links: it says so, or looks like one."""
    start = answer.body[:_LOOKED_AT].lstrip(b" \t\r\n\xef\xbb\xbf").lower()
    says_so = answer.kind in PAGES and not start.startswith((b"%pdf", b"pk\x03\x04"))
    return says_so or (start.startswith((b"<!doctype html", b"<html")) and answer.kind != "text/plain")


def declared_encoding(answer: Answer) -> str | None:
    """Return the encoding that the server names, where that may be so: as with what files say, UTF-8 comes first."""
    named = answer.headers.get("content-type", "").lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    try:
        known = codecs.lookup(named).name if named and named.isascii() else "utf-8"
        if known in _SAYS_NOTHING or not _is_not_utf8(answer.body):
            return None
        answer.body.decode(known)
        LoadOptions(encoding=known)
    except (LookupError, ValueError):
        return None
    return known


def _is_not_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return False
