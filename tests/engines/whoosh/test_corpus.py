"""Segments held together are as one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_memory import MemorySegment

from searchkit.engines.whoosh.corpus import Corpus

TERMS = ["a", "ab", "b"]
texts = st.lists(st.sampled_from(TERMS), max_size=6).map(" ".join)
collections = st.lists(st.tuples(texts, texts), min_size=2, max_size=12)


@given(collections, st.data())
def test_two_segments_are_as_one(documents, data):
    cut = data.draw(st.integers(1, len(documents) - 1))
    one = Corpus([MemorySegment(documents)])
    two = Corpus([MemorySegment(documents[:cut]), MemorySegment(documents[cut:])])
    assert one.size == two.size == len(documents)
    for name in ("title", "body"):
        whole, parts = one.field(name), two.field(name)
        if whole is None:
            assert parts is None
            continue
        assert whole.average_length == parts.average_length
        assert whole.lengths.tolist() == parts.lengths.tolist()
        assert whole.holders.tolist() == parts.holders.tolist()
        for limit in (1, 2, 5):
            assert whole.most_frequent("a", limit) == parts.most_frequent("a", limit)
        every = np.arange(len(documents))
        for term in [*TERMS, "none"]:
            for left, right in zip(whole.postings(term), parts.postings(term), strict=True):
                assert left.tolist() == right.tolist()
            places = [field.positions([[term], ["a", "b"]], every) for field in (whole, parts)]
            assert [keys.tolist() for keys in places[0]] == [keys.tolist() for keys in places[1]]
            assert whole.frequency(term) == parts.frequency(term) == len(whole.postings(term)[0])


def test_the_most_frequent_terms_come_first_and_equals_in_order():
    field = Corpus([MemorySegment([("ab a", ""), ("ab", ""), ("b aa", "")])]).field("title")
    assert field.most_frequent("a", 9) == [(2, "ab"), (1, "a"), (1, "aa")]
    assert field.most_frequent("a", 1) == [(2, "ab")]


@pytest.mark.parametrize("deleted", [(), (0,), (0, 1, 2)])
def test_documents_are_those_that_are_not_deleted(deleted):
    held = Corpus([MemorySegment([("a", ""), ("", "b")]), MemorySegment([("c", "")], ())])
    assert held.documents.tolist() == [0, 1, 2]
    held = Corpus([MemorySegment([("a", ""), ("", "b"), ("c", "")], deleted), MemorySegment([("c", "")])])
    assert held.documents.tolist() == [number for number in range(4) if number not in deleted]
