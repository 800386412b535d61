"""The chain from a text to its tokens and terms, each distinct written form worked out once.

text → written forms, by white space → those that belong together → words, each with its terms → tokens, numbered
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from searchkit.documents import Span, Token
from searchkit.persian.forms import Links, Word, linked, links_of, words_of
from searchkit.persian.terms import Wanted

_RULES = 1
"""Goes up when a change of the code alone changes terms."""

_REMEMBERED = 1 << 17
_LONGEST_REMEMBERED = 128

_WRITTEN = re.compile(r"\S+")

T = TypeVar("T")


class Analyzer:
    """Texts to tokens. Safe to share between threads; the same text gives the same tokens in every process.

    Attributes:
        name: Stored in an index, with
        fingerprint: hexadecimal digits that change when the tables or rules do.
    """

    name = "persian"

    def __init__(self) -> None:
        self._links = _Memo(links_of)
        self._words = _Memo(words_of)

    @cached_property
    def fingerprint(self) -> str:
        """Hexadecimal digits that change when the tables or rules do."""
        digest = hashlib.blake2b(str(_RULES).encode(), digest_size=16)
        for path in sorted(Path(__file__).parent.rglob("data/*")):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()

    def analyze(self, text: str) -> list[Token]:
        """Return the tokens of the text in order; spans are code-point spans of `text` as given."""
        words = ((start, word) for start, end in self._units(text) for word in self._words[text[start:end]])
        return [_token(text, start, position, word) for position, (start, word) in enumerate(words)]

    def find(self, text: str, wanted: Wanted) -> list[Token]:
        """Return those tokens of `analyze(text)` whose terms are wanted."""
        return [token for token in self.analyze(text) if wanted.meets(token.terms)]

    def _units(self, text: str) -> Iterator[Span]:
        """Return the spans of what is read at once: mostly one written form, or some in a row that belong together."""
        before = left = Links.NONE
        start = end = 0
        for match in _WRITTEN.finditer(text):
            right = self._links[match[0]]
            if not linked(before, left, right):
                if end:
                    yield start, end
                start = match.start()
            end = match.end()
            before, left = left, right
        if end:
            yield start, end


class _Memo(dict[str, T], Generic[T]):
    """What a function gives for a written form, kept for the latest ones."""

    def __init__(self, function: Callable[[str], T]) -> None:
        self._function = function

    def __missing__(self, written: str) -> T:
        result = self._function(written)
        if len(written) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[written] = result
        return result


def _token(text: str, offset: int, position: int, word: Word) -> Token:
    start, end = offset + word.start, offset + word.end
    return Token(text[start:end], start, end, position, word.key, word.lemma, word.terms)
