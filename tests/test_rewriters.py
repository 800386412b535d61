"""What rewriting knows of the words of an index is what the newest commit says, whatever was known before it."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit import Document, SearchIndex, rewriters
from searchkit.query.rewriting import forms as forms_module
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.script import OtherScript
from searchkit.query.rewriting.spelling import Spelling
from searchkit.rewriters import HeldWords

WORDS = [
    "کتاب",
    "کتابی",
    "کباب",
    "تهران",
    "طهران",
    "طحران",
    "خانه",
    "خونه",
    "عارف",
    "آرف",
    "google",
    "tehran",
    "a1",
    "گوگل",
]
TYPED = ["کتلب", "تهرن", "خانع", "aref", "گوگل", "gogle", "ketab", "طهرن"]
PAIRS = st.lists(
    st.tuples(st.sampled_from(WORDS) | st.text("ابتکدرف", min_size=1, max_size=4), st.integers(0, 30)), max_size=8
)


class FakeReader:
    """Parts of an index, by name, which says of which the words were asked."""

    def __init__(self, parts):
        self.held = parts
        self.asked = []

    @property
    def parts(self):
        return tuple(self.held)

    def words(self, part, low="", high=""):
        self.asked.append(part)
        return iter([(word, count) for word, count in self.held[part] if word >= low and (not high or word < high)])


@contextmanager
def bounds(least):
    """Make words few at once that are kept apart, or counted, or dead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms_module, "_LEAST_APART", least)
        patch.setattr(forms_module, "_PART_APART", 1 << 30)
        patch.setattr(rewriters, "_SMALL", least)
        patch.setattr(rewriters, "_DEAD", least)
        yield


def content(forms):
    """Return what can be told of words."""
    spelling, script = Spelling(forms), OtherScript(forms)
    found = [(spelling.candidates(word), script.candidates(word)) for word in ("تهرن", "gogle", "گوگل")]
    return [(word, forms.frequency(word)) for word in forms.words], found


@settings(max_examples=25, deadline=None)
@given(st.lists(PAIRS, min_size=1, max_size=5), st.lists(st.sets(st.integers(0, 4)), max_size=4), st.integers(0, 12))
def test_words_do_not_depend_on_what_was_there_before(parts, commits, least):
    with bounds(least):
        known, latin = HeldWords(variants=True), HeldWords("a", "{")
        for commit in commits:
            held = {str(at): parts[at] for at in commit if at < len(parts)}
            pairs = [pair for part in held.values() for pair in part]
            anew = WrittenForms.of(pairs).with_variants()
            assert content(known.of(FakeReader(held))) == content(anew)
            of_latin = WrittenForms.of((word, count) for word, count in pairs if "a" <= word < "{")
            assert content(latin.of(FakeReader(held))) == content(of_latin)


def test_all_is_looked_at_anew_without_a_large_part():
    small, large = [("کتاب", 1), ("نو", 2)], [(word, 9) for word in WORDS]
    with bounds(2):
        words = HeldWords()
        words.of(FakeReader({"large": large, "small": small}))
        reader = FakeReader({"new": [("نو", 1)], "small": small})
        assert content(words.of(reader)) == content(WrittenForms.of([*small, ("نو", 1)]))
    assert reader.asked == ["new", "small"]


def test_parts_that_were_there_are_not_looked_at_again_though_others_are_merged():
    first = {"large": [(word, 9) for word in WORDS], "small": [("کتاب", 1), ("نو", 1)]}
    merged = {"large": first["large"], "both": [("کتاب", 1), ("تازه", 2)]}
    words, reader = HeldWords(variants=True), FakeReader(merged)
    words.of(FakeReader(first))
    forms = words.of(reader)
    assert reader.asked == ["both"]
    assert [forms.frequency(word) for word in ("کتاب", "نو", "تازه")] == [10, 0, 2]


def test_what_was_worked_out_of_words_is_not_worked_out_again():
    worked = []

    def letters(words):
        worked.extend(words)
        return Letters()

    words = HeldWords()
    for parts in (
        {"1": [("کتاب", 1)]},
        {"1": [("کتاب", 1)], "2": [("نو", 1)]},
        {"1": [("کتاب", 1)], "3": [("تازه", 1)]},
    ):
        words.of(FakeReader(parts)).columns(letters)
    assert worked == ["کتاب", "نو", "تازه"]


class Letters:
    """A column of nothing."""

    def followed_by(self, more, words):
        return self


BODIES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
IDS = st.integers(0, 8).map(str)
STEP = st.one_of(
    st.tuples(st.just("add"), st.dictionaries(IDS, BODIES, min_size=1, max_size=2)),
    st.tuples(st.just("delete"), IDS),
    st.tuples(st.just("optimize"), st.none()),
)


def answers(index):
    """Return what an index tells of words that are typed."""
    found = [index.search(typed, snippets=0) for typed in ("کتلب تهرن", "gogle", "طهرن", "sghl خانع")]
    return [(each.rewritten, each.suggestions) for each in found], [
        index.suggest(typed) for typed in ("کت", "ta", "خا")
    ]


@settings(max_examples=10, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=5), st.sampled_from([0, 3, 5000]))
def test_many_small_commits_tell_the_same_as_an_index_made_anew(tmp_path_factory, steps, least):
    documents = {
        f"base{at}": Document(f"base{at}", title=WORDS[at % len(WORDS)], body="کتاب تهران عارف") for at in range(20)
    }
    path = tmp_path_factory.mktemp("indexes")
    with bounds(least), SearchIndex.open(path / "small") as index:
        index.add(documents.values())
        for step, value in steps:
            if step == "add":
                added = [Document(id_, body=body) for id_, body in value.items()]
                index.add(added)
                for document in added:
                    if documents.get(document.id) != document:
                        documents.pop(document.id, None)
                        documents[document.id] = document
            elif step == "delete":
                index.delete([value])
                documents.pop(value, None)
            else:
                index.optimize()
            told = answers(index)
        with SearchIndex.open(path / "small") as same:
            assert answers(same) == told
        index.optimize()
        told = answers(index)
        with SearchIndex.open(path / "anew") as anew:
            anew.add(documents.values())
            assert answers(anew) == told


@pytest.mark.parametrize("optimized", [False, True])
@pytest.mark.parametrize(("typed", "meant"), [("زعفرن", "زعفران"), ("zafaran", "زعفران"), ("ليونكس", "linux")])
def test_what_is_deleted_is_not_told_of_any_more(tmp_path, typed, meant, optimized):
    with SearchIndex.open(tmp_path) as index:
        index.add(Document(str(number), body="باغ بهار") for number in range(30))
        index.add([Document("one", body=f"{meant} تازه")])
        index.add([Document("two", body="خبر تازه")])
        assert [each.text for each in index.search(typed).rewritten] == [meant]
        index.delete(["one"])
        if optimized:
            index.optimize()
        results = index.search(typed)
        assert (results.rewritten, results.suggestions) == ((), ())
        assert not any(meant in each.text for each in index.suggest(meant[:3]))
