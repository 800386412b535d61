"""What signs say to be likely, against a plain count of the dimensions in which they differ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.engines.whoosh.format.signs import Signs, packed, signs_of
from searchkit.engines.whoosh.format.vectors import Vectors, rounded
from searchkit.engines.whoosh.searching import likely as module
from searchkit.engines.whoosh.searching.likely import likely


def like_those_of_texts(count, dimensions, seed):
    """Vectors that all point into about one direction, in clusters, and spread more in some directions than others."""
    alike = np.random.default_rng(0)
    spread = 1 / np.sqrt(np.arange(1, dimensions + 1))
    spread /= np.linalg.norm(spread)
    centres = alike.normal(size=(50, dimensions)) * spread
    turned = np.linalg.qr(alike.normal(size=(dimensions, dimensions)))[0]
    chosen = np.random.default_rng(seed)
    own = 0.4 * centres[chosen.integers(50, size=count)] + 0.35 * chosen.normal(size=(count, dimensions)) * spread
    found = (turned[0] + own @ turned).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def vectors_of(rows):
    numbers, scales = rounded(rows)
    count = len(rows)
    return Vectors(
        numbers, scales, np.zeros((count, 2), np.uint32), np.arange(count + 1, dtype=np.uint32), np.ones(count, bool)
    )


@given(
    st.integers(1, 130), st.integers(0, 40), st.integers(1, 60), st.sampled_from([1, 3, 1 << 15]), st.integers(0, 1000)
)
def test_what_differs_least_is_likely_and_all_that_differs_as_little(dimensions, passages, wanted, block, seed):
    chosen = np.random.default_rng(seed)
    rows, asked = chosen.normal(size=(passages, dimensions)), chosen.normal(size=dimensions)
    middle = chosen.normal(size=dimensions)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", block)
        found = likely(Signs(middle, np.ascontiguousarray(packed(rows, middle).T)), asked, wanted)
    differing = [sum((row > middle) != (asked > middle)) for row in rows]
    least = sorted(differing)[:wanted]
    assert found.tolist() == [at for at, each in enumerate(differing) if each <= least[-1]]


@pytest.mark.parametrize("dimensions", [100, 384])
def test_the_nearest_are_likely(dimensions):
    rows, asked = like_those_of_texts(20_000, dimensions, 1), like_those_of_texts(30, dimensions, 2)
    signs = signs_of(vectors_of(rows))
    hits = 0
    for vector in asked:
        nearest = np.argsort(-(rows @ vector))[:50]
        hits += len(np.intersect1d(nearest, likely(signs, vector, 1_000)))
    assert hits > 0.9 * 50 * len(asked)


def test_signs_are_of_the_mean():
    rows = like_those_of_texts(10_000, 70, 3)
    signs = signs_of(vectors_of(rows))
    assert np.allclose(signs.middle, rows.mean(axis=0), atol=1e-3)
    assert signs.numbers.shape == (2, 10_000)
    above = np.unpackbits(np.ascontiguousarray(signs.numbers.T).view(np.uint8), axis=1)
    assert not above[:, 70:].any()
    assert (abs(above[:, :70].mean(axis=0) - 0.5) < 0.2).all()
