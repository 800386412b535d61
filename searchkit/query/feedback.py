"""Which other words do the best answers speak of? Those that do too are moved up.

RM3: N. Abdul-Jaleel and others, UMass at TREC 2004: Novelty and HARD (2004). What the best answers hold stands for what
the query is about: each word by its share of their texts, the better answers counting more (softmax of their scores).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from heapq import nsmallest
from math import exp, fsum

from searchkit.documents import Token
from searchkit.persian.terms import query_terms
from searchkit.query.spacing import stop_keys
from searchkit.query.tree import Any, Node, Ranked, Terms, Weighted
from searchkit.ranking import Ranking


def with_feedback(
    asked: Node,
    best: Sequence[tuple[float, Sequence[Token]]],
    ranking: Ranking,
    stops: AbstractSet[str] = frozenset(),
) -> Node:
    """Return the query with words of its best answers, which add to the scores of what answers it.

    Args:
        asked: A resolved query.
        best: The scores of its best answers, and the tokens of each.
        ranking: How much is taken of them; nothing of short ones, whose words say too little.
        stops: The keys of function words besides those that are known.
    """
    lengths = [len(tokens) for _, tokens in best]
    words = (
        _words(best, ranking.feedback_words, stop_keys() | stops)
        if sum(lengths) >= ranking.feedback_length * len(best)
        else []
    )
    if not words:
        return asked
    ranked = asked if isinstance(asked, Ranked) else Ranked(asked)
    # The shares are those of a query of as many words as weigh one each; its own keep the rest.
    scale = ranking.feedback * _size(ranked.answers) / fsum(share for _, share in words)
    added = (Weighted(Terms(query_terms(word, word, ranking)), share * scale) for word, share in words)
    own = Weighted(ranked.answers, 1 - ranking.feedback)
    return replace(ranked, answers=Any((own,), tuple(added)))


def telling(tokens: Iterable[Token], stops: AbstractSet[str]) -> Iterator[str]:
    """Yield the lemmas of the words that may tell what a text is about: of no function words, numbers and letters."""
    for token in tokens:
        if token.key not in stops and token.lemma.isalpha() and len(token.lemma) > 1:
            yield token.lemma


def _words(
    best: Sequence[tuple[float, Sequence[Token]]], limit: int, stops: AbstractSet[str]
) -> list[tuple[str, float]]:
    """Return the lemmas that have the largest shares in the answers, with these."""
    highest = max((score for score, _ in best), default=0.0)
    weights = [exp(score - highest) for score, _ in best]
    shares: dict[str, float] = defaultdict(float)
    for weight, (_, tokens) in zip(weights, best, strict=True):
        for lemma in telling(tokens, stops):
            shares[lemma] += weight / (len(tokens) * sum(weights))
    return nsmallest(limit, shares.items(), key=lambda pair: (-pair[1], pair[0]))


def _size(node: Node) -> int:
    """Return how many words answer a query, about."""
    nodes = getattr(node, "nodes", ())
    return sum(map(_size, nodes)) if nodes else 1
