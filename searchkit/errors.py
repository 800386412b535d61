"""What can go wrong. Each message ends in what to do next.

SearchKitError
├── DocumentError           a Document cannot be indexed as it is           (who wrote the caller mends it)
├── LoadError               a file or stream cannot be read                 (skipped and reported, the rest goes on)
├── ArgumentError           a call was misused: a negative limit, an unknown match mode
├── WordsError              the file of a site's own words is not as it must be
├── SearchTimeoutError      a search took longer than it was allowed to
├── RemovalRefusedError     more documents would be removed than was allowed   (nothing was changed)
├── WorkerError             one of several processes that indexed has died      (nothing was changed)
├── MissingExtraError       a package that only some need is not installed
├── EmbedderError           what makes vectors of texts did not, or made what are none
│   └── EmbedderMismatchError   the vectors of the index were made by another one
└── StorageError            the index on disk
    ├── IndexNotFoundError      there is none, and it was not to be created
    ├── IndexCorruptError       a file of it is damaged or foreign
    ├── IndexLockedError        another process or thread is writing
    ├── IndexLockLostError      another one took over while this one wrote   (nothing of this one is kept)
    ├── IndexVersionError       written by another version of searchkit
    ├── FieldsMismatchError     it was given other fields to narrow searches by
    └── AnalysisMismatchError   its terms were made by another analyzer
"""

from __future__ import annotations

from collections.abc import Sequence


class SearchKitError(Exception):
    """Everything that searchkit raises on purpose."""


class DocumentError(SearchKitError, ValueError):
    """A document has a value that cannot be indexed."""


class LoadError(SearchKitError):
    """A source cannot be read; `source` names it and `reason` says why."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class ArgumentError(SearchKitError, ValueError):
    """An argument is outside its range."""


class CursorError(ArgumentError):
    """A page cannot be gone on from: the index has changed since, or the cursor belongs to no such search."""


class SearchTimeoutError(SearchKitError, TimeoutError):
    """A search was not done when its time was over."""


class WordsError(SearchKitError, ValueError):
    """The file of a site's own words is not as it must be.

    Attributes:
        source: The file.
        problems: What is wrong with it, each with its line.

    Args:
        more: How many problems there are besides.
    """

    def __init__(self, source: str, problems: Sequence[str], more: int = 0) -> None:
        self.source = source
        self.problems = (*problems, f"and {more:,} more") if more > 0 else tuple(problems)
        super().__init__("\n".join([f"{source} cannot be used:", *self.problems]))


class RemovalRefusedError(SearchKitError):
    """More of the documents in the index would be removed than was allowed.

    Attributes:
        removed: How many would go.
        total: How many there are.
    """

    def __init__(self, removed: int, total: int) -> None:
        super().__init__(
            f"this would remove {removed:,} of the {total:,} documents in the index, so nothing was changed; "
            "look whether everything was given, and allow it if it is meant"
        )
        self.removed = removed
        self.total = total


class WorkerError(SearchKitError):
    """A process that helped to index has died."""


class MissingExtraError(SearchKitError, ImportError):
    """A package that comes with an extra of this distribution is not installed.

    Args:
        what: What needs it, as the beginning of a sentence in the plural.
        package: What is missing.
        extra: What brings it.
    """

    def __init__(self, what: str, package: str, extra: str) -> None:
        super().__init__(f"{what} need {package}, which is not installed: pip install 'persian-searchkit[{extra}]'")


class EmbedderError(SearchKitError):
    """What makes vectors of texts cannot be used, or its answer cannot."""


class EmbedderMismatchError(EmbedderError):
    """The vectors of the index were made by another embedder, so those of a question would not meet them."""


class StorageError(SearchKitError):
    """The index on disk cannot be used."""


class IndexNotFoundError(StorageError, FileNotFoundError):
    """There is no index at this place."""


class IndexCorruptError(StorageError):
    """A file of the index is damaged, incomplete or foreign."""


class IndexLockedError(StorageError):
    """Another writer holds the index."""


class IndexLockLostError(StorageError):
    """Somebody removed or took over the lock of a writer, or wrote beside it."""


class IndexVersionError(StorageError):
    """The index has a format that this version does not read."""


class FieldsMismatchError(StorageError):
    """The index has documents and other fields than it is opened with, or of other kinds."""


class AnalysisMismatchError(StorageError):
    """The index was made by another analyzer, so its terms would not meet the query's."""
