"""What does a question ask of one commit? Words become terms, and what few ask for is worked out where it is asked."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

from searchkit import arguments
from searchkit.engines.base import Deadline, Match, Page, Reader
from searchkit.errors import ArgumentError, EmbedderError, MissingExtraError
from searchkit.persian import Analyzer
from searchkit.query.parse import MIN_PREFIX, Parsed, parse
from searchkit.query.resolve import MatchMode, hardly, rarest, resolve
from searchkit.query.tree import Clauses, Node, Not, Nothing, Prefix, Ranked
from searchkit.query.words import QueryWords
from searchkit.ranking import Ranking
from searchkit.results import ScoreExplanation

if TYPE_CHECKING:
    from searchkit.meaning.embedder import Embedder
    from searchkit.meanings import Meanings
    from searchkit.query.narrowing import Narrowing, Where
    from searchkit.query.own_words import OwnWords
    from searchkit.query.rewriting.rewriter import Rewriter, Rewritten
    from searchkit.query.rewriting.typed import Holds, TypedRow
    from searchkit.query.words_in_force import InForce
    from searchkit.rewriters import Rewriters

Mode: TypeAlias = Literal["auto", "words", "meaning"]
"""What finds documents: both, where the index has vectors; their words; or what they mean."""

MAX_HITS = 10_000
_UNREADABLE = {"keyboard", "script"}
"""Steps of rewriting without which the letters of a word say nothing."""

WORDS_FILE = "words.tsv"
"""The file of a site's own words in the folder of an index."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a search is asked; `SearchIndex.search` says what each part means.

    Attributes:
        like: Whether the query is the id of a document, and what is like that is looked for.
        deadline: Until when it may take; None for no limit.

    Raises:
        ArgumentError: A part is outside its range or of another kind.
    """

    query: str
    limit: int = 0
    offset: int = 0
    match: MatchMode = "auto"
    snippets: int = 0
    feedback: bool = False
    timeout: float | None = None
    where: Where | None = None
    sort: str = "score"
    facets: Iterable[str] = ()
    unique_by: str | None = None
    cursor: str | None = None
    exact: bool = False
    like: bool = False
    prefix: bool = False
    mode: Mode = "auto"
    deadline: Deadline | None = field(init=False)

    def __post_init__(self) -> None:
        arguments.instance("query", self.query, str)
        for name in ("limit", "offset", "snippets"):
            object.__setattr__(self, name, arguments.number(name, getattr(self, name)))
        if self.limit + self.offset > MAX_HITS:
            asked = arguments.shortened(self.limit + self.offset)
            raise ArgumentError(
                f"limit + offset is {asked}; at most {MAX_HITS}: narrow the query, go on by cursor, or take every hit: "
                "--all --jsonl, in Python scan"
            )
        if self.offset and self.cursor is not None:
            raise ArgumentError("offset and cursor are both given; a cursor says by itself where the next page begins")
        for name, kind in (("match", MatchMode), ("mode", Mode)):
            if getattr(self, name) not in get_args(kind):
                shown = arguments.shortened(getattr(self, name))
                raise ArgumentError(f"{name} is {shown}; give one of {', '.join(get_args(kind))}")
        object.__setattr__(self, "deadline", None if self.timeout is None else Deadline(self.timeout))


class Plan(NamedTuple):
    """A question in terms of one commit: what is looked for, how that is narrowed, and from which hit on."""

    question: Question
    reader: Reader
    parsed: Parsed
    narrowing: Narrowing | None
    node: Node
    start: int
    own: OwnWords | None = None
    rewritten: Rewritten | None = None
    clauses: Clauses | None = None  # of the rewritten query
    name: str | None = None  # of the document that others are to be like
    beginnings: tuple[tuple[Prefix, int], ...] = ()
    unmeant: str | None = None  # why meaning did not count, though the index has vectors

    @property
    def query(self) -> str:
        """What the results are called the answers to."""
        return self.question.query if self.name is None else self.name

    @property
    def read(self) -> Parsed:
        """The query as it is read: the one that it was rewritten to, if it was."""
        return self.parsed if self.clauses is None else self.parsed._replace(clauses=self.clauses)

    @property
    def meant(self) -> Parsed:
        """The query whose meaning is asked for: as typed, but on other keys or in other letters as it is read.

        A word that no document holds has a meaning, which a word that is spelt alike has not.
        """
        changes = () if self.rewritten is None else self.rewritten.changes
        return self.read if any(change.step in _UNREADABLE for change in changes) else self.parsed

    @property
    def narrows(self) -> bool:
        """Whether a condition lets some documents through alone."""
        return self.narrowing is not None and self.narrowing.where is not None

    @property
    def asked(self) -> tuple[object, ...]:
        """What makes the order of hits what it is."""
        question, narrowing = self.question, self.narrowing
        ordered = narrowing and narrowing._replace(facets=())
        own = self.own and self.own.digest
        how = question.match, question.feedback, question.like, question.exact, question.mode
        return question.query, how, ordered, self.beginnings, own, self.unmeant is None

    @property
    def unordered(self) -> Plan:
        """The same but for order and counts: only what may answer."""
        return self._replace(narrowing=self.narrowing and self.narrowing.only_where())

    def page(self, start: int, limit: int) -> Page:
        """Return the matches from one on."""
        return self.reader.search(
            self.node, limit=limit, offset=start, deadline=self.question.deadline, narrowing=self.narrowing
        )

    def explain(self, match: Match) -> ScoreExplanation:
        """Return why a match has its score."""
        return self.reader.explain(self.node, match, self.narrowing)


class Planner:
    """Makes plans of questions.

    Args:
        analyzer: Makes terms of words, and finds what answers in texts.
        ranking: How documents are scored.
        words: The file of the site's own words, which is read when it is first needed and has changed.
        required: Whether that must be there.
        embedder: What makes vectors of queries; None for the one that made those of the index, see `Meanings`.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        ranking: Ranking,
        words: Path | None = None,
        *,
        required: bool = False,
        embedder: Embedder | None = None,
    ) -> None:
        self._analyzer = analyzer
        self._ranking = ranking
        self._embedder = embedder
        self._words_file, self._required = words, required
        self._in_force: InForce | None = None
        self._reading = Lock()

    def own_words(self) -> OwnWords | None:
        """Return what the site says of words now; None if it says nothing.

        Raises:
            WordsError: Its file cannot be used, and could not before.
        """
        if self._words_file is None:
            return None
        before = self._in_force
        stamp = None
        if os.access(self._words_file, os.F_OK):  # each search asks, and most hear that there is none
            with suppress(OSError):
                seen = self._words_file.stat()
                stamp = seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino
        known = None if before is None else before.stamp
        changed = stamp != known or (self._required and before is None)
        # Others go on with what they have while one reads; who has nothing waits.
        if changed and self._reading.acquire(blocking=before is None):
            from searchkit.query.words_in_force import InForce, renewed  # noqa: PLC0415 (most sites have none)

            try:
                known_words = self._in_force or InForce()
                before = renewed(self._words_file, stamp, self._analyzer, known_words, required=self._required)
                self._in_force = before
            finally:
                self._reading.release()
        return None if before is None else before.told()

    def planned(self, question: Question, reader: Reader) -> Plan:
        """Return what a question asks of what a reader reads.

        Raises:
            CursorError: It was asked of another page.
        """
        plan = self._looked_for(question, reader)
        if question.cursor is None:
            return plan
        from searchkit.cursors import offset_of  # noqa: PLC0415 (few go on by a cursor)

        return plan._replace(start=offset_of(question.cursor, reader.version, plan.asked))

    def _looked_for(self, question: Question, reader: Reader) -> Plan:
        parsed = parse("" if question.like else question.query)
        narrowing = narrowing_of(question, parsed, reader)
        own = self.own_words()
        own = own.without_others() if own is not None and question.exact else own
        plan = Plan(question, reader, parsed, narrowing, Nothing(), question.offset, own)
        if question.like:
            from searchkit.similarity import Weighing  # noqa: PLC0415 (as below)

            like = Weighing(reader, self._analyzer, self._ranking).likeness(question.query, narrowing)
            plan = plan._replace(name=like.name, node=like.node, narrowing=like.narrowing)
        if question.prefix:
            plan = plan._replace(beginnings=self._beginnings(plan))
        if not question.like:
            plan = self._understood(plan._replace(node=self._resolved(plan)))
            plan = self._with_feedback(plan) if question.feedback else plan
            if question.exact or isinstance(plan.node, Nothing):  # as typed; or without a word
                return plan
        return plan if question.mode == "words" else self._with_meaning(plan)

    def _with_meaning(self, plan: Plan) -> Plan:
        """Return the plan with what means the same, where the index has vectors.

        Raises:
            ArgumentError: Nothing else is asked for, and it has none.
            MissingExtraError, EmbedderError: Nothing else is asked for, and the query can be given no vector.
        """
        question, alone = plan.question, plan.question.mode == "meaning"
        if plan.reader.meaning is None and not alone:
            return plan
        from searchkit.meanings import Meaningful  # noqa: PLC0415 (most indexes have no vectors)

        asked = Meaningful(plan.meant, question.match, alone, question.query if question.like else None)
        try:
            near = self._meanings.near(asked, plan.reader, self._words(plan), question.deadline)
        except (MissingExtraError, EmbedderError) as error:
            if alone:
                raise
            return plan._replace(unmeant=str(error))
        ranked = plan.node if isinstance(plan.node, Ranked) else Ranked(plan.node)
        if alone:  # no order of words counts
            ranked = Ranked(ranked.answers, complete=ranked.complete)
        elif question.match == "auto" and ranked.complete is None and not ranked.tiers:  # who holds a word holds each
            ranked = replace(ranked, tiers=(ranked.answers,))
        return plan._replace(node=replace(ranked, near=near)) if near else plan

    @cached_property
    def _meanings(self) -> Meanings:
        from searchkit.meanings import Meanings  # noqa: PLC0415 (most indexes have no vectors)

        return Meanings(self._embedder)

    def _resolved(self, plan: Plan) -> Node:
        """Return what the reader is asked for: every document, where nothing but a condition is."""
        if plan.narrows and not plan.read.clauses.clauses:
            return Not(Nothing())
        return resolve(plan.read, self._words(plan), plan.question.match, plan.beginnings)

    def _beginnings(self, plan: Plan) -> tuple[tuple[Prefix, int], ...]:
        """Return what that word begins with which is still being typed, alone or joined to the one before it.

        Each comes with how many words of the query it stands for.
        """
        from searchkit.query.begun import begun  # noqa: PLC0415 (few queries are unfinished)

        word = begun(plan.question.query, plan.parsed, self._analyzer.analyze)
        if word is None or word.excluded or not word.keys or len(word.keys[0]) < MIN_PREFIX:
            return ()
        keys = (word.keys[0], word.joined[1]) if word.joined else word.keys[:1]
        held, span = plan.reader.among(None, plan.narrowing), (word.start, word.start + len(word.text))
        return tuple([(Prefix(key, word.field, span), of) for of, key in enumerate(keys, 1) if held.words(key, 1)])

    def _words(self, plan: Plan) -> QueryWords:
        exact = plan.question.exact
        others = None if exact else self._rewriters.alternatives(plan.reader).of
        reader = plan.reader
        words = QueryWords(
            self._analyzer, reader.frequency, self._ranking, others, plan.own, not exact, vocabulary=reader.vocabulary
        )
        if not exact:
            return words
        from searchkit.query.exactness import Exactness  # noqa: PLC0415 (few ask for it)

        return words._replace(exactness=Exactness(self._analyzer, reader.vocabulary))

    def _understood(self, plan: Plan) -> Plan:
        """Return the plan with other words for those that no document holds, or hardly one."""
        typed = None if plan.question.exact else self._mistyped(plan)
        if typed is None:
            return plan
        rewritten = self._rewriter(plan).rewritten(plan.question.query, *typed)
        again = parse("" if rewritten is None else rewritten.query)
        if rewritten is None or len(again.problems) > len(plan.parsed.problems):
            return plan  # it has become too long to be read to its end
        plan = plan._replace(clauses=again.clauses, rewritten=rewritten)
        return plan._replace(node=self._resolved(plan))

    def _rewriter(self, plan: Plan) -> Rewriter:
        """Return what rewrites queries to words of the documents that may be found."""
        return self._rewriters.of(plan.reader, plan.narrowing if plan.narrows else None)

    def suggestions(self, plan: Plan, page: Page) -> tuple[str, ...]:
        """Return what else may have been meant, where hardly a document holds every word."""
        if plan.rewritten is not None:
            return plan.rewritten.suggestions
        if plan.question.exact or page.complete > hardly(len(plan.reader)):
            return ()
        typed = self._mistyped(plan)
        return () if typed is None else self._rewriter(plan).suggestions(plan.question.query, *typed)

    def _mistyped(self, plan: Plan) -> tuple[list[TypedRow], Holds] | None:
        """Return the words of a query, and what says how many of the documents that may be found hold others.

        None where each is held by more than hardly a document, as in most queries: nothing is gathered for these.
        """
        few = (
            0 if plan.narrows else hardly(len(plan.reader))
        )  # of those that a condition lets through, only unknown ones
        if not plan.narrows and rarest(plan.node, plan.reader.frequency, begun=bool(plan.beginnings)) > few:
            return None
        from searchkit.query.rewriting.typed import (  # noqa: PLC0415 (most words are held)
            WordCounter,
            any_held_by_at_most,
            typed_rows,
        )

        holds = cache(partial(self._holds, plan))
        rows = typed_rows(plan.parsed, WordCounter(self._words(plan), holds, every=not plan.narrows))
        return (rows, holds) if any_held_by_at_most(few, rows) else None

    @cached_property
    def _rewriters(self) -> Rewriters:
        from searchkit.rewriters import Rewriters  # noqa: PLC0415 (as above)

        return Rewriters()

    def _holds(self, plan: Plan, text: str) -> int:
        """Return how many of the documents that may be found hold every word of a text."""
        node = resolve(parse(text), self._words(plan), "all")
        return plan.unordered._replace(node=node).page(0, 0).total

    def _with_feedback(self, plan: Plan) -> Plan:
        """Return the plan with words of the best answers."""
        from searchkit.query.feedback import with_feedback  # noqa: PLC0415 (few ask for it)

        best = plan.unordered.page(0, self._ranking.feedback_documents).matches
        documents = plan.reader.documents([match.number for match in best])
        tokens = [self._analyzer.analyze(f"{document.title}\n{document.body}") for document in documents]
        scored = list(zip([match.score for match in best], tokens, strict=True))
        stops = frozenset() if plan.own is None else plan.own.stops
        return plan._replace(node=with_feedback(plan.node, scored, self._ranking, stops))


def narrowing_of(question: Question, parsed: Parsed, reader: Reader) -> Narrowing | None:
    """Return how a search of one commit is narrowed; None where nothing is asked of that."""
    if (
        question.where is None
        and question.sort == "score"
        and question.unique_by is None
        and not question.facets
        and not parsed.dates
    ):
        return None
    from searchkit.query.narrowing import AskedNarrowing, narrowing  # noqa: PLC0415 (most searches are not narrowed)

    asked = AskedNarrowing(question.where, question.sort, question.facets, question.unique_by)
    return narrowing(asked, parsed.dates, reader.fields)
