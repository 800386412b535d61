"""The search on arrays keeps every engine's promises, on real segments of several commits."""

from in_memory import MemorySegment

from searchkit.engines.whoosh.engine import WhooshEngine, WhooshReader
from searchkit.engines.whoosh.searcher import ArraySearcher
from tests.engines.contract import EngineContract


class ArrayReader(WhooshReader):
    def search(self, asked, *, limit, offset=0):
        for leaf, _ in self._reader.leaf_readers():
            leaf.arrays = MemorySegment.of_reader(leaf) if leaf.doc_count_all() else None
        return ArraySearcher.of(self._searcher).search(asked, limit=limit, offset=offset)


class ArrayEngine(WhooshEngine):
    def reader(self):
        return ArrayReader(super().reader()._searcher)


class TestArraySearch(EngineContract):
    def open(self, path, analyzer, **options):
        return ArrayEngine(path, analyzer, **options)
