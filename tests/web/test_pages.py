"""The page: what it shows, in both languages, without JavaScript. Nothing of a document becomes a part of it."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from importlib.resources import files
from urllib.parse import quote, urlsplit
from wsgiref.util import setup_testing_defaults

import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from served import DOCUMENTS, ROOT
from starlette.testclient import TestClient

from searchkit import ArgumentError, Document, SearchIndex
from searchkit.web import WebOptions, app

MESSAGES = files("searchkit.web") / "data" / "messages.tsv"


def page(client, address, **headers):
    told = client.get(address, headers=headers)
    assert told.status_code == 200, told.text
    return BeautifulSoup(told.text, "lxml")


def texts(soup, selector):
    return [" ".join(found.get_text().split()) for found in soup.select(selector)]


def test_the_first_page_has_a_field_and_says_what_can_be_typed(client):
    soup = page(client, "/")
    assert (soup.html["lang"], soup.html["dir"]) == ("fa", "rtl")
    assert soup.select_one("label[for=q]")
    assert soup.select_one("input#q[name=q]")
    assert texts(soup, "#status") == ["در ۴ سند می\u200cتوان جست\u200cوجو کرد."]
    assert len(soup.select(".tips li")) == 4


def test_answers(client):
    soup = page(client, "/?q=تاریخ ایران")
    assert texts(soup, "#status") == ["۳ نتیجه"]
    first = soup.select_one(".hits li")
    assert first.h2.a["href"] == "https://example.org/history"
    assert texts(first, "h2") == ["تاریخ ایران"]
    assert texts(first, "time") == ["۲۵ اردیبهشت ۱۴۰۳"]
    assert first.time["datetime"] == "2024-05-14"
    assert texts(first, ".trail bdi") == ["example.org", "history"]
    assert texts(first, "mark")[:2] == ["تاریخ", "ایران"]


def test_the_page_in_english(client):
    soup = page(client, "/?q=تاریخ&lang=en")
    assert (soup.html["lang"], soup.html["dir"]) == ("en", "ltr")
    assert texts(soup, "#status") == ["One answer"]
    assert texts(soup, "time") == ["14 May 2024"]
    assert "lang=en" in soup.select_one(".hits a[href^='/document']")["href"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("en-US,en;q=0.9", "en"), ("de,fa;q=0.5", "fa"), ("de", "fa"), ("", "fa"), ("EN", "en"), ("," * 5_000, "fa")],
)
def test_the_language_is_that_of_the_browser(client, accepted, language):
    told = client.get("/", headers={"Accept-Language": accepted})
    assert f'<html lang="{language}"' in told.text
    assert "Accept-Language" in told.headers["vary"]


def test_values_dates_and_orders_narrow_the_answers(client):
    soup = page(client, "/?q=ایران")
    links = {" ".join(link.get_text().split()): link["href"] for link in soup.select(".filters li a")}
    narrowed = page(client, links["ورزش ۱"])
    assert texts(narrowed, ".hits h2") == ["ورزش ایران"]
    assert texts(narrowed, ".active a bdi") == ["بخش: ورزش"]
    wide = page(client, narrowed.select_one(".active a")["href"])
    assert len(wide.select(".hits li")) == 3
    year = page(client, links["۱۴۰۱ ۱"])
    assert texts(year, ".hits h2") == ["ورزش ایران"]
    assert texts(page(client, "/?q=ایران&sort=date"), ".hits h2")[0] == "ورزش ایران"
    assert texts(page(client, "/?q=&since=1403/01"), ".hits h2") == ["تاریخ ایران"]


@pytest.mark.parametrize("value", ["a|b", "=a", "a=b", "<>", "می\u200cرود & x", "a\\b", "+", "  دو  واژه "])
def test_any_value_narrows(serving, index, value):
    index.add([Document(f"s{number}", "کلمه", fields={"section": each}) for number, each in enumerate([value, "دیگر"])])
    soup = page(serving(), "/?q=کلمه")
    (link,) = [link for link in soup.select(".filters li a") if "دیگر" not in link.get_text()]
    narrowed = page(serving(), link["href"])
    assert len(narrowed.select(".hits li")) == 1
    assert narrowed.select_one(".filters details a[aria-current=true]")


def test_pages_follow_one_another(serving, index):
    index.add(Document(f"many/{number}", "کلمه", f"سند {number}") for number in range(25))
    client, seen, address = serving(page_size=10), [], "/?q=کلمه"
    while address:
        soup = page(client, address)
        seen += texts(soup, ".hits h2")
        following = soup.select_one(".pages a[rel=next]")
        address = following["href"] if following else ""
    assert sorted(seen) == sorted(f"سند {number}" for number in range(25))
    assert texts(soup, ".pages [aria-current=page]") == ["صفحهٔ ۳"]


def test_what_was_searched_instead_is_told_and_can_be_refused(client):
    soup = page(client, "/?q=fhvhk")
    assert "باران" in texts(soup, ".told p")[0]
    exact = page(client, soup.select_one(".told a")["href"])
    assert texts(exact, "#status") == ["چیزی پیدا نشد"]
    assert "exact" not in exact.select_one(".tips a")["href"]


def test_what_could_not_be_read_is_told_in_the_language_of_the_page(client):
    assert "پرانتز" in texts(page(client, "/?q=(ایران"), ".told p")[0]
    assert "a bracket has no partner" in texts(page(client, "/?q=(ایران&lang=en"), ".told p")[0]


def test_who_finds_nothing_is_told_what_to_try(client):
    soup = page(client, "/?q=ایران&where=section=هیچ")
    assert texts(soup, "#status") == ["چیزی پیدا نشد"]
    assert len(page(client, soup.select_one(".tips a")["href"]).select(".hits li")) == 3


def test_a_part_of_the_page_is_the_answers_alone(client):
    told = client.get("/?q=ایران&part=answers&typing=1").text
    assert told.startswith('<div id="answers" data-status="۳ نتیجه" data-title="ایران – جست\u200cوجو" data-heading=')
    assert "<html" not in told


def test_the_text_of_a_document_with_its_marks(client):
    soup = page(client, "/?q=کتاب تاریخ")
    soup = page(client, soup.select_one("a[href^='/document']")["href"])
    assert texts(soup, "h1") == ["تاریخ ایران"]
    assert [mark["id"] for mark in soup.select(".text mark")] == ["m1", "m2", "m3"]
    assert texts(soup, ".text") == [DOCUMENTS[0].body]
    assert texts(soup, ".marks span") == ["۳ مورد در این متن"]
    second = page(client, page(client, soup.select_one(".marks a")["href"]).select_one(".marks a[rel=next]")["href"])
    assert texts(second, "[aria-current=true]") == texts(soup, "#m2")
    assert texts(second, ".about dd")[:2] == ["۲۵ اردیبهشت ۱۴۰۳", "مریم"]


def test_documents_like_one_are_shown_with_it(client):
    soup = page(client, "/document?id=notes/rain.txt")
    assert soup.select_one(".marks") is None
    assert texts(soup, ".text") == ["باران در شمال ایران بارید."]
    assert set(texts(soup, ".similar li")) <= {"تاریخ ایران", "ورزش ایران"}


def test_of_a_long_text_the_beginning_is_shown_and_that_is_told(client, index):
    index.add([Document("long", "کلمه " * 100_000, "دراز")])
    soup = page(client, "/document?id=long&q=کلمه")
    assert len(soup.select_one(".text").get_text()) == 200_000
    assert "۲۰۰٬۰۰۰" in texts(soup, ".hint")[0]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/?page=0", 400),
        ("/?page=1001", 400),
        ("/?page=x", 400),
        ("/?page=" + "9" * 5_000, 400),
        ("/?q=" + "a" * 1_001, 400),
        ("/?q=a&sort=title", 400),
        ("/?q=a&where=nope=1", 400),
        ("/?q=a&where=source=x", 400),
        ("/?q=a" + "&where=section=a" * 21, 400),
        ("/nope", 404),
        ("/document", 404),
        ("/document?id=nope", 404),
        (f"/document?id={ROOT}/news/sport.html", 404),
        ("/static/nope", 404),
        ("/static/..%2f..%2findex.py", 404),
    ],
)
def test_an_address_that_asks_for_what_is_not_there(client, address, status):
    told = client.get(address)
    assert told.status_code == status
    soup = BeautifulSoup(told.text, "lxml")
    assert soup.h1
    assert soup.select_one("a[href='/']")


def test_no_path_of_the_server_is_shown(client):
    soup = page(client, "/?q=ورزشکاران")
    address = soup.select_one(".hits h2 a")["href"]
    for told in (client.get("/?q=ورزشکاران").text, client.get(address).text):
        assert "/srv" not in told
        assert "2024/news" not in told
    assert texts(page(client, address), "h1") == ["ورزش ایران"]


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "<!--",
    "&lt;b&gt;&#x3c;script&#x3e;",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "\u202egpj.exe\u2066\u0000\u001b[31m",
    "]]><svg/onload=alert(1)>",
    "\u2028\u2029\ufeff`${alert(1)}`",
)


# What a page of answers may have that one without them has not.
ELEMENTS = {"p", "mark", "ul", "ol", "li", "bdi", "nav", "span", "h2", "h3", "section", "dl", "div", "dt", "dd", "time"}
ATTRIBUTES = {"id", "aria-current", "aria-label", "aria-hidden", "rel", "start", "datetime"}


def shape(soup):
    """Every element of a page with the names of its attributes."""
    return Counter((element.name, *sorted(element.attrs)) for element in soup.find_all(True))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_of_a_document_or_a_query_becomes_a_part_of_the_page(tmp_path, hostile):
    def site(name, text):
        made = SearchIndex.open(tmp_path / name, fields={"section": "keyword"})
        fields = {"section": f"بخش {text}", "author": text, "tags": [text], "source": text}
        made.add(
            [
                Document(f"id {text}".replace("\0", ""), f"کلمه {text} کلمه", f"کلمه {text}", text, None, fields),
                Document("b", f"کلمه {text}", f"کلمه {text}", f"http://example.org/{text}", None, {"section": "b"}),
                Document("c", "کلمه کلمه", "c", None, None, {"section": "c"}),
            ]
        )
        return TestClient(app(made, WebOptions(title=f"عنوان {text}")))

    ours, tame = site("hostile", hostile), site("tame", "واژه")
    addresses = ("/?q={}", "/?q=کلمه&where=section={}&since=1300", "/document?id=b&q={}", "/?q=کلمه", "/document?id=b")
    for address in addresses:
        told, like = ours.get(address.format(quote(hostile))), tame.get(address.format(quote("واژه")))
        assert told.status_code == like.status_code == 200
        assert not set("\u202e\u2066\x1b\0") & set(told.text)
        found, wanted = BeautifulSoup(told.text, "lxml"), BeautifulSoup(like.text, "lxml")
        assert {key[0] for key in shape(found)} - {key[0] for key in shape(wanted)} <= ELEMENTS
        attributes, usual = ({name for key in shape(each) for name in key[1:]} for each in (found, wanted))
        assert attributes - usual <= ATTRIBUTES
        assert [each.get("src") for each in found.select("script")] == ["/static/page.js"]
        for link in found.select("[href]"):
            assert urlsplit(link["href"]).scheme in {"", "http", "https"}


def test_every_answer_has_the_headers_that_keep_it_safe(client, serving):
    for address in ("/", "/nope", "/api/health", "/api/nope", "/static/page.css"):
        headers = client.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    framed = serving(frame_ancestors=("https://example.org",)).get("/").headers
    assert framed["content-security-policy"].endswith("frame-ancestors https://example.org")
    assert "x-frame-options" not in framed


def test_no_script_or_style_stands_in_a_page(client):
    for address in ("/", "/?q=ایران", "/document?id=plain&q=سلام", "/nope"):
        soup = BeautifulSoup(client.get(address).text, "lxml")
        assert not soup.select("style, [style], script:not([src])")
        assert not [name for element in soup.find_all(True) for name in element.attrs if name.startswith("on")]
        assert all(not urlsplit(element["src"]).netloc for element in soup.select("[src]"))
        assert all(not urlsplit(element["href"]).netloc for element in soup.select("link[href]"))


def test_a_page_is_the_same_until_the_index_changes(client, index):
    tag = client.get("/?q=ایران").headers["etag"]
    assert client.get("/?q=ایران", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/?q=ایران", headers={"If-None-Match": tag, "Accept-Language": "en"}).status_code == 200
    index.delete(["plain"])
    assert client.get("/?q=ایران", headers={"If-None-Match": tag}).status_code == 200


def test_the_first_page_is_small(client):
    files = ("/", "/static/page.css", "/static/page.js", "/static/icon.svg")
    assert sum(len(client.get(file).content) for file in files) < 60_000


def test_mounted_in_another_application(index):
    outer = FastAPI()
    outer.mount("/find", app(index))
    client = TestClient(outer)
    soup = page(client, "/find/?q=ایران")
    for link in soup.select("link[href], .hits a, .filters a, .pages a, .sorts a, .top a"):
        address = urlsplit(link["href"])
        assert address.netloc or address.path.startswith("/find/")
        assert address.netloc or client.get(link["href"]).status_code == 200
    assert client.get("/find/api/search?q=ایران").json()["total"] == 3
    assert client.get("/find/api/nope").headers["content-type"] == "application/problem+json"
    assert client.get("/find/api/openapi.json").json()["servers"] == [{"url": "/find/api"}]


def test_the_same_by_wsgi(index):
    from a2wsgi import ASGIMiddleware  # noqa: PLC0415 (for this alone)

    environ, told = {"PATH_INFO": "/api/health"}, []
    setup_testing_defaults(environ)
    body = ASGIMiddleware(app(index))(environ, lambda *start: told.append(start[0]))
    assert b'"documents":4' in b"".join(body)
    assert told[0].startswith("200")


@pytest.mark.parametrize(
    "options",
    [
        {"language": "de"},
        {"page_size": 0},
        {"page_size": 101},
        {"threads": 0},
        {"write": "short"},
        {"write": "with blanks in it, and a comma"},
        {"origins": ("example.org",)},
        {"origins": ("https://example.org/path",)},
        {"frame_ancestors": ("https://example.org; script-src *",)},
        {"frame_ancestors": ("*",)},
        {"public_root": ("docs", "ftp://example.org")},
    ],
)
def test_options_that_cannot_be(options):
    with pytest.raises(ArgumentError):
        WebOptions(**options)


def test_a_field_to_be_offered_must_be_there(index):
    with pytest.raises(ArgumentError, match="nope"):
        app(index, WebOptions(facets=("nope",)))


def test_a_date_that_is_none_is_told_beside_the_answers(client):
    soup = page(client, "/?q=ایران&since=%D9%81%D8%B1%D8%AF%D8%A7&until=1403")
    assert "فردا" in texts(soup, ".told p")[0]
    assert sorted(texts(soup, ".hits h2")) == ["تاریخ ایران", "ورزش ایران"]
    assert [each["name"] for each in soup.select("[aria-invalid=true]")] == ["since"]
    assert soup.select_one("#since")["value"] == "فردا"


def test_beyond_the_last_page_a_link_leads_back(client):
    soup = page(client, "/?q=ایران&page=9")
    assert texts(page(client, soup.select_one(".hits p a")["href"]), "#status") == ["۳ نتیجه"]


def test_an_error_leaves_the_field_and_what_was_typed(client):
    soup = BeautifulSoup(client.get("/?q=ایران&where=nope=1&lang=en").text, "lxml")
    assert soup.select_one("#q")["value"] == "ایران"
    assert soup.select_one("main a")["href"] == "/?lang=en"


def test_all_values_of_a_field_can_be_seen_and_years_stand_in_their_order(serving, index):
    index.add(
        Document(f"v{number}", "کلمه", date=dt.date(2000 + number, 6, 1), fields={"section": f"بخش {number}"})
        for number in range(20)
    )
    soup = page(serving(), "/?q=کلمه")
    assert texts(soup, ".filters ul")[1].startswith("۱۳۹۸ ۱ ۱۳۹۷ ۱")
    more = soup.select_one("a[href*='more=section']")
    assert more["aria-label"] == "۱۲ مورد دیگر: بخش"
    assert len(page(serving(), more["href"]).select(".filters ul")[0].select("li")) == 20


@pytest.mark.parametrize(
    ("title", "direction"), [("Python و ایران", "ltr"), ("«ایران» و Python", "rtl"), ("1. 2.", "ltr")]
)
def test_a_hit_runs_as_its_title_does(client, index, title, direction):
    index.add([Document("d", "کلمه", title, date=dt.date(2024, 1, 1))])
    soup = page(client, "/?q=کلمه")
    assert soup.select_one(".hits li")["dir"] == direction
    assert soup.select_one(".hits time")["dir"] == "rtl"


def test_a_title_is_short_and_of_a_document_without_one_is_how_its_text_begins(client, index):
    index.add([Document("long", "کلمه", "دراز " * 100), Document("none", "کلمه در آغاز\nو پس از آن")])
    shown = sorted(texts(page(client, "/?q=کلمه"), ".hits h2"))
    assert len(shown[0]) <= 161
    assert shown[0].endswith("دراز…")
    assert shown[1] == "کلمه در آغاز"


def test_while_a_word_is_typed_nothing_is_said_of_it_and_links_stay_with_it(serving, index):
    index.add(Document(f"t{number}", f"کتابخانه {number}") for number in range(12))
    client = serving()
    soup = page(client, "/?q=کتابخ&typing=1")
    assert texts(soup, ".told p") == []
    second = page(client, soup.select_one(".pages a[rel=next]")["href"])
    assert texts(second, "#status") == ["۱۲ نتیجه · صفحهٔ ۲ از ۲"]


def test_a_text_is_marked_by_the_word_that_is_typed(client):
    soup = page(client, "/?q=بارا&typing=1")
    (found,) = soup.select(".hits h2 a")
    assert texts(page(client, found["href"]), ".text mark")[0] == "باران"


def test_what_stands_in_a_sentence_does_not_turn_it(client):
    soup = page(client, "/?q=fhvhk")
    assert texts(soup, ".told p bdi") == ["fhvhk", "باران"]


def test_messages_are_whole_in_both_languages():
    rows = [line.split("\t") for line in MESSAGES.read_text(encoding="utf-8").splitlines()]
    assert len({row[0] for row in rows}) == len(rows)
    for key, english, persian in rows:
        assert english.strip(), key
        assert persian.strip(), key
        assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", persian)), key
        assert not set("يكةٔ0123456789") & set(persian.replace("هٔ", "")), key
