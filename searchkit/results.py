"""What does a search give back? Hits with snippets, counts, and what is told of the query. All of it is frozen.

Spans are pairs of code-point offsets, as in `documents`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from searchkit.documents import Document, Span, plain
from searchkit.errors import ArgumentError


class Snippet(NamedTuple):
    """A piece of a document's text with the words that answer a query.

    Attributes:
        text: The original text, untouched but for its length.
        marks: Spans into `text`, in order, apart from each other.
    """

    text: str
    marks: tuple[Span, ...] = ()

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """Yield the text in pieces, each with whether it is marked, without what `plain` takes out."""
        position = 0
        for start, end in self.marks:
            yield plain(self.text[position:start]), False
            yield plain(self.text[start:end]), True
            position = end
        yield plain(self.text[position:]), False

    def plain(self) -> Snippet:
        r"""Return the snippet without characters that a terminal or a browser obeys.

        >>> Snippet("a\u202eb", ((2, 3),)).plain()
        Snippet(text='ab', marks=((1, 2),))
        """
        text, marks = "", []
        for piece, marked in self.pieces():
            if marked:
                marks.append((len(text), len(text) + len(piece)))
            text += piece
        return Snippet(text, tuple(marks))

    def html(self) -> str:
        """Return the text escaped for HTML, each mark wrapped in `<mark>`, without characters that a browser obeys.

        >>> Snippet("a < b", ((4, 5),)).html()
        'a &lt; <mark>b</mark>'
        """
        from html import escape  # noqa: PLC0415 (with all names of characters, which a terminal does not need)

        return "".join(
            [f"<mark>{escape(piece)}</mark>" if marked else escape(piece) for piece, marked in self.pieces()]
        )

    def to_dict(self) -> dict[str, Any]:
        """Return `text` and `marks` as JSON values."""
        return {"text": self.text, "marks": [[start, end] for start, end in self.marks]}


class Hit(NamedTuple):
    """One document that answers a query. A higher score is a better answer; scores of two queries do not compare."""

    id: str
    score: float
    document: Document
    snippets: tuple[Snippet, ...] = ()

    def to_dict(self, *, plain: bool = False) -> dict[str, Any]:
        """Return the hit as JSON values: what a page of results shows, so all of the document but its body.

        `plain` takes characters out of titles and snippets that a terminal or a browser obeys.
        """
        shown = {name: value for name, value in self.document.to_dict().items() if name != "body"}
        snippets = [snippet.plain() if plain else snippet for snippet in self.snippets]
        if plain:
            shown["title"] = Snippet(self.document.title).plain().text
        return {**shown, "score": self.score, "snippets": [snippet.to_dict() for snippet in snippets]}


class ScoreExplanation(NamedTuple):
    """Why a hit has its score: a number, what it is for, and the parts that it is the sum of, or none.

    >>> words = ScoreExplanation(3.0, "one word"), ScoreExplanation(0.5, "two words side by side")
    >>> print(ScoreExplanation(3.5, "the score", words))
    3.5000  the score
      3.0000  one word
      0.5000  two words side by side
    """

    score: float
    reason: str
    parts: tuple[ScoreExplanation, ...] = ()

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Yield the lines of the tree, each two blanks further in than the one that it is a part of."""
        yield f"{'  ' * depth}{self.score:.4f}  {self.reason}"
        for part in self.parts:
            yield from part.lines(depth + 1)

    def to_dict(self) -> dict[str, Any]:
        """Return the tree as JSON values."""
        return {"score": self.score, "reason": self.reason, "parts": [part.to_dict() for part in self.parts]}


WORDS_ALONE = "only words were looked for"
"""How the message of a problem begins that tells why meaning did not count, though the index has vectors."""


class Problem(NamedTuple):
    """A piece of a query that was not understood as written and was taken as words: why, and its span in the query."""

    message: str
    span: Span


class Completion(NamedTuple):
    """What completes a text that is being typed.

    Attributes:
        text: The whole of it: a query whose last word is completed, or a title.
        kind: "word" or "title".
        count: How many documents hold it: all of the query's words, the last one as it is spelt; or the title.
    """

    text: str
    kind: Literal["word", "title"]
    count: int  # type: ignore[assignment]  # `tuple.count` is not missed

    def to_dict(self) -> dict[str, Any]:
        """Return the same as JSON values."""
        return self._asdict()


class Rewriting(NamedTuple):
    """A piece of a query that no document holds, or hardly one, and what was searched instead or too.

    Attributes:
        span: Where it stands in the query.
        typed: What stands there.
        text: What was searched.
        step: Why: "keyboard" (the keys of another layout), "script" (the sound in other letters), "spelling", or
            "spacing" (several words that are one).
        kept: Whether what was typed was searched too, as some documents hold it.
    """

    span: Span
    typed: str
    text: str
    step: str
    kept: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the same as JSON values."""
        typed, text = _sendable(self.typed), _sendable(self.text)
        return {"span": list(self.span), "typed": typed, "text": text, "step": self.step, "kept": self.kept}


@dataclass(frozen=True, slots=True)
class Results:
    """The page of hits that a search returns.

    Attributes:
        query: What was asked.
        hits: The page, best first; equal scores are ordered by when the documents were added.
        total: How many documents answer; paging to the end reaches each of them once. With `unique_by="body"` it is
            at most so many, and on the last page exactly: what comes after the page counts, whatever it says.
        complete: How many of them hold every word. The same as `total` but for `match="any"` and `"auto"`.
        took_ms: Milliseconds from the question to this answer.
        limit, offset: What was asked for.
        problems: What could not be parsed and was taken as words, and what was left out.
        explainer: What `explain` asks for the hit with an id.
        facets: Of each facet asked for, its values with how many of all documents that answer have each, most first.
        hidden: How many documents answer, besides `total`, that have the same value as a better one (`unique_by`). Of
            "body" it grows from page to page as `total` falls, so that both together stay as they are.
        cursor: What `search` takes to give the next page; None on the last one.
        rewritten: What was searched instead of words that no document holds; `exact=True` searches what was typed.
        suggestions: Other queries that may have been meant, the likeliest first.
    """

    query: str
    hits: tuple[Hit, ...]
    total: int
    complete: int
    took_ms: float
    limit: int
    offset: int
    problems: tuple[Problem, ...] = ()
    explainer: Callable[[str], ScoreExplanation] | None = field(default=None, repr=False, compare=False)
    facets: Mapping[str, list[tuple[str | float, int]]] = field(default_factory=dict)
    hidden: int = 0
    cursor: str | None = None
    rewritten: tuple[Rewriting, ...] = ()
    suggestions: tuple[str, ...] = ()

    def explain(self, hit: Hit) -> ScoreExplanation:
        """Return why a hit of these has its score: numbers that add up to it.

        Raises:
            ArgumentError: It is no hit of these results, or the index was closed or changed since.
        """
        if self.explainer is None or hit not in self.hits:
            raise ArgumentError("this is no hit of these results; give one of `results.hits`")
        return self.explainer(hit.id)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    def to_dict(self, *, plain: bool = False) -> dict[str, Any]:
        """Return the results as JSON values. `version` changes when a name or its meaning does.

        `plain` takes characters out of titles and snippets that a terminal or a browser obeys; `html()` always does.
        """
        return {
            "version": 1,
            "query": _sendable(self.query),
            "hits": [hit.to_dict(plain=plain) for hit in self.hits],
            "total": self.total,
            "complete": self.complete,
            "limit": self.limit,
            "offset": self.offset,
            "took_ms": round(self.took_ms, 3),
            "problems": [{"message": problem.message, "span": list(problem.span)} for problem in self.problems],
            "facets": {name: [list(value) for value in values] for name, values in self.facets.items()},
            "hidden": self.hidden,
            "cursor": self.cursor,
            "rewritten": [rewriting.to_dict() for rewriting in self.rewritten],
            "suggestions": list(map(_sendable, self.suggestions)),
        }


def _sendable(text: str) -> str:
    """Return a text without lone surrogates, which no encoding has."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
