"""Which other words of an index stand for one that is held too: in the other script, or by a slip of their writers?"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from searchkit.persian.morphology.lexicon import kind_of
from searchkit.query.resolve import HARDLY
from searchkit.query.rewriting.homophones import homophones
from searchkit.query.rewriting.initialisms import initials
from searchkit.query.rewriting.script import OtherScript
from searchkit.query.rewriting.soundalike import Reach, Soundalikes
from searchkit.query.rewriting.sounding import read_persian

MOST_ALTERNATIVES = 3
NEAR_ENOUGH = 1.0
"""What a word in Persian letters may cost to stand for one of Latin letters."""
_SAME_SOUND = Reach(0, 60)
"""How far a word of Latin letters may sound from one of Persian letters: with all of its consonants."""
_SELDOMER = 10
"""How many times as many documents hold a word as one that is a slip for it."""

_REMEMBERED = 4096


class Alternatives:
    """Looks for other words of one commit. Safe to share between threads.

    Args:
        frequency: Says how many documents hold a word.
        script: Gives what finds words of the other script among all words; it is asked for once it is needed.
        latin: Gives the words of Latin letters, or None if there are none.
    """

    def __init__(
        self,
        frequency: Callable[[str], int],
        script: Callable[[], OtherScript],
        latin: Callable[[], Soundalikes | None],
    ) -> None:
        self._frequency = frequency
        self._script = script
        self._latin = latin
        self.of = lru_cache(_REMEMBERED)(self._of)

    def _of(self, key: str) -> tuple[str, ...]:
        """Return words that are held and stand for a folded one, or rows of words parted by blanks."""
        if not key.isalpha():
            return ()
        if key.isascii():
            found = (
                each.text for each in self._script().candidates(key, MOST_ALTERNATIVES) if each.cost <= NEAR_ENOUGH
            )
            return tuple(found)
        return (*self._in_latin(key), *self._slips(key))

    def _in_latin(self, key: str) -> list[str]:
        latin = self._latin()
        if latin is None:
            return []
        sounding = [each.text for each in latin.near(read_persian(key), _SAME_SOUND)]
        return [*filter(self._frequency, initials(key)), *sounding][:MOST_ALTERNATIVES]

    def _slips(self, key: str) -> list[str]:
        """Return what sounds the same, is in no lexicon, and is held by few documents, many fewer than the word is."""
        most = min(self._frequency(key) // _SELDOMER, HARDLY)
        return [each for each in homophones(key) if 0 < self._frequency(each) <= most and not kind_of(each)]
