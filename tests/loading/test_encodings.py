"""Which text do these bytes spell? On paragraphs written for this test."""

from __future__ import annotations

from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import ArgumentError, LoadError
from searchkit.loading import LoadOptions
from searchkit.loading.encoding import decode

ZWNJ = "\u200c"
PARAGRAPHS = [
    "هر سال در آغاز پاییز، باغ" + ZWNJ + "داران روستا انارهای رسیده را می" + ZWNJ + "چینند و در سبدهای چوبی به شهر "
    "می" + ZWNJ + "برند. پدربزرگ می" + ZWNJ + "گوید مزهٔ انار به آب و آفتاب همان سال بسته است، نه به نام درخت.",
    "راه آهن شمال از دل کوه می" + ZWNJ + "گذرد. مسافران پشت پنجره ایستاده" + ZWNJ + "اند و پل بلند را نگاه می" + ZWNJ
    + "کنند؛ پلی که نود سال پیش بی هیچ ماشین بزرگی ساخته شد. آیا امروز کسی حوصلهٔ چنین کاری دارد؟",
    "پژوهشگران دانشگاه دریافتند که خواب کوتاه بعد از ظهر حافظه را بهتر می" + ZWNJ + "کند، ولی نه برای همه. "
    "از ۱۲۰ نفر، ۳۷ نفر گفتند پس از بیدار شدن گیج" + ZWNJ + "تر بوده" + ZWNJ + "اند.",
]  # fmt: skip
AS_1256 = str.maketrans("یۀ۰۱۲۳۴۵۶۷۸۹", "\u064aه0123456789")
AS_8859 = AS_1256 | str.maketrans("کگپچژ", "كغبجز") | {ZWNJ: " ", 0x200C: " ", 0x654: None, ord("،"): "،"}


def old(text, encoding):
    """Write a text as it was written when there was only this encoding."""
    table = {"cp1256": AS_1256, "iso8859-6": AS_8859, "mac-farsi": AS_8859}.get(encoding, {})
    kept = text.translate(table).replace("\u0654", "") if table else text
    return kept.encode(encoding, "ignore").decode(encoding)


def pieces():
    for text in PARAGRAPHS:
        words = text.split()
        for length in (4, 10, len(words)):
            yield " ".join(words[:length])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256"])
@pytest.mark.parametrize("text", list(pieces()))
def test_every_piece_is_read(text, encoding):
    text = old(text, encoding)
    assert decode(text.encode(encoding), "a").text == text


@pytest.mark.parametrize("encoding", ["iso8859-6", "mac-farsi"])
@pytest.mark.parametrize("text", PARAGRAPHS)
def test_older_encodings_are_read(text, encoding):
    text = old(text, encoding)
    decoded = decode(text.encode(encoding), "a")
    shown = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
    assert decoded.text.translate(shown) == text.translate(shown)


@given(
    st.sampled_from(PARAGRAPHS),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256"]),
    st.data(),
)
def test_decoding_undoes_encoding(text, encoding, data):
    words = old(text, encoding).split()
    start = data.draw(st.integers(0, len(words) - 10))
    some = " ".join(words[start : start + data.draw(st.integers(10, 40))])
    decoded = decode(some.encode(encoding), "a")
    assert decoded.text == some
    assert decoded.replaced == 0


@pytest.mark.parametrize(
    ("written_in", "declared"),
    [("utf-8", "windows-1256"), ("cp1256", "utf-8"), ("cp1256", "iso-8859-1"), ("cp1256", "no-such-thing")],
)
def test_a_wrong_declaration_does_no_harm(written_in, declared):
    text = old(PARAGRAPHS[0], written_in)
    assert decode(text.encode(written_in), "a", declared=declared).text == text


def test_a_right_declaration_is_believed():
    text = "Всё это написано по-русски"
    assert decode(text.encode("koi8-r"), "a", declared="koi8-r").text == text


def test_one_bad_byte_costs_one_character():
    data = PARAGRAPHS[1].encode()
    decoded = decode(data[:40] + b"\xff" + data[40:], "a")
    assert decoded.encoding == "utf-8"
    assert decoded.replaced == 1
    assert decoded.text.replace("\ufffd", "") == PARAGRAPHS[1]


def misread(text, written_in, read_as):
    """Return what stands in a file whose bytes were once read in a wrong encoding; programs keep bytes it has not."""
    data = text.encode(written_in)
    return "".join(bytes([byte]).decode(read_as, "ignore") or chr(byte) for byte in data)


@pytest.mark.parametrize("read_as", ["cp1252", "iso8859-1", "cp1256"])
@pytest.mark.parametrize("text", [*pieces(), "ایران", "قیمت ۱۲ ریال، و 3 US$ «گران»"])
def test_a_text_that_was_read_wrong_before_is_repaired(text, read_as):
    decoded = decode(misread(text, "utf-8", read_as).encode(), "a")
    assert decoded.text == text
    assert decoded.repaired in (read_as, "cp1252")
    assert decoded.garbled == 0


@pytest.mark.parametrize("text", PARAGRAPHS)
def test_1256_that_was_read_as_latin_is_repaired(text):
    text = old(text, "cp1256")
    decoded = decode(misread(text, "cp1256", "iso8859-1").encode(), "a")
    assert (decoded.text, decoded.repaired) == (text, "iso8859-1")


def test_only_what_was_read_wrong_is_repaired():
    mixed = "Café — قهوه: " + misread("قهوهٔ تلخ", "utf-8", "cp1252") + " Ørsted"
    assert decode(mixed.encode(), "a").text == "Café — قهوه: قهوهٔ تلخ Ørsted"


@pytest.mark.parametrize(
    "text",
    [
        *PARAGRAPHS,
        "Ørsted, Ålesund, Ærø, Þór, Ðà Lạt, naïve café, Ünïcödé",
        "Ïðèâåò, êàê äåëà, ÷òî íîâîãî ó âàñ",  # Russian in windows-1251
        "Êáëçìåñá êüóìå ôé íÝá",  # Greek
        "ÇíÑÇä",  # one word
        "Ø§ Ù",
        "ÀÉÎÕÜ ÇÀ ÉÀÉ ÊÊÊ",
        "\u0637\u0631\u062d \u0638\u0647\u0631 \u063a\u0630\u0627",
    ],
)
def test_what_may_be_right_is_left(text):
    decoded = decode(text.encode(), "a")
    assert (decoded.text, decoded.repaired) == (text, "")


def test_what_was_read_wrong_is_told(load_file):
    whole = misread("کتاب تاریخ", "utf-8", "cp1252")
    assert load_file("a.txt", whole).only.fields == {"source": "a.txt", "repaired": "cp1252"}
    document = load_file("a.md", f"{whole} {whole[:-1]}").only
    assert document.fields == {"source": "a.md", "repaired": "cp1252", "garbled": 1}
    assert document.body == f"کتاب تاریخ کتاب {whole.split()[1][:-1]}"


def test_what_the_user_says_is_not_doubted():
    assert decode("سلام".encode(), "a", encoding="latin-1").text == "سلام".encode().decode("latin-1")


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x10\0", b"text\0with a NUL in it", bytes(range(256))]
)
def test_binary_is_no_text(data):
    with pytest.raises(LoadError, match="binary"):
        decode(data, "a")


@given(st.binary())
def test_any_bytes_are_a_text_or_a_reason(data):
    try:
        decode(data, "a").text.encode()
    except LoadError as error:
        assert error.reason  # noqa: PT017


def test_an_unknown_encoding_is_refused_at_once():
    with pytest.raises(ArgumentError, match="klingon"):
        LoadOptions(encoding="klingon")


@pytest.mark.parametrize("encoding", sorted({*aliases, *aliases.values(), "undefined", "idna", "unicode_escape"}))
def test_an_encoding_reads_any_bytes_or_is_refused(load_file, encoding):
    try:
        LoadOptions(encoding=encoding)
    except ArgumentError as error:
        assert "give a name such as utf-8" in str(error)  # noqa: PT017 (either outcome is right)
        return
    for name in ("a.txt", "a.md", "a.html", "a.jsonl", "a.csv"):
        for data in (b"abc", bytes(range(256)), b"body\nabc\xff\xc3"):
            loaded = load_file(name, data, encoding=encoding)
            assert loaded.documents or loaded.skips or not data.strip()


@pytest.mark.parametrize("encoding", ["hex", "rot13", "zlib", "base64", "idna", "undefined", "", "a\0b", "\ud800", 5])
def test_what_is_no_encoding_is_refused(encoding):
    with pytest.raises(ArgumentError, match="give a name such as utf-8"):
        LoadOptions(encoding=encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "utf-8-sig", "utf-16", "utf-32", "windows-1256", "mac-farsi"])
def test_what_is_an_encoding_is_taken(load_file, encoding):
    text = "\u0627\u0646\u0627\u0631 x"
    assert load_file("a.txt", text.encode(encoding), encoding=encoding).only.body.strip("\ufeff") == text
    assert load_file("a.csv", f"body\n{text}".encode(encoding), encoding=encoding).only.body == text


def test_utf_16_in_pieces_needs_its_mark(load_file):
    (reason,) = load_file("a.jsonl", '{"body": "a"}'.encode("utf-16-le"), encoding="utf-16").reasons
    assert "does not start with BOM" in reason
