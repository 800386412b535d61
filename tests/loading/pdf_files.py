"""PDFs as bytes, put together by hand: a font whose glyphs stand for what they are told to, and are never drawn."""

from __future__ import annotations

import zlib

SIZE = 20


def pdf(*pages, info="", catalog="", packed=True):
    """A PDF with these pages, each a list of `(left, bottom, pieces)`: glyphs from left to right, ten points wide.

    A fourth value may hold `said`, what is said to be written there, and `mirrored`: the glyphs go to the left. The
    font says nothing of an empty piece.
    """
    glyphs = sorted({piece for page in pages for item in page for piece in item[2]})
    codes = {piece: code for code, piece in enumerate(glyphs, start=1)}
    contents = ["".join(drawn(codes, *item) for item in page) for page in pages]
    maps = [f"<{code:04x}> <{piece.encode('utf-16-be').hex()}>\n" for piece, code in codes.items() if piece]
    mapping = f"begincmap\n{len(maps)} beginbfchar\n{''.join(maps)}endbfchar\nendcmap"
    return assembled(contents, mapping, info, catalog, packed)


def drawn(codes, left, bottom, pieces, more=None):
    more = more or {}
    shown = "".join(f"{codes[piece]:04x}" for piece in pieces)
    text = f"BT /F {SIZE} Tf {-1 if more.get('mirrored') else 1} 0 0 1 {left} {bottom} Tm <{shown}> Tj ET\n"
    if "said" not in more:
        return text
    said = ("\ufeff" + more["said"]).encode("utf-16-be").hex()
    return f"/Span<</ActualText<{said}>>>BDC\n{text}EMC\n"


COMPOSITE = "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 6 0 R>>"
SIMPLE = (
    f"<</Type/Font/Subtype/TrueType/BaseFont/A/FirstChar 0/LastChar 255/Widths[{'500 ' * 256}]/FontDescriptor 5 0 R"
)


def assembled(contents, mapping, info="", catalog="", packed=True, *, font=COMPOSITE):
    """A PDF with these streams as the contents of its pages."""
    kids = " ".join(f"{10 + 2 * i} 0 R" for i in range(len(contents)))
    objects = {
        1: f"<</Type/Catalog/Pages 2 0 R {catalog}>>",
        2: f"<</Type/Pages/Kids[{kids}]/Count {len(contents)}>>",
        3: font,
        4: "<</Type/Font/Subtype/CIDFontType2/BaseFont/A"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        "/FontDescriptor 5 0 R/DW 500>>",
        5: "<</Type/FontDescriptor/FontName/A/Flags 4/Ascent 800/Descent -200/FontBBox[0 -200 500 800]>>",
        6: stream(mapping, packed),
        7: f"<<{info}>>",
    }  # fmt: skip
    for i, content in enumerate(contents):
        objects[10 + 2 * i] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {11 + 2 * i} 0 R"
            "/Resources<</Font<</F 3 0 R>>/XObject<</X 8 0 R>>>>>>"
        )
        objects[11 + 2 * i] = stream(content, packed)
    return file(objects)


def stream(content, packed=True, more=""):
    data = content.encode() if isinstance(content, str) else content
    if packed:
        data, more = zlib.compress(data), more + "/Filter/FlateDecode"
    return f"<</Length {len(data)}{more}>>\nstream\n".encode() + data + b"\nendstream"


def file(objects, trailer="/Root 1 0 R/Info 7 0 R"):
    """A PDF with these objects by number, and a table of where they are."""
    out = b"%PDF-1.7\n"
    places = {}
    for number, written in objects.items():
        places[number] = len(out)
        out += (
            f"{number} 0 obj\n".encode() + (written.encode() if isinstance(written, str) else written) + b"\nendobj\n"
        )
    size = max(objects) + 1
    table = "".join(
        f"{places[number]:010} 00000 n \n" if number in places else "0000000000 65535 f \n" for number in range(size)
    )
    return out + f"xref\n0 {size}\n{table}trailer\n<</Size {size}{trailer}>>\nstartxref\n{len(out)}\n%%EOF".encode()
