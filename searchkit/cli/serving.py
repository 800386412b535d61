"""`searchkit serve`: a search page and an HTTP API for an index, until Ctrl-C."""

from __future__ import annotations

import click

from searchkit.cli.embedding import note_words_alone, opened_for
from searchkit.cli.options import asked_embedder_option, index_option, mode_option, words_option
from searchkit.cli.terminal import plain
from searchkit.errors import MissingExtraError
from searchkit.web.options import LANGUAGES, WebOptions


@click.command
@index_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 is any.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many processes answer.")
@click.option("--title", default="", help="The name of the site, at the top of its pages.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="fa",
    show_default=True,
    help="Of the page, where a browser asks for neither.",
)
@click.option("--page-size", default=10, show_default=True, type=click.IntRange(1, 100), help="Hits a page.")
@click.option(
    "--facet",
    "facets",
    multiple=True,
    metavar="FIELD",
    help="Offer the values of this field beside the answers, repeated for more; else of all that --field made of an "
    "index, of sites and of years.",
)
@click.option("--timeout", default=2.0, show_default=True, type=click.FloatRange(0), help="Seconds a search may take.")
@click.option(
    "--public-root",
    nargs=2,
    metavar="DIR URL",
    help="Documents from files below a folder are opened at this address; where they lie is told to nobody.",
)
@click.option(
    "--write",
    metavar="TOKEN",
    envvar="SEARCHKIT_WRITE",
    show_envvar=True,
    help="Let who sends this token (Authorization: Bearer TOKEN) add and delete documents.",
)
@click.option("--origin", "origins", multiple=True, metavar="URL", help="A site whose scripts may ask the API; or *.")
@click.option("--frame-ancestor", "frames", multiple=True, metavar="URL", help="A site that may frame the page.")
@mode_option
@asked_embedder_option
@words_option
def serve(  # noqa: PLR0913 (options, each by its name)
    *,
    path: str,
    host: str,
    port: int,
    workers: int,
    title: str,
    lang: str,
    page_size: int,
    facets: tuple[str, ...],
    timeout: float,
    public_root: tuple[str, str] | None,
    write: str | None,
    origins: tuple[str, ...],
    frames: tuple[str, ...],
    mode: str,
    embedder: str | None,
    words: str | None,
) -> None:
    """Serve a search page and an HTTP API until Ctrl-C.

    The page is at /, the API at /api, and what that takes and gives stands in /api/openapi.json. In front of the world
    it belongs behind a server that speaks TLS.

    \b
    searchkit serve
    searchkit serve --port 9000 --title روزنامه --public-root archive/ https://example.org/archive
    """  # noqa: D301 (click reads \\b as: leave these lines as they are)
    try:
        from searchkit.web import serving  # noqa: PLC0415 (what it stands on is an extra)
    except ModuleNotFoundError as error:
        raise MissingExtraError("The search page and its API", str(error.name), "serve") from None
    options = WebOptions(
        title=title,
        language=lang,
        page_size=page_size,
        mode=mode,
        facets=facets or None,
        timeout=timeout,
        write=write,
        origins=origins,
        frame_ancestors=frames,
        public_root=public_root or None,
    )
    with opened_for("auto", path, embedder, words=words) as index, serving.listening(host, port) as taken:
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"serving {plain(path)} at http://{shown}:{taken.getsockname()[1]}/  (Ctrl-C stops it)", err=True)
        if mode != "words":
            note_words_alone(index, "سلام", "auto")  # and so nobody waits for a model to be loaded
        if workers == 1:
            serving.serve(index, options, taken)
        else:
            named = embedder if index.has_vectors else None
            serving.serve_by_several(serving.Served(path, words, options, named), workers, taken)
    click.echo("stopped", err=True)
