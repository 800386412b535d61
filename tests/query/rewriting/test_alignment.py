"""Edits cost what a plain table of them says, and whatever the costs are, the same laws hold."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.query.rewriting.alignment import DEAREST, EDIT, Costs

LETTERS = 5
WIDTH = 7
NO_LIMIT = 30_000
WORDS = st.lists(st.integers(1, LETTERS), max_size=WIDTH)
COST = st.integers(1, DEAREST)


def arrays(shape):
    return st.lists(COST, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))).map(
        lambda values: np.array(values, np.int16).reshape(shape)
    )


@st.composite
def costs(draw, symmetric=False):
    substitution = draw(arrays((LETTERS + 1, LETTERS + 1)))
    insertion = draw(arrays((LETTERS + 1,)))
    deletion = insertion if symmetric else draw(arrays((LETTERS + 1,)))
    if symmetric:
        substitution = np.minimum(substitution, substitution.T)
    np.fill_diagonal(substitution, 0)
    return Costs(
        substitution, insertion, deletion, draw(COST), draw(COST), None if symmetric else draw(COST | st.none())
    )


def matrix(words):
    rows = np.zeros((len(words), WIDTH), np.uint8)
    for row, word in zip(rows, words, strict=True):
        row[: len(word)] = word
    return rows


def expected(costs, typed, word, joined=()):
    """The cost of one pair, by the definition."""
    halving = costs.doubling if costs.halving is None else costs.halving

    @cache
    def cost(i, j):
        ways = [0] if i == j == 0 else []
        if i:
            same = i > 1 and typed[i - 1] == typed[i - 2]
            ways.append(cost(i - 1, j) + min(costs.deletion[typed[i - 1]], costs.doubling if same else DEAREST))
        if j:
            same = j > 1 and word[j - 1] == word[j - 2]
            ways.append(cost(i, j - 1) + min(costs.insertion[word[j - 1]], halving if same else DEAREST))
        if i and j:
            ways.append(cost(i - 1, j - 1) + costs.substitution[typed[i - 1], word[j - 1]])
        if i > 1 and j > 1:
            crossed = costs.substitution[typed[i - 2], word[j - 1]] + costs.substitution[typed[i - 1], word[j - 2]]
            ways.append(cost(i - 2, j - 2) + costs.transposition + crossed)
        if i > 1 and joined and joined[i - 1]:
            ways.append(cost(i - 2, j) + costs.deletion[joined[i - 1]])
            if j:
                ways.append(cost(i - 2, j - 1) + costs.substitution[joined[i - 1], word[j - 1]])
        return min(map(int, ways))

    return cost(len(typed), len(word))


@given(costs(), WORDS, st.lists(WORDS, max_size=8), st.integers(0, 900))
def test_costs_are_those_of_the_definition_up_to_the_limit(costs, typed, words, limit):
    found = costs.distances(typed, matrix(words), limit).tolist()
    assert found == [min(expected(costs, typed, word), limit + 1) for word in words]


@given(costs(), WORDS, st.data(), st.lists(WORDS, max_size=8), st.integers(0, 900))
def test_two_typed_letters_may_stand_for_one(costs, typed, data, words, limit):
    size = len(typed)
    joined = data.draw(st.lists(st.integers(0, LETTERS), min_size=size, max_size=size))
    found = costs.distances(typed, matrix(words), limit, joined).tolist()
    assert found == [min(expected(costs, typed, word, joined), limit + 1) for word in words]


@given(costs(), WORDS, WORDS)
def test_nothing_is_what_only_the_same_costs(costs, typed, word):
    (cost,) = costs.distances(typed, matrix([word]), NO_LIMIT)
    assert (cost == 0) == (typed == word)


@given(costs(symmetric=True), WORDS, WORDS)
def test_symmetric_tables_cost_the_same_both_ways(costs, left, right):
    there, back = (costs.distances(a, matrix([b]), NO_LIMIT) for a, b in ((left, right), (right, left)))
    assert there.tolist() == back.tolist()


@pytest.mark.parametrize(
    ("typed", "word", "edits"),
    [
        ([1, 2, 3], [1, 2, 3], 0),
        ([1, 2, 3], [1, 4, 3], 1),
        ([1, 2, 3], [1, 3], 1),
        ([1, 2, 3], [2, 1, 3], 1),
        ([1, 2, 3], [3, 2, 1], 2),
        ([], [1, 2], 2),
        ([1, 2], [], 2),
    ],
)
def test_plain_costs_count_edits(typed, word, edits):
    assert Costs.plain(LETTERS).distances(typed, matrix([word]), NO_LIMIT).tolist() == [edits * EDIT]


def test_no_words_have_no_costs():
    assert Costs.plain(LETTERS).distances([1], matrix([]), EDIT).tolist() == []


def test_the_longest_and_dearest_words_do_not_overflow():
    dear = np.full(3, DEAREST, np.int16)
    costs = Costs(np.full((3, 3), DEAREST, np.int16), dear, dear, DEAREST, DEAREST)
    rows = np.full((1, 24), 2, np.uint8)
    assert costs.distances([1] * 24, rows, NO_LIMIT).tolist() == [24 * DEAREST]
    assert costs.distances([1] * 24, np.zeros((1, 24), np.uint8), NO_LIMIT).tolist() == [24 * DEAREST]
