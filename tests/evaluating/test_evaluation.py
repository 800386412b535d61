"""Measures of an index and of a run: figures known by hand, and what is told where they cannot be had."""

from __future__ import annotations

import sys
from itertools import pairwise
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit import ArgumentError, Document, MissingExtraError, SearchIndex
from searchkit.evaluating import MEASURES, Measures, answers, evaluate, evaluate_run, trec_lines

TOPICS = {"first": "سیب", "second": "کتاب", "never": "زرافه"}
QRELS = {"first": {"apple": 2}, "second": {"book": 1, "pear": 0}, "never": {"apple": 1}}
DOCUMENTS = {"apple": "سیب", "pear": "گلابی کتاب", "book": "کتاب درباره ستارگان آسمان شب"}


@pytest.fixture
def index(tmp_path):
    with SearchIndex.open(tmp_path / "index") as index:
        index.add(Document(id=id_, body=body) for id_, body in DOCUMENTS.items())
        yield index


@pytest.fixture(scope="module")
def library():
    return pytest.importorskip("pytrec_eval", reason="the extra `eval` is not installed: no measures")


# The answers a, b, c, d; b is half right, d is right, and e is right and was not found.
ANSWERS, JUDGED = ["a", "b", "c", "d"], {"a": 0, "b": 1, "d": 2, "e": 2}


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("nDCG", (1 / log2(3) + 2 / log2(5)) / (2 + 2 / log2(3) + 1 / log2(4))),
        ("nDCG@10", (1 / log2(3) + 2 / log2(5)) / (2 + 2 / log2(3) + 1 / log2(4))),
        ("nDCG@2", (1 / log2(3)) / (2 + 2 / log2(3))),
        ("AP", (1 / 2 + 2 / 4) / 3),
        ("MAP", (1 / 2 + 2 / 4) / 3),
        ("AP@3", (1 / 2) / 3),
        ("RR", 1 / 2),
        ("MRR", 1 / 2),
        ("RR@1", 0),
        ("MRR@2", 1 / 2),
        ("P@5", 2 / 5),
        ("R@100", 2 / 3),
        ("R@2", 1 / 3),
        ("Success@1", 0),
        ("Success@2", 1),
        ("Rprec", 1 / 3),
        ("Bpref", (0 + 0) / 3),
    ],
)
def test_a_measure_is_what_its_name_says(library, measure, value):
    found = Measures([measure, "AP"]).of({"1": ANSWERS}, {"1": JUDGED})
    assert list(found["1"]) == list(dict.fromkeys([measure, "AP"]))
    assert found["1"][measure] == pytest.approx(value)


@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True), st.dictionaries(st.sampled_from("abcdxyz"), st.integers(0, 3))
)
def test_measures_lie_between_0_and_1(library, found, judged):
    values = Measures([*MEASURES, "P@5", "Success@3", "Rprec", "Bpref", "RR@3"]).of({"1": found}, {"1": judged})["1"]
    assert all(0 <= value <= 1 for value in values.values())
    assert all(value == 0 for value in values.values()) or set(found) & {id_ for id_, given in judged.items() if given}


def test_the_order_of_answers_counts_and_not_their_ids(library):
    judged = {"1": {"b": 1}}
    assert Measures(["RR"]).of({"1": ["a", "b"]}, judged)["1"]["RR"] == 0.5
    assert Measures(["RR"]).of({"1": ["c", "b"]}, judged)["1"]["RR"] == 0.5


def test_an_index_is_measured(library, index):
    found = evaluate(index, TOPICS, QRELS, ["nDCG@10", "RR", "R@100"])
    second = 1 / log2(3)
    assert found.topics["first"] == {"nDCG@10": 1, "RR": 1, "R@100": 1}
    assert found.topics["second"] == {"nDCG@10": pytest.approx(second), "RR": 0.5, "R@100": 1}
    assert found.topics["never"] == {"nDCG@10": 0, "RR": 0, "R@100": 0}
    means = {"nDCG@10": (1 + second) / 3, "RR": 0.5, "R@100": 2 / 3}
    assert found.means == pytest.approx(means)
    assert (found.judged, found.unjudged, found.unasked) == (3, (), ())


def test_a_run_is_measured_as_the_index_that_gave_it(library, index):
    run = {topic: [id_ for id_, _ in ranked] for topic, ranked in answers(index, TOPICS)}
    assert evaluate_run(run, TOPICS, QRELS) == evaluate(index, TOPICS, QRELS)
    run.pop("never")
    assert evaluate_run(run, TOPICS, QRELS) == evaluate(index, TOPICS, QRELS)


def test_topics_and_judgments_without_the_other_are_left_out_and_told(library, index):
    topics, qrels = {**TOPICS, "new": "شب"}, {**QRELS, "old": {"apple": 1}}
    found = evaluate(index, topics, qrels)
    assert (found.unjudged, found.unasked) == (("new",), ("old",))
    assert found.means == evaluate(index, TOPICS, QRELS).means


def test_the_index_is_asked_as_is_said(library, index):
    topics, qrels = {"1": "کتاب زرافه"}, {"1": {"book": 1}}
    assert evaluate(index, topics, qrels, ["R@10"]).means == {"R@10": 1}
    assert evaluate(index, topics, qrels, ["R@10"], match="all").means == {"R@10": 0}
    seen = []
    evaluate(index, topics, qrels, over=lambda ids: [seen.append(id_) or id_ for id_ in ids])
    assert seen == ["1"]


@pytest.mark.parametrize(
    ("measures", "told"),
    [
        (["nDGC@10"], "there is no measure 'nDGC@10'; give one of nDCG, AP"),
        (["ndcg@10"], "there is no measure 'ndcg@10'"),
        (["P"], "there is no measure 'P'"),
        (["P@0"], "there is no measure 'P@0'"),
        (["Rprec@5"], "there is no measure 'Rprec@5'"),
        ([], "no measure is named"),
        ("nDCG@10", r"names is 'nDCG@10' alone; give a list: \['nDCG@10'\]"),
        (["R@101"], "a measure looks at 101 answers and the limit is 100; set limit=101"),
    ],
)
def test_what_is_no_measure_is_told_with_those_that_are(library, index, measures, told):
    with pytest.raises(ArgumentError, match=told):
        evaluate(index, TOPICS, QRELS, measures)


@pytest.mark.parametrize(
    ("topics", "qrels", "told"),
    [
        ({"1": "سیب"}, {"01": {"apple": 1}}, "topics are called such as '1', and those judged are such as '01'"),
        ({}, QRELS, "no topic has judgments"),
        (TOPICS, {}, "no topic has judgments"),
        ([("1", "سیب")], QRELS, "topics is"),
    ],
)
def test_files_that_do_not_belong_together_are_told(library, index, topics, qrels, told):
    with pytest.raises(ArgumentError, match=told):
        evaluate(index, topics, qrels)


def test_without_the_extra_it_is_said_how_to_have_it(index, monkeypatch):
    monkeypatch.setitem(sys.modules, "pytrec_eval", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'persian-searchkit\[eval\]'"):
        evaluate(index, TOPICS, QRELS)


# the lines of a run


@given(st.lists(st.floats(allow_nan=False, min_value=-1e30, max_value=1e30) | st.sampled_from([0.0, 1.0, 1.0 + 1e-12])))
def test_scores_of_a_run_fall_in_32_bits(scores):
    lines = [line.split() for line in trec_lines("t", [(str(n), score) for n, score in enumerate(scores)])]
    written = [np.float32(line[4]) for line in lines]
    assert all(one > other for one, other in pairwise(written))
    assert [line[2] for line in lines] == [str(n) for n in range(len(scores))]


def test_scores_that_fall_are_written_as_they_are():
    assert list(trec_lines("7", [("a", 2.5), ("b", 1.25), ("c", 1.25), ("d", 2.0)], first=11, tag="mine")) == [
        "7 Q0 a 11 2.5 mine",
        "7 Q0 b 12 1.25 mine",
        "7 Q0 c 13 1.24999988 mine",
        "7 Q0 d 14 1.24999976 mine",
    ]


@pytest.mark.parametrize(
    ("topic", "id_"), [("1", "red apple"), ("1", ""), ("1", "a\x1b[31m"), ("1 2", "a"), ("1", "a\u2028b")]
)
def test_an_id_that_no_line_can_hold_is_told(topic, id_):
    with pytest.raises(ArgumentError, match="ask for JSON Lines"):
        list(trec_lines(topic, [(id_, 1.0)]))
