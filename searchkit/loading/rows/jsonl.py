"""Which documents are in a JSON Lines file? Each line that is an object is one (jsonlines.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

from searchkit.documents import MAX_FIELDS, MAX_NESTING, TOO_DEEP, Document, Json, Skip, levels
from searchkit.errors import DocumentError, LoadError
from searchkit.loading.files import too_large
from searchkit.loading.options import LoadOptions
from searchkit.loading.rows.records import lines, readable, to_document

STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # one that does not end goes on to the end, once
_ESCAPED_RUBBISH = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document | Skip]:
    """Yield a document for each line, a `Skip` with the number of the line where it gives none.

    Raises:
        LoadError: The file is no text.
    """
    for number, line in enumerate(lines(stream, name, options), start=1):
        if line is None:
            yield Skip(name, f"line {number}: {too_large(options)}")
        elif line and not line.isspace():
            try:
                yield to_document(json_object(line, name), number, name, options)
            except LoadError as error:
                yield Skip(name, f"line {number}: {error.reason}")
            except DocumentError as error:
                yield Skip(name, f"line {number}: {error}")


def json_object(line: str, name: str) -> dict[str, Json]:
    """Return the object that a line is, with U+FFFD for what no text holds.

    Raises:
        LoadError: It is none.
    """
    if len(line) > MAX_FIELDS and len(STRING.sub("", line)) > MAX_FIELDS:  # as objects they take thirty times as much
        raise LoadError(name, f"more than {MAX_FIELDS:,} characters of JSON beside its texts")
    value = parsed(line, name)
    if _ESCAPED_RUBBISH.search(line):
        value = printable(value, name)
    if not isinstance(value, dict):
        raise LoadError(name, "not a JSON object")
    return value


def parsed(text: str, name: str) -> Json:
    """Return the value that a text is, as Python has it.

    Raises:
        LoadError: It is no JSON.
    """
    try:
        value: Json = json.loads(text, parse_constant=_not_json)
    except json.JSONDecodeError as error:
        raise LoadError(name, f"not JSON ({error.msg} at character {error.pos + 1})") from error
    except (ValueError, RecursionError) as error:
        raise LoadError(name, f"not JSON ({error})") from error
    return value


def printable(value: Json, name: str) -> Json:
    """Return a value with U+FFFD for what no text holds.

    Raises:
        LoadError: It is nested too deep.
    """
    if any(depth >= MAX_NESTING for depth, _ in enumerate(levels(value))):
        raise LoadError(name, f"its values are {TOO_DEEP}")
    return readable(value)


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
