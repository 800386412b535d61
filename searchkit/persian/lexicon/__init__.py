"""Which words does Persian have, and how sure is that? Opened a first letter at a time, when first asked.

>>> from searchkit.persian.lexicon import HEAD, kind_of
>>> bool(kind_of("ایران") & HEAD), kind_of("تهر") & HEAD
(True, 0)
"""

from __future__ import annotations

import zlib
from functools import cache

from searchkit.persian.tables import DATA

HEAD = 1
"""A dictionary form: nothing comes off it, and endings that may be part of a word come off down to it."""
SURE = 2
"""A dictionary form that stays one even where a verb has the same form."""
BASE = 4
"""A word, perhaps an inflected one: endings that are seldom part of a word come off down to it."""
ADJECTIVE = 8
"""A dictionary form that takes تر."""
COMMON = 4
"""The bits above these hold how common a word is: the digits of its count in a large corpus, 0 for one not in it."""

FILE = DATA / "lexicon.bin"


class _Lexicon(dict[str, dict[str, int]]):
    """The words and their kinds by first letter. `build` describes the file."""

    def __init__(self) -> None:
        super().__init__({"": {}})
        self._file = FILE.read_bytes()
        head, _, _ = self._file.partition(b"\n")
        self._start = len(head) + 1
        rows = (row.split("\t") for row in head.decode().split("\v"))
        self._places = {letter: (int(start), int(end)) for letter, start, end in rows}

    def __missing__(self, letter: str) -> dict[str, int]:
        start, end = self._places.get(letter, (0, 0))
        content = zlib.decompress(self._file[self._start + start : self._start + end]) if end else b""
        words = content.decode().split("\n") if content else []
        kinds = words.pop().encode("latin-1") if words else b""
        self[letter] = found = dict(zip(words, kinds, strict=True))
        return found


@cache
def _open() -> _Lexicon:
    return _Lexicon()


def words_from(letter: str) -> dict[str, int]:
    """Return the words that begin with a letter, folded and without half-spaces, and the bits of their kinds."""
    return _open()[letter]


def kind_of(key: str) -> int:
    """Return the bits of a folded word without half-spaces: 0 where it is not known."""
    return _open()[key[:1]].get(key, 0)
