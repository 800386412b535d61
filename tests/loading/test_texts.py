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
        ("####### a\n#b", "####### a\n#b"),
        ("a\n#\n##  \nb", "a\n\nb"),
        ("عنوان\n=====\nمتن", "عنوان\n\nمتن"),
        ("a **b** *c* _d_ __e__ ~~f~~ ***g***", "a b c d e f g"),
        (f"کتاب**{ZWNJ}ها**", f"کتاب{ZWNJ}ها"),
        ("snake_case_name 2*3*4 a_b", "snake_case_name 234 a_b"),
        ("[متن](http://example.org/a?b=1) است", "متن است"),
        ("[a][ref]\n\n[ref]: http://example.org", "a"),
        ("![تصویر باغ](a.png)", "تصویر باغ"),
        ("[![عکس](a.png)](http://b)", "عکس"),
        ("<https://example.org>", "https://example.org"),
        ("- یک\n- دو\n1. سه\n- [x] چهار", "یک\nدو\n\nسه\n\nچهار"),
        ("> نقل\n> > قول", "نقل\n\nقول"),
        ("`a_b_c` و ``*x*``", "a_b_c و *x*"),
        ("```py\n# not a heading\nx = *y*\n```\nend", "# not a heading\nx = *y*\n\nend"),
        ("~~~\n```\n~~~\nend", "```\n\nend"),
        ("a\n\n---\n\nb\n\n* * *\n\nc", "a\n\nb\n\nc"),
        ("| a | b |\n|---|:-:|\n| c | d |", "a b\nc d"),
        ("a <!-- b\nc --> d", "a  d"),
        ("a <!-- b", "a <!-- b"),
        ("a<br>b <b>c</b> 1 < 2", "a\nb c 1 < 2"),
        (r"\*a\* \# b", "*a* # b"),
        ("[`a_b`](http://example.org) **`c`**", "a_b c"),
        ("فرمول 3 * 4 * 5", "فرمول 3 * 4 * 5"),
        ("کتاب&zwnj;خانه و &laquo;خوب&raquo; &#39;x&#39; a&nbsp;b", f"کتاب{ZWNJ}خانه و «خوب» 'x' a\u00a0b"),
        ("`&lt;b&gt;` &lt;b&gt;", "&lt;b&gt; <b>"),
        ("زعفران[^۱]\n\n[^۱]: پانوشت زعفران", "زعفران\n\nپانوشت زعفران"),
        ("a[^x]\n\n[^x]: زعفران\n\n    بند دوم", "a\n\nزعفران\n\nبند دوم"),
        ("یادداشت[^نبود]", "یادداشت[^نبود]"),
        ("`<!-- x -->` a <!-- y -->", "<!-- x --> a"),
        ("```\n<!-- x -->\n```", "<!-- x -->"),
        ("<!-- a\n\nb -->\n\nc", "c"),
        ("1. نصب:\n\n    ```py\n    __init__\n    ```\n2. b", "نصب:\n\n__init__\n\nb"),
        ("- a\n  ~~~\n  *b*\n  ~~~", "a\n\n*b*"),
        ("- a\n  # b\n  c", "a\n\nb\n\nc"),
        ("- a\n  - b\n    - c\n- d", "a\nb\nc\nd"),
        ("[متن](http://a/b_(c)_[d]) و [e](<a b> 'f')", "متن و e"),
        ("[a [b] c](http://d)", "a [b] c"),
        ("> [!NOTE]\n> نکته", "نکته"),
        ("<div align=center>\n\n**a**\n\n</div>", "a"),
        ("<p>a <img src=x alt='نشان &amp; نام'>b</p><p>c</p>", "a نشان & نامb\n\nc"),
        ("<script>\nvar a\n\nb\n</script>\n\nc", "c"),
        ("<details><summary>a</summary>\n\nb\n</details>", "a\n\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("| a | b |\n|---|---|\n| `c\\|d` | <br>e |", "a b\nc|d\ne"),
        ("    * a * _b_", "* a * _b_"),
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
        ("#\n\n# a", "a"),
        ("# کتاب&zwnj;خانه", f"کتاب{ZWNJ}خانه"),
        ("# نصب {#install .x}", "نصب"),
        ("# نصب {: #نصب }", "نصب"),
        ("# نصب[^1]\n\n[^1]: a", "نصب"),
        ("# نصب[^1]", "نصب"),
        ("> [!NOTE]\n> # نکته", "نکته"),
        ("# [!INFO] نکته", "نکته"),
        ("# [نام](http://a) ![](b) `c_d`", "نام c_d"),
        ("<h1 align=center>نام <i>کتاب</i></h1>\n\n## b", "نام کتاب"),
        ("<h1 align='center'>\n  <img src=a>\n  نام\n</h1>\n\n# b", "نام"),
        ("<div>\n<h1>\n\n**نام**\n\n</h1></div>\n\n# b", "نام"),
        ("a\n\nنام\n===", "نام"),
        ("```\n# a\n```\n# b", "b"),
        ("---\ntitle: >-\n  یک عنوان\n  بلند\n---\n# b", "یک عنوان بلند"),
        ("---\ntitle: |\n  یک\n  دو\n---\n", "یک دو"),
        ("---\ntitle: 'it''s'\n---\n", "it's"),
        ('---\ntitle: "a \\u06a9\\"b"\n---\n', 'a ک"b'),
        ("---\ntitle: a # b\n---\n", "a"),
        ("---\ntitle: خبر: شرح\n---\n", "خبر: شرح"),
        ("---\nTitle:  a\n...\n# b", "a"),
        ("---\nعنوان: a\n---\n# b", "a"),
        ("+++\ntitle = 'a: b'\ndraft = false\n+++\n# c", "a: b"),
        ("---\n# a\n---\n", "a"),
        ("---\n\nسخن: ما\n\n---\n# a", "a"),
    ],
)
def test_the_title_of_markdown(load_file, content, title):
    assert load_file("a.md", content).only.title == title


def test_front_matter(load_file):
    document = load_file("a.md", '---\ntitle: "باغ: انار"\ndate: 1403/02/15\ntags: x\n---\nمتن').only
    assert (document.title, document.date, document.body) == ("باغ: انار", dt.date(2024, 5, 4), "متن")
    assert document.fields == {"source": "a.md", "tags": ["x"]}
    assert load_file("b.md", "---\ndate: soon\n---\na").only.fields == {"source": "b.md", "date": "soon"}


SAID = {"author": "مریم", "language": "fa", "description": "دربارهٔ باغ", "tags": ["باغ", "انار"], "source": "a.md"}


@pytest.mark.parametrize(
    "front",
    [
        "---\nauthor: مریم\nlang: fa\ndescription: >\n  دربارهٔ\n  باغ\ntags: [باغ, انار]\n---",
        "---\nauthor:\n  name: مریم\nlanguage: fa\nsummary: دربارهٔ باغ\ntags:\n  - باغ\n  - انار\n---",
        "---\nauthors: [مریم]\nlang: fa\nexcerpt: دربارهٔ باغ\nkeywords: باغ، انار، باغ\n---",
        '+++\nauthor = "مریم"\nlanguage = "fa"\ndescription = "دربارهٔ باغ"\n[taxonomies]\ntags = ["باغ", "انار"]\n+++',
    ],
)
def test_what_front_matter_says(load_file, front):
    assert load_file("a.md", f"{front}\nمتن").only.fields == SAID


@pytest.mark.parametrize(
    ("front", "day"),
    [
        ("---\ndate: 1403-02-15\n---", dt.date(2024, 5, 4)),
        ("---\ndate: 1403-02-31\n---", dt.date(2024, 5, 20)),
        ("---\nتاریخ: ۱۵ اردیبهشت ۱۴۰۳\n---", dt.date(2024, 5, 4)),
        ("+++\ndate = 2024-05-04\n+++", dt.date(2024, 5, 4)),
        ("+++\ndate = 1403-02-15\n+++", dt.date(2024, 5, 4)),
        ("+++\ndate = 2024-05-04T10:30:00Z\n+++", dt.datetime(2024, 5, 4, 10, 30, tzinfo=dt.UTC)),
    ],
)
def test_the_date_of_front_matter(load_file, front, day):
    assert load_file("a.md", f"{front}\nمتن").only.date == day


def test_the_address_of_front_matter(load_file):
    assert (
        load_file("a.md", "---\nurl: /a\ncanonical: https://example.org/b\n---\nx").only.url == "https://example.org/b"
    )


@pytest.mark.parametrize(
    "block",
    [
        "---\n" + "".join(f"a{i}: &b{i} [{f'*b{i - 1},' * 9 if i else 1}]\n" for i in range(20)) + "---",
        "---\na: " + "[" * 40_000 + "\n---",
        "---\n" + "".join(" " * i + "a:\n" for i in range(200)) + "---",
        "---\na: " + "- " * 20_000 + "\n---",
        "---\na: '" + "x\n" * 20_000 + "\n---",
        "---\n? " * 8_000 + "\n---",
        "---\n" + "a: b\n" * 9_000 + "---",
        "+++\na = " + "[" * 40_000 + "\n+++",
        "+++\n" + "a." * 20_000 + "a = 1\n+++",
        "+++\n" + "".join(f"[a{'.a' * i}]\n" for i in range(200)) + "+++",
        "---\na: !!python/object/apply:os.system [ls]\n---",
        "---\n" * 10_000,
        "---\na: \x01\n---",
    ],
    ids=lambda block: block[:14],
)
def test_hostile_front_matter(load_file, block):
    assert load_file("a.md", f"{block}\n\n# زعفران").only.body.endswith("زعفران")


def test_what_the_parser_refuses_is_told(load_file):
    assert "surrogate" in load_file("a.md", b"+2AA-", encoding="utf-7").reasons[0]


def test_a_parser_that_gives_up_ends_no_run(load_file, monkeypatch):
    panic = type("PanicException", (BaseException,), {})

    def events(text, options):
        raise panic

    monkeypatch.setattr("pyromark.events", events)
    assert load_file("a.md", "a").reasons == ["Markdown that the parser gave up"]


def test_a_wide_table_of_short_rows_takes_no_more_than_its_text(load_file):
    table = "|" + "a|" * 2_000 + "\n|" + "-|" * 2_000 + "\n" + "|b|\n" * 200_000
    assert load_file("a.md", table).only.body.count("|b|") == 200_000


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
