"""Which fields does an index of searchkit have? A row a field for who searches, Whoosh's schema for who writes."""

from __future__ import annotations

from functools import cache
from typing import Any

_TEXT = {"type": "TEXT", "format": "Positions", "column": None, "stored": False, "unique": False}
_NAME = {"type": "ID", "format": "Existence", "column": "VarBytesColumn", "stored": False, "unique": True}
_BYTES = {"type": "COLUMN", "format": None, "column": "VarBytesColumn", "stored": False, "unique": False}
_VALUE = {"type": "STORED", "format": None, "column": None, "stored": True, "unique": False}

FIELDS: dict[str, dict[str, Any]] = {
    "body": _TEXT,
    "digest": _BYTES,
    "document": _VALUE,
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

    kinds = {
        "TEXT": fields.TEXT(analyzer=PersianAnalyzer(every_term=True)),
        "ID": fields.ID(unique=True, sortable=True),
        "COLUMN": fields.COLUMN(),
        "STORED": fields.STORED,
    }
    return fields.Schema(**{name: kinds[field["type"]] for name, field in FIELDS.items()})
