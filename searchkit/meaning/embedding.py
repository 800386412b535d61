"""How does an index get vectors? Its documents without any are cut, embedded, and given what was made of them.

What was made is kept beside the index, batch by batch, and given to it every now and then: whoever ends the work loses
a batch. The index is written for as long as that takes and no longer, so others add documents meanwhile, and these get
vectors too before the work ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from time import monotonic
from typing import NamedTuple

from searchkit import arguments
from searchkit.documents import Document, Span
from searchkit.engines.base import Engine, Meaning, Passage, Reader
from searchkit.errors import ArgumentError, EmbedderMismatchError, IndexLockedError
from searchkit.meaning.embedder import Embedder, alike, check_same, meaning_of, vectors_of
from searchkit.meaning.passages import MOST_PASSAGES, PASSAGE_WORDS, passages, text_of
from searchkit.meaning.store import KnownVectors, VectorStore, digest_of

_MOST = 1_000_000  # words of a passage, and passages of a text
_DOCUMENTS = 16  # that are read and cut at once
_TEXTS = 16  # that are embedded at once: what a kill loses
_FIRST = 30.0  # seconds before the first vectors are given
_SHARE = 20  # times as long as giving took last time is embedded before it is done again


class Embedded(NamedTuple):
    """What has become of the documents without vectors.

    Attributes:
        documents: How many have some now; one without a text counts too.
        passages: How many these are of.
        embedded: How many of them were made.
        reused: How many were known: another document has the same passage, or it was made before.
        left: How many documents have none, as the work was ended.
    """

    documents: int = 0
    passages: int = 0
    embedded: int = 0
    reused: int = 0
    left: int = 0


class EmbeddingProgress(NamedTuple):
    """How far the work has come: documents that are done, of how many, and how many passages these have."""

    done: int
    total: int
    embedded: int
    reused: int


class Orders(NamedTuple):
    """What is wanted of the work.

    Attributes:
        words: How many words a passage has, about; None for as many as those of the index have.
        most: How many passages of a document have vectors, 0 for all; None as above.
        again: Whether what another embedder has made may go.
        approximate: Whether the nearest may be found without comparing all, where there are many.
        progress: Is told how far the work has come, after each batch.
        stopped: Tells whether to end it.
    """

    words: int | None = None
    most: int | None = None
    again: bool = False
    approximate: bool = False
    progress: Callable[[EmbeddingProgress], object] | None = None
    stopped: Callable[[], bool] = bool


class _CutPassage(NamedTuple):
    """A piece of a document, what is embedded of it, and the digest of that."""

    span: Span
    text: str
    digest: bytes


def embed(engine: Engine, embedder: Embedder, store: VectorStore, orders: Orders) -> Embedded:
    """Give vectors to all documents of an index that have none, and to those that are added meanwhile.

    Raises:
        ArgumentError: A number is too small, or none.
        EmbedderMismatchError: Another embedder has made those that the index has.
        EmbedderError: The embedder failed. What it made before is kept.
        IndexLockedError: Others wrote all the time. What was made is kept, for the next call.
        StorageError: The index or the store cannot be written.
    """
    for name, number, least in (("words", orders.words, 1), ("most", orders.most, 0)):
        if number is not None and arguments.number(name, number, least) > _MOST:
            raise ArgumentError(f"{name} is {arguments.shortened(number)}; give a number up to {_MOST:,}")
    with engine.reader() as reader:
        meaning = _meaning(reader.meaning, embedder, orders)
    work = _Work(engine, embedder, store.of(meaning), meaning, orders)
    try:
        while work.round() and not orders.stopped():
            pass
    except BaseException:
        work.save()
        raise
    if orders.approximate and not orders.stopped():
        with engine.reader() as reader:
            parts = reader.parts
        for part in parts:
            engine.approximate(part)
        work.round()  # of what was added meanwhile, which others have left to this one
    return work.report()


def _meaning(of_index: Meaning | None, embedder: Embedder, orders: Orders) -> Meaning:
    """Return what the vectors are to be: just as those of the index, if the same embedder has made these."""
    words = orders.words or (of_index.words if of_index else PASSAGE_WORDS)
    most = orders.most if orders.most is not None else of_index.most if of_index else MOST_PASSAGES
    meaning = meaning_of(embedder, words, most)
    if of_index is None:
        return meaning
    if not orders.again:
        check_same(of_index, meaning)
        if (of_index.words, of_index.most) != (words, most):
            raise EmbedderMismatchError(
                f"the vectors of this index are of passages of {of_index.words:,} words, "
                f"{of_index.most or 'all'} of a text; ask for these, or give it new vectors: searchkit embed --again"
            )
    if not alike(of_index, meaning):
        return meaning
    return of_index._replace(words=words, most=most)  # its probe may have been rounded otherwise


class _Work:
    """Documents on their way to their vectors.

    Args:
        engine: Holds them.
        embedder: Makes what is not known.
        known: What is known.
        meaning: What the vectors are.
        orders: What is wanted.
    """

    def __init__(
        self, engine: Engine, embedder: Embedder, known: KnownVectors, meaning: Meaning, orders: Orders
    ) -> None:
        self._engine = engine
        self._embedder = embedder
        self._known = known
        self._meaning = meaning
        self._orders = orders
        self._ready: dict[str, dict[str, int]] = defaultdict(dict)  # how many passages which documents have, by part
        self._given = Embedded()
        self._has_begun = False
        self._done = self._total = self._passages = self._embedded = 0
        self._due = monotonic() + _FIRST

    def round(self) -> bool:
        """Go on with the newest commit until vectors were given; tell whether there is more to do."""
        self._begin()
        self._has_begun = True
        with self._engine.reader() as reader:
            parts = reader.parts
            todo = {part: reader.without_vectors(part) for part in parts}
            self._total = self._done + sum(map(len, todo.values()))
            self._tell()
            for part, numbers in todo.items():
                for at in range(0, len(numbers), _DOCUMENTS):
                    if self._orders.stopped():
                        break
                    self._take(part, reader.documents(numbers[at : at + _DOCUMENTS]))
                    if monotonic() >= self._due and self._give_all():
                        return True  # what is given vectors has become another part
                self._give_all([part])
        self._give_all(last=True)
        with self._engine.reader() as newest:
            left = waiting(newest)
            return left > 0 and (newest.parts != parts or left < sum(map(len, todo.values())))

    def _begin(self) -> None:
        """Let those vectors of the index go that are of another kind, so that their documents have none."""
        with self._engine.reader() as reader:
            of_index, parts = reader.meaning, reader.parts
        if of_index is None or of_index == self._meaning or not parts:
            return
        if self._has_begun:
            raise EmbedderMismatchError("another program has given the index other vectors meanwhile; ask again")
        self._engine.enrich(parts[0], self._meaning, lambda _: None)

    def _take(self, part: str, documents: Sequence[Document]) -> None:
        """Have vectors made of what is not known of some documents."""
        cuts = {document.id: self._cut(document) for document in documents}
        texts = {cut.digest: cut.text for each in cuts.values() for cut in each}
        missing = texts.keys() - self._known.get(texts).keys()
        ready = sorted(missing, key=lambda digest: (len(texts[digest]), digest))
        for at in range(0, len(ready), _TEXTS):
            if self._orders.stopped():
                return
            some = ready[at : at + _TEXTS]
            made = vectors_of(self._embedder.documents, [texts[each] for each in some], self._meaning.dimensions)
            self._known.put(dict(zip(some, made, strict=True)))
            self._embedded += len(some)
            self._tell()
        self._done += len(documents)
        self._passages += sum(map(len, cuts.values()))
        self._ready[part].update({id_: len(each) for id_, each in cuts.items()})
        self._tell()

    def _cut(self, document: Document) -> list[_CutPassage]:
        spans = passages(document.body, self._meaning.words, self._meaning.most) or [(0, 0)]  # a title alone means, too
        texts = [(span, text_of(document.title, document.body, span)) for span in spans]
        return [_CutPassage(span, text, digest_of(text)) for span, text in texts if text]

    def _tell(self) -> None:
        if self._orders.progress is not None:
            self._orders.progress(EmbeddingProgress(self._done, self._total, self._embedded, self._reused))

    @property
    def _reused(self) -> int:
        """How many passages were known."""
        return max(self._passages - self._embedded, 0)

    def _give_all(self, parts: Iterable[str] | None = None, *, last: bool = False) -> bool:
        """Give the index what is ready, and tell whether that went well.

        Where others write, it waits until the next time, unless there is nothing else to do.
        """
        begun, given = monotonic(), True
        for part in list(self._ready if parts is None else parts):
            try:
                self._give(part)
            except IndexLockedError:
                given = False
                if last:
                    raise
        ended = monotonic()
        self._due = ended + max(_FIRST, _SHARE * (ended - begun))
        return given

    def _give(self, part: str) -> None:
        ready = self._ready.get(part)
        if not ready:
            return
        given = self._engine.enrich(part, self._meaning, self._passages_of(ready))
        del self._ready[part]
        if given is None:  # the part is gone: its documents come again with another one, and are known
            self._done -= len(ready)
            self._passages -= sum(ready.values())
        else:
            documents, count = self._given.documents + given.documents, self._given.passages + given.passages
            self._given = self._given._replace(documents=documents, passages=count)

    def _passages_of(self, ready: Collection[str]) -> Callable[[Document], Sequence[Passage] | None]:
        def passages_of(document: Document) -> Sequence[Passage] | None:
            if document.id not in ready:
                return None
            cuts = self._cut(document)
            known = self._known.get(cut.digest for cut in cuts)
            if any(cut.digest not in known for cut in cuts):
                return None  # it has changed since
            return [Passage(*cut.span, known[cut.digest]) for cut in cuts]

        return passages_of

    def save(self) -> None:
        """Give the index what is ready, as the work has been broken off, if that can be done."""
        try:
            self._give_all(last=True)
        except Exception:  # noqa: BLE001 (the error that broke it off is told; all vectors are in the store)
            return

    def report(self) -> Embedded:
        """Return what has become of the documents."""
        with self._engine.reader() as newest:
            return self._given._replace(embedded=self._embedded, reused=self._reused, left=waiting(newest))


def waiting(reader: Reader) -> int:
    """Return how many documents have no vectors."""
    return sum(len(reader.without_vectors(part)) for part in reader.parts)
