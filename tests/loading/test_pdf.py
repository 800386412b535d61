"""PDFs: letters that stand from left to right on paper become a text that is read from right to left."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_files import SIMPLE, assembled, drawn, pdf

from searchkit.loading.pdf.paper import Glyph, lines
from searchkit.loading.pdf.visual import logical

pytest.importorskip("pdfminer", reason="pdfminer.six is not installed: pip install -e '.[dev]'")


MAP = "begincmap\n1 beginbfchar\n<0001> <0061>\nendbfchar\nendcmap"


def on_paper(text):
    """The glyphs of a line of right-to-left words, from left to right."""
    return list(reversed(text))


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (on_paper("کتاب ایران"), "کتاب ایران"),
        (list("plain text"), "plain text"),
        (["م", "لا", "س"], "سلام"),
        (["\ufee1", "\ufefc", "\ufeb3"], "سلام"),
        (list("دش ۱۴۰۳ لاس"), "سال ۱۴۰۳ شد"),
        (list("تسا Python 3.11 هخسن"), "نسخه Python 3.11 است"),
        (list("۸۸۷۷-۰۲۱ نفلت"), "تلفن ۰۲۱-۸۸۷۷"),
        (list("۱۴۰۳/۰۲/۱۵ زور"), "روز ۱۴۰۳/۰۲/۱۵"),
        (list("۲٫۵ ددع"), "عدد ۲٫۵"),
        (list("(example.org) یناشن"), "نشانی (example.org)"),
        (list("(لوا) «هنهک رهش»"), "«شهر کهنه» (اول)"),
        (["م", "\u064f", "ک"], "کم\u064f"),
        ([*"دش ", *"con", "fi", *"g هدامآ"], "آماده config شد"),
        ([*"دش ", "1403", " ", *"لاس"], "سال 1403 شد"),
        (["سال ۱۴۰۳ (اول)", *" زا"], "از سال ۱۴۰۳ (اول)"),
        (["ت", "", "س"], "ست"),
        ([], ""),
    ],
)
def test_a_line_is_turned_round(pieces, text):
    assert logical(pieces) == text


@given(st.lists(st.text("ابپتسلم", min_size=1), min_size=1), st.integers(0, 99_999))
def test_words_and_numbers_come_back(words, number):
    text = " ".join([*words, str(number), *words])
    paper = " ".join(
        [*(word[::-1] for word in reversed(words)), str(number), *(word[::-1] for word in reversed(words))]
    )
    assert logical(list(paper)) == text


def row(left, bottom, text):
    return [Glyph(left + 10 * i, left + 10 * i + 10, bottom, bottom + 20, sign) for i, sign in enumerate(text)]


@pytest.mark.parametrize(
    ("glyphs", "found"),
    [
        (row(0, 50, "ab") + row(0, 90, "cd"), ["cd", "ab"]),
        (row(40, 50, "b") + row(0, 50, "a"), ["a b"]),
        (row(0, 50, "ab") + row(0, 50, "ab"), ["ab"]),
        (row(0, 50, "a b"), ["a b"]),
        (row(0, 50, "ab") + row(200, 50, "cd"), ["ab cd"]),
        (list(reversed(row(0, 50, "abc"))), ["abc"]),
        ([Glyph(0, 0, 0, 0, "a")], ["a"]),
        ([], []),
    ],
)
def test_the_lines_of_a_page(glyphs, found):
    assert ["".join(line) for line in lines(glyphs)] == found


def test_columns_are_read_one_after_another():
    latin, persian = "a longer column of text", "ستونی بلندتر از متن است"
    for text, first in ((latin, "a"), (persian, "b")):
        side = {"a": 0, "b": 300}
        glyphs = [g for y in range(6) for name, x in side.items() for g in row(x, 500 - 25 * y, f"{name} {text}")]
        order = ["".join(line)[0] for line in lines(glyphs)]
        assert order == [first] * 6 + [each for each in "ab" if each != first] * 6


def test_the_pages_of_a_pdf(load_file):
    first = [(50, 700, on_paper("کتاب\u200cهای تاریخ")), (50, 660, on_paper("فصل یکم"))]
    document = load_file("a.bin", pdf(first, [(50, 700, on_paper("فصل دوم"))])).only
    assert document.body == "کتاب\u200cهای تاریخ\nفصل یکم\nفصل دوم"
    assert [document.body[start:][:7] for start in document.fields["pages"]] == ["کتاب\u200cها", "فصل دوم"]
    places = [document.body.index(words) for words in ("یکم", "دوم")]
    assert [bisect_right(document.fields["pages"], place) for place in places] == [1, 2]


def test_a_pdf_that_is_written_as_it_is_read(load_file):
    text = "این کتاب را از او به تو می دهم"
    assert load_file("a.pdf", pdf([(10, 700, list(text))])).only.body == text


def test_brackets_that_are_named_by_what_they_were(load_file):
    text = "این «کتاب» (را) دیدم"
    assert load_file("a.pdf", pdf([(10, 700, list(reversed(text)))])).only.body == text


HALF_SPACE = "\u200c"


@pytest.mark.parametrize(
    ("glyphs", "text"),
    [
        ([(10, on_paper("ها")), (30, " ", {"said": HALF_SPACE}), (30, on_paper("کتاب"))], f"کتاب{HALF_SPACE}ها"),
        ([(10, on_paper("ها")), (30.2, " ", {"said": HALF_SPACE}), (30, on_paper("کتاب"))], f"کتاب{HALF_SPACE}ها"),
        ([(10, on_paper("ها")), (30, " "), (30, on_paper("کتاب"))], f"کتاب{HALF_SPACE}ها"),
        ([(10, on_paper("ها")), (30, " "), (40, on_paper("کتاب"))], "کتاب ها"),
        ([(10, "ab"), (30, " "), (30, "cd")], "ab cd"),
        ([(10, "12"), (30, on_paper("سال"), {"said": "سال"})], "سال12"),
        ([(10, "picture", {"said": "کتابخانه"})], "کتابخانه"),
        ([(10, "ab", {"said": ""}), (30, "cd")], "cd"),
    ],
)
def test_what_is_said_to_be_written(load_file, glyphs, text):
    page = [(left, 700, *rest) for left, *rest in glyphs]
    assert load_file("a.pdf", pdf(page)).only.body == text


def test_what_is_said_within_what_is_said(load_file):
    codes = {"a": 1}
    inner = drawn(codes, 10, 700, "a", {"said": "b"})
    content = (
        f"/Span<</ActualText(word)>>BDC\n{inner}{drawn(codes, 20, 700, 'a')}EMC\nEMC\n{drawn(codes, 30, 700, 'a')}"
    )
    assert load_file("a.pdf", assembled([content], MAP)).only.body == "worda"


@pytest.mark.parametrize("opened", ["/Span<</ActualText(b)>>BDC\n", "/P BMC\n"])
def test_what_is_marked_very_deep(load_file, opened):
    text = drawn({"a": 1}, 10, 700, "a")
    content = opened * 30_000 + text + "EMC\n" * 30_000 + "EMC\n" + text.replace("10 700", "20 700")
    assert load_file("a.pdf", assembled([content], MAP)).only.body == ("ba" if "b" in opened else "aa")


@pytest.mark.parametrize("place", [20, 17, 13, 24])
def test_a_mark_belongs_to_the_letter_that_is_drawn_after_it(load_file, place):
    page = [(10, 700, ["د"]), (place, 700, ["\u0650"]), (20, 700, ["ب"])]
    assert load_file("a.pdf", pdf(page)).only.body == "ب\u0650د"


@pytest.mark.parametrize(
    ("order", "text"),
    [
        (["د", "\u064e", "\u0651", "ب"], "ب\u0651\u064eد"),
        (["\ufe76", "ب"], "ب\u064e"),
        (["ب", "\u064e"], "ب\u064e"),
        (["e", "\u0301", "a"], "e\u0301a"),
        (["\u0301"], "\u0301"),
    ],
)
def test_marks(load_file, order, text):
    page = [(10 + 10 * place, 700, [piece]) for place, piece in enumerate(order)]
    assert load_file("a.pdf", pdf(page)).only.body.replace(" ", "") == text


@pytest.mark.parametrize(
    ("glyphs", "text"),
    [
        ([(10, "ت"), (20, [""]), (23, [""]), (33, "س")], "ست"),
        ([(10, "ت"), (20, [""]), (23, [""]), (29, [""]), (39, "س"), (59, [""])], "\ufffd ست"),
        ([(10, "ت"), (20, [""]), (30, "س"), (40, [""]), (50, "پ")], "پست"),
        ([(10, "ت"), (20, [""]), (30, "س"), (40, [""])], "\ufffdس\ufffdت"),
        ([(10, "تست"), (40, ["\uffff"])], "\ufffdتست"),
    ],
)
def test_strokes_that_make_words_longer(load_file, glyphs, text):
    document = load_file("a.pdf", pdf([(left, 700, pieces) for left, pieces in glyphs])).only
    assert document.body == text
    assert document.fields.get("unreadable", 0) == text.count("\ufffd")


@pytest.mark.parametrize(
    ("places", "text"),
    [([20, 23], "ست"), ([20, 23, 60], "$ ست"), ([60], "$ ست"), ([20], "ست")],
)
def test_strokes_of_a_font_that_tells_of_other_glyphs(load_file, places, text):
    mapping = "begincmap\n2 beginbfchar\n<01> <062a>\n<02> <0633>\nendbfchar\nendcmap"
    end = 33 if 23 in places else 30 if 20 in places else 20
    drawn_at = [(10, "01"), *((place, "24") for place in places if place < end), (end, "02")]
    drawn_at += [(place, "24") for place in places if place > end]
    content = "".join(f"BT /F 20 Tf 1 0 0 1 {left} 700 Tm <{code}> Tj ET\n" for left, code in drawn_at)
    data = assembled([content], mapping, font=SIMPLE + "/ToUnicode 6 0 R>>")
    assert load_file("a.pdf", data).only.body == text


def test_a_layer_of_recognised_text(load_file):
    mirrored = {"mirrored": True}
    page = [(200, 700, [*"کتاب", " "], mirrored), (150, 700, [*"1403", " "], mirrored), (100, 700, "متن", mirrored)]
    assert load_file("a.pdf", pdf(page)).only.body == "کتاب 1403 متن"


def test_words_that_overlap(load_file):
    page = [(45, 700, on_paper("شهر")), (10, 700, on_paper("کهنه"))]
    assert load_file("a.pdf", pdf(page)).only.body == "شهر کهنه"


def test_a_glyph_that_stands_for_many_letters(load_file):
    loaded = load_file("a.pdf", pdf([(10, 700, ["a" * 1000] * 101)], [(10, 700, "b")]))
    assert (loaded.reasons, loaded.documents[0].body) == (["page 1: more than 100,000 letters and signs"], "\nb")


def test_what_a_pdf_says_of_itself(load_file):
    title = "\ufeffنامه".encode("utf-16-be").hex()
    info = f"/Title<{title}>/Author(a b)/Subject(s)/Keywords(x, y)/CreationDate(D:20240504103000+03'30')"
    document = load_file("a.pdf", pdf([(10, 700, "text")], info=info, catalog="/Lang(fa)")).only
    zone = dt.timezone(dt.timedelta(hours=3, minutes=30))
    assert (document.title, document.date) == ("نامه", dt.datetime(2024, 5, 4, 10, 30, tzinfo=zone))
    assert document.fields == {
        "source": "a.pdf", "author": "a b", "description": "s", "tags": ["x", "y"], "language": "fa", "pages": [0],
    }  # fmt: skip


def test_a_pdf_where_the_extra_is_not_installed(load_file, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert load_file("a.pdf", pdf([(10, 700, "text")])).reasons == [
        "this kind of file needs an extra: pip install 'persian-searchkit[pdf]'"
    ]


def test_a_page_that_cannot_be_read_keeps_its_number(load_file):
    data = assembled(
        ["BT /F 9 Tf <0001> Tj ET", "BT /F 9 Tf <" + "0001" * 100_001 + "> Tj ET", "BT /F 9 Tf <0001> Tj ET"], MAP
    )
    loaded = load_file("a.pdf", data)
    assert loaded.reasons == ["page 2: more than 100,000 letters and signs"]
    assert (loaded.documents[0].body, loaded.documents[0].fields["pages"]) == ("a\n\na", [0, 2, 3])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf([]), "no text in it; pictures of pages have to be recognised (OCR) first"),
        (assembled(["BT /F 9 Tf 1 0 0 1 9 9 Tm <00050006> Tj ET"], ""), "its fonts do not say which letters they show"),
        (b"%PDF-1.7\n1 0 obj", "damaged (PDFSyntaxError: No /Root object! - Is this really a PDF?)"),
        (
            pdf([(10, 700, "text")]).replace(
                b"/Info 7 0 R", b"/Info 7 0 R/ID[(a)(a)]/Encrypt<</Filter/Standard/V 1/R 2/O(a)/U(b)/P -4>>"
            ),
            "encrypted",
        ),
    ],
)
def test_a_pdf_without_text(load_file, data, reason):
    assert load_file("a.pdf", data).reasons == [reason]
