"""Which forms of a word find each other? Word lists with known answers in, a table of shares out.

Run `python tests/benchmarks/lexical.py LEXICAL_DIR`. Pairs are counted as a treebank gives them: two forms agree when
they get one lemma. Forms that the lexicon does not hold are given apart.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from searchkit.persian import analyze
from searchkit.persian.fold import fold
from searchkit.persian.lexicon import kind_of


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Print what the analysis makes of the word lists in FOLDER."""
    treebank = _rows(folder / "lemma_perdt_large.tsv.gz")
    for name, kinds in (("nominal", {"N", "ADJ"}), ("verbs", {"V"})):
        forms = _plain([(form, lemma) for form, lemma, kind, *_ in treebank if kind in kinds])
        _print(f"treebank pairs, {name}", forms)
        _print(f"treebank pairs, {name}, not in the lexicon", [row for row in forms if not kind_of(_one(row[0])[0])])
    _share(
        "host of a pronoun", [_finds(row[0], row[1]) for row in _rows(folder / "clitic_ud.tsv.gz") if "+PRON" in row[4]]
    )
    _share("informal and formal", [_finds(row[0], row[1]) for row in _rows(folder / "informal_formal_words.tsv.gz")])
    _share("half-space left out", [_finds(row[0], row[2]) for row in _rows(folder / "zwnj_words.tsv.gz")])
    _share("half-space as space, read as one", [_finds(row[0], row[1]) for row in _rows(folder / "zwnj_words.tsv.gz")])


def _rows(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def _plain(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return folded lemmas, and only forms that have one alone: no analysis of single words can do right by others."""
    lemmas: dict[str, set[str]] = {}
    for form, lemma in rows:
        lemmas.setdefault(fold(form), set()).add(fold(lemma))
    return sorted((form, next(iter(found))) for form, found in lemmas.items() if len(found) == 1)


def _one(form: str) -> tuple[str, str]:
    """Return the key and the lemma of a form, those of several words run together."""
    tokens = analyze(form)
    return "".join(token.key for token in tokens), "".join(token.lemma for token in tokens)


def _finds(left: str, right: str) -> bool:
    """Tell whether every word of one form has a word of the other with its key, its lemma, or as its part."""
    ours, theirs = analyze(left), analyze(right)
    marked = {sign + word for token in ours for sign in ("", "~", "+") for word in (token.key, token.lemma)}
    found = {term for token in ours for term in token.terms}
    return bool(theirs) and all(
        found.intersection((token.key, "~" + token.lemma, "+" + token.key, token.lemma))
        or marked & {token.key, "~" + token.lemma}
        for token in theirs
    )


def _print(name: str, forms: list[tuple[str, str]]) -> None:
    both, ours, theirs = (
        _pairs(groups)
        for groups in (
            [(_one(form)[1], lemma) for form, lemma in forms],
            [_one(form)[1] for form, _ in forms],
            [lemma for _, lemma in forms],
        )
    )
    precision, recall = both / max(ours, 1), both / max(theirs, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    print(f"{name:45} {precision:.3f} {recall:.3f} {f1:.3f}  {len(forms)} forms")


def _pairs(groups: Iterable[object]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(groups).values())


def _share(name: str, found: list[bool]) -> None:
    print(f"{name:45} {sum(found) / len(found):.3f}  {len(found)} rows")


if __name__ == "__main__":
    main()
