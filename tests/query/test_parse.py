from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.query.parse import MAX_BRACKETS, MAX_LENGTH, MAX_PREFIXES, MAX_WORDS, OPERATORS, parse
from searchkit.query.tree import Any, Clause, Clauses, Not, Phrase, Prefix, Word

RLM, LRM, ZWNJ = "\N{RIGHT-TO-LEFT MARK}", "\N{LEFT-TO-RIGHT MARK}", "\N{ZERO WIDTH NON-JOINER}"


def word(text, sign="", field=None):
    return Clause(Word(text, field), sign)


def quoted(*words, field=None):
    return Phrase(tuple(Word(text, field) for text in words), field)


def either(*words):
    return Clause(Any(tuple(Word(text) for text in words)))


UNDERSTOOD = {
    "": [],
    "   \n": [],
    "کتاب": [word("کتاب")],
    "کتاب تاریخ": [word("کتاب"), word("تاریخ")],
    "+کتاب -تاریخ": [word("کتاب", "+"), word("تاریخ", "-")],
    # phrases
    '"کتاب تاریخ" نو': [Clause(quoted("کتاب", "تاریخ")), word("نو")],
    "«کتاب تاریخ»": [Clause(quoted("کتاب", "تاریخ"))],
    "“کتاب تاریخ”": [Clause(quoted("کتاب", "تاریخ"))],
    '-"کتاب تاریخ"': [Clause(quoted("کتاب", "تاریخ"), "-")],
    '"a (b) -c OR title:d*"': [Clause(quoted("a", "(b)", "-c", "OR", "title:d*"))],
    '""': [],
    "« »": [],
    'a"b c"d': [word("a"), Clause(quoted("b", "c")), word("d")],
    # OR
    "a OR b": [either("a", "b")],
    "کتاب یا مجله": [either("کتاب", "مجله")],
    "كتاب يا مجله": [either("كتاب", "مجله")],
    "a OR b یا c d": [either("a", "b", "c"), word("d")],
    "x a OR b y": [word("x"), either("a", "b"), word("y")],
    "a or b": [word("a"), word("or"), word("b")],
    "a OR -b": [Clause(Any((Word("a"), Not(Word("b")))))],
    "+a OR b": [Clause(Any((Word("a"), Word("b"))), "+")],
    "یا علی": [word("یا"), word("علی")],
    "آری یا": [word("آری"), word("یا")],
    "ORANGE": [word("ORANGE")],
    # brackets
    "(a b) OR c": [Clause(Any((Clauses((word("a"), word("b"))), Word("c"))))],
    "-(a b)": [Clause(Clauses((word("a"), word("b"))), "-")],
    "f(x)": [word("f"), Clause(Clauses((word("x"),)))],
    "()": [],
    "a () b": [word("a"), word("b")],
    # fields
    "title:a b": [word("a", field="title"), word("b")],
    "Title:a": [word("a", field="title")],
    "BODY:a": [word("a", field="body")],
    "t\u0131tle:a t\u0130tle:b": [word("t\u0131tle:a"), word("t\u0130tle:b")],
    "عنوان:تاریخ": [word("تاریخ", field="title")],
    "متن:تاریخ": [word("تاریخ", field="body")],
    "-title:a": [word("a", "-", "title")],
    'title:"a b"': [Clause(quoted("a", "b", field="title"), "")],
    "title:(a body:b)": [Clause(Clauses((word("a", field="title"), word("b", field="body"))))],
    "http://a.org 12:30 subtitle:x": [word("http://a.org"), word("12:30"), word("subtitle:x")],
    # prefixes
    "کتاب*": [Clause(Prefix("کتاب"))],
    "title:کت* -نو*": [Clause(Prefix("کت", "title")), Clause(Prefix("نو"), "-")],
    # what only looks like an operator
    "کووید-19 C++ a+b": [word("کووید-19"), word("C++"), word("a+b")],
    "- + -": [word("-"), word("+"), word("-")],
    "a - b": [word("a"), word("-"), word("b")],
    f"کتاب{ZWNJ}ها": [word(f"کتاب{ZWNJ}ها")],
    f"{RLM}-کتاب {LRM}+نو{RLM}": [word("کتاب", "-"), word("نو", "+")],
}


@pytest.mark.parametrize(("text", "clauses"), UNDERSTOOD.items(), ids=map(repr, UNDERSTOOD))
def test_what_is_understood(text, clauses):
    parsed = parse(text)
    assert list(parsed.clauses.clauses) == clauses
    assert parsed.problems == ()


TAKEN_AS_WORDS = {
    # text: clauses, the pieces that problems point at
    '"a b': ([word("a"), word("b")], ['"']),
    "«a b": ([word("a"), word("b")], ["«"]),
    "»a«": ([word("a")], ["»", "«"]),
    "(a b": ([word("a"), word("b")], ["("]),
    "a) b": ([word("a"), word("b")], [")"]),
    ")(": ([], [")("]),
    "OR": ([word("OR")], ["OR"]),
    "OR OR": ([word("OR"), word("OR")], ["OR OR"]),
    "a OR": ([word("a"), word("OR")], ["OR"]),
    "(a OR) b": ([Clause(Clauses((word("a"), word("OR")))), word("b")], ["OR"]),
    "--a": ([word("--a")], ["--a"]),
    "+-a": ([word("+-a")], ["+-a"]),
    "title:": ([word("title:")], ["title:"]),
    "title: a": ([word("title:"), word("a")], ["title:"]),
    "عنوان: تاریخ": ([word("عنوان:"), word("تاریخ")], ["عنوان:"]),
    "+(": ([], ["("]),
    '(+") a': ([word("a")], ['"']),
    "title:(": ([], ["("]),
    "ک*": ([word("ک")], ["ک*"]),
    "*": ([word("*")], ["*"]),
    "*تاب": ([word("تاب")], ["*تاب"]),
    "ک*ب": ([word("ک ب")], ["ک*ب"]),
}


@pytest.mark.parametrize(("text", "expected"), TAKEN_AS_WORDS.items(), ids=map(repr, TAKEN_AS_WORDS))
def test_what_is_not_understood_is_taken_as_words_and_told(text, expected):
    clauses, pieces = expected
    parsed = parse(text)
    assert list(parsed.clauses.clauses) == clauses
    assert [text[slice(*problem.span)] for problem in parsed.problems] == pieces


def test_a_long_query_is_cut_between_words_and_told():
    text = "واژه " * 10 + "x" * MAX_LENGTH
    parsed = parse(text)
    assert parsed.clauses.clauses == (word("واژه"),) * 10
    assert [problem.span for problem in parsed.problems] == [(49, len(text))]


def test_a_long_word_is_cut():
    (only,) = parse("x" * 2 * MAX_LENGTH).clauses.clauses
    assert only == word("x" * MAX_LENGTH)


def test_words_over_the_limit_are_left_out_and_told():
    text = "a " * MAX_WORDS + "b c -d"
    parsed = parse(text)
    assert parsed.clauses.clauses == (word("a"),) * MAX_WORDS
    assert [text[slice(*problem.span)] for problem in parsed.problems] == ["b c", "d"]


def test_words_of_phrases_count():
    parsed = parse('"' + "a " * (MAX_WORDS - 1) + '" "b c d"')
    assert parsed.clauses.clauses[1].node == Phrase((Word("b"),))
    assert len(parsed.problems) == 1


def test_brackets_over_the_limit_are_left_out_and_told():
    deep = MAX_BRACKETS + 5
    parsed = parse("(" * deep + "a" + ")" * deep)
    node, depth = parsed.clauses, 0
    while isinstance(node, Clauses):
        (clause,) = node.clauses
        node, depth = clause.node, depth + 1
    assert (node, depth) == (Word("a"), MAX_BRACKETS + 1)
    assert len(parsed.problems) == 2


def test_prefixes_over_the_limit_are_words_and_told():
    parsed = parse("کتاب* " * (MAX_PREFIXES + 2))
    nodes = [clause.node for clause in parsed.clauses.clauses]
    assert nodes == [Prefix("کتاب")] * MAX_PREFIXES + [Word("کتاب")] * 2
    assert len(parsed.problems) == 1


PIECES = [*'()"«»“”+-:*|& abکت\n\0', RLM, ZWNJ, "title:", " OR ", " یا ", "\ud800"]
CASES = [  # all that any rule of case takes for the letters of operators, and marks that change letters
    *sorted({char for code in range(0x30000) if not 0xD800 <= code < 0xE000 for char in [chr(code)]
             if set(char.lower() + char.upper() + char.casefold()) & set("titlebodyORTILEBODY")}),
    "\u0131", "\u0130", "\u0307", ":", " ", "*", "عنوان", "متن\u064e", "يا", "title:", "t\u0131tle:", "T\u0130TLE:",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES)).map("".join)


@given(
    st.text()
    | HOSTILE
    | st.lists(st.sampled_from(CASES)).map("".join)
    | st.sampled_from('()"-+*:«').map(lambda char: char * 1_500)
)
def test_any_text_is_a_query(text):
    parsed = parse(text)
    assert parse(text) == parsed
    spans = [problem.span for problem in parsed.problems]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(problem.message for problem in parsed.problems)


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), max_size=20))
def test_plain_words_are_all_kept(words):
    words = [text for text in words if text not in OPERATORS]
    parsed = parse(" ".join(words)[:MAX_LENGTH])
    if len(" ".join(words)) <= MAX_LENGTH:
        assert [clause.node for clause in parsed.clauses.clauses] == [Word(text) for text in words]
        assert parsed.problems == ()


ALMOST_PLAIN = ["a", "یا", "OR", "+", "-b", "c-d", "title", "Body:", "متن", ":", "e", ZWNJ, RLM, " ", "\t", "\x1f"]


@given(st.lists(st.sampled_from(ALMOST_PLAIN)))
def test_words_alone_are_read_as_the_grammar_reads_them(pieces):
    text = "".join(pieces)
    alone, beside_brackets = parse(text), parse("() " + text)
    assert alone.clauses == beside_brackets.clauses
    assert [each.message for each in alone.problems] == [each.message for each in beside_brackets.problems]


@pytest.mark.parametrize(
    ("text", "words", "dates"),
    [
        ("tea date:1403", ["tea"], [("", "1403", "1403")]),
        ("date:1403/02..1403/05", [], [("", "1403/02", "1403/05")]),
        ("DATE:..۱۴۰۳ tea", ["tea"], [("", "", "۱۴۰۳")]),
        ("date:2024-05-04..", [], [("", "2024-05-04", "")]),
        ("-date:1403 +date:2024", [], [("-", "1403", "1403"), ("", "2024", "2024")]),
        ("(date:1403 tea)", ["tea"], [("", "1403", "1403")]),
        ("tea OR date:1403", ["tea"], [("", "1403", "1403")]),
        ("date: 1403", ["date:", "1403"], []),
        ("update:1403", ["update:1403"], []),
        ("“date:1403”", ["date:1403"], []),
        ("date:spring", ["date:spring"], []),
        ("title:date:1403", ["date:1403"], []),
    ],
)
def test_times_stand_beside_the_tree(text, words, dates):
    parsed = parse(text)
    assert re.findall(r"Word\(text='(.*?)'", repr(parsed.clauses)) == words
    assert list(parsed.dates) == dates


def test_phrases_that_are_one_letter_are_few():
    text = "\ufdfa" * 250 + " \ufdfb باغ"
    parsed = parse(text)
    words = [clause.node.text for clause in parsed.clauses.clauses]
    assert words == ["\ufdfa" * 4, "باغ"]
    assert [problem.span for problem in parsed.problems] == [(4, 252)]
    assert text[slice(*parsed.clauses.clauses[1].node.span)] == "باغ"
    assert not parse("\ufdfa و \ufdfb").problems
