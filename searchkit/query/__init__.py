"""What did the user ask? `parse` reads words into a frozen tree, `resolve` turns its words into index terms."""

from searchkit.query.parse import Parsed, parse
from searchkit.query.resolve import resolve
from searchkit.query.wanted import wanted

__all__ = ["Parsed", "parse", "resolve", "wanted"]
