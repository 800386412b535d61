"""Which numbers order the answers? Each with where it comes from; `SearchIndex.open(ranking=…)` takes others.

Where no source is named, a number was measured: on news, encyclopaedia, scripture and verse at once, as one set for all
of them. `tests/benchmarks/relevance.py` measures again.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Literal, NamedTuple

from searchkit.errors import ArgumentError

_SHORTEST = 0.001  # days


class FieldWeight(NamedTuple):
    """How a field counts: its occurrences `weight` times, `b` (0 to 1) of its length held against them."""

    name: str
    weight: float = 1.0
    b: float = 0.75


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """How documents are scored; equal to itself alone, so that it is a cheap part of a key.

    A word scores by BM25F: S. Robertson, H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009),
    section 3.6. Weights are 0 or more and stand beside the 1 of a word as it was typed.

    Attributes:
        k1: How slowly more occurrences stop to add more (1.2 in most engines).
        fields: How each counts; no other field is searched. The `b` of .75 is that of most engines.
        idf: What rare words weigh more than common ones: log(1 + (N - n + .5) / (n + .5)), of the same source, or
            log(N / (n + 1)) + 1, which is Whoosh's.
        lemma: Another form of the word.
        signs: The word with other signs than it was typed with: آ for ا or ا for آ, or without a hamza or a vowel sign.
        part: A compound that the word is a part of.
        date: A date that the word is a part of.
        respaced: Another spacing of the word, or another way to write a number.
        alternative: A word of the other script that sounds like it, or one that its writers have misspelt.
        synonym: A word that the site says stands for it; 0 looks for none. A judgment: below other forms of the word.
        derived: A word that is made from this one, or that this one is made from; 0 looks for none.
        interrogative: A word that asks, such as چه: it says what kind of answer is wanted, which holds it rarely.
        beside: Two or three words of the query that stand side by side in a document as they do in it, as a word more;
            0 looks for none.
        candidates: How many documents, the best by their words, are looked through for those.
        tier_words: Up to so many words that are no function words, documents with all of them stand before all others.
            From one more on, one score orders all.
        meaning: How much the meaning of a document counts against its words, each in the spread of the best ones.
        meaning_complete: The same where a document holds every word: then words are to be trusted more.
        nearest: How many documents, the nearest by their meaning, it counts for.
        feedback: Where it is asked for: how much the words of the best answers weigh against those of the query.
        feedback_documents: How many answers are the best ones.
        feedback_words: How many words are taken from them.
        feedback_length: How many words their texts must have in the mean; shorter ones say too little.
        half_life: After how many days what is fresh in a score is half of what it was; 0 does not look at dates. Age is
            counted from the newest date in the index that has come, so that the same documents rank the same whenever
            they are asked for.
        freshness: How much of a score is fresh at first, from 0 to 1: the share that fades with age, and that documents
            without a date do not have. One half lets the newest score up to twice as much as the oldest.
    """

    k1: float = 1.2
    fields: tuple[FieldWeight, ...] = (FieldWeight("title", weight=2.0), FieldWeight("body"))
    idf: Literal["robertson", "whoosh"] = "robertson"
    lemma: float = 0.6
    signs: float = 0.9
    part: float = 0.3
    date: float = 0.6
    respaced: float = 0.5
    alternative: float = 0.3
    synonym: float = 0.5
    derived: float = 0.3
    interrogative: float = 0.3
    beside: float = 0.15
    candidates: int = 300
    tier_words: int = 2
    meaning: float = 0.85
    meaning_complete: float = 0.5
    nearest: int = 100
    feedback: float = 0.3
    feedback_documents: int = 10
    feedback_words: int = 20
    feedback_length: int = 60
    half_life: float = 0
    freshness: float = 0.5

    def __post_init__(self) -> None:
        numbers = {
            each.name: getattr(self, each.name)
            for each in dataclasses.fields(self)
            if each.name not in {"fields", "idf"}
        }
        for each in self.fields:
            numbers |= {f"the weight of {each.name}": each.weight, f"b of {each.name}": each.b}
        for name, value in numbers.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
                raise ArgumentError(f"{name} of a ranking is {value!r}; give a number from 0")
        if 0 < self.half_life < _SHORTEST:
            raise ArgumentError(f"half_life of a ranking is {self.half_life!r}; give 0, or days from {_SHORTEST}")
        for name in ("freshness", "signs"):
            if getattr(self, name) > 1:
                raise ArgumentError(f"{name} of a ranking is {getattr(self, name)!r}; give a share from 0 to 1")
        if self.idf not in {"robertson", "whoosh"}:
            raise ArgumentError(f"idf of a ranking is {self.idf!r}; give 'robertson' or 'whoosh'")
