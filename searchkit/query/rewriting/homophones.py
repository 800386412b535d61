"""How else may a word be spelt that sounds the same?

>>> list(homophones("رضا")) == ["رزا", "رذا", "رظا", "رضع", "رزع", "رذع", "رظع"]
True
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from pathlib import Path

from searchkit.persian.text.fold import rows

_DATA = Path(__file__).parents[1] / "data"
_MOST_CHANGED = 2
_MOST_PLACES = 8
"""Letters of a word, from its first on, that are put otherwise, so that there are a few hundred spellings at most."""


@cache
def _others() -> dict[str, list[str]]:
    """Return the letters for the same sound as each, by `data/alike.tsv`."""
    groups = [letters.split() for letters, likeness, _ in rows("alike.tsv", _DATA) if likeness == "sound"]
    return {letter: [each for each in group if each != letter] for group in groups for letter in group}


def homophones(key: str) -> Iterator[str]:
    """Yield the spellings of a folded word with one or two letters put for others of the same sound."""
    others = _others()
    at = [place for place, letter in enumerate(key) if letter in others][:_MOST_PLACES]
    for count in range(1, _MOST_CHANGED + 1):
        for places in combinations(at, count):
            for letters in product(*(others[key[place]] for place in places)):
                changed = list(key)
                for place, letter in zip(places, letters, strict=True):
                    changed[place] = letter
                yield "".join(changed)
