"""What answers a query? One commit is asked: words become terms, what they find becomes hits with snippets."""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from itertools import chain, repeat, takewhile
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, get_args

from searchkit import arguments, highlight
from searchkit.documents import Completion, Document, Hit, Problem, Results, ScoreExplanation, Snippet
from searchkit.engines.base import Deadline, Match, Page, Reader
from searchkit.errors import ArgumentError
from searchkit.persian import Analyzer
from searchkit.query.parse import MIN_PREFIX, Parsed, parse
from searchkit.query.resolve import MatchMode, hardly, quoted, rarest, resolve, wanted
from searchkit.query.tree import Node, Not, Nothing, Prefix, Ranked
from searchkit.query.words import QueryWords
from searchkit.ranking import Ranking

if TYPE_CHECKING:
    from searchkit.completion import Completer
    from searchkit.query.narrowing import Narrowing, Where
    from searchkit.query.own_words import OwnWords
    from searchkit.query.rewriting.rewriter import Rewritten
    from searchkit.query.rewriting.typed import Holds, TypedRow
    from searchkit.query.words_in_force import InForce
    from searchkit.rewriters import Rewriters

MAX_HITS = 10_000
WORDS_FILE = "words.tsv"
"""The file of a site's own words in the folder of an index."""

_AT_ONCE = 100  # documents that a scan reads at once

_TOO_MANY = "very many words begin so; only the commonest of them are looked for, so give more letters"
_NOT_AS_WRITTEN = "no document has this as it is written; those with its words in other forms or places follow"
_NO_TIME = "the time was over before all snippets were made; ask for fewer hits, or allow more time"


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
    deadline: Deadline | None = field(init=False)

    def __post_init__(self) -> None:
        arguments.instance("query", self.query, str)
        for name in ("limit", "offset", "snippets"):
            object.__setattr__(self, name, arguments.number(name, getattr(self, name)))
        if self.limit + self.offset > MAX_HITS:
            asked = arguments.shortened(self.limit + self.offset)
            raise ArgumentError(
                f"limit + offset is {asked}; at most {MAX_HITS}: narrow the query, go on by `cursor`, or use scan"
            )
        if self.offset and self.cursor is not None:
            raise ArgumentError("offset and cursor are both given; a cursor says by itself where the next page begins")
        if self.match not in get_args(MatchMode):
            shown = arguments.shortened(self.match)
            raise ArgumentError(f"match is {shown}; give one of {', '.join(get_args(MatchMode))}")
        object.__setattr__(self, "deadline", None if self.timeout is None else Deadline(self.timeout))


class _Plan(NamedTuple):
    """A question in terms of one commit: what is looked for, how that is narrowed, and from which hit on."""

    question: Question
    reader: Reader
    parsed: Parsed
    narrowing: Narrowing | None
    node: Node
    start: int
    own: OwnWords | None = None
    rewritten: Rewritten | None = None
    name: str | None = None  # of the document that others are to be like
    beginnings: tuple[tuple[Prefix, int], ...] = ()

    @property
    def query(self) -> str:
        """What the results are called the answers to."""
        return self.question.query if self.name is None else self.name

    @property
    def asked(self) -> tuple[object, ...]:
        """What makes the order of hits what it is."""
        question, narrowing = self.question, self.narrowing
        ordered = narrowing and narrowing._replace(facets=())
        own = self.own and self.own.digest
        return question.query, question.match, question.feedback, question.like, ordered, self.beginnings, own

    def page(self, start: int, limit: int) -> Page:
        """Return the matches from one on."""
        return self.reader.search(
            self.node, limit=limit, offset=start, deadline=self.question.deadline, narrowing=self.narrowing
        )

    def explain(self, match: Match) -> ScoreExplanation:
        """Return why a match has its score."""
        return self.reader.explain(self.node, match, self.narrowing)


class Answering:
    """Answers questions.

    Args:
        analyzer: Makes terms of words, and finds what answers in texts.
        ranking: How documents are scored.
        words: The file of the site's own words, which is read when it is first needed and has changed.
        required: Whether that must be there.
    """

    def __init__(
        self, analyzer: Analyzer, ranking: Ranking, words: Path | None = None, *, required: bool = False
    ) -> None:
        self._analyzer = analyzer
        self._ranking = ranking
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
        return None if before is None else before.words

    def search(self, question: Question, reader: Reader) -> Results:
        """Return the page of hits that answers; see `SearchIndex.search`."""
        started = time.perf_counter()
        plan = self._planned(question, reader)
        page = _page(plan)
        documents = reader.documents([found.number for found in page.matches])
        made = self._snippets(documents, plan)
        hits = tuple(
            Hit(document.id, found.score, document, pieces)
            for found, document, pieces in zip(page.matches, documents, chain(made, repeat(())), strict=False)
        )
        return Results(
            plan.query,
            hits,
            page.total,
            page.complete,
            (time.perf_counter() - started) * 1000,
            question.limit,
            plan.start,
            tuple(_problems(plan, page, len(documents) - len(made))),
            _explainer(plan, dict(zip([hit.id for hit in hits], page.matches, strict=True))),
            {label: list(values) for label, values in page.facets},
            page.hidden,
            _cursor(plan, page),
            plan.rewritten.changes if plan.rewritten else (),
            self._suggestions(plan, page),
        )

    def rank(self, question: Question, reader: Reader) -> list[tuple[str, float]]:
        """Return the ids of documents and their scores, best first; see `SearchIndex.rank`."""
        plan = self._planned(question, reader)
        if isinstance(plan.node, Ranked):
            plan = plan._replace(node=replace(plan.node, complete=None))  # nobody is told how many hold every word
        page = _page(plan)
        ids = reader.ids([found.number for found in page.matches])
        return [(id_, found.score) for id_, found in zip(ids, page.matches, strict=True)]

    def scan(self, question: Question, reader: Reader) -> Iterator[Hit]:
        """Return every hit without snippets; see `SearchIndex.scan`."""
        return _hits(reader, self._planned(question, reader).page(0, len(reader)).matches)

    def suggest(self, question: Question, reader: Reader) -> list[Completion]:
        """Return what completes a text; see `SearchIndex.suggest`."""
        from searchkit.completion import MOST_COMPLETIONS, CompletionQuestion  # noqa: PLC0415 (no search needs it)

        if question.limit > MOST_COMPLETIONS:
            raise ArgumentError(f"limit is {question.limit}; give a whole number up to {MOST_COMPLETIONS}")
        parsed = parse(question.query)
        narrowing = _narrowing(question, parsed, reader)
        asked = CompletionQuestion(question.query, parsed, question.limit, narrowing)
        return self._completer.completions(asked, reader)

    @cached_property
    def _completer(self) -> Completer:
        from searchkit.completion import Completer  # noqa: PLC0415 (as above)

        return Completer(self._analyzer, self._ranking)

    def _planned(self, question: Question, reader: Reader) -> _Plan:
        parsed = parse("" if question.like else question.query)
        narrowing = _narrowing(question, parsed, reader)
        own = self.own_words()
        own = own.without_others() if own is not None and question.exact else own
        plan = _Plan(question, reader, parsed, narrowing, Nothing(), question.offset, own)
        if question.like:
            from searchkit.similarity import Weighing  # noqa: PLC0415 (as below)

            like = Weighing(reader, self._analyzer, self._ranking).likeness(question.query, narrowing)
            plan = plan._replace(name=like.name, node=like.node, narrowing=like.narrowing)
        if question.prefix:
            plan = plan._replace(beginnings=self._beginnings(plan))
        if question.cursor is not None:
            from searchkit.cursors import offset_of  # noqa: PLC0415 (few go on by a cursor)

            plan = plan._replace(start=offset_of(question.cursor, reader.version, plan.asked))
        if question.like:
            return plan
        plan = self._understood(plan._replace(node=self._resolved(plan)))
        return self._with_feedback(plan) if question.feedback else plan

    def _resolved(self, plan: _Plan) -> Node:
        """Return what the reader is asked for: every document, where nothing but a condition is."""
        if _narrows(plan) and not plan.parsed.clauses.clauses:
            return Not(Nothing())
        return resolve(plan.parsed, self._words(plan), plan.question.match, plan.beginnings)

    def _beginnings(self, plan: _Plan) -> tuple[tuple[Prefix, int], ...]:
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

    def _words(self, plan: _Plan) -> QueryWords:
        others = None if plan.question.exact else self._rewriters.alternatives(plan.reader).of
        return QueryWords(self._analyzer, plan.reader.frequency, self._ranking, others, plan.own)

    def _understood(self, plan: _Plan) -> _Plan:
        """Return the plan with other words for those that no document holds, or hardly one."""
        if plan.question.exact or not self._may_be_mistyped(plan):
            return plan
        rewritten = self._rewriters.of(plan.reader).rewritten(plan.question.query, *self._typed(plan))
        if rewritten is None:
            return plan
        parsed = plan.parsed._replace(clauses=parse(rewritten.query).clauses)
        plan = plan._replace(parsed=parsed, rewritten=rewritten)
        return plan._replace(node=self._resolved(plan))

    def _suggestions(self, plan: _Plan, page: Page) -> tuple[str, ...]:
        """Return what else may have been meant, where hardly a document holds every word."""
        if plan.rewritten is not None:
            return plan.rewritten.suggestions
        if plan.question.exact or page.complete > hardly(len(plan.reader)) or not self._may_be_mistyped(plan):
            return ()
        return self._rewriters.of(plan.reader).suggestions(plan.question.query, *self._typed(plan))

    @staticmethod
    def _may_be_mistyped(plan: _Plan) -> bool:
        """Tell whether a word may be held by hardly a document that may be found; of a few it is not known so soon."""
        return _narrows(plan) or rarest(plan.node, plan.reader.frequency) <= hardly(len(plan.reader))

    def _typed(self, plan: _Plan) -> tuple[list[TypedRow], Holds]:
        """Return the words of a query, and what says how many of the documents that may be found hold others."""
        from searchkit.query.rewriting.typed import WordCounter, typed_rows  # noqa: PLC0415 (most words are held)

        holds = cache(partial(self._holds, plan))
        return typed_rows(plan.parsed, WordCounter(self._words(plan), holds, every=not _narrows(plan))), holds

    @cached_property
    def _rewriters(self) -> Rewriters:
        from searchkit.rewriters import Rewriters  # noqa: PLC0415 (as above)

        return Rewriters()

    def _holds(self, plan: _Plan, text: str) -> int:
        """Return how many of the documents that may be found hold every word of a text."""
        node = resolve(parse(text), self._words(plan), "all")
        return plan._replace(node=node, narrowing=plan.narrowing and plan.narrowing.only_where()).page(0, 0).total

    def _with_feedback(self, plan: _Plan) -> _Plan:
        """Return the plan with words of the best answers."""
        from searchkit.query.feedback import with_feedback  # noqa: PLC0415 (few ask for it)

        allowed = plan._replace(narrowing=plan.narrowing and plan.narrowing.only_where())
        best = allowed.page(0, self._ranking.feedback_documents).matches
        documents = plan.reader.documents([match.number for match in best])
        tokens = [self._analyzer.analyze(f"{document.title}\n{document.body}") for document in documents]
        scored = list(zip([match.score for match in best], tokens, strict=True))
        stops = frozenset() if plan.own is None else plan.own.stops
        return plan._replace(node=with_feedback(plan.node, scored, self._ranking, stops))

    def _snippets(self, documents: Sequence[Document], plan: _Plan) -> list[tuple[Snippet, ...]]:
        """Return the snippets of each document, or of as many of the first as there is time for."""
        count, deadline = plan.question.snippets, plan.question.deadline
        if not count:
            return [()] * len(documents)
        finder, options = self._analyzer.finder(wanted(plan.node)), highlight.SnippetOptions(count=count)
        in_time = takewhile(lambda _: deadline is None or not deadline.passed, documents)
        return [highlight.snippets(document.body, finder, options) for document in in_time]


def _narrows(plan: _Plan) -> bool:
    return plan.narrowing is not None and plan.narrowing.where is not None


def _narrowing(question: Question, parsed: Parsed, reader: Reader) -> Narrowing | None:
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


def _page(plan: _Plan) -> Page:
    """Return the matches that are asked for."""
    if plan.narrowing is None or not plan.narrowing.unlike:
        return plan.page(plan.start, plan.question.limit)
    from searchkit.duplicates import unlike_page  # noqa: PLC0415 (few ask for it)

    shown = slice(plan.start, plan.start + plan.question.limit)
    return unlike_page(plan.reader, plan.node, plan.narrowing, shown, plan.question.deadline)


def _problems(plan: _Plan, page: Page, without_snippets: int) -> Iterator[Problem]:
    """Yield what was not understood, and what was left out."""
    yield from plan.parsed.problems
    yield from (Problem(_TOO_MANY, prefix.span) for prefix in page.cut)
    if plan.question.match == "auto" and page.total and not page.first:
        yield from (Problem(_NOT_AS_WRITTEN, span) for span in quoted(plan.parsed))
    if without_snippets:
        yield Problem(_NO_TIME, (0, len(plan.query)))


def _explainer(plan: _Plan, matches: Mapping[str, Match]) -> Callable[[str], ScoreExplanation]:
    kept = weakref.ref(plan.reader)  # results that are kept keep no files open
    node, narrowing = plan.node, plan.narrowing

    def explain(id_: str) -> ScoreExplanation:
        still = kept()
        if still is None:
            raise ArgumentError("the index was closed or changed since; search again, and explain those results")
        return still.explain(node, matches[id_], narrowing)

    return explain


def _cursor(plan: _Plan, page: Page) -> str | None:
    """Return what the next page begins at; None on the last one."""
    end = plan.start + len(page.matches)
    if not page.matches or end >= page.total:
        return None
    from searchkit.cursors import cursor_at  # noqa: PLC0415 (many answers are a page)

    return cursor_at(end, plan.reader.version, plan.asked)


def _hits(reader: Reader, matches: Sequence[Match]) -> Iterator[Hit]:
    with reader:
        for start in range(0, len(matches), _AT_ONCE):
            some = matches[start : start + _AT_ONCE]
            documents = reader.documents([found.number for found in some])
            yield from (Hit(each.id, found.score, each) for each, found in zip(documents, some, strict=True))
