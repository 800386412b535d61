"""What anybody types into Whoosh's parser finds on our index what it finds on Whoosh's own."""

import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.engines.whoosh import open_index

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from in_memory import Storage
    from whoosh import __version__, query, sorting
    from whoosh.analysis import SpaceSeparatedTokenizer
    from whoosh.fields import BOOLEAN, ID, KEYWORD, NUMERIC, TEXT, Schema
    from whoosh.qparser import FuzzyTermPlugin, OrGroup, QueryParser

# stock Whoosh leaves temporary files to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")

WORDS = ["a", "ab", "abc", "b", "ba", "کتاب", "کتابی"]


def schema():
    return Schema(
        id=ID(unique=True, stored=True, sortable=True),
        title=TEXT(analyzer=SpaceSeparatedTokenizer()),
        body=TEXT(analyzer=SpaceSeparatedTokenizer()),
        tags=KEYWORD(commas=True),
        year=NUMERIC(sortable=True),
        good=BOOLEAN,
    )


words = st.sampled_from(WORDS)
texts = st.lists(words, max_size=9).map(" ".join)  # Whoosh keeps lengths to 10 exactly
documents = st.lists(
    st.fixed_dictionaries(
        {"title": texts, "body": texts, "year": st.integers(2000, 2005)},
        optional={"tags": st.sampled_from(["x", "y", "x,y"]), "good": st.booleans()},
    ),
    min_size=1,
    max_size=12,
)
leaves = st.one_of(
    words,
    st.builds("{}^{}".format, words, st.sampled_from(["2", "0.5"])),
    st.builds("{}:{}".format, st.sampled_from(["title", "body"]), words),
    st.lists(words, min_size=1, max_size=3).map(lambda found: f'"{" ".join(found)}"'),
    st.lists(words, min_size=2, max_size=2).map(lambda found: f'"{" ".join(found)}"~2'),
    st.sampled_from(["a*", "?b", "*b*", "کتا*", "body:*", "*", "ab~", "کتاب~2/1", "[a TO b]", "{ab TO]", "year:2002"]),
    st.sampled_from(["year:[2001 TO 2003]", "year:{2001 TO}", "tags:x", "tags:(x OR y)", "good:true", "none", "id:3"]),
)
typed = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds("({} {})".format, parts, parts),
        st.builds("({} OR {})".format, parts, parts),
        st.builds("({} AND NOT ({}))".format, parts, parts),
        st.builds("(NOT ({}))".format, parts),
    ),
    max_leaves=5,
)
FILTERS = [None, query.Term("tags", "x"), query.Prefix("body", "a"), query.NumericRange("year", 2001, 2003), {0, 2, 3}]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return lambda: tmp_path_factory.mktemp("index")


def filled(index, rows):
    writer = index.writer()
    for number, values in enumerate(rows):
        writer.add_document(id=str(number), **values)
    writer.commit()
    return index.searcher()


def scores(results):
    return {hit.docnum: hit.score for hit in results}


@pytest.mark.skipif(__version__ != (2, 7, 4), reason="the fork applies boosts that Whoosh 2.7.4 ignores")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=documents,
    asked=st.lists(typed, min_size=4, max_size=8),
    either=st.booleans(),
    within=st.fixed_dictionaries({"filter": st.sampled_from(FILTERS), "mask": st.sampled_from(FILTERS)}),
    limit=st.integers(1, 5),
)
def test_a_query_answers_as_on_whoosh_itself(folders, rows, *, asked, either, within, limit):
    ours, theirs = filled(open_index(folders(), schema()), rows), filled(Storage().create_index(schema()), rows)
    parser = QueryParser("body", schema(), **({"group": OrGroup} if either else {}))
    parser.add_plugin(FuzzyTermPlugin())
    with ours, theirs:
        for text in asked:
            q = parser.parse(text)
            every = theirs.search(q, limit=None, **within)
            expected = scores(every)
            mine = ours.search(q, limit=None, **within)
            assert scores(mine) == pytest.approx(expected, rel=1e-5), q
            assert (len(mine), mine.docs()) == (len(expected), set(expected)), q
            best = [hit.score for hit in ours.search(q, limit=limit, **within)]
            assert best == pytest.approx(sorted(expected.values(), reverse=True)[:limit], rel=1e-5), q
            for options in (
                {"sortedby": ["year", "id"], "limit": limit},
                {"sortedby": sorting.FieldFacet("year", reverse=True), "limit": None},
                {"sortedby": "id", "groupedby": "tags", "limit": None},
                {"sortedby": "id", "reverse": True, "limit": None},
            ):
                left, right = (searcher.search(q, **options, **within) for searcher in (ours, theirs))
                assert [hit["id"] for hit in left] == [hit["id"] for hit in right], (q, options)
                if "groupedby" in options:
                    assert left.groups() == right.groups(), q
            told = [searcher.search(q, terms=True, limit=None).matched_terms() for searcher in (ours, theirs)]
            assert told[0] <= told[1], q  # D16
            if type(q) in {query.Term, query.Prefix, query.NumericRange, query.FuzzyTerm}:
                assert told[0] == told[1], q
            if not any(within.values()):  # D17
                left, right = (searcher.search(q, sortedby="id", collapse="year") for searcher in (ours, theirs))
                assert [hit["id"] for hit in left] == [hit["id"] for hit in right], q
                left, right = (searcher.search_page(q, 2, pagelen=limit) for searcher in (ours, theirs))
                assert left.total == len(expected), q
                if right.total == len(expected):  # Whoosh's collector counts fewer of some queries than it finds
                    assert (left.pagecount, left.pagenum) == (right.pagecount, right.pagenum), q
