"""A host is asked in its turn, at the pace that it and the user ask for."""

from __future__ import annotations

import datetime as dt
import threading
import time
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_site import Reply, page

from searchkit.crawling import CrawlOptions, crawl, politeness
from searchkit.crawling.connecting import Guard
from searchkit.crawling.fetching import Fetcher
from searchkit.crawling.politeness import LONGEST_PAUSE, Turns, retry_after

ROBOTS = {"Content-Type": "text/plain"}


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""

    class Clock:
        now = 1_000.0

    monkeypatch.setattr(politeness, "monotonic", lambda: Clock.now)
    return Clock


def pauses(turns, clock, *ends):
    """How long each request is followed by a pause, when the requests end so."""
    found = []
    for end in ends:
        turns.begin("a")
        assert turns.ready(["a"]) == []
        turns.end("a", **end)
        found.append(turns.next_due(["a"]))
        clock.now += found[-1] or 0
    return found


def test_each_request_is_followed_by_a_pause(clock):
    assert pauses(Turns(1.0), clock, {}, {}) == [1.0, 1.0]


def test_robots_may_ask_for_a_longer_pause_and_not_for_a_shorter_one(clock):
    turns = Turns(1.0)
    turns.slow_to("a", 5.0)
    assert pauses(turns, clock, {}) == [5.0]
    turns = Turns(1.0)
    turns.slow_to("a", 0.1)
    assert pauses(turns, clock, {}) == [1.0]


def test_a_busy_host_is_asked_less_and_less_and_then_as_before(clock):
    bad = {"failed": True}
    assert pauses(Turns(1.0), clock, bad, bad, bad, {}, {}, {}, {}) == [2.0, 4.0, 8.0, 4.0, 2.0, 1.0, 1.0]
    assert pauses(Turns(0.0), clock, bad, bad, {}, {}) == [0.5, 1.0, 0.5, 0.0]


def test_a_host_that_takes_long_rests_as_long(clock):
    slow, endless = {"took": 3.0}, {"took": 1_000.0}
    assert pauses(Turns(1.0), clock, {"took": 0.1}, slow, endless, {}) == [1.0, 3.0, 60.0, 1.0]
    assert pauses(Turns(0.0), clock, slow) == [0.0]  # whoever wants no pause has none


def test_a_host_is_left_alone_for_as_long_as_it_asks(clock):
    assert pauses(Turns(1.0), clock, {"failed": True, "wait": 120.0}) == [120.0]
    turns = Turns(1.0)
    assert pauses(turns, clock, {"failed": True, "wait": LONGEST_PAUSE + 1}) == [None]
    assert "come back" in turns.of("a").closed


def test_a_host_that_never_answers_is_left(clock):
    turns = Turns(0.0)
    assert pauses(turns, clock, *[{"failed": True}] * 8)[-1] is None


def test_hosts_do_not_wait_for_one_another(clock):
    turns = Turns(1.0)
    turns.begin("a")
    assert turns.ready(["a", "b"]) == ["b"]


def test_hosts_are_asked_at_once_and_each_one_thing_at_a_time(serve):
    other_was_asked, at_work, most = threading.Event(), [], []

    def slow(path, _):
        at_work.append(path)
        most.append(len(at_work))
        is_met = other_was_asked.wait(60)
        at_work.remove(path)
        return page(path, "/a", "/b", "/c") if is_met else None

    first = serve(slow)
    second = serve(lambda *_: other_was_asked.set() or page("x"))
    options = CrawlOptions(delay=0, allow_private=("127.0.0.1",), depth=1)
    found = [each.id for each in crawl([first.url, second.url], options)]
    assert len(found) == 5
    assert max(most) == 1


def test_a_page_comes_when_its_host_is_ready_again(serve, crawled):
    answers = iter([Reply("", 429, {"Retry-After": "0"}), Reply("", 503), Reply(page("x"))])
    site = serve(lambda path, _: Reply("", 404) if path == "/robots.txt" else next(answers))
    assert list(crawled(site).documents) == ["/"]


def test_what_is_asked_for_too_long_a_pause_is_left_for_the_next_run(serve, crawled, tmp_path):
    waits = [Reply("", 503, {"Retry-After": "86400"})]
    site = serve(lambda path, _: Reply("", 404) if path == "/robots.txt" else (waits.pop() if waits else page("x")))
    found = crawled(site, state=tmp_path / "state")
    assert not found.documents
    assert "next run" in " ".join(found.skips.values())
    assert list(crawled(site, state=tmp_path / "state").documents) == ["/"]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("9" * 5_000, 999_999_999.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 9999999999999999 07:28:00 GMT", None),
        ("Fri, 01 Jan 0001 00:00:00 +2359", 0.0),
        ("-1", None),
        ("1.5", None),
        ("\u0661\u0662", None),
        ("soon", None),
        ("", None),
    ],
)
def test_how_long_to_leave_a_host_alone(value, seconds):
    assert retry_after(value) == seconds


def test_a_day_to_come_back_at_is_as_far_off_as_it_is():
    at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=100)
    assert 90 < retry_after(format_datetime(at.replace(microsecond=0), usegmt=True)) <= 100


@given(st.text())
def test_any_header_is_a_time_or_none(value):
    assert (retry_after(value) or 0.0) >= 0.0


def test_robots_that_ask_to_come_back_later_are_asked_then(serve, crawled, tmp_path):
    waits = [Reply("", 503, {"Retry-After": "86400"})]
    site = serve(lambda path, _: (waits.pop() if waits else None) if path == "/robots.txt" else page("x"))
    found = crawled(site, state=tmp_path / "state")
    assert site.asked == ["/robots.txt"]
    assert "come back in 86,400 s" in " ".join(found.skips.values())
    assert list(crawled(site, state=tmp_path / "state").documents) == ["/"]


def test_how_long_an_answer_took_is_known(serve):
    def slow():
        yield b"x"
        time.sleep(0.2)
        yield b"y"

    site = serve({"/": Reply(slow)})
    fetcher = Fetcher(CrawlOptions(), Guard(["127.0.0.1"]))
    assert fetcher.fetch(f"{site.url}/").seconds >= 0.2
    fetcher.close()


def test_the_pace_of_robots_is_kept(serve, crawled):
    site = serve({"/robots.txt": Reply("User-agent: *\nCrawl-delay: 0.3", headers=ROBOTS)})
    at = []
    site.pages["/"] = page("x", "/a", "/b")
    reply, site.reply = site.reply, lambda path, headers: at.append(politeness.monotonic()) or reply(path, headers)
    crawled(site)
    assert len(at) == 4
    assert all(later - earlier >= 0.3 for earlier, later in pairwise(at))
