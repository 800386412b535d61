"""Postings come back as they were written, however they are asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.engines.whoosh.format import postings as postings_format
from searchkit.engines.whoosh.format.postings import FieldWriter, Postings, decode, encode
from searchkit.engines.whoosh.format.sections import SectionFile, SectionWriter
from searchkit.engines.whoosh.reading.field import Field
from searchkit.errors import IndexCorruptError

DOCUMENTS = 1 << 17
numbers = st.one_of(st.integers(0, 300), st.integers(0, 70_000), st.integers(0, DOCUMENTS - 1))
places = st.lists(st.integers(0, 300) | st.integers(0, 1 << 18), min_size=1, max_size=6, unique=True).map(sorted)
often = st.integers(250, 260).map(lambda count: list(range(count)))
fields = st.dictionaries(
    st.text("abج", min_size=1, max_size=6),
    st.dictionaries(numbers, places | often, min_size=1, max_size=8),
    min_size=1,
    max_size=12,
)


def postings_of(chosen):
    """Arrays of the postings of terms: {term: {document: positions}}."""
    documents = [sorted(postings) for postings in chosen.values()]
    positions = [chosen[term][number] for term, each in zip(chosen, documents, strict=True) for number in each]
    return Postings(
        np.array([len(each) for each in documents]),
        np.array([number for each in documents for number in each], np.uint32),
        np.array([len(each) for each in positions], np.uint32),
        np.array([place for each in positions for place in each], np.uint32),
        None,
    )


runs = st.lists(st.lists(st.integers(0, 300) | st.integers(0, (1 << 32) - 1), min_size=1, max_size=9), max_size=40)


@given(runs, st.sampled_from([0, 3, 1000]))
def test_numbers_come_back_however_many_widths_alternate(runs, stretches):
    values = np.array([number for run in runs for number in run], np.uint32)
    counts = np.array([len(run) for run in runs], np.int64)
    data, sizes = encode(values, counts) if runs else (np.empty(0, np.uint8), counts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings_format, "_STRETCHES", stretches)
        assert decode(data, counts, sizes).tolist() == values.tolist()


def written(path, terms, cut):
    """Write a field in two parts, and open it."""
    inorder = dict(sorted(terms.items(), key=lambda pair: pair[0].encode()))
    out, names = SectionWriter(path), list(inorder)
    writer = FieldWriter(out, "f")
    for part in (names[:cut], names[cut:]):
        if part:
            writer.append([name.encode() for name in part], postings_of({name: inorder[name] for name in part}))
    writer.close(np.zeros(DOCUMENTS, np.uint8))
    out.close({})
    return inorder, Field(SectionFile(path, verify=True), "f", DOCUMENTS)


def ways_to_read(field):
    """All ways to ask for the postings of the second term, with it alone and with others."""
    yield lambda: field.postings(1)
    yield lambda: field.gather([1])
    yield lambda: field.gather([0, 1])
    yield lambda: field.gather([1, 0])


def test_a_document_that_the_segment_does_not_have_is_told(path):
    written(path, {"a": {1: [0]}, "b": {3: [0], 7: [1]}}, 0)
    for read in ways_to_read(Field(SectionFile(path), "f", 8)):
        read()
    for read in ways_to_read(Field(SectionFile(path), "f", 7)):
        with pytest.raises(IndexCorruptError, match=r"postings of f do not fit.*--rebuild"):
            read()


def test_postings_that_are_cut_short_are_told(path):
    _, field = written(path, {"a": {1: [0]}, "b": {3: [0, 2], 7: [1, 5]}}, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(field, "_frequencies", field._frequencies[:-1])
        for read in ways_to_read(field):
            with pytest.raises(IndexCorruptError, match=r"postings of f do not fit.*--rebuild"):
                read()
    field._positions = field._positions[:-1]
    with pytest.raises(IndexCorruptError, match=r"postings of f do not fit.*--rebuild"):
        field.positions([1])


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("postings") / "segment"


@settings(max_examples=60, deadline=None)
@given(fields, st.data())
def test_what_is_written_is_read(path, terms, data):
    inorder, field = written(path, terms, data.draw(st.integers(0, len(terms))))
    for ordinal, (term, postings) in enumerate(inorder.items()):
        assert (field.find(term), field.term(ordinal)) == (ordinal, term)
        documents, frequencies = field.postings(ordinal)
        assert documents.tolist() == sorted(postings)
        assert frequencies.tolist() == [len(postings[number]) for number in sorted(postings)]
    for absent in ("", "c", *(term + "a" for term in inorder if term + "a" not in inorder)):
        assert field.find(absent) == -1
    counts = [len(postings) for postings in inorder.values()]
    assert field.document_frequencies(0, field.count).tolist() == counts
    assert [field.document_frequency(ordinal) for ordinal in range(field.count)] == counts


@settings(max_examples=60, deadline=None)
@given(fields, st.data())
def test_many_terms_are_read_as_one_by_one(path, terms, data):
    inorder, field = written(path, terms, 0)
    ordinals = data.draw(st.lists(st.integers(0, field.count - 1), min_size=1, max_size=6))
    every = [(number, places) for each in ordinals for number, places in sorted(list(inorder.values())[each].items())]
    documents, frequencies, counts = field.gather(ordinals)
    assert documents.tolist() == [number for number, _ in every]
    assert frequencies.tolist() == [len(places) for _, places in every]
    assert counts.tolist() == [field.document_frequency(each) for each in ordinals]
    chosen = sorted(data.draw(st.sets(st.integers(0, len(every) - 1))))
    for picked, asked in ((range(len(every)), None), (chosen, np.array(chosen, np.intp))):
        starts, positions = field.positions(ordinals, asked)
        assert positions.tolist() == [place for each in picked for place in every[each][1]]
        assert np.diff(starts).tolist() == [len(every[each][1]) for each in picked]


@settings(max_examples=50, deadline=None)
@given(fields, st.data())
def test_terms_in_a_row_come_back_as_they_were(path, terms, data):
    inorder, field = written(path, terms, data.draw(st.integers(0, len(terms))))
    first = data.draw(st.integers(0, field.count - 1))
    last = data.draw(st.integers(first + 1, field.count))
    chosen = dict(list(inorder.items())[first:last])
    found, expected = field.postings_of(first, last), postings_of(chosen)
    assert field.vocabulary.run(first, last) == [term.encode() for term in chosen]
    for name in ("counts", "documents", "frequencies", "positions"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
