"""Which pages are known, and which are done? In SQLite, so that a kill loses nothing.

What was read from a page is written down together with the fact that it is done, and stays until whoever takes the
documents says that they are kept. So no page is lost, and none that was answered is asked for again.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from searchkit.crawling import given
from searchkit.crawling.addresses import path_of, site_of
from searchkit.errors import StorageError

MOST_KNOWN = 1_000_000
"""Addresses that a crawl remembers; more are passed over."""

MOST_LISTINGS = 1_000
"""Sitemaps of one host that are read."""

PENDING, DONE, LEFT_OUT = range(3)
"""How it stands with a page: to be fetched, fetched, or not to be fetched in this round."""

_VERSION = 2
_TABLES = """
CREATE TABLE pages (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, site TEXT NOT NULL, depth INTEGER NOT NULL,
    hops INTEGER NOT NULL, listing INTEGER NOT NULL, status INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0, etag TEXT NOT NULL DEFAULT '', modified TEXT NOT NULL DEFAULT ''
);
CREATE INDEX queue ON pages (site, status, attempts, depth, id);
CREATE TABLE paths (path TEXT PRIMARY KEY, variants INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE rounds (site TEXT PRIMARY KEY, finished INTEGER NOT NULL) WITHOUT ROWID;
"""


class KnownPage(NamedTuple):
    """A page that a crawl knows of: how many links away it is, how many redirects led to it, how often it failed."""

    id: int
    url: str
    depth: int
    hops: int
    listing: bool
    attempts: int
    etag: str
    modified: str


class CrawlState:
    """What a crawl knows. One crawl at a time has it, in one thread at a time.

    Args:
        file: Where it is kept; None for a crawl that nobody will go on with.
        max_variants: How many addresses that differ in their query alone are taken.

    Raises:
        StorageError: The file cannot be used, or another crawl has it.

    Attributes:
        given: The documents of its pages.
    """

    def __init__(self, file: Path | None, max_variants: int) -> None:
        self._max_variants = max_variants
        name = str(file or ":memory:")
        if file is not None and file.is_symlink():
            raise StorageError(f"{name} is a link, which is not followed; give a file")
        try:
            self._db = sqlite3.connect(name, timeout=0, isolation_level=None, check_same_thread=False)
            for pragma in ("trusted_schema=OFF", "locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=NORMAL"):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.execute("BEGIN IMMEDIATE")
            self._make(name)
            self._db.execute("COMMIT")
            self.given = given.GivenDocuments(self._db)
            (self._known,) = self._db.execute("SELECT count(*) FROM pages").fetchone()
            listings = self._db.execute("SELECT site, count(*) FROM pages WHERE listing = 1 GROUP BY site")
            self._listings = Counter(dict(listings))
        except sqlite3.Error as error:
            raise _failed(name, error) from error

    def _make(self, name: str) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version == 0 and tables:
            raise StorageError(f"{name} is a database of something else; give another file")
        if version not in (0, _VERSION):
            raise StorageError(f"{name} was written by another version of searchkit; remove it and crawl again")
        if version == 0:
            for statement in filter(str.strip, f"{_TABLES}{given.TABLES}".split(";")):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version={_VERSION}")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write down all that happens meanwhile, or nothing of it.

        Raises:
            StorageError: It cannot be written.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise _failed("the state of the crawl", error) from error

    def begin(self, sites: Sequence[str]) -> None:
        """Go on with hosts; those that were finished are looked at again from the beginning."""
        for site in sites:
            row = self._db.execute("SELECT finished FROM rounds WHERE site = ?", (site,)).fetchone()
            if row == (1,):
                self._db.execute("UPDATE pages SET status = 0, attempts = 0 WHERE site = ?", (site,))
            self._db.execute("INSERT OR REPLACE INTO rounds VALUES (?, 0)", (site,))

    def finish(self, site: str) -> None:
        """Note that there is nothing left to do for a host."""
        self._db.execute("UPDATE rounds SET finished = 1 WHERE site = ?", (site,))

    def leave(self, site: str) -> None:
        """Note that a host is left for the next run, in which each of its pages may be asked for as often as now."""
        self._db.execute("UPDATE pages SET attempts = 0 WHERE site = ?", (site,))

    def again(self, pages: Iterable[int]) -> None:
        """Put pages that are done into the queue again."""
        for page in pages:
            self._db.execute("UPDATE pages SET status = 0 WHERE id = ? AND status = ?", (page, DONE))

    def add(self, urls: Iterable[str], depth: int, hops: int = 0, *, listing: bool = False) -> None:
        """Note addresses that were met, each of which is one page, whoever names it and how often."""
        for url in urls:
            row = self._db.execute("SELECT id, depth FROM pages WHERE url = ?", (url,)).fetchone()
            if row is not None:
                if depth < row[1]:
                    self._db.execute("UPDATE pages SET depth = ? WHERE id = ?", (depth, row[0]))
            elif self._takes(url, listing=listing):
                self._known += 1
                self._listings[site_of(url)] += listing
                insert = "INSERT INTO pages (url, site, depth, hops, listing) VALUES (?, ?, ?, ?, ?)"
                self._db.execute(insert, (url, site_of(url), depth, hops, listing))

    def _takes(self, url: str, *, listing: bool) -> bool:
        """Tell whether an address that is new may be one of those that are remembered."""
        is_full = self._known >= MOST_KNOWN or (listing and self._listings[site_of(url)] >= MOST_LISTINGS)
        return not is_full and self._takes_variant(url)

    def _takes_variant(self, url: str) -> bool:
        """Count the addresses that differ in their query; say whether there may be one more."""
        path = path_of(url)
        if path == url:
            return True
        row = self._db.execute("SELECT variants FROM paths WHERE path = ?", (path,)).fetchone()
        variants = row[0] if row else 0
        if variants >= self._max_variants:
            return False
        self._db.execute("INSERT OR REPLACE INTO paths VALUES (?, ?)", (path, variants + 1))
        return True

    def next(self, site: str, depth: int) -> KnownPage | None:
        """Return the page of a host whose turn it is: the nearest first, and those that failed last."""
        select = (
            "SELECT id, url, depth, hops, listing, attempts, etag, modified FROM pages "
            "WHERE site = ? AND status = 0 AND depth <= ? ORDER BY attempts, depth, id LIMIT 1"
        )
        row = self._db.execute(select, (site, depth)).fetchone()
        return None if row is None else KnownPage(*row)

    def pending(self, sites: Iterable[str], depth: int, most: int) -> int:
        """Return how many pages of some hosts are to be fetched, counted as far as a number."""
        count = "SELECT count(*) FROM (SELECT 1 FROM pages WHERE site = ? AND status = 0 AND depth <= ? LIMIT ?)"
        found = 0
        for site in sites:
            found += int(self._db.execute(count, (site, depth, most - found)).fetchone()[0])
        return found

    def fetched(self, site: str) -> int:
        """Return how many pages of a host are done in this round."""
        count = "SELECT count(*) FROM pages WHERE site = ? AND status = ? AND listing = 0"
        return int(self._db.execute(count, (site, DONE)).fetchone()[0])

    def settle(self, page: KnownPage, status: int, etag: str = "", modified: str = "") -> None:
        """Note how it stands with a page now, and how its server names what it said."""
        update = "UPDATE pages SET status = ?, etag = ?, modified = ? WHERE id = ?"
        self._db.execute(update, (status, etag, modified, page.id))

    def failed(self, page: KnownPage) -> None:
        """Put a page at the end of the queue."""
        self._db.execute("UPDATE pages SET attempts = attempts + 1 WHERE id = ?", (page.id,))


def _failed(name: str, error: sqlite3.Error) -> StorageError:
    if "locked" in str(error):
        return StorageError(f"{name} is in use by another crawl; wait for its end, or take another folder")
    return StorageError(f"{name} cannot be used: {error}; if it is damaged, remove it and crawl again")
