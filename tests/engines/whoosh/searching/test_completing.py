"""Which words most of some documents hold: the same whatever is counted first, and how."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit import Document, SearchIndex
from searchkit.engines.whoosh.searching import begun_terms, completing
from searchkit.engines.whoosh.writing import merging
from searchkit.query.conditions import AllOf, Held
from searchkit.query.narrowing import Narrowing

PLACES = begun_terms, begun_terms, completing
LETTERS = "bcdfghjklm"
NAMES = [f"zx{one}{other}" for one in LETTERS for other in LETTERS]


@pytest.fixture(scope="module")
def texts():
    """Titles and bodies in which a few of the words are common and most are rare, other ones in each half."""
    chosen = random.Random(5)  # noqa: S311 (no secret)

    def words(number, count):
        some = NAMES if number % 2 else NAMES[::-1]
        return [some[int(len(NAMES) * chosen.random() ** 3)] for _ in range(count)]

    return [(words(number, 3), words(number, 15)) for number in range(200)]


@pytest.fixture(scope="module")
def reader(tmp_path_factory, texts):
    index = SearchIndex.open(tmp_path_factory.mktemp("index"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "_GROWTH", 0)
        for numbers in (range(90), range(90, 180), range(150, 200)):  # some come again
            index.add(Document(str(at), " ".join(texts[at][1]), title=" ".join(texts[at][0])) for at in numbers)
    return index._engine.reader()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.tuples(
        st.sampled_from(["zx", "zxb", "zxm", "z"]),
        st.integers(1, 60),
        st.sampled_from([(), NAMES[:5], NAMES[::7], NAMES]),
    ),
    st.sampled_from([range(0, 200, 2), range(1, 200, 2), range(7), range(140, 200), range(200), range(0)]),
    st.tuples(st.sampled_from([0, 3, 10, 1000]), st.sampled_from([1, 2]), st.sampled_from([0, 16])),
)
def test_the_most_frequent_words_of_some_documents(reader, texts, asked, ids, costs):
    (prefix, limit, besides), held = asked, [Counter(), Counter()]
    for number in ids:
        for counter, words in zip(held, texts[number], strict=True):
            counter.update(set(words) - set(besides))
    most = {word: max(each[word] for each in held) for word in held[0] | held[1] if word.startswith(prefix)}
    expected = sorted(most.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in zip(PLACES, ("_A_TERM", "_COUNTED", "_BESIDES"), costs, strict=True):
            patch.setattr(module, name, value)
        among = reader.among(narrowing=Narrowing(AllOf((Held("id", tuple(map(str, ids))),))))
        assert among.words(prefix, limit, besides) == expected
        for word in NAMES[::9]:
            count = sum(word in {*texts[number][0], *texts[number][1]} for number in ids)
            assert among.holding(word)[0] == count


def test_words_that_most_hold_are_counted_alone(reader, monkeypatch):
    counted = []
    count = begun_terms.BegunTerms._count

    def counting(self, places):
        counted.append(len(places))
        return count(self, places)

    monkeypatch.setattr(begun_terms, "_A_TERM", 0)
    monkeypatch.setattr(completing, "_BESIDES", 0)
    monkeypatch.setattr(begun_terms.BegunTerms, "_count", counting)
    words = reader.among(narrowing=Narrowing(Held("id", tuple(map(str, range(0, 200, 2)))))).words("zx", 2)
    assert len(words) == 2
    assert sum(counted) < 3 * 2 * len(NAMES)  # of two fields in three parts
