"""Files that are damaged anywhere give documents or reasons, and never another error."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile

import pytest
import zstandard
from doc_files import summary, word
from hypothesis import example, given, settings
from hypothesis import strategies as st
from office_files import CORE, STYLES, docx, epub, odt, paragraph, pptx, row, shape, slide, xlsx, zipped
from test_archives import tarred

from searchkit.documents import Document, Skip
from searchkit.errors import DocumentError, LoadError
from searchkit.loading import LoadOptions
from searchkit.loading.reading import read_stream
from searchkit.loading.unpacking import Budget, packing, unpacked

NOTE = "<text:note><text:note-body><text:p>c</text:p></text:note-body></text:note>"
CELLS = '<row><c r="A2" t="s"><v>0</v></c><c s="0"><v>45416</v></c></row>'
DAYS = '<cellXfs><xf numFmtId="14"/></cellXfs>'
INFO = rb"{\fonttbl{\f0\fcharset178 A;}}{\info{\title t}{\creatim\yr2024\mo5\dy4}}"
WHOLE = {
    "a.docx": docx(paragraph("متن"), "<dc:title>t</dc:title><cp:keywords>a</cp:keywords>"),
    "a.odt": odt(f"<text:h>a</text:h><text:p>b{NOTE}</text:p>"),
    "a.ods": odt(
        '<table:table table:name="s"><table:table-row><table:table-cell><text:p>body</text:p></table:table-cell>'
        '</table:table-row><table:table-row><table:table-cell table:number-columns-repeated="3" '
        'office:value-type="float" office:value="1.5"/></table:table-row></table:table>',
        '<meta:document-statistic meta:table-count="1"/>',
        kind="spreadsheet",
    ),
    "a.doc": word(
        "متن\rb\a\a\x13 c \x14d\x15",
        hidden=[(0, 3, 0), (3, 4, 0x083C)],
        paragraphs=[(0, 4, 1, b""), (4, 9, 0, b"\x16\x24\1\x17\x24\1")],
        streams={"\x05SummaryInformation": summary(title="t", created=133592922000000000)},
    ),
    "a.pptx": pptx([slide(shape("a", "title"), shape("b"))]),
    "a.xlsx": xlsx({"s": row(1, "body") + CELLS}, ["<t>x</t>"], DAYS),
    "a.epub": epub({"a.xhtml": "<h1>a</h1>", "b.xhtml": "b"}, "<dc:title>t</dc:title>"),
    "a.zip": zipped({"a.txt": "text", "b.jsonl": '{"body": "a"}', "c.zip": zipped({"d.md": "# a"})}),
    "a.tar": tarred({"a.txt": b"text", "d/" * 90 + "b.txt": b"more"}),
    "a.tgz": tarred({"a.txt": b"text"}, "w:gz"),
    "a.txt.bz2": bz2.compress(b"text" * 99),
    "a.txt.xz": lzma.compress(b"text" * 99),
    "a.txt.gz": gzip.compress(b"text" * 99),
    "a.txt.zst": zstandard.compress(b"text" * 99),
    "a.rtf": rb"{\rtf1\ansicpg1256" + INFO + rb"\uc1 \u1705?\'c8{\footnote a}b\par}",
}
PARTS = {
    "a.docx": ("word/document.xml", "<a><p><r><t>b</t></r></p><tbl><tr><tc><p><r><t>c</t></r></p></tc></tr></tbl></a>"),
    "b.docx": ("word/styles.xml", STYLES),
    "c.docx": ("docProps/core.xml", CORE.format("<dc:title>t</dc:title>")),
    "a.odt": (
        "content.xml",
        '<a><p>b<s c="2"/><text-box><p/></text-box></p><table-row><table-cell><h>d</h></table-cell></table-row></a>',
    ),
    "a.xlsx": (
        "xl/worksheets/s1.xml",
        '<a><row r="1"><c t="str"><v>body</v></c></row><row><c r="A2" t="b"><v>1</v></c><c r="D2"/></row></a>',
    ),
    "a.pptx": (
        "ppt/slides/slide1.xml",
        '<sld show="1"><sp><a><cNvPr hidden="0"/><ph type="title"/></a><p><r><t>a</t></r><br/></p></sp></sld>',
    ),
    "a.epub": (
        "OEBPS/a.opf",
        '<a><item id="i" href="a.xhtml" media-type="text/html"/><itemref idref="i"/><title>t</title></a>',
    ),
}


def check(name, data):
    """Read it as a file of that name is read."""
    try:
        stream = io.BufferedReader(io.BytesIO(data))
        how = packing(stream.peek(16), name)
        loaded = list(
            read_stream(unpacked(stream, how, name, Budget(1_000_000)) if how else stream, name, LoadOptions())
        )
    except (LoadError, DocumentError) as error:
        assert str(error)  # noqa: PT017
    else:
        assert all(isinstance(each, Document | Skip) for each in loaded)


def changed(data, changes, end):
    damaged = bytearray(data)
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    return bytes(damaged[: len(damaged) - end % len(damaged)])


CHANGES = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), max_size=6)
ENDS = st.one_of(st.just(0), st.integers(0, 1 << 16))


@pytest.mark.parametrize("name", WHOLE)
@example(changes=[(2_459, 0)], end=0)  # a ZIP file whose table names nothing
@settings(max_examples=60, deadline=None)
@given(changes=CHANGES, end=ENDS)
def test_a_damaged_file(name, changes, end):
    check(name, changed(WHOLE[name], changes, end))


@pytest.mark.parametrize("name", PARTS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_part_of_other_elements(name, data):
    """The tags of a part, some of them left out, twice or in another order: XML is checked as far as it goes."""
    member, text = PARTS[name]
    tags = [f"<{piece}" for piece in text.split("<")[1:]]
    chosen = data.draw(st.lists(st.sampled_from(tags), max_size=20))
    files = members(WHOLE[f"a.{name[2:]}"])
    check(name, zipped(files | {member: "".join([tags[0], *chosen, tags[-1]])}))


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
