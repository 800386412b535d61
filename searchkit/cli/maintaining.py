"""`searchkit delete` and `optimize`: taking documents out of an index, and the space that they took."""

from __future__ import annotations

import click

import searchkit
from searchkit.cli.options import index_option, wait_option
from searchkit.cli.terminal import plain


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@index_option
@wait_option
def delete(ids: tuple[str, ...], path: str, wait: float) -> None:
    """Remove documents by their ids. An id that names none makes the exit status 1; the others are removed."""
    with searchkit.SearchIndex.open(path, create=False) as index:
        removed = index.delete(ids, searchkit.WriteOptions(wait=wait))
    click.echo(f"removed {removed:,}")
    if removed < len(set(ids)):
        raise click.ClickException(f"{len(set(ids)) - removed} of the ids are not in the index at {plain(path)}")


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
