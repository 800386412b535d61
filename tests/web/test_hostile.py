"""Hostile clients, hostile documents and careless owners: what is asked in bad faith, and what is served by mistake."""

from __future__ import annotations

import asyncio
import json
import shutil
from urllib.parse import quote

import anyio
import httpx2
import pytest
from bs4 import BeautifulSoup
from served import TOKEN
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.routing import Mount
from starlette.testclient import TestClient

from searchkit import ArgumentError, Document
from searchkit.web import WebOptions, app
from searchkit.web import site as site_module
from searchkit.web.problems import failure_of
from searchkit.web.publishing import Publication, is_web_link

BEARER = {"Authorization": f"Bearer {TOKEN}"}

PATHS = (
    "/a/b",
    "/a.csv#3",
    "/a/archive.zip!folder/member.txt",
    "/a/line\nend",
    "C:\\secret\\x",
    "c:/secret/x",
    "\\\\host\\share\\x",
    "//host/share/x",
    "~/secret/x",
    "~user/secret/x",
    "~",
    "~0123456789ab/x",
    "../secret/x",
    "..",
    "./../secret/x",
    "docs/../../secret/x",
    "docs\\..\\..\\secret\\x",
    "docs/..",
    " /secret/x",
    "\n/secret/x",
    "file:///secret/x",
    "FILE:/secret/x",
    "/secret/" + "ا" * 10_000,
    "/secret/",
)
OPEN = (
    "a",
    "docs/a.html",
    "https://example.org/a/../b",
    "a..b",
    "...",
    "x\ny",
    "a\n",
    "urn:isbn:1",
    "a?b#c&d=e",
    "a..",
)


@pytest.mark.parametrize("id_", PATHS)
def test_an_id_that_is_a_path_is_hidden_and_names_its_document(client, index, id_):
    index.add([Document(id_, "گنجینه")])
    told = client.get("/api/search?q=گنجینه")
    (hit,) = told.json()["hits"]
    assert hit["id"].startswith("~")
    assert "secret" not in told.text
    assert client.get(f"/api/documents/{quote(hit['id'], safe='')}").json()["body"] == "گنجینه"
    assert client.get(f"/api/documents/{quote(id_, safe='')}").status_code == 404
    assert "گنجینه" in client.get("/document", params={"id": hit["id"]}).text
    assert client.delete(f"/api/documents/{quote(hit['id'], safe='')}", headers=BEARER).status_code == 204
    assert index.get(id_) is None


@pytest.mark.parametrize("id_", OPEN)
def test_an_id_that_is_no_path_stays_and_names_its_document_alone(client, index, id_):
    index.add([Document(id_, "گنجینه")])
    assert client.get("/api/search?q=گنجینه").json()["hits"][0]["id"] == id_
    for other in (f"{id_}\n", id_[:-1] or "b"):
        client.delete(f"/api/documents/{quote(other, safe='')}", headers=BEARER)
    assert client.get(f"/api/documents/{quote(id_, safe='')}").json()["id"] == id_


@pytest.mark.parametrize("sign", ["=", "==", "!="])
def test_a_condition_on_ids_confirms_no_path_and_takes_public_ids(client, index, sign):
    index.add([Document("/secret/x", "گنجینه")])

    def total(value):
        return client.get("/api/search", params={"q": "گنجینه", "where": f"id{sign}{value}"}).json()["total"]

    nothing = int(sign == "!=")
    assert total("/secret/x") == total("/secret/y") == total("/secret/x|/secret/y") == nothing
    assert total(Publication.public_id("/secret/x")) == 1 - nothing
    page = client.get("/", params={"q": "گنجینه", "where": f"id{sign}/secret/x"}).text
    assert len(BeautifulSoup(page, "lxml").select(".hits ol li")) == nothing


@pytest.mark.parametrize("written", ["000000001" + "9" * 20, "000000001" + "9" * 5_000, "0" * 5_000 + "1"])
def test_a_page_of_many_digits_is_none(client, written):
    assert client.get(f"/?q=ایران&page={written}").status_code == 400


@pytest.mark.parametrize("name", ["since", "until", "where"])
def test_a_condition_of_the_page_is_short_and_turns_nothing(client, name):
    value = "section=1402" if name == "where" else "1402"
    told = client.get("/", params={"q": "ایران", name: f"\u202e{value}\x1b"})
    assert told.status_code == 200
    assert not {"\u202e", "\x1b"} & set(told.text)
    assert client.get("/", params={"q": "ایران", name: value + " " * 1_000 + "."}).status_code == 400


@pytest.mark.parametrize("host", ["evil.example", "evil.example/x", "[", "a@evil.example", "a?b"])
@pytest.mark.parametrize(
    "path", ["/document/", "/static", "/api", "/api/health/", "//evil.example/", "/api/nope", "/nope"]
)
def test_no_answer_leads_to_the_host_that_a_request_names(client, host, path):
    told = client.get("http://testserver" + path, headers={"Host": host}, follow_redirects=False)
    assert told.status_code == 404
    assert "evil" not in told.text + str(told.headers)
    assert ("json" in told.headers["content-type"]) == path.startswith("/api")


@pytest.mark.parametrize(
    ("mounted", "begins"),
    [
        ("/find", "/find/"),
        ("/find/", "/find/"),
        ("//evil.example", "/evil.example/"),
        ("/\\evil", "/%5Cevil/"),
        ('/"><b>', "/%22%3E%3Cb%3E/"),
        ("/a?b#c", "/a%3Fb%23c/"),
        ("/جستجو", "/%D8%AC%D8%B3%D8%AA%D8%AC%D9%88/"),
    ],
)
def test_links_stay_below_where_the_site_is_mounted(index, mounted, begins):
    inner = app(index)

    async def outer(scope, receive, send):
        await inner({**scope, "root_path": mounted, "path": mounted.rstrip("/") + scope["path"]}, receive, send)

    client = TestClient(outer)
    soup = BeautifulSoup(client.get("/?q=ایران").text, "lxml")
    found = [each[name] for name in ("href", "src", "action") for each in soup.select(f"[{name}]")]
    assert len(found) > 10
    assert {each for each in found if not each.startswith((begins, "#", "https://example.org/"))} == set()
    assert client.get("/api/openapi.json").json()["servers"] == [{"url": f"{begins}api"}]


def test_where_it_is_mounted_without_a_slash_leads_to_the_site(index):
    inner = app(index)

    async def outer(scope, receive, send):
        await inner({**scope, "root_path": "/find", "path": "/find"}, receive, send)

    told = TestClient(outer).get("/?q=a%0d%0ab", follow_redirects=False)
    assert (told.status_code, told.headers["location"]) == (307, "/find/?q=a%0d%0ab")


@pytest.mark.parametrize("cuts", [True, False])
@pytest.mark.parametrize("root", ["/find", "/find/", "/a/b"])
def test_mounted_by_a_dispatcher_of_ones_own(index, root, cuts):
    """In front of Django for instance: some leave the path whole, as ASGI asks, and some cut its beginning off."""
    inner, begins = app(index), root.rstrip("/")

    async def outer(scope, receive, send):
        path = scope["path"].removeprefix(begins) if cuts else scope["path"]
        await inner({**scope, "root_path": root, "path": path}, receive, send)

    client = TestClient(outer)
    for path in ("/", "/?q=ایران", "/api/health", "/api/documents/plain", "/static/page.js", "/document?id=plain"):
        assert client.get(begins + path).status_code == 200
    soup = BeautifulSoup(client.get(f"{begins}/?q=ایران").text, "lxml")
    links = [each["href"] for each in soup.select("[href^='/']")]
    assert len(links) > 5
    assert {client.get(each).status_code for each in links} == {200}
    assert client.get(begins + "/api/nope").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/find", "/find/"])
def test_mounted_in_starlette(index, path):
    client = TestClient(Starlette(routes=[Mount(path, app(index))]))
    assert client.get("/find").status_code == 200
    assert client.get("/find/api/health").json()["documents"] == 4
    assert client.get("/find/api/nope").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example\\@example.org/",
        "https:\\\\evil.example/",
        "data:text/html,a",
        "javascript://example.org/%0aa",
    ],
)
def test_an_address_that_browsers_read_in_another_way_is_no_link(address):
    assert not is_web_link(address)


def test_who_has_an_answer_has_that_one_alone(client):
    for address in ("/?q=ایران", "/api/search?q=ایران", "/document?id=plain"):
        first = client.get(address)
        tag = first.headers["etag"]
        for known in (tag, tag.removeprefix("W/"), f'"x",{tag}', "*"):
            again = client.get(address, headers={"If-None-Match": known})
            assert (again.status_code, again.headers["etag"]) == (304, tag)
            if address.startswith(("/?", "/document")):
                assert again.headers["vary"] == "Accept-Language"
    for address in ("/api/search?q=a&sort=title", "/api/documents/nope", "/document?id=nope", "/?where=nope=1"):
        for known in (tag, "*"):
            told = client.get(address, headers={"If-None-Match": known})
            assert told.status_code in {400, 404}
            assert "etag" not in told.headers
            assert told.headers["cache-control"] == "no-store"


def test_other_options_make_other_answers(serving, index):
    tag = serving().get("/?q=ایران").headers["etag"]
    assert serving(page_size=1).get("/?q=ایران", headers={"If-None-Match": tag}).status_code == 200


def test_what_nobody_expected_is_told_as_any_other_failure(client, index, monkeypatch):
    def fails(*_, **__):
        raise OSError(2, "No such file", "/secret/place")

    monkeypatch.setattr(index, "search", fails)
    for address in ("/?q=a", "/api/search?q=a"):
        told = client.get(address)
        assert told.status_code == 500
        assert "secret" not in told.text
        assert "default-src 'none'" in told.headers["content-security-policy"]
        assert ("problem+json" in told.headers["content-type"]) == address.startswith("/api")


def test_a_document_is_shown_without_those_like_it_where_time_is_short(serving):
    assert serving(timeout=0.0).get("/document?id=plain").status_code == 200


def test_it_is_well_while_all_are_waiting_and_they_do_not_wait_for_ever(index, monkeypatch):
    """As many searches as there are threads hang, others wait in vain: `/api/health` answers, they are told 503."""
    from threading import Event  # noqa: PLC0415 (for this alone)

    hangs = Event()
    monkeypatch.setattr(site_module, "_LONGEST_WAIT", 0.2)
    monkeypatch.setattr(index, "search", lambda *_, **__: hangs.wait(60) and None)

    async def ask():
        transport = httpx2.ASGITransport(app(index, WebOptions(threads=2)), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as asking:
            hanging = [asyncio.ensure_future(asking.get("/api/search?q=a")) for _ in range(2)]
            await anyio.sleep(0.05)
            waiting = [asyncio.ensure_future(asking.get("/api/search?q=a")) for _ in range(20)]
            health = await asking.get("/api/health")
            late = await asyncio.gather(*waiting)
            hangs.set()
            await asyncio.gather(*hanging)
            return health, late

    health, late = asyncio.run(ask())
    assert health.status_code == 200
    assert {(each.status_code, each.headers["retry-after"]) for each in late} == {(503, "1")}


def test_who_waits_to_write_keeps_nobody_from_searching(index, tmp_path, monkeypatch):
    from searchkit.engines.whoosh.writing.lock import WriterLock  # noqa: PLC0415 (for this alone)

    monkeypatch.setattr(site_module, "_LONGEST_WAIT", 3)

    async def ask():
        transport = httpx2.ASGITransport(app(index, WebOptions(threads=1, write=TOKEN)))
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver", headers=BEARER) as asking:
            sent = [{"id": str(number), "body": "گنجینه"} for number in range(20)]
            writing = [asyncio.ensure_future(asking.post("/api/documents", json=each)) for each in sent]
            await anyio.sleep(0.05)
            found = await asking.get("/api/search?q=ایران")
            assert not any(each.done() for each in writing)
            held.release()
            return found, await asyncio.gather(*writing)

    held = WriterLock(tmp_path / "index")
    held.take(0)
    found, written = asyncio.run(ask())
    assert found.status_code == 200
    assert {each.status_code for each in written} == {200}
    assert len(index) == 24


@pytest.mark.parametrize("root", ["real", "link", "real/", "./link/../link"])
@pytest.mark.parametrize("source", ["real/a.html", "link/a.html", "real/../link/a.html", "{}/real/a.html"])
def test_the_public_root_is_a_folder_by_any_name(index, tmp_path, monkeypatch, root, source):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    publication = Publication(index.ids, (root, "https://example.org/"))
    (tmp_path / "real" / "a.html").touch()
    if "link" in root or "link" not in source:
        document = Document("a", "", fields={"source": source.format(tmp_path)})
        assert publication.address(document) == "https://example.org/a.html"
    for outside in ("real/../a.html", "real", "realm/a.html", "../real/a.html", "/a.html", "", None, 5, "real/\0"):
        assert publication.address(Document("a", "", fields={"source": outside})) is None


@pytest.mark.parametrize(
    ("source", "address", "told"),
    [
        ("docs/a.zip!folder/a.txt", "a.zip", "a.zip!folder/a.txt"),
        ("docs/a.tar.gz!b.zip!c.txt", "a.tar.gz", "a.tar.gz!b.zip!c.txt"),
        ("docs/a.zip!/../../../b.txt", "a.zip", "a.zip!/../../../b.txt"),
        ("docs/so!.html", "so%21.html", "so!.html"),
        ("docs/?#<b>.html", "%3F%23%3Cb%3E.html", "?#<b>.html"),
        ("a.zip!/docs/a.html", None, None),
        ("../docs/a.html", None, None),
    ],
)
def test_what_lies_in_an_archive_is_opened_as_the_archive(index, source, address, told):
    publication = Publication(index.ids, ("docs", "https://example.org/x"))
    document = Document("a", "", fields={"source": source})
    assert publication.address(document) == (address and f"https://example.org/x/{address}")
    assert publication.fields(document) == ({"source": told} if told else {})


@pytest.mark.parametrize(
    "options",
    [
        {"title": 5},
        {"timeout": -1},
        {"timeout": float("nan")},
        {"timeout": "2"},
        {"timeout": None},
        {"facets": "section"},
        {"facets": (5,)},
        {"facets": 5},
        {"write": 5},
        {"write": b"a-token-of-many-bytes"},
        {"write": ""},
        {"origins": "https://example.org"},
        {"origins": (5,)},
        {"origins": ("https://example.org\nX: y",)},
        {"frame_ancestors": ("https://example.org\r\nX: y",)},
        {"frame_ancestors": ("https://\u0645\u062b\u0627\u0644.example",)},
        {"frame_ancestors": ("https://example.org:port",)},
        {"public_root": "docs"},
        {"public_root": ("docs",)},
        {"public_root": (5, "https://example.org")},
        {"public_root": ("docs", 5)},
        {"public_root": ("docs", "https://example.org/\n")},
        {"page_size": "10"},
        {"language": ["fa"]},
    ],
)
def test_options_of_another_kind_cannot_be(options):
    with pytest.raises(ArgumentError):
        WebOptions(**options)


def test_options_may_be_lists_and_are_kept(index):
    options = WebOptions(facets=["section"], origins=(each for each in ["https://example.org"]), title="a\ud800")
    assert (options.facets, options.origins) == (("section",), ("https://example.org",))
    client = TestClient(app(index, options))
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("facet", ["section.year", "date", "id", "source", "date.hour", ""])
def test_what_cannot_be_counted_is_not_offered(index, facet):
    with pytest.raises(ArgumentError):
        app(index, WebOptions(facets=(facet,)))


@pytest.mark.parametrize("sent", [b"Bearer \xff\xfe", b"Bearer ", b"Bearer", "Bearer توکن".encode(), b""])
def test_a_token_of_other_letters_is_another(client, sent):
    told = client.post(f"/api/documents?token={TOKEN}", content=b"[]", headers={"Authorization": sent})
    assert told.status_code == 401


def test_dates_before_and_after_all_calendars_are_shown(client, index):
    import datetime as dt  # noqa: PLC0415 (for this alone)

    index.add([Document(str(each), "گنجینه", date=each) for each in (dt.date.min, dt.date.max)])
    for language in ("fa", "en"):
        assert len(BeautifulSoup(client.get(f"/?q=گنجینه&lang={language}").text, "lxml").select("time")) == 2


def test_what_is_sent_nested_deeply_is_refused(client):
    for name in ("date", "fields", "body"):
        deep = b'{"id": "1", "body": "a", "%s": %s}' % (name.encode(), b"[" * 900 + b"]" * 900)
        assert client.post("/api/documents", content=deep, headers=BEARER).status_code == 400
    assert json.loads(client.get("/api/health").text)["documents"] == 4


@pytest.mark.parametrize("told", ["99999999999", "9" * 5_000, "-1"])
def test_who_says_that_too_much_will_come_is_told_before_it_does(client, told):
    answer = client.post("/api/documents", content=b"[", headers={**BEARER, "Content-Length": told})
    assert answer.status_code == 413


def test_who_writes_while_another_process_does_is_to_come_again_and_loses_nothing(client, tmp_path, monkeypatch):
    from searchkit.engines.whoosh.writing.lock import WriterLock  # noqa: PLC0415 (for this alone)

    monkeypatch.setattr(site_module, "_LONGEST_WAIT", 0.2)
    held = WriterLock(tmp_path / "index")
    held.take(0)
    try:
        new = client.post("/api/documents", json={"id": "new", "body": "گنجینه"}, headers=BEARER)
        gone = client.delete("/api/documents/plain", headers=BEARER)
    finally:
        held.release()
    for told in (new, gone):
        assert (told.status_code, told.headers["retry-after"]) == (503, "10")
        assert str(tmp_path) not in told.text
        assert "process" not in told.text
    assert client.get("/api/health").json()["documents"] == 4
    assert client.post("/api/documents", json={"id": "new", "body": "گنجینه"}, headers=BEARER).json()["added"] == 1


def test_faulty_words_of_the_site_are_told_without_where_they_lie(client, tmp_path):
    words = tmp_path / "index" / "words.tsv"
    words.write_text("nonsense\n")
    for address in ("/?q=a", "/document?id=plain&q=a", "/api/search?q=a", "/api/suggest?q=a", "/api/health"):
        told = client.get(address)
        assert told.status_code == 500
        assert str(tmp_path) not in told.text
        assert "words.tsv" not in told.text
    words.unlink()
    assert client.get("/api/health").status_code == 200


def test_an_index_that_has_been_removed_is_told_without_where_it_lay(client, tmp_path):
    shutil.rmtree(tmp_path / "index")
    for address in ("/?q=a", "/document?id=plain", "/api/search?q=a", "/api/documents/~0/x", "/api/health"):
        told = client.get(address)
        assert told.status_code == 500
        assert str(tmp_path) not in told.text
    assert client.post("/api/documents", json=[{"id": "a", "body": "a"}], headers=BEARER).status_code == 500
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize(
    ("id_", "title", "shown"),
    [
        ("docs/a.html", " \u200c ", "a.html"),
        ("docs/a.html", "\u202e\u2066", "a.html"),
        ("docs/\u200f", "", "docs/\u200f"),
        ("\u202e", "\u2063", "…"),
        (" ", "", "…"),
        ("a", "ب\u202e", "ب"),
    ],
)
def test_every_link_to_a_document_can_be_seen(client, index, id_, title, shown):
    index.add([Document(id_, "\u2063\nگنجینه", title)])  # a text whose first line shows nothing
    soup = BeautifulSoup(client.get("/?q=گنجینه").text, "lxml")
    assert [each.get_text() for each in soup.select(".hits h2 a")] == [shown]


def test_who_goes_away_while_sending_is_no_fault_of_the_index(caplog):
    assert failure_of(ClientDisconnect()).status == 400
    assert caplog.records == []
