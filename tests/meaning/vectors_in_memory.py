"""An engine that keeps vectors in memory, and in which others do what they like between any two steps."""

from __future__ import annotations

import itertools

from searchkit.engines.base import VectorCounts
from searchkit.errors import IndexLockedError


class VectorsInMemory:
    """Another engine with vectors besides. All of a commit is one part.

    Args:
        engine: Holds the documents.

    Attributes:
        given: The passages of documents, by their ids.
        published: How many documents were given vectors by each call.
        is_locked: Whether others write.
    """

    def __init__(self, engine):
        self._engine = engine
        self.meaning = None
        self.given = {}
        self.published = []
        self.is_locked = False

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def reader(self):
        return _Reader(self._engine.reader(), self)

    def enrich(self, part, meaning, passages):
        if self.is_locked:
            raise IndexLockedError("others write")
        with self.reader() as reader:
            if part not in reader.parts:
                return None
            if self.meaning != meaning:
                self.given, self.meaning = {}, meaning
            documents = reader.documents(reader.without_vectors(part))
        found = {document.id: passages(document) for document in documents}
        found = {id_: list(each) for id_, each in found.items() if each is not None}
        self.given |= found
        self.published.append(len(found))
        return VectorCounts(len(found), sum(map(len, found.values())), 0)


class _Reader:
    def __init__(self, reader, engine):
        self._reader = reader
        self._vectors = engine
        self.meaning = engine.meaning

    def __getattr__(self, name):
        return getattr(self._reader, name)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._reader.close()

    @property
    def parts(self):
        return (self._reader.version,)

    def without_vectors(self, part):
        assert part in self.parts
        numbers = itertools.count()
        found = [
            (next(n for n in numbers if self._reader.ids([n]) == [each.id]), each.id) for each in self._reader.records()
        ]
        return [number for number, id_ in found if id_ not in self._vectors.given]
