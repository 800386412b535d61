from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.highlight import SnippetOptions, snippets
from searchkit.persian import Wanted, default_analyzer
from searchkit.persian.terms import query_terms

ANALYZER = default_analyzer()
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"


def looking_for(text, prefixes=()):
    terms = (query_terms(token.key, token.lemma) for token in ANALYZER.analyze(text))
    return Wanted(frozenset(term for own in terms for term, _ in own), prefixes)


def show(text, query, length=200, count=1):
    return snippets(text, looking_for(query), ANALYZER, SnippetOptions(length, count))


def marked(snippet):
    return [snippet.text[start:end] for start, end in snippet.marks]


FILLER = "باران آرام می\u200cبارید و کسی در کوچه نبود. " * 20


def test_the_words_are_shown_where_they_stand():
    (snippet,) = show(FILLER + "در باغ گل سرخ شکفت. " + FILLER, "گل سرخ")
    assert marked(snippet) == ["گل", "سرخ"]
    assert snippet.text.startswith("در باغ گل سرخ شکفت.")
    assert 100 < len(snippet.text) <= 200


def test_different_words_count_more_than_many():
    (snippet,) = show("گل گل گل گل گل. " + FILLER + "گل سرخ. " + FILLER + "سرخ سرخ.", "گل سرخ")
    assert marked(snippet) == ["گل", "سرخ"]


def test_words_side_by_side_count_more_than_words_apart():
    (snippet,) = show("گل زرد بود و سیب سرخ. " + FILLER + "گل سرخ. ", "گل سرخ")
    assert snippet.text.endswith("گل سرخ.")


def test_words_that_the_text_seldom_has_count_more():
    (snippet,) = show("گل و آب. " + FILLER + "گل و باد. " + FILLER + "سیب و آب. " + FILLER + "آب.", "گل آب باد")
    assert marked(snippet) == ["گل", "باد"]


def test_the_first_of_equals_is_shown():
    (snippet,) = show("یک سیب. " + FILLER + "دو سیب. ", "سیب")
    assert snippet.text.startswith("یک سیب.")


def test_every_occurrence_in_the_piece_is_marked():
    (snippet,) = show("سیب و سیب و سیب", "سیب")
    assert snippet.marks == ((0, 3), (6, 9), (12, 15))


def test_beginnings_are_marked():
    (snippet,) = snippets("تاریخ و تاریخی", Wanted(prefixes=("تاری",)), ANALYZER)
    assert marked(snippet) == ["تاریخ", "تاریخی"]


def test_without_a_match_the_opening_is_shown():
    (snippet,) = show("\n  " + FILLER, "نیست\u200cدرجهان")
    assert snippet.marks == ()
    assert FILLER.startswith(snippet.text)
    assert 150 < len(snippet.text) <= 200


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_text_gives_an_empty_snippet(text):
    (snippet,) = show(text, "سیب")
    assert (snippet.text, snippet.marks) == ("", ())


def test_several_snippets_come_in_the_order_of_the_text_and_do_not_overlap():
    text = "یک سیب. " + FILLER + "یک سیب سرخ. " + FILLER + "سیب سوم."
    first, second = show(text, "سیب سرخ", count=2)
    assert (marked(first), marked(second)) == (["سیب"], ["سیب", "سرخ"])
    assert text.index(first.text) + len(first.text) <= text.index(second.text)
    assert len(show(text, "سیب", count=9)) == 3


def test_white_space_and_marks_of_the_author_stay():
    text = "كِتاب\u200cهاي\n\n خوب"
    (snippet,) = show(text, "خوب")
    assert snippet.text == text


def test_a_snippet_begins_and_ends_between_words():
    text = " ".join(f"واژه{ZWNJ}ی{number}" for number in range(500))
    (snippet,) = show(text, f"واژه{ZWNJ}ی250")
    start = text.index(snippet.text)
    assert text[start - 1] == " "
    assert text[start + len(snippet.text)] == " "


def test_a_text_without_blanks_is_cut_between_letters():
    text = ("ک" + "ِّ" + "ا" + ZWNJ) * 200
    (snippet,) = show(text, "سیب")
    assert 190 <= len(snippet.text) <= 200
    after = text[len(snippet.text)]
    assert after != ZWNJ
    assert not snippet.text.endswith(ZWNJ)
    assert unicodedata.category(after) != "Mn"


def test_a_word_longer_than_a_snippet_is_not_shown():
    (snippet,) = snippets("سیب " + "س" * 500, Wanted(prefixes=("سس",)), ANALYZER)
    assert snippet.text == "سیب"


TEXTS = st.text() | st.lists(
    st.sampled_from(
        ["سیب", "گل", "گل\u200cها", "آب", " ", "\n", ". ", "،", "<b>", "&amp;", "کِ", ZWNJ, "می\u200cرود", "x", "؟ "]
    )
).map("".join)


@given(TEXTS, st.sampled_from(["سیب", "گل سرخ", "می روم", "x"]), st.integers(1, 60), st.integers(1, 3))
def test_laws(text, query, length, count):
    wanted = looking_for(query)
    shown = snippets(text, wanted, ANALYZER, SnippetOptions(length, count))
    assert 1 <= len(shown) <= count
    at = 0
    for snippet in shown:
        at = text.index(snippet.text, at) + len(snippet.text)  # slices, in order
        assert len(snippet.text) <= length
        assert snippet.text == snippet.text.strip() or len(snippet.text) == length
        last = 0
        for start, end in snippet.marks:
            assert last <= start < end <= len(snippet.text)
            last = end
            tokens = ANALYZER.analyze(snippet.text[start:end])
            assert any(wanted.meets(token.terms) for token in tokens)
        bare = snippet.html().replace("<mark>", "").replace("</mark>", "")
        assert html.unescape(bare) == snippet.text
