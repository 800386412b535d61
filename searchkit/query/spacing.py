"""Which other spacings of the words of a query does the index hold?

Writers differ about where a word ends: کتابخانه is also written in two words, دبیر کل in one. Analysis joins what a
rule can tell; the rest is asked of the vocabulary, at the cost of a few look-ups and no postings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from heapq import nlargest
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeAlias

from searchkit.documents import Span, Token
from searchkit.persian import Analyzer
from searchkit.persian.terms import LEMMA, query_terms, signed
from searchkit.persian.text.chars import ZWNJ
from searchkit.persian.text.fold import alefs, fold, fold_words, keys_of, rows, signs_of, with_madda
from searchkit.ranking import Ranking

MAX_JOINED = 3
# Ways of cutting a word that are asked for at once.
MAX_WAYS = 3
MIN_PIECE = 2
# Letters of the longest word that is cut by the vocabulary; the look-ups grow with the square of it.
MAX_CUT = 24
# A two-letter function word begins or ends many words (بازار is not با + زار), so what stands beside it must be longer.
MIN_BESIDE_SHORT = 4
_ARTICLE = "ال"
# A joined spelling that more documents hold is a word of its own and need not be read as several.
RARE = 10

QUERY_DATA = Path(__file__).with_name("data")

WeightedTerms: TypeAlias = tuple[tuple[str, float], ...]


Frequency: TypeAlias = Callable[[str, str | None], int]
"""Says how many documents hold a term in a field (None: in any), as `searchkit.engines.base.Reader.frequency` does."""


@cache
def stop_keys() -> frozenset[str]:
    """Return the keys of the function words in `data/stopwords.tsv`, which are their folded spellings."""
    return frozenset(fold_words(word for word, *_ in rows("stopwords.tsv", QUERY_DATA)))


@cache
def interrogative_keys() -> frozenset[str]:
    """Return the keys of the function words that ask for something."""
    return frozenset(fold_words(word for word, kind, _ in rows("stopwords.tsv", QUERY_DATA) if kind == "interrogative"))


@cache
def _short() -> frozenset[str]:
    """Return the function words of two letters, but for those that compounds begin with: هم in همسال."""
    keys = fold_words(word for word, kind, _ in rows("stopwords.tsv", QUERY_DATA) if kind != "compounding")
    return frozenset(key for key in keys if len(key) == MIN_PIECE)


class _Known(NamedTuple):
    """What tables say of words that are written joined and apart.

    Attributes:
        apart: By the key of the joined spelling, those in several words.
        joined: By the keys of several words, those of the joined spellings.
        names: The keys of first names, of which two make one: علیرضا.
    """

    apart: dict[str, list[str]]
    joined: dict[tuple[str, ...], list[str]]
    names: frozenset[str]


@cache
def _known() -> _Known:
    """Return what `data/apart.tsv`, `data/compounds.tsv` and the variants that have a half-space say."""
    variants = rows("variants.tsv")
    standards = dict(zip(keys_of(row[0] for row in variants), keys_of(row[1] for row in variants), strict=True))
    table = [(joined, apart) for name in ("apart.tsv", "compounds.tsv") for joined, apart, _ in rows(name, QUERY_DATA)]
    table += [(standard, standard.replace(ZWNJ, " ")) for _, standard, _ in variants if ZWNJ in standard]
    table += [(joined + "ی", apart + "ی") for joined, apart in table if " و " in apart and apart[-1] == "و"]
    known = _Known({}, {}, frozenset(keys_of(name for name, *_ in rows("names.tsv"))))
    for written, apart in zip(*map(keys_of, zip(*dict.fromkeys(table), strict=True)), strict=True):
        key = standards.get(written, written)
        known.apart.setdefault(key, []).append(apart)
        known.joined.setdefault(tuple(apart.split()), []).append(key)
    return known


class Spacing(NamedTuple):
    """Looks for other spacings in one field of one index (None: in any field)."""

    analyzer: Analyzer
    frequency: Frequency
    ranking: Ranking
    field: str | None

    def joined(self, text: str, tokens: Sequence[Token]) -> list[tuple[Span, list[str]]]:
        """Return which neighbouring tokens (their first index, and the one after their last) the index holds as one.

        Each comes with the terms that it is held by: the joined key, its other forms as a lemma, and those of the lemma
        that it has if the last token has one.
        """
        stops, known = stop_keys(), _known()
        beside = [not text[left.end : right.start].strip() for left, right in pairwise(tokens)]
        keys = [token.key for token in tokens]
        written = keys_of(token.text for token in tokens)
        frequency, field = self.frequency, self.field
        found = []
        for first, end in _runs(beside, MAX_JOINED):
            parts = keys[first:end]
            key = "".join(parts)
            others = known.joined.get(tuple(parts), [])
            if stops.issuperset(parts) and not others:
                continue  # ما در is not مادر
            terms = [key, LEMMA + key]
            if tokens[end - 1].lemma != parts[-1]:
                lemma = "".join(parts[:-1]) + tokens[end - 1].lemma
                terms += [LEMMA + lemma, lemma]
            terms += ["".join(written[first:end])]
            if held := [term for term in dict.fromkeys([*terms, *others]) if frequency(term, field)]:
                found.append(((first, end), held))
        return found

    def apart(self, token: Token) -> list[list[WeightedTerms]]:
        """Return the rows of words that make the token when written apart, each word with the terms that answer it.

        They are those that stand between its half-spaces or in tables, or two first names; or else, for a token that
        few documents hold, two or three words of the vocabulary.
        """
        known = _known().apart
        spaced = [*known.get(token.key, ()), *known.get(token.lemma, ()), *_two_words(token.key)]
        if len(token.text) > len(token.key):  # there may be half-spaces, which no key has
            written = fold(token.text).replace(ZWNJ, " ")
            spaced = [written, written.replace(" و", " و "), *spaced]
        if spaced:
            apart = [self.analyzer.analyze(text) for text in dict.fromkeys(spaced)]
            ways = [list(map(self.terms, row)) for row in apart if len(row) > 1]
            if held := [way for way in ways if all(any(self.held(term) for term, _ in terms) for terms in way)]:
                return held
        if len(token.key) > MAX_CUT or not token.key.isalpha() or token.key in stop_keys():
            return []
        if self.held(token.key) > RARE:
            return []
        return [[((piece, 1.0),) for piece in pieces] for pieces in self._cut(token.key)]

    def _cut(self, key: str) -> list[list[str]]:
        """Return the likeliest ways to cut a key into words of the vocabulary: two words, or where they are few, three.

        Of as many words those are likelier whose rarest word is less rare.
        """
        held = cache(self.held)  # pieces of pairs are those of triples again
        pairs = nlargest(MAX_WAYS, _in_two(key, held))
        short, triples = _short(), []
        if len(pairs) < MAX_WAYS:
            for at in range(MIN_PIECE, len(key) - 2 * MIN_PIECE + 1):
                if key[:at] not in short and (first := held(key[:at])):
                    triples += [(min(first, rarest), [key[:at], *rest]) for rarest, rest in _in_two(key[at:], held)]
        return [pieces for _, pieces in pairs + nlargest(MAX_WAYS - len(pairs), triples)]

    def terms(self, token: Token) -> WeightedTerms:
        """Return the terms that answer a word."""
        return query_terms(token.key, token.lemma, self.ranking, token.terms)

    def typed(self, token: Token, terms: WeightedTerms) -> WeightedTerms:
        """Return terms that answer a word, what is written with other signs than it was typed with weighing less.

        Of a plain alef that is the word with a madda. Other signs are told only from those that were typed.
        """
        less = min(1 - self.ranking.signs, self.ranking.lemma / 2)  # of other forms, too, something is left
        if less <= 0:
            return terms
        if signs := signs_of("".join(token.text.split())):
            as_typed = signed(token.lemma, signs)
            (key, weight), *others = terms
            return ((key, weight - less), *others, (as_typed, less)) if self.held(as_typed) else terms
        otherwise = [signed(token.lemma, with_madda(at)) for at in alefs(token.key)]
        return terms + tuple([(term, -less) for term in otherwise if self.held(term)])

    def held(self, term: str) -> int:
        """Return how many documents hold a term."""
        return self.frequency(term, self.field)


def _two_words(key: str) -> Iterator[str]:
    """Yield the two first names that make a key, and the words before and after an Arabic article in it: عبدالله."""
    names = _known().names
    for at in range(MIN_PIECE, len(key) - MIN_PIECE + 1):
        if (key[:at] in names and key[at:] in names) or _has_article(key, at):
            yield f"{key[:at]} {key[at:]}"


def _has_article(key: str, at: int) -> bool:
    return key.startswith(_ARTICLE, at) and at > MIN_PIECE and len(key) - at >= MIN_BESIDE_SHORT


def _in_two(key: str, held: Callable[[str], int]) -> list[tuple[int, list[str]]]:
    """Return all ways to cut a key into two words that are held, with how many documents hold the rarer one."""
    short = _short()
    found = []
    for at in range(MIN_PIECE, len(key) - MIN_PIECE + 1):
        left, right = key[:at], key[at:]
        if len(key) - MIN_PIECE >= MIN_BESIDE_SHORT or short.isdisjoint((left, right)):
            rarest = held(left) and min(held(left), held(right))
            if rarest:
                found.append((rarest, [left, right]))
    return found


def _runs(beside: Sequence[bool], most: int) -> Iterator[Span]:
    """Return the spans of every two to `most` words that stand beside one another, the short ones first.

    >>> list(_runs([True, False, True, True], 3))
    [(0, 2), (2, 4), (3, 5), (2, 5)]
    """
    for pairs in range(1, most):
        for first in range(len(beside) - pairs + 1):
            if all(beside[first : first + pairs]):
                yield first, first + pairs + 1
