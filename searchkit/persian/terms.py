r"""Which strings are indexed for a word, and which of them answer a query for it?

A position holds the word's key; its lemma, marked, where it differs; the parts of a compound, marked. A marker is a
character that no key begins with, so a lemma never meets a key by accident. Terms hold no white space and no `|`.

>>> index_terms("کتابها", "کتاب")
('کتابها', '~کتاب')
>>> query_terms("کتابها", "کتاب")
(('کتابها', 1.0), ('کتاب', 0.6), ('~کتاب', 0.6))
"""

from __future__ import annotations

from collections.abc import Sequence

LEMMA = "~"
PART = "+"

LEMMA_WEIGHT = 0.6
PART_WEIGHT = 0.3


def index_terms(key: str, lemma: str, parts: Sequence[str] = ()) -> tuple[str, ...]:
    """Return what is indexed at one position, the key first, each term once."""
    lemmas = [LEMMA + lemma] if lemma != key else []
    return tuple(dict.fromkeys([key, *lemmas, *(PART + part for part in parts)]))


def query_terms(key: str, lemma: str) -> tuple[tuple[str, float], ...]:
    """Return the terms that answer a query word, with weights: its own spelling, its other forms, compounds of it."""
    weights = {key: 1.0, lemma: LEMMA_WEIGHT, LEMMA + lemma: LEMMA_WEIGHT}
    weights[key] = 1.0
    return tuple(weights.items())
