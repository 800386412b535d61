"""How heavy is the search page, and how long does a reader wait for it?

`searchkit serve` serves the samples, and Chromium asks it over the loopback. The weight is what came through the wire,
packed, with the headers; the times are those of the browser (its performance entries), each the median of several new
windows that know nothing yet.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import click
from tables import table

from searchkit import SearchIndex, load

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
QUERY = "تاریخ ایران"
WEIGHT = 60_000  # bytes of the first page without the font
WAIT = 300  # milliseconds to the first results

# What came, and how heavy; when the page was painted first, and when all of it was there.
ENTRIES = """() => {
    const [page] = performance.getEntriesByType("navigation");
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    const loaded = [page, ...performance.getEntriesByType("resource")];
    return {
        weights: loaded.map((each) => [each.name, each.transferSize, each.decodedBodySize]),
        painted: paint?.startTime ?? null,
        ready: page.domContentLoadedEventEnd,
    };
}"""
# How long after a key the answers stand in the page.
TYPED = """() => new Promise((resolve) => {
    const box = document.getElementById("q");
    const main = document.querySelector("main");
    const began = performance.now();
    new MutationObserver((_, seen) => {
        if (!document.querySelector(".hits li")) return;
        seen.disconnect();
        resolve(performance.now() - began);
    }).observe(main, { childList: true, subtree: true });
    box.value = "باران";
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
})"""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve an index of the samples; its address."""
    with SearchIndex.open(folder, fields={"section": "keyword"}) as index:
        index.add(load([SAMPLES]))
    command = [sys.executable, "-m", "searchkit", "serve", "--index", str(folder), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stderr is not None
            yield next(word for word in process.stderr.readline().split() if word.startswith("http"))
        finally:
            process.terminate()


def measure(browser: Any, address: str) -> dict[str, Any]:
    """Return what the first page, a page of answers, and answers in place weigh and take in a new window."""
    context = browser.new_context(locale="fa-IR")
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    first, typed = page.evaluate(ENTRIES), page.evaluate(TYPED)
    page.goto(f"{address}?q={QUERY}", wait_until="networkidle")
    answers = page.evaluate(ENTRIES)
    context.close()
    fonts = sum(sent for name, sent, _ in first["weights"] if name.endswith(".woff2"))
    return {
        "sent": sum(sent for _, sent, _ in first["weights"]) - fonts,
        "unpacked": sum(whole for name, _, whole in first["weights"] if not name.endswith(".woff2")),
        "font": fonts,
        "answers": answers["weights"][0][1],
        "painted": first["painted"],
        "results": max(answers["painted"] or 0, answers["ready"]),
        "typed": typed,
    }


@click.command(help=__doc__)
@click.option("--times", default=5, show_default=True, type=click.IntRange(min=1), help="How many new windows.")
def main(times: int) -> None:
    """Print the table."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("There is no Chromium here (apt-get install chromium): nothing is measured.")
        return
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 (it may be absent)
    except ModuleNotFoundError:
        print("There is no Playwright here (pip install -e '.[dev]'): nothing is measured.")
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "index") as address,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        measured = [measure(browser, address) for _ in range(times)]
        browser.close()
    found = {name: float(median(each[name] or 0 for each in measured)) for name in measured[0]}
    rows = [
        ["first page without the font, kB sent", found["sent"] / 1000, WEIGHT / 1000],
        ["the same, unpacked, kB", found["unpacked"] / 1000, WEIGHT / 1000],
        ["font, kB sent", found["font"] / 1000, None],
        ["page of ten answers, kB sent", found["answers"] / 1000, None],
        ["first page painted, ms", found["painted"], None],
        ["first results of an address, ms", found["results"], WAIT],
        ["answers in place after the last key, ms", found["typed"], WAIT],
    ]
    print(table(["what", "median", "at most"], rows))


if __name__ == "__main__":
    main()
