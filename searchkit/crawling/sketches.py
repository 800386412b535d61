"""Do two texts say the same, or nearly the same? A sketch of each, of a few kilobytes at most, is enough to tell.

Nearly the same is what `searchkit.duplicates` says it is, and more, as a crawl drops what a search only hides. Texts
are long; they name the same numbers, by which the pages of a price list, a table or a law differ; and all words of one
title are in the other, as pages of which most is the frame of their site have titles of their own.

The smallest numbers of the shingles of a text are a sample of all of them: those of two texts tell their resemblance,
exactly up to 4,096 shingles and nearly so above (A. Broder, On the Resemblance and Containment of
Documents, 1997). Texts that may be alike share a band: the smallest numbers by a few orders, all of which are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.duplicates import ALIKE, MOST_COMPARED, shingles_of, words_in, words_of
from searchkit.persian.text.fold import fold

LEAST_WORDS = 100
"""Shorter texts are the same only where all of it is: in them, one other word may be what a page is about."""

SAMPLE = 4_096
"""How many shingles are remembered of a text."""

_MOST_TITLED = 64  # words
_BANDS, _ORDERS = 16, 8  # of texts that share .9 of it, or .95, no band is the same once in 8,000, or 40 million
_CONSTANTS = hashlib.shake_128(b"searchkit").digest(8 * _BANDS * _ORDERS)
_NUMBERS = np.frombuffer(_CONSTANTS, np.uint32).reshape(2, _BANDS * _ORDERS, 1)
_SEEDS, _FACTORS = _NUMBERS[0], _NUMBERS[1] | np.uint32(1)
_ODD, _FIRST_ODD = np.uint64(0x9E3779B97F4A7C15), np.uint32(0x9E3779B1)
_AT_ONCE = 256  # shingles: what is worked out stays in the cache of the processor


class Sketch(NamedTuple):
    """What is remembered of a text.

    Attributes:
        digest: Of all that it says, in whatever spelling and spacing.
        bands: One of them at least is the same in texts that are nearly the same; none where it is short.
        sample: The smallest numbers of its shingles, in order.
        title: The words of its title, in order of the alphabet.
    """

    digest: bytes
    bands: tuple[int, ...]
    sample: npt.NDArray[np.uint32]
    title: str


def sketch_of(text: str, title: str = "") -> Sketch:
    """Return the sketch of a text."""
    folded = " ".join(fold(text).split())
    digest = hashlib.blake2b(folded.encode(), digest_size=16).digest()
    words = words_in(folded[:MOST_COMPARED])
    if len(words) < LEAST_WORDS:
        return Sketch(digest, (), np.empty(0, np.uint32), "")
    shingles = _mixed(shingles_of(words))
    titled = " ".join(sorted(set(words_of(title)))[:_MOST_TITLED])
    return Sketch(digest, tuple(_bands(shingles, words)), shingles[:SAMPLE], titled)


def are_alike(left: Sketch, right: Sketch) -> bool:
    """Tell whether two texts that share a band say nearly the same."""
    titles = set(left.title.split()), set(right.title.split())
    if not (titles[0] <= titles[1] or titles[1] <= titles[0]):
        return False
    both = np.union1d(left.sample, right.sample)
    if SAMPLE in (len(left.sample), len(right.sample)):  # one is cut, and of the other just as much can be compared
        both = both[:SAMPLE]
    shared = np.intersect1d(left.sample, right.sample, assume_unique=True)
    same = np.intersect1d(shared, both, assume_unique=True)
    return len(same) > ALIKE * len(both)


def _mixed(shingles: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint32]:
    """Return another number for each, in which all of its bits count, in order."""
    mixed = (shingles ^ (shingles >> np.uint64(32))) * _ODD
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _ODD
    return np.unique((mixed >> np.uint64(32)).astype(np.uint32))


def _bands(shingles: npt.NDArray[np.uint32], words: Sequence[str]) -> Iterator[int]:
    """Yield a number for each few orders of the shingles and for the numbers in the text."""
    numbers = "\0".join(sorted(word for word in words if not word.isalpha() and any(map(str.isdigit, word)))).encode()
    least = np.full(_BANDS * _ORDERS, np.iinfo(np.uint32).max, np.uint32)
    for at in range(0, len(shingles), _AT_ONCE):
        ordered = (shingles[at : at + _AT_ONCE] ^ _SEEDS) * _FIRST_ODD
        ordered ^= ordered >> np.uint32(15)
        ordered *= _FACTORS
        np.minimum(least, ordered.min(axis=1), out=least)
    for at, row in enumerate(least.reshape(_BANDS, _ORDERS)):
        band = hashlib.blake2b(bytes([at]) + row.tobytes() + numbers, digest_size=8)
        yield int.from_bytes(band.digest(), "big", signed=True)
