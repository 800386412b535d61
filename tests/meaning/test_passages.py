"""Texts are cut into pieces of about so many words, at the ends of sentences, and written one way to be embedded."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchkit.errors import ArgumentError
from searchkit.meaning.passages import LONGEST_EMBEDDED, passages, plain, text_of

ZWNJ = "\u200c"
BODIES = st.lists(
    st.sampled_from(
        ["کتاب", "رفت.", "چرا؟", "3.14", "a" * 250, "1.", "(نقل", "شد.)", "\n", "  ", "\u2028", "آه…", "\0"]
    ),
    max_size=120,
).map(" ".join) | st.text(max_size=400)


def pieces(body, **options):
    return [body[begin:end] for begin, end in passages(body, **options)]


@given(BODIES, st.integers(1, 30))
@example("a" * 10_000, 1)
@example("a " * 500 + "." * 500, 7)
def test_pieces_ascend_hold_every_word_and_are_bounded(body, words):
    spans = passages(body, words, most=0)
    assert all(begin < end for begin, end in spans)
    for begin, end in spans:
        assert body[begin:end] == body[begin:end].strip()
        assert end - begin <= max(12.5 * words, 100)
        assert len(body[begin:end].split()) <= words + words // 4
    for (begin, end), (next_begin, next_end) in pairwise(spans):
        assert begin < next_begin
        assert end < next_end
        assert not body[end:next_begin].strip(), "a word stands in no piece"
        assert len(body[next_begin:end].split()) <= min(40, words // 2)
    ends = [0, *(end for _, end in spans)]
    assert not body[: spans[0][0] if spans else None].strip()
    assert not body[ends[-1] :].strip()


@given(BODIES, st.integers(1, 30), st.integers(1, 5))
def test_of_a_long_text_the_first_pieces_are_taken(body, words, most):
    assert passages(body, words, most) == passages(body, words, most=0)[:most]


@pytest.mark.parametrize(
    ("body", "words", "expected"),
    [
        ("یک دو سه. چهار پنج شش.", 3, ["یک دو سه.", "چهار پنج شش."]),
        ("چرا رفت؟ نمی\u200cدانم! آه… بس است.", 4, ["چرا رفت؟ نمی\u200cدانم! آه…", "نمی\u200cدانم! آه… بس است."]),
        ("عدد پی 3.14 است و بیش.", 4, ["عدد پی 3.14 است", "و بیش."]),
        ("1. یک دو 2. سه چهار", 3, ["1. یک دو", "2. سه چهار"]),
        ("یک دو\nسه چهار پنج شش", 3, ["یک دو", "سه چهار پنج", "شش"]),
        ("یک دو «سه.» چهار پنج شش", 4, ["یک دو «سه.»", "چهار پنج شش"]),
        ("یک دو سه چهار پنج", 4, ["یک دو سه چهار پنج"]),  # a short tail
        ("", 3, []),
        (" \n\t\u2003", 3, []),
    ],
)
def test_a_piece_ends_where_a_sentence_does(body, words, expected):
    assert pieces(body, words=words) == expected


def test_a_text_without_blanks_is_cut_too():
    spans = passages("a" * 100_000, words=200, most=0)
    assert {end - begin for begin, end in spans} == {2_000}
    assert len(passages("آ" * 100_000)) == 8


def test_what_is_behind_the_pieces_is_not_looked_at():
    class Watched(str):
        """A text that says how far it was looked for line breaks."""

        __slots__ = ()
        farthest = 0

        def find(self, part, begin, end):
            Watched.farthest = max(Watched.farthest, end)
            return super().find(part, begin, end)

    passages(Watched("کلمه " * 100_000), words=20, most=2)
    assert 0 < Watched.farthest < 1_000


@pytest.mark.parametrize("options", [{"words": 0}, {"words": True}, {"most": -1}, {"words": "3"}])
def test_other_numbers_are_refused(options):
    with pytest.raises(ArgumentError):
        passages("متن", **options)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("كتابي", "کتابی"),
        ("موسى", "موسی"),
        ("مُؤَثِّر", "مؤثر"),
        ("ســلام", "سلام"),
        (f"می{ZWNJ}رود", f"می{ZWNJ}رود"),
        ("می¬رود", f"می{ZWNJ}رود"),
        ("a\u200b\u200d\ufeff\u202eb", "ab"),
        ("a\0b\x07c\x85d", "a b c d"),
        ("\ud800x\udfff", "x"),
        ("\ue000x", "x"),
        ("\ufefb", "لا"),
        ("ｆｕｌｌ", "full"),
        ("  a \n\n b\u3000c ", "a b c"),
        ("آب ۱۲۳ Café", "آب ۱۲۳ Café"),
        ("", ""),
    ],
)
def test_what_looks_the_same_is_embedded_the_same(written, expected):
    assert plain(written) == expected


@given(st.text(max_size=300))
@example("e\u034f\u0301")
@example("\ufe77\u0301")
@example("\u1100\u0640\u1161")
def test_what_is_embedded_is_one_line_that_any_library_bears(text):
    written = plain(text)
    assert plain(written) == written
    assert written == unicodedata.normalize("NFKC", written)
    assert written.encode("utf-8").decode() == written
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Co"} for char in written)
    assert written == " ".join(written.split())


@given(st.text(alphabet="\ufdfa\ufb03a ", max_size=3_000), st.integers(1, 500))
def test_what_is_embedded_is_bounded(text, most):
    assert len(plain(text, most)) <= most
    assert len(text_of(text, text, (0, len(text)))) <= LONGEST_EMBEDDED


def test_the_title_stands_above_a_piece():
    assert text_of("عنوان", "یک دو سه", (3, 5)) == "عنوان\nدو"
    assert text_of("", "یک دو سه", (3, 5)) == "دو"
    assert text_of("عنوان", "\u200e", (0, 1)) == "عنوان"
    assert text_of("t" * 10_000, "متن", (0, 3)) == "t" * 200 + "\nمتن"
    assert text_of("\n\t", "متن", (0, 3)) == "متن"
