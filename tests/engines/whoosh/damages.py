"""A small index for what is done to its files: its contents, all that can be asked of it, and how to put it back."""

from __future__ import annotations

import shutil
from itertools import pairwise

from searchkit.documents import Document
from searchkit.engines.whoosh.engine import WhooshEngine
from searchkit.persian import default_analyzer
from searchkit.query.tree import Phrase, Prefix, Terms

WORDS = "باغ آب کتاب درخت چای".split()
FURTHER = Document(id="further", title="باغ", body="باغ دیگر")


def document(number, words=WORDS):
    body = " ".join(words[place % len(words)] for place in range(number, number + 4))
    return Document(id=f"نشانی {number}", title=words[number % 2], body=body, fields={"source": f"پرونده {number}"})


def fill(path, words=WORDS):
    """Two segments, of which the first has a deleted document."""
    engine = WhooshEngine(path, default_analyzer())
    for numbers in (range(9), range(9, 11)):
        with engine.writer() as writer:
            for number in numbers:
                writer.put(document(number, words))
    with engine.writer() as writer:
        writer.delete(document(3).id)
    return engine


def everything(path, *, verify=False):
    """All that a reader can be asked, with the opening that users get."""
    with WhooshEngine(path, default_analyzer(), create=False, verify=verify).reader() as reader:
        terms = list(reader.vocabulary())
        queries = [Terms(((term, 1.0),), None) for term in terms]
        phrases = [Phrase(pair) for pair in pairwise(queries)]
        pages = [reader.search(query, limit=50) for query in (*queries, *phrases, Prefix("ب"))]
        records = list(reader.records())
        numbers = [number for record in records if (number := reader.number(record.id)) is not None]
        counts = [reader.frequency(term) for term in terms]
        found = [reader.documents(numbers), reader.ids(numbers), [reader.digest(number) for number in numbers]]
        return terms, pages, records, numbers, counts, found


def merged(path):
    """Add a document, write all segments as one, and return what is then found, by ids and in no order of numbers."""
    engine = WhooshEngine(path, default_analyzer(), create=False)
    with engine.writer() as writer:
        writer.put(FURTHER)
    engine.optimize()
    return everything(path, verify=True)


def contents(path):
    return {file.name: file.read_bytes() for file in path.iterdir() if file.suffix in {".json", ".segment"}}


def restore(path, files):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    for name, data in files.items():
        (path / name).write_bytes(data)
