"""The embedded engine keeps every engine's promises."""

from contract import EngineContract

from searchkit.engines.whoosh.engine import WhooshEngine


class TestWhooshEngine(EngineContract):
    def open(self, path, analyzer, **options):
        return WhooshEngine(path, analyzer, **options)
