"""Which fields does an index of searchkit have? Whoosh's schema of them, for who writes."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

FIELDS: dict[str, dict[str, Any]] = {
    "body": {"type": "TEXT", "format": "Positions", "column": None, "stored": False, "unique": False},
    "digest": {"type": "COLUMN", "format": None, "column": "VarBytesColumn", "stored": False, "unique": False},
    "document": {"type": "STORED", "format": None, "column": None, "stored": True, "unique": False},
    "id": {"type": "ID", "format": "Existence", "column": "VarBytesColumn", "stored": False, "unique": True},
    "source": {"type": "COLUMN", "format": None, "column": "VarBytesColumn", "stored": False, "unique": False},
    "title": {"type": "TEXT", "format": "Positions", "column": None, "stored": False, "unique": False},
}
"""What `array_index.describe` says of `schema`: who only searches compares it, without Whoosh."""


@cache
def schema() -> Any:
    """Return the schema."""
    from searchkit.engines.whoosh.analyzer import PersianAnalyzer  # noqa: PLC0415 (Whoosh, which no search needs)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from whoosh import fields  # noqa: PLC0415

    return fields.Schema(
        id=fields.ID(unique=True, sortable=True),
        title=fields.TEXT(analyzer=PersianAnalyzer(every_term=True)),
        body=fields.TEXT(analyzer=PersianAnalyzer(every_term=True)),
        document=fields.STORED,
        digest=fields.COLUMN(),
        source=fields.COLUMN(),
    )
