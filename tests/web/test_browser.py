"""The page in a real browser: Chromium, driven by Playwright; the site is what `searchkit serve` serves."""

from __future__ import annotations

import shutil
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from served import site

from searchkit import Document, SearchIndex, load

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here: apt-get install chromium")

ATTACK = "<img src=x onerror='window.attacked=1'><script>window.attacked=1</script>\u202e"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Of a site with the samples and a hostile document."""
    folder = tmp_path_factory.mktemp("site") / "index"
    with SearchIndex.open(folder, fields={"section": "keyword"}) as index:
        index.add(load("samples/documents"))
        fields = {"section": ATTACK, "author": ATTACK}
        index.add(
            [Document(f"a {ATTACK}", f"دشمن {ATTACK} دشمن", f"دشمن {ATTACK}", "javascript:alert(1)", None, fields)]
        )
    with site(folder) as started:
        yield started.address


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser, address):
    """Open pages of the site; what they ask of others, and the errors that they have, fail the test."""
    contexts, wrong = [], []

    def start(path="/", **options):
        context = browser.new_context(base_url=address, **{"locale": "fa-IR", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: request.url.startswith(address) or wrong.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.goto(path)
        return page

    yield start
    for context in contexts:
        context.close()
    assert wrong == []


def query_of(page):
    return parse_qs(urlsplit(page.url).query).get("q", [""])[0]


def test_a_search(opened):
    page = opened()
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("تاریخ ایران")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert query_of(page) == "تاریخ ایران"
    assert page.locator(".hits li").count() == 10
    assert page.locator(".hits mark").count() > 10


def test_completions_are_chosen_by_keys(opened):
    page = opened()
    page.keyboard.type("کتا", delay=20)
    options = page.get_by_role("option")
    expect(options.first).to_have_text("کتاب")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = options.nth(1).text_content()
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert page.locator("#q").get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert query_of(page) == second


def test_escape_gives_back_what_was_typed(opened):
    page = opened()
    page.keyboard.type("کتا", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowUp")
    assert page.locator("#q").input_value() != "کتا"
    page.keyboard.press("Escape")
    assert page.locator("#q").input_value() == "کتا"
    expect(page.get_by_role("option")).to_have_count(0)


def test_a_completion_is_chosen_by_a_pointer(opened):
    page = opened()
    page.keyboard.type("کتا", delay=20)
    with page.expect_navigation():
        page.get_by_role("option").nth(1).click()
    assert query_of(page) != "کتا"


def test_answers_come_in_place_and_are_told(opened):
    page = opened()
    page.evaluate("window.stays = true")
    page.keyboard.type("بارا", delay=20)
    expect(page.locator(".hits li").first).to_be_visible()
    expect(page.locator("#status")).to_contain_text("نتیجه")
    assert page.evaluate("window.stays")
    assert query_of(page) == "بارا"
    page.reload()
    assert page.locator("#q").input_value() == "بارا"


def test_pages_filters_and_orders(opened):
    page = opened("/?q=ایران")
    page.locator(".pages a[rel=next]").click()
    assert "page=2" in page.url
    page.goto("/?q=ایران")
    count = page.locator("#status").text_content()
    page.locator(".filters li a").first.click()
    assert page.locator("#status").text_content() != count
    page.locator(".active a").click()
    assert page.locator("#status").text_content() == count
    page.locator(".sorts a").nth(1).click()
    assert "sort=-date" in page.url


def test_keys_go_to_the_field_and_from_mark_to_mark(opened):
    page = opened("/?q=تاریخ")
    page.locator("main").focus()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.goto("/document?id=samples/documents/literature/history-books.md&q=تاریخ")
    page.keyboard.press("n")
    page.wait_for_url("**mark=1*")
    page.keyboard.press("n")
    page.wait_for_url("**mark=2*")
    expect(page.locator("mark[aria-current=true]")).to_be_in_viewport()
    page.keyboard.press("p")
    page.wait_for_url("**mark=1*")


@pytest.mark.parametrize("width", [320, 768, 1920])
@pytest.mark.parametrize("path", ["/", "/?q=تاریخ ایران", "/document?id=book-shahnameh&q=شاهنامه"])
def test_nothing_stands_out_of_a_narrow_or_a_wide_window(opened, width, path):
    page = opened(path, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator("#q").bounding_box()
    assert box["width"] >= 150
    assert 0 <= box["x"] <= width - box["width"]


def test_without_javascript(opened):
    page = opened("/", java_script_enabled=False)
    page.locator("#q").fill("کتاب")
    page.locator("#search button").click()
    assert page.locator(".hits li").count() == 10
    page.locator(".filters summary").click()
    page.locator("#since").fill("۱۴۰۲")
    page.locator(".dates button").click()
    assert "since" in page.url
    page.locator(".hits h2 a").first.click()
    assert page.locator("h1").text_content()


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_by_day_and_by_night(opened, scheme, dark):
    page = opened("/?q=کتاب", color_scheme=scheme)
    red = page.evaluate("parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")
    assert (red < 100) == dark


def test_a_mark_keeps_letters_joined(opened):
    page = opened("/?q=کتاب")
    widths = page.evaluate(
        """() => {
            const line = document.querySelector(".snippet");
            const widthOf = (html) => {
                const span = document.createElement("span");
                span.innerHTML = html;
                line.append(span);
                return span.getBoundingClientRect().width;
            };
            return [widthOf("کتابخانه"), widthOf("<mark>کتاب</mark>خانه"), widthOf("کتاب\\u200cخانه")];
        }"""
    )
    joined, marked, apart = widths
    assert abs(marked - joined) < abs(marked - apart)
    style = "getComputedStyle(document.querySelector('mark'))"
    assert page.evaluate(f"[{style}.padding, {style}.margin, {style}.borderWidth]") == ["0px"] * 3


def test_a_hostile_document_does_nothing(opened):
    page = opened("/?q=دشمن")
    page.locator(".hits h2 a", has_text="onerror").click()
    assert "دشمن" in page.locator("h1").text_content()
    page.locator("#q").fill(ATTACK)
    page.locator("#q").press("End")
    page.keyboard.type(" د", delay=20)
    page.wait_for_timeout(600)
    assert page.evaluate("window.attacked") is None


@pytest.mark.parametrize(
    "path",
    [
        "/?q=دشمن",
        "/?q={}",
        "/?q={}&typing=1",
        "/?q={}&lang={}&exact={}",
        "/?q=دشمن&where=section={}&since=1300&until=1500",
        "/?where=section%21={}&since=1300",
        "/?q=دشمن&where={}",
        "/?q=دشمن&sort={}",
        "/?q=دشمن&since={}",
        "/?q=دشمن&page={}",
        "/document?id=a {}&q={}",
        "/document?id={}&q={}&mark={}",
        "/{}",
        "/api/{}",
        "/api/documents/a {}",
        "/api/search?q={}&{}={}",
        "/api/search?q=دشمن&facets=section",
        "/api/suggest?q=دش",
        "/static/{}",
    ],
)
def test_no_address_brings_an_attack_to_life(browser, address, path):
    """With the policy of the page passed over: nothing but the page itself is there to stop it."""
    context = browser.new_context(bypass_csp=True)
    page, elsewhere = context.new_page(), []
    page.on("request", lambda request: request.url.startswith(address) or elsewhere.append(request.url))
    page.goto(address + path.replace("{}", quote(ATTACK, safe="")))
    found = page.evaluate(
        """[...document.querySelectorAll("img, iframe, object, embed, svg, base, script:not([src$='page.js'])")].length
        + [...document.querySelectorAll("*")].flatMap((each) => each.getAttributeNames())
        .filter((name) => name.startsWith("on")).length"""
    )
    attacked = page.evaluate("window.attacked")
    context.close()
    assert (found, attacked, elsewhere) == (0, None, [])


STATES = {
    "first": "/",
    "answers": "/?q=تاریخ ایران",
    "narrowed": "/?q=ایران&since=1402&until=1402&sort=-date",
    "instead": "/?q=fhvhk",
    "nothing": "/?q=قققژژژ",
    "text": "/document?id=samples/documents/literature/history-books.md&q=تاریخ&mark=2",
    "wrong": "/?page=0",
}


@pytest.mark.parametrize(("language", "scheme"), [("fa", "light"), ("en", "dark")])
@pytest.mark.parametrize("state", STATES)
def test_the_page_is_for_everybody(browser, address, state, language, scheme):
    context = browser.new_context(base_url=address, color_scheme=scheme)
    page = context.new_page()
    path = STATES[state]
    page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
    found = Axe().run(page)
    context.close()
    assert found.violations_count == 0, found.generate_report()


def test_completions_are_for_everybody(opened):
    page = opened()
    page.keyboard.type("کتا", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
