"""`searchkit index`: files, folders and streams into an index."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TextIO

import click

import searchkit
from searchkit.cli.adding import MOST_REMOVED, Destination, Job, json_counts, name_skipped, summarise, write_down
from searchkit.cli.choosing import load_options
from searchkit.cli.embedding import check_embedder, embedder_before, give_vectors, tell_missing
from searchkit.cli.interrupts import Interrupts
from searchkit.cli.listing import LeftOut, list_sources
from searchkit.cli.options import (
    embedder_option,
    every,
    index_option,
    kinds_of_fields,
    semantic_option,
    wait_option,
)
from searchkit.cli.terminal import plain
from searchkit.cli.watching import Following, tell_change
from searchkit.documents import Report
from searchkit.errors import SearchKitError

if TYPE_CHECKING:
    from searchkit.index import WriteOptions
    from searchkit.loading.watching import Changed

MOST_JOBS = 4  # by default: each takes some 200 MB


class _Given(NamedTuple):
    """The options of `index`; its help says what each does."""

    prune: bool
    rebuild: bool
    yes: bool
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    ignore_files: tuple[str, ...]
    no_ignore: bool
    dry_run: bool
    watch: bool
    as_json: bool
    columns: tuple[str, ...]
    table: str | None
    fields: dict[str, str] | Literal["auto"] | None
    encoding: str | None
    report: TextIO | None
    jobs: int | None
    memory: int
    commit_every: int | dt.timedelta | None
    wait: float
    strict: bool
    quiet: bool
    semantic: bool
    embedder: str


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@index_option
@click.option("--prune", is_flag=True, help="Remove documents whose source under PATH has vanished.")
@click.option("--rebuild", is_flag=True, help="Start over; the new index replaces the old one when it is complete.")
@click.option("--yes", is_flag=True, help="Let --prune and --rebuild remove more than half of what is in the index.")
@click.option(
    "--include",
    multiple=True,
    metavar="GLOB",
    help="Of folders, take only files whose name, or path below the folder, is like this, e.g. '*.md'. Can be given "
    "again.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    help="Leave out files and folders that are like this, e.g. 'drafts/' or '*.csv'. Can be given again.",
)
@click.option(
    "--ignore-file",
    "ignore_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, readable=True),
    metavar="FILE",
    help="Leave out what the rules in this file say, written as in .gitignore, of every folder PATH.",
)
@click.option(
    "--no-ignore", is_flag=True, help="Take also what files called .gitignore and .searchkitignore leave out."
)
@click.option("--dry-run", is_flag=True, help="Write nothing; say which files would be read, and which not and why.")
@click.option(
    "--watch", is_flag=True, help="Stay, and index what changes as it does, until Ctrl-C. Needs the extra `watch`."
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME=COLUMN",
    help="Read id, title, body, url or date "
    "of CSV, JSON and databases from another column, e.g. body=matn. Can be given again.",
)
@click.option("--table", metavar="NAME", help="The table of an SQLite database that holds the documents.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    callback=kinds_of_fields,
    metavar="NAME=KIND",
    help="Let searches be narrowed by a field: keyword, keywords, number or date, e.g. price=number. Can be given "
    "again; the index keeps them. --field auto goes by the first documents.",
)
@click.option("--encoding", help="The encoding of every file; without this it is found out.")
@click.option(
    "--report",
    type=click.File("w", encoding="utf-8", lazy=False),
    metavar="FILE",
    help="Write what was skipped and why, as JSON Lines.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many processes read and analyze, once the work is long. Default: one a processor, at most 4.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=1),
    default=256,
    show_default=True,
    metavar="MB",
    help="How much of the documents to gather in memory before it is written.",
)
@click.option(
    "--commit-every",
    callback=every,
    metavar="N|TIME",
    help="Commit after so many documents, or so much time (90s, 10m, 1h), and not only at the end. Not with --rebuild.",
)
@semantic_option
@embedder_option
@wait_option
@click.option("--strict", is_flag=True, help="Exit with status 1 if anything was skipped.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as a JSON object, or one a file or change.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def index(paths: tuple[str, ...], path: str, **given: Any) -> None:  # noqa: ANN401 (the fields of `_Given`)
    """Index documents. PATH is a file, a folder (with all below it), or - for JSON Lines on standard input.

    Text, Markdown, HTML, JSON, CSV, files of Office, PDF, EPUB, feeds, e-mail and more are read, archives of them and
    packed ones too. What has not changed since the last time is left as it is, so the command can be run again and
    again. In a folder, names that begin with a dot are passed over, symbolic links are not followed, and what a
    .gitignore or .searchkitignore says is left out; what cannot be read is told at the end, and the rest is indexed.

    \b
    searchkit index docs/ news.jsonl
    searchkit index --prune docs/
    searchkit index --dry-run docs/ --exclude 'drafts/'
    searchkit index --watch docs/
    zcat export.jsonl.gz | searchkit index -
    """  # noqa: D301 (click reads \\b as: leave these lines as they are)
    from searchkit.loading import discover, exists, source_name  # noqa: PLC0415

    started = time.monotonic()
    asked = _Given(**given)
    _check(asked, paths)
    options = load_options(
        paths,
        path,
        columns=asked.columns,
        ignore_files=asked.ignore_files,
        no_ignore=asked.no_ignore,
        include=asked.include,
        exclude=asked.exclude,
        encoding=asked.encoding,
        table=asked.table,
    )
    if asked.semantic:
        check_embedder(asked.embedder)
    missing = plain(", ".join(source_name(each) for each in paths if not exists(each)))
    if missing and (asked.prune or asked.rebuild or asked.watch) and not asked.dry_run:
        raise click.ClickException(f"no such file or folder: {missing}; nothing was changed")
    if asked.dry_run:
        counts = list_sources(paths, options, as_json=asked.as_json, is_quiet=asked.quiet)
        write_down(counts, asked.report)
        _judge(counts, missing, is_strict=asked.strict)
        return
    before = embedder_before(path) if asked.rebuild else None
    interrupts, left_out = Interrupts(keeps=not asked.rebuild), LeftOut()
    destination = Destination(path, asked.fields, 1.0 if asked.yes else MOST_REMOVED)
    job = Job(destination, options, _write_options(asked), interrupts)
    following = Following(job, paths) if asked.watch else None
    sources = list(discover(paths, options, left_out=left_out))
    with interrupts.awaited():
        counts = job.run(sources, paths if asked.prune else (), fresh=asked.rebuild)
        _tell(counts, left_out, asked, time.monotonic() - started)
        _embed(path, asked, interrupts, before)
        if following is not None and not interrupts.came.is_set():
            following.run(
                sources, partial(_tell_change, path=path, asked=asked, interrupts=interrupts), is_quiet=asked.quiet
            )
            return
    if interrupts.came.is_set():
        if not asked.quiet:
            click.echo(
                "interrupted; what was read until then is in the index, and the same command adds the rest", err=True
            )
        raise click.exceptions.Exit(interrupts.status)
    _judge(counts, missing, is_strict=asked.strict)


def _check(asked: _Given, paths: Sequence[str]) -> None:
    """Make sure that what is asked for goes together."""
    if asked.watch and asked.dry_run:
        raise click.UsageError("--dry-run writes nothing, so there is nothing to --watch for")
    if asked.watch and asked.strict:
        raise click.UsageError("--watch goes on where something is skipped; it does not go with --strict")
    if asked.watch and "-" in paths:
        raise click.UsageError("standard input cannot be watched; name files and folders")


def _judge(counts: Report, missing: str, *, is_strict: bool) -> None:
    """End with status 1 if there was nothing to index but what is missing or was skipped."""
    if missing:
        raise click.ClickException(f"no such file or folder: {missing}")
    if counts.skipped and not (counts.added or counts.updated or counts.unchanged):
        raise click.ClickException(f"nothing could be indexed: all {len(counts.skipped):,} sources were skipped")
    if is_strict and counts.skipped:
        raise click.ClickException(f"{len(counts.skipped):,} sources were skipped")


def _write_options(asked: _Given) -> WriteOptions:
    return searchkit.WriteOptions(
        memory=asked.memory << 20,
        jobs=asked.jobs or min(_processors(), MOST_JOBS),
        wait=asked.wait,
        commit_every=asked.commit_every,
    )


def _embed(path: str, asked: _Given, interrupts: Interrupts, before: str | None = None) -> None:
    """Give vectors to what has none, if that is wanted and there is an index; or say that some has none."""
    if interrupts.came.is_set() or not searchkit.SearchIndex.exists(path):
        return
    if asked.semantic:
        told = interrupts.told
        give_vectors(path, asked.embedder, interrupts, as_json=asked.as_json, is_quiet=asked.quiet)
        interrupts.told = told
    elif not asked.quiet:
        tell_missing(path, before)


def _tell_change(change: Changed, counts: Report, *, path: str, asked: _Given, interrupts: Interrupts) -> None:
    write_down(counts, asked.report)
    if not asked.quiet:
        tell_change(change, counts, as_json=asked.as_json)
    if counts.added or counts.updated:
        try:
            _embed(path, asked, interrupts)
        except click.exceptions.Exit:  # which ends the watching, too
            pass
        except SearchKitError as error:
            click.echo(f"{plain(str(error))}; tried again with the next change", err=True)


def _tell(counts: Report, left_out: LeftOut, asked: _Given, seconds: float) -> None:
    """Say and write down what became of the sources."""
    write_down(counts, asked.report)
    if asked.quiet:
        return
    if asked.as_json:
        name_skipped(counts)
        left: dict[str, Any] = {"files": left_out.files, "folders": left_out.folders}
        click.echo(json_counts(counts, left_out=left, seconds=round(seconds, 3)))
        return
    summarise(counts, seconds)
    if left_out:
        click.echo(str(left_out) if asked.no_ignore else f"{left_out}; --no-ignore takes them")


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
