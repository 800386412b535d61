"""Segments of an index as dictionaries, and a stock Whoosh index of the same documents, for tests of searching."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from itertools import count
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np

from searchkit.engines.whoosh._whoosh import analysis, fields, filedb_filestore
from searchkit.engines.whoosh.reading.snapshot import Snapshot
from searchkit.engines.whoosh.searching.searcher import Searcher

SPACES = analysis.SpaceSeparatedTokenizer()
SCHEMA = fields.Schema(id=fields.ID(stored=True), title=fields.TEXT(analyzer=SPACES), body=fields.TEXT(analyzer=SPACES))

_FOLDER = TemporaryDirectory(prefix="searchkit-", ignore_cleanup_errors=True)  # removed when the process ends
_NUMBERS = count()


class MemoryField:
    """A field as {term: {document: positions}}."""

    has_positions = True

    def __init__(self, places, lengths):
        self._terms = sorted(places)
        self._places = places
        self.count = len(self._terms)
        self.lengths = np.array(lengths, np.uint32)
        self.total_length = int(self.lengths.sum())

    @classmethod
    def of_texts(cls, texts, *, scorable=True):
        places = defaultdict(lambda: defaultdict(list))
        for number, text in enumerate(texts):
            for position, term in enumerate(text.split()):
                places[term][number].append(position)
        return cls(places, [len(text.split()) if scorable else 0 for text in texts])

    @classmethod
    def of_reader(cls, reader, name):
        """Read a field of one of Whoosh's segments. Deleted documents are not in its postings."""
        places = defaultdict(dict)
        for term in reader.lexicon(name):
            matcher = reader.postings(name, term)
            while matcher.is_active():
                places[term.decode()][matcher.id()] = matcher.value_as("positions")
                matcher.next()
        return cls(places, [reader.doc_field_length(number, name) for number in range(reader.doc_count_all())])

    @property
    def vocabulary(self):
        return SimpleNamespace(find=lambda term: self.find(term.decode()))

    def find(self, term):
        return self._terms.index(term) if term in self._places else -1

    def term(self, ordinal):
        return self._terms[ordinal]

    def terms(self, first, last):
        return self._terms[first:last]

    def range(self, low, high):
        return bisect_left(self._terms, low), max(bisect_left(self._terms, low), bisect_left(self._terms, high))

    def prefix(self, prefix):
        chosen = [ordinal for ordinal, term in enumerate(self._terms) if term.startswith(prefix)]
        return (chosen[0], chosen[-1] + 1) if chosen else (0, 0)

    def near(self, term, distance, prefix=0):
        return [
            ordinal
            for ordinal, other in enumerate(self._terms)
            if other.startswith(term[:prefix]) and edits(term, other) <= distance
        ]

    def document_frequency(self, ordinal):
        return len(self._places[self._terms[ordinal]])

    def document_frequencies(self, first, last):
        return np.array([self.document_frequency(ordinal) for ordinal in range(first, last)], np.int64)

    def frequencies_among(self, first, last, chosen):
        held = [self.postings(ordinal)[0] for ordinal in range(first, last)]
        return np.array([chosen[documents].sum() for documents in held], np.int64)

    def postings(self, ordinal):
        places = self._places[self._terms[ordinal]]
        return np.array(list(places), np.uint32), np.array([len(each) for each in places.values()], np.uint8)

    def gather(self, ordinals, *, weighted=True):
        documents, frequencies = zip(*map(self.postings, ordinals), strict=True)
        counts = np.array([len(each) for each in documents])
        kind = np.float32 if weighted else np.int64
        return np.concatenate(documents, dtype=np.int64), np.concatenate(frequencies, dtype=kind), counts

    def position_runs(self, ordinals, counts):
        return np.concatenate(list(map(self.position_run, ordinals, counts)))

    def position_run(self, ordinal, count):
        run = self.positions([ordinal])[1]
        assert len(run) == count
        return run

    def positions(self, ordinals, chosen=None):
        every = [places for ordinal in ordinals for places in self._places[self._terms[ordinal]].values()]
        places = every if chosen is None else [every[place] for place in chosen]
        starts = np.cumsum([0, *map(len, places)]).astype(np.int64)
        return starts, np.array([position for each in places for position in each], np.uint32)


class MemorySegment:
    """Documents as (title, body)."""

    def __init__(self, documents, deleted=()):
        titles, bodies = zip(*documents, strict=True)
        self._fields = {
            "id": MemoryField.of_texts([f"d{number}" for number in range(len(documents))], scorable=False),
            "title": MemoryField.of_texts(titles),
            "body": MemoryField.of_texts(bodies),
        }
        self.document_count = len(documents)
        self.deleted = np.isin(np.arange(len(documents)), list(deleted)) if deleted else None

    @classmethod
    def of_reader(cls, reader):
        """Read the texts of one of Whoosh's segments."""
        segment = cls.__new__(cls)
        segment.document_count = reader.doc_count_all()
        segment.deleted = np.array([reader.is_deleted(number) for number in range(segment.document_count)], bool)
        segment._fields = {name: MemoryField.of_reader(reader, name) for name in ("title", "body")}
        return segment

    def field(self, name):
        field = self._fields.get(name)
        return field if field and field.count else None

    def column(self, name):
        return None

    def stored(self, numbers):
        return [{} for _ in numbers]


class Storage(filedb_filestore.RamStorage):
    """Whoosh writes temporary files even so, by default to one place for all processes, and leaves their folders."""

    def temp_storage(self, name=None):
        return filedb_filestore.FileStorage(f"{_FOLDER.name}/{next(_NUMBERS)}").create()


def edits(left, right):
    """Levenshtein's distance."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        above, row = row, [i]
        for j, b in enumerate(right, 1):
            row.append(min(row[-1] + 1, above[j] + 1, above[j - 1] + (a != b)))
    return row[-1]


def stock_searcher(documents, deleted=()):
    """Whoosh with its own codec, one segment."""
    index = Storage().create_index(SCHEMA)
    writer = index.writer()
    for number, (title, body) in enumerate(documents):
        writer.add_document(id=f"d{number}", title=title, body=body)
    writer.commit()
    if deleted:
        writer = index.writer()
        for number in deleted:
            writer.delete_document(number)
        writer.commit(merge=False)
    return index.searcher()


def array_searcher(*segments, **options):
    return Searcher(Snapshot(segments), **options)
