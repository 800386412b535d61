"""Which index terms answer words that were typed beside one another?

The words are analysed together, as a document's text is, so that می رود becomes one token; then other spacings of them
are looked for in the vocabulary.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from searchkit.documents import Token
from searchkit.persian import Analyzer
from searchkit.persian.terms import query_terms
from searchkit.query.spacing import Spacing, Vocabulary, stop_keys
from searchkit.query.tree import Any, Node, Phrase, Terms, Weighted

RESPACED_WEIGHT = 0.5
"""What another spacing of a word weighs beside the one typed."""

_REMEMBERED = 1 << 13
"""Words: some 8 MB."""


class Answer(NamedTuple):
    """The node for one word of a query; `stop` marks a function word, which a document may miss."""

    node: Node
    stop: bool = False


class _Reading(NamedTuple):
    """The leaf for a word, and the rows of leaves for its other spacings: what is in it apart."""

    word: Terms
    apart: tuple[tuple[Terms, ...], ...]


class Words:
    """Makes the answers to words with one analyzer and one vocabulary. Safe to share between threads.

    What it has found for a word it remembers: most words of a query have been asked for before.
    """

    def __init__(self, analyzer: Analyzer, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._analyzer = analyzer
        self._readings: dict[Hashable, _Reading] = {}

    def answers(self, texts: Sequence[str], field: str | None) -> list[Answer]:
        """Return a node for each word of neighbouring texts; none for punctuation."""
        text = " ".join(texts)
        tokens = self._analyzer.analyze(text)
        spacing = Spacing(self._analyzer, self.vocabulary, field)
        # A joined word is given to each of the words it is made of: a document that holds it holds them all.
        joined: dict[int, list[str]] = {}
        for span, terms in spacing.joined(text, tokens):
            for position in range(*span):
                joined.setdefault(position, []).extend(terms)
        stops = stop_keys()
        answers = []
        for group in _glued(tokens):
            if len(group) > 1:
                answers.append(Answer(Phrase(tuple(_own(token, field) for token in group), field)))
                continue
            (token,) = group
            node, apart = self._reading(token, spacing)
            if token.position in joined:
                node = _with_joined(node, joined[token.position])
            answers.append(Answer(_either(node, apart), token.key in stops))
        return answers

    def quoted(self, texts: Sequence[str], field: str | None) -> Node | None:
        """Return the node for a phrase, or None for one without words."""
        text = " ".join(texts)
        tokens = self._analyzer.analyze(text)
        if not tokens:
            return None
        spacing = Spacing(self._analyzer, self.vocabulary, field)
        readings = [self._reading(token, spacing) for token in tokens]
        words = tuple([reading.word for reading in readings])
        ways = []
        for (first, end), terms in spacing.joined(text, tokens):
            ways.append((*words[:first], Terms(tuple((term, 1.0) for term in terms), field), *words[end:]))
        for at, reading in enumerate(readings):
            ways += [(*words[:at], *apart, *words[at + 1 :]) for apart in reading.apart]
        return _either(_phrase(words, field), ways)

    def _reading(self, token: Token, spacing: Spacing) -> _Reading:
        key = (spacing.field, token.text, token.key, token.lemma, token.terms)
        reading = self._readings.get(key)
        if reading is None:
            field = spacing.field
            apart = tuple(tuple(Terms(terms, field) for terms in words) for words in spacing.apart(token))
            reading = _Reading(_own(token, field), apart)
            if len(self._readings) >= _REMEMBERED:
                self._readings.clear()
            self._readings[key] = reading
        return reading

    def prefix(self, text: str) -> str:
        """Return the folded key that words beginning with `text` begin with; empty for punctuation."""
        return "".join(token.key for token in self._analyzer.analyze(text))


def _own(token: Token, field: str | None) -> Terms:
    """Return the leaf for a token."""
    return Terms(query_terms(token.key, token.lemma, token.terms), field)


def _with_joined(word: Terms, joined: Sequence[str]) -> Terms:
    """Return the leaf with the terms of joined words after its own, weighing less."""
    own = dict(word.terms)
    return Terms(word.terms + tuple([(term, RESPACED_WEIGHT) for term in joined if term not in own]), word.field)


def _phrase(words: tuple[Terms, ...], field: str | None) -> Phrase | Terms:
    return words[0] if len(words) == 1 else Phrase(words, field)


def _either(node: Phrase | Terms, others: Sequence[tuple[Terms, ...]]) -> Node:
    """Return the node, or a choice between it and other rows of words, which weigh less."""
    weighted = [Weighted(_phrase(words, node.field), RESPACED_WEIGHT) for words in others]
    return Any((node, *weighted)) if weighted else node


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
