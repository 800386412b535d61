"""The chain from a text to its tokens and terms, each distinct written form worked out once.

text → written forms, by white space → those that belong together → words, each with its terms → tokens, numbered
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from searchkit.documents import Span, Token
from searchkit.persian.forms import Word
from searchkit.persian.memory import JOINT, Gist, Memory, units
from searchkit.persian.terms import Wanted

if TYPE_CHECKING:
    from searchkit.persian.encoder import Encoder

_RULES = 1
"""Goes up when a change of the code alone changes terms."""

_WRITTEN = re.compile(r"\S+")

Words: TypeAlias = tuple[Word, ...]


class Analyzer:
    """Texts to tokens. Safe to share between threads; the same text gives the same tokens in every process.

    Attributes:
        name: Stored in an index, with
        fingerprint: hexadecimal digits that change when the tables or rules do.
    """

    name = "persian"

    def __init__(self) -> None:
        self._memory = Memory()

    @cached_property
    def fingerprint(self) -> str:
        """Hexadecimal digits that change when the tables or rules do."""
        digest = hashlib.blake2b(str(_RULES).encode(), digest_size=16)
        for path in sorted(Path(__file__).with_name("data").iterdir()):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()

    def analyze(self, text: str) -> list[Token]:
        """Return the tokens of the text in order; spans are code-point spans of `text` as given."""
        cut = _Cut(text)
        gists = self._memory.gists(cut.written)
        joint = [at for at, gist in enumerate(gists) if gist[0][-1] is JOINT]
        tokens: list[Token] = []
        done = more = 0  # more words than written forms so far
        for first, end, words in self._closely(cut, gists, joint):
            tokens += _plain(cut, gists, (done, first), more)
            tokens += [_token(cut, first, position, word) for position, word in enumerate(words, first + more)]
            more += len(words) - (end - first)
            done = end
        return tokens + _plain(cut, gists, (done, len(gists)), more)

    def find(self, text: str, wanted: Wanted) -> list[Token]:
        """Return those tokens of `analyze(text)` whose terms are wanted, in less time."""
        cut = _Cut(text)
        gists = self._memory.gists(cut.written)
        found: list[Token] = []
        more = 0  # words than written forms so far
        for first, end, words in self._closely(cut, gists, _places(gists, wanted)):
            for position, word in enumerate(words, first + more):
                if wanted.meets(word.terms):
                    found.append(_token(cut, first, position, word))
            more += len(words) - (end - first)
        return found

    def _closely(self, cut: _Cut, gists: Sequence[Gist], places: Sequence[int]) -> Iterator[tuple[int, int, Words]]:
        """Yield the written forms at some places, with those that belong to them, and their words.

        The forms are given as the first of them and the one after the last.
        """
        joined = units(gists, [at for at in places if gists[at][0][-1] is JOINT])
        end = 0
        for at in places:
            if at >= end:
                first, end = joined.get(at, (at, at + 1))
                terms, _, _, start, stop, key, lemma = gists[at]
                if terms[-1] is JOINT or at in joined:
                    yield first, end, self._memory.form(cut.slice(first, end)).words
                else:
                    yield first, end, (Word(start, stop, key, lemma, terms),)

    def encoder(self) -> Encoder:
        """Return a new encoder of texts as numbers: the same terms at the same positions, for many texts at once."""
        from searchkit.persian.encoder import Encoder  # noqa: PLC0415 - numpy, only where it is needed

        return Encoder()


class _Cut:
    """A text cut by white space.

    Attributes:
        text: The text.
        written: What stands between white space,
        starts: and where each begins.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.written: list[str] = []
        self.starts: list[int] = []
        begin = 0
        for line in text.split("\n"):
            if forms := line.split():
                ends = list(accumulate(map(len, forms), initial=begin))
                if ends[-1] - begin + len(forms) - 1 == len(line.rstrip()):  # one blank between each two
                    self.starts += map(add, ends, range(len(forms)))
                else:
                    self.starts += [begin + match.start() for match in _WRITTEN.finditer(line)]
                self.written += forms
            begin += len(line) + 1

    def slice(self, first: int, end: int) -> str:
        """Return the text from one written form to the last before another."""
        if end - first == 1:
            return self.written[first]
        return self.text[self.starts[first] : self.starts[end - 1] + len(self.written[end - 1])]


def _places(gists: Sequence[Gist], wanted: Wanted) -> list[int]:
    """Return which written forms may hold what is wanted, and those marked `JOINT`."""
    lacks, prefixes = wanted.terms.union((JOINT,)).isdisjoint, wanted.prefixes
    if prefixes:
        return [at for at, (terms, *_) in enumerate(gists) if not lacks(terms) or terms[0].startswith(prefixes)]
    return [at for at, gist in enumerate(gists) if not lacks(gist[0])]


def _plain(cut: _Cut, gists: Sequence[Gist], span: Span, more: int) -> list[Token]:
    """Return the tokens of written forms that are not `JOINT`: one each."""
    here = slice(*span)
    forms = zip(cut.written[here], cut.starts[here], gists[here], strict=True)
    return [
        Token(written[start:end], at + start, at + end, position, key, lemma, terms)
        for position, (written, at, (terms, _, _, start, end, key, lemma)) in enumerate(forms, span[0] + more)
    ]


def _token(cut: _Cut, first: int, position: int, word: Word) -> Token:
    start, end = cut.starts[first] + word.start, cut.starts[first] + word.end
    return Token(cut.text[start:end], start, end, position, word.key, word.lemma, word.terms)
