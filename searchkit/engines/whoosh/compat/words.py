"""How is one word found that has several forms, in several fields? As a Whoosh query, and on whole arrays.

`Word` counts as one word however many of its forms a document holds. `Words` are such words one after another.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from searchkit.engines.whoosh.reading.snapshot import Corpus
from searchkit.engines.whoosh.searching.bm25 import Forms, word_scores
from searchkit.engines.whoosh.searching.matches import Scored, scaled
from searchkit.engines.whoosh.searching.phrases import phrase_scores
from searchkit.engines.whoosh.searching.ranking import Ranking

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import matching
    from whoosh.query import Query

_DEFAULT = Ranking()


class _ArrayQuery(Query):  # type: ignore[misc]
    """A query over arrays that Whoosh's own matchers can hold too, where every segment's reader has `.arrays`."""

    boost: float

    def scored(self, corpus: Corpus) -> Scored:
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
        found = self.scored(Corpus.of(whole))
        begin = next((offset for leaf, offset in whole.leaf_readers() if leaf is reader), 0)
        numbers, scores = found.matches()
        within = slice(*np.searchsorted(numbers, (begin, begin + reader.doc_count_all())))
        return matching.ListMatcher((numbers[within] - begin).tolist(), weights=scores[within].tolist())


@dataclass(frozen=True)
class Word(_ArrayQuery):
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

    def scored(self, corpus: Corpus) -> Scored:
        """Return what matches, with BM25F scores."""
        return scaled(word_scores(corpus, [(self.forms, self.fields)], self.ranking)[0], self.boost)


@dataclass(frozen=True)
class Words(_ArrayQuery):
    """The documents that hold words one after another within one field, scored with the sum of the words' scores.

    Attributes:
        words: In order.
        slop: How many positions may lie between neighbours.
        boost: What scores are multiplied by.
    """

    words: tuple[Word, ...]
    slop: int = 0
    boost: float = 1.0

    def scored(self, corpus: Corpus) -> Scored:
        """Return what matches."""
        return self.scored_with(corpus, [word.scored(corpus) for word in self.words])

    def scored_with(self, corpus: Corpus, words: Sequence[Scored]) -> Scored:
        """Return what matches, given the result of each word."""
        forms = [(word.forms, word.fields) for word in self.words]
        return scaled(phrase_scores(corpus, forms, words, self.slop), self.boost)
