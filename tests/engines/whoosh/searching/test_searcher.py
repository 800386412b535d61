"""Resolved queries on arrays, against a plain reading of what they promise."""

import threading
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_memory import MemorySegment, array_searcher

from searchkit.query.tree import All, Any, Beside, Not, Nothing, Phrase, Prefix, Ranked, Terms, Weighted
from searchkit.ranking import Ranking

TERMS = ["a", "ab", "b", "ba", "c", "d"]
A, B = Terms((("a", 1.0),)), Terms((("b", 1.0),))
texts = st.lists(st.sampled_from(TERMS), max_size=10).map(" ".join)
collections = st.lists(st.tuples(texts, texts), min_size=1, max_size=20)
fields = st.sampled_from([None, "title", "body"])
forms = st.lists(
    st.tuples(st.sampled_from([*TERMS, "none"]), st.sampled_from([1.0, 0.5])),
    min_size=1,
    max_size=3,
    unique_by=lambda form: form[0],
).map(tuple)
words = st.builds(Terms, forms, fields)
plain = st.builds(Terms, forms)
leaves = st.one_of(
    words,
    words,
    st.builds(Prefix, st.sampled_from(["a", "b", "zz"]), fields),
    st.builds(Phrase, st.lists(plain, min_size=1, max_size=3).map(tuple), fields, st.integers(0, 2)),
    st.just(Nothing()),
)


def compounds(nodes):
    some = st.lists(nodes, max_size=3).map(tuple)
    return st.one_of(
        st.builds(All, some, some),
        st.builds(Any, some, some),
        st.builds(Not, nodes),
        st.builds(Weighted, nodes, st.sampled_from([0.5, 3.0])),
    )


trees = st.recursive(leaves, compounds, max_leaves=6)


class Plain:
    """The same promises, one document at a time."""

    def __init__(self, documents):
        self.texts = {
            "title": [title.split() for title, _ in documents],
            "body": [body.split() for _, body in documents],
        }
        self.numbers = range(len(documents))

    def answer(self, node):
        match node:
            case Terms():
                return self.word(node.terms, self.names(node.field))
            case Prefix():
                names = self.names(node.field)
                every = {term for name in names for text in self.texts[name] for term in text}
                return self.word([(term, 1.0) for term in every if term.startswith(node.text)], names)
            case Phrase():
                scores = [self.word(word.terms, self.names(node.field)) for word in node.words]
                return {n: sum(each[n] for each in scores) for n in self.numbers if self.stands(node, n)}
            case All():
                parts = [self.answer(each) for each in node.nodes]
                found = set.intersection(*map(set, parts)) if parts else set()
            case Any():
                parts = [self.answer(each) for each in node.nodes]
                found = set().union(*parts)
            case Not():
                return dict.fromkeys(set(self.numbers) - set(self.answer(node.node)), 0.0)
            case Weighted():
                return {n: score * node.weight for n, score in self.answer(node.node).items()}
            case _:
                return {}
        parts += [self.answer(each) for each in node.optional]
        return {n: sum(part.get(n, 0.0) for part in parts) for n in found}

    def names(self, field):
        return ["title", "body"] if field is None else [field]

    def word(self, terms, names):
        amounts = {}
        for name in names:
            texts = self.texts[name]
            for number, text in enumerate(texts):
                amount = sum(weight * text.count(term) for term, weight in terms)
                if amount:
                    amounts[number] = amounts.get(number, 0) + amount * self.share(name, number)
        return self.scored(amounts)

    def scored(self, amounts):
        idf = log(1 + (len(self.numbers) - len(amounts) + 0.5) / (len(amounts) + 0.5))
        return {number: idf * amount * 2.2 / (amount + 1.2) for number, amount in amounts.items()}

    def share(self, name, number):
        average = sum(map(len, self.texts[name])) / len(self.numbers) or 1
        return (2 if name == "title" else 1) / (1 - 0.75 + 0.75 * len(self.texts[name][number]) / average)

    def ranked(self, node):
        """The answers with what they score for words side by side; all of them are candidates."""
        found = self.answer(node.answers)
        for row in node.beside:
            for size in (2, 3):
                for start in range(len(row.words) - size + 1):
                    if any(row.content[start : start + size]):
                        for number, score in self.beside(row.words[start : start + size], found).items():
                            found[number] += 0.15 * score
        return found

    def beside(self, words, among):
        amounts = {}
        for name in self.names(words[0].field):
            for number in among:
                text = self.texts[name][number]
                standing = sum(
                    all(term in dict(word.terms) for term, word in zip(text[place:], words, strict=False))
                    for place in range(len(text) - len(words) + 1)
                )
                if standing:
                    amounts[number] = amounts.get(number, 0) + standing * self.share(name, number)
        return self.scored(amounts)

    def stands(self, phrase, number):
        for name in self.names(phrase.field):
            text = self.texts[name][number]
            ends = set()
            for index, word in enumerate(phrase.words):
                wanted = {term for term, _ in word.terms}
                places = {place for place, term in enumerate(text) if term in wanted}
                if index:
                    places = {p for p in places if any(0 < p - end <= phrase.slop + 1 for end in ends)}
                ends = places
            if ends:
                return True
        return False


def pairs(page):
    return [(match.number, match.score) for match in page.matches]


@settings(max_examples=300, deadline=None)
@given(collections, trees)
def test_finds_and_scores_as_promised(documents, asked):
    page = array_searcher(MemorySegment(documents)).search(asked, limit=100)
    expected = Plain(documents).answer(asked)
    assert dict(pairs(page)) == pytest.approx(expected, rel=1e-5)
    assert page.total == page.complete == len(expected)
    assert pairs(page) == sorted(pairs(page), key=lambda pair: (-pair[1], pair[0]))


@settings(max_examples=100, deadline=None)
@given(collections, st.lists(words, min_size=1, max_size=4).map(tuple), st.integers(0, 12), st.integers(0, 12))
def test_tiers_and_pages(documents, asked, limit, offset):
    searcher = array_searcher(MemorySegment(documents))
    every, some = searcher.search(All(asked), limit=100), searcher.search(Any(asked), limit=100)
    first = {match.number for match in every.matches}
    expected = sorted(pairs(some), key=lambda pair: (pair[0] not in first, -pair[1], pair[0]))
    page = searcher.search(Ranked(Any(asked), (All(asked),), All(asked)), limit=limit, offset=offset)
    assert pairs(page) == expected[offset : offset + limit]
    assert (page.total, page.complete, page.first) == (some.total, every.total, every.total)


rows = st.tuples(
    st.lists(st.tuples(forms, st.booleans()), min_size=2, max_size=5), st.sampled_from([None, "title", "body"])
).map(lambda row: Beside(tuple(Terms(each, row[1]) for each, _ in row[0]), tuple(content for _, content in row[0])))


@settings(max_examples=300, deadline=None)
@given(collections, st.lists(rows, max_size=3).map(tuple), trees, st.data())
def test_words_side_by_side_add_to_the_score(documents, beside, tier, data):
    every = [word for row in beside for word in row.words]
    asked = Ranked(Any((*every, Terms((("a", 1.0),)))), (tier,), None, beside)
    plain = Plain(documents)
    expected, first = plain.ranked(asked), plain.answer(tier)
    cut = data.draw(st.integers(1, len(documents)))
    segments = [MemorySegment(part) for part in (documents[:cut], documents[cut:]) if part]
    page = array_searcher(*segments).search(asked, limit=100)
    assert dict(pairs(page)) == pytest.approx(expected, rel=1e-4)
    assert pairs(page) == sorted(pairs(page), key=lambda pair: (pair[0] not in first, -pair[1], pair[0]))
    assert page.total == page.complete == len(expected)
    assert page.first == len(first.keys() & expected.keys())


def test_only_the_best_are_looked_through_for_words_side_by_side():
    documents = [("", "a b")] + [("", "a a b b b")] * 3 + [("", "b a")] * 3
    asked = Ranked(Any((A, B)), beside=(Beside((A, B), (True, True)),))
    few = array_searcher(MemorySegment(documents), ranking=Ranking(candidates=3)).search(asked, limit=9)
    assert [match.number for match in few.matches[:3]] == [1, 2, 3]
    none = array_searcher(MemorySegment(documents), ranking=Ranking(candidates=0)).search(asked, limit=9)
    assert pairs(none) == pairs(array_searcher(MemorySegment(documents)).search(asked.answers, limit=9))


def test_a_row_of_more_words_than_bits_is_looked_at_as_far_as_they_go():
    row = Beside((A, B) * 40, (True, True) * 40)
    page = array_searcher(MemorySegment([("", "a b a"), ("", "b")])).search(Ranked(A, beside=(row,)), limit=9)
    assert [match.number for match in page.matches] == [0]


@settings(max_examples=100, deadline=None)
@given(collections, trees, st.data())
def test_what_is_deleted_counts_in_nothing(documents, asked, data):
    deleted = data.draw(st.sets(st.integers(0, len(documents) - 1)))
    kept = [number for number in range(len(documents)) if number not in deleted]
    page = array_searcher(MemorySegment(documents, deleted)).search(asked, limit=100)
    alive = Plain([documents[number] for number in kept]).answer(asked) if kept else {}
    assert dict(pairs(page)) == pytest.approx({kept[number]: score for number, score in alive.items()}, rel=1e-5)


@settings(max_examples=60, deadline=None)
@given(collections, trees, st.data())
def test_segments_are_one_run_of_documents(documents, asked, data):
    cut = data.draw(st.integers(0, len(documents)))
    parts = [MemorySegment(part) for part in (documents[:cut], documents[cut:]) if part]
    apart = array_searcher(*parts).search(asked, limit=100)
    assert apart == array_searcher(MemorySegment(documents)).search(asked, limit=100)


def test_a_rare_word_does_not_find_what_is_deleted():
    documents = [("a", "b")] + [("", "b")] * 30 + [("a", "b")]
    searcher = array_searcher(MemorySegment(documents, {31}), MemorySegment(documents, {0}))
    assert [match.number for match in searcher.search(Terms((("a", 1.0),)), limit=9).matches] == [0, 63]


def test_a_prefix_stands_for_the_1024_terms_that_most_documents_hold():
    documents = [("", f"p{number}") for number in range(1100)] + [("", "p1099")]
    page = array_searcher(MemorySegment(documents)).search(Prefix("p", None), limit=2000)
    assert page.total == 1025
    assert {match.number for match in page.matches} >= {1099, 1100}


def test_an_index_without_segments_answers():
    assert array_searcher().search(Any((Terms((("a", 1.0),)), Not(Nothing()))), limit=5).total == 0


def test_a_cache_of_any_size_gives_the_same_answers():
    documents = [("a b", "c a"), ("c", "a d"), ("ba", "b")] * 5
    asked = [Any(tuple(Terms(((term, 1.0),)) for term in TERMS[:n])) for n in range(1, 6)] * 2
    answers = [
        [searcher.search(each, limit=10) for each in asked]
        for searcher in (array_searcher(MemorySegment(documents), cache=size) for size in (0, 1500, 10**6))
    ]
    assert answers[0] == answers[1] == answers[2]


def test_the_cache_stays_within_its_bytes():
    searcher = array_searcher(MemorySegment([(term, term) for term in TERMS] * 50), cache=3000)
    for term in TERMS * 2:
        searcher.search(Terms(((term, 1.0),)), limit=1)
        assert searcher.cache.size <= 3000


def test_threads_share_a_searcher():
    documents = [("a b", "c a"), ("c", "a d b"), ("ba", "b"), ("d", "ab ab")] * 30
    asked = [Any(tuple(Terms(((term, 1.0),)) for term in (one, other))) for one in TERMS for other in TERMS]
    expected = [array_searcher(MemorySegment(documents)).search(each, limit=20) for each in asked]
    shared = array_searcher(MemorySegment(documents), cache=20_000)
    answers = []

    def ask():
        answers.append([shared.search(each, limit=20) for each in asked])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 4
