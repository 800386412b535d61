"""Which words of a query does its site have a say about, and what does it say of them?

A site's own words are read from a file (`query.words_file`): words that stand for one another, words that are asked for
as they are written alone, and function words. A row of neighbouring words is found by their dictionary forms, as the
index takes the forms of a word for one; words that are protected, and function words, by their own spelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from searchkit.documents import Span, Token
from searchkit.query.spacing import stop_keys

MOST_APPLIED = 256
"""Other words that are put into one query; what stands further to the right than they do is asked for as it is."""

_JOINING = " \t-_/."  # what may part words that belong together, as in Wi-Fi


class OwnEntry(NamedTuple):
    """One or several words as they stand in a column of the file.

    Attributes:
        text: As it is written there.
        tokens: The words of it.
        protected: The places of those that have no other form.
    """

    text: str
    tokens: tuple[Token, ...]
    protected: frozenset[int] = frozenset()

    @property
    def keys(self) -> str:
        """The spelling, folded."""
        return " ".join([token.key for token in self.tokens])

    @property
    def lemmas(self) -> str:
        """The dictionary forms: what two entries have in common that are the same to a search."""
        return " ".join(_identities(self.tokens, self.protected))


class Told(NamedTuple):
    """What is said of the words of a query, which go by their places.

    Attributes:
        protected: Those that are asked for as they are written.
        stops: Those that are function words.
        others: For rows of words, what stands for them.
    """

    protected: frozenset[int] = frozenset()
    stops: frozenset[int] = frozenset()
    others: tuple[tuple[Span, tuple[OwnEntry, ...]], ...] = ()


NOTHING_TOLD = Told()


class OwnWords(NamedTuple):
    """What a site says of words.

    Attributes:
        rows: How many lines say something.
        digest: Of the file, so that another one is noticed.
        protected: The spellings of words that are asked for as they are written, those of a row parted by blanks.
        stops: The spellings of function words, likewise.
        others: By dictionary forms parted by blanks, or a spelling in one word: what stands for it too.
        longest: How many words the longest row has that anything is said of.
    """

    rows: int
    digest: str
    protected: frozenset[str]
    stops: frozenset[str]
    others: Mapping[str, tuple[OwnEntry, ...]]
    longest: int

    def without_others(self) -> OwnWords:
        """Return the same, where nothing stands for other words."""
        return self._replace(others={})

    def told(self, text: str, tokens: Sequence[Token]) -> Told:
        """Return what is said of the words of a text."""
        runs = list(runs_of(text, tokens, self.longest))
        protected, stops = (places_of(spellings, tokens, runs) for spellings in (self.protected, self.stops))
        if not self.others:
            return Told(protected, stops)
        keys, identities = [token.key for token in tokens], _identities(tokens, protected)
        others, left = [], MOST_APPLIED
        for first, end in runs:
            found = self._others_of(keys[first:end], identities[first:end])[:left]
            if found:
                left -= len(found)
                others.append(((first, end), found))
        return Told(protected, stops, tuple(others))

    def _others_of(self, keys: Sequence[str], identities: Sequence[str]) -> tuple[OwnEntry, ...]:
        found = self.others.get(" ".join(identities), ())
        if not found and len(keys) > 1 and not stop_keys().issuperset(keys):  # ما در is not مادر
            found = self.others.get("".join(keys), ())
        return found


def runs_of(text: str, tokens: Sequence[Token], longest: int) -> Iterator[Span]:
    """Yield the spans of up to so many words of a text that stand beside one another."""
    for first in range(len(tokens)):
        yield first, first + 1
        for at, (left, right) in enumerate(pairwise(tokens[first : first + longest]), first + 2):
            if text[left.end : right.start].strip(_JOINING):
                break
            yield first, at


def places_of(spellings: AbstractSet[str], tokens: Sequence[Token], runs: Iterable[Span]) -> frozenset[int]:
    """Return the places in those runs of words that are spelt so."""
    if not spellings:
        return frozenset()
    keys = [token.key for token in tokens]
    return frozenset(at for run in runs if " ".join(keys[slice(*run)]) in spellings for at in range(*run))


def _identities(tokens: Sequence[Token], protected: AbstractSet[int]) -> list[str]:
    """Return what each word is the same as others by: its dictionary form, or its spelling where it has no other."""
    return [token.key if at in protected else token.lemma for at, token in enumerate(tokens)]
