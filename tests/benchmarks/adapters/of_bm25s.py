"""bm25s: scores worked out while indexing. It keeps neither positions nor texts, and makes no snippets."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import bm25s

from searchkit.documents import Document


class Bm25s:
    """Title and body as one text, its default tokenizer without a list of stop words."""

    version = version("bm25s")
    has_snippets = False

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        """Index in memory, then write."""
        texts = [f"{document.title}\n{document.body}" for document in documents]
        retriever = bm25s.BM25()
        retriever.index(_tokens(texts), show_progress=False)
        retriever.save(folder)

    def open(self, folder: Path) -> Bm25sSearcher:
        """Open the index, memory-mapped."""
        return Bm25sSearcher(folder)


class Bm25sSearcher:
    """Any word; documents are named by their ordinals."""

    def __init__(self, folder: Path) -> None:
        self._retriever = bm25s.BM25.load(folder, mmap=True)

    def ids(self, query: str, limit: int) -> list[str]:
        """Return the ordinals of the best documents."""
        size = min(limit, self._retriever.scores["num_docs"])
        found, _ = self._retriever.retrieve(_tokens([query]), k=size, show_progress=False)
        return [str(id_) for id_ in found[0]]

    def snippets(self, query: str, limit: int) -> list[str]:
        """Raise NotImplementedError: no text is stored."""
        raise NotImplementedError(f"bm25s has no snippets for the {limit} hits of {query!r}")


def _tokens(texts: list[str]) -> bm25s.tokenization.Tokenized:
    return bm25s.tokenize(texts, stopwords=None, show_progress=False)


ADAPTER = Bm25s()
