"""Files of topics, judgments and answers: every form that is promised, and what is said of a line that has none."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit import LoadError
from searchkit.evaluating import read_qrels, read_run, read_topics, trec_lines

READERS = {"topics": read_topics, "qrels": read_qrels, "run": read_run}

FORMS = [
    ("topics", "1\tسیب\n2\tکتاب تاریخ\n", {"1": "سیب", "2": "کتاب تاریخ"}),
    ("topics", "1\tسیب\tسرخ\n", {"1": "سیب\tسرخ"}),
    ("topics", "\r\n 1 \t سیب \r\n\n2\tبه", {"1": "سیب", "2": "به"}),
    ("topics", '{"id": "a b", "text": "سیب"}\n{"_id": 2, "query": "به", "kind": "x"}\n', {"a b": "سیب", "2": "به"}),
    ("qrels", "1 0 apple 2\n1  0  pear\t0\n".replace("\t", " "), {"1": {"apple": 2, "pear": 0}}),
    ("qrels", "1\t0\tred apple\t2\n2\t0\tpear\t-1\n", {"1": {"red apple": 2}, "2": {"pear": -1}}),
    ("qrels", "1\tred apple\t2\n1 pear 1\n", {"1": {"red apple": 2, "pear": 1}}),
    ("qrels", "query-id\tcorpus-id\tscore\n1\tpear\t1\n", {"1": {"pear": 1}}),
    ("qrels", '{"topic": "1", "doc": "pear", "relevance": 1}', {"1": {"pear": 1}}),
    ("qrels", '{"query": 1, "doc": 7, "relevance": "2"}', {"1": {"7": 2}}),
    ("run", "1 Q0 a 1 2.5 x\n1 Q0 b 2 1e1 x\n2 Q0 a 1 -1 x\n", {"1": ["b", "a"], "2": ["a"]}),
    ("run", "1\tQ0\tred apple\t1\t2.5\tx\n", {"1": ["red apple"]}),
    ("run", '{"topic": "1", "id": "a", "score": 1}\n{"query": "1", "doc": "b", "score": 9}\n', {"1": ["a", "b"]}),
    ("run", "", {}),
]

MALFORMED = [
    ("topics", "1\tسیب\n\nسیب\n", "line 3: no topic; give its id, a tab and the query"),
    ("topics", "1\tسیب\n2\t \n", "line 2: no topic"),
    ("topics", "1\tسیب\n1\tبه\n", "line 2: the topic '1' is there twice"),
    ("topics", '{"id": "1"}', "line 1: it has no text or number called text or query"),
    ("topics", '{"id": true, "text": "سیب"}', "line 1: it has no text or number called id or _id"),
    ("topics", '1\tسیب\n{"id": ', "line 2: not JSON"),
    ("topics", "\n\n", "no topics in it"),
    ("qrels", "1 0 a\n1 0 b 1\n", "line 1: its relevance is 'a'"),
    ("qrels", "1 0 a 1\n1 a\n", "line 2: no judgment; give topic, iteration (or leave it out), document and relevance"),
    ("qrels", "1 0 a 1.5\n", "line 1: its relevance is '1.5'; give a whole number"),
    ("qrels", "1 0 a 99999999999\n", "line 1: its relevance is '99999999999'"),
    ("qrels", "1 0 a 1\n1 0 a 0\n", "line 2: 'a' is judged twice for the topic '1'"),
    ("qrels", '{"topic": "1", "doc": "a"}', "line 1: its relevance is 'None'"),
    ("qrels", '{"topic": "1", "doc": "a", "relevance": true}', "line 1: its relevance is 'True'"),
    ("qrels", "query-id\tcorpus-id\tscore\n", "no judgments in it"),
    ("run", "1 Q0 a 1 high x\n", "line 1: its score is 'high'; give a number"),
    ("run", "1 Q0 a 1 nan x\n", "line 1: its score is 'nan'"),
    ("run", "1 Q0 a 1 2.5\n", "line 1: no answer; give topic, Q0, document, rank, score and tag"),
    ("run", "1 Q0 a 1 2 x\n1 Q0 a 2 1 x\n", "line 2: 'a' answers the topic '1' twice"),
]


@pytest.mark.parametrize(("kind", "text", "found"), FORMS)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_form_is_read(tmp_path, kind, text, found, packed):
    path = tmp_path / ("file.gz" if packed else "file")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    assert READERS[kind](str(path)) == found


@pytest.mark.parametrize(("kind", "text", "told"), MALFORMED)
def test_a_malformed_line_is_named(tmp_path, kind, text, told):
    path = tmp_path / "file.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LoadError) as caught:
        READERS[kind](str(path))
    assert caught.value.source == path.as_posix()
    assert told in caught.value.reason


@pytest.mark.parametrize("kind", READERS)
def test_a_file_that_is_not_there_is_told(tmp_path, kind):
    with pytest.raises(LoadError, match="no such file"):
        READERS[kind](str(tmp_path / "missing"))


def test_topics_in_an_old_encoding_are_read(tmp_path):
    path = tmp_path / "topics.tsv"
    path.write_bytes("1\tآب و باغ و خانه\n2\tزبان پارسي\n".encode("windows-1256"))
    assert read_topics(str(path))["1"] == "آب و باغ و خانه"


@pytest.mark.parametrize(
    ("scores", "order"),
    [
        ({"a": "1", "b": "1"}, ["b", "a"]),  # equals by id, the last in the alphabet first
        ({"a": "1.00000000001", "b": "1"}, ["b", "a"]),  # equal in 32 bits
        ({"a": "1.0000002", "b": "1"}, ["a", "b"]),
        ({"10": "1", "9": "1"}, ["9", "10"]),  # as text
    ],
)
def test_equal_scores_of_a_run_are_ordered_as_trec_eval_does(tmp_path, scores, order):
    path = tmp_path / "run.txt"
    path.write_text("".join(f"1 Q0 {id_} 1 {score} x\n" for id_, score in scores.items()), encoding="utf-8")
    assert read_run(str(path)) == {"1": order}


@given(
    st.dictionaries(
        st.text("abc", min_size=1), st.floats(-1e6, 1e6, width=64) | st.sampled_from([0.0, 1.0]), min_size=1
    )
)
def test_what_is_written_is_read_in_its_order_whatever_the_scores(tmp_path_factory, scores):
    path = tmp_path_factory.getbasetemp() / "any-run.txt"
    path.write_text("\n".join(trec_lines("1", scores.items())), encoding="utf-8")
    assert read_run(str(path)) == {"1": list(scores)}


def test_json_lines_may_stand_among_others(tmp_path):
    path = tmp_path / "topics.txt"
    path.write_text("1\tسیب\n" + json.dumps({"id": "2", "text": "به"}), encoding="utf-8")
    assert read_topics(str(path)) == {"1": "سیب", "2": "به"}
