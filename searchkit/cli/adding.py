"""How do documents get into an index, and what is told of that? For the commands that add some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TextIO

import click

import searchkit
from searchkit.cli.interrupts import Interrupts
from searchkit.cli.progress import Progress
from searchkit.cli.terminal import json_line, plain
from searchkit.documents import Document, Json, Report, Skip
from searchkit.errors import RemovalRefusedError

if TYPE_CHECKING:
    from searchkit.index import WriteOptions
    from searchkit.loading import LoadOptions
    from searchkit.loading.watching import Changed

LISTED = 10  # how many skipped sources the summary names
MOST_REMOVED = 0.5  # of the documents in the index, without --yes


class Destination(NamedTuple):
    """Where documents go.

    Attributes:
        path: The folder of the index.
        fields: Those that it is to have, if it is new.
        most_removed: The share of its documents that may go, where that could be a mistake.
    """

    path: str
    fields: Mapping[str, str] | Literal["auto"] | None = None
    most_removed: float = MOST_REMOVED


class Job:
    """Puts the documents of sources into an index, as far as the user lets it.

    Args:
        destination: The index.
        options: How sources are found and read.
        writing: How the index is written.
        interrupts: Those of the user.
    """

    def __init__(
        self, destination: Destination, options: LoadOptions, writing: WriteOptions, interrupts: Interrupts
    ) -> None:
        self.options = options
        self.interrupts = interrupts
        self._destination = destination
        self._writing = writing

    def run(self, sources: Sequence[str | Skip], roots: Iterable[str], *, fresh: bool = False) -> Report:
        """Add what is in the sources, and show how far that has come.

        Args:
            sources: As `discover` gives them.
            roots: Files and folders of which all that there is, is among the sources: other documents go.
            fresh: Start over.

        Raises:
            click.ClickException: More would go than may go.
        """
        from searchkit.loading import LEAST_WORK, read_sources  # noqa: PLC0415 (not needed for --help)

        progress = Progress(sources, LEAST_WORK)
        reading = read_sources(progress.over_sources(), self.options, self._writing.jobs, progress.passed)
        with closing(progress), closing(reading):
            documents = self.interrupts.over(progress.over_documents(reading))
            return self._add(documents, roots, self._destination.most_removed, fresh=fresh)

    def take(self, change: Changed) -> Report:
        """Add what has changed. What is seen to go may be any number of documents.

        Raises:
            click.ClickException: A folder has become another one, and more would go by that than may go.
        """
        from searchkit.loading import read_sources  # noqa: PLC0415 (as above)

        most_removed = self._destination.most_removed if change.is_replaced else 1.0
        with closing(read_sources(change.sources, self.options, self._writing.jobs)) as reading:
            return self._add(self.interrupts.over(reading), change.paths, most_removed)

    def _add(
        self, documents: Iterable[Document | Skip], roots: Iterable[str], most_removed: float, *, fresh: bool = False
    ) -> Report:
        from searchkit.loading import source_name  # noqa: PLC0415 (as above)

        names = [source_name(root) for root in roots]
        documents = chain(documents, self._unread(names))
        options = {"prune": names, "most_removed": most_removed, "options": self._writing}
        return _added(self._destination, documents, options, fresh=fresh)

    def _unread(self, roots: Iterable[str]) -> Iterator[Skip]:
        """Yield what was not read to its end: nothing of it has vanished."""
        if self.interrupts.came.is_set():
            yield from (Skip(root, "not read to its end: interrupted") for root in roots)


def _added(
    destination: Destination, documents: Iterable[Document | Skip], options: dict[str, Any], *, fresh: bool
) -> Report:
    """Put documents into an index. Where there is none, it is made for the first document and not before."""
    path = destination.path
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
    with searchkit.SearchIndex.open(path, fresh=fresh, fields=destination.fields) as index:
        try:
            return index.add(documents, **options)
        except RemovalRefusedError as error:
            gone = f"{error.removed:,} of the {error.total:,} documents in the index at {plain(path)}"
            raise click.ClickException(
                f"this would remove {gone}, so nothing was changed; if that is meant, say --yes"
            ) from None


def write_down(counts: Report, file: TextIO | None) -> None:
    """Write what was skipped and why into a file, if there is one."""
    if file is not None:
        file.writelines(json_line({"source": skip.source, "reason": skip.reason}) + "\n" for skip in counts.skipped)
        file.flush()


def summarise(report: Report, seconds: float) -> None:
    """Say in a line what became of the documents, after the first of those that were skipped."""
    name_skipped(report)
    click.echo(f"{counted(report)}  {seconds:.1f} s")


def name_skipped(report: Report) -> None:
    """Name the first of what was skipped, with the reasons."""
    for skip in report.skipped[:LISTED]:
        click.echo(f"skipped {plain(skip.source)}: {plain(skip.reason)}", err=True)
    if len(report.skipped) > LISTED:
        click.echo(f"and {len(report.skipped) - LISTED:,} more; --report FILE lists all of them", err=True)


def counted(report: Report) -> str:
    """Return how many documents have come, have changed, and so on."""
    return ", ".join(f"{name} {count:,}" for name, count in counts_of(report).items())


def counts_of(report: Report) -> dict[str, int]:
    """Return the counts of a report by their names."""
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "skipped": len(report.skipped),
    }


def json_counts(report: Report, **more: Json) -> str:
    """Return the counts of a report as a line of JSON, with what else is to be told."""
    return json_line({**counts_of(report), **more})
