"""Which fields does an index of searchkit have? A row a field for who searches, Whoosh's schema for who writes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from searchkit.engines.whoosh.format.values import NO_DATE, NO_NUMBER, kept_name
from searchkit.errors import IndexVersionError

_TEXT = {"type": "TEXT", "format": "Positions", "column": None, "stored": False, "unique": False}
_NAME = {"type": "ID", "format": "Existence", "column": "VarBytesColumn", "stored": False, "unique": True}
_BYTES = {"type": "COLUMN", "format": None, "column": "VarBytesColumn", "stored": False, "unique": False}
_VALUE = {"type": "STORED", "format": None, "column": None, "stored": True, "unique": False}
_KEYWORD = {"type": "ID", "format": "Existence", "column": None, "stored": False, "unique": False}
_NUMBER = {"type": "COLUMN", "format": None, "column": "NumericColumn", "stored": False, "unique": False}

FIELDS: dict[str, dict[str, Any]] = {
    "body": _TEXT,
    "date": _NUMBER,
    "digest": _BYTES,
    "document": _VALUE,
    "host": _KEYWORD,
    "id": _NAME,
    "source": _BYTES,
    "title": _TEXT,
}
"""What the table of contents says of each field, see `index.describe`."""


@cache
def schema() -> Any:
    """Return Whoosh's schema of `FIELDS`. It takes Whoosh, which is slow to load and no search needs."""
    from searchkit.engines.whoosh._whoosh import fields  # noqa: PLC0415
    from searchkit.engines.whoosh.analyzer import PersianAnalyzer  # noqa: PLC0415

    text, data = fields.TEXT(analyzer=PersianAnalyzer(every_term=True)), fields.COLUMN()
    kinds = {
        "body": text,
        "digest": data,
        "document": fields.STORED,
        "id": fields.ID(unique=True, sortable=True),
        "source": data,
        "title": text,
    }
    return extended(fields.Schema(**kinds), {"date": "date", "host": "keyword"})


def extended(written: Any, given: Mapping[str, str]) -> Any:
    """Return a schema of Whoosh's with fields of the kinds of `query.fields` besides.

    Raises:
        IndexVersionError: There is no such kind.
    """
    from searchkit.engines.whoosh._whoosh import columns, fields  # noqa: PLC0415

    kinds = {
        "keyword": fields.ID(),
        "keywords": fields.ID(),
        "number": fields.COLUMN(columns.NumericColumn("d", NO_NUMBER)),
        "date": fields.COLUMN(columns.NumericColumn("q", NO_DATE)),
    }
    made = written.copy()
    for name, kind in given.items():
        if kind not in kinds:
            raise IndexVersionError(f"the index has fields of the kind {kind!r}; upgrade searchkit to read it")
        made.add(kept_name(name), kinds[kind])
    return made
