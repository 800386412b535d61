"""Misspelt words find those that were meant, and nothing that is typed does harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchkit.query
from searchkit.persian.text.fold import key_of, rows
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.letters import LONGEST_WORD
from searchkit.query.rewriting.spelling import Spelling

HELD = {
    "دانشگاه": 90,
    "دانشجو": 40,
    "صندلی": 12,
    "صبحانه": 15,
    "اضطراب": 8,
    "مواظب": 6,
    "قورباغه": 5,
    "غروب": 20,
    "حوصله": 9,
    "ساعت": 80,
    "طوطی": 4,
    "چنگال": 7,
    "گنجشک": 11,
    "زنبور": 10,
    "پنجره": 30,
    "کتابخانه": 25,
    "خواهر": 22,
    "متشکر": 3,
    "نان": 60,
    "بان": 1,
    "google": 5,
    "python": 3,
    "1403": 50,
    "1404": 2,
    "کشتیهایمان": 1,
}
SPELLING = Spelling(WrittenForms.of(HELD.items()))
CLAIMS = [
    ("سندلی", "صندلی", "one sound"),
    ("سبهانه", "صبحانه", "two sounds"),
    ("ازتراب", "اضطراب", "two sounds"),
    ("موازب", "مواظب", "one sound"),
    ("غورباقه", "قورباغه", "changed about"),
    ("قروب", "غروب", "one sound"),
    ("هوسله", "حوصله", "two sounds"),
    ("ساات", "ساعت", "the glottal stop as alef"),
    ("سات", "ساعت", "the glottal stop not written"),
    ("توتی", "طوطی", "one sound twice"),
    ("جنگال", "چنگال", "dots"),
    ("کنجشک", "گنجشک", "a stroke"),
    ("زنیور", "زنبور", "dots"),
    ("پنچره", "پنجره", "dots"),
    ("دانشکاه", "دانشگاه", "a stroke"),
    ("دنشگاه", "دانشگاه", "a vowel not written"),
    ("دانشگااه", "دانشگاه", "a letter twice"),
    ("دانشاگه", "دانشگاه", "neighbours that changed places"),
    ("دانسگاه", "دانشگاه", "the key beside"),
    ("دانشگاخ", "دانشگاه", "the key beside"),
    ("دانشگاهث", "دانشگاه", "one too many"),
    ("کتابخنه", "کتابخانه", "a vowel not written"),
    ("کتاب\u200cخوانه", "کتابخانه", "a half-space, and a vowel that is not said"),
    ("كتابخامه", "کتابخانه", "an Arabic kaf"),
    ("خاهر", "خواهر", "a letter that is not said"),
    ("متچکر", "متشکر", "any letter"),
    ("سائت", "ساعت", "hamza for ain"),
    ("gogle", "google", "Latin"),
    ("Pyhton", "python", "Latin"),
]


@pytest.mark.parametrize(("typed", "meant", "why"), CLAIMS)
def test_a_misspelt_word_finds_what_was_meant(typed, meant, why):
    assert [candidate.text for candidate in SPELLING.candidates(typed)][:1] == [meant], why


@pytest.mark.parametrize(
    "typed", ["1405", "140", "ساعت4", "", " ", "\u200c", "؟", "کککک", "ژ", "qqqq", "中文", "ساعت ساعت"]
)
def test_what_is_no_misspelt_word_finds_nothing(typed):
    assert SPELLING.candidates(typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        "ا" * 10_000,
        "دانشگاه" * 100,
        "\ud800",
        "دانش\udfffگاه",
        "\U0001f600" * 500,
        "\0",
        "دان\0شگاه",
        "ـ" * 5000 + "نان",
    ],
    ids=lambda typed: ascii(typed[:12]),
)
def test_hostile_words_find_nothing(typed):
    assert SPELLING.candidates(typed) == []


def test_the_word_itself_is_no_candidate_and_others_are():
    assert [candidate.text for candidate in SPELLING.candidates("بان")] == ["نان"]
    assert [candidate.text for candidate in SPELLING.candidates("نان")] == ["بان"]


def test_of_two_as_near_the_one_that_more_documents_hold_comes_first():
    near = [("کشتن", 2), ("کشتی", 50)]
    assert [candidate.text for candidate in Spelling(WrittenForms.of(near)).candidates("کشتخ")] == ["کشتی", "کشتن"]


def test_a_misspelling_that_is_held_gives_way_to_a_common_word():
    forms = WrittenForms.of([("توسعه", 900), ("طوصعه", 1)])
    assert SPELLING.candidates("توسعه") == []
    assert [candidate.text for candidate in Spelling(forms).candidates("طوسعه")] == ["توسعه", "طوصعه"]


def test_numbers_stay_as_they_are():
    assert SPELLING.candidates("1402") == []


@pytest.mark.parametrize("limit", [-1, 0, 1, 2, 50])
def test_no_more_than_asked_for(limit):
    near = Spelling(WrittenForms.of([("باد", 1), ("داد", 1), ("شاد", 1)]))
    assert len(near.candidates("یاد", limit)) == max(0, min(limit, 3))


def test_an_index_without_words_finds_nothing():
    assert Spelling(WrittenForms.of([])).candidates("دانشگاه") == []


def test_what_is_alike_is_told_of_letters_with_a_source():
    table = rows("alike.tsv", Path(searchkit.query.__file__).parent / "data")
    assert all(len(row) == 3 and row[2] and set(row[0]) <= {*"ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی "} for row in table)
    assert {likeness for _, likeness, _ in table} == {"sound", "shape", "unwritten"}


TYPED = st.text("ابتثسصدذنیهوشک", min_size=1, max_size=9)


@settings(max_examples=60)
@given(st.dictionaries(TYPED, st.integers(1, 1000), max_size=30), TYPED, st.randoms())
def test_the_order_is_that_of_the_costs_and_always_the_same(held, typed, random):
    pairs = list(held.items())
    found = Spelling(WrittenForms.of(pairs)).candidates(typed, 30)
    random.shuffle(pairs)
    assert Spelling(WrittenForms.of(pairs[:5]).extended(pairs[5:])).candidates(typed, 30) == found
    assert [candidate.cost for candidate in found] == sorted(candidate.cost for candidate in found)
    assert all(candidate.cost > 0 and candidate.step == "spelling" for candidate in found)
    assert key_of(typed) not in {candidate.text for candidate in found}
    assert {candidate.text for candidate in found} <= held.keys()


@given(st.text(max_size=40))
def test_any_text_is_taken(text):
    assert all(len(candidate.text) <= LONGEST_WORD for candidate in SPELLING.candidates(text))


def test_a_word_that_is_found_by_both_readings_stands_by_the_nearer_one():
    forms = WrittenForms.of([("عارف", 5), ("عارق", 5), ("اصف", 5)])
    found = Spelling(forms).candidates("آرف", 9)
    assert [each.cost for each in found] == sorted(each.cost for each in found)
    assert found[0].text == "عارف"
