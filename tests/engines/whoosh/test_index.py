"""Whoosh's own schemas, queries and habits work on the index of arrays as they do on Whoosh's own."""

import datetime as dt
import warnings
from operator import itemgetter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.engines.base import WriteOptions
from searchkit.engines.whoosh.index import ArrayIndex
from searchkit.errors import DocumentError, IndexNotFoundError, IndexVersionError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from in_memory import Storage
    from whoosh import query, scoring
    from whoosh.analysis import SpaceSeparatedTokenizer
    from whoosh.fields import BOOLEAN, DATETIME, ID, KEYWORD, NUMERIC, STORED, TEXT, Schema

# stock Whoosh leaves temporary files to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")

ANALYSIS = ("none", "0")
DAY = dt.datetime(2024, 5, 4)  # noqa: DTZ001 (Whoosh's dates have no zone)


def schema():
    return Schema(
        id=ID(unique=True, stored=True),
        body=TEXT(analyzer=SpaceSeparatedTokenizer(), stored=True),
        tags=KEYWORD(commas=True, scorable=True, field_boost=2.0),
        year=NUMERIC(sortable=True, stored=True),
        price=NUMERIC(float),
        day=DATETIME(stored=True, sortable=True),
        good=BOOLEAN(stored=True),
        extra=STORED,
    )


QUERIES = [
    query.Every(),
    query.Term("body", "a"),
    query.And([query.Term("body", "a"), query.Term("body", "b")]),
    query.Or([query.Term("body", "a"), query.Term("tags", "x")]),
    query.Phrase("body", ["a", "b"]),
    query.Phrase("body", ["a", "c"], slop=2),
    query.Prefix("body", "b"),
    query.Wildcard("body", "*b*"),
    query.FuzzyTerm("body", "ab"),
    query.TermRange("body", "b", "c"),
    query.NumericRange("year", 2000, 2010),
    query.DateRange("day", DAY, DAY + dt.timedelta(days=3)),
    query.Term("good", True),
    query.Term("tags", "x"),
]

VALUES = st.fixed_dictionaries(
    {"id": st.sampled_from("12345")},
    optional={
        "body": st.lists(st.sampled_from(["a", "b", "c", "ab", "bb"]), max_size=6).map(
            " ".join
        ),  # Whoosh rounds longer lengths
        "tags": st.lists(st.sampled_from("xyz"), min_size=1, max_size=2, unique=True).map(",".join),
        "year": st.integers(1990, 2020),
        "price": st.floats(0, 10, width=16),
        "day": st.integers(0, 5).map(lambda days: DAY + dt.timedelta(days=days)),
        "good": st.booleans(),
        "extra": st.one_of(st.none(), st.text(max_size=3), st.just(DAY.date()), st.just(b"\xff"), st.just(DAY)),
    },
)


def answers(searcher, asked):
    found = searcher.search(asked, limit=None).top_n
    return sorted((searcher.stored_fields(number)["id"], score) for score, number in found)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(VALUES, max_size=4, unique_by=lambda values: values["id"]), max_size=4))
def test_every_query_answers_as_on_whoosh_itself(tmp_path_factory, batches):
    mine = ArrayIndex.create_in(tmp_path_factory.mktemp("index"), schema(), ANALYSIS)
    stock = Storage().create_index(schema())
    for batch in batches:
        for index in (mine, stock):
            writer = index.writer()
            for values in batch:
                writer.update_document(**values)
            writer.commit(optimize=True)  # else deleted documents count in statistics until they are merged away
    with mine.searcher(weighting=scoring.BM25F()) as left, stock.searcher(weighting=scoring.BM25F()) as right:
        assert left.doc_count() == right.doc_count()
        for asked in QUERIES:
            expected = answers(right, asked)
            assert answers(left, asked) == [(id_, pytest.approx(score)) for id_, score in expected], asked
        stored = [sorted(each.reader().all_stored_fields(), key=itemgetter("id")) for each in (left, right)]
        assert stored[0] == stored[1]


@settings(max_examples=40, deadline=None)
@given(
    batches=st.lists(
        st.tuples(st.lists(VALUES, max_size=4), st.lists(st.sampled_from("12345"), max_size=2), st.booleans()),
        max_size=6,
    )
)
def test_any_history_of_batches_leaves_what_a_dictionary_would_hold(tmp_path_factory, batches):
    index = ArrayIndex.create_in(tmp_path_factory.mktemp("index"), schema(), ANALYSIS)
    model = {}
    for added, deleted, optimize in batches:
        writer = index.writer()
        for id_ in deleted:
            assert writer.delete_by_term("id", id_) == (id_ in model)
            model.pop(id_, None)
        latest = {values["id"]: values for values in added}
        for id_, values in latest.items():
            writer.update_document(**values)
            model.pop(id_, None)
            model[id_] = values
        writer.commit(optimize=optimize)
        with index.searcher() as searcher:
            stored = list(searcher.reader().all_stored_fields())
            assert [each["id"] for each in stored] == list(model)  # in the order added
            assert [each.get("extra") for each in stored] == [each.get("extra") for each in model.values()]
            for word in ("a", "ab"):
                holders = {id_ for id_, each in model.items() if word in each.get("body", "").split()}
                assert {id_ for id_, _ in answers(searcher, query.Term("body", word))} == holders


def test_columns_sort(tmp_path):
    index = ArrayIndex.create_in(tmp_path, schema(), ANALYSIS)
    with index.writer() as writer:
        for id_, year in (("1", 2000), ("2", 1990), ("3", 2010)):
            writer.add_document(id=id_, year=year, day=DAY.replace(year=year))
    with index.searcher() as searcher:
        for name in ("year", "day"):
            assert [hit["id"] for hit in searcher.search(query.Every(), sortedby=name)] == ["2", "1", "3"]
            assert [hit["id"] for hit in searcher.search(query.Every(), sortedby=name, reverse=True)] == ["3", "1", "2"]


def test_a_document_boost_weighs(tmp_path):
    index = ArrayIndex.create_in(tmp_path, schema(), ANALYSIS)
    with index.writer() as writer:
        writer.add_document(id="1", body="a b")
        writer.add_document(id="2", body="a b", _body_boost=3.0)
    with index.searcher(weighting=scoring.Frequency()) as searcher:
        assert answers(searcher, query.Term("body", "a")) == [("1", 1.0), ("2", 3.0)]


def test_runs_are_bounded_by_the_memory_setting_and_merge_to_the_same(tmp_path):
    documents = [{"id": str(number), "body": f"a b{number % 7} c{number}"} for number in range(3000)]
    found, files = [], []
    for name, memory in (("one", 256 << 20), ("many", 1 << 16)):
        index = ArrayIndex.create_in(tmp_path / name, schema(), ANALYSIS)
        writer = index.writer(WriteOptions(memory=memory))
        for values in documents:
            writer.add_document(**values)
        writer.commit()
        assert len(writer._paths) == (1 if name == "one" else 4)  # a run for each batch, and one segment of all
        (segment,) = (tmp_path / name).glob("*.segment")
        files.append(segment.read_bytes())
        with index.searcher() as searcher:
            found.append([answers(searcher, query.Term("body", word)) for word in ("a", "b3", "c2999")])
            found[-1].append(answers(searcher, query.Phrase("body", ["a", "b3"])))
    assert found[0] == found[1]
    assert files[0] == files[1]


def test_many_commits_leave_few_segments(tmp_path):
    index = ArrayIndex.create_in(tmp_path, schema(), ANALYSIS)
    for number in range(40):
        with index.writer() as writer:
            writer.add_document(id=str(number), body="a")
    assert len(index.toc().segments) <= 4
    with index.searcher() as searcher:
        assert [each["id"] for each in searcher.reader().all_stored_fields()] == [str(number) for number in range(40)]


def test_a_value_that_cannot_be_kept_is_named_and_nothing_is_committed(tmp_path):
    index = ArrayIndex.create_in(tmp_path, schema(), ANALYSIS)
    with pytest.raises(DocumentError, match="object"), index.writer() as writer:
        writer.add_document(id="1", extra=object())
    assert index.is_empty()
    with index.writer() as writer:
        writer.add_document(id="1", extra="fine")
    assert not index.is_empty()


def test_another_schema_is_an_error(tmp_path):
    ArrayIndex.create_in(tmp_path, schema(), ANALYSIS)
    with pytest.raises(IndexVersionError, match="--rebuild"):
        ArrayIndex(tmp_path, Schema(id=ID))


def test_there_is_no_index(tmp_path):
    with pytest.raises(IndexNotFoundError):
        ArrayIndex(tmp_path / "nowhere", schema())
