"""Which forms of a word find each other? Word lists with known answers in, a table of shares out.

Run `python tests/benchmarks/lexical.py LEXICAL_DIR`. Pairs are counted as a treebank gives them: two forms agree when
they get one lemma. Forms that the lexicon does not hold are given apart, and so are two halves of the lemmas, of which
one may be looked into and the other not. What a search finds is asked of an index of all rows of a list, every word of
the query required.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterable
from hashlib import md5
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from searchkit import Document, SearchIndex
from searchkit.persian import analyze
from searchkit.persian.morphology.lexicon import kind_of
from searchkit.persian.text.fold import fold

_SEARCHED = 1500
"""Rows of the longest list that are searched for."""
_DEEPEST = 10_000
"""Hits among which a text must be."""


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Print what the analysis makes of the word lists in FOLDER."""
    treebank = _rows(folder / "lemma_perdt_large.tsv.gz")
    for name, kinds in (("nominal", {"N", "ADJ"}), ("verbs", {"V"})):
        forms = _plain([(form, lemma) for form, lemma, kind, *_ in treebank if kind in kinds])
        _print(f"treebank pairs, {name}", forms)
        for half in (0, 1):
            _print(f"treebank pairs, {name}, half {half}", [row for row in forms if _half(row[1]) == half])
        _print(f"treebank pairs, {name}, not in the lexicon", [row for row in forms if not kind_of(_one(row[0])[0])])
    clitics = [row for row in _rows(folder / "clitic_ud.tsv.gz") if "+PRON" in row[4]]
    _share("host of a pronoun", [_finds(row[0], row[1]) for row in clitics])
    informal = [(formal, spoken) for spoken, formal, *_ in _rows(folder / "informal_formal_words.tsv.gz")]
    _share("formal word, same as informal", [_finds(spoken, formal) for formal, spoken in informal])
    _share("formal word, informal found", _searched([informal]))
    spaced = _rows(folder / "zwnj_words.tsv.gz")
    _share("half-space left out", [_finds(row[0], row[2]) for row in spaced])
    _share("half-space as space, read as one", [_finds(row[0], row[1]) for row in spaced])
    ways = [[(row[query], row[text]) for row in spaced] for query, text in permutations(range(3), 2)]
    _share("half-space, space and none, all found", _searched(ways, _SEARCHED))


def _searched(ways: list[list[tuple[str, str]]], most: int | None = None) -> list[bool]:
    """Tell for each row whether the queries find their texts in all ways; if given, for `most` of the rows alone."""
    texts = {text: str(number) for number, text in enumerate(dict.fromkeys(text for way in ways for _, text in way))}
    rows = list(range(len(ways[0])))
    rows = sorted(rows, key=lambda row: md5(ways[0][row][0].encode(), usedforsecurity=False).digest())[:most]
    with TemporaryDirectory() as folder, SearchIndex.open(folder) as index:
        index.add(Document(id=id_, body=text) for text, id_ in texts.items())

        def found(query: str, text: str) -> bool:
            hits = index.search(query, match="all", limit=min(len(texts), _DEEPEST), snippets=0)
            return any(hit.document.id == texts[text] for hit in hits)

        return [all(found(*way[row]) for way in ways) for row in rows]


def _half(lemma: str) -> int:
    return md5(lemma.encode(), usedforsecurity=False).digest()[0] & 1


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
