"""`searchkit index --dry-run`: which files would be read, and which not?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from searchkit.cli.terminal import json_line, plain, size_shown
from searchkit.documents import Json, Report, Skip
from searchkit.errors import LoadError

if TYPE_CHECKING:
    from searchkit.loading import LoadOptions


class LeftOut:
    """Counts what the rules of ignore files leave out.

    Args:
        tell: Is told of each, too: its name, and whether it is a folder.
    """

    def __init__(self, tell: Callable[[str, bool], object] = lambda _name, _is_folder: None) -> None:
        self.files = self.folders = 0
        self._tell = tell

    def __call__(self, path: str, is_folder: bool) -> None:
        """Count a path."""
        self.folders += is_folder
        self.files += not is_folder
        self._tell(path, is_folder)

    def __bool__(self) -> bool:
        return bool(self.files or self.folders)

    def __str__(self) -> str:
        counts = ((self.files, "file"), (self.folders, "folder"))
        some = " and ".join(f"{count:,} {name}{'s' * (count != 1)}" for count, name in counts if count)
        return f"{some or 'nothing'} left out by ignore files"


def list_sources(paths: Sequence[str], options: LoadOptions, *, as_json: bool, is_quiet: bool) -> Report:
    """Print what would be read and what not, as the files are met; return what would be skipped.

    `unchanged` of the report counts the files that would be read.
    """
    from searchkit.loading import discover, recognize, source_name  # noqa: PLC0415 (not needed for --help)

    def tell(action: str, name: str, *told: str, **more: Json) -> None:
        if as_json:
            click.echo(json_line({"source": name, "action": action, **more}))
        elif not is_quiet:
            click.echo("  ".join(map(plain, (f"{action:6}", name, *told))))

    def skip(skipped: Skip) -> None:
        report.append(skipped)
        tell("skip", skipped.source, skipped.reason, reason=skipped.reason)

    report: list[Skip] = []
    count = size = 0
    left_out = LeftOut(lambda path, is_folder: tell("ignore", source_name(path) + "/" * is_folder))
    for source in discover(paths, options, left_out=left_out):
        if isinstance(source, Skip):
            skip(source)
            continue
        try:
            kind, bytes_ = recognize(source, options)
        except LoadError as error:
            skip(Skip(error.source, error.reason))
            continue
        shown = [] if bytes_ is None else [size_shown(bytes_)]
        tell("read", source_name(source), kind, *shown, format=kind, bytes=bytes_)
        count, size = count + 1, size + (bytes_ or 0)
    if not as_json and not is_quiet:
        click.echo(f"would read {count:,} files ({size_shown(size)}), skip {len(report):,}; {left_out}")
    return Report(unchanged=count, skipped=tuple(report))
