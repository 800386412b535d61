"""Which keywords does each document have? The postings of a field turned round: terms by document."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from searchkit.engines.whoosh.format.types import Documents, Flags, Int32s, Int64s
from searchkit.engines.whoosh.format.values import kept_name
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.reading.field import Field
from searchkit.engines.whoosh.searching.memory import Arrays, remembered


class Keywords(NamedTuple):
    """The keywords of a segment's documents.

    Attributes:
        field: Whose terms they are.
        starts: Where those of each document begin, and one more.
        ordinals: The terms, document by document.
    """

    field: Field
    starts: Int32s | Int64s
    ordinals: Int32s

    def counts(self, found: Flags) -> Int64s:
        """Return how many of some documents have each term."""
        return np.bincount(self._of(found), minlength=self.field.count)

    def _of(self, found: Flags) -> Int32s:
        """Return the terms of some documents, one after another."""
        documents = found.nonzero()[0]
        if 4 * len(documents) > len(found):
            return self.ordinals[np.repeat(found, np.diff(self.starts))]
        starts = self.starts[documents].astype(np.int64)
        sizes = self.starts[documents + 1] - starts
        places = np.repeat(starts - sizes.cumsum() + sizes, sizes)
        return self.ordinals[places + np.arange(len(places))]

    def first(self, documents: Documents) -> Int64s:
        """Return the first term of each of some documents, -1 where it has none."""
        starts = self.starts[documents]
        ordinals = np.full(len(documents), -1, np.int64)
        (having,) = np.nonzero(self.starts[documents + 1] > starts)
        ordinals[having] = self.ordinals[starts[having]]
        return ordinals


def keywords(segment: Segment, name: str) -> Keywords | None:
    """Return the keywords of a field, or None where no document of the segment has any.

    Raises:
        LookupError, ValueError: The postings do not fit their segment.
    """
    field = segment.field(kept_name(name))
    if field is None:
        return None
    starts, ordinals = remembered(segment, ("keywords", name), partial(_turned, field, segment.document_count))
    return Keywords(field, starts, ordinals)


def _turned(field: Field, documents: int) -> Arrays:
    postings = field.postings_of(0, field.count)
    if postings.documents.max(initial=0) >= documents:
        raise IndexError(documents)  # a forged file; who asks takes it for damage
    ends = np.bincount(postings.documents, minlength=documents).cumsum()
    starts = np.append(0, ends).astype(np.int32 if len(postings.documents) < 1 << 31 else np.int64)
    ordinals = np.repeat(np.arange(field.count, dtype=np.int32), postings.counts)
    return starts, ordinals[np.argsort(postings.documents, kind="stable")]
