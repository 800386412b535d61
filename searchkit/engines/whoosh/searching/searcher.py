"""Which documents answer a query, best first? The front of the search on whole arrays."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from searchkit.engines.base import Match, Page
from searchkit.engines.whoosh.reading.snapshot import Corpus
from searchkit.engines.whoosh.searching.answers import Answers
from searchkit.engines.whoosh.searching.cache import Cache
from searchkit.engines.whoosh.searching.matches import Scored, without
from searchkit.engines.whoosh.searching.ranking import Ranking
from searchkit.engines.whoosh.searching.top_k import best
from searchkit.query import tree

if TYPE_CHECKING:
    from searchkit.engines.whoosh.compat.queries import Evaluator

CACHE_BYTES = 24 * 2**20


class ArraySearcher:
    """Searches one commit of an index. Safe to share between threads.

    Args:
        corpus: The documents.
        ranking: How they are scored.
        searcher: A Whoosh searcher of the same documents; needed for Whoosh's own queries only.
        cache: How many bytes of results of words to keep.
    """

    def __init__(
        self, corpus: Corpus, ranking: Ranking | None = None, searcher: Any = None, cache: int = CACHE_BYTES
    ) -> None:
        self.corpus = corpus
        self.cache = Cache(cache)
        self._answers = Answers(corpus, ranking or Ranking(), self.cache)
        self._searcher = searcher

    @classmethod
    def of(cls, searcher: Any, ranking: Ranking | None = None) -> Self:
        """Return a searcher of what a Whoosh searcher searches; each segment's reader must have `.arrays`."""
        return cls(Corpus.of(searcher.reader()), ranking, searcher)

    @cached_property
    def _evaluator(self) -> Evaluator:
        from searchkit.engines.whoosh.compat.queries import Evaluator  # noqa: PLC0415 (all of Whoosh's queries)

        return Evaluator(self.corpus, self.cache, self._searcher)

    def evaluate(self, asked: Any) -> Scored:
        """Return all that a Whoosh query matches."""
        return self._evaluator.evaluate(asked)

    def search(self, asked: tree.Node, *, limit: int, offset: int = 0) -> Page:
        """Find the documents of a resolved query; see `searchkit.engines.base.Reader`."""
        wanted = limit + offset
        if not isinstance(asked, tree.Tiered):
            (found,) = self._answers.find(asked)
            return Page(_matches(found, wanted)[offset:], found.count, found.count)
        first, rest = self._answers.find(asked.first, asked.rest)
        numbers = first.documents
        matches = _matches(Scored(rest.size, rest.look_up(numbers)[1], numbers, rest.positive), wanted)
        if len(matches) < wanted:
            matches += _matches(without(rest, first), wanted - len(matches))
        return Page(matches[offset:], rest.count, first.count)


def _matches(found: Scored, wanted: int) -> tuple[Match, ...]:
    numbers, scores = best(found, wanted)
    return tuple(map(Match, numbers.tolist(), scores.tolist()))
