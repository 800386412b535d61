"""The chain from a text to its tokens and terms, each distinct written form worked out once.

text → written forms, by white space → those that belong together → words, each with its terms → tokens, numbered
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.documents import Span, Token
from searchkit.persian.forms.finder import Finder
from searchkit.persian.forms.form import tokens_of
from searchkit.persian.forms.memory import KEY, WORDS, FormInfo, Memory, places, units
from searchkit.persian.terms import Wanted

if TYPE_CHECKING:
    from searchkit.persian.bulk.encoder import Encoder

_RULES = 10
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
        self._shown = Memory(beginnings=True)

    @cached_property
    def fingerprint(self) -> str:
        """Hexadecimal digits that change when the tables or rules do: a CRC-32 of all of them."""
        sum_ = zlib.crc32(str(_RULES).encode())
        for path in sorted(Path(__file__).with_name("data").iterdir()):
            sum_ = zlib.crc32(path.name.encode() + path.read_bytes(), sum_)
        return f"{sum_:08x}"

    def analyze(self, text: str) -> list[Token]:
        """Return the tokens of the text in order; spans are code-point spans of `text` as given."""
        written, starts = _cut(text)
        forms = set(written)
        known = self._memory.learn(forms)
        infos = list(map(known.infos.__getitem__, written))
        special = places(written, forms & known.special)
        joined = units(written, known.infos, [at for at in special if written[at] in known.binding])
        tokens: list[Token] = []
        done = more = 0  # more words than written forms so far
        for at in special:
            if at < done or (at not in joined and infos[at][KEY]):
                continue
            first, end = joined.get(at, (at, at + 1))
            tokens += _plain(written, starts, infos, (done, first), more)
            words = infos[at][WORDS]
            if at in joined:
                words = self._memory.together(text[starts[first] : starts[end - 1] + len(written[end - 1])])
            tokens += tokens_of(words, text, starts[first], first + more)
            more += len(words) - (end - first)
            done = end
        return tokens + _plain(written, starts, infos, (done, len(infos)), more)

    def finder(self, wanted: Wanted) -> Finder:
        """Return what finds those tokens of texts whose terms are wanted, in less time than it takes to analyze."""
        return Finder(self._shown, wanted)

    def encoder(self) -> Encoder:
        """Return a new encoder of texts as numbers: the same terms at the same positions, for many texts at once."""
        from searchkit.persian.bulk.encoder import Encoder  # noqa: PLC0415 - numpy, only where it is needed

        return Encoder()


def _cut(text: str) -> tuple[list[str], list[int]]:
    """Return what stands between white space, and where each of it begins."""
    written: list[str] = []
    starts: list[int] = []
    begin = 0
    for line in text.split("\n"):
        forms = line.split()
        if len("".join(forms)) + len(forms) - 1 == len(line.rstrip()):  # one blank between each two
            starts += map(add, accumulate(map(len, forms), initial=begin), range(len(forms)))
        else:
            starts += [begin + match.start() for match in _WRITTEN.finditer(line)]
        written += forms
        begin += len(line) + 1
    return written, starts


def _plain(
    written: Sequence[str], starts: Sequence[int], infos: Sequence[FormInfo], span: Span, more: int
) -> list[Token]:
    """Return the tokens of written forms that are one word and stand alone."""
    here = slice(*span)
    forms = zip(written[here], starts[here], infos[here], strict=True)
    return [
        Token(form[start:end], at + start, at + end, position, key, lemma, terms)
        for position, (form, at, (terms, _, _, start, end, key, lemma, _)) in enumerate(forms, span[0] + more)
    ]
