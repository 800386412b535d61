"""Letters become numbers and back, and a signature rules out no word that is near."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.query.rewriting.letters import LONGEST_WORD, Alphabet, LetterMatrix

ALPHABET = Alphabet([*"ابتثسص"], ["س ص", "ت ث"])
WORDS = st.text("ابتثسص", min_size=1, max_size=8)


@pytest.mark.parametrize(
    "word",
    ["", "x", "اxب", "ا\0ب", "\0", "اب\0", "\ud800", "ا\U0001f600", "ا" * (LONGEST_WORD + 1), "ا" * 10_000],
    ids=ascii,
)
def test_what_is_no_word_of_the_alphabet_has_an_empty_row(word):
    codes = ALPHABET.encode(["اب", word, "تاب"])
    assert codes[:, :4].tolist()[::2] == [[1, 2, 0, 0], [3, 1, 2, 0]]
    assert word == "اب\0" or not codes[1].any()
    assert codes.shape == (3, LONGEST_WORD)


@given(st.text(ALPHABET.letters, max_size=LONGEST_WORD))
def test_a_word_is_read_back_from_its_row(word):
    (codes,) = ALPHABET.encode([word]).tolist()
    assert "".join(ALPHABET.letters[code - 1] for code in codes if code) == word
    assert not any(codes[len(word) :])


@pytest.mark.parametrize(
    "letters", [[*map(chr, range(0x100, 0x100 + 64))], ["ab"], [""], ["\U0001f600"]], ids=["many", "two", "none", "far"]
)
def test_an_alphabet_that_is_none_is_refused(letters):
    with pytest.raises(ValueError, match="63 letters"):
        Alphabet(letters)


@given(WORDS, st.data())
def test_an_edit_changes_two_bits_at_most(word, data):
    at = data.draw(st.integers(0, len(word)))
    letter = data.draw(st.sampled_from(ALPHABET.letters))
    near = {
        word[:at] + letter + word[at:]: 1,
        word[:at] + word[at + 1 :]: 1,
        word[:at] + letter + word[at + 1 :]: 2,
        word[:at][::-1] + word[at:]: 0,
        word.replace("س", "ص"): 0,
    }
    for other, bits in near.items():
        if other:
            matrix = LetterMatrix.of([other], ALPHABET)
            assert matrix.near(ALPHABET.encode([word]), bits, 1).tolist() == [0]


def test_words_without_letters_are_near_nothing():
    matrix = LetterMatrix.of(["", "123", "ا"], ALPHABET)
    assert matrix.near(ALPHABET.encode(["ا"]), 64, 24).tolist() == [2]


@given(st.lists(WORDS, unique=True, max_size=12), st.lists(WORDS, unique=True, max_size=12))
def test_rows_put_after_others_are_those_of_all_words(first, second):
    beside = LetterMatrix.of(first, ALPHABET).followed_by(LetterMatrix.of(second, ALPHABET), len(first))
    anew = LetterMatrix.of([*first, *second], ALPHABET)
    assert all(left.tolist() == right.tolist() for left, right in zip(beside[1:], anew[1:], strict=True))
