from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.persian import Analyzer, analyze

CHUNKS = [
    "کتاب",
    "می",
    "رود",
    "ها",
    "تر",
    "کتاب\u200cها",
    "های ها ها تر",
    "خانه ای ام تر ها",
    "،",
    "۱۵",
    "اردیبهشت",
    "ماه",
    "1403",
    "May",
    "4,",
    "2024",
    "running",
    "۱۴۰۳/۰۲/۱۵",
    "1,111,222,1",
    "﷽",
]
SIGNED_CHUNKS = [
    "آستان",
    "می",
    "آید",
    "میآید",
    "ها",
    "مسئله",
    "مِهر",
    "آذر",
    "آذر،",
    "۱۴۰۲",
    "خانهٔ",
    "ای",
    "آب/آتش",
    "(آ",
]
SIGNS = "آایمهنؤئء.\u064e\u0651\u0670\u0654\u0653\u200c\u200f\u0640\ufe81\ufef5 "
TEXTS = (
    st.text()
    | st.text(SIGNS)
    | st.lists(st.sampled_from(CHUNKS)).map(" ".join)
    | st.lists(st.sampled_from(SIGNED_CHUNKS)).map(" ".join)
)


def decoded(encoder, text):
    numbers, positions, length = encoder.encode(text)
    return [(encoder.terms[number], position) for number, position in zip(numbers, positions, strict=True)], length


def analyzed(text):
    tokens = analyze(text)
    return [(term, token.position) for token in tokens for term in token.terms], len(tokens)


@given(st.lists(TEXTS))
def test_the_terms_and_positions_are_those_of_analyze(texts):
    encoder = Analyzer().encoder()
    for text in texts:
        assert decoded(encoder, text) == analyzed(text)


@given(st.lists(TEXTS))
def test_terms_are_numbered_as_they_occur(texts):
    encoder = Analyzer().encoder()
    occurred = [term for text in texts for term, _ in decoded(encoder, text)[0]]
    assert encoder.terms == list(dict.fromkeys(occurred))


@pytest.mark.parametrize("text", ["", " ", ".", "می"])
def test_short_texts(text):
    assert decoded(Analyzer().encoder(), text) == analyzed(text)


def test_a_full_memory_changes_nothing(monkeypatch):
    monkeypatch.setattr(import_module("searchkit.persian.bulk.encoder"), "_REMEMBERED", 3)
    encoder = Analyzer().encoder()
    for text in ["کتاب ها running", "می رود 4 May 2024", "کتاب running May"] * 2:
        assert decoded(encoder, text) == analyzed(text)
    assert len(encoder.terms) == len(set(encoder.terms))


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(import_module("searchkit.persian.bulk.encoder"), "_REMEMBERED", 10)
    encoder = Analyzer().encoder()
    for number in range(100):
        text = f"کتاب{number} باغ {number}"
        assert decoded(encoder, text) == analyzed(text)
        assert len(encoder._forms) <= 10 + 1 + len(text.split())


@pytest.mark.parametrize("count", [3, 21, 63, 64, 65, 130])
@pytest.mark.parametrize("repeated", ["می", "ها", "تر ها", "بر می", "5 مهر 1403", "مهر", "12", "1403", "کتاب ها تر"])
@pytest.mark.parametrize("around", [" ", "\n\n", "،"])
def test_long_rows_of_what_belongs_together(repeated, count, around):
    text = f"کتاب می رود {around.join(repeated.split() * count)} رود می رود"
    assert decoded(Analyzer().encoder(), text) == analyzed(text)


@pytest.mark.parametrize("count", [63, 64, 65, 127, 128, 129, 255, 256, 257, 300])
@pytest.mark.parametrize(
    "repeated", ["کتاب،ها،", "\ufdfd", "\ufdfa،", "5/مهر/1403،", "1403/2/15،", "a1", "漢字", "می\u200d"]
)
def test_forms_of_many_words(repeated, count):
    text = f"می {repeated * count} ها می {repeated * count}رود تر"
    assert decoded(Analyzer().encoder(), text) == analyzed(text)


def test_more_forms_than_are_looked_up_at_once(monkeypatch):
    monkeypatch.setattr(import_module("searchkit.persian.bulk.split"), "_AT_ONCE", 3)
    text = "کتاب می رود به خانه ها می رود کتاب ها رفت " * 3
    assert decoded(Analyzer().encoder(), text) == analyzed(text)
