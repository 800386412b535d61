"""A site of two thousand pages with traps, and a crawl that is killed five times: each page once, and none is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time

import pytest
from web_site import Reply, Site, page

from searchkit import Field, SearchIndex

pytestmark = [pytest.mark.soak, pytest.mark.skipif(os.name == "nt", reason="no such signals")]
PAGES, KILLS = 2_000, 5
WORDS = "آب باد خاک آتش کوه دشت دریا رود ابر باران برف خورشید ماه ستاره درخت گل".split()


class Maze:
    """Pages of a tree that lead to one another, to traps, and to what is forbidden."""

    def __init__(self, seed):
        self.random = random.Random(seed)  # noqa: S311
        self.failed = set()

    def __call__(self, path, headers):
        name, _, query = path.partition("?")
        if path == "/robots.txt":
            return Reply("User-agent: *\nDisallow: /private/", headers={"Content-Type": "text/plain"})
        if name == "/calendar":
            month = int(query.partition("=")[2] or 0)
            return page("تقویم", f"/calendar?month={month + 1}", head='<meta name="robots" content="noindex">')
        if name.startswith("/round"):
            return page("دور", f"{name}/round", head='<meta name="robots" content="noindex">')
        if name == "/loop":
            return Reply("", 302, {"Location": "/loop?again=1" if not query else "/loop"})
        if name == "/bomb":
            return Reply(b"\x1f\x8b" + bytes(100), headers={"Content-Encoding": "gzip"})
        number = int(name[1:] or 1) if name == "/" or name[1:].isdecimal() else 0
        return self.tree(number, query) if 1 <= number <= PAGES else None

    def tree(self, number, query):
        if number % 97 == 0 and number not in self.failed:
            self.failed.add(number)
            return Reply("", 500)
        chosen = random.Random(number)  # noqa: S311
        text = " ".join(chosen.choices(WORDS, k=100)) + f" {number}"
        near = [2 * number, 2 * number + 1, *(chosen.randint(1, PAGES) for _ in range(20))]
        links = [f"/{other}?utm_source={number}#x" for other in near if other <= PAGES]
        links += [f"/{number}?PHPSESSID={number:032x}", f"/private/{number}", "/calendar?month=1", "/round", "/loop"]
        return page(text, *links, "/bomb", head=f'<link rel="canonical" href="/{number}">')


def test_a_maze_with_kills(tmp_path, seed, scale):
    maze = Maze(seed)
    started = time.monotonic()
    with Site(maze).served() as site:
        command = [sys.executable, "-m", "searchkit", "crawl", f"{site.url}/1", "--allow-private", "127.0.0.1"]
        command += ["--delay", "0", "--depth", "30", "--max-pages", "10000", "-q", "-i", str(tmp_path)]
        for kill in range(max(1, round(KILLS * scale))):
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            asked = len(site.asked) + maze.random.randint(1, PAGES // (KILLS + 1))
            while len(site.asked) < asked and process.poll() is None:
                time.sleep(0.002)
            process.kill()
            process.wait()
            print(f"\nkill {kill + 1} after {len(site.asked):,} requests", end="")
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL, timeout=600)
        counts = site.counts()
    with SearchIndex.open(tmp_path, create=False) as index:
        ids = {hit.id.removeprefix(site.url) for hit in index.scan("", where=Field("id").exists())}
    assert ids == {f"/{number}" for number in range(1, PAGES + 1)}
    assert not [path for path in counts if path.startswith("/private")]
    refused = {f"/{number}" for number in maze.failed}
    again = {path: count - 1 for path, count in counts.items() if count > 1 and path not in refused}
    assert sum(again.values()) <= KILLS, again
    print(f"\n{PAGES:,} pages, {sum(counts.values()):,} requests, {time.monotonic() - started:.0f} s")
