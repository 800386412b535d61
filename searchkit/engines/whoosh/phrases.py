"""In which documents do words stand one after another? Answered on the sorted places of all their occurrences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.corpus import Field, Keys
from searchkit.engines.whoosh.scored import Documents, Flags


def phrase_documents(field: Field, words: Sequence[Sequence[str]], distance: int, within: Flags) -> Documents:
    """Return the documents in which each word stands at most `distance` positions behind the one before it.

    Args:
        field: Where they must stand.
        words: At least one; the terms of each, of which any one will do.
        distance: 1 for words side by side.
        within: For each document, whether to look there.
    """
    places = _places(field, words, within) if within.any() else [np.empty(0, np.int64)]
    if not all(len(keys) for keys in places):
        return np.empty(0, np.intp)
    ends = places[0]
    for keys in places[1:]:
        ends = _followed(ends, keys, distance)
    numbers = ends >> 32
    return numbers[np.diff(numbers, prepend=-1) > 0].astype(np.intp)


def _places(field: Field, words: Sequence[Sequence[str]], within: Flags) -> list[Keys]:
    """Return where each word stands in some documents."""
    return [_sorted([field.positions(term, within) for term in terms]) for terms in words]


def _sorted(runs: Sequence[Keys]) -> Keys:
    return runs[0] if len(runs) == 1 else np.sort(np.concatenate(runs), kind="stable")  # merges sorted runs


def _followed(ends: Keys, keys: Keys, distance: int) -> Keys:
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


def _within(few: Keys, many: Keys) -> npt.NDArray[np.bool_]:
    at = np.searchsorted(many, few)
    at[at == len(many)] = 0
    found: npt.NDArray[np.bool_] = many[at] == few
    return found
