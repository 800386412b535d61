from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.persian.text.fold import fold
from searchkit.query.numbers import MOST_NUMERAL_WORDS, other_writings
from searchkit.query.numerals import AND, LARGEST, cardinal, ordinal, parts_of, value

WORDS = st.sampled_from(
    "یک دو سه ده سی صد دویست هزار میلیون میلیارد و بیست پنجاه یازده دهم سوم اول ام م درصد % نیم چند کتاب فصل نفر مهر "
    "7 12 400 1399 3.5 007 سیصدوده".split()
)


def read(words):
    return value([part for word in words for part in ([AND] if word == "و" else parts_of(word))])


def ways(text):
    """The other ways to write the one number of a text, each with the words around it."""
    words = fold(text).split()
    return [" ".join([*words[: w.first], *way, *words[w.end :]]) for w in other_writings(words) for way in w.ways]


@given(st.integers(0, 999_999) | st.integers(0, LARGEST))
def test_a_number_in_words_is_read_as_that_number(number):
    assert read(cardinal(number)) == number


@given(st.integers(1, 999_999) | st.integers(1, LARGEST))
def test_an_ordinal_in_words_is_read_as_its_number(number):
    assert read(ordinal(number)) == number


@given(st.integers(1, 999_999))
def test_a_number_written_as_one_word_is_read_too(number):
    assert read(["".join(cardinal(number))]) == number
    assert read(["\u200c".join(cardinal(number))]) == number


@given(st.integers(0, 999_999) | st.integers(0, 100))
def test_digits_to_words_to_digits_is_the_identity(number):
    in_words = tuple(cardinal(number))
    found = other_writings(["سال", str(number)])
    assert (in_words in {way for each in found for way in each.ways}) == (len(in_words) <= MOST_NUMERAL_WORDS)
    (back,) = other_writings(["سال", *in_words])
    assert (back.first, back.end) == (1, len(in_words) + 1)
    assert (str(number),) in back.ways


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("بند هفدهم", "بند 17"),
        ("۲۶ نفر", "بیست و شش نفر"),
        ("سال هزار و چهارصد و دو", "سال 1402"),
        ("نود و نه", "99"),
        ("۹۹", "نودونه"),
        ("دههٔ هفتاد", "دهه 70"),
        ("۸ درصد", "هشت درصد"),
        ("۸ درصد", "8 %"),
        ("هشت ٪", "8 درصد"),
        ("سوره دوم", "سوره 2"),
        ("سوره ۲", "سوره دوم"),
        ("باب نخست", "باب 1"),
        ("باب اول", "باب یکم"),
        ("۷ ام", "هفتم"),
        ("سی\u200cام خرداد", "30 خرداد"),
        ("سی ام خرداد", "30 خرداد"),
        ("۳۰ خرداد", "سیام خرداد"),
        ("بیست\u200cو\u200cچهارمین دوره", "24 دوره"),
        ("چهارمین دوره", "4 دوره"),
        ("۳۰۰۰۰۰۰", "سه میلیون"),
        ("۳۰۰۰۰۰۰", "3 میلیون"),
        ("۴۵ هزار", "45000"),
        ("۴۵ هزار", "چهل و پنج هزار"),
        ("۸۰ هزار میلیارد تومان", "هشتاد هزار میلیارد تومان"),
        ("یک نفر", "1 نفر"),
        ("اولین بار", "نخستین بار"),
        ("دو نفر", "2 نفر"),
        ("پنج درخت", "5 درخت"),
        ("شش صد", "600"),
        ("سی\u200cصد", "300"),
        ("یکصد", "100"),
        ("پونزده", "15"),
    ],
)
def test_a_number_may_also_be_written(one, other):
    assert other in ways(one)


def test_the_first_before_its_noun_is_no_number():
    assert ways("اولین بار") == ["نخستین بار"]
    assert "اولین" not in " ".join(ways("فصل ۱"))


@pytest.mark.parametrize(
    "text",
    [
        "بیست و سی",
        "صد و هزار",
        "سه چهار نفر",
        "یک",
        "دو",
        "سه",
        "یک درخت",
        "مسابقه دو سرعت",
        "نه این و نه آن",
        "سی دی",
        "ده ما",
        "اول باید رفت",
        "سه و",
        "میلیون",
        "چند میلیون",
        "چند هزار نفر",
        "دو و نیم میلیون",
        "2.5 میلیون",
        "007",
        "3.14",
        "سهم",
        "سیمین",
        "سیام",
        "دهه",
        "هزاره",
        "و",
        "%",
        "درصد",
        "9" * 16,
    ],
)
def test_what_may_be_no_number_is_left_alone(text):
    assert ways(text) == []


@pytest.mark.parametrize(
    "words",
    [
        ["هزار" * 2500],
        ["سی" * 5000],
        ["و"] * 10_000,
        ["هزار", "و"] * 5000,
        ["م"] * 10_000,
        ["\U0001f600", "", "\u200c", "\ud800", "a۱", "1\u200c2"],
        ["9" * 10_000],
    ],
)
def test_hostile_rows_are_read_in_bounded_time(words):
    other_writings(words)


@given(st.lists(WORDS, max_size=8))
def test_ways_differ_from_what_is_written_and_spans_stand_in_order(words):
    end = 0
    for found in other_writings(words):
        assert end <= found.first < found.end <= len(words)
        assert found.ways
        assert len(set(found.ways)) == len(found.ways)
        assert tuple(words[found.first : found.end]) not in found.ways
        end = found.end
