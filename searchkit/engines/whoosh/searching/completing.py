"""Which words and titles that begin so do most of some documents hold?

What is counted are the documents that are let through and no others: whatever the rest of the index holds, the same
comes out as of an index that holds these alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property, partial
from heapq import nsmallest
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.types import Documents, Flags, Int64s
from searchkit.engines.whoosh.reading.field import Field
from searchkit.engines.whoosh.reading.snapshot import FieldSnapshot
from searchkit.engines.whoosh.searching.begun_terms import BegunTerms
from searchkit.engines.whoosh.searching.filters import kept
from searchkit.engines.whoosh.searching.memory import Arrays, remembered
from searchkit.query import tree

if TYPE_CHECKING:
    from searchkit.engines.whoosh.searching.searcher import Searcher
    from searchkit.query.narrowing import Narrowing

_FIELDS = ("title", "body")
_COMPARED = 32
"""Documents of which a short one is chosen."""
_BESIDES, _MORE = 16, 4
"""How many more words are looked at than are wanted, and how many times as many where these do not settle which."""
_OF_PLACE = np.uint64(0x9E3779B97F4A7C15)
"""An odd number, so that no bit of what it multiplies is lost."""


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
        where = None if narrowing is None else narrowing.where
        if node is not None:
            (found,) = searcher.find(node.answers if isinstance(node, tree.Ranked) else node)
            self._chosen = np.zeros(self._snapshot.size, bool)
            self._chosen[found.documents] = True
        elif self._snapshot.deleted is not None:
            self._chosen = ~self._snapshot.deleted
        if where is not None:
            fulfil = kept(self._snapshot, where)
            self._chosen = fulfil if self._chosen is None else self._chosen & fulfil

    def words(self, prefix: str, limit: int, besides: Collection[str] = ()) -> list[tuple[str, int]]:
        """Return the terms that begin so, the most frequent first, with how many hold them in one field."""
        others = [term.encode(errors="surrogatepass") for term in besides if term.startswith(prefix)]
        fields = [self._runs(field, prefix, others) for field in self._fields.values()]
        seen = limit + _BESIDES
        while True:
            terms: set[bytes] = set()
            unseen = 0  # how many documents hold, in one field, a term that is not among these at most
            for runs in fields:
                found = [run.most(seen) for run in runs]
                terms.update(term for some, _ in found for term in some)
                unseen = max(unseen, sum(rest for _, rest in found))
            best = nsmallest(limit, zip(_most(fields, some := list(terms)), some, strict=True))
            if not unseen or (len(best) == limit and -best[-1][0] > unseen):
                return [(term.decode(), -count) for count, term in best if count]
            seen *= _MORE

    def _runs(self, field: FieldSnapshot, prefix: str, besides: Sequence[bytes]) -> list[BegunTerms]:
        """Return the terms that begin so, besides some, segment by segment."""
        runs = []
        for offset, part in field.parts:
            first, last = part.prefix(prefix)
            if first < last:
                chosen = None if self._chosen is None else self._chosen[offset:]
                runs.append(BegunTerms(part, first, last, chosen, besides))
        return runs

    def holding(self, term: str) -> tuple[int, int | None]:
        """Return how many documents hold a term in any field, and the number of one that is short."""
        if term not in self._holding:
            self._holding[term] = self._held(term)
        return self._holding[term]

    def _held(self, term: str) -> tuple[int, int | None]:
        found = list(chain.from_iterable(each.documents(term) for each in self._fields.values()))
        if self._chosen is not None:
            found = [numbers[self._chosen[numbers]] for numbers in found]
        found = [numbers for numbers in found if len(numbers)]
        if not found:
            return 0, None
        count, some = len(found[0]), found[0][:_COMPARED]
        if len(found) > 1:
            held = np.zeros(self._snapshot.size, bool)
            for numbers in found:
                held[numbers] = True
            count = int(np.count_nonzero(held))
            firsts = chain.from_iterable(numbers[:_COMPARED].tolist() for numbers in found)
            some = np.array(sorted(set(firsts))[:_COMPARED], np.intp)
        lengths = np.sum([field.lengths[some] for field in self._fields.values()], axis=0)
        return count, int(some[lengths.argmin()])

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
        if not len(numbers):
            return []
        firsts, counts = _grouped(self._signatures(numbers))
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


def _most(fields: Sequence[Sequence[BegunTerms]], terms: Sequence[bytes]) -> list[int]:
    """Return how many documents hold each term in that field where the most do, less than nothing for order."""
    most = np.zeros(len(terms), np.int64)
    for runs in fields:
        np.maximum(most, sum(run.counts_of(terms) for run in runs), out=most)
    return (-most).tolist()


def _grouped(signatures: npt.NDArray[np.uint64]) -> tuple[Int64s, Int64s]:
    """Return the place of the first of each of some numbers, at least one, and how many are the same."""
    order = signatures.argsort()
    ordered = signatures[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    return np.minimum.reduceat(order, starts), np.diff(starts, append=len(order))


def _signed(part: Field, documents: int) -> Arrays:
    """Return the sum of a number for each word of each document's title at its place."""
    signatures = np.zeros(documents, np.uint64)
    for terms, postings in part.windows():
        hashes = np.array([hash(term) & 0xFFFF_FFFF_FFFF_FFFF for term in terms], np.uint64)
        each = hashes.repeat(postings.counts)
        if postings.positions is None:
            np.add.at(signatures, postings.documents, each * postings.frequencies.astype(np.uint64))
        else:
            words = each.repeat(postings.frequencies) + postings.positions.astype(np.uint64) * _OF_PLACE
            np.add.at(signatures, postings.documents.repeat(postings.frequencies), _mixed(words))
    return (signatures,)


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return numbers that sums tell nothing of: without it, words that change places may add up to the same."""
    for _ in range(2):
        numbers = (numbers ^ (numbers >> np.uint64(32))) * _OF_PLACE
    return numbers ^ (numbers >> np.uint64(29))
