"""`searchkit search`: a query in, ranked hits out, for people or as JSON."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

import click

from searchkit import garbage
from searchkit.cli.batches import answer_all, echo_run
from searchkit.cli.embedding import opened_for
from searchkit.cli.options import asked_embedder_option, index_option, mode_option, ranking_option, words_option
from searchkit.cli.terminal import json_line, marked, plain, style, wants_color
from searchkit.errors import ArgumentError
from searchkit.results import Hit, Results, Rewriting, ScoreExplanation, Snippet

if TYPE_CHECKING:
    from searchkit.query.conditions import Condition
    from searchkit.ranking import Ranking

_VALUES = 10  # of a facet that are shown to people
_TYPED = click.core.ParameterSource.COMMANDLINE
_NOT_WITH_ALL = {
    name: f"--{name.replace('_', '-')}" for name in ("offset", "cursor", "unique_by", "prefix", "feedback", "explain")
} | {"facets": "--facet"}
_OF_SCAN = ("match", "where", "sort", "exact", "mode")
_STEPS = {"keyboard": "keyboard layout", "script": "other letters"}
_MINUS = "\0-"  # no argument holds NUL, so this cannot be typed


class QueryCommand(click.Command):
    """A command that takes `-قدیمی` as a part of the query: options of ours are ASCII."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hide the minus of words that are no options while click looks for options."""
        shielded = [_MINUS + arg[1:] if arg[:1] == "-" and not arg[1:2].isascii() else arg for arg in args]
        return super().parse_args(ctx, shielded)


@click.command(cls=QueryCommand)
@click.argument("query", nargs=-1)
@click.option(
    "--queries", metavar="FILE", help="Answer all queries of a file: lines of id, tab and query, or JSON Lines."
)
@index_option
@click.option("-n", "--limit", default=10, show_default=True, type=click.IntRange(0), help="How many hits at most.")
@click.option("--offset", default=0, show_default=True, type=click.IntRange(0), help="How many hits to pass over.")
@click.option(
    "--match",
    type=click.Choice(["all", "any", "auto"]),
    default="auto",
    show_default=True,
    help="Every word, at least one, or those with every word first and then the others.",
)
@mode_option
@asked_embedder_option
@click.option("--snippets", default=1, show_default=True, type=click.IntRange(0), help="How many passages a hit shows.")
@click.option(
    "--exact",
    is_flag=True,
    help="Search what was typed, and no other words for it; آ and ا are apart.",
)
@click.option("--prefix", is_flag=True, help="Find words that begin as the last one does, too: it is being typed.")
@click.option("--feedback", is_flag=True, help="Look at the words of the best answers too.")
@click.option("--explain", is_flag=True, help="Say what each score is made of.")
@click.option(
    "--where",
    "conditions",
    multiple=True,
    metavar="NAME=VALUE",
    help="Only documents with this value, or one of A|B; also != >= > <= <. Can be given again: all must hold.",
)
@click.option("--since", metavar="DATE", help="Only documents of this day, month or year, or later.")
@click.option("--until", metavar="DATE", help="Only documents of this day, month or year, or earlier.")
@click.option(
    "--sort",
    default="score",
    show_default=True,
    metavar="[-]FIELD",
    help="Order by a date or a number, the greatest first with a minus.",
)
@click.option(
    "--facet",
    "facets",
    multiple=True,
    metavar="FIELD",
    help="Count the values of a field over all that answer; year and month are those of the date. Can be given again.",
)
@click.option(
    "--unique-by",
    metavar="FIELD",
    help="Show one hit for each value of a field, e.g. host; of body, one of those that say nearly the same.",
)
@click.option("--cursor", metavar="TEXT", help="Go on where the page ended of which --json told this cursor.")
@ranking_option
@words_option
@click.option("--all", "every", is_flag=True, help="With --jsonl: every hit, however many there are, without passages.")
@click.option("--timeout", type=click.FloatRange(0), metavar="SECONDS", help="How long it may take; else no limit.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json", "jsonl", "trec"]),
    help="What to print: text, one JSON object, one a hit (jsonl), or the lines of a TREC run.  [default: text]",
)
@click.option("--json", "shape", flag_value="json", help="Short for --format json.")
@click.option("--jsonl", "shape", flag_value="jsonl", help="Short for --format jsonl.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours.")
def search(  # noqa: PLR0913 (options, each by its name)
    query: tuple[str, ...],
    *,
    queries: str | None,
    path: str,
    shape: str | None,
    explain: bool,
    conditions: tuple[str, ...],
    since: str | None,
    until: str | None,
    every: bool,
    ranking: Ranking | None,
    words: str | None,
    embedder: str | None,
    **asked: Any,  # noqa: ANN401 (what `SearchIndex.search` takes)
) -> None:
    """Find documents and show the passages that answer.

    QUERY is words, "phrases", +must, -not, OR (or یا), parentheses, title:word, prefix* and date:1403/02..1403/05. A
    word finds its other forms and spellings too, and what was likely meant if no document holds it. Quote phrases for
    the shell, and put -- before a query that begins with an ASCII -word. "" finds every document that --where, --since
    and --until let through.

    \b
    searchkit search کتابهاي تاريخ
    searchkit search '"فضای سایبری" -امنیت' --limit 3
    searchkit search --jsonl تهران | head
    searchkit search ایران --since 1403/01/01 --sort -date --facet host
    searchkit search ایران --ranking half_life=30 --unique-by body
    searchkit search ایران --where section=ورزش --where "price>=1000"
    searchkit search --mode meaning "از کجا نان ارزان بخرم"
    searchkit search --queries topics.tsv --format trec --limit 100 > run.txt
    """  # noqa: D301 (click reads \\b as: leave these lines as they are)
    if bool(query) == (queries is not None):
        raise click.UsageError("give either a QUERY or --queries FILE")
    color = wants_color(str(asked.pop("color")))
    asked["where"] = condition_of(conditions, since, until)
    asked["sort"], asked["facets"] = typed(asked["sort"]), [typed(facet) for facet in asked["facets"]]
    if every and (queries is not None or shape != "jsonl"):
        raise click.UsageError("--all prints one JSON object a hit of one query; say --jsonl too")
    if every and (others := _typed_of(_NOT_WITH_ALL)):
        raise click.UsageError(f"--all gives every hit as it is; it does not go with {', '.join(others)}")
    if asked["exact"] and asked["mode"] == "meaning":
        raise click.UsageError("--exact searches what was typed, and --mode meaning does not; give one of them")
    mode = "words" if asked["exact"] else asked["mode"]
    open_index = partial(opened_for, mode, path, embedder, ranking=ranking, words=words)
    if queries is not None:
        answer_all(queries, shape, asked, open_index)
        return
    with garbage.paused():
        asked_for = typed(" ".join(query))
        with open_index() as index:
            if every:
                hits = index.scan(asked_for, **{name: asked[name] for name in _OF_SCAN})
                for hit in islice(hits, asked["limit"] if _typed_of({"limit": "--limit"}) else None):
                    click.echo(json_line(hit.to_dict()))
                return
            results = index.search(asked_for, **asked)
            explanations = [results.explain(hit) for hit in results] if explain else []
            size = len(index) if not results.hits else 0
        gc.freeze()  # what has been loaded stays, so Python need not look at it from here to its end, either
    print_results(results, explanations, size, shape, color=color)


def _typed_of(names: Mapping[str, str]) -> list[str]:
    """Return the options among these, by the names of their parameters, that were typed."""
    context = click.get_current_context()
    return [option for name, option in names.items() if context.get_parameter_source(name) is _TYPED]


def print_results(
    results: Results, explanations: Sequence[ScoreExplanation], size: int, shape: str | None, *, color: bool
) -> None:
    """Print a page of hits, each with its explanation if there are any, of an index of so many documents."""
    if shape == "json":
        click.echo(json_line(results.to_dict() | {"hits": list(_as_dicts(results, explanations))}))
    elif shape == "jsonl":
        for each in _as_dicts(results, explanations):
            click.echo(json_line(each))
    elif shape == "trec":
        echo_run("1", [(hit.id, hit.score) for hit in results], results.offset)
    else:
        _show(results, explanations, size, color=color)


def typed(shielded: str) -> str:
    """Return an argument of a `QueryCommand` as it was typed."""
    return shielded.replace(_MINUS, "-")


def condition_of(conditions: Sequence[str], since: str | None = None, until: str | None = None) -> Condition | None:
    """Return what all the conditions ask for, or None if there is none."""
    if not conditions and since is None and until is None:
        return None
    from searchkit.query.conditions import AllOf, NamedField, read_condition  # noqa: PLC0415 (most searches have none)

    date = NamedField("date")
    try:
        parts = [read_condition(typed(each)) for each in conditions]
    except ArgumentError as error:
        raise click.BadParameter(plain(str(error)), param_hint="--where") from None
    parts += [date >= typed(since)] if since is not None else []
    parts += [date <= typed(until)] if until is not None else []
    return AllOf(tuple(parts))


def _as_dicts(results: Results, explanations: Sequence[ScoreExplanation]) -> Iterator[dict[str, Any]]:
    for hit, explanation in zip_longest(results, explanations):
        yield hit.to_dict() | ({"explanation": explanation.to_dict()} if explanation else {})


def _show(results: Results, explanations: Sequence[ScoreExplanation], size: int, *, color: bool) -> None:
    for problem in results.problems:
        start, end = problem.span
        click.echo(f"{plain(results.query[start:end])}: {problem.message}", err=True)
    for rewriting in results.rewritten:
        click.echo(_told(rewriting), err=True)
    for rank, (hit, explanation) in enumerate(zip_longest(results, explanations), results.offset + 1):
        click.echo(_described(rank, hit, color=color), color=color)
        for line in explanation.lines() if explanation else ():
            click.echo(f"   {plain(line)}")
        click.echo()
    for label, values in results.facets.items():
        shown = [f"{plain(str(value))} {count:,}" for value, count in values[:_VALUES]]
        more = f", and {len(values) - _VALUES:,} more" if len(values) > _VALUES else ""
        click.echo(f"{style(plain(label), color=color, bold=True)}: {', '.join(shown) or '-'}{more}", color=color)
    click.echo(_summary(results, size))
    if results.suggestions:
        click.echo(f"did you mean: {', '.join(map(plain, results.suggestions))}")


def _told(rewriting: Rewriting) -> str:
    """Say what was searched instead of what was typed, or with it, and why."""
    typed, text, why = plain(rewriting.typed), plain(rewriting.text), _STEPS.get(rewriting.step, rewriting.step)
    if rewriting.kept:
        return f"hardly a document has «{typed}»; showing «{text}» too ({why}); --exact does not"
    return f"no document has «{typed}»; showing «{text}» ({why})"


def _described(rank: int, hit: Hit, *, color: bool) -> str:
    document = hit.document
    title = plain(document.title) or plain(hit.id)
    place = plain(document.url or hit.id)
    if document.date is not None:
        place += f"  {document.date.isoformat()[:10]}"
    lines = [
        f"{rank}. {style(title, color=color, fg='cyan', bold=True)}",
        f"   {style(place, color=color, fg='green')}",
    ]
    lines += [f"   {_cut_out(snippet, document.body, color=color)}" for snippet in hit.snippets if snippet.text]
    return "\n".join(lines)


def _cut_out(snippet: Snippet, body: str, *, color: bool) -> str:
    """Return a snippet in one line, with an ellipsis where the text goes on."""
    before = "" if body.startswith(snippet.text) else "… "
    after = "" if body.endswith(snippet.text) else " …"
    return before + marked(snippet, color=color) + after


def _summary(results: Results, size: int) -> str:
    if not results.total:
        return f"no document answers this query ({size:,} in the index)"
    if not results.hits:
        return f"{_counted(results.total)} answer this query, none of them after the first {results.offset:,}"
    every = f", {results.complete:,} of them with every word" if results.complete < results.total else ""
    hidden = f", {results.hidden:,} more not shown" if results.hidden else ""
    return f"{_counted(results.total)}{every}{hidden}, in {results.took_ms:.0f} ms"


def _counted(number: int) -> str:
    return "1 document" if number == 1 else f"{number:,} documents"
