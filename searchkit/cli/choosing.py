"""Which files does the user mean, and how are they to be read?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from searchkit.cli.terminal import plain
from searchkit.errors import ArgumentError

if TYPE_CHECKING:
    from searchkit.loading import LoadOptions

COLUMNS = ("id", "title", "body", "url", "date")
IGNORE_FILES = (".gitignore", ".searchkitignore")

_OWN = ("MAIN.lock", "MAIN.door", "MAIN-*.json", "MAIN*.segment", "words.tsv", "crawl.sqlite*")
"""What an index puts, or looks for, into a folder, where that is one that is indexed."""


def load_options(
    paths: Iterable[str],
    index: str,
    *,
    columns: Sequence[str],
    ignore_files: Sequence[str],
    no_ignore: bool,
    **given: Any,  # noqa: ANN401 (more of the options)
) -> LoadOptions:
    """Return how the sources below paths are found and read.

    Args:
        paths: Files and folders.
        index: The folder of the index, which is no source itself.
        columns: NAME=COLUMN, each.
        ignore_files: Files of rules that count for all folders.
        no_ignore: Whether those count that are in the folders.
        given: `include`, `exclude`, `encoding` and `table`.

    Raises:
        click.BadParameter: One of them cannot be.
    """
    from searchkit.loading import LoadOptions  # noqa: PLC0415 (formats are not needed for --help)

    if any(_is_same(each, index) for each in paths):
        given["exclude"] = (*given["exclude"], *_OWN)
    rules = tuple(_rules(ignore_files))
    try:
        return LoadOptions(
            ignore=rules,
            ignore_files=() if no_ignore else IGNORE_FILES,
            not_walked=(index,),
            **given,
            **_columns(columns),
        )
    except ArgumentError as error:
        hint = "--encoding" if "encoding" in str(error) else "--ignore-file"
        raise click.BadParameter(plain(str(error)), param_hint=hint) from None


def _rules(files: Iterable[str]) -> Iterable[str]:
    """Yield the rules in files."""
    from searchkit.loading.ignoring import lines_of  # noqa: PLC0415 (few have such files)

    for file in files:
        try:
            lines, is_whole = lines_of(file)
        except OSError as error:
            raise click.BadParameter(f"{plain(file)}: {error.strerror}", param_hint="--ignore-file") from None
        if not is_whole:
            raise click.BadParameter(f"{plain(file)} is too large for a file of rules", param_hint="--ignore-file")
        yield from lines


def _is_same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)  # noqa: PTH121 (names of any characters)
    except (OSError, ValueError):
        return False


def _columns(pairs: Sequence[str]) -> dict[str, Any]:
    columns = dict(pair.partition("=")[::2] for pair in pairs)
    for name, column in columns.items():
        if name not in COLUMNS or not column:
            raise click.BadParameter(
                f"{name!r} is none of {', '.join(COLUMNS)}; write e.g. body=matn", param_hint="--column"
            )
    return columns
