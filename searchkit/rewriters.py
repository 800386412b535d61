"""Which words may a query be rewritten to? Those of a commit: gathered when first needed, and added to later."""

from __future__ import annotations

import sys
from functools import cache
from itertools import chain
from threading import RLock
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary, ref

from searchkit.engines.base import Reader
from searchkit.persian.terms import DATE, LEMMA, PART, SIGNED
from searchkit.query.resolve import hardly
from searchkit.query.rewriting.alternatives import Alternatives
from searchkit.query.rewriting.forms import PartCounts, WrittenForms, summed, variants
from searchkit.query.rewriting.rewriter import Rewriter
from searchkit.query.rewriting.script import OtherScript
from searchkit.query.rewriting.soundalike import Soundalikes

if TYPE_CHECKING:
    from searchkit.query.conditions import Condition
    from searchkit.query.narrowing import Narrowing

_CONDITIONS = 4  # of which the words are kept
_DEAD = 8192
"""Words that are not held any more, at least, before all are looked at anew."""
_SMALL = 8192
"""Words of a part of which the counts are kept in any case."""
_LATIN = ("a", "{")  # the words from one up to the other


class HeldWords:
    """The words of the newest commit that were asked for, from one up to another.

    They are gathered part by part: of a part that was there before nothing is looked at again, and what was counted in
    one that is gone is taken away, but for a large one, without which all begins anew. A word that only deleted
    documents hold is among them; whoever rewrites makes sure that what it finds is found.
    """

    def __init__(self, low: str = "", high: str = "", *, variants: bool = False) -> None:
        self._range = low, high
        self._variants = variants
        self._parts: dict[str, PartCounts | None] = {}
        self._forms = WrittenForms.of(())

    def of(self, reader: Reader) -> WrittenForms:
        """Return the words of what a reader reads."""
        parts = set(reader.parts)
        gone = [counted for part, counted in self._parts.items() if part not in parts]
        if not self._parts or any(counted is None for counted in gone):
            self._gather(reader)
        elif parts != self._parts.keys():
            self._follow(reader, list(filter(None, gone)))
        return self._forms

    def _gather(self, reader: Reader) -> None:
        """Look at all parts."""
        told = {part: summed(reader.words(part, *self._range)) for part in sorted(reader.parts)}
        pairs = chain.from_iterable(words.items() for words in told.values())
        forms = WrittenForms.of(pairs, variants() if self._variants else ())
        forms = forms.varied() if self._variants else forms
        few = _few(forms)
        self._parts = {part: forms.counted(words)[1] if len(words) <= few else None for part, words in told.items()}
        self._forms = forms

    def _follow(self, reader: Reader, gone: list[PartCounts]) -> None:
        """Look at the parts that are new."""
        forms, come = self._forms, {}
        for part in sorted(set(reader.parts) - self._parts.keys()):
            forms, come[part] = forms.counted(summed(reader.words(part, *self._range)))
        forms, few = forms.changed(gone, come.values()), _few(forms)
        if forms.dead > max(_DEAD, len(forms.counts) // 2):
            return self._gather(reader)
        kept = {part: counted for part, counted in self._parts.items() if part in reader.parts}
        new = {part: counted if len(counted.places) <= few else None for part, counted in come.items()}
        self._parts, self._forms = kept | new, forms
        return None


def _few(forms: WrittenForms) -> int:
    """Return of how many words of a part counts are kept at most, so that those of all parts do not take much."""
    return max(_SMALL, len(forms.counts) // 2)


def _words_among(reader: Reader, narrowing: Narrowing) -> WrittenForms:
    """Return the words of those of a reader's documents that may be found, and their dictionary forms."""
    counts: dict[str, int] = {}
    for term, count in reader.among(None, narrowing.only_where()).words("", sys.maxsize):
        word = term.removeprefix(LEMMA)
        if word and not term.startswith((PART, DATE, SIGNED)):
            counts[word] = max(count, counts.get(word, 0))
    return WrittenForms.of(counts.items())


class Rewriters:
    """Makes what rewrites queries, for each commit once. Safe to share between threads."""

    def __init__(self) -> None:
        self._guard = RLock()
        self._words, self._latin_words = HeldWords(variants=True), HeldWords(*_LATIN)
        self._rewriters: WeakKeyDictionary[Reader, dict[Condition | None, Rewriter]] = WeakKeyDictionary()
        self._alternatives: WeakKeyDictionary[Reader, Alternatives] = WeakKeyDictionary()

    def of(self, reader: Reader, narrowing: Narrowing | None = None) -> Rewriter:
        """Return what rewrites queries to words that a reader's documents hold, those that may be found.

        Of a condition the words are counted anew, so that nothing tells of a document that it forbids.
        """
        condition = None if narrowing is None else narrowing.where
        with self._guard:
            made = self._rewriters.setdefault(reader, {})
            if condition not in made:
                for old in [each for each in made if each is not None][: max(len(made) - _CONDITIONS, 0)]:
                    del made[old]
                if narrowing is None:
                    made[condition] = Rewriter(self._words.of(reader), hardly(len(reader)))
                else:
                    made[condition] = Rewriter(_words_among(reader, narrowing).with_variants(), 0)
            return made[condition]

    def alternatives(self, reader: Reader) -> Alternatives:
        """Return what finds other words for one that is held."""
        with self._guard:
            if reader not in self._alternatives:
                self._alternatives[reader] = self._made(reader)
            return self._alternatives[reader]

    def _made(self, reader: Reader) -> Alternatives:
        kept = ref(reader)  # or else it would be kept by what is kept for it

        def script() -> OtherScript:
            return self.of(cast("Reader", kept())).script

        @cache
        def latin() -> Soundalikes | None:
            with self._guard:
                words = self._latin_words.of(cast("Reader", kept()))
            return Soundalikes.latin(words) if words.counts.any() else None

        return Alternatives(lambda word: cast("Reader", kept()).frequency(word), script, latin)
