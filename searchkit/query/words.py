"""Which index terms answer words that were typed beside one another?

The words are analysed together, as a document's text is, so that می رود becomes one token; then other spacings of them
are looked for in the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from searchkit.documents import Token
from searchkit.persian import Analyzer
from searchkit.persian.terms import query_terms
from searchkit.query.spacing import Frequency, Spacing, stop_keys
from searchkit.query.tree import Any, Node, Phrase, Terms, Weighted

RESPACED_WEIGHT = 0.5
"""What another spacing of a word weighs beside the one typed."""


class Answer(NamedTuple):
    """The node for one word of a query; `stop` marks a function word, which a document may miss."""

    node: Node
    stop: bool = False


class QueryWords(NamedTuple):
    """Makes the answers to words with one analyzer, asking one index how many documents hold a term."""

    analyzer: Analyzer
    frequency: Frequency

    def answers(self, texts: Sequence[str], field: str | None) -> list[Answer]:
        """Return a node for each word of neighbouring texts; none for punctuation."""
        text = " ".join(texts)
        tokens = self.analyzer.analyze(text)
        spacing = Spacing(self.analyzer, self.frequency, field)
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
            node = _own(token, field)
            if token.position in joined:
                node = _with_joined(node, joined[token.position])
            answers.append(Answer(_either(node, _apart(token, spacing)), token.key in stops))
        return answers

    def quoted(self, texts: Sequence[str], field: str | None) -> Node | None:
        """Return the node for a phrase, or None for one without words."""
        text = " ".join(texts)
        tokens = self.analyzer.analyze(text)
        if not tokens:
            return None
        spacing = Spacing(self.analyzer, self.frequency, field)
        words = tuple([_own(token, field) for token in tokens])
        ways = []
        for (first, end), terms in spacing.joined(text, tokens):
            ways.append((*words[:first], Terms(tuple((term, 1.0) for term in terms), field), *words[end:]))
        for at, token in enumerate(tokens):
            ways += [(*words[:at], *apart, *words[at + 1 :]) for apart in _apart(token, spacing)]
        return _either(_phrase(words, field), ways)

    def prefix(self, text: str) -> str:
        """Return the folded key that words beginning with `text` begin with; empty for punctuation."""
        return "".join(token.key for token in self.analyzer.analyze(text))


def _own(token: Token, field: str | None) -> Terms:
    """Return the leaf for a token."""
    return Terms(query_terms(token.key, token.lemma, token.terms), field)


def _apart(token: Token, spacing: Spacing) -> list[tuple[Terms, ...]]:
    """Return the rows of leaves for the other spacings of a token: what is in it apart."""
    return [tuple([Terms(terms, spacing.field) for terms in words]) for words in spacing.apart(token)]


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
