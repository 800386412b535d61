"""By which fields can a search be narrowed, and what of their values is compared?

keyword     one word or name: the text folded as words are
keywords    any number of them
number      a 64-bit float
date        a moment, see `documents.moment`
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias

from searchkit import arguments
from searchkit.dates import parse_date
from searchkit.documents import Document, moment
from searchkit.errors import ArgumentError, DocumentError
from searchkit.persian.text.chars import ZWNJ
from searchkit.persian.text.fold import fold

Kinds: TypeAlias = Mapping[str, str]
"""The kind of each field by its name."""

ALWAYS: Kinds = {"date": "date", "host": "keyword", "id": "id"}
"""The fields that every index has: `Document.date`, the host of `Document.url`, and `Document.id` for conditions."""

LONGEST_KEYWORD = 1_000
"""Code points."""

LARGEST_NUMBER = 2**53
"""Whole numbers up to here are told apart."""

_RESERVED = {*ALWAYS, "title", "body", "url", "score"}
_NAME = re.compile(f"\\w[\\w{ZWNJ}-]*")
_NONE: tuple[object, ...] = (None, "", [])  # as good as no value
_REMEMBERED = 1 << 12  # words and names that are folded once: most are of many documents
_SHORT = 100  # code points of what is taken for a keyword where nobody says so
_NOT_INFERRED = {"source", "unreadable"}  # what loading notes of a document


class Keyword(NamedTuple):
    """A word or name as it is compared, and as its author wrote it."""

    key: str
    written: str


def declared(fields: object) -> dict[str, str]:
    """Return fields that an index can be given, their kinds by name.

    Raises:
        ArgumentError: A name or a kind is none.
    """
    if not isinstance(fields, Mapping):
        raise ArgumentError(f'fields is {arguments.shortened(fields)}; give a dict of kinds by name, or "auto"')
    for name, kind in fields.items():
        shown = arguments.shortened(name)
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ArgumentError(f"a field is named {shown}; give a name of letters, digits, _ and -")
        if name in _RESERVED:
            raise ArgumentError(f"{shown} is what every document has; give the field another name")
        if kind not in FIELD_KINDS:
            raise ArgumentError(
                f"the field {shown} is {arguments.shortened(kind)}; give one of {', '.join(FIELD_KINDS)}"
            )
    return dict(sorted(fields.items()))


def value_of(document: Document, name: str, kind: str) -> Any:  # noqa: ANN401 (as `FIELD_KINDS` says)
    """Return what is compared of a field of a document: keywords, a float, a moment; None where there is no value.

    Raises:
        DocumentError: The value does not fit the kind.
    """
    value = document.fields.get(name)
    if value in _NONE:
        return None
    try:
        return FIELD_KINDS[kind](value)
    except ValueError as error:
        raise DocumentError(
            f"the field {name!r} of document {document.id!r} is {arguments.shortened(value)}, {error}; "
            f"mend it, or make the index anew with another kind than {kind}"
        ) from None


def keyword(value: object) -> Keyword | None:
    r"""Return a word or name; None where nothing of it is left, as of blanks.

    Raises:
        ValueError: It is none.

    >>> keyword(" كتاب\u200cها ۱ ")
    Keyword(key='کتابها 1', written='كتاب\u200cها ۱')
    """
    if not isinstance(value, str | int | float):
        raise ValueError("no text")  # noqa: TRY004 (what does not fit is one error)
    written = value if isinstance(value, str) else json.dumps(value)
    if len(written) > LONGEST_KEYWORD:
        raise ValueError(f"longer than {LONGEST_KEYWORD} characters")
    return _folded(written)


@lru_cache(_REMEMBERED)
def _folded(text: str) -> Keyword | None:
    written = " ".join(text.split())
    key = " ".join(fold(written).replace(ZWNJ, "").split())
    return Keyword(key, written) if key else None


def number(value: object) -> float:
    """Return a number; of text, in digits of any script.

    Raises:
        ValueError: It is none, or too large.

    >>> number("۱۲٬۰۰۰"), number("-3.5"), number(7)
    (12000.0, -3.5, 7.0)
    """
    if isinstance(value, str):
        value = _read_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 (NaN)
        raise ValueError("no number")
    if abs(value) > LARGEST_NUMBER and not (isinstance(value, float) and abs(value) < sys.float_info.max):
        raise ValueError("too large a number")
    return float(value) + 0.0  # of -0.0 makes 0.0


def _read_number(text: str) -> float | None:
    written = text.strip().replace("\u2212", "-")
    sign = written[:1] if written[:1] in {"-", "+"} else ""
    folded = fold(written.removeprefix(sign).strip())
    if not re.fullmatch(r"\d+(\.\d+)?", folded, re.ASCII) or len(folded) > _SHORT:
        return None
    return float(sign + folded) if "." in folded else int(sign + folded)


def _keyword(value: object) -> list[Keyword] | None:
    found = keyword(value)
    return None if found is None else [found]


def _keywords(value: object) -> list[Keyword] | None:
    """Return words or names, each once, as it is first written."""
    found: dict[str, Keyword] = {}
    for each in map(keyword, value if isinstance(value, list | tuple) else [value]):
        if each is not None:
            found.setdefault(each.key, each)
    return list(found.values()) or None


def _date(value: object) -> int:
    found = parse_date(value) if isinstance(value, str) else value
    if not isinstance(found, dt.date):
        raise ValueError("no date")  # noqa: TRY004 (as above)
    return moment(found)


FIELD_KINDS: Mapping[str, Callable[[object], Any]] = {
    "keyword": _keyword,
    "keywords": _keywords,
    "number": number,
    "date": _date,
}
"""What becomes of a value, by the kind of its field."""


def inferred(documents: Iterable[Document]) -> dict[str, str]:
    """Return fields that documents seem to have, with their kinds; what fits none, as long texts do, is not among them.

    >>> inferred([Document(id="1", body="", fields={"price": "۱۰۰", "tags": ["a"], "day": "1403/02/15", "by": "سعدی"})])
    {'by': 'keyword', 'day': 'date', 'price': 'number', 'tags': 'keywords'}
    """
    values: dict[str, list[Any]] = {}
    for document in documents:
        for name, value in document.fields.items():
            if value not in _NONE and _NAME.fullmatch(name) and name not in _RESERVED | _NOT_INFERRED:
                values.setdefault(name, []).append(value)
    kinds = ((name, _kind(of_name)) for name, of_name in sorted(values.items()))
    return {name: kind for name, kind in kinds if kind is not None}


def _kind(values: Sequence[Any]) -> str | None:
    if any(isinstance(value, list | tuple) for value in values):
        return "keywords" if all(_fits(_keywords, value) for value in values) else None
    fitting = (kind for kind in ("number", "date") if all(map(partial(_fits, FIELD_KINDS[kind]), values)))
    short = all(isinstance(value, bool | int | float) or _is_short(value) for value in values)
    return next(fitting, "keyword" if short else None)


def _is_short(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _SHORT


def _fits(read: Callable[[object], Any], value: object) -> bool:
    if isinstance(value, str) and read is number and re.match(r"[0۰٠]\d", value.strip()):
        return False  # 0021 is a code
    try:
        read(value)
    except ValueError:
        return False
    return True
