"""What every engine promises, as a test class. An engine's own test file inherits it:

class TestMine(EngineContract):
    def open(self, path, analyzer, **options):
        return MyEngine(path, analyzer, **options)
"""

from __future__ import annotations

import datetime as dt
import math
import threading

import pytest
from vector_contract import VectorContract

from searchkit.documents import Document, moment
from searchkit.engines.base import Deadline, WriteOptions
from searchkit.errors import (
    AnalysisMismatchError,
    DocumentError,
    FieldsMismatchError,
    IndexLockedError,
    IndexNotFoundError,
    SearchTimeoutError,
)
from searchkit.persian import Analyzer, default_analyzer
from searchkit.query.conditions import AllOf, AnyOf, Exists, Held, NoneOf, Within
from searchkit.query.narrowing import Facet, Narrowing, Sort
from searchkit.query.tree import All, Any, Beside, Not, Nothing, Phrase, Prefix, Ranked, Terms, Weighted

TEXTS = {
    "history": ("تاریخ ایران", "کتاب تاریخ ایران باستان و ایران نو"),
    "garden": ("باغ ایرانی", "باغ و آب و درخت"),
    "tea": ("چای", "چای سبز و چای سیاه در باغ"),
    "book": ("کتاب", "تاریخ چاپ کتاب"),
}


FIELDS = {"price": "number", "section": "keyword", "tags": "keywords"}
SHOP = [
    Document(id_, body, url=url, date=date, fields=fields)
    for id_, body, url, date, fields in [
        ("cheap", "چای ارزان", "https://a.org/1", dt.date(2024, 1, 1), {"section": "کتاب", "tags": ["a"], "price": 5}),
        ("deleted", "چای چای", "https://b.org/", dt.date(2025, 1, 1), {"section": "آب", "tags": ["a"], "price": 7}),
        (
            "dear",
            "چای گران",
            "https://A.org/2",
            dt.date(2024, 1, 2),
            {"section": "كتاب", "tags": ["a", "b"], "price": 900},
        ),
        ("free", "چای", None, dt.datetime(2024, 1, 3, tzinfo=dt.UTC), {"price": -1}),
        ("other", "چای ارزان در باغ", None, None, {"section": "باغ", "tags": ["a"]}),
        ("bare", "چای در آب و در کتاب و در باغ", None, None, {}),
    ]
]


class OtherAnalyzer(Analyzer):
    name = "other"


def document(id_, title="", body="", **rest):
    return Document(id=id_, title=title, body=body, **rest)


def word(text, field=None, **others):
    """A query leaf for the folded word, and other terms with weights."""
    return Terms(((key(text), 1.0), *((key(other), weight) for other, weight in others.items())), field)


def key(text):
    return default_analyzer().analyze(text)[0].key


ANY = word("چای")


class EngineContract(VectorContract):
    """Inherit, and say how to open the engine."""

    def open(self, path, analyzer, **options):
        raise NotImplementedError

    @pytest.fixture
    def engine(self, tmp_path):
        engine = self.open(tmp_path / "index", default_analyzer())
        yield engine
        engine.close()

    @pytest.fixture
    def filled(self, engine):
        put(engine, *(document(id_, title, body) for id_, (title, body) in TEXTS.items()))
        return engine

    # what is stored

    def test_an_empty_index_answers_every_question(self, engine):
        with engine.reader() as reader:
            assert len(reader) == 0
            assert list(reader.records()) == []
            assert list(reader.vocabulary()) == []
            assert reader.frequency(key("کتاب")) == 0
            page = reader.search(word("کتاب"), limit=10)
        assert (page.matches, page.total, page.first) == ((), 0, 0)

    def test_a_document_comes_back_as_it_went_in(self, engine):
        rich = Document(
            id="an id / with : anything",
            title="«عنوان»",
            body="متن\u200cها\n\tبا ي و ك\u0000 و \U0001f600",
            url="https://example.org/?a=1&b=2",
            date=dt.datetime(2024, 5, 4, 10, 30, tzinfo=dt.UTC),
            fields={"source": "a.txt", "tags": ["الف", 2, None], "nested": {"x": 1.5}},
        )
        put(engine, rich)
        with engine.reader() as reader:
            (match,) = reader.search(word("متنها"), limit=1).matches or [None]
            assert reader.documents([match.number]) == [rich]
            (record,) = reader.records()
        assert (record.id, record.digest, record.source) == (rich.id, rich.digest(), "a.txt")

    def test_documents_come_back_in_the_order_asked(self, filled):
        with filled.reader() as reader:
            numbers = [match.number for match in reader.search(Not(word("xyz")), limit=10).matches]
            backwards = reader.documents(numbers[::-1])
            assert [stored.id for stored in backwards] == list(TEXTS)[::-1] == reader.ids(numbers[::-1])
            assert reader.ids([]) == reader.documents([]) == []

    def test_records_are_in_the_order_added(self, filled):
        with filled.reader() as reader:
            assert [record.id for record in reader.records()] == list(TEXTS)

    def test_info_counts(self, filled):
        info = filled.info()
        assert info.documents == len(TEXTS)
        with filled.reader() as reader:
            assert info.terms == len(list(reader.vocabulary()))
        assert info.size > 0
        assert (info.analyzer, info.fingerprint) == (default_analyzer().name, default_analyzer().fingerprint)

    # changes

    def test_the_same_id_replaces(self, filled):
        put(filled, document("tea", "قهوه", "قهوه"))
        with filled.reader() as reader:
            assert len(reader) == len(TEXTS)
            assert ids(reader, word("چای")) == []
            assert ids(reader, word("قهوه")) == ["tea"]

    def test_batches_without_a_title_join_those_with_one(self, engine):
        for each in (document("1", "چای", "چای"), document("2", body="قهوه"), document("1", body="آب"), document("3")):
            put(engine, each)
        with engine.reader() as reader:
            assert [record.id for record in reader.records()] == ["2", "1", "3"]
            assert ids(reader, word("چای")) == []
            assert ids(reader, word("آب")) == ["1"]

    def test_the_same_id_twice_in_a_batch_keeps_the_last(self, engine):
        put(engine, document("1", body="یک"), document("1", body="دو"))
        with engine.reader() as reader:
            assert len(reader) == 1
            assert ids(reader, word("یک")) == []
            assert ids(reader, word("دو")) == ["1"]

    def test_a_deleted_document_is_not_found_by_words_that_few_documents_hold(self, engine):
        put(engine, *(document(str(number), body="باغ" if number % 9 else "باغ آب") for number in range(36)))
        with engine.writer() as writer:
            assert writer.delete("9")
        with engine.reader() as reader:
            for asked in (word("آب"), Any((word("آب"), word("چای"))), All((word("باغ"), word("آب")))):
                assert ids(reader, asked) == ["0", "18", "27"]
                assert reader.search(asked, limit=10).total == 3

    def test_delete_removes_and_says_whether_there_was_one(self, filled):
        with filled.writer() as writer:
            assert writer.delete("tea")
            assert not writer.delete("tea")
            assert not writer.delete("never")
        with filled.reader() as reader:
            assert len(reader) == len(TEXTS) - 1
            assert ids(reader, word("سبز")) == []

    def test_delete_of_what_this_batch_added(self, engine):
        with engine.writer() as writer:
            writer.put(document("1", body="یک"))
            assert writer.delete("1")
        with engine.reader() as reader:
            assert len(reader) == 0
            assert ids(reader, word("یک")) == []

    def test_put_says_what_became_of_the_document(self, filled):
        tea = document("tea", *TEXTS["tea"])
        changed = document("tea", *TEXTS["tea"], fields={"tags": ["x"]})
        with filled.writer() as writer:
            assert writer.put(tea) == "unchanged"
            assert writer.put(changed) == "updated"
            assert writer.put(changed) == "unchanged"
            assert writer.put(tea) == "updated"
            assert writer.delete("tea")
            assert writer.put(tea) == "added"
            assert writer.put(tea) == "unchanged"
            assert writer.put(document("new")) == "added"

    def test_a_batch_that_changes_nothing_is_no_commit(self, filled):
        before = filled.info().generation
        put(filled, document("tea", *TEXTS["tea"]))
        with filled.writer() as writer:
            assert not writer.delete("never")
        assert filled.info().generation == before

    def test_a_batch_that_raises_leaves_nothing_and_frees_the_lock(self, filled):
        with pytest.raises(ZeroDivisionError), filled.writer() as writer:
            writer.put(document("new", body="تازه"))
            writer.delete("tea")
            raise ZeroDivisionError
        with filled.reader() as reader:
            assert len(reader) == len(TEXTS)
            assert ids(reader, word("تازه")) == []
        put(filled, document("new", body="تازه"))
        with filled.reader() as reader:
            assert ids(reader, word("تازه")) == ["new"]

    def test_what_is_deleted_counts_in_nothing(self, engine, tmp_path):
        alone_in = [f"زنب{one}{other}" for one in "بپتث" for other in "جچحخدذرزسش"]
        texts = [document(str(n), body=f"کتاب {'تاریخ ' * (n % 5)} شماره{n % 7} {alone_in[n]}") for n in range(40)]
        put(engine, *texts)
        delete(engine, *(str(number) for number in range(0, 40, 5)))
        alone = self.open(tmp_path / "alone", default_analyzer())
        put(alone, *(text for text in texts if int(text.id) % 5))
        with engine.reader() as left, alone.reader() as fresh:
            assert list(left.vocabulary()) == list(fresh.vocabulary())
            assert left.frequency(key("کتاب")) == 32
            assert [left.frequency(key(each)) for each in alone_in[4:7]] == [1, 0, 1]
            asked = Any((word("تاریخ"), word("شماره3"), Prefix(key("زنب"))))
            (ids_left, scores_left), (ids_fresh, scores_fresh) = (
                zip(*answer(reader, asked), strict=True) for reader in (left, fresh)
            )
            assert ids_left == ids_fresh
            assert scores_left == pytest.approx(scores_fresh, rel=1e-6)
        assert engine.info()[:5] == alone.info()[:5]
        alone.close()

    def test_optimize_leaves_what_a_fresh_index_would_hold(self, engine, tmp_path):
        texts = [document(str(n), body=f"کتاب {'تاریخ ' * (n % 5)} شماره{n % 7}") for n in range(60)]
        put(engine, *texts[:50])
        put(engine, *texts[50:])
        delete(engine, *(str(number) for number in range(0, 60, 4)))
        alone = self.open(tmp_path / "alone", default_analyzer())
        put(alone, *(text for text in texts if int(text.id) % 4))
        done = engine.optimize()
        assert done.segments == 1
        assert (done.dropped, done.size_before > done.size) == (15, True)
        assert done.size == alone.optimize().size
        with engine.reader() as left, alone.reader() as fresh:
            asked = Any((word("تاریخ"), word("شماره3")))
            assert answer(left, asked) == answer(fresh, asked)
        generation = engine.info().generation
        assert engine.optimize()._replace(segments_before=0) == (0, 1, 0, done.size, done.size)
        assert engine.info().generation == generation
        alone.close()

    def test_optimize_of_an_empty_index_is_nothing(self, engine):
        assert engine.optimize() == (0, 0, 0, 0, 0)

    def test_space_comes_back_by_itself(self, engine, tmp_path):
        texts = [document(str(n), body=f"واژه{n} " * 200) for n in range(30)]
        put(engine, *texts)
        delete(engine, *(str(number) for number in range(11)))
        assert engine.optimize().dropped == 0
        delete(engine, *(str(number) for number in range(11, 30)))
        with engine.reader() as reader:
            assert len(reader) == len(list(reader.vocabulary())) == 0

    def test_a_second_writer_is_refused(self, filled):
        with filled.writer(), pytest.raises(IndexLockedError, match="wait"):
            filled.writer(WriteOptions(wait=0))
        with filled.writer(), pytest.raises(IndexLockedError, match=r"after 0\.1 s"):
            filled.writer(WriteOptions(wait=0.1))

    def test_a_reader_sees_one_commit(self, filled):
        with filled.reader() as before:
            put(filled, document("new", body="تازه"))
            assert len(before) == len(TEXTS)
            assert ids(before, word("تازه")) == []
            with filled.reader() as after:
                assert ids(after, word("تازه")) == ["new"]

    def test_many_small_batches_are_as_one(self, engine, tmp_path):
        whole = self.open(tmp_path / "whole", default_analyzer())
        texts = [document(str(n), body=f"کتاب {'تاریخ ' * (n % 5)} شماره{n % 7}") for n in range(40)]
        for text in texts:
            put(engine, text)
        put(whole, *texts)
        with engine.reader() as many, whole.reader() as one:
            asked = Any((word("تاریخ"), word("شماره3")))
            assert answer(many, asked) == answer(one, asked)
        whole.close()

    def test_what_is_written_is_there_when_opened_again(self, tmp_path):
        engine = self.open(tmp_path / "index", default_analyzer())
        put(engine, document("1", body="کتاب"))
        engine.close()
        engine.close()
        again = self.open(tmp_path / "index", default_analyzer(), create=False)
        with again.reader() as reader:
            assert ids(reader, word("کتاب")) == ["1"]
        again.close()

    def test_no_index_is_an_error_where_none_is_to_be_made(self, tmp_path):
        with pytest.raises(IndexNotFoundError, match="searchkit index"):
            self.open(tmp_path / "none", default_analyzer(), create=False)
        assert not (tmp_path / "none").exists()

    def test_another_analyzer_is_refused(self, filled, tmp_path):
        with pytest.raises(AnalysisMismatchError, match="--rebuild"):
            self.open(tmp_path / "index", OtherAnalyzer())

    def test_what_was_there_stays_until_a_fresh_index_is_committed(self, filled, tmp_path):
        fresh = self.open(tmp_path / "index", default_analyzer(), fresh=True)
        with pytest.raises(ZeroDivisionError), fresh.writer() as writer:
            writer.put(document("1", body="کتاب"))
            raise ZeroDivisionError
        for opened in (filled, self.open(tmp_path / "index", default_analyzer())):
            with opened.reader() as reader:
                assert len(reader) == len(TEXTS)
        put(fresh, document("1", body="کتاب"))
        with filled.reader() as reader:
            assert [record.id for record in reader.records()] == ["1"]
        fresh.close()

    def test_fresh_forgets_what_was_there(self, filled, tmp_path):
        fresh = self.open(tmp_path / "index", OtherAnalyzer(), fresh=True)
        with fresh.reader() as reader:
            assert len(reader) == 0
        put(fresh, document("1", body="کتاب"))
        with fresh.reader() as reader:
            assert [record.id for record in reader.records()] == ["1"]
        fresh.close()
        self.open(tmp_path / "index", OtherAnalyzer()).close()

    # what a query finds

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            (word("باغ"), {"garden", "tea"}),
            (word("باغ", field="title"), {"garden"}),
            (word("باغ", field="body"), {"garden", "tea"}),
            (word("نیست"), set()),
            (word("نیست", سبز=0.5), {"tea"}),
            (All((word("باغ"), word("آب"))), {"garden"}),
            (All((word("باغ"), Not(word("آب")))), {"tea"}),
            (All((word("باغ"),), optional=(word("سبز"), word("نیست"))), {"garden", "tea"}),
            (Any((word("آب"), word("سبز"))), {"garden", "tea"}),
            (Any((word("آب"), word("نیست")), optional=(word("تاریخ"),)), {"garden"}),
            (Not(word("باغ")), {"history", "book"}),
            (Weighted(word("سبز"), 0.1), {"tea"}),
            (Prefix(key("ایرا")), {"history", "garden"}),
            (Prefix(key("ایرا"), field="body"), {"history"}),
            (Phrase((word("تاریخ"), word("ایران"))), {"history"}),
            (Phrase((word("ایران"), word("تاریخ"))), set()),
            (Phrase((word("تاریخ"), word("کتاب"))), set()),
            (Phrase((word("تاریخ"), word("کتاب")), slop=1), {"book"}),
            (Phrase((word("تاریخ"), word("نیست", چاپ=0.5))), {"book"}),
            (Phrase((word("تاریخ"), word("ایران")), field="title"), {"history"}),
            (Nothing(), set()),
            (All(()), set()),
            (Any(()), set()),
        ],
    )
    def test_what_a_query_finds(self, filled, asked, found):
        with filled.reader() as reader:
            page = reader.search(asked, limit=10)
            assert set(ids(reader, asked)) == found
        assert page.total == len(found)

    def test_a_phrase_does_not_cross_from_title_to_body(self, engine):
        put(engine, document("1", "تاریخ", "ایران"))
        with engine.reader() as reader:
            assert ids(reader, Phrase((word("تاریخ"), word("ایران")))) == []

    # how it ranks

    def test_more_occurrences_rank_higher(self, engine):
        put(engine, document("one", body="چای آب نان"), document("two", body="چای چای نان"))
        with engine.reader() as reader:
            assert ids(reader, word("چای")) == ["two", "one"]

    def test_the_title_weighs_more_than_the_body(self, engine):
        put(engine, document("body", "نان", "چای"), document("title", "چای", "نان"))
        with engine.reader() as reader:
            assert ids(reader, word("چای")) == ["title", "body"]

    def test_a_rare_word_weighs_more_than_a_common_one(self, engine):
        put(engine, *(document(str(n), body="چای آب") for n in range(5)), document("rare", body="زعفران آب"))
        with engine.reader() as reader:
            assert ids(reader, Any((word("چای"), word("زعفران"))))[0] == "rare"

    def test_the_exact_spelling_ranks_above_another_form(self, engine):
        put(engine, document("other", body="کتابها نان"), document("exact", body="کتاب نان"))
        with engine.reader() as reader:
            assert ids(reader, word("کتاب", کتابها=0.6)) == ["exact", "other"]

    @pytest.mark.parametrize(
        ("conditions", "found", "followed"),
        [
            ({}, {"plain", "signed", "voweled", "twice", "both"}, {"plain", "signed", "voweled", "both"}),
            ({"only": ("=اب=0آ",)}, {"signed", "twice", "both"}, {"signed"}),
            ({"never": ("=اب=0آ",)}, {"plain", "voweled", "both"}, {"plain", "voweled", "both"}),
            ({"only": ("=اب=0آ1\u0650", "=اب=0آ")}, {"signed", "voweled", "twice", "both"}, {"signed", "voweled"}),
            ({"only": ("=اب=1ء",)}, set(), set()),
            ({"only": ("=اب=0آ",), "never": ("=اب=0آ",)}, set(), set()),
        ],
        ids=lambda value: "" if isinstance(value, set) else str(value),
    )
    def test_an_occurrence_counts_where_other_terms_let_it(self, engine, conditions, found, followed):
        texts = {"both": "اب چای آب نان", "plain": "اب چای", "signed": "آب چای", "voweled": "آبِ چای", "twice": "آب آب"}
        put(engine, *(document(id_, body=body) for id_, body in {"gone": "آب چای اب چای آبِ چای", **texts}.items()))
        with engine.writer() as writer:
            writer.delete("gone")
        asked = Terms((("اب", 1.0),), **conditions)
        with engine.reader() as reader:
            assert set(ids(reader, asked)) == found
            assert set(ids(reader, Phrase((asked, word("چای"))))) == followed
            assert reader.search(asked, limit=1).total == len(found)

    def test_what_stands_beside_a_word_takes_from_its_weight(self, engine):
        put(engine, document("signed", body="آب نان"), document("plain", body="اب نان"), document("other", body="نان"))
        with engine.reader() as reader:
            assert ids(reader, Terms((("اب", 1.0), ("=اب=0آ", -0.1)))) == ["plain", "signed"]
            assert ids(reader, Terms((("اب", 0.9), ("=اب=0آ", 0.1)))) == ["signed", "plain"]

    def test_equals_keep_the_order_they_were_added_in(self, engine):
        put(engine, *(document(str(n), body="چای") for n in range(30)))
        with engine.reader() as reader:
            assert ids(reader, word("چای"), limit=30) == [str(n) for n in range(30)]

    def test_optional_words_raise_the_rank_only(self, filled):
        with filled.reader() as reader:
            assert ids(reader, All((word("باغ", field="body"),), optional=(word("سبز"), word("سیاه"))))[0] == "tea"

    def test_a_weight_scales_the_score(self, filled):
        with filled.reader() as reader:
            (plain,) = reader.search(word("سبز"), limit=1).matches
            (halved,) = reader.search(Weighted(word("سبز"), 0.5), limit=1).matches
        assert halved.score == pytest.approx(plain.score / 2)

    def test_scores_are_positive_and_fall(self, filled):
        with filled.reader() as reader:
            scores = [match.score for match in reader.search(Any((word("باغ"), word("تاریخ"))), limit=10).matches]
        assert scores == sorted(scores, reverse=True)
        assert all(score > 0 for score in scores)

    def test_the_first_tier_stands_before_the_rest(self, filled):
        both = (word("تاریخ"), word("چاپ"))
        with filled.reader() as reader:
            page = reader.search(Ranked(Any(both), (All(both),), All(both)), limit=10)
            found = [stored.id for stored in reader.documents([match.number for match in page.matches])]
        assert found == ["book", "history"]
        assert (page.total, page.complete, page.first) == (2, 1, 1)

    def test_words_side_by_side_raise_the_rank_only(self, engine):
        put(engine, document("apart", body="ایران نو تاریخ"), document("beside", body="تاریخ ایران نو"))
        words = (word("تاریخ"), word("ایران"))
        with engine.reader() as reader:
            assert ids(reader, Any(words)) == ["apart", "beside"]
            asked = Ranked(Any(words), beside=(Beside(words, (True, False)),))
            assert ids(reader, asked) == ["beside", "apart"]
            asked = Ranked(Any(words), beside=(Beside(words, (False, False)),))
            assert ids(reader, asked) == ["apart", "beside"]

    def test_a_score_is_explained(self, filled):
        both = (word("تاریخ"), word("ایران"))
        asked = Ranked(Any(both), (All(both),), All(both), (Beside(both, (True, True)),))
        with filled.reader() as reader:
            for match in reader.search(asked, limit=10).matches:
                explanation = reader.explain(asked, match)
                assert explanation.score == match.score
                assert math.fsum(part.score for part in explanation.parts) == pytest.approx(match.score, rel=1e-12)
                assert len(explanation.parts) > 1 or match.score == explanation.parts[0].score

    def test_pages_join_up(self, engine):
        put(engine, *(document(str(n), body="چای " * (n % 4 + 1) + "باغ " * (n % 3)) for n in range(23)))
        both = (word("چای"), word("باغ"))
        asked = Ranked(Any(both), (All(both),), All(both), (Beside(both, (True, True)),))
        with engine.reader() as reader:
            whole = reader.search(asked, limit=100).matches
            pages = [reader.search(asked, limit=5, offset=offset) for offset in range(0, 30, 5)]
        assert tuple(match for page in pages for match in page.matches) == whole
        assert len(whole) == 23
        assert {page.total for page in pages} == {23}

    def test_a_limit_of_nothing_still_counts(self, filled):
        with filled.reader() as reader:
            page = reader.search(word("باغ"), limit=0)
        assert (page.matches, page.total) == ((), 2)

    # how it is narrowed

    @pytest.fixture
    def narrowed(self, tmp_path):
        engine = self.open(tmp_path / "narrowed", default_analyzer(), fields=FIELDS)
        put(engine, *SHOP[:5])
        put(engine, *SHOP[5:])
        delete(engine, "deleted")
        yield engine
        engine.close()

    def test_it_says_which_fields_it_has(self, narrowed, engine, tmp_path):
        always = {"date": "date", "host": "keyword", "id": "id"}
        assert engine.reader().fields == always
        assert narrowed.reader().fields == {**always, **FIELDS}
        assert narrowed.info().fields == FIELDS
        again = self.open(tmp_path / "narrowed", default_analyzer())
        assert again.reader().fields == {**always, **FIELDS}

    def test_only_an_index_without_documents_is_given_fields(self, narrowed, engine):
        narrowed.give(FIELDS)
        with pytest.raises(FieldsMismatchError, match="section"):
            narrowed.give({"section": "keywords"})
        engine.give({"price": "date"})
        engine.give(FIELDS)
        put(engine, *SHOP)
        with engine.reader() as reader:
            assert reader.search(ANY, limit=9, narrowing=Narrowing(Held("tags", ("a",)))).total == 4

    def test_a_value_that_does_not_fit_changes_nothing(self, narrowed):
        with narrowed.writer() as writer:
            with pytest.raises(DocumentError, match="price"):
                writer.put(document("cheap", body="چای", fields={"price": "x"}))
            assert writer.put(document("new", body="چای")) == "added"
        with narrowed.reader() as reader:
            assert reader.get("cheap") == SHOP[0]
            assert "new" in ids(reader, word("چای"))

    @pytest.mark.parametrize(
        ("where", "found"),
        [
            (None, ["cheap", "dear", "free", "other", "bare"]),
            (Held("section", ("کتاب",)), ["cheap", "dear"]),
            (Held("section", ("کتاب", "باغ")), ["cheap", "dear", "other"]),
            (Held("tags", ("a",)), ["cheap", "dear", "other"]),
            (Held("tags", ("b",)), ["dear"]),
            (Held("tags", ()), []),
            (Held("price", (5.0, 900.0)), ["cheap", "dear"]),
            (Held("host", ("a.org",)), ["cheap", "dear"]),
            (Held("id", ("free", "deleted", "no")), ["free"]),
            (Within("price", 5.0, 900.0), ["cheap", "dear"]),
            (Within("price", -1.0, 4.0), ["free"]),
            (Within("date", moment(dt.date(2024, 1, 2)), moment(dt.date(2024, 1, 3))), ["dear", "free"]),
            (Exists("price"), ["cheap", "dear", "free"]),
            (Exists("tags"), ["cheap", "dear", "other"]),
            (NoneOf(Exists("host")), ["free", "other", "bare"]),
            (NoneOf(Held("tags", ("a",))), ["free", "bare"]),
            (AllOf((Held("tags", ("a",)), Within("price", 6.0, 1e9))), ["dear"]),
            (AnyOf((Held("tags", ("b",)), Held("id", ("bare",)))), ["dear", "bare"]),
            (AllOf(()), ["cheap", "dear", "free", "other", "bare"]),
            (AnyOf(()), []),
        ],
        ids=str,
    )
    def test_which_documents_a_condition_keeps(self, narrowed, where, found):
        with narrowed.reader() as reader:
            for asked in (ANY, Not(Nothing())):
                page = reader.search(asked, limit=10, narrowing=Narrowing(where))
                assert sorted(reader.ids([match.number for match in page.matches])) == sorted(found)
                assert (page.total, page.complete, page.first) == (len(found), len(found), 0)
            assert reader.search(word("نیست"), limit=10, narrowing=Narrowing(where)).total == 0
            cheap = word("ارزان")
            ranked = Ranked(ANY, (cheap,), All((ANY, cheap)), (Beside((ANY, cheap), (True, True)),))
            page = reader.search(ranked, limit=1, narrowing=Narrowing(where))
            first = len({"cheap", "other"}.intersection(found))
            assert (page.total, page.complete, page.first) == (len(found), first, first)

    @pytest.mark.parametrize(
        ("sort", "order"),
        [
            (Sort("price"), ["free", "cheap", "dear", "other", "bare"]),
            (Sort("price", descending=True), ["dear", "cheap", "free", "other", "bare"]),
            (Sort("date"), ["cheap", "dear", "free", "other", "bare"]),
            (Sort("date", descending=True), ["free", "dear", "cheap", "other", "bare"]),
        ],
    )
    def test_how_hits_are_ordered(self, narrowed, sort, order):
        with narrowed.reader() as reader:
            pages = [reader.search(ANY, limit=2, offset=at, narrowing=Narrowing(sort=sort)) for at in (0, 2, 4, 6)]
            assert reader.ids([match.number for page in pages for match in page.matches]) == order
            ranked = {match.number: match.score for match in reader.search(ANY, limit=9).matches}
        assert all(ranked[match.number] == match.score for page in pages for match in page.matches)

    def test_values_are_counted_over_all_that_answer(self, narrowed):
        facets = (Facet("s", "section"), Facet("tags", "tags"), Facet("p", "price"), Facet("m", "date", "month"))
        with narrowed.reader() as reader:
            page = reader.search(ANY, limit=0, narrowing=Narrowing(facets=facets))
            few = reader.search(ANY, limit=9, narrowing=Narrowing(Held("tags", ("a",)), facets=facets[:2]))
        assert page.facets == (
            ("s", (("كتاب", 2), ("باغ", 1))),
            ("tags", (("a", 3), ("b", 1))),
            ("p", ((-1, 1), (5, 1), (900, 1))),
            ("m", (("1402/10", 3),)),
        )
        assert few.facets == (("s", (("كتاب", 2), ("باغ", 1))), ("tags", (("a", 3), ("b", 1))))

    def test_a_value_has_one_hit(self, narrowed):
        with narrowed.reader() as reader:
            page = reader.search(ANY, limit=2, offset=1, narrowing=Narrowing(unique_by="section"))
            every = reader.search(ANY, limit=9, narrowing=Narrowing(unique_by="section"))
            newest = reader.search(ANY, limit=1, narrowing=Narrowing(sort=Sort("date", True), unique_by="host"))
            found = reader.ids([match.number for match in every.matches])
            assert reader.ids([match.number for match in newest.matches]) == ["free"]
        assert every.matches[1:3] == page.matches
        assert found == ["free", "cheap", "other", "bare"]
        assert (page.total, page.hidden) == (every.total, every.hidden) == (4, 1)

    # the vocabulary

    @pytest.mark.parametrize("asked", [word("کتاب"), Phrase((word("کتاب"), word("ایران"))), Prefix("کتا")])
    def test_a_search_ends_when_its_time_is_over(self, filled, asked):
        with filled.reader() as reader:
            for _ in "first", "repeated":
                with pytest.raises(SearchTimeoutError):
                    reader.search(asked, limit=10, deadline=Deadline(0))
                reader.search(asked, limit=10, deadline=Deadline(60))

    def test_vocabulary_is_sorted_and_begins_as_asked(self, filled):
        with filled.reader() as reader:
            words = list(reader.vocabulary(key("چا")))
            everything = list(reader.vocabulary())
        assert words == sorted({key("چای"), key("چاپ")})
        assert everything == sorted(set(everything))

    def test_words_that_begin_so_come_by_how_many_of_some_documents_hold_them(self, engine):
        put(
            engine,
            document("1", "چای سبز", "چاپ چای چادر"),
            document("2", "چای  سبز", "چاپ"),
            document("3", "چای", "چا"),
        )
        put(engine, document("4", "سبز چای", "چاپ"), document("5", "", "چاپ چاپ"))
        delete(engine, "4")
        with engine.reader() as reader:
            every, holding = reader.among(), reader.among(word("چاپ"))
            assert every.words(key("چا"), 9) == [(key("چاپ"), 3), (key("چای"), 3), (key("چا"), 1), (key("چادر"), 1)]
            assert every.words(key("چا"), 1) == [(key("چاپ"), 3)]
            assert every.words(key("چا"), 2, {key("چاپ"), key("کتاب"), "نیست"}) == [(key("چای"), 3), (key("چا"), 1)]
            assert holding.words(key("چا"), 9, [key("چاپ")]) == [(key("چای"), 2), (key("چادر"), 1)]
            assert holding.words(key("چا"), 9) == [(key("چاپ"), 3), (key("چای"), 2), (key("چادر"), 1)]
            assert reader.among(field="body").words(key("چای"), 9) == [(key("چای"), 1)]
            count, number = every.holding(key("چای"))
            assert (count, reader.ids([number])) == (3, ["3"])
            assert holding.holding(key("کتاب")) == (0, None)
            titles = [(reader.ids([number]), count) for number, count in every.titles([key("سب"), key("چای")], 9)]
            assert titles == [(["1"], 2), (["3"], 1)]
            assert [count for _, count in every.titles(None, 1)] == [2]
            assert holding.titles([key("کت")], 9) == []

    def test_frequency_counts_documents(self, filled):
        with filled.reader() as reader:
            assert reader.frequency(key("باغ")) == 2
            assert reader.frequency(key("باغ"), "title") == 1
            assert reader.frequency(key("چای"), "body") == 1

    # threads

    def test_threads_share_an_engine(self, filled):
        asked = Any((word("باغ"), word("تاریخ"), word("چای")))
        with filled.reader() as reader:
            expected = answer(reader, asked)
        answers = []

        def ask():
            for _ in range(20):
                with filled.reader() as mine:
                    answers.append(answer(mine, asked))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [expected] * 80


def delete(engine, *identifiers):
    with engine.writer() as writer:
        for id_ in identifiers:
            assert writer.delete(id_)


def put(engine, *documents):
    with engine.writer() as writer:
        for each in documents:
            writer.put(each)


def ids(reader, asked, limit=10):
    return [stored.id for stored in reader.documents([m.number for m in reader.search(asked, limit=limit).matches])]


def answer(reader, asked):
    page = reader.search(asked, limit=50)
    stored = reader.documents([match.number for match in page.matches])
    return [(each.id, round(match.score, 9)) for each, match in zip(stored, page.matches, strict=True)]
