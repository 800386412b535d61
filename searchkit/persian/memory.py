"""What is known of the written forms met of late? Each is worked out once, those of one text together.

Most forms are one word and stand alone; of these a gist is enough. The others, marked `JOINT`, need a closer look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from searchkit.documents import Span
from searchkit.persian.fold import fold_words
from searchkit.persian.forms import Word, binds, edges, form_of, known, linked
from searchkit.persian.tokens import single_words

_REMEMBERED = 3 << 16  # forms: some 160 MB
_LONGEST_REMEMBERED = 128

JOINT = ""
"""Ends the terms of a written form that is more or less than one word, or that rules may join to others."""

Words: TypeAlias = tuple[Word, ...]

Gist: TypeAlias = tuple[tuple[str, ...], int, int, int, int, str, str, Words]
"""Of a written form the terms of all its words and what `linked` asks of its edges; the span within the form, the key
and the lemma of its one word of the Persian alphabet; or else, the key being empty, whatever words it has.

Signs at the edges are not heeded: forms that are taken together without need give the same words as each alone. It is
a plain tuple, as there are many of them, and of these the garbage collector takes no notice.
"""


class Memory:
    """What has been worked out. Safe to share between threads."""

    def __init__(self) -> None:
        self._gists: dict[str, Gist] = {}
        self._together = _Together()

    def together(self, written: str) -> Words:
        """Return the words of several written forms that belong together."""
        return self._together[written]

    def gists(self, written: Sequence[str]) -> list[Gist]:
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

    @staticmethod
    def _work_out(written: Sequence[str]) -> Iterator[tuple[str, Gist]]:
        """Yield written forms with their gists. Words are folded together, which takes less time."""
        singles = single_words(written)
        folded = fold_words([word for _, word, _ in singles])
        for form, (before, single, _), word in zip(written, singles, folded, strict=bool(written)):
            if word and " " not in word:  # a ligature may hold several words
                key, lemma, terms = known("word", word)
                gives, takes = edges("word", word)
                marked = (*terms, JOINT) if binds(gives, takes) else terms
                start = len(before)
                yield form, (marked, gives, takes, start, start + len(single), key, lemma, ())
            else:
                words, gives, takes = form_of(form)
                terms = (*(term for each in words for term in each.terms), JOINT)
                yield form, (terms, gives, takes, 0, 0, "", "", words)


class _Together(dict[str, Words]):
    def __missing__(self, written: str) -> Words:
        words = form_of(written).words
        if len(written) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[written] = words
        return words


def units(gists: Sequence[Gist], places: Iterable[int]) -> dict[int, Span]:
    """Return which forms belong to those at some places: by each of them, the first and the one after the last."""
    found: dict[int, Span] = {}
    end = 0
    for at in places:
        if at >= end:
            first, end = at, at + 1
            while first and _linked(gists, first):
                first -= 1
            while end < len(gists) and _linked(gists, end):
                end += 1
            if end - first > 1:
                found |= dict.fromkeys(range(first, end), (first, end))
    return found


def _linked(gists: Sequence[Gist], at: int) -> int:
    """Return something other than 0 where a form belongs to the one before it."""
    left = gists[at - 1]
    return linked(gists[at - 2][1] if at > 1 else 0, left[2], left[1], gists[at][2])
