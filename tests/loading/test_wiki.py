"""Dumps of wikis: an article a document, as a reader sees it; one page in memory; hostile markup ends in time."""

from __future__ import annotations

import bz2
import io
import json
import subprocess
import sys
import tracemalloc
from xml.sax.saxutils import escape

import pytest

from searchkit.documents import Document
from searchkit.loading import LoadOptions
from searchkit.loading.web import mediawiki
from searchkit.loading.web.wikitext import MAX_WIKI_DEPTH, WikiNames, text_of

SITE = """<siteinfo><sitename>ویکی</sitename><dbname>fawiki</dbname>
<base>https://fa.wikipedia.org/wiki/%D8%B5%D9%81%D8%AD%D9%87</base><namespaces>
<namespace key="0" case="first-letter" /><namespace key="6" case="first-letter">پرونده</namespace>
<namespace key="10">الگو</namespace><namespace key="14" case="first-letter">رده</namespace></namespaces></siteinfo>"""


def page(text, title="تهران", number=17, more="", *, ns="<ns>0</ns>", model="wikitext"):
    return (
        f"<page><title>{title}</title>{ns}<id>{number}</id>{more}<revision><id>990</id>"
        "<timestamp>2024-05-04T10:30:00Z</timestamp><contributor><username>ک</username><id>5</id></contributor>"
        f'<model>{model}</model><format>text/x-wiki</format><text xml:space="preserve">{escape(text)}</text>'
        "<sha1>a</sha1></revision></page>"
    )


def dump(*pages, site=SITE, start=""):
    return (
        f'{start}<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="fa">'
        f"{site}{''.join(pages)}</mediawiki>"
    )


def shown(markup, names=WikiNames()):  # noqa: B008 (it is frozen)
    return text_of(markup, "a", names).body


ARTICLE = """{{جعبه شهر
| نام = تهران
| جمعیت = {{formatnum:8700000}}<ref>{{یادکرد وب|نشانی=http://a.ir|عنوان=آمار}}</ref>
}}
[[پرونده:T.jpg|بندانگشتی|چپ|250px|نمای [[برج میلاد|برج]] در {{lang|en|Tehran}}]]
'''تهران''' پایتخت [[ایران]] و از [[شهر]]های بزرگ<ref name="a" /> آن{{نیم\u200cفاصله}}جا&zwnj;ست.
<!-- بنویسید -->
== تاریخ ==
متن [http://a.ir نشانی] دوم.
=== خالی ===
== پانویس ==
{{پانویس|۲}}
[[رده:شهرهای ایران]] [[رده:تهران|*]] [[en:Tehran]]
"""


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("fawiki-pages-articles.xml", ""),
        ("fawiki-pages-articles.xml", '<?xml version="1.0" encoding="utf-8"?>\n'),
        ("dump", ""),
        ("dump", "<?xml version='1.0'?><!-- of a wiki -->"),
        ("dump.txt", "\ufeff \n"),
    ],
)
def test_an_article(load_file, name, start):
    document = load_file(name, dump(page(ARTICLE, "تهران بزرگ/الف"), start=start)).only
    assert (document.id, document.title) == ("fawiki:17", "تهران بزرگ/الف")
    assert document.url == (
        "https://fa.wikipedia.org/wiki/"
        "%D8%AA%D9%87%D8%B1%D8%A7%D9%86_%D8%A8%D8%B2%D8%B1%DA%AF/%D8%A7%D9%84%D9%81"
    )  # fmt: skip
    assert document.date.isoformat() == "2024-05-04T10:30:00+00:00"
    assert document.body.split("\n") == [
        "نمای برج در Tehran",
        "تهران پایتخت ایران و از شهرهای بزرگ آن\u200cجا\u200cست.",
        "تاریخ",
        "متن نشانی دوم.",
    ]
    assert document.fields == {"language": "fa", "tags": ["شهرهای ایران", "تهران"], "source": name}


@pytest.mark.parametrize("streams", [1, 3])
def test_a_packed_dump_of_one_stream_or_several(load_file, streams):
    data = dump(*(page(f"متن {i}", number=i) for i in range(30))).encode()
    size = len(data) // streams + 1
    packed = b"".join(bz2.compress(data[i : i + size]) for i in range(0, len(data), size))
    loaded = load_file("a-pages-articles-multistream.xml.bz2", packed)
    assert [document.id for document in loaded.documents] == [f"fawiki:{i}" for i in range(30)]
    assert not loaded.skips


def test_what_is_no_article_is_counted(load_file):
    loaded = load_file(
        "a.xml",
        dump(
            page("#تغییر_مسیر [[تهران]]", "طهران", 1, '<redirect title="تهران" />'),
            page("#REDIRECT [[تهران]]", "Tehran", 2),
            page("متن", "الگو:شهر", 3, ns="<ns>10</ns>"),
            page("متن", "الگو:کشور", 4, ns=""),
            page("{}", "Q1", 5, model="wikibase-item"),
            page("متن", "ستاره: یک داستان", 6, ns=""),
        ),
    )
    assert [document.id for document in loaded.documents] == ["fawiki:6"]
    assert loaded.reasons == ["2 redirects and 3 pages that are no articles, left out"]


def test_of_the_history_of_a_page_the_last_text_counts(load_file):
    old = "<revision><id>1</id><timestamp>2001-01-01T00:00:00Z</timestamp><text>کهنه</text></revision>"
    document = load_file("a.xml", dump(page("نو", more=old))).only
    assert (document.body, document.date.year) == ("نو", 2024)


def test_a_dump_that_says_little_of_itself(load_file):
    document = load_file("a.xml", dump(page("متن", ns=""), site="")).only
    assert (document.id, document.url, document.fields["source"]) == ("a.xml#17", None, "a.xml")
    base = "<siteinfo><base>http://a.ir/w/index.php?title=Main&amp;x</base></siteinfo>"
    assert load_file("a.xml", dump(page("متن", "a b"), site=base)).only.url == "http://a.ir/w/index.php?title=a_b"
    assert load_file("a.xml", dump(page("{{x}}"))).only.body == "", "a title is found without a text"
    assert load_file("a.xml", dump()).reasons == ["a dump without pages"]
    assert load_file("a.xml", dump(page("", ""))).reasons == ["page 17: no text in it"]


@pytest.mark.parametrize(
    ("markup", "body"),
    [
        ("[[a]]b, [[c|d]]e, [[f#g]], [[:رده:h]], [[:File:i.jpg|j]]", "ab, de, f#g, رده:h, j"),
        ("a [http://b.ir] c [https://d.ir e f] g [//h.ir i] http://j.ir [k]", "a c e f g i http://j.ir [k]"),
        ("'''a''' ''b'' '''''c''''' d'e", "a b c d'e"),
        ("== a ==\nb\n=== c ===\n=== d ===\ne\n== f ==\n== g ==\n", "a\nb\nd\ne"),
        ("= a = b\n=\n==\nc==d", "= a = b\n=\n==\nc==d"),
        ("* a\n** b\n# c\n; d : e\n:: f\n----\ng", "a\nb\nc\nd : e\nf\ng"),
        ("a<ref>b</ref>c<ref name=d/>e<ref name=d>f", "acef"),
        ("a<ref>{{b|c}}<br>[[d]]</ref> <math>\\frac{a}{b}</math> e", "a e"),
        ("<nowiki>[[a]] {{b}} ''c''</nowiki> &lt;d&gt;", "[[a]] {{b}} ''c'' <d>"),
        ("<pre>\n* a\n= b =\n</pre><syntaxhighlight lang=x>c[[1]]</syntaxhighlight>", "* a\n= b =\nc[[1]]"),
        ("<gallery>\nFile:a.jpg|b [[c|d]]\ne.jpg\n</gallery>", "b d"),
        ("a<br/>b<div class=x>c</div><span>d</span>H<sub>2</sub>O<x>y</x>", "a\nb\nc\ndH2O<x>y</x>"),
        ("[[File:a.jpg|thumb|right|200px|alt=b|c [[d|e]] f]]g", "c e f\ng"),
        ("[[Image:a.jpg|20x30px]] [[تصویر:a.jpg|راست|۲۰۰پیکسل]]b", "b"),
        ("{{a|{{b|[[c|d]]}}|e={{f}}}}g{{h\n|i=j\n}}k", "gk"),
        ("{{lang|fa|a}} {{lang-en|b}} {{به انگلیسی|c=d|e}} {{nowrap|1=f = g}} {{convert|5|km|mi}}", "a b e f = g 5 km"),
        ("کتاب{{نیم\u200cفاصله}}ها کتاب{{ZWNJ}}ها {{formatnum:12}}", "کتاب\u200cها کتاب\u200cها 12"),
        ("{{شعر}}{{ب|یک|دو}}{{الگو:ب|سه|چهار}}{{پایان شعر}}", "یک\nدو\nسه\nچهار"),
        ("__NOTOC__ __بی\u200cفهرست__ __init__ a-{b}- -{zh-hans:c;zh-hant:d}-", "__init__ ab c"),
        ("a <!-- b --> c <!-- d", "a c"),
        ("a ({{b}}) c ({{lang-en|d}}؛ {{IPA|e}}) f() (g، h)", "a c (d) f() (g، h)"),
        ("[[تصو\u064aر:a.jpg|thumb|b]] [[simple:c]] [[be-x-old:d]] [[:fr:e|f]]", "b\nf"),
        ("{{a", "{{a"),
        ("a}} b]] |} {{c|d [[e|f}} g", "a}} b]] |} g"),
        ("[[a [[b]] c", "[[a b c"),
        ("{|\n|+ a\n! b !! c\n|-\n| style=x | d || [[e|f]]\n|-\n|g\n* h\n|}\ni", "a\nb c\nd f\ng h\ni"),
        ("{|\n| a {{b\n|}} c\n{|\n|d\n|}\n|}e", "a c d\ne"),
        ('{| class="infobox"\n| a\n|}b', "b"),
        ("{|\n| a\n| b | c", "a b | c"),
        ("a\n&nbsp;\n&amp; b&nbsp;c &#1740; &zwnj;d &#0; &bogus;", "a\n& b\u00a0c ی \u200cd \ufffd &bogus;"),
    ],
)
def test_the_text_of_a_page(markup, body):
    assert shown(markup) == body


def test_a_wiki_says_what_its_namespaces_are_called():
    names = WikiNames(frozenset({"datei"}), frozenset({"kategorie"}))
    text = text_of("[[Datei:a.jpg|mini|b]][[Kategorie:c_d|e]] [[Kategorie:c d]]", "a", names)
    assert text == ("b", ["c d"])


@pytest.mark.thorough
def test_a_page_that_is_too_much_is_told_and_the_dump_goes_on(load_file):
    loaded = load_file(
        "a.xml",
        dump(page("{{a|" * 200_000, number=1), page("x " * 200_000, number=2), page("متن", number=3)),
        max_bytes=3_000_000,
    )
    assert [document.id for document in loaded.documents] == ["fawiki:2", "fawiki:3"]
    assert loaded.reasons == [f"page 1: more than {MAX_WIKI_DEPTH} brackets inside one another"]
    loaded = load_file("a.xml", dump(page("x " * 9_000, number=2), page("متن", number=3)), max_bytes=5_000)
    assert [document.id for document in loaded.documents] == ["fawiki:3"]
    assert loaded.reasons == ["page 2: larger than 0.005 MB"]
    deep = "<a>" * 300
    assert load_file("a.xml", dump(page("متن"), deep)).reasons == ["elements nested more than 256 deep"]
    many = "<b/>" * 300_000
    assert load_file("a.xml", dump(page("متن"), many)).reasons == ["more than 200,000 elements between two pages"]


PARTS = (
    "{{a|", "{{{{{{a|", "[[a|", "[[", "]]", "}}", "{|\n", "|}\n", "{|\n|a\n", "|", "{{a}}", "|a||b\n|-\n", "<ref>",
    "<ref", "</ref>", "<nowiki>", "<!--", "<div>", "<", "''", "'", "==", "=a=\n", "[http://a ", "[http://", "[",
    "-{", "-{a;", "__A", "&", "&#1;", ": ", "* ", " ", " \n", "{{lang|a|", "{|\n[[a\n", "{{a\n{|\n", "<gallery>a|",
    "(", "( ", "(،", "__", "[http:///",
)  # fmt: skip
HOSTILE = """
import json, sys
from searchkit.errors import LoadError
from searchkit.loading.web.wikitext import WikiNames, text_of
for part in json.loads(sys.argv[1]):
    for end in ("", "\\n}}]]|}</ref></nowiki></gallery>" * 1_000, "/" * 100_000 + "]"):
        markup = part * (100_000 // len(part)) + end
        try:
            assert len(text_of(markup, "a", WikiNames()).body) <= len(markup)
        except LoadError as error:
            assert "inside one another" in error.reason
"""


@pytest.mark.thorough
def test_hostile_markup_ends_in_time():
    subprocess.run([sys.executable, "-c", HOSTILE, json.dumps(PARTS)], check=True, timeout=120)


def test_one_page_is_held_at_a_time():
    pages = [page("متن " * 20_000, number=i) for i in range(40)]
    stream = io.BytesIO(dump(*pages).encode())
    del pages
    tracemalloc.start()
    try:
        count = sum(isinstance(each, Document) for each in mediawiki.read(stream, "a.xml", LoadOptions()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 40
    assert peak < 4_000_000, "of 6 MB"
