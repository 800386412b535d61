"""Where do terms live, and who scores them? What an engine promises, in three protocols.

An `Engine` hands out a `Reader` (one commit, unchanging) and a `Writer` (one at a time). It knows nothing of Persian
beyond the analyzer it is given, and nothing of Whoosh leaves its own folder. `tests/engines/contract.py` holds the
promises as a test class; a new engine inherits it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, Self, TypeAlias

from searchkit import arguments
from searchkit.documents import Document
from searchkit.errors import ArgumentError, SearchTimeoutError
from searchkit.query.tree import Node, Prefix
from searchkit.results import ScoreExplanation

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from searchkit.query.narrowing import Narrowing

Outcome: TypeAlias = Literal["added", "updated", "unchanged"]


Counted: TypeAlias = tuple[str | float, int]
"""A value, and how many documents have it."""


class Match(NamedTuple):
    """A document that a query found: its number in the reader it came from (opaque, dense from 0) and its score."""

    number: int
    score: float


class Page(NamedTuple):
    """The matches from `offset` on, best first and older first among equals.

    `total` counts all matches of the query, `complete` those of them that hold every word (see `Ranked`; all of any
    other query), `first` those in its first tier (0 where it has none). `cut` are the prefixes that more words begin
    with than were looked for. Where a search was narrowed, `facets` has the values of each facet with how many matches
    have them, and `hidden` is how many matches are not shown since a better one has the same value.
    """

    matches: tuple[Match, ...]
    total: int
    complete: int
    first: int = 0
    cut: tuple[Prefix, ...] = ()
    facets: tuple[tuple[str, tuple[Counted, ...]], ...] = ()
    hidden: int = 0


class Record(NamedTuple):
    """What the index remembers of a document besides its text: `fields["source"]` is where it was loaded from."""

    id: str
    digest: str
    source: str | None


class Meaning(NamedTuple):
    """What the vectors of an index are: who made them, and of which passages.

    Attributes:
        embedder: The name of what made them.
        dimensions: How many numbers each has.
        probe: The vector that it made of a sentence that is always the same, 32-bit and little-endian: another one has
            another, whatever it is called.
        words: How many words a passage has, about.
        most: How many passages of a text have vectors, from its beginning.
    """

    embedder: str
    dimensions: int
    probe: bytes
    words: int
    most: int


class Passage(NamedTuple):
    """A piece of the text of a document, `body[begin:end]`, and its vector: 32-bit numbers, of length 1."""

    begin: int
    end: int
    vector: npt.NDArray[np.float32]


class VectorCounts(NamedTuple):
    """How many documents have vectors, how many passages these are of, and how many bytes they take."""

    documents: int = 0
    passages: int = 0
    size: int = 0


class Deadline:
    """When a search must be done. An engine looks at it between its steps, so it may be passed by the longest of them.

    Args:
        seconds: From now.

    Raises:
        ArgumentError: The seconds are no number from 0.
    """

    __slots__ = ("_end", "_seconds")

    def __init__(self, seconds: float) -> None:
        self._seconds = arguments.seconds("timeout", seconds)
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """How many seconds there are still, from 0."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return not self.left

    def check(self) -> None:
        """Go on, if there is time.

        Raises:
            SearchTimeoutError: There is none.
        """
        if self.passed:
            raise SearchTimeoutError(
                f"the search was not done after {self._seconds} s; ask for fewer or longer words, or allow more time"
            )


class Among(Protocol):
    """Some documents of a commit, asked for what they hold. No other document makes a difference to what is returned.

    Equally frequent words come in code-point order.
    """

    def words(self, prefix: str, limit: int, besides: Collection[str] = ()) -> list[tuple[str, int]]:
        """Return the terms that begin so, the most frequent first, besides some that are not asked for.

        Each comes with how many of the documents hold it in that of the fields of text where the most do.
        """

    def holding(self, term: str) -> tuple[int, int | None]:
        """Return how many of the documents hold a term in any field, and the number of a short one, if there is any."""

    def titles(self, prefixes: Sequence[str] | None, limit: int) -> list[tuple[int, int]]:
        """Return numbers of documents whose titles hold a word with one of the prefixes, or any (None), one of each.

        The most frequent title comes first and of equally frequent ones that of fewer words; each comes with how many
        of the documents have it. Titles are the same if their words are, folded, and in the same order.
        """


class Reader(Protocol):
    """One commit of the index; what others write meanwhile is not seen. Safe to share between threads."""

    def __len__(self) -> int:
        """Return how many documents there are."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...

    @property
    def version(self) -> str:
        """What no other commit of any index is called, in hexadecimal digits."""

    @property
    def fields(self) -> Mapping[str, str]:
        """The fields that searches can be narrowed by, their kinds by name; see `query.fields`."""

    def search(
        self,
        query: Node,
        *,
        limit: int,
        offset: int = 0,
        deadline: Deadline | None = None,
        narrowing: Narrowing | None = None,
    ) -> Page:
        """Find the documents of a resolved query (its leaves are `Terms` and `Prefix`).

        What is narrowed away counts in nothing that is returned.

        Raises:
            SearchTimeoutError: The deadline has passed.
        """

    def explain(self, query: Node, match: Match, narrowing: Narrowing | None = None) -> ScoreExplanation:
        """Return why a match of a query, narrowed so, has its score."""

    def documents(self, numbers: Sequence[int]) -> list[Document]:
        """Return the stored documents of matches of this reader, in the order asked."""

    def ids(self, numbers: Sequence[int]) -> list[str]:
        """Return the ids of matches of this reader, in the order asked, without reading what is stored."""

    def get(self, id_: str) -> Document | None:
        """Return the document with this id, or None if there is none."""

    def records(self) -> Iterator[Record]:
        """Return every document's record, oldest first."""

    def frequency(self, term: str, field: str | None = None) -> int:
        """Return how many documents hold the term in the field (None: the most of any field); 0 if there is none."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts that the documents lie in; what lies in a part never changes."""

    def words(self, part: str, low: str = "", high: str = "") -> Iterator[tuple[str, int]]:
        """Return the words in the texts of a part, folded, each once, with how many documents hold it, deleted too.

        The dictionary forms of words are among them, whether they stand there or not.

        Args:
            part: One of `parts`.
            low: The words from here on in code-point order,
            high: up to but not including this one, unless it is empty.
        """

    def among(self, query: Node | None = None, narrowing: Narrowing | None = None, field: str | None = None) -> Among:
        """Return what can be asked of the documents that answer a resolved query (None: all) and are let through.

        Of the narrowing its condition counts; of the texts that of one field, or of any (None).
        """

    def vocabulary(self, prefix: str = "", field: str | None = None) -> Iterator[str]:
        """Return the terms that begin so, each once, in code-point order."""

    @property
    def meaning(self) -> Meaning | None:
        """What the vectors of the index are; None where it has none."""

    @property
    def vectors(self) -> VectorCounts:
        """How many there are."""

    def without_vectors(self, part: str) -> list[int]:
        """Return the numbers of the documents of a part that nobody has given vectors, ascending.

        A document without a text that was given none, since there is nothing to give, is not among them.
        """

    def vector_of(self, number: int) -> bytes | None:
        """Return the mean of the vectors of a document, of length 1, as `tree.Near` has it; None where it has none."""

    def nearest_passage(self, number: int, vector: bytes) -> tuple[int, int] | None:
        """Return which piece of the text of a document means most what a vector does; None where it has none."""

    def close(self) -> None:
        """Let go of files. Safe to call twice."""


class Writer(Protocol):
    """A batch of changes, all visible at once when the `with` block ends, none if it raises."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def put(self, document: Document) -> Outcome:
        """Add the document, or replace the one with its id, unless that is the same.

        Raises:
            DocumentError: A value does not fit the kind of its field; nothing is changed by this call.
        """

    def delete(self, id_: str) -> bool:
        """Remove the document; False if there is none."""


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write an index. What is written does not depend on it.

    Attributes:
        memory: Bytes that documents may take before they are written to disk, about. What has been learnt of words,
            and an id and a digest for each document of a batch, come on top of it.
        jobs: How many processes analyze, this one included, from 1.
        wait: Seconds to wait while others write; 0 does not wait.
        commit_every: After how many documents, or how much time, a long `SearchIndex.add` commits what it has so far;
            None commits once, at its end.

    Raises:
        ArgumentError: A number is too small, or none.
    """

    memory: int = 256 << 20
    jobs: int = 1
    wait: float = 30.0
    commit_every: int | dt.timedelta | None = None

    def __post_init__(self) -> None:
        arguments.number("memory", self.memory, 1)
        arguments.number("jobs", self.jobs, 1)
        arguments.seconds("wait", self.wait)
        if isinstance(self.commit_every, dt.timedelta):
            if self.commit_every <= dt.timedelta(0):
                raise ArgumentError(f"commit_every is {self.commit_every}; give a time above 0")
        elif self.commit_every is not None:
            arguments.number("commit_every", self.commit_every, 1)


class Info(NamedTuple):
    """What there is to say about an index.

    `documents` and `terms` are counts, `size` is in bytes, `generation` counts commits. `fields` are those that the
    index was given to narrow searches by, their kinds by name, and `words` how many lines of its own words a site has
    in force. Where the index has vectors, or is meant to, `embedder` names who makes them, of passages of about
    `passage_words` words.
    """

    engine: str
    analyzer: str
    fingerprint: str
    documents: int
    terms: int
    size: int
    generation: int
    fields: Mapping[str, str]
    words: int = 0
    embedder: str | None = None
    passage_words: int = 0
    vectors: VectorCounts = VectorCounts()


class Optimized(NamedTuple):
    """What `Engine.optimize` has gained.

    `segments_before` and `segments` are counts, `dropped` is how many deleted documents have left the disk,
    `size_before` and `size` are the bytes of the segments.
    """

    segments_before: int
    segments: int
    dropped: int
    size_before: int
    size: int


class Engine(Protocol):
    """An open index. Safe to share between threads."""

    def reader(self) -> Reader:
        """Return a reader of the newest commit."""

    def writer(self, options: WriteOptions | None = None) -> Writer:
        """Return a writer.

        Raises:
            IndexLockedError: Another one is at work, in this process or another.
            StorageError: The system does not let it write; the same from what the writer does.
        """

    def give(self, fields: Mapping[str, str]) -> None:
        """Give an index without documents fields that searches can be narrowed by, instead of those it has.

        Raises:
            FieldsMismatchError: It has documents and other fields.
            IndexLockedError, StorageError: See `writer`.
        """

    def enrich(
        self, part: str, meaning: Meaning, passages: Callable[[Document], Sequence[Passage] | None]
    ) -> VectorCounts | None:
        """Give vectors to the documents of a part that have none; others may search and write meanwhile.

        Args:
            part: One of those of the newest reader.
            meaning: What the vectors are. All of an index are of one kind: where it has others, these go.
            passages: Returns the passages of a document, none at all of one without a text, or None for a document
                whose turn has not come yet. It is called once for each document without vectors, in their order.

        Returns:
            How many documents were given vectors (one without a text counts), of how many passages and bytes, or None
            if the part has gone since: others have merged it, or given it vectors.

        Raises:
            ArgumentError: A vector is not of length 1 or of other dimensions, a passage lies beyond the text or does
                not begin behind the one before it, or the meaning is none.
            IndexLockedError, StorageError: See `writer`.
        """

    def approximate(self, part: str) -> bool:
        """Let a search by words and meaning find the nearest documents of a part without comparing all, if it is large.

        A few of them may then be missed; how near those come that are found is the same. That lasts until the part is
        merged with others or given more vectors.

        Args:
            part: One of those of the newest reader.

        Returns:
            Whether that has made a difference; not where the part is small, or has gone since.

        Raises:
            IndexLockedError, StorageError: See `writer`.
        """

    def optimize(self, options: WriteOptions | None = None) -> Optimized:
        """Write the index as if what it holds had been added at once: nothing deleted is left on the disk.

        Raises:
            IndexLockedError, StorageError: See `writer`.
        """

    def snapshot(self, path: Path) -> None:
        """Copy the newest commit into a new folder, whole, whoever writes meanwhile.

        Raises:
            StorageError: There is something at the path, or it cannot be written.
        """

    def info(self) -> Info:
        """Describe the index. What is deleted does not count, but for its bytes."""

    def close(self) -> None:
        """Let go of files. Safe to call twice."""
