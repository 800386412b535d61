"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

import click

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


wait_option = click.option(
    "--wait",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait while another program writes the index.",
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
