"""Vectors come back as they went in, but for the rounding to 8 bits, and the same file is made of the same ones."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.engines.whoosh.format.sections import SectionFile, SectionWriter
from searchkit.engines.whoosh.format.vectors import (
    SECTIONS,
    VectorWriter,
    about_vectors,
    among,
    nothing_of,
    read_vectors,
    rounded,
    sliced,
    vectors_fit,
)
from searchkit.errors import ArgumentError

DIMENSIONS = (1, 2, 3, 64, 384, 4096)


def unit(count, dimensions, seed=1):
    """Vectors of length 1 in all directions."""
    found = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    return found / np.linalg.norm(found.astype(np.float64), axis=1, keepdims=True).astype(np.float32)


def saved(path, counts, dimensions=16):
    """Write so many passages for each document; return the file, and what its documents were given."""
    out = SectionWriter(path)
    writer = VectorWriter(out, dimensions)
    documents = [unit(count, dimensions, seed) for seed, count in enumerate(counts)]
    for vectors in documents:
        writer.append(vectors, [(place, place + 1) for place in range(len(vectors))])
    out.close({"documents": len(counts)} | about_vectors(f"{dimensions}-kind", dimensions))
    return SectionFile(path), documents


@pytest.mark.parametrize("counts", [[], [0], [1], [3, 0, 2, 0], [0, 0, 1], [100, 1]])
@pytest.mark.parametrize("dimensions", [1, 16, 384])
def test_what_is_written_is_read(tmp_path, counts, dimensions):
    file, documents = saved(tmp_path / "file", counts, dimensions)
    assert vectors_fit(file, len(counts))
    assert not vectors_fit(file, len(counts) + 1)
    vectors = read_vectors(file, len(counts))
    assert vectors.given.tolist() == [True] * len(counts)
    assert vectors.spans.tolist() == [[place, place + 1] for each in documents for place in range(len(each))]
    for number, given_ in enumerate(documents):
        assert vectors.of(number) == pytest.approx(given_, abs=1 / 127)
        assert vectors.of(number).shape == given_.shape


def test_the_same_vectors_make_the_same_bytes(tmp_path):
    for name in "ab":
        saved(tmp_path / name, [3, 0, 2])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("dimensions", DIMENSIONS)
def test_rounding_turns_a_vector_by_no_more_than_half_a_step_a_number(dimensions):
    vectors = unit(50, dimensions).astype(np.float64)
    numbers, scales = rounded(vectors.astype(np.float32))
    kept = numbers * scales.astype(np.float64)[:, None]
    assert np.abs(numbers).max(axis=1).tolist() == [127] * 50
    assert np.linalg.norm(kept, axis=1) == pytest.approx(np.ones(50), abs=1e-6)
    steps = np.abs(vectors).max(axis=1) / 127
    # No number is half a step off before the whole is made of length 1, which takes it off as far again at most.
    assert (np.linalg.norm(kept - vectors, axis=1) <= steps * np.sqrt(dimensions) * 1.01).all()
    assert (kept * vectors).sum(axis=1).min() > 0.9999


@given(st.integers(1, 40), st.integers(0, 2**32 - 1), st.floats(0.981, 1.019))
def test_what_is_a_bit_too_long_or_short_is_kept_with_length_1(dimensions, seed, length):
    vectors = unit(3, dimensions, seed)
    numbers, scales = rounded(vectors * np.float32(length))
    assert np.linalg.norm(numbers * scales[:, None], axis=1) == pytest.approx(np.ones(3), abs=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((1, 16)),
        np.full((1, 16), np.nan),
        np.full((1, 16), np.inf),
        np.full((1, 16), 3e38),
        np.full((1, 16), 1e-40),
        unit(1, 16) * 1.03,
        unit(1, 16) * 0.97,
        unit(1, 15),
        unit(1, 17),
        unit(2, 16),
        np.concatenate([unit(1, 8), np.full((1, 8), np.nan)], axis=1),
    ],
    ids="zero nan infinite huge tiny long short few many two half".split(),
)
def test_what_is_no_vector_is_refused(tmp_path, wrong):
    out = SectionWriter(tmp_path / "file")
    writer = VectorWriter(out, 16)
    with pytest.raises(ArgumentError):
        writer.append(wrong.astype(np.float32), [(0, 1)])
    out.abandon()
    assert not list(tmp_path.iterdir())


COUNTS = st.lists(st.integers(0, 4), max_size=12)


@given(COUNTS, st.data())
def test_pieces_of_documents_join_up(tmp_path_factory, counts, data):
    folder = tmp_path_factory.mktemp("pieces")
    whole, _ = saved(folder / "whole", counts)
    vectors = read_vectors(whole, len(counts))
    borders = sorted({0, len(counts), *data.draw(st.lists(st.integers(0, len(counts))))})
    out = SectionWriter(folder / "joined")
    writer = VectorWriter(out, 16)
    for begin, end in pairwise(borders):
        writer.extend(sliced(vectors, begin, end))
    out.close(whole.about)
    assert (folder / "joined").read_bytes() == (folder / "whole").read_bytes()


@given(COUNTS, st.data())
def test_some_documents_keep_their_vectors(tmp_path_factory, counts, data):
    file, _ = saved(tmp_path_factory.mktemp("some") / "file", counts)
    vectors = read_vectors(file, len(counts))
    kept = data.draw(st.lists(st.booleans(), min_size=len(counts), max_size=len(counts)))
    some = among(vectors, np.array(kept, bool))
    left = [number for number, stays in enumerate(kept) if stays]
    assert [some.of(at).tolist() for at in range(len(left))] == [vectors.of(number).tolist() for number in left]
    assert len(some.given) == len(left)


def test_documents_without_vectors_have_none():
    nothing = nothing_of(3, 16)
    assert [nothing.of(number).shape for number in range(3)] == [(0, 16)] * 3
    assert nothing.given.tolist() == [False] * 3


@pytest.mark.parametrize(
    "said",
    [
        *({"dimensions": each} for each in (0, -16, 1 << 24, 1 << 70, "16", 16.0, None, True, [16])),
        *({"kind": each} for each in (None, 16, "", "kind", "15-kind", "161-kind", ["16-"])),
    ],
    ids=str,
)
@pytest.mark.parametrize("counts", [[2, 1], [0, 0]])
def test_a_directory_that_says_something_else_of_vectors_does_not_fit(tmp_path, said, counts):
    file, _ = saved(tmp_path / "file", counts)
    file.about["vectors"] |= said
    with suppress(AttributeError, TypeError):  # which who asks takes for damage, see `sections.whole`
        assert not vectors_fit(file, len(counts))


@pytest.mark.parametrize("said", [None, [], {}, 5, "16"])
def test_a_directory_that_says_nothing_of_vectors_does_not_fit(tmp_path, said):
    file, _ = saved(tmp_path / "file", [1])
    file.about["vectors"] = said
    with pytest.raises((LookupError, TypeError)):
        vectors_fit(file, 1)
    del file.about["vectors"]
    assert not vectors_fit(file, 1)


def test_sections_are_as_many_as_the_format_says(tmp_path):
    file, _ = saved(tmp_path / "file", [1])
    assert sorted(file.names) == sorted(SECTIONS)
