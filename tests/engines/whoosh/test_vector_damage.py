"""Damage and forgery of vectors is found by check, and an error with a name where they are asked; words go on."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from damages import contents, everything, fill, merged, restore
from forging import CHANGES, directory_of, put, sealed, sections, swapped, table, with_directory, with_segment
from vectored import MEANING, all_of_vectors, check_vectors, enrich, near

from searchkit import Document
from searchkit.engines.whoosh.engine import WhooshEngine
from searchkit.engines.whoosh.format.vectors import SECTIONS
from searchkit.engines.whoosh.upkeep import problems, salvaged
from searchkit.errors import IndexCorruptError, StorageError
from searchkit.persian import default_analyzer

pytestmark = pytest.mark.thorough

NUMBERS, SCALES, SPANS, STARTS, GIVEN = SECTIONS


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Two segments with vectors, of which the first, and larger one, has a deleted document."""
    path = tmp_path_factory.mktemp("whole") / "index"
    fill(path)
    enrich(path)
    return contents(path)


@pytest.fixture
def larger(whole):
    return max((name for name in whole if name.endswith(".segment")), key=lambda name: len(whole[name]))


@pytest.fixture
def read(tmp_path, whole, larger):
    restore(tmp_path / "read", whole)
    return sections(tmp_path / "read" / larger)


def uses(path):
    """All that is done with vectors, by name, each with a new opening."""

    def opened():
        return WhooshEngine(path, default_analyzer(), create=False)

    return {
        "words": lambda: everything(path),
        "near": lambda: near(path),
        "all": lambda: all_of_vectors(path),
        "info": lambda: opened().info(),
        "enrich": lambda: enrich(path),
        "other": lambda: opened().enrich(opened().reader().parts[0], MEANING._replace(words=9), lambda _: None),
        "merge": lambda: merged(path),
    }


def ended(use):
    """Return an error with a name, or nothing; any other is raised."""
    try:
        use()
    except StorageError as error:
        return error
    return None


def test_what_is_whole_has_no_problems_and_stays_when_merged(tmp_path, whole):
    restore(tmp_path, whole)
    assert list(problems(tmp_path)) == []
    before = check_vectors(tmp_path)
    assert len(before) == 10
    merged(tmp_path)
    assert check_vectors(tmp_path) == before
    assert list(problems(tmp_path)) == []


def test_every_byte_of_vectors_that_is_flipped_is_found(tmp_path, whole, larger):
    data = whole[larger]
    _, directory = directory_of(data)
    tried = 0
    for name in SECTIONS:
        _, start, size = directory["sections"][name]
        for place in range(start, start + size):
            damaged = data[:place] + bytes([data[place] ^ (1 << place % 8)]) + data[place + 1 :]
            restore(tmp_path, whole | {larger: damaged})
            for use in (near, enrich) if place % 7 == 0 else (near,):
                with pytest.raises(IndexCorruptError, match=larger):
                    use(tmp_path)
            (problem,) = problems(tmp_path)
            assert larger in problem.source, (name, place)
            tried += 1
    assert tried > 300


def test_damaged_vectors_cost_no_documents_and_no_search_by_words(tmp_path, whole, larger):
    data = whole[larger]
    start = directory_of(data)[1]["sections"][NUMBERS][1]
    restore(tmp_path, whole)
    found, saved = everything(tmp_path), [*salvaged(tmp_path)]
    restore(tmp_path, whole | {larger: data[:start] + bytes(8) + data[start + 8 :]})
    assert everything(tmp_path) == found
    assert [*salvaged(tmp_path)] == saved
    assert all(isinstance(each, Document) for each in saved)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("dimensions", each) for each in (0, -8, 7, 9, 16, 1 << 40, 1 << 70, 8.0, "8", None, True, [8], {})),
        *(("kind", each) for each in (None, 8, "", "8", "7-", [], {}, "88-")),
    ],
    ids=str,
)
def test_a_directory_that_lies_of_vectors_is_told(tmp_path, whole, larger, key, value):
    _, directory = directory_of(whole[larger])
    directory["about"]["vectors"][key] = value
    restore(tmp_path, with_segment(whole, larger, with_directory(whole[larger], directory)))
    for use in uses(tmp_path).values():
        with pytest.raises(IndexCorruptError, match=larger):
            use()
    assert [larger in problem.source for problem in problems(tmp_path)] == [True]


@pytest.mark.parametrize("said", [None, [], {}, 5, "8", {"kind": "8-"}, {"dimensions": 8}])
def test_so_is_one_that_says_nothing_of_them(tmp_path, whole, larger, said):
    _, directory = directory_of(whole[larger])
    directory["about"]["vectors"] = said
    restore(tmp_path, with_segment(whole, larger, with_directory(whole[larger], directory)))
    for use in uses(tmp_path).values():
        with pytest.raises(IndexCorruptError, match=larger):
            use()
    del directory["about"]["vectors"]
    restore(tmp_path, with_segment(whole, larger, with_directory(whole[larger], directory)))
    with pytest.raises(IndexCorruptError, match=larger):
        everything(tmp_path)


def forged(tmp_path, whole, larger, values, about):
    return with_segment(whole, larger, sealed(values, about, tmp_path / "scratch"))


@pytest.mark.parametrize("section", SECTIONS)
def test_a_missing_section_is_told(tmp_path, whole, larger, read, section):
    values, about = read
    del values[section]
    restore(tmp_path / "index", forged(tmp_path, whole, larger, values, about))
    with pytest.raises(IndexCorruptError, match=larger):
        everything(tmp_path / "index")


@pytest.mark.parametrize("section", SECTIONS)
def test_forged_vectors_end_in_answers_or_errors_with_a_name(tmp_path, whole, larger, read, section):
    values, about = read
    told, chosen = 0, random.Random(section)  # noqa: S311
    plain = values[section].view(
        {"f": np.uint32, "b": np.uint8, "i": np.uint8, "u": np.uint32}[values[section].dtype.kind]
    )
    for how, change in CHANGES.items():
        changed = change(plain, chosen)
        changed = changed if how == "wider" else changed.view(values[section].dtype)
        files = forged(tmp_path, whole, larger, values | {section: changed}, about)
        found = []
        with np.errstate(all="ignore"):
            for use in uses(tmp_path / "index").values():
                restore(tmp_path / "index", files)
                found.append(ended(use))
            restore(tmp_path / "index", files)
            found += problems(tmp_path / "index")
        assert all(larger in str(each) or f"{tmp_path}/index" in str(each) for each in found if each), how
        told += any(found)
    assert told > len(CHANGES) / 2


LIES = {
    "a passage beyond the text": (SPANS, lambda values: put(values, -1, 1 << 20), "that its text does not have"),
    "a passage that ends first": (SPANS, lambda values: put(values, 0, 99), "that its text does not have"),
    "passages that do not ascend": (
        SPANS,
        lambda values: values.reshape(-1, 2)[[1, 0, *range(2, len(values) // 2)]].reshape(-1),
        "that its text does not have",
    ),
    "a long vector": (SCALES, lambda values: put(values, 3, values[3] * 1.01), "not of length 1"),
    "a short vector": (SCALES, lambda values: put(values, 3, values[3] / 2), "not of length 1"),
    "a vector of nothing": (NUMBERS, lambda values: np.append(values[:-8], np.zeros(8, np.int8)), "not of length 1"),
    "another vector": (NUMBERS, lambda values: put(values, 4, -128), "not of length 1"),
    "an infinite vector": (SCALES, lambda values: put(values, 0, np.inf), "vectors are not"),
    "no number": (SCALES, lambda values: put(values, 0, np.nan), "vectors are not"),
    "a vector turned around": (SCALES, lambda values: -values, "vectors are not"),
    "vectors that nobody gave": (GIVEN, lambda values: put(values, 1, False), "was given none"),
    "neither given nor not": (
        GIVEN,
        lambda values: put(values.view(np.uint8), 1, 2).view(bool),
        "neither given nor not",
    ),
    "passages of no document": (STARTS, lambda values: put(values, -1, values[-1] - 1), "vectors are not"),
    "starts that do not ascend": (STARTS, lambda values: swapped(values, 3), "vectors are not"),
    "a first document that begins late": (STARTS, lambda values: put(values, 0, 1), "vectors are not"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_of_vectors_that_checksums_confirm_is_found_by_check(tmp_path, whole, larger, read, lie):
    section, change, told = LIES[lie]
    values, about = read
    restore(tmp_path / "index", forged(tmp_path, whole, larger, values | {section: change(values[section])}, about))
    (problem, *_) = problems(tmp_path / "index")
    assert larger in problem.source
    assert told in problem.reason
    if told == "vectors are not":
        for use in (near, merged, enrich):
            with pytest.raises(IndexCorruptError, match=larger):
                use(tmp_path / "index")


def test_of_vectors_of_another_kind_only_the_checksums_are_compared(tmp_path, whole, larger, read):
    values, about = read
    about["vectors"]["kind"] = "8-another"
    values[SPANS] = values[SPANS][::-1].copy()
    values[SCALES] = values[SCALES] * 2
    restore(tmp_path / "index", forged(tmp_path, whole, larger, values, about))
    assert list(problems(tmp_path / "index")) == []
    assert len(check_vectors(tmp_path / "index")) == 2  # those of the other segment
    enrich(tmp_path / "index")
    assert len(check_vectors(tmp_path / "index")) == 10
    data = forged(tmp_path, whole, larger, values, about)
    start = directory_of(data[larger])[1]["sections"][NUMBERS][1]
    flipped = data[larger][:start] + bytes([data[larger][start] ^ 1]) + data[larger][start + 1 :]
    restore(tmp_path / "index", data | {larger: flipped})
    assert len(list(problems(tmp_path / "index"))) == 1


def with_meaning(whole, change):
    (name,) = (each for each in whole if each.endswith(".json"))
    listing = json.loads(whole[name].split(b"\n")[0])
    change(listing)
    return name, whole | {name: table(listing)}


def test_a_table_that_says_nothing_of_a_meaning_is_one_without_vectors(tmp_path, whole):
    restore(tmp_path, whole)
    expected = everything(tmp_path)
    for change in (lambda listing: listing.pop("meaning"), lambda listing: listing.update(meaning=None)):
        restore(tmp_path, with_meaning(whole, change)[1])
        assert everything(tmp_path) == expected
        assert check_vectors(tmp_path) == set()
        assert list(problems(tmp_path)) == []
        enrich(tmp_path)
        assert len(check_vectors(tmp_path)) == 10


PROBE = "AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8="


@pytest.mark.parametrize(
    "meaning",
    [
        *(0, 5, True, "tests", {}, [], ["tests"], ["tests", 8, PROBE, 50], ["tests", 8, PROBE, 50, 3, 1]),
        *([None, 8, PROBE, 50, 3], [5, 8, PROBE, 50, 3], [["tests"], 8, PROBE, 50, 3], ["\ud800", 8, PROBE, 50, 3]),
        *(["tests", dimensions, PROBE, 50, 3] for dimensions in (0, -8, 7, 9, 1 << 70, 8.0, "8", None, True)),
        *(["tests", 8, probe, 50, 3] for probe in ("", "AAAA", "!" * 44, None, 5, [], PROBE + "\n", PROBE[:-1])),
        *(["tests", 8, PROBE, words, 3] for words in (-1, 1.5, "50", None, True)),
        *(["tests", 8, PROBE, 50, most] for most in (-1, 1.5, "3", None, True)),
        ["tests", 0, "", 50, 3],
    ],
    ids=lambda each: str(each).encode("ascii", "replace").decode(),
)
def test_a_forged_meaning_is_told(tmp_path, whole, meaning):
    name, files = with_meaning(whole, lambda listing: listing.update(meaning=meaning))
    restore(tmp_path, files)
    for use in (everything, near, merged):
        with pytest.raises(IndexCorruptError, match=name):
            use(tmp_path)
    assert name in next(problems(tmp_path)).reason
