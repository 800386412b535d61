"""A vocabulary finds its terms, however they were chosen."""

from __future__ import annotations

from itertools import count, islice
from zlib import crc32

import numpy as np

from searchkit.engines.whoosh.format.vocabulary import Vocabulary, buckets, hashes


def vocabulary_of(terms):
    bucket_starts, bucket_ordinals = buckets(hashes(terms))
    return Vocabulary(
        blob=np.frombuffer(b"".join(terms), np.uint8),
        starts=np.cumsum([0, *map(len, terms)]).astype(np.uint32),
        bucket_starts=bucket_starts,
        bucket_ordinals=bucket_ordinals,
        check=lambda *_: None,
        misfit=AssertionError,
    )


def test_terms_that_share_a_bucket_are_found_and_others_are_not():
    size = 200
    colliding = (term for number in count() if crc32(term := b"%d" % number) % size == 7)
    terms = sorted(islice(colliding, size))
    absent = list(islice(colliding, 50))
    vocabulary = vocabulary_of(terms)
    assert [vocabulary.find(term) for term in terms] == list(range(size))
    assert {vocabulary.find(term) for term in [*absent, b"", b"\xff", b"a"]} == {-1}


def test_any_terms_are_found():
    terms = sorted(b"%d" % (number * number) for number in range(1, 3000))
    vocabulary = vocabulary_of(terms)
    assert [vocabulary.find(term) for term in terms] == list(range(len(terms)))
    assert vocabulary.find(b"2") == -1
