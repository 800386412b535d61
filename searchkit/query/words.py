"""Which index terms answer words that were typed beside one another?

The words are analysed together, as a document's text is, so that می رود becomes one token; then other spacings of them
are looked for in the vocabulary.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple, TypeAlias

from searchkit.documents import Span, Token
from searchkit.persian import Analyzer
from searchkit.persian.terms import LEMMA
from searchkit.persian.text.fold import fold, fold_words, rows
from searchkit.query.derivation import derived, with_yeh
from searchkit.query.spacing import QUERY_DATA, Frequency, Spacing, interrogative_keys, stop_keys
from searchkit.query.tree import Any, Clause, Clauses, Node, Phrase, Quoted, Terms, Weighted
from searchkit.ranking import Ranking

SHORT = 3
"""Words that are no function words, up to which other words are looked for too: it takes some time for each."""

OtherWay: TypeAlias = tuple[tuple[str, ...], float]
"""Terms that stand one after another where a word, or several, could, and what each of these weighs then."""


class QueryWords(NamedTuple):
    """Makes the answers to words with one analyzer, asking one index how many documents hold a term.

    `alternatives` gives other words for a folded one that is held, of which there may be several parted by blanks.
    """

    analyzer: Analyzer
    frequency: Frequency
    ranking: Ranking = Ranking()
    alternatives: Callable[[str], Sequence[str]] | None = None

    def answers(self, texts: Sequence[str], field: str | None) -> list[Clause]:
        """Return a clause for each word of neighbouring texts; none for punctuation."""
        text = " ".join(texts)
        tokens = self.analyzer.analyze(text)
        spacing = Spacing(self.analyzer, self.frequency, self.ranking, field)
        # Another way is given to each of the words that it stands for: a document that holds it holds them all.
        others: dict[int, list[OtherWay]] = defaultdict(list)
        for (first, end), ways in chain(
            self._joined(text, tokens, spacing), self._numbers(tokens, spacing), self._alternatives(tokens, spacing)
        ):
            for position in range(first, end):
                others[position] += ways
        return [self._answer(group, others.get(group[0].position, ()), spacing) for group in _glued(tokens)]

    def _answer(self, group: Sequence[Token], others: Sequence[OtherWay], spacing: Spacing) -> Clause:
        """Return the clause for one word, or for several that were written with nothing between them."""
        if len(group) > 1:
            row = tuple(_own(token, spacing) for token in group)
            return Clause(Phrase(row, spacing.field), row=row)
        (token,) = group
        word, ways = _own(token, spacing), _weighted(_apart(token, spacing), self.ranking.respaced)
        for words, weight in others:
            if len(words) == 1:
                word = _with(word, words, weight)
            else:
                ways += _weighted([tuple([_written(each, spacing.field) for each in words])], weight)
        if token.key in interrogative_keys():
            return Clause(Weighted(_either(word, ways), self.ranking.interrogative), "?")
        if token.key in stop_keys():
            return Clause(_either(word, ways), "?", (word,))
        if self.ranking.derived:
            word = _with(word, with_yeh(token.key, token.lemma, spacing.held), self.ranking.derived)
        node = _either(word, ways)
        akin = derived(token.key, token.lemma, spacing.held) if self.ranking.derived else ()
        if not akin:
            return Clause(node, "", (word,))
        word = _with(word, akin, self.ranking.derived)
        return Clause(node, "", (word,), _either(word, ways))

    def quoted(self, texts: Sequence[str], field: str | None) -> Quoted | None:
        """Return the node for a phrase, which is matched as it is written, or None for one without words."""
        text = " ".join(texts)
        tokens = self.analyzer.analyze(text)
        if not tokens:
            return None
        spacing = Spacing(self.analyzer, self.frequency, self.ranking, field)
        words = tuple([_written(token.key, field) for token in tokens])
        ways = []
        for (first, end), (term, *_) in spacing.joined(text, tokens):
            if not term.startswith(LEMMA):
                ways.append((*words[:first], _written(term, field), *words[end:]))
        for at, token in enumerate(tokens):
            for apart in _apart(token, spacing):
                written = [_written(terms.terms[0][0], field) for terms in apart]
                ways.append((*words[:at], *written, *words[at + 1 :]))
        return Quoted(
            _either(_phrase(words, field), _weighted(ways, self.ranking.respaced)),
            Clauses(tuple(self.answers(texts, field))),
        )

    def _joined(self, text: str, tokens: Sequence[Token], spacing: Spacing) -> Iterator[tuple[Span, list[OtherWay]]]:
        """Yield which words are held as one, and the terms of that."""
        for span, terms in spacing.joined(text, tokens):
            yield span, [((term,), self.ranking.respaced) for term in terms]

    def _numbers(self, tokens: Sequence[Token], spacing: Spacing) -> Iterator[tuple[Span, list[OtherWay]]]:
        """Yield which words write a number, and other ways to write it that are held."""
        if not any(token.key[0].isdecimal() or token.key[:2] in _numeral_beginnings() for token in tokens):
            return
        from searchkit.query.numbers import other_writings  # noqa: PLC0415 (most queries have no number)

        for first, end, ways in other_writings([fold(token.text) for token in tokens]):
            yield (first, end), [(way, self.ranking.respaced) for way in ways if all(map(spacing.held, way))]

    def _alternatives(self, tokens: Sequence[Token], spacing: Spacing) -> Iterator[tuple[Span, list[OtherWay]]]:
        """Yield the words of a short query that are held, and what stands for each."""
        content = [token for token in tokens if token.key not in stop_keys()]
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


def _either(node: Phrase | Terms, others: Sequence[Node]) -> Node:
    return Any((node, *others)) if others else node


def _weighted(rows: Sequence[tuple[Terms, ...]], weight: float) -> list[Node]:
    """Return rows of words one after another as nodes that weigh less than what they stand for."""
    return [Weighted(_phrase(row, row[0].field), weight) for row in rows]


def _own(token: Token, spacing: Spacing) -> Terms:
    """Return the leaf for a token."""
    return Terms(spacing.terms(token), spacing.field)


def _with(word: Terms, terms: Sequence[str], weight: float) -> Terms:
    """Return the leaf with other terms after its own, weighing less."""
    own = dict(word.terms)
    return Terms(word.terms + tuple([(term, weight) for term in terms if term not in own]), word.field)


def _apart(token: Token, spacing: Spacing) -> list[tuple[Terms, ...]]:
    """Return the rows of leaves for the other spacings of a token: what is in it apart."""
    return [tuple([Terms(terms, spacing.field) for terms in words]) for words in spacing.apart(token)]


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
