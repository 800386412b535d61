"""What does a piece of a page say that lies within something else: an entry of a feed, a part of a message?"""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.options import LoadOptions
from searchkit.loading.text import unix_lines

NO_TEXT = "no text in it"

_MARKED = re.compile(r"<[A-Za-z/!]|&[#\w]")


def page_within(text: str, name: str, options: LoadOptions) -> Document | None:
    """Return what the reader of pages makes of a piece of HTML; None where it shows no text.

    Raises:
        LoadError: It is too large, or has too many elements.
    """
    from searchkit.loading import html  # noqa: PLC0415 (and BeautifulSoup with it, which plain text does not need)

    try:
        stream = BytesIO(text.encode("utf-8", "replace"))
        return next(html.read(stream, name, replace(options, encoding="utf-8")))
    except LoadError as error:
        if error.reason == NO_TEXT:
            return None
        raise


def shown(text: str, name: str, options: LoadOptions) -> str:
    """Return what a reader sees of a text that may be HTML.

    Raises:
        LoadError: It is too large, or has too many elements.
    """
    if not _MARKED.search(text):
        return unix_lines(text).strip()
    page = page_within(text, name, options)
    return page.body if page else ""
