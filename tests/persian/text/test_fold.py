import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit.persian
from searchkit.persian import fold
from searchkit.persian.text.chars import FARSI_YEH, HEH, ZWNJ
from searchkit.persian.text.fold import fold_words

PERSIAN = st.text(alphabet="اآأبپتکكگيیىهةۀوؤئءمنرر\u200c\u200f\u0640\u064b\u0651\u0654۱۲٣4٬٫/,. aÉ")
TABLE = Path(searchkit.persian.__file__).with_name("data") / "folding.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines()[1:]]
PHRASES = [chr(code) for code in range(0xFDF0, 0xFDFE)]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("كتاب", "کتاب"),
        ("علي", "علی"),
        ("موسيقى", "موسیقی"),
        ("ماہ", "ماه"),
        ("قەوە", "قهوه"),
        ("ڪتاب", "کتاب"),
        ("آب", "اب"),
        ("ا\u0653ب", "اب"),
        ("أحمد", "احمد"),
        ("إسلام", "اسلام"),
        ("مؤثر", "موثر"),
        ("رئيس", "رییس"),
        ("انشاء", "انشا"),
        ("شیء", "شی"),
        ("خانۀ", "خانه"),
        ("خانهٔ", "خانه"),
        ("خانهء", "خانه"),
        ("فاطمة", "فاطمه"),
        ("طاووس", "طاوس"),
        ("سلاااام", "سلام"),
        ("مُحَمَّد", "محمد"),
        ("اللّٰه", "الله"),
        ("ســلام", "سلام"),
        ("ﻻزم", "لازم"),
        ("ﮐﺘﺎﺏ", "کتاب"),
        ("ﷲ", "الله"),
        ("﷽", "بسم الله الرحمن الرحیم"),
        ("﷼", "ریال"),
        ("ＡＢＣ", "abc"),
        ("Café", "cafe"),
        ("۱۲٬۰۰۰", "12000"),
        ("12,000", "12000"),
        ("1,234,567.5", "1234567.5"),
        ("12,34", "12,34"),
        ("۳٫۱۴", "3.14"),
        ("۳/۱۴", "3.14"),
        ("۱۴۰۳/۰۲/۱۵", "1403/02/15"),
        ("۱۴۰۲/۱۴۰۳", "1402/1403"),
        ("١٩١٧", "1917"),
    ],
)
def test_what_a_reader_takes_for_the_same(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize("sign", ["\u200c", "\u00ac", "\u00ad", "\u200b", "\u2060", "\ufeff", "\u200e", "\u200f"])
def test_what_is_typed_for_the_half_space(sign):
    assert fold(f"می{sign}روم") == f"می{ZWNJ}روم"
    assert fold(f"می{sign}{sign}روم") == f"می{ZWNJ}روم"
    assert fold(f"{sign}می{sign} {sign}روم{sign}") == "می روم"


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u202f", "\u3000", "\t"])
def test_spaces(space):
    assert fold(f"می{space}روم") == "می روم"


@pytest.mark.parametrize(
    ("one", "other"),
    [("قضا", "غذا"), ("حیات", "حیاط"), ("ثواب", "صواب"), ("پدر", "بدر"), ("گل", "کل"), ("ژاله", "زاله")],
)
def test_letters_of_different_words_stay_apart(one, other):
    assert fold(one) != fold(other)


@given(st.text() | PERSIAN)
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.lists(PERSIAN.map(lambda text: re.sub(r"[\d,٬٫/. ]", "", text)), min_size=1))
def test_words_fold_together_as_they_do_alone(words):
    assert fold_words(words) == [fold(word) for word in words]


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters=PHRASES)))
def test_no_character_becomes_more_than_three(text):
    assert len(fold(text)) <= 3 * len(text)


@given(PERSIAN)
def test_decomposed_text_folds_as_composed_text_does(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == fold(text)


@pytest.mark.parametrize(("code", "name", "replacement", "source"), ROWS)
def test_every_row_of_the_table_is_right_about_its_character(code, name, replacement, source):
    assert unicodedata.name(chr(int(code, 16))) == name
    letters = [chr(int(part, 16)) for part in replacement.split()]
    assert all(fold(letter) == letter or letter in " \u200c" for letter in letters)
    assert source


def test_the_letters_are_named_as_unicode_names_them():
    assert unicodedata.name(FARSI_YEH) == "ARABIC LETTER FARSI YEH"
    assert unicodedata.name(HEH) == "ARABIC LETTER HEH"
