"""The chain from a text to its tokens and terms, each distinct written form worked out once.

text → written forms, by white space → those that belong together → words, each with its terms → tokens, numbered
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.documents import Span, Token
from searchkit.persian.forms import Word
from searchkit.persian.memory import JOINT, Gist, Memory, Words, units
from searchkit.persian.terms import Wanted

if TYPE_CHECKING:
    from searchkit.persian.encoder import Encoder

_RULES = 1
"""Goes up when a change of the code alone changes terms."""

_WRITTEN = re.compile(r"\S+")


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
        """Hexadecimal digits that change when the tables or rules do: a CRC-32 of all of them."""
        sum_ = zlib.crc32(str(_RULES).encode())
        for path in sorted(Path(__file__).with_name("data").iterdir()):
            sum_ = zlib.crc32(path.name.encode() + path.read_bytes(), sum_)
        return f"{sum_:08x}"

    def analyze(self, text: str) -> list[Token]:
        """Return the tokens of the text in order; spans are code-point spans of `text` as given."""
        cut = _Cut(text)
        gists = self._memory.gists(cut.written)
        joint = [at for at, gist in enumerate(gists) if gist[0][-1] is JOINT]
        joined = units(gists, joint)
        starts = cut.starts()
        tokens: list[Token] = []
        done = more = 0  # more words than written forms so far
        for at in joint:
            if at >= done:
                first, end = joined.get(at, (at, at + 1))
                tokens += _plain(cut, starts, gists, (done, first), more)
                words = self._words(cut, gists, (first, end))
                tokens += [_token(cut, first, position, word) for position, word in enumerate(words, first + more)]
                more += len(words) - (end - first)
                done = end
        return tokens + _plain(cut, starts, gists, (done, len(gists)), more)

    def find(self, text: str, wanted: Wanted) -> list[Token]:
        """Return those tokens of `analyze(text)` whose terms are wanted, in less time."""
        cut = _Cut(text)
        gists = self._memory.gists(cut.written)
        places = _places(gists, wanted)
        joined = units(gists, [at for at in places if gists[at][0][-1] is JOINT])
        found: list[Token] = []
        done = more = 0  # more words than written forms so far
        for at in places:
            if at < done:
                continue
            first, done = joined.get(at, (at, at + 1))
            terms, _, _, start, end, key, lemma, _ = gists[at]
            if done - first == 1 and terms[-1] is not JOINT:
                found.append(_token(cut, at, at + more, Word(start, end, key, lemma, terms)))
                continue
            words = self._words(cut, gists, (first, done))
            for position, word in enumerate(words, first + more):
                if wanted.meets(word.terms):
                    found.append(_token(cut, first, position, word))
            more += len(words) - (done - first)
        return found

    def _words(self, cut: _Cut, gists: Sequence[Gist], span: Span) -> Words:
        """Return the words of several written forms that belong together, or of one that is `JOINT` but alone."""
        first, end = span
        if end - first > 1:
            return self._memory.together(cut.slice(first, end))
        terms, _, _, start, stop, key, lemma, words = gists[first]
        return (Word(start, stop, key, lemma, terms[:-1]),) if key else words

    def encoder(self) -> Encoder:
        """Return a new encoder of texts as numbers: the same terms at the same positions, for many texts at once."""
        from searchkit.persian.encoder import Encoder  # noqa: PLC0415 - numpy, only where it is needed

        return Encoder()


class _Cut:
    """A text cut by white space.

    Attributes:
        text: The text.
        written: What stands between white space.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.written: list[str] = []
        self._runs: list[int] = []  # written forms with one blank between each two: the first of each run,
        self._begins: list[int] = []  # and where it begins
        begin = 0
        for line in text.split("\n"):
            if forms := line.split():
                if len("".join(forms)) + len(forms) - 1 == len(line.rstrip()):
                    self._runs.append(len(self.written))
                    self._begins.append(begin)
                else:
                    self._runs += range(len(self.written), len(self.written) + len(forms))
                    self._begins += [begin + match.start() for match in _WRITTEN.finditer(line)]
                self.written += forms
            begin += len(line) + 1

    @cached_property
    def _ends(self) -> list[int]:
        """Where each written form would begin if nothing stood between them."""
        return list(accumulate(map(len, self.written), initial=0))

    def start(self, at: int) -> int:
        """Return where a written form begins."""
        run = bisect_right(self._runs, at) - 1
        first = self._runs[run]
        return self._begins[run] + self._ends[at] - self._ends[first] + at - first

    def starts(self) -> list[int]:
        """Return where each written form begins."""
        found: list[int] = []
        for (first, end), begin in zip(pairwise([*self._runs, len(self.written)]), self._begins, strict=True):
            more = begin - self._ends[first]
            found += map(add, self._ends[first:end], range(more, more + end - first))
        return found

    def slice(self, first: int, end: int) -> str:
        """Return the text from one written form to the last before another."""
        return self.text[self.start(first) : self.start(end - 1) + len(self.written[end - 1])]


def _places(gists: Sequence[Gist], wanted: Wanted) -> list[int]:
    """Return which written forms may hold what is wanted, and those marked `JOINT`."""
    lacks, prefixes = wanted.terms.union((JOINT,)).isdisjoint, wanted.prefixes
    if prefixes:
        return [at for at, gist in enumerate(gists) if not lacks(gist[0]) or gist[0][0].startswith(prefixes)]
    return [at for at, gist in enumerate(gists) if not lacks(gist[0])]


def _plain(cut: _Cut, starts: Sequence[int], gists: Sequence[Gist], span: Span, more: int) -> list[Token]:
    """Return the tokens of written forms that are not `JOINT`: one each."""
    here = slice(*span)
    forms = zip(cut.written[here], starts[here], gists[here], strict=True)
    return [
        Token(written[start:end], at + start, at + end, position, key, lemma, terms)
        for position, (written, at, (terms, _, _, start, end, key, lemma, _)) in enumerate(forms, span[0] + more)
    ]


def _token(cut: _Cut, first: int, position: int, word: Word) -> Token:
    """Return the token of a word of the written forms that begin with the one given."""
    begin = cut.start(first)
    start, end = begin + word.start, begin + word.end
    return Token(cut.text[start:end], start, end, position, word.key, word.lemma, word.terms)
