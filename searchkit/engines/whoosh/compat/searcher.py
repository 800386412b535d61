"""How does Whoosh's searcher search at the speed of arrays? Its queries are worked out whole, then collected.

Every collector of Whoosh's works as ever: it is handed a matcher over what was found. The plain search for the best
documents, with or without a filter, needs none and makes no step a document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from searchkit.engines.whoosh._whoosh import collectors, matching, query, searching
from searchkit.engines.whoosh.compat.queries import Evaluator, ranking_of
from searchkit.engines.whoosh.compat.words import reworded, reworded_values
from searchkit.engines.whoosh.format.types import Documents
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.reading.snapshot import Snapshot
from searchkit.engines.whoosh.searching.matches import Matches, top_k
from searchkit.engines.whoosh.searching.searcher import Searcher
from searchkit.ranking import Ranking


class Opened:
    """The arrays of a commit, with what the last ranking has found in them: all of Whoosh's searchers share it."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.snapshot = Snapshot(segments)
        self._last: tuple[Any, Searcher] | None = None

    def searcher(self, ranking: Ranking) -> Searcher:
        """Return what searches with a ranking."""
        key, last = (ranking.k1, ranking.fields), self._last
        if last is None or last[0] != key:
            last = self._last = key, Searcher(self.snapshot, ranking)
        return last[1]


class ArraySearcher(searching.Searcher):  # type: ignore[misc]
    """Whoosh's searcher of an `ArrayIndex`; its reader has `opened`, see `Opened`."""

    @cached_property
    def evaluator(self) -> Evaluator:
        """What works queries out."""
        return Evaluator(self.ixreader.opened.searcher(ranking_of(self)), self)

    def matches(self, asked: Any) -> Matches:
        """Return what a query matches."""
        return self.evaluator.evaluate(reworded(asked, self.schema))

    def matcher_of(self, asked: Any, found: Matches) -> FoundMatcher:
        """Return what of a result lies in this searcher's segment."""
        leaves = self.get_parent().leaf_searchers()
        begin = next((offset for leaf, offset in leaves if leaf is self), 0)
        numbers, scores = found.matches()
        within = slice(*np.searchsorted(numbers, (begin, begin + self.doc_count_all())))
        return FoundMatcher((numbers[within] - begin).tolist(), scores[within].tolist(), asked, self)

    def docs_for_query(self, q: Any, for_deletion: bool = False) -> Iterator[int]:
        """Yield the documents that match a query, or those that it names for deletion."""
        if for_deletion and type(q).deletion_docs is not query.Query.deletion_docs:
            yield from super().docs_for_query(reworded(q, self.schema), for_deletion)
        else:
            yield from self.matches(q).documents.tolist()

    def collector(self, limit: int | None = 10, filter: Any = None, mask: Any = None, **options: Any) -> Any:  # noqa: A002
        """Return a collector; see Whoosh."""
        made = super().collector(limit=limit, **reworded_values(options, self.schema))
        if type(made) is collectors.TopCollector or (type(made) is collectors.UnlimitedCollector and not made.reverse):
            made = BestCollector(limit or self.doc_count_all())
        return made if filter is None and mask is None else FilteredCollector(made, filter, mask)

    def search_with_collector(self, q: Any, collector: Any, context: Any = None) -> None:
        """Have a collector collect what a query matches; see Whoosh."""
        asked = reworded(q, self.schema)
        if not self.evaluator.knows_kind(asked) or (context and context.weighting is not self.weighting):
            super().search_with_collector(asked, collector, context)
            return
        try:
            super().search_with_collector(Found(asked, self), collector, context)
        finally:
            while collector is not None:  # results know the query, not what was found
                if isinstance(vars(collector).get("q"), Found):
                    collector.q = asked
                collector = vars(collector).get("child")

    def numbers(self, chosen: Any) -> Documents:
        """Return the documents of a filter: a query, results or numbers."""
        if isinstance(chosen, query.Query):
            return self.matches(chosen).documents
        numbers: Documents = np.array(sorted(self._filter_to_comb(chosen)), np.intp)
        return numbers[numbers < int(self.doc_count_all())]


class Found(query.Query):  # type: ignore[misc]
    """A query with what it matches in an index, worked out when a collector first asks.

    Args:
        asked: The query.
        searcher: Of the whole index.
        allow, restrict: Filters; see Whoosh.
    """

    boost = 1.0

    def __init__(self, asked: Any, searcher: ArraySearcher, allow: Any = None, restrict: Any = None) -> None:
        self.asked = asked
        self._searcher = searcher
        self._allow = allow
        self._restrict = restrict
        self.filtered = 0

    def is_leaf(self) -> bool:
        """Tell that there is a query in it."""
        return False

    def children(self) -> Iterator[Any]:
        """Return the query."""
        return iter([self.asked])

    def among(self, allow: Any, restrict: Any) -> Found:
        """Return the same within filters."""
        return Found(self.asked, self._searcher, allow, restrict)

    @cached_property
    def matches(self) -> Matches:
        """What matches."""
        found = self._searcher.evaluator.evaluate(self.asked)
        if self._allow is None and self._restrict is None:
            return found
        chosen = np.full(found.size, self._allow is None)
        if self._allow is not None:
            chosen[self._searcher.numbers(self._allow)] = True
        if self._restrict is not None:
            chosen[self._searcher.numbers(self._restrict)] = False
        numbers, scores = found.matches()
        kept = chosen[numbers]
        self.filtered = len(numbers) - int(kept.sum())
        return Matches(found.size, scores[kept], numbers[kept], found.positive)

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Return what matches in a segment.

        Who needs more of it than documents and scores gets Whoosh's own matcher where only Whoosh can work it out.
        """
        found = searcher.matcher_of(self.asked, self.matches)
        if context is None or not context.needs_current or self._searcher.evaluator.knows(self.asked):
            return found
        return matching.FilterMatcher(self.asked.matcher(searcher, context), frozenset(found.all_ids()))


class FoundMatcher(matching.ListMatcher):  # type: ignore[misc]
    """What a query matches in a segment."""

    def __init__(self, numbers: list[int], scores: list[float], asked: Any, searcher: ArraySearcher) -> None:
        super().__init__(numbers, weights=scores)
        self._asked = asked
        self._searcher = searcher

    def copy(self) -> FoundMatcher:
        """Return another matcher at the same place."""
        other = FoundMatcher(self._ids, self._weights, self._asked, self._searcher)
        other._i = self._i
        return other

    @cached_property
    def _places(self) -> Any:
        return self._asked.places().matcher(self._searcher, self._searcher.context(needs_current=True))

    def spans(self) -> Any:
        """Return where in the document a word or phrase stands."""
        places = self._places
        if places.is_active() and places.id() < self.id():
            places.skip_to(self.id())
        return places.spans() if places.is_active() and places.id() == self.id() else []

    def term_matchers(self) -> Iterator[TermAt]:
        """Yield a matcher for each term of the query: where what it is asked for by matches too."""
        reader = self._searcher.reader()
        found: dict[tuple[str, bytes], set[int]] = {}
        for leaf, documents in _leaves(self._asked, self._searcher, frozenset(self._ids)):
            for name, text in leaf.expanded_terms(reader, phrases=True):
                term = name, reader.schema[name].to_bytes(text) if name in reader.schema else b""
                if term in reader:
                    found.setdefault(term, set()).update(documents.intersection(reader.postings(*term).all_ids()))
        return (TermAt(self, term, frozenset(documents)) for term, documents in found.items())


class TermAt:
    """A term where another matcher is."""

    def __init__(self, at: FoundMatcher, term: tuple[str, bytes], documents: frozenset[int]) -> None:
        self._at = at
        self._term = term
        self._documents = documents

    def term(self) -> tuple[str, bytes]:
        """Return the field and the term."""
        return self._term

    def is_active(self) -> bool:
        """Tell whether the term is in the document."""
        return self._at.is_active() and self._at.id() in self._documents

    def id(self) -> int:
        """Return the document's number."""
        return int(self._at.id())


def _leaves(asked: Any, searcher: ArraySearcher, within: frozenset[int]) -> Iterator[tuple[Any, frozenset[int]]]:
    """Yield the leaves of a query, but for those under a Not, and the documents of a segment that each matches."""
    if isinstance(asked, query.Not):
        return
    if isinstance(asked, query.NumericRange):
        asked = asked._compile_query(searcher.reader())  # noqa: SLF001 (of Whoosh's own)
    found = searcher.matcher_of(asked, searcher.get_parent().evaluator.evaluate(asked))
    documents = within.intersection(found.all_ids())
    if not documents:
        return
    if asked.is_leaf():
        yield asked, documents
    for part in [asked.a] if isinstance(asked, query.AndNot) else asked.children():
        yield from _leaves(part, searcher, documents)


class BestCollector(collectors.TopCollector):  # type: ignore[misc]
    """The best documents. Alone it takes them from the arrays; within another collector it goes as Whoosh's does."""

    def prepare(self, top_searcher: Any, q: Any, context: Any) -> None:
        """Get ready."""
        super().prepare(top_searcher, q, context)
        self._found = q if isinstance(q, Found) else None

    def run(self) -> None:
        """Collect."""
        if self.final_fn or self._found is None:
            super().run()
            return
        try:
            numbers, scores = top_k(self._found.matches, self.limit)
            self.items = list(zip(scores.tolist(), (-numbers).tolist(), strict=True))
            self.total = self._found.matches.count
        finally:
            self.finish()

    def computes_count(self) -> bool:
        """Tell whether `count` costs nothing."""
        return self._found is not None or bool(super().computes_count())

    def all_ids(self) -> Any:
        """Return all documents that match."""
        return super().all_ids() if self._found is None else self._found.matches.documents.tolist()


class FilteredCollector(collectors.FilterCollector):  # type: ignore[misc]
    """A collector within filters, which are applied to all that was found at once."""

    def prepare(self, top_searcher: Any, q: Any, context: Any) -> None:
        """Get ready."""
        self._found = q.among(self.allow, self.restrict) if isinstance(q, Found) else None
        if self._found is None:
            super().prepare(top_searcher, q, context)
        else:
            self._allow = self._restrict = None
            self.child.prepare(top_searcher, self._found, context)

    def run(self) -> None:
        """Collect."""
        if self._found is None:
            super().run()
        else:
            self.child.run()

    def results(self) -> Any:
        """Return the results."""
        if self._found is not None:
            self.filtered_count = self._found.filtered
        return super().results()
