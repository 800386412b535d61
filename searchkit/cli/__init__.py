"""Arguments in, library called, text out."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from searchkit import __version__
from searchkit.cli import configuration
from searchkit.cli.crawling import crawl
from searchkit.cli.embedding import embed
from searchkit.cli.evaluating import evaluate
from searchkit.cli.indexing import index
from searchkit.cli.inspecting import analyze, info
from searchkit.cli.maintaining import backup, check, delete, optimize, repair
from searchkit.cli.options import INTERRUPTED
from searchkit.cli.resembling import similar
from searchkit.cli.searching import search
from searchkit.cli.serving import serve
from searchkit.cli.suggesting import suggest
from searchkit.cli.terminal import plain
from searchkit.errors import ArgumentError, CursorError, MissingExtraError, SearchKitError, WordsError

BROKEN_PIPE = 141  # what a shell reports for a program that SIGPIPE ended


class _Misused(click.ClickException):
    """Something was asked for that there is not, or that cannot be had here."""

    exit_code = 2


class Commands(click.Group):
    """The commands, with every expected failure told in one line."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 (click's own signature)
        """Run the command that was asked for."""
        try:
            result = super().invoke(ctx)
            for stream in filter(None, (sys.stdout, sys.stderr)):
                stream.flush()  # here it can be told what is wrong with it
        except WordsError as error:
            for problem in error.problems:
                click.echo(f"{plain(error.source)}: {plain(problem)}", err=True)
            raise click.ClickException(f"{plain(error.source)} cannot be used; mend it, and ask again") from None
        except SearchKitError as error:
            raise (_Misused if _is_misuse(error) else click.ClickException)(plain(str(error))) from None
        except KeyboardInterrupt:
            click.echo("interrupted; the index is as it was before", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:  # whoever read the output has seen enough
            _give_up_output()
            ctx.exit(BROKEN_PIPE)
        except OSError as error:
            _give_up_output()
            raise click.ClickException(f"the output cannot be written: {error.strerror or error}") from None
        else:
            return result


def _is_misuse(error: SearchKitError) -> bool:
    """Tell whether a command can never succeed as it was given; where a page begins changes with the index."""
    return isinstance(error, ArgumentError | MissingExtraError) and not isinstance(error, CursorError)


def _give_up_output() -> None:
    """Let what is still to be written go nowhere, so that the end of the program does not stumble over it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="searchkit")
@click.option(
    "--config",
    envvar="SEARCHKIT_CONFIG",
    show_envvar=True,
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help=f"A file with options of the commands, in TOML.  [default: {configuration.DEFAULT}, if it is there]",
)
@click.pass_context
def main(ctx: click.Context, config: str | None) -> None:
    """Full-text search for Persian.

    \b
    searchkit index docs/             index a folder of documents
    searchkit search تاریخ ایران       find them
    """  # noqa: D301 (click reads \\b as: leave these lines as they are)
    # numpy starts a thread a core for linear algebra as it loads, and they spin; there is none of that here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):  # None where they are closed
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show Persian still gets an answer
    ctx.default_map = configuration.options_of(config, main.commands)


for command in (
    index,
    crawl,
    embed,
    search,
    similar,
    suggest,
    serve,
    info,
    delete,
    optimize,
    check,
    repair,
    backup,
    analyze,
    evaluate,
):
    main.add_command(command)
