"""How is one word found that has several forms, in several fields? As a Whoosh query, and on whole arrays.

`WordQuery` counts as one word however many of its forms a document holds. `PhraseQuery` is of such words, one after
another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from searchkit.engines.whoosh._whoosh import matching, query
from searchkit.engines.whoosh.reading.snapshot import Snapshot
from searchkit.engines.whoosh.searching.bm25 import Forms, Ranking, word_scores
from searchkit.engines.whoosh.searching.matches import Matches, scaled
from searchkit.engines.whoosh.searching.phrases import phrase_scores

_DEFAULT = Ranking()


class _ArrayQuery(query.Query):  # type: ignore[misc]
    """A query over arrays that Whoosh's own matchers can hold too, where every segment's reader has `.arrays`."""

    boost: float

    def scored(self, snapshot: Snapshot) -> Matches:
        """Return what matches."""
        raise NotImplementedError

    def with_boost(self, boost: float) -> Self:
        """Return the query with another boost."""
        return replace(self, boost=boost)

    def estimate_size(self, ixreader: Any) -> int:
        """Return how many documents match at most."""
        return int(ixreader.doc_count())

    def matcher(self, searcher: Any, context: Any = None) -> Any:  # noqa: ARG002 (Whoosh's own signature)
        """Return what matches in one of Whoosh's readers; statistics are those of the whole index."""
        whole, reader = searcher.get_parent().reader(), searcher.reader()
        found = self.scored(Snapshot.of(whole))
        begin = next((offset for leaf, offset in whole.leaf_readers() if leaf is reader), 0)
        numbers, scores = found.matches()
        within = slice(*np.searchsorted(numbers, (begin, begin + reader.doc_count_all())))
        return matching.ListMatcher((numbers[within] - begin).tolist(), weights=scores[within].tolist())


@dataclass(frozen=True)
class WordQuery(_ArrayQuery):
    """The documents that hold a form of a word in a field.

    Attributes:
        forms: The terms and their weights (above 0).
        fields: Where they may stand; those not in the ranking are not searched.
        ranking: How they are scored.
        boost: What scores are multiplied by.
    """

    forms: Forms
    fields: tuple[str, ...]
    ranking: Ranking = _DEFAULT
    boost: float = 1.0

    def scored(self, snapshot: Snapshot) -> Matches:
        """Return what matches, with BM25F scores."""
        return scaled(word_scores(snapshot, [(self.forms, self.fields)], self.ranking)[0], self.boost)


@dataclass(frozen=True)
class PhraseQuery(_ArrayQuery):
    """The documents that hold words one after another within one field, scored with the sum of the words' scores.

    Attributes:
        words: In order.
        slop: How many positions may lie between neighbours.
        boost: What scores are multiplied by.
    """

    words: tuple[WordQuery, ...]
    slop: int = 0
    boost: float = 1.0

    def scored(self, snapshot: Snapshot) -> Matches:
        """Return what matches."""
        return self.scored_with(snapshot, [word.scored(snapshot) for word in self.words])

    def scored_with(self, snapshot: Snapshot, words: Sequence[Matches]) -> Matches:
        """Return what matches, given the result of each word."""
        forms = [(word.forms, word.fields) for word in self.words]
        return scaled(phrase_scores(snapshot, forms, words, self.slop), self.boost)
