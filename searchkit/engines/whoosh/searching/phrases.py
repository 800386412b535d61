"""In which documents do words stand one after another? Answered on the sorted places of all their occurrences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searchkit.engines.whoosh.format.types import Documents, Flags, Int64s
from searchkit.engines.whoosh.reading.snapshot import FieldSnapshot, Snapshot
from searchkit.engines.whoosh.searching.bm25 import Conditions, WordForms
from searchkit.engines.whoosh.searching.matches import Matches, common, nothing, sum_at


def phrase_scores(snapshot: Snapshot, words: Sequence[WordForms], parts: Sequence[Matches], slop: int) -> Matches:
    """Return the documents that hold words one after another in one field, with the sum of the words' scores.

    Args:
        snapshot: The documents.
        words: In order.
        parts: What each word matches.
        slop: How many positions may lie between neighbours.
    """
    shared = common(parts) if words else np.empty(0, np.intp)
    if not len(shared):
        return nothing(snapshot.size)
    terms = [[term for term, _ in word.forms] for word in words]
    conditions = [word.conditions for word in words]
    names = [name for name in words[0].fields if all(name in word.fields for word in words)]
    fields = filter(None, map(snapshot.field, names))
    documents = [phrase_documents(field, terms, slop + 1, shared, conditions) for field in fields]
    numbers = documents[0] if len(documents) == 1 else np.unique(np.concatenate([np.empty(0, np.intp), *documents]))
    return sum_at(parts, numbers[snapshot.alive(numbers)])


def phrase_documents(
    field: FieldSnapshot,
    words: Sequence[Sequence[str]],
    distance: int,
    among: Documents,
    conditions: Sequence[Conditions | None] = (),
) -> Documents:
    """Return the documents in which each word stands at most `distance` positions behind the one before it.

    Args:
        field: Where they must stand.
        words: At least one; the terms of each, of which any one will do.
        distance: 1 for words side by side.
        among: Where to look: the documents that hold all words.
        conditions: What else must stand where each word does, or must not.
    """
    places = field.positions(words, among)
    if any(conditions):
        from searchkit.engines.whoosh.searching.placed import placed  # noqa: PLC0415 (few words have any)

        places = [placed(field, keys, each, among) for keys, each in zip(places, conditions, strict=True)]
    if not all(len(keys) for keys in places):
        return np.empty(0, np.intp)
    ends = places[0]
    for keys in places[1:]:
        ends = _followed(ends, keys, distance)
    numbers = ends >> 32
    first = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    return numbers[first]


def _followed(ends: Int64s, keys: Int64s, distance: int) -> Int64s:
    """Return the keys that come at most `distance` behind an end; documents lie much further apart."""
    if not len(ends):
        return ends
    if distance == 1:
        following = ends + 1
        return following[_within(following, keys)] if len(ends) < len(keys) else keys[_within(keys, following)]
    nearest = np.searchsorted(ends, keys) - 1
    behind = nearest >= 0
    behind &= keys - ends[nearest] <= distance
    return keys[behind]


def _within(few: Int64s, many: Int64s) -> Flags:
    at = np.searchsorted(many, few)
    at[at == len(many)] = 0
    found: Flags = many[at] == few
    return found
