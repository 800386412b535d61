"""The best documents are those that a sort of all of them puts first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from searchkit.engines.whoosh.searching.matches import Matches, top_k

coarse = arrays.arrays(np.float32, st.integers(0, 60), elements=st.sampled_from([0.0, 0.5, 1.0, 2.0]))


def by_sorting(pairs, wanted):
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:wanted]


def selected(found, wanted):
    return [tuple(pair) for pair in zip(*map(np.ndarray.tolist, top_k(found, wanted)), strict=True)]


@given(coarse, st.integers(0, 70))
def test_of_a_dense_result(scores, wanted):
    pairs = [(number, score) for number, score in enumerate(scores.tolist()) if score > 0]
    assert selected(Matches(len(scores), scores, None), wanted) == by_sorting(pairs, wanted)


@given(coarse, st.integers(0, 70))
def test_of_a_sparse_result_scores_of_nothing_count(scores, wanted):
    numbers = np.arange(len(scores)) * 3
    pairs = list(zip(numbers.tolist(), scores.tolist(), strict=True))
    found = Matches(3 * len(scores), scores, numbers, positive=False)
    assert selected(found, wanted) == by_sorting(pairs, wanted)


@pytest.mark.parametrize("size", [1023, 2048, 5000, 70_001])
@pytest.mark.parametrize("wanted", [1, 10, 100, 3000])
@pytest.mark.parametrize("distinct", [3, 1_000_000])
def test_of_many(size, wanted, distinct):
    scores = np.random.default_rng(size).integers(0, distinct, size).astype(np.float32)
    pairs = [(number, score) for number, score in enumerate(scores.tolist()) if score > 0]
    assert selected(Matches(size, scores, None), wanted) == by_sorting(pairs, wanted)
