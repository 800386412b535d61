"""What is a word in a document worth? BM25F: the fields' frequencies are weighed and added before they saturate.

S. Robertson, H. Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009), section 3.6. The inverse
document frequency is Whoosh's, log(N / (n + 1)) + 1, which stays above 0 for words that most documents hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import NamedTuple


class FieldWeight(NamedTuple):
    """How a field counts: its occurrences `weight` times, `b` (0 to 1) of its length held against them."""

    name: str
    weight: float = 1.0
    b: float = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """How documents are scored; equal to itself alone, so that it is a cheap part of a key.

    Attributes:
        k1: How slowly more occurrences stop to add more.
        fields: How each counts; no other field is searched.
    """

    k1: float = 1.2
    fields: tuple[FieldWeight, ...] = (FieldWeight("title", weight=2.0), FieldWeight("body"))


def inverse_document_frequency(documents: int, frequency: int) -> float:
    """Return what finding a word says about a document: the rarer the word, the more.

    >>> inverse_document_frequency(1000, 9) > inverse_document_frequency(1000, 1000) > 0
    True
    """
    return log(documents / (frequency + 1)) + 1
