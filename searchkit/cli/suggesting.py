"""`searchkit suggest`: what is being typed in, words and titles that complete it out."""

from __future__ import annotations

import click

import searchkit
from searchkit import garbage
from searchkit.cli.options import index_option
from searchkit.cli.searching import QueryCommand, condition_of, typed
from searchkit.cli.terminal import json_line, plain


@click.command(cls=QueryCommand)
@click.argument("text", nargs=-1, required=True)
@index_option
@click.option(
    "-n",
    "--limit",
    default=10,
    show_default=True,
    type=click.IntRange(0, 100),
    help="How many words, and how many titles, at most.",
)
@click.option(
    "--where",
    "conditions",
    multiple=True,
    metavar="NAME=VALUE",
    help="Of documents with this value alone, as for search. Can be given again: all must hold.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def suggest(text: tuple[str, ...], *, path: str, limit: int, conditions: tuple[str, ...], as_json: bool) -> None:
    """Complete what is being typed.

    TEXT is a query whose last word is not finished, on either layout of the keyboard or in Latin letters. Each line is
    how many documents there are, and a word with what stands before it, or a title.

    \b
    searchkit suggest کتا
    searchkit suggest تاریخ ای --limit 5
    searchkit suggest ketab
    """  # noqa: D301 (click reads \\b as: leave these lines as they are)
    where = condition_of(conditions)
    with garbage.paused():
        words = typed(" ".join(text))
        with searchkit.SearchIndex.open(path, create=False) as index:
            found = index.suggest(words, limit=limit, where=where)
    if as_json:
        click.echo(json_line({"version": 1, "text": words, "completions": [each.to_dict() for each in found]}))
        return
    for each in found:
        title = "  (title)" if each.kind == "title" else ""
        click.echo(f"{each.count:>7,}  {plain(each.text)}{title}")
    if not found:
        click.echo("no document holds a word or a title that begins so", err=True)
