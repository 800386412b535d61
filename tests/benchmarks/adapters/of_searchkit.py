"""searchkit, through the same calls as any application."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import searchkit
from searchkit import Document, SearchIndex


class SearchKit:
    """Full Persian analysis; a query is analysed, resolved and answered for documents with any of its words."""

    version = searchkit.__version__
    has_snippets = True

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        """Add all documents in one commit."""
        with SearchIndex.open(folder) as index:
            index.add(documents)

    def open(self, folder: Path) -> SearchKitSearcher:
        """Open the index."""
        return SearchKitSearcher(folder)


class SearchKitSearcher:
    """Queries as their users wrote them."""

    def __init__(self, folder: Path) -> None:
        self._index = SearchIndex.open(folder, create=False)

    def ids(self, query: str, limit: int) -> list[str]:
        """Return the ids of the best documents."""
        return [id_ for id_, _ in self._index.rank(query, limit=limit, match="any")]

    def snippets(self, query: str, limit: int) -> list[str]:
        """Return the first snippet of each of the best documents."""
        found = self._index.search(query, limit=limit, match="any")
        return [snippet.html() for hit in found for snippet in hit.snippets[:1]]


ADAPTER = SearchKit()
