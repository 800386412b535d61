"""How is each engine asked for the same things? One module an engine; `ADAPTERS` names them.

All are given title and body with positions and store both. Documents are numbered from 0 (their ids are the ordinals),
so that each engine can keep ids in the way that is cheapest to it. Queries ask for documents with at least one of the
words; engines other than searchkit get the words without punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Protocol

from collections_data import Missing

from searchkit.documents import Document

ADAPTERS = {
    "searchkit": "adapters.of_searchkit",
    "whoosh": "adapters.of_whoosh",
    "tantivy": "adapters.of_tantivy",
    "fts5": "adapters.of_fts5",
    "bm25s": "adapters.of_bm25s",
}

_WORD = re.compile(r"\w+")


class Searcher(Protocol):
    """An engine's index, open for queries."""

    def ids(self, query: str, limit: int) -> list[str]:
        """Return the ids of the best documents."""

    def snippets(self, query: str, limit: int) -> list[str]:
        """Return a piece of the body of each of the best documents, as HTML with its words marked."""


class Adapter(Protocol):
    """An engine and how it is set up.

    Attributes:
        version: Of the engine.
        has_snippets: Whether its searcher can make them.
    """

    version: str
    has_snippets: bool

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        """Index documents into a folder that is there and empty; on return, all is written."""

    def open(self, folder: Path) -> Searcher:
        """Open what `build` wrote."""


def adapter(name: str) -> Adapter:
    """Return the adapter of an engine.

    Raises:
        Missing: Its package is not installed.
    """
    try:
        made: Adapter = import_module(ADAPTERS[name]).ADAPTER
    except ModuleNotFoundError as error:
        raise Missing(
            f"{name} needs the package {error.name}; install searchkit[bench] or choose others by --engine."
        ) from error
    return made


def words(query: str) -> list[str]:
    """Return the words of a query, without what an engine's query language could take for an operator."""
    return _WORD.findall(query)
