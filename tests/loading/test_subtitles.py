"""Subtitles: what is spoken, in lines that can be read."""

from __future__ import annotations

import pytest

SRT = """1
00:00:01,000 --> 00:00:03,500
باران که می\u200cآید

2
00:00:03,600 --> 00:00:05,000 X1:10 X2:20
<i>کوچه بوی خاک</i> {\\an8}می\u200cدهد.

3
00:00:06,000 --> 00:00:07,000
- <font color="#fff">سال ۱۴۰۳ یادت هست؟</font>
- هست!

4
00:00:08,000 --> 00:00:09,000
۱۲۳۴
56
"""
BODY = "باران که می\u200cآید کوچه بوی خاک می\u200cدهد.\nسال ۱۴۰۳ یادت هست؟\nهست!\n۱۲۳۴ 56"
VTT = """WEBVTT - شب بارانی

NOTE
این را کسی نمی\u200cگوید
00 --> ها

STYLE
::cue { color: red }

intro
00:01.000 --> 00:03.500 align:start position:10%
<v راوی>باران که <00:02.000><c>می\u200cآید</c>

2
00:00:03.600 --> 00:00:05.000
کوچه &amp; باغ
کوچه &amp; باغ

00:00:05.000 --> 00:00:06.000
کوچه &amp; باغ
"""


@pytest.mark.parametrize(
    "change", [lambda text: text, lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text]
)
def test_subrip(load_file, change):
    document = load_file("a.srt", change(SRT)).only
    assert (document.id, document.title, document.body) == ("a.srt", "", BODY)


def test_subrip_in_windows_1256(load_file):
    text = SRT.translate(str.maketrans("ی۰۱۲۳۴", "\u064a01234"))
    document = load_file("a.srt", text.encode("cp1256")).only
    assert document.fields == {"source": "a.srt", "encoding": "cp1256"}
    assert document.body == BODY.translate(str.maketrans("ی۰۱۲۳۴", "\u064a01234"))


def test_webvtt(load_file):
    document = load_file("a.vtt", VTT).only
    assert (document.title, document.body) == ("شب بارانی", "باران که می\u200cآید کوچه & باغ")
    assert load_file("a", VTT).only.body == document.body


def test_cues_without_a_blank_line_between_them(load_file):
    text = SRT.replace("\n\n", "\n").replace("۱۲۳۴\n56", "تمام")
    assert load_file("a.srt", text).only.body == BODY.replace("۱۲۳۴ 56", "تمام")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "WEBVTT",
        "WEBVTT\n\nNOTE only",
        "برف",
        "1\n00:00:01,000 --> 00:00:02,000\n",
        "9" * 5_000_000,
        "00:" * 5_000_000,
    ],
    ids=lambda content: content[:10],
)
def test_where_nothing_is_spoken(load_file, content):
    assert load_file("a.srt", content).reasons == ["no subtitles in it"]


@pytest.mark.parametrize(
    "row", ["<", "<a ", "{\\", "-->", "00:00:01,000 --> ", "-", " ", "&", "\u266a", "1\n", "\n", "1\n\n"]
)
def test_hostile_lines_end_in_time(load_file, row):
    loaded = load_file("a.srt", SRT + row * (2_000_000 // len(row)))
    if loaded.skips:
        assert loaded.reasons == ["more than 500,000 lines"]
    else:
        assert loaded.only.body.startswith(BODY)
