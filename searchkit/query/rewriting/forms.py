"""Which words does an index hold, as they are written, and how many documents hold each?

Words never change their places: those of more documents come after those that were there. So what is worked out of a
word is worked out once, and only the counts are others after a commit.

>>> forms = WrittenForms.of([("کتاب", 5), ("خانه", 2), ("کتاب", 1)])
>>> forms.words == ("خانه", "کتاب"), forms.counts.tolist(), forms.frequency("کتاب"), forms.frequency("کتابی")
(True, [2, 6], 6, 0)
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol, Self, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from searchkit.persian.morphology.spelling import standards

WordPlaces: TypeAlias = npt.NDArray[np.uint32]

_MOST = int(np.iinfo(np.uint32).max)
_SELDOMER = 10
"""How many times as often the standard spelling of a word is written as another one."""
_LEAST_APART, _PART_APART = 4096, 8
"""So many words, or such a part of those before them, are kept apart from these before they are put beside them."""


class WordColumn(Protocol):
    """What is worked out of words, one by one."""

    def followed_by(self, more: Self, words: int) -> Self:
        """Return the same of these words, of which there are so many, and of more after them."""


C = TypeVar("C", bound=WordColumn)
Make: TypeAlias = Callable[[Sequence[str]], C]
"""Works something out of words. It is known by itself, so it is a function of a module."""


class Layer:
    """Some words, each once, and what has been worked out of them. It does not change; safe to share between threads.

    Attributes:
        words: In the order in which they came.
    """

    __slots__ = ("_columns", "_order", "words")

    def __init__(self, words: tuple[str, ...], order: npt.NDArray[np.uint32], columns: dict[Any, Any]) -> None:
        self.words = words
        self._order = order
        self._columns = columns

    @classmethod
    def of(cls, words: tuple[str, ...]) -> Layer:
        """Return a layer of words, which come in the order of their code points.

        >>> layer = Layer.of(("آب", "نان")).followed_by(Layer.of(("ابر", "ماه")))
        >>> layer.words == ("آب", "نان", "ابر", "ماه"), layer.place("ماه"), layer.place("کوه")
        (True, 3, -1)
        """
        return cls(words, np.arange(len(words), dtype=np.uint32), {})

    def followed_by(self, more: Layer) -> Layer:
        """Return these words with others after them, which are not among them."""
        if not (self.words and more.words):
            return self if self.words else more
        ordered = [more.words[place] for place in more._order.tolist()]
        at = [bisect_left(self._order, word, key=self.words.__getitem__) for word in ordered]
        order = np.insert(self._order, at, more._order + np.uint32(len(self.words)))
        columns = {
            make: column.followed_by(more.column(make), len(self.words)) for make, column in [*self._columns.items()]
        }
        return Layer(self.words + more.words, order, columns)

    def place(self, word: str) -> int:
        """Return where a word stands, -1 if it does not."""
        at = bisect_left(self._order, word, key=self.words.__getitem__)
        if at == len(self._order):
            return -1
        place = int(self._order[at])
        return place if self.words[place] == word else -1

    def column(self, make: Make[C]) -> C:
        """Return what is worked out of the words, when it is first asked for."""
        found = self._columns.get(make)
        if found is None:
            found = self._columns[make] = make(self.words)
        return found


class PartCounts(NamedTuple):
    """How many of some documents hold each of some words, which are told by their places."""

    places: WordPlaces
    counts: npt.NDArray[np.uint32]


class WrittenForms:
    """The words of an index with how many documents hold each. It does not change; safe to share between threads.

    Attributes:
        counts: By the place of each word, how many documents hold it: 0 for one that has been held before.
    """

    __slots__ = ("_layers", "_totals", "_varied", "counts")

    def __init__(
        self,
        layers: tuple[Layer, Layer],
        totals: npt.NDArray[np.int64],
        varied: tuple[WordPlaces, WordPlaces] | None = None,
    ) -> None:
        self._layers = layers
        self._totals = totals
        self._varied = varied
        self.counts = np.clip(totals, 0, _MOST).astype(np.uint32)
        if varied is not None:
            written, standard = varied
            unheld = self.counts[written] == 0
            self.counts[written[unheld]] = -(-self.counts[standard[unheld]].astype(np.int64) // _SELDOMER)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, int]], unheld: Iterable[str] = ()) -> WrittenForms:
        """Return words with how many documents hold them; what is told of a word several times is added up.

        A word that no document holds is none.

        Args:
            pairs: Words with how many documents hold them.
            unheld: Words that have a place though perhaps no document holds them.
        """
        totals = dict.fromkeys(unheld, 0) | summed(pairs)
        words = tuple(sorted(totals))
        return cls((Layer.of(words), Layer.of(())), np.fromiter(map(totals.__getitem__, words), np.int64, len(words)))

    def counted(self, pairs: Mapping[str, int]) -> tuple[WrittenForms, PartCounts]:
        """Return these with other words besides, and where each of some words stands; the counts stay as they are."""
        places = self._places(pairs)
        new = tuple(sorted(word for word, place in zip(pairs, places, strict=True) if place < 0))
        forms, before = self._with_words(new), len(self.counts)
        started = dict(zip(new, range(before, before + len(new)), strict=True))
        found = [started[word] if place < 0 else place for word, place in zip(pairs, places, strict=True)]
        counts = np.fromiter((min(count, _MOST) for count in pairs.values()), np.uint32, len(pairs))
        return forms, PartCounts(np.array(found, np.uint32), counts)

    def changed(self, gone: Iterable[PartCounts], come: Iterable[PartCounts]) -> WrittenForms:
        """Return these without what was counted in some documents, and with what was counted in others."""
        totals = self._totals.copy()
        for part in gone:
            totals[part.places] -= part.counts
        for part in come:
            totals[part.places] += part.counts
        return WrittenForms(self._layers, totals, self._varied)

    def extended(self, pairs: Iterable[tuple[str, int]]) -> WrittenForms:
        """Return these with those of more documents: the same as `of` all together, but for the places of words.

        >>> WrittenForms.of([("آب", 2)]).extended([("آب", 1), ("نان", 1)]).counts.tolist()
        [3, 1]
        """
        forms, come = self.counted(summed(pairs))
        return forms.changed((), [come])

    def with_variants(self) -> WrittenForms:
        """Return these with the spellings that analysis takes for one of them: طهران and خونه, for تهران and خانه.

        They are found in no index, since it holds the standard spelling in their place, so how many documents have them
        is not known: each is taken for held by a tenth of those that hold that one.
        """
        return self.counted(dict.fromkeys(variants(), 0))[0].varied()

    def varied(self) -> WrittenForms:
        """Return the same where all `variants` have places already."""
        written, standard = (np.array(self._places(words), np.uint32) for words in (standards(), standards().values()))
        return WrittenForms(self._layers, self._totals, (written, standard))

    def frequency(self, word: str) -> int:
        """Return how many documents hold a word: 0 for one that is not here."""
        (place,) = self._places([word])
        return 0 if place < 0 else int(self.counts[place])

    @property
    def dead(self) -> int:
        """How many words are here that are not held any more."""
        return int(np.count_nonzero(self._totals == 0))

    @property
    def words(self) -> tuple[str, ...]:
        """All that are held once, in the order of their code points."""
        return tuple(sorted(self.texts(np.flatnonzero(self.counts).tolist())))

    def texts(self, places: Iterable[int]) -> Iterator[str]:
        """Yield the words at some places."""
        base, more = self._layers
        before = len(base.words)
        for place in places:
            yield base.words[place] if place < before else more.words[place - before]

    def columns(self, make: Make[C]) -> list[tuple[int, C]]:
        """Return what is worked out of the words, a layer each, with the place of its first word.

        Words that are not held any more are among them.
        """
        base, more = self._layers
        return [(0, base.column(make)), (len(base.words), more.column(make))]

    def _places(self, words: Iterable[str]) -> list[int]:
        """Return where words stand, -1 for those that do not."""
        base, more = self._layers
        before = len(base.words)
        return [place if (place := base.place(w)) >= 0 else _after(before, more.place(w)) for w in words]

    def _with_words(self, new: Sequence[str]) -> WrittenForms:
        """Return these with other words after them."""
        if not new:
            return self
        base, more = self._layers
        more = more.followed_by(Layer.of(tuple(new)))
        if len(more.words) > max(_LEAST_APART, len(base.words) // _PART_APART):
            base, more = base.followed_by(more), Layer.of(())
        totals = np.concatenate([self._totals, np.zeros(len(new), np.int64)])
        return WrittenForms((base, more), totals, self._varied)


def summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return what is told of each word, added up, of those that documents hold."""
    totals: dict[str, int] = defaultdict(int)
    for word, count in pairs:
        totals[word] += count
    return {word: count for word, count in totals.items() if count > 0 and word}


def _after(before: int, place: int) -> int:
    return place if place < 0 else before + place


@cache
def variants() -> tuple[str, ...]:
    """Return the words that have other spellings, and these."""
    return tuple(dict.fromkeys([*standards(), *standards().values()]))
