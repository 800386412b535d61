"""How much of what a reader came for is taken out of web pages, and how much of the rest?

FOLDER holds pages, `NAME.html`, and beside each the text that somebody marked as the main one, `NAME.txt`. Words that
are neither, as those of comments, may stand in `NAME.ignored.txt`. The words of an extracted text are compared with the
marked ones as multisets, whatever their order; figures are means over the pages. Of the other extractors those are
asked that are installed: trafilatura and readability-lxml, whose HTML is turned into text since the plain text of the
one has lost its half-spaces, and resiliparse.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from statistics import mean

import click
from bs4 import BeautifulSoup
from tables import Cell, table

from searchkit.errors import LoadError
from searchkit.loading import LoadOptions
from searchkit.loading.encoding import decode
from searchkit.loading.web.html import read
from searchkit.loading.web.page_text import text_of

HALF_SPACE = "\u200c"
POOR = 0.8
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile("[\u064b-\u0652\u0670]")


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what somebody marked in it."""

    name: str
    data: bytes
    main: str
    ignored: str


@dataclass(frozen=True, slots=True)
class Score:
    """How the words of an extracted text agree with the marked ones."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def of_searchkit(data: bytes) -> str:
    try:
        return next(read(BytesIO(data), "page.html", LoadOptions())).body
    except LoadError:
        return ""


def of_all(data: bytes) -> str:
    return _text_of_html(_decoded(data))


def of_trafilatura(data: bytes) -> str:
    extracted = import_module("trafilatura").extract(_decoded(data), output_format="html", include_comments=False)
    return _text_of_html(extracted or "")


def of_readability(data: bytes) -> str:
    return _text_of_html(import_module("readability").Document(_decoded(data)).summary())


def of_resiliparse(data: bytes) -> str:
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    return str(extract(_decoded(data), main_content=True, list_bullets=False, alt_texts=False))


EXTRACTORS: dict[str, tuple[str, Callable[[bytes], str]]] = {
    "searchkit": ("searchkit", of_searchkit),
    "trafilatura": ("trafilatura", of_trafilatura),
    "readability": ("readability", of_readability),
    "resiliparse": ("resiliparse", of_resiliparse),
    "all text": ("bs4", of_all),
}


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--extractor", "names", multiple=True, type=click.Choice(list(EXTRACTORS)), help="Ask this one only.")
@click.option("--worst", type=click.IntRange(0), default=0, help="List as many pages that searchkit does worst.")
def main(folder: Path, *, names: Sequence[str], worst: int) -> None:
    logging.disable(logging.CRITICAL)
    pages = list(_pages(folder))
    if not pages:
        raise click.UsageError(f"no page with a marked text in {folder}")
    asked = [name for name in names or EXTRACTORS if find_spec(EXTRACTORS[name][0])]
    columns = ["extractor", "pages", "F1", "precision", "recall", f"F1 < {POOR}", "half-spaces %", "pages/s"]
    click.echo(table(columns, [_row(name, pages) for name in asked]))
    if worst:
        scored = sorted(
            ((score(of_searchkit(page.data), page), page.name) for page in pages), key=lambda one: one[0].f1
        )
        rows = [[name, one.f1, one.precision, one.recall] for one, name in scored[:worst]]
        click.echo()
        click.echo(table(["page", "F1", "precision", "recall"], rows))


def _pages(folder: Path) -> Iterator[Page]:
    for path in sorted(folder.glob("*.html")):
        marked, ignored = path.with_suffix(".txt"), path.with_suffix(".ignored.txt")
        if marked.exists():
            rest = ignored.read_text(encoding="utf-8") if ignored.exists() else ""
            yield Page(path.stem, path.read_bytes(), marked.read_text(encoding="utf-8"), rest)


def _row(name: str, pages: Sequence[Page]) -> list[Cell]:
    began = time.perf_counter()
    texts = [EXTRACTORS[name][1](page.data) for page in pages]
    seconds = time.perf_counter() - began
    scores = [score(text, page) for text, page in zip(texts, pages, strict=True)]
    written = [page.main.count(HALF_SPACE) for page in pages]
    kept = sum(min(text.count(HALF_SPACE), count) for text, count in zip(texts, written, strict=True))
    figures = [
        mean(one.f1 for one in scores),
        mean(one.precision for one in scores),
        mean(one.recall for one in scores),
    ]
    poor = sum(one.f1 < POOR for one in scores)
    return [name, len(pages), *figures, poor, 100 * kept / sum(written) if any(written) else None, len(pages) / seconds]


def score(text: str, page: Page) -> Score:
    """Compare an extracted text with what was marked; words that are neither count as found only where they are it."""
    found, main, ignored = _words(text), _words(page.main), _words(page.ignored)
    right = (found & main).total()
    wrong = (found - main - ignored).total()
    return Score(right / (right + wrong) if right else 0.0, right / main.total() if main else 1.0)


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(_MARKS.sub("", text.lower())))


def _decoded(data: bytes) -> str:
    return decode(
        data.replace(b"\0", b""), "page.html"
    ).text  # a few pages have a byte of zero, which browsers pass over


def _text_of_html(html: str) -> str:
    soup = BeautifulSoup("<!DOCTYPE html>" + html, "lxml", multi_valued_attributes=None)
    for tag in soup(["script", "style", "noscript", "template"]):
        tag.decompose()
    return text_of(soup)


if __name__ == "__main__":
    main()
