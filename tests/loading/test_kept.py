"""What the README says is kept of each kind of file, is; and it speaks of every kind that there is."""

from __future__ import annotations

import email.message
import json
import re
import sqlite3
from pathlib import Path

import pytest
from doc_files import summary, word
from office_files import docx, epub, ods, odt, paragraph, pptx, row, shape, slide, xlsx
from pdf_files import pdf

from searchkit.loading.formats import FORMATS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
NAMES = ["title", "author", "date", "language", "description", "tags", "url", "pages"]
KEPT = {
    suffix: {name for name, cell in zip(NAMES, cells.split("|"), strict=False) if "✓" in cell}
    for kinds, cells in re.findall(r"^\| (`.*?`) \|((?: ✓? ?\|){8})$", README, re.MULTILINE)
    for suffix in re.findall(r"`(\..+?)`", kinds)
}
ADDRESS = "https://example.org/a"
SAID = {"title": "Title", "author": "An Author", "date": "2024-05-04", "language": "fa", "description": "of it"}
CORE_FACTS = (
    "<dc:title>Title</dc:title><dc:creator>An Author</dc:creator><dcterms:created>2024-05-04</dcterms:created>"
    "<dc:language>fa</dc:language><dc:description>of it</dc:description><cp:keywords>x, y</cp:keywords>"
)
ODF_FACTS = (
    "<dc:title>Title</dc:title><meta:initial-creator>An Author</meta:initial-creator>"
    "<meta:creation-date>2024-05-04T10:00:00</meta:creation-date><dc:language>fa</dc:language>"
    "<dc:description>of it</dc:description><meta:keyword>x</meta:keyword><meta:keyword>y</meta:keyword>"
)
BOOK_FACTS = (
    "<dc:title>Title</dc:title><dc:creator>An Author</dc:creator><dc:date>2024-05-04</dc:date>"
    "<dc:language>fa</dc:language><dc:description>of it</dc:description><dc:subject>x</dc:subject>"
)
OLD_FACTS = summary(title="Title", author="An Author", comments="of it", keywords="x, y", created=133592922000000000)
PAGE = (
    '<!doctype html><html lang="fa"><title>Title</title><meta name="author" content="An Author">'
    '<meta name="description" content="of it"><meta name="keywords" content="x, y">'
    f'<meta property="article:published_time" content="2024-05-04"><link rel="canonical" href="{ADDRESS}"><p>body</p>'
)
ENTRY = (
    '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    f"<language>fa</language><item><title>Title</title><link>{ADDRESS}</link><dc:creator>An Author</dc:creator>"
    "<pubDate>Sat, 04 May 2024 10:00:00 GMT</pubDate><category>x</category><description>of it</description>"
    "<content:encoded>body</content:encoded></item></channel></rss>"
)
ROW = {**SAID, "tags": "x", "url": ADDRESS, "body": "body"}


def message():
    mail = email.message.EmailMessage()
    mail["Subject"], mail["From"], mail["Keywords"] = "Title", "An Author <a@example.org>", "x, y"
    mail["Date"] = "Sat, 4 May 2024 10:00:00 +0000"
    mail.set_content("body")
    return bytes(mail)


def saved_page():
    mail = email.message.EmailMessage()
    mail["Snapshot-Content-Location"] = ADDRESS
    mail.set_content(PAGE, subtype="html")
    mail.make_mixed()
    mail.replace_header("Content-Type", 'multipart/related; type="text/html"; boundary="==1=="')
    return bytes(mail)


def database():
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE a ({', '.join(ROW)})")
    connection.execute(f"INSERT INTO a VALUES ({', '.join('?' * len(ROW))})", list(ROW.values()))  # noqa: S608
    connection.commit()
    return connection.serialize()


def lines(pattern):
    return "".join(f"{pattern.format(name, value)}\n" for name, value in SAID.items() if name != "title")


SLIDE = "<draw:page><draw:frame><draw:text-box><text:p>body</text:p></draw:text-box></draw:frame></draw:page>"
INFO = "/Title(Title)/Author(An Author)/CreationDate(D:20240504)/Subject(of it)/Keywords(x, y)"
FILES = {
    ".txt": "Title\n\nbody",
    ".vtt": "WEBVTT - Title\n\n00:01.000 --> 00:02.000\nbody\n",
    ".md": f"---\ntitle: Title\n{lines('{}: {}')}tags: [x, y]\nurl: {ADDRESS}\n---\nbody",
    ".html": PAGE,
    ".mhtml": saved_page(),
    ".rss": ENTRY,
    ".rst": f"Title\n=====\n\n{lines(':{}: {}')}:tags: x, y\n\nbody\n",
    ".adoc": f"= Title\n{lines(':{}: {}').replace('language', 'lang')}:keywords: x, y\n\nbody\n",
    ".org": f"#+TITLE: Title\n{lines('#+{}: {}')}#+KEYWORDS: x, y\n\nbody\n",
    ".docx": docx(paragraph("body"), CORE_FACTS),
    ".odt": odt("<text:p>body</text:p>", ODF_FACTS),
    ".pptx": pptx([slide(shape("body"))], CORE_FACTS),
    ".odp": odt(SLIDE, ODF_FACTS, kind="presentation"),
    ".epub": epub({"a.xhtml": "<p>body</p>"}, BOOK_FACTS),
    ".pdf": pdf([(50, 700, "body")], info=INFO, catalog="/Lang(fa)"),
    ".rtf": r"{\rtf1{\info{\title Title}{\author An Author}{\creatim\yr2024}{\doccomm of it}{\keywords x}}body}",
    ".doc": word("body", streams={"\x05SummaryInformation": OLD_FACTS}),
    ".eml": message(),
    ".jsonl": json.dumps(ROW),
    ".json": json.dumps([ROW]),
    ".csv": f"{','.join(ROW)}\n{','.join(ROW.values())}\n",
    ".db": database(),
    ".ods": ods({"a": [[*ROW], [*ROW.values()]]}),
    ".xlsx": xlsx({"a": row(1, *ROW) + row(2, *ROW.values())}),
}


def test_every_kind_is_in_the_readme():
    told = set(re.findall(r"`(\.\w+)`", "".join(re.findall(r"^\| (`\..*?) \|", README, re.MULTILINE))))
    assert told >= {suffix for each in FORMATS for suffix in each.suffixes}


@pytest.mark.parametrize("suffix", sorted(KEPT))
def test_what_a_file_says_of_itself_is_kept(load_file, suffix):
    document = load_file(f"a{suffix}", FILES[suffix]).only
    found = {name for name in NAMES if document.fields.get(name)} | {"pages"} & set(document.fields)
    found |= {name for name in ("title", "date", "url") if getattr(document, name)}
    assert found == KEPT[suffix]
    assert "body" in document.body
    said = {name: document.fields[name] for name in ("author", "language", "description") if name in found}
    assert said.items() <= SAID.items()
    assert document.title == "Title"


def test_the_table_is_read():
    assert KEPT.keys() == FILES.keys()
