from __future__ import annotations

from collections import Counter
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.persian.text.fold import key_of
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.initialisms import initials, spelt_out
from searchkit.query.rewriting.script import OtherScript

# What is held, and how many documents hold it.
PERSIAN = Counter(
    {
        key_of(word): count
        for count, words in [
            (900, "و در که این است را با از برای خانه کار سال"),
            (90, "شهر مردم کتاب زندگی مدرسه خواهر خورشید سرد زرد دریا آسمان صبح عشق گل ماه راه نامه"),
            (30, "قزوین خرمشهر دماوند نیشابور غلامرضا پروین ضیایی عزیز عباس جعفر ثریا ژاله خدیجه رضایی تخت طاووس باغ"),
            (
                9,
                "هالیوود وینستون اشتوتگارت فیزیک شکسپیر نیوتن تلویزیون رادیو ماکسیم سوئیس استرالیا ونیز چایکوفسکی مرمر",
            ),
            (3, "جیپیاس افبیای سیدی الجی کنراد قاضی غازی"),
        ]
        for word in words.split()
    }
)
LATIN = Counter(
    dict.fromkeys("gps fbi windows oxford linkedin radio norton cd photoshop shakespeare saba alpha max".split(), 4)
)
SCRIPT = OtherScript(WrittenForms.of((PERSIAN + LATIN).items()))


def texts(word, limit=3):
    return [candidate.text for candidate in SCRIPT.candidates(word, limit)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ketab", "کتاب"),
        ("ketaab", "کتاب"),
        ("zendegi", "زندگی"),
        ("zendegee", "زندگی"),
        ("madrese", "مدرسه"),
        ("madreseh", "مدرسه"),
        ("madresa", "مدرسه"),
        ("khahar", "خواهر"),
        ("khaahar", "خواهر"),
        ("xahar", "خواهر"),
        ("khorshid", "خورشید"),
        ("asemaan", "اسمان"),
        ("sobh", "صبح"),
        ("eshgh", "عشق"),
        ("eshq", "عشق"),
        ("ghazvin", "قزوین"),
        ("qazvin", "قزوین"),
        ("kazvin", "قزوین"),
        ("khorramshahr", "خرمشهر"),
        ("khoramshahr", "خرمشهر"),
        ("damavand", "دماوند"),
        ("damawand", "دماوند"),
        ("neyshabur", "نیشابور"),
        ("nishapur", "نیشابور"),
        ("neishaboor", "نیشابور"),
        ("gholamreza", "غلامرضا"),
        ("parvin", "پروین"),
        ("parveen", "پروین"),
        ("ziaee", "ضیایی"),
        ("ziyaei", "ضیایی"),
        ("aziz", "عزیز"),
        ("abbas", "عباس"),
        ("jaafar", "جعفر"),
        ("soraya", "ثریا"),
        ("zhaleh", "ژاله"),
        ("jaleh", "ژاله"),
        ("khadijeh", "خدیجه"),
        ("rezaei", "رضایی"),
        ("tavoos", "طاوس"),
        ("shahre", "شهر"),
        ("baghe", "باغ"),
        ("hollywood", key_of("هالیوود")),
        ("winston", "وینستون"),
        ("stuttgart", "اشتوتگارت"),
        ("physic", "فیزیک"),
        ("fizik", "فیزیک"),
        ("shakespeare", "شکسپیر"),
        ("newton", "نیوتن"),
        ("television", "تلویزیون"),
        ("radio", "رادیو"),
        ("maxim", "ماکسیم"),
        ("australia", "استرالیا"),
        ("conrad", "کنراد"),
        ("Ketâb", "کتاب"),
        ("gps", "جیپیاس"),
        ("fbi", "افبیای"),
        ("lg", "الجی"),
    ],
)
def test_a_latin_word_means_a_persian_one(typed, meant):
    assert meant in texts(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ویندوز", "windows"),
        ("آکسفورد", "oxford"),
        ("لینکدین", "linkedin"),
        ("رادیو", "radio"),
        ("نورتون", "norton"),
        ("فتوشاپ", "photoshop"),
        ("شکسپیر", "shakespeare"),
        ("صبا", "saba"),
        ("آلفا", "alpha"),
        ("مکس", "max"),
        ("جی\u200cپی\u200cاس", "gps"),
        ("جی پی اس", "gps"),
        ("جیپیاس", "gps"),
        ("اف\u200cبی\u200cآی", "fbi"),
        ("سی دی", "cd"),
    ],
)
def test_a_persian_word_means_a_latin_one(typed, meant):
    assert texts(typed)[0] == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("baghekhadije", "باغ خدیجه"),
        ("bagheparvin", "باغ پروین"),
        ("ketabemadrese", "کتاب مدرسه"),
        ("shahrekhorshid", "شهر خورشید"),
        ("khanekhaharparvin", "خانه خواهر پروین"),
    ],
)
def test_several_words_may_be_written_as_one(typed, meant):
    assert meant in texts(typed)


@pytest.mark.parametrize(
    "typed", ["blockchain", "zpqwk", "kubernetes", "سیمرغ", "ببببب", "", "k", "و", "12", "k2", "%"]
)
def test_what_is_near_nothing_has_no_candidates(typed):
    assert texts(typed) == []


def test_of_words_that_sound_alike_the_more_frequent_one_comes_first():
    few, many = [("قاضی", 1), ("غازی", 50)], [("قاضی", 50), ("غازی", 1)]
    firsts = [OtherScript(WrittenForms.of(counts)).candidates("ghazi")[0].text for counts in (few, many)]
    assert firsts == ["غازی", "قاضی"]


def test_of_words_that_are_as_frequent_the_nearer_one_comes_first():
    script = OtherScript(WrittenForms.of([("سرد", 5), ("زرد", 5), ("سرود", 5), ("مرد", 5)]))
    candidates = script.candidates("sard")
    assert [each.text for each in candidates] == ["سرد", "زرد", "سرود"]
    assert [each.cost for each in candidates] == sorted(each.cost for each in candidates)
    assert {each.step for each in candidates} == {"script"}


@pytest.mark.parametrize(
    "word",
    [
        "a" * 10_000,
        "س" * 10_000,
        "kh" * 12,
        "abcdefghijklmnopqrstuvwx",
        "س" * 24,
        "ابپتثجچحخدذرزژسشصضطظعغفق",
        "aس",
        "سalam",
        "\U0001f600\U0001f600",
        "\ud800\udfff",
        "\ufdfa" * 30,
        "\u200c\u200c\u200c",
        "a\0b",
        "'''",
        "\u0627\u0301e\u0301",
    ],
)
def test_hostile_words_are_answered(word):
    assert isinstance(SCRIPT.candidates(word), list)


@given(st.text(max_size=30) | st.text(ascii_lowercase, max_size=24) | st.text("ابپتسشکگلمنوهی\u200c ", max_size=24))
def test_candidates_are_held_each_once_and_in_order(word):
    candidates = SCRIPT.candidates(word, 5)
    assert len(candidates) <= 5
    assert candidates == SCRIPT.candidates(word, 5)
    assert candidates[:2] == SCRIPT.candidates(word, 2)
    assert len({each.text for each in candidates}) == len(candidates)
    assert [(each.cost, each.text) for each in candidates] == sorted((each.cost, each.text) for each in candidates)
    for candidate in candidates:
        assert candidate.cost >= 0
        assert all(part in PERSIAN or part in LATIN for part in candidate.text.split())
        assert candidate.text.isascii() != key_of(word).isascii()


def test_a_vocabulary_of_nothing_has_no_candidates():
    script = OtherScript(WrittenForms.of([]))
    assert script.candidates("ketab") == script.candidates("کتاب") == []


@given(st.text(ascii_lowercase, min_size=2, max_size=5))
def test_the_names_of_letters_are_read_as_these_letters(word):
    for names in spelt_out(word):
        assert spelt_out(word)[0] in [way for each in initials("".join(names)) for way in spelt_out(each)]


def test_words_of_later_documents_are_found_by_their_sound_as_well():
    first, later = [("کوه", 3), ("mountain", 2)], [("عارف", 5), ("google", 2), ("قزوین", 4)]
    forms = WrittenForms.of(first)
    OtherScript(forms).candidates("kuh"), OtherScript(forms).candidates("کوه")
    for pair in later:
        forms = forms.extended([pair])
        script, anew = OtherScript(forms), OtherScript(WrittenForms.of(forms_of(forms)))
        for typed in ("aref", "گوگل", "ghazvin", "kuh", "مانتین"):
            assert script.candidates(typed) == anew.candidates(typed)


def forms_of(forms):
    return [(word, forms.frequency(word)) for word in forms.words]
