"""`searchkit embed` as a shell starts it: what it says, how it ends, and what is left of it when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from embedding_server import serving
from shell import ROOT, searchkit
from trigrams import Trigrams

from searchkit import Document, SearchIndex
from searchkit.errors import ArgumentError, EmbedderError, IndexLockedError
from searchkit.meaning import embedding
from searchkit.meaning.embedder import PROBE
from searchkit.meaning.store import STORE, VectorStore

pytestmark = pytest.mark.thorough

DOCUMENTS = 120
SMALL = ("--passage-words", "20", "--passages", "3")


def documents(count=DOCUMENTS):
    for number in range(count):
        text = "".join(f"جمله {number} و {part} درباره چیزی دیگر است. " for part in range(number % 9))
        yield Document(id=str(number), title=f"عنوان {number}", body=text)


@pytest.fixture
def folder(tmp_path):
    with SearchIndex.open(tmp_path / "index") as index:
        index.add(documents())
    return tmp_path


@pytest.fixture
def server():
    with serving() as server:
        yield server


def counts(folder):
    """How many documents nobody has given vectors, and how many passages have some."""
    with SearchIndex.open(folder / "index") as index, index._engine.reader() as reader:
        return sum(len(reader.without_vectors(part)) for part in reader.parts), reader.vectors.passages


def begun(server, folder, *options):
    """The program, at work in the background."""
    return subprocess.Popen(
        [sys.executable, "-m", "searchkit", "embed", "--embedder", f"{server.address}#m", *SMALL, *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for(server, requests):
    until = time.monotonic() + 60
    while len(server.asked) < requests:
        assert time.monotonic() < until
        time.sleep(0.005)


def made(server):
    return [text for text in server.texts if text != PROBE]


def test_it_says_what_it_did(folder, server):
    done = searchkit("embed", "--embedder", f"{server.address}#m", *SMALL, "--json", cwd=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    told = json.loads(done.stdout)
    assert (told["documents"], told["left"], told["reused"]) == (DOCUMENTS, 0, 0)
    assert told["embedded"] == told["passages"] == len(made(server)) == len(set(made(server)))
    assert counts(folder) == (0, told["passages"])
    again = searchkit("embed", cwd=folder, SEARCHKIT_EMBEDDER=f"{server.address}#m").stdout.decode()
    assert again.startswith("vectors for 0 documents, 0 passages: 0 embedded, 0 known")


def test_ten_kills_lose_a_batch_each_at_most_and_nothing_is_missing_in_the_end(folder, server):
    server.pause = 0.02
    kills, last = 0, 0
    while kills < 10:
        process = begun(server, folder)
        last += 3  # the probe twice at most, and a batch
        try:
            until = time.monotonic() + 60
            while len(server.asked) < last and process.poll() is None and time.monotonic() < until:
                time.sleep(0.001)
            if process.poll() is not None:
                break
            process.kill()
        finally:
            process.communicate(timeout=60)
        kills += 1
        last = len(server.asked)
    done = searchkit("embed", "--embedder", f"{server.address}#m", *SMALL, "--json", cwd=folder)
    assert done.returncode == 0
    texts = made(server)
    assert len(texts) - len(set(texts)) <= 16 * kills
    left, passages = counts(folder)
    assert left == 0
    assert passages == len(set(texts))
    assert kills > 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_was_made_before_an_interrupt_is_in_the_index(folder, server, number):
    server.pause = 0.1
    process = begun(server, folder)
    wait_for(server, 5)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert b"the same command goes on" in told
    left, passages = counts(folder)
    assert 0 < left < DOCUMENTS
    assert passages > 0


def test_a_second_interrupt_ends_it_at_once(folder, server):
    process = begun(server, folder)
    wait_for(server, 2)
    server.pause = 30
    wait_for(server, len(server.asked) + 1)
    process.send_signal(signal.SIGINT)
    assert process.stderr.readline().startswith(b"stopping")
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=25)
    assert process.returncode == 130
    assert told == b"interrupted; the vectors that were made are kept\n"


def test_a_second_one_at_once_is_told(folder, server):
    server.pause = 0.2
    process = begun(server, folder)
    try:
        wait_for(server, 3)
        second = searchkit("embed", "--embedder", f"{server.address}#m", *SMALL, cwd=folder)
        assert second.returncode == 1
        assert b"another program gives vectors to this index" in second.stderr
        assert second.stderr.count(b"\n") == 1
    finally:
        process.kill()
        process.communicate(timeout=60)


def test_documents_can_be_added_while_it_works(folder, server):
    server.pause = 0.05
    process = begun(server, folder)
    wait_for(server, 4)
    added = searchkit("index", "-", cwd=folder, stdin=json.dumps({"id": "new", "body": "متن تازه"}))
    assert added.returncode == 0
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert counts(folder)[0] == 0
    assert any("متن تازه" in text for text in server.texts)


def test_what_is_indexed_with_semantic_has_vectors(tmp_path, server):
    rows = "\n".join(json.dumps({"id": each.id, "body": each.body}) for each in documents(20) if each.body)
    options = ("index", "-", "--semantic", "--embedder", f"{server.address}#m")
    done = searchkit(*options, cwd=tmp_path, stdin=rows)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"added 17" in done.stdout
    assert b"vectors for 17 documents" in done.stdout
    assert counts(tmp_path)[0] == 0
    quiet = searchkit(*options, "-q", cwd=tmp_path, stdin='{"id": "more", "body": "x"}')
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, b"", b"")
    assert counts(tmp_path)[0] == 0


def test_the_embedder_stands_in_the_configuration(folder, server):
    (folder / "searchkit.toml").write_text(f'embedder = "{server.address}#m"\n[embed]\npassages = 1\n')
    assert searchkit("embed", cwd=folder).returncode == 0
    with SearchIndex.open(folder / "index") as index, index._engine.reader() as reader:
        assert (reader.meaning.embedder, reader.meaning.most, reader.meaning.words) == ("endpoint#m", 1, 60)


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        (("--embedder", "none"), 2, b"there is no embedder 'none'"),
        (("--embedder", "http://localhost/v1"), 2, b"has no model"),
        (("--embedder", "http://127.0.0.1:1/v1#m", "--index", "none"), 1, b"none"),
        (("--passages", "-1"), 2, b"passages"),
    ],
)
def test_what_cannot_be_done_is_told(folder, options, status, told):
    done = searchkit("embed", *options, cwd=folder)
    assert done.returncode == status
    assert told in done.stderr


def test_a_damaged_store_is_told_and_can_be_removed(folder, server):
    store = folder / "index" / STORE
    store.write_bytes(b"nonsense" * 1000)
    options = ("embed", "--embedder", f"{server.address}#m", "-q")
    done = searchkit(*options, cwd=folder)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"remove it" in done.stderr
    store.unlink()
    assert searchkit(*options, cwd=folder).returncode == 0
    assert counts(folder)[0] == 0


class TestFromPython:
    def test_what_is_added_gets_vectors_where_the_index_has_an_embedder(self, tmp_path, server):
        with SearchIndex.open(tmp_path / "index", embedder=f"{server.address}#m") as index:
            assert index.add(documents(10)).added == 10
            assert counts(tmp_path)[0] == 0
            assert index.add([Document(id="new", body="تازه")]).added == 1
            assert counts(tmp_path)[0] == 0
            assert index.embed().documents == 0

    def test_where_another_program_gives_vectors_adding_leaves_it_to_that_one(self, folder, server):
        with SearchIndex.open(folder / "index", embedder=f"{server.address}#m") as index:
            with VectorStore(folder / "index" / STORE):
                assert index.add([Document(id="new", body="تازه")]).added == 1
                with pytest.raises(IndexLockedError):
                    index.embed()
            assert counts(folder)[0] > DOCUMENTS / 2
            index.embed()
            assert counts(folder)[0] == 0

    def test_what_was_added_stays_where_the_embedder_fails(self, tmp_path, server):
        with SearchIndex.open(tmp_path / "index", embedder=f"{server.address}#m") as index:
            server.answer = lambda *_: (400, {}, b"no")
            with pytest.raises(EmbedderError, match="answered 400: no"):
                index.add(documents(3))
            assert len(index) == 3

    @pytest.mark.parametrize("embedder", ["none", 3, "http://h"])
    def test_what_is_no_embedder_is_refused_when_the_index_is_opened(self, tmp_path, embedder):
        with pytest.raises(ArgumentError):
            SearchIndex.open(tmp_path / "index", embedder=embedder)
        assert not (tmp_path / "index").exists()

    def test_vectors_that_are_given_little_by_little_are_those_that_are_given_at_once(self, tmp_path, monkeypatch):
        given = {}
        for share, name in enumerate(("at once", "little by little")):
            with SearchIndex.open(tmp_path / name) as index:
                index.add(documents(70))
                index.add(documents(60))
                index.add([Document(id="69", body="دیگر"), Document(id="late", title="تنها عنوان", body="")])
                if share:
                    monkeypatch.setattr(embedding, "_FIRST", 0.0)
                    monkeypatch.setattr(embedding, "_SHARE", 0)
                embedder = Trigrams()
                done = index.embed(embedder, words=20, most=0)
                assert (done.documents, done.left) == (71, 0)
                assert len(embedder.embedded) == len(set(embedder.embedded)) == 1 + done.embedded
                with index._engine.reader() as reader:
                    assert reader.vectors.passages == done.passages
                    numbers = range(len(reader))
                    given[name] = {
                        id_: reader.vector_of(n) for n, id_ in zip(numbers, reader.ids(numbers), strict=True)
                    }
        assert given["at once"] == given["little by little"]

    def test_another_embedder_takes_the_place_of_the_first_only_if_it_is_meant(self, folder, server):
        with SearchIndex.open(folder / "index") as index:
            index.embed(f"{server.address}#m", words=20)
            index.embed(f"{server.address}#other", again=True)
            assert counts(folder)[0] == 0
            with index._engine.reader() as reader:
                assert reader.meaning.embedder == "endpoint#other"


def test_documents_without_vectors_are_told(folder, server):
    options = ["index", "docs.jsonl", "--embedder", f"{server.address}#m"]
    assert searchkit("embed", "--embedder", f"{server.address}#m", cwd=folder).returncode == 0
    (folder / "docs.jsonl").write_text('{"id": "later", "body": "باران"}\n', encoding="utf-8")
    assert b"1 of the documents have no vectors yet" in searchkit("index", "docs.jsonl", cwd=folder).stderr
    assert b"vectors" not in searchkit(*options, "--semantic", cwd=folder).stderr
    assert b"vectors" not in searchkit("index", "docs.jsonl", cwd=folder).stderr
    again = searchkit("index", "docs.jsonl", "--rebuild", "--yes", cwd=folder)
    assert (
        b"no vectors any more; make them, as endpoint#m made the others: searchkit embed --embedder NAME"
        in again.stderr
    )


@pytest.mark.parametrize(
    "spec", ["HTTP://u:s3cret@h/v1#m", "https//u:s3cret@h#m", " http://u:s3cret@h/v1#m", "http://u:s3cret@[::1/v1#m"]
)
def test_no_password_is_shown(tmp_path, spec):
    (tmp_path / "docs.jsonl").write_text('{"id": "1", "body": "x"}', encoding="utf-8")
    done = searchkit("index", "docs.jsonl", "--semantic", "--embedder", spec, cwd=tmp_path)
    assert done.returncode == 2
    assert b"s3cret" not in done.stderr + done.stdout
