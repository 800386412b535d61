"""What do words and meaning find together?

Two scores are added up, each counted in the spread of its best `Ranking.nearest` documents (their standard deviation):
what stands out among the others of a search counts, however alike a ranking or an embedder finds all texts. What is
among the nearest has from words at least what the last of their best has; what words do not find is found where it
comes near enough.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from searchkit.engines.whoosh.format.types import Flags, Scores
from searchkit.engines.whoosh.searching.matches import Matches, top_k
from searchkit.engines.whoosh.searching.nearest import FAR, UNCOMPARED

_NEAR = 0.25
"""How far a document must have come to be found without a word, from the nearest that no more counts (0) to the nearest
of all (1). Measured on four collections: some three to ten documents are found so, none less of the first ten are right
than at 0, where it is sixty, and none up to .75 either."""

_SHARE, _LEAST = 10, 10
"""A tenth of few documents: that all of five are the nearest says nothing."""

_NOISE = 0.002
"""The least spread of the nearest: what differs less comes as near, as numbers of 8 bits tell it."""


class Meant(NamedTuple):
    """What the meaning of a query adds to what its words find.

    Attributes:
        nearness: How near each document comes; `FAR` for one that may not answer.
        added: What each gets for that; 0 for all but the nearest.
        least: What each of the nearest has for words, at least.
    """

    nearness: Scores
    added: Scores
    least: float

    def found(self, words: Matches, among: Flags | None) -> Matches:
        """Return what words find and what comes near besides, with the scores of both.

        Args:
            words: What words find.
            among: What may be found for its meaning, a flag for each document; None for all.
        """
        besides = (self.added > 0) & (self.added >= _NEAR * self.added.max(initial=0))
        if among is not None:
            besides &= among
        besides[words.documents] = True
        documents = np.flatnonzero(besides)
        of_words, added = words.look_up(documents)[1], self.added[documents]
        scores = np.where(added > 0, np.maximum(of_words, np.float32(self.least)) + added, of_words)
        return Matches(words.size, scores, documents, words.positive)

    def alone(self, among: Flags | None) -> Matches:
        """Return all documents that have vectors, as near as each comes."""
        has = self.nearness > FAR
        documents = np.flatnonzero(has if among is None else has & among)
        return Matches(len(has), self.nearness[documents], documents, positive=False)


def meant(near: Scores, words: Matches, wanted: int, weight: float) -> Meant:
    """Return what it adds to what words find how near documents come.

    Args:
        near: How near each comes; `FAR` for one that may not answer.
        words: What is found by words, of those that may answer.
        wanted: For how many documents, the nearest, it counts; for a tenth of all at most, but for ten of any number.
        weight: How much it counts against words.
    """
    wanted = min(wanted, max(_LEAST, int(np.count_nonzero(near > FAR)) // _SHARE))
    nearest = _largest(near[near > UNCOMPARED], wanted + 1)
    best = nearest[:wanted]
    of_words = np.zeros(len(best), np.float32)
    found = top_k(words, len(best))[1]
    of_words[: len(found)] = found
    spread = max(_spread(best), _NOISE)
    floor = nearest[wanted] if len(nearest) > wanted else best[-1:].sum() - spread
    added = np.maximum(near - np.float32(floor), 0) * np.float32(weight * (_spread(of_words) or 1) / spread)
    return Meant(near, added, float(of_words[-1:].sum()))


def _largest(scores: Scores, count: int) -> Scores:
    """Return the largest of some numbers, in order: of a million sooner than all are sorted."""
    others = len(scores) - count
    return np.sort(scores if others <= 0 else np.partition(scores, others)[others:])[::-1]


def _spread(best: Scores) -> float:
    return float(best.std(dtype=np.float64)) if len(best) else 0.0
