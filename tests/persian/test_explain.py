import pytest

from searchkit.persian import analyze
from searchkit.persian.explain import explain


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("کتاب", []),
        ("كتاب", [("fold", "کتاب")]),
        ("می\u200cروم", [("key", "میروم"), ("verb", "رفتن"), ("lemma", "رفتن")]),
        ("می روم", [("join", "می\u200cروم"), ("key", "میروم"), ("verb", "رفتن"), ("lemma", "رفتن")]),
        ("نمیتونم", [("spelling", "نمیتوانم"), ("verb", "توانستن"), ("lemma", "توانستن")]),
        ("کتابهایم", [("ending", "کتابها"), ("ending", "کتاب"), ("lemma", "کتاب")]),
        ("پرندگانشان", [("ending", "پرندگان"), ("ending", "پرنده"), ("lemma", "پرنده")]),
        ("کتب", [("plural", "کتاب"), ("lemma", "کتاب")]),
        ("آستان", [("fold", "استان"), ("signs", "استان=0آ")]),
        ("اعضای", [("ending", "اعضا"), ("plural", "عضو"), ("lemma", "عضو")]),
        ("خونه", [("spelling", "خانه")]),
        ("بیمارستونا", [("spelling", "بیمارستانا"), ("ending", "بیمارستان"), ("lemma", "بیمارستان")]),
        ("ایرانی", [("part", "ایران")]),
        ("Running", [("fold", "running"), ("stem", "run")]),
        ("1403/2/15", [("part", "1403"), ("date", "2024-05-04"), ("date", "1403-02")]),
    ],
)
def test_steps(text, steps):
    (line,) = explain(text)
    assert [(step.name, step.result) for step in line.steps] == steps


def test_a_ligature_is_several_words():
    assert [[(step.name, step.result) for step in line.steps] for line in explain("﷽")] == [
        [("fold", word)] for word in ("بسم", "الله", "الرحمن", "الرحیم")
    ]


def test_a_long_word_is_no_burden():
    (line,) = explain("نون" * 30_000)
    assert line.steps


def test_the_tokens_are_those_of_analyze():
    text = "كتاب\u200cهاي تاريخ، ۱۵ اردیبهشت ۱۴۰۳"
    assert [line.token for line in explain(text)] == analyze(text)
