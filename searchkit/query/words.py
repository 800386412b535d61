"""Which index terms answer words that were typed beside one another?

The words are analysed together, as a document's text is, so that می رود becomes one token. Then the vocabulary is asked
for the spellings that analysis cannot know: neighbours written as one word, and one word written apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from searchkit.documents import Token
from searchkit.persian import Analyzer
from searchkit.persian.terms import LEMMA, PART, query_terms
from searchkit.query.stopwords import stop_keys
from searchkit.query.tree import Any, Node, Phrase, Terms, Weighted

JOINED_WEIGHT = 0.5
SPLIT_WEIGHT = 0.5
MIN_PIECE = 2
# A word in more documents than this is a word of its own: بازار needs no reading as با + زار.
RARE = 10


class Vocabulary(Protocol):
    """What this module asks of an index; every `searchkit.engines.base.Reader` answers it."""

    def frequency(self, term: str, field: str | None = None) -> int:
        """Return how many documents hold the term."""


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
        """Return a node for each token of neighbouring words; none for punctuation."""
        text = " ".join(texts)
        tokens = self.analyzer.analyze(text)
        stops = stop_keys(self.analyzer)
        joined = self._joined(text, tokens, field, stops)
        answers = []
        for group in _glued(tokens):
            if len(group) > 1:
                answers.append(Answer(phrase([terms_of(token, field) for token in group], field)))
                continue
            token = group[0]
            stop = token.key in stops
            node: Node = terms_of(token, field, joined.get(token.position, ()))
            if not stop:
                node = self._with_split(node, token, field, stops)
            answers.append(Answer(node, stop))
        return answers

    def quoted(self, texts: Sequence[str], field: str | None) -> Node | None:
        """Return the node for a phrase, or None for one without words."""
        words = [terms_of(token, field) for token in self.analyzer.analyze(" ".join(texts))]
        return phrase(words, field) if words else None

    def prefix(self, text: str) -> str:
        """Return the folded key that words beginning with `text` begin with; empty for punctuation."""
        return "".join(token.key for token in self.analyzer.analyze(text))

    def _joined(
        self, text: str, tokens: Sequence[Token], field: str | None, stops: frozenset[str]
    ) -> dict[int, list[str]]:
        """Return, by position, the terms that answer a word together with its neighbours.

        A word that is two words of the query stands in the terms of both, so a document that holds it holds both.
        """
        found: dict[int, list[str]] = {}
        for size in (2, 3):
            for neighbours in zip(*(tokens[start:] for start in range(size)), strict=False):
                if all(token.key in stops for token in neighbours) or _parted(text, neighbours):
                    continue
                beginning = "".join(token.key for token in neighbours[:-1])
                last = neighbours[-1]
                whole = beginning + last.key, LEMMA + beginning + last.lemma
                terms = [term for term in whole if self.vocabulary.frequency(term, field)]
                for token in neighbours:
                    found.setdefault(token.position, []).extend(terms)
        return found

    def _with_split(self, node: Node, token: Token, field: str | None, stops: frozenset[str]) -> Node:
        pieces = [term.removeprefix(PART) for term in token.terms if term.startswith(PART)]
        if len(pieces) < 2:
            if self.vocabulary.frequency(token.key, field) > RARE:
                return node
            pieces = self._best_split(token.key, field, stops)
        if not pieces:
            return node
        apart = Phrase(tuple(Terms(((piece, 1.0),), field) for piece in pieces), field)
        return Any((node, Weighted(apart, SPLIT_WEIGHT)))

    def _best_split(self, key: str, field: str | None, stops: frozenset[str]) -> list[str]:
        """Return the two words of the vocabulary that make the key, those whose rarer one is least rare; or none."""
        best: list[str] = []
        most = 0
        for cut in range(MIN_PIECE, len(key) - MIN_PIECE + 1):
            pieces = [key[:cut], key[cut:]]
            if stops.isdisjoint(pieces):
                fewest = min(self.vocabulary.frequency(piece, field) for piece in pieces)
                if fewest > most:
                    best, most = pieces, fewest
        return best


def terms_of(token: Token, field: str | None, joined: Sequence[str] = ()) -> Terms:
    """Return the leaf for a token; `joined` terms follow its own, weighing less."""
    own = dict(query_terms(token.key, token.lemma, token.terms))
    return Terms((*own.items(), *((term, JOINED_WEIGHT) for term in joined if term not in own)), field)


def phrase(words: Sequence[Terms], field: str | None) -> Phrase | Terms:
    """Return the words as a phrase, or the only one as it is."""
    return words[0] if len(words) == 1 else Phrase(tuple(words), field)


def _parted(text: str, neighbours: Sequence[Token]) -> bool:
    """Tell whether more than white space stands between words."""
    return any(text[left.end : right.start].strip() for left, right in pairwise(neighbours))


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
