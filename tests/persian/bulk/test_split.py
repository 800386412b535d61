import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchkit.persian.bulk.split import ShortForms, Split

SPACES = [chr(code) for code in range(0x110000) if chr(code).isspace()]
FORMS = st.text(st.sampled_from("ab\0\u06a9\u200c\ufffe\U0001d400"), max_size=10)
TEXTS = st.lists(st.text() | st.lists(FORMS | st.sampled_from(SPACES)).map("".join))


def written(split):
    places = np.arange(len(split.lengths))
    return split.written(places, np.ones_like(places))


def forms_of(texts):
    return [form for text in texts for form in [*text.split(), ""]]


class Numbering:
    """Numbers forms as a table does, and writes down what it was asked."""

    def __init__(self):
        self.numbers = {"": 0}
        self.asked = []

    def __call__(self, forms):
        self.asked += forms
        return np.array([self.numbers.setdefault(form, len(self.numbers)) for form in forms], np.int32)


@given(TEXTS)
def test_texts_are_split_as_strings_are(texts):
    split = Split(texts)
    assert written(split) == forms_of(texts)
    assert split.lengths.tolist() == [len(form.encode("utf-16-le")) // 2 for form in forms_of(texts)]


def test_all_white_space_splits():
    assert written(Split([f"a{space}b" for space in SPACES])) == ["a", "b", ""] * len(SPACES)


@given(TEXTS)
def test_forms_in_a_row_are_joined_by_a_space(texts):
    split = Split(texts)
    rows = [text.split() for text in texts if text.split()]
    starts = np.cumsum([0, *(len(text.split()) + 1 for text in texts)])[:-1]
    counts = np.array([len(text.split()) for text in texts], int)
    assert split.written(starts[counts > 0], counts[counts > 0]) == [" ".join(row) for row in rows]


@given(st.lists(TEXTS))
def test_rows_are_those_of_the_forms(batches):
    short, rows_of = ShortForms(), Numbering()
    for texts in batches:
        rows = short.rows(Split(texts), rows_of)
        assert rows.tolist() == rows_of(forms_of(texts)).tolist()


def test_a_short_form_is_asked_for_once():
    short, rows_of = ShortForms(), Numbering()
    for _ in range(2):
        short.rows(Split(["کتاب کتابخانه\u200cها"]), rows_of)
    assert rows_of.asked == ["کتاب", "کتابخانه\u200cها", "کتابخانه\u200cها"]


def test_forms_of_one_slot_are_told_apart(monkeypatch):
    monkeypatch.setattr("searchkit.persian.bulk.split._slots", lambda keys: np.zeros(len(keys[0]), np.intp))
    short, rows_of = ShortForms(), Numbering()
    for _ in range(2):
        assert short.rows(Split(["a b a\0 c"]), rows_of).tolist() == [1, 2, 3, 4, 0]
