"""What is known of the written forms met of late? Each is worked out once, those of one text together.

Most forms are one word and stand alone. A few hold more or fewer words, or rules may join them to others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, count
from typing import Final, TypeAlias

from searchkit.documents import Span
from searchkit.persian.forms.form import MOST_TOGETHER, FormWord, binds, form_of, joints, known, linked
from searchkit.persian.terms import signed
from searchkit.persian.text.fold import fold_words, signs_of
from searchkit.persian.text.tokens import single_words

_REMEMBERED = 3 << 16  # forms: some 180 MB
_LETTERS = 1 << 21  # of all of them: a long one may be a list of words
_LONGEST_REMEMBERED = 128
_LONGEST_SHOWN = 1 << 17

LONGEST_LOOKED_AT = 1024
"""Code points of a form that are looked at where what is shown is looked for: what is longer is data, hardly words."""

FormWords: TypeAlias = tuple[FormWord, ...]

FormInfo: TypeAlias = tuple[tuple[str, ...], int, int, int, int, str, str, FormWords]
"""Of a written form the terms of all its words and its joints, right and left; the span within the form, the key and
the lemma of its one word; or else, the key being empty, whatever words it has.

Signs at the edges are not heeded: forms that are taken together without need give the same words as each alone. It is
a plain tuple, as there are many of them, and of these the garbage collector takes no notice.
"""
JOINS_RIGHT: Final = 1
JOINS_LEFT: Final = 2
KEY: Final = 5
WORDS: Final = 7


class KnownForms:
    """What is known of written forms. It only grows; threads may read it while others add to it.

    Attributes:
        infos: The info of each form, here only once the form is in all that follows.
        forms_by_term: By each term the forms that hold it.
        binding: The forms that rules may join to others.
        special: These, and the forms that are more or less than one word.
        letters: How many code points all forms have.
    """

    def __init__(self) -> None:
        self.infos: dict[str, FormInfo] = {}
        self.forms_by_term: dict[str, list[str]] = {}
        self.binding: set[str] = set()
        self.special: set[str] = set()
        self.letters = 0

    def add(self, form: str, info: FormInfo) -> None:
        """Add a form; two threads may add the same."""
        terms, joins_right, joins_left, _, _, key, _, _ = info
        for term in terms:
            self.forms_by_term.setdefault(term, []).append(form)
        if binds(joins_right, joins_left):
            self.binding.add(form)
        if not key or form in self.binding:
            self.special.add(form)
        self.letters += len(form)
        self.infos[form] = info


class Memory:
    """What has been worked out. Safe to share between threads.

    Args:
        beginnings: Of forms longer than `LONGEST_LOOKED_AT` only the beginning is looked at, as if the rest were signs,
            and they belong to no others.
    """

    def __init__(self, *, beginnings: bool = False) -> None:
        self._longest = LONGEST_LOOKED_AT if beginnings else None
        self._longest_remembered = _LONGEST_SHOWN if beginnings else _LONGEST_REMEMBERED
        self._known = KnownForms()
        self._together = _Together()

    def together(self, written: str) -> FormWords:
        """Return the words of several written forms that belong together."""
        return self._together[written]

    def learn(self, forms: set[str]) -> KnownForms:
        """Return what is known, all of these forms among it; of these alone if some are too long to be remembered."""
        known = self._known
        if not (new := forms.difference(known.infos)):
            return known
        if len(known.infos) > _REMEMBERED or known.letters > _LETTERS:
            known = self._known = KnownForms()  # other threads go on with theirs
            new = forms
        infos = dict(zip(new, _work_out([form[: self._longest] for form in new]), strict=True))
        for form, info in infos.items():
            if self._longest is not None and len(form) > self._longest:
                infos[form] = (info[0], 0, 0, *info[3:])
            if len(form) <= self._longest_remembered:
                known.add(form, infos[form])
        if known.infos.keys() >= infos.keys():
            return known
        these = KnownForms()
        for form in forms:
            these.add(form, infos.get(form) or known.infos[form])
        return these


def _work_out(written: Sequence[str]) -> Iterator[FormInfo]:
    """Yield what is known of written forms. Words are folded together, which takes less time."""
    singles = single_words(written)
    folded = fold_words([word for _, word, _ in singles])
    for form, (before, single, _), word in zip(written, singles, folded, strict=bool(written)):
        if word and " " not in word:  # a ligature may hold several words
            key, lemma, terms = known("word", word)
            if signs := signs_of(single):
                terms += (signed(lemma, signs),)
            start = len(before)
            yield terms, *joints("word", word), start, start + len(single), key, lemma, ()
            continue
        words, joins_right, joins_left = form_of(form)
        if len(words) == 1:
            (one,) = words
            yield one.terms, joins_right, joins_left, one.start, one.end, one.key, one.lemma, ()
        else:
            terms = tuple([term for each in words for term in each.terms])
            yield terms, joins_right, joins_left, 0, 0, "", "", words


class _Together(dict[str, FormWords]):
    letters = 0

    def __missing__(self, written: str) -> FormWords:
        words = form_of(written).words
        if len(written) <= LONGEST_LOOKED_AT:
            if len(self) >= _REMEMBERED or self.letters > _LETTERS:
                self.clear()
                self.letters = 0
            self.letters += len(written)
            self[written] = words
        return words


def places(written: Iterable[str], forms: set[str]) -> list[int]:
    """Return where some forms are among those of a text."""
    return list(compress(count(), map(forms.__contains__, written)))


def units(written: Sequence[str], infos: Mapping[str, FormInfo], binding: Iterable[int]) -> dict[int, Span]:
    """Return which forms belong together: by each of them, the first and the one after the last.

    `binding` are the places of those that rules may join to others.
    """
    found: dict[int, Span] = {}
    end = 0
    for at in binding:
        if at >= end:
            first, end = at, at + 1
            while first and _linked(written, infos, first):
                first -= 1
            while end < len(written) and _linked(written, infos, end):
                end += 1
            if 1 < end - first <= MOST_TOGETHER:
                found |= dict.fromkeys(range(first, end), (first, end))
    return found


def _linked(written: Sequence[str], infos: Mapping[str, FormInfo], at: int) -> int:
    """Return something other than 0 where a form belongs to the one before it."""
    left = infos[written[at - 1]]
    before = infos[written[at - 2]][JOINS_RIGHT] if at > 1 else 0
    return linked(before, left[JOINS_LEFT], left[JOINS_RIGHT], infos[written[at]][JOINS_LEFT])
