"""Files of office programs: what a reader sees of them, and what they say of themselves."""

from __future__ import annotations

import datetime as dt

import pytest
from office_files import W, docx, odt, paragraph, pptx, shape, slide

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


HIDING = '<style:style style:name="H"><style:text-properties text:display="none" xmlns:text="urn:t"/></style:style>'


@pytest.mark.parametrize(
    ("xml", "body"),
    [
        ("<text:h>سر</text:h><text:p>یک</text:p>", "سر\nیک"),
        (f"<text:p>کتاب<text:span>{ZWNJ}ها</text:span> را</text:p>", f"کتاب{ZWNJ}ها را"),
        ('<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d</text:p>', "a b c\nd"),
        ("<text:p>a\n  b</text:p>", "a b"),
        ("<text:list><text:list-item><text:p>a</text:p></text:list-item></text:list><text:p>b</text:p>", "a\nb"),
        (
            (
                "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
                "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>"
            ),
            "a b",
        ),
        (
            (
                "<text:p>a<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>note</text:p>"
                "</text:note-body></text:note>b</text:p><text:p>c</text:p>"
            ),
            "ab\nc\nnote",
        ),
        (
            (
                "<text:p>a<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box><svg:title>t</svg:title>"
                "</draw:frame>b</text:p><text:p>c</text:p>"
            ),
            "ab\nbox\nc",
        ),
        ("<text:tracked-changes><text:p>old</text:p></text:tracked-changes><text:p>new</text:p>", "new"),
        ("<text:p>a<office:annotation><text:p>comment</text:p></office:annotation>b</text:p>", "ab"),
        ('<text:p>a<text:span text:style-name="H">hidden</text:span>b</text:p>', "ab"),
        ("<text:p>a<text:hidden-text>hidden</text:hidden-text>b</text:p>", "ab"),
    ],
)
def test_the_text_of_a_writer_file(load_file, xml, body):
    assert load_file("a.odt", odt(xml, styles=HIDING)).only.body == body


def test_what_a_writer_file_says_of_itself(load_file):
    meta = (
        "<meta:initial-creator>مریم</meta:initial-creator><dc:creator>other</dc:creator><dc:language>fa</dc:language>"
        "<meta:creation-date>2024-05-04</meta:creation-date><meta:keyword>یک</meta:keyword><meta:keyword>دو</meta:keyword>"
    )
    document = load_file("a.odt", odt("<text:h>سر</text:h>", meta)).only
    assert (document.title, document.date) == ("سر", dt.date(2024, 5, 4))
    assert document.fields == {"source": "a.odt", "author": "مریم", "language": "fa", "tags": ["یک", "دو"]}


def test_an_encrypted_writer_file(load_file):
    data = odt("<text:p>a</text:p>", **{"META-INF/manifest.xml": "<manifest:encryption-data/>"})
    assert load_file("a.odt", data).reasons == ["encrypted"]


def test_the_pages_of_an_impress_file(load_file):
    pages = "".join(
        f"<draw:page><draw:frame><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>"
        "<presentation:notes><text:p>note</text:p></presentation:notes></draw:page>"
        for text in ("یک", "دو")
    )
    document = load_file("a.odp", odt(pages, kind="presentation")).only
    assert (document.body, document.fields["pages"]) == ("یک\nدو", [0, 3])


def test_the_slides_of_a_powerpoint_file(load_file):
    def cell(text):
        return f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"

    slides = [
        slide(shape("نکته\nدوم"), shape("سرنوشت", "title")),
        slide(shape("unseen"), show="0"),
        slide(shape("seen"), shape("unseen", hidden="1"), '<a:p><a:fld type="slidenum"><a:t>3</a:t></a:fld></a:p>'),
        slide(f"<a:tbl><a:tr><a:tc>{cell('a')}</a:tc><a:tc>{cell('b')}</a:tc></a:tr></a:tbl>"),
    ]  # fmt: skip
    notes = {"ppt/notesSlides/notesSlide1.xml": slide(shape("note"))}
    document = load_file("a.pptx", pptx(slides, "<dc:title>PowerPoint Presentation</dc:title>", **notes)).only
    assert document.body == "نکته\nدوم\nسرنوشت\nseen\na b"
    assert document.title == "سرنوشت"
    assert [document.body[start:].split("\n")[0] for start in document.fields["pages"]] == [
        "نکته",
        "seen",
        "seen",
        "a b",
    ]
