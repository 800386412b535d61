"""Every document of an index gets its vectors, none is made twice, and whatever ends the work loses a batch."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from trigrams import Trigrams
from vectors_in_memory import VectorsInMemory

from searchkit.documents import Document
from searchkit.engines.base import WriteOptions
from searchkit.engines.whoosh.engine import WhooshEngine
from searchkit.errors import ArgumentError, EmbedderError, EmbedderMismatchError, IndexLockedError, StorageError
from searchkit.meaning import embedding
from searchkit.meaning.embedder import meaning_of
from searchkit.meaning.embedding import Embedded, Orders, embed
from searchkit.meaning.passages import passages, text_of
from searchkit.meaning.store import STORE, VectorStore
from searchkit.persian import default_analyzer

WORDS = Orders(words=20, most=3)


def documents(count, first=0):
    """Documents of up to five passages: some without a text or a title, too, and some that say the same."""
    for number in range(first, first + count):
        text = "" if number % 10 == 9 else f"جمله\u200cی شماره {number // 2} این است. " * (number % 7 * 3)
        yield Document(id=str(number), title=f"عنوان {number % 3}" if number % 20 < 19 else "", body=text)


@pytest.fixture
def engine(tmp_path):
    return VectorsInMemory(WhooshEngine(tmp_path, default_analyzer()))


@pytest.fixture
def run(engine, tmp_path):
    def run_(embedder, orders=WORDS):
        with VectorStore(tmp_path / STORE) as store:
            return embed(engine, embedder, store, orders)

    return run_


def put(engine, added):
    with engine.writer(WriteOptions()) as writer:
        for document in added:
            writer.put(document)


def expected_of(document, orders=WORDS):
    spans = passages(document.body, orders.words, orders.most) or [(0, 0)]  # there may be a title
    texts = [(span, text_of(document.title, document.body, span)) for span in spans]
    return [(span, text) for span, text in texts if text]


def check_given(engine, added, orders=WORDS):
    """Each document has the vectors of its passages, and no other."""
    added = list(added)
    assert engine.given.keys() == {document.id for document in added}
    for document in added:
        expected, given = expected_of(document, orders), engine.given[document.id]
        assert [(passage.begin, passage.end) for passage in given] == [span for span, _ in expected]
        vectors = Trigrams().documents([text for _, text in expected])
        for passage, vector in zip(given, vectors, strict=True):
            assert np.allclose(passage.vector, vector, atol=2e-3)
            assert abs(np.linalg.norm(passage.vector) - 1) < 1e-6


def test_every_document_gets_the_vectors_of_its_passages_and_each_text_is_embedded_once(engine, run):
    put(engine, documents(100))
    embedder = Trigrams()
    done = run(embedder)
    check_given(engine, documents(100))
    made = embedder.embedded[1:]  # after the probe
    assert len(made) == len(set(made)) == done.embedded
    total = sum(len(expected_of(document)) for document in documents(100))
    assert done == Embedded(100, total, len(made), total - len(made), 0)
    assert run(embedder) == Embedded()


def test_what_is_known_is_not_embedded_again(engine, run, tmp_path):
    put(engine, documents(50))
    first = run(Trigrams())
    engine.given.clear()
    again = run(embedder := Trigrams())
    assert embedder.embedded[1:] == []
    assert (again.documents, again.embedded, again.reused) == (50, 0, first.passages)
    check_given(engine, documents(50))
    engine.given.clear()
    (tmp_path / STORE).unlink()
    assert run(Trigrams()).embedded == first.embedded
    check_given(engine, documents(50))


def test_what_is_added_meanwhile_gets_vectors_too(engine, run):
    put(engine, documents(40))

    class Adding(Trigrams):
        def documents(self, texts):
            if len(self.embedded) == 1:
                put(engine, documents(60, first=20))
            return super().documents(texts)

    done = run(Adding())
    assert done.left == 0
    check_given(engine, documents(80))


def test_what_changes_or_goes_meanwhile_makes_no_difference(engine, run):
    put(engine, documents(40))
    changed = Document(id="5", body="اکنون چیز دیگری است.")

    class Changing(Trigrams):
        def documents(self, texts):
            if len(self.embedded) == 1:
                with engine.writer(WriteOptions()) as writer:
                    writer.put(changed)
                    writer.delete("6")
            return super().documents(texts)

    run(Changing())
    check_given(engine, [*(each for each in documents(40) if each.id not in {"5", "6"}), changed])


@pytest.mark.parametrize("end", [EmbedderError("away"), KeyboardInterrupt()])
def test_what_was_made_before_it_was_broken_off_is_given(engine, run, end):
    put(engine, documents(100))

    class Failing(Trigrams):
        def documents(self, texts):
            if len(self.embedded) > 60:
                raise end
            return super().documents(texts)

    failing = Failing()
    with pytest.raises(type(end)):
        run(failing)
    assert 0 < len(engine.given) < 100
    embedder = Trigrams()
    run(embedder)
    check_given(engine, documents(100))
    made = [*failing.embedded[1:], *embedder.embedded[1:]]
    assert len(made) == len(set(made))


def test_it_ends_when_it_is_told_to_and_says_what_is_left(engine, run):
    put(engine, documents(100))
    embedder = Trigrams()
    done = run(embedder, WORDS._replace(stopped=lambda: len(embedder.embedded) > 40))
    assert done.documents == len(engine.given) > 0
    assert done.left == 100 - len(engine.given) > 0
    assert len(embedder.embedded) < 1 + 40 + 16 + 1
    run(rest := Trigrams())
    assert not {*rest.embedded[1:]} & {*embedder.embedded[1:]}
    check_given(engine, documents(100))


def test_it_says_how_far_it_has_come(engine, run):
    put(engine, documents(100))
    told = []
    done = run(Trigrams(), WORDS._replace(progress=told.append))
    assert told == sorted(told)
    assert {each.total for each in told} == {100}
    assert (told[-1].done, told[-1].embedded, told[-1].reused) == (100, done.embedded, done.reused)
    assert max(b.embedded - a.embedded for a, b in pairwise(told)) <= 16


def test_vectors_are_given_every_now_and_then(engine, run, monkeypatch):
    put(engine, documents(100))
    monkeypatch.setattr(embedding, "_FIRST", 0.0)
    monkeypatch.setattr(embedding, "_SHARE", 0)
    run(Trigrams())
    assert len(engine.published) > 3
    assert sum(engine.published) == 100


def test_where_others_write_it_goes_on_and_gives_them_later(engine, run, monkeypatch):
    put(engine, documents(100))
    monkeypatch.setattr(embedding, "_FIRST", 0.0)

    class Waiting(Trigrams):
        def documents(self, texts):
            engine.is_locked = len(self.embedded) < 60
            return super().documents(texts)

    run(Waiting())
    check_given(engine, documents(100))


def test_where_others_write_all_the_time_that_is_told_and_nothing_is_lost(engine, run):
    put(engine, documents(50))
    engine.is_locked = True
    with pytest.raises(IndexLockedError):
        run(Trigrams())
    engine.is_locked = False
    run(embedder := Trigrams())
    assert embedder.embedded[1:] == []
    check_given(engine, documents(50))


def test_another_embedder_is_refused_unless_it_is_meant(engine, run):
    put(engine, documents(30))
    run(Trigrams())
    other = Trigrams(salt="x")
    with pytest.raises(EmbedderMismatchError, match="--again"):
        run(other)
    check_given(engine, documents(30))
    run(other, WORDS._replace(again=True))
    assert engine.meaning == meaning_of(other, 20, 3)
    assert len(engine.given) == 30
    for document in documents(30):
        texts = [text for _, text in expected_of(document)]
        given = [passage.vector for passage in engine.given[document.id]]
        assert np.allclose(np.reshape(given, (-1, 64)), other.documents(texts), atol=2e-3)


def test_other_passages_are_refused_unless_they_are_meant(engine, run):
    put(engine, documents(30))
    run(Trigrams())
    assert run(Trigrams(), Orders()) == Embedded()  # those of the index
    finer = Orders(words=10, most=0)
    with pytest.raises(EmbedderMismatchError, match="passages of 20 words, 3 of a text"):
        run(Trigrams(), finer)
    run(Trigrams(), finer._replace(again=True))
    check_given(engine, documents(30), finer)


def test_vectors_that_another_program_gives_meanwhile_stay(engine, run):
    put(engine, documents(30))

    class Overtaken(Trigrams):
        def documents(self, texts):
            if len(self.embedded) == 1:
                put(engine, documents(10, first=30))
                engine.meaning, engine.given = meaning_of(Trigrams(salt="x")), {"0": []}
            return super().documents(texts)

    with pytest.raises(EmbedderMismatchError):
        run(Overtaken())


def test_an_empty_index_needs_none(run):
    assert run(Trigrams()) == Embedded()


@pytest.mark.parametrize("orders", [Orders(words=0), Orders(most=-1), Orders(words=True)])
def test_other_numbers_are_refused(run, orders):
    with pytest.raises(ArgumentError):
        run(Trigrams(), orders)


def test_an_embedder_whose_vectors_are_none_is_told(engine, run):
    put(engine, documents(30))

    class Bad(Trigrams):
        def documents(self, texts):
            return np.full((len(texts), 64), np.nan, np.float32)

    with pytest.raises(EmbedderError):
        run(Bad())
    assert engine.given == {}


def test_a_store_that_cannot_be_written_is_told(engine, tmp_path):
    put(engine, documents(30))
    with VectorStore(tmp_path / STORE) as store:
        store.of(meaning_of(Trigrams()))
        store._db.execute("PRAGMA query_only=ON")
        with pytest.raises(StorageError):
            embed(engine, Trigrams(), store, WORDS)
