"""Words of both scripts become the same sounds, whatever is written and not heard, or heard and not written."""

from __future__ import annotations

from string import ascii_lowercase

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.query.rewriting.alignment import DEAREST
from searchkit.query.rewriting.letters import LONGEST_WORD
from searchkit.query.rewriting.sounding import (
    latin_classes,
    latin_codes,
    persian_classes,
    persian_codes,
    read_latin,
    read_persian,
)
from searchkit.query.rewriting.sounds import (
    PERSIAN_LETTERS,
    costs_from_latin,
    costs_from_persian,
    latin_units,
    persian_units,
)

LATIN = st.text(ascii_lowercase, max_size=LONGEST_WORD + 4)
PERSIAN = st.text(PERSIAN_LETTERS, max_size=LONGEST_WORD + 4)


def cost(latin, persian):
    (typed,) = read_latin([latin])
    return int(costs_from_latin().distances(typed.letters, persian_codes([persian]), 999, typed.joined)[0])


@pytest.mark.parametrize(
    ("latin", "right", "wrong"),
    [
        ("khane", "خانه", "کانه"),
        ("shab", "شب", "سب"),
        ("eshagh", "اسحاق", "اشق"),
        ("name", "نامه", "نامی"),
        ("nami", "نامی", "نامه"),
        ("doost", "دوست", "دست"),
        ("dast", "دست", "دوست"),
        ("khaab", "خواب", "خوب"),
        ("iraj", "ایرج", "ارج"),
        ("ali", "علی", "لی"),
        ("davaam", "دوام", "دوم"),
        ("amma", "اما", "ام"),
        ("rezai", "رضایی", "رضا"),
        ("ghahve", "قهوه", "گاهو"),
        ("mosaddegh", "مصدق", "مسدود"),
        ("khanei", "خانهای", "خانهام"),
    ],
)
def test_what_sounds_so_costs_less(latin, right, wrong):
    assert cost(latin, right) < cost(latin, wrong)


@pytest.mark.parametrize(
    ("latin", "persian"),
    [
        ("shah", "شاه"),
        ("mohammad", "محمد"),
        ("khorshid", "خورشید"),
        ("cinema", "سینما"),
        ("caspian", "کاسپین"),
        ("phone", "فون"),
    ],
)
def test_the_same_consonants_are_the_same_classes(latin, persian):
    bits = latin_classes(latin_codes([latin])) ^ persian_classes(persian_codes([persian]))
    assert np.bitwise_count(bits).tolist() == [0]


@given(st.lists(LATIN, max_size=4), st.lists(PERSIAN, max_size=4))
def test_numbers_are_of_the_tables(latin, persian):
    for words, codes, units in (
        (latin, latin_codes(latin), latin_units()),
        (persian, persian_codes(persian), persian_units()),
    ):
        assert codes.shape == (len(words), LONGEST_WORD)
        assert codes.max(initial=0) <= len(units.codes)
        for word, row in zip(words, codes, strict=True):
            length = np.count_nonzero(row)
            assert not row[length:].any()
            assert (length > 0) == (0 < len(word) <= LONGEST_WORD)
    for word in persian:
        assert read_persian(word).letters == [code for code in persian_codes([word])[0].tolist() if code]


@given(st.lists(LATIN, min_size=1, max_size=4))
def test_a_word_is_read_the_same_alone(words):
    assert read_latin(words) == [read_latin([word])[0] for word in words]


@given(st.text(max_size=8))
def test_of_other_letters_nothing_is_read(word):
    if not set(word) <= set(ascii_lowercase):
        assert read_latin([word])[0].letters == []
    if not set(word) <= set(PERSIAN_LETTERS):
        assert read_persian(word).letters == []


def test_all_costs_are_in_range():
    for costs in (costs_from_latin(), costs_from_persian()):
        for table in (costs.substitution, costs.insertion, costs.deletion):
            assert table.min() >= 0
            assert table.max() <= DEAREST
