"""`searchkit delete`, `optimize`, `check`, `repair` and `backup`: keeping an index small, sound and safe."""

from __future__ import annotations

from itertools import chain, islice
from pathlib import Path

import click

import searchkit
from searchkit.cli.embedding import embedder_before, tell_missing
from searchkit.cli.options import index_option, wait_option
from searchkit.cli.terminal import plain


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@index_option
@wait_option
def delete(ids: tuple[str, ...], path: str, wait: float) -> None:
    """Remove documents by their ids. An id that names none makes the exit status 1; the others are removed."""
    with searchkit.SearchIndex.open(path, create=False) as index:
        missing = [id_ for id_ in dict.fromkeys(ids) if index.get(id_) is None]
        removed = index.delete(ids, searchkit.WriteOptions(wait=wait))
    click.echo(f"removed {removed:,}")
    if missing:
        raise click.ClickException(f"not in the index at {plain(path)}: {plain(', '.join(missing))}")


@click.command()
@index_option
@wait_option
def optimize(path: str, wait: float) -> None:
    """Write the index as one piece, without what was deleted, and say what that gained.

    Deleted documents leave the disk by themselves once they are more than a third of their part of the index.
    """
    with searchkit.SearchIndex.open(path, create=False) as index:
        done = index.optimize(searchkit.WriteOptions(wait=wait))
    gained = f"{done.size_before:,} -> {done.size:,} bytes, {done.segments_before:,} -> {done.segments:,} segments"
    click.echo(f"{gained}, {done.dropped:,} deleted documents dropped")


@click.command()
@index_option
def check(path: str) -> None:
    """Read all of the index, and say what is wrong with it and where; exit status 1 if anything is."""
    from searchkit.engines.whoosh.upkeep import problems  # noqa: PLC0415 (numpy is not needed for --help)

    found = list(problems(Path(path)))
    for problem in found:
        click.echo(f"{plain(problem.source)}: {plain(problem.reason)}", err=True)
    if found:
        raise click.ClickException(
            f"{len(found):,} problems; save what can be read: searchkit repair NEW --index {plain(path)}"
        )
    click.echo(f"the index at {plain(path)} is whole")


@click.command()
@click.argument("new", type=click.Path(), metavar="NEW")
@index_option
def repair(new: str, path: str) -> None:
    """Put every document that can be read into a NEW index, and name what is lost; exit status 1 if anything is.

    The damaged index stays as it is; the site's own words in its folder are copied. Vectors are not: "searchkit embed"
    gives them to the new index, and makes none again if the file vectors.sqlite is copied into NEW before.
    """
    from searchkit.engines.whoosh.upkeep import fields_of, salvaged  # noqa: PLC0415 (as above)
    from searchkit.index import copy_words  # noqa: PLC0415 (as above)

    if searchkit.SearchIndex.exists(new):
        raise click.ClickException(f"there is an index at {plain(new)} already; give a folder for a new one")
    documents = salvaged(Path(path))
    first = list(islice(documents, 1))  # where there is nothing to save, nothing new is made
    with searchkit.SearchIndex.open(new, fields=fields_of(Path(path))) as index:
        report = index.add(chain(first, documents))
    copy_words(Path(path), Path(new))
    for skip in report.skipped:
        click.echo(f"{plain(skip.source)}: {plain(skip.reason)}", err=True)
    click.echo(f"saved {report.added:,} documents into {plain(new)}")
    tell_missing(new, embedder_before(path))
    if report.skipped:
        raise click.ClickException("not all could be saved; index the lost ones again from where they came")


@click.command()
@click.argument("new", type=click.Path(), metavar="NEW")
@index_option
def backup(new: str, path: str) -> None:
    """Copy the index as it is now into the NEW folder, whole, even while another program writes it.

    Its vectors are part of it; the file vectors.sqlite, which only saves time, is not copied.
    """
    with searchkit.SearchIndex.open(path, create=False) as index:
        index.snapshot(new)
    click.echo(f"the index at {plain(path)} is copied to {plain(new)}")
