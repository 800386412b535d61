"""Which spellings are the same word? Text in, tokens and terms out; no input or output, no Whoosh."""

from __future__ import annotations

from functools import cache

from searchkit.documents import Token
from searchkit.persian.analyzer import Analyzer
from searchkit.persian.terms import Wanted
from searchkit.persian.text.fold import fold

__all__ = ["Analyzer", "Wanted", "analyze", "default_analyzer", "fold"]


@cache
def default_analyzer() -> Analyzer:
    """Return the analyzer that indexes are made with, the same object on every call."""
    return Analyzer()


def analyze(text: str) -> list[Token]:
    """Return the tokens of a text. See `searchkit.documents.Token`."""
    return default_analyzer().analyze(text)
