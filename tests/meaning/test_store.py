"""What was made is kept beside the index, for one program at a time; the file may be lost, but never lies."""

from __future__ import annotations

import os
import sqlite3

import numpy as np
import pytest
from trigrams import Trigrams

from searchkit.errors import IndexLockedError, StorageError
from searchkit.meaning.embedder import meaning_of
from searchkit.meaning.store import STORE, VectorStore, digest_of

MEANING = meaning_of(Trigrams())
TEXTS = [f"متن {number}" for number in range(1_200)]
VECTORS = dict(zip(map(digest_of, TEXTS), Trigrams().documents(TEXTS), strict=True))


@pytest.fixture
def file(tmp_path):
    return tmp_path / STORE


def test_what_was_kept_comes_back(file):
    with VectorStore(file) as store:
        store.of(MEANING).put(VECTORS)
    with VectorStore(file) as store:
        known = store.of(MEANING).get([*VECTORS, digest_of("another")])
    assert known.keys() == VECTORS.keys()
    for digest, vector in known.items():
        assert vector.dtype == np.float32
        assert np.allclose(vector, VECTORS[digest], atol=1e-3)
        assert abs(np.linalg.norm(vector) - 1) < 1e-6


def test_what_is_kept_in_memory_goes_with_it():
    with VectorStore(None) as store:
        store.of(MEANING).put(VECTORS)
        assert len(store.of(MEANING).get(VECTORS)) == len(VECTORS)


@pytest.mark.parametrize("other", [Trigrams(salt="x"), Trigrams(32), Trigrams(name="other")])
def test_each_embedder_has_its_own(file, other):
    with VectorStore(file) as store:
        store.of(MEANING).put(VECTORS)
        known = store.of(meaning_of(other))
        assert known.get(VECTORS) == {}
        known.put(dict(zip(VECTORS, other.documents(TEXTS), strict=True)))
        assert len(known.get(VECTORS)) == len(store.of(MEANING).get(VECTORS)) == len(VECTORS)


def test_a_processor_that_rounds_otherwise_finds_them(file):
    probe = np.frombuffer(MEANING.probe, "<f4") + np.float32(1e-4)
    with VectorStore(file) as store:
        store.of(MEANING).put(VECTORS)
        assert len(store.of(MEANING._replace(probe=probe.tobytes(), words=3)).get(VECTORS)) == len(VECTORS)


def test_one_at_a_time_has_it(file):
    with VectorStore(file), pytest.raises(IndexLockedError, match="another program gives vectors to this index"):
        VectorStore(file)
    VectorStore(file).close()


@pytest.mark.parametrize(
    "content",
    [b"no database" * 1000, b"SQLite format 3\0" + b"\xff" * 4096, "other", "newer"],
    ids=["text", "damaged", "of something else", "of another version"],
)
def test_a_file_that_is_none_of_ours_is_told_with_what_to_do(file, content):
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        with sqlite3.connect(file) as database:
            database.execute("CREATE TABLE t (x)")
            if content == "newer":
                database.execute("PRAGMA application_id=1936422499")
                database.execute("PRAGMA user_version=99")
        database.close()
    before = file.read_bytes()
    with pytest.raises(StorageError, match=f"{STORE} .*remove it"):
        VectorStore(file)
    assert file.read_bytes() == before


def test_a_damaged_page_is_told(file):
    with VectorStore(file) as store:
        store.of(MEANING).put(VECTORS)
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xa5" * (len(content) - 8192)
    file.write_bytes(content)
    with pytest.raises(StorageError, match="remove it"), VectorStore(file) as store:
        store.of(MEANING).get(VECTORS)


def test_a_vector_that_is_none_counts_as_unknown(file):
    bad = [b"", b"\0" * 128, b"\xff" * 128, b"\0" * 126]
    digests = [digest_of(str(number)) for number in range(len(bad))]
    with VectorStore(file) as store:
        known = store.of(MEANING)
        known.put(VECTORS)
        store.write(1, zip(digests, bad, strict=True))
        assert known.get([*digests, *VECTORS]).keys() == VECTORS.keys()


def test_a_link_is_not_followed(file, tmp_path):
    (tmp_path / "other").write_bytes(b"")
    file.symlink_to(tmp_path / "other")
    with pytest.raises(StorageError, match="link"):
        VectorStore(file)


def test_where_nothing_can_be_written_that_is_told(tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        VectorStore(tmp_path / "none" / STORE)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for this user")
def test_a_read_only_folder_is_told(file, tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="cannot be written"):
            VectorStore(file)
    finally:
        tmp_path.chmod(0o700)


def test_a_full_disk_is_told_and_what_was_kept_stays(file):
    with VectorStore(file) as store:
        known = store.of(MEANING)
        first = dict(list(VECTORS.items())[:10])
        known.put(first)
        store._db.execute("PRAGMA max_page_count=5")
        with pytest.raises(StorageError, match=r"cannot be written: .*full"):
            known.put(VECTORS)
        assert known.get(VECTORS).keys() == first.keys()
