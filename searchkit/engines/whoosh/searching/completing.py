"""Which words and titles that begin so do most of some documents hold?

What is counted are the documents that are let through and no others: whatever the rest of the index holds, the same
comes out as of an index that holds these alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from heapq import nsmallest
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.types import Documents, Flags, Int64s
from searchkit.engines.whoosh.reading.field import Field
from searchkit.engines.whoosh.reading.snapshot import FieldSnapshot
from searchkit.engines.whoosh.searching.memory import Arrays, remembered
from searchkit.engines.whoosh.searching.narrowed import left
from searchkit.query import tree

if TYPE_CHECKING:
    from searchkit.engines.whoosh.searching.searcher import Searcher
    from searchkit.query.narrowing import Narrowing

_FIELDS = ("title", "body")
_COMPARED = 32
"""Documents of which a short one is chosen."""
_BESIDES, _MORE = 16, 4
"""How many more words are looked at than are wanted, and how many times as many where these do not settle which."""


class _BegunTerms(NamedTuple):
    """The terms of a field of a segment that begin so: the first of them, and how many documents hold each."""

    part: Field
    first: int
    counts: Int64s

    def count(self, encoded: bytes) -> int:
        """Return how many documents hold a term."""
        place = self.part.vocabulary.find(encoded) - self.first
        return int(self.counts[place]) if 0 <= place < len(self.counts) else 0

    def most(self, limit: int) -> tuple[list[bytes], int]:
        """Return the terms that most documents hold, and how many hold one that is not among them at most."""
        held = np.flatnonzero(self.counts)
        order = held[np.argsort(-self.counts[held], kind="stable")]
        terms = [self.part.vocabulary[self.first + place] for place in order[:limit].tolist()]
        return terms, int(self.counts[order[limit]]) if limit < len(order) else 0


class SomeDocuments:
    """Some documents of a commit, asked for what they hold; see `searchkit.engines.base.Among`.

    Args:
        searcher: Of the commit.
        node: A resolved query that they answer; None for any document.
        narrowing: Lets documents through by its condition.
        field: The only one that counts; None for both.
    """

    def __init__(
        self, searcher: Searcher, node: tree.Node | None, narrowing: Narrowing | None, field: str | None
    ) -> None:
        self._snapshot = searcher.snapshot
        fields = {name: self._snapshot.field(name) for name in (_FIELDS if field is None else (field,))}
        self._fields: dict[str, FieldSnapshot] = {name: field for name, field in fields.items() if field}
        self._holding: dict[str, tuple[int, int | None]] = {}
        self._chosen: Flags | None = None
        if node is not None or (narrowing is not None and narrowing.where is not None):
            every = tree.Not(tree.Nothing()) if node is None else node
            answers = searcher.answers(every if isinstance(every, tree.Ranked) else tree.Ranked(every))
            found = answers if narrowing is None else left(self._snapshot, answers, narrowing)
            self._chosen = np.zeros(self._snapshot.size, bool)
            self._chosen[found.every.documents] = True
        elif self._snapshot.deleted is not None:
            self._chosen = ~self._snapshot.deleted

    def words(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return the terms that begin so, the most frequent first, with how many hold them in one field."""
        fields = [self._runs(field, prefix) for field in self._fields.values()]
        seen = limit + _BESIDES
        while True:
            terms: set[bytes] = set()
            unseen = 0  # how many documents hold, in one field, a term that is not among these at most
            for runs in fields:
                found = [run.most(seen) for run in runs]
                terms.update(term for some, _ in found for term in some)
                unseen = max(unseen, sum(rest for _, rest in found))
            best = nsmallest(limit, ((-_most(fields, term), term) for term in terms))
            if not unseen or (len(best) == limit and -best[-1][0] > unseen):
                return [(term.decode(), -count) for count, term in best]
            seen *= _MORE

    def _runs(self, field: FieldSnapshot, prefix: str) -> list[_BegunTerms]:
        """Return the terms that begin so, segment by segment."""
        runs = []
        for offset, part in field.parts:
            first, last = part.prefix(prefix)
            if first < last and self._chosen is None:
                runs.append(_BegunTerms(part, first, part.document_frequencies(first, last)))
            elif first < last:
                runs.append(_BegunTerms(part, first, part.frequencies_among(first, last, self._flags[offset:])))
        return runs

    def holding(self, term: str) -> tuple[int, int | None]:
        """Return how many documents hold a term in any field, and the number of one that is short."""
        if term not in self._holding:
            self._holding[term] = self._held(term)
        return self._holding[term]

    def _held(self, term: str) -> tuple[int, int | None]:
        postings = [numbers for each in self._fields.values() if len(numbers := each.postings(term)[0])]
        if not postings:
            return 0, None
        numbers = postings[0]
        if len(postings) > 1:
            held = np.zeros(self._snapshot.size, bool)
            for each in postings:
                held[each] = True
            numbers = np.flatnonzero(held)
        if self._chosen is not None:
            numbers = numbers[self._chosen[numbers]]
        some = numbers[:_COMPARED]
        lengths = np.sum([field.lengths[some] for field in self._fields.values()], axis=0)
        return len(numbers), int(some[lengths.argmin()]) if len(some) else None

    def titles(self, prefixes: Sequence[str] | None, limit: int) -> list[tuple[int, int]]:
        """Return documents with titles that hold a word which begins so, one of each title."""
        field = self._fields.get("title")
        if field is None:
            return []
        held = field.lengths > 0 if prefixes is None else np.zeros(self._snapshot.size, bool)
        for prefix in prefixes or ():
            for offset, part in field.parts:
                for documents in part.documents_holding(*part.prefix(prefix)):
                    held[documents.astype(np.intp) + offset] = True
        numbers = np.flatnonzero(held & self._flags)
        _, firsts, counts = np.unique(self._signatures(numbers), return_index=True, return_counts=True)
        lengths = field.lengths[numbers[firsts]]
        order = np.lexsort((firsts, lengths, -counts))[:limit]  # of as many, what is typed is most of a short one
        return list(zip(numbers[firsts[order]].tolist(), counts[order].tolist(), strict=True))

    @cached_property
    def _flags(self) -> Flags:
        """True for each of the documents."""
        return np.ones(self._snapshot.size, bool) if self._chosen is None else self._chosen

    def _signatures(self, numbers: Documents) -> npt.NDArray[np.uint64]:
        """Return a number for the title of each of some documents, the same for the same words in the same order."""
        signatures = np.zeros(len(numbers), np.uint64)
        for segment, (begin, end) in zip(self._snapshot.segments, pairwise(self._snapshot.offsets), strict=True):
            first, last = np.searchsorted(numbers, (begin, end))
            part = segment.field("title")
            if first < last and part is not None:
                (here,) = remembered(segment, ("titles",), partial(_signed, part, segment.document_count))
                signatures[first:last] = here[numbers[first:last] - begin]
        return signatures


def _most(fields: Sequence[Sequence[_BegunTerms]], encoded: bytes) -> int:
    """Return how many documents hold a term in that field where the most do."""
    return max([sum([run.count(encoded) for run in runs]) for runs in fields])


def _signed(part: Field, documents: int) -> Arrays:
    """Return the sum of a number for each word of each document's title and its place."""
    signatures = np.zeros(documents, np.uint64)
    for terms, postings in part.windows():
        hashes = np.array([hash(term) & 0xFFFF_FFFF_FFFF_FFFF for term in terms], np.uint64)
        each = hashes.repeat(postings.counts)
        if postings.positions is None:
            np.add.at(signatures, postings.documents, each * postings.frequencies.astype(np.uint64))
        else:
            places = postings.positions.astype(np.uint64) * np.uint64(2) + np.uint64(1)  # odd, so that no bit is lost
            occurrences = postings.documents.repeat(postings.frequencies)
            np.add.at(signatures, occurrences, each.repeat(postings.frequencies) * places)
    return (signatures,)
