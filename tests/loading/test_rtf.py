r"""Rich Text: letters by code page, by font, by \u; and what is not shown."""

from __future__ import annotations

import datetime as dt

import pytest

ZWNJ = "\u200c"


def escaped(text, encoding="cp1256"):
    return "".join(f"\\'{byte:02x}" if byte > 0x7E else chr(byte) for byte in text.encode(encoding))


def unicoded(text, standing="?"):
    units = text.encode("utf-16-le")
    numbers = [int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2)]
    return "".join(f"\\u{number}{standing}" for number in numbers)


@pytest.mark.parametrize(
    ("rtf", "body"),
    [
        (r"\ansicpg1256 " + escaped("کتاب پارسي"), "کتاب پارسي"),
        (r"\ansicpg1256 " + escaped(f"می{ZWNJ}روم".replace("ی", "ي")), f"مي{ZWNJ}روم"),
        (r"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset178 B;}}\f0 a{\f1 " + escaped("سلام") + r"}\f0 b", "aسلامb"),
        (r"\ansicpg1252\uc1 " + unicoded("یک کتاب"), "یک کتاب"),
        (r"\uc1 " + unicoded("کتاب", r"\'3f") + r"\zwnj " + unicoded("ها"), f"کتاب{ZWNJ}ها"),
        (r"\uc0 " + unicoded("کتاب", " ") + "a", "کتابa"),
        (r"\uc2 " + unicoded("کتاب", "??") + "a", "کتابa"),
        (r"\uc1 " + unicoded("\U0001f600") + "a", "\U0001f600a"),
        (r"\uc1 \u64606?", "\ufc5e"),
        (r"\uc1{\uc0 \u1705 }\u1705?b", "ککb"),
        (r"a\par b\line c\tab d", "a\nb\nc d"),
        ("a\r\nb", "ab"),
        (r"\trowd a\cell b\cell\row c\cell\row", "a b\nc"),
        (r"a\{b\}\\c\~d\_e\-f", "a{b}\\c d-ef"),
        (r"{\v hidden}a\v b\v0 c", "ac"),
        (r"{\deleted old}new", "new"),
        (r"{\stylesheet{\s1 Normal;}}{\colortbl;\red0;}{\header head}{\*\generator x;}{\pict ffff}a", "a"),
        (r"a{\footnote\pard note\par}b\par c", "ab\nc\nnote"),
        (r"a{\*\footnote\chftn\pard note\par}b\par c", "ab\nc\nnote"),
        (r"a{\shp{\*\shpinst{\sp{\sn n}{\sv 1}}{\shptxt box\par}}}b\par c", "ab\nc\nbox"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}", "link"),
        (r"a{\annotation comment}b", "ab"),
        (r"a{\pict\bin5 {{{}}}b", "ab"),
        (r"a\unknown5 b\'", "ab"),
        ("a}}}b{{{", "ab"),
    ],
)
def test_the_text(load_file, rtf, body):
    assert load_file("a.bin", "{\\rtf1\\ansi " + rtf + "}").only.body == body


def test_what_it_says_of_itself(load_file):
    info = r"{\info{\title " + escaped("نامه") + r"}{\author a b}{\keywords x, y}{\creatim\yr2024\mo5\dy4\hr1}}"
    document = load_file("a.rtf", r"{\rtf1\ansicpg1256" + info + "text}").only
    assert (document.title, document.date, document.body) == ("نامه", dt.date(2024, 5, 4), "text")
    assert document.fields == {"source": "a.rtf", "author": "a b", "tags": ["x", "y"]}


def test_what_it_says_again_in_unicode_counts(load_file):
    title = r"{\upr{\title \'3f\'3f\'3f\'3f}{\*\ud{\title " + unicoded("نامه", r"\'3f") + "}}}"
    info = r"{\info{\author a}" + title + r"{\creatim\yr0\mo0\dy0}}"
    document = load_file("a.rtf", r"{\rtf1" + info + "text}").only
    assert (document.title, document.date, document.fields) == ("نامه", None, {"source": "a.rtf", "author": "a"})
