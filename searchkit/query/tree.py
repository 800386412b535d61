"""What the user asked, as a frozen tree.

A query passes through two stages. `parse` makes leaves of `Word` (as typed) under `Clauses`, which leave open how many
of them must match. `resolve` turns each word into `Terms` (as indexed) and the clauses into `All`, `Any` and `Not`: an
engine sees no `Word`, `Quoted`, `Clause` or `Clauses`.

    "کتاب تاریخ" -قدیمی  →  parse    →  Clauses(Clause(Phrase(Word, Word)), Clause(Word, "-"))
                         →  resolve  →  Ranked(All(Any(Terms, Terms), Not(Terms)), tiers=(Phrase(Terms, Terms),))
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal, TypeAlias

from searchkit.documents import Span
from searchkit.persian.terms import SIGNED


@dataclass(frozen=True, slots=True)
class Word:
    """A word as typed. `field` is "title" or "body", or None for both.

    `span` is where it stands in the query, which makes no difference to what it asks for.
    """

    text: str
    field: str | None = None
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """The index terms that answer one word at one position, each with its weight (at most 1).

    They count as one word: a document that holds two of them has not matched two words. The first is the exact
    spelling and has the highest weight, so that it ranks above other forms of the word. What stands beside another term
    at a position alone may have a weight below 0, which takes from that one's, never all of it.

    Attributes:
        only: If there are any, an occurrence counts only where one of these terms stands at the same position.
        never: An occurrence does not count where one of these stands.
    """

    terms: tuple[tuple[str, float], ...]
    field: str | None = None
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


def stands_alone(term: str) -> bool:
    """Tell whether a term may stand where no other one of its word does; if not, it says how the word is written."""
    return not term.startswith(SIGNED)


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
    """Words one after another in one field, with at most `slop` positions between neighbours beyond adjacent ones.

    `span` is where it stands in the query, which makes no difference to what it asks for.
    """

    words: tuple[Word, ...] | tuple[Terms, ...]
    field: str | None = None
    slop: int = 0
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A phrase, and its words as if they stood there without quotation marks; `resolve` decides which is asked for."""

    phrase: Node
    words: Clauses


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
class Beside:
    """Words of one field, one right after another in the query; `content` says which are no function words.

    A document where two or three of them stand so, too, scores for that, if one of those is no function word.
    """

    words: tuple[Terms, ...]
    content: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Documents of which a passage means what a vector does: the cosine between the two says how much.

    Attributes:
        vector: Its numbers, 32-bit and little-endian; its length is 1.
        among: What a document must match to be there for its meaning; None for no condition.
        alone: Whether nothing else counts, not what words find either.
    """

    vector: bytes
    among: Node | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """The documents that answer, in an order that more than their scores decides. Only at the top of a query.

    Attributes:
        answers: Which documents, with what scores.
        tiers: Those that match the first of these too stand before all others, then those that match the next.
        complete: What documents match that hold every word, which are counted; None if all that answer do.
        beside: What is added to the scores of the best.
        near: What answers for its meaning, and what that adds to the scores of the best; None where it does not count.
    """

    answers: Node
    tiers: tuple[Node, ...] = ()
    complete: Node | None = None
    beside: tuple[Beside, ...] = ()
    near: Near | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document: what an empty query asks for."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One piece of a query and its sign.

    "+" must match, "-" must not; "" is for the way of matching to say, and "?" (a function word) too where there is
    nothing else. No user types "?"; `resolve` sets it, and more:

    Attributes:
        row: The words of the piece, if it is nothing but words that what stands beside them may matter to.
        akin: The node with the words that are made from this one, or that it is made from; None if there are none. A
            document that holds them alone may answer, but does not hold the word.
    """

    node: Node
    sign: Literal["", "+", "-", "?"] = ""
    row: tuple[Terms, ...] = ()
    akin: Node | None = None


@dataclass(frozen=True, slots=True)
class Clauses:
    """Pieces of a query that stand beside one another, as typed."""

    clauses: tuple[Clause, ...]


Node: TypeAlias = Clauses | Word | Terms | Prefix | Phrase | Quoted | All | Any | Not | Weighted | Ranked | Nothing
