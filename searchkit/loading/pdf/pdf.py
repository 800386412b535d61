"""Which document is in a PDF? The text of its pages in the order of a reader; `pages` says where each begins."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from searchkit.documents import Document, Json, Skip
from searchkit.errors import LoadError
from searchkit.loading.files import whole
from searchkit.loading.formats import needs
from searchkit.loading.metadata import document_of, metadata
from searchkit.loading.options import LoadOptions
from searchkit.loading.pdf.visual import brackets, persian_words

_SECONDS = 300  # of the clock; the program ends by itself before, unless the machine is very busy
_PROGRAM = ("-P", "-m", "searchkit.loading.pdf.pages")
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(Z|[+-]\d\d'?\d\d)?")
_MOST_UNREADABLE = 0.5
_WAYS = 3  # in which the text of a page comes
_SHARE = 5  # how many times `max_bytes` a file may have, since most of it is pictures and fonts


@dataclass(slots=True)
class _Saying:
    """What the program that reads a PDF has told of it."""

    facts: dict[str, str] = field(default_factory=dict)
    pages: list[list[str]] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    reason: str = ""


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield the one document of a PDF, and a `Skip` for each page that is left out.

    Raises:
        LoadError: It is too large, damaged, encrypted, holds no text (pictures of pages do not), or needs the extra.
    """
    if importlib.util.find_spec("pdfminer") is None:
        raise needs(name, "pdf")
    told = _told(whole(stream, name, replace(options, max_bytes=_SHARE * options.max_bytes)))
    if told.reason and not told.pages:
        raise LoadError(name, told.reason)
    for number, reason in told.skipped:
        yield Skip(name, f"page {number}: {reason}")
    yield _document(told, name)


def _told(data: bytes) -> _Saying:
    """Run the program."""
    paths = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, *_PROGRAM]
    with subprocess.Popen(  # noqa: S603 (this Python, a module of this package)
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
    ) as process:
        try:
            output = process.communicate(data, timeout=_SECONDS)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            output = process.communicate()[0]
        except BaseException:
            process.kill()
            raise
    told = _Saying()
    for line in output.splitlines():
        _take_line(told, line)
    if process.returncode and not told.reason:
        told.reason = "took too long or too much memory"
        told.skipped.append((len(told.pages), "what comes after it"))
    return told


def _take_line(told: _Saying, line: bytes) -> None:
    try:
        said: dict[str, Any] = json.loads(line)
    except ValueError:  # cut where the program was ended
        return
    told.facts |= said.get("facts", {})
    if "page" not in said:
        told.reason = said.get("reason", told.reason)
    elif "texts" in said:
        told.pages.append(said["texts"])
    else:
        if said["page"] > len(told.pages):
            told.pages.append([""] * _WAYS)
        told.skipped.append((said["page"], said["reason"]))


def _document(told: _Saying, name: str) -> Document:
    texts = _texts(told.pages)
    pages: list[Json] = []
    size = 0
    for text in texts:
        pages.append(size)
        size += len(text) + 1
    body = "\n".join(texts)
    letters = sum(not sign.isspace() for sign in body)
    unreadable = body.count("\ufffd")
    if not letters:
        reason = "no text in it" if not told.skipped else f"page {told.skipped[0][0]}: {told.skipped[0][1]}"
        raise LoadError(name, f"{reason}; pictures of pages have to be recognised (OCR) first")
    if unreadable > _MOST_UNREADABLE * letters:
        raise LoadError(name, "its fonts do not say which letters they show")
    known = told.facts
    said = metadata(
        {
            "title": known.get("Title", ""),
            "author": known.get("Author", ""),
            "date": _date(known.get("CreationDate", "")),
            "language": known.get("Lang", ""),
            "description": known.get("Subject", ""),
            "tags": known.get("Keywords", ""),
        }
    )
    more: dict[str, Json] = {"pages": pages}
    if unreadable:
        more["unreadable"] = unreadable
    return document_of(name, body, said, fields=more)


def _texts(pages: list[list[str]]) -> list[str]:
    """Return the text of each page, of the ways in which it may have been meant (`pdf_pages.READINGS`) the best."""
    turned, unmirrored, written = ([page[way] for page in pages] for way in range(_WAYS))
    if _sum(persian_words, turned) < _sum(persian_words, written):
        return written
    return turned if _sum(brackets, turned) >= _sum(brackets, unmirrored) else unmirrored


def _sum(count: Callable[[str], int], texts: list[str]) -> int:
    return sum(map(count, texts))


def _date(written: str) -> str:
    """Return a date of PDF as ISO 8601 writes it, or as it is.

    >>> _date("D:20240504103000+03'30'"), _date("D:2024"), _date("spring")
    ('2024-05-04T10:30:00+03:30', '2024-01-01', 'spring')
    """
    match = _DATE.match(written)
    if match is None:
        return written
    year, month, day, hour, minute, second, zone = match.groups()
    date = f"{year}-{month or '01'}-{day or '01'}"
    if hour is None:
        return date
    offset = "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[-2:]}" if zone else ""
    return f"{date}T{hour}:{minute or '00'}:{second or '00'}{offset}"
