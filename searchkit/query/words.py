"""Which index terms answer words that were typed beside one another?

The words are analysed together, as a document's text is, so that می رود becomes one token; then other spacings of them
are looked for in the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from searchkit.documents import Token
from searchkit.persian import Analyzer
from searchkit.persian.terms import query_terms
from searchkit.query.spacing import Spacing, Vocabulary, stop_keys
from searchkit.query.tree import Any, Node, Phrase, Terms, Weighted

JOINED_WEIGHT = 0.5
APART_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """The node for one word of a query; `stop` marks a function word, which a document may miss."""

    node: Node
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Makes the answers to words with one analyzer and one vocabulary."""

    analyzer: Analyzer
    vocabulary: Vocabulary

    def answers(self, texts: Sequence[str], field: str | None) -> list[Answer]:
        """Return a node for each word of neighbouring texts; none for punctuation."""
        text = " ".join(texts)
        tokens = self.analyzer.analyze(text)
        spacing = Spacing(self.analyzer, self.vocabulary, field)
        joined = spacing.joined(text, tokens)
        stops = stop_keys(self.analyzer)
        answers = []
        for group in _glued(tokens):
            if len(group) > 1:
                answers.append(Answer(Phrase(tuple(terms_of(token, field) for token in group), field)))
                continue
            (token,) = group
            node: Node = terms_of(token, field, joined.get(token.position, ()))
            if apart := spacing.apart(token):
                spaced = (Phrase(tuple(Terms(terms, field) for terms in words), field) for words in apart)
                node = Any((node, *(Weighted(phrase, APART_WEIGHT) for phrase in spaced)))
            answers.append(Answer(node, token.key in stops))
        return answers

    def quoted(self, texts: Sequence[str], field: str | None) -> Node | None:
        """Return the node for a phrase, or None for one without words."""
        words = [terms_of(token, field) for token in self.analyzer.analyze(" ".join(texts))]
        if len(words) < 2:
            return words[0] if words else None
        return Phrase(tuple(words), field)

    def prefix(self, text: str) -> str:
        """Return the folded key that words beginning with `text` begin with; empty for punctuation."""
        return "".join(token.key for token in self.analyzer.analyze(text))


def terms_of(token: Token, field: str | None, joined: Sequence[str] = ()) -> Terms:
    """Return the leaf for a token; `joined` terms follow its own, weighing less."""
    own = dict(query_terms(token.key, token.lemma, token.terms))
    return Terms((*own.items(), *((term, JOINED_WEIGHT) for term in joined if term not in own)), field)


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
