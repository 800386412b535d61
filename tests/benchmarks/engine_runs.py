"""What does one engine take to index and to answer? Called in a process of its own, which holds documents and index."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from adapters import Searcher, adapter
from collections_data import open_collection
from processes import Memory, memory

from searchkit.documents import Document

LIMIT = 10


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents to index: the first so many of a collection, or all."""

    data: Path
    name: str
    documents: int | None = None

    def read(self) -> Iterator[Document]:
        """Read the documents, numbered from 0."""
        read = open_collection(self.data, self.name).documents(self.documents)
        return (Document(str(number), document.body, document.title) for number, document in enumerate(read))


@dataclass(frozen=True, slots=True)
class Built:
    """An index that was made: of how many documents and bytes of text (UTF-8), in how many seconds, of what size."""

    documents: int
    text: int
    seconds: float
    size: int


@dataclass(slots=True)
class _Held:
    """What this process keeps from one call to the next."""

    documents: list[Document] = field(default_factory=list)
    searcher: Searcher | None = None


_HELD = _Held()


def hold(corpus: Corpus) -> None:
    """Read the documents into memory, so that no reading is timed."""
    _HELD.documents = list(corpus.read())


def build(engine: str, folder: Path) -> Built:
    """Index the documents held."""
    made = adapter(engine)
    begin = time.perf_counter()
    made.build(folder, _HELD.documents)
    seconds = time.perf_counter() - begin
    text = sum(len(document.title.encode()) + len(document.body.encode()) for document in _HELD.documents)
    return Built(len(_HELD.documents), text, seconds, size_of(folder))


def build_streamed(engine: str, folder: Path, corpus: Corpus) -> Memory:
    """Index documents as they are read, none of them held here, and return what that took of memory."""
    adapter(engine).build(folder, corpus.read())
    return memory()


def ask(engine: str, folder: Path, queries: list[str], *, snippets: bool) -> list[float]:
    """Return the seconds that each query takes for the ids of `LIMIT` documents, or for their snippets."""
    if _HELD.searcher is None:
        _HELD.searcher = adapter(engine).open(folder)
    answer = _HELD.searcher.snippets if snippets else _HELD.searcher.ids
    seconds = []
    for query in queries:
        begin = time.perf_counter()
        answer(query, LIMIT)
        seconds.append(time.perf_counter() - begin)
    return seconds


def memory_after(engine: str, folder: Path, queries: list[str]) -> Memory:
    """Return what this process holds once it has answered the queries, with snippets where the engine has them."""
    ask(engine, folder, queries, snippets=adapter(engine).has_snippets)
    return memory()


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
