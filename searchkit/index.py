"""The façade: an index that takes documents in and answers queries with hits and snippets."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Self, get_args

from searchkit import highlight
from searchkit.documents import Document, Hit, Problem, Report, Results, Skip, Snippet
from searchkit.engines.base import Engine, Info, Optimized, WriteOptions, Writer
from searchkit.errors import ArgumentError, DocumentError, RemovalRefusedError, StorageError
from searchkit.persian import Analyzer, default_analyzer
from searchkit.query.parse import parse
from searchkit.query.resolve import MatchMode, resolve, wanted
from searchkit.query.tree import Node
from searchkit.query.words import QueryWords

__all__ = ["MAX_HITS", "SearchIndex", "WriteOptions"]

MAX_HITS = 10_000

_TOO_MANY = "very many words begin so; only the commonest of them are looked for, so give more letters"


class SearchIndex:
    """Documents that can be searched. One object serves any number of threads.

    Writing takes a lock for the length of one `add` or `delete`; a search sees a whole commit or nothing of it.
    """

    def __init__(self, engine: Engine, analyzer: Analyzer, replaced: frozenset[str] = frozenset()) -> None:
        self._engine = engine
        self._analyzer = analyzer
        self._replaced = replaced  # ids of the index that the first `add` replaces

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, create: bool = True, fresh: bool = False) -> Self:
        """Open the index in a folder.

        Args:
            path: The folder.
            create: Make the folder and an empty index where there is none.
            fresh: Forget what is there: the first `add` replaces it, and readers see the old index until then.

        Raises:
            IndexNotFoundError: There is none and `create` is false.
            IndexCorruptError, IndexVersionError, AnalysisMismatchError: It cannot be used as it is.
        """
        from searchkit.engines.whoosh.engine import WhooshEngine  # noqa: PLC0415 (numpy loads when an index opens)

        analyzer = default_analyzer()
        replaced: frozenset[str] = frozenset()
        if fresh:
            with suppress(StorageError):  # it may be there to be replaced because it cannot be read
                old = WhooshEngine(Path(path), analyzer, create=False)
                replaced = frozenset(record.id for record in old.reader().records())
        return cls(WhooshEngine(Path(path), analyzer, create=create, fresh=fresh), analyzer, replaced)

    @staticmethod
    def exists(path: str | os.PathLike[str]) -> bool:
        """Tell whether there is an index in a folder, sound or not."""
        from searchkit.engines.whoosh.engine import WhooshEngine  # noqa: PLC0415 (as above)

        return WhooshEngine.exists(Path(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __len__(self) -> int:
        with self._engine.reader() as reader:
            return len(reader)

    def close(self) -> None:
        """Let go of the index's files."""
        self._engine.close()

    def info(self) -> Info:
        """Describe the index: counts, size, analyzer."""
        return self._engine.info()

    def add(
        self,
        documents: Iterable[Document | Skip],
        *,
        prune: Iterable[str] = (),
        most_removed: float = 1.0,
        options: WriteOptions | None = None,
    ) -> Report:
        """Add documents, replacing those with the same ids; they are visible to searches on return.

        Args:
            documents: Any number of them; they are streamed. A `Skip` among them goes to the report.
            prune: Sources (`fields["source"]`) or folders of sources: documents from there that do not come again are
                removed, but for those of a source that was skipped.
            most_removed: The share of the documents that were there, from 0 to 1, that may be gone after this by
                `prune`, or because a `fresh` index replaces them.
            options: How much memory to take and how many processes. With several, a script must guard what it does
                with `if __name__ == "__main__"`, as the others import it.

        Raises:
            IndexLockedError: Somebody else is writing.
            StorageError: The disk is full, or the folder cannot be written; nothing of this call is kept.
            DocumentError: Something else than a document was given; nothing of this call is kept.
            RemovalRefusedError: More would be gone than `most_removed`; nothing of this call is kept.
            WorkerError: One of several processes has died; nothing of this call is kept.
        """
        counts: Counter[str] = Counter()
        skipped: list[Skip] = []
        roots = tuple(prune)
        seen: set[str] = set()
        with self._engine.writer(options) as writer:
            for document in documents:
                if isinstance(document, Skip):
                    skipped.append(document)
                    continue
                if not isinstance(document, Document):
                    raise DocumentError(f"{document!r} is no Document; build one with searchkit.Document(id=…, body=…)")
                counts[writer.put(document)] += 1
                if roots or self._replaced:
                    seen.add(document.id)
            if roots:
                counts["removed"] = self._prune(writer, roots, seen, {skip.source for skip in skipped})
            if gone := counts["removed"] + len(self._replaced - seen):
                total = len(self._replaced) or len(self)
                if gone > most_removed * total:
                    raise RemovalRefusedError(gone, total)
        self._replaced = frozenset()
        return Report(**counts, skipped=tuple(skipped))

    def _prune(self, writer: Writer, roots: tuple[str, ...], seen: set[str], kept_sources: set[str]) -> int:
        with self._engine.reader() as reader:
            return sum(
                writer.delete(record.id)
                for record in reader.records()
                if record.source is not None
                and record.id not in seen
                and record.source not in kept_sources
                and any(_is_under(record.source, root) for root in roots)
            )

    def delete(self, ids: Iterable[str]) -> int:
        """Remove documents and return how many there were; ids that name none are passed over."""
        with self._engine.writer() as writer:
            return sum(writer.delete(id_) for id_ in ids)

    def optimize(self, options: WriteOptions | None = None) -> Optimized:
        """Write the index as one segment, as if its documents had been added at once, and say what that gained.

        What was deleted or replaced leaves the disk: it does by itself once it is more than a third of its segment.
        Answers and scores stay as they are. It takes as much time as copying the index, and its size again on the disk
        until it is done.

        Args:
            options: How much memory to take.

        Raises:
            IndexLockedError, StorageError: See `add`.
        """
        return self._engine.optimize(options)

    def search(
        self, query: str, *, limit: int = 10, offset: int = 0, match: MatchMode = "auto", snippets: int = 1
    ) -> Results:
        """Find documents.

        Args:
            query: Words, `"phrases"`, `+must`, `-not`, `OR`, parentheses, `title:word`, `prefix*`. Any string is valid.
            limit: How many hits at most, from 0.
            offset: How many to pass over, from 0; `limit + offset` is at most 10,000.
            match: "all": documents with every word. "any": with at least one. "auto": those with every word first,
                then the others.
            snippets: How many pieces of each document's text at most, from 0; making them takes most of the time.

        Raises:
            ArgumentError: An argument is outside its range.
        """
        started = time.perf_counter()
        _check_page(limit, offset, match)
        if snippets < 0:
            raise ArgumentError(f"snippets is {snippets}; give a number from 0")
        parsed = parse(query)
        with self._engine.reader() as reader:
            node = resolve(parsed, QueryWords(self._analyzer, reader.frequency), match)
            page = reader.search(node, limit=limit, offset=offset)
            documents = reader.documents([found.number for found in page.matches])
        hits = tuple(
            Hit(document.id, found.score, document, pieces)
            for found, document, pieces in zip(
                page.matches, documents, self._snippets(documents, node, snippets), strict=True
            )
        )
        problems = (*parsed.problems, *(Problem(_TOO_MANY, prefix.span) for prefix in page.cut))
        took = (time.perf_counter() - started) * 1000
        return Results(query, hits, page.total, page.first, took, limit, offset, problems)

    def rank(
        self, query: str, *, limit: int = 10, offset: int = 0, match: MatchMode = "auto"
    ) -> list[tuple[str, float]]:
        """Find the ids of documents, best first, each with its score: the hits of `search`, without their texts.

        For those who keep the documents themselves, and for evaluation; the arguments are those of `search`.

        Raises:
            ArgumentError: An argument is outside its range.
        """
        _check_page(limit, offset, match)
        with self._engine.reader() as reader:
            page = reader.search(
                resolve(parse(query), QueryWords(self._analyzer, reader.frequency), match), limit=limit, offset=offset
            )
            ids = reader.ids([found.number for found in page.matches])
        return [(id_, found.score) for id_, found in zip(ids, page.matches, strict=True)]

    def _snippets(self, documents: Sequence[Document], node: Node, count: int) -> list[tuple[Snippet, ...]]:
        if not count:
            return [()] * len(documents)
        finder, options = self._analyzer.finder(wanted(node)), highlight.SnippetOptions(count=count)
        return [highlight.snippets(document.body, finder, options) for document in documents]


def _is_under(source: str, root: str) -> bool:
    """Say whether a source is what a root names or lies below it; "." is not above absolute paths, "-" or "..".

    >>> [_is_under(source, "docs") for source in ("docs", "docs/a.txt", "docs2/a.txt")]
    [True, True, False]
    >>> [_is_under(source, ".") for source in ("a.txt", "/etc/a.txt", "../a.txt", "-")]
    [True, False, False, False]
    """
    path = PurePosixPath(source)
    below = path.is_relative_to(root) and source != "-" and not (root == "." and path.parts[0] == "..")
    return source == root or below


def _check_page(limit: int, offset: int, match: str) -> None:
    if limit < 0 or offset < 0:
        raise ArgumentError(f"limit is {limit} and offset {offset}; give numbers from 0")
    if limit + offset > MAX_HITS:
        raise ArgumentError(f"limit + offset is {limit + offset}; at most {MAX_HITS}: narrow the query instead")
    if match not in get_args(MatchMode):
        raise ArgumentError(f"match is {match!r}; give one of {', '.join(get_args(MatchMode))}")
