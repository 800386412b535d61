"""The chain from a text to its tokens and terms, each distinct written form worked out once.

text → written forms, by white space → those that belong together → words, each with its terms → tokens, numbered
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from searchkit.documents import Span, Token
from searchkit.persian.forms import Form, Word, binds, form_of, linked
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


class Analyzer:
    """Texts to tokens. Safe to share between threads; the same text gives the same tokens in every process.

    Attributes:
        name: Stored in an index, with
        fingerprint: hexadecimal digits that change when the tables or rules do.
    """

    name = "persian"

    def __init__(self) -> None:
        self._memo: dict[str, _Known] = {}

    @cached_property
    def fingerprint(self) -> str:
        """Hexadecimal digits that change when the tables or rules do."""
        digest = hashlib.blake2b(str(_RULES).encode(), digest_size=16)
        for path in sorted(Path(__file__).with_name("data").iterdir()):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()

    def analyze(self, text: str) -> list[Token]:
        """Return the tokens of the text in order; spans are code-point spans of `text` as given."""
        written, starts = _cut(text)
        forms = self._known(written)
        joint = [at for at, form in enumerate(forms) if form.terms[-1] is _JOINT]
        for first, end in reversed(dict.fromkeys(_units(forms, joint).values())):
            forms[first:end] = [self._together(text[starts[first] : starts[end - 1] + len(written[end - 1])])]
            del starts[first + 1 : end]
        words = [(start, *word) for start, form in zip(starts, forms, strict=True) for word in form.words]
        return [
            Token(text[at + start : at + end], at + start, at + end, position, key, lemma, terms)
            for position, (at, start, end, key, lemma, terms) in enumerate(words)
        ]

    def find(self, text: str, wanted: Wanted) -> list[Token]:
        """Return those tokens of `analyze(text)` whose terms are wanted, in less time."""
        written, starts = _cut(text)
        forms = self._known(written)
        places = _places(forms, wanted)
        units = _units(forms, [at for at in places if forms[at].terms[-1] is _JOINT])
        found: list[Token] = []
        end, more = 0, 0  # more words than written forms so far
        for at in places:
            if at < end:
                continue
            first, end = units.get(at, (at, at + 1))
            start, last = starts[first], end - 1
            form = forms[at] if first == last else self._together(text[start : starts[last] + len(written[last])])
            for position, word in enumerate(form.words, first + more):
                if wanted.meets(word.terms):
                    span = start + word.start, start + word.end
                    found.append(Token(text[slice(*span)], *span, position, word.key, word.lemma, word.terms))
            more += len(form.words) - (end - first)
        return found

    def encoder(self) -> Encoder:
        """Return a new encoder of texts as numbers: the same terms at the same positions, for many texts at once."""
        from searchkit.persian.encoder import Encoder  # noqa: PLC0415 - numpy, only where it is needed

        return Encoder()

    def _known(self, written: Sequence[str]) -> list[_Known]:
        """Return what is known of each written form alone."""
        try:
            return list(map(self._memo.__getitem__, written))
        except KeyError:
            found = {form: known for form in set(written) if (known := self._memo.get(form))}
        new = {form: _of_form(form_of(form)) for form in set(written) - found.keys()}
        self._remember(new)
        found |= new
        return list(map(found.__getitem__, written))

    def _together(self, written: str) -> _Known:
        """Return what is known of several written forms that belong together."""
        known = self._memo.get(written)
        if known is None:
            known = _of_form(form_of(written))
            self._remember({written: known})
        return known

    def _remember(self, new: dict[str, _Known]) -> None:
        if len(self._memo) + len(new) > _REMEMBERED:
            self._memo.clear()
        self._memo.update(pair for pair in new.items() if len(pair[0]) <= _LONGEST_REMEMBERED)


class _Known(NamedTuple):
    """What is known of a written form: the terms of all its words, the words, and what `linked` asks of its edges.

    `_JOINT` ends the terms of a form that is more or less than one word, or that binds.
    """

    terms: tuple[str, ...]
    words: tuple[Word, ...]
    gives: int
    takes: int


def _of_form(form: Form) -> _Known:
    words, gives, takes = form
    if len(words) == 1 and not binds(gives, takes):
        return _Known(words[0].terms, *form)
    return _Known((*(term for word in words for term in word.terms), _JOINT), *form)


def _places(forms: Sequence[_Known], wanted: Wanted) -> list[int]:
    """Return which written forms may hold what is wanted, and those marked `_JOINT`."""
    lacks, prefixes = wanted.terms.union((_JOINT,)).isdisjoint, wanted.prefixes
    if prefixes:
        return [at for at, form in enumerate(forms) if not lacks(form.terms) or form.terms[0].startswith(prefixes)]
    return [at for at, form in enumerate(forms) if not lacks(form.terms)]


def _units(forms: Sequence[_Known], places: Iterable[int]) -> dict[int, Span]:
    """Return which forms belong to those at some places: by each of them, the first and the one after the last."""
    units: dict[int, Span] = {}
    end = 0
    for at in places:
        if at >= end:
            first, end = at, at + 1
            while first and _linked(forms, first):
                first -= 1
            while end < len(forms) and _linked(forms, end):
                end += 1
            if end - first > 1:
                units |= dict.fromkeys(range(first, end), (first, end))
    return units


def _linked(forms: Sequence[_Known], at: int) -> int:
    """Return something other than 0 where a form belongs to the one before it."""
    left = forms[at - 1]
    return linked(forms[at - 2].gives if at > 1 else 0, left.takes, left.gives, forms[at].takes)


def _cut(text: str) -> tuple[list[str], list[int]]:
    """Return what stands between white space, and where each begins."""
    written: list[str] = []
    starts: list[int] = []
    begin = 0
    for line in text.split("\n"):
        if forms := line.split():
            ends = list(accumulate(map(len, forms), initial=begin))
            if ends[-1] - begin + len(forms) - 1 == len(line.rstrip()):  # one blank between each two
                starts += map(add, ends, range(len(forms)))
            else:
                starts += [begin + match.start() for match in _WRITTEN.finditer(line)]
            written += forms
        begin += len(line) + 1
    return written, starts
