"""The embedded engine keeps every engine's promises."""

from contract import EngineContract, document, put

from searchkit.engines.whoosh.engine import WhooshEngine
from searchkit.engines.whoosh.index import describe
from searchkit.engines.whoosh.schema import FIELDS, schema


class TestWhooshEngine(EngineContract):
    def open(self, path, analyzer, **options):
        return WhooshEngine(path, analyzer, **options)

    def test_a_commit_is_opened_once(self, filled):
        assert filled.reader() is filled.reader()
        before = filled.reader()
        put(filled, document("new", body="تازه"))
        assert filled.reader() is not before
        assert filled.reader() is filled.reader()


def test_the_fields_are_those_of_the_schema():
    assert describe(schema()) == FIELDS
