"""A crawl of twenty thousand pages takes as much memory as one of two thousand, and is about as fast at its end."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from web_site import Site, page

pytestmark = [pytest.mark.soak, pytest.mark.skipif(not Path("/proc/self").exists(), reason="no figures of memory")]
PAGES = 20_000
TOLD = (100, 2_000, 10_000, 20_000)
MOST_GROWTH = 1.5
LETTERS = "ابپتجدرزسشفقکگلمنوهی"


def forest(pages):
    """Pages of three hundred words, each of which leads to twenty others, in many ways to write it."""
    chance = random.Random(1)  # noqa: S311
    words = ["".join(chance.choices(LETTERS, k=chance.randint(2, 8))) for _ in range(20_000)]

    def answer(path, _):
        number = int(path[1:]) if path[1:].isdecimal() else 0
        if not 1 <= number <= pages:
            return None
        chosen = random.Random(number)  # noqa: S311
        near = [2 * number, 2 * number + 1, *(chosen.randint(1, pages) for _ in range(18))]
        links = [f"/{other}?utm_source={number}#x" for other in near if other <= pages]
        return page(" ".join(chosen.choices(words, k=300)), *links)

    return answer


def megabytes(process):
    """What a process has in memory, without what files lend it; None where it has ended."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    except OSError:
        return None
    _, found, rest = status.partition("RssAnon:")
    return int(rest.split()[0]) / 1024 if found else None


def test_memory_is_flat(tmp_path, scale):
    pages = max(round(PAGES * scale), TOLD[1] + 1)
    at, last = {}, (0, time.monotonic())
    with Site(forest(pages)).served() as site:
        command = [sys.executable, "-m", "searchkit", "crawl", f"{site.url}/1", "--allow-private", "127.0.0.1"]
        command += ["--delay", "0", "--depth", "100", "--max-pages", str(2 * pages), "-q", "-i", str(tmp_path)]
        with subprocess.Popen(command) as process:
            peak = 0.0
            while process.poll() is None:
                time.sleep(1)
                taken, fetched, now = megabytes(process), len(site.asked), time.monotonic()
                if taken is None:
                    continue
                peak = max(peak, taken)
                passed = [mark for mark in (*TOLD, pages) if mark <= fetched + 1 and mark not in at]
                if passed:
                    rate = (fetched - last[0]) / (now - last[1])
                    at |= dict.fromkeys(passed, taken)
                    print(f"\n{fetched:,} pages: {taken:.0f} MB, {rate:.0f} pages a second since the last", end="")
                    last = (fetched, now)
        assert process.returncode == 0
        assert site.counts() == {f"/{number}": 1 for number in range(1, pages + 1)}
    print(
        f"\n{pages:,} pages: {peak:.0f} MB at most, the state {(tmp_path / 'crawl.sqlite').stat().st_size / 1e6:.0f} MB"
    )
    assert peak < MOST_GROWTH * at[TOLD[1]]
