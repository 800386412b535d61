"""Which addresses name one page, and which are not gone to?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.crawling.addresses import LONGEST_ADDRESS, canonical, is_trap, matches, may_hold_text, sites

BASE = "http://example.org/a/b?c=d"


@pytest.mark.parametrize(
    ("written", "is_"),
    [
        ("HTTP://EXAMPLE.org", "http://example.org/"),
        ("http://example.org:80/x", "http://example.org/x"),
        ("https://example.org:443/x", "https://example.org/x"),
        ("http://example.org:443/x", "http://example.org:443/x"),
        ("http://example.org./x", "http://example.org/x"),
        ("//other.org/x", "http://other.org/x"),
        ("../x", "http://example.org/x"),
        ("/./x/../y", "http://example.org/y"),
        (" x ", "http://example.org/a/x"),
        ("?e=f", "http://example.org/a/b?e=f"),
        ("x#part", "http://example.org/a/x"),
        ("x?b=2&a=1", "http://example.org/a/x?a=1&b=2"),
        ("x?utm_source=a&utm_medium=b&id=3", "http://example.org/a/x?id=3"),
        ("x?fbclid=a", "http://example.org/a/x"),
        ("x?PHPSESSID=0123456789abcdef&id=3", "http://example.org/a/x?id=3"),
        ("x;jsessionid=0123456789?id=3", "http://example.org/a/x?id=3"),
        ("x?sid=0123456789abcdef0123", "http://example.org/a/x"),
        ("x?sid=17", "http://example.org/a/x?sid=17"),  # a story, and no session
        ("/سلام", "http://example.org/%D8%B3%D9%84%D8%A7%D9%85"),
        ("/%d8%b3", "http://example.org/%D8%B3"),
        ("http://سایت.ir/", "http://xn--mgbgz72d.ir/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f000001/", "http://127.0.0.1/"),
        ("http://0177.0.0.1/", "http://127.0.0.1/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://[0:0::1]/", "http://[::1]/"),
        ("http://me:secret@example.org/", None),
        ("http://me@example.org/", None),
        ("http://example.org:0/", None),
        ("http://example.org:99999/", None),
        ("http://999.1.1.1.1/", None),
        ("https:///x", None),
        ("http://exa mple.org/", None),
        ("http://[::1/", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@example.org", None),
        ("tel:1", None),
        ("file:///etc/passwd", None),
        ("ftp://example.org/", None),
        ("gopher://example.org/", None),
        ("x" * LONGEST_ADDRESS, None),
    ],
)
def test_one_way_to_write_an_address(written, is_):
    assert canonical(written, BASE) == is_


def test_a_query_is_in_the_encoding_of_the_page_and_a_path_is_not():
    assert canonical("/س?q=ک", BASE, "cp1256") == "http://example.org/%D8%B3?q=%98"


@given(st.text() | st.from_regex(r"https?://[a-z0-9./:?&=;%#@\[\]-]*", fullmatch=True))
def test_what_is_canonical_stays_so(written):
    once = canonical(written, BASE)
    assert once is None or canonical(once) == once


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("http://a.ir/2024/05/04/news/1", False),
        ("http://a.ir/x/x", False),
        ("http://a.ir/x/x/x", True),
        ("http://a.ir/x/y/x/y/x/y", True),
        ("http://a.ir/" + "/".join(map(str, range(20))), False),
        ("http://a.ir/" + "/".join(map(str, range(21))), True),
    ],
)
def test_a_trap_is_known_by_its_form(url, is_one):
    assert is_trap(url) is is_one


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.ir/", True),
        ("http://a.ir/x.html", True),
        ("http://a.ir/x.pdf", True),
        ("http://a.ir/v1.2/x", True),
        ("http://a.ir/x.PNG", False),
        ("http://a.ir/style.css", False),
    ],
)
def test_pictures_are_not_asked_for(url, expected):
    assert may_hold_text(url) is expected


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("/fa/*", True),
        ("*/news/*", True),
        ("http://a.ir/*", True),
        ("/fa/اخبار/*", True),
        ("/en/*", False),
        ("fa", False),
    ],
)
def test_patterns_are_of_addresses_or_their_paths(glob, expected):
    assert matches("http://a.ir/fa/%D8%A7%D8%AE%D8%A8%D8%A7%D8%B1/news/1?x=2", [glob]) is expected


def test_a_host_has_a_twin_with_www():
    assert set(sites(["http://a.ir/", "https://www.b.ir/x"])) == {"a.ir", "www.a.ir", "b.ir", "www.b.ir"}
