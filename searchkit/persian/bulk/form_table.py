"""What is known of written forms, as rows of numbers? Three tables, each worked out many rows at once.

forms, which stand between white space → parts of forms (words as written, numbers, signs) → folded words

Most forms are one word with signs around it or none, and need no parts. A form where words may be read together is left
to `form_of`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain, starmap
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from searchkit.persian.bulk.columns import Column, ColumnTable, RowNumbers, TermNumbers, TermRuns, ranges
from searchkit.persian.bulk.split import ShortForms, Split
from searchkit.persian.forms.form import (
    BESIDE,
    MOST_WORDS,
    Form,
    belong,
    form_of,
    is_blank,
    joining,
    joints,
    reading_of,
    together,
)
from searchkit.persian.morphology.lexicon import expect_many
from searchkit.persian.terms import SIGNED, index_terms, signed
from searchkit.persian.text import dates
from searchkit.persian.text.chars import DAGGER_ALEF, LETTERS
from searchkit.persian.text.fold import fold_words, signs_of, signs_together
from searchkit.persian.text.tokens import Kind, parts, single_words

_PARTS, _JOINS = 1, 2
"""Signs that keep words apart; words that `form_of` may read together with their neighbours."""

_MANY = 5000
"""New words of one call that pay for dictionaries of all that the lexicon holds."""

_PLAIN = re.compile(rf"[{LETTERS}].*|[A-Za-z]+|\d+").fullmatch


class _WordTable(ColumnTable):
    """Folded words of Persian, ASCII letters or digits; those written with signs by the word, `SIGNED` and the signs.

    Where the terms of each begin, how many there are, what it joins on its right and left (`Joint`), and `_JOINS`.
    """

    types: ClassVar = {"starts": "i", "counts": "i", "joins_right": "B", "joins_left": "B", "flags": "B"}

    def __init__(self, contents: TermRuns) -> None:
        super().__init__("")
        self._contents = contents

    def read(self, written: Sequence[str]) -> tuple[RowNumbers, list[str]]:
        """Return the rows of words as written, and by what string; nothing for a ligature, which may hold several."""
        folded = ["" if " " in word else word for word in fold_words(written)]
        named = [  # most words are written as they are folded
            word if (word == each and DAGGER_ALEF not in word) or not word else _named(word, signs_of(each))
            for word, each in zip(folded, written, strict=True)
        ]
        return self.rows(named), named

    def _work(self, new: Sequence[str]) -> Iterable[Sequence[int] | Column]:
        if len(new) > _MANY:
            expect_many()
        words, signs = list(new), {at: "" for at, each in enumerate(new) if SIGNED in each}
        for at in signs:
            words[at], _, signs[at] = new[at].partition(SIGNED)
        kinds = list(map(_kind, words))
        read = list(map(reading_of, kinds, words))
        terms = list(starmap(index_terms, read))
        for at, each in signs.items():
            terms[at] += (signed(read[at][1], each),)
        counts = np.fromiter(map(len, terms), np.int32, len(new))
        starts = counts.cumsum(dtype=np.int32) - counts + np.int32(len(self._contents))
        flat = list(chain.from_iterable(terms))
        self._contents.append(flat, [0] * len(flat))
        joins_right, joins_left = zip(*map(joints, kinds, words), strict=True)
        joins = joining()
        return starts, counts, joins_right, joins_left, [_JOINS if word in joins else 0 for word in words]


class _PartTable(ColumnTable):
    """Parts of forms: the columns of `_WordTable` for all words of one, and how many these are."""

    types: ClassVar = {**_WordTable.types, "sizes": "i"}

    def __init__(self, contents: TermRuns, words: _WordTable) -> None:
        super().__init__("\n")
        self._contents, self._words = contents, words
        self.names = [""]
        """The word that each is, as `_WordTable` has it, or nothing."""

    def _work(self, new: Sequence[str]) -> Iterable[Sequence[int] | Column]:
        rows, named = self._words.read([part if _PLAIN(part) else "" for part in new])
        self.names += named
        starts, counts, joins_right, joins_left, flags = self._words.of(rows, *self._words.types)
        sizes = np.minimum(rows, 1)
        alone = np.flatnonzero(rows == 0).tolist()
        flags[alone] = _read_alone(
            [new[at] for at in alone], self._contents, alone, (starts, counts, joins_right, joins_left, sizes)
        )
        return starts, counts, joins_right, joins_left, flags, sizes


class FormTable(ColumnTable):
    """Written forms: where the contents of each begin and how many there are, its joints right and left, its words."""

    types: ClassVar = {"starts": "i", "counts": "i", "joins_right": "B", "joins_left": "B", "sizes": "i"}

    def __init__(self, known: TermNumbers) -> None:
        super().__init__("")
        self._contents = TermRuns(known)
        self._words = _WordTable(self._contents)
        self._parts = _PartTable(self._contents, self._words)
        self._short = ShortForms()

    def rows_in(self, split: Split) -> Column:
        """Return the row of each form of some texts."""
        return self._short.rows(split, self.rows)

    def contents(self, rows: RowNumbers) -> tuple[RowNumbers, RowNumbers]:
        """Return the numbers of terms by their places in the contents, and which of the form's words each is of."""
        return self._contents.at(rows)

    def _work(self, new: Sequence[str]) -> Iterable[Sequence[int] | Column]:
        before, words, after = zip(*single_words(new), strict=True)
        rows, _ = self._words.read(words)
        starts, counts, joins_right, joins_left = self._words.of(rows, "starts", "counts", "joins_right", "joins_left")
        joins_left[_shut(before)] &= BESIDE
        joins_right[_shut(after)] &= BESIDE
        columns = (starts, counts, joins_right, joins_left, np.minimum(rows, 1))
        if len(others := np.flatnonzero(rows == 0)):
            for column, values in zip(columns, self._cut([new[at] for at in others.tolist()]), strict=True):
                column[others] = values
        return columns

    def _cut(self, new: Sequence[str]) -> tuple[Column, ...]:
        """Return the columns of forms that are more or less than one word."""
        rows = self._parts.rows(parts(new))
        cut = _Cut(np.flatnonzero(rows == 0), *self._parts.of(rows, *self._parts.types))
        sizes, left = cut.words.copy(), cut.left()
        starts, counts = cut.starts[cut.first], cut.counts[cut.first]
        pairs, joined = self._pairs(cut, rows, np.flatnonzero(left & (sizes == 2)))
        left[pairs] = False
        whole, read = list(joined), self._words.rows(list(joined.values()))
        sizes[whole], (starts[whole], counts[whole]) = 1, self._words.of(read, "starts", "counts")
        several = np.flatnonzero((sizes > cut.sizes[cut.first]) & ~left)
        starts[several], counts[several] = self._joined(cut, several)
        joins_right, joins_left = cut.joints()
        joins_right[sizes > MOST_WORDS] = joins_left[sizes > MOST_WORDS] = 0
        alone = np.flatnonzero(left).tolist()
        _read_alone([new[at] for at in alone], self._contents, alone, (starts, counts, joins_right, joins_left, sizes))
        return starts, counts, joins_right, joins_left, sizes

    def _pairs(self, cut: _Cut, rows: RowNumbers, forms: Column) -> tuple[list[int], dict[int, str]]:
        """Return which forms are two words and no date, and of those whose words make one, the string of its row."""
        names, months = self._parts.names, dates.months()
        first, last = cut.first[forms], cut.last[forms]
        columns = (forms, rows[first], rows[last], cut.signs[last] > cut.signs[first])
        pairs, joined = [], {}
        for form, left, right, apart in zip(*(column.tolist() for column in columns), strict=True):
            (one, _, signs), (other, _, others) = names[left].partition(SIGNED), names[right].partition(SIGNED)
            if not one or not other:
                continue
            if not apart and not other.isascii() and belong(one, other):
                joined[form] = _named(together(one, other), signs_together(one, signs, others))
            elif one in months or other in months:
                continue
            pairs.append(form)
        return pairs, joined

    def _joined(self, cut: _Cut, forms: Column) -> tuple[Column, Column]:
        """Add the contents of forms of several parts; return where those of each begin and how many there are."""
        chosen = np.zeros(len(cut.ends), bool)
        chosen[forms] = True
        of = np.repeat(np.arange(len(cut.ends)), cut.ends - cut.begins + 1)
        at = np.flatnonzero(chosen[of] & (cut.sizes > 0))
        before = cut.sizes.cumsum(dtype=np.int32) - cut.sizes
        source = ranges(cut.starts[at], cut.counts[at])
        terms, places = self._contents.at(source)
        places += np.repeat(before[at] - before[cut.begins[of[at]]], cut.counts[at])
        counts = np.bincount(of[at], cut.counts[at], len(cut.ends))[forms].astype(np.int32)
        starts = counts.cumsum(dtype=np.int32) - counts + len(self._contents)
        self._contents.extend(terms, places)
        return starts, counts


class _Cut:
    """Forms cut into parts.

    Attributes:
        ends: Of each form, which part is the line feed after it.
        begins, first, last: Its first part, the first of its parts with words, and the last; `ends` if there is none.
        words: How many words each form has.
        signs: How many parts up to each, this one included, keep words apart.
    """

    def __init__(self, ends: Column, *columns: Column) -> None:
        self.starts, self.counts, self._joins_right, self._joins_left, self._flags, self.sizes = columns
        self.ends = ends
        self.begins = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
        worded = np.append(np.flatnonzero(self.sizes), ends[-1])
        self.first = np.minimum(worded[np.searchsorted(worded, self.begins)], ends)
        self.signs = (self._flags & _PARTS).cumsum()
        self.words = np.add.reduceat(self.sizes, self.begins)
        self.last = np.where(self.first == ends, ends, worded[np.searchsorted(worded, ends) - 1])

    def joints(self) -> tuple[Column, Column]:
        """Return the joints of each form on its right and left; those that signs shut off are none."""
        joins_right, joins_left = self._joins_right[self.last], self._joins_left[self.first]
        joins_right[self.signs[self.ends] > self.signs[self.last]] &= BESIDE
        joins_left[self.signs[self.first] > self.signs[self.begins] - (self._flags[self.begins] & _PARTS)] &= BESIDE
        return joins_right, joins_left

    def left(self) -> npt.NDArray[np.bool_]:
        """Return which forms are left to `form_of`."""
        flags = np.bitwise_or.reduceat(self._flags, self.begins)
        found: npt.NDArray[np.bool_] = (flags & _JOINS != 0) & (self.words > 1) & (self.words <= MOST_WORDS)
        return found


def _read_alone(
    written: Sequence[str], contents: TermRuns, places: Sequence[int], columns: tuple[Column, ...]
) -> list[int]:
    """Work forms out one by one, and put what is known of them into the columns, at some places; return their flags.

    The columns are those of `FormTable.types`.
    """
    starts, counts, joins_right, joins_left, sizes = columns
    terms: list[str] = []
    words: list[int] = []
    flags: list[int] = []
    for at, each in zip(places, written, strict=True):
        form = form_of(each)
        flags.append(_flags(each, form))
        starts[at] = len(contents) + len(terms)
        for number, word in enumerate(form.words):
            terms += word.terms
            words += [number] * len(word.terms)
        counts[at] = len(contents) + len(terms) - starts[at]
        joins_right[at], joins_left[at], sizes[at] = form.joins_right, form.joins_left, len(form.words)
    contents.append(terms, words)
    return flags


def _shut(signs: Sequence[str]) -> list[int]:
    """Return where signs keep words apart."""
    open_ = {each for each in set(signs) if is_blank(each)}
    return [at for at, each in enumerate(signs) if each not in open_]


def _named(folded: str, signs: str) -> str:
    """Return the string that a folded word has its row by."""
    return f"{folded}{SIGNED}{signs}" if signs else folded


def _kind(folded: str) -> Kind:
    if not folded.isascii():
        return "word"
    return "number" if folded.isdecimal() else "latin"


def _flags(part: str, form: Form) -> int:
    if not form.words:
        return 0 if is_blank(part) else _PARTS
    return 0 if joining().isdisjoint([word.key for word in form.words]) else _JOINS
