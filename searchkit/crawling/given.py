"""Which documents did the pages of a crawl give, which of them say the same, and what of that is not yet kept?

Of documents that say the same, or nearly, the one that was met first stands for the others, and goes on to stand for
them as long as it says so. A host's pages are met in the order of its queue, which the state remembers, so kills change
nothing in that.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from searchkit.crawling.sketches import Sketch, are_alike
from searchkit.documents import Document
from searchkit.errors import DocumentError, StorageError

TABLES = """
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, page INTEGER NOT NULL, digest BLOB NOT NULL,
    bands BLOB NOT NULL, sample BLOB NOT NULL, title TEXT NOT NULL
);
CREATE INDEX of_page ON documents (page);
CREATE INDEX of_digest ON documents (digest);
CREATE TABLE bands (band INTEGER NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (band, document)) WITHOUT ROWID;
CREATE TABLE copies (page INTEGER NOT NULL, original TEXT NOT NULL, PRIMARY KEY (page, original)) WITHOUT ROWID;
CREATE INDEX of_original ON copies (original);
CREATE TABLE outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, document TEXT);
"""

_OF_A_BAND = (
    32  # documents that are looked at; where more share one, no other is missed but for those that share no more
)
_COMPARED = 16  # documents, those that share most bands


class Gone(NamedTuple):
    """A document that is to be removed, as its page is not there any more, or says something else."""

    id: str


class Twin(NamedTuple):
    """A document that says the same as another one, or nearly the same."""

    id: str
    is_exact: bool


class GivenDocuments:
    """The documents of a crawl.

    Args:
        database: Holds the tables of this module. What is changed is to be written down by whoever has it.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def of(self, page: int) -> list[str]:
        """Return the ids of the documents that a page gave."""
        return [row[0] for row in self._db.execute("SELECT id FROM documents WHERE page = ?", (page,))]

    def page_of(self, id_: str) -> int | None:
        """Return the page that gave a document."""
        row = self._db.execute("SELECT page FROM documents WHERE id = ?", (id_,)).fetchone()
        return None if row is None else int(row[0])

    def twin_of(self, sketch: Sketch, page: int) -> Twin | None:
        """Return the document with the same text that another page gave, or else one with nearly the same."""
        select = "SELECT id FROM documents WHERE digest = ? AND page <> ? ORDER BY number LIMIT 1"
        row = self._db.execute(select, (sketch.digest, page)).fetchone()
        if row is not None:
            return Twin(row[0], is_exact=True)
        select = "SELECT id, sample, title FROM documents WHERE number = ? AND page <> ?"
        for number in self._candidates(sketch):
            row = self._db.execute(select, (number, page)).fetchone()
            if row is not None and are_alike(sketch, Sketch(b"", (), np.frombuffer(row[1], np.uint32), row[2])):
                return Twin(row[0], is_exact=False)
        return None

    def _candidates(self, sketch: Sketch) -> list[int]:
        """Return the numbers of the documents that share most bands with a text, those that were met first before."""
        shared: dict[int, int] = {}
        select = "SELECT document FROM bands WHERE band = ? ORDER BY document LIMIT ?"
        for band in sketch.bands:
            for (number,) in self._db.execute(select, (band, _OF_A_BAND)):
                shared[number] = shared.get(number, 0) + 1
        return sorted(shared, key=lambda number: (-shared[number], number))[:_COMPARED]

    def give(self, document: Document, page: int, sketch: Sketch) -> tuple[int, list[int]]:
        """Note that a page gives a document.

        Returns its number, by which it is kept, and the pages that may not say the same as it any more, if they did.
        """
        self._db.execute("DELETE FROM outbox WHERE id = ? AND document IS NULL", (document.id,))
        select = "SELECT digest, page FROM documents WHERE id = ?"
        digest, before = self._db.execute(select, (document.id,)).fetchone() or (None, None)
        unsure: list[int] = []
        if digest == sketch.digest:
            update = "UPDATE documents SET page = ?, title = ? WHERE id = ?"
            self._db.execute(update, (page, sketch.title, document.id))
        else:
            copies = self._parted_from(document.id)
            unsure = copies if before == page else []  # of another page, it is one of this round, as they are
            self._forget(document.id)
            self._remember(document.id, page, sketch)
        return self._send(document.id, document.to_json().decode()), unsure

    def take_back(self, id_: str) -> tuple[int, list[int]]:
        """Note that a document is gone; return what `give` does."""
        self._forget(id_)
        return self._send(id_, None), self._parted_from(id_)

    def _remember(self, id_: str, page: int, sketch: Sketch) -> None:
        bands, sample = np.array(sketch.bands, np.int64).tobytes(), sketch.sample.tobytes()
        values = (id_, page, sketch.digest, bands, sample, sketch.title)
        insert = "INSERT INTO documents (id, page, digest, bands, sample, title) VALUES (?, ?, ?, ?, ?, ?)"
        number = self._db.execute(insert, values).lastrowid
        self._db.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", ((band, number) for band in sketch.bands))

    def _forget(self, id_: str) -> None:
        row = self._db.execute("SELECT number, bands FROM documents WHERE id = ?", (id_,)).fetchone()
        if row is not None:
            bands = np.frombuffer(row[1], np.int64).tolist()
            self._db.executemany(
                "DELETE FROM bands WHERE band = ? AND document = ?", ((band, row[0]) for band in bands)
            )
            self._db.execute("DELETE FROM documents WHERE number = ?", (row[0],))

    def _send(self, id_: str, document: str | None) -> int:
        row = self._db.execute("INSERT INTO outbox (id, document) VALUES (?, ?)", (id_, document))
        return int(row.lastrowid or 0)

    def fold(self, page: int, original: str) -> None:
        """Note that another document stands for one of a page."""
        self._db.execute("INSERT OR IGNORE INTO copies VALUES (?, ?)", (page, original))

    def unfold(self, page: int) -> None:
        """Note that no other document stands for those of a page."""
        self._db.execute("DELETE FROM copies WHERE page = ?", (page,))

    def originals_of(self, page: int) -> list[str]:
        """Return the ids of the documents that stand for those of a page."""
        return [row[0] for row in self._db.execute("SELECT original FROM copies WHERE page = ?", (page,))]

    def folded(self, sites: Iterable[str]) -> int:
        """Return for how many pages of some hosts the document of another one stands."""
        count = "SELECT count(DISTINCT page) FROM copies JOIN pages ON pages.id = page WHERE site = ?"
        return sum(int(self._db.execute(count, (site,)).fetchone()[0]) for site in sites)

    def _parted_from(self, original: str) -> list[int]:
        """Return the pages that a document stood for, and note that it does not."""
        pages = [row[0] for row in self._db.execute("SELECT page FROM copies WHERE original = ?", (original,))]
        self._db.execute("DELETE FROM copies WHERE original = ?", (original,))
        return pages

    def unkept(self) -> Iterator[tuple[int, Document | Gone]]:
        """Yield what is not kept yet, with its number.

        Raises:
            StorageError: It is damaged.
        """
        number = 0
        select = "SELECT number, id, document FROM outbox WHERE number > ? ORDER BY number LIMIT 1"
        while row := self._db.execute(select, (number,)).fetchone():
            number, id_, document = row
            yield number, Gone(id_) if document is None else _document(document)

    def keep(self, number: int, *, gone: bool) -> None:
        """Forget the documents that are kept, up to a number, or those that are removed."""
        delete = "DELETE FROM outbox WHERE number <= ? AND (document IS NULL) = ?"
        self._db.execute(delete, (number, gone))

    def count(self) -> int:
        """Return how many documents there are, those counted that are not removed yet."""
        count = "SELECT (SELECT count(*) FROM documents) + (SELECT count(*) FROM outbox WHERE document IS NULL)"
        return int(self._db.execute(count).fetchone()[0])


def _document(line: str) -> Document:
    try:
        values: dict[str, Any] = json.loads(line)
        return Document.from_dict(values)
    except (ValueError, TypeError, KeyError, DocumentError) as error:
        raise StorageError("the state of the crawl is damaged; remove crawl.sqlite and crawl again") from error
