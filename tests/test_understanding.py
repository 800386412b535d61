"""What is searched where no document holds what was typed, and what stands for one another always."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit import Document, Field, SearchIndex

COMMON = """
دانشگاه تهران کتابخانه ملی سلام دنیا پژوهش علمی صندلی چوبی باران بهار استقلال پیروزی فوتبال جمهوری اسلامی
تخت جمشید قهوه نویسنده هواپیما روحانی ترامپ گوگل موبایل اینترنت مهندس محمدرضا عارف قاسم سینما زندگی
""".split()


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Documents that hold common words often, of which some have been misspelt by their writers."""
    chosen = random.Random(3)  # noqa: S311 (no secret)
    with SearchIndex.open(tmp_path_factory.mktemp("index"), fields={"secret": "keyword"}) as index:
        index.add(
            Document(id=str(number), title=chosen.choice(COMMON), body=" ".join(chosen.sample(COMMON, 12)))
            for number in range(300)
        )
        index.add(
            [
                Document(id="seat", body="صندلی چوبی دانشگاه"),
                Document(id="slip", body="غاسم رفت"),
                Document(id="latin", body="Google Cinema BBC linux"),
                Document(id="bbc", body="خبر بی\u200cبی\u200cسی"),
                Document(id="hidden", body="زعفران قاین", fields={"secret": "yes"}),
                Document(id="law", body="ماده ۱۰ قانون"),
                Document(id="sixties", body="دههٔ شصت"),
                Document(id="1357", body="سال ۱۳۵۷"),
            ]
        )
        yield index


def read(index, query, **asked):
    results = index.search(query, snippets=0, **asked)
    return [(each.typed, each.text, each.step) for each in results.rewritten]


@pytest.mark.parametrize(
    ("query", "rewritten"),
    [
        ("sghl", [("sghl", "سلام", "keyboard")]),
        ("SGHL", [("SGHL", "سلام", "keyboard")]),
        ("sghl nkdh", [("sghl nkdh", "سلام دنیا", "keyboard")]),
        (";jhfohki", [(";jhfohki", "کتابخانه", "keyboard")]),
        ("زهدثئش", [("زهدثئش", "cinema", "keyboard")]),
        ("صندلی sghl", [("صندلی sghl", "صندلی سلام", "keyboard")]),
        ("linux sghl", [("sghl", "سلام", "keyboard")]),
        ("sghl qqwwqq", [("sghl", "سلام", "keyboard")]),
        ("qqwwqq sghl vvxxvv nkdh", [("sghl", "سلام", "keyboard"), ("nkdh", "دنیا", "keyboard")]),
        ("کتابخانه sghl qqwwqq", [("sghl", "سلام", "keyboard")]),
        ("sghl donya", [("sghl", "سلام", "keyboard"), ("donya", "دنیا", "script")]),
        ("sghl سندلی", [("sghl", "سلام", "keyboard"), ("سندلی", "صندلی", "spelling")]),
        ("qqwwqq ;jhfohki", [(";jhfohki", "کتابخانه", "keyboard")]),
        ("sghl 98765", [("sghl", "سلام", "keyboard")]),
        ("title:(sghl qqwwqq)", [("sghl", "سلام", "keyboard")]),
        ("qqwwqq vvxxvv", []),
        ("qqwwqq linux", []),
        ("daneshgah", [("daneshgah", "دانشگاه", "script")]),
        ("takhte jamshid", [("takhte", "تخت", "script"), ("jamshid", "جمشید", "script")]),
        ("jomhuri eslami", [("jomhuri", "جمهوری", "script"), ("eslami", "اسلامی", "script")]),
        ("دانشکاه", [("دانشکاه", "دانشگاه", "spelling")]),
        ("سندلی چوبی", [("سندلی", "صندلی", "spelling")]),
        ("پزوهش", [("پزوهش", "پژوهش", "spelling")]),
        ("استقلل پیرزوی", [("استقلل", "استقلال", "spelling"), ("پیرزوی", "پیروزی", "spelling")]),
        ("محمد رزا آرف", [("محمد رزا", "محمدرضا", "spacing"), ("آرف", "عارف", "spelling")]),
        ("فوت بال", []),
        ("title:دانشکاه", [("دانشکاه", "دانشگاه", "spelling")]),
        ("+دانشکاه", [("دانشکاه", "دانشگاه", "spelling")]),
        ("(دانشکاه یا سندلی) تهران", [("دانشکاه", "دانشگاه", "spelling"), ("سندلی", "صندلی", "spelling")]),
        ("تهران -دانشکاه", []),
        ("تهران NOT دانشکاه", []),
        ('"دانشکاه"', []),
        ("دانشک*", []),
        ("دانشگاه", []),
        ("دانشگاه\u200cهای", []),
        ("۱۲۳۴۵", []),
        ("xqzw", []),
        ("", []),
    ],
)
def test_what_is_searched_instead(index, query, rewritten):
    assert read(index, query) == rewritten


@pytest.mark.parametrize("match", ["all", "any", "auto"])
def test_the_answer_is_that_of_the_query_that_was_meant(index, match):
    meant = index.search("صندلی چوبی", match=match)
    typed = index.search("سندلی چوبی", match=match)
    assert [hit.id for hit in typed] == [hit.id for hit in meant]
    assert (typed.total, typed.complete, typed.query) == (meant.total, meant.complete, "سندلی چوبی")
    assert index.rank("سندلی چوبی", match=match) == index.rank("صندلی چوبی", match=match)
    assert "<mark>صندلی</mark>" in "".join(hit.snippets[0].html() for hit in typed)


def test_spans_are_those_of_the_query(index):
    query = "  تهران  (سندلی, دانشکاه)"
    for each in index.search(query).rewritten:
        assert query[slice(*each.span)] == each.typed


def test_who_insists_gets_what_was_typed(index):
    for exact in (index.search("سندلی", exact=True), index.search('"سندلی"')):
        assert (exact.total, exact.rewritten, exact.suggestions) == (0, (), ())
    assert index.rank("سندلی", exact=True) == []
    assert list(index.scan("سندلی", exact=True)) == []
    assert list(index.scan("سندلی"))


def test_other_readings_are_suggested_as_queries(index):
    for suggestion in index.search("سندلی چوبی").suggestions:
        assert suggestion.endswith(" چوبی")
        assert index.search(suggestion, match="all").total


def test_a_suggestion_holds_no_word_that_no_document_holds(index):
    for query in ("sandali chubi", "takhte jamshid", "سندلی جوبی"):
        for suggestion in index.search(query).suggestions:
            assert index.search(suggestion, match="all", exact=True).total


def test_a_dictionary_form_is_a_word_to_search_though_only_others_are_held(tmp_path):
    index = SearchIndex.open(tmp_path)
    index.add([Document(id="1", body="صندلی\u200cهای چوبی"), Document(id="2", body="سعدی شیرازی")])
    assert read(index, "سندلی") == [("سندلی", "صندلی", "spelling")]


def test_a_rewriting_is_told_in_json(index):
    told = index.search("سندلی").to_dict()
    assert told["rewritten"] == [{"span": [0, 5], "typed": "سندلی", "text": "صندلی", "step": "spelling", "kept": False}]
    assert isinstance(told["suggestions"], list)


def test_what_may_not_be_seen_is_no_word_to_search(index):
    allowed = ~(Field("secret") == "yes")
    assert read(index, "zaferan") == [("zaferan", "زعفران", "script")]
    for query in ("zaferan", "زعفرن", "زعفران"):
        results = index.search(query, where=allowed)
        assert "زعفران" not in {each.text for each in results.rewritten} | set(results.suggestions)
        assert "hidden" not in {hit.id for hit in results}


def test_a_word_that_only_others_may_see_is_as_unknown_as_any(tmp_path):
    """Whether a word is read otherwise does not tell that a document which may not be seen holds it."""
    allowed = ~(Field("secret") == "yes")
    answers = []
    for hidden in ([], [Document(id="hidden", body="سندلی", fields={"secret": "yes"})]):
        index = SearchIndex.open(tmp_path / str(len(hidden)), fields={"secret": "keyword"})
        index.add([*(Document(id=str(n), body="صندلی چوبی") for n in range(30)), *hidden])
        results = index.search("سندلی چوبی", where=allowed)
        answers.append(([hit.id for hit in results], results.total, results.rewritten, results.suggestions))
    assert answers[0] == answers[1]
    assert answers[0][2]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("گوگل", "latin"),
        ("سینما", "latin"),
        ("لینوکس", "latin"),
        ("بی\u200cبی\u200cسی", "latin"),
        ("google", "0"),
        ("قاسم", "slip"),
        ("ماده دهم", "law"),
        ("ماده ۱۰", "law"),
        ("دهه ۶۰", "sixties"),
        ("هزار و سیصد و پنجاه و هفت", "1357"),
    ],
)
def test_what_stands_for_a_word_always(index, query, found):
    ids = [id_ for id_, _ in index.rank(query, match="all", limit=400)]
    assert found in ids or (found == "0" and len(ids) > 50)


@pytest.mark.parametrize("query", ["گوگل", "سینما", "قاسم"])
def test_what_was_typed_stands_before_what_stands_for_it(index, query):
    ids = [id_ for id_, _ in index.rank(query, limit=400)]
    assert ids[-1] in {"latin", "slip"}
    assert not index.search(query).rewritten


def test_a_slip_is_found_among_many_documents_with_the_word_as_it_is_held(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add(Document(id=str(number), body=f"دانشگاه تهران {number}") for number in range(1_200))
        index.add([Document(id="slip", body="دانشکاه شیراز")])
        results = index.search("دانشکاه", limit=3)
        assert results.hits[0].id == "slip"
        assert results.total == 1_201
        (change,) = results.rewritten
        assert (change.text, change.kept) == ("دانشگاه", True)
        assert index.search("دانشکاه", exact=True).total == 1


def test_words_of_later_commits_are_known(tmp_path):
    index = SearchIndex.open(tmp_path)
    index.add(Document(id=str(number), body="باغ") for number in range(9))
    assert read(index, "زعفرن") == []
    index.add([Document(id="new", body="زعفران")])
    assert read(index, "زعفرن") == [("زعفرن", "زعفران", "spelling")]
    index.delete(["new"])
    assert read(index, "زعفرن") == []


def test_the_same_words_are_read_the_same_however_they_came_in(tmp_path):
    documents = [Document(id=str(number), body=" ".join(COMMON[number::7])) for number in range(20)]
    once, several = SearchIndex.open(tmp_path / "once"), SearchIndex.open(tmp_path / "several")
    once.add(documents)
    for document in documents:
        several.add([document])
        several.search("سندلی")
    for query in ("سندلی چوبی", "sghl", "daneshgah", "هواپیمه"):
        left, right = once.search(query), several.search(query)
        assert (left.rewritten, left.suggestions) == (right.rewritten, right.suggestions)


LETTERS = st.text("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیآئabcdxyz ;'[]\\,.1۲\u200c()*+-\"«»:", max_size=30)


@settings(max_examples=200, deadline=None)
@given(LETTERS | st.text(max_size=20))
def test_whatever_is_typed_is_answered(index, query):
    results = index.search(query, limit=2, snippets=0)
    assert results.total >= index.search(query, limit=2, snippets=0, exact=True).total
    for each in results.rewritten:
        assert query[slice(*each.span)]
        assert each.text != each.typed
    assert len(results.suggestions) <= 3


@pytest.mark.parametrize("query", ["ا" * 900, "q" * 900, "سندلی " * 150, "takhtejamshid" * 60, "xqzw " * 60])
def test_long_queries_end_soon(index, query):
    assert index.search(query, timeout=20).total >= 0


SECRET = Field("secret") == "yes"


def with_secrets(path, public, secret):
    index = SearchIndex.open(path, fields={"secret": "keyword"})
    index.add(Document(id=f"p{number}", body=body) for number, body in enumerate(public))
    index.add(Document(id=f"s{number}", body=body, fields={"secret": "yes"}) for number, body in enumerate(secret))
    return index


def test_a_condition_gathers_no_words_where_all_that_is_asked_for_is_held(index, monkeypatch):
    def gathered(*_):
        pytest.fail("words were gathered")

    monkeypatch.setattr("searchkit.rewriters._words_among", gathered)
    for query in ("سلام دنیا", "دانشگاه تهران", "زعفران"):
        assert index.search(query, where=Field("secret").exists() | Field("id").exists()).total


@pytest.mark.parametrize(
    ("query", "public", "secret"),
    [
        ("sghl", ["سلام دنیا"], ["sghl"]),
        ("هزار", ["ichv"], ["هزار"]),
        ("daneshgakh", ["دانشگاه تهران"], ["دانشگاا", "دانشگاک", "دانشگال", "دانشگاب", "دانشگات"]),
        ("سندلی", ["صندلی چوبی"], ["سندلی"]),
        ("سندلی", ["صندلی چوبی"], ["سندلیا", "سندلید", "سندلیر"]),
    ],
)
def test_words_that_others_may_see_change_nothing(tmp_path, query, public, secret):
    answers = []
    for number, hidden in enumerate(([], secret)):
        results = with_secrets(tmp_path / str(number), public, hidden).search(query, where=~SECRET)
        answers.append(([hit.id for hit in results], results.total, results.rewritten, results.suggestions))
    assert answers[0] == answers[1]
    assert answers[0][1] == 1


def test_what_a_rewritten_query_has_no_room_for_is_searched_as_it_was_typed(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add([Document(id="4", body="تخت جمشید تهران کتاب"), Document(id="5", body="تخت جمشید کتاب")])
        for count in (50, 62):
            query = " ".join(["takhtejamshid", *["کتاب"] * count, "-تهران"])
            assert [hit.id for hit in index.search(query)] == ["5"]


@pytest.mark.parametrize(
    "query", ['takhtejamshid "باران بهار دنیا"', 'سندلی "باران بهار دنیا"', "کتاب دان*شکاه", "*دانشکاه سلام"]
)
def test_spans_point_into_what_was_typed(index, query):
    results = index.search(query)
    for each in results.rewritten:
        assert query[slice(*each.span)].replace("*", " ") == each.typed
    for problem in results.problems:
        assert query[slice(*problem.span)] in {query[query.index('"') :] if '"' in query else "", *query.split()}


@pytest.mark.parametrize("query", ["+باران sghl", "sghl ایر*", "استقلل سلا*"])
def test_whatever_else_is_asked_a_word_is_understood(index, query):
    assert read(index, query)


def test_who_wants_to_be_rid_of_a_word_does_not_mean_what_stands_for_it(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add(
            [Document(id=id_, body=body) for id_, body in [("1", "گوگل کتاب"), ("2", "google کتاب"), ("3", "کتاب")]]
        )
        assert {id_ for id_, _ in index.rank("کتاب -google")} == {"1", "3"}
        assert {id_ for id_, _ in index.rank("google")} == {"1", "2"}
        assert {id_ for id_, _ in index.rank('"google"')} == {"2"}


def test_numbers_are_as_they_were_typed_where_that_is_asked_for(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add([Document(id="1", body="ماده ۱۱۰"), Document(id="2", body="ماده صد و ده")])
        assert len(index.rank("ماده صد و ده", match="all")) == 2
        assert [id_ for id_, _ in index.rank("ماده صد و ده", match="all", exact=True)] == ["2"]
