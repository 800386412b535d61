"""Where the nearest are found by the signs of vectors, they come as near as they do where all are compared."""

import numpy as np
import pytest
from click.testing import CliRunner
from forging import sealed, sections, with_segment
from hypothesis import given
from hypothesis import strategies as st
from trigrams import Trigrams

from searchkit import Document, SearchIndex
from searchkit.cli import main
from searchkit.engines.base import Meaning, Passage
from searchkit.engines.whoosh import enriching
from searchkit.engines.whoosh.engine import WhooshEngine
from searchkit.engines.whoosh.format.sections import SectionFile
from searchkit.engines.whoosh.format.vectors import OF_SIGNS, SIGNS
from searchkit.engines.whoosh.searching import nearest
from searchkit.engines.whoosh.searching.fusion import meant
from searchkit.engines.whoosh.searching.matches import Matches
from searchkit.engines.whoosh.searching.nearest import FAR, UNCOMPARED, Few, nearness
from searchkit.errors import IndexCorruptError
from searchkit.persian import default_analyzer

DIMENSIONS = 70
COUNT = 400
MEANING = Meaning("made up", DIMENSIONS, np.ones(DIMENSIONS, "<f4").tobytes(), 50, 4)
NONE = np.zeros(0, np.intp)


def vectors_of(number):
    """Up to four, some of which many documents share."""
    chosen = np.random.default_rng(number)
    centre = np.random.default_rng(number % 8).normal(size=DIMENSIONS)
    rows = centre + chosen.normal(size=(number % 5, DIMENSIONS))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def passages(document):
    return [Passage(0, 1, row) for row in vectors_of(int(document.id))]


def put(engine, numbers):
    with engine.writer() as writer:
        for number in numbers:
            writer.put(Document(id=str(number), title="عنوان", body="متن کتاب"))
    for part in engine.reader().parts:
        if engine.reader().without_vectors(part):
            engine.enrich(part, MEANING, passages)


@pytest.fixture(autouse=True)
def _smaller(monkeypatch):
    """What is done with a million passages, with a thousand."""
    monkeypatch.setattr(enriching, "_LARGE", 100)
    monkeypatch.setattr(nearest, "_LIKELY", 5)


@pytest.fixture
def engine(tmp_path):
    engine = WhooshEngine(tmp_path / "index", default_analyzer())
    put(engine, range(COUNT))
    return engine


def approximated(engine):
    return [engine.approximate(part) for part in engine.reader().parts]


def segments(engine):
    return sorted(engine.path.glob("MAIN-*.segment"))


def with_signs(engine):
    return [SIGNS in SectionFile(path) for path in segments(engine)]


def near(engine, few=None, seed=9):
    asked = vectors_of(seed)[:1].astype("<f4").tobytes()
    return nearness(engine.reader().searcher.snapshot, asked, few)


def check_few(engine, wanted=10, besides=NONE):
    """What is compared comes as near as it does, and is most of the nearest; the rest is not taken for near."""
    exact, found = near(engine), near(engine, Few(wanted, besides))
    compared = found > UNCOMPARED
    assert (found[compared] == exact[compared]).all()
    assert ((found == FAR) == (exact == FAR)).all()
    assert compared[besides][exact[besides] > FAR].all()
    best = np.argsort(-exact, kind="stable")[:wanted]
    assert compared[best].mean() >= 0.8
    return int(compared.sum())


def test_the_nearest_come_as_near(engine):
    before = near(engine)
    assert approximated(engine) == [True]
    assert with_signs(engine) == [True]
    assert (near(engine) == before).all()
    assert 10 <= check_few(engine) < COUNT / 4
    assert check_few(engine, besides=np.arange(0, COUNT, 3)) > COUNT / 4


def test_of_few_documents_all_are_compared(engine):
    approximated(engine)
    assert (near(engine, Few(COUNT, NONE)) == near(engine)).all()


def test_what_is_deleted_is_not_found_and_takes_no_room(engine):
    approximated(engine)
    gone = np.argsort(-near(engine))[:15]
    with engine.writer() as writer:
        for id_ in engine.reader().ids(gone.tolist()):
            writer.delete(id_)
    assert (near(engine, Few(10, NONE))[gone] == FAR).all()
    assert check_few(engine) >= 10


def test_segments_with_signs_and_without_are_searched_together(engine):
    approximated(engine)
    put(engine, range(COUNT, COUNT + 40))
    assert sorted(with_signs(engine)) == [False, True]
    check_few(engine, besides=np.array([3, COUNT + 3]))


def test_signs_go_when_vectors_come_and_can_be_made_again(engine):
    approximated(engine)
    put(engine, range(COUNT, 2 * COUNT))  # merges
    assert with_signs(engine) == [False]
    assert approximated(engine) == [True]
    check_few(engine)
    engine.enrich(engine.reader().parts[0], MEANING._replace(probe=bytes(4 * DIMENSIONS)), passages)
    assert not any(with_signs(engine))


def test_they_are_made_once_and_of_large_parts_alone(engine):
    assert engine.approximate("no such part") is False
    assert approximated(engine) == [True]
    assert approximated(engine) == [False]
    put(engine, range(COUNT, COUNT + 20))
    assert approximated(engine) == [False, False]


def test_signs_of_the_same_vectors_are_the_same(engine, tmp_path):
    other = WhooshEngine(tmp_path / "other", default_analyzer())
    put(other, range(COUNT))
    approximated(engine)
    approximated(other)
    for name in OF_SIGNS:
        one, two = (SectionFile(*segments(each))[name] for each in (engine, other))
        assert (one == two).all()


def rewritten(engine, change):
    """Change the sections of the one segment, with all checksums that it takes."""
    files = {path.name: path.read_bytes() for path in engine.path.iterdir() if path.is_file()}
    (path,) = segments(engine)
    contents, about = sections(path)
    contents |= {name: change(name, contents[name]) for name in OF_SIGNS}
    contents = {name: values for name, values in contents.items() if values is not None}
    data = sealed(contents, about, engine.path.parent / "scratch")
    for name, each in with_segment(files, path.name, data).items():
        (engine.path / name).write_bytes(each)
    return WhooshEngine(engine.path, default_analyzer())


FORGED = {
    "all the same": lambda _, values: values * 0,
    "all bits": lambda name, values: ~values if name == SIGNS else values,
    "random": lambda _, values: np.random.default_rng(0).permutation(values),
    "no numbers": lambda name, values: values if name == SIGNS else values * np.float32("nan"),
    "infinite": lambda name, values: values if name == SIGNS else np.full_like(values, np.inf),
}


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_forged_signs_hide_documents_and_change_no_number(engine, change):
    approximated(engine)
    engine = rewritten(engine, change)
    exact, found = near(engine), near(engine, Few(10, np.arange(5)))
    compared = found > UNCOMPARED
    assert (found[compared] == exact[compared]).all()
    assert compared.sum() >= 10


UNFIT = {
    "one less": lambda name, values: values[:-1] if name == SIGNS else values,
    "another type": lambda name, values: values.astype(np.int64) if name == SIGNS else values,
    "no middle": lambda name, values: values if name == SIGNS else None,
    "no signs": lambda name, values: None if name == SIGNS else values,
    "other dimensions": lambda name, values: values if name == SIGNS else values[:-1],
}


@pytest.mark.parametrize("change", UNFIT.values(), ids=UNFIT)
def test_signs_of_other_vectors_are_damage(engine, change):
    approximated(engine)
    with pytest.raises(IndexCorruptError):
        rewritten(engine, change).reader()


def test_a_damaged_byte_is_told(engine):
    approximated(engine)
    (path,) = segments(engine)
    data = bytearray(path.read_bytes())
    data[data.index(SectionFile(path)[SIGNS].tobytes()) + 5] ^= 1
    path.write_bytes(data)
    engine = WhooshEngine(engine.path, default_analyzer())
    near(engine)  # reads none
    with pytest.raises(IndexCorruptError, match="checksum of vectors/signs"):
        near(engine, Few(10, NONE))


@pytest.fixture
def index(tmp_path):
    words = "باغ آب کتاب درخت چای خانه شهر کوه دریا ماه".split()
    added = []
    for number in range(300):
        some = [words[(number * step) % 10] for step in (1, 2, 3, 7)]
        added.append(Document(id=str(number), body=f"{' '.join(some)} {number // 9}"))
    with SearchIndex.open(tmp_path / "texts", embedder=Trigrams()) as index:
        index.add(added)
        yield index


def test_hits_are_those_of_an_exact_search(index):
    queries = ["باغ و کتاب", "دریاها", "کوه ماه", "کتاب 30"]
    before = [[(hit.id, hit.score) for hit in index.search(query, limit=5)] for query in queries]
    index.embed(approximate=True)
    assert [[(hit.id, hit.score) for hit in index.search(query, limit=5)] for query in queries] == before


EXACT = [{"mode": "meaning"}, {"where": {"id": ["1", "2"]}}]


@pytest.mark.parametrize(("options", "asked"), [({}, True), *((options, False) for options in EXACT)])
def test_meaning_alone_and_narrowed_searches_compare_all(index, monkeypatch, options, asked):
    index.embed(approximate=True)
    calls = []
    monkeypatch.setattr(nearest, "likely", lambda signs, *_: calls.append(1) or np.arange(signs.numbers.shape[1]))
    index.search("باغ و کتاب", **options)
    assert bool(calls) == asked


def test_the_command_makes_them(index, tmp_path, monkeypatch):
    monkeypatch.setattr("searchkit.meaning.embedder.embedder_of", lambda _: Trigrams())
    monkeypatch.setattr("searchkit.index._embedder", lambda _: Trigrams())
    path = tmp_path / "texts"
    ran = CliRunner().invoke(main, ["embed", "--index", str(path), "--approximate"], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    assert [SIGNS in SectionFile(each) for each in path.glob("MAIN-*.segment")] == [True]


def test_conditions_and_vectors_are_remembered_of_one_segment(index):
    index.embed(approximate=True)
    for _ in range(2):
        index.search("باغ و کتاب")
        assert {hit.id for hit in index.search("باغ و کتاب", where={"id": ["1", "2"]})} <= {"1", "2"}


@given(st.integers(1, 60), st.integers(1, 150), st.integers(0, 1000))
def test_what_meaning_adds_is_the_same_where_the_nearest_alone_are_compared(wanted, documents, seed):
    chosen = np.random.default_rng(seed)
    near = chosen.permutation(documents).astype(np.float32) / documents  # no two come alike
    near[chosen.random(documents) < 0.1] = FAR
    words = Matches(documents, chosen.random(documents).astype(np.float32), None)
    few = near.copy()
    few[(near > FAR) & (near < np.sort(near)[-min(4 * wanted, documents)])] = UNCOMPARED  # as `Few` asks for
    exact, found = meant(near, words, wanted, 0.85), meant(few, words, wanted, 0.85)
    assert (found.added == exact.added).all()
    assert found.least == exact.least
    ordered = np.sort(near[near > FAR])[::-1]
    count = min(wanted, max(10, len(ordered) // 10))
    assert ((found.added > 0) == (near > (ordered[count] if len(ordered) > count else -1))).all()
