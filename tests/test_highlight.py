from __future__ import annotations

import html
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.documents import plain
from searchkit.highlight import SnippetOptions, snippets
from searchkit.persian import Wanted, default_analyzer
from searchkit.persian.terms import query_terms
from searchkit.ranking import Ranking

ANALYZER = default_analyzer()
RANKING = Ranking()
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"


def looking_for(text, prefixes=()):
    terms = (query_terms(token.key, token.lemma, RANKING, token.terms) for token in ANALYZER.analyze(text))
    return Wanted(frozenset(term for own in terms for term, _ in own), prefixes)


def show(text, query, length=200, count=1):
    return snippets(text, ANALYZER.finder(looking_for(query)), SnippetOptions(length, count))


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


def test_the_words_of_a_date_are_one_mark():
    text = "روز ۱۵ اردیبهشت ماه ۱۴۰۳ و (۱۴۰۳/۲/۱۵) و ۱۵ اردیبهشت ۱۴۰۳"
    (snippet,) = show(text, "4 May 2024")
    assert marked(snippet) == ["۱۵ اردیبهشت ماه ۱۴۰۳", "۱۴۰۳/۲/۱۵", "۱۵ اردیبهشت ۱۴۰۳"]


def test_beginnings_are_marked():
    (snippet,) = snippets("تاریخ و تاریخی", ANALYZER.finder(Wanted(prefixes=("تاری",))))
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


@pytest.mark.parametrize("length", [60, 200])
def test_where_no_sentence_begins_words_stand_before_the_first_mark(length):
    (snippet,) = show("باغ و آب و درخت و " * 20 + "سیب و " + "گل و باد و باران و " * 20, "سیب", length)
    ((first, last),) = snippet.marks
    assert length // 6 < first < length // 3
    assert len(snippet.text) - last > length // 3


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
    (snippet,) = snippets("سیب " + "س" * 500, ANALYZER.finder(Wanted(prefixes=("سس",))))
    assert snippet.text == "سیب"


def test_what_is_out_of_reach_is_not_shown():
    text = "سیب و سیبستان و سیب"
    shown = snippets(text, ANALYZER.finder(Wanted(prefixes=("سیب",))), SnippetOptions(reach=9))
    assert [(snippet.text, marked(snippet)) for snippet in shown] == [("سیب و", ["سیب"])]
    (opening,) = snippets(text, ANALYZER.finder(looking_for("سیبستان")), SnippetOptions(reach=9))
    assert (opening.text, opening.marks) == ("سیب و", ())


def test_a_long_text_without_blanks_is_looked_at_as_far_as_the_reach():
    (snippet,) = show("سa" * 60_000 + " سیب", "سیب")
    assert (len(snippet.text), snippet.marks) == (200, ())


# What is written so that a mark may go wrong: other letters for the same sound, marks, half-spaces in the wrong place,
# what several written forms make together, several words in one form, signs of direction, other scripts.
WRITTEN = (
    """
سیب|سيب|سِیب|سیــب|سیب\u200cها|سیب\u200cهای|سیبهایی|سیبشان|سیب\u200cفروش|سیب/گل|«سیب»|سیب،|سیبسیب|<b>سیب</b>
گل|گل\u200cها|گلها|گُلی|گل.|گلگل|کتاب|كتاب|کتب|كتاب\u200cهاي\u200cمان|کتاب ها|کتابخانه
کتاب\u200cخانه|خانه|خانهٔ|خانه\u200cای|خانه ای|خونه
می|نمی|می\u200c|می\u200cرود|میرود|می رود|می\u200cروم|نمی\u2009روم|نمی\u200cروند|رود
رفت|رفتم|رفته|است|اند|ام|بر|در|باز|می\u200cگردد|بر می گردد
ها|های|هایی|تر|ترین|ای|ی|مسئول|مسؤول|آب|اب|و|و،|از|که|۱۵|15|۱۵ام|۴|4|اردیبهشت|ماه|مهر|سال|۱۴۰۳|1403|2024|May|June
۱۵ اردیبهشت ۱۴۰۳|۱۵ اردیبهشت ماه ۱۴۰۳|اردیبهشت ۱۴۰۳|۴ می ۲۰۲۴|May 4, 2024|۱۴۰۳/۰۲/۱۵|(2024-05-04)|۱۲٬۰۰۰|12,000|۳٫۱۴
ECOاکو|run|running|Running|café|don't|O\u2019Reilly|#تیم_ملی|中国|中国人|Привет|x|&amp;|&|…|؟|!|—|-|_|ـ|ً|ِ|\u0301
\u202bسیب\u202c|\u2067گل\u2069|\u200fسیب|سیب\u200e|\u200f|\u200c\u200cسیب|سیب\u200c|\ufeffسیب|\ufefe|\ufdfa|\ufdfd|\ufefbزم|\ufe8dب
""".strip()
    .replace("\n", "|")
    .split("|")
)
GAPS = [" "] * 4 + "  |\n|\n\n|\t|\u00a0|\u2009|\u2003 |. |، |؟ |\u200c|| \u200f".split("|")
ASKED = "سیب|گل سرخ|می روم|کتاب خانه|۱۵ اردیبهشت ۱۴۰۳|4 May 2024|run|خانه|مسئول آب|12000 中国".split("|")


def written(random):
    """Return a document made of such forms, as long as one that gives one snippet or several."""
    parts = random.choices(WRITTEN, k=random.choice([0, 1, 3, 10, 40, 120]))
    return "".join(part + random.choice(GAPS) for part in parts)


def check(text, wanted, length, count):
    """Hold snippets to be slices of a text, no longer than asked, marked on wanted words; return how many marks."""
    tokens = ANALYZER.analyze(text)
    shown = snippets(text, ANALYZER.finder(wanted), SnippetOptions(length, count))
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
            assert any(wanted.meets(token.terms) for token in ANALYZER.analyze(snippet.text[start:end]))
        bare = snippet.html().replace("<mark>", "").replace("</mark>", "")
        assert html.unescape(bare) == plain(snippet.text) == snippet.plain().text
    assert ANALYZER.finder(wanted).find(text) == [token for token in tokens if wanted.meets(token.terms)]
    return sum(len(snippet.marks) for snippet in shown)


@pytest.mark.thorough
def test_every_mark_of_thousands_of_documents_analyses_to_a_wanted_term():
    chance = random.Random(20240504)  # noqa: S311 (the same documents each time)
    wanted = [*map(looking_for, ASKED), looking_for("گل", prefixes=("سی", "15"))]
    marks = sum(
        check(written(chance), chance.choice(wanted), chance.choice([1, 12, 60, 200]), chance.choice([1, 1, 3]))
        for _ in range(4_000)
    )
    assert marks > 2_000


TEXTS = st.text() | st.builds(written, st.randoms(use_true_random=False))


@given(TEXTS, st.sampled_from(ASKED), st.integers(1, 60), st.integers(1, 3))
def test_laws(text, query, length, count):
    check(text, looking_for(query), length, count)
