"""The chain from a text to its tokens and terms, each distinct written form worked out once.

text → written forms, by white space → those that belong together → words, each with its terms → tokens, numbered
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from searchkit.documents import Span, Token
from searchkit.persian.fold import fold_words
from searchkit.persian.forms import Form, binds, edges, form_of, known, linked
from searchkit.persian.terms import Wanted
from searchkit.persian.tokens import single_words

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
        self._forms = _Forms()
        self._gists: dict[str, _Gist] = {}

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
        forms = list(map(self._forms.__getitem__, written))
        binding = [at for at, (_, gives, takes) in enumerate(forms) if binds(gives, takes)]
        for first, end in reversed(dict.fromkeys(_units(forms, binding).values())):
            forms[first:end] = [self._forms[text[starts[first] : starts[end - 1] + len(written[end - 1])]]]
            del starts[first + 1 : end]
        words = [(start, *word) for start, form in zip(starts, forms, strict=True) for word in form.words]
        return [
            Token(text[at + start : at + end], at + start, at + end, position, key, lemma, terms)
            for position, (at, start, end, key, lemma, terms) in enumerate(words)
        ]

    def find(self, text: str, wanted: Wanted) -> list[Token]:
        """Return those tokens of `analyze(text)` whose terms are wanted, in less time."""
        written, starts = _cut(text)
        gists = self._gists_of(written)
        places = _places(gists, wanted)
        units = _units(gists, [at for at in places if gists[at][0][-1] is _JOINT])
        found: list[Token] = []
        end, more = 0, 0  # more words than written forms so far
        for at in places:
            if at < end:
                continue
            first, end = units.get(at, (at, at + 1))
            start, last = starts[first], end - 1
            one = written[at] if first == last else text[start : starts[last] + len(written[last])]
            words = self._forms[one].words
            for position, word in enumerate(words, first + more):
                if wanted.meets(word.terms):
                    span = start + word.start, start + word.end
                    found.append(Token(text[slice(*span)], *span, position, word.key, word.lemma, word.terms))
            more += len(words) - (end - first)
        return found

    def encoder(self) -> Encoder:
        """Return a new encoder of texts as numbers: the same terms at the same positions, for many texts at once."""
        from searchkit.persian.encoder import Encoder  # noqa: PLC0415 - numpy, only where it is needed

        return Encoder()

    def _gists_of(self, written: Sequence[str]) -> list[_Gist]:
        """Return the gist of each written form."""
        gists = self._gists
        try:
            return list(map(gists.__getitem__, written))
        except KeyError:
            if len(gists) > _REMEMBERED:
                gists = self._gists = {}  # other threads go on with theirs
        new = dict(self._work_out([form for form in set(written) if form not in gists]))
        gists.update(pair for pair in new.items() if len(pair[0]) <= _LONGEST_REMEMBERED)
        return [new[form] if form in new else gists[form] for form in written]

    def _work_out(self, written: Sequence[str]) -> Iterator[tuple[str, _Gist]]:
        """Yield written forms with their gists. Words are folded together, which takes less time."""
        for form, folded in zip(written, fold_words(single_words(written)), strict=bool(written)):
            if folded and " " not in folded:  # a ligature may hold several words
                terms, size = known("word", folded).terms, 1
                gives, takes = edges("word", folded)
            else:
                words, gives, takes = self._forms[form]
                terms, size = tuple([term for word in words for term in word.terms]), len(words)
            yield form, ((*terms, _JOINT) if size != 1 or binds(gives, takes) else terms, gives, takes)


_Gist: TypeAlias = tuple[tuple[str, ...], int, int]
"""What finding needs to know of a written form: the terms of its words, and what `linked` asks of its edges.

`_JOINT` ends the terms of a form that is more or less than one word, or that binds. Signs at its edges are not heeded:
forms that are taken together without need give the same words as each alone. (A plain tuple, as there are many of
them, and of these the garbage collector takes no notice.)
"""


class _Forms(dict[str, Form]):
    """What is known of the written forms met of late, or of several that belong together."""

    def __missing__(self, written: str) -> Form:
        form = form_of(written)
        if len(written) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[written] = form
        return form


def _places(gists: Sequence[_Gist], wanted: Wanted) -> list[int]:
    """Return which written forms may hold what is wanted, and those marked `_JOINT`."""
    lacks, prefixes = wanted.terms.union((_JOINT,)).isdisjoint, wanted.prefixes
    if prefixes:
        return [at for at, (terms, *_) in enumerate(gists) if not lacks(terms) or terms[0].startswith(prefixes)]
    return [at for at, gist in enumerate(gists) if not lacks(gist[0])]


def _units(forms: Sequence[_Gist | Form], places: Iterable[int]) -> dict[int, Span]:
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


def _linked(forms: Sequence[_Gist | Form], at: int) -> int:
    """Return something other than 0 where a form belongs to the one before it."""
    _, gives_before, _ = forms[at - 2] if at > 1 else ((), 0, 0)
    (_, gives, takes_left), (_, _, takes) = forms[at - 1], forms[at]
    return linked(gives_before, takes_left, gives, takes)


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
