"""Which document is in a plain text file? The whole of it; a short first line is its title as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode, unix_lines
from searchkit.loading.files import whole
from searchkit.loading.metadata import about
from searchkit.loading.options import LoadOptions

_LONGEST_TITLE = 120


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the one document of a text file.

    Raises:
        LoadError: It is too large, no text, or empty.
    """
    yield _document(stream, name, options)  # so that nothing but the document stays in memory meanwhile


def _document(stream: BinaryIO, name: str, options: LoadOptions) -> Document:
    decoded = decode(whole(stream, name, options), name, options.encoding)
    body = unix_lines(decoded.text).strip()
    if not body:
        raise LoadError(name, "no text in it")
    return Document(id=name, body=body, title=_title(body), fields=about(name, decoded))


def _title(body: str) -> str:
    r"""Take the first line if it is short and text follows.

    >>> _title("A day in Shiraz\n\nWe arrived early.")
    'A day in Shiraz'
    >>> _title("One line only")
    ''
    """
    first, _, rest = body.partition("\n")
    first = first.strip()
    return first if rest.strip() and len(first) <= _LONGEST_TITLE else ""
