"""Which words does an index hold, as they are written, and how many documents hold each?

>>> forms = WrittenForms.of([("کتاب", 5), ("خانه", 2), ("کتاب", 1)])
>>> forms.words == ("خانه", "کتاب"), forms.counts.tolist(), forms.frequency("کتاب"), forms.frequency("کتابی")
(True, [2, 6], 6, 0)
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import compress

import numpy as np
import numpy.typing as npt

from searchkit.persian.morphology.spelling import standards
from searchkit.query.rewriting.letters import Alphabet, LetterMatrix

_MOST = int(np.iinfo(np.uint32).max)
_SELDOMER = 10
"""How many times as often the standard spelling of a word is written as another one."""


class WrittenForms:
    """The words of an index with how many documents hold each. It does not change; safe to share between threads.

    Attributes:
        words: All of them once, in the order of their code points.
        counts: How many documents hold each.
    """

    __slots__ = ("_matrices", "counts", "words")

    def __init__(self, words: Sequence[str], counts: npt.NDArray[np.uint32]) -> None:
        self.words = words
        self.counts = counts
        self._matrices: dict[Alphabet, LetterMatrix] = {}

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, int]]) -> WrittenForms:
        """Return words with how many documents hold them; what is told of a word several times is added up.

        A word that no document holds is none.
        """
        totals: dict[str, int] = defaultdict(int)
        for word, count in pairs:
            totals[word] += count
        held = sorted((word, min(count, _MOST)) for word, count in totals.items() if count > 0 and word)
        counts = np.fromiter((count for _, count in held), np.uint32, len(held))
        return cls(tuple([word for word, _ in held]), counts)

    def extended(self, pairs: Iterable[tuple[str, int]]) -> WrittenForms:
        """Return these with those of more documents: the same as `of` all together, in less time.

        >>> WrittenForms.of([("آب", 2)]).extended([("آب", 1), ("نان", 1)]).counts.tolist()
        [3, 1]
        """
        more = WrittenForms.of(pairs)
        places = np.array([bisect_left(self.words, word) for word in more.words], np.intp)
        new = np.array([not self.frequency(word) for word in more.words], bool)
        counts = self.counts.astype(np.uint64)
        counts[places[~new]] += more.counts[~new]
        counts = np.minimum(np.insert(counts, places[new], more.counts[new]), _MOST)
        words = list(compress(more.words, new))
        extended = WrittenForms(tuple(sorted([*self.words, *words])), counts.astype(np.uint32))
        for alphabet, matrix in self._matrices.items():
            extended._matrices[alphabet] = matrix.inserted(places[new], words)
        return extended

    def with_variants(self) -> WrittenForms:
        """Return these with the spellings that analysis takes for one of them: طهران and خونه, for تهران and خانه.

        They are found in no index, since it holds the standard spelling in their place, so how many documents have them
        is not known: each is taken for held by a tenth of those that hold that one.
        """
        spellings = ((word, self.frequency(key)) for word, key in standards().items() if not self.frequency(word))
        return self.extended((word, -(-count // _SELDOMER)) for word, count in spellings if count)

    def frequency(self, word: str) -> int:
        """Return how many documents hold a word: 0 for one that is not here."""
        place = bisect_left(self.words, word)
        return int(self.counts[place]) if place < len(self.words) and self.words[place] == word else 0

    def letters(self, alphabet: Alphabet) -> LetterMatrix:
        """Return the letters of the words, a row each; worked out when first asked for."""
        matrix = self._matrices.get(alphabet)
        if matrix is None:
            matrix = self._matrices[alphabet] = LetterMatrix.of(self.words, alphabet)
        return matrix
