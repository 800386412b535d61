"""Which Whoosh query asks for what a resolved tree asks for?"""

from __future__ import annotations

import warnings
from typing import Any as Untyped

from searchkit.engines.whoosh.corpus import Corpus
from searchkit.engines.whoosh.ranking import Ranking
from searchkit.engines.whoosh.scoring import Forms
from searchkit.engines.whoosh.word import Word, Words
from searchkit.query import tree

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import query

MAX_EXPANSIONS = 1024


def translate(node: tree.Node, corpus: Corpus, ranking: Ranking) -> tuple[Untyped, list[Word]]:
    """Return the query, and all words in it.

    A prefix becomes a word whose forms are the `MAX_EXPANSIONS` most frequent terms. `Tiered` is no query: its two
    nodes are asked for one by one.
    """
    translation = _Translation(corpus, ranking)
    return translation.query(node), translation.words


class _Translation:
    def __init__(self, corpus: Corpus, ranking: Ranking) -> None:
        self._corpus = corpus
        self._ranking = ranking
        self.words: list[Word] = []

    def query(self, node: tree.Node) -> Untyped:
        match node:
            case tree.Terms():
                return self._word(node.terms, node.field)
            case tree.Prefix():
                return self._word(self._expanded(node), node.field)
            case tree.Phrase():
                words = [word for word in node.words if isinstance(word, tree.Terms)]
                return Words(tuple(self._word(word.terms, word.field or node.field) for word in words), node.slop)
            case tree.All():
                return self._with_optional(self._all(node.nodes), node.optional)
            case tree.Any():
                return self._with_optional(self._any(node.nodes), node.optional)
            case tree.Not():
                return query.AndNot(query.Every(boost=0.0), self.query(node.node))
            case tree.Weighted():
                # An Or of two applies its boost, whatever is in it
                return query.Or([self.query(node.node), query.NullQuery], boost=node.weight)
            case _:
                return query.NullQuery

    def _fields(self, field: str | None) -> tuple[str, ...]:
        return tuple(each.name for each in self._ranking.fields) if field is None else (field,)

    def _word(self, forms: Forms, field: str | None) -> Word:
        word = Word(forms, self._fields(field), self._ranking)
        self.words.append(word)
        return word

    def _expanded(self, node: tree.Prefix) -> Forms:
        counts: dict[str, int] = {}
        for name in self._fields(node.field):
            field = self._corpus.field(name)
            for count, term in field.most_frequent(node.text, MAX_EXPANSIONS) if field else ():
                counts[term] = max(count, counts.get(term, 0))
        terms = sorted(counts, key=lambda term: (-counts[term], term))[:MAX_EXPANSIONS]
        return tuple((term, 1.0) for term in terms)

    def _any(self, nodes: tuple[tree.Node, ...]) -> Untyped:
        return query.Or([self.query(node) for node in nodes])

    def _all(self, nodes: tuple[tree.Node, ...]) -> Untyped:
        """Return an And; what must not match is taken away from what must, instead of listing all that remains."""
        excluded = tuple(node.node for node in nodes if isinstance(node, tree.Not))
        wanted = query.And([self.query(node) for node in nodes if not isinstance(node, tree.Not)])
        if not excluded:
            return wanted
        return query.AndNot(wanted if wanted.subqueries else query.Every(boost=0.0), self._any(excluded))

    def _with_optional(self, required: Untyped, optional: tuple[tree.Node, ...]) -> Untyped:
        return query.AndMaybe(required, self._any(optional)) if optional else required
