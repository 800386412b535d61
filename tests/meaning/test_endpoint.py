"""A server makes vectors: it is asked patiently, and what it answers is believed only if it can be."""

from __future__ import annotations

import json
import socket
import threading

import numpy as np
import pytest
from embedders import EmbedderContract
from embedding_server import serving
from trigrams import Trigrams

from searchkit.errors import ArgumentError, EmbedderError
from searchkit.meaning import endpoint
from searchkit.meaning.embedder import PROBE, embedder_of
from searchkit.meaning.endpoint import EMBEDDER_KEY, Endpoint, Patience

FAST = Patience(timeout=5, attempts=3, pause=0.01)
SECRET = "sk-very-secret"  # noqa: S105 (of nothing)


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv(EMBEDDER_KEY, raising=False)


class TestEndpoint(EmbedderContract):
    @pytest.fixture
    def embedder(self):
        with serving() as server:
            yield embedder_of(f"{server.address}#trigrams")


def answering(body, status=200, **headers):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _server, _texts: (status, headers, body)


def test_many_texts_come_in_several_requests_and_the_right_order():
    texts = [f"متن {number}" for number in range(70)]
    with serving() as server:
        found = Endpoint(server.address, "m", FAST).documents(texts)
        assert [len(each) for each in server.asked] == [32, 32, 6]
        assert server.texts == texts
    assert np.allclose(found, Trigrams().documents(texts), atol=1e-6)


def test_answers_may_come_in_any_order():
    def turned(server, texts):
        return 200, {}, json.dumps({"data": server.rows(texts)[::-1]}).encode()

    with serving(turned) as server:
        assert np.allclose(
            Endpoint(server.address, "m").documents(["a", "b", "c"]), Trigrams().documents(["a", "b", "c"])
        )


def test_a_model_of_a_known_family_is_given_what_it_wants():
    with serving() as server:
        embedder = Endpoint(server.address, "nomic-embed-text")
        embedder.documents(["a"])
        embedder.queries(["b"])
        assert server.asked == [["search_document: a"], ["search_query: b"]]


@pytest.mark.parametrize("suffix", ["", "/", "/embeddings", "/embeddings/"])
def test_the_address_may_be_given_whole(suffix):
    with serving() as server:
        assert Endpoint(server.address + suffix, "m").dimensions == 64
        assert server.paths == ["/v1/embeddings"]
        assert server.asked == [[PROBE]]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"data": 1e999}',
        b'{"data": [{"embedding": [1' + b"0" * 5_000 + b"]}]}",
        {},
        {"data": None},
        {"data": {}},
        {"data": "ab"},
        {"data": ["a", "b"]},
        {"data": [{"index": 0}, {"index": 1}]},
        {"data": [{"index": 0, "embedding": [1, 0]}]},
        {"data": [{"index": 0, "embedding": [1, 0]}] * 2},
        {"data": [{"index": at, "embedding": [1, 0]} for at in range(3)]},
        {"data": [{"index": at, "embedding": [1, 0]} for at in (1, 2)]},
        {"data": [{"index": at, "embedding": [1, 0]} for at in ("0", "1")]},
        {"data": [{"index": at, "embedding": [1, 0]} for at in (False, True)]},
        {"data": [{"index": at, "embedding": [1, 0]} for at in (0, None)]},
        {"data": [{"embedding": [1, 0]}, {"embedding": [1, 0, 0]}]},
        {"data": [{"embedding": [1, 0]}, {"embedding": [0, 0]}]},
        {"data": [{"embedding": [1, 0]}, {"embedding": [1, None]}]},
        {"data": [{"embedding": [1, 0]}, {"embedding": [1, float("nan")]}]},
        {"data": [{"embedding": [1, 0]}, {"embedding": [1, "x"]}]},
        {"data": [{"embedding": []}, {"embedding": []}]},
        {"data": [{"embedding": "AACAPw=="}, {"embedding": "AACAPw=="}]},
        {"data": [{"embedding": {"0": 1}}, {"embedding": [1, 0]}]},
        {"data": [{"embedding": None}, {"embedding": [1, 0]}]},
        {"data": [{"embedding": 1}, {"embedding": 1}]},
        ["data"],
    ],
)
def test_a_bad_answer_is_refused_and_not_asked_for_again(body):
    with serving(answering(body)) as server:
        with pytest.raises(EmbedderError, match=f"{server.address} .m. answers"):
            Endpoint(server.address, "m", FAST).documents(["a", "b"])
        assert len(server.asked) == 1


def test_vectors_keep_the_length_that_the_first_ones_had():
    with serving() as server:
        embedder = Endpoint(server.address, "m", FAST)
        embedder.documents(["a"])
        server.embedder = Trigrams(32)
        with pytest.raises(EmbedderError, match="32 numbers"):
            embedder.documents(["a"])


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(status):
    def busy(server, texts):
        return (status, {}, b"busy") if len(server.asked) < 3 else None

    with serving(busy) as server:
        assert Endpoint(server.address, "m", FAST).documents(["a"]).shape == (1, 64)
        assert len(server.asked) == 3


@pytest.mark.parametrize(("asked", "slept"), [("7", 7.0), ("1000000", 60.0), ("soon", 0.01), ("-5", 0.01), ("", 0.01)])
def test_a_server_says_how_long_it_wants_to_be_left_alone_up_to_a_bound(monkeypatch, asked, slept):
    pauses = []
    monkeypatch.setattr(endpoint.time, "sleep", pauses.append)

    def busy(server, texts):
        return (429, {"Retry-After": asked}, b"") if len(server.asked) < 2 else None

    with serving(busy) as server:
        server.pause = 0
        Endpoint(server.address, "m", FAST).documents(["a"])
    assert max(pauses) == slept


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (401, {"error": {"message": "no such key"}}, "answered 401: no such key"),
        (404, {"error": "model not found"}, "answered 404: model not found"),
        (400, b"<html>\n\n bad " + b"x" * 1000, "answered 400: <html> bad x"),
        (301, b"", "answered 301: nothing"),
    ],
)
def test_what_a_server_says_is_told(status, body, told):
    with serving(answering(body, status, Location="http://127.0.0.1:1/")) as server:
        with pytest.raises(EmbedderError) as error:
            Endpoint(server.address, "m", FAST).documents(["a"])
        assert len(server.asked) == 1
    assert f"the embedder at {server.address} (m) {told}" in str(error.value)
    assert len(str(error.value)) < 400


def test_the_key_is_sent_and_never_told(monkeypatch, capfd):
    monkeypatch.setenv(EMBEDDER_KEY, SECRET)
    refusal = answering({"error": {"message": f"the key {SECRET} is none"}}, 401)
    with serving(refusal) as server:
        embedder = Endpoint(server.address, "m", FAST)
        with pytest.raises(EmbedderError, match=r"the key \*\*\* is none") as error:
            embedder.documents(["a"])
        assert server.headers[0]["Authorization"] == f"Bearer {SECRET}"
    assert SECRET not in f"{error.value!r} {embedder!r} {vars(embedder)} {embedder.name} {capfd.readouterr()}"


@pytest.mark.parametrize("key", ["a\nHost: b", "کلید", "a\x7f"])
def test_what_can_be_no_key_is_refused_without_telling_it(monkeypatch, key):
    monkeypatch.setenv(EMBEDDER_KEY, key)
    with serving() as server:
        with pytest.raises(EmbedderError) as error:
            Endpoint(server.address, "m", FAST).documents(["a"])
        assert server.asked == []
    assert key not in str(error.value)


def test_no_proxy_is_asked(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with serving() as server:
        assert Endpoint(server.address, "m", FAST).dimensions == 64


def test_a_server_that_is_not_there_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        with pytest.raises(EmbedderError, match=f"{address} .m. does not answer: .*refused"):
            Endpoint(address, "m", FAST).documents(["a"])


def test_an_endless_answer_ends(monkeypatch):
    monkeypatch.setattr(endpoint, "_LONGEST_ANSWER", 100_000)
    with serving(answering(b"1" * 1_000_000)) as server, pytest.raises(EmbedderError, match="answers more than"):
        Endpoint(server.address, "m", FAST).documents(["a"])


@pytest.mark.parametrize("sent", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", "drip"])
def test_a_server_that_hangs_up_or_drips_is_told(sent):
    done = threading.Event()

    def answer(server):
        while not done.is_set():
            try:
                connection = server.accept()[0]
            except OSError:
                return
            connection.recv(1 << 16)
            if sent == "drip":
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while not done.wait(0.05):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        break
            else:
                connection.sendall(sent)
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        thread = threading.Thread(target=answer, args=(server,))
        thread.start()
        try:
            with pytest.raises(EmbedderError, match="does not answer"):
                Endpoint(f"http://127.0.0.1:{server.getsockname()[1]}", "m", Patience(0.5, 1)).documents(["a"])
        finally:
            done.set()
            thread.join()


@pytest.mark.parametrize(
    "spec",
    [
        "http://localhost:11434/v1",
        "http://localhost:11434/v1#",
        "http://localhost:11434/v1#  ",
        "http://localhost:11434/v1#a\nb",
        "http://#m",
        "http:///v1#m",
        "http://h:99999/#m",
        "http://h:0/#m",
        "http://h:x/#m",
        "http://[::1/#m",
        "http://user:password@h/v1#m",
        "http://user@h/v1#m",
        "http://h/v1?key=x#m",
        "http://h/v 1#m",
        "http://h/\r\nX: y#m",
        "http:h#m",
    ],
)
def test_what_is_no_address_is_refused(spec):
    with pytest.raises(ArgumentError) as error:
        embedder_of(spec)
    assert "password@" not in str(error.value)


def test_nothing_is_sent_before_there_is_something_to_embed():
    with serving() as server:
        embedder = embedder_of(f"{server.address}#m")
        assert embedder.name == "endpoint#m"
        assert server.asked == []
