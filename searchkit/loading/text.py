"""Which document is in a plain text file? The whole of it; a short first line is its title as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from searchkit.documents import Document, Json
from searchkit.errors import LoadError
from searchkit.loading.encoding import Decoded, decode
from searchkit.loading.files import whole
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


def unix_lines(text: str) -> str:
    r"""Return the text with every line ending as `\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def about(name: str, decoded: Decoded) -> dict[str, Json]:
    """Return the stored fields of a file: its `source`, and its encoding if that was not plain UTF-8.

    `unreadable` counts the characters that could not be decoded and stand as U+FFFD. `repaired` is the encoding in
    which the text had been read by mistake before it was written, `garbled` counts the pieces that could not be
    repaired.
    """
    fields: dict[str, Json] = {"source": name}
    if decoded.encoding != "utf-8":
        fields["encoding"] = decoded.encoding
    if decoded.replaced:
        fields["unreadable"] = decoded.replaced
    if decoded.repaired:
        fields["repaired"] = decoded.repaired
    if decoded.garbled:
        fields["garbled"] = decoded.garbled
    return fields


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
