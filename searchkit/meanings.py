"""What does a question mean, as the vectors of an index say it? What made them is asked, once for each text."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from functools import partial
from threading import Lock, Thread
from typing import NamedTuple, TypeVar

from searchkit.engines.base import Deadline, Meaning, Reader
from searchkit.errors import ArgumentError, EmbedderError, EmbedderMismatchError
from searchkit.meaning.embedder import DEFAULT_EMBEDDER, Embedder, check_same, embedder_of, meaning_of, vectors_of
from searchkit.meaning.passages import plain
from searchkit.query.conditions import Held
from searchkit.query.meant import conditions, meant
from searchkit.query.narrowing import Narrowing
from searchkit.query.parse import Parsed
from searchkit.query.resolve import MatchMode, resolve
from searchkit.query.tree import Near, Node, Not, Nothing, Ranked
from searchkit.query.words import QueryWords

T = TypeVar("T")

_REMEMBERED = 1_000  # queries, each of which takes some 2 KB
_LONG = 0.2  # seconds for an answer that is none
_LEFT_ALONE = 30.0  # seconds after that, in which words are searched alone


class Meaningful(NamedTuple):
    """What is asked: a parsed query, or the id of a document that others are to be like.

    `match` is how its words are to be matched, and `alone` says whether nothing but meaning counts.
    """

    parsed: Parsed
    match: MatchMode = "auto"
    alone: bool = False
    like: str | None = None


class Meanings:
    """Knows what questions mean. Safe to share between threads.

    Args:
        embedder: Makes them. None for the one that made those of the index, where it needs no address and no download.
    """

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder
        self._same: Meaning | None = None  # what the embedder has been compared with
        self._known: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()
        self._outage = _Outage()

    def near(
        self, asked: Meaningful, reader: Reader, words: QueryWords, deadline: Deadline | None = None
    ) -> Near | None:
        """Return what finds documents by the meaning of a question; None where that means nothing.

        Args:
            asked: The question.
            reader: Of the documents.
            words: Makes terms of the words.
            deadline: Until when a search may take: the embedder is waited for as long as half of what is left.

        Raises:
            ArgumentError: The index has no vectors.
            MissingExtraError: The package of the embedder is not installed.
            EmbedderMismatchError: Another embedder made the vectors of the index.
            EmbedderError: None was given and the index says none that can be taken by its name, or it fails.
        """
        meaning = reader.meaning
        if meaning is None:
            raise ArgumentError("the index has no vectors, which say what its texts mean; make them: searchkit embed")
        if asked.like is not None:
            vector = _vector_of(asked.like, reader)
        else:
            text = plain(meant(asked.parsed.clauses))
            seconds = None if deadline is None else deadline.left / 2
            vector = self._vector(text, meaning, seconds) if text else None
        return None if vector is None else Near(vector, _among(asked, words), alone=asked.alone)

    def _vector(self, text: str, meaning: Meaning, seconds: float | None) -> bytes:
        with self._lock:
            embedder, is_same = self._chosen(meaning), self._same == meaning
            known = self._known.get(text) if is_same else None
            if known is not None:
                self._known.move_to_end(text)
                return known
            self._outage.check()
        with self._outage.noted():
            vector = _within(seconds, partial(_made, embedder, text, None if is_same else meaning))
            if len(vector) != 4 * meaning.dimensions:
                raise EmbedderMismatchError(f"{embedder.name} makes vectors of other dimensions than it did")
        with self._lock:
            if self._same != meaning:
                self._same, self._known = meaning, OrderedDict()
            self._known[text] = vector
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return vector

    def _chosen(self, meaning: Meaning) -> Embedder:
        """Return the embedder that was given, or the one that made the vectors of the index."""
        if self._embedder is None:
            if meaning.embedder != DEFAULT_EMBEDDER:
                raise EmbedderError(
                    f"{meaning.embedder} made the vectors of this index; name it, as an index tells no address to ask: "
                    "--embedder, in Python SearchIndex.open(path, embedder=...)"
                )
            self._embedder = embedder_of(DEFAULT_EMBEDDER)
        return self._embedder


def _made(embedder: Embedder, text: str, meaning: Meaning | None) -> bytes:
    """Return the vector of a text, from the embedder that has made what has this meaning; None if that is known."""
    # The question first: a server that is not there is not waited for as long as for vectors of documents.
    vector: bytes = vectors_of(embedder.queries, [text], embedder.dimensions)[0].astype("<f4").tobytes()
    if meaning is not None:
        check_same(meaning, meaning_of(embedder))
    return vector


def _within(seconds: float | None, work: Callable[[], T]) -> T:
    """Return what comes of some work, if that comes in time; what takes longer is left alone.

    Raises:
        EmbedderError: It does not.
    """
    if seconds is None:
        return work()
    done: Future[T] = Future()
    Thread(target=_fulfil, args=(done, work), daemon=True).start()
    if not wait([done], seconds).done:
        raise EmbedderError(f"the embedder takes longer than {seconds:.1f} s, half of the time that a search has")
    return done.result()


def _fulfil(done: Future[T], work: Callable[[], T]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 (raised where it is waited for)
        done.set_exception(error)


class _Outage:
    """The last time that an embedder was waited for in vain, so that of many questions one waits and not each."""

    def __init__(self) -> None:
        self._error: EmbedderError | None = None
        self._until = 0.0

    def check(self) -> None:
        """Go on, if it may be asked; who asks after a failure is the only one for a while.

        Raises:
            EmbedderError: It has failed, not long ago.
        """
        if self._error is None:
            return
        now = time.monotonic()
        if now < self._until:
            raise type(self._error)(str(self._error))
        self._until = now + _LEFT_ALONE

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note whether it fails, and only after a while: what is told at once can be asked again at once."""
        begun = time.monotonic()
        try:
            yield
        except EmbedderError as error:
            now = time.monotonic()
            lasts = now - begun > _LONG and not isinstance(error, EmbedderMismatchError)
            self._error = error if lasts else None
            self._until = now + _LEFT_ALONE
            raise
        self._error = None


def _vector_of(id_: str, reader: Reader) -> bytes | None:
    """Return what a document is about."""
    (match,) = reader.search(Not(Nothing()), limit=1, narrowing=Narrowing(Held("id", (id_,)))).matches
    return reader.vector_of(match.number)


def _among(asked: Meaningful, words: QueryWords) -> Node | None:
    """Return what must hold of a document that answers for its meaning; None where nothing must."""
    parsed = asked.parsed
    if asked.match != "all":
        parsed = parsed._replace(clauses=conditions(parsed.clauses))
    if not parsed.clauses.clauses:
        return None
    node = resolve(parsed, words, "all")
    return node.answers if isinstance(node, Ranked) else node
