"""Books of chapters and sheets of rows."""

from __future__ import annotations

import datetime as dt

import pytest
from office_files import cell, epub, line, ods, row, xlsx

from searchkit.documents import Skip

ZWNJ = "\u200c"


def test_a_book_is_its_chapters_in_order(load_file):
    chapters = {"z.xhtml": "<p/>", "b.xhtml": f"<h1>فصل یک</h1><p>کتاب{ZWNJ}ها</p>", "a.xhtml": "<p>فصل دو</p>"}
    document = load_file("a.epub", epub(chapters)).only
    assert document.body == f"فصل یک\nکتاب{ZWNJ}ها\nفصل دو"
    assert document.title == "فصل یک"
    assert [document.body[start : start + 6] for start in document.fields["pages"]] == ["فصل یک", "فصل دو"]


def test_what_a_book_says_of_itself(load_file):
    meta = (
        "<dc:title>بوستان</dc:title><dc:creator>سعدی</dc:creator><dc:creator>مصحح</dc:creator><dc:date>2024-05-04</dc:date>"
        "<dc:language>fa</dc:language><dc:subject>شعر</dc:subject><dc:subject>کهن</dc:subject><dc:description>d</dc:description>"
    )  # fmt: skip
    document = load_file("a.bin", epub({"a.xhtml": "<h1>x</h1>"}, meta)).only
    assert (document.title, document.date) == ("بوستان", dt.date(2024, 5, 4))
    assert document.fields == {
        "source": "a.bin", "author": "سعدی، مصحح", "language": "fa", "description": "d", "pages": [0],
        "tags": ["شعر", "کهن"],
    }  # fmt: skip


def test_notes_of_a_book_are_kept(load_file):
    assert load_file("a.epub", epub({"a.xhtml": "<p>a</p><aside><p>note</p></aside>"})).only.body == "a\nnote"


def test_chapters_with_names_that_are_written_as_addresses(load_file):
    page = "<body><p>متن</p></body>"
    for href, member in [("%D9%81%D8%B5%D9%84%201.xhtml", "OEBPS/فصل 1.xhtml"), ("../x/./a.xhtml", "x/a.xhtml")]:
        assert load_file("a.epub", epub({href: ""}, **{member: page})).only.body == "متن"
    item = '<item id="x" href="a.xhtml" media-type="application/xhtml+xml"/>'  # named, and in no order
    assert load_file("a.epub", epub({}, items=item, **{"OEBPS/a.xhtml": page})).reasons == ["no text in it"]


def test_a_book_whose_chapters_are_encrypted(load_file):
    reference = '<e><CipherData><CipherReference URI="OEBPS/a.xhtml"/></CipherData></e>'
    loaded = load_file("a.epub", epub({"a.xhtml": "x"}, **{"META-INF/encryption.xml": reference}))
    assert loaded.skips == [Skip("a.epub!OEBPS/a.xhtml", "encrypted"), Skip("a.epub", "encrypted")]


def test_a_chapter_that_is_missing(load_file):
    data = epub({"a.xhtml": "<p>a</p>", "b.xhtml": "b"}).replace(b"OEBPS/b.xhtml", b"OEBPS/c.xhtml")
    loaded = load_file("a.epub", data)
    assert [each.body for each in loaded.documents] == ["a"]
    assert loaded.skips == [Skip("a.epub!OEBPS/b.xhtml", "a chapter that is not there")]


def test_the_rows_of_a_sheet(load_file):
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="str"><v>n</v></c></row>'
        '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="C3"><v>12.0</v></c><c r="D3" t="b"><v>1</v></c></row>'
        '<row r="4"><c r="A4" t="str"><f>1+1</f><v>متن</v></c><c r="B4" s="1"><v>45416</v></c><c r="E4"/></row>'
        '<row r="5"><c r="A5" s="3"/></row>'
    )
    strings = ["<t>body</t>", "<t>date</t>", "<r><t>کتاب</t></r><r><t>ها</t></r><rPh><t>x</t></rPh>"]
    formats = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    first, second = load_file("a.xlsx", xlsx({"s": rows}, strings, formats)).documents
    assert (first.id, first.body, first.fields) == (
        "a.xlsx#3",
        "کتابها",
        {"source": "a.xlsx", "n": 12, "column 4": True},
    )
    assert (second.id, second.body, second.date) == ("a.xlsx#4", "متن", dt.date(2024, 5, 4))


def test_columns_are_named_by_the_options(load_file):
    data = xlsx({"s": row(1, "نام", "محتوا") + row(2, "ا", "ب")})
    document = load_file("a.xlsx", data, body="محتوا", id="نام").only
    assert (document.id, document.body) == ("ا", "ب")
    assert load_file("a.xlsx", data).reasons == [
        "no column body or text or content among نام, محتوا; name the one with the text: --column body=محتوا"
    ]


def test_sheets_are_named_where_there_are_several(load_file):
    rows = row(1, "body") + row(2, "a")
    loaded = load_file("a.xlsx", xlsx({"یک": rows, "دو": rows, "-hidden": rows, "other": row(1, "x") + row(2, "y")}))
    assert [each.id for each in loaded.documents] == ["a.xlsx!یک#2", "a.xlsx!دو#2"]
    assert [skip.source for skip in loaded.skips] == ["a.xlsx!other"]


def test_the_rows_of_a_sheet_of_calc(load_file):
    note = "<office:annotation><text:p>x</text:p></office:annotation><draw:frame><text:p>y</text:p></draw:frame>"
    rows = [
        line("<table:table-cell/>", more=' table:number-rows-repeated="2"'),
        ["body", "date", "n", cell("<text:p>ok</text:p>", ' table:number-columns-repeated="2"'), "t"],
        [
            cell(f"{note}<text:p>کتاب<text:s/>ها</text:p><text:p>دو <text:span>سه<text:tab/></text:span></text:p>"),
            cell("<text:p>۱۵ اردیبهشت</text:p>", value_type="date", date_value="2024-05-04"),
            cell("<text:p>۱۲٫۵</text:p>", value_type="float", value="12.5"),
            cell("<text:p>TRUE</text:p>", value_type="boolean", boolean_value="true"),
            cell(more=' table:number-columns-repeated="1"'),
            cell("<text:p>10:30</text:p>", value_type="time", time_value="PT10H30M00S"),
        ],
        line('<table:table-cell table:number-columns-repeated="16384"/>', more=' table:number-rows-repeated="1048571"'),
        line("<table:covered-table-cell/>", "<table:table-cell/>", cell(value_type="currency", value="7")),
    ]
    loaded = load_file("a.ods", ods({"s": rows}))
    (document,) = loaded.documents
    assert (document.id, document.body, document.date) == ("a.ods#4", "کتاب ها\nدو سه", dt.date(2024, 5, 4))
    assert document.fields == {"n": 12.5, "ok": True, "t": "10:30", "source": "a.ods"}
    assert loaded.reasons == ["line 1048576: no text in it"]


def test_sheets_of_calc_are_named_where_there_are_several(load_file):
    rows = [["body"], ["a"]]
    styles = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    loaded = load_file("a.ods", ods({"یک": rows, "h": rows, "x": [["x"], ["y"], ["z"]], "دو": rows}, styles=styles))
    assert [each.id for each in loaded.documents] == ["a.ods!یک#2", "a.ods!دو#2"]
    assert [skip.source for skip in loaded.skips] == ["a.ods!x"]
    assert load_file("a.ods", ods({"یک": rows})).only.id == "a.ods#2"


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("yyyy-mm-dd", "2024-05-04T12:00:00"),
        ("[$-3000401]dd/mm/yy", "2024-05-04T12:00:00"),
        ("h:mm", "2024-05-04T12:00:00"),
        ('0.0 "days"', 45416.5),
        ("#,##0.00", 45416.5),
        ("General", 45416.5),
        ("[Red]0", 45416.5),
    ],
)
def test_a_number_is_a_moment_where_it_is_shown_as_one(load_file, code, value):
    code = code.replace('"', "&quot;")
    formats = f'<numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts><cellXfs><xf numFmtId="170"/></cellXfs>'
    rows = row(1, "body", "when") + '<row><c t="str"><v>a</v></c><c s="0"><v>45416.5</v></c></row>'
    assert load_file("a.xlsx", xlsx({"s": rows}, formats=formats)).only.fields["when"] == value
