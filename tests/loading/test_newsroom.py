"""A folder as people have it: whatever kind of file a report is in, its words find it, with its title and date."""

from __future__ import annotations

import bz2
import datetime as dt
import email.message
import gzip
import io
import json
import sqlite3
import tarfile

import pytest
from office_files import docx, epub, odt, paragraph, pptx, row, shape, slide, xlsx, zipped
from pdf_files import pdf

from searchkit import SearchIndex, load
from searchkit.documents import Document

TITLE = "گزارش روز"
DAY = dt.date(2024, 5, 4)
WORDS = """آهو اسب انار بادام بلوط پروانه پسته تمساح تنور جنگل چمدان حلزون خرچنگ خورشت دلفان درخت ذرت رعد روباه زنبور
زغال سوسن سنجاب شلغم شتر صابون صدف طاووس طبل عقاب عسل غزال فندق فانوس قطب قایق کبوتر کلاغ گلدان گوزن لاله لنگر مروارید
مهتاب نهنگ نرگس هدهد هلو وزغ ورزاو یخچال یاسمن ساحل سرو موج مخمل کرگدن گندم پلنگ توت ترنج""".split()
CORE = f"<dc:title>{TITLE}</dc:title><dcterms:created>2024-05-04T10:00:00Z</dcterms:created>"
ODF_META = f"<dc:title>{TITLE}</dc:title><meta:creation-date>2024-05-04T10:00:00</meta:creation-date>"
NEWS_ARTICLE = json.dumps({"@type": "NewsArticle", "headline": TITLE, "datePublished": "1403-02-15T10:30:00Z"})
YAML = f"---\ntitle: {TITLE}\ndate: 2024-05-04\n---\n"
TOML = f'+++\ntitle = "{TITLE}"\ndate = 2024-05-04\n+++\n'


def page(head, body):
    return f'<!doctype html><html lang="fa"><head>{head}</head><body>{body}</body></html>'


def wordpress(text):
    said = f'<meta property="og:title" content="{TITLE}"><meta property="article:published_time" content="2024-05-04">'
    menu = "<nav><ul><li><a href='/'>خانه</a></li></ul></nav>"
    return page(f"<title>{TITLE} | روزنامه</title>{said}", f"{menu}<article><h1>{TITLE}</h1><p>{text}</p></article>")


def article(text):
    return page(f'<script type="application/ld+json">{NEWS_ARTICLE}</script>', f"<p>{text}</p>")


def of_word(text):
    declared = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">'
    written = f"<p class=MsoNormal dir=RTL><span lang=FA>{text}<o:p></o:p></span></p>"
    return page(f"{declared}<title>{TITLE}</title>", f"<div class=WordSection1>{written}</div>")


def of_tables(text):
    menu = "<td width=120><a href='a.htm'>خانه</a><br><a href='b.htm'>تماس</a></td>"
    return f"<html><title>{TITLE}</title><body><table><tr>{menu}<td><font size=2>{text}</font></td></tr></table></html>"


def saved(text):
    parts = email.message.EmailMessage()
    parts["Subject"] = TITLE
    parts["Snapshot-Content-Location"] = "https://example.org/a"
    parts.set_content(wordpress(text), subtype="html", cte="quoted-printable")
    parts.make_mixed()
    parts.replace_header("Content-Type", 'multipart/related; type="text/html"; boundary="==1=="')
    return bytes(parts)


def mail(text):
    message = email.message.EmailMessage()
    message["Subject"] = TITLE
    message["Date"] = "Sat, 4 May 2024 10:00:00 +0000"
    message.set_content(text)
    return bytes(message)


def rss(text):
    item = f"<title>{TITLE}</title><pubDate>Sat, 04 May 2024 10:00:00 GMT</pubDate><description>{text}</description>"
    return f'<rss version="2.0"><channel><item>{item}</item></channel></rss>'


def atom(text):
    entry = (
        f"<entry><id>a</id><title>{TITLE}</title><published>2024-05-04T10:00:00Z</published><content>{text}</content>"
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{entry}</entry></feed>'


def record(text):
    return json.dumps({"id": text, "title": TITLE, "body": text, "date": "1403/02/15"}, ensure_ascii=False)


def table(text, between=",", names=("id", "title", "body", "date")):
    return f"{between.join(names)}\n{between.join([text, TITLE, text, '1403/02/15'])}\n"


def database(text):
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, body TEXT, date TEXT)")
    connection.execute("INSERT INTO posts VALUES (1, ?, ?, '2024-05-04')", (TITLE, text))
    connection.commit()
    return connection.serialize()


def paper(text):
    written = "".join(f"{ord(letter):04x}" for letter in TITLE)
    return pdf([(50, 700, list(reversed(text)))], info=f"/Title<feff{written}>/CreationDate(D:20240504100000Z)")


def rich(text):
    title, body = ("".join(f"\\u{ord(letter)}?" for letter in each) for each in (TITLE, text))
    return rf"{{\rtf1\ansi{{\info{{\title {title}}}{{\creatim\yr2024\mo5\dy4}}}}{body}\par}}"


def packed_in_tar(text):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        data = (YAML + text).encode()
        member = tarfile.TarInfo("folder/report.md")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def old(text, encoding="cp1256"):
    """Bytes in an encoding that has no Persian ye."""
    return text.replace("ی", "ي").encode(encoding)


KINDS = {
    "a.txt": (lambda text: text, "", None),
    "b.txt": (lambda text: b"\xef\xbb\xbf" + text.encode(), "", None),
    "c.txt": (lambda text: text.encode("utf-16"), "", None),
    "d.txt": (lambda text: text.encode("utf-16-le"), "", None),
    "e.txt": (old, "", None),
    "f.TXT": (lambda text: text, "", None),
    "گزارش.txt": (lambda text: text, "", None),
    "g.text": (lambda text: text, "", None),
    "h.txt.gz": (lambda text: gzip.compress(text.encode()), "", None),
    "i.txt.bz2": (lambda text: bz2.compress(text.encode()), "", None),
    "j.zip": (lambda text: zipped({"folder/report.md": YAML + text}), TITLE, DAY),
    "k.tgz": (packed_in_tar, TITLE, DAY),
    "NOTES": (lambda text: text, "", None),
    "a.md": (lambda text: YAML + text, TITLE, DAY),
    "b.md": (lambda text: TOML + text, TITLE, DAY),
    "c.md": (lambda text: f"---\ntitle: {TITLE}\ndate: ۱۴۰۳/۰۲/۱۵\n---\n{text}", TITLE, DAY),
    "d.md": (lambda text: f"# {TITLE}\n\n{text}", TITLE, None),
    "wordpress.html": (wordpress, TITLE, DAY),
    "article.html": (article, TITLE, DAY),
    "word.htm": (lambda text: old(of_word(text)), TITLE, None),
    "tables.htm": (of_tables, TITLE, None),
    "utf16.html": (lambda text: wordpress(text).encode("utf-16"), TITLE, DAY),
    "chrome.html": (lambda text: f"<!-- saved from url=(0021)https://example.org/a -->\n{wordpress(text)}", TITLE, DAY),
    "strict.xhtml": (lambda text: f'<?xml version="1.0"?>\n{wordpress(text)}', TITLE, DAY),
    "jekyll.html": (lambda text: f"{YAML}<p>{text}</p>", TITLE, DAY),
    "saved.mhtml": (saved, TITLE, DAY),
    "a.docx": (lambda text: docx(paragraph(text), CORE), TITLE, DAY),
    "a.odt": (lambda text: odt(f"<text:p>{text}</text:p>", ODF_META), TITLE, DAY),
    "a.rtf": (rich, TITLE, DAY),
    "a.pptx": (lambda text: pptx([slide(shape(text))], CORE), TITLE, DAY),
    "a.odp": (
        lambda text: odt(f"<draw:page><draw:frame><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>"
                         "</draw:page>", ODF_META, kind="presentation"), TITLE, DAY,
    ),
    "a.xlsx": (
        lambda text: xlsx({"a": row(1, "id", "title", "body", "date") + row(2, text, TITLE, text, "1403/02/15")}),
        TITLE, DAY,
    ),
    "a.pdf": (paper, TITLE, DAY),
    "a.epub": (
        lambda text: epub({"a.xhtml": f"<p>{text}</p>"}, f"<dc:title>{TITLE}</dc:title><dc:date>2024-05-04</dc:date>"),
        TITLE, DAY,
    ),
    "a.eml": (mail, TITLE, DAY),
    "a.mbox": (lambda text: b"From a@example.org Sat May  4 10:00:00 2024\n" + mail(text), TITLE, DAY),
    "feed.xml": (lambda text: f'<?xml version="1.0"?>\n{rss(text)}', TITLE, DAY),
    "feed.rss": (rss, TITLE, DAY),
    "feed.atom": (atom, TITLE, DAY),
    "a.jsonl": (record, TITLE, DAY),
    "a.json": (lambda text: f"[{record(text)}]", TITLE, DAY),
    "a.csv": (table, TITLE, DAY),
    "b.csv": (lambda text: "\ufeff" + table(text, ";"), TITLE, DAY),
    "c.csv": (lambda text: table(text, names=("شناسه", "عنوان", "متن", "تاریخ")), TITLE, DAY),
    "d.csv": (lambda text: "sep=;\n" + table(text, ";"), TITLE, DAY),
    "e.csv": (lambda text: table(text, names=("ID", "TITLE", "BODY", "DATE")), TITLE, DAY),
    "f.csv": (lambda text: old(table(text)), TITLE, DAY),
    "a.tsv": (lambda text: table(text, "\t").encode("utf-16"), TITLE, DAY),
    "a.db": (database, TITLE, DAY),
    "a.srt": (lambda text: f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n", "", None),
    "a.vtt": (lambda text: f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n", "", None),
    "a.org": (lambda text: f"#+TITLE: {TITLE}\n#+DATE: <2024-05-04 Sat>\n\n{text}\n", TITLE, DAY),
    "a.rst": (lambda text: f"{TITLE}\n=========\n\n:date: 2024-05-04\n\n{text}\n", TITLE, DAY),
    "a.asc": (lambda text: f"= {TITLE}\n:revdate: 2024-05-04\n\n{text}\n", TITLE, DAY),
}  # fmt: skip
"""For each name of a file: what makes its content of a text; the title that it has, and the day."""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory):
    """Index a folder of all kinds, each with a word of its own; return the index, and what could not be read."""
    folder = tmp_path_factory.mktemp("newsroom")
    for (name, (make, *_)), word in zip(KINDS.items(), WORDS, strict=False):
        content = make(f"در خبرها آمده است که {word} را دیدند و از آن نوشتند")
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    loaded = list(load([str(folder)]))
    with SearchIndex.open(folder / "index") as index:
        index.add([document for document in loaded if isinstance(document, Document)])
        yield index, [skip for skip in loaded if not isinstance(skip, Document)]


def test_nothing_is_left_out(newsroom):
    assert newsroom[1] == []
    assert len(WORDS) >= len(KINDS) == newsroom[0].info().documents


@pytest.mark.parametrize(("name", "word"), list(zip(KINDS, WORDS, strict=False)), ids=list(KINDS))
def test_a_file_is_found(newsroom, name, word):
    _, title, day = KINDS[name]
    hits = newsroom[0].search(word, exact=True).hits
    assert [f"/{name}" in hit.document.fields["source"] for hit in hits] == [True]
    assert word in hits[0].snippets[0].text
    found = hits[0].document.date
    assert (hits[0].document.title, found.date() if isinstance(found, dt.datetime) else found) == (title, day)
