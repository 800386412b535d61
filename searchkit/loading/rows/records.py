"""Which document is in one record? Its columns by name; those without a role are stored with it."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import BinaryIO, cast

from searchkit.dates import parse_date
from searchkit.documents import Document, Json
from searchkit.errors import LoadError
from searchkit.loading.encoding import decode
from searchkit.loading.metadata import tags, web_address
from searchkit.loading.options import LoadOptions

MAX_COLUMNS = 1_000
BODY_COLUMNS = ("body", "text", "content")
_PERSIAN = {"id": "شناسه", "title": "عنوان", "body": "متن", "url": "نشانی", "date": "تاریخ"}
_AS_PERSIAN = str.maketrans("يك", "یک")
_LIKELY_BODIES = frozenset({"محتوا", "شرح", "نص"})
_CHUNK = 262_144
_TAGS = ("tags", "keywords")
_KINDS = {bool: "true or false", list: "a list", dict: "an object"}
_MOST_LISTED = 100
_LONGEST_LIST = 1_000


def to_document(record: Mapping[str, Json], line: int, name: str, options: LoadOptions) -> Document:
    """Build a document from the columns of a record.

    Where no column is named so, one that differs in case alone is taken (`ID`, `Body`), then شناسه, عنوان, متن, نشانی
    and تاریخ. An id that is missing or empty becomes `name#line`. A date that cannot be read stays as text in `fields`,
    and so does a `url` that is not http(s). A text in `tags` or `keywords` becomes a list: of what stands between
    commas, or semicolons.

    Raises:
        LoadError: It has no body, too many columns, or a value of another type than text.
    """
    if len(record) > MAX_COLUMNS:
        raise LoadError(name, too_many(len(record)))
    rest = dict(record)
    id_ = _take(rest, options.id or _column(record, "id"), name)
    title = _take(rest, options.title or _column(record, "title"), name)
    body_column = options.body or body_of(record)
    if body_column is None:
        raise LoadError(name, no_body(record))
    if body_column not in rest:
        raise LoadError(name, f"no column {body_column} among {listed(record)}")
    body = _take(rest, body_column, name)
    if not body.strip() and not title.strip():
        raise LoadError(name, "no text in it")
    url_column, date_column = options.url or _column(record, "url"), options.date or _column(record, "date")
    url = web_address(rest.get(url_column))
    date_text = rest.get(date_column)
    date = parse_date(date_text) if isinstance(date_text, str) else None
    for column, value in ((url_column, url), (date_column, date)):
        if value is not None or rest.get(column) in ("", None):
            rest.pop(column, None)
    for column in (_column(rest, each) for each in _TAGS):
        said = rest.get(column)
        if isinstance(said, str):
            rest[column] = list(tags([said]))
    unreadable = body.count("\ufffd") + title.count("\ufffd")
    noted: dict[str, Json] = {"unreadable": unreadable} if unreadable else {}
    return Document(id_ or f"{name}#{line}", body, title, url, date, {**rest, **noted, "source": name})


def body_of(columns: Collection[str]) -> str | None:
    """Return the column that is known to hold the text, in any case, or None."""
    return next((found for found in (_column(columns, name) for name in BODY_COLUMNS) if found in columns), None)


def no_body(columns: Collection[str]) -> str:
    """Say that none of the columns is known to hold the text."""
    likely = next((column for column in columns if column.strip() in _LIKELY_BODIES), "COLUMN")
    return (
        f"no column {' or '.join(BODY_COLUMNS)} among {listed(columns)}; "
        f"name the one with the text: --column body={likely}"
    )


def too_many(columns: int) -> str:
    """Say that a record has more columns than one may have."""
    return f"{columns:,} columns, more than {MAX_COLUMNS:,}"


def listed(columns: Iterable[str]) -> str:
    """Return the names of columns in a row, or as many as a message holds."""
    names = ", ".join(islice(columns, _MOST_LISTED)) or "none"
    return names if len(names) <= _LONGEST_LIST else f"{names[:_LONGEST_LIST]}…"


def lines(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[str | None]:
    """Yield each line as text without its line feed, None for one above the size limit. Holds one line at a time.

    The encoding is judged by the first 256 kB. In UTF-8, each line that is damaged is judged by itself.

    Raises:
        LoadError: It is no text, or in an encoding that was not recognised.
    """
    head = stream.read(_CHUNK)
    encoding = options.encoding or decode(head.rpartition(b"\n")[0] or head, name).encoding
    chunks: Iterator[bytes] = chain([head], iter(lambda: stream.read(_CHUNK), b""))
    if codecs.lookup(encoding).name != "utf-8":
        chunks = _as_utf8(chunks, encoding, name)
    for line in _split(chunks, options.max_bytes):
        yield None if line is None else _line(line, name, options)


def readable(value: Json) -> Json:
    """Replace what no text holds, NUL and lone surrogates, by U+FFFD, in a value of a bounded depth."""
    match value:
        case str():
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")
        case list():
            return [readable(item) for item in value]
        case dict():
            return {cast("str", readable(key)): readable(item) for key, item in value.items()}
        case _:
            return value


def _line(line: bytes, name: str, options: LoadOptions) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = decode(line, name, options.encoding and "utf-8").text
    return text.removeprefix("\ufeff").replace("\0", "\ufffd")


def _as_utf8(chunks: Iterable[bytes], encoding: str, name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:  # UTF-16 and UTF-32 read in pieces want their mark
        raise LoadError(name, f"not {encoding} ({error})") from error


def _split(chunks: Iterable[bytes], limit: int) -> Iterator[bytes | None]:
    """Cut chunks at line feeds. A line above the limit is let go as it comes and leaves None."""
    pending = b""
    too_long = False
    for chunk in chunks:
        *whole, pending = (pending + chunk).split(b"\n")
        for line in whole:
            yield None if too_long or len(line) > limit else line
            too_long = False
        if len(pending) > limit:
            pending, too_long = b"", True
    if pending or too_long:
        yield None if too_long else pending


def _column(columns: Collection[str], name: str) -> str:
    """Return the column with a name, or in another case, or called so in Persian; or else the name."""
    if name in columns:
        return name
    for column in columns:
        if len(column) == len(name) and column.lower() == name:
            return column
    persian = _PERSIAN.get(name)
    foreign = (column for column in columns if not column.isascii())
    return next((column for column in foreign if column.strip().translate(_AS_PERSIAN) == persian), name)


def _take(record: dict[str, Json], column: str, name: str) -> str:
    match record.pop(column, None):
        case None:
            return ""
        case str(text):
            return text
        case bool() | list() | dict() as value:
            raise LoadError(name, f"{column} is {_KINDS[type(value)]}, not text")
        case number:
            return str(number)
