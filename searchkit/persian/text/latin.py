"""What is the stem of an English word? Persian pages mix them in.

>>> stem("databases"), stem("cafe"), stem("reilly's")
('databas', 'cafe', 'reilli')
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType


def stem(word: str) -> str:
    """Return the stem of a folded word of Latin letters.

    By Snowball's English stemmer (https://snowballstem.org/algorithms/english/stemmer.html). A stemmer holds the word
    it works on, so each call has its own and threads do not meet.
    """
    return str(_stemmers().Stemmer("english", 0).stemWord(word))


@cache
def _stemmers() -> ModuleType:
    return import_module("Stemmer")  # when the first Latin word is met
