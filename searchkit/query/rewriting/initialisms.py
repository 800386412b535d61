"""How are the letters of an initialism called? BBC is read, and written in Persian, by the names of its letters.

>>> spelt_out("cnn") == [["سی", "ان", "ان"]], initials("سیانان")
(True, ['cnn'])
"""

from __future__ import annotations

from functools import cache
from itertools import islice, product
from pathlib import Path

from searchkit.persian.text.fold import fold_words, rows

_DATA = Path(__file__).parents[1] / "data"

_SHORTEST, _LONGEST = 2, 6
"""Letters of an initialism."""
_MOST = 64
"""Ways to read one that are returned."""


@cache
def _names() -> dict[str, list[str]]:
    """Return the names of each Latin letter, folded, the usual one first."""
    letters, names, _ = zip(*rows("letter_names.tsv", _DATA), strict=True)
    found: dict[str, list[str]] = {}
    for letter, name in zip(letters, fold_words(names), strict=True):
        found.setdefault(letter, []).append(name)
    return found


@cache
def _letters() -> dict[str, list[str]]:
    """Return the letters that have each name."""
    found: dict[str, list[str]] = {}
    for letter, names in _names().items():
        for name in names:
            found.setdefault(name, []).append(letter)
    return found


def spelt_out(word: str) -> list[list[str]]:
    """Return the names of the letters of a word of a to z, in each way to call them, the usual one first."""
    if not _SHORTEST <= len(word) <= _LONGEST or not all(letter in _names() for letter in word):
        return []
    return [list(names) for names in islice(product(*(_names()[letter] for letter in word)), _MOST)]


def initials(key: str) -> list[str]:
    """Return the words of a to z whose letters have names that make up a folded key without half-spaces."""
    longest = max(map(len, _letters()))
    if len(key) > _LONGEST * longest:
        return []
    ways: list[list[str]] = [[""]]
    for end in range(1, len(key) + 1):
        made = [
            before + letter
            for start in range(max(0, end - longest), end)
            for letter in _letters().get(key[start:end], ())
            for before in ways[start]
            if len(before) < _LONGEST
        ]
        ways.append(made[:_MOST])
    return [word for word in ways[-1] if len(word) >= _SHORTEST]
