r"""Why is a word indexed as it is? Each token with the steps that led to its terms.

>>> for line in explain("كتابهایم Running"):
...     print(line.token.text, [(step.name, step.result) for step in line.steps])
كتابهایم [('fold', 'کتابهایم'), ('ending', 'کتابها'), ('ending', 'کتاب'), ('lemma', 'کتاب')]
Running [('fold', 'running'), ('stem', 'run')]
"""

from __future__ import annotations

from dataclasses import dataclass

from searchkit.documents import Token
from searchkit.persian.analyzer import Analyzer
from searchkit.persian.morphology.reading import read
from searchkit.persian.terms import DATE, LEMMA, LONGEST, PART, SIGNED
from searchkit.persian.text.chars import ZWNJ
from searchkit.persian.text.fold import fold

_MARKED = {LEMMA: "lemma", PART: "part", DATE: "date", SIGNED: "signs"}


@dataclass(frozen=True, slots=True)
class Step:
    """What was done to a word, and what it gave.

    `fold`: letters and digits made alike; `join`: written in several pieces, read as one word (they stand apart by
    half-spaces here); `key`: half-spaces taken out. Then what `morphology` finds, in its order: `spelling`: the
    standard one; `verb`: the infinitive; `plural`: the singular of an irregular one; `ending`: one ending taken off.
    Last what else the word is found by: `lemma` (`stem` for an English word), `part`, `date`, and `signs`: its lemma
    and what `fold` took off, each sign after the number of its letter, for those who look for what they typed.
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
    if len(token.text.split()) < len(folded.split()):  # a ligature of several words, of which this is one
        folded = token.key
    steps = [Step("fold", folded)] if folded != token.text else []
    if pieces := folded.split():
        folded = ZWNJ.join(pieces)
    if len(pieces) > 1:
        steps.append(Step("join", folded))
    key = folded.replace(ZWNJ, "")
    if key != folded:
        steps.append(Step("key", key))
    found: list[tuple[str, str]] = []
    if len(folded) <= LONGEST and read(folded, found)[:2] == (token.key, token.lemma):
        steps += [Step(name, result) for name, result in found]
    elif key != token.key:
        steps.append(Step("key", token.key))
    latin = token.key.isascii()
    marked = ((_MARKED[term[0]], term[1:]) for term in token.terms[1:])
    return steps + [Step("stem" if latin and name == "lemma" else name, result) for name, result in marked]
