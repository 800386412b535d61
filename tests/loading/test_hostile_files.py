"""Hostile files of every packed and office format: each ends with a reason, in bounded time and memory."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib

import pytest
import zstandard
from doc_files import compound, entry, page, summary, word
from office_files import W, docx, epub, odt, paragraph, row, xlsx, zipped
from pdf_files import assembled, file, pdf, stream

pytestmark = pytest.mark.thorough

MEMORY = 1 << 30  # of addresses, which is several times what is used
SECONDS = 120  # against a hang; on an idle machine each takes a tenth of it at most

LOAD = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
from searchkit.loading import load
bodies, skips = [], []
for loaded in load([sys.argv[1]]):
    if hasattr(loaded, "body"):
        bodies.append([loaded.id, len(loaded.body), loaded.body[:200]])
    else:
        skips.append([loaded.source, loaded.reason])
print(json.dumps([bodies, skips]))
"""
ZEROS = b"\0" * 10_000_000
TEN_MB = b"a word \n" * 1_250_000
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE a [<!ENTITY b0 'ha'>" + "".join(
    f"<!ENTITY b{i + 1} '{f'&b{i};' * 10}'>" for i in range(10)
) + "]>"  # fmt: skip

FAR_ROW = f'<row r="{"9" * 99}"><c t="s"><v>{"9" * 99}</v></c><c><v>1e999</v></c></row>'


def member(name="a.txt", data=b"text", **values):
    """A ZIP file with one member whose table says something else."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, data)
        for key, value in values.items():
            setattr(info, key, value)
    return out.getvalue()


def overlapping(count):
    """A ZIP file whose table names one member many times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", TEN_MB)
        archive.filelist *= count
    return out.getvalue()


def nested(depth):
    data = zipped({"a.txt": "text"})
    for _ in range(depth):
        data = zipped({"a.zip": data})
    return data


def tar(*infos, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for info in infos:
            archive.addfile(info, io.BytesIO(b"\0" * info.size))
    return out.getvalue()


def info(name, kind=tarfile.REGTYPE, size=0):
    made = tarfile.TarInfo(name)
    made.type, made.size, made.linkname = kind, size, "/etc/passwd" if kind in (b"1", b"2") else ""
    return made


def header(size):
    """The header of a member that says its size in these twelve bytes."""
    block = bytearray(info("a.txt").tobuf())
    block[124:136] = size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def office(document):
    return zipped({"word/document.xml": document})


def package(full_path):
    return zipped({"META-INF/container.xml": f'<c><rootfile full-path="{full_path}"/></c>'})


def forms(depth):
    """A PDF whose page draws a form that draws another one ten times, and so on."""
    objects = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 10 0 R>>>>>>",
        4: stream("/X Do"),
    }
    for i in range(10, 10 + depth):
        inner = f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {i + 1} 0 R>>>>"
        objects[i] = stream("/X Do " * 10, more=inner)
    return file(objects, "/Root 1 0 R")


def pages(kids, more=""):
    objects = {1: "<</Type/Catalog/Pages 2 0 R>>", 2: f"<</Type/Pages/Kids[{kids}]/Count 999999999{more}>>"}
    return file(objects, "/Root 1 0 R")


# The file, how it is called, and what is said of it; None where it is read as it is.
VECTOR = summary(title="x").replace(struct.pack("<II", 30, 2), struct.pack("<II", 0x1000, 2**32 - 1))


def shared_pieces(count):
    """A file of Word whose pieces are all the same text."""
    data = bytearray(word("", pieces=[("a" * 4_000, False)] + [("", False)] * count))
    begins = struct.pack(f"<{count + 1}I", *[4_000] * (count + 1))
    place = data.index(begins)
    data[place : place + len(begins)] = struct.pack(f"<{count + 1}I", *range(4_000, 4_000 * (count + 2), 4_000))
    return bytes(data)


def many_runs(size, said):
    """A file of Word with 10,000 pages of runs, as many as go into each, which have the same properties."""
    count = 28 if size == 13 else 90
    one = bytearray(page([(1_024 + 2 * i, 1_026 + 2 * i, b"") for i in range(count)], size))
    one[510 - len(said) : 510] = said
    for run in range(count):
        one[4 * (count + 1) + size * run] = (510 - len(said)) // 2
    return word("a" * 5_000, pages={size: [bytes(one)] * 10_000})


def many_streams(count):
    """A container with very many empty streams, each to the right of the one before."""
    return compound({"a": b"b"}, more=[entry(f"s{i}", 2, i, 9_999, i + 3) for i in range(count)])


HOSTILE = {
    "gzip bomb": ("a.txt", lambda: gzip.compress(ZEROS) * 200, "larger than 20 MB"),
    "bzip2 bomb": ("a.txt", lambda: bz2.compress(ZEROS) * 200, "more than 100 times its size"),
    "xz bomb": ("a.txt", lambda: lzma.compress(ZEROS) * 200, "larger than 20 MB"),
    "zstd bomb": ("a.txt", lambda: zstandard.compress(ZEROS * 10) * 20, "more than 100 times its size"),
    "gzip bomb of lines": ("a.jsonl", lambda: gzip.compress(b"\n" * 10_000_000) * 30, "more than 100 times its size"),
    "zstd of a huge window": ("a.txt", lambda: b"\x28\xb5\x2f\xfd\x00\xa8\x09\x00\x00a", "not a whole zstd file"),
    "gzip in gzip": ("a.txt", lambda: gzip.compress(gzip.compress(ZEROS)), "binary, not text"),
    "zip bomb": ("a.zip", lambda: zipped({"a.txt": ZEROS * 20}), "more than 100 times its size"),
    "zip of one member many times": ("a.zip", lambda: overlapping(5_000), "more than 100 times its size"),
    "zip in zip": ("a.zip", lambda: nested(40), "more than 4 archives inside one another"),
    "zip of bombs in zip": (
        "a.zip",
        lambda: zipped({"b.zip": zipped({f"{i}.txt": TEN_MB for i in range(30)})}),
        "more than 100 times its size",
    ),
    "zip of a huge table": (
        "a.zip",
        lambda: zipped({"x" * 60_000 + str(i): "" for i in range(280)}),
        "a table of more",
    ),
    "zip that is cut": ("a.zip", lambda: zipped({"a.txt": TEN_MB})[:-30], "not a whole ZIP file"),
    "zip of nothing but its mark": ("a.zip", lambda: b"PK\3\4" + b"\xff" * 999, "not a whole ZIP file"),
    "zip that says too small a size": ("a.zip", lambda: member(data=TEN_MB, file_size=10), "damaged"),
    "zip that says another checksum": ("a.zip", lambda: member(CRC=1), "damaged"),
    "zip that says too large a size": ("a.zip", lambda: member(file_size=1 << 31), None),
    "zip of a link": (
        "a.zip",
        lambda: member("b.txt", b"/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16),
        "a symbolic link",
    ),
    "zip of a device": ("a.zip", lambda: member(external_attr=stat.S_IFBLK << 16), "not a regular file"),
    "zip that is encrypted": ("a.zip", lambda: member(flag_bits=1), "encrypted"),
    "zip of another method": (
        "a.zip",
        lambda: member(compress_type=12),
        "packed in a way that is not read (method 12)",
    ),
    "zip of a path out of it": ("a.zip", lambda: zipped({"../../../../etc/passwd": b"\0"}), "unknown kind of file"),
    "zip of an absolute path": ("a.zip", lambda: zipped({"/etc/passwd.txt": "x"}), None),
    "tar of links and devices": (
        "a.tar",
        lambda: tar(*(info(f"{kind}", kind) for kind in (b"2", b"1", b"3", b"4", b"6"))),
        "not a regular file",
    ),
    "tar of very many links": (
        "a.tgz",
        lambda: tar(*[info("a", tarfile.SYMTYPE)] * 100_001, mode="w:gz"),
        "of its records",
    ),
    "tar of a size beyond its end": ("a.tar", lambda: header(b"77777777777\0"), "ends within a file"),
    "tar of a size below zero": ("a.tar", lambda: header(b"\xff" * 12), "a size below zero"),
    "tar of a huge name": ("a.tgz", lambda: tar(info("a", b"L", 50_000_000), mode="w:gz"), "a name of more than"),
    "tar of a damaged header": (
        "a.tar",
        lambda: tar(info("a.txt", size=9))[:200] + b"\xff" * 900,
        "not a whole TAR file",
    ),
    "tar that is cut": ("a.tar", lambda: tar(info("a.txt", size=9_000))[:3_000], "ends within a file"),
    "docx of entities": ("a.docx", lambda: office(LAUGHS + "<a>&b9;</a>"), "document type"),
    "docx of a file from outside": ("a.docx", lambda: office(OUTSIDE + "<a><p><t>&b;</t></p></a>"), "document type"),
    "docx of entities in UTF-16": (
        "a.docx",
        lambda: office((LAUGHS + "<a>&b9;</a>").encode("utf-16")),
        "document type",
    ),
    "docx nested deep": ("a.docx", lambda: office("<a>" * 500_000), "damaged: no XML"),
    "docx of text boxes in one another": (
        "a.docx",
        lambda: docx("<w:txbxContent><w:p>" * 100 + "<w:r><w:t>a</w:t></w:r>" + "</w:p></w:txbxContent>" * 100),
        None,
    ),
    "docx of very many elements": ("a.docx", lambda: office("<a>" + "<b/>" * 2_100_000 + "</a>"), "2,000,000 elements"),
    "docx of very many attributes": (
        "a.docx",
        lambda: office("<a " + " ".join(f"a{i}='1'" for i in range(300_000)) + "/>"),
        "no text in it",
    ),
    "docx of very many namespaces": (
        "a.docx",
        lambda: office("<a " + " ".join(f"xmlns:a{i}='u:{i}'" for i in range(20_000)) + "/>"),
        "",
    ),
    "docx that unpacks to too much": (
        "a.docx",
        lambda: office(b"<a>" + bytes(range(48, 58)) * 3_000_000 + os.urandom(300_000).hex().encode()),
        "larger than 20 MB",
    ),
    "docx that is cut": ("a.docx", lambda: office(f"<w:document {W}><w:body>" + paragraph("a")), "damaged: no XML"),
    "docx of a longer text": ("a.docx", lambda: office("<a><p><t>" + "a" * 11_000_000), "damaged: no XML"),
    "docx in docx": (
        "a.zip",
        lambda: zipped({"b/word/document.xml": "<a/>", "b.docx": office("<a/>")}),
        "no text in it",
    ),
    "odt of very many blanks": ("a.odt", lambda: odt('<text:p>a<text:s text:c="99999999"/>b</text:p>'), None),
    "odt of a file from outside": (
        "a.odt",
        lambda: zipped({"mimetype": "", "content.xml": OUTSIDE + "<a>&b;</a>"}),
        "document type",
    ),
    "xlsx of one long text many times": (
        "a.xlsx",
        lambda: xlsx({"s": row(1, "body") + '<row><c t="s"><v>0</v></c></row>' * 99_999}, [f"<t>{'a' * 99_999}</t>"]),
        "more than 100 times its size",
    ),
    "xlsx of empty rows": ("a.xlsx", lambda: xlsx({"s": "<row/>" * 1_500_000}), "elements"),
    "xlsx of a far column": (
        "a.xlsx",
        lambda: xlsx({"s": row(1, "body") + '<row><c r="ZZZ2"><v>1</v></c></row>'}),
        "1,000 columns",
    ),
    "xlsx of far numbers": ("a.xlsx", lambda: xlsx({"s": row(1, "body") + FAR_ROW}), "no text in it"),
    "ods of rows and cells that are repeated": (
        "a.ods",
        lambda: odt(
            '<table:table table:name="a"><table:table-row><table:table-cell><text:p>body</text:p></table:table-cell>'
            '</table:table-row><table:table-row table:number-rows-repeated="99999999"><table:table-cell '
            f'table:number-columns-repeated="99999999"><text:p>{"a" * 9_999}</text:p></table:table-cell>'
            "</table:table-row></table:table>" * 50,
            kind="spreadsheet",
        ),
        "1,000 columns",
    ),
    "ods of one long text in many columns": (
        "a.ods",
        lambda: odt(
            '<table:table table:name="a"><table:table-row><table:table-cell><text:p>body</text:p></table:table-cell>'
            "</table:table-row>"
            + (
                '<table:table-row><table:table-cell table:number-columns-repeated="999"><text:p>'
                f"{'a' * 9_999}</text:p></table:table-cell></table:table-row>"
            )
            * 900,
            kind="spreadsheet",
        ),
        "more than 100 times its size",
    ),
    "ods of empty rows": (
        "a.ods",
        lambda: odt('<table:table table:name="a">' + "<table:table-row/>" * 1_500_000, kind="spreadsheet"),
        "elements",
    ),
    "epub of a package from outside": ("a.epub", lambda: package("../../../../etc/passwd"), "no package document"),
    "epub of very much markup": (
        "a.epub",
        lambda: epub({f"{i}.xhtml": "<b>" * 90_000 + "a" for i in range(9)}),
        "elements of the book",
    ),
    "epub of very many items": (
        "a.epub",
        lambda: epub({}, items="<item id='a'/>" * 1_300_000),
        "more than 50,000 parts",
    ),
    "epub that names a chapter very often": (
        "a.epub",
        lambda: epub({"../" * i + "a.xhtml": "a" for i in range(2_000)}),
        "not there",
    ),
    "rtf of groups in groups": ("a.rtf", lambda: rb"{\rtf1" + b"{" * 5_000_000, "inside one another"),
    "rtf of very many words": ("a.rtf", lambda: rb"{\rtf1" + rb"\b" * 6_000_000, "words and signs"),
    "rtf of a length beyond its end": ("a.rtf", lambda: rb"{\rtf1 a\bin9999999999 b}", None),
    "rtf of numbers": ("a.rtf", lambda: rb"{\rtf1 a\u99999999999999 ?\f-99999\uc99999999 \u-1?b}", None),
    "pdf that unpacks to too much": (
        "a.pdf",
        lambda: file(
            {
                1: "<</Type/Catalog/Pages 2 0 R>>",
                2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
                4: stream(zlib.compress(b"q " * 300_000_000, 1)[:-4], packed=False, more="/Filter/FlateDecode"),
            },
            "/Root 1 0 R",
        ),
        "page 1: ",
    ),
    "pdf whose pages hold one another": ("a.pdf", lambda: pages("2 0 R"), "no text in it"),
    "pdf of pages that are not there": ("a.pdf", lambda: pages("9 0 R " * 100_000), ""),
    "pdf of lists in lists": ("a.pdf", lambda: pages("[" * 200_000), ""),
    "pdf of forms in forms": ("a.pdf", lambda: forms(20), "page 1: "),
    "pdf of very many glyphs": (
        "a.pdf",
        lambda: assembled(["BT /F 9 Tf <" + "0001" * 200_000 + "> Tj ET"], ""),
        "page 1: more than 100,000",
    ),
    "pdf of very many signs": ("a.pdf", lambda: assembled(["q Q " * 2_500_000], ""), "page 1: takes more than"),
    "pdf whose table names itself": (
        "a.pdf",
        lambda: pdf([(9, 9, "text")]).replace(b"/Info 7 0 R", b"/Prev 0") + b" " * 99,
        "",
    ),
    "pdf that is cut": ("a.pdf", lambda: pdf([(9, 9, "text")])[:700], ""),
    "pdf of nothing": ("a.pdf", lambda: b"%PDF-" + b"\xff" * 2_000_000, ""),
    "office of 1997 of nothing": ("a.doc", lambda: bytes.fromhex("d0cf11e0a1b11ae1"), "Office 97-2003 (no header)"),
    "doc of very many paragraphs": ("a.doc", lambda: word("\r" * 1_500_000), "more than 1,000,000 paragraphs"),
    "doc of very many fields": ("a.doc", lambda: word("\x13" * 900_000), "no text in it"),
    "doc of very many cells": ("a.doc", lambda: word("a\a" * 900_000), None),
    "doc of very many pieces": (
        "a.doc",
        lambda: word("a" * 300_000, pieces=[("a", True)] * 300_000),
        "more than 200,000 pieces",
    ),
    "doc of pieces that share their text": (
        "a.doc",
        lambda: shared_pieces(100_000),
        "pieces of text that are not there",
    ),
    "doc of very many runs": ("a.doc", lambda: many_runs(13, b"\0\x30" + b"\x16\x24\1" * 30), "more than "),
    "doc of very many hidden runs": ("a.doc", lambda: many_runs(1, b"\x03\x3c\x08\1"), "more than 500,000 runs"),
    "doc of very many streams": ("a.doc", lambda: many_streams(50_000), "which is not read"),
    "doc of a summary of nothing": ("a.doc", lambda: word("a", streams={"\x05SummaryInformation": VECTOR}), None),
    "doc of sectors in a circle": (
        "a.doc",
        lambda: compound({"WordDocument": bytes(6_000_000)}, fat={9: 3}),
        "Word 95 or before",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_ends_with_a_reason(tmp_path, case):
    name, make, expected = HOSTILE[case]
    (tmp_path / name).write_bytes(make())
    ran = subprocess.run(
        [sys.executable, "-c", LOAD, name, str(MEMORY)],
        capture_output=True, text=True, timeout=SECONDS, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    bodies, skips = json.loads(ran.stdout)
    assert not any("root:" in body for _, _, body in bodies)
    if expected is None:
        assert bodies
        assert not skips
    else:
        assert any(expected in reason for _, reason in skips) or (expected == "" and bodies), (bodies, skips)
    assert [path.name for path in tmp_path.iterdir()] == [name], "nothing is written"
