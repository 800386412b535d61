"""Which forms are one word, which are not, and what holds for any string?"""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.persian import analyze
from searchkit.persian.fold import fold
from searchkit.persian.joining import joins
from searchkit.persian.morphology import read
from searchkit.persian.verbs import read_verb

WORDS = st.text(alphabet="ابتدرزسشکگلمنوهی", min_size=1, max_size=10)


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("کتاب\u200cها", "کتاب"),
        ("کتابها", "کتاب"),
        ("کتابهایشان", "کتاب"),
        ("خانه\u200cای", "خانه"),
        ("صدایش", "صدا"),
        ("پدرم", "پدر"),
        ("زنان", "زن"),
        ("دانشجویان", "دانشجو"),
        ("پرندگان", "پرنده"),
        ("حیوانات", "حیوان"),
        ("کلمات", "کلمه"),
        ("معلمین", "معلم"),
        ("بزرگ\u200cترین", "بزرگ"),
        ("بزرگتر", "بزرگ"),
        ("کتب", "کتاب"),
        ("اعضای", "عضو"),
        ("مسؤولان", "مسئول"),
        ("خونه\u200cها", "خانه"),
        ("طهران", "تهران"),
        ("نگاهت", "نگاه"),
    ],
)
def test_endings_come_off(form, lemma):
    assert read(fold(form)).lemma == fold(lemma)


@pytest.mark.parametrize(
    ("form", "infinitive"),
    [
        ("می\u200cرود", "رفتن"),
        ("نمیرفتند", "رفتن"),
        ("گفته\u200cام", "گفتن"),
        ("گفته\u200cاند", "گفتن"),
        ("بیاید", "آمدن"),
        ("نیامد", "آمدن"),
        ("نیفتاد", "افتادن"),
        ("بینداز", "انداختن"),
        ("برنمی\u200cگردد", "برگشتن"),
        ("می\u200cبینمش", "دیدن"),
        ("شود", "شدن"),
        ("برو", "رفتن"),
        ("بگو", "گفتن"),
        ("میگم", "گفتن"),
        ("میخوام", "خواستن"),
        ("نمی\u200cدونم", "دانستن"),
        ("خواندن", "خواندن"),
        ("نشستن", "نشستن"),
        ("می\u200cکند", "کردن"),
    ],
)
def test_verbs_lead_to_their_infinitive(form, infinitive):
    assert read(fold(form)).lemma == fold(infinitive)


@pytest.mark.parametrize(
    "word",
    [
        "ایران",
        "تهران",
        "زمان",
        "زبان",
        "دکتر",
        "ماشین",
        "شیرین",
        "زندگی",
        "رود",
        "کند",
        "کشتی",
        "مردم",
        "تنها",
        "میدان",
        "باران",
        "بازار",
        "مرد",
        "اتوبان",
    ],
)
def test_dictionary_forms_stay_whole(word):
    assert read(fold(word)).lemma == fold(word)


@pytest.mark.parametrize(
    ("left", "right", "together"),
    [
        ("می", "رود", True),
        ("نمی", "دانم", True),
        ("می", "سال", False),
        ("بر", "می\u200cگردد", True),
        ("در", "میدان", False),
        ("کتاب", "ها", True),
        ("بزرگ", "تر", True),
        ("خانه", "ای", True),
        ("از", "ها", False),
        ("ایران", "ای", False),
    ],
)
def test_pieces_of_one_word_join(left, right, together):
    assert joins(fold(left), fold(right)) is together


@pytest.mark.parametrize(
    ("spoken", "standard"), [("میگم", "میگویم"), ("میره", "میرود"), ("خونه", "خانه"), ("میخوام", "میخواهم")]
)
def test_spoken_forms_are_indexed_as_the_standard_ones(spoken, standard):
    assert read(spoken).key == standard


def test_a_compound_gives_its_parts():
    assert read("کتاب\u200cخانه").parts == ("کتاب", "خانه")
    assert read("کتاب\u200cها").parts == ()


@given(WORDS)
def test_reading_is_total_and_bounded(word):
    reading = read(word)
    assert reading.key
    assert reading.lemma
    assert read(word) == reading


@given(WORDS, WORDS)
def test_a_half_space_does_not_change_the_key_of_a_standard_word(left, right):
    joined, apart = read(left + right), read(left + "\u200c" + right)
    assert joined.key == apart.key


def test_an_adjective_is_found_by_its_noun_but_is_no_form_of_it():
    reading = read("ایرانی")
    assert (reading.lemma, reading.parts) == ("ایرانی", ("ایران",))


def test_the_words_of_a_ligature_stay_apart():
    assert all(token.start == 0 for token in analyze("ی\ufdfa تر")[:-1])


def test_tokens_written_in_pieces_are_one():
    (token,) = analyze("می رود")
    assert (token.key, token.lemma) == ("میرود", "رفتن")


def test_the_answer_is_the_same_under_any_hash_seed():
    code = (
        "from searchkit.persian.morphology import read;"
        "print(ascii([read(w) for w in 'کتابهایشان میبرد نمیره شرایط سرم ببر'.split()]))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(answers) == 1


def test_importing_does_not_open_the_lexicon():
    code = "import searchkit.persian as p, searchkit.persian.lexicon as l; print(l._open.cache_info().currsize)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ran.stdout.strip() == "0"


def test_no_verb_is_found_in_nothing():
    assert read_verb("") is None
