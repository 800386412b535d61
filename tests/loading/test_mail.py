"""E-mail, boxes of it and saved pages: what a reader sees, and what is attached."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import quopri
import tracemalloc
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from office_files import zipped

from searchkit.errors import LoadError
from searchkit.loading import LoadOptions
from searchkit.loading.mail import mail

TEXT = "سلام دوستان،\nنشست فردا در کتابخانه\u200cها برگزار می\u200cشود."
OLD = "سلام دوستان، فردا در شهر باران ".replace("ی", "\u064a")


def message(text=TEXT, html="", **headers):
    made = EmailMessage()
    for key, value in {"Subject": "نشستِ فردا در کتابخانهٔ مرکزی شهر ما ساعت ده صبح خواهد بود", **headers}.items():
        made[key.replace("_", "-")] = value
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def test_a_message(load_file):
    made = message(
        From="مریم رستمی <m@example.ir>", To="a@example.ir", Date="Sat, 04 May 2024 10:30:00 +0330",
        Message_ID="<17@example.ir>", Keywords="نشست, کتاب", html="<p>دیگر</p>",
    )  # fmt: skip
    document = load_file("a.eml", made.as_bytes()).only
    assert (document.id, document.title, document.body) == ("17@example.ir", made["Subject"], TEXT)
    assert document.date.isoformat() == "2024-05-04T10:30:00+03:30"
    assert document.fields == {"author": "مریم رستمی", "tags": ["نشست", "کتاب"], "source": "a.eml"}


@pytest.mark.parametrize("transfer", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1256"])
@pytest.mark.parametrize("charset", ['; charset="utf-8"', "; charset=windows-1256", "; charset=klingon", ""])
def test_a_charset_that_lies_does_no_harm(load_file, transfer, encoding, charset):
    data = OLD.encode(encoding)
    content = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring, "8bit": bytes}[transfer](data)
    head = f"Subject: x\r\nContent-Type: text/plain{charset}\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n"
    assert load_file("a.eml", head.encode() + content).only.body == OLD.strip()


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (b"=?utf-8?B?2LPZhA==?= =?utf-8?B?2KfZ?=\r\n =?UTF-8?Q?=85?= !", "سلام !"),
        (b"=?windows-1256?Q?=D3=E1=C7=E3_=C8=E5?= (a)", "سلام به (a)"),
        (OLD.encode("cp1256"), OLD.strip()),
        (OLD.encode(), OLD.strip()),
        (b"=?utf-8?Q?" + OLD.encode("cp1256").replace(b" ", b"_") + b"?=", OLD.strip()),
        (b"=?klingon?B?2LPZhNin2YU=?=", "سلام"),
        (b"=?utf-8?X?abc?= =?utf-8?B?2?=", "=?utf-8?X?abc?="),
        (b" plain\r\n\tfolded", "plain folded"),
    ],
)
def test_headers_are_decoded(load_file, subject, title):
    assert load_file("a.eml", b"Subject: " + subject + b"\r\nFrom: a@b\r\n\r\nbody").only.title == title


def test_the_text_is_the_plain_one_or_that_of_the_page(load_file):
    page = "<html><head><title>t</title></head><body><p>در <b>کتاب</b>خانه</p><style>x</style></body></html>"
    made = message(html=page)
    assert load_file("a.eml", made.as_bytes()).only.body == TEXT
    made = message(" ", html=page)
    assert load_file("a.eml", made.as_bytes()).only.body == "در کتابخانه"
    alone = f"Content-Type: text/html\n\n<meta charset=windows-1256>{OLD}".encode("cp1256")
    assert load_file("a.eml", b"From: a@b\n" + alone).only.body == OLD.strip()


def test_what_is_attached_is_read_as_any_other_file(load_file):
    made = message(From="a@example.ir")
    made.add_attachment("body\nدر جدول", filename="جدول.csv")
    made.add_attachment(b"\x89PNG\0", maintype="image", subtype="png", filename="../b.png")
    made.add_attachment("یک", filename="x/y.txt")
    made.add_attachment("دو", filename="y.txt")
    made.add_attachment(message("درونی", Subject="نامهٔ درونی"))
    made.add_attachment(b"...", maintype="application", subtype="pgp-signature", filename="signature.asc")
    loaded = load_file("a.eml", made.as_bytes())
    assert {document.id: document.body for document in loaded.documents} == {
        "a.eml": TEXT, "a.eml!جدول.csv#2": "در جدول", "a.eml!y.txt": "یک", "a.eml!4-y.txt": "دو",
        "a.eml!part5.eml": "درونی",
    }  # fmt: skip
    assert {document.fields["source"] for document in loaded.documents} == {"a.eml"}
    assert [tuple(skip) for skip in loaded.skips] == [("a.eml!b.png", "unknown kind of file: .png")]


def test_messages_within_messages_end(load_file):
    made = message("0", Subject="s")
    for depth in range(1, 8):
        outer = message(str(depth), Subject="s")
        outer.add_attachment(made)
        made = outer
    loaded = load_file("a.eml", made.as_bytes())
    assert [document.body for document in loaded.documents] == ["7", "6", "5", "4", "3"]
    assert loaded.reasons == ["files within files, more than 4 deep"]


def test_what_is_attached_may_be_packed(load_file):
    made = message()
    made.add_attachment(gzip.compress("یک".encode()), maintype="application", subtype="gzip", filename="a.txt.gz")
    made.add_attachment(zipped({"b.txt": "دو"}), maintype="application", subtype="zip", filename="b.zip")
    loaded = load_file("a.eml", made.as_bytes())
    assert {document.id: document.body for document in loaded.documents} == {
        "a.eml": TEXT, "a.eml!a.txt.gz": "یک", "a.eml!b.zip!b.txt": "دو",
    }  # fmt: skip
    assert not loaded.skips


BOMB = b"a word " * 40_000
BEYOND = "unpacks to more than 100 times its size"


@pytest.mark.parametrize("pack", [lambda data: zipped({"a.txt": data}), gzip.compress, bz2.compress])
def test_what_is_attached_is_unpacked_on_one_budget(load_file, pack):
    made, bomb = message(), pack(BOMB)
    for number in range(100):
        made.add_attachment(bomb, maintype="application", subtype="octet-stream", filename=f"{number}.txt")
    mail = made.as_bytes()
    most = max(1_000_000, 100 * len(mail))
    loaded = load_file("a.eml", mail, max_bytes=1_000_000)
    assert loaded.documents[0].body == TEXT
    assert len(loaded.documents) == 1 + min(most // len(BOMB), 100)
    assert loaded.reasons[-1:] == ([BEYOND] if most < 100 * len(BOMB) else [])


def test_many_small_bombs_are_bounded_as_a_whole(load_file):
    made, bomb = message(), bz2.compress(BOMB)
    for number in range(999):
        made.add_attachment(bomb, maintype="a", subtype="b", filename=f"{number}.txt")
    mail = made.as_bytes()
    loaded = load_file("a.eml", mail, max_bytes=1_000_000)
    read = sum(len(document.body) for document in loaded.documents)
    assert 999 * len(BOMB) > 100 * len(mail) >= read > 90 * len(mail)
    assert loaded.reasons[-1] == BEYOND


def test_a_box_is_unpacked_on_one_budget(load_file):
    made = message()
    made.add_attachment(bz2.compress(BOMB), maintype="a", subtype="b", filename="a.txt")
    box = b"".join(b"From a@b Sat May  4 10:30:00 2024\n" + made.as_bytes() + b"\n\n" for _ in range(100))
    loaded = load_file("a.mbox", box, max_bytes=1_000_000)
    bodies = [document.body for document in loaded.documents]
    assert bodies.count(TEXT) == 100, "the messages themselves are read"
    assert (len(bodies) - 100) * len(BOMB) <= 100 * len(box) < 100 * len(BOMB)
    assert loaded.reasons[-1] == f"message 100: {BEYOND}"


BOX = "".join(
    f"From a@b Sat May  4 10:30:0{n} 2024\n{'Message-ID: <k@b>' if n == 2 else 'X: y'}\nSubject: s{n}\n\n"
    f"متن {n}\n\nFrom here on it goes on\n>From quoted\n\n"
    for n in range(4)
)


@pytest.mark.parametrize("name", ["a.mbox", "Inbox", "a.eml"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_box_of_messages(load_file, name, end):
    loaded = load_file(name, BOX.replace("\n", end))
    assert [document.id for document in loaded.documents] == [f"{name}#1", f"{name}#2", "k@b", f"{name}#4"]
    assert [document.title for document in loaded.documents] == ["s0", "s1", "s2", "s3"]
    assert loaded.documents[1].body == "متن 1\n\nFrom here on it goes on\nFrom quoted"
    assert {document.fields["source"] for document in loaded.documents} == {name}


def test_a_message_of_a_box_that_is_too_large_is_named_and_the_rest_goes_on(load_file):
    large = "From a@b Sat May  4 10:30:00 2024\nSubject: x\n\n" + "y" * 900_000 + "\n\n"
    loaded = load_file("a.mbox", BOX + large + BOX, max_bytes=100_000)
    assert len(loaded.documents) == 8
    assert loaded.reasons == ["message 5: larger than 0.1 MB"]


@pytest.mark.parametrize("content", ["From my window I see\nthe garden", "Nothing but words"])
def test_a_text_that_only_looks_so_is_a_text(load_file, content):
    assert load_file("a", content).only.body == content


SAVED = """From: <Saved by Blink>
Snapshot-Content-Location: https://example.ir/1
Subject: =?utf-8?Q?=D8=A8=D8=A7=D8=BA?=
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="----MultipartBoundary--abc----"

------MultipartBoundary--abc----
Content-Type: {type}
Content-ID: <frame-1@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: https://example.ir/2

{page}
------MultipartBoundary--abc----
Content-Type: text/css
Content-Location: cid:css-1@mhtml.blink

p {{ color: red }}
------MultipartBoundary--abc------
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["a.mht", "a.mhtml"])
def test_a_saved_page(load_file, name, end):
    page = quopri.encodestring("<html><title>باغ ما</title><p>در باغ گل است.</p></html>".encode()).decode()
    saved = SAVED.format(type="text/html", page=page)
    document = load_file(name, saved.replace("\n", end)).only
    assert (document.id, document.title, document.body) == (name, "باغ ما", "در باغ گل است.")
    assert document.url == "https://example.ir/1"
    elsewhere = saved.replace("Snapshot-Content-Location: https://example.ir/1\n", "")
    assert load_file(name, elsewhere).only.url == "https://example.ir/2"
    canonical = saved.replace("<html>", '<html><link rel=3Dcanonical href=3D"https://example.ir/3">')
    assert load_file(name, canonical).only.url == "https://example.ir/3"


def nested(depth):
    text = "Subject: s\n"
    for level in range(depth):
        text += f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n'
    return text + "\nx"


HEAD = 'Subject: s\nContent-Type: multipart/mixed; boundary="b"\n\n'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "no message"),
        ("words", "no message"),
        ("\0\1\2", "no message"),
        ("A: b\n" * 2_000_000, "headers of more than 262,144 bytes"),
        ("Subject: " + "x" * 2_000_000, "headers of more than 262,144 bytes"),
        ("Subject: s\n" + " x\n" * 2_000_000, "headers of more than 262,144 bytes"),
        (nested(10_000), "parts of a message nested more than 8 deep"),
        (HEAD + "--b\n\nx\n" * 200_000, "more than 1,000 parts"),
        (HEAD + "--b \n\n" * 200_000, "more than 1,000 parts"),
        (HEAD + "--bx\n" * 2_000_000, "too many lines that are nearly a boundary"),
        (HEAD + "--b\n" + "Subject: x\n" * 200_000, "headers of more than 262,144 bytes"),
        ("From: " + "(" * 100_000 + "\n\n", "no text in it"),
        ("From: a\nContent-Type: text/html\n\n" + "<b>" * 1_000_000, "more than 200,000 elements"),
        ("From: a\nContent-Type: text/plain\n\n\0\0\0", "binary"),
        (
            "From: a\nContent-Type: text/plain; charset=utf-7\nContent-Transfer-Encoding: base64\n\n====",
            "no text in it",
        ),
    ],
    ids=lambda value: value[:30],
)
@pytest.mark.parametrize("name", ["a.eml", "a.mht"])
def test_hostile_messages_are_told_in_time(load_file, content, reason, name):
    loaded = load_file(name, content)
    assert not loaded.documents
    assert any(each.startswith(reason) for each in loaded.reasons) or name == "a.mht"
    assert loaded.reasons


@pytest.mark.parametrize(
    "row", ["\n", "\nFrom a 10:30", "From a 10:30\n", "\n\nFrom a 10:30 x\n", ">", "=?", "=?a?q?", "x;", "\n--"]
)
def test_hostile_rows_end_in_time(load_file, row):
    rows = row * (5_000_000 // len(row))
    head = "From a@b Sat May  4 10:30:00 2024\nSubject: "
    for content in (head + "s\n\n" + rows, head + rows[:200_000] + "\n\nx", HEAD + rows):
        loaded = load_file("a.mbox", content)
        assert loaded.documents or loaded.skips


@pytest.mark.thorough
def test_one_message_is_held_at_a_time(tmp_path):
    one = ("From a@b Sat May  4 10:30:00 2024\nSubject: x\n\n" + "برف " * 2_000 + "\n\n").encode()
    stream = io.BufferedReader(io.BytesIO(one * 400))
    tracemalloc.start()
    assert sum(1 for _ in mail.read(stream, "a.mbox", LoadOptions(max_bytes=100_000))) == 400
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000


ROWS = [
    b"Subject: s", b"\n", b"\r\n", b"--b", b"--", b"Content-Type: multipart/mixed; boundary=b",
    b"Content-Type: text/plain;",
    b"Content-Type: multipart/alternative; boundary=b", b" charset*0*=utf-8''%D8", b" filename*1*=x", b"From: (a <",
    b"Content-Disposition: attachment;", b"Content-Transfer-Encoding: base64", b"\xd3\xe1", b"=?utf-8?q?=D8?=", b";",
    b"From a 10:30", b'"', b"; charset=\xff", b'; name="a.txt', b"\0", b"Content-Type: message/rfc822", b"Date: x",
    b"*", b"=",
]  # fmt: skip


@given(st.lists(st.sampled_from(ROWS)), st.binary(max_size=10))
def test_any_rows_are_messages_or_a_reason(rows, more):
    for join in (b"", b"\n"):
        stream = io.BufferedReader(io.BytesIO(join.join(rows) + more))
        try:
            for each in mail.read(stream, "a.eml", LoadOptions()):
                each[1] if isinstance(each, tuple) else each.body.encode()
        except LoadError as error:
            assert error.reason  # noqa: PT017 (either is right)
