"""Plain text and Markdown."""

from __future__ import annotations

import datetime as dt
from itertools import product
from time import process_time

import pytest

ZWNJ = "\u200c"


@pytest.mark.parametrize(
    ("content", "title", "body"),
    [
        ("یک روز در شیراز\n\nصبح زود رسیدیم.\n", "یک روز در شیراز", "یک روز در شیراز\n\nصبح زود رسیدیم."),
        ("تنها یک خط", "", "تنها یک خط"),
        ("کلمه " * 40 + "\nباقی", "", "کلمه " * 40 + "\nباقی"),
        ("a\r\nb\rc", "a", "a\nb\nc"),
        ("\n\n  first  \nrest", "first", "first  \nrest"),
        (f"می{ZWNJ}رود\nكتاب ۱۲", f"می{ZWNJ}رود", f"می{ZWNJ}رود\nكتاب ۱۲"),
    ],
)
def test_text(load_file, content, title, body):
    document = load_file("a.txt", content).only
    assert (document.id, document.title, document.body) == ("a.txt", title, body)
    assert (document.url, document.date, document.fields) == (None, None, {"source": "a.txt"})


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_nothing_in_it(load_file, name):
    assert load_file(name, " \n\t\n").reasons == ["no text in it"]


def test_the_encoding_is_noted(load_file):
    text = "\u062f\u0631\u062e\u062a \u0627\u0646\u0627\u0631 \u062f\u0631 \u0628\u0627\u063a"
    assert load_file("a.txt", text.encode("cp1256")).only.fields == {"source": "a.txt", "encoding": "cp1256"}
    damaged = ("انار " * 20).encode() + b"\xff"
    assert load_file("a.txt", damaged).only.fields == {"source": "a.txt", "unreadable": 1}


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("# عنوان\n\nمتن", "عنوان\n\nمتن"),
        ("## Two ##", "Two"),
        ("# a  #  b  ##  ", "a  #  b"),
        ("# a#", "a#"),
        ("## #", "#"),
        ("####### a\n#b", "####### a\n#b"),
        ("a\n#\n##  \nb", "a\n\nb"),
        ("عنوان\n=====\nمتن", "عنوان\nمتن"),
        ("a **b** *c* _d_ __e__ ~~f~~ ***g***", "a b c d e f g"),
        (f"کتاب**{ZWNJ}ها**", f"کتاب{ZWNJ}ها"),
        ("snake_case_name 2*3*4 a_b", "snake_case_name 234 a_b"),
        ("[متن](http://example.org/a?b=1) است", "متن است"),
        ("[a][ref]\n\n[ref]: http://example.org", "a"),
        ("![تصویر باغ](a.png)", "تصویر باغ"),
        ("[![عکس](a.png)](http://b)", "عکس"),
        ("<https://example.org>", "https://example.org"),
        ("- یک\n- دو\n1. سه\n- [x] چهار", "یک\nدو\nسه\nچهار"),
        ("> نقل\n> > قول", "نقل\nقول"),
        ("`a_b_c` و ``*x*``", "a_b_c و *x*"),
        ("```py\n# not a heading\nx = *y*\n```\nend", "# not a heading\nx = *y*\nend"),
        ("~~~\n```\n~~~\nend", "```\nend"),
        ("a\n\n---\n\nb\n\n* * *\n\nc", "a\n\nb\n\nc"),
        ("| a | b |\n|---|:-:|\n| c | d |", "a   b\nc   d"),
        ("a <!-- b\nc --> d", "a  d"),
        ("a <!-- b", "a <!-- b"),
        ("a<br>b <b>c</b> 1 < 2", "ab c 1 < 2"),
        (r"\*a\* \# b", "*a* # b"),
        ("[`a_b`](http://example.org) **`c`**", "a_b c"),
        ("فرمول 3 * 4 * 5", "فرمول 3 * 4 * 5"),
    ],
)
def test_markdown(load_file, marked, plain):
    assert load_file("a.md", marked).only.body == plain


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("متن\n\n## عنوان **دوم**\n", "عنوان دوم"),
        ("---\ntitle: «از جلو»\n---\n# عنوان", "«از جلو»"),
        ("no heading", ""),
    ],
)
def test_the_title_of_markdown(load_file, content, title):
    assert load_file("a.md", content).only.title == title


def test_front_matter(load_file):
    document = load_file("a.md", '---\ntitle: "باغ: انار"\ndate: 1403/02/15\ntags: x\n---\nمتن').only
    assert (document.title, document.date, document.body) == ("باغ: انار", dt.date(2024, 5, 4), "متن")
    assert load_file("b.md", "---\ndate: soon\n---\na").only.fields == {"source": "b.md", "date": "soon"}


@pytest.mark.parametrize(
    "piece", ["<!--", "[", "![a](", "_a ", "*a", "`", "\\", "> ", "| ", "---\n", "[a]: ", "<a ", "~~a", "a_"]
)
def test_repeated_marks_do_no_harm(load_file, piece):
    loaded = load_file("a.md", "# a\n" + piece * 100_000)
    assert loaded.only.title == "a"


@pytest.mark.parametrize("before", ["", "# a", "a ", "| -", "[a]: ", "[a](", "  ", "> ", "- ", "<a", "**", "`"])
def test_the_cost_of_a_hostile_line_is_bounded(load_file, before):
    rows = [
        " ",
        "\t",
        "* ",
        "*a",
        "***",
        "_",
        " _a",
        "a_b",
        "~~a",
        "`",
        "`a",
        "[",
        "[a]",
        "[](",
        "![",
        "|",
        "|-",
        "| -",
    ]
    rows += [":-", "-|", "<", "<a ", "<http://", "#", " #", "=", "-", "- ", "> ", "1. ", "\\", "\\*", "<!--", "(", ")"]
    lines = [before + row * (20_000 // len(row)) + after for row, after in product(rows, ["", "x", "|", "*"])]
    started = process_time()
    load_file("a.md", "a\n\n" + "\n\n".join(lines))
    assert process_time() - started < 5  # seconds; a line of blanks alone took more
