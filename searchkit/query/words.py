"""Which index terms answer words that were typed beside one another?

The words are analysed together, as a document's text is, so that می رود becomes one token; then other spacings of them
are looked for in the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from searchkit.documents import Token
from searchkit.persian import Analyzer
from searchkit.persian.terms import LEMMA
from searchkit.query.derivation import derived, with_yeh
from searchkit.query.spacing import Frequency, Spacing, interrogative_keys, stop_keys
from searchkit.query.tree import Any, Clause, Clauses, Node, Phrase, Quoted, Terms, Weighted
from searchkit.ranking import Ranking


class QueryWords(NamedTuple):
    """Makes the answers to words with one analyzer, asking one index how many documents hold a term."""

    analyzer: Analyzer
    frequency: Frequency
    ranking: Ranking = Ranking()

    def answers(self, texts: Sequence[str], field: str | None) -> list[Clause]:
        """Return a clause for each word of neighbouring texts; none for punctuation."""
        text = " ".join(texts)
        tokens = self.analyzer.analyze(text)
        spacing = Spacing(self.analyzer, self.frequency, self.ranking, field)
        # A joined word is given to each of the words it is made of: a document that holds it holds them all.
        joined: dict[int, list[str]] = {}
        for span, terms in spacing.joined(text, tokens):
            for position in range(*span):
                joined.setdefault(position, []).extend(terms)
        return [self._answer(group, joined, spacing) for group in _glued(tokens)]

    def _answer(self, group: Sequence[Token], joined: Mapping[int, Sequence[str]], spacing: Spacing) -> Clause:
        """Return the clause for one word, or for several that were written with nothing between them."""
        if len(group) > 1:
            row = tuple(_own(token, spacing) for token in group)
            return Clause(Phrase(row, spacing.field), row=row)
        (token,) = group
        word = _own(token, spacing)
        if token.position in joined:
            word = _with(word, joined[token.position], self.ranking.respaced)
        apart = _apart(token, spacing)
        if token.key in interrogative_keys():
            return Clause(Weighted(self._either(word, apart), self.ranking.interrogative), "?")
        if token.key in stop_keys():
            return Clause(self._either(word, apart), "?", (word,))
        if self.ranking.derived:
            word = _with(word, with_yeh(token.key, token.lemma, spacing.held), self.ranking.derived)
        node = self._either(word, apart)
        akin = derived(token.key, token.lemma, spacing.held) if self.ranking.derived else ()
        if not akin:
            return Clause(node, "", (word,))
        word = _with(word, akin, self.ranking.derived)
        return Clause(node, "", (word,), self._either(word, apart))

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
        return Quoted(self._either(_phrase(words, field), ways), Clauses(tuple(self.answers(texts, field))))

    def prefix(self, text: str) -> str:
        """Return the folded key that words beginning with `text` begin with; empty for punctuation."""
        return "".join(token.key for token in self.analyzer.analyze(text))

    def _either(self, node: Phrase | Terms, others: Sequence[tuple[Terms, ...]]) -> Node:
        """Return the node, or a choice between it and other rows of words, which weigh less."""
        weighted = [Weighted(_phrase(words, node.field), self.ranking.respaced) for words in others]
        return Any((node, *weighted)) if weighted else node


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
