"""Texts become postings: encoded, inverted a batch at a time, merged. A dictionary says what they should be."""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate, islice
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.engines.whoosh._whoosh import fields
from searchkit.engines.whoosh.analyzer import PersianAnalyzer
from searchkit.engines.whoosh.compat.items import ItemEncoder, encoder_of
from searchkit.engines.whoosh.reading.commits import Segment
from searchkit.engines.whoosh.writing import encoding, pool
from searchkit.engines.whoosh.writing.batches import Inverter
from searchkit.engines.whoosh.writing.encoding import Encoded, NameEncoder, TermList, TextEncoder
from searchkit.engines.whoosh.writing.inversion import invert, merge_postings
from searchkit.engines.whoosh.writing.segment_writer import SegmentWriter

WORDS = ["کتاب", "باغ", "آب", "کتاب\u200cها"]
PERSIAN = fields.TEXT(analyzer=PersianAnalyzer(every_term=True))
SCHEMA = fields.Schema(id=fields.ID(stored=True), body=PERSIAN)

texts = st.lists(st.one_of(st.none(), st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)), max_size=6)
documents = st.lists(st.lists(st.integers(0, 4), max_size=8), min_size=1, max_size=12)


def places(encoded):
    """{term: {document: positions}} of what an encoder gives."""
    found = defaultdict(lambda: defaultdict(list))
    owners = np.repeat(np.arange(len(encoded.counts)), encoded.counts)
    positions = np.zeros(len(owners), int) if encoded.positions is None else encoded.positions
    for number, document, position in zip(encoded.numbers.tolist(), owners.tolist(), positions.tolist(), strict=True):
        term = encoded.vocabulary.terms[number]
        found[term.encode() if isinstance(term, str) else term][document].append(position)
    return found


@given(texts)
def test_texts_in_bulk_are_as_whoosh_indexes_them(values):
    assert places(TextEncoder(PERSIAN.analyzer).encode(values)) == places(ItemEncoder(PERSIAN).encode(values))


@given(st.lists(st.one_of(st.none(), st.text(min_size=1)), max_size=6))
def test_names_in_bulk_are_as_whoosh_indexes_them(values):
    assert places(NameEncoder().encode(values)) == places(ItemEncoder(fields.ID()).encode(values))


def encoded(part):
    """Documents as lists of numbers, each at its position."""
    counts = np.array([len(document) for document in part], np.int32)
    return Encoded(
        TermList([b"%d" % number for number in range(5)]),
        np.array([number for document in part for number in document], np.int32),
        np.array([position for document in part for position in range(len(document))], np.int32),
        None,
        counts,
        counts,
    )


@given(documents, st.lists(st.integers(1, 4)), st.sampled_from([1, 4, 1 << 17]))
def test_chunks_inverted_and_spliced_are_the_postings_of_all(all_documents, cuts, window):
    borders = [0, *accumulate(cuts)]
    batches = [all_documents[first:last] for first, last in zip(borders, [*borders[1:], None], strict=True)]
    parts = [invert(encoded(batch)) for batch in batches]
    used = sorted({number for part in parts for number in part.numbers.tolist()})
    ranks = [np.searchsorted(used, part.numbers).astype(np.uint32) for part in parts]
    found = defaultdict(dict)
    with mock.patch("searchkit.engines.whoosh.writing.inversion._WINDOW", window):
        merged = list(merge_postings(ranks, [part.postings for part in parts], borders))
    assert [low for low, _, _ in merged[1:]] == [high for _, high, _ in merged[:-1]]
    for low, high, postings in merged:
        positions = iter(postings.positions.tolist())
        postings_left = zip(postings.documents.tolist(), postings.frequencies.tolist(), strict=True)
        for number, count in zip(used[low:high], postings.counts.tolist(), strict=True):
            for document, frequency in islice(postings_left, count):
                found[number][document] = list(islice(positions, frequency))
    expected = defaultdict(lambda: defaultdict(list))
    for document, numbers in enumerate(all_documents):
        for position, number in enumerate(numbers):
            expected[number][document].append(position)
    assert found == expected


def rows(*bodies):
    return [{"id": str(number), "body": body} for number, body in enumerate(bodies)]


def test_another_process_sends_each_term_once_even_when_its_encoder_begins_anew(tmp_path, monkeypatch):
    batches = [rows("کتاب باغ"), rows("باغ", "آب کتاب"), rows("درخت"), rows("باغ درخت چای"), rows("کتاب")]
    monkeypatch.setattr(pool, "_inverter", [])
    monkeypatch.setattr(pool, "_sent", {})
    pool._start(SCHEMA, encoder_of)
    here, there, sent = Inverter(SCHEMA, encoder_of), pool.InverterPool(SCHEMA, encoder_of, 1), []
    for name in ("here", "there"):
        segment = SegmentWriter(tmp_path / name, 0)
        for number, batch in enumerate(batches):
            if name == "here":
                segment.add(here.invert(batch))
                continue
            monkeypatch.setattr(encoding, "_REMEMBERED", 0 if number == 2 else 100)
            inverted = pool._invert(batch)
            sent.append(inverted.fields["body"].vocabulary.terms)
            segment.add(there._received(inverted))
        segment.write()
    assert sent == [["کتاب", "باغ"], ["اب", "=اب=0آ"], ["درخت"], ["باغ", "چای"], ["کتاب"]]
    assert (tmp_path / "here").read_bytes() == (tmp_path / "there").read_bytes()
    assert Segment(tmp_path / "there").field("body").count == 6


def test_what_is_learnt_of_texts_is_bounded(monkeypatch):
    monkeypatch.setattr(encoding, "_REMEMBERED", 10)
    bulk = TextEncoder(PERSIAN.analyzer)
    for number in range(30):
        values = [f"کتاب{number} باغ {number}", f"آب {number}"]
        found = bulk.encode(values)
        assert places(found) == places(ItemEncoder(PERSIAN).encode(values))
        assert len(found.vocabulary.terms) <= 10 + 6


@pytest.mark.parametrize("boosts", [{"_boost": 2.0}, {"_body_boost": 3.0}])
def test_boosts_become_weights(boosts):
    inverter = Inverter(fields.Schema(body=PERSIAN), encoder_of)
    (inverted,) = inverter.invert([{"body": "باغ باغ", **boosts}]).fields.values()
    assert inverted.postings.weights.tolist() == [2 * value for value in boosts.values()]
