"""Which documents are like one that is in the index? A query is made of its most telling words.

Words tell by their number in the text and their rarity in the index, tf-idf: G. Salton, C. Buckley, Term-weighting
Approaches in Automatic Text Retrieval (1988). What is alike is then found and scored as what answers any query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
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

MOST_COUNTED = 30
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


class Permitted(NamedTuple):
    """The documents of a commit that may answer: all of them, or those that a condition lets through.

    Words are counted in these alone, so that what is returned tells nothing of others.
    """

    reader: Reader
    where: Condition | None = None

    def __len__(self) -> int:
        return len(self.reader) if self.where is None else self._count(Not(Nothing()), self.where)

    def get(self, id_: str) -> Document | None:
        """Return the document with this id, or None if there is none that may answer."""
        if self.where is not None and not self._count(Not(Nothing()), AllOf((self.where, Held("id", (id_,))))):
            return None
        return self.reader.get(id_)

    def holding(self, lemma: str) -> int:
        """Return how many documents hold a word, in any of its forms, about."""
        terms = [term[:LONGEST] for term in (lemma, LEMMA + lemma)]
        if self.where is None:
            return sum(self.reader.frequency(term, field) for term in terms for field in ("title", "body"))
        return self._count(Terms(tuple((term, 1.0) for term in terms)), self.where)

    def _count(self, node: Node, where: Condition) -> int:
        return self.reader.search(node, limit=0, narrowing=Narrowing(where)).total


class Weighing(NamedTuple):
    """Makes queries of documents."""

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
        permitted = Permitted(self.reader, asked.where)
        document = permitted.get(id_)
        if document is None:
            raise ArgumentError(
                f"there is no document {arguments.shortened(id_)} that may be found; give the id of one that is in the "
                "index and that the conditions let through"
            )
        others = ~Held("id", (id_,))
        where = others if asked.where is None else AllOf((asked.where, others))
        node = self.query(document, permitted)
        return Likeness(document.title or id_, node, asked._replace(where=where, known=(id_,)))

    def query(self, document: Document, permitted: Permitted) -> Node:
        """Return a query for the words that tell most of what a document is about, each weighed by how much it does."""
        size = len(permitted)
        worth = {lemma: count * _rarity(permitted.holding(lemma), size) for lemma, count in self._counts(document)}
        best = nsmallest(MOST_COUNTED, worth, key=lambda lemma: (-worth[lemma], lemma))
        nodes = [
            Weighted(Terms(query_terms(lemma, lemma, self.ranking)), worth[lemma] / worth[best[0]])
            for lemma in best
            if worth[lemma] > 0
        ]
        return Any(tuple(nodes[:MOST_TELLING]), tuple(nodes[MOST_TELLING:])) if nodes else Nothing()

    def _counts(self, document: Document) -> Iterable[tuple[str, float]]:
        """Return the words of a document that may tell anything, with how often it has them; the title counts more."""
        texts = {"title": document.title, "body": document.body}
        counts: defaultdict[str, float] = defaultdict(float)
        for field in self.ranking.fields:
            for lemma in telling(self._tokens(texts.get(field.name, "")), stop_keys()):
                counts[lemma] += field.weight
        for lemma in _function_words() & counts.keys():
            del counts[lemma]
        return counts.items()

    def _tokens(self, text: str) -> Sequence[Token]:
        if len(text) > MOST_READ:
            begin = text[:MOST_READ].rsplit(None, 1)  # the last word may be torn
            text = begin[0] if begin else ""
        return self.analyzer.analyze(text)


def _rarity(held: int, size: int) -> float:
    """Return how rare a word is that so many of the documents hold; 0 for one that no other document holds."""
    held = min(held, size)
    return log1p((size - held + 0.5) / (held + 0.5)) if held > 1 else 0.0


@cache
def _function_words() -> frozenset[str]:
    """Return the lemmas of function words: شدن of شد, which has forms that the table does not name."""
    lemmas = (token.lemma for key in stop_keys() for token in default_analyzer().analyze(key))
    return stop_keys().union(lemmas)
