"""Which terms answer a word as it was typed, with the signs that folding takes off?

An index holds for every word its folded spelling, and for one that was written with signs what these are
(`persian.terms.signed`). Who types a sign asks for words that have it at that letter; who types a plain alef, for words
that have no madda there. No other letter that was typed without a sign says anything: مومن is مؤمن too, and مهر is مُهر.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from searchkit.documents import Token
from searchkit.persian import Analyzer
from searchkit.persian.terms import DATE, LEMMA, PART, SIGNED, signed
from searchkit.persian.text.chars import ZWNJ
from searchkit.persian.text.fold import MADDA, alefs, fold, listed, signs_of
from searchkit.query.tree import Terms


class TypedLetters(NamedTuple):
    """A word as it was typed.

    Attributes:
        letters: Folded, without half-spaces.
        signs: What folding took off, each with the number of its letter.
        forms: Whether other forms of the word have other letters before the sign, as those of a verb do.
    """

    letters: str
    signs: tuple[tuple[int, str], ...] = ()
    forms: bool = False

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> TypedLetters:
        """Return the word that neighbouring tokens make."""
        written = "".join("".join(token.text.split()) for token in tokens)
        forms = len(tokens) == 1 and tokens[0].key != tokens[0].lemma
        return cls(fold(written).replace(ZWNJ, ""), tuple(listed(signs_of(written))), forms)

    @property
    def tells(self) -> bool:
        """Whether there are words of the same folded spelling that it is not."""
        return bool(self.signs or alefs(self.letters))

    def cut(self, words: Sequence[str]) -> Iterator[TypedLetters]:
        """Yield the words that this one is made of, folded."""
        ends = [sum(map(len, words[:count])) for count in range(len(words) + 1)]
        for start, end in pairwise(ends):
            signs = tuple((at - start, sign) for at, sign in self.signs if start <= at < end)
            yield TypedLetters(self.letters[start:end], signs)

    def is_written(self, signs: Sequence[tuple[int, str]]) -> bool:
        """Tell whether a word that is written with these signs, one at least, is this one."""
        maddas = {at for at, sign in signs if sign == MADDA}
        if not self.signs:
            return not maddas
        plain = set(alefs(self.letters)) - {at for at, _ in self.signs}
        held = (sign in signs or (self.forms and maddas and sign[1] == MADDA) for sign in self.signs)
        return plain.isdisjoint(maddas) and all(held)


class Exactness(NamedTuple):
    """Narrows the terms of words to what was typed, asking one index with which signs it holds them.

    Attributes:
        analyzer: Makes terms of words.
        vocabulary: Gives the terms that begin so, in a field (None: in any).
    """

    analyzer: Analyzer
    vocabulary: Callable[[str, str | None], Iterable[str]]

    def as_typed(self, word: Terms, tokens: Sequence[Token]) -> Terms:
        """Return the leaf for the word that neighbouring tokens make, where it is written as they were typed."""
        return self._narrowed(word, TypedLetters.of(tokens), tokens[0].lemma if len(tokens) == 1 else "")

    def _narrowed(self, word: Terms, typed: TypedLetters, lemma: str = "") -> Terms:
        """Return the leaf for a word, where it is written as it was typed.

        Compounds that the word is a part of are left out where it matters: which of their parts has a sign is not told.
        """
        if not typed.tells:
            return word
        terms = tuple([(term, weight) for term, weight in word.terms if term[0] != PART])
        lemmas = dict.fromkeys([lemma, *self._lemmas([term for term, _ in terms])])
        held = [term for each in lemmas if each for term in self.vocabulary(signed(each), word.field)]
        alike = {term: typed.is_written(listed(term.rpartition(SIGNED)[2])) for term in held}
        if typed.signs:
            nobody = (signed(typed.letters, "?"),)
            only = tuple([term for term, is_it in alike.items() if is_it])
            return replace(word, terms=terms, only=only or nobody)
        return replace(word, terms=terms, never=tuple([term for term, is_it in alike.items() if not is_it]))

    def _lemmas(self, terms: Sequence[str]) -> Iterator[str]:
        for term in terms:
            if term.startswith(LEMMA):
                yield term.removeprefix(LEMMA)
            elif term[0] != DATE:
                yield term
                yield from (token.lemma for token in self.analyzer.analyze(term))

    def apart(self, rows: Iterable[tuple[Terms, ...]], token: Token) -> Iterator[tuple[Terms, ...]]:
        """Yield those rows of words that make a token which are written as it was typed.

        A row where it cannot be told which letter is whose is left out.
        """
        typed = TypedLetters.of((token,))
        for row in rows:
            words = [word.terms[0][0] for word in row]
            if not typed.tells:
                yield row
            elif "".join(words) == typed.letters:
                yield tuple(map(self._narrowed, row, typed.cut(words)))
