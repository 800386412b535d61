"""Who knows Whoosh finds in an index of searchkit what they expect."""

import datetime as dt
import errno
import os
import pickle
import re
import subprocess
import sys
import warnings
from pathlib import Path
from unittest.mock import Mock

import pytest

from searchkit import Document, SearchIndex
from searchkit.engines.whoosh import PersianAnalyzer, open_index
from searchkit.engines.whoosh.compat import queries
from searchkit.engines.whoosh.door import shown as fields_shown
from searchkit.errors import (
    AnalysisMismatchError,
    ArgumentError,
    DocumentError,
    IndexLockedError,
    IndexNotFoundError,
    IndexVersionError,
    StorageError,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import highlight, query, scoring, sorting, writing
    from whoosh import index as whoosh_index
    from whoosh.analysis import StemmingAnalyzer
    from whoosh.collectors import TimeLimitCollector
    from whoosh.fields import DATETIME, ID, KEYWORD, NUMERIC, STORED, TEXT, Schema, UnknownFieldError
    from whoosh.filedb.filestore import FileStorage
    from whoosh.qparser import FuzzyTermPlugin, MultifieldParser, QueryParser

HALF = "\u200c"
DOCUMENTS = [
    Document(
        id="1",
        title="تاریخ ایران",
        body=f"كتاب{HALF}هاي تاريخِ ايران باستان در این کتابخانه است.",
        url="https://example.org/1",
        date=dt.date(2024, 5, 4),
        fields={"source": "docs/1", "pages": 12},
    ),
    Document(id="2", title="باغ ایرانی", body=f"آب و درخت و سایه: باغ ایرانی در کتابها. می{HALF}روم"),
    Document(id="3", body="رفتن به تاریخ و ایران"),
]


def shown(document):
    """A document as the keywords of `add_document`."""
    names = ("id", "title", "body", "url", "date", "fields")
    return {name: getattr(document, name) for name in names if getattr(document, name) not in (None, {})}


@pytest.fixture
def folder(tmp_path):
    with SearchIndex.open(tmp_path / "index") as index:
        index.add(DOCUMENTS)
    return tmp_path / "index"


@pytest.fixture
def searcher(folder):
    with open_index(folder).searcher() as searcher:
        yield searcher


def parsed(text, field="body"):
    parser = QueryParser(field, fields_shown())
    parser.add_plugin(FuzzyTermPlugin())
    return parser.parse(text)


def ids(results):
    return sorted(hit["id"] for hit in results)


def segment(folder):
    (path,) = folder.glob("*.segment")
    return path.read_bytes()


# one index, two doors


def test_what_one_door_writes_is_what_the_other_writes(folder, tmp_path):
    index = open_index(tmp_path / "other")
    assert isinstance(index, whoosh_index.Index)
    with index.writer() as writer:
        for document in DOCUMENTS:
            writer.add_document(**shown(document))
    assert segment(tmp_path / "other") == segment(folder)
    with SearchIndex.open(tmp_path / "other") as other:
        hit = other.search("کتاب باستان").hits[0]
        assert (hit.document, hit.snippets[0].html().count("<mark>")) == (DOCUMENTS[0], 2)


def test_a_hit_has_what_the_document_has(searcher):
    for document in DOCUMENTS:
        (hit,) = searcher.search(query.Term("id", document.id))
        assert hit.fields() == shown(document) == searcher.document(id=document.id)
        with pytest.raises(KeyError):
            hit["digest"]
    assert [values["id"] for values in searcher.reader().all_stored_fields()] == ["1", "2", "3"]


def test_one_id_is_one_document(folder):  # D14
    index = open_index(folder)
    with index.writer() as writer:
        writer.add_document(id="1", body="نو")
        writer.add_document(id="4", body="یک")
        writer.update_document(id="4", body="دو")
    with index.searcher() as searcher:
        assert searcher.doc_count() == 4
        assert searcher.document(id="4")["body"] == "دو"
        assert searcher.document(id="1") == {"id": "1", "title": "", "body": "نو"}


def test_what_is_deleted_by_whoosh_is_deleted(folder):
    index = open_index(folder)
    with index.writer() as writer:
        assert writer.delete_by_query(parsed(f"کتاب{HALF}های باستان")) == 1
        assert ids(writer.searcher().search(query.Every())) == ["2", "3"]
        assert writer.delete_by_term("id", "3") == 1
    with SearchIndex.open(folder) as found:
        assert [hit.id for hit in found.search("کتاب تاریخ باغ").hits] == ["2"]


def test_what_is_cancelled_is_as_it_was(folder):
    before = segment(folder)
    writer = open_index(folder).writer(procs=1, limitmb=64)
    writer.delete_by_term("id", "1")
    writer.add_document(id="9", body="نو")
    writer.cancel()
    assert segment(folder) == before


@pytest.mark.parametrize(
    ("values", "error", "told"),
    [
        ({"id": "1", "text": "a"}, UnknownFieldError, "'text'.*fields="),
        ({"body": "a"}, DocumentError, "no id"),
        ({"id": "1", "body": 7}, DocumentError, "not str"),
        ({"id": "1", "date": "yesterday"}, DocumentError, "datetime.date"),
    ],
)
def test_wrong_values_are_told_at_once(folder, values, error, told):
    with pytest.raises(error, match=told), open_index(folder).writer() as writer:
        writer.add_document(**values)


def test_another_writer_is_a_lock_error_to_both(folder):
    index = open_index(folder)
    with index.writer():
        with pytest.raises(whoosh_index.LockError) as told:
            index.writer()
        assert isinstance(told.value, IndexLockedError)
        late = writing.AsyncWriter(index, delay=0.01)
        late.add_document(id="5", body="دیر")
        late.commit()
    late.join()
    assert index.doc_count() == 4


# words


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("کتاب", "12"),
        (f"کتاب{HALF}ها", "12"),
        ("كتابهاي", "12"),
        ("رفتن", "23"),
        ('"تاریخ ایران"', "1"),
        ('"تاریخ ایران"~2', "13"),
        ("كتابخ*", "1"),
        ("کتا*خا?ه", "1"),
        ("*خانه", "1"),
        ("کتابخاته~", "1"),
        ("title:ایران", "12"),
        ("کتاب NOT title:باغ", "1"),
        ("(آب OR باستان) AND کتاب", "12"),
        ("کتاب؟", "12"),
        ("کتاب ؟", "12"),
        ("،؛؟,~", ""),
        ("،*", ""),
        ("\ud800", ""),
        ("\ud800*", ""),
        ("?\ud800", "23"),
        ("\ud800~", "23"),
        ("\ud800~1/1", ""),
        ('"کتاب \ud800"', "12"),
        ("[با TO بز]", "12"),
        ("id:2", "2"),
        ("*", "123"),
        ("قطار", ""),
        ("،", ""),
    ],
)
def test_the_parser_asks_for_words(searcher, asked, found):  # D15
    assert ids(searcher.search(parsed(asked))) == list(found)
    assert ids(searcher.search(parsed(asked), terms=True)) == list(found)
    assert ids(searcher.search(query.DisjunctionMax([parsed(asked), query.NullQuery]))) == list(found)
    assert sorted(searcher.docs_for_query(parsed(asked))) == [int(id_) - 1 for id_ in found]


@pytest.mark.parametrize("word", ["کتاب", "کتابها", "تاریخ", "رفتن", "می رود", "باغ", "ایران", "از"])
def test_both_doors_find_the_same_words(folder, searcher, word):
    with SearchIndex.open(folder) as index:
        expected = sorted(hit.id for hit in index.search(f'"{word}"', limit=10))
    parser = MultifieldParser(["title", "body"], searcher.schema)
    assert ids(searcher.search(parser.parse(f'"{word}"'))) == expected


@pytest.mark.parametrize("asked", ["کتابها", '"تاریخ ایران"', "کتاب^2 OR title:(باغ NOT آب)"])
def test_what_was_asked_is_a_query_like_any_other(searcher, asked):
    made = searcher.search(parsed(asked)).q
    again = pickle.loads(pickle.dumps(made))  # noqa: S301 (made here)
    assert again == made == made.copy()
    assert hash(again) == hash(made)
    assert str(made) == str(parsed(asked))
    assert made.all_terms() == parsed(asked).all_terms()
    assert made.normalize() == made
    assert searcher.search(made).q == made


def test_a_marked_term_is_itself(searcher):
    assert ids(searcher.search(query.Term("body", "~کتاب"))) == ["1", "2"]
    assert ids(searcher.search(query.Term("body", "+کتاب"))) == []


def test_other_weightings_leave_words_to_bm25f(folder, searcher):  # D15
    with open_index(folder).searcher(weighting=scoring.Frequency()) as other:
        asked = parsed("کتاب")
        assert other.search(asked).top_n == searcher.search(asked).top_n


def test_what_is_listed_is_words(searcher):  # D15
    words = list(searcher.reader().field_terms("body"))
    assert "کتابها" in words
    assert all(word[0] not in "~+@" for word in words)
    assert searcher.suggest("body", "کتابخاته") == ["کتابخانه"]
    assert searcher.correct_query(parsed("کتابخاته"), "کتابخاته").string == "کتابخانه"


def test_words_stand_in_span_queries(searcher):
    near = query.SpanNear2([parsed("کتاب"), parsed("ایران")], slop=2)
    assert ids(searcher.search(near)) == ["1"]
    assert ids(searcher.search(query.SpanFirst(parsed("تاریخ"), limit=1))) == ["1"]


def test_highlights_mark_every_form(searcher):
    results = searcher.search(parsed("کتاب تاریخ"))
    for found in (results, searcher.search(parsed("کتاب تاریخ"), terms=True)):
        found.formatter = highlight.HtmlFormatter(tagname="mark")
        assert re.findall("<mark[^>]*>(.*?)</mark>", found[0].highlights("body")) == [f"كتاب{HALF}هاي", "تاريخِ"]


def test_terms_tell_which_forms_a_document_holds(searcher):
    results = searcher.search(parsed("کتاب"), terms=True)
    assert {term.decode() for _, term in results.matched_terms()} == {"~کتاب"}
    assert results[0].matched_terms() == [("body", "~کتاب".encode())]


def test_more_documents_like_one(folder, searcher):
    with open_index(folder).writer() as writer:
        for number in range(5, 9):
            writer.add_document(id=str(number), body="تاریخ باستان ایران و کتابخانه")
    with searcher.refresh() as fresh:
        (hit,) = fresh.search(query.Term("id", "1"))
        assert {"5", "6", "7", "8"} <= {each["id"] for each in hit.more_like_this("body", numterms=20)}


# searching as ever


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, "123"),
        ({"limit": 1}, "1"),
        ({"filter": query.Term("body", "کتاب")}, "12"),
        ({"mask": query.Term("id", "1")}, "23"),
        ({"filter": {0, 1}, "mask": {1}}, "1"),
        ({"filter": set()}, ""),  # D8
        ({"sortedby": "id", "reverse": True, "limit": 2}, "32"),
        ({"groupedby": "id", "mask": {0}}, "23"),
        ({"collapse": sorting.QueryFacet({"books": query.Term("body", "کتاب")})}, "13"),
        ({"collapse": sorting.QueryFacet({"books": query.Term("body", "کتاب")}), "mask": {0}}, "23"),  # D17
        ({"scored": False}, "123"),
        ({"terms": True, "limit": 2, "filter": {1, 2}}, "23"),
    ],
)
def test_options_of_a_search(searcher, options, found):
    results = searcher.search(query.Every(), **options)
    assert [hit["id"] for hit in results] == list(found)
    if "limit" not in options:
        assert len(results) == len(found)
        assert results.docs() == {int(id_) - 1 for id_ in found}


def test_a_result_is_a_filter(searcher):
    books, none = searcher.search(parsed("کتاب")), searcher.search(parsed("قطار"))
    assert ids(searcher.search(query.Every(), filter=books)) == ["1", "2"]
    assert ids(searcher.search(query.Every(), mask=books)) == ["3"]
    assert ids(searcher.search(query.Every(), filter=none)) == []  # D8


def test_the_length_is_known(searcher):  # D7
    results = searcher.search(parsed("کتاب OR تاریخ"), limit=1)
    assert (len(results), results.scored_length(), results.has_exact_length()) == (3, 1, True)
    page = searcher.search_page(query.Every(), 2, pagelen=2)
    assert (page.total, page.pagecount, [hit["id"] for hit in page]) == (3, 2, ["3"])


def test_collectors_may_be_wrapped(searcher):
    collector = TimeLimitCollector(searcher.collector(limit=2, filter={0, 1}), 60, use_alarm=False)
    searcher.search_with_collector(parsed("ایران OR کتاب"), collector)
    assert ids(collector.results()) == ["1", "2"]


def test_ties_go_to_the_older_document(tmp_path):  # D6
    index = open_index(tmp_path)
    with index.writer() as writer:
        for number in range(40):
            writer.add_document(id=f"{number:02}", body="آب")
    with index.searcher() as searcher:
        assert [hit["id"] for hit in searcher.search(parsed("آب"), limit=3)] == ["00", "01", "02"]


def test_lengths_are_exact(tmp_path):  # D2
    with open_index(tmp_path).writer() as writer:
        writer.add_document(id="1", body="آب " * 99)
    with open_index(tmp_path).reader() as reader:
        assert reader.doc_field_length(0, "body") == 99


def test_what_is_deleted_is_not_found_by_not(folder):  # D3
    open_index(folder).delete_by_term("id", "1")
    with open_index(folder).searcher() as searcher:
        assert ids(searcher.search(query.Not(query.Term("id", "2")))) == ["3"]


# schemas of one's own


def own(**more):
    return Schema(
        id=ID(stored=True, unique=True),
        text=TEXT(analyzer=PersianAnalyzer(), stored=True),
        tags=KEYWORD(commas=True),
        year=NUMERIC(sortable=True, stored=True),
        day=DATETIME(sortable=True),
        extra=STORED,
        **more,
    )


def test_a_schema_of_ones_own(tmp_path):
    with open_index(tmp_path, own()).writer() as writer:
        writer.add_document(id="1", text="کتابهای تاریخ", tags="a,b", year=1400, extra=("x", 1))
        writer.add_document(id="2", text="کتابخانه", tags="b", year=1390)
    with open_index(tmp_path, own()).searcher() as searcher:
        parser = QueryParser("text", searcher.schema)
        for asked, found in {"كتاب": "1", "کتا*": "12", "كتابخ*": "2", "year:[1395 TO]": "1", "tags:b": "12"}.items():
            assert ids(searcher.search(parser.parse(asked))) == list(found)
        assert searcher.document(id="1")["extra"] == ["x", 1]  # D12
        assert list(searcher.search(query.Every(), groupedby="year").groups()) == [1400, 1390]


def test_what_does_not_fit_is_told(folder, tmp_path):
    with pytest.raises(IndexVersionError, match="other fields"):
        open_index(folder, own())
    open_index(tmp_path / "own", own())
    with pytest.raises((IndexVersionError, AnalysisMismatchError)):
        open_index(tmp_path / "own")
    with pytest.raises(IndexNotFoundError):
        open_index(tmp_path / "none", create=False)
    (tmp_path / "stock").mkdir()
    FileStorage(str(tmp_path / "stock")).create_index(own()).close()
    with pytest.raises(IndexVersionError, match="Whoosh's own"):
        open_index(tmp_path / "stock")


@pytest.mark.parametrize("kind", [TEXT(chars=True), TEXT(vector=True), TEXT(StemmingAnalyzer(), spelling=True)])
def test_what_is_not_kept_is_refused(tmp_path, kind):  # D9
    with pytest.raises(ArgumentError, match="'more'"):
        open_index(tmp_path, own(more=kind))


def test_fields_stay(folder):  # D10
    index = open_index(folder)
    for change in (lambda: index.add_field("new", ID), lambda: index.remove_field("body")):
        with pytest.raises(IndexVersionError, match="new folder"):
            change()
    with index.writer() as writer, pytest.raises(NotImplementedError):
        open_index(folder.parent / "own", own()).writer().add_reader(writer.reader())


def test_a_wrong_value_is_told_by_commit_at_the_latest(tmp_path):  # D11
    index = open_index(tmp_path, own())
    with pytest.raises((TypeError, ValueError)), index.writer() as writer:
        writer.add_document(id="1", year="no year")
    assert index.doc_count() == 0


def test_much_that_is_deleted_is_written_anew(folder):  # D13
    index = open_index(folder)
    with index.writer() as writer:
        writer.delete_by_term("id", "1")
    assert index.doc_count_all() == 3
    with index.writer() as writer:
        writer.delete_by_term("id", "2")
    assert index.doc_count_all() == index.doc_count() == 1


def test_a_writer_may_clear(tmp_path):
    index = open_index(tmp_path, own())
    for id_ in "12":
        with index.writer() as writer:
            writer.merge = False
            writer.add_document(id=id_)
    assert index.doc_count() == 2
    with index.writer() as writer:
        writer.mergetype = writing.CLEAR
        writer.add_document(id="3")
    assert [values["id"] for values in index.reader().all_stored_fields()] == ["3"]


@pytest.mark.parametrize("times", [1, 5])
def test_when_the_index_was_written_is_told_while_others_write_it(folder, monkeypatch, times):
    index, real, gone = open_index(folder), os.stat, []

    def replaced(path, *arguments, **options):
        if str(path).endswith(".json") and len(gone) < times:
            gone.append(path)
            raise FileNotFoundError(errno.ENOENT, "another commit has just replaced it")
        return real(path, *arguments, **options)

    (table,) = folder.glob("*.json")
    monkeypatch.setattr(os, "stat", replaced)
    assert index.last_modified() == pytest.approx(real(table).st_mtime)
    assert len(gone) == times


def test_what_the_system_refuses_is_told_here_too(folder, monkeypatch):
    index = open_index(folder)
    monkeypatch.setattr(os, "stat", Mock(side_effect=PermissionError(errno.EACCES, os.strerror(errno.EACCES))))
    for use in (index.last_modified, index.doc_count, lambda: open_index(folder)):
        with pytest.raises(StorageError, match="denied"):
            use()


# the table


def test_every_difference_has_a_test_that_names_it():
    told = set(re.findall(r"^(D\d+)", queries.__doc__, re.MULTILINE))
    named = {
        number for path in Path(__file__).parent.glob("*.py") for number in re.findall(r"# (D\d+)", path.read_text())
    }
    assert named == told


def test_whoosh_is_not_loaded_before_it_is_asked_for():
    code = "import sys, searchkit.engines.whoosh; assert 'whoosh' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
