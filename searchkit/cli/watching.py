"""`searchkit index --watch`: what changes is indexed as it does, until the user ends that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from searchkit.cli.adding import counted, json_counts, name_skipped
from searchkit.cli.terminal import plain
from searchkit.documents import Json, Report, Skip
from searchkit.errors import IndexLockedError

if TYPE_CHECKING:
    from searchkit.cli.adding import Job
    from searchkit.loading.watching import Changed

NAMED = 3  # how many of the files of a change are named


class Following:
    """Takes what changes into the index, a commit a change. What has changed is noticed from here on.

    Args:
        job: Puts it there.
        paths: Files and folders.

    Raises:
        MissingExtraError: The package that is needed for it is not installed.
    """

    def __init__(self, job: Job, paths: Iterable[str]) -> None:
        from searchkit.loading.watching import Watch  # noqa: PLC0415 (few watch)

        self._job = job
        self._watch = Watch(paths, job.options, job.interrupts.came)
        self._changes = self._watch.begin()

    def run(self, sources: Iterable[str | Skip], tell: Callable[[Changed, Report], None], *, is_quiet: bool) -> None:
        """Go on until the user interrupts.

        Args:
            sources: What there was at first, and is in the index.
            tell: Is told of each change.
            is_quiet: Whether to say nothing else but errors.
        """
        self._watch.learn(sources)
        self._job.interrupts.keeps = True
        self._job.interrupts.told = "stopping; what has been indexed is kept"
        if not is_quiet:
            click.echo("watching; Ctrl-C ends it", err=True)
        for change in self._changes:
            report = self._taken(change)
            if report is not None:
                tell(change, report)

    def _taken(self, change: Changed) -> Report | None:
        """Take a change, as soon as others who write let it."""
        while not self._job.interrupts.came.is_set():
            try:
                return self._job.take(change)
            except IndexLockedError as error:
                click.echo(f"{plain(str(error))}; trying again", err=True)
            except click.ClickException as error:  # too much would go, so it stays
                error.show()
                break
        return None


def tell_change(change: Changed, report: Report, *, as_json: bool) -> None:
    """Say in a line what has changed, if anything has."""
    from searchkit.loading import source_name  # noqa: PLC0415 (as above)

    name_skipped(report)
    names = sorted({source_name(path) for path in change.paths})
    if not (report.added or report.updated or report.removed):
        return
    now = dt.datetime.now().astimezone()
    if as_json:
        paths: list[Json] = [*names]
        click.echo(json_counts(report, time=now.isoformat(timespec="milliseconds"), paths=paths))
        return
    some = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")
    click.echo(f"{now:%H:%M:%S}  {counted(report)}: {plain(some)}")
