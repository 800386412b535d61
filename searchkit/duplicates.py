"""Which documents say the same as one before them, or nearly the same?

Two texts are nearly the same where over nine tenths of their shingles, rows of three words, are in both (A. Broder, On
the Resemblance and Containment of Documents, 1997). Words are compared as they are folded, and nothing else is, not
what texts mean either: no cosine tells one story in two wordings from the prices of two days in the same sentences. Of
94 pairs of news above .985 with half to nine tenths of their shingles in both, 32 were one story and 53 such prices.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from zlib import crc32

import numpy as np
import numpy.typing as npt

from searchkit.documents import Document
from searchkit.engines.base import Deadline, Match, Page, Reader
from searchkit.persian.text.chars import ZWNJ
from searchkit.persian.text.fold import fold
from searchkit.query.narrowing import Narrowing
from searchkit.query.tree import Node

ALIKE = 0.9
MOST_COMPARED = 1 << 18
"""Code points of a text that are compared."""

_LEAST = 20  # documents that are looked at in one go
_BITS = 2048
_SHINGLE = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)  # odd numbers, by which words are told apart


def unlike_page(
    reader: Reader, node: Node, narrowing: Narrowing, shown: slice, deadline: Deadline | None = None
) -> Page:
    """Return a page of what a query finds, without documents that say nearly the same as one before them.

    Documents are compared down to the end of the page, and those that are hidden until then count in nothing but
    `Page.hidden`: the same number on each later page, or a greater one. What comes after the page counts in all others,
    though some of it will be hidden; to know how much would take as long as to show it. So on the last page, where
    nothing comes after, all numbers are exact, and the total and what is hidden are as many together on each.

    Args:
        reader: What is searched.
        node: What is looked for.
        narrowing: How that is narrowed and ordered.
        shown: From which hit to which.
        deadline: Until when it may take.

    Raises:
        SearchTimeoutError: The deadline has passed.
    """
    unlike, matches, hidden = Unlike(), list[Match](), list[int]()
    for document in filter(None, map(reader.get, narrowing.known)):
        unlike.take(document)
    looked, at_once = 0, max(_LEAST, 2 * shown.stop)
    while len(matches) <= shown.stop:  # one more, so that it is known which page is the last
        found = reader.search(node, limit=at_once, offset=looked, deadline=deadline, narrowing=narrowing).matches
        for match, document in zip(found, reader.documents([match.number for match in found]), strict=True):
            if deadline is not None:
                deadline.check()
            if len(matches) > shown.stop:
                break
            if unlike.take(document):
                matches.append(match)
            else:
                hidden.append(match.number)
        looked += len(found)
        if len(found) < at_once:
            break
    counted = reader.search(node, limit=0, deadline=deadline, narrowing=narrowing._replace(hidden=tuple(hidden)))
    return counted._replace(matches=tuple(matches[shown]), hidden=len(hidden))


class Unlike:
    """Documents no two of which say nearly the same.

    To compare a document with all of them, only those are looked at whose marks differ in few enough places. A mark has
    a bit for each of the shingles; one that is in one text alone changes one bit at most, so none is missed.
    """

    def __init__(self) -> None:
        self._shingles: list[npt.NDArray[np.uint64]] = []
        self._marks = np.empty((_LEAST, _BITS // 64), np.uint64)
        self._sizes = np.empty(_LEAST, np.int64)

    def take(self, document: Document) -> bool:
        """Add a document, if it is unlike all others; say whether it is. What holds no word is like nothing."""
        shingles = shingles_of(words_of(document.body) or words_of(document.title))
        if not len(shingles):
            return True
        at, mark = len(self._shingles), _mark(shingles)
        sizes = self._sizes[:at] + len(shingles)
        differ = np.bitwise_count(self._marks[:at] ^ mark).sum(axis=1)
        for other in np.flatnonzero(differ <= sizes * (1 - ALIKE) / (1 + ALIKE)).tolist():
            same: int = np.intersect1d(self._shingles[other], shingles, assume_unique=True).size
            if same > ALIKE * (sizes[other] - same):
                return False
        if at == len(self._sizes):
            self._marks, self._sizes = np.resize(self._marks, (2 * at, _BITS // 64)), np.resize(self._sizes, 2 * at)
        self._marks[at], self._sizes[at] = mark, len(shingles)
        self._shingles.append(shingles)
        return True


def shingles_of(words: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return a number for each shingle of some words, each once, in order; one for all of a shorter text."""
    numbers = np.fromiter((crc32(word.encode()) for word in words), np.uint64, len(words))
    rows = max(len(words) - len(_SHINGLE) + 1, min(len(words), 1))
    sums = np.zeros(rows, np.uint64)
    for place, factor in zip(count(), _SHINGLE):
        of_place = numbers[place : place + rows] + np.uint64(1)
        sums[: len(of_place)] += of_place * np.uint64(factor)
        sums ^= sums >> np.uint64(29)
    return np.unique(sums)


def words_of(text: str) -> list[str]:
    """Return the words of a text that are compared, folded."""
    return words_in(fold(text[:MOST_COMPARED]))


def words_in(folded: str) -> list[str]:
    """Return the words of a text that is folded."""
    return re.findall(r"\w+", folded.replace(ZWNJ, ""))


def _mark(shingles: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    bits = np.zeros(_BITS, bool)
    bits[shingles * np.uint64(_SHINGLE[0]) >> np.uint64(65 - _BITS.bit_length())] = True
    return np.packbits(bits).view(np.uint64)
