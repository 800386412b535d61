"""Which words does Persian have, and how sure is that? Opened a first letter at a time, when first asked.

>>> from searchkit.persian.lexicon import HEAD, kind_of
>>> bool(kind_of("ایران") & HEAD), kind_of("تهر") & HEAD
(True, 0)
"""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path

HEAD = 1
"""A dictionary form: nothing comes off it, and endings that may be part of a word come off down to it."""
SURE = 2
"""A dictionary form that stays one even where a verb has the same form."""
BASE = 4
"""A word, perhaps an inflected one: endings that are seldom part of a word come off down to it."""
ADJECTIVE = 8
"""A dictionary form that takes تر."""

FILE = Path(__file__).parent.parent / "data" / "lexicon.bin"


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
        if start == end:
            return {}
        kinds, _, words = zlib.decompress(self._file[self._start + start : self._start + end]).partition(b"\n")
        self[letter] = found = dict(zip(words.decode().split("\n"), (kind - ord("0") for kind in kinds), strict=True))
        return found


@cache
def _open() -> _Lexicon:
    return _Lexicon()


def kind_of(key: str) -> int:
    """Return the bits HEAD, SURE, BASE and ADJECTIVE of a folded word without half-spaces: 0 where it is not known."""
    return _open()[key[:1]].get(key, 0)
