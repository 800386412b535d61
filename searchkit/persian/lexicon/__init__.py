"""Which words does Persian have, and how sure is that? Opened a first letter at a time, when first asked.

>>> from searchkit.persian.lexicon import HEAD, kind_of
>>> bool(kind_of("ایران") & HEAD), kind_of("تهر") & HEAD
(True, 0)
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from functools import cache
from typing import Protocol

from searchkit.persian.tables import DATA

HEAD = 1
"""A dictionary form: nothing comes off it."""
SURE = 2
"""A dictionary form that stays one even where a verb has the same form."""
BASE = 4
"""A word, perhaps an inflected one, that endings come off down to: those that may be part of a word only where it is
a dictionary form. Conjunctions take none."""
ADJECTIVE = 8
"""A dictionary form that takes تر."""
COMMON = 4
"""The bits above these hold how common a word is: the digits of its count in a large corpus, 0 for one not in it."""

FILE = DATA / "lexicon.bin"
_MANY = 500
"""Look-ups that finding words in their order may take as long as making a dictionary of them does."""


class Words(Protocol):
    """Words and the bits of their kinds."""

    def get(self, key: str, default: int, /) -> int:
        """Return the bits of a word, or the default where it is not among these."""

    def __contains__(self, key: object, /) -> bool: ...


class _Lexicon(dict[str, Words]):
    """The words and their kinds by first letter. `build` describes the file."""

    def __init__(self) -> None:
        super().__init__({"": {}})
        self._file = FILE.read_bytes()
        head, _, _ = self._file.partition(b"\n")
        self._start = len(head) + 1
        rows = (row.split("\t") for row in head.decode().split("\v"))
        self._places = {letter: (int(start), int(end)) for letter, start, end in rows}

    def __missing__(self, letter: str) -> Words:
        start, end = self._places.get(letter, (0, 0))
        content = zlib.decompress(self._file[self._start + start : self._start + end]) if end else b""
        words = content.decode().split("\n") if content else []
        kinds = words.pop().encode("latin-1") if words else b""
        self[letter] = found = _Sorted(self, letter, words, kinds)
        return found


class _Sorted:
    """The words of a letter in their order. They become a dictionary when many have been looked up: making it costs.

    Args:
        lexicon: Where the dictionary takes this one's place,
        letter: under this letter.
        words, kinds: The words and the bits of each.
    """

    def __init__(self, lexicon: _Lexicon, letter: str, words: list[str], kinds: bytes) -> None:
        self._lexicon, self._letter = lexicon, letter
        self._words, self._kinds = words, kinds
        self._asked = 0

    def get(self, key: str, default: int) -> int:
        self._asked += 1
        if self._asked == _MANY:
            self._lexicon[self._letter] = dict(zip(self._words, self._kinds, strict=True))
        at = bisect_left(self._words, key)
        return self._kinds[at] if at < len(self._words) and self._words[at] == key else default

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key, -1) >= 0


@cache
def _open() -> _Lexicon:
    return _Lexicon()


def words_from(letter: str) -> Words:
    """Return the words that begin with a letter, folded and without half-spaces, and the bits of their kinds."""
    return _open()[letter]


def kind_of(key: str) -> int:
    """Return the bits of a folded word without half-spaces: 0 where it is not known."""
    return _open()[key[:1]].get(key, 0)
