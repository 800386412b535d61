"""A small index with vectors, and all that these can be asked."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from searchkit.engines.base import Meaning, Passage
from searchkit.engines.whoosh.engine import WhooshEngine
from searchkit.engines.whoosh.searching.nearest import nearness
from searchkit.persian import default_analyzer

DIMENSIONS = 8
MEANING = Meaning("tests", DIMENSIONS, np.ones(DIMENSIONS, "<f4").tobytes(), 50, 3)
ASKED = (np.arange(DIMENSIONS, dtype="<f4") / np.linalg.norm(np.arange(DIMENSIONS))).astype("<f4").tobytes()


def passages(document):
    """Two passages of a text, the same each time, and other ones for any other text."""
    size = len(document.body)
    chosen = np.random.default_rng(crc32(document.body.encode())).normal(size=(2, DIMENSIONS))
    vectors = (chosen / np.linalg.norm(chosen, axis=1, keepdims=True)).astype(np.float32)
    spans = ((0, size // 2), (size // 2, size)) if size else ()
    return [Passage(*span, vector) for span, vector in zip(spans, vectors, strict=False)]


def enrich(path_or_engine, meaning=MEANING):
    """Give vectors to all documents without."""
    engine = path_or_engine
    if not isinstance(engine, WhooshEngine):
        engine = WhooshEngine(engine, default_analyzer(), create=False)
    return [engine.enrich(part, meaning, passages) for part in engine.reader().parts]


def enrich_all(engine):
    """The same until there is none, though others write meanwhile."""
    while any(map(engine.reader().without_vectors, engine.reader().parts)):
        enrich(engine)


def near(path):
    """How near all documents come to one vector."""
    with WhooshEngine(path, default_analyzer(), create=False).reader() as reader:
        return nearness(reader.searcher.snapshot, ASKED).tolist()


def all_of_vectors(path):
    """All that a reader can be asked of vectors, by the ids of documents."""
    with WhooshEngine(path, default_analyzer(), create=False).reader() as reader:
        found = {}
        numbers = [reader.number(record.id) for record in reader.records()]
        nearnesses = nearness(reader.searcher.snapshot, ASKED).tolist()
        for document, number in zip(reader.documents(numbers), numbers, strict=True):
            span = reader.nearest_passage(number, ASKED)
            found[document.id] = nearnesses[number], span, reader.vector_of(number), document.body
        waiting = {id_ for part in reader.parts for id_ in reader.ids(reader.without_vectors(part))}
        return found, waiting, reader.meaning, reader.vectors[:2]


def check_vectors(path):
    """Make sure that each document has the vectors that `passages` gives it, or none; return the ids of those with."""
    found, waiting, *_ = all_of_vectors(path)
    with WhooshEngine(path, default_analyzer(), create=False).reader() as reader:
        for id_, (_, span, mean, _) in found.items():
            wanted = passages(reader.get(id_))
            assert (mean is None) == (id_ in waiting or not wanted), id_
            if mean is not None:
                whole = np.sum([each.vector for each in wanted], axis=0, dtype=np.float64)
                given = np.frombuffer(mean, "<f4") @ whole
                assert given > 0.99 * np.linalg.norm(whole), id_
                assert span in [(each.begin, each.end) for each in wanted], id_
    return found.keys() - waiting
