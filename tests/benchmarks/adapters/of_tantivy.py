"""tantivy: its default tokenizer, one indexing thread, ids in a fast field, its SnippetGenerator."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import tantivy

from adapters import words
from searchkit.documents import Document


class Tantivy:
    """tantivy with its default memory budget; hits are counted, as `Searcher.search` does unless told not to."""

    version = version("tantivy")
    has_snippets = True

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        """Index, commit and wait until merging is done."""
        schema = (
            tantivy.SchemaBuilder()
            .add_integer_field("id", fast=True)
            .add_text_field("title", stored=True, index_option="position")
            .add_text_field("body", stored=True, index_option="position")
            .build()
        )
        writer = tantivy.Index(schema, path=str(folder)).writer(num_threads=1)
        for document in documents:
            writer.add_document(tantivy.Document(id=int(document.id), title=document.title, body=document.body))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> TantivySearcher:
        """Open the index and one searcher."""
        return TantivySearcher(folder)


class TantivySearcher:
    """Queries through tantivy's parser, any word of either field."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()

    def ids(self, query: str, limit: int) -> list[str]:
        """Read the ids of the best documents from their column; no stored document is unpacked."""
        found = self._searcher.search(self._parse(query), limit)
        addresses = [address for _, address in found.hits]
        return [str(id_) for id_ in self._searcher.fast_field_values("id", addresses)]

    def snippets(self, query: str, limit: int) -> list[str]:
        """Return SnippetGenerator's HTML for the bodies of the best documents, 200 characters at most."""
        parsed = self._parse(query)
        generator = tantivy.SnippetGenerator.create(self._searcher, parsed, self._index.schema, "body")
        generator.set_max_num_chars(200)
        found = self._searcher.search(parsed, limit)
        return [generator.snippet_from_doc(self._searcher.doc(address)).to_html() for _, address in found.hits]

    def _parse(self, query: str) -> tantivy.Query:
        return self._index.parse_query_lenient(" ".join(words(query)), ["title", "body"])[0]


ADAPTER = Tantivy()
