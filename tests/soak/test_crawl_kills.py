"""A site of two thousand pages with traps, and a crawl that is killed five times: each page once, and none is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter

import pytest
from web_site import Reply, Site, page

from searchkit import Field, SearchIndex

pytestmark = [pytest.mark.soak, pytest.mark.skipif(os.name == "nt", reason="no such signals")]
PAGES, KILLS = 2_000, 5
WORDS = "آب باد خاک آتش کوه دشت دریا رود ابر باران برف خورشید ماه ستاره درخت گل".split()
NOINDEX = '<meta name="robots" content="noindex">'
KINDS = ["text/html", "text/html; charset=iso-8859-1", "text/html; charset=utf-8", "text/html; charset=nonsense"]


def body_of(part, pause=0.0):
    """A body that comes in parts, without end."""

    def parts():
        while True:
            yield part
            time.sleep(pause)

    return parts


def said(number):
    return [*random.Random(number).choices(WORDS, k=120), str(number)]  # noqa: S311


def retold(number, word=None):
    """What another page says, but for a word."""
    text = said(number)
    return page(" ".join([*text[:50], word or text[50], *text[51:]]))


ANSWERS = {
    "robots.txt": lambda *_: Reply("User-agent: *\nDisallow: /private/", headers={"Content-Type": "text/plain"}),
    "calendar": lambda _, query: page("تقویم", f"/calendar?month={int(query.partition('=')[2]) + 1}", head=NOINDEX),
    "round": lambda rest, _: page("دور", f"/round/{rest}/round", head=NOINDEX),
    "hidden": lambda rest, _: Reply(page(f"پنهان {rest}"), headers={"X-Robots-Tag": "noindex"}),
    "loop": lambda _, query: Reply("", 302, {"Location": "/loop" if query else "/loop?again=1"}),
    "bomb": lambda *_: Reply(b"\x1f\x8b" + bytes(100), headers={"Content-Encoding": "gzip"}),
    "endless": lambda *_: Reply(body_of(b"<p>x" * 10_000)),
    "slow": lambda *_: Reply(body_of(b"<p>x", 0.1)),
    "bad": lambda *_: Reply("", 503, {"Retry-After": "0"}),
    "copy": lambda rest, _: retold(int(rest)),
    "near": lambda rest, _: retold(int(rest), "سخن"),
}


class Maze:
    """Pages of a tree that lead to one another, to traps, and to what is forbidden."""

    def __init__(self, seed):
        self.random = random.Random(seed)  # noqa: S311
        self.failed = set()

    def __call__(self, path, headers):
        name, _, query = path.partition("?")
        first, _, rest = name[1:].partition("/")
        if first in ANSWERS:
            return ANSWERS[first](rest, query)
        number = int(first or 1) if first.isdecimal() or not first else 0
        return self.tree(number, query) if 1 <= number <= PAGES and not rest else None

    def tree(self, number, query):
        if number % 97 == 0 and number not in self.failed:
            self.failed.add(number)
            return Reply("", 500)
        if number % 400 == 0:
            time.sleep(0.5)
        chosen = random.Random(number)  # noqa: S311
        near = [2 * number, 2 * number + 1, *(chosen.randint(1, PAGES) for _ in range(20))]
        links = [f"/{other}?utm_source={number}#x" for other in near if other <= PAGES]
        links += [f"/{number}?PHPSESSID={number:032x}", f"/private/{number}", "/calendar?month=1", "/round", "/loop"]
        links += ["/bomb", "/endless", "/slow", "/bad", f"/hidden/{number}"] if number < 10 else []
        links += [f"/copy/{number}", f"/near/{number}"] if number % 50 == 0 else []
        text = page(" ".join(said(number)), *links, head=f'<link rel="canonical" href="/{number}">')
        encoding = "cp1256" if number % 10 == 0 else "utf-8"
        return Reply(text.encode(encoding, "xmlcharrefreplace"), headers={"Content-Type": KINDS[number % 4]})


def test_a_maze_with_kills(tmp_path, seed, scale):
    maze = Maze(seed)
    started = time.monotonic()
    with Site(maze).served() as site:
        command = [sys.executable, "-m", "searchkit", "crawl", f"{site.url}/1", "--allow-private", "127.0.0.1"]
        command += ["--delay", "0", "--depth", "30", "--max-pages", "10000", "-i", str(tmp_path)]
        command += ["--timeout", "2", "--max-bytes", "1000000"]
        for kill in range(max(1, round(KILLS * scale))):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            asked = len(site.asked) + maze.random.randint(1, PAGES // (KILLS + 1))
            while len(site.asked) < asked and process.poll() is None:
                time.sleep(0.002)
            process.kill()
            process.wait()
            print(f"\nkill {kill + 1} after {len(site.asked):,} requests", end="")
        ran = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=600)
        counts = site.counts()
    with SearchIndex.open(tmp_path, create=False) as index:
        found = {hit.id.removeprefix(site.url): hit.document.body for hit in index.scan("", where=Field("id").exists())}
    assert set(found) == {f"/{number}" for number in range(1, PAGES + 1)}
    assert {path: body.split()[-3:] for path, body in found.items()} == {
        path: said(int(path[1:]))[-3:] for path in found
    }
    assert not [path for path in counts if path.startswith("/private")]
    refused = {f"/{number}" for number in maze.failed} | {"/bad", "/slow"}
    again = {path: count - 1 for path, count in counts.items() if count > 1 and path not in refused}
    assert sum(again.values()) <= KILLS, again
    assert f"for {2 * (PAGES // 50)} pages another one stands" in ran.stdout
    met = Counter(path[1:].partition("/")[0].partition("?")[0] for path in counts)
    assert set(ANSWERS) - {"robots.txt"} <= set(met)
    traps = ", ".join(f"{name} {met[name]}" for name in ANSWERS)
    print(
        f"\n{PAGES:,} pages, {sum(counts.values()):,} requests, {sum(again.values())} of them again after a kill, ",
        end="",
    )
    print(f"{time.monotonic() - started:.0f} s\naddresses of traps: {traps}\n{ran.stdout}")
