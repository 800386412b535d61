"""Which documents does a site have? Pages are fetched in their hosts' turns, read here, and lead to more.

Threads only ask servers, one a host; all that is decided, read and written down is done in the thread that iterates.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from time import sleep
from typing import TypeAlias

from searchkit import arguments
from searchkit.crawling.addresses import canonical, origin_of, site_of
from searchkit.crawling.allowance import Allowance
from searchkit.crawling.connecting import Guard, RefusedError, Resolver, system_resolver
from searchkit.crawling.fetching import Answer, Fetcher, FetchError, fetch_page
from searchkit.crawling.findings import Findings
from searchkit.crawling.given import Gone
from searchkit.crawling.options import CrawlOptions
from searchkit.crawling.politeness import Turns, retry_after
from searchkit.crawling.robots import RobotsRules, fetch_rules
from searchkit.crawling.scope import Scope
from searchkit.crawling.state import DONE, LEFT_OUT, CrawlState, KnownPage
from searchkit.documents import Document, Skip
from searchkit.errors import ArgumentError

Crawled: TypeAlias = Document | Skip | Gone

MOST_ATTEMPTS = 3
"""How often a page is asked for that its server does not give, but may later."""

_MOST_COUNTED = 10_000
_SLICE = 0.2  # seconds after which a crawl that waits looks around


class Crawl:
    """A crawl of the hosts of some addresses. Iterating over it, once, goes on with it.

    Args:
        urls: Where it begins: pages, feeds, sitemaps, files.
        options: How far it goes, and how politely.
        state: The file that remembers it, so that another one goes on where this one ended, or looks again for what has
            changed; None forgets it all.
        holds: Tells whether a document is where the others went; of one that is not, all is fetched again.
        resolve: Looks the names of hosts up.

    Raises:
        ArgumentError: An address is none that can be crawled.
        StorageError: The state cannot be used.

    Attributes:
        documents: How many documents earlier ones gave.
        is_cut_short: Whether there is more than `options` let it fetch, once it has ended.
    """

    def __init__(
        self,
        urls: Iterable[str],
        options: CrawlOptions | None = None,
        state: str | os.PathLike[str] | None = None,
        *,
        holds: Callable[[str], bool] = lambda _: True,
        resolve: Resolver = system_resolver,
    ) -> None:
        self._options = arguments.instance("options", options or CrawlOptions(), CrawlOptions)
        self._seeds = [_seed(url) for url in arguments.several("urls", urls)]
        self._scope = Scope(self._seeds, self._options)
        self._sites = self._scope.sites
        self._holds = holds
        self._fetcher = Fetcher(self._options, Guard(self._options.allow_private, resolve))
        self._state = CrawlState(
            None if state is None else arguments.folder("state", state), self._options.max_variants
        )
        self._findings = Findings(self._state, self._options, self._scope)
        self._turns = Turns(self._options.delay)
        self._rules: dict[str, RobotsRules] = {}
        self._jobs: dict[Future[Answer | RobotsRules], tuple[KnownPage, str]] = {}
        self._idle: set[str] = set()
        self._stopping = False
        self.documents = self._state.given.count()
        self._taken = 0
        self._allowance = Allowance(self._options, self._sites)
        self.is_cut_short = False

    @property
    def fetched(self) -> int:
        """How many pages are done in this round, by earlier runs too."""
        return self._allowance.fetched

    @property
    def known(self) -> int:
        """How many pages more it knows that it will ask for, as far as it counts them."""
        return self._state.pending(self._sites, self._options.depth, min(self._allowance.left, _MOST_COUNTED))

    @property
    def folded(self) -> int:
        """For how many pages that of another one stands, which says the same or nearly the same."""
        return self._state.given.folded(self._sites)

    @property
    def is_stopping(self) -> bool:
        """Whether it was stopped."""
        return self._stopping

    def stop(self) -> None:
        """End the crawl soon, as if nothing more were to come; what has come stays, and another run goes on."""
        self._stopping = True
        self._fetcher.stop()

    def keep(self, *, gone: bool = False) -> None:
        """Say that all documents that were taken so far are kept, or all that are gone are removed.

        They do not come again.
        """
        with self._state.together():
            self._state.given.keep(self._taken, gone=gone)

    def close(self) -> None:
        """Let go of the state and of all connections."""
        self._fetcher.close()
        self._state.close()

    def __iter__(self) -> Iterator[Crawled]:
        for number, item in self._state.given.unkept():
            self._taken = number
            yield item
        with self._state.together():
            self._state.begin(self._sites)
            self._state.add(self._seeds, 0)
        self._allowance.begin(self._state)
        pool = ThreadPoolExecutor(self._options.hosts, "crawl")
        try:
            yield from self._rounds(pool)
        finally:
            if self._jobs:
                self._fetcher.stop()
            pool.shutdown(cancel_futures=True)
        yield from self._end()

    def _rounds(self, pool: ThreadPoolExecutor) -> Iterator[Crawled]:
        while not self._stopping:
            yield from self._start(pool)
            waiting = [site for site in self._sites if site not in self._idle] if not self._is_spent() else []
            due = self._turns.next_due(waiting)
            if not self._jobs and due is None:
                return
            if self._jobs:
                done, _ = wait(self._jobs, _SLICE if due is None else min(max(due, 0.001), _SLICE), FIRST_COMPLETED)
                for job in done:
                    yield from self._take(job, *self._jobs.pop(job))
            else:
                sleep(min(due or 0.0, _SLICE))

    def _end(self) -> Iterator[Skip]:
        """Note which hosts are done with, and tell of those that are not."""
        closed = {site: self._turns.of(site).closed for site in self._sites if not self._stopping}
        left = (self._state.next(site, self._options.depth) for site in self._sites)
        is_spent = self._is_spent() or any(map(self._allowance.is_spent_for, self._sites))
        self.is_cut_short = is_spent and any(page is not None for page in left)
        with self._state.together():
            for site, reason in closed.items():
                if reason:
                    self._state.leave(site)
                else:
                    self._state.finish(site)
        for site, reason in closed.items():
            if reason:
                yield Skip(site, f"{reason}; its pages are left for the next run")

    def _is_spent(self) -> bool:
        return self._allowance.is_spent(page for page, _ in self._jobs.values())

    def _start(self, pool: ThreadPoolExecutor) -> Iterator[Skip]:
        """Let the hosts whose turn it is be asked, and tell what is not to be asked for."""
        for site in self._turns.ready(site for site in self._sites if site not in self._idle):
            while len(self._jobs) < self._options.hosts and not self._is_spent():
                page = None if self._allowance.is_spent_for(site) else self._state.next(site, self._options.depth)
                if page is None:
                    self._idle.add(site)
                    break
                reason = self._reason_against(page)
                if reason is None:
                    self._ask(pool, page, site)
                    break
                with self._state.together():
                    self._state.settle(page, LEFT_OUT)
                if reason:
                    yield Skip(page.url, reason)

    def _reason_against(self, page: KnownPage) -> str | None:
        """Return why a page is not to be asked for; empty where nobody needs to know, None where it is."""
        if page.depth and not self._scope.takes(page.url):  # what it begins with is meant, and what that redirects to
            return ""
        rules = self._rules.get(origin_of(page.url))
        return "robots.txt disallows it" if rules is not None and not rules.allows(page.url) else None

    def _ask(self, pool: ThreadPoolExecutor, page: KnownPage, site: str) -> None:
        """Ask for a page, or first for the rules of its host."""
        self._turns.begin(site)
        origin = origin_of(page.url)
        rules = self._rules.get(origin)
        job: Callable[[], Answer | RobotsRules]
        if rules is None or not rules.is_fresh:
            job = partial(fetch_rules, self._fetcher, origin)
        else:
            job = partial(fetch_page, self._fetcher, page.url, self._conditions(page))
        self._jobs[pool.submit(job)] = (page, site)

    def _conditions(self, page: KnownPage) -> list[tuple[str, str]]:
        """Return what asks for a page only if it has changed; all is asked for where what it gave is not at hand."""
        given = self._state.given
        documents = [*given.of(page.id), *given.originals_of(page.id)] if page.etag or page.modified else []
        if not documents or not all(map(self._holds, documents)):
            return []
        asked = [("If-None-Match", page.etag), ("If-Modified-Since", page.modified)]
        return [(name, value) for name, value in asked if value]

    def _take(self, job: Future[Answer | RobotsRules], page: KnownPage, site: str) -> Iterator[Crawled]:
        """Take what a server answered, or what became of asking it."""
        try:
            answer = job.result()
        except RefusedError as error:
            self._turns.close(site, error.reason)
        except FetchError as error:
            if not self._stopping:
                yield from self._failed(page, site, error.reason, again=error.again, wait_=error.wait)
        else:
            if isinstance(answer, RobotsRules):
                self._learn(answer, page, site)
                self._turns.end(site)
            else:
                yield from self._answered(answer, page, site)

    def _learn(self, rules: RobotsRules, page: KnownPage, site: str) -> None:
        """Take the rules of a host."""
        origin = origin_of(page.url)
        is_new = origin not in self._rules
        self._rules[origin] = rules
        self._turns.slow_to(site, rules.delay)
        if self._options.sitemap and is_new:
            named = [url for url in rules.sitemaps if site_of(url) in self._sites] or [f"{origin}/sitemap.xml"]
            with self._state.together():
                self._state.add(named, 0, listing=True)
            self._idle.clear()

    def _answered(self, answer: Answer, page: KnownPage, site: str) -> Iterator[Crawled]:
        if answer.status == 429 or answer.status >= 500:
            wait_ = retry_after(answer.headers.get("retry-after", ""))
            yield from self._failed(page, site, f"HTTP {answer.status}", again=True, wait_=wait_)
            return
        self._turns.end(site, took=answer.seconds)
        self._allowance.take(page, site)
        with self._state.together():
            items = list(self._findings.of(answer, page))
        self._idle.clear()
        for number, item in items:
            self._taken = number or self._taken
            yield item

    def _failed(
        self, page: KnownPage, site: str, reason: str, *, again: bool, wait_: float | None = None
    ) -> Iterator[Skip]:
        """Put a page off, or give it up; what it gave before stays."""
        self._turns.end(site, failed=again, wait=wait_)
        is_last = not again or page.attempts + 1 >= MOST_ATTEMPTS
        if is_last and again and origin_of(page.url) not in self._rules:
            self._turns.close(site, f"robots.txt: {reason}")
            return
        with self._state.together():
            if is_last:
                self._state.settle(page, DONE)
            else:
                self._state.failed(page)
        if is_last:
            self._allowance.take(page, site)
            yield Skip(page.url, reason)


def _seed(url: str) -> str:
    found = canonical(arguments.instance("a url", url, str))
    if found is None:
        raise ArgumentError(f"{arguments.shortened(url)} is no address that can be crawled; write https://example.org/")
    return found
