"""`searchkit index`: files, folders and streams into an index."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TextIO

import click

import searchkit
from searchkit.cli.interrupts import Interrupts
from searchkit.cli.options import INTERRUPTED, every, index_option, kinds_of_fields, wait_option
from searchkit.cli.progress import Progress
from searchkit.cli.terminal import json_line, plain
from searchkit.documents import Document, Report, Skip
from searchkit.errors import ArgumentError, RemovalRefusedError

if TYPE_CHECKING:
    from searchkit.index import WriteOptions
    from searchkit.loading import LoadOptions

LISTED = 10  # how many skipped sources the summary names
MOST_JOBS = 4  # by default: each takes some 200 MB
MOST_REMOVED = 0.5  # of the documents in the index, without --yes
COLUMNS = ("id", "title", "body", "url", "date")


class _Given(NamedTuple):
    """The options of `index`; its help says what each does."""

    prune: bool
    rebuild: bool
    yes: bool
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


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@index_option
@click.option("--prune", is_flag=True, help="Remove documents whose source under PATH has vanished.")
@click.option("--rebuild", is_flag=True, help="Start over; the new index replaces the old one when it is complete.")
@click.option("--yes", is_flag=True, help="Let --prune and --rebuild remove more than half of what is in the index.")
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
@wait_option
@click.option("--strict", is_flag=True, help="Exit with status 1 if anything was skipped.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def index(paths: tuple[str, ...], path: str, **given: Any) -> None:  # noqa: ANN401 (the fields of `_Given`)
    """Index documents. PATH is a file, a folder (with all below it), or - for JSON Lines on standard input.

    Text, Markdown, HTML, JSON, CSV, files of Office, PDF, EPUB, feeds, e-mail and more are read, archives of them and
    packed ones too. What has not changed since the last time is left as it is, so the command can be run again and
    again. In a folder, names that begin with a dot are passed over and symbolic links are not followed; what cannot be
    read is told at the end, and the rest is indexed.

    \b
    searchkit index docs/ news.jsonl
    searchkit index --prune docs/
    zcat export.jsonl.gz | searchkit index -
    """  # noqa: D301 (click reads \\b as: leave these lines as they are)
    from searchkit.loading import discover, exists, source_name  # noqa: PLC0415

    started = time.monotonic()
    asked = _Given(**given)
    options, writing = _load_options(asked), _write_options(asked)
    missing = plain(", ".join(source_name(each) for each in paths if not exists(each)))
    if missing and (asked.prune or asked.rebuild):
        raise click.ClickException(
            f"no such file or folder: {missing}; nothing was changed, as documents would be lost"
        )
    own = os.path.join(os.path.normpath(path), "")  # noqa: PTH118 (paths of sources are strings)
    sources = [each for each in discover(paths, options) if isinstance(each, Skip) or not _is_own(each, own)]
    roots = [source_name(root) for root in paths] if asked.prune else []
    interrupts = Interrupts()
    with closing(_documents(sources, options, writing.jobs)) as reading, _interruptible(interrupts, asked):
        documents = chain(interrupts.over(reading), _unread(interrupts, roots))
        counts = _add(path, documents, asked, prune=roots, options=writing)
    _tell(counts, asked, time.monotonic() - started)
    if interrupts.came:
        raise click.exceptions.Exit(INTERRUPTED)
    if missing:
        raise click.ClickException(f"no such file or folder: {missing}")
    if asked.strict and counts.skipped:
        raise click.ClickException(f"{len(counts.skipped):,} sources were skipped")


def _load_options(asked: _Given) -> LoadOptions:
    from searchkit.loading import LoadOptions  # noqa: PLC0415 (formats are not needed for --help)

    try:
        return LoadOptions(encoding=asked.encoding, table=asked.table, **_columns(asked.columns))
    except ArgumentError as error:
        raise click.BadParameter(plain(str(error)), param_hint="--encoding") from None


def _write_options(asked: _Given) -> WriteOptions:
    return searchkit.WriteOptions(
        memory=asked.memory << 20,
        jobs=asked.jobs or min(_processors(), MOST_JOBS),
        wait=asked.wait,
        commit_every=asked.commit_every,
    )


def _tell(counts: Report, asked: _Given, seconds: float) -> None:
    """Say and write down what became of the sources."""
    write_down(counts, asked.report)
    if not asked.quiet:
        summarise(counts, seconds)


def write_down(counts: Report, file: TextIO | None) -> None:
    """Write what was skipped and why into a file, if there is one."""
    if file is not None:
        file.writelines(json_line({"source": skip.source, "reason": skip.reason}) + "\n" for skip in counts.skipped)


def _is_own(source: str, folder: str) -> bool:
    """Tell whether a source is a file of the index itself, as where all of the current folder is indexed."""
    return source.removeprefix("./").startswith(folder) and os.path.basename(source).startswith("MAIN")  # noqa: PTH119


def _interruptible(interrupts: Interrupts, asked: _Given) -> AbstractContextManager[None]:
    """Return what lets Ctrl-C keep what has been read; an index that is made anew is whole or is not there."""
    return nullcontext() if asked.rebuild else interrupts.awaited()


def _unread(interrupts: Interrupts, roots: Iterable[str]) -> Iterator[Skip]:
    """Yield what was not read to its end: nothing of it has vanished."""
    if interrupts.came:
        yield from (Skip(root, "not read to its end: interrupted") for root in roots)


def _add(path: str, documents: Iterable[Document | Skip], asked: _Given, **options: Any) -> Report:  # noqa: ANN401
    """Put documents into the index. Where there is none, it is made for the first document and not before."""
    skipped: list[Skip] = []
    if not searchkit.SearchIndex.exists(path):
        documents = iter(documents)
        for first in documents:
            if isinstance(first, Document):
                documents = chain(skipped, [first], documents)
                break
            skipped.append(first)
        else:
            return Report(skipped=tuple(skipped))
    most_removed = 1.0 if asked.yes else MOST_REMOVED
    with searchkit.SearchIndex.open(path, fresh=asked.rebuild, fields=asked.fields) as index:
        try:
            return index.add(documents, most_removed=most_removed, **options)
        except RemovalRefusedError as error:
            gone = f"{error.removed:,} of the {error.total:,} documents in the index at {plain(path)}"
            raise click.ClickException(
                f"this would remove {gone}, so nothing was changed; if that is meant, say --yes"
            ) from None


def _columns(pairs: Sequence[str]) -> dict[str, Any]:
    columns = dict(pair.partition("=")[::2] for pair in pairs)
    for name, column in columns.items():
        if name not in COLUMNS or not column:
            raise click.BadParameter(
                f"{name!r} is none of {', '.join(COLUMNS)}; write e.g. body=matn", param_hint="--column"
            )
    return columns


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _documents(
    sources: Sequence[str | Skip], options: LoadOptions, jobs: int
) -> Generator[Document | Skip, None, None]:
    from searchkit.loading import read_sources  # noqa: PLC0415

    progress = Progress(len(sources))
    with closing(read_sources(progress.over_sources(sources), options, jobs)) as documents:
        yield from progress.over_documents(documents)


def summarise(report: Report, seconds: float) -> None:
    """Say in a line what became of the documents, after the first of those that were skipped."""
    for skip in report.skipped[:LISTED]:
        click.echo(f"skipped {plain(skip.source)}: {plain(skip.reason)}", err=True)
    if len(report.skipped) > LISTED:
        click.echo(f"and {len(report.skipped) - LISTED:,} more; --report FILE lists all of them", err=True)
    click.echo(
        f"added {report.added:,}, updated {report.updated:,}, unchanged {report.unchanged:,}, "
        f"removed {report.removed:,}, skipped {len(report.skipped):,}  {seconds:.1f} s"
    )
