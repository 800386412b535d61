"""What answers a question? One commit is asked, and what it finds becomes hits with snippets."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, repeat, takewhile
from typing import TYPE_CHECKING

from searchkit import highlight
from searchkit.documents import Document
from searchkit.engines.base import Match, Page, Reader
from searchkit.errors import ArgumentError
from searchkit.persian import Analyzer
from searchkit.planning import MAX_HITS, Plan, Planner, Question, narrowing_of
from searchkit.query.parse import parse
from searchkit.query.resolve import quoted, wanted
from searchkit.query.tree import Ranked
from searchkit.ranking import Ranking
from searchkit.results import WORDS_ALONE, Completion, Hit, Problem, Results, ScoreExplanation, Snippet

if TYPE_CHECKING:
    from searchkit.completion import Completer

_AT_ONCE = 100  # documents that a scan reads at once

_TOO_MANY = "very many words begin so; only the commonest of them are looked for, so give more letters"
_NOT_AS_WRITTEN = "no document has this as it is written; those with its words in other forms or places follow"
_NO_WORD = (
    "there is no word to look for; a condition alone, such as that there is an id, finds all that it lets through"
)
_NO_TIME = "the time was over before all snippets were made; ask for fewer hits, or allow more time"


class Answering:
    """Answers questions.

    Args:
        analyzer: Makes terms of words, and finds what answers in texts.
        ranking: How documents are scored.
        planner: Makes plans of questions.
    """

    def __init__(self, analyzer: Analyzer, ranking: Ranking, planner: Planner) -> None:
        self._analyzer = analyzer
        self._ranking = ranking
        self._planner = planner

    def search(self, question: Question, reader: Reader) -> Results:
        """Return the page of hits that answers; see `SearchIndex.search`."""
        started = time.perf_counter()
        plan = self._planner.planned(question, reader)
        page = _page(plan)
        documents = reader.documents([found.number for found in page.matches])
        made = self._snippets([*zip(page.matches, documents, strict=True)], plan)
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
            self._planner.suggestions(plan, page),
        )

    def rank(self, question: Question, reader: Reader) -> list[tuple[str, float]]:
        """Return the ids of documents and their scores, best first; see `SearchIndex.rank`."""
        plan = self._planner.planned(question, reader)
        if isinstance(plan.node, Ranked) and plan.node.near is None:
            plan = plan._replace(node=replace(plan.node, complete=None))  # nobody is told how many hold every word
        page = _page(plan)
        ids = reader.ids([found.number for found in page.matches])
        return [(id_, found.score) for id_, found in zip(ids, page.matches, strict=True)]

    def scan(self, question: Question, reader: Reader) -> Iterator[Hit]:
        """Return every hit without snippets; see `SearchIndex.scan`."""
        return _hits(reader, self._planner.planned(question, reader).page(0, len(reader)).matches)

    def marked(self, text: str, question: Question, reader: Reader) -> Snippet:
        """Return a text with what answers in it; see `SearchIndex.marked`."""
        plan = self._planner.planned(question, reader)
        return highlight.marked(text, self._analyzer.finder(wanted(plan.node)))

    def suggest(self, question: Question, reader: Reader) -> list[Completion]:
        """Return what completes a text; see `SearchIndex.suggest`."""
        from searchkit.completion import MOST_COMPLETIONS, CompletionQuestion  # noqa: PLC0415 (no search needs it)

        if question.limit > MOST_COMPLETIONS:
            raise ArgumentError(f"limit is {question.limit}; give a whole number up to {MOST_COMPLETIONS}")
        parsed = parse(question.query)
        narrowing = narrowing_of(question, parsed, reader)
        asked = CompletionQuestion(question.query, parsed, question.limit, narrowing)
        return self._completer.completions(asked, reader)

    @cached_property
    def _completer(self) -> Completer:
        from searchkit.completion import Completer  # noqa: PLC0415 (as above)

        return Completer(self._analyzer, self._ranking)

    def _snippets(self, found: Sequence[tuple[Match, Document]], plan: Plan) -> list[tuple[Snippet, ...]]:
        """Return the snippets of each document, or of as many of the first as there is time for."""
        count, deadline = plan.question.snippets, plan.question.deadline
        if not count:
            return [()] * len(found)
        finder, options = self._analyzer.finder(wanted(plan.node)), highlight.SnippetOptions(count=count)
        near = plan.node.near if isinstance(plan.node, Ranked) else None
        made = []
        for match, document in takewhile(lambda _: deadline is None or not deadline.passed, found):
            pieces = highlight.snippets(document.body, finder, options)
            if near is not None and not any(piece.marks for piece in pieces):
                span = plan.reader.nearest_passage(match.number, near.vector)
                pieces = highlight.snippets(document.body[slice(*span)], finder, options) if span else pieces
            made.append(pieces)
        return made


def _page(plan: Plan) -> Page:
    """Return the matches that are asked for."""
    if plan.narrowing is None or not plan.narrowing.unlike:
        return plan.page(plan.start, plan.question.limit)
    from searchkit.duplicates import unlike_page  # noqa: PLC0415 (few ask for it)

    shown = slice(plan.start, plan.start + plan.question.limit)
    if shown.stop > MAX_HITS:
        raise ArgumentError(f"what says nearly the same is looked for among the first {MAX_HITS:,}; narrow the query")
    return unlike_page(plan.reader, plan.node, plan.narrowing, shown, plan.question.deadline)


def _problems(plan: Plan, page: Page, without_snippets: int) -> Iterator[Problem]:
    """Yield what was not understood, and what was left out."""
    yield from plan.parsed.problems
    if plan.unmeant:
        yield Problem(f"{WORDS_ALONE}: {plan.unmeant}", (0, len(plan.query)))
    if ":" in plan.query and plan.name is None:
        from searchkit.query.unknown_fields import unknown_fields  # noqa: PLC0415 (few queries have a colon)

        yield from unknown_fields(plan.query, plan.reader.fields)
    if not plan.parsed.clauses.clauses and plan.name is None and not plan.narrows:
        yield Problem(_NO_WORD, (0, len(plan.query)))
    whole = (0, len(plan.query))
    yield from (Problem(_TOO_MANY, whole if plan.rewritten else prefix.span) for prefix in page.cut)
    by_words = plan.question.match == "auto" and plan.question.mode != "meaning"
    if by_words and page.total and not page.first:
        yield from (Problem(_NOT_AS_WRITTEN, span) for span in quoted(plan.parsed))
    if without_snippets:
        yield Problem(_NO_TIME, (0, len(plan.query)))


def _explainer(plan: Plan, matches: Mapping[str, Match]) -> Callable[[str], ScoreExplanation]:
    kept = weakref.ref(plan.reader)  # results that are kept keep no files open
    node, narrowing = plan.node, plan.narrowing

    def explain(id_: str) -> ScoreExplanation:
        still = kept()
        if still is None:
            raise ArgumentError("the index was closed or changed since; search again, and explain those results")
        return still.explain(node, matches[id_], narrowing)

    return explain


def _cursor(plan: Plan, page: Page) -> str | None:
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
