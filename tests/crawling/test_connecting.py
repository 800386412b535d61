"""No address inside the network is connected to, whoever names it: a page, a redirect or a name server."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import httpcore
import pytest
from web_site import Reply, page

from searchkit.crawling import CrawlOptions
from searchkit.crawling.addresses import canonical
from searchkit.crawling.connecting import Guard, GuardedBackend, RefusedError, RequestClock, is_public
from searchkit.crawling.crawler import Crawl
from searchkit.crawling.fetching import Fetcher
from searchkit.documents import Skip
from searchkit.errors import ArgumentError

PRIVATE = (
    "127.0.0.1 127.8.8.8 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254 224.0.0.1 240.0.0.1 "
    "255.255.255.255 192.0.2.1 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 fe80::1 fec0::1 fd00::1 ff02::1 "
    "64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1::1 2001:0:7f00:1::1 2001:db8::1"
).split()
PUBLIC = ["8.8.8.8", "185.143.232.1", "2a00:1450:4001::1", "::ffff:8.8.8.8"]


@pytest.fixture
def connected(monkeypatch):
    """The addresses that are connected to; no socket is opened."""
    found = []

    def connect(self, host, *_, **__):
        found.append(host)
        raise httpcore.ConnectError("no sockets here")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return found


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused(address, connected):
    assert not is_public(address)
    backend = GuardedBackend(Guard(resolve=lambda *_: [address]), RequestClock(), threading.Event())
    with pytest.raises(RefusedError, match="allow-private"):
        backend.connect_tcp("example.org", 80)
    assert connected == []


@pytest.mark.parametrize("address", PUBLIC)
def test_what_was_checked_is_what_is_connected_to(address, connected):
    backend = GuardedBackend(Guard(resolve=lambda *_: [address]), RequestClock(), threading.Event())
    with pytest.raises(httpcore.ConnectError):
        backend.connect_tcp("example.org", 80)
    assert connected == [address]


def test_one_private_address_refuses_all(connected):
    guard = Guard(resolve=lambda *_: ["8.8.8.8", "127.0.0.1"])
    with pytest.raises(RefusedError):
        GuardedBackend(guard, RequestClock(), threading.Event()).connect_tcp("example.org", 80)
    assert connected == []


def test_a_name_server_that_changes_its_mind_gains_nothing(connected):
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]])
    backend = GuardedBackend(Guard(resolve=lambda *_: next(answers)), RequestClock(), threading.Event())
    for error in (httpcore.ConnectError, RefusedError, RefusedError):
        with pytest.raises(error):
            backend.connect_tcp("example.org", 80)
    assert connected == ["8.8.8.8"]


@pytest.mark.parametrize("address", ["not an address", "", "127.0.0.1%eth0", "fe80::1%1"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(RefusedError):
        Guard(resolve=lambda *_: [address]).addresses("example.org", 80)


@pytest.mark.parametrize(
    ("allowed", "host", "address", "is_allowed"),
    [
        ("localhost", "localhost", "127.0.0.1", True),
        ("localhost", "other", "127.0.0.1", False),
        ("intra.example", "INTRA.example", "10.0.0.1", True),
        ("10.0.0.0/8", "any", "10.1.2.3", True),
        ("10.0.0.0/8", "any", "192.168.0.1", False),
        ("127.0.0.1", "any", "127.0.0.1", True),
        ("127.0.0.1", "any", "127.0.0.2", False),
        ("[::1]", "any", "::1", True),
    ],
)
def test_private_hosts_are_allowed_by_name(allowed, host, address, is_allowed):
    guard = Guard([allowed], lambda *_: [address])
    if is_allowed:
        assert guard.addresses(host, 80) == [address]
    else:
        with pytest.raises(RefusedError):
            guard.addresses(host, 80)


@pytest.mark.parametrize("all_", ["*", "0.0.0.0/0", "::/0", "", "*.example.org"])
def test_not_everything_is_allowed_at_once(all_):
    with pytest.raises(ArgumentError):
        CrawlOptions(allow_private=(all_,))


@pytest.mark.parametrize(
    "host",
    "127.0.0.1 localhost 2130706433 0x7f.1 0177.1 [::1] [::ffff:127.0.0.1] 0.0.0.0 [64:ff9b::7f00:1]".split(),
)
def test_no_way_to_write_this_machine_is_connected_to(host, connected):
    fetcher = Fetcher(CrawlOptions(), Guard())
    with pytest.raises(RefusedError):
        fetcher.fetch(canonical(f"http://{host}/"))
    fetcher.close()
    assert connected == []


@pytest.mark.parametrize(
    "target",
    "http://127.0.0.1:{other}/ http://localhost:{other}/ http://2130706433:{other}/ http://[::ffff:127.0.0.1]:{other}/ "
    "http://0177.0.0.1:{other}/ http://0x7f.0.0.1:{other}/ http://0x7f000001:{other}/ http://017700000001:{other}/ "
    "http://127.1:{other}/ http://[::1]:{other}/ http://[0:0:0:0:0:0:0:1%25lo]:{other}/ http://127.0.0.1.:{other}/ "
    "//127.0.0.1:{other}/ http://a@127.0.0.1:{other}/ http://127.0.0.1:{other}\\@example.org/ "
    "http://\u2460\u2461\u2466.0.0.1:{other}/ http://127\u30020\u30020\u30021:{other}/ "
    "http://169.254.169.254/ file:///etc/passwd ftp://127.0.0.1/ gopher://127.0.0.1/ data:text/html,x j:x".split(),
)
def test_a_redirect_does_not_lead_inside(serve, crawled, target):
    inside = serve({"/": page("secret")})
    location = target.format(other=inside.port).encode().decode("latin-1")  # as it goes over the wire
    outside = serve({"/": page("x", "/r"), "/r": Reply(status=302, headers={"Location": location})})
    found = crawled(outside)
    assert inside.asked == []
    assert list(found.documents) == ["/"]
    assert "leads to" in found.skips["/r"]


NAMES = {"outside.test": "127.0.0.1", "inside.test": "127.0.0.1"}


def two_names(serve, pages):
    """One server with two names, of which one may be asked."""
    site = serve({})
    site.pages = pages(f"http://inside.test:{site.port}")
    site.url = f"http://outside.test:{site.port}"
    return site


@pytest.mark.parametrize(
    "pages",
    [
        lambda inside: {"/": Reply("", 302, {"Location": f"{inside}/secret"})},
        lambda inside: {"/": page("x"), "/robots.txt": Reply("", 301, {"Location": f"{inside}/secret"})},
        lambda inside: {"/": page("x", f"{inside}/secret")},
        lambda inside: {"/": page("x", "secret", head=f"<base href='{inside}/'>")},
        lambda inside: {"/": page("x", head=f"<meta http-equiv=refresh content='0; url={inside}/secret'>")},
        lambda inside: {"/": page("x", head=f"<link rel=canonical href='{inside}/secret'>")},
        lambda inside: {"/": f"<html><p>x<iframe src='{inside}/secret'></iframe>"},
        lambda inside: {"/": f"<urlset><url><loc>{inside}/secret</loc></url></urlset>"},
        lambda inside: {"/": f"<sitemapindex><sitemap><loc>{inside}/secret</loc></sitemap></sitemapindex>"},
        lambda inside: {"/": page("x"), "/robots.txt": Reply(f"Sitemap: {inside}/secret")},
    ],
)
def test_a_host_that_the_crawl_may_go_to_is_not_asked_at_an_address_inside(serve, crawled, pages):
    site = two_names(serve, pages)
    inside = f"http://inside.test:{site.port}/"
    options = CrawlOptions(delay=0, allow_private=("outside.test",), sitemap=True)
    crawl = Crawl([f"{site.url}/", inside], options, resolve=lambda host, _: [NAMES[host]])
    found = list(crawl)
    crawl.close()
    assert site.asked
    assert {seen["Host"] for seen in site.seen} == {f"outside.test:{site.port}"}
    assert any("--allow-private inside.test" in each.reason for each in found if isinstance(each, Skip))


def test_a_name_of_the_site_that_leads_inside_is_refused(serve, crawled):
    site = serve({"/": page("x")})
    site.url = f"http://example.test:{site.port}"
    found = crawled(site, resolve=lambda *_: ["127.0.0.1"], allow_private=("other.test",))
    assert site.asked == []
    assert not found.documents
    assert "no public address" in " ".join(found.skips.values())


def test_a_host_that_is_allowed_is_asked_by_its_name(serve, crawled):
    site = serve({"/": page("x")})
    site.url = f"http://example.test:{site.port}"
    found = crawled(site, resolve=lambda *_: ["127.0.0.1"], allow_private=("example.test",))
    assert list(found.documents) == ["/"]
    assert {seen["Host"] for seen in site.seen} == {f"example.test:{site.port}"}


CERTIFICATE = Path(__file__).with_name("example.test.pem")


@pytest.mark.parametrize(("trusted", "name"), [(True, "example.test"), (False, "example.test"), (True, "other.test")])
def test_certificates_are_those_of_the_name_that_was_asked_for(serve, crawled, monkeypatch, trusted, name):
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    site = serve({"/": page("x", "/a"), "/a": page("y")}, certificate=CERTIFICATE)
    site.url = f"https://{name}:{site.port}"
    found = crawled(site, resolve=lambda *_: ["127.0.0.1"], allow_private=(name,))
    assert set(found.documents) == ({"/", "/a"} if trusted and name == "example.test" else set())


def test_proxies_and_passwords_of_the_surroundings_are_not_used(serve, crawled, monkeypatch, tmp_path):
    proxy = serve({})
    (tmp_path / ".netrc").write_text("default login me password secret\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    site = serve(lambda *_: Reply(page("x", "/a"), headers={"Set-Cookie": "id=1"}))
    crawled(site)
    assert proxy.asked == []
    assert len(site.seen) > 1
    assert not any({"Cookie", "Authorization"} & set(seen) for seen in site.seen)


def test_proxies_are_asked_where_that_is_wanted_and_for_nothing_inside(serve, crawled, monkeypatch):
    answers = {"http://example.test/": page("x", "http://inside.test/"), "http://example.test/robots.txt": None}
    proxy, site = serve(answers), serve({"/": page("y")})
    monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//me:pass%40word@"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    site.direct, site.url = site.url, "http://example.test"
    names = {"example.test": "8.8.8.8", "inside.test": "10.0.0.1", "127.0.0.1": "127.0.0.1"}
    options = CrawlOptions(delay=0, allow_private=("127.0.0.1",), env_proxies=True)
    crawl = Crawl(
        ["http://example.test/", "http://inside.test/", site.direct], options, resolve=lambda h, _: [names[h]]
    )
    found = {each.id for each in crawl if not isinstance(each, Skip)}
    crawl.close()
    assert found == {"http://example.test/", f"{site.direct}/"}
    assert set(proxy.asked) == set(answers)
    assert set(site.asked) == {"/", "/robots.txt"}
    assert {seen["Proxy-Authorization"] for seen in proxy.seen} == {"Basic bWU6cGFzc0B3b3Jk"}
    assert not any("Proxy-Authorization" in seen for seen in site.seen)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://", "http://a:b", "http://سلام"])
def test_a_proxy_that_cannot_be_used_is_told(monkeypatch, proxy):
    monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(ArgumentError, match="proxy"):
        Fetcher(CrawlOptions(env_proxies=True), Guard())
    Fetcher(CrawlOptions(), Guard()).close()


def test_servers_are_told_who_asks(serve, crawled):
    site = serve({"/": page("x")})
    crawled(site, contact="https://example.org/bot")
    for seen in site.seen:
        assert seen["User-Agent"].startswith("searchkit/")
        assert "(https://example.org/bot)" in seen["User-Agent"]


def test_a_crawl_that_is_stopped_ends_what_it_waits_for(serve):
    def slow():
        for _ in range(600):
            yield b"x"
            time.sleep(0.1)

    site = serve({"/": Reply(slow)})
    fetcher = Fetcher(CrawlOptions(), Guard(["127.0.0.1"]))
    threading.Timer(0.3, fetcher.stop).start()
    started = time.monotonic()
    with pytest.raises(Exception, match="stopped"):
        fetcher.fetch(site.url)
    assert time.monotonic() - started < 30  # it would take 60 s
