"""Whatever a server does, a request ends: in time, within a size, with an answer or a reason."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from contextlib import closing, suppress

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_site import Reply, page

from searchkit.crawling import CrawlOptions
from searchkit.crawling.connecting import Guard
from searchkit.crawling.fetching import Fetcher, FetchError

pytestmark = pytest.mark.thorough


@pytest.fixture
def fetch():
    """Ask for an address, with small limits."""
    fetcher = Fetcher(CrawlOptions(timeout=1.5, max_bytes=200_000), Guard(["127.0.0.1"]))
    yield fetcher.fetch
    fetcher.close()


@pytest.fixture
def raw():
    """Serve bytes as they are, one connection after another; what is a number is waited for."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def start(parts):
        def run():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65_536)
                        for part in parts() if callable(parts) else parts:
                            if isinstance(part, bytes):
                                connection.sendall(part)
                            elif ended.wait(part):
                                return
                    except OSError:
                        pass

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/"

    yield start
    ended.set()
    listening.close()


def drip(part, pause):
    def parts():
        while True:
            yield part
            yield pause

    return parts


EMPTY_BLOCKS = gzip.compress(b"")[:10]
"""How a file of gzip begins. Blocks without anything in them may follow, without end."""

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = OK + b"Content-Encoding: gzip\r\n\r\n"


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        (drip(b"", 0.1), "too slow"),  # nothing ever comes
        (drip(b"X-A: b\r\n", 0.05), "too slow"),
        (lambda: iter([OK, *[b"X-A: b\r\n", 0.05] * 1_000]), "too slow"),  # headers without end, slowly
        (lambda: iter([OK, b"\r\n", *[b"x", 0.05] * 1_000]), "too slow"),  # a body without end, slowly
        (lambda: iter([OK, *[b"X-A: " + b"b" * 5_000 + b"\r\n"] * 100]), "no HTTP"),  # huge headers
        (lambda: iter([OK, b"X-A: " + b"b" * 500_000]), "no HTTP"),
        (lambda: iter([*[b"HTTP/1.1 100 Continue\r\n\r\n", 0.02] * 1_000]), "too slow"),
        (lambda: iter([OK, b"\r\n", *[b"x" * 50_000] * 100]), "larger than 0.2 MB"),
        (lambda: iter([OK, b"Content-Length: 9999999999\r\n\r\n"]), "larger than 0.2 MB"),
        (lambda: iter([OK, b"Content-Length: 100\r\n\r\nabc"]), "no HTTP"),  # it ends before its end
        (lambda: iter([CHUNKED, b"zz\r\nabc"]), "no HTTP"),
        (lambda: iter([CHUNKED, b"-5\r\nabc"]), "no HTTP"),
        (lambda: iter([CHUNKED, b"f" * 100 + b"\r\nabc"]), "no HTTP"),
        (
            lambda: iter([CHUNKED, b"ffffffffff\r\n", *[b"x" * 50_000] * 100]),
            "larger than",
        ),
        (lambda: iter([CHUNKED, *[b"1\r\nx\r\n" * 9_000] * 100]), "larger than|too slow"),
        (lambda: iter([CHUNKED, b"1;" + b"x" * 500_000]), "no HTTP"),
        (lambda: iter([CHUNKED, b"0\r\n", *[b"X-A: b\r\n" * 9_000] * 100]), "no HTTP"),
        (lambda: iter([OK, b"Transfer-Encoding: chunked, gzip\r\n\r\nabc"]), "no HTTP"),
        (lambda: iter([OK, b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"]), "no HTTP"),
        (lambda: iter([OK, b"Content-Length: -3\r\n\r\nabc"]), "no HTTP"),
        (lambda: iter([OK, b"no colon at all\r\n\r\nabc"]), "no HTTP"),
        (lambda: iter([OK, b"X-A: a\0b\r\n\r\nabc"]), "no HTTP"),
        (lambda: iter([b"HTTP/1.1 abc OK\r\n\r\n"]), "no HTTP"),
        (lambda: iter([b"HTTP/1.1 101 Switching Protocols\r\n\r\n", *[b"x", 0.05] * 1_000]), "no HTTP|too slow"),
        (lambda: iter([b"\x16\x03\x01\x02\0\x01\0"]), "no HTTP"),  # TLS
        (
            lambda: iter([GZIP, EMPTY_BLOCKS, *[b"\0\0\0\xff\xff" * 9_000] * 100]),
            "larger",
        ),
        (lambda: iter([GZIP, gzip.compress(b"x"), *[b"x" * 50_000] * 100]), "larger"),
        (lambda: iter([b"SSH-2.0-OpenSSH_9.9\r\n"]), "no HTTP"),
        (lambda: iter([b"\0" * 1_000]), "no HTTP"),
        (lambda: iter([]), "no"),
        (lambda: iter([GZIP, b"no gzip at all"]), "not a whole gzip file"),
        (lambda: iter([OK, b"Content-Encoding: br\r\n\r\nabc"]), "packed in a way"),
        (lambda: iter([OK, b"Content-Encoding: gzip, gzip\r\n\r\nabc"]), "packed in a way"),
    ],
)
def test_a_bad_answer_ends_in_a_reason(raw, fetch, parts, why):
    started = time.monotonic()
    with pytest.raises(FetchError, match=why):
        fetch(raw(parts))
    assert time.monotonic() - started < 60  # it is 1.5 s; without a limit it would be forever


@pytest.mark.parametrize(
    "parts", [drip(b"", 0.1), drip(b"\x16\x03\x01\xff\xff" + b"x" * 20, 0.05), drip(b"\x16", 0.05)]
)
def test_a_handshake_that_never_ends_does(raw, fetch, parts):
    started = time.monotonic()
    with pytest.raises(FetchError, match=r"too slow|no connection"):
        fetch(raw(parts).replace("http:", "https:"))
    assert time.monotonic() - started < 60


def test_nobody_listens(fetch):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(FetchError, match="no connection") as raised:
        fetch(f"http://127.0.0.1:{port}/")
    assert raised.value.again


def test_a_bomb_is_not_unpacked(serve, fetch):
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(300)) + packer.flush()
    assert len(bomb) < 1_000_000
    site = serve({"/": Reply(bomb, headers={"Content-Encoding": "gzip"})})
    tracemalloc.start()
    try:
        with pytest.raises(FetchError, match="larger than"):
            fetch(site.url + "/")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_what_is_packed_is_unpacked(serve, fetch):
    site = serve({"/": Reply(gzip.compress(page("سلام").encode()), headers={"Content-Encoding": "gzip"})})
    answer = fetch(site.url + "/")
    assert answer.body.decode() == page("سلام")
    assert answer.kind == "text/html"


def test_pictures_are_not_read(serve, fetch):
    site = serve({"/": Reply(b"x" * 1_000, headers={"Content-Type": "image/png"})})
    assert fetch(site.url + "/").body == b""


def test_as_much_as_is_wanted_is_read(serve, fetch):
    site = serve({"/": Reply(lambda: iter([b"x" * 1_000] * 1_000))})
    assert len(fetch(site.url + "/", cut=5_000).body) == 5_000


def test_what_is_no_page_is_still_an_answer(serve, fetch):
    site = serve({"/": Reply(b"x" * 1_000_000, 404)})
    assert fetch(site.url + "/").status == 404


LINES = [
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 200\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 302 Found\r\n",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Connection: close\r\n",
    b"Upgrade: h2c\r\n",
    b"X: ",
    b"\r\n",
    b"\r\n\r\n",
    b"5\r\nabcde\r\n",
    b"0\r\n\r\n",
    gzip.compress(b"abc"),
]


@given(st.lists(st.sampled_from(LINES) | st.binary(max_size=30), max_size=12), st.booleans())
def test_any_bytes_are_an_answer_or_an_error(parts, is_begun):
    fetcher = Fetcher(CrawlOptions(timeout=5), Guard(["127.0.0.1"]))
    backend = httpcore.MockBackend([OK, *parts] if is_begun else parts)
    fetcher._pools[""] = httpcore.ConnectionPool(network_backend=backend)
    with closing(fetcher), suppress(FetchError):
        assert len(fetcher.fetch("http://127.0.0.1/").body) <= sum(map(len, parts)) + 100
