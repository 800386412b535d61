"""How much of what a common word finds as one of its forms would a reader take for that word?

The commonest written forms of some collections are the queries, each as likely as it is common. A form finds the other
forms that the analysis makes one word with it (of a term that weighs half as much as the word itself, or more), and of
their occurrences, its own among them, some share is right. `--groups` writes what is to be read: each lemma with its
forms and how often they occur. `--judgments` names a table of what its reader found wrong, tabs between: the lemma, a
form without half-spaces, and what the form is instead; forms of one lemma that are the same thing instead are one word.
`unrelated` in the third place says that words with the lemma in the second are not made from the one in the first; such
links, which weigh little, are counted apart. Without judgments every link counts as right.

Collections differ in length: `summed` counts occurrences, `normalised` gives each collection the same weight.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

import click
from collections_data import DATA, open_collection
from tables import Cell, table

from searchkit.persian import Analyzer
from searchkit.persian.forms.form import KnownWord, known
from searchkit.persian.terms import PART, query_terms
from searchkit.persian.text.chars import ZWNJ
from searchkit.persian.text.fold import fold
from searchkit.query.derivation import derived, with_yeh
from searchkit.query.spacing import stop_keys
from searchkit.ranking import Ranking

_FUNCTION_WORDS = 100
_LEAST_SHOWN = 3
"""How often a form occurs that is written down to be read."""
_UNRELATED = "unrelated"
_FORM = 0.5
"""What a term of the same word weighs at least."""

Counts = Mapping[str, float]


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=True, help="Folder of the data.")
@click.option(
    "--collection",
    "names",
    multiple=True,
    default=("news_title", "pquad", "ganjoor_verse:10"),
    show_default=True,
    help="A collection; after a colon, every how manieth document is read.",
)
@click.option(
    "--commonest", type=click.IntRange(min=1), default=3000, show_default=True, help="How many forms are asked."
)
@click.option("--groups", type=click.Path(path_type=Path), help="File to write the groups to.")
@click.option("--judgments", type=click.Path(exists=True, path_type=Path), help="File of what is wrong.")
def main(data: Path, names: tuple[str, ...], commonest: int, groups: Path | None, judgments: Path | None) -> None:
    counts = [_counts(data, *name.partition(":")[::2]) for name in names]
    summed = Counter[str]()
    normalised: dict[str, float] = defaultdict(float)
    for each in counts:
        summed.update(each)
        for form, count in each.items():
            normalised[form] += count / each.total() / len(counts)
    words = Words(summed, _judged(judgments))
    weighings: list[tuple[str, Counts]] = [("summed", summed), ("normalised", normalised)]
    rows: list[list[Cell]] = []
    for name, weights in weighings:
        queries = sorted(weights, key=lambda form: -weights[form])[:commonest]
        function_words = set(islice((form for form in queries if form in stop_keys()), _FUNCTION_WORDS))
        content = [form for form in queries if form not in function_words]
        shares = [words.right(queries, weights), words.right(content, weights), words.related(queries, weights)]
        rows.append([name, len(queries), *[f"{share:.2%}" for share in shares]])
    click.echo(table(["counted", "queries", "right", "without function words", "derived"], rows))
    if groups:
        asked = [
            form for _, weights in weighings for form in sorted(weights, key=lambda form: -weights[form])[:commonest]
        ]
        groups.write_text("\n".join(words.groups(asked)) + "\n", encoding="utf-8")


def _counts(data: Path, name: str, every: str) -> Counter[str]:
    """Return how often each folded written form of a collection occurs; what rules read together is one form."""
    written = Counter[str]()
    analyzer = Analyzer()
    for document in islice(open_collection(data, name).documents(), 0, None, int(every or 1)):
        tokens = analyzer.analyze(document.title) + analyzer.analyze(document.body)
        written.update(token.text for token in tokens if not token.key.isascii())
    folded = Counter[str]()
    for text, count in written.items():
        folded[ZWNJ.join(fold(text).split())] += count
    return folded


def _judged(path: Path | None) -> dict[tuple[str, str], str]:
    """Return what forms are instead of those of their lemma, by lemma and form."""
    lines = path.read_text("utf-8").splitlines() if path else []
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {(lemma, form): instead for lemma, form, instead, *_ in rows}


@dataclass
class Words:
    """The forms of some texts, with what the analysis makes of them.

    Attributes:
        counts: How often each occurs.
        judged: What some are instead, by lemma and form.
    """

    counts: Counter[str]
    judged: dict[tuple[str, str], str]
    ranking: Ranking = field(default_factory=Ranking)

    @cached_property
    def known(self) -> dict[str, KnownWord]:
        """What the analysis makes of each form."""
        return {form: known("word", form) for form in self.counts}

    @cached_property
    def by_term(self) -> dict[str, set[str]]:
        """The forms by the terms that are indexed for them."""
        found: dict[str, set[str]] = defaultdict(set)
        for form in self.counts:
            for term in self.known[form].terms:
                found[term].add(form)
        return found

    def right(self, queries: Iterable[str], weights: Counts) -> float:
        """Return the share of occurrences, found as forms of the queries, that a reader would take for them."""
        shares = []
        for query in queries:
            found = self._forms(query)
            alike = [form for form in found if self._reading(form) == self._reading(query)]
            alike += [form for form in found.difference(alike) if _plain(form) == _plain(query)]
            shares.append((weights[query], _total(alike, weights) / _total(found, weights)))
        return _mean(shares)

    def related(self, queries: Iterable[str], weights: Counts) -> float:
        """Return the share of occurrences, found by derived links alone, that a reader would not call unrelated."""
        shares = []
        for query in queries:
            lemma = self.known[query].lemma
            found = self._derived(query)
            kept = [form for form in found if self.judged.get((lemma, self.known[form].lemma)) != _UNRELATED]
            if found:
                shares.append((weights[query], _total(kept, weights) / _total(found, weights)))
        return _mean(shares)

    def groups(self, queries: Iterable[str]) -> Iterable[str]:
        """Yield the lemmas of queries that have several forms, with these and their counts, the commonest first."""
        members: dict[str, Counter[str]] = defaultdict(Counter)
        for form, count in self.counts.items():
            members[self.known[form].lemma][_plain(form)] += count
        for lemma in dict.fromkeys(self.known[query].lemma for query in queries):
            shown = [(form, count) for form, count in members[lemma].most_common() if count >= _LEAST_SHOWN]
            if len(shown) > 1:
                yield f"{lemma}: {' '.join(f'{form} {count}' for form, count in shown)}"

    def _forms(self, query: str) -> set[str]:
        word = self.known[query]
        terms = query_terms(word.key, word.lemma, self.ranking, word.terms)
        return self._of(term for term, weight in terms if weight >= _FORM)

    def _derived(self, query: str) -> set[str]:
        word = self.known[query]
        made = [f(word.key, word.lemma, self._held) for f in (with_yeh, derived)]
        terms = [PART + word.lemma, PART + word.key, *[term for terms in made for term in terms]]
        return self._of(terms) - self._forms(query)

    def _of(self, terms: Iterable[str]) -> set[str]:
        return set().union(*(self.by_term[term] for term in terms if term in self.by_term))

    def _held(self, term: str) -> int:
        return len(self.by_term.get(term, ()))

    def _reading(self, form: str) -> tuple[str, str]:
        """Return what a form is instead of one of its lemma, and that lemma; blanks where nothing is said."""
        lemma = self.known[form].lemma
        instead = self.judged.get((lemma, _plain(form)), "")
        return (lemma, instead) if instead else ("", "")


def _plain(form: str) -> str:
    return form.replace(ZWNJ, "")


def _total(forms: Iterable[str], weights: Counts) -> float:
    return sum(weights[form] for form in forms)


def _mean(shares: Iterable[tuple[float, float]]) -> float:
    """Return the weighted mean of shares, each after its weight."""
    shares = list(shares)
    return sum(weight * share for weight, share in shares) / sum(weight for weight, _ in shares)


if __name__ == "__main__":
    main()
