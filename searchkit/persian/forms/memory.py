"""What is known of the written forms met of late? Each is worked out once, those of one text together.

Most forms are one word and stand alone. A few hold more or fewer words, or rules may join them to others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, count
from typing import TypeAlias

from searchkit.documents import Span
from searchkit.persian.forms.form import Word, binds, edges, form_of, known, linked
from searchkit.persian.text.fold import fold_words
from searchkit.persian.text.tokens import single_words

_REMEMBERED = 3 << 16  # forms: some 180 MB
_LONGEST_REMEMBERED = 128

Words: TypeAlias = tuple[Word, ...]

Gist: TypeAlias = tuple[tuple[str, ...], int, int, int, int, str, str, Words]
"""Of a written form the terms of all its words and what `linked` asks of its edges; the span within the form, the key
and the lemma of its one word; or else, the key being empty, whatever words it has.

Signs at the edges are not heeded: forms that are taken together without need give the same words as each alone. It is
a plain tuple, as there are many of them, and of these the garbage collector takes no notice.
"""


class Known:
    """What is known of written forms. It only grows; threads may read it while others add to it.

    Attributes:
        gists: The gist of each form, here only once the form is in all that follows.
        holders: By each term the forms that hold it.
        binding: The forms that rules may join to others.
        special: These, and the forms that are more or less than one word.
    """

    def __init__(self) -> None:
        self.gists: dict[str, Gist] = {}
        self.holders: dict[str, list[str]] = {}
        self.binding: set[str] = set()
        self.special: set[str] = set()

    def add(self, form: str, gist: Gist) -> None:
        """Add a form; two threads may add the same."""
        terms, gives, takes, _, _, key, _, _ = gist
        for term in terms:
            self.holders.setdefault(term, []).append(form)
        if binds(gives, takes):
            self.binding.add(form)
        if not key or form in self.binding:
            self.special.add(form)
        self.gists[form] = gist


class Memory:
    """What has been worked out. Safe to share between threads."""

    def __init__(self) -> None:
        self._known = Known()
        self._together = _Together()

    def together(self, written: str) -> Words:
        """Return the words of several written forms that belong together."""
        return self._together[written]

    def learn(self, forms: set[str]) -> Known:
        """Return what is known, all of these forms among it; of these alone if some are too long to be remembered."""
        known = self._known
        if not (new := forms.difference(known.gists)):
            return known
        if len(known.gists) > _REMEMBERED:
            known = self._known = Known()  # other threads go on with theirs
            new = forms
        gists = dict(_work_out(list(new)))
        for form, gist in gists.items():
            if len(form) <= _LONGEST_REMEMBERED:
                known.add(form, gist)
        if known.gists.keys() >= gists.keys():
            return known
        these = Known()
        for form in forms:
            these.add(form, gists.get(form) or known.gists[form])
        return these


def _work_out(written: Sequence[str]) -> Iterator[tuple[str, Gist]]:
    """Yield written forms with their gists. Words are folded together, which takes less time."""
    singles = single_words(written)
    folded = fold_words([word for _, word, _ in singles])
    for form, (before, single, _), word in zip(written, singles, folded, strict=bool(written)):
        if word and " " not in word:  # a ligature may hold several words
            key, lemma, terms = known("word", word)
            start = len(before)
            yield form, (terms, *edges("word", word), start, start + len(single), key, lemma, ())
            continue
        words, gives, takes = form_of(form)
        if len(words) == 1:
            (one,) = words
            yield form, (one.terms, gives, takes, one.start, one.end, one.key, one.lemma, ())
        else:
            terms = tuple([term for each in words for term in each.terms])
            yield form, (terms, gives, takes, 0, 0, "", "", words)


class _Together(dict[str, Words]):
    def __missing__(self, written: str) -> Words:
        words = form_of(written).words
        if len(written) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[written] = words
        return words


def places(written: Iterable[str], forms: set[str]) -> list[int]:
    """Return where some forms are among those of a text."""
    return list(compress(count(), map(forms.__contains__, written)))


def units(written: Sequence[str], gists: Mapping[str, Gist], binding: Iterable[int]) -> dict[int, Span]:
    """Return which forms belong together: by each of them, the first and the one after the last.

    `binding` are the places of those that rules may join to others.
    """
    found: dict[int, Span] = {}
    end = 0
    for at in binding:
        if at >= end:
            first, end = at, at + 1
            while first and _linked(written, gists, first):
                first -= 1
            while end < len(written) and _linked(written, gists, end):
                end += 1
            if end - first > 1:
                found |= dict.fromkeys(range(first, end), (first, end))
    return found


def _linked(written: Sequence[str], gists: Mapping[str, Gist], at: int) -> int:
    """Return something other than 0 where a form belongs to the one before it."""
    left = gists[written[at - 1]]
    before = gists[written[at - 2]][1] if at > 1 else 0
    return linked(before, left[2], left[1], gists[written[at]][2])
