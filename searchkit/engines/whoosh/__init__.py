"""The embedded engine: Whoosh. `PersianAnalyzer` also works alone in any Whoosh schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searchkit.engines.whoosh.analyzer import PersianAnalyzer

__all__ = ["PersianAnalyzer"]


def __getattr__(name: str) -> object:
    """Import the analyzer when it is asked for (PEP 562): no search needs Whoosh itself, which is slow to load."""
    if name == "PersianAnalyzer":
        from searchkit.engines.whoosh.analyzer import PersianAnalyzer  # noqa: PLC0415

        return PersianAnalyzer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
