"""SQLite FTS5: the unicode61 tokenizer, its bm25 ranking, its snippet function."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from adapters import words
from searchkit.documents import Document

_FILE = "fts5.sqlite"


class Fts5:
    """One table in one transaction; ids are row ids."""

    version = sqlite3.sqlite_version
    has_snippets = True

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        """Index in one transaction."""
        with closing(sqlite3.connect(folder / _FILE)) as connection, connection:
            connection.execute("CREATE VIRTUAL TABLE docs USING fts5(title, body, tokenize = 'unicode61')")
            connection.executemany(
                "INSERT INTO docs(rowid, title, body) VALUES (?, ?, ?)",
                ((int(document.id), document.title, document.body) for document in documents),
            )

    def open(self, folder: Path) -> Fts5Searcher:
        """Open the database."""
        return Fts5Searcher(folder)


class Fts5Searcher:
    """Words joined by OR, in order of rank."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / _FILE)

    def ids(self, query: str, limit: int) -> list[str]:
        """Return the row ids of the best documents."""
        return [str(id_) for id_ in self._column("rowid", query, limit)]

    def snippets(self, query: str, limit: int) -> list[str]:
        """Return `snippet()` of the body, 36 tokens at most: about 200 characters."""
        return [str(text) for text in self._column("snippet(docs, 1, '<mark>', '</mark>', '…', 36)", query, limit)]

    def _column(self, expression: str, query: str, limit: int) -> list[object]:
        wanted = " OR ".join(f'"{word}"' for word in words(query))
        # The expression is one of the two above, never what a user wrote.
        rows = self._connection.execute(
            f"SELECT {expression} FROM docs WHERE docs MATCH ? ORDER BY rank LIMIT ?",  # noqa: S608
            (wanted, limit),
        )
        return [row[0] for row in rows]


ADAPTER = Fts5()
