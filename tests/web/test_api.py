"""The API: the JSON of the library, errors as problem details, and nothing of where documents lie."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from served import ROOT, TOKEN

from searchkit import __version__

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def asked(client, address, **parameters):
    told = client.get(f"/api/{address}", params=parameters)
    assert told.status_code == 200, told.text
    return told.json()


def test_a_search_gives_what_the_library_does(client, index):
    told, results = asked(client, "search", q="تاریخ"), index.search("تاریخ").to_dict()
    told.pop("took_ms"), results.pop("took_ms")
    assert told == results


@pytest.mark.parametrize(
    ("parameters", "ids"),
    [
        ({"q": "ایران", "limit": 1}, 1),
        ({"q": "ایران", "offset": 1}, 2),
        ({"q": "ایران", "where": "section=ورزش"}, 1),
        ({"q": "ایران", "where": ["section=ورزش", "date>=1403"]}, 0),
        ({"q": "ایران", "since": "1403"}, 1),
        ({"q": "", "until": "2023"}, 2),
        ({"q": "بارا", "prefix": "true"}, 1),
        ({"q": "بارن", "exact": "1"}, 0),
        ({"q": "ایران باران", "match": "all"}, 1),
    ],
)
def test_what_narrows_a_search(client, parameters, ids):
    assert len(asked(client, "search", **parameters)["hits"]) == ids


def test_order_facets_and_pages(client):
    newest = asked(client, "search", q="ایران", sort="-date", facets=["section", "date.year"], limit=1)
    assert [hit["id"] for hit in newest["hits"]] == ["https://example.org/history"]
    assert sorted(newest["facets"]["section"]) == [["تاریخ", 1], ["ورزش", 1]]
    following = asked(client, "search", q="ایران", sort="-date", cursor=newest["cursor"])
    assert {hit["id"] for hit in following["hits"]}.isdisjoint({"https://example.org/history"})
    assert len(following["hits"]) == 2


def test_what_is_typed_is_completed(client, index):
    assert asked(client, "suggest", q="بار") == [each.to_dict() for each in index.suggest("بار")]


def test_a_document_and_what_is_like_it(client):
    id_ = "https://example.org/history"
    assert asked(client, f"documents/{quote(id_, safe='')}")["body"].startswith("تاریخ ایران باستان")
    assert asked(client, f"documents/{id_}")["id"] == id_
    alike = asked(client, f"similar/{quote(id_, safe='')}")
    assert alike["query"] == "تاریخ ایران"
    assert id_ not in [hit["id"] for hit in alike["hits"]]
    assert asked(client, "similar/plain")["query"] == "plain"


def test_health(client):
    assert asked(client, "health") == {"status": "ok", "documents": 4, "version": __version__}


@pytest.mark.parametrize(
    "address",
    ["search?q=ورزش", "search?q=ایران&facets=section", "similar/plain", "documents/{}", "similar/{}", "suggest?q=ور"],
)
def test_no_path_of_the_server_is_told(client, address):
    (hit,) = asked(client, "search", q="ورزشکاران")["hits"]
    told = client.get("/api/" + address.format(quote(hit["id"])))
    assert told.status_code == 200
    assert "/srv" not in told.text
    assert "2024/news" not in told.text
    assert '"source"' not in told.text


def test_an_id_that_is_a_path_is_told_without_its_folder_and_still_names_the_document(client):
    (hit,) = asked(client, "search", q="ورزشکاران")["hits"]
    assert hit["id"].startswith("~")
    assert hit["id"].endswith("/sport.html")
    assert asked(client, f"documents/{hit['id']}")["title"] == "ورزش ایران"


@pytest.mark.parametrize("id_", [f"{ROOT}/news/sport.html", "~0123456789ab/sport.html", "~/sport.html", "~", "../x"])
def test_a_path_names_no_document(client, id_):
    assert client.get(f"/api/documents/{quote(id_, safe='')}").status_code == 404


def test_sources_below_the_public_root_have_an_address(serving):
    client = serving(public_root=(ROOT, "https://example.org/files"))
    (hit,) = asked(client, "search", q="ورزشکاران")["hits"]
    assert hit["url"] == "https://example.org/files/news/sport.html"
    assert hit["fields"]["source"] == "news/sport.html"
    (other,) = asked(client, "search", q="باران")["hits"]
    assert other["url"] is None
    assert "source" not in other["fields"]


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("search", "q is missing"),
        ("search?q=a&limit=x", "limit is 'x'"),
        ("search?q=a&limit=101", "from 0 to 100"),
        ("search?q=a&limit=-1", "limit is '-1'"),
        ("search?q=a&limit=1&limit=2", "give it once"),
        ("search?q=a&limt=1", "no parameter 'limt'"),
        ("search?q=a&exact=yes", "true or false"),
        ("search?q=a&match=some", "auto, all, any"),
        ("search?q=a&where=price", "is no condition"),
        ("search?q=a&where=price=1", "price"),
        ("search?q=a&sort=title", "title"),
        ("search?q=a&facets=nope", "nope"),
        ("search?q=a&cursor=nope", "cursor"),
        ("search?q=a&offset=1&cursor=nope", "cursor"),
        ("search?q=a&since=someday", "someday"),
        ("search?q=" + "a" * 1_001, "1,001 characters"),
        ("search?q=a&facets=source", "source"),
        ("search?q=a&unique_by=source", "source"),
        ("search?q=a&where=source=x", "source"),
        ("search?q=a&where=source!=x", "source"),
        ("suggest", "q is missing"),
        ("suggest?q=a&snippets=1", "no parameter"),
        ("health?x=1", "no parameter"),
        ("documents/plain?x=1", "no parameter"),
    ],
)
def test_what_cannot_be_asked_is_a_problem_that_says_so(client, address, detail):
    told = client.get(f"/api/{address}")
    assert told.status_code == 400
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["status"] == 400
    assert detail in told.json()["detail"]


@pytest.mark.parametrize("address", ["nope", "documents/nope", "similar/nope", "documents/"])
def test_what_is_not_there_is_a_problem(client, address):
    told = client.get(f"/api/{address}")
    assert (told.status_code, told.json()["title"]) == (404, "Not Found")


def test_a_search_that_takes_too_long_is_to_be_asked_again(serving):
    told = serving(timeout=0.0).get("/api/search?q=ایران")
    assert told.status_code == 503
    assert told.headers["retry-after"] == "1"


def test_an_index_that_cannot_be_used_is_told_without_where_it_lies(client, index, tmp_path):
    for file in (tmp_path / "index").iterdir():
        if file.is_file():
            file.write_bytes(b"\0" * 100)
    told = client.get("/api/search?q=ایران")
    if told.status_code != 200:  # what is open stays so
        assert told.status_code == 500
        assert str(tmp_path) not in told.text


def test_documents_are_added_replaced_and_removed(client):
    new = {"id": "1", "body": "گلستان سعدی", "title": "سعدی", "date": "2020-01-02", "fields": {"section": "ادب"}}
    told = client.post("/api/documents", json=new, headers=BEARER)
    assert told.json() == {"added": 1, "updated": 0, "unchanged": 0, "skipped": []}
    assert asked(client, "search", q="گلستان")["total"] == 1
    told = client.post("/api/documents", json=[new, {**new, "id": "2"}], headers=BEARER)
    assert told.json() == {"added": 1, "updated": 0, "unchanged": 1, "skipped": []}
    assert client.delete("/api/documents/1", headers=BEARER).status_code == 204
    assert client.delete("/api/documents/1", headers=BEARER).status_code == 404
    assert [hit["id"] for hit in asked(client, "search", q="گلستان")["hits"]] == ["2"]


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer nope"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": TOKEN}]
)
def test_who_has_no_token_changes_nothing(client, headers):
    told = client.post("/api/documents", json={"id": "1", "body": "a"}, headers=headers)
    assert (told.status_code, told.headers["www-authenticate"]) == (401, "Bearer")
    assert client.delete("/api/documents/plain", headers=headers).status_code == 401
    assert asked(client, "health")["documents"] == 4


def test_without_a_token_to_write_with_nothing_can_be_changed(serving):
    client = serving()
    assert client.post("/api/documents", json=[], headers=BEARER).status_code in {404, 405}
    assert client.delete("/api/documents/plain", headers=BEARER).status_code == 405


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        (b"{", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"\xff", "no JSON"),
        (b"1", "document 1 is no object"),
        (b'[{"id": "1", "body": "a"}, 2]', "document 2 is no object"),
        (b'{"id": "1"}', "document 1 has no id, no body"),
        (b'{"id": "", "body": "a"}', "document 1: a document has an empty id"),
        (b'{"id": 1, "body": "a"}', "not str"),
        (b'{"id": "1", "body": "a", "date": "someday"}', "document 1 has no id, no body, or a date"),
        (b'{"id": "1", "body": "a", "date": 1}', "document 1 has no id, no body, or a date"),
        (b'{"id": "1", "body": "a", "section": "x"}', "'section'"),
        (b'{"id": "1", "body": "a", "fields": []}', "fields"),
        (b'{"id": "1", "body": "\\ud800"}', "surrogate"),
        (b'{"id": "1", "body": "a", "fields": {"x": NaN}}', "fields"),
    ],
)
def test_documents_that_are_none_are_refused_whole(client, sent, detail):
    told = client.post("/api/documents", content=sent, headers=BEARER)
    assert told.status_code == 400, told.text
    assert detail in told.json()["detail"]
    assert asked(client, "health")["documents"] == 4


def test_more_than_may_be_sent_is_refused(serving):
    client = serving(write=TOKEN, most_body=1_000)
    told = client.post("/api/documents", json={"id": "1", "body": "a" * 1_000}, headers=BEARER)
    assert told.status_code == 413
    chunks = (b" " * 100 for _ in range(1_000_000))
    assert client.post("/api/documents", content=chunks, headers=BEARER).status_code == 413


def test_an_answer_is_the_same_until_the_index_changes(client, index):
    address = "/api/search?q=ایران"
    tag = client.get(address).headers["etag"]
    again = client.get(address, headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    index.delete(["plain"])
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_other_sites_may_ask_if_they_are_named(serving):
    there = {"Origin": "https://example.org"}
    assert "access-control-allow-origin" not in serving().get("/api/health", headers=there).headers
    client = serving(origins=("https://example.org",))
    assert client.get("/api/health", headers=there).headers["access-control-allow-origin"] == "https://example.org"
    other = client.get("/api/health", headers={"Origin": "https://example.com"})
    assert "access-control-allow-origin" not in other.headers


def test_long_answers_are_packed(client):
    told = client.get("/api/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert told.headers["content-encoding"] == "gzip"


def test_what_turns_text_is_taken_out_unless_it_is_asked_for(client):
    body = "نام \u202eسر و ته\u202c"
    client.post("/api/documents", json={"id": "1", "body": body, "title": "\u202eسر"}, headers=BEARER)
    plain, whole = asked(client, "search", q="سر"), asked(client, "search", q="سر", plain="false")
    assert "\u202e" not in json.dumps(plain, ensure_ascii=False)
    assert whole["hits"][0]["snippets"][0]["text"] == body
    assert whole["hits"][0]["title"] == "\u202eسر"
