"""Of which words is a compound made? Those that half-spaces keep apart, and the noun that an adjective in ی is from.

>>> parts(["کتاب", "خانه"]) == ("کتاب", "خانه"), parts(["کتاب", "ها"])
(True, ())
>>> noun_of("ایرانی") == ("ایران",)
True
"""

from __future__ import annotations

from collections.abc import Sequence

from searchkit.persian.morphology.endings import apart
from searchkit.persian.morphology.lexicon import ADJECTIVE, SURE, kind_of
from searchkit.persian.morphology.spelling import standards

_SHORTEST_NOUN = 4
"""Letters of the shortest noun that is taken for one inside an adjective."""


def before_endings(pieces: Sequence[str]) -> str:
    """Return what stands before the endings that are written after half-spaces."""
    end = len(pieces)
    while end > 1 and pieces[end - 1] in apart():
        end -= 1
    return "".join(pieces[:end])


def parts(pieces: Sequence[str]) -> tuple[str, ...]:
    """Return the words that half-spaces cut a compound into, as keys; none where it is one word, none of one letter."""
    words = [piece for piece in pieces if piece not in apart()]
    if len(words) < 2:
        return ()
    return tuple(dict.fromkeys(standards().get(word, word) for word in words if len(word) > 1))


def noun_of(adjective: str) -> tuple[str, ...]:
    """Return the noun that a relational adjective is made of, if the lexicon knows both.

    The two are not one word, so the noun is a part and weighs less. مالی, financial, is not from مال, property: short
    nouns are left alone.
    """
    noun, yeh = adjective[:-1], adjective[-1:]
    long = yeh == "ی" and len(noun) >= _SHORTEST_NOUN and noun[-1] != "ا"
    return (noun,) if long and kind_of(adjective) & ADJECTIVE and kind_of(noun) & SURE else ()
