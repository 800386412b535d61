"""What does a piece of a page say that lies within something else: an entry of a feed, a part of a message?"""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode, unix_lines
from searchkit.loading.options import LoadOptions

NO_TEXT = "no text in it"

_MARKED = re.compile(r"<[A-Za-z/!]|&[#\w]")


def page_in(content: str | bytes, charset: str | None, name: str, options: LoadOptions) -> Document | None:
    """Return what the reader of pages makes of a piece of HTML; None where it shows no text.

    Args:
        content: The piece.
        charset: What bytes are said to be in; None leaves it to the page.
        name: Of the source, for messages.
        options: How to read it.

    Raises:
        LoadError: It is no text, too large, or has too many elements.
    """
    from searchkit.loading.web import html  # noqa: PLC0415 (and BeautifulSoup with it, which plain text does not need)

    if isinstance(content, bytes) and charset:
        content = decode(content, name, None, charset).text
    if isinstance(content, str):
        content, options = content.encode("utf-8", "replace"), replace(options, encoding="utf-8")
    try:
        return next(html.read(BytesIO(content), name, options))
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
    page = page_in(text, None, name, options)
    return page.body if page else ""
