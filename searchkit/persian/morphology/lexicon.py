"""Which words does Persian have, and how sure is that? Opened a first letter at a time, when first asked.

>>> from searchkit.persian.morphology.lexicon import HEAD, kind_of
>>> bool(kind_of("ایران") & HEAD), kind_of("تهر") & HEAD
(True, 0)
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Protocol

import zstandard

from searchkit.persian.text.fold import DATA

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

LEXICON_FILE = DATA / "lexicon.bin"
BEGINNING = 6
"""Bytes in UTF-8 that the words of a group begin with: three letters."""
_PAYING = 64
"""Making a dictionary of words takes as long as a look-up in their groups for each so many bytes of them."""


class WordKinds(Protocol):
    """WordKinds and the bits of their kinds."""

    def get(self, key: str, default: int, /) -> int:
        """Return the bits of a word, or the default where it is not among these."""

    def __contains__(self, key: object, /) -> bool: ...


class _Lexicon(dict[str, WordKinds]):
    """The words and their kinds by first letter. `build` describes the file."""

    def __init__(self) -> None:
        super().__init__({"": {}})
        self._file = LEXICON_FILE.read_bytes()
        head, _, _ = self._file.partition(b"\n")
        self._start = len(head) + 1
        rows = (row.split("\t") for row in head.decode().split("\v"))
        self._places = {letter: (int(start), int(end)) for letter, start, end in rows}

    @property
    def letters(self) -> Iterable[str]:
        """The first letters that words have."""
        return self._places

    def __missing__(self, letter: str) -> WordKinds:
        start, end = self._places.get(letter, (0, 0))
        content = zstandard.decompress(self._file[self._start + start : self._start + end]) if end else b""
        parts = content.split(b"\v")
        groups = dict(zip(parts[::2], parts[1::2], strict=False))
        self[letter] = found = _Groups(self, letter, groups, len(content) // _PAYING)
        return found


class _Groups:
    """The words of a letter in groups. They become a dictionary when so many look-ups have cost as much as making it.

    Args:
        lexicon: Where the dictionary takes this one's place,
        letter: under this letter.
        groups: Lines of words with their kinds by the beginning of the words, as the file has them.
        most: How many look-ups are made in them.
    """

    def __init__(self, lexicon: _Lexicon, letter: str, groups: dict[bytes, bytes], most: int) -> None:
        self._lexicon, self._letter = lexicon, letter
        self._groups = groups
        self._left = most

    def get(self, key: str, default: int) -> int:
        self._left -= 1
        if not self._left:
            self.replace()
        word = key.encode()
        rest = word[BEGINNING:]
        lines = self._groups.get(word[:BEGINNING], b"")
        at = lines.find(b"\n" + rest + b"\t")
        return default if at < 0 else lines[at + len(rest) + 2]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key, -1) >= 0

    def replace(self) -> None:
        """Put a dictionary of the words in this one's place."""
        groups = ((beginning, lines.split(b"\n")[1:-1]) for beginning, lines in self._groups.items())
        words = {(beginning + line[:-2]).decode(): line[-1] for beginning, lines in groups for line in lines}
        self._lexicon[self._letter] = words


@cache
def _open() -> _Lexicon:
    return _Lexicon()


def words_from(letter: str) -> WordKinds:
    """Return the words that begin with a letter, folded and without half-spaces, and the bits of their kinds."""
    return _open()[letter]


def expect_many() -> None:
    """Make a dictionary of each letter's words now, as thousands of look-ups will follow."""
    lexicon = _open()
    for letter in lexicon.letters:
        words = lexicon[letter]
        if isinstance(words, _Groups):
            words.replace()


def kind_of(key: str) -> int:
    """Return the bits of a folded word without half-spaces: 0 where it is not known."""
    return _open()[key[:1]].get(key, 0)
