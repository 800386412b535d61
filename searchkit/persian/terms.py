r"""Which strings are indexed for a word, and which of them answer a query for it?

A position holds the word's key; its lemma, marked, where it differs; the parts of a compound and the dates that it
belongs to, marked. Where the word was written with signs that folding takes off, it holds its lemma with these as well,
so that who asks for what was typed can tell one from the other. A marker is a character that no key begins with, so a
lemma never meets a key by accident. Terms hold no white space and no `|`.

>>> index_terms("کتابها", "کتاب")
('کتابها', '~کتاب')
>>> query_terms("کتابها", "کتاب", Ranking())
(('کتابها', 1.0), ('~کتاب', 0.6), ('کتاب', 0.6), ('+کتاب', 0.3), ('+کتابها', 0.3))
>>> query_terms("15", "15", Ranking(), ("15", "@2024-05-04", "@1403-02"))
(('15', 1.0), ('~15', 0.6), ('@2024-05-04', 0.6), ('+15', 0.3))
>>> signed("استان", "0آ")
'=استان=0آ'
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from searchkit.ranking import Ranking

LEMMA = "~"
PART = "+"
DATE = "@"
SIGNED = "="
MARKERS = (LEMMA, PART, DATE, SIGNED)
"""What terms begin with that are not a word's own spelling."""

LONGEST = 64
"""Code points of the longest term; what is longer is cut."""


class Wanted(NamedTuple):
    """What a reader looks for at a position: any of some terms, or a key with one of some beginnings.

    `placed` are terms of which any will do where one of the next stands, if there are any, and none of the last.
    """

    terms: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    placed: tuple[tuple[frozenset[str], frozenset[str], frozenset[str]], ...] = ()

    def meets(self, terms: Sequence[str]) -> bool:
        """Tell whether a position that holds these terms, the key first, is looked for."""
        if not self.terms.isdisjoint(terms) or terms[0].startswith(self.prefixes):
            return True
        return any(
            not sought.isdisjoint(terms) and never.isdisjoint(terms) and not (only and only.isdisjoint(terms))
            for sought, only, never in self.placed
        )


def index_terms(key: str, lemma: str, parts: Sequence[str] = (), dates: Sequence[str] = ()) -> tuple[str, ...]:
    """Return what is indexed at one position, the key first, each term once."""
    terms = (key[:LONGEST],) if key == lemma else (key[:LONGEST], (LEMMA + lemma)[:LONGEST])
    if not parts and not dates:
        return terms
    marked = [PART + part for part in parts] + [DATE + date for date in dates]
    return tuple(dict.fromkeys([*terms, *(term[:LONGEST] for term in marked)]))


def signed(lemma: str, signs: str = "") -> str:
    """Return what is indexed besides for a word that was written with signs; see `text.fold.signs_of`.

    Without signs it is what all such terms of the lemma begin with.
    """
    return f"{SIGNED}{lemma}{SIGNED}{signs}"[:LONGEST]


def query_terms(key: str, lemma: str, ranking: Ranking, terms: Sequence[str] = ()) -> tuple[tuple[str, float], ...]:
    """Return the terms that answer a query word, with weights: its own spelling, its other forms, compounds of it.

    `terms` is what is indexed at the word's position; of the dates among it the first, which is the finest, answers.
    """
    best_first = [(key, 1.0), (LEMMA + lemma, ranking.lemma), (lemma, ranking.lemma)]
    best_first += [(term, ranking.date) for term in terms if term[0] == DATE][:1]
    best_first += [(PART + lemma, ranking.part), (PART + key, ranking.part)]
    weights: dict[str, float] = {}
    for term, weight in best_first:
        weights.setdefault(term[:LONGEST], weight)
    return tuple(weights.items())
