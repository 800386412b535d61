"""What every embedder promises, as a class of tests: that of each of them inherits it and has a fixture `embedder`."""

from __future__ import annotations

import numpy as np
import pytest

from searchkit.meaning.embedder import Embedder, check_same, embedder_of, meaning_of

TEXTS = ["رودخانه به دریا می\u200cریزد", "a river", "عنوان\nمتن", "کتاب " * 20, " ", "؟", "\U0001f600", "متن"]


class EmbedderContract:
    def test_it_is_an_embedder(self, embedder):
        assert isinstance(embedder, Embedder)
        assert embedder_of(embedder) is embedder
        assert embedder.name.strip() == embedder.name != ""
        assert embedder.dimensions > 0

    @pytest.mark.parametrize("kind", ["documents", "queries"])
    def test_there_is_a_vector_of_length_1_for_each_text(self, embedder, kind):
        vectors = getattr(embedder, kind)(TEXTS)
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), embedder.dimensions)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
        assert getattr(embedder, kind)([]).shape == (0, embedder.dimensions)

    @pytest.mark.parametrize("kind", ["documents", "queries"])
    def test_a_vector_depends_on_its_text_alone(self, embedder, kind):
        embed = getattr(embedder, kind)
        together = embed(TEXTS)
        assert np.allclose(together[::-1], embed(TEXTS[::-1]), atol=1e-6)
        assert np.allclose(together, np.concatenate([embed([text]) for text in TEXTS]), atol=1e-6)

    def test_it_knows_itself_again(self, embedder):
        check_same(meaning_of(embedder), meaning_of(embedder, words=50, most=0))
