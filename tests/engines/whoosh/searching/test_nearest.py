"""How near documents come is what plain arithmetic says, and exactly the same whatever stands before them."""

from __future__ import annotations

from itertools import accumulate, pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.engines.whoosh.format.vectors import Vectors, rounded
from searchkit.engines.whoosh.searching import nearest
from searchkit.engines.whoosh.searching.nearest import FAR, nearness


def unit(count, dimensions, seed):
    found = np.random.default_rng(seed).normal(size=(count, dimensions))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def vectors(documents, dimensions):
    """The vectors of documents, each an array of those of its passages, as a segment has them."""
    numbers, scales = rounded(np.concatenate([np.empty((0, dimensions), np.float32), *documents]))
    starts = np.array([0, *accumulate(map(len, documents))], np.uint32)
    return Vectors(numbers, scales, np.zeros((len(scales), 2), np.uint32), starts, np.ones(len(documents), bool))


def snapshot(segments, deleted=None):
    """What `nearness` sees of a commit: vectors by segment, or for one without any how many documents it has."""
    sizes = [each if isinstance(each, int) else len(each.given) for each in segments]
    return SimpleNamespace(
        segments=[SimpleNamespace(vectors=None if isinstance(each, int) else each) for each in segments],
        offsets=[0, *accumulate(sizes)],
        size=sum(sizes),
        deleted=deleted,
    )


@pytest.mark.parametrize("dimensions", [1, 2, 3, 31, 64, 384, 768, 1024, 4096])
def test_it_is_the_cosine_of_the_nearest_passage(dimensions):
    chosen = np.random.default_rng(dimensions)
    documents = [unit(int(chosen.integers(1, 6)), dimensions, seed) for seed in range(150)]
    kept = vectors(documents, dimensions)
    for asked in unit(5, dimensions, 1000):
        near = nearness(snapshot([kept]), asked.tobytes())
        of_kept = [(kept.of(number).astype(np.float64) @ asked.astype(np.float64)).max() for number in range(150)]
        assert near == pytest.approx(np.array(of_kept), abs=2e-3)
        exact = [(each.astype(np.float64) @ asked.astype(np.float64)).max() for each in documents]
        assert near == pytest.approx(np.array(exact), abs=2e-3 if dimensions >= 384 else 1 / 127)


@pytest.mark.parametrize("dimensions", [1, 7, 384, 4096])
def test_the_same_vector_comes_nearest_of_all(dimensions):
    asked = unit(1, dimensions, 5)
    near = nearness(snapshot([vectors([unit(3, dimensions, 6), asked, -asked], dimensions)]), asked[0].tobytes())
    assert near[1:] == pytest.approx([1, -1], abs=1e-3)
    assert near[0] <= near[1]


def test_documents_without_vectors_and_deleted_ones_are_far():
    dimensions = 8
    one, asked = unit(2, dimensions, 1), unit(1, dimensions, 2)[0].tobytes()
    nothing = np.empty((0, dimensions), np.float32)
    segments = [vectors([one, nothing, one], dimensions), 3, vectors([nothing], dimensions), vectors([], dimensions)]
    near = nearness(snapshot(segments, np.array([True, *[False] * 6])), asked)
    assert (near == FAR).tolist() == [True, True, False, *[True] * 4]
    assert nearness(snapshot([]), asked).tolist() == []


@st.composite
def corpora(draw):
    """Documents of some passages, of any number of dimensions up to 4096, and what is asked."""
    dimensions = draw(st.one_of(st.integers(1, 40), st.sampled_from([63, 384, 1024, 4096])))
    counts = draw(st.lists(st.integers(0, 4), min_size=1, max_size=12))
    extreme = draw(st.booleans())
    seed = draw(st.integers(0, 2**32 - 1))
    documents = [unit(count, dimensions, [seed, at]) for at, count in enumerate(counts)]
    (asked,) = unit(1, dimensions, seed)
    if extreme:  # all sums are as large as they can be
        documents = [np.full_like(each, 1 / np.sqrt(dimensions)) for each in documents]
        asked = np.full_like(asked, 1 / np.sqrt(dimensions))
    return dimensions, documents, asked.tobytes()


@settings(deadline=None)
@given(corpora(), st.integers(1, 9), st.data())
def test_it_is_the_same_to_the_last_bit_whatever_stands_before(corpus, block, data):
    dimensions, documents, asked = corpus
    alone = [nearness(snapshot([vectors([each], dimensions)]), asked)[0] for each in documents]
    order = data.draw(st.permutations(range(len(documents))))
    borders = sorted({0, len(order), *data.draw(st.lists(st.integers(0, len(order)), max_size=4))})
    shuffled = [documents[number] for number in order]
    segments = [vectors(shuffled[begin:end], dimensions) for begin, end in pairwise(borders)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "_BLOCK", data.draw(st.sampled_from([block, 1 << 11])))
        together = nearness(snapshot(segments), asked)
    assert together.tolist() == [alone[number] for number in order]


@settings(deadline=None)
@given(corpora(), st.data())
def test_its_sums_do_not_depend_on_the_order_of_the_numbers(corpus, data):
    dimensions, documents, asked = corpus
    order = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1))).permutation(dimensions)
    turned = [each[:, order] for each in documents]
    near = nearness(snapshot([vectors(documents, dimensions)]), asked)
    other = nearness(snapshot([vectors(turned, dimensions)]), np.frombuffer(asked, "<f4")[order].tobytes())
    assert near.tolist() == other.tolist()
