"""What do the tables of the language say? The rows of `data/*.tsv`: a line of column names, then one fact a line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from searchkit.persian.text.chars import ZWNJ
from searchkit.persian.text.fold import fold, fold_words

DATA = Path(__file__).parents[1] / "data"


def rows(name: str, folder: Path = DATA) -> list[list[str]]:
    """Return the rows of a table, without its column names."""
    lines = (folder / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def key_of(written: str) -> str:
    """Return a written word folded, without half-spaces."""
    return fold(written).replace(ZWNJ, "")


def pairs(name: str) -> dict[str, str]:
    """Return a table of two columns and a source: the keys of the first column with those of the second."""
    left, right, _ = zip(*rows(name), strict=True)
    return dict(zip(keys_of(left), keys_of(right), strict=True))


def keys_of(written: Iterable[str]) -> list[str]:
    """Return what `key_of` returns for each of some words without digits; folding them at once takes less time."""
    return [folded.replace(ZWNJ, "") for folded in fold_words(written)]
