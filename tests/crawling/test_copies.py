"""Of pages that say the same, or nearly, one is in the index: the one that was met first, whatever came in between."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_site import Reply, page

from searchkit.crawling import CrawlOptions
from searchkit.crawling.crawler import Crawl
from searchkit.crawling.given import GivenDocuments
from searchkit.crawling.sketches import LEAST_WORDS, SAMPLE, are_alike, sketch_of
from searchkit.crawling.state import CrawlState
from searchkit.documents import Document, Skip

LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنهی"
WORDS = ["".join(letters) for letters in itertools.islice(itertools.product(LETTERS, repeat=3), 4_000)]


def words(of=300, seed=0):
    return random.Random(seed).choices(WORDS, k=of)  # noqa: S311 (no secret)


def changed(text, places):
    """A text in which so many words, far from one another, are others."""
    step = len(text) // max(places, 1)
    return [f"دیگر{word}" if at % step == step // 2 and at // step < places else word for at, word in enumerate(text)]


def said(text):
    return " ".join(text)


def alike(left, right, titles=("", "")):
    first, second = sketch_of(left, titles[0]), sketch_of(right, titles[1])
    return bool(set(first.bands) & set(second.bands)) and are_alike(first, second)


def resemblance(left, right):
    """The share of rows of three words that are the same, worked out from its definition."""
    rows = [{tuple(text[at : at + 3]) for at in range(len(text) - 2)} for text in (left, right)]
    return len(rows[0] & rows[1]) / len(rows[0] | rows[1])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("of", "places"), [(120, 1), (300, 3), (300, 4), (2_000, 25), (2_000, 32), (9_000, 100)])
def test_long_texts_that_share_nine_tenths_are_nearly_the_same(of, places, seed):
    text = words(of, seed)
    other = changed(text, places)
    assert resemblance(text, other) > 0.9
    assert alike(said(text), said(other))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("of", "places"), [(120, 3), (300, 6), (2_000, 36), (2_000, 200), (9_000, 250)])
def test_long_texts_that_share_less_are_not(of, places, seed):
    text = words(of, seed)
    other = changed(text, places)
    assert resemblance(text, other) < 0.9
    assert not alike(said(text), said(other))


@pytest.mark.parametrize("of", [20, LEAST_WORDS // 2, LEAST_WORDS - 1, LEAST_WORDS])
def test_in_a_short_text_one_other_word_is_enough_to_tell_it_apart(of):
    assert alike(said(words(of)), said(changed(words(of), 1))) is (of >= LEAST_WORDS)


@pytest.mark.parametrize("of", [10, 100, 1_000, 5_000])
@pytest.mark.parametrize("digits", ["0123456789", "۰۱۲۳۴۵۶۷۸۹"])
def test_texts_that_differ_in_a_number_are_not_the_same(of, digits):
    template = said(words(of))
    seventeen, eighteen = digits[1] + digits[7], digits[1] + digits[8]
    assert not alike(f"{template} {seventeen} تومان", f"{template} {eighteen} تومان")
    if of >= LEAST_WORDS:
        assert alike(f"{template} {seventeen} تومان", f"{template} 17 ریال")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("خبر روز", "خبر روز", True),
        ("خبر روز", "خبر  روز | سایت", True),
        ("نسخهٔ چاپی: خبر روز", "خبر روز", True),
        ("خبر روز", "", True),
        ("كتاب", "کتاب", True),
        ("خبر روز", "خبر شب", False),
        ("صفحه ۱۷", "صفحه ۱۸", False),
        ("صفحهٔ الف | سایت", "صفحهٔ ب | سایت", False),
    ],
)
def test_pages_in_one_frame_are_told_apart_by_their_titles(left, right, expected):
    frame = words(1_000)
    assert alike(said(frame), said([*frame[:-10], *words(10, 1)]), (left, right)) is expected


@given(st.lists(st.sampled_from(WORDS), min_size=LEAST_WORDS, max_size=400), st.randoms(use_true_random=False))
def test_spelling_is_no_difference(text, chance):
    written = said(word.replace("ی", chance.choice("يی")).replace("ک", chance.choice("كک")) for word in text)
    assert sketch_of(said(text)).digest == sketch_of(written).digest
    assert alike(said(text), written)


@given(st.lists(st.sampled_from(WORDS[:40]), max_size=300), st.lists(st.sampled_from(WORDS[:40]), max_size=300))
def test_short_samples_tell_exactly_what_is_shared(left, right):
    first, second = sketch_of(said(left)), sketch_of(said(right))
    if first.bands and second.bands:
        assert are_alike(first, second) == (resemblance(left, right) > 0.9)
        assert are_alike(second, first) == are_alike(first, second)


def test_a_sketch_is_small():
    sketch = sketch_of(said(words(60_000)))
    assert len(sketch.sample) == SAMPLE
    assert np.all(np.diff(sketch.sample.astype(np.int64)) > 0)


STORY = words()
RETOLD = [changed(STORY, places) for places in (1, 2, 3)]


def site_of_copies():
    """Pages, of which /b, /c and /x say nearly what /a says, and /d what /b says."""
    links = ["/a", "/b", "/c", "/d", "/e", "/deep"]
    return {
        "/": page("خانه", *links),
        "/a": page(said(STORY)),
        "/b": page(said(RETOLD[0])),
        "/c": page(said(RETOLD[1])),
        "/d": page(said(RETOLD[0])),
        "/e": page(said(words(seed=1))),
        "/deep": page("ژرف", "/x"),
        "/x": page(said(RETOLD[2])),
    }


def test_pages_that_say_nearly_the_same_are_one_document(serve, crawled):
    site = serve(site_of_copies())
    found = crawled(site)
    assert set(found.documents) == {"/", "/a", "/e", "/deep"}
    assert found.skips == dict.fromkeys(["/b", "/c", "/d", "/x"], f"nearly the same text as {site.url}/a")
    assert set(site.counts().values()) == {1}


def test_pages_of_which_most_is_a_frame_are_documents_each(serve, crawled):
    frame = said(words(1_000))
    pages = {
        f"/{at}": page(f"{frame} {said(words(15, at))}", head=f"<title>خبر {word} | سایت</title>")
        for at, word in enumerate(WORDS[:20])
    }
    site = serve({"/": page("خانه", *pages), **pages})
    assert len(crawled(site).documents) == 1 + len(pages)


def test_pages_of_a_template_are_documents_each(serve, crawled):
    template = said(words(400))
    short = " ".join(template.split()[:40])
    pages = {f"/{number}": page(f"{template} بهای آن {number} تومان است") for number in range(20)}
    pages |= {f"/s{ord(letter)}": page(f"{short} نام آن {letter} است") for letter in LETTERS}
    site = serve({"/": page("خانه", *pages), **pages})
    assert len(crawled(site).documents) == 1 + len(pages)


def run(site, state, *, taken=None):
    """Crawl on, until so many have come; return what came and for how many pages another one stands."""
    crawl = Crawl([site.url], CrawlOptions(delay=0, allow_private=("127.0.0.1",)), state)
    try:
        items = []
        for each in itertools.islice(crawl, taken):
            items.append(each)
            crawl.keep()
        if taken is None:
            crawl.keep(gone=True)
        return {each.id.removeprefix(site.url) for each in items if isinstance(each, Document)}, crawl.folded
    finally:
        crawl.close()


@pytest.mark.parametrize("taken", range(1, 9))
def test_what_is_broken_off_folds_the_same_pages(serve, tmp_path, taken):
    site = serve(site_of_copies())
    before, _ = run(site, tmp_path / "state", taken=taken)
    after, copies = run(site, tmp_path / "state")
    assert before | after == {"/", "/a", "/e", "/deep"}
    assert copies == 4
    assert set(site.counts().values()) == {1}


@pytest.mark.parametrize("taken", [None, 1, 2, 3])
def test_a_page_that_failed_before_a_kill_comes_as_late_as_without(serve, tmp_path, taken):
    pages, failures = site_of_copies(), [Reply("", 500, {"Retry-After": "0"})] * 2
    site = serve(lambda path, _: failures.pop() if path == "/a" and failures else pages.get(path))
    before, _ = run(site, tmp_path / "state", taken=taken)
    after, copies = run(site, tmp_path / "state") if taken else (set(), 4)
    assert before | after == {"/", "/b", "/e", "/deep"}  # /a failed, and so /b was met first
    assert copies == 4
    assert site.counts()["/a"] == 3


def test_the_next_run_folds_the_same_pages_and_asks_for_none_that_has_not_changed(serve, tmp_path):
    texts = {path: each for path, each in site_of_copies().items()}  # noqa: C416 (to be changed)
    whole = []

    def answer(path, headers):
        if path not in texts:
            return None
        tag = f'"{hash(texts[path])}"'
        if headers.get("If-None-Match") == tag:
            return Reply("", 304)
        whole.append(path)
        return Reply(texts[path], headers={"ETag": tag})

    site = serve(answer)
    assert run(site, tmp_path / "state") == ({"/", "/a", "/e", "/deep"}, 4)
    whole.clear()
    assert run(site, tmp_path / "state") == (set(), 4)
    assert whole == []
    texts["/a"] = page("کوتاه")  # now the next one stands for the others
    assert run(site, tmp_path / "state") == ({"/a", "/b"}, 3)
    assert sorted(whole) == ["/a", "/b", "/c", "/d", "/x"]


def test_a_copy_that_was_seen_before_what_it_copies_was_gone_is_seen_again(serve, crawled, tmp_path):
    site = serve({"/": page("خانه", "/a", "/b"), "/a": page(said(STORY)), "/b": page(said(RETOLD[0]))})
    state = tmp_path / "state"
    assert set(crawled(site, state=state).documents) == {"/", "/a"}
    failures = [Reply("", 503, {"Retry-After": "0"})]
    pages = dict(site.pages)
    site.pages = lambda path, _: failures.pop() if path == "/a" and failures else {**pages, "/a": None}.get(path)
    found = crawled(site, state=state)  # /a comes last, and is not there
    assert found.gone == {"/a"}
    assert "/b" in found.documents


def test_many_texts_that_may_be_alike_are_not_all_compared(monkeypatch):
    compared = []
    monkeypatch.setattr("searchkit.crawling.given.are_alike", lambda *_: bool(compared.append(1)))
    state = CrawlState(None, 1)
    documents = state.given
    sketch = sketch_of(said(STORY))
    for number in range(500):
        documents.give(Document(f"{number}", "", "x"), number, sketch._replace(digest=bytes([number % 256] * 16)))
    assert documents.twin_of(sketch, 1_000) is None
    assert len(compared) < 40
    state.close()


def test_a_document_that_is_gone_leaves_nothing_behind():
    state = CrawlState(None, 1)
    documents = GivenDocuments(state._db)
    sketch = sketch_of(said(STORY))
    documents.give(Document("a", "", "x"), 1, sketch)
    assert documents.twin_of(sketch_of(said(RETOLD[0])), 2) == ("a", False)
    assert documents.twin_of(sketch, 1) is None  # it is its own
    documents.take_back("a")
    assert documents.twin_of(sketch, 2) is None
    assert state._db.execute("SELECT count(*) FROM bands").fetchone() == (0,)
    state.close()


def test_how_many_are_folded_is_of_the_hosts_that_are_crawled(serve, crawled, tmp_path):
    pages = {"/": page("خانه", "/a", "/b"), "/a": page(said(STORY)), "/b": page(said(STORY))}
    first, second = serve(pages), serve(pages)
    assert run(first, tmp_path / "state") == ({"/", "/a"}, 1)
    assert run(second, tmp_path / "state") == (set(), 3)
    assert run(first, tmp_path / "state")[1] == 1


def test_skips_say_what_stands(serve, crawled):
    site = serve({"/": page("خانه", "/a", "/b"), "/a": page(said(STORY)), "/b": page(said(STORY))})
    (skip,) = [each for each in crawled(site).items if isinstance(each, Skip)]
    assert skip == Skip(f"{site.url}/b", f"the same text as {site.url}/a")
