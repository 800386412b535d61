"""Which documents are like one that is in the index? A query is made of its most telling words.

Words tell by their number in the text and their rarity in the index, tf-idf: G. Salton, C. Buckley, Term-weighting
Approaches in Automatic Text Retrieval (1988). What is alike is then found and scored as what answers any query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from heapq import nsmallest
from math import log1p
from typing import NamedTuple

from searchkit import arguments
from searchkit.documents import Document, Token
from searchkit.engines.base import Reader
from searchkit.errors import ArgumentError
from searchkit.persian import Analyzer, default_analyzer
from searchkit.persian.terms import LEMMA, LONGEST, query_terms
from searchkit.query.conditions import AllOf, Condition, Held
from searchkit.query.feedback import telling
from searchkit.query.narrowing import Narrowing
from searchkit.query.spacing import stop_keys
from searchkit.query.tree import Any, Node, Not, Nothing, Terms, Weighted
from searchkit.ranking import Ranking

MOST_READ = 20_000
"""Code points of a text that are read, some 3,500 words: what a text is about is said by then."""

MOST_WORDS = 30
"""Words that count. Measured on news and encyclopaedia, together with their weights; 15 to 40 are hardly worse."""

MOST_TELLING = 10
"""Words of which a document must hold one to be like another, and which are marked: what is read of a snippet."""


class Likeness(NamedTuple):
    """What is asked to find the documents that are like one: what they hold, and which of them may answer.

    `name` is what the one is called: its title, or its id where it has none.
    """

    name: str
    node: Node
    narrowing: Narrowing


class Weighing(NamedTuple):
    """Makes queries of documents, with the frequencies of one commit."""

    reader: Reader
    analyzer: Analyzer
    ranking: Ranking

    def likeness(self, id_: str, narrowing: Narrowing | None) -> Likeness:
        """Return what finds the documents that are like one, but never that itself.

        Args:
            id_: Of the document.
            narrowing: How the search is narrowed. A document that it forbids is not there: nothing is told of it.

        Raises:
            ArgumentError: No document that may answer has this id.
        """
        asked = narrowing or Narrowing()
        itself = Held("id", (id_,))
        document = self.reader.get(id_) if self._allowed(itself, asked.where) else None
        if document is None:
            raise ArgumentError(
                f"there is no document {arguments.shortened(id_)}; give the id of one that is in the index"
            )
        where = _all(asked.where, ~itself)
        return Likeness(document.title or id_, self.query(document), asked._replace(where=where, known=(id_,)))

    def _allowed(self, itself: Held, where: Condition | None) -> bool:
        narrowing = Narrowing(_all(where, itself))
        return where is None or bool(self.reader.search(Not(Nothing()), limit=0, narrowing=narrowing).total)

    def query(self, document: Document) -> Node:
        """Return a query for the words that tell most of what a document is about, each weighed by how much it does."""
        texts = {"title": document.title, "body": document.body}
        counts: defaultdict[str, float] = defaultdict(float)
        for field in self.ranking.fields:
            for lemma in telling(self._tokens(texts.get(field.name, ""))):
                counts[lemma] += field.weight
        for lemma in _function_words() & counts.keys():
            del counts[lemma]
        worth = {lemma: count * self._rarity(lemma) for lemma, count in counts.items()}
        best = nsmallest(MOST_WORDS, worth, key=lambda lemma: (-worth[lemma], lemma))
        nodes = [
            Weighted(Terms(query_terms(lemma, lemma, self.ranking)), worth[lemma] / worth[best[0]])
            for lemma in best
            if worth[lemma] > 0
        ]
        return Any(tuple(nodes[:MOST_TELLING]), tuple(nodes[MOST_TELLING:])) if nodes else Nothing()

    def _tokens(self, text: str) -> Sequence[Token]:
        if len(text) > MOST_READ:
            begin = text[:MOST_READ].rsplit(None, 1)  # the last word may be torn
            text = begin[0] if begin else ""
        return self.analyzer.analyze(text)

    def _rarity(self, lemma: str) -> float:
        """Return how rare a word is, in all its forms; 0 for one that no other document holds."""
        size = len(self.reader)
        held = sum(self.reader.frequency(term[:LONGEST]) for term in (lemma, LEMMA + lemma))
        return log1p((size - min(held, size) + 0.5) / (min(held, size) + 0.5)) if held > 1 else 0.0


def _all(where: Condition | None, other: Condition) -> Condition:
    return other if where is None else AllOf((where, other))


@cache
def _function_words() -> frozenset[str]:
    """Return the lemmas of function words: شدن of شد, which has forms that the table does not name."""
    lemmas = (token.lemma for key in stop_keys() for token in default_analyzer().analyze(key))
    return stop_keys().union(lemmas)
