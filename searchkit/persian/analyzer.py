"""The chain from a text to its tokens and terms, each distinct written form worked out once.

text → written forms, by white space → those that belong together → words, each with its terms → tokens, numbered
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from searchkit.documents import Span, Token
from searchkit.persian.forms import binds, form_of, linked
from searchkit.persian.terms import Wanted

if TYPE_CHECKING:
    from searchkit.persian.encoder import Encoder

_RULES = 1
"""Goes up when a change of the code alone changes terms."""

_REMEMBERED = 1 << 17
_LONGEST_REMEMBERED = 128

_JOINT = ""
"""Stands among the terms of a written form that is more or less than one word, or that rules may join to others."""

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
        self._forms = _Memo(form_of)
        self._terms = _Memo(self._terms_of)

    @cached_property
    def fingerprint(self) -> str:
        """Hexadecimal digits that change when the tables or rules do."""
        digest = hashlib.blake2b(str(_RULES).encode(), digest_size=16)
        for path in sorted(Path(__file__).parent.rglob("data/*")):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()

    def analyze(self, text: str) -> list[Token]:
        """Return the tokens of the text in order; spans are code-point spans of `text` as given."""
        written = text.split()
        starts = list(map(add, _before(text, written), range(len(written))))
        forms = list(map(self._forms.__getitem__, written))
        joint = [at for at, terms in enumerate(map(self._terms.__getitem__, written)) if _JOINT in terms]
        for first, end in reversed(list(self._units(written, joint))):
            if end - first > 1:
                forms[first:end] = [self._forms[text[starts[first] : starts[end - 1] + len(written[end - 1])]]]
                del starts[first + 1 : end]
        words = [(start, *word) for start, form in zip(starts, forms, strict=True) for word in form.words]
        return [
            Token(text[at + start : at + end], at + start, at + end, position, key, lemma, terms)
            for position, (at, start, end, key, lemma, terms) in enumerate(words)
        ]

    def find(self, text: str, wanted: Wanted) -> list[Token]:
        """Return those tokens of `analyze(text)` whose terms are wanted, in less time."""
        written = text.split()
        before = _before(text, written)
        found: list[Token] = []
        more = 0  # words than written forms so far
        for first, end in self._units(written, self._places(written, wanted)):
            at, last = before[first] + first, end - 1
            one = text[at : before[last] + last + len(written[last])] if last > first else written[first]
            words = self._forms[one].words
            for position, word in enumerate(words, first + more):
                if wanted.meets(word.terms):
                    span = at + word.start, at + word.end
                    found.append(Token(text[slice(*span)], *span, position, word.key, word.lemma, word.terms))
            more += len(words) - (end - first)
        return found

    def encoder(self) -> Encoder:
        """Return a new encoder of texts as numbers: the same terms at the same positions, for many texts at once."""
        from searchkit.persian.encoder import Encoder  # noqa: PLC0415 - numpy, only where it is needed

        return Encoder()

    def _places(self, written: Sequence[str], wanted: Wanted) -> list[int]:
        """Return which written forms hold what is wanted, are not one word, or may belong to their neighbours."""
        lacks, prefixes = wanted.terms.union((_JOINT,)).isdisjoint, wanted.prefixes
        known = map(self._terms.__getitem__, written)
        if prefixes:
            return [at for at, terms in enumerate(known) if not lacks(terms) or terms[0].startswith(prefixes)]
        return [at for at, without in enumerate(map(lacks, known)) if not without]

    def _units(self, written: Sequence[str], places: Iterable[int]) -> Iterator[Span]:
        """Return the written form at each place with those that belong to it: the first, and the one after the last."""
        end = 0
        for at in places:
            if at >= end:
                first, end = at, at + 1
                while first and self._linked(written, first):
                    first -= 1
                while end < len(written) and self._linked(written, end):
                    end += 1
                yield first, end

    def _linked(self, written: Sequence[str], at: int) -> int:
        """Return something other than 0 where a written form belongs to the one before it."""
        left, right = self._forms[written[at - 1]], self._forms[written[at]]
        gives_before = self._forms[written[at - 2]].gives if at > 1 else 0
        return linked(gives_before, left.takes, left.gives, right.takes)

    def _terms_of(self, written: str) -> tuple[str, ...]:
        """Return the terms of a written form, and `_JOINT` where it is not one word that no rule joins to others."""
        form = self._forms[written]
        if len(form.words) == 1 and not binds(form):
            return form.words[0].terms
        return (*(term for word in form.words for term in word.terms), _JOINT)


class _Memo(dict[str, T]):
    """What is known of the written forms met of late."""

    def __init__(self, work_out: Callable[[str], T]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, written: str) -> T:
        known = self._work_out(written)
        if len(written) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[written] = known
        return known


def _before(text: str, written: Sequence[str]) -> list[int]:
    """Return how many characters stand before each written form, not counting one before each but the first."""
    before = list(accumulate(map(len, written), initial=0))
    if before[-1] + len(written) - 1 == len(text):  # one blank between each two
        return before
    return [match.start() - at for at, match in enumerate(_WRITTEN.finditer(text))]
