"""Why has a document its score? The numbers that add up to it, in words.

What a part of the query scores is asked of the searcher again, which remembers it; so the numbers are those of the
answer. Scores are added up as 32-bit numbers there, and what that rounds off is a part of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import fsum
from typing import TYPE_CHECKING

import numpy as np

from searchkit.engines.whoosh.reading.snapshot import FieldSnapshot
from searchkit.engines.whoosh.searching.searcher import Searcher
from searchkit.query import tree
from searchkit.results import ScoreExplanation

if TYPE_CHECKING:
    from searchkit.query.narrowing import Narrowing


class Explainer:
    """Explains the score of one document.

    Args:
        searcher: What has found it.
        number: Of the document.
        narrowing: How the search was narrowed.
    """

    def __init__(self, searcher: Searcher, number: int, narrowing: Narrowing | None = None) -> None:
        self._searcher = searcher
        self._number = number
        self._narrowing = narrowing

    def explain(self, asked: tree.Node, score: float) -> ScoreExplanation:
        """Return the parts of the score that the document has for a query that it answers."""
        ranked = asked if isinstance(asked, tree.Ranked) else tree.Ranked(asked)
        parts = [] if ranked.near is not None and ranked.near.alone else list(self._parts(ranked.answers, 1.0))
        parts += self._meaning(ranked, fsum(part.score for part in parts))
        parts += [
            ScoreExplanation(each, f"{_shown(words)}: side by side as in the query")
            for words, each in self._searcher.beside_of(ranked, self._number, self._narrowing)
            if each
        ]
        fresh = self._searcher.freshness_of(self._number) if self._searcher.ages(ranked) else 1.0
        if fresh != 1:
            lost = (fresh - 1) * fsum(part.score for part in parts)
            parts.append(ScoreExplanation(lost, f"its age leaves {fresh:.0%} of that"))
        rounded = score - fsum(part.score for part in parts)
        if rounded:
            parts.append(ScoreExplanation(rounded, "rounding"))
        first = any(self._score(tier) is not None for tier in ranked.tiers)
        return ScoreExplanation(score, "the score, among those that come first" if first else "the score", tuple(parts))

    def _meaning(self, ranked: tree.Ranked, of_words: float) -> Iterator[ScoreExplanation]:
        """Yield what the meaning of the document adds, if it adds anything."""
        found = self._searcher.meant(ranked, self._narrowing)
        if found is None or ranked.near is None:
            return
        near, added = float(found.nearness[self._number]), float(found.added[self._number])
        if ranked.near.alone:
            yield ScoreExplanation(near, "its meaning: the cosine of its nearest passage")
        elif added:
            if found.least > of_words:
                yield ScoreExplanation(found.least - of_words, "as the last of the best by their words")
            yield ScoreExplanation(added, f"its meaning: the cosine of its nearest passage is {near:.3f}")

    def _parts(self, node: tree.Node, weight: float) -> Iterator[ScoreExplanation]:
        """Yield what a part of the query adds; nothing if the document does not match it."""
        score = self._score(node)
        match node:
            case _ if score is None:
                return
            case tree.Terms():
                yield ScoreExplanation(score * weight, f"{_shown([node])}: {self._told(node)}{_times(weight)}")
            case tree.Prefix():
                yield ScoreExplanation(score * weight, f"{node.text}*: words that begin so{_times(weight)}")
            case tree.Any() | tree.All():
                for child in (*node.nodes, *node.optional):
                    yield from self._parts(child, weight)
            case tree.Weighted():
                yield from self._parts(node.node, weight * node.weight)
            case tree.Phrase():
                words = [word for word in node.words if isinstance(word, tree.Terms)]
                inner = tuple(part for word in words for part in self._parts(word, weight))
                yield ScoreExplanation(score * weight, f"{_shown(words)}: one after another{_times(weight)}", inner)
            case _:
                return

    def _score(self, node: tree.Node) -> float | None:
        """Return what the document scores for a part of the query; None if it does not match."""
        (found,) = self._searcher.find(node)
        held, scores = found.look_up(np.array([self._number]))
        return float(scores[0]) if held[0] else None

    def _told(self, word: tree.Terms) -> str:
        """Say where the document holds a word, and how many documents do."""
        snapshot = self._searcher.snapshot
        places = []
        for name in ("title", "body"):
            field = snapshot.field(name)
            if field is not None and word.field in {None, name}:
                terms = [term for term, _ in word.terms if tree.stands_alone(term)]
                written, *others = (self._occurrences(field, term, word) for term in terms)
                forms = sum(others)
                places += [f"{written}× in the {name} as written"] if written else []
                places += [f"{forms}× in the {name} in other forms"] if forms else []
        (found,) = self._searcher.find(word)
        return f"{', '.join(places)}; in {found.count:,} of {snapshot.count:,} documents"

    def _occurrences(self, field: FieldSnapshot, term: str, word: tree.Terms) -> int:
        if word.only or word.never:
            from searchkit.engines.whoosh.searching.placed import occurrences  # noqa: PLC0415 (few words have any)

            conditions = word.only, word.never
            return int(occurrences(self._searcher.snapshot, field, term, conditions)[self._number])
        documents, frequencies = field.postings(term)
        return int(frequencies[documents == self._number].sum())


def _shown(words: Sequence[tree.Terms]) -> str:
    return " ".join(word.terms[0][0] for word in words)


def _times(weight: float) -> str:
    return "" if weight == 1 else f"; weighs {weight:g}"
