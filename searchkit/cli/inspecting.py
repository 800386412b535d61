"""`searchkit info` and `analyze`: what an index holds, and how a text is understood."""

from __future__ import annotations

import click

import searchkit
from searchkit.cli.options import index_option, words_option
from searchkit.cli.terminal import json_line, plain
from searchkit.documents import Json


@click.command()
@index_option
@words_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def info(path: str, words: str | None, *, as_json: bool) -> None:
    """Say what the index holds: documents, terms, size, the analysis that made it, lines of own words, vectors."""
    with searchkit.SearchIndex.open(path, create=False, words=words) as index:
        values = index.info()._asdict()
    embedder, words_each, counts = (values.pop(name) for name in ("embedder", "passage_words", "vectors"))
    if as_json:
        vectors = {"vectors": {"embedder": embedder, "passage_words": words_each, **counts._asdict()}}
        click.echo(json_line({"path": path, **values, **(vectors if embedder is not None else {})}))
        return
    click.echo(f"{'path':12}{plain(path)}")
    values["fields"] = ", ".join(f"{name} ({kind})" for name, kind in values["fields"].items()) or "none"
    for name, value in values.items():
        shown = f"{value:,}" if isinstance(value, int) else plain(value)
        click.echo(f"{name:12}{shown}" + (" bytes" * (name == "size")))
    if embedder is not None:
        of_words = f"{counts.passages:,} passages of about {words_each:,} words"
        click.echo(f"{'embedder':12}{plain(embedder)}")
        click.echo(f"{'vectors':12}{counts.documents:,} documents, {of_words}, {counts.size:,} bytes")


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a token, one a line.")
def analyze(text: tuple[str, ...], *, as_json: bool) -> None:
    """Show how a text is understood: each token as written, its span, its terms, and the steps that made them."""
    from searchkit.persian.explain import explain  # noqa: PLC0415

    for line in explain(" ".join(text)):
        token = line.token
        if as_json:
            steps: list[Json] = [{"step": step.name, "result": step.result} for step in line.steps]
            span: list[Json] = [token.start, token.end]
            click.echo(json_line({"text": token.text, "span": span, "terms": list(token.terms), "steps": steps}))
            continue
        click.echo(f"{token.position}  [{token.start}:{token.end}]  {plain(token.text)}  ->  {'  '.join(token.terms)}")
        for step in line.steps:
            click.echo(f"   {step.name}: {plain(step.result)}")
