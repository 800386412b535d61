"""Completion: what is offered for a beginning, what it counts, whom it tells of what, and what it costs."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit import ArgumentError, Document, Field, SearchIndex
from searchkit.engines.whoosh.writing import merging
from searchkit.persian import analyze
from searchkit.query.rewriting.beginnings import MOST_BEGINNINGS, beginnings
from searchkit.results import Completion

ZWNJ = "\u200c"
LIBRARY = [
    Document("1", "در این کتابخانه کتاب" + ZWNJ + "های تاریخ ایران است", title="تاریخ ایران", fields={"to": "all"}),
    Document("2", "آب و درخت و سایه از دیرباز", title="باغ ایرانی", fields={"to": "all"}),
    Document("3", "مسئولان كتاب سلام را به ايران دادند", title="تاريخ ايران", fields={"to": "all"}),
    Document("4", "او می" + ZWNJ + "رود و با google می" + ZWNJ + "پرسد: کتاب کجاست", fields={"to": "all"}),
    Document("5", "کتاب در خانه آزاد", title="کتاب خانه", fields={"to": "all"}),
    Document("6", "کتمان رمزها در کتیبه، نوشته ایلیا", title="کتمان بزرگ", fields={"to": "few"}),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with SearchIndex.open(tmp_path_factory.mktemp("library"), fields={"to": "keyword"}) as index:
        index.add(LIBRARY)
        yield index


def words(found):
    return [each.text for each in found if each.kind == "word"]


def titles(found):
    return [each.text for each in found if each.kind == "title"]


# what is offered


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("کتا", ["کتاب", "کتابخانه", "کتاب" + ZWNJ + "های"]),
        ("كتا", ["کتاب", "کتابخانه"]),
        ("ket", ["کتاب"]),
        ("KET", ["کتاب"]),
        ("sgh", ["سلام"]),
        (";jh", ["کتاب"]),
        ("آز", ["آزاد"]),
        ("از", ["آزاد"]),
        ("azad", ["آزاد"]),
        ("khan", ["خانه"]),
        ("iran", ["ایران"]),
        ("مس", ["مسئولان"]),
        ("لخخ", ["google"]),
        ("goo", ["google"]),
        ("می ر", ["می" + ZWNJ + "رود"]),
        ("می" + ZWNJ + "ر", ["می" + ZWNJ + "رود"]),
        ("کتاب خا", ["کتاب خانه", "کتابخانه"]),
        ("تاریخ hdv", ["تاریخ ایران"]),
        ("تاریخ ;jhfo", ["تاریخ کتابخانه"]),
        ("تاریخ ای", ["تاریخ ایران"]),
        ("تاریخ  ira", ["تاریخ  ایران"]),
        ("title:ای", ["title:ایران", "title:ایرانی"]),
        ("+تاریخ ای", ["+تاریخ ایران"]),
        ("(تاریخ ای", ["(تاریخ ایران"]),
        ("آب OR ای", ["آب OR ایران"]),
        ("باغ -تاریخ ای", ["باغ -تاریخ ایرانی"]),
    ],
)
def test_a_word_is_completed(library, typed, first):
    assert words(library.suggest(typed))[: len(first)] == first


@pytest.mark.parametrize("typed", ["", "  ", "کتاب ", "کتاب،", "سلام -کت", '"تاریخ ای"', "(ای)", "body:", "زغ", "د"])
def test_no_word_is_offered_where_none_is_begun_or_held(library, typed):
    assert words(library.suggest(typed)) == ([] if typed != "د" else ["دادند", "درخت", "دیرباز"])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ای", ["تاریخ ایران", "باغ ایرانی"]),
        ("ir", ["تاریخ ایران", "باغ ایرانی"]),
        ("تاریخ ا", ["تاریخ ایران"]),
        ("تاریخ ", ["تاریخ ایران"]),
        ("باغ -ای", []),
        ("سلام", []),
        ("body:ای", []),
        ("ایران تا", ["تاریخ ایران"]),
    ],
)
def test_titles_hold_every_word_and_each_comes_once(library, typed, expected):
    assert titles(library.suggest(typed)) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("باغ گل گل باغ", "گل باغ باغ گل"),
        ("آب باد باد آب خاک", "باد آب آب باد خاک"),
        ("باغ گل", "گل باغ"),
        ("یک دو سه دو", "دو یک دو سه"),
        ("کتاب کتاب", "کتاب"),
    ],
)
def test_titles_of_the_same_words_in_another_order_are_others(tmp_path, one, other):
    titled = [one, other, other]
    with SearchIndex.open(tmp_path) as index:
        index.add(Document(str(number), "متن", title=title) for number, title in enumerate(titled))
        offered = [each for each in index.suggest(one.split()[0][:2]) if each.kind == "title"]
    assert {each.text: each.count for each in offered} == {one: 1, other: 2}


def test_a_completion_says_how_many_documents_hold_it(library):
    assert library.suggest("تاریخ ای") == [Completion("تاریخ ایران", "word", 2), Completion("تاریخ ایران", "title", 2)]
    assert library.suggest("کتاب ک", limit=1)[0] == Completion("کتاب کتابخانه", "word", 1)
    assert library.suggest("title:ایران")[0].count == 2
    assert library.suggest("body:ایران")[0].count == 2
    assert library.suggest("کتاب")[0].to_dict() == {"text": "کتاب", "kind": "word", "count": 3}


def test_forms_of_a_word_come_twice_at_most_and_function_words_never(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add([Document("1", "کتاب کتابی کتابها کتابهای کتابش کتابم کتابت کتابخانه که کنار")])
        found = words(index.suggest("ک", limit=20))
    assert sum(analyze(word)[0].lemma == "کتاب" for word in found) == 2
    assert "کتابخانه" in found
    assert "که" not in found


def test_what_begins_as_typed_comes_first_and_leaves_room(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add([Document("1", " ".join(f"ket{letter}" for letter in "bcdfghjkl"))])
        index.add([Document(str(number), "کتاب کتیبه") for number in range(2, 9)])
        found = words(index.suggest("ket", limit=4))
    assert found == ["ketb", "ketc", "کتاب", "کتیبه"]


@pytest.mark.parametrize("limit", [0, 1, 3, 100])
def test_there_are_as_many_as_wanted(library, limit):
    found = library.suggest("ا", limit=limit)
    assert len(words(found)) == min(limit, 5)
    assert len(titles(found)) == min(limit, 2)


@pytest.mark.parametrize("arguments", [{"limit": -1}, {"limit": 101}, {"limit": 1.5}, {"where": {"price": 5}}])
def test_an_argument_out_of_range_is_told(library, arguments):
    with pytest.raises(ArgumentError):
        library.suggest("کتا", **arguments)
    with pytest.raises(ArgumentError):
        library.suggest(None)


# laws

VOCABULARY = [
    "کتاب", "کتابخانه", "کتیبه", "کتمان", "سلام", "سال", "سایه", "صابون", "ایران", "ایرانی", "ایلیا", "آزاد", "اسب",
    "ketab", "google", "می" + ZWNJ + "رود", "کتاب" + ZWNJ + "ها", "مسئول", "از", "که", "خانه", "خواب",
]  # fmt: skip
TYPED = [
    "ک", "کت", "کتا", "کتاب", "س", "سا", "ای", "ا", "م", "خ", "k", "ket", "sa", "i", "kha", "sgh", "goo", "لخخ",
    "کتاب ای", "ایران ک", "می ر", "کتاب خا", "title:ک", "از ک", "سلام ", "نون", "کتاب خانه س", "azad OR ا",
]  # fmt: skip
texts = st.lists(st.sampled_from(VOCABULARY), max_size=8).map(" ".join)
libraries = st.lists(
    st.builds(lambda title, body, to: (title, body, to), texts, texts, st.sampled_from(["all", "few"])), max_size=30
)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def documents(made):
    return [
        Document(str(number), body, title=title, fields={"to": to}) for number, (title, body, to) in enumerate(made)
    ]


def fresh(folder, *batches):
    """Return an index of batches of documents, a commit and a part each."""
    index = SearchIndex.open(folder, fresh=True, fields={"to": "keyword"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "_GROWTH", 0)
        for batch in batches:
            index.add(batch)
    return index


def everything(index, typed=None, **options):
    return {text: index.suggest(text, **options) for text in (TYPED if typed is None else typed)}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")


@FEW
@given(libraries, st.sampled_from(["ک", "کت", "کتا", "س", "سا", "ای", "خ", "آ", "م"]))
def test_words_are_the_most_frequent_ones_with_their_right_counts(folders, made, typed):
    with fresh(folders[0], documents(made)) as index:
        found = [each for each in index.suggest(typed, limit=50) if each.kind == "word"]
    held = Counter()
    for title, body, _ in made:
        held.update({token.key for token in analyze(f"{title}\n\n{body}")})
    begin = analyze(typed)[0].key
    expected = {key: count for key, count in held.items() if key.startswith(begin) and key not in {"از", "که"}}
    assert {analyze(each.text)[0].key: each.count for each in found} == expected
    assert [each.count for each in found] == sorted(expected.values(), reverse=True)


@FEW
@given(libraries)
def test_with_a_condition_the_rest_of_the_index_makes_no_difference(folders, made):
    every = documents(made)
    allowed = [document for document in every if document.fields["to"] == "all"]
    with fresh(folders[0], every) as index, fresh(folders[1], allowed) as other:
        assert everything(index, where={"to": "all"}) == everything(other)
        assert everything(index, where=~(Field("to") == "few"), limit=2) == everything(other, limit=2)


@FEW
@given(libraries)
def test_deleted_documents_do_not_count(folders, made):
    every = documents(made)
    kept = [document for document in every if document.fields["to"] == "all"]
    with fresh(folders[0], every) as index, fresh(folders[1], kept) as other:
        before = everything(index)
        index.delete([document.id for document in every if document not in kept])
        assert everything(index) == everything(other)
        assert before == everything(fresh(folders[1], every))


@FEW
@given(libraries, st.lists(st.integers(0, 30), max_size=4))
def test_how_documents_lie_makes_no_difference(folders, made, cuts):
    every, places = documents(made), [0, *sorted(cuts), None]
    batches = [every[start:end] for start, end in pairwise(places)]
    with fresh(folders[0], *batches) as index, fresh(folders[1], every) as other:
        assert everything(index, limit=3) == everything(other, limit=3)


def test_many_parts_with_many_words_are_counted_together(tmp_path):
    letters = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
    spread = " ".join(f"ژ{letters[at]}ق" for at in range(20))
    rare = [" ".join(f"ژ{a}{b}ژ" for a in letters[part::5] for b in letters) for part in range(5)]
    with fresh(tmp_path, *([Document(str(part), f"{words} {spread}")] for part, words in enumerate(rare))) as index:
        found = index.suggest("ژ", limit=20)
    assert [each.count for each in found] == [5] * 20


# what is told of documents that are not let through


def test_nothing_is_told_of_what_is_not_let_through(library):
    where = {"to": "all"}
    for typed in ("کت", "کتم", "کتی", "ket", "katman", ";jl", "ایل", "رمز", "نوشته ای", "کتمان ", "title:کت", "بز"):
        told = library.suggest(typed, where=where, limit=100)
        assert not [each.text for each in told if any(word in each.text for word in ("کتم", "کتی", "ایل", "بز", "رمز"))]
        assert library.suggest(typed, where={"to": "none"}) == []
    assert words(library.suggest("کتم")) == ["کتمان"]
    assert titles(library.suggest("کتم")) == ["کتمان بزرگ"]


def test_how_a_word_is_written_is_not_told_of_others(tmp_path):
    with SearchIndex.open(tmp_path, fields={"to": "keyword"}) as index:
        index.add([Document("1", "کتاب" + ZWNJ + "ها", fields={"to": "few"}), Document("2", "کتابها کتابها " * 9)])
        for _ in range(2):
            assert words(index.suggest("کتابه", where=~Field("to").exists())) == ["کتابها"]
            assert words(index.suggest("کتابه", where={"to": "few"})) == ["کتاب" + ZWNJ + "ها"]


def test_what_is_remembered_of_one_condition_is_told_under_no_other(tmp_path):
    with SearchIndex.open(tmp_path, fields={"to": "keywords"}) as index:
        own = ["کتمان", "کتیبه", "کتانی", "کتری"]
        index.add([Document(str(at), f"{own[at]} کتاب", fields={"to": [str(at), "all"]}) for at in range(4)])
        where = [{"to": str(at)} for at in range(4)] + [{"to": ["1", "2"]}, ~(Field("to") == "3"), {"to": "all"}, None]
        first = [index.suggest("کت", where=each) for each in where]
        assert [index.suggest("کت", where=each) for each in where] == first
        assert {words(each)[0] for each in first[4:]} == {"کتاب"}
        assert [each[0].count for each in first] == [1, 1, 1, 1, 2, 3, 4, 4]
        assert [set(words(each)) for each in first[:4]] == [{word, "کتاب"} for word in own]
        index.add([Document("4", "کتاب دیگر", fields={"to": ["1"]})])
        assert index.suggest("کت", where={"to": "1"})[0].count == 2


def test_nothing_is_remembered_of_long_conditions(library):
    kept = library._answering._completer._answers
    ids, reader = [str(number) for number in range(1000)], library._engine.reader()
    before = len(kept.get(reader, ()))
    for where in (Field("id").isin(ids), ~Field("id").isin(ids), Field("id") == "1" * 1000):
        library.suggest("کت", where=where)
    assert len(kept.get(reader, ())) == before
    library.suggest("کت", where={"id": ["1", "2"]})
    assert len(kept[reader]) == before + 1


# any text


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=40), st.integers(0, 5))
def test_any_text_is_valid(library, typed, limit):
    found = library.suggest(typed, limit=limit)
    assert len(found) <= 2 * limit
    assert all(each.text.encode() and each.count > 0 for each in found)
    library.search(typed, prefix=True)


@pytest.mark.parametrize(
    "typed",
    [
        "ا" * 10_000, "k" * 10_000, "ک " * 5_000, "(" * 10_000, '"' * 9_999, "ket" * 8, "sz" * 12, "\ud800", "کت\udfff",
        "\U0001f600", "ک\U0001f600", "~کت", "+", "-", "*", "ک*", "کتا*", "title:", "title:*", "date:1403",
        "date:1403 ک", "\0", "ک\0", ZWNJ, "کت" + ZWNJ, "\u202eکت", "a" * 23, "OR", "ک OR ", "یا", "1", "۱۲٬", "1" * 300,
        "ﷺ", "می " * 60,
    ],
)  # fmt: skip
def test_hostile_texts_are_valid(library, typed):
    assert len(library.suggest(typed)) <= 20
    library.search(typed, prefix=True)


@settings(max_examples=100, deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=30))
def test_latin_beginnings_are_few_and_the_likeliest_come_first(typed):
    found = beginnings(typed)
    assert len(found) <= MOST_BEGINNINGS
    assert [each.cost for each in found] == sorted(each.cost for each in found)
    assert all(each.text for each in found)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("ket", "کت"), ("kh", "خ"), ("iran", "ایران"), ("esf", "اصف"), ("khah", "خواه"), ("football", "فوتبال"),
        ("ghe", "ق"), ("shah", "شاه"), ("teh", "ته"), ("a", "ا"), ("uz", "اوز"), ("tarikh", "تاریخ"),
    ],
)  # fmt: skip
def test_a_latin_beginning_stands_for_a_persian_one(typed, text):
    assert text in [each.text for each in beginnings(typed)]


def test_no_long_vowel_follows_a_short_one():
    short = next(each for each in beginnings("sa") if each.text == "س")
    assert [word for word in ("سر", "سود", "سیب", "س") if short.begins(word)] == ["سر", "س"]


def test_what_was_typed_can_be_sent_whatever_it_is(library):
    assert library.suggest("(\ud800) OR ایرا", limit=1)[0].text == "(\ufffd) OR ایران"


@pytest.mark.parametrize("typed", ["", "کت", "k1", "ket ab", "k" * 24])
def test_what_is_no_latin_beginning_stands_for_none(typed):
    assert beginnings(typed) == ()


# a search as one types


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("کتا", {"1", "3", "4", "5"}),
        ("کتاب", {"1", "3", "4", "5"}),
        ("ایر", {"1", "2", "3"}),
        ("تاریخ ایر", {"1", "3"}),
        ("title:ایر", {"1", "2", "3"}),
        ("+باغ +ایر", {"2"}),
        ("سلام OR گو", {"3"}),
        ("باغ -ایر", {"2"}),
        ("می رو", {"4"}),
        ("ک", set()),
        ("کتا ", set()),
    ],
)
def test_the_last_word_may_be_a_beginning(library, query, ids):
    found = library.search(query, prefix=True, exact=True, match="all", where={"to": "all"})
    assert {hit.id for hit in found} == ids
    assert {id_ for id_, _ in library.rank(query, prefix=True, exact=True, match="all", where={"to": "all"})} == ids


def test_what_was_typed_is_marked_and_not_rewritten(library):
    found = library.search("کتابخ", prefix=True)
    assert [hit.id for hit in found] == ["1"]
    assert found.rewritten == ()
    assert "<mark>کتابخانه</mark>" in found.hits[0].snippets[0].html()
    assert library.search("کتابخ").rewritten != ()
    assert library.search("sghl", prefix=True).rewritten == library.search("sghl").rewritten != ()


@FEW
@given(libraries, st.sampled_from(TYPED), st.sampled_from(["all", "any", "auto"]))
def test_a_beginning_finds_what_the_word_finds_and_more(folders, made, typed, match):
    with fresh(folders[0], documents(made)) as index:
        options = {"match": match, "exact": True, "limit": 100}
        assert dict(index.rank(typed, **options)).keys() <= dict(index.rank(typed, prefix=True, **options)).keys()


def test_a_cursor_is_of_one_kind_of_search(library):
    page = library.search("ایر", prefix=True, limit=2)
    rest = library.search("ایر", prefix=True, limit=2, cursor=page.cursor)
    assert len({hit.id for hit in [*page, *rest]}) == 3


@pytest.mark.parametrize("before", ["باغ زیبا", "باغ و زیبا", '"باغ زیبا"', "باغ زیبا بزرگ", "+باغ +زیبا"])
def test_all_that_stands_before_the_last_word_is_context(tmp_path, before):
    bodies = ["باغ زیبا بزرگ و میزبان ما", "باغ مهمان", "میدان"]
    with SearchIndex.open(tmp_path) as index:
        index.add(Document(id=str(number), body=body) for number, body in enumerate(bodies))
        assert [(each.text, each.count) for each in index.suggest(f"{before} می")] == [(f"{before} میزبان", 1)]
