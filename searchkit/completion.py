"""Which words and titles complete what is typed? Those that documents hold, the most frequent first.

A word may be typed as it is folded, on the other layout of the keyboard, or in Latin letters as it sounds. What stands
before it says which documents count.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from searchkit.engines.base import Among, Reader
from searchkit.persian import Analyzer
from searchkit.persian.terms import Wanted
from searchkit.persian.text.chars import ZWNJ
from searchkit.persian.text.fold import key_of
from searchkit.query.begun import Begun, begun
from searchkit.query.conditions import Condition, is_short
from searchkit.query.narrowing import Narrowing
from searchkit.query.parse import Parsed
from searchkit.query.resolve import resolve
from searchkit.query.rewriting.beginnings import Beginning, beginnings
from searchkit.query.rewriting.keyboard import retyped
from searchkit.query.rewriting.letters import LONGEST_WORD
from searchkit.query.spacing import stop_keys
from searchkit.query.tree import Any, Clause, Clauses, Node, Not, Phrase, Prefix, Word
from searchkit.query.words import QueryWords
from searchkit.ranking import Ranking
from searchkit.results import Completion

MOST_COMPLETIONS = 100
"""How many words, and how many titles, are returned at most."""

_FIELDS = ("title", "body")
_FORMS = 2
"""Words of one lemma that are returned at most."""
_CONSIDERED = 500
"""How many words are looked at, at most, since many may be forms of one."""
_OF_TEXT = 2_000
"""How much of a text is looked at to see how a word is written."""
_PERSIAN = str.maketrans("\u064a\u0643", "\u06cc\u06a9")  # the yeh and kaf of Arabic keyboards
_LONE = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which cannot be sent."""
_SHORT = 16
"""Code points of the longest text whose answer is kept, as many begin alike,"""
_ANSWERS = 1_000
"""and how many are kept; each takes some 4 KB, and its condition at most as much again."""
_REMEMBERED = 20_000
"""Words of which it is remembered how they are written; each takes some 300 bytes, and conditions, one a question, some
KB."""


class CompletionQuestion(NamedTuple):
    """What is typed, read, and of which documents it may be completed.

    Attributes:
        text: As typed.
        parsed: The same, read.
        limit: How many words, and how many titles, are wanted at most.
        narrowing: Which documents count; None for all.
    """

    text: str
    parsed: Parsed
    limit: int
    narrowing: Narrowing | None

    @property
    def where(self) -> Condition | None:
        """Which documents count; None for all."""
        return None if self.narrowing is None else self.narrowing.where

    def is_kept(self) -> bool:
        """Tell whether what is found may be kept by the condition, which may be as long as a list of ids."""
        return self.where is None or is_short(self.where)


_Answers: TypeAlias = dict[tuple[Condition | None, str, int], list[Completion]]
"""What was found of one commit, by the condition, the text and the limit."""
_Written: TypeAlias = dict[tuple[Condition | None, str], str]
"""How words are written in documents that fulfil a condition."""
_Place: TypeAlias = tuple[Among, int, Sequence[Beginning]]
"""Among which documents words are looked for, from where in the text on, and with which beginnings."""


class _HeldWord(NamedTuple):
    """A word that is held: how many documents hold it, about, its key, where in the text it begins, and among what."""

    held: int
    key: str
    start: int
    among: Among

    def order(self) -> tuple[int, str, int]:
        """What makes the more frequent come first."""
        return -self.held, self.key, self.start


class Completer:
    """Completes what is typed. Safe to share between threads.

    Args:
        analyzer: Makes keys of words.
        ranking: With which weights words answer; it decides nothing here.
    """

    def __init__(self, analyzer: Analyzer, ranking: Ranking) -> None:
        self._analyzer = analyzer
        self._ranking = ranking
        self._answers: WeakKeyDictionary[Reader, _Answers] = WeakKeyDictionary()
        self._written: WeakKeyDictionary[Reader, _Written] = WeakKeyDictionary()

    def completions(self, question: CompletionQuestion, reader: Reader) -> list[Completion]:
        """Return words and then titles; see `SearchIndex.suggest`."""
        if not question.limit or not question.parsed.clauses.clauses:
            return []
        if len(question.text) > _SHORT or not question.is_kept():
            return self._found(question, reader)
        known, key = self._answers.setdefault(reader, {}), (question.where, question.text, question.limit)
        found = known.get(key)
        if found is None:
            if len(known) >= _ANSWERS:
                known.clear()
            found = known[key] = self._found(question, reader)
        return list(found)

    def _found(self, question: CompletionQuestion, reader: Reader) -> list[Completion]:
        word = begun(question.text, question.parsed, self._analyzer.analyze)
        asked = _Typing(question, reader, self._analyzer, self._ranking)
        words = [] if word is None or word.excluded else self._words(asked, word)
        return words + _titles(asked, word)

    def _words(self, asked: _Typing, word: Begun) -> list[Completion]:
        """Return the words that begin so, those that begin as typed first."""
        limit = asked.question.limit
        among = asked.among(word.context, word.field)
        places: list[_Place] = [(among, word.start, [Beginning(key) for key in word.keys[:1]])]
        if word.joined is not None:
            start, key = word.joined
            apart = asked.among(Clauses(word.context.clauses[:-1]), word.field)
            places.append((apart, start, [Beginning(key)]))
        before = {token.key for token in self._analyzer.analyze(asked.question.text[: word.start])}
        typed = self._chosen(places, limit, before)
        others: list[_Place] = [(among, word.start, _others(word, found=bool(typed)))]
        if word.keyed is not None:
            written = asked.question.text[word.keyed :]
            others.append((asked.among(_before(word), word.field), word.keyed, _on_other_keys(written)))
        rest = self._chosen(others, limit, before, typed)
        typed = typed[: limit - min(len(rest), limit // 2)]
        return self._completions(asked, typed, rest[: limit - len(typed)])

    def _chosen(
        self, places: Sequence[_Place], limit: int, before: Collection[str], besides: Sequence[_HeldWord] = ()
    ) -> list[_HeldWord]:
        """Return the most frequent words that begin so and are worth to be shown, besides others that are.

        Function words are not, nor those that are no words, nor what stands before, and of one lemma only few are.
        """
        unworthy = stop_keys().union(before)
        for considered in (limit + 10, 4 * limit + 40, _CONSIDERED):
            held, are_all = _held(places, considered, unworthy)
            worthy = [each for each in held if len(each.key) <= LONGEST_WORD]
            chosen = self._few_of_a_lemma(worthy, limit, besides)
            if len(chosen) == limit or are_all:
                break
        return chosen

    def _few_of_a_lemma(self, held: Iterable[_HeldWord], limit: int, besides: Sequence[_HeldWord]) -> list[_HeldWord]:
        """Return the first of some words, besides others."""
        forms = Counter(self._lemma(each.key) for each in besides)
        seen = {(each.start, each.key) for each in besides}
        chosen: list[_HeldWord] = []
        for each in held:
            if len(chosen) == limit:
                break
            lemma = self._lemma(each.key)
            if forms[lemma] < _FORMS and (each.start, each.key) not in seen:
                forms[lemma] += 1
                chosen.append(each)
        return chosen

    def _lemma(self, key: str) -> str:
        tokens = self._analyzer.analyze(key)
        return tokens[0].lemma if len(tokens) == 1 else key

    def _completions(self, asked: _Typing, *chosen: Sequence[_HeldWord]) -> list[Completion]:
        """Return words that were chosen, of each kind the most frequent ones first."""
        exact: list[_HeldWord] = []
        for some in chosen:
            counted = [each._replace(held=each.among.holding(each.key)[0]) for each in some]
            exact += sorted(counted, key=_HeldWord.order)
        ways = self._as_written(asked, [each.key for each in exact])
        text = _LONE.sub("\ufffd", asked.question.text)
        return [Completion(text[: each.start] + way, "word", each.held) for each, way in zip(exact, ways, strict=True)]

    def _as_written(self, asked: _Typing, keys: Sequence[str]) -> list[str]:
        """Return how words are written in a document that may be told of."""
        where = asked.question.where
        if not asked.question.is_kept():
            return self._looked_up(asked, keys)
        known = self._written.setdefault(asked.reader, {})
        ways = {key: known.get((where, key)) for key in keys}
        new = [key for key, way in ways.items() if way is None]
        found = dict(zip(new, self._looked_up(asked, new), strict=True))
        if len(known) >= _REMEMBERED:
            known.clear()
        known.update({(where, key): way for key, way in found.items()})
        return [ways[key] or found[key] for key in keys]

    def _looked_up(self, asked: _Typing, keys: Sequence[str]) -> list[str]:
        """Return how each word is written most in one of the documents that hold it."""
        if not keys:
            return []
        every = asked.among(Clauses(()))
        held = [(key, number) for key in keys if (number := every.holding(key)[1]) is not None]
        documents = asked.reader.documents([number for _, number in held])
        texts = [f"{document.title[:_OF_TEXT]}\n{document.body[:_OF_TEXT]}\n" for document in documents]
        ends = list(accumulate(map(len, texts)))
        ways: dict[str, Counter[str]] = {key: Counter() for key in keys}
        for token in self._analyzer.finder(Wanted(frozenset(keys))).find("".join(texts)):
            if token.key == held[bisect_right(ends, token.start)][0]:
                ways[token.key][ZWNJ.join(token.text.split())] += 1
        return [ways[key].most_common(1)[0][0].translate(_PERSIAN) if ways[key] else key for key in keys]


class _Typing:
    """A question to one commit.

    Args:
        question: What is typed.
        reader: Of the commit.
        analyzer: Makes terms of the words that stand before the last one.
        ranking: With which weights they answer.
    """

    def __init__(self, question: CompletionQuestion, reader: Reader, analyzer: Analyzer, ranking: Ranking) -> None:
        self.question = question
        self.reader = reader
        self._among: dict[tuple[Clauses, str | None], Among] = {}
        frequency = reader.frequency if question.where is None else self._frequency
        self._words = QueryWords(analyzer, frequency, ranking)

    def _frequency(self, term: str, field: str | None) -> int:
        """Return how many of the documents that may be told of hold a term, which decides about other spacings."""
        if not self.reader.frequency(term, field):  # as of most cuts of a word, and so no part of the documents does
            return 0
        fields = _FIELDS if field is None else (field,)
        return max(self.among(Clauses(()), each).holding(term)[0] for each in fields)

    def among(self, context: Clauses, field: str | None = None) -> Among:
        """Return the documents that hold every word of a context and may be told of, by one of their texts or any."""
        key = context, field
        if key not in self._among:
            node = resolve(Parsed(context), self._words, "all") if context.clauses else None
            self._among[key] = self.reader.among(node, self.question.narrowing, field)
        return self._among[key]


def _held(places: Iterable[_Place], limit: int, besides: Collection[str]) -> tuple[list[_HeldWord], bool]:
    """Return other words that begin in one of some ways, the most frequent first, and whether these are all."""
    held: set[_HeldWord] = set()
    are_all = True
    for among, start, ways in places:
        for way in ways:
            words = among.words(way.text, limit, besides)
            are_all &= len(words) < limit
            held.update(_HeldWord(count, key, start, among) for key, count in words if way.begins(key))
    return sorted(held, key=_HeldWord.order), are_all


def _others(word: Begun, *, found: bool) -> list[Beginning]:
    """Return what else may be meant by a beginning: a spelling it is taken for, other keys, the sound of its letters.

    Of Persian letters that words begin with other keys are not meant.
    """
    others = [Beginning(key) for key in word.keys[1:]]
    if word.keys and len(word.text) <= LONGEST_WORD and (not found or word.text.isascii()):
        others += _on_other_keys(word.text)
        others += beginnings(word.keys[0])
    return others


def _on_other_keys(text: str) -> list[Beginning]:
    """Return what the keys that gave a text give on other layouts, where that is a word."""
    keys = (key_of(other) for other in retyped(text)) if len(text) <= LONGEST_WORD else ()
    return [Beginning(key) for key in keys if key.isalnum()]


def _before(word: Begun) -> Clauses:
    """Return what stands before all that was typed without a blank."""
    return Clauses(word.context.clauses[: -1 if word.keys else None])


def _titles(asked: _Typing, word: Begun | None) -> list[Completion]:
    """Return the titles that hold every word, and one that begins as the last one does."""
    if word is not None and (word.excluded or word.field == "body"):
        return []
    context = asked.question.parsed.clauses if word is None else word.context
    among = asked.among(Clauses(tuple(map(_in_title, context.clauses))), "title")
    ways = [None] if word is None else [word.keys[:1], [each.text for each in _others(word, found=False)]]
    found = next(filter(None, (among.titles(prefixes, asked.question.limit) for prefixes in ways)), [])
    documents = asked.reader.documents([number for number, _ in found])
    pairs = zip(documents, found, strict=True)
    return [Completion(" ".join(document.title.split()), "title", count) for document, (_, count) in pairs]


def _in_title(clause: Clause) -> Clause:
    return replace(clause, node=_node_in_title(clause.node))


def _node_in_title(node: Node) -> Node:
    """Return what asks the same of titles alone."""
    match node:
        case Word() | Prefix():
            return replace(node, field="title")
        case Phrase():
            words = tuple([Word(word.text, "title") for word in node.words if isinstance(word, Word)])
            return replace(node, words=words, field="title")
        case Any():
            return Any(tuple(map(_node_in_title, node.nodes)), tuple(map(_node_in_title, node.optional)))
        case Not():
            return Not(_node_in_title(node.node))
        case Clauses():
            return Clauses(tuple(map(_in_title, node.clauses)))
        case _:
            return node
