r"""Why is a word indexed as it is? Each token with the steps that led to its terms.

>>> for line in explain("كتاب Running"):
...     print(line.token.text, [(step.name, step.result) for step in line.steps])
كتاب [('fold', 'کتاب')]
Running [('fold', 'running'), ('lemma', 'run')]
"""

from __future__ import annotations

from dataclasses import dataclass

from searchkit.documents import Token
from searchkit.persian.analyzer import Analyzer
from searchkit.persian.fold import fold
from searchkit.persian.terms import DATE, LEMMA, PART

_MARKED = {LEMMA: "lemma", PART: "part", DATE: "date"}


@dataclass(frozen=True, slots=True)
class Step:
    """What was done to a word, and what it gave.

    `fold`: letters and digits made alike; `join`: written in several pieces, read as one word; `key`: half-spaces
    taken out; `lemma`, `part`, `date`: what else the word is found by.
    """

    name: str
    result: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A token and the steps from the word as written to its terms. A step that changed nothing is left out."""

    token: Token
    steps: tuple[Step, ...]


def explain(text: str, analyzer: Analyzer | None = None) -> list[Explanation]:
    """Return the tokens of a text, explained."""
    tokens = (analyzer or Analyzer()).analyze(text)
    return [Explanation(token, tuple(_steps(token))) for token in tokens]


def _steps(token: Token) -> list[Step]:
    folded = fold(token.text)
    steps = [Step("fold", folded)] if folded != token.text else []
    if len(token.text.split()) > 1:
        steps.append(Step("join", token.key))
    elif token.key != folded:
        steps.append(Step("key", token.key))
    return steps + [Step(_MARKED[term[0]], term[1:]) for term in token.terms[1:]]
