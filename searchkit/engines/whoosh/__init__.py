"""The embedded engine: Whoosh. For those who know it, `open_index` and `PersianAnalyzer`, which works in any schema."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searchkit.engines.whoosh.analyzer import PersianAnalyzer
    from searchkit.engines.whoosh.door import open_index

__all__ = ["PersianAnalyzer", "open_index"]

_PLACES = {"PersianAnalyzer": "analyzer", "open_index": "door"}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is (PEP 562): no search needs Whoosh itself, which is slow to load."""
    if name in _PLACES:
        return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
