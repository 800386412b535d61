"""`searchkit crawl` in a process of its own: what it prints, how it ends, and what is left when it is killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from embedding_server import serving
from web_site import Reply, page

from searchkit import Field, SearchIndex
from searchkit.cli import progress
from searchkit.crawling import CrawlOptions
from searchkit.crawling.crawler import Crawl
from searchkit.crawling.indexing import crawl_into

WORDS = "آب باد خاک آتش کوه دشت دریا رود ابر باران برف خورشید ماه ستاره درخت گل".split()


def forest(size):
    """Pages that lead to two more each, all of them different."""

    def answer(path, headers):
        number = int(path[1:] or 1) if path[1:].isdecimal() or path == "/" else 0
        if not 1 <= number <= size:
            return None
        tag = f'"{number}"'
        if headers.get("If-None-Match") == tag:
            return Reply("", 304)
        text = f"{WORDS[number % 16]} {WORDS[number // 16 % 16]} شماره {number}"
        return Reply(page(text, f"/{2 * number}", f"/{2 * number + 1}", "/2", "/3"), headers={"ETag": tag})

    return answer


def command(site, index, *options):
    arguments = ["crawl", site.url, "--allow-private", "127.0.0.1", "--delay", "0", "--depth", "50", "-i", str(index)]
    return [sys.executable, "-m", "searchkit", *arguments, *options]


def run(site, index, *options):
    return subprocess.run(
        command(site, index, *options), capture_output=True, encoding="utf-8", check=False, timeout=120
    )


def started(site, index, *options):
    return subprocess.Popen(
        command(site, index, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def wait_until(condition):
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def held(index):
    with SearchIndex.open(index, create=False) as opened:
        return sorted(hit.id for hit in opened.scan("", where=Field("id").exists()))


def test_a_site_is_indexed_found_and_looked_at_again(serve, tmp_path):
    site = serve(forest(30))
    ran = run(site, tmp_path)
    assert ran.returncode == 0
    assert ran.stdout.startswith("added 30, updated 0, unchanged 0, removed 0, skipped 31  ")
    assert "HTTP 404" in ran.stderr
    with SearchIndex.open(tmp_path) as index:
        (hit,) = index.search('"شماره 17"', limit=1).hits
        assert (hit.id, hit.document.url) == (f"{site.url}/17", f"{site.url}/17")
    site.pages = forest(20)
    ran = run(site, tmp_path, "--report", str(tmp_path / "report"))
    assert ran.stdout.startswith("added 0, updated 0, unchanged 0, removed 10, skipped ")
    assert json.loads((tmp_path / "report").read_text(encoding="utf-8").splitlines()[0]).keys() == {"source", "reason"}
    assert len(held(tmp_path)) == 20


def test_an_index_that_was_made_anew_is_filled_again(serve, tmp_path):
    site = serve(forest(10))
    run(site, tmp_path)
    with SearchIndex.open(tmp_path) as index:
        index.delete([f"{site.url}/4"])
    assert run(site, tmp_path, "--quiet").stdout == ""
    assert len(held(tmp_path)) == 10


def test_documents_of_others_stay(serve, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("متن", encoding="utf-8")
    index = tmp_path / "index"
    indexing = [sys.executable, "-m", "searchkit", "index", "--prune", str(tmp_path / "docs"), "-i", str(index)]
    subprocess.run(indexing, check=True, capture_output=True, timeout=120)
    site = serve(forest(3))
    run(site, index)
    subprocess.run(indexing, check=True, capture_output=True, timeout=120)
    assert len(held(index)) == 4
    checked = subprocess.run(
        [sys.executable, "-m", "searchkit", "check", "-i", str(index)], check=False, capture_output=True, timeout=120
    )
    assert checked.returncode == 0


def test_a_site_that_has_lost_most_of_its_pages_is_not_believed_at_once(serve, tmp_path):
    site = serve(forest(10))
    run(site, tmp_path)
    site.pages = forest(2)
    for _ in range(2):
        ran = run(site, tmp_path)
        assert ran.returncode == 1
        assert "8 of 10 documents are gone" in ran.stderr
        assert "--yes" in ran.stderr
        assert len(held(tmp_path)) == 10
    site.pages = forest(5)  # some are back
    assert run(site, tmp_path).stdout.startswith("added 0, updated 0, unchanged 3, removed 5,")
    site.pages = forest(1)
    assert run(site, tmp_path, "--yes").returncode == 0
    assert held(tmp_path) == [f"{site.url}/"]


def test_how_many_pages_say_the_same_is_told_over_all_runs(serve, tmp_path):
    site = serve({"/": page("خانه", "/a", "/b", "/c")} | {f"/{name}": page("همین") for name in "abc"})
    for _ in range(2):
        ran = run(site, tmp_path)
        assert ran.stdout.splitlines()[1] == "for 2 pages another one stands, which says the same or nearly the same"
    assert run(site, tmp_path, "--quiet").stdout == ""
    assert len(held(tmp_path)) == 2


def test_more_pages_than_are_allowed_are_told(serve, tmp_path):
    ran = run(serve(forest(30)), tmp_path, "--max-pages", "5")
    assert ran.returncode == 0
    assert "--max-pages" in ran.stderr
    assert len(held(tmp_path)) == 5


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["http://127.0.0.1:9/"], 1, "no page could be fetched"),
        (["example.org"], 2, "no address that can be crawled"),
        (["file:///etc/passwd"], 2, "no address that can be crawled"),
        (["http://example.org/", "--allow-private", "*"], 2, "give a host"),
        (["http://example.org/", "--contact", "a\nb"], 2, "contact"),
        ([], 2, "URL"),
    ],
)
def test_what_cannot_be_done_is_told(tmp_path, arguments, code, told):
    ran = subprocess.run(
        [sys.executable, "-m", "searchkit", "crawl", *arguments, "-i", str(tmp_path / "index")],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert ran.returncode == code
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="no such signals")
def test_an_interrupt_keeps_what_has_come_and_says_how_to_go_on(serve, tmp_path):
    site = serve(forest(120))
    process = started(site, tmp_path, "--delay", "0.02")
    wait_until(lambda: len(site.asked) > 20)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "again to go on" in err
    assert "Traceback" not in err
    kept = len(held(tmp_path))
    assert 10 < kept < 120
    assert out.startswith(f"added {kept},")
    before = site.counts()
    ran = run(site, tmp_path)
    assert ran.stdout.startswith(f"added {120 - kept},")
    twice = [path for path, count in site.counts().items() if count > 1]
    assert len(twice) <= 1  # what was under way
    assert set(before) < set(site.counts())
    assert len(held(tmp_path)) == 120


@pytest.mark.skipif(os.name == "nt", reason="no such signals")
def test_a_kill_loses_nothing_and_fetches_nothing_twice(serve, tmp_path):
    site = serve(forest(60))
    for after in (3, 25, 45):
        process = started(site, tmp_path)
        wait_until(lambda: len(site.counts()) > after)  # noqa: B023 (it is over by the next one)
        process.kill()
        process.communicate(timeout=60)
    ran = run(site, tmp_path)
    assert ran.returncode == 0
    assert len(held(tmp_path)) == 60
    assert sum(site.counts().values()) - len(site.counts()) <= 3  # one a kill, which was under way
    checked = run(site, tmp_path)
    assert checked.stdout.startswith("added 0, updated 0, unchanged 0, removed 0")


@pytest.mark.parametrize("package", ["httpcore", "protego", "w3lib"])
def test_a_missing_extra_is_told(tmp_path, package):
    program = f"import sys; sys.modules[{package!r}] = None; from searchkit.cli import main; main(sys.argv[1:])"
    index = tmp_path / "index"
    ran = subprocess.run(
        [sys.executable, "-c", program, "crawl", "http://example.org/", "-i", str(index)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert ran.returncode == 2
    assert "pip install 'persian-searchkit[crawl]'" in ran.stderr
    assert not index.exists()


def test_what_is_in_the_index_but_not_noted_comes_again_unchanged(serve, tmp_path, monkeypatch):
    site = serve(forest(10))
    options = CrawlOptions(delay=0, allow_private=("127.0.0.1",))
    with SearchIndex.open(tmp_path) as index:
        crawl = Crawl([site.url], options, tmp_path / "state")
        monkeypatch.setattr(crawl, "keep", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            crawl_into(index, crawl)
        crawl.close()
        assert len(index) == 10
        again = Crawl([site.url], options, tmp_path / "state")
        assert crawl_into(index, again)[:4] == (0, 0, 10, 0)
        again.close()


def test_progress_says_how_many_pages_and_how_fast(monkeypatch, capsys):
    class Crawling(list):
        fetched, known = 40, 7

    monkeypatch.setattr(progress, "is_terminal", lambda _: True)
    monkeypatch.setattr(progress, "_EVERY_SECONDS", 0)
    crawl = Crawling([1, 2])
    passed = []
    for each in progress.over_pages(crawl):
        passed.append(each)
        crawl.fetched += 1
    assert passed == [1, 2]
    shown = capsys.readouterr().err
    assert "40 pages, 0.0 a second, 7 more known" in shown
    assert "41 pages, " in shown
    assert shown.endswith("\x1b[2K")


@pytest.mark.skipif(os.name == "nt", reason="no such terminals")
def test_progress_is_shown_on_a_terminal_and_nowhere_else(serve, tmp_path):
    site = serve(forest(40))
    ours, theirs = os.openpty()
    with subprocess.Popen(
        command(site, tmp_path / "a", "--delay", "0.02"), stdout=subprocess.PIPE, stderr=theirs
    ) as on:
        os.close(theirs)
        shown = b""
        while part := read_from(ours):
            shown += part
    os.close(ours)
    assert on.returncode == 0
    assert re.search(rb"\r\x1b\[2K\d+ pages, \d+\.\d a second, \d+ more known", shown)
    assert b"more known" not in run(site, tmp_path / "b", "--delay", "0.02").stderr.encode()


def read_from(terminal):
    try:
        return os.read(terminal, 4_096)
    except OSError:  # nobody writes there any more
        return b""


def test_what_is_crawled_with_semantic_has_vectors(serve, tmp_path):
    with serving() as embedder:
        ran = run(serve(forest(5)), tmp_path, "--semantic", "--embedder", f"{embedder.address}#m")
    assert ran.returncode == 0
    assert "vectors for 5 documents" in ran.stdout
