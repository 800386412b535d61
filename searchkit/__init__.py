r"""Full-text search for Persian: documents in, ranked hits with highlighted snippets out.

>>> import tempfile
>>> from searchkit import Document, SearchIndex
>>> with tempfile.TemporaryDirectory() as folder, SearchIndex.open(folder) as index:
...     _ = index.add([Document(id="1", body="كتاب\u200cهاي تاريخ ايران")])
...     index.search("کتاب\u200cهای تاریخ").hits[0].snippets[0].html()
'<mark>كتاب\u200cهاي</mark> <mark>تاريخ</mark> ايران'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from searchkit.documents import Document, Report, Skip, Token
from searchkit.errors import (
    AnalysisMismatchError,
    ArgumentError,
    CursorError,
    DocumentError,
    EmbedderError,
    EmbedderMismatchError,
    FieldsMismatchError,
    IndexCorruptError,
    IndexLockedError,
    IndexLockLostError,
    IndexNotFoundError,
    IndexVersionError,
    LoadError,
    MissingExtraError,
    RemovalRefusedError,
    SearchKitError,
    SearchTimeoutError,
    StorageError,
    WordsError,
    WorkerError,
)
from searchkit.results import Hit, Problem, Results, Snippet

if TYPE_CHECKING:
    from searchkit.index import SearchIndex, WriteOptions
    from searchkit.loading import load
    from searchkit.meaning.embedder import Embedder, FunctionEmbedder
    from searchkit.query.conditions import NamedField as Field
    from searchkit.ranking import FieldWeight, Ranking

__version__ = "0.1.0"
__all__ = [
    "AnalysisMismatchError",
    "ArgumentError",
    "CursorError",
    "Document",
    "DocumentError",
    "Embedder",
    "EmbedderError",
    "EmbedderMismatchError",
    "Field",
    "FieldWeight",
    "FieldsMismatchError",
    "FunctionEmbedder",
    "Hit",
    "IndexCorruptError",
    "IndexLockLostError",
    "IndexLockedError",
    "IndexNotFoundError",
    "IndexVersionError",
    "LoadError",
    "MissingExtraError",
    "Problem",
    "Ranking",
    "RemovalRefusedError",
    "Report",
    "Results",
    "SearchIndex",
    "SearchKitError",
    "SearchTimeoutError",
    "Skip",
    "Snippet",
    "StorageError",
    "Token",
    "WordsError",
    "WorkerError",
    "WriteOptions",
    "__version__",
    "load",
]


_LAZY = {
    "Embedder": ("searchkit.meaning.embedder", "Embedder"),
    "Field": ("searchkit.query.conditions", "NamedField"),
    "FieldWeight": ("searchkit.ranking", "FieldWeight"),
    "FunctionEmbedder": ("searchkit.meaning.embedder", "FunctionEmbedder"),
    "Ranking": ("searchkit.ranking", "Ranking"),
    "SearchIndex": ("searchkit.index", "SearchIndex"),
    "WriteOptions": ("searchkit.index", "WriteOptions"),
    "load": ("searchkit.loading", "load"),
}


def __getattr__(name: str) -> object:
    """Import the rooms that need numpy, lxml or the lexicon only when they are asked for (PEP 562)."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, its_name = _LAZY[name]
    found: object = getattr(import_module(module), its_name)
    globals()[name] = found
    return found
