"""What the user asked, as a frozen tree.

A query passes through two stages. `parse` makes leaves of `Word` (as typed) under `Clauses`, which leave open how many
of them must match. `resolve` turns each word into `Terms` (as indexed) and the clauses into `All`, `Any` and `Not`: an
engine sees no `Word`, `Clause` or `Clauses`.

    "کتاب تاریخ" -قدیمی  →  parse    →  Clauses(Clause(Phrase(Word, Word)), Clause(Word, "-"))
                         →  resolve  →  All(Phrase(Terms, Terms), Not(Terms))
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal, TypeAlias

from searchkit.documents import Span


@dataclass(frozen=True, slots=True)
class Word:
    """A word as typed. `field` is "title" or "body", or None for both."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The index terms that answer one word at one position, each with its weight (more than 0, at most 1).

    They count as one word: a document that holds two of them has not matched two words. The first is the exact
    spelling and has the highest weight, so that it ranks above other forms of the word.
    """

    terms: tuple[tuple[str, float], ...]
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Every word whose folded form begins so. `text` is as typed before `resolve`, a folded key after it.

    `span` is where it stands in the query, which makes no difference to what it asks for.
    """

    text: str
    field: str | None = None
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one after another in one field, with at most `slop` positions between neighbours beyond adjacent ones."""

    words: tuple[Word, ...] | tuple[Terms, ...]
    field: str | None = None
    slop: int = 0


@dataclass(frozen=True, slots=True)
class All:
    """Documents that match every node; `optional` nodes add to the score of those that match them too."""

    nodes: tuple[Node, ...]
    optional: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """Documents that match at least one node; `optional` nodes add to the score of those that match them too."""

    nodes: tuple[Node, ...]
    optional: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """Documents that do not match the node. They all score 0."""

    node: Node


@dataclass(frozen=True, slots=True)
class Weighted:
    """The node's documents with their scores multiplied by `weight` (more than 0)."""

    node: Node
    weight: float


@dataclass(frozen=True, slots=True)
class Tiered:
    """The documents of `rest`; those that match `first` too stand before all others. Only at the top of a query.

    Every document that matches `first` must match `rest`. Scores within both tiers are those of `rest`.
    """

    first: Node
    rest: Node


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document: what an empty query asks for."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One piece of a query and its sign.

    "+" must match, "-" must not; "" is for the way of matching to say, and "?" (a function word) too where there is
    nothing else. No user types "?"; `resolve` sets it.
    """

    node: Node
    sign: Literal["", "+", "-", "?"] = ""


@dataclass(frozen=True, slots=True)
class Clauses:
    """Pieces of a query that stand beside one another, as typed."""

    clauses: tuple[Clause, ...]


Node: TypeAlias = Clauses | Word | Terms | Prefix | Phrase | All | Any | Not | Weighted | Tiered | Nothing
