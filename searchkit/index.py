"""The façade: an index that takes documents in and answers queries with hits and snippets."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Self, get_args

from searchkit import arguments, highlight
from searchkit.documents import Document, Hit, Report, Results, Skip, Snippet
from searchkit.engines.base import Engine, Info, Reader, WriteOptions, Writer
from searchkit.errors import ArgumentError, DocumentError
from searchkit.persian import Analyzer, default_analyzer
from searchkit.query.parse import parse
from searchkit.query.resolve import Match, resolve, wanted
from searchkit.query.tree import Node
from searchkit.query.words import Words

__all__ = ["MAX_DEPTH", "SearchIndex", "WriteOptions"]

MAX_DEPTH = 10_000


class SearchIndex:
    """Documents that can be searched. One object serves any number of threads.

    Writing takes a lock for the length of one `add` or `delete`; a search sees a whole commit or nothing of it.
    """

    def __init__(self, engine: Engine, analyzer: Analyzer) -> None:
        self._engine = engine
        self._analyzer = analyzer
        self._words: Words | None = None

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, create: bool = True, fresh: bool = False) -> Self:
        """Open the index in a folder.

        Args:
            path: The folder.
            create: Make the folder and an empty index where there is none.
            fresh: Forget what is there: the first `add` replaces it, and readers see the old index until then.

        Raises:
            ArgumentError: The path is none.
            IndexNotFoundError: There is none and `create` is false.
            StorageError: The path leads to a file, or the system does not let it read or make the folder.
            IndexCorruptError, IndexVersionError, AnalysisMismatchError: It cannot be used as it is.
        """
        from searchkit.engines.whoosh.engine import WhooshEngine  # noqa: PLC0415 (numpy loads when an index opens)

        analyzer = default_analyzer()
        folder = arguments.folder("path", path)
        return cls(WhooshEngine(folder, analyzer, create=create, fresh=fresh), analyzer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __len__(self) -> int:
        with self._engine.reader() as reader:
            return len(reader)

    def close(self) -> None:
        """Let go of the index's files."""
        self._words = None
        self._engine.close()

    def info(self) -> Info:
        """Describe the index: counts, size, analyzer."""
        return self._engine.info()

    def add(
        self,
        documents: Iterable[Document | Skip],
        *,
        prune: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
        options: WriteOptions | None = None,
    ) -> Report:
        """Add documents, replacing those with the same ids; they are visible to searches on return.

        Args:
            documents: Any number of them; they are streamed. A `Skip` among them goes to the report.
            prune: A source (`fields["source"]`), a folder of sources, or several of them: documents from there that do
                not come again are removed, but for those of a source that was skipped.
            options: How much memory to take and how many processes. With several, a script must guard what it does
                with `if __name__ == "__main__"`, as the others import it.

        Raises:
            ArgumentError: An argument is of another kind, such as one document alone.
            IndexLockedError: Somebody else is writing.
            StorageError: The disk is full, or the folder cannot be written; nothing of this call is kept.
            DocumentError: Something else than a document was given; nothing of this call is kept.
            WorkerError: One of several processes has died; nothing of this call is kept.
        """
        counts: Counter[str] = Counter()
        skipped: list[Skip] = []
        roots = tuple(arguments.paths("prune", prune))
        seen: set[str] = set()
        if options is not None:
            arguments.instance("options", options, WriteOptions)
        several = arguments.several("documents", documents, Document, Skip)
        with self._engine.writer(options) as writer:
            for document in several:
                if isinstance(document, Skip):
                    skipped.append(document)
                    continue
                if not isinstance(document, Document):
                    raise DocumentError(f"{document!r} is no Document; build one with searchkit.Document(id=…, body=…)")
                counts[writer.put(document)] += 1
                if roots:
                    seen.add(document.id)
            if roots:
                counts["removed"] = self._prune(writer, roots, seen, {skip.source for skip in skipped})
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
        """Remove documents and return how many there were; ids that name none are passed over.

        Raises:
            ArgumentError: An id is no str, or one id was given alone; nothing is removed.
            IndexLockedError, StorageError: See `add`.
        """
        several = arguments.several("ids", ids)
        with self._engine.writer() as writer:
            return sum(writer.delete(arguments.instance("an id", id_, str)) for id_ in several)

    def search(
        self, query: str, *, limit: int = 10, offset: int = 0, match: Match = "auto", snippets: int = 1
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
            ArgumentError: An argument is outside its range or of another kind.
        """
        started = time.perf_counter()
        limit, offset = _page(limit, offset, match)
        snippets = arguments.number("snippets", snippets)
        parsed = parse(arguments.instance("query", query, str))
        with self._engine.reader() as reader:
            node = resolve(parsed, self._words_of(reader), match)
            page = reader.search(node, limit=limit, offset=offset)
            documents = reader.documents([found.number for found in page.matches])
        hits = tuple(
            Hit(document.id, found.score, document, pieces)
            for found, document, pieces in zip(
                page.matches, documents, self._snippets(documents, node, snippets), strict=True
            )
        )
        took = (time.perf_counter() - started) * 1000
        return Results(query, hits, page.total, page.first, took, limit, offset, parsed.problems)

    def rank(self, query: str, *, limit: int = 10, offset: int = 0, match: Match = "auto") -> list[tuple[str, float]]:
        """Find the ids of documents, best first, each with its score: the hits of `search`, without their texts.

        For those who keep the documents themselves, and for evaluation; the arguments are those of `search`.

        Raises:
            ArgumentError: An argument is outside its range or of another kind.
        """
        limit, offset = _page(limit, offset, match)
        parsed = parse(arguments.instance("query", query, str))
        with self._engine.reader() as reader:
            page = reader.search(resolve(parsed, self._words_of(reader), match), limit=limit, offset=offset)
            ids = reader.ids([found.number for found in page.matches])
        return [(id_, found.score) for id_, found in zip(ids, page.matches, strict=True)]

    def _words_of(self, reader: Reader) -> Words:
        """Return what makes the answers to words, with what it remembers of this reader's vocabulary."""
        words = self._words
        if words is None or words.vocabulary is not reader:
            words = self._words = Words(self._analyzer, reader)
        return words

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


def _page(limit: int, offset: int, match: str) -> tuple[int, int]:
    """Return the limit and the offset of a page that can be asked for."""
    limit, offset = arguments.number("limit", limit), arguments.number("offset", offset)
    if limit + offset > MAX_DEPTH:
        raise ArgumentError(f"limit + offset is {limit + offset}; at most {MAX_DEPTH}: narrow the query instead")
    if match not in get_args(Match):
        raise ArgumentError(f"match is {match!r}; give one of {', '.join(get_args(Match))}")
    return limit, offset
