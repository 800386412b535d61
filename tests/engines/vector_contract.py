"""What every engine promises of vectors, as a test class: `EngineContract` is one too."""

from __future__ import annotations

import tempfile
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.documents import Document
from searchkit.engines.base import Meaning, Passage, VectorCounts
from searchkit.errors import ArgumentError
from searchkit.persian import default_analyzer
from searchkit.query.tree import Not, Terms

DIMENSIONS = 8
MEANING = Meaning("tests", DIMENSIONS, np.ones(DIMENSIONS, "<f4").tobytes(), 50, 3)
OTHERS = (
    MEANING._replace(embedder="others"),
    MEANING._replace(probe=np.zeros(DIMENSIONS, "<f4").tobytes()),
    MEANING._replace(words=51),
    MEANING._replace(most=0),
    Meaning("tests", 5, bytes(20), 50, 3),
)
NUMBERS = [str(number) for number in range(8)]


def text(id_, version=0):
    """A document of three passages, or of a text that is empty."""
    return Document(id=id_, body="" if id_ == "empty" else f"باغ {id_} {version}")


def vectors_of(document, dimensions=DIMENSIONS):
    """The passages of a document and their vectors, the same each time, and other ones for any other text."""
    size = len(document.body)
    spans = [(0, 3), (2, size), (4, size)] if size else []
    chosen = np.random.default_rng(crc32(document.body.encode()))
    found = np.abs(chosen.normal(size=(3, dimensions)))
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return [Passage(*span, vector.astype(np.float32)) for span, vector in zip(spans, found, strict=False)]


def enriched(engine, only=None, meaning=MEANING):
    """Give vectors to all documents without, or to some of them, and return what was said of that."""

    def passages(asked):
        return vectors_of(asked, meaning.dimensions) if only is None or asked.id in only else None

    return [engine.enrich(part, meaning, passages) for part in engine.reader().parts]


def numbers(reader):
    """The numbers of all documents, by their ids."""
    found = [match.number for match in reader.search(Not(Terms((("none", 1.0),), None)), limit=1000).matches]
    return dict(zip(reader.ids(found), found, strict=True))


def waiting(engine):
    """The ids of the documents that nobody has given vectors."""
    with engine.reader() as reader:
        return {id_ for part in reader.parts for id_ in reader.ids(reader.without_vectors(part))}


def has_those_given(reader, number):
    """Tell whether a document has the vectors it was given; False where it has none."""
    (document,) = reader.documents([number])
    wanted, mean = vectors_of(document), reader.vector_of(number)
    if mean is None:
        assert reader.nearest_passage(number, wanted[0].vector.tobytes() if wanted else bytes(32)) is None
        return False
    whole = np.sum([passage.vector for passage in wanted], axis=0)
    assert np.frombuffer(mean, "<f4") == pytest.approx(whole / np.linalg.norm(whole), abs=0.02)
    for passage in wanted:
        assert reader.nearest_passage(number, passage.vector.tobytes()) == (passage.begin, passage.end)
    return True


def having(engine):
    """The ids of the documents that have vectors, which must be those they were given."""
    with engine.reader() as reader:
        return {id_ for id_, number in numbers(reader).items() if has_those_given(reader, number)}


class VectorContract:
    @pytest.fixture
    def eight(self, engine):
        """Eight documents in two parts, of which the first has six."""
        for ids in (NUMBERS[:6], NUMBERS[6:]):
            written(engine, ids)
        return engine

    def test_an_index_has_no_vectors_until_it_is_given_some(self, engine, eight):
        with engine.reader() as reader:
            assert (reader.meaning, reader.vectors) == (None, VectorCounts())
            assert reader.vector_of(0) is reader.nearest_passage(0, bytes(32)) is None
        assert waiting(engine) == set(NUMBERS)
        assert (engine.info().embedder, engine.info().vectors) == (None, VectorCounts())

    def test_documents_without_vectors_are_given_some(self, engine, eight):
        said = enriched(eight)
        assert [sum(each) for each in zip(*(each[:2] for each in said), strict=True)] == [8, 24]
        assert having(engine) == set(NUMBERS)
        assert waiting(engine) == set()
        with engine.reader() as reader:
            assert reader.meaning == MEANING
            assert reader.vectors[:2] == (8, 24)
            assert 24 * DIMENSIONS <= sum(each.size for each in said) <= reader.vectors.size
            info = engine.info()
            assert (info.embedder, info.passage_words, info.vectors) == ("tests", 50, reader.vectors)

    def test_those_that_have_some_keep_them_and_are_not_asked(self, eight):
        enriched(eight, only=NUMBERS[:6:2])
        asked = []
        for part in eight.reader().parts:
            eight.enrich(part, MEANING, lambda each: asked.append(each.id))
        assert asked == [*NUMBERS[1:6:2], *NUMBERS[6:]]
        assert having(eight) == set(NUMBERS[:6:2])

    def test_none_leaves_a_document_for_later_and_an_empty_list_does_not(self, engine):
        written(engine, ["empty", "1"])
        assert [each[:2] for each in enriched(engine, only=["empty"])] == [(1, 0)]
        assert waiting(engine) == {"1"}
        with engine.reader() as reader:
            assert reader.vectors[:2] == (0, 0)
        enriched(engine)
        assert waiting(engine) == set()
        assert having(engine) == {"1"}

    def test_where_nothing_is_given_nothing_is_written(self, eight):
        for ids in ("0", NUMBERS):
            enriched(eight, only=ids)
            before = eight.info().generation
            assert {each[:2] for each in enriched(eight, only=())} == {(0, 0)}
            assert eight.info().generation == before

    @pytest.mark.parametrize("other", OTHERS, ids=range(len(OTHERS)))
    def test_other_vectors_take_the_place_of_those_that_are_there(self, eight, other):
        enriched(eight)
        parts = eight.reader().parts
        eight.enrich(parts[-1], other, lambda _: None)
        assert waiting(eight) == set(NUMBERS)
        with eight.reader() as reader:
            assert (reader.meaning, reader.vectors[:2]) == (other, (0, 0))
        enriched(eight, meaning=other)
        with eight.reader() as reader:
            assert reader.vectors[:2] == (8, 24)
            (mean,) = {len(reader.vector_of(number)) for number in numbers(reader).values()}
            assert mean == 4 * other.dimensions
        eight.optimize()
        assert waiting(eight) == set()

    def test_a_part_that_has_gone_is_given_nothing(self, eight):
        part = eight.reader().parts[0]
        eight.optimize()
        assert eight.enrich(part, MEANING, vectors_of) is None
        assert eight.enrich("no part", MEANING, vectors_of) is None
        assert eight.reader().meaning is None

    def test_a_part_that_goes_meanwhile_is_given_nothing(self, eight):
        def optimizing(document):
            if document.id == "0":
                eight.optimize()
            return vectors_of(document)

        assert eight.enrich(eight.reader().parts[0], MEANING, optimizing) is None
        assert waiting(eight) == set(NUMBERS)

    def test_deleted_documents_are_not_asked_and_do_not_count(self, eight):
        with eight.writer() as writer:
            writer.delete("1")
        asked = []
        eight.enrich(eight.reader().parts[0], MEANING, lambda each: asked.append(each.id) or vectors_of(each))
        assert asked == ["0", "2", "3", "4", "5"]
        with eight.writer() as writer:
            writer.delete("2")
        with eight.reader() as reader:
            assert reader.vectors[:2] == (4, 12)
        assert waiting(eight) == {"6", "7"}

    def test_what_is_deleted_while_vectors_are_given_stays_so(self, eight):
        def deleting(document):
            if document.id == "3":
                with eight.writer() as writer:
                    writer.delete("2")
            return vectors_of(document)

        assert eight.enrich(eight.reader().parts[0], MEANING, deleting)[:2] == (6, 18)
        assert having(eight) == {"0", "1", "3", "4", "5"}
        assert len(eight.reader()) == 7

    def test_a_reader_goes_on_with_the_vectors_of_its_commit(self, eight):
        enriched(eight, only=["0"])
        with eight.reader() as before:
            enriched(eight)
            assert before.vectors[:2] == (1, 3)
            assert [id_ for id_, number in numbers(before).items() if has_those_given(before, number)] == ["0"]
        assert having(eight) == set(NUMBERS)

    def test_vectors_survive_what_becomes_of_the_index(self, engine, eight, tmp_path):
        enriched(eight)
        written(eight, ["8", "9"])
        written(eight, ["1"], version=5)
        with eight.writer() as writer:
            writer.delete("6")
        for _ in range(2):
            assert having(eight) == set(NUMBERS) - {"1", "6"}
            assert waiting(eight) == {"1", "8", "9"}
            eight.optimize()
        engine.snapshot(tmp_path / "copy")
        copy = self.open(tmp_path / "copy", default_analyzer())
        assert having(copy) == set(NUMBERS) - {"1", "6"}
        assert copy.reader().meaning == MEANING
        copy.close()

    def test_an_index_made_anew_has_no_vectors(self, eight, tmp_path):
        enriched(eight)
        fresh = self.open(tmp_path / "index", default_analyzer(), fresh=True)
        assert fresh.reader().meaning is None
        written(fresh, NUMBERS)
        assert waiting(eight) == set(NUMBERS)
        assert (eight.reader().meaning, having(eight)) == (None, set())
        fresh.close()

    def test_an_index_made_anew_meanwhile_is_given_nothing(self, eight, tmp_path):
        def renewing(document):
            if document.id == "0":
                fresh = self.open(tmp_path / "index", default_analyzer(), fresh=True)
                written(fresh, ["8"])
                fresh.close()
            return vectors_of(document)

        assert eight.enrich(eight.reader().parts[0], MEANING, renewing) is None
        assert eight.reader().meaning is None
        assert waiting(eight) == {"8"}

    def test_the_nearest_passage_is_one_of_the_document(self, eight):
        enriched(eight)
        chosen = np.random.default_rng(1)
        with eight.reader() as reader:
            for id_, number in numbers(reader).items():
                passages = vectors_of(text(id_))
                for asked in chosen.normal(size=(20, DIMENSIONS)).astype("<f4"):
                    near = [float(passage.vector @ asked) for passage in passages]
                    begin, end = reader.nearest_passage(number, asked.tobytes())
                    found = [(passage.begin, passage.end) for passage in passages].index((begin, end))
                    assert near[found] >= max(near) - 0.02 * np.linalg.norm(asked)

    @pytest.mark.parametrize(
        "change",
        [
            lambda each: each._replace(vector=each.vector * 0),
            lambda each: each._replace(vector=each.vector * np.nan),
            lambda each: each._replace(vector=each.vector * np.inf),
            lambda each: each._replace(vector=each.vector * 1.1),
            lambda each: each._replace(vector=each.vector[:-1] / np.linalg.norm(each.vector[:-1])),
            lambda each: each._replace(vector=np.append(each.vector, np.float32(0))),
            lambda each: each._replace(begin=-1),
            lambda each: each._replace(begin=9, end=8),
            lambda each: each._replace(end=1 << 40),
            lambda each: each._replace(end=10),
        ],
        ids="zero nan infinite long few many negative backwards far beyond".split(),
    )
    @pytest.mark.parametrize("all_of_them", [True, False])
    @pytest.mark.filterwarnings("ignore:invalid value")
    def test_what_is_no_passage_is_refused_and_nothing_is_left_of_it(self, eight, tmp_path, change, all_of_them):
        def wrong(document):
            found = vectors_of(document)
            return [change(each) if all_of_them or at == 2 else each for at, each in enumerate(found)]

        before = {file.name for file in (tmp_path / "index").iterdir()}
        with pytest.raises(ArgumentError):
            eight.enrich(eight.reader().parts[0], MEANING, wrong)
        assert {file.name for file in (tmp_path / "index").iterdir()} == before
        enriched(eight)
        assert having(eight) == set(NUMBERS)

    def test_passages_that_do_not_ascend_are_refused(self, eight):
        with pytest.raises(ArgumentError):
            eight.enrich(eight.reader().parts[0], MEANING, lambda document: vectors_of(document)[::-1])

    @pytest.mark.parametrize(
        "wrong",
        [
            *({"embedder": 5}, {"embedder": None}, {"embedder": "\ud800"}, {"dimensions": 0, "probe": b""}),
            *({"dimensions": 4}, {"probe": b"1"}, {"words": -1}, {"most": True}),
        ],
    )
    def test_what_is_no_meaning_is_refused(self, eight, tmp_path, wrong):
        with pytest.raises(ArgumentError):
            eight.enrich(eight.reader().parts[0], MEANING._replace(**wrong), vectors_of)
        assert eight.reader().meaning is None
        again = self.open(tmp_path / "index", default_analyzer())
        assert waiting(again) == set(NUMBERS)
        again.close()

    def test_numbers_of_a_meaning_are_numbers_of_any_kind(self, eight):
        of_numpy = MEANING._replace(dimensions=np.int64(DIMENSIONS), words=np.uint8(50), most=np.int32(3))
        enriched(eight, meaning=of_numpy)
        assert eight.reader().meaning == MEANING
        assert having(eight) == set(NUMBERS)

    def test_an_error_from_who_makes_vectors_changes_nothing(self, eight, tmp_path):
        before = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "index").iterdir()}
        with pytest.raises(ZeroDivisionError):
            eight.enrich(eight.reader().parts[0], MEANING, lambda document: 1 // (document.id != "3") and None)
        assert {file.name: file.stat().st_mtime_ns for file in (tmp_path / "index").iterdir()} == before

    @settings(max_examples=20, deadline=None)
    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("put"), st.sets(st.sampled_from(NUMBERS), min_size=1), st.integers(0, 2)),
                st.tuples(st.just("delete"), st.sets(st.sampled_from(NUMBERS), min_size=1), st.none()),
                st.tuples(st.just("enrich"), st.sets(st.sampled_from(NUMBERS)), st.none()),
                st.tuples(st.just("optimize"), st.none(), st.none()),
            ),
            max_size=12,
        )
    )
    def test_in_any_order_each_document_has_what_it_was_given(self, steps):
        with tempfile.TemporaryDirectory() as folder:
            engine = self.open(Path(folder) / "index", default_analyzer())
            versions, given_ = {}, set()
            for what, ids, version in steps:
                if what == "put":
                    given_ -= {id_ for id_ in ids if versions.get(id_) != version}
                    versions |= dict.fromkeys(ids, version)
                    written(engine, sorted(ids), version=version)
                elif what == "delete":
                    given_ -= ids
                    versions = {id_: each for id_, each in versions.items() if id_ not in ids}
                    with engine.writer() as writer:
                        for id_ in ids:
                            writer.delete(id_)
                elif what == "enrich":
                    given_ |= ids & versions.keys()
                    enriched(engine, only=ids)
                else:
                    engine.optimize()
                assert having(engine) == given_
                assert waiting(engine) == versions.keys() - given_
                with engine.reader() as reader:
                    assert reader.vectors[:2] == (len(given_), 3 * len(given_))
            engine.close()


def written(engine, ids, version=0):
    with engine.writer() as writer:
        for id_ in ids:
            writer.put(text(id_, version))
