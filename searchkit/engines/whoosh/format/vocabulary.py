"""Which terms are there, in the order of their bytes? Terms stay in one mapped blob; none becomes an object unasked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import compress, pairwise
from operator import lt, ne
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.types import Bytes, Int64s

Check: TypeAlias = Callable[[str, int, int], None]

_SINGLY = 64
"""Terms that are checked one by one, which a first query is faster with; then all are, which later queries are."""

_LONG = 8
"""Terms in a bucket that are not compared one after another. Only words chosen for their hash make one so long."""


def ranked(terms: Sequence[bytes]) -> tuple[list[bytes], npt.NDArray[np.uint32]]:
    """Return each term once, in order, and the rank of each that was given.

    >>> terms, ranks = ranked([b"b", b"a", b"b"])
    >>> terms, ranks.tolist()
    ([b'a', b'b'], [1, 0, 1])
    """
    order = sorted(range(len(terms)), key=terms.__getitem__)
    ordered = [terms[place] for place in order]
    first = np.array([True, *map(ne, ordered[1:], ordered)])[: len(terms)]
    ranks = np.empty(len(terms), np.uint32)
    ranks[order] = first.cumsum() - 1
    return list(compress(ordered, first.tolist())), ranks


def hashes(terms: Sequence[bytes]) -> npt.NDArray[np.uint32]:
    """Return the hash of each term, its CRC-32."""
    return np.fromiter(map(crc32, terms), np.uint32, len(terms))


def buckets(hashes: npt.NDArray[np.uint32]) -> tuple[Int64s, Int64s]:
    """Return a hash index with as many buckets as terms, given the hash of each term.

    The ordinals of the terms in the i-th bucket, those whose hash is i modulo the number of buckets, are
    `ordinals[starts[i]:starts[i + 1]]`.
    """
    chosen = hashes % np.uint32(len(hashes))
    starts = np.zeros(len(chosen) + 1, np.int64)
    np.bincount(chosen, minlength=len(chosen)).cumsum(out=starts[1:])
    return starts, np.argsort(chosen, kind="stable")


class Vocabulary:
    """A sorted vocabulary: `blob[starts[i]:starts[i + 1]]` is the i-th term.

    It is read with `bytes`, as the terms of numbers and dates are no text.

    Args:
        blob, starts: The terms.
        bucket_starts, bucket_ordinals: What `buckets` makes of them.
        check: Called with the name of one of these and the bytes `[start, end)` of it that are read next; it raises
            if they are damaged. Each term is checked once.
        misfit: Makes the error that says that they do not fit one another.
    """

    def __init__(  # noqa: PLR0913 (four sections, and what is told of them)
        self,
        *,
        blob: Bytes,
        starts: npt.NDArray[Any],
        bucket_starts: npt.NDArray[Any],
        bucket_ordinals: npt.NDArray[Any],
        check: Check,
        misfit: Callable[[], Exception],
    ) -> None:
        # Single numbers are read from a memoryview in a third of the time that an array takes.
        self._blob, self._starts = blob.data, starts.data
        self._bucket_starts, self._bucket_ordinals = bucket_starts.data, bucket_ordinals.data
        self._count = max(len(starts) - 1, 0)
        self._check = check
        self._misfit = misfit
        self._sound = np.zeros(self._count, bool).data  # which buckets and their terms are checked
        self._all_sound = False
        self._checked = 0

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, ordinal: int) -> bytes:
        if not self._all_sound:
            self._check_all()
        return bytes(self._blob[self._starts[ordinal] : self._starts[ordinal + 1]])

    def _check_all(self) -> None:
        """Make sure that the terms are not damaged."""
        self._check("starts", 0, self._starts.nbytes)
        self._check("blob", 0, self._blob.nbytes)
        if self._count and not _divides(self._starts, self._blob.nbytes):
            raise self._misfit()
        self._all_sound = True

    def _check_bucket(self, bucket: int) -> None:
        """Make sure that a bucket and its terms are not damaged."""
        self._check_items("bucket_starts", self._bucket_starts, bucket, bucket + 2)
        first, last = self._bucket_starts[bucket : bucket + 2]
        self._checked += max(1, last - first)
        if self._checked > _SINGLY:
            self._check_all_buckets()
            return
        self._check_items("bucket_ordinals", self._bucket_ordinals, first, last)
        for ordinal in self._bucket_ordinals[first:last]:
            self._check_items("starts", self._starts, ordinal, ordinal + 2)
            self._check("blob", *self._starts[ordinal : ordinal + 2])
        self._sound[bucket] = True

    def _check_all_buckets(self) -> None:
        self._check_all()
        self._check_items("bucket_starts", self._bucket_starts, 0, len(self._bucket_starts))
        self._check_items("bucket_ordinals", self._bucket_ordinals, 0, len(self._bucket_ordinals))
        if not _divides(self._bucket_starts, self._count) or np.asarray(self._bucket_ordinals).max() >= self._count:
            raise self._misfit()
        self._sound = np.ones(self._count, bool).data

    def _check_items(self, name: str, items: memoryview, first: int, last: int) -> None:
        self._check(name, first * items.itemsize, last * items.itemsize)

    def run(self, first: int, last: int) -> list[bytes]:
        """Return the terms with the ordinals `[first, last)`."""
        self._check_all()
        starts = self._starts[first : last + 1].tolist()
        blob = bytes(self._blob[starts[0] : starts[-1]])
        return [blob[start - starts[0] : end - starts[0]] for start, end in pairwise(starts)]

    def ascending(self, first: int, last: int) -> list[bytes]:
        """Return the same, once it is sure that they ascend, also from the one before them."""
        terms = self.run(max(first - 1, 0), last)
        if not all(map(lt, terms, terms[1:])):
            raise self._misfit()
        return terms[1:] if first else terms

    def is_indexed(self) -> bool:
        """Tell whether its hash index is that of its terms."""
        if not self._count:
            return True
        self._check_all_buckets()
        expected = buckets(hashes(self.ascending(0, self._count)))
        return all(map(np.array_equal, expected, (self._bucket_starts, self._bucket_ordinals)))

    def place(self, term: bytes) -> int:
        """Return the ordinal of the first term that is not less."""
        return bisect_left(range(self._count), term, key=self.__getitem__)

    def find(self, term: bytes) -> int:
        """Return the ordinal of the term, or -1."""
        if not self._count:
            return -1
        bucket = crc32(term) % self._count
        if not self._sound[bucket]:
            self._check_bucket(bucket)
        place, last = self._bucket_starts[bucket], self._bucket_starts[bucket + 1]
        if last - place > _LONG:  # its ordinals ascend, as its terms do
            place = bisect_left(self._bucket_ordinals, term, place, last, key=self.__getitem__)
            last = min(last, place + 1)
        while place < last:
            ordinal: int = self._bucket_ordinals[place]
            start = self._starts[ordinal]
            end = start + len(term)
            if self._starts[ordinal + 1] == end and self._blob[start:end] == term:
                return ordinal
            place += 1
        return -1

    def prefix(self, prefix: bytes) -> tuple[int, int]:
        """Return the ordinals of the terms that begin so, `[first, last)`."""
        first = self.place(prefix)
        stem = prefix.rstrip(b"\xff")
        last = self.place(stem[:-1] + bytes([stem[-1] + 1])) if stem else len(self)
        if first > last:
            raise self._misfit()
        return first, last

    @cached_property
    def _letters(self) -> tuple[npt.NDArray[np.uint64], Int64s]:
        """Of each term, which letters it has (one of 64 bits for each) and how many."""
        self._check_all()
        blob = np.frombuffer(self._blob, np.uint8)
        codes = np.frombuffer(bytes(self._blob).decode().encode("utf-32-le"), np.uint32)
        ends = np.concatenate(([0], ((blob & 0xC0) != 0x80).cumsum()))[np.asarray(self._starts).astype(np.int64)]
        bits = np.uint64(1) << (codes & np.uint32(63)).astype(np.uint64)
        if not len(self):
            return np.empty(0, np.uint64), np.empty(0, np.int64)
        return np.bitwise_or.reduceat(np.append(bits, np.uint64(0)), ends[:-1]), np.diff(ends)

    def near(self, term: str, distance: int, prefix: int = 0) -> list[int]:
        """Return the ordinals of the terms within an edit distance; all terms must be text.

        One edit changes at most two bits of a term's letters and its length by one: few terms are compared in full.
        """
        first, last = self.prefix(term[:prefix].encode(errors="surrogatepass"))
        letters, lengths = (column[first:last] for column in self._letters)
        wanted = np.bitwise_or.reduce([np.uint64(1 << (ord(letter) & 63)) for letter in term] or [np.uint64(0)])
        differing = np.bitwise_count(letters ^ wanted)
        close = (differing <= 2 * distance) & (np.abs(lengths - len(term)) <= distance)
        candidates = (first + np.flatnonzero(close)).tolist()
        return [ordinal for ordinal in candidates if _within(term, self[ordinal].decode(), distance)]


def _divides(starts: memoryview, size: int) -> bool:
    """Tell whether these are the places at which the parts of so many begin, and the last of them ends."""
    array = np.asarray(starts)
    return bool(array[0] == 0 and array[-1] == size and (array[1:] >= array[:-1]).all())


def _within(left: str, right: str, distance: int) -> bool:
    """Tell whether so many insertions, removals and replacements make one of the other (Levenshtein)."""
    row = list(range(len(right) + 1))
    for above, letter in enumerate(left):
        diagonal, row[0] = row[0], above + 1
        for place, other in enumerate(right, 1):
            diagonal, row[place] = row[place], min(diagonal + (letter != other), row[place] + 1, row[place - 1] + 1)
        if min(row) > distance:
            return False
    return row[-1] <= distance
