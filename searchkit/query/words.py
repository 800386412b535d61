"""Which index terms answer words that were typed beside one another?

The words are analysed together, as a document's text is, so that می رود becomes one token; then other spacings of them
are looked for in the vocabulary.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from searchkit.documents import Span, Token
from searchkit.persian import Analyzer
from searchkit.persian.terms import LEMMA
from searchkit.persian.text.fold import fold, fold_words, rows
from searchkit.query.derivation import derived, with_yeh
from searchkit.query.own_words import NOTHING_TOLD, OwnWords, Told
from searchkit.query.spacing import QUERY_DATA, Frequency, Spacing, interrogative_keys, stop_keys
from searchkit.query.tree import Any, Clause, Clauses, Node, Phrase, Quoted, Terms, Weighted
from searchkit.ranking import Ranking

if TYPE_CHECKING:
    from searchkit.query.exactness import Exactness

SHORT = 3
"""Words that are no function words, up to which other words are looked for too: it takes some time for each."""


OtherWay: TypeAlias = tuple[tuple[str, ...], float]
"""Terms that stand one after another where a word, or several, could, and what each of these weighs then."""


class _Beyond(NamedTuple):
    """What answers words beyond themselves, by their places, and what their site says of them.

    Attributes:
        others: Other ways to write words, and other words.
        joined: The same, as leaves.
        synonyms: Rows of words that stand for them.
        told: What the site says.
    """

    others: Mapping[int, Sequence[OtherWay]]
    joined: Mapping[int, Sequence[Terms]]
    synonyms: Mapping[int, Sequence[tuple[Terms, ...]]]
    told: Told


class QueryWords(NamedTuple):
    """Makes the answers to words with one analyzer, asking one index how many documents hold a term.

    `alternatives` gives other words for a folded one that is held, of which there may be several parted by blanks.
    `own` are the words that the site has a say about. `numbers` says whether they may be written otherwise. `exactness`
    narrows what answers to what was typed; `vocabulary` gives the terms of the index that begin so.
    """

    analyzer: Analyzer
    frequency: Frequency
    ranking: Ranking = Ranking()
    alternatives: Callable[[str], Sequence[str]] | None = None
    own: OwnWords | None = None
    numbers: bool = True
    exactness: Exactness | None = None
    vocabulary: Callable[[str, str | None], Iterable[str]] | None = None

    @property
    def plain(self) -> QueryWords:
        """The same for what is meant as it was typed, where nothing stands for other words."""
        return self._replace(own=self.own and self.own.without_others(), alternatives=None, numbers=False)

    def settled(self, text: str, tokens: Sequence[Token], field: str | None) -> AbstractSet[int]:
        """Return the places of words that are not to be read as others, as the site knows them, and of own stops."""
        if self.own is None:
            return frozenset()
        told = self.own.told(text, tokens)
        spacing = Spacing(self.analyzer, self.frequency, self.ranking, field)
        return told.protected | told.stops | self._synonyms(tokens, told, spacing).keys()

    def answers(self, texts: Sequence[str], field: str | None) -> list[Clause]:
        """Return a clause for each word of neighbouring texts; none for punctuation."""
        text = " ".join(texts)
        tokens = self.analyzer.analyze(text)
        spacing = Spacing(self.analyzer, self.frequency, self.ranking, field)
        told = NOTHING_TOLD if self.own is None else self.own.told(text, tokens)
        # Another way is given to each of the words that it stands for: a document that holds it holds them all.
        others: dict[int, list[OtherWay]] = defaultdict(list)
        joined: dict[int, list[Terms]] = defaultdict(list)
        for span, ways in chain(
            self._joined(text, tokens, spacing) if self.exactness is None else (),
            self._numbers(tokens, spacing),
            self._alternatives(tokens, told, spacing),
        ):
            if told.protected.isdisjoint(range(*span)):
                for position in range(*span):
                    others[position] += ways
        for span, terms in spacing.joined(text, tokens) if self.exactness is not None else ():
            if told.protected.isdisjoint(range(*span)):
                whole = self._as_typed(Terms(tuple([(term, 1.0) for term in terms]), field), tokens[slice(*span)])
                for position in range(*span):
                    joined[position].append(whole)
        beyond = _Beyond(others, joined, self._synonyms(tokens, told, spacing), told)
        return [self._answer(group, beyond, spacing) for group in _glued(tokens)]

    def _answer(self, group: Sequence[Token], beyond: _Beyond, spacing: Spacing) -> Clause:
        """Return the clause for one word, or for several that were written with nothing between them."""
        protected = beyond.told.protected
        if len(group) > 1:
            row = tuple([self._as_typed(_own(token, spacing, protected), (token,)) for token in group])
            rows = [beyond.synonyms.get(token.position, ()) for token in group]
            whole = [each for each in rows[0] if all(each in others for others in rows)]
            ways = _weighted([each for each in whole if len(each) == 1], self.ranking.synonym)
            ways += _several(whole, self.ranking.synonym)
            return Clause(_either(Phrase(row, spacing.field), ways), row=row)
        (token,) = group
        at, optional = token.position, token.key in stop_keys() or token.position in beyond.told.stops
        word = _own(token, spacing, protected)
        if at in protected:
            word = self._as_typed(word, group)
            return Clause(word, "?" if optional else "", (word,))
        ways = _weighted(self._apart(token, spacing), self.ranking.respaced)
        ways += [Weighted(whole, self.ranking.respaced) for whole in beyond.joined.get(at, ())]
        for words, weight in beyond.others.get(at, ()):
            if len(words) == 1:
                word = _with(word, words, weight)
            else:
                ways += _weighted([tuple([_written(each, spacing.field) for each in words])], weight)
        if at in beyond.synonyms:
            word = _with_words(word, beyond.synonyms[at], self.ranking.synonym)
            ways += _several(beyond.synonyms[at], self.ranking.synonym)
        if token.key in interrogative_keys():
            return Clause(Weighted(_either(self._as_typed(word, group), ways), self.ranking.interrogative), "?")
        if optional:
            word = self._as_typed(word, group)
            return Clause(_either(word, ways), "?", (word,))
        if self.ranking.derived:
            word = _with(word, with_yeh(token.key, token.lemma, spacing.held), self.ranking.derived)
        word, inexact = self._as_typed(word, group), word
        node = _either(word, ways)
        akin = derived(token.key, token.lemma, spacing.held) if self.ranking.derived else ()
        if not akin:
            return Clause(node, "", (word,))
        word = self._as_typed(_with(inexact, akin, self.ranking.derived), group)
        return Clause(node, "", (word,), _either(word, ways))

    def _as_typed(self, word: Terms, tokens: Sequence[Token]) -> Terms:
        """Return the leaf for the word that tokens make; where it is written as they were typed, if that is asked."""
        return word if self.exactness is None else self.exactness.as_typed(word, tokens)

    def _apart(self, token: Token, spacing: Spacing) -> list[tuple[Terms, ...]]:
        """Return the rows of leaves for the other spacings of a token: what is in it apart."""
        rows = [tuple([Terms(terms, spacing.field) for terms in words]) for words in spacing.apart(token)]
        return rows if self.exactness is None else list(self.exactness.apart(rows, token))

    def _synonyms(self, tokens: Sequence[Token], told: Told, spacing: Spacing) -> dict[int, list[tuple[Terms, ...]]]:
        """Return the rows of words that are held and stand for words, for each of these that is no function word."""
        if not told.others or not self.ranking.synonym:
            return {}
        found: dict[int, list[tuple[Terms, ...]]] = {}
        for span, entries in told.others:
            leaves = [tuple([_own(each, spacing, entry.protected) for each in entry.tokens]) for entry in entries]
            held = [row for row in leaves if all(any(spacing.held(term) for term, _ in word.terms) for word in row)]
            content = [at for at in range(*span) if tokens[at].key not in stop_keys()] or range(*span)
            for at in content if held else ():
                found.setdefault(at, []).extend(held)
        return {at: list(dict.fromkeys(rows)) for at, rows in found.items()}

    def quoted(self, texts: Sequence[str], field: str | None) -> Quoted | None:
        """Return the node for a phrase, which is matched as it is written, or None for one without words."""
        text = " ".join(texts)
        tokens = self.analyzer.analyze(text)
        if not tokens:
            return None
        spacing = Spacing(self.analyzer, self.frequency, self.ranking, field)
        protected = frozenset() if self.own is None else self.own.told(text, tokens).protected
        words = tuple([self._as_typed(_spelled(token, spacing), (token,)) for token in tokens])
        ways = []
        for (first, end), (term, *_) in spacing.joined(text, tokens):
            if not term.startswith(LEMMA) and protected.isdisjoint(range(first, end)):
                whole = self._as_typed(_written(term, field), tokens[first:end])
                ways.append((*words[:first], whole, *words[end:]))
        for at, token in enumerate(tokens):
            for apart in self._apart(token, spacing) if at not in protected else ():
                written = [replace(word, terms=word.terms[:1]) for word in apart]
                ways.append((*words[:at], *written, *words[at + 1 :]))
        return Quoted(
            _either(_phrase(words, field), _weighted(ways, self.ranking.respaced)),
            Clauses(tuple(self.plain.answers(texts, field))),
        )

    def _joined(self, text: str, tokens: Sequence[Token], spacing: Spacing) -> Iterator[tuple[Span, list[OtherWay]]]:
        """Yield which words are held as one, and the terms of that."""
        for span, terms in spacing.joined(text, tokens):
            yield span, [((term,), self.ranking.respaced) for term in terms]

    def _numbers(self, tokens: Sequence[Token], spacing: Spacing) -> Iterator[tuple[Span, list[OtherWay]]]:
        """Yield which words write a number, and other ways to write it that are held."""
        if not self.numbers or not any(map(_may_be_numeral, tokens)):
            return
        from searchkit.query.numbers import other_writings  # noqa: PLC0415 (most queries have no number)

        for first, end, ways in other_writings([fold(token.text) for token in tokens]):
            yield (first, end), [(way, self.ranking.respaced) for way in ways if all(map(spacing.held, way))]

    def _alternatives(
        self, tokens: Sequence[Token], told: Told, spacing: Spacing
    ) -> Iterator[tuple[Span, list[OtherWay]]]:
        """Yield the words of a short query that are held, and what stands for each."""
        fixed = told.protected | told.stops
        content = [token for token in tokens if token.key not in stop_keys() and token.position not in fixed]
        if self.alternatives is None or len(content) > SHORT:
            return
        for token in content:
            if any(spacing.held(term) for term, _ in spacing.terms(token)):
                found = [(tuple(text.split()), self.ranking.alternative) for text in self.alternatives(token.key)]
                yield (token.position, token.position + 1), found

    def prefix(self, text: str) -> str:
        """Return the folded key that words beginning with `text` begin with; empty for punctuation."""
        return "".join(token.key for token in self.analyzer.analyze(text))


@cache
def _numeral_beginnings() -> frozenset[str]:
    """Return the first two letters of the words that numerals are made of, as most words begin otherwise."""
    return frozenset(word[:2] for word in fold_words(word for word, *_ in rows("numbers.tsv", QUERY_DATA)))


def _may_be_numeral(token: Token) -> bool:
    return token.key[0].isdecimal() or token.key[:2] in _numeral_beginnings()


def _either(node: Phrase | Terms, others: Sequence[Node]) -> Node:
    return Any((node, *others)) if others else node


def _weighted(rows: Sequence[tuple[Terms, ...]], weight: float) -> list[Node]:
    """Return rows of words one after another as nodes that weigh less than what they stand for."""
    return [Weighted(_phrase(row, row[0].field), weight) for row in rows]


def _own(token: Token, spacing: Spacing, protected: AbstractSet[int]) -> Terms:
    """Return the leaf for a token, one of those at some places as it is written alone."""
    if token.position in protected:
        return _written(token.key, spacing.field)
    terms = spacing.terms(token)
    if token.key in stop_keys():  # which order little, and it takes time to ask how such common words are written
        return Terms(terms, spacing.field)
    return Terms(spacing.typed(token, terms), spacing.field)


def _spelled(token: Token, spacing: Spacing) -> Terms:
    """Return the leaf for a token in no other form."""
    return Terms(spacing.typed(token, ((token.key, 1.0),)), spacing.field)


def _with(word: Terms, terms: Sequence[str], weight: float) -> Terms:
    """Return the leaf with other terms after its own, weighing less."""
    own = dict(word.terms)
    return Terms(word.terms + tuple([(term, weight) for term in terms if term not in own]), word.field)


def _with_words(word: Terms, rows: Sequence[tuple[Terms, ...]], weight: float) -> Terms:
    """Return the leaf with the terms of other words after its own, of rows of one word, weighing less."""
    terms = dict(word.terms)
    for term, its in [each for row in rows if len(row) == 1 for each in row[0].terms]:
        terms.setdefault(term, its * weight)
    return Terms(tuple(terms.items()), word.field)


def _several(rows: Sequence[tuple[Terms, ...]], weight: float) -> list[Node]:
    """Return the rows of several words as nodes that weigh less than the word that each of them stands for as one."""
    return [Weighted(_phrase(row, row[0].field), weight / len(row)) for row in rows if len(row) > 1]


def _written(key: str, field: str | None) -> Terms:
    """Return the leaf for a word as it is written."""
    return Terms(((key, 1.0),), field)


def _phrase(words: tuple[Terms, ...], field: str | None) -> Phrase | Terms:
    return words[0] if len(words) == 1 else Phrase(words, field)


def _glued(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Group the tokens that were written with nothing between them, as in ECOاکو."""
    group: list[Token] = []
    for token in tokens:
        if group and token.start != group[-1].end:
            yield group
            group = []
        group.append(token)
    if group:
        yield group
