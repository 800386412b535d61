"""Words, meaning or both on the page and in the API: what is chosen and kept, and told if meaning cannot be asked."""

from __future__ import annotations

import json
import logging
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from bs4 import BeautifulSoup
from embedding_server import serving
from served import DOCUMENTS, TOKEN, site
from shell import searchkit
from starlette.testclient import TestClient
from trigrams import MayBeAway, Trigrams

from searchkit import ArgumentError, Document, SearchIndex
from searchkit.web import WebOptions, app
from searchkit.web.site import UNMEANT

Q = "بارانهای شمالی"


class Away(MayBeAway, Trigrams):
    """Makes vectors until it is away, and says then what only its owner should know."""

    why = "the embedder at http://10.1.2.3/v1 (secret-model) does not answer"


@pytest.fixture
def embedder():
    return Away()


@pytest.fixture
def index(tmp_path, embedder):
    """One with vectors of all its documents."""
    with SearchIndex.open(tmp_path / "index", fields={"section": "keyword"}, embedder=embedder) as made:
        made.add(DOCUMENTS)
        yield made


@pytest.fixture
def plain_client(tmp_path):
    """Asks a site whose index has no vectors."""
    with SearchIndex.open(tmp_path / "plain") as made:
        made.add(DOCUMENTS)
        yield TestClient(app(made), raise_server_exceptions=False)


def asked(client, **parameters):
    told = client.get("/api/search", params={"q": Q, **parameters})
    assert told.status_code == 200, told.text
    return told.json()


def page(client, address):
    told = client.get(address)
    assert told.status_code == 200, told.text
    return BeautifulSoup(told.text, "lxml")


def current(soup):
    return [link.get_text() for link in soup.select(".modes [aria-current]")]


def test_the_api_finds_as_the_library_does_in_each_mode(client, index):
    totals = {}
    for mode in ("auto", "words", "meaning"):
        told, results = asked(client, mode=mode), index.search(Q, mode=mode).to_dict()
        told.pop("took_ms"), results.pop("took_ms")
        assert [hit["score"] for hit in told["hits"]] == [hit["score"] for hit in results["hits"]]
        totals[mode] = told["total"]
    assert totals["words"] < totals["meaning"] == len(DOCUMENTS)
    assert asked(client)["hits"] == asked(client, mode="auto")["hits"]


def test_an_owner_says_what_finds_where_nobody_chooses(serving_of, index):
    client = serving_of(mode="meaning")
    assert asked(client)["total"] == len(DOCUMENTS)
    assert asked(client, mode="words")["total"] < len(DOCUMENTS)
    (parameter,) = [
        each
        for each in client.get("/api/openapi.json").json()["paths"]["/search"]["get"]["parameters"]
        if each["name"] == "mode"
    ]
    assert parameter["schema"] == {"type": "string", "enum": ["auto", "words", "meaning"], "default": "meaning"}
    soup = page(client, f"/?q={Q}&lang=en")
    assert current(soup) == ["Meaning"]
    assert "mode=" not in soup.select_one(".modes [aria-current]")["href"]


@pytest.fixture
def serving_of(index):
    def start(**options):
        return TestClient(app(index, WebOptions(**options)), raise_server_exceptions=False)

    return start


@pytest.mark.parametrize("mode", ["", "Auto", "words ", "both", "x" * 10_000, "<b>", "auto\0", "\u202emeaning"])
def test_what_is_no_mode_is_told(client, mode):
    told = client.get("/api/search", params={"q": Q, "mode": mode})
    assert told.status_code == 400
    assert "mode is " in told.json()["detail"]
    assert len(told.text) < 400
    shown = client.get("/", params={"q": Q, "mode": mode})
    assert shown.status_code == (400 if mode else 200)
    assert "<b>" not in shown.text
    assert client.get("/api/suggest", params={"q": Q, "mode": "words"}).status_code == 400


def test_a_mode_that_is_given_twice_is_told(client):
    assert client.get(f"/api/search?q={Q}&mode=words&mode=auto").status_code == 400


def test_meaning_of_an_index_without_vectors(plain_client, tmp_path):
    told = plain_client.get("/api/search", params={"q": Q, "mode": "meaning"})
    assert (told.status_code, "no vectors" in told.json()["detail"]) == (400, True)
    assert plain_client.get("/", params={"q": Q, "mode": "meaning"}).status_code == 400
    assert asked(plain_client, mode="auto")["hits"] == asked(plain_client)["hits"]
    assert page(plain_client, f"/?q={Q}").select(".modes") == []
    with SearchIndex.open(tmp_path / "plain") as made, pytest.raises(ArgumentError, match="no vectors"):
        app(made, WebOptions(mode="meaning"))


@pytest.mark.parametrize(
    ("language", "labels"),
    [("fa", ["واژه\u200cها و معنا", "واژه\u200cها", "معنا"]), ("en", ["Words and meaning", "Words", "Meaning"])],
)
def test_the_page_offers_the_modes(client, language, labels):
    soup = page(client, f"/?q={Q}&lang={language}")
    links = soup.select(".modes a")
    assert [link.get_text() for link in links] == labels
    assert current(soup) == labels[:1]
    for link, label in zip(links, labels, strict=True):
        assert current(page(client, link["href"])) == [label]


def test_what_was_chosen_is_kept_over_pages_filters_and_documents(serving_of):
    client = serving_of(page_size=1, facets=["section"])
    soup = page(client, f"/?q={Q}&mode=meaning")
    kept = [
        *soup.select(".pages a"),
        *soup.select(".sorts:not(.modes) a"),
        *soup.select(".filters li a"),
        *soup.select(".hits a[href^='/document']"),
        soup.select_one(".language"),
    ]
    assert len(kept) > 8
    for link in kept:
        assert parse_qs(urlsplit(link["href"]).query)["mode"] == ["meaning"], link
    for form in (soup.select_one("form#search"), soup.select_one("form.dates")):
        assert form.select_one("input[name=mode]")["value"] == "meaning"
    document = page(client, soup.select_one(".hits a[href^='/document']")["href"])
    assert "mode=meaning" in document.select_one(".around a")["href"]
    assert "mode" not in soup.select_one("a.site")["href"]


def test_what_is_typed_asks_nobody_for_vectors(client, embedder, index):
    assert embedder.asked == []
    client.get("/api/suggest", params={"q": Q})
    soup = page(client, f"/?q={Q}&typing=1&lang=en")
    assert current(soup) == ["Words"]
    page(client, f"/document?id={DOCUMENTS[0].id}&q={Q}")
    client.get("/", params={"q": Q, "exact": "1"})
    client.get(f"/api/similar/{DOCUMENTS[0].id}")
    assert embedder.asked == []
    both = page(client, soup.select_one(".modes a")["href"])
    assert current(both) == ["Words and meaning"]
    assert len(embedder.asked) == 1
    assert index.search(Q).total == len(both.select(".hits li"))


def test_what_is_like_a_document_is_found_by_its_vectors(client, index):
    id_ = DOCUMENTS[0].id
    for mode in ("auto", "words", "meaning"):
        told = client.get(f"/api/similar/{id_}", params={"mode": mode}).json()
        assert [hit["score"] for hit in told["hits"]] == [hit.score for hit in index.similar(id_, mode=mode)]
    assert client.get(f"/api/similar/{id_}", params={"mode": "no"}).status_code == 400


def test_where_meaning_cannot_be_asked_for_words_answer_and_only_the_owner_hears_why(client, embedder, caplog):
    embedder.is_away = True
    with caplog.at_level(logging.WARNING):
        told = client.get("/api/search", params={"q": Q})
    assert [problem["message"] for problem in told.json()["problems"]] == [UNMEANT]
    assert "10.1.2.3" in caplog.text
    shown = [client.get("/", params={"q": Q, "mode": mode, "lang": "en"}) for mode in ("", "meaning")]
    refused = client.get("/api/search", params={"q": Q, "mode": "meaning"})
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    for each in shown:
        assert (each.status_code, each.text.count("as meaning cannot be asked for")) == (200, 1)
    persian = page(client, f"/?q={Q}")
    assert "جست\u200cوجوی معنا اکنون در دسترس نیست" in persian.select_one(".told").get_text()
    for each in (told, refused, *shown):
        assert "10.1.2.3" not in each.text
        assert "secret" not in each.text
        assert each.headers["cache-control"] == "no-store"
        assert "etag" not in each.headers
    embedder.is_away = False
    whole = client.get("/api/search", params={"q": Q})
    assert whole.json()["problems"] == []
    assert (
        client.get("/api/search", params={"q": Q}, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    )


def test_documents_that_cannot_be_given_vectors_are_there(index, embedder):
    embedder.documents = lambda texts: Trigrams(dimensions=3).documents(texts)
    client = TestClient(app(index, WebOptions(write=TOKEN)), raise_server_exceptions=False)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    told = client.post("/api/documents", json={"id": "new", "body": "واژهٔ تازه"}, headers=headers)
    assert (told.status_code, "have no vectors yet" in told.json()["detail"]) == (503, True)
    assert index.get("new") is not None


@pytest.mark.parametrize("workers", [1, 2])
def test_a_process_serves_what_a_named_embedder_made(tmp_path, workers):
    path = tmp_path / "index"
    with SearchIndex.open(path) as made:
        made.add([*DOCUMENTS, *(Document(str(number), f"متن {number}") for number in range(9))])
    with serving() as server:
        spec = f"{server.address}#m"
        assert searchkit("embed", "-i", str(path), "--embedder", spec, cwd=tmp_path).returncode == 0
        options = ("--mode", "meaning", "--embedder", spec, "--workers", str(workers))
        with (
            site(path, *options) as started,
            urlopen(f"{started.address}/api/search?q=rain&limit=1", timeout=30) as told,  # noqa: S310 (of this machine)
        ):
            found = json.load(told)
    assert (found["total"], found["problems"]) == (len(DOCUMENTS) + 9, [])


def test_what_cannot_be_served_is_said_in_a_sentence(tmp_path):
    with SearchIndex.open(tmp_path / "index") as made:
        made.add(DOCUMENTS)
    for options, says in (
        (("--mode", "meaning"), b"the index has no vectors"),
        (("--mode", "sense"), b"'sense' is not one of"),
    ):
        ended = searchkit("serve", "--port", "0", *options, cwd=tmp_path)
        assert ended.returncode == 2
        assert says in ended.stderr.splitlines()[-1]
