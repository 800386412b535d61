"""Which document is in a web page? The text a reader came for: no menus, scripts, forms or hidden parts.

A tree is built by lxml through BeautifulSoup, and every walk over it is a loop, so that no depth of nesting matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

from bs4 import BeautifulSoup

from searchkit import garbage
from searchkit.documents import Document, Json
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode, unix_lines
from searchkit.loading.files import whole
from searchkit.loading.metadata import about, metadata
from searchkit.loading.options import LoadOptions
from searchkit.loading.texts.front_matter import split
from searchkit.loading.web.main_text import drop_boilerplate, main_of, tags_of
from searchkit.loading.web.page_metadata import title_of, values_of
from searchkit.loading.web.page_text import line_of, text_of

MOST_ELEMENTS = 200_000  # a tree of 500,000 took 8 s and 500 MB
MOST_ATTRIBUTES = 400_000
LONGEST_TAG = 10_000_000  # pictures may stand in it

_MOST_SLIPS = 3
MOST_HEADINGS = 5  # of the first level, of which one may be the title; they may lie in one another

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,500}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
# A tag is taken as a whole, so that none is looked at from within another one.
_TAG = re.compile(r"""<[A-Za-z](?:[^>"']++|"[^"]*+"|'[^']*+'|["'])*+""")
_QUOTED = re.compile(r""""[^"]*+"|'[^']*+'""")


class _PageTexts(NamedTuple):
    """What a page shows and says of itself."""

    body: str
    title: str
    values: dict[str, Json]


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a page.

    The title is that of front matter, the heading of the main text, or what the page is shared as, else `<title>`.
    The address is the canonical one if that is http(s). A date that cannot be read stays as text in `fields`.

    Raises:
        LoadError: It is too large or has too many elements, is no text, or shows none.
    """
    yield _document(stream, name, options)  # so that nothing but the document stays in memory meanwhile


def _document(stream: BinaryIO, name: str, options: LoadOptions) -> Document:
    data = _without_slips(whole(stream, name, options))
    declared = _DECLARED.search(data[:4096])
    decoded = decode(data, name, options.encoding, declared[1].decode("ascii", "replace") if declared else None)
    if decoded.text.count("<") > MOST_ELEMENTS:
        raise LoadError(name, f"more than {MOST_ELEMENTS:,} elements")
    if len(decoded.text) > 2 * MOST_ATTRIBUTES:
        _check_tags(decoded.text, name)
    front, text = split(unix_lines(decoded.text))
    page = _page(text)
    if not page.body:
        raise LoadError(name, "no text in it")
    before, within = metadata(front), metadata(page.values)
    fields = about(name, decoded) | within.fields | before.fields
    date = before.date or within.date
    if date:
        fields.pop("date", None)
    title = before.title or page.title
    return Document(id=name, body=page.body, title=title, url=before.url or within.url, date=date, fields=fields)


def _without_slips(data: bytes) -> bytes:
    """Leave out a few bytes of zero in a text, as browsers do. Where many are, it is in UTF-16 or no text."""
    return data.replace(b"\0", b"") if data.count(0) <= max(_MOST_SLIPS, len(data) // 1000) else data


@garbage.paused()
def _page(text: str) -> _PageTexts:
    """Return what a page says."""
    root = BeautifulSoup("<!DOCTYPE html>" + text, "lxml", multi_valued_attributes=None)
    tags = list(tags_of(root))
    values = values_of(tags)
    drop_boilerplate(root)
    any_heading = next((line_of(tag) for tag in tags if tag.name == "h1"), "")
    main = main_of(root)
    inner = islice((tag for tag in tags_of(main) if tag.name == "h1"), MOST_HEADINGS)
    title = title_of([*map(line_of, inner)], values) or any_heading
    return _PageTexts(text_of(main), title, values)


def _check_tags(text: str, name: str) -> None:
    attributes = 0
    for tag in _TAG.finditer(text):
        attributes += _attributes(tag[0])
        if len(tag[0]) > LONGEST_TAG or attributes > MOST_ATTRIBUTES:
            raise LoadError(name, f"more than {MOST_ATTRIBUTES:,} attributes, or a tag of {LONGEST_TAG:,} characters")


def _attributes(tag: str) -> int:
    """Return how many attributes a tag has, at most."""
    return len(_QUOTED.sub(" ", tag).replace("/", " ").split()) - 1
