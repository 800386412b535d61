"""Options that several commands share."""

from __future__ import annotations

import click

INTERRUPTED = 130
"""The exit status that a shell reports for a program that SIGINT ended."""

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
