"""The embedded engine: Whoosh. `PersianAnalyzer` also works alone in any Whoosh schema."""

from searchkit.engines.whoosh.analyzer import PersianAnalyzer

__all__ = ["PersianAnalyzer"]
