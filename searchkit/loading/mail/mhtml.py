"""Which document is in a saved page (MHTML, RFC 2557: "Save as" of a browser)? The page that is its first part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.files import whole
from searchkit.loading.mail.mime import MOST_MIME_PARTS, MimePart, part_of, words
from searchkit.loading.metadata import web_address
from searchkit.loading.options import LoadOptions
from searchkit.loading.web.within import NO_TEXT, page_in


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a saved page; its address is the canonical one, else that which it was saved from.

    Raises:
        LoadError: It is too large, holds no page, or shows no text.
    """
    top = part_of(whole(stream, name, options).lstrip(), name)
    part = _page_of(top, name)
    page = page_in(part.content(), part.charset(), name, options)
    if page is None:
        raise LoadError(name, NO_TEXT)
    saved_from = (top.headers.get("snapshot-content-location"), part.headers.get("content-location"))
    url = next(filter(None, map(web_address, saved_from)), None)
    yield replace(page, url=page.url or url, title=page.title or words(top.headers.get("subject", "")))


def _page_of(top: MimePart, name: str) -> MimePart:
    """Return the first part that is a page, looking at the nearest ones first."""
    level, seen = [top], 0
    while level:
        for part in level:
            if part.type() in ("text/html", "application/xhtml+xml"):
                return part
        level = [inner for part in level for inner in part.parts(name)]
        seen += len(level)
        if seen > MOST_MIME_PARTS:
            break
    raise LoadError(name, "no page in it")
