"""Which documents answer a resolved query, best first? Its tree, worked out on whole arrays."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.engines.base import Deadline, Page
from searchkit.engines.whoosh.format.types import Documents, Flags, Scores
from searchkit.engines.whoosh.reading.snapshot import Snapshot
from searchkit.engines.whoosh.searching.beside import BesideScorer
from searchkit.engines.whoosh.searching.bm25 import Conditions, Forms, WordForms, word_scores
from searchkit.engines.whoosh.searching.matches import (
    Answers,
    Matches,
    faded,
    first_of,
    flat,
    handed_out,
    intersection,
    nothing,
    restricted,
    scaled,
    tiered,
    top_k,
    union,
    with_optional,
    without,
)
from searchkit.engines.whoosh.searching.phrases import phrase_scores
from searchkit.query import tree
from searchkit.ranking import Ranking

if TYPE_CHECKING:
    from searchkit.engines.whoosh.searching.fusion import Meant
    from searchkit.query.narrowing import Narrowing

MAX_EXPANSIONS = 1024
"""Terms that a prefix stands for at most."""

CACHE_BYTES = 24 * 2**20

_ENOUGH = 4  # times as many of the nearest documents are looked for as count, where not all are compared

_AT_ONCE = 2**24  # scores that are worked out at once, one for each word and document, which take 64 MB

_QUERY = 8_000  # bytes of the tree of a query, about
_OVERHEAD = 700  # bytes of an entry of the cache, besides its arrays: key, objects, places in the dictionary

Leaf: TypeAlias = tuple[Forms | str, str | None, Conditions | None]
Leaves: TypeAlias = dict[Leaf, tree.Terms | tree.Prefix]


class _Asked(NamedTuple):
    """What the leaves of a query have found, and until when the rest of it may take."""

    leaves: dict[Leaf, Matches]
    deadline: Deadline | None


class Searcher:
    """Searches one commit of an index. Safe to share between threads.

    Args:
        snapshot: Its documents.
        ranking: How they are scored.
        cache: How many bytes of what words and phrases have found to keep.

    Attributes:
        snapshot: Its documents.
        cache: What words and phrases have found.
    """

    def __init__(self, snapshot: Snapshot, ranking: Ranking | None = None, cache: int = CACHE_BYTES) -> None:
        self.snapshot = snapshot
        self.cache = Cache(cache)
        self._ranking = ranking or Ranking()
        self._beside = BesideScorer(snapshot, self._ranking)
        self._cut: set[Leaf] = set()  # prefixes of more than `MAX_EXPANSIONS` words, so there are few of them

    def search(
        self,
        asked: tree.Node,
        *,
        limit: int,
        offset: int = 0,
        deadline: Deadline | None = None,
        narrowing: Narrowing | None = None,
    ) -> Page:
        """Find the documents of a resolved query; see `searchkit.engines.base.Reader`."""
        ranked = asked if isinstance(asked, tree.Ranked) else tree.Ranked(asked)
        if narrowing is not None:
            from searchkit.engines.whoosh.searching.narrowed import narrowed  # noqa: PLC0415 (most searches are not)

            page = narrowed(self, ranked, narrowing, slice(offset, limit + offset), deadline)
            return page._replace(cut=self._cut_of(ranked.answers))
        candidates = self.candidates_of(ranked)
        found, key = None, _HashedOnce(ranked)
        if limit + offset <= candidates:
            _check(deadline)
            found = self.cache.get(key)
        if not isinstance(found, _Ordered):
            answers = self.answers(ranked, deadline)
            first = self.first_of(ranked, answers, max(limit + offset, candidates), deadline)
            found = _Ordered(*first, answers.counts)
            if limit + offset <= candidates:
                self.cache.put(key, found)
        shown = slice(offset, offset + limit)
        return Page(handed_out(found.numbers[shown], found.scores[shown]), *found.counts, self._cut_of(ranked.answers))

    def candidates_of(self, ranked: tree.Ranked) -> int:
        """Return how many of the first documents are looked through for words side by side."""
        return self._ranking.candidates if ranked.beside else 0

    @cached_property
    def _freshness(self) -> Scores | None:
        """What each document's score is multiplied by for its age; None where that does not count."""
        if not self._ranking.half_life:
            return None
        from searchkit.engines.whoosh.searching.freshness import freshness  # noqa: PLC0415 (an option)

        return freshness(self.snapshot, self._ranking)

    def answers(
        self, ranked: tree.Ranked, deadline: Deadline | None = None, narrowing: Narrowing | None = None
    ) -> Answers:
        """Return what a query matches, of the documents that a narrowed search lets through.

        Raises:
            SearchTimeoutError: The deadline has passed.
        """
        words, kept = self._words(ranked, deadline, narrowing)
        every, complete = words.every, words.complete
        if ranked.near is not None:
            _check(deadline)
            meant, among = self._meant(ranked.near, words, kept), self._flags(ranked.near.among)
            every = meant.alone(among) if ranked.near.alone else meant.found(every, among)
            complete = intersection([complete, every], self.snapshot.size) if ranked.near.alone else complete
        if self._freshness is not None and self.ages(ranked):
            every = faded(every, self._freshness)
        return Answers(every, tuple(tiered(every, words.tiers)), complete)

    def ages(self, ranked: tree.Ranked) -> bool:
        """Tell whether the age of documents may count: not where nothing but what they mean does."""
        return ranked.near is None or not ranked.near.alone

    def meant(self, ranked: tree.Ranked, narrowing: Narrowing | None = None) -> Meant | None:
        """Return what meaning adds to what the words of a query find; None where it does not count."""
        return None if ranked.near is None else self._meant(ranked.near, *self._words(ranked, None, narrowing))

    def _words(
        self, ranked: tree.Ranked, deadline: Deadline | None, narrowing: Narrowing | None
    ) -> tuple[Answers, Flags | None]:
        """Return what words find of what may answer, what its tiers must match, and what may answer."""
        whole = [] if ranked.complete is None else [ranked.complete]
        every, *others = self.find(ranked.answers, *ranked.tiers, *whole, deadline=deadline)
        complete, tiers = others[-1] if whole else every, tuple(others[: len(ranked.tiers)])
        kept = None if narrowing is None else self._kept(narrowing)
        if kept is not None:
            every, complete = restricted(every, kept), restricted(complete, kept)
        return Answers(every, tiers, complete), kept

    def _kept(self, narrowing: Narrowing) -> Flags | None:
        """Return which documents a narrowed search lets through; None for all."""
        if narrowing.where is None:
            return None
        from searchkit.engines.whoosh.searching.filters import kept  # noqa: PLC0415 (most searches are not narrowed)

        return kept(self.snapshot, narrowing.where)

    def _meant(self, near: tree.Near, words: Answers, kept: Flags | None) -> Meant:
        """Return what meaning adds to what words find; less where they find a document that holds all of them."""
        from searchkit.engines.whoosh.searching.fusion import meant  # noqa: PLC0415 (most indexes have no vectors)
        from searchkit.engines.whoosh.searching.nearest import FAR, Few, nearness  # noqa: PLC0415 (as above)

        ranking, few = self._ranking, None
        if kept is None and not near.alone and ranking.nearest:
            few = Few(_ENOUGH * ranking.nearest, np.sort(top_k(words.every, ranking.nearest)[0]))
        of_documents = nearness(self.snapshot, near.vector, few)
        if kept is not None:
            of_documents[~kept] = FAR
        weight = ranking.meaning_complete if words.complete.count else ranking.meaning
        return meant(of_documents, words.every, ranking.nearest, weight)

    def _flags(self, node: tree.Node | None) -> Flags | None:
        """Return which documents match, a flag for each; None for no condition."""
        if node is None:
            return None
        flags = np.zeros(self.snapshot.size, bool)
        flags[self.find(node)[0].documents] = True
        return flags

    def first_of(
        self, ranked: tree.Ranked, answers: Answers, wanted: int, deadline: Deadline | None = None
    ) -> tuple[Documents, Scores]:
        """Return the first `wanted` of what a query matches: tier by tier, the higher scores of each first.

        Args:
            ranked: The query.
            answers: What it matches, or a part of that.
            wanted: How many, at least `candidates_of(ranked)`: fewer are not what comes first.
            deadline: Until when it may take.

        Raises:
            SearchTimeoutError: The deadline has passed.
        """
        numbers, scores, places = first_of(answers.tiers, wanted)
        candidates = self.candidates_of(ranked)
        if candidates and len(numbers):
            _check(deadline)
            order = numbers[:candidates].argsort()
            beside = self._beside.scores(ranked.beside, numbers[order])
            scores[order] += beside if self._freshness is None else beside * self._freshness[numbers[order]]
            order = order[np.lexsort((-scores[order], places[order]))]  # and of the same score, by their numbers
            numbers[:candidates], scores[:candidates] = numbers[order], scores[order]
        return numbers, scores

    def freshness_of(self, number: int) -> float:
        """Return what the score of a document is multiplied by for its age."""
        return 1.0 if self._freshness is None else float(self._freshness[number])

    def beside_of(
        self, ranked: tree.Ranked, number: int, narrowing: Narrowing | None = None
    ) -> list[tuple[tuple[tree.Terms, ...], float]]:
        """Return what a document scores for words side by side, group by group."""
        answers = self.answers(ranked, narrowing=narrowing)
        numbers = np.sort(first_of(answers.tiers, self._ranking.candidates)[0])
        at = int(numbers.searchsorted(number))
        if not ranked.beside or at == len(numbers) or numbers[at] != number:
            return []
        groups, scores = self._beside.of_groups(ranked.beside, numbers)
        return list(zip(groups, scores[:, at].tolist(), strict=True))

    def _cut_of(self, asked: tree.Node) -> tuple[tree.Prefix, ...]:
        """Return the prefixes of a query that more words begin with than were looked for."""
        if not self._cut:
            return ()
        leaves: Leaves = {}
        _collect(asked, None, leaves)
        return tuple(leaf for key, leaf in leaves.items() if key in self._cut and isinstance(leaf, tree.Prefix))

    def find(self, *asked: tree.Node, deadline: Deadline | None = None) -> list[Matches]:
        """Return what each query matches; what they share is found once. `Ranked` is several queries, not one.

        Raises:
            SearchTimeoutError: The deadline has passed.
        """
        leaves: Leaves = {}
        for node in asked:
            _collect(node, None, leaves)
        _check(deadline)
        found = _Asked(self._leaves(leaves, deadline), deadline)
        return [self._node(node, found) for node in asked]

    def _leaves(self, leaves: Leaves, deadline: Deadline | None) -> dict[Leaf, Matches]:
        """Return what each leaf finds. Those that are not kept are worked out together, which costs much less."""
        found: dict[Leaf, Matches] = {}
        missing = []
        for leaf in leaves:
            kept = self.cache.get(leaf)
            if isinstance(kept, _Packed):
                found[leaf] = kept.unpacked()
            else:
                missing.append(leaf)
        together = max(1, _AT_ONCE // (self.snapshot.size or 1))
        for start in range(0, len(missing), together):
            _check(deadline)
            some = missing[start : start + together]
            words = [self._word(leaf) for leaf in some]
            for leaf, scores in zip(some, word_scores(self.snapshot, words, self._ranking), strict=True):
                self.cache.put(leaf, _Packed.of(scores))
                found[leaf] = scores
        return found

    def _word(self, leaf: Leaf) -> WordForms:
        """Return a leaf as a word; a prefix stands for the `MAX_EXPANSIONS` most frequent terms that begin so."""
        sought, field, conditions = leaf
        fields = tuple([each.name for each in self._ranking.fields]) if field is None else (field,)
        if not isinstance(sought, str):
            return WordForms(sought, fields, conditions)
        terms = self._expanded(sought, fields)
        if len(terms) > MAX_EXPANSIONS:
            self._cut.add(leaf)
        return WordForms(tuple([(term, 1.0) for term in terms[:MAX_EXPANSIONS]]), fields)

    def _expanded(self, prefix: str, fields: Sequence[str]) -> list[str]:
        """Return the terms that begin so, the most frequent first; of more than `MAX_EXPANSIONS` at least one more."""
        counts: dict[str, int] = {}
        for name in fields:
            field = self.snapshot.field(name)
            for count, term in field.most_frequent(prefix, MAX_EXPANSIONS + 1) if field else ():
                counts[term] = max(count, counts.get(term, 0))
        return sorted(counts, key=lambda term: (-counts[term], term))

    def _node(self, node: tree.Node, found: _Asked) -> Matches:
        match node:
            case tree.Terms():
                return found.leaves[_leaf(node, None)]
            case tree.Prefix():
                return found.leaves[node.text, node.field, None]
            case tree.Any():
                return self._with_optional(self._any(node.nodes, found), node.optional, found)
            case tree.All():
                return self._with_optional(self._all(node.nodes, found), node.optional, found)
            case tree.Phrase():
                return self._phrase(node, found)
            case tree.Weighted():
                return scaled(self._node(node.node, found), node.weight)
            case tree.Not():
                return without(self._every(), self._node(node.node, found))
            case _:
                return nothing(self.snapshot.size)

    def _every(self) -> Matches:
        return flat(self.snapshot.size, self.snapshot.documents, 0.0)

    def _any(self, nodes: Sequence[tree.Node], found: _Asked) -> Matches:
        return union([self._node(node, found) for node in nodes], self.snapshot.size)

    def _all(self, nodes: Sequence[tree.Node], found: _Asked) -> Matches:
        """Return what matches all; what must not match is taken away from what must, not turned into all the rest."""
        excluded = [node.node for node in nodes if isinstance(node, tree.Not)]
        wanted = [self._node(node, found) for node in nodes if not isinstance(node, tree.Not)]
        every = intersection(wanted, self.snapshot.size) if wanted or not excluded else self._every()
        return without(every, self._any(excluded, found)) if excluded else every

    def _with_optional(self, required: Matches, optional: Sequence[tree.Node], found: _Asked) -> Matches:
        return with_optional(required, self._any(optional, found)) if optional else required

    def _phrase(self, node: tree.Phrase, found: _Asked) -> Matches:
        kept = self.cache.get(node)
        if isinstance(kept, _Packed):
            phrase = kept.unpacked()
        else:
            _check(found.deadline)
            leaves = [_leaf(word, node.field) for word in node.words if isinstance(word, tree.Terms)]
            words = [self._word(leaf) for leaf in leaves]
            phrase = phrase_scores(self.snapshot, words, [found.leaves[leaf] for leaf in leaves], node.slop)
            self.cache.put(node, _Packed.of(phrase))
        return phrase


def _check(deadline: Deadline | None) -> None:
    if deadline is not None:
        deadline.check()


def _leaf(word: tree.Terms, field: str | None) -> Leaf:
    return word.terms, word.field or field, (word.only, word.never) if word.only or word.never else None


def _collect(node: tree.Node, field: str | None, leaves: Leaves) -> None:
    """Put the words and prefixes of a query into `leaves`."""
    match node:
        case tree.Terms():
            leaves[_leaf(node, field)] = node
        case tree.Prefix():
            leaves[node.text, node.field, None] = node
        case tree.Any() | tree.All():
            for child in (*node.nodes, *node.optional):
                _collect(child, field, leaves)
        case tree.Phrase():
            for word in node.words:
                _collect(word, node.field, leaves)
        case tree.Weighted() | tree.Not():
            _collect(node.node, field, leaves)
        case _:
            pass


class Cache:
    """What was found, by key; of more than `capacity` bytes that goes first which was not asked for the longest."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self._entries: OrderedDict[Hashable, _Packed | _Ordered] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> _Packed | _Ordered | None:
        """Return what was found for this key, or None if it is not kept."""
        with self._lock:
            kept = self._entries.get(key)
            if kept is not None:
                self._entries.move_to_end(key)
            return kept

    def put(self, key: Hashable, found: _Packed | _Ordered) -> None:
        """Keep what was found."""
        with self._lock:
            if key not in self._entries:
                self._entries[key] = found
                self.size += found.nbytes + _OVERHEAD
            while self.size > self.capacity:
                _, oldest = self._entries.popitem(last=False)
                self.size -= oldest.nbytes + _OVERHEAD


class _HashedOnce:
    """A query as a key: to hash a whole tree takes as long as to score a word."""

    __slots__ = ("asked", "hashed")

    def __init__(self, asked: tree.Ranked) -> None:
        self.asked = asked
        self.hashed = hash(asked)

    def __hash__(self) -> int:
        return self.hashed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _HashedOnce) and self.asked == other.asked


class _Ordered(NamedTuple):
    """The first matches of a query, in order, and how many there are: see `Page`."""

    numbers: Documents
    scores: Scores
    counts: tuple[int, int, int]

    @property
    def nbytes(self) -> int:
        """How much memory it takes, with the query that it is kept by."""
        return self.numbers.nbytes + self.scores.nbytes + _QUERY


class _Packed(NamedTuple):
    """A result as it is kept, with arrays of its own; its numbers take as few bytes as the size of the index allows."""

    size: int
    scores: Scores
    numbers: npt.NDArray[np.unsignedinteger[Any]] | None
    positive: bool

    @classmethod
    def of(cls, found: Matches) -> _Packed:
        """Return a result packed."""
        if found.numbers is None:
            return cls(found.size, found.scores, None, found.positive)
        kind = np.uint16 if found.size <= 1 << 16 else np.uint32
        return cls(found.size, found.scores.copy(), found.numbers.astype(kind), found.positive)

    @property
    def nbytes(self) -> int:
        """How much memory the arrays take."""
        return self.scores.nbytes + (0 if self.numbers is None else self.numbers.nbytes)

    def unpacked(self) -> Matches:
        """Return the result that was packed."""
        numbers = None if self.numbers is None else self.numbers.astype(np.intp)
        return Matches(self.size, self.scores, numbers, self.positive)
