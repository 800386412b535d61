"""The page in a real browser: Chromium, driven by Playwright; the site is what `searchkit serve` serves."""

from __future__ import annotations

import re
import shutil
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from embedding_server import serving
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


def test_keys_are_those_of_the_persian_layout_too_and_can_be_turned_off(opened):
    page = opened("/document?id=samples/documents/literature/history-books.md&q=تاریخ")

    def press(key, code):
        page.evaluate(
            "([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true}))",
            [key, code],
        )

    with page.expect_navigation():
        press("د", "KeyN")
    assert "mark=1" in page.url
    page.locator("#keys input").uncheck()
    page.locator("main").focus()
    page.keyboard.press("/")
    expect(page.locator("#q")).not_to_be_focused()
    page.reload()
    expect(page.locator("#keys input")).not_to_be_checked()


def test_back_leads_to_what_was_there_before_the_typing(opened):
    page = opened("/?q=تاریخ")
    title, first = page.title(), page.locator(".hits h2").first.text_content()
    page.locator("#q").fill("بار")
    page.wait_for_url("**typing=1*")
    assert page.title().startswith("بار – ")
    assert page.locator("h1").text_content().endswith("بار")
    page.locator("#q").fill("باران")
    expect(page).to_have_title(re.compile("^باران"))
    last = page.locator(".hits h2").all_text_contents()
    page.go_back()
    expect(page.locator(".hits h2").first).to_have_text(first)
    assert (page.title(), page.locator("#q").input_value()) == (title, "تاریخ")
    page.go_forward()
    expect(page.locator("#q")).to_have_value("باران")
    expect(page.locator(".hits h2")).to_have_text(last)
    page.locator(".hits h2 a").first.click()
    page.wait_for_url("**/document*")
    page.go_back()
    expect(page.locator(".hits h2")).to_have_text(last)
    page.reload()
    expect(page.locator(".hits h2")).to_have_text(last)


def test_what_narrows_is_kept_while_typing_and_the_page_is_the_first(opened):
    page = opened("/?q=ایران&page=2&sort=date&since=1300&lang=en")
    page.locator("#q").fill("باران")
    expect(page).to_have_title(re.compile("^باران"))
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {"q": ["باران"], "sort": ["date"], "since": ["1300"], "lang": ["en"], "typing": ["1"]}
    assert parse_qs(urlsplit(page.locator(".language").get_attribute("href")).query)["q"] == ["باران"]


def test_late_answers_never_stand_in_the_place_of_newer_ones(opened):
    page = opened()
    page.route(
        "**/*part=answers*",
        lambda route: (
            route.fulfill(
                body='<div id="answers" data-status="old" data-title="old" data-heading="old">old</div>',
                content_type="text/html",
            )
            if "typing=1" in route.request.url and parse_qs(urlsplit(route.request.url).query)["q"] == ["بار"]
            else route.continue_()
        ),
    )
    page.evaluate(
        """() => {
            const ask = window.fetch;
            window.fetch = async (address, options) => {
                const told = await ask(address);  // even one that cannot be broken off
                if (new URL(address, location).searchParams.get("q") === "بار")
                    await new Promise((resolve) => setTimeout(resolve, 900));
                if (options.signal.aborted) throw new DOMException("", "AbortError");
                return told;
            };
        }"""
    )
    page.locator("#q").fill("بار")
    page.wait_for_timeout(300)
    page.locator("#q").fill("باران")
    expect(page).to_have_title(re.compile("^باران"))
    page.wait_for_timeout(900)
    assert page.title().startswith("باران")
    assert "old" not in page.locator("#answers").text_content()


def test_a_server_that_is_gone_is_told_and_the_page_stays(opened):
    page = opened("/?q=ایران")
    page.evaluate("() => { window.fetch = async () => { throw new TypeError('no network'); }; }")
    page.locator("#q").fill("باران")
    expect(page.locator("#status")).to_contain_text("پاسخ نمی\u200cدهد")
    assert page.locator(".hits li").count() == 10
    page.keyboard.press("Enter")
    page.wait_for_url("**?q=*")
    expect(page.locator("#status")).to_contain_text("نتیجه")


def test_one_sentence_is_told_when_the_typing_rests(opened):
    page = opened()
    page.evaluate(
        """() => {
            window.heard = [];
            const live = document.querySelectorAll("[role=status], [aria-live]");
            const note = (changes) => window.heard.push(changes[0].target.textContent);
            live.forEach((each) => new MutationObserver(note).observe(each, {childList: true}));
        }"""
    )
    page.keyboard.type("کتا", delay=200)
    page.wait_for_timeout(2_000)
    heard = page.evaluate("window.heard")
    assert len(heard) == 1
    assert "نتیجه" in heard[0]
    assert "پیشنهاد" in heard[0]


def test_arrow_down_opens_completions_again_and_tab_takes_one(opened):
    page = opened()
    page.keyboard.type("کتا", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_be_in_viewport(ratio=0.9)
    page.keyboard.press("Home")
    assert page.locator("#q").evaluate("box => box.selectionStart") == 0
    taken = page.locator("#q").input_value()
    page.keyboard.press("Tab")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page).to_have_title(re.compile("^" + re.escape(taken)))
    assert query_of(page) == taken


def test_arrow_down_before_the_completions_are_there_keeps_the_answers(opened):
    page = opened()
    page.keyboard.type("کتا")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hits li").first).to_be_attached()


def test_an_address_stands_on_the_side_of_its_hit(opened):
    page = opened("/?q=شاهنامه", viewport={"width": 320, "height": 800})
    side = "trail => [getComputedStyle(trail).textAlign, getComputedStyle(trail).direction]"
    assert page.locator("li[dir=rtl] .trail").first.evaluate(side) == ["right", "ltr"]


def test_what_narrows_stays_closed_on_a_phone_and_as_it_was_left(opened):
    page = opened("/?q=ایران&since=1300", viewport={"width": 360, "height": 800})
    details = page.locator(".filters details")
    assert details.get_attribute("open") is None
    expect(page.locator(".hits li").first).to_be_in_viewport()
    page.locator(".filters summary").click()
    page.locator("#q").fill("باران")
    expect(page).to_have_title(re.compile("^باران"))
    assert details.get_attribute("open") is not None


def test_colours_of_the_system_show_what_is_marked_and_chosen(opened):
    page = opened("/?q=کتاب", forced_colors="active")
    page.locator("#q").fill("کتا")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    colour = "selector => getComputedStyle(document.querySelector(selector)).backgroundColor"
    paper = page.evaluate(colour, "body")
    assert page.evaluate(colour, "#completions [aria-selected=true]") != paper
    assert page.evaluate(colour, ".snippet mark") != paper


def test_twice_as_large_a_text_stands_in_the_window(opened):
    page = opened("/?q=تاریخ ایران", viewport={"width": 640, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize("path", ["/", "/?q=تاریخ ایران", "/document?id=book-shahnameh&q=شاهنامه"])
def test_nothing_stands_out_of_a_narrow_or_a_wide_window(opened, path):
    page = opened(path)
    for width in (320, 768, 1920):
        page.set_viewport_size({"width": width, "height": 800})
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


@pytest.mark.thorough
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


def test_words_are_searched_while_one_types_and_their_meaning_once_one_is_done(browser, tmp_path):
    with serving() as server, SearchIndex.open(tmp_path, embedder=f"{server.address}#m") as index:
        index.add(load("samples/documents"))
        with site(tmp_path, "--embedder", f"{server.address}#m") as started:
            context = browser.new_context(base_url=started.address, locale="en")
            page = context.new_page()
            page.goto("/")
            page.keyboard.type("باران تند", delay=20)
            chosen = page.locator(".modes [aria-current]")
            expect(chosen).to_have_text("Words")
            assert "باران تند" not in server.texts
            with page.expect_navigation():
                page.keyboard.press("Enter")
            expect(chosen).to_have_text("Words and meaning")
            assert "باران تند" in server.texts
            found = Axe().run(page)
            page.get_by_role("link", name="Meaning", exact=True).click()
            expect(chosen).to_have_text("Meaning")
            context.close()
    assert found.violations_count == 0, found.generate_report()
