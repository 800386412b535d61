"""Words and their counts are the same however they were told: at once, one after another, in any order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.persian import analyze
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.letters import Alphabet, LetterMatrix

ALPHABET = Alphabet([*"ابتد"])
WORDS = st.text("ابتدx", max_size=5) | st.text(max_size=3)
PAIRS = st.lists(st.tuples(WORDS, st.integers(0, 5) | st.just(1 << 40)), max_size=12)


def letters(words):
    return LetterMatrix.of(words, ALPHABET)


def content(forms):
    """Return the words that are held, with their counts and their letters, in the order of their code points."""
    rows = {}
    for start, matrix in forms.columns(letters):
        places = range(start, start + len(matrix.codes))
        columns = zip(*(column.tolist() for column in matrix[1:]), strict=True)
        rows |= dict(zip(forms.texts(places), columns, strict=True))
    return [(word, forms.frequency(word), rows[word]) for word in forms.words]


@given(PAIRS, PAIRS, st.booleans())
def test_extending_is_building_anew(first, second, asked):
    forms = WrittenForms.of(first)
    if asked:
        forms.columns(letters)
    before = content(forms) if asked else None
    assert content(forms.extended(second)) == content(WrittenForms.of(first + second))
    assert not asked or content(forms) == before


@given(PAIRS, st.randoms())
def test_the_order_of_telling_does_not_matter(pairs, random):
    forms = WrittenForms.of(pairs)
    random.shuffle(pairs)
    assert content(forms) == content(WrittenForms.of(pairs))


@given(PAIRS)
def test_each_word_that_is_held_has_its_count(pairs):
    forms = WrittenForms.of(pairs)
    most = (1 << 32) - 1
    for word in {word for word, _ in pairs}:
        held = sum(count for other, count in pairs if other == word) if word else 0
        assert forms.frequency(word) == min(held, most)
        assert (word in forms.words) == (held > 0)


def test_an_index_without_words():
    forms = WrittenForms.of([])
    assert (forms.words, forms.counts.tolist(), forms.frequency("آب")) == ((), [], 0)
    assert forms.with_variants().words == ()


@pytest.mark.parametrize(("written", "held"), [("طهران", "تهران"), ("خونه", "خانه"), ("اطاق", "اتاق")])
@pytest.mark.parametrize(("count", "seldomer"), [(1, 1), (10, 1), (11, 2), (5000, 500)])
def test_spellings_that_analysis_reads_as_a_held_word_are_held(written, held, count, seldomer):
    (token,) = analyze(written)
    assert token.key == held
    assert WrittenForms.of([(held, count), ("کوه", 2)]).with_variants().frequency(written) == seldomer
    assert WrittenForms.of([("کوه", 2)]).with_variants().frequency(written) == 0


def test_a_spelling_that_is_held_itself_keeps_its_count():
    assert WrittenForms.of([("تهران", 7), ("طهران", 1)]).with_variants().frequency("طهران") == 1


@given(PAIRS)
def test_variants_of_what_was_extended_are_those_of_all(pairs):
    first, more = [("خانه", 3)], [*pairs, ("تهران", 1), ("خانه", 1)]
    assert content(WrittenForms.of(first).extended(more).with_variants()) == content(
        WrittenForms.of(first + more).with_variants()
    )
