"""Whatever a site says, a crawl stays on it, asks for what can be asked for, and comes to an end."""

from __future__ import annotations

import gzip
import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from office_files import docx, paragraph
from pdf_files import pdf
from web_site import Reply, page

from searchkit.crawling import CrawlOptions, state
from searchkit.crawling.addresses import canonical
from searchkit.crawling.connecting import Guard
from searchkit.crawling.crawler import Crawl
from searchkit.crawling.fetching import Answer, Fetcher
from searchkit.crawling.findings import Findings
from searchkit.crawling.links import MOST_LINKS, page_links
from searchkit.crawling.robots import fetch_rules
from searchkit.crawling.scope import Scope
from searchkit.documents import Document, Skip

pytestmark = pytest.mark.thorough

TEXT = {"Content-Type": "text/plain"}
XML = {"Content-Type": "application/xml"}

LINKS = [
    "http://me:secret@{host}/secret",
    "http://{host}@elsewhere.test/secret",
    "http://elsewhere.test\\@{host}/secret",
    "http://{host}:80@elsewhere.test/secret",
    "http://{host}#@elsewhere.test/a1",
    "//elsewhere.test/secret",
    "///elsewhere.test/secret",
    "\\\\elsewhere.test\\secret",
    "/\\elsewhere.test/secret",
    "http:elsewhere.test/secret",
    "http:///elsewhere.test/secret",
    "https:/elsewhere.test",
    "ht\ntp://elsewhere.test/secret",
    " \t\n\x0c/a2\n ",
    "/a\0b",
    "/a\x01\x1f\x7fb",
    "/a\r\nX-Injected: 1",
    "/a%0d%0aX-Injected:%201",
    "/a%00b",
    "/a b",
    "/\u202egpj.a",
    "/a\u2028b",
    "/\U0001f600",
    "/%",
    "/%zz%u0633",
    "/a?\0=\x01",
    "/a?" + "&".join(f"p{number}={number}" for number in range(150)),
    "/" + "x" * 3_000,
    "/../../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/.//..//a3",
    "file:///etc/passwd",
    "javascript:alert(1)//http://{host}/secret",
    "view-source:http://{host}/secret",
    "blob:http://{host}/secret",
    "feed:http://{host}/secret",
    "http://[::1]/secret",
    "http://[::ffff:7f00:1]:{port}/secret",
    "http://{host}.elsewhere.test/secret",
    "http://elsewhere.test:{port}/secret",
    "?",
    "#",
    "",
]


def links_of(site):
    """The links, as they may stand in a page: a NUL there means that it is no text."""
    return [link.format(host=site.host, port=site.port).replace("\0", "&#0;") for link in LINKS]


def asked_cleanly(site, asked):
    """Whether a server was only asked for what HTTP has, and nobody looked up a host that is not its own."""
    return (
        asked <= {"127.0.0.1", "www.127.0.0.1"}
        and {seen["Host"] for seen in site.seen} == {site.host}
        and all(
            path.isascii() and path.isprintable() and path.startswith("/") and " " not in path for path in site.asked
        )
        and not any("secret" in path and "elsewhere" not in path for path in site.asked)
        and not any({"X-Injected", "Authorization", "Cookie", "Referer"} & set(seen) for seen in site.seen)
    )


@pytest.mark.parametrize(
    "written",
    [
        lambda links: page("x", *links),
        lambda links: "<html><p>x" + "".join(f"<iframe src='{link}'></iframe>" for link in links),
        lambda links: "<html>" + "".join(f"<meta http-equiv=refresh content='0;url={link}'>" for link in links),
        lambda links: "<html>" + "".join(f"<link rel=next href='{link}'>" for link in links),
        lambda links: Reply("<urlset>" + "".join(f"<url><loc>{link}</loc></url>" for link in links), headers=XML),
        lambda links: Reply("<rss>" + "".join(f"<item><link>{link}</link></item>" for link in links), headers=XML),
    ],
    ids=["links", "frames", "refreshes", "next", "sitemap", "feed"],
)
def test_links_of_all_kinds_lead_nowhere_else(serve, crawled, written):
    site, looked_up = serve({}), set()
    site.pages = lambda path, _: written(links_of(site)) if path == "/" else page(path)
    found = crawled(site, resolve=lambda host, _: looked_up.add(host) or ["127.0.0.1"], max_pages=100)
    assert "/a%20b" in site.asked
    assert found.documents
    assert asked_cleanly(site, looked_up)


@pytest.mark.parametrize("link", LINKS)
def test_redirects_of_all_kinds_lead_nowhere_else(serve, crawled, link):
    site, looked_up = serve({}), set()
    location = link.format(host=site.host, port=site.port).encode("utf-8", "replace").decode("latin-1")
    if {"\r", "\n", "\0"} & set(location):
        return  # which no header can hold
    site.pages = lambda path, _: Reply("", 302, {"Location": location}) if path == "/" else page(path)
    found = crawled(site, resolve=lambda host, _: looked_up.add(host) or ["127.0.0.1"])
    assert found.items
    assert asked_cleanly(site, looked_up)


BASES = [
    "http://elsewhere.test/",
    "http://me:secret@elsewhere.test/",
    "//elsewhere.test/",
    "javascript:",
    "data:text/html,",
    "file:///etc/",
    "http://[::",
    "\x01",
    "http://elsewhere.test:0/",
    "x" * 10_000,
]


@pytest.mark.parametrize("base", BASES)
def test_a_base_does_not_lead_elsewhere(serve, crawled, base):
    site, looked_up = serve({}), set()
    head = f'<base href="{base}"><base href="http://other.test/">'
    site.pages = lambda path, _: page("x", "a", "/b", f"{site.url}/c", head=head) if path == "/" else page(path)
    found = crawled(site, resolve=lambda host, _: looked_up.add(host) or ["127.0.0.1"])
    assert {"/", "/c"} <= set(found.documents)
    assert asked_cleanly(site, looked_up)


@given(st.text(), st.text())
def test_what_is_canonical_can_be_asked_for(written, base):
    url = canonical(written, f"http://a.ir/{base}")
    assert url is None or (url.isascii() and url.isprintable() and " " not in url and "@" not in url.split("/")[2])


def test_a_page_that_refreshes_leads_on_once(serve, crawled):
    refresh = '<meta http-equiv="Refresh" content="5; URL=\'/{}\'">'
    site = serve({"/": page("x", head=refresh.format("a")), "/a": page("y", head=refresh.format(""))})
    assert set(crawled(site).documents) == {"/", "/a"}
    assert set(site.counts().values()) == {1}


def test_of_very_many_links_as_many_are_known_as_may_be(serve):
    text = page("x", *(f"/{number}" for number in range(3 * MOST_LINKS)))
    assert len(page_links(text, "http://a.ir/", "utf-8").urls) == MOST_LINKS


def test_cookies_are_forgotten(serve, crawled):
    cookies = {"Set-Cookie": "id=1; Path=/; Domain=127.0.0.1; Max-Age=999999"}
    site = serve(
        {
            "/": Reply(page("x", "/r", "/a"), headers=cookies),
            "/r": Reply("", 302, {"Location": "/b", **cookies}),
            "/robots.txt": Reply("", headers={**TEXT, **cookies}),
            "/a": page("y"),
            "/b": page("z"),
        }
    )
    assert set(crawled(site).documents) == {"/", "/a", "/b"}
    assert asked_cleanly(site, set())


def endless(sent, part=b"# nothing\n" * 6_000):
    def body():
        for _ in range(2_000):
            sent.append(len(part))
            yield part

    return body


def test_of_a_robots_file_of_a_hundred_megabytes_the_beginning_counts(serve, crawled):
    sent = []
    rules = b"User-agent: *\nDisallow: /a\n"

    def body():
        yield rules
        yield from endless(sent)()

    site = serve(
        {"/": page("x", "/a", "/b"), "/a": page("y"), "/b": page("z"), "/robots.txt": Reply(body, headers=TEXT)}
    )
    assert set(crawled(site).documents) == {"/", "/b"}
    assert sum(sent) < 20_000_000  # of 120 million; what was on its way is lost


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"User-agent: *\nDisallow: /a\n" + b"#" * 50_000_000),
        gzip.compress(b"User-agent: *\nDisallow: /a\n"),
        gzip.compress(b"User-agent: *\nDisallow: /a\n") + b"x" * 100_000,
    ],
    ids=["bomb", "packed", "more"],
)
def test_a_packed_robots_file_is_unpacked_as_far_as_it_counts(serve, crawled, body):
    headers = {**TEXT, "Content-Encoding": "gzip"}
    site = serve({"/": page("x", "/a"), "/a": page("y"), "/robots.txt": Reply(body, headers=headers)})
    assert set(crawled(site).documents) == {"/"}


def test_without_an_end_of_the_robots_file_nothing_is_allowed(serve, crawled):
    def slow():
        while True:
            yield b"# wait\n"
            time.sleep(0.02)

    site = serve({"/": page("x"), "/robots.txt": Reply(slow, headers=TEXT)})
    found = crawled(site, timeout=0.3)
    assert not found.documents
    assert not site.counts()
    assert "robots.txt: too slow" in " ".join(found.skips.values())


@pytest.mark.parametrize(
    "text",
    [
        "\0" * 10_000,
        "User-agent: *\nDisallow: \0\nCrawl-delay: nan\nCrawl-delay: inf\nRequest-rate: 0/0\nRequest-rate: 1/x",
        "User-agent: *\nCrawl-delay: -1e309\nDisallow: http://elsewhere.test/\nSitemap: file:///etc/passwd",
        "User-agent: *\n" * 20_000,
        "Disallow: /\n" * 20_000,
        "User-agent: *\nDisallow: /" + "*" * 100_000 + "z",
        "User-agent: *\nDisallow: /" + "%" * 100_000,
    ],
)
def test_rules_without_sense_keep_nobody_out_and_hold_nothing_up(serve, text):
    site = serve({"/robots.txt": Reply(text, headers=TEXT)})
    fetcher = Fetcher(CrawlOptions(), Guard(["127.0.0.1"]))
    rules = fetch_rules(fetcher, site.url)
    fetcher.close()
    assert rules.allows(f"{site.url}/" + "a" * 1_000)
    assert 0 <= rules.delay <= 300
    assert rules.sitemaps == []


def test_sitemaps_that_lead_to_one_another_are_read_once(serve, crawled):
    site = serve({"/": page("x"), "/a": page("y")})

    def index(*names):
        listed = "".join(f"<sitemap><loc>{site.url}{name}</loc></sitemap>" for name in names)
        return Reply(f"<sitemapindex>{listed}<url><loc>/a</loc></url></sitemapindex>", headers=XML)

    site.pages["/sitemap.xml"] = index("/sitemap.xml", "/1.xml", "/2.xml")
    site.pages["/1.xml"] = index("/2.xml", "/1.xml", "/sitemap.xml")
    site.pages["/2.xml"] = index("/1.xml", "/3.xml")
    site.pages["/3.xml"] = index("/4.xml")  # further in than sitemaps may be
    found = crawled(site, sitemap=True)
    assert set(found.documents) == {"/", "/a"}
    assert site.counts() == dict.fromkeys(["/", "/a", "/sitemap.xml", "/1.xml", "/2.xml", "/3.xml"], 1)


def test_no_more_sitemaps_are_read_than_may_be(serve, crawled, monkeypatch):
    monkeypatch.setattr(state, "MOST_LISTINGS", 5)
    site = serve({})

    def answer(path, _):
        if path in ("/", "/robots.txt"):
            return page("x") if path == "/" else None
        listed = "".join(f"<sitemap><loc>{site.url}{path}/{number}.xml</loc></sitemap>" for number in range(50))
        return Reply(f"<sitemapindex>{listed}</sitemapindex>", headers=XML)

    site.pages = answer
    crawled(site, sitemap=True)
    assert len(site.counts()) == 1 + 5


def packed(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


PDF = pdf([(100, 700, list("باتک"))])  # glyphs from left to right
DOCX = docx(paragraph("<w:r><w:t>کتاب</w:t></w:r>"))
HTML = page("کتاب", "/linked").encode()
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("name", "kind", "body"),
    [
        ("/a.pdf", "application/pdf", PDF),
        ("/a", "application/pdf", PDF),
        ("/a.php?id=1", "application/octet-stream", PDF),
        ("/a.html", "text/html", PDF),
        ("/a.pdf", "text/plain; charset=utf-8", PDF),
        ("/a.docx", WORD, DOCX),
        ("/a", WORD, DOCX),
        ("/a.docx", "application/octet-stream", DOCX),
        ("/a.docx", "application/zip", DOCX),
        ("/a.docx", "text/html", DOCX),
        ("/a.html", "application/pdf", HTML),
        ("/a", "", HTML),
        ("/a", "nonsense", HTML),
        ("/a", "application/json", HTML),
        ("/a", "text/html, text/html", HTML),
        ("/a", 'TEXT/HTML;charset="utf-8"', HTML),
    ],
)  # fmt: skip
def test_files_on_the_way_are_read_whatever_they_are_called(serve, crawled, name, kind, body):
    site = serve({"/": page("خانه", name), name: Reply(body, headers={"Content-Type": kind}), "/linked": page("پیوند")})
    found = crawled(site)
    assert "کتاب" in found.documents[name].body
    assert found.documents[name].url == site.url + name
    assert ("/linked" in found.documents) is (body is HTML)


@pytest.mark.parametrize(
    ("name", "kind", "body"),
    [
        ("/a.html", "text/html", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
        ("/a.html", "image/png", HTML),
        ("/a.pdf", "application/pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40),
        ("/a.docx", WORD, b"PK\3\4" + bytes(range(256)) * 40),
        ("/a.docx", WORD, packed("word/document.xml", b" " * 300_000_000)),
        ("/a.xml", "text/html", b"\x1f\x8b" + bytes(range(256)) * 40),
        ("/a.json", "application/json", b"[" * 100_000),
        ("/a", "application/x-unknown", bytes(range(256)) * 40),
    ],
    ids=["picture", "page as a picture", "pdf", "docx", "bomb", "gzip", "json", "unknown"],
)
def test_what_is_not_what_it_says_is_skipped_with_a_reason(serve, crawled, name, kind, body):
    site = serve({"/": page("خانه", name), name: Reply(body, headers={"Content-Type": kind})})
    found = crawled(site)
    assert set(found.documents) == {"/"}
    assert found.skips[name]


PIECES = [
    b"<html>",
    b"<!DOCTYPE html>",
    b"<urlset>",
    b"<rss>",
    b"<item><link>",
    b"<loc>",
    b"<a href='",
    b"<base href='",
    b"<meta name=robots content='",
    b"<meta http-equiv=refresh content='0;url=",
    b"<link rel=canonical href='",
    b"'>",
    b"http://127.0.0.1/",
    b"//[::",
    b"%PDF-",
    b"PK\3\4",
    b"\x1f\x8b",
    b"{",
    b"\xff\xfe",
]
HEADERS = ["content-type", "location", "x-robots-tag", "etag", "last-modified", "retry-after", "content-length"]
VALUES = st.text() | st.sampled_from(
    [
        "text/html",
        "text/plain; charset=idna",
        "application/pdf",
        WORD,
        "http://[::",
        "//x\\@y",
        "none",
        "a: b: c,,",
        "/x",
    ]
)


@given(
    st.sampled_from([200, 204, 206, 301, 304, 308, 404, 410, 418, 999]),
    st.dictionaries(st.sampled_from(HEADERS), VALUES),
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=20) | st.text(max_size=20).map(str.encode), max_size=20),
    st.booleans(),
)
def test_any_answer_is_taken(status, headers, pieces, listing):
    url = "http://127.0.0.1/x"
    crawl_state = state.CrawlState(None, 5)
    try:
        scope = Scope([url], CrawlOptions())
        crawl_state.begin(scope.sites)
        crawl_state.add([url], 0, listing=listing)
        known = crawl_state.next("127.0.0.1", 0)
        items = list(
            Findings(crawl_state, CrawlOptions(), scope).of(Answer(url, status, headers, b"".join(pieces)), known)
        )
        assert crawl_state.next("127.0.0.1", 0) != known
        assert all(isinstance(each, Document | Skip) for _, each in items)
    finally:
        crawl_state.close()


def test_a_site_without_an_end_ends(serve):
    site = serve(lambda path, _: None if path == "/robots.txt" else page(path, *(f"{path}{n}?{n}" for n in range(30))))
    crawl = Crawl([site.url], CrawlOptions(delay=0, max_pages=60, allow_private=("127.0.0.1",)))
    assert len(list(crawl)) == 60
    assert crawl.is_cut_short
    crawl.close()
