import re
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchkit.persian import Analyzer, Wanted, analyze, default_analyzer
from searchkit.persian.terms import SIGNED
from searchkit.persian.text.numbers import NUMBER

CHUNKS = [
    "کتاب",
    "كتاب\u200cهاي",
    "می",
    "رود",
    "ها",
    "،",
    "(",
    "۱۵",
    "اردیبهشت",
    "ماه",
    "1403",
    "May",
    "4",
    "2024",
    "4,",
    "۱۲٬۰۰۰",
    "۱۴۰۳/۰۲/۱۵",
    "ECOاکو",
    "running",
    "C#",
    "C++",
    "3.11.7",
    "۱۲/۰۰۰",
    "ها",
    "همی",
    "خانهٔ",
    "مَٰلِكِ",
    "\u200f",
    "﷽",
    "中国",
    "_",
    "#",
    "-",
    "بر",
    "نمی",
    "ی",
    "ای",
    "تر",
    "\u202bمی\u202c",
    "آستان",
    "مِهر",
    "آید",
    "آذر",
]
GAPS = ["", " ", "\u00a0", "\u2009", "\n\n"]
TEXTS = st.text() | st.builds(str.join, st.sampled_from(GAPS), st.lists(st.sampled_from(CHUNKS)))


def keys(text):
    return [token.key for token in analyze(text)]


@pytest.mark.parametrize(
    ("word", "terms"),
    [
        # points and strokes that group digits, and such as do not
        ("۱۲.۰۰۰", ["12.000", "~12000"]),
        ("۱۲/۰۰۰", ["12.000", "~12000"]),
        ("1.250.500", ["1.250.500", "~1250500"]),
        ("12/500/000", ["12.500.000", "~12500000"]),
        ("3.141", ["3.141"]),
        ("0.000", ["0.000"]),
        ("12/500", ["12.500"]),
        # versions
        ("3.11.7", ["3.11.7", "+3.11"]),
        ("1.2.3.4", ["1.2.3.4", "+1.2", "+1.2.3"]),
        ("3.11", ["3.11"]),
        # the alef that stands above a letter, written or not
        ("ٱلْعَٰلَمِينَ", ["العلمین", "~العالم", "+العالمین"]),
        ("مَٰلِكِ", ["ملک", "~مالک"]),
        ("كِتَٰبُ", ["کتب", "~کتاب"]),
        ("ٱلصَّلَوٰةَ", ["الصلوه", "~الصلاه"]),
        ("مُوسَىٰ", ["موسی"]),
        ("ٱللَّٰهِ", ["الله"]),
    ],
)
def test_what_else_a_word_or_number_is_found_by(word, terms):
    (token,) = analyze(word)
    assert [term for term in token.terms if not term.startswith(SIGNED)] == terms


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("آستان", ["=استان=0آ"]),
        ("ا\u0653ستان \ufe81ستان آ\u0640ستان", ["=استان=0آ"] * 3),
        ("استان كتابي یکی", []),
        ("قرآن", ["=قران=2آ"]),
        ("آستان\u200cها", ["=استان=0آ"]),
        ("آستان ها", ["=استان=0آ"]),
        ("می\u200cآید می آید میآید", ["=امدن=2آ"] * 3),
        ("مؤمن مسئله رأی إن", ["=مومن=1ؤ", "=مسیله=2ئ", "=رای=1أ", "=ان=0إ"]),
        ("رای\u0654 مسی\u0654له", ["=رای=2ئ", "=مسیله=2ئ"]),
        ("جزء ابتداء", ["=جز=1ء", "=ابتدا=4ء"]),
        ("خانۀ خانه\u0654 خان\u06c2", ["=خانه=3ۀ"] * 3),
        ("مِهر مُهر مهر", ["=مهر=0\u0650", "=مهر=0\u064f"]),
        ("نجّار بنّا\u064e بنَ\u0651ا", ["=نجار=1\u0651", "=بنا=1\u06512\u064e", "=بنا=1\u064e1\u0651"]),
        ("مثلاً", ["=مثلا=3\u064b"]),
        ("(آب)، «آبِ»", ["=اب=0آ", "=اب=0آ1\u0650"]),
        ("آذر ۱۴۰۲", ["=اذر=0آ"]),
        ("آب/آتش", ["=اب=0آ", "=اتش=0آ"]),
        ("آ" * 65, []),
    ],
)
def test_what_folding_takes_off_a_word_is_a_term_beside_it(text, signs):
    assert [term for token in analyze(text) for term in token.terms if term.startswith(SIGNED)] == signs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("سلام،خوبی؟", ["سلام", "خوبی"]),
        ("ECOاکو جذب714", ["eco", "اکو", "جذب", "714"]),
        ("#تیم_ملی", ["تیم", "ملی"]),
        ("۲۰٪تخفیف", ["20", "تخفیف"]),
        ("تهران/قم–مشهد", ["تهران", "قم", "مشهد"]),
        ("کتاب۔ کتاب٭", ["کتاب", "کتاب"]),
        ("کووید\u200c۱۹", ["کوید", "19"]),
        ("12,000 ۳٫۱۴ ۳.۱۴ ۱۲٬۰۰۰", ["12000", "3.14", "3.14", "12000"]),
        ("۱۴۰۲/۱۴۰۳", ["1402", "1403"]),
        ("info@example.com", ["info", "example", "com"]),
        ("don't O\u2019Reilly", ["dont", "oreilly"]),
        ("Привет, 中国!", ["привет", "中", "国"]),
        ("﷽", ["بسم", "الله", "الرحمن", "الرحیم"]),
        ("C# C++ C c++11 F#، a#b #c", ["c#", "c++", "c", "c", "11", "f#", "a", "b", "c"]),
        ("½ ۳½ 12", ["½", "3", "½", "12"]),
        ("APIهای وب API ها API", ["api", "وب", "api", "api"]),
        ("۱۳۶۰ ها", ["1360", "ها"]),
        ("؟!… \u200c ـ", []),
    ],
)
def test_words_and_numbers(text, expected):
    assert keys(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1403/2/15",
        "۱۵/۲/۱۴۰۳",
        "(۱۴۰۳/۰۲/۱۵)",
        "2024-05-04",
        "۱۵ اردیبهشت ۱۴۰۳",
        "15 اردیبهشت\u200cماه ۱۴۰۳",
        "۱۵ اردیبهشت ماه ۱۴۰۳",
        "۱۵ اردیبهشت سال ۱۴۰۳",
        "۴ مه ۲۰۲۴",
        "۴ می ۲۰۲۴",
        "4 May 2024",
        "May 4, 2024",
    ],
)
def test_all_words_of_a_date_name_its_day(text):
    tokens = analyze(text)
    assert tokens
    assert all("@2024-05-04" in token.terms for token in tokens)


@pytest.mark.parametrize("text", ["1403/13/15", "2023-02-29", "15 1403", "اردیبهشت", "می 15", "۱۵ کتاب ۱۴۰۳", "3.11.2"])
def test_what_is_no_date(text):
    assert not [term for token in analyze(text) for term in token.terms if term.startswith("@")]


@given(TEXTS)
@example("a" * 1000)
@example("\ufdfa")
def test_tokens_are_in_order_and_inside_the_text(text):
    tokens = analyze(text)
    assert [token.position for token in tokens] == list(range(len(tokens)))
    assert all(text[token.start : token.end] == token.text != "" for token in tokens)
    spans = [(token.start, token.end) for token in tokens]
    assert all(left == right or left[1] <= right[0] for left, right in pairwise(spans))


@given(TEXTS)
def test_terms_are_bounded_and_hold_no_separator(text):
    for token in analyze(text):
        assert token.terms[0] == token.key
        assert len(set(token.terms)) == len(token.terms)
        assert all(0 < len(term) <= 64 and "|" not in term and term.split() == [term] for term in token.terms)


@given(TEXTS, TEXTS)
def test_a_sign_that_parts_words_parts_the_analysis(left, right):
    tokens = analyze(f"{left} . {right}")
    first, second = analyze(left), analyze(right)
    assert [token.terms for token in tokens] == [token.terms for token in first + second]
    assert [token.start for token in tokens[len(first) :]] == [token.start + len(left) + 3 for token in second]


@given(
    TEXTS, st.sets(st.sampled_from(["کتاب", "~run", "@2024-05-04", "اکو", "15"])), st.sampled_from([(), ("کت", "1")])
)
def test_find_is_analyze_filtered(text, terms, prefixes):
    wanted = Wanted(frozenset(terms), prefixes)
    assert default_analyzer().finder(wanted).find(text) == [
        token for token in analyze(text) if wanted.meets(token.terms)
    ]


@given(st.lists(TEXTS | st.sampled_from(["کتاب " + "ک" * 200, "کتاب/" * 40]), max_size=5), st.integers(0, 9))
def test_one_finder_serves_many_texts(texts, remembered):
    analyzer, wanted = Analyzer(), Wanted(frozenset({"کتاب", "~کتاب", "15"}), ("کک",))
    finder = analyzer.finder(wanted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "searchkit.persian.forms.memory._REMEMBERED", remembered
        )  # the memory is given up again and again
        for text in texts:
            assert finder.find(text) == [token for token in analyze(text) if wanted.meets(token.terms)]
            analyzer.analyze(f"کتابی {text}")  # what others do meanwhile


@pytest.mark.parametrize("repeated", ["می ", "کتاب ها ", "5 مهر 1403 ", "\ufdfa،", "بر می "])
@pytest.mark.parametrize("count", [64, 65, 200])
def test_find_is_analyze_filtered_in_long_rows(repeated, count):
    text = f"کتاب {repeated * count} کتاب ها رود"
    wanted = Wanted(frozenset({"کتاب", "~کتاب", "~رفتن", "@2024-09-26", "الله"}))
    assert default_analyzer().finder(wanted).find(text) == [
        token for token in analyze(text) if wanted.meets(token.terms)
    ]


def test_of_a_very_long_form_the_beginning_is_looked_at_and_that_once(monkeypatch):
    blob = "کتاب/" * 10_000
    text = f"باغ کتاب {blob} می {blob}رود کتاب"
    analyzer, wanted = Analyzer(), Wanted(frozenset({"کتاب"}))
    found = analyzer.finder(wanted).find(text)
    blobs = text.index(blob), text.rindex(blob)
    beginnings = [blob + 5 * word for blob in blobs for word in range(205)]  # 1,024 code points and no more
    assert [token.start for token in found] == [text.index("کتاب"), *beginnings, text.rindex("کتاب")]
    monkeypatch.setattr("searchkit.persian.forms.memory.form_of", None)  # nothing is worked out again
    assert analyzer.finder(wanted).find(text) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("کتاب ها", ["کتابها"]),
        ("خانه ها یی", ["خانهها", "یی"]),
        ("بزرگ تر ها", ["بزرگترها"]),
        ("ها ها ها", ["ها", "ها", "ها"]),
        ("کتاب ها ها", ["کتابها", "ها"]),
        ("کتاب\u200cها ها", ["کتابها", "ها"]),
        ("تر تر", ["تر", "تر"]),
        ("می می می رود", ["می", "می", "میرود"]),
    ],
)
def test_a_suffix_belongs_to_a_word_and_not_to_itself(text, expected):
    assert keys(text) == expected


@pytest.mark.parametrize("row", ["ها", "تر", "می", "نمی", "در", "باز می", "ها تر", "ها های", "کتاب ها تر های"])
def test_a_row_of_affixes_is_many_words(row):
    text = f"{row} " * 1000
    assert len(analyze(text)) >= len(text.split()) / 5


def groups(number):
    """What a number with grouped digits was before rows of groups were read in one go."""
    mark, point = ",\u066c\u060c\uff0c", ".\u066b\uff0e"
    grouped = rf"\d{{1,3}}(?:[{mark}]\d{{3}})+(?![{mark}]?\d)(?:[{point}]\d+)?"
    single = rf"(?<![\d/\uff0f])\d{{1,3}}[/\uff0f]\d+(?![/\uff0f{point}]?\d)|\d+(?:[{point}]\d+)*"
    return re.findall(f"{grouped}|{single}", number)


@given(st.lists(st.sampled_from(["1", "22", "333", "4444", ",", ",", "،", ".", "/", "-", " ", "a"])).map("".join))
@example("1,111,111,1")
@example("12,34,567,890")
@example("3/14,111,222")
@example("2024-05-04,111,222")
def test_grouped_digits_are_one_number(text):
    assert re.findall(NUMBER, text) == groups(text)


SIZE = 1 << 16
HOSTILE = {
    "groups and a digit": ("1", ",111", ",1"),
    "groups and a word": ("1", "٬111", "x"),
    "groups without an end": ("11", "،111", "،1111"),
    "groups of two": ("", "22,", "1"),
    "numbers of two groups": ("", "1,111,22,", ""),
    "points": ("1", ".1", "."),
    "points and a slash": ("", "1.1", "/1"),
    "slashes": ("1", "/1", "/"),
    "a long fraction": ("1/", "1", "/1"),
    "fractions": ("", "1/" + "2" * 40 + "/", ""),
    "groups and slashes": ("", "111/222,333.", ""),
    "digits": ("", "۱", ","),
    "dates": ("", "1400/11/11", "/"),
    "dates with hyphens": ("", "1400-11-", ""),
    "dates with points": ("", "11.11.1400", "."),
    "months": ("", "4 May ", "2024"),
    "names of months": ("", "اردیبهشت ", "۱۴۰۳"),
    "fillers": ("اردیبهشت ", "ماه ", "۱۴۰۳"),
    "half-spaces": ("ب", "\u200c", "."),
    "half-spaces and letters": ("", "ب\u200c", ""),
    "invisible signs": ("a", "\u200b", "."),
    "words and invisible signs": ("", "a" + "\u00ad" * 40 + ".", ""),
    "vowel signs": ("ب", "\u064e", "!"),
    "vowel signs alone": ("", "\u064e", "!"),
    "accents": ("a", "\u0301", "!"),
    "accents alone": ("", "\u0301", "!"),
    "accents of other scripts": ("д", "\u0301", "!"),
    "apostrophes": ("", "a'", "'"),
    "signs": ("", "!", "ب!"),
    "signs and words": ("!" * 999, "ب!", "a"),
    "underscores": ("", "_", "a"),
    "one letter": ("", "ب", ""),
    "the letter waw": ("", "و", ""),
    "pairs of letters": ("", "ابب", ""),
    "scripts in turn": ("", "بa1д中", ""),
    "ligatures": ("", "\ufdfaببببببب", " ب"),
    "a suffix": ("", "ها ", ""),
    "a suffix without spaces": ("", "ها\u200b", "ها"),
    "a suffix, no-break spaces": ("", "ها\u00a0", ""),
    "suffixes": ("کتاب ", "ها تر های ", ""),
    "suffixes after a word in heh": ("خانه ", "ای ام ", ""),
    "suffixes and half-spaces": ("", "کتاب\u200cها\u200cها ها ", ""),
    "a prefix": ("", "می ", "رود"),
    "prefixes": ("", "باز نمی بر می ", "گردد"),
    "a long word after a prefix": ("می ", "ب", ""),
    "long words after prefixes": ("", "می " + "رو" * 99 + " ", ""),
    "prefixes and commas": ("", "می،", ""),
}


@pytest.mark.parametrize("parts", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("joined_by", ["", "\u200e"])  # the second makes most of them one written form
def test_the_cost_of_a_hostile_text_is_bounded(parts, joined_by):
    before, row, after = parts
    row = row.replace(" ", joined_by or " ")
    text = before + row * (SIZE // len(row)) + after
    analyzer, encoder = Analyzer(), Analyzer().encoder()
    encoder.encode("می رود")
    started = process_time()
    tokens = analyzer.analyze(text)
    encoder.encode(text)
    analyzer.finder(Wanted(frozenset({"کتاب", "111"}), ("ک",))).find(text)
    assert process_time() - started < 5  # seconds; most take a tenth, and what is not linear takes more than ten
    assert sum({id(token.text): len(token.text) for token in tokens}.values()) <= len(text)
