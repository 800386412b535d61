"""Stock Whoosh: its own codec and StandardAnalyzer, BM25F over title and body, its own highlighter."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import whoosh
from whoosh import index
from whoosh.analysis import StandardAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.qparser import MultifieldParser, OrGroup
from whoosh.searching import Hit

from adapters import words
from searchkit.documents import Document


class StockWhoosh:
    """Whoosh as its documentation sets it up."""

    version = whoosh.versionstring()
    has_snippets = True

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        """Index with one process and the default limit of memory."""
        text = TEXT(StandardAnalyzer(), phrase=True, stored=True)
        schema = Schema(id=ID(stored=True, unique=True), title=text, body=text)
        with index.create_in(folder, schema).writer() as writer:
            for document in documents:
                writer.add_document(id=document.id, title=document.title, body=document.body)

    def open(self, folder: Path) -> StockWhooshSearcher:
        """Open the index and one searcher."""
        return StockWhooshSearcher(folder)


class StockWhooshSearcher:
    """Queries through Whoosh's parser, any word."""

    def __init__(self, folder: Path) -> None:
        opened = index.open_dir(folder)
        self._searcher = opened.searcher()
        self._parser = MultifieldParser(["title", "body"], opened.schema, group=OrGroup)

    def ids(self, query: str, limit: int) -> list[str]:
        """Return the stored ids of the best documents."""
        return [hit["id"] for hit in self._hits(query, limit)]

    def snippets(self, query: str, limit: int) -> list[str]:
        """Return `Hit.highlights` of the body."""
        return [hit.highlights("body") for hit in self._hits(query, limit)]

    def _hits(self, query: str, limit: int) -> Iterable[Hit]:
        found: Iterable[Hit] = self._searcher.search(self._parser.parse(" ".join(words(query))), limit=limit)
        return found


ADAPTER = StockWhoosh()
