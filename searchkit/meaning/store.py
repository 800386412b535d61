"""Which vectors have been made, so that none is made twice? In SQLite, so that a kill loses the last few at most.

The file may be removed at any time: what it holds is in the index too, or can be made again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from searchkit.engines.base import Meaning
from searchkit.errors import IndexLockedError, StorageError
from searchkit.meaning.embedder import alike

if TYPE_CHECKING:
    from searchkit.meaning.embedder import Vectors

STORE = "vectors.sqlite"
"""The name of the file, in the folder of the index."""

_APPLICATION = 0x736B7663  # "skvc", which the file begins with
_VERSION = 1
_TABLES = """
CREATE TABLE embedders (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, dimensions INTEGER NOT NULL, probe BLOB NOT NULL
);
CREATE TABLE vectors (
    embedder INTEGER NOT NULL, text BLOB NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (embedder, text)
) WITHOUT ROWID;
"""
_ASKED = 500  # digests in one statement
_FIRST_PRAGMAS, _PRAGMAS = ("trusted_schema=OFF", "locking_mode=EXCLUSIVE"), ("journal_mode=WAL", "synchronous=NORMAL")


class VectorStore:
    """The vectors that embedders have made, by the digests of what was embedded. One object is for one thread.

    One at a time has the file, so that no two programs make the same vectors.

    Args:
        file: The file, which is made if it is not there; None for one in memory.

    Raises:
        IndexLockedError: Another program, or another thread of this one, has it.
        StorageError: It cannot be used.
    """

    def __init__(self, file: Path | None) -> None:
        self._name = str(file or ":memory:")
        if file is not None and file.is_symlink():
            raise StorageError(f"{self._name} is a link, which is not followed; remove it")
        try:
            self._db = sqlite3.connect(self._name, timeout=0, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._failed(error) from error
        try:
            for pragma in _FIRST_PRAGMAS:
                self._db.execute(f"PRAGMA {pragma}")
            self._db.execute("BEGIN IMMEDIATE")
            self._make()
            self._db.execute("COMMIT")
            for pragma in _PRAGMAS:  # which change the file, so that it must be ours
                self._db.execute(f"PRAGMA {pragma}")
        except sqlite3.Error as error:
            self._db.close()
            raise self._failed(error) from error
        except BaseException:
            self._db.close()
            raise

    def _make(self) -> None:
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and (application, version) != (_APPLICATION, _VERSION):
            raise StorageError(f"{self._name} is no file of vectors that this version reads; remove it, or move it")
        if not tables:
            pragmas = f"PRAGMA application_id={_APPLICATION};PRAGMA user_version={_VERSION}"
            for statement in filter(str.strip, f"{_TABLES}{pragmas}".split(";")):
                self._db.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def of(self, meaning: Meaning) -> KnownVectors:
        """Return the vectors of the embedder that makes what has this meaning; the passages make no difference.

        Raises:
            StorageError: The file cannot be read or written.
        """
        try:
            rows = self._db.execute("SELECT id, dimensions, probe FROM embedders WHERE name = ?", (meaning.embedder,))
            for number, dimensions, probe in rows.fetchall():
                if (dimensions, type(dimensions)) == (meaning.dimensions, int) and alike(
                    meaning, meaning._replace(dimensions=dimensions, probe=bytes(probe))
                ):
                    return KnownVectors(self, number, dimensions)
            given = (meaning.embedder, meaning.dimensions, meaning.probe)
            made = self._db.execute("INSERT INTO embedders (name, dimensions, probe) VALUES (?, ?, ?)", given)
        except (sqlite3.Error, TypeError, ValueError) as error:
            raise self._failed(error) from error
        return KnownVectors(self, int(made.lastrowid or 0), meaning.dimensions)

    def read(self, embedder: int, digests: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
        """Return the bytes of those vectors of an embedder that there are, with their digests."""
        found: list[tuple[bytes, bytes]] = []
        try:
            for at in range(0, len(digests), _ASKED):
                some = digests[at : at + _ASKED]
                marks = ", ".join("?" * len(some))
                asked = f"SELECT text, vector FROM vectors WHERE embedder = ? AND text IN ({marks})"  # noqa: S608
                found += self._db.execute(asked, (embedder, *some))
        except sqlite3.Error as error:
            raise self._failed(error) from error
        return found

    def write(self, embedder: int, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        """Write down the bytes of vectors by their digests, all or none."""
        rows = [(embedder, *each) for each in vectors]
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk ends it by itself
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> StorageError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return IndexLockedError(f"another program gives vectors to this index (it has {self._name}); let it end")
        if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
            return StorageError(f"{self._name} cannot be written: {error}")
        if code == sqlite3.SQLITE_IOERR:
            return StorageError(f"{self._name} cannot be read or written: {error}")
        return StorageError(f"{self._name} is damaged ({error}); remove it: what it holds is made again")


class KnownVectors:
    """The vectors of one embedder in a store, as they come back from there: 16-bit numbers are kept.

    Args:
        store: Where they are.
        embedder: Its number there.
        dimensions: How many numbers each has.
    """

    def __init__(self, store: VectorStore, embedder: int, dimensions: int) -> None:
        self._store = store
        self._embedder = embedder
        self._dimensions = dimensions

    def get(self, digests: Iterable[bytes]) -> dict[bytes, Vectors]:
        """Return those of the vectors that there are, 32-bit numbers, of length 1.

        Raises:
            StorageError: The file cannot be read.
        """
        found = self._store.read(self._embedder, list(dict.fromkeys(digests)))
        size = 2 * self._dimensions
        whole = [(digest, row) for digest, row in found if isinstance(row, bytes) and len(row) == size]
        rows = np.frombuffer(b"".join(row for _, row in whole), "<f2").astype(np.float32)
        rows = rows.reshape(-1, self._dimensions)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        sound = (np.isfinite(lengths) & (lengths > 0)).ravel()
        with np.errstate(divide="ignore", invalid="ignore"):
            rows = rows / lengths
        return {digest: row for (digest, _), row, is_sound in zip(whole, rows, sound, strict=True) if is_sound}

    def put(self, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep vectors of length 1 by the digests of what they are of. They are on the disk on return.

        Raises:
            StorageError: The file cannot be written.
        """
        self._store.write(
            self._embedder, [(digest, vector.astype("<f2").tobytes()) for digest, vector in vectors.items()]
        )


def digest_of(text: str) -> bytes:
    """Return what a text that is embedded is known by: 16 bytes that no other text has."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
