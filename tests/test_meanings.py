"""What becomes of questions while what makes vectors cannot be asked."""

from __future__ import annotations

import pytest
from trigrams import MayBeAway, Trigrams

from searchkit import Document, SearchIndex, meanings
from searchkit.errors import EmbedderError


class Moody(MayBeAway, Trigrams):
    """Makes vectors while it is in the mood for that."""


@pytest.fixture
def embedder():
    return Moody()


@pytest.fixture
def index(tmp_path, embedder):
    with SearchIndex.open(tmp_path, embedder=embedder) as index:
        index.add([Document("1", "باران در شمال بارید."), Document("2", "کتاب تاریخ")])
        yield index


def told(index, query):
    return [problem.message for problem in index.search(query).problems]


def test_one_that_says_so_at_once_is_asked_again_at_once(index, embedder):
    embedder.is_away = True
    assert told(index, "باران") == told(index, "کتاب") == ["only words were looked for: it is away"]
    embedder.is_away = False
    assert told(index, "باران") == []
    assert embedder.times == 3


def test_one_that_was_waited_for_in_vain_is_left_alone_for_a_while(index, embedder, monkeypatch):
    monkeypatch.setattr(meanings, "_LONG", -1)
    embedder.is_away = True
    assert told(index, "باران") == told(index, "کتاب") == ["only words were looked for: it is away"]
    assert embedder.times == 1
    with pytest.raises(EmbedderError, match="it is away"):
        index.search("کتاب", mode="meaning")
    assert embedder.times == 1


def test_it_is_asked_again_after_that(index, embedder, monkeypatch):
    monkeypatch.setattr(meanings, "_LONG", -1)
    monkeypatch.setattr(meanings, "_LEFT_ALONE", 0)
    embedder.is_away = True
    assert told(index, "باران") != []
    embedder.is_away = False
    assert told(index, "باران") == []
    assert embedder.times == 2
    assert told(index, "باران") == []
    assert embedder.times == 2  # it is known


def test_what_is_found_by_its_meaning_is_narrowed_and_counted(tmp_path, embedder):
    texts = {"1": "باران در شمال بارید.", "2": "بارانی نو در بازار", "3": "کتاب تاریخ"}
    with SearchIndex.open(tmp_path, embedder=embedder, fields={"section": "keyword"}) as index:
        index.add(Document(id_, text, fields={"section": id_}) for id_, text in texts.items())
        for mode in ("words", "meaning", "auto", "meaning"):
            found = index.search("باران", mode=mode, where={"section": ["2", "3"]}, facets=["section", "host"])
            assert {hit.id for hit in found} <= {"2", "3"}
            assert dict(found.facets["section"]) == {hit.id: 1 for hit in found}
        assert [hit.id for hit in index.search("باران", mode="meaning", where={"section": "2"})] == ["2"]


def test_an_index_says_whether_it_has_vectors(index, tmp_path):
    assert index.has_vectors
    with SearchIndex.open(tmp_path / "other") as other:
        assert not other.has_vectors
