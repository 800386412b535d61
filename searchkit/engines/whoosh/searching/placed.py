"""Where do words stand with other terms at the same place, or without them?"""

from __future__ import annotations

import numpy as np

from searchkit.engines.whoosh.format.types import Documents, Int64s
from searchkit.engines.whoosh.reading.snapshot import FieldSnapshot, Snapshot
from searchkit.engines.whoosh.searching.bm25 import Conditions, WordForms, curve, word_factor
from searchkit.engines.whoosh.searching.matches import Matches
from searchkit.ranking import Ranking


def placed(field: FieldSnapshot, places: Int64s, conditions: Conditions | None, among: Documents) -> Int64s:
    """Return those places of a word where the terms stand that must, and none of those that must not.

    Args:
        field: Where the word stands.
        places: Where in it, as `FieldSnapshot.positions` says it.
        conditions: The terms; None leaves all places.
        among: The documents that are looked at; places in others are left out.
    """
    if conditions is None:
        return places
    only, never = conditions
    places = places[np.isin(places >> 32, among)]
    wanted, unwanted = field.positions([only, never], among)
    if only:
        places = places[np.isin(places, wanted)]
    return places[~np.isin(places, unwanted)]


def placed_scores(snapshot: Snapshot, word: WordForms, ranking: Ranking) -> Matches:
    """Return the documents that hold a word at such places, and what they score: see `bm25.word_scores`."""
    amounts = np.zeros(snapshot.size, np.float32)
    for counts in ranking.fields:
        field = snapshot.field(counts.name) if counts.name in word.fields else None
        if field is None:
            continue
        norms = field.length_norms(counts.b) * np.float32(counts.weight)
        for term, weight in word.forms:
            times = occurrences(snapshot, field, term, word.conditions)
            amounts += times * norms * np.float32(weight)
    if snapshot.deleted is not None:
        amounts[snapshot.deleted] = 0
    numbers = np.flatnonzero(amounts > 0)
    factor = word_factor(snapshot, len(numbers), ranking)
    return Matches(snapshot.size, curve(amounts[numbers], ranking.k1, factor), numbers)


def occurrences(snapshot: Snapshot, field: FieldSnapshot, term: str, conditions: Conditions | None) -> Int64s:
    """Return how many times a term stands at such places in each document."""
    every = np.arange(snapshot.size)
    (places,) = field.positions([[term]], every)
    times: Int64s = np.bincount(placed(field, places, conditions, every) >> 32, minlength=snapshot.size)
    return times
