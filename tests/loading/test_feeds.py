"""Feeds, sitemaps and other XML: a document an entry; no entity grows, nothing is fetched."""

from __future__ import annotations

import datetime as dt
import io
import tracemalloc

import pytest

from searchkit.documents import Document, Skip
from searchkit.loading import LoadOptions, read_source
from searchkit.loading.web import feed

ITEM = """<item><title>باران &amp;amp; برف</title><link>https://example.ir/1</link>
<guid isPermaLink="false">{id}</guid><pubDate>Sat, 04 May 2024 10:30:00 +0330</pubDate>
<dc:creator>مریم رستمی</dc:creator><category>هوا</category><category><![CDATA[شهر]]></category><category>هوا</category>
<description>خلاصهٔ کوتاه</description>
<content:encoded><![CDATA[<p>باران در <b>کتاب</b>خانه&zwnj;ها</p><script>x()</script><p>بارید.</p>]]></content:encoded>
<media:content url="x.jpg"><media:title>عکس</media:title></media:content></item>"""
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>روزنامه</title><link>https://example.ir/</link><atom:link rel="self" href="https://example.ir/rss"/>
<language>fa-IR</language><image><title>نشان</title></image>
%s</channel></rss>"""
ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fa"><title>وبنوشت</title><author><name>سارا</name></author>
<id>https://example.ir/feed</id>
<entry><title type="html">گل &amp;lt;سرخ&amp;gt;</title><id>tag:example.ir,2024:1</id>
<link rel="self" href="https://example.ir/1.atom"/><link rel="alternate" href="https://example.ir/1"/>
<updated>2024-06-01T00:00:00Z</updated><published>2024-05-04T10:30:00Z</published>
<category term="garden" label="باغ"/><category term="گل"/>
<summary>کوتاه</summary>
<content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml"><p>در باغ &lt;ما&gt;<br/>گل است.</p></div></content></entry>
<entry xml:lang="en"><title>a &lt; b</title><link href="https://example.ir/2"/>
<author><name>علی</name><email>a@example.ir</email></author><author><name>رضا</name></author>
<updated>۱۵ اردیبهشت ۱۴۰۳</updated><content type="text">متن &lt;ساده&gt;</content></entry>
</feed>"""
RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.ir/"><title>t</title>
<dc:language>fa</dc:language><items><rdf:Seq><rdf:li resource="https://example.ir/1"/></rdf:Seq></items></channel>
<item rdf:about="https://example.ir/1"><title>باران</title><link>https://example.ir/1</link>
<description>&lt;p&gt;بارید&lt;/p&gt;</description><dc:date>1403-02-15</dc:date><dc:subject>هوا</dc:subject></item></rdf:RDF>"""


def rss(*items):
    return RSS % "".join(items)


def test_an_item_of_rss(load_file):
    document = load_file("a.xml", rss(ITEM.format(id="urn:x:1"))).only
    assert (document.id, document.url) == ("urn:x:1", "https://example.ir/1")
    assert (document.title, document.body) == ("باران & برف", "باران در کتابخانه\u200cها\nبارید.")
    assert document.date.isoformat() == "2024-05-04T10:30:00+03:30"
    assert document.fields == {
        "author": "مریم رستمی", "tags": ["هوا", "شهر"], "language": "fa-IR", "description": "خلاصهٔ کوتاه",
        "source": "a.xml",
    }  # fmt: skip


def test_entries_of_atom(load_file):
    first, second = load_file("a.atom", ATOM).documents
    assert (first.id, first.url, first.title) == ("tag:example.ir,2024:1", "https://example.ir/1", "گل <سرخ>")
    assert first.body == "در باغ <ما>\nگل است."
    assert first.date.date() == dt.date(2024, 5, 4)
    assert first.fields == {
        "author": "سارا", "language": "fa", "tags": ["باغ", "گل"], "description": "کوتاه", "source": "a.atom",
    }  # fmt: skip
    assert (second.id, second.title, second.body) == ("https://example.ir/2", "a < b", "متن <ساده>")
    assert (second.date, second.fields["author"], second.fields["language"]) == (dt.date(2024, 5, 4), "علی, رضا", "en")


def test_an_item_of_rss_1(load_file):
    document = load_file("a.rdf", RDF).only
    assert (document.id, document.title, document.body) == ("https://example.ir/1", "باران", "بارید")
    assert (document.date, document.fields["language"], document.fields["tags"]) == (dt.date(2024, 5, 4), "fa", ["هوا"])


@pytest.mark.parametrize(
    ("inner", "id_", "url"),
    [
        ("<guid>https://a.ir/1</guid>", "https://a.ir/1", "https://a.ir/1"),
        ("<guid>17</guid><link>https://a.ir/2</link>", "https://a.ir/2", "https://a.ir/2"),
        ("<guid>17</guid>", "a.rss#17", None),
        ("<link>/relative</link>", "a.rss#1", None),
        ("", "a.rss#1", None),
    ],
)
def test_an_id_names_one_entry_of_all_feeds(load_file, inner, id_, url):
    document = load_file("a.rss", f"<rss><channel><item><title>برف</title>{inner}</item></channel></rss>").only
    assert (document.id, document.url) == (id_, url)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1256"])
@pytest.mark.parametrize("declared", ["utf-8", "windows-1256", "utf-16", "iso-8859-1", "klingon"])
def test_a_declaration_that_lies_does_no_harm(load_file, encoding, declared):
    text = "بازار شهر در تابستان گرم است و مردم در باغ کنار آب "
    item = f"<item><description>{text}</description></item>"
    content = f'<?xml version="1.0" encoding="{declared}"?><rss><channel>{item}</channel></rss>'
    content = content.translate(str.maketrans("ی", "\u064a"))
    assert load_file("a.rss", content.encode(encoding)).only.body == text.strip()


def test_what_is_not_well_formed_is_read_as_far_as_it_goes_and_told(load_file):
    items = "<item><title>یک</title><link>https://a.ir/?a=1&b=2</link></item><item><title>دو &nbsp;و سه</title></item>"
    loaded = load_file("a.xml", f"<rss><channel>{items}</channel></rss>")
    assert [document.title for document in loaded.documents] == ["یک", "دو و سه"]
    assert loaded.documents[0].url == "https://a.ir/?a=1&b=2"
    assert not loaded.skips
    cut = load_file("a.xml", f"<rss><channel>{items}<item><title>چهار")
    assert [document.title for document in cut.documents] == ["یک", "دو و سه"]
    assert cut.reasons[0].startswith("not well-formed XML, read as far as it goes (line 1")


def test_an_entry_without_text_is_named_and_the_rest_goes_on(load_file):
    large = "<item><title>x</title><description>" + "y" * 3000 + "</description></item>"
    loaded = load_file(
        "a.rss",
        f"<rss><channel><item><link>https://a.ir</link></item>{large}<item><title>z</title></item></channel></rss>",
        max_bytes=2000,
    )
    assert [document.title for document in loaded.documents] == ["z"]
    assert loaded.reasons == ["entry 1: no text in it", "entry 2: larger than 0.002 MB"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xml", '<urlset xmlns="http://www.sitemaps.org/schemas"><url><loc>a</loc></url></urlset>', "a sitemap"),
        ("a.xml", '<?xml version="1.0"?>\n<!-- x -->\n<sitemapindex/>', "a sitemap"),
        ("a.rss", "<rss><channel><title>t</title></channel></rss>", "a feed without entries"),
        ("a.xml", "<a><b/></a>", "no text in it"),
        ("a.xml", "words", "not XML"),
        ("a.xml", "", "not XML"),
        ("a.xml", b"\0\1\2", "binary"),
    ],
)  # fmt: skip
def test_what_gives_nothing_is_told(load_file, name, content, reason):
    loaded = load_file(name, content)
    assert not loaded.documents
    assert loaded.reasons[0].startswith(reason)


def test_other_xml_is_its_text_block_by_block(load_file):
    document = load_file(
        "a.xml",
        '<?xml version="1.0"?><book><meta><title>باغ</title><author>ن</author></meta>'
        "<p>در <i>باغ</i><i>\u200cها</i> گل است.</p><list><x>یک</x><x>دو</x></list><div>سر<p>تن</p></div></book>",
    ).only
    assert (document.id, document.title) == ("a.xml", "باغ")
    assert document.body == "باغ\nن\nدر باغ\u200cها گل است.\nیک\nدو\nسر تن"


@pytest.mark.parametrize(
    "content", [ATOM, '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>باغ<br>گل']
)
@pytest.mark.parametrize("name", ["a", "a.xml", "a.rss"])
def test_what_is_in_a_file_says_what_it_is(load_file, name, content):
    documents = load_file(name, content).documents
    assert documents[0].body.startswith("باغ\nگل" if "html xmlns" in content[:60] else "در باغ")


BOMB = "<!DOCTYPE a [" + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "بم"}">' for n in range(12)) + "]>"
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>'


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB + "<rss><channel><item><title>&l11;</title></item></channel></rss>", "entry 1: no text"),
        (BOMB + '<a x="&l11;">&l11;</a>', "not well-formed"),
        (OUTSIDE + "<a>&x;</a>", "not well-formed"),
        ('<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>', "no text"),
        (
            '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/hostname" parse="text"/></a>',
            "no text",
        ),
        ("<a>" * 300_000, "elements nested more than 256 deep"),
        ("<rss>" * 300 + "<item>", "elements nested more than 256 deep"),
        ("<a>" + "<b/>" * 2_000_000, "more than 200,000 elements"),
        ("<rss><channel>" + "<b/>" * 2_000_000, "more than 200,000 elements between two entries"),
        ("<rss><channel><item>" + "<category>a</category>" * 300_000, "more than 200,000 elements between two entries"),
        ("<a>" + "<" + "b" * 10_000_000, "a tag of more than 2,000,000 characters"),
        ("<a " + " ".join(f'a{n}="1"' for n in range(900_000)) + "/>", "a tag of more than 2,000,000 characters"),
        ("<a>" + "& " * 5_000_000 + "</a>", "hardly anything but &"),
        ("<a>" + "&x; " * 1_000_000 + "</a>", "not well-formed"),
        ("<a>" + "<![CDATA[" * 1_000_000, "a tag of more than 2,000,000"),
        ("<a>" + "</b>" * 2_000_000, "not well-formed"),
        ("<!-- " * 60_000 + "<a>", "not XML"),
        ("<?x " * 60_000 + "<a>", "not XML"),
        ("<!DOCTYPE a [" * 60_000 + "<a>", "not XML"),
        (" " * 10_000_000, "not XML"),
        (
            "<rss><channel><item><description>" + "&lt;b&gt;" * 300_000 + "x</description></item></channel></rss>",
            "entry 1: more than",
        ),
    ],
    ids=lambda value: value[:30],
)
def test_hostile_xml_is_told_in_time(load_file, content, reason):
    loaded = load_file("a.xml", content)
    assert any(each.startswith(reason) for each in loaded.reasons)
    assert all(len(document.body) < len(content) for document in loaded.documents)
    assert "\u0628\u0645" not in "".join(document.body for document in loaded.documents)


class Endless(io.RawIOBase):
    """A feed that is longer than memory should be."""

    def __init__(self, items):
        self._items = items
        self._kept = b"<rss><channel>"

    def readable(self):
        return True

    def readinto(self, buffer):
        while len(self._kept) < len(buffer) and self._items:
            self._items -= 1
            self._kept += ("<item><title>باران</title><description>" + "برف " * 2000 + "</description></item>").encode()
        data, self._kept = self._kept[: len(buffer)], self._kept[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def test_a_long_feed_is_not_held(tmp_path):
    tracemalloc.start()
    stream = io.BufferedReader(Endless(500))
    found = [
        len(each.body)
        for each in feed.read(stream, "a.rss", LoadOptions(max_bytes=100_000))
        if isinstance(each, Document)
    ]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 500
    assert most < 10_000_000


def test_entries_before_a_failure_stay(tmp_path):
    path = tmp_path / "a.rss"
    path.write_text("<rss><channel><item><title>باران</title></item>" + "<a>" * 300, encoding="utf-8")
    document, skip = read_source(str(path))
    assert document.title == "باران"
    assert skip == Skip(skip.source, "elements nested more than 256 deep")
