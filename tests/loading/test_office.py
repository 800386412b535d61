"""Files of office programs: what a reader sees of them, and what they say of themselves."""

from __future__ import annotations

import datetime as dt

import pytest
from office_files import W, docx, paragraph

ZWNJ = "\u200c"
P = paragraph


@pytest.mark.parametrize(
    ("xml", "body"),
    [
        (P("یک") + P("دو"), "یک\nدو"),
        (f"<w:p><w:r><w:t>کتاب</w:t></w:r><w:r><w:t>{ZWNJ}ها</w:t></w:r></w:p>", f"کتاب{ZWNJ}ها"),
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>", "a b\nc"),
        ("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>a</w:t></w:r></w:p>", "a"),
        ("<w:p><w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t></w:r></w:p>", "a-b"),
        (
            (f"<w:tbl><w:tr><w:tc>{P('a')}{P('b')}</w:tc><w:tc>{P('c')}</w:tc></w:tr>"
            f"<w:tr><w:tc>{P('d')}</w:tc></w:tr></w:tbl>"),
            "a b c\nd",
        ),
        (
            ("<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
            "<w:del><w:r><w:delText>old</w:delText><w:t>o</w:t></w:r></w:del></w:p>"),
            "new",
        ),
        ("<w:moveFrom><w:p><w:r><w:t>old</w:t></w:r></w:p></w:moveFrom>" + P("new"), "new"),
        ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:t>seen</w:t></w:r></w:p>", "seen"),
        ('<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>seen</w:t></w:r></w:p>', "seen"),
        ("<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>seen</w:t></w:r></w:p>", "seen"),
        ('<w:p><w:r><w:rPr><w:rStyle w:val="H"/></w:rPr><w:t>hidden</w:t></w:r></w:p>' + P("seen"), "seen"),
        ("<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>۳</w:t></w:r></w:p>", "۳"),
        (
            f"<w:p><w:r><w:t>a</w:t><wps:txbxContent>{P('box')}</wps:txbxContent></w:r><w:r><w:t>b</w:t></w:r></w:p>"
            + P("c"),
            "ab\nbox\nc",
        ),
        (
            (f"<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{P('box')}</w:txbxContent></mc:Choice>"
            f"<mc:Fallback><w:txbxContent>{P('box')}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"),
            "box",
        ),
        ("<w:p><w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink></w:p>", "link"),
        ("<w:p><m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath></w:p>", "x=2"),
        ("<w:p><w:r><w:t>&lt;b&gt; &#1705;</w:t></w:r></w:p>", "<b> ک"),
    ],
)  # fmt: skip
def test_the_text_of_a_word_file(load_file, xml, body):
    assert load_file("a.docx", docx(xml)).only.body == body


def test_notes_of_a_word_file_come_last_and_comments_not_at_all(load_file):
    rule = f'<w:footnote w:type="separator">{P("-")}</w:footnote>'
    notes = f"<w:footnotes {W}>{rule}<w:footnote>{P('note')}</w:footnote></w:footnotes>"
    comments = f"<w:comments {W}><w:comment>{P('comment')}</w:comment></w:comments>"
    ends = f"<w:endnotes {W}><w:endnote>{P('end')}</w:endnote></w:endnotes>"
    data = docx(P("a") + P("b"), footnotes=notes, endnotes=ends, comments=comments, header1=notes)
    assert load_file("a.docx", data).only.body == "a\nb\nnote\nend"


@pytest.mark.parametrize(
    ("core", "xml", "title"),
    [
        ("<dc:title>نام</dc:title>", P("سر", '<w:pPr><w:pStyle w:val="1"/></w:pPr>'), "نام"),
        ("<dc:title> </dc:title>", P("سر", '<w:pPr><w:pStyle w:val="1"/></w:pPr>'), "سر"),
        ("<dc:title>Untitled</dc:title>", P("a") + P("سر", '<w:pPr><w:pStyle w:val="T"/></w:pPr>'), "سر"),
        ("<dc:title>Microsoft Word - نام</dc:title>", P("a"), "نام"),
        ("", P("a"), ""),
    ],
)
def test_the_title_of_a_word_file(load_file, core, xml, title):
    assert load_file("a.docx", docx(xml, core)).only.title == title


def test_what_a_word_file_says_of_itself(load_file):
    core = (
        "<dc:creator>مریم</dc:creator><dc:description>d</dc:description><dc:language>fa-IR</dc:language>"
        "<cp:keywords>یک، دو; two</cp:keywords><dcterms:created>2024-05-04T10:00:00Z</dcterms:created>"
    )
    document = load_file("any.name", docx(P("a"), core)).only
    assert document.date == dt.datetime(2024, 5, 4, 10, tzinfo=dt.UTC)
    assert document.fields == {
        "source": "any.name", "author": "مریم", "description": "d", "language": "fa-IR", "tags": ["یک", "دو", "two"],
    }  # fmt: skip


def test_a_word_file_without_text(load_file):
    assert load_file("a.docx", docx("<w:p/>")).reasons == ["no text in it"]
