"""A crawl fetches each page that it may once, none that it may not, and knows what has changed the next time."""

from __future__ import annotations

import gzip
import itertools
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_site import Reply, page

from searchkit import StorageError
from searchkit.crawling import CrawlOptions, crawl
from searchkit.crawling.crawler import Crawl
from searchkit.crawling.links import orders_of, page_links
from searchkit.crawling.listings import listing
from searchkit.errors import ArgumentError

TEXT = {"Content-Type": "text/plain"}
XML = {"Content-Type": "application/xml"}


def robots(*lines):
    return Reply("\n".join(lines), headers=TEXT)


def test_each_page_once_and_its_address_is_its_id(serve, crawled):
    links = ["/a", "/a#part", "a?utm_source=x", "/./a", "/b?y=2&x=1", "/b?x=1&y=2", "http://elsewhere.example/"]
    site = serve({"/": page("خانه", *links), "/a": page("الف", "/", "/c"), "/b?x=1&y=2": page("ب"), "/c": page("پ")})
    found = crawled(site)
    assert set(found.documents) == {"/", "/a", "/b?x=1&y=2", "/c"}
    assert site.counts() == dict.fromkeys(found.documents, 1)
    for path, document in found.documents.items():
        assert document.url == document.id == document.fields["source"] == site.url + path
    assert found.documents["/c"].body == "پ"


def test_a_file_on_the_way_is_read_as_such_a_file_is(serve, crawled):
    lines = '{"id": "1", "body": "یک", "url": "http://elsewhere.example/"}\n{"body": "دو"}\n'
    site = serve(
        {
            "/": page("خانه", "/x.txt", "/y.md", "/z.jsonl", "/plain", "/picture", "/x.png", "/unknown"),
            "/x.txt": Reply("متن", headers=TEXT),
            "/y.md": Reply("# عنوان\n\nمتن دیگر", headers={"Content-Type": "application/octet-stream"}),
            "/z.jsonl": Reply(lines, headers={"Content-Type": "application/json"}),
            "/plain": Reply("بی پسوند", headers=TEXT),
            "/picture": Reply(b"\x89PNG\0", headers={"Content-Type": "image/png"}),
            "/unknown": Reply(b"\0\1\2", headers={"Content-Type": "application/x-unknown"}),
        }
    )
    found = crawled(site)
    assert set(found.documents) == {"/", "/x.txt", "/y.md", "/z.jsonl#1", "/z.jsonl#2", "/plain"}
    assert found.documents["/y.md"].title == "عنوان"
    assert {each.url for each in found.documents.values()} <= {site.url + path for path in site.asked}
    assert set(found.skips) == {"/picture", "/unknown"}
    assert "/x.png" not in site.asked


@pytest.mark.parametrize("header", ["text/html", "text/html; charset=garbage", "text/html; charset=utf-8"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1256", "utf-16"])
def test_a_wrong_charset_does_not_spoil_the_text(serve, crawled, header, encoding):
    text = "این یک متن فارسی است که در کتابخانه خوانده می شود و همه آن را می شناسند"
    text = text.replace("ی", "ي").replace("ک", "ك")  # which windows-1256 has
    site = serve({"/": Reply(page(text).encode(encoding), headers={"Content-Type": header})})
    assert crawled(site).documents["/"].body == text


def test_a_charset_that_only_the_server_names_is_used(serve, crawled):
    body = "<html><body><p>Příliš žluťoučký kůň</p></body></html>".encode("iso-8859-2")
    site = serve({"/": Reply(body, headers={"Content-Type": "text/html; charset=iso-8859-2"})})
    assert crawled(site).documents["/"].body == "Příliš žluťoučký kůň"


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        (["User-agent: *", "Disallow: /a"], "/ /b"),
        (["User-agent: *", "Disallow: /", "Allow: /b", "Allow: /$"], "/ /b"),
        (["User-agent: *", "Disallow: /*?"], "/ /a /b"),
        (["User-agent: *", "Disallow: /", "", "User-agent: searchkit", "Disallow: /b"], "/ /a /a?q=1"),
        (["\ufeffUser-agent: *", "Disallow: /a"], "/ /b"),
        (["<html>no robots here</html>"], "/ /a /a?q=1 /b"),
        (["User-agent: *", "Disallow: /" + "*a" * 2_000, "Disallow: /b"], "/ /a /a?q=1"),
        (["User-agent: *", "Disallow: /b", "# " + "x" * 600_000, "Disallow: /a"], "/ /a /a?q=1"),  # beyond 500 kB
    ],
)
def test_robots_is_kept_to(serve, crawled, rules, asked):
    pages = {"/": page("x", "/a", "/a?q=1", "/b"), "/a": page("y"), "/a?q=1": page("z"), "/b": page("w")}
    site = serve({**pages, "/robots.txt": robots(*rules)})
    found = crawled(site)
    assert set(site.counts()) == set(asked.split())
    assert set(found.documents) == set(site.counts())
    assert set(found.skips) == set(pages) - set(found.documents)


def test_robots_of_persian_paths(serve, crawled):
    site = serve(
        {
            "/": page("x", "/خصوصی/a", "/عمومی"),
            "/robots.txt": robots("User-agent: *", "Disallow: /خصوصی/"),
            "/%D8%B9%D9%85%D9%88%D9%85%DB%8C": page("y"),
        }
    )
    assert len(crawled(site).documents) == 2
    assert len(site.counts()) == 2


@pytest.mark.parametrize(("status", "is_allowed"), [(404, True), (401, True), (403, True), (500, False), (503, False)])
def test_robots_that_cannot_be_had(serve, crawled, status, is_allowed):
    site = serve({"/": page("x"), "/robots.txt": Reply("", status, {"Retry-After": "0"})})
    found = crawled(site)
    assert bool(found.documents) is is_allowed
    assert bool(site.counts()) is is_allowed
    assert is_allowed or "robots.txt" in " ".join(found.skips.values())


def test_robots_that_redirects(serve, crawled):
    pages = {"/": page("x", "/a"), "/a": page("y"), "/r": robots("User-agent: *", "Disallow: /a")}
    site = serve({**pages, "/robots.txt": Reply("", 302, {"Location": "/r"})})
    assert set(crawled(site).documents) == {"/"}
    site = serve({**pages, "/robots.txt": Reply("", 302, {"Location": "/robots.txt"})})  # without end: as if none
    assert set(crawled(site).documents) == {"/", "/a"}


@pytest.mark.parametrize(
    ("head", "headers", "is_indexed", "is_followed"),
    [
        ("", {}, True, True),
        ('<meta name="robots" content="noindex">', {}, False, True),
        ('<META NAME="Robots" CONTENT="NOINDEX, NOFOLLOW">', {}, False, False),
        ('<meta name="robots" content="none">', {}, False, False),
        ('<meta name="robots" content="index,nofollow">', {}, True, False),
        ('<meta name="searchkit" content="noindex">', {}, False, True),
        ('<meta name="otherbot" content="noindex">', {}, True, True),
        ("", {"X-Robots-Tag": "noindex"}, False, True),
        ("", {"X-Robots-Tag": "nofollow"}, True, False),
        ("", {"X-Robots-Tag": "otherbot: noindex, nofollow"}, True, True),
        ("", {"X-Robots-Tag": "searchkit: noindex"}, False, True),
        ("", {"X-Robots-Tag": "SearchKit: NoIndex, nofollow"}, False, False),
        ("", {"X-Robots-Tag": "noindex nofollow"}, False, False),
        ("", {"X-Robots-Tag": "unavailable_after: 25 Jun 2010 15:00:00 PST, noindex"}, False, True),
        ("", {"X-Robots-Tag": "noindex, otherbot: nofollow, none"}, False, True),
        ("", {"X-Robots-Tag": "otherbot: none, searchkit: nofollow"}, True, False),
        ("", {"X-Robots-Tag": "max-snippet:-1, max-image-preview: large"}, True, True),
    ],
)
def test_what_a_page_asks_for(serve, crawled, head, headers, *, is_indexed, is_followed):
    site = serve({"/": Reply(page("x", "/a", head=head), headers=headers), "/a": page("y")})
    found = crawled(site)
    assert ("/" in found.documents) is is_indexed
    assert ("/a" in site.asked) is is_followed


def test_links_that_are_not_to_be_followed(serve, crawled):
    body = '<!DOCTYPE html><p>x<a rel="nofollow" href="/a">a</a><a rel="external NoFollow" href="/b">b</a>'
    site = serve({"/": body + '<a href="/c">c</a>', "/c": page("y")})
    crawled(site)
    assert set(site.counts()) == {"/", "/c"}


def test_a_file_that_asks_not_to_be_found(serve, crawled):
    site = serve({"/": page("x", "/a.txt"), "/a.txt": Reply("متن", headers={**TEXT, "X-Robots-Tag": "noindex"})})
    assert set(crawled(site).documents) == {"/"}


def test_copies_go_by_their_canonical_address(serve, crawled):
    head = '<link rel="canonical" href="/story">'
    copies = ["/story?from=a", "/story?from=b", "/print/story"]
    site = serve({path: page("خبر", head=head) for path in [*copies, "/story"]} | {"/": page("خانه", *copies)})
    found = crawled(site)
    assert set(found.documents) == {"/", "/story"}
    assert set(site.counts().values()) == {1}


def test_a_canonical_address_on_another_host_is_not_believed(serve, crawled):
    site = serve({"/": page("x", head='<link rel="canonical" href="http://elsewhere.example/">')})
    assert set(crawled(site).documents) == {"/"}


def test_a_canonical_address_that_is_not_there_still_names_the_page(serve, crawled):
    site = serve({"/": page("x", head='<link rel="canonical" href="/gone">')})
    found = crawled(site)
    assert set(found.documents) == {"/gone"}
    assert not found.gone


def test_the_same_text_is_one_document(serve, crawled):
    site = serve({"/": page("خانه", "/a", "/b"), "/a": page("كتاب\u200cهاي  تاريخ"), "/b": page("کتاب\u200cهای تاریخ")})
    found = crawled(site)
    assert set(found.documents) == {"/", "/a"}
    assert "the same text as" in found.skips["/b"]


def test_a_redirect_in_persian_letters(serve, crawled):
    location = "/سلام".encode().decode("latin-1")  # as many servers send it
    target = "/%D8%B3%D9%84%D8%A7%D9%85"
    site = serve({"/": Reply("", 302, {"Location": location}), target: page("x")})
    assert set(crawled(site).documents) == {target}


def test_redirects_are_gone_after_once_and_never_round(serve, crawled):
    def to(where, status=302):
        return Reply("", status, {"Location": where})

    chain = {f"/c{number}": to(f"/c{number + 1}") for number in range(10)}
    site = serve(
        {
            "/": page("x", "/a", "/loop", "/self", "/c0", "/session", "/nowhere"),
            "/a": to("/b", 301),
            "/b": page("y"),
            "/loop": to("/pool"),
            "/pool": to("/loop"),
            "/self": to("/self"),
            "/session": to("/session?PHPSESSID=0123456789abcdef"),
            "/session?PHPSESSID=0123456789abcdef": page("z"),
            "/nowhere": to(""),
            **chain,
        }
    )
    found = crawled(site)
    assert set(found.documents) == {"/", "/b", "/session"}
    assert set(site.counts().values()) == {1}
    assert "/c9" not in site.asked
    assert {"/self", "/nowhere"} <= set(found.skips)


@pytest.mark.parametrize(("depth", "pages"), [(0, 1), (1, 2), (3, 4)])
def test_how_far_it_goes(serve, crawled, depth, pages):
    site = serve(lambda path, _: None if path == "/robots.txt" else page(path, f"{path.rstrip('/')}/{len(path)}"))
    assert len(crawled(site, depth=depth).documents) == pages


def test_a_calendar_has_an_end(serve, crawled):
    def calendar(path, _):
        if path.startswith("/calendar"):
            month = int(path.partition("=")[2])
            return page(f"ماه {month}", f"/calendar?month={month + 1}", f"/calendar?month={month - 1}")
        return page("خانه", "/calendar?month=1") if path == "/" else None

    site = serve(calendar)
    crawled(site, depth=1_000, max_variants=12)
    assert len(site.counts()) == 13


def test_a_path_that_goes_round_has_an_end(serve, crawled):
    site = serve(lambda path, _: None if path == "/robots.txt" else page(path, path.rstrip("/") + "/a/b"))
    crawled(site, depth=1_000)
    assert len(site.counts()) == 3


def test_no_more_pages_than_were_asked_for(serve, crawled):
    site = serve(lambda path, _: None if path == "/robots.txt" else page(path, *(f"/{n}" for n in range(500))))
    assert len(crawled(site, max_pages=20).documents) == 20
    assert len(site.counts()) == 20


def test_no_more_pages_of_a_host_than_were_asked_for(serve):
    many = [serve(lambda path, _: page(path, *(f"/{n}" for n in range(50)))) for _ in range(2)]
    options = CrawlOptions(delay=0, allow_private=("127.0.0.1",), max_host_pages=4)
    assert len(list(crawl([site.url for site in many], options))) == 8
    assert [len(site.counts()) for site in many] == [4, 4]


def test_what_it_begins_with_is_meant(serve, crawled):
    site = serve({"/": Reply("", 302, {"Location": "/home"}), "/home": page("x", "/fa/1", "/en/1"), "/fa/1": page("y")})
    assert set(crawled(site, include=("/fa/*",)).documents) == {"/home", "/fa/1"}


def test_patterns_say_what_is_fetched(serve, crawled):
    pages = {"/": page("x", "/fa/1", "/fa/print/1", "/en/1"), "/fa/1": page("y"), "/fa/print/1": page("z")}
    site = serve(pages)
    assert set(crawled(site, include=("/fa/*",), exclude=("*/print/*",)).documents) == {"/", "/fa/1"}
    assert set(site.counts()) == {"/", "/fa/1"}


def test_a_page_that_fails_is_asked_for_again_and_then_told(serve, crawled):
    site = serve({"/": page("x", "/bad", "/worse"), "/bad": Reply("", 500, {"Retry-After": "0"})})
    found = crawled(site)
    assert found.skips == {"/bad": "HTTP 500", "/worse": "HTTP 404"}
    assert site.counts() == {"/": 1, "/bad": 3, "/worse": 1}


def urlset(*urls):
    listed = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'


def test_sitemaps_are_read_when_asked_for(serve, crawled):
    site = serve({"/": page("x"), "/a": page("y"), "/b": page("z")})
    packed = gzip.compress(urlset(f"{site.url}/b", "http://elsewhere.example/").encode())
    index = f"<sitemapindex><sitemap><loc>{site.url}/packed.xml.gz</loc></sitemap></sitemapindex>"
    site.pages |= {
        "/robots.txt": robots(f"Sitemap: {site.url}/map.xml", f"Sitemap: {site.url}/index.xml"),
        "/map.xml": Reply(urlset(f"{site.url}/a"), headers=XML),
        "/index.xml": Reply(index, headers=XML),
        "/packed.xml.gz": Reply(packed, headers={"Content-Type": "application/x-gzip"}),
    }
    assert set(crawled(site).documents) == {"/"}
    assert set(crawled(site, sitemap=True).documents) == {"/", "/a", "/b"}


def test_a_sitemap_is_looked_for_where_none_is_named(serve, crawled):
    site = serve({"/": page("x"), "/a": page("y")})
    site.pages["/sitemap.xml"] = Reply(urlset(f"{site.url}/a"), headers=XML)
    assert set(crawled(site, sitemap=True).documents) == {"/", "/a"}
    del site.pages["/sitemap.xml"]
    assert not crawled(site, sitemap=True).skips


FEEDS = {
    "rss": '<?xml version="1.0"?><rss version="2.0"><channel><link>/home</link><item><title>t</title><link>/a</link>'
    "</item></channel></rss>",
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><link href="/home"/><entry><link rel="self" href="/self"/>'
    '<link href="/a"/></entry></feed>',
    "sitemap": "<urlset><url><loc>/a</loc></url></urlset>",
}


@pytest.mark.parametrize("kind", FEEDS)
def test_a_feed_or_a_sitemap_is_a_place_to_begin(serve, crawled, kind):
    site = serve({"/list": Reply(FEEDS[kind], headers=XML), "/a": page("y")})
    found = crawled(site, "/list")
    assert set(found.documents) == {"/a"}
    assert set(site.counts()) == {"/list", "/a"}


@pytest.mark.parametrize(
    "data",
    [
        b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'>"
        + b"".join(b"<!ENTITY %c '&%c;&%c;&%c;&%c;&%c;&%c;'>" % (b, *[b - 1] * 6) for b in range(98, 120))
        + b"]><urlset><url><loc>&w;</loc></url></urlset>",
        b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>http://a.ir/&x;</loc></url></urlset>",
        b"<urlset>" + b"<url>" * 300_000,
        b"<urlset><url><loc>" + b"x" * 5_000_000,
        b"<urlset>" + b"<url><loc>http://a.ir/x</loc></url>" * 200_000,
        b"<urlset><url><loc>" + b"&amp;" * 1_900_000 + b"</loc></url></urlset>",
        b"<urlset>" + b"<url><loc>x" * 200_000,
        b"<urlset><url " + b" ".join(b'a%d="1"' % number for number in range(200_000)) + b">",
        b"<feed><entry>" + b"<link href='/a'/>" * 400_000,
        gzip.compress(b"<urlset>" + b" " * 50_000_000),
        b"\x1f\x8bno gzip",
        b"<urlset",
        b"",
    ],
    ids="entities,file,deep,long,many,pieces,nested,attributes,links,bomb,no gzip,cut,empty".split(","),
)
def test_a_hostile_listing_lists_little(data):
    found = listing(data, "http://a.ir/", 10_000_000)
    assert found is None or all(len(url) < 3_000 and "root" not in url for url in found.pages)


@given(st.text())
def test_any_text_has_links_or_none(text):
    page_links(text, "http://a.ir/", "utf-8")
    page_links(f"<a href='{text}'>x</a><meta name=robots content='{text}'>", "http://a.ir/", "utf-8")
    orders_of(text)


@pytest.mark.parametrize("part", ["a", "a ", "a:", " ", ",", "-", "noindex,", ":,", "a" + " " * 300])
def test_an_order_without_an_end_is_read_in_time(part):
    assert orders_of(part * (90_000 // len(part)) + ", noindex") <= {"noindex"}


HOSTILE = {
    "deep": "<div>" * 100_000,
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">",
    "elements": "<p>x" * 250_000,
    "links": "".join(f"<a href='http://[{number}'>x</a>" for number in range(40_000)),
    "bases": "<base href='http://[::'>" * 40_000,
    "a long link": "<a href='" + "x" * 5_000_000 + "'>x</a>",
    "robots": "<meta name=robots content='" + "x," * 1_000_000 + "'>",
    "refresh": "<meta http-equiv=refresh content='" + " " * 1_000_000 + "1; url=x'>",
    "NULs": "\0" * 1_000_000,
    "comments": "<!--" * 500_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_page_does_not_end_the_crawl(serve, crawled, kind):
    site = serve({"/": page("x", "/bad", "/good"), "/bad": f"<!DOCTYPE html>{HOSTILE[kind]}y", "/good": page("z")})
    assert {"/", "/good"} <= set(crawled(site, max_pages=3).documents)


def test_a_base_moves_links():
    text = "<base href='/x/'><base href='/y/'><a href=a>a</a><a href='#top'>b</a><a href=''>c</a>"
    assert list(page_links(text, "http://a.ir/z/", "utf-8").urls) == ["http://a.ir/x/a"]


@pytest.mark.thorough
def test_a_page_of_very_many_links(serve, crawled):
    site = serve({"/": page("x", *(f"/{number}" for number in range(60_000)))})
    crawled(site, max_pages=2)
    assert sum(site.counts().values()) == 2


def test_the_next_run_asks_what_has_changed(serve, crawled, tmp_path):
    tags = {"/": '"1"', "/a": '"2"', "/b": '"3"'}

    def answer(path, headers):
        if path not in tags:
            return None
        if headers.get("If-None-Match") == tags[path]:
            return Reply("", 304)
        return Reply(page(path + tags[path], "/a", "/b"), headers={"ETag": tags[path]})

    site = serve(answer)
    state = tmp_path / "state"
    assert set(crawled(site, state=state).documents) == {"/", "/a", "/b"}
    assert not crawled(site, state=state).items
    tags["/a"] = '"4"'
    del tags["/b"]
    found = crawled(site, state=state)
    assert set(found.documents) == {"/a"}
    assert found.gone == {"/b"}
    assert not crawled(site, state=state).gone
    assert set(crawled(site, state=state, holds=lambda _: False).documents) == {"/", "/a"}  # they were lost


@pytest.mark.parametrize("tag", ['W/"1"', '"\xe9"', '"\x7f"', "'\t'", '"' + "x" * 10_000 + '"', "no quotes", '"سلام"'])
@pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
def test_what_a_server_names_a_page_by_is_given_back_where_that_can_be(serve, crawled, tmp_path, tag, name):
    header = tag.encode().decode("latin-1") if not tag.isascii() else tag
    site = serve({"/": Reply(page("x"), headers={name: header})})
    crawled(site, state=tmp_path / "state")
    assert set(crawled(site, state=tmp_path / "state").documents) == {"/"}
    given_back = site.seen[-1].get("If-None-Match" if name == "ETag" else "If-Modified-Since")
    assert given_back == (tag if tag.isascii() and tag.isprintable() and len(tag) < 500 else None)


@pytest.mark.parametrize(
    ("now", "is_gone"),
    [
        (Reply("", 404), True),
        (Reply("", 410), True),
        (Reply("", 301, {"Location": "/"}), True),
        (Reply(page("y"), headers={"X-Robots-Tag": "noindex"}), True),
        (Reply(page("خانه")), True),  # the same as another one
        (Reply("", 500, {"Retry-After": "0"}), False),
        (Reply("", 403), False),
        (Reply(page("y")), False),
    ],
)
def test_what_is_gone_is_told(serve, crawled, tmp_path, now, is_gone):
    site = serve({"/": page("خانه", "/a"), "/a": page("y")})
    crawled(site, state=tmp_path / "state")
    site.pages["/a"] = now
    assert crawled(site, state=tmp_path / "state").gone == ({"/a"} if is_gone else set())


def test_a_copy_takes_the_place_of_what_is_gone(serve, crawled, tmp_path):
    site = serve({"/": page("خانه", "/a", "/b"), "/a": page("y"), "/b": page("y")})
    assert set(crawled(site, state=tmp_path / "state").documents) == {"/", "/a"}
    site.pages["/a"] = None
    found = crawled(site, state=tmp_path / "state")
    assert "/b" in found.documents
    assert found.gone == {"/a"}


@pytest.mark.parametrize("kept", [True, False])
def test_what_is_broken_off_goes_on_where_it_was(serve, tmp_path, kept):
    site = serve(lambda path, _: None if path == "/robots.txt" else page(path, *(f"/{n}" for n in range(40))))
    options = CrawlOptions(delay=0, allow_private=("127.0.0.1",), max_pages=30)
    ids = []
    for taken in (7, 9, 100):
        begun = Crawl([site.url], options, tmp_path / "state")
        ids += [each.id for each in itertools.islice(begun, taken)]
        if kept:
            begun.keep()
        begun.close()
    assert len(set(ids)) == 30
    assert len(ids) == (30 if kept else 46)
    assert set(site.counts().values()) == {1}
    assert len(site.counts()) == 30


def test_how_many_pages_more_are_known_is_told(serve):
    site = serve(lambda path, _: None if path == "/robots.txt" else page(path, *(f"/{n}" for n in range(40)), "/x.png"))
    options = CrawlOptions(delay=0, depth=1, allow_private=("127.0.0.1",))
    crawling = Crawl([site.url], options)
    assert [crawling.known for _ in itertools.islice(crawling, 3)] == [40, 39, 38]
    crawling.close()
    crawling = Crawl([site.url], replace(options, max_pages=11))
    assert [crawling.known for _ in itertools.islice(crawling, 3)] == [10, 9, 8]
    crawling.close()


def test_one_crawl_at_a_time_has_a_state(tmp_path):
    first = Crawl(["http://a.ir/"], state=tmp_path / "state")
    with pytest.raises(StorageError, match="in use"):
        Crawl(["http://a.ir/"], state=tmp_path / "state")
    first.close()
    Crawl(["http://a.ir/"], state=tmp_path / "state").close()


def test_a_state_is_no_link_and_no_other_database(tmp_path):
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE x (y)")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("other", "link"):
        with pytest.raises(StorageError, match="give"):
            Crawl(["http://a.ir/"], state=tmp_path / name)
    assert not (tmp_path / "elsewhere").exists()


def test_a_damaged_state_is_an_error(tmp_path):
    (tmp_path / "state").write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageError, match="crawl again"):
        Crawl(["http://a.ir/"], state=tmp_path / "state")


@pytest.mark.parametrize("url", ["", "a.ir", "file:///etc/passwd", "http://me:secret@a.ir/", "http://"])
def test_what_is_no_address_is_an_error(url):
    with pytest.raises(ArgumentError):
        list(crawl([url]))


@pytest.mark.parametrize(
    "options",
    [
        {"depth": -1},
        {"max_pages": 0},
        {"delay": -1},
        {"timeout": "x"},
        {"include": "x"},
        {"contact": "a\nb"},
        {"hosts": 0},
    ],
)
def test_options_are_checked(options):
    with pytest.raises(ArgumentError):
        CrawlOptions(**options)


def test_documents_come_without_an_index(serve):
    site = serve({"/": page("خانه", "/a"), "/a": page("y")})
    found = list(crawl([site.url], CrawlOptions(delay=0, allow_private=("127.0.0.1",))))
    assert [each.id for each in found] == [f"{site.url}/", f"{site.url}/a"]
