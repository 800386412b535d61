"""Which document is in an EPUB file? The chapters in the order of the book, each as the page of HTML that it is.

A book is one document, as it is one file and one thing to be found; `pages` says where each chapter begins.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO
from urllib.parse import unquote

from searchkit.documents import Document, Json, Skip
from searchkit.errors import LoadError
from searchkit.loading.metadata import Metadata, document_of, metadata
from searchkit.loading.office.parts import Parts, PartTexts, first, inner_path, read_parts
from searchkit.loading.options import LoadOptions
from searchkit.loading.web import html

MOST_MARKUP = 500_000
"""Times `<` in all chapters together."""

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")
_ASIDE = re.compile(rb"<(/?)aside\b", re.IGNORECASE)  # of a page it stands beside the text; of a book it is a note

_BODY = re.compile(rb"<body\b[^>]*>", re.IGNORECASE)


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield the one document of a book, and a `Skip` for each chapter that cannot be read.

    Raises:
        LoadError: It is too large, damaged, encrypted, or has no text.
    """
    yield from read_parts(stream, name, options, read_archive)


def read_archive(parts: Parts) -> Iterator[Document | Skip]:
    """Yield the document that the parts make, and a `Skip` for each chapter that cannot be read."""
    container = PartTexts("rootfile")
    if not parts.parse(_CONTAINER, container) or not container.found:
        raise LoadError(parts.name, "no EPUB file")
    package = inner_path("", unquote(container.found[0][1].get("full-path", "")))
    known = PartTexts("item", "itemref")
    if not parts.parse(package, known):
        raise LoadError(parts.name, "no EPUB file: it has no package document")
    texts: list[str] = []
    pages: list[Json] = []
    size = 0
    heading = ""
    for chapter in _chapters(parts, _spine(known, package.rpartition("/")[0])):
        if isinstance(chapter, Skip):
            yield chapter
        else:
            heading = heading or chapter.title
            pages.append(size)
            texts.append(chapter.body)
            size += len(chapter.body) + 1
    if not texts and _encrypted(parts):
        raise LoadError(parts.name, "encrypted")
    yield document_of(parts.name, "\n".join(texts), _metadata(known.texts), heading, {"pages": pages})


def _spine(known: PartTexts, folder: str) -> list[str]:
    """Return the members that are chapters, in the order of the book, without those beside it."""
    items: dict[str, Mapping[str, str]] = {}
    order: dict[str, None] = {}
    for name, attributes in known.found:
        if name == "item":
            items.setdefault(attributes.get("id", ""), attributes)
        elif attributes.get("linear") != "no":
            order[attributes.get("idref", "")] = None
    found = (items[id_] for id_ in order if id_ in items)
    return [inner_path(folder, unquote(each.get("href", ""))) for each in found if each.get("media-type") in _PAGES]


def _chapters(parts: Parts, members: list[str]) -> Iterator[Document | Skip]:
    """Yield each chapter that has text."""
    encrypted = _encrypted(parts)
    markup = MOST_MARKUP
    for member in members:
        called = f"{parts.name}!{member}"
        if member in encrypted:
            yield Skip(called, "encrypted")
            continue
        if member not in parts.members:
            yield Skip(called, "a chapter that is not there")
            continue
        page = _as_page(parts.whole(member))
        markup -= page.count(b"<")
        if markup < 0:
            yield Skip(called, f"what comes after {MOST_MARKUP:,} elements of the book")
            return
        try:
            yield from html.read(io.BytesIO(page), called, parts.options)
        except LoadError as error:
            if error.reason != "no text in it":  # a cover
                yield Skip(error.source, error.reason)


def _as_page(chapter: bytes) -> bytes:
    """Say of all that is in a chapter that it is its text, while of a page some stands around it."""
    return _BODY.sub(rb"\g<0><main>", _ASIDE.sub(rb"<\1section", chapter), count=1)


def _encrypted(parts: Parts) -> set[str]:
    """Return the members that are encrypted; of many books only the fonts are."""
    known = PartTexts("CipherReference")
    parts.parse(_ENCRYPTION, known)
    return {inner_path("", unquote(attributes.get("URI", ""))) for _, attributes in known.found}


def _metadata(texts: Mapping[str, list[str]]) -> Metadata:
    return metadata(
        {
            "title": first(texts, "title"),
            "author": list(texts.get("creator", ())),
            "date": first(texts, "date"),
            "language": first(texts, "language"),
            "description": first(texts, "description"),
            "tags": list(texts.get("subject", ())),
        }
    )
