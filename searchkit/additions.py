"""What becomes of documents that are added, and of those that do not come again?"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from os.path import commonprefix
from pathlib import PurePosixPath
from time import monotonic
from typing import NamedTuple, TypeAlias

from searchkit.documents import Document, Report, Skip
from searchkit.engines.base import Reader, Writer
from searchkit.errors import DocumentError, RemovalRefusedError

_FEW_DOCUMENTS = 64
_FEW_CHARACTERS = 1 << 20

MAX_TEXT = 5_000_000
"""Code points of a text that are taken, by default: ten novels. All take a few seconds and 300 MB."""

_MAX_TITLE = 10_000
_UNLIKE = 1_000_000
"""Code points of a text that are taken if it is no language: if its written forms, each counted once, have more. Ten
novels have half as many. To work out a new form takes thirty times as long as to meet one again."""

_BETWEEN = re.compile("[/!]")  # folders, and files and their members

_PHRASES = "\ufdfa\ufdfb\ufdfd"
_PHRASE = 18  # letters of these ligatures of several words, at most
_WORD = 100  # letters of a word at most that is not cut in two

Added: TypeAlias = Document | Skip


def few(documents: Iterator[Added]) -> tuple[list[Added], bool]:
    """Take the first documents, so few that they can wait in memory; say whether these are all.

    >>> few(iter([]))
    ([], True)
    """
    taken: list[Added] = []
    characters = 0
    for document in islice(documents, _FEW_DOCUMENTS):
        taken.append(document)
        characters += len(document.body) if isinstance(document, Document) else 0
        if characters > _FEW_CHARACTERS:
            return taken, False
    return taken, len(taken) < _FEW_DOCUMENTS


class Removal(NamedTuple):
    """Which documents go when they do not come again.

    Attributes:
        roots: Those of these sources or below them, but for what could not be read and what lies below that.
        replaced: Those with these ids, which were in the index that a fresh one replaces.
        most: The share of those that were there that may go.
    """

    roots: tuple[str, ...] = ()
    replaced: frozenset[str] = frozenset()
    most: float = 1.0


class Addition:
    """Documents on their way into an index.

    Args:
        removal: What goes when it does not come again; nothing by default.
        max_text: How many code points of a text are taken; what is left out is told in the report.
    """

    def __init__(self, removal: Removal | None = None, max_text: int = MAX_TEXT) -> None:
        self._removal = removal or Removal()
        self._max_text = max_text
        self._counts: Counter[str] = Counter()
        self._skipped: list[Skip] = []
        self._unread: set[str] = set()
        self._seen: set[str] = set()

    @property
    def report(self) -> Report:
        """What has become of the documents so far."""
        return Report(**self._counts, skipped=tuple(self._skipped))

    def put(self, documents: Iterable[Added], writer: Writer, every: int | dt.timedelta | None = None) -> bool:
        """Put documents into an index; say whether these were all.

        Args:
            documents: They are streamed.
            writer: Takes them.
            every: After how many documents, or how much time, to leave off.

        Raises:
            DocumentError: Something else than a document was given.
        """
        until = monotonic() + every.total_seconds() if isinstance(every, dt.timedelta) else None
        left = every if isinstance(every, int) else None
        for document in documents:
            self._put(document, writer)
            if left is not None:
                left -= isinstance(document, Document)
            if left == 0 or (until is not None and monotonic() >= until):
                return False
        return True

    def _put(self, document: Added, writer: Writer) -> None:
        if isinstance(document, Skip):
            self._skipped.append(document)
            self._unread.add(document.source)
            return
        if not isinstance(document, Document):
            raise DocumentError(
                f"{type(document).__name__} is no Document; build one with searchkit.Document(id=…, body=…)"
            )
        document, left_out = _bounded(document, self._max_text)
        try:
            self._counts[writer.put(document)] += 1
            self._skipped += left_out
        except DocumentError as error:  # one of its values does not fit: what it was before stays
            self._skipped.append(Skip(str(document.fields.get("source") or document.id), str(error)))
        if self._removal.roots or self._removal.replaced:
            self._seen.add(document.id)

    def remove(self, writer: Writer, reader: Reader) -> None:
        """Remove what did not come again, once all documents are put.

        Args:
            writer: Removes them.
            reader: Of the documents that are there.

        Raises:
            RemovalRefusedError: That is more than may go.
        """
        if self._removal.roots:
            roots = {written for root in self._removal.roots for written in (root, str(PurePosixPath(root)))}
            begin = "" if roots & {".", "/"} else commonprefix(list(roots))  # noqa: RUF071 (that is meant)
            gone = [
                record.id
                for record in reader.records()
                if (source := record.source)
                and (source.startswith(begin) or "//" in source or "./" in source)  # most are passed over by this alone
                and record.id not in self._seen
                and self._is_gone(source, roots)
            ]
            self._counts["removed"] = sum(map(writer.delete, gone))
        removed = self._counts["removed"] + len(self._removal.replaced - self._seen)
        total = len(self._removal.replaced) or (len(reader) if removed else 0)
        if removed > self._removal.most * total:
            raise RemovalRefusedError(removed, total)

    def _is_gone(self, source: str, roots: set[str]) -> bool:
        """Tell whether what does not come again from a source is gone: not if that could not be read."""
        return not roots.isdisjoint(_holders(source)) and self._unread.isdisjoint(_holders(source))


def _bounded(document: Document, most: int) -> tuple[Document, list[Skip]]:
    """Return as much of a document as is taken, and what is left out."""
    if len(document.body) <= min(most, _UNLIKE) and len(document.title) <= _MAX_TITLE:
        return document, []
    body, title, why = _up_to(document.body, most), _up_to(document.title, _MAX_TITLE), ""
    if len(body) > _UNLIKE and _is_unlike(body):
        body, why = _up_to(body, _UNLIKE), ", of which hardly a word comes twice"
    source = document.fields.get("source", document.id)
    of = "" if source == document.id else f" of document {document.id}"
    left_out = [
        Skip(str(source), f"the {name}{of} after its first {len(taken):,} characters{why}")
        for name, whole, taken, why in (("text", document.body, body, why), ("title", document.title, title, ""))
        if len(taken) < len(whole)
    ]
    return replace(document, body=body, title=title), left_out


def _up_to(text: str, end: int) -> str:
    """Return what stands before a place in a text, less a part of a word where the word begins near it."""
    if len(text) <= end or text[end].isspace():
        return text[:end]
    blank = max(text.rfind(white, max(0, end - _WORD), end) for white in " \n")
    return text[: blank if blank > 0 else end]


def _is_unlike(text: str) -> bool:
    """Tell whether a text is no language: its written forms are too many."""
    phrases = _PHRASE * sum(map(text.count, _PHRASES))
    return phrases + sum(map(len, set(text.split()))) > _UNLIKE


def _holders(source: str) -> Iterator[str]:
    """Yield a source and what it lies in or is a member of; "." holds no absolute paths, and not "-" or "..".

    >>> list(_holders("docs/a.zip!b/c.txt"))
    ['docs/a.zip!b/c.txt', 'docs', 'docs/a.zip', 'docs/a.zip!b', '.']
    >>> list(_holders("/a")), list(_holders("../a")), list(_holders("./a//b"))
    (['/a', '/'], ['../a', '..'], ['./a//b', 'a/b', 'a', '.'])
    """
    yield source
    if "//" in source or "/./" in source or source.startswith("./") or source.endswith("/"):
        source = str(PurePosixPath(source))
        yield source
    if source.startswith("/"):
        yield "/"
    yield from (source[: found.start()] for found in _BETWEEN.finditer(source, 1))
    if source != "-" and not source.startswith("/") and source.partition("/")[0] != "..":
        yield "."
