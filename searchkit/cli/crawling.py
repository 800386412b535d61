"""`searchkit crawl`: the documents of web sites into an index."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO

import click

import searchkit
from searchkit.cli.adding import MOST_REMOVED, summarise, write_down
from searchkit.cli.embedding import check_embedder, give_vectors
from searchkit.cli.interrupts import Interrupts
from searchkit.cli.options import INTERRUPTED, embedder_option, index_option, semantic_option, wait_option
from searchkit.cli.progress import over_pages
from searchkit.cli.terminal import plain
from searchkit.errors import ArgumentError, RemovalRefusedError

if TYPE_CHECKING:
    from searchkit.crawling import CrawlOptions
    from searchkit.crawling.crawler import Crawl


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@index_option
@click.option("--depth", default=5, show_default=True, type=click.IntRange(0), help="How many links away to go.")
@click.option("--max-pages", default=1_000, show_default=True, type=click.IntRange(1), help="How many pages to fetch.")
@click.option("--max-host-pages", type=click.IntRange(1), metavar="N", help="How many pages of each host to fetch.")
@click.option(
    "--max-variants",
    default=200,
    show_default=True,
    type=click.IntRange(1),
    help="How many addresses that differ after their ? alone to take: calendars have no end.",
)
@click.option(
    "--delay",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="The pause between two requests to a host; robots.txt may ask for a longer one.",
)
@click.option(
    "--hosts",
    default=8,
    show_default=True,
    type=click.IntRange(1),
    help="How many hosts to ask at once; each has one request at a time.",
)
@click.option("--include", multiple=True, metavar="PATTERN", help="Fetch only what matches, e.g. '/news/*'.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Do not fetch what matches, e.g. '*/print/*'.")
@click.option("--sitemap", is_flag=True, help="Read the sitemaps of the hosts too.")
@click.option(
    "--allow-private",
    multiple=True,
    metavar="HOST",
    help="Let a host, an address or a network be asked that is not public, e.g. localhost. Can be given again.",
)
@click.option("--env-proxies", is_flag=True, help="Ask through the proxies that http_proxy and https_proxy name.")
@click.option(
    "--contact", default="", metavar="TEXT", help="What servers are told of who crawls: a page or an address."
)
@click.option("--max-bytes", default=10_000_000, show_default=True, type=click.IntRange(1), help="Skip larger files.")
@click.option(
    "--timeout",
    default=60.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="How long one request may take in all.",
)
@click.option(
    "--report",
    type=click.File("w", encoding="utf-8", lazy=False),
    metavar="FILE",
    help="Write what was skipped and why, as JSON Lines.",
)
@click.option("--yes", is_flag=True, help="Let more than half of the documents of earlier crawls be removed.")
@semantic_option
@embedder_option
@wait_option
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def crawl(  # noqa: PLR0913 (options, each by its name)
    urls: tuple[str, ...],
    *,
    path: str,
    report: TextIO | None,
    wait: float,
    yes: bool,
    quiet: bool,
    semantic: bool,
    embedder: str,
    **given: Any,  # noqa: ANN401 (the fields of `CrawlOptions`)
) -> None:
    """Index web sites. Needs the extra `crawl`.

    URL is where to begin: a page, a feed, a sitemap or a file. Only the hosts that are named are gone to, with www. and
    without; robots.txt is kept to, and a host has one request at a time. What was begun is gone on with when the same
    command is given again; when it was done, it looks for what has changed and removes what is gone.

    \b
    searchkit crawl https://example.org/
    searchkit crawl https://example.org/ --include '/fa/*' --max-pages 200 --contact https://example.com/bot
    searchkit crawl http://localhost:8000/ --allow-private localhost --delay 0
    """  # noqa: D301 (click reads \\b as: leave these lines as they are)
    from searchkit.crawling import begin  # noqa: PLC0415 (not needed for --help)

    started = time.monotonic()
    options = _options(given)
    if semantic:
        check_embedder(embedder)
    begin(urls, options).close()  # what is wrong with it is told before there is an index
    from searchkit.crawling.indexing import STATE, crawl_into  # noqa: PLC0415 (the extra is there)

    with searchkit.SearchIndex.open(path) as index:
        crawl_ = begin(urls, options, Path(path) / STATE, lambda id_: index.get(id_) is not None)
        try:
            with _stopping(crawl_):
                counts = crawl_into(
                    index,
                    crawl_,
                    searchkit.WriteOptions(wait=wait),
                    over=over_pages(crawl_),
                    most_removed=1.0 if yes else MOST_REMOVED,
                )
        except RemovalRefusedError as error:
            gone = f"{error.removed:,} of {error.total:,} documents are gone from their sites"
            raise click.ClickException(f"{gone}, so they were kept; if that is meant, say --yes") from None
        else:
            folded = crawl_.folded
        finally:
            crawl_.close()
    write_down(counts, report)
    if not quiet:
        summarise(counts, time.monotonic() - started)
        if folded:
            click.echo(f"for {folded:,} pages another one stands, which says the same or nearly the same")
    if crawl_.is_stopping:
        click.echo("interrupted; give the same command again to go on", err=True)
        raise click.exceptions.Exit(INTERRUPTED)
    if not crawl_.fetched:
        raise click.ClickException("no page could be fetched")
    if crawl_.is_cut_short and not quiet:
        click.echo(f"there is more than {crawl_.fetched:,} pages; --max-pages allows more", err=True)
    if semantic:
        interrupts = Interrupts()
        with interrupts.awaited():
            give_vectors(path, embedder, interrupts, is_quiet=quiet)


def _options(given: dict[str, Any]) -> CrawlOptions:
    from searchkit.crawling import CrawlOptions  # noqa: PLC0415 (not needed for --help)

    try:
        return CrawlOptions(**given)
    except ArgumentError as error:
        raise click.UsageError(plain(str(error))) from None


@contextmanager
def _stopping(crawl_: Crawl) -> Iterator[None]:
    """Let Ctrl-C end a crawl at what has come, and a second one at once."""

    def take(_signal: int, _frame: FrameType | None) -> None:
        if crawl_.is_stopping:
            raise KeyboardInterrupt
        click.echo("stopping; what has come is kept", err=True)
        crawl_.stop()

    before = signal.signal(signal.SIGINT, take)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
