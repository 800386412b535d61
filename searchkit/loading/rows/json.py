"""Which documents are in a JSON file? Each record of its list, or of its object; the object itself where it is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, TypeAlias

from searchkit import garbage
from searchkit.documents import Document, Json, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.encoding import decode
from searchkit.loading.files import whole
from searchkit.loading.options import LoadOptions
from searchkit.loading.rows.jsonl import STRING, parsed, printable
from searchkit.loading.rows.records import body_of, to_document

MOST_BESIDE_TEXTS = 5_000_000  # characters; as Python's objects they take up to fifty times as much
_DEEPEST = 4  # objects around a list of records

_Record: TypeAlias = tuple[str, Json]  # with its name in an object, or an empty one


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield a document for each record, a `Skip` with its number where it gives none.

    Records are the objects of a list, of the one list in an object (`{"count": 2, "items": [...]}`), the values of an
    object whose names are their ids, or the object itself if it has a body.

    Raises:
        LoadError: It is too large, no text, no JSON, or holds no records.
    """
    text = _text(stream, name, options)
    records = _records(_value(text, name), name, options)
    if not records:
        raise LoadError(name, "no records in it: its list is empty")
    rubbish = "\\u" in text
    del text
    records.reverse()
    for number in range(1, len(records) + 1):
        id_, record = records.pop()  # so that what has been read is let go
        try:
            yield _document(id_, printable(record, name) if rubbish else record, number, name, options)
        except LoadError as error:
            yield Skip(name, f"record {number}: {error.reason}")
        except DocumentError as error:
            yield Skip(name, f"record {number}: {error}")


def _text(stream: BinaryIO, name: str, options: LoadOptions) -> str:
    try:
        data = whole(stream, name, options)
    except LoadError as error:
        raise LoadError(name, f"{error.reason}; as JSON Lines, a record a line, it may have any size") from None
    return decode(data, name, options.encoding).text.removeprefix("\ufeff").replace("\0", "\ufffd")


@garbage.paused()
def _value(text: str, name: str) -> Json:
    if len(text) > MOST_BESIDE_TEXTS:
        beside = STRING.sub("", text)
        if len(beside) - sum(map(beside.count, " \t\r\n")) > MOST_BESIDE_TEXTS:
            raise LoadError(name, f"more than {MOST_BESIDE_TEXTS:,} characters of JSON beside its texts")
    return parsed(text, name)


def _records(value: Json, name: str, options: LoadOptions) -> list[_Record]:
    for _ in range(_DEEPEST):
        if isinstance(value, list):
            return [("", record) for record in value]
        if not isinstance(value, dict):
            break
        if options.body in value or body_of(value) is not None:
            return [("", value)]
        lists = [inner for inner in value.values() if isinstance(inner, list) and _are_objects(inner)]
        inner = [each for each in value.values() if isinstance(each, dict)]
        if len(lists) == 1:
            value = lists[0]
        elif len(inner) == 1 and not _is_record(inner[0], options):
            value = inner[0]
        elif inner and len(inner) == len(value):
            return list(value.items())
        else:
            return [("", value)]  # and what it lacks is told
    raise LoadError(name, "no records in it: a list of objects, or an object")


def _are_objects(values: Sequence[Json]) -> bool:
    return bool(values) and all(isinstance(each, dict) for each in values)


def _is_record(value: dict[str, Json], options: LoadOptions) -> bool:
    return options.body in value or body_of(value) is not None


def _document(id_: str, record: Json, number: int, name: str, options: LoadOptions) -> Document:
    if not isinstance(record, dict):
        raise LoadError(name, "not a JSON object")
    if id_ and (options.id or "id") not in record:
        record = {(options.id or "id"): id_, **record}
    return to_document(record, number, name, options)
