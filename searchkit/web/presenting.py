"""What does a page show of results? Values that the templates put in their places, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup, escape

from searchkit.dates import period
from searchkit.documents import Document, plain
from searchkit.errors import ArgumentError
from searchkit.results import Hit, Results, Rewriting
from searchkit.web.asked import AskedPage
from searchkit.web.languages import Language
from searchkit.web.publishing import Publication
from searchkit.web.reading import LONGEST_PART, cut, direction_of, snippet_of, title_of, trail_of

_VALUES = 8
_MORE_VALUES = 200
_LONGEST_TITLE = 160
_BAR = r"\|"  # between values stands one without a backslash


class ShownHit(NamedTuple):
    """A hit as it is shown.

    Attributes:
        title: Its title, or what stands for one.
        direction: Of the title, and so of the hit.
        address: Where the title leads.
        trail: The host and the folders of that, to be read.
        cached: The address of its text with marks.
        day: When it was published, for readers; `date` the same for machines.
        snippets: Its passages, marked; `Markup` is escaped already.
    """

    title: str
    direction: str
    address: str
    trail: list[str]
    cached: str
    day: str
    date: str
    snippets: list[Markup]


class FacetValue(NamedTuple):
    """A value of a field, how many documents have it, as a text, and the address of the answers with it or without."""

    value: str
    documents: str
    link: str
    active: bool


class ShownFacet(NamedTuple):
    """A field and its values, how many of these are not shown, and the address of the page that shows them."""

    label: str
    values: list[FacetValue]
    more: int
    link: str


class Presenter:
    """Makes what templates show.

    Args:
        publication: What documents look like from outside.
        language: Of the page.
        asked: What the address of the page asks for.
        root: What the addresses of the site begin with.
    """

    def __init__(self, publication: Publication, language: Language, asked: AskedPage, root: str) -> None:
        self._root = root
        self._publication = publication
        self._language = language
        self._asked = asked

    def hit(self, hit: Hit) -> ShownHit:
        """Return what is shown of a hit."""
        document = hit.document
        cached = self.cached(document)
        address = self._publication.address(document)
        name = self._publication.public_id(document.id)
        date = document.date
        title = cut(title_of(document, name), _LONGEST_TITLE)
        return ShownHit(
            title,
            direction_of(title),
            address or cached,
            trail_of(address or name),
            cached,
            "" if date is None else self._language.day(date),
            "" if date is None else date.isoformat(),
            [snippet_of(snippet, document.body) for snippet in hit.snippets if snippet.text.strip()],
        )

    def tip(self, name: str) -> Markup:
        """Return a sentence about what can be typed, with an example."""
        example = self._language.text(f"tip.{name}.example") if self._language.has(f"tip.{name}.example") else ""
        shown = Markup('<bdi class="example" dir="{}">{}</bdi>').format(direction_of(example), example)
        return self._sentence(f"tip.{name}", example=shown)

    def cached(self, document: Document, mark: int = 0) -> str:
        """Return the address of the text of a document, with what answers marked, from one mark on."""
        asks = self._asked.q + (
            "*" if self._asked.typing and self._asked.q[-2:-1] and self._asked.q[-2:].isalnum() else ""
        )
        pairs = [("id", self._publication.public_id(document.id)), ("q", asks), ("lang", self._asked.lang)]
        pairs += [("exact", "1")] if self._asked.exact else []
        pairs += [("mode", self._asked.mode)]
        pairs += [("mark", str(mark))] if mark else []
        query = urlencode([(name, value) for name, value in pairs if value])
        return f"{self._root}/document?{query}" + (f"#m{mark}" if mark else "")

    def facets(self, results: Results) -> list[ShownFacet]:
        """Return the values by which the answers can be narrowed: where there are several, or one that was chosen."""
        made = [self._facet(name, values) for name, values in results.facets.items()]
        return [facet for facet in made if len(facet.values) > 1 or any(value.active for value in facet.values)]

    def _facet(self, name: str, values: list[tuple[str | float, int]]) -> ShownFacet:
        value_of = self._year if name == "date.year" else self._keyword
        if name == "date.year":
            values = sorted(values, key=lambda each: int(each[0]), reverse=True)
        most = _MORE_VALUES if self._asked.more == name else _VALUES
        shown = [value_of(name, str(value), count) for value, count in values[:most]]
        key = f"facet.{name}"
        label = self._language.text(key) if self._language.has(key) else plain(name)
        more = max(len(values) - most, 0) if most == _VALUES else 0
        return ShownFacet(label, shown, more, self._asked.link(more=name))

    def _keyword(self, name: str, value: str, count: int) -> FacetValue:
        value = plain(value)  # it is compared without what is taken out here
        written = condition_on(name, value)
        there = written in self._asked.where
        where = tuple(each for each in self._asked.where if each != written)
        link = self._asked.link(page=1, where=where if there else (*where, written))
        return FacetValue(value, self._language.number(count), link, there)

    def _year(self, _: str, value: str, count: int) -> FacetValue:
        there = self._asked.since == self._asked.until == value
        link = self._asked.link(page=1, since="" if there else value, until="" if there else value)
        return FacetValue(self._language.digits(value), self._language.number(count), link, there)

    def active(self) -> Iterator[tuple[str, str]]:
        """Yield what narrows the answers, to be read, and the address of the answers without it."""
        asked = self._asked
        for each in asked.where:
            name, _, value = each.partition("=")
            label = f"facet.{name}"
            shown = self._language.text(label) if self._language.has(label) else name
            where = tuple(other for other in asked.where if other != each)
            yield plain(f"{shown}: {value}" if value else each), asked.link(page=1, where=where)
        for name in ("since", "until"):
            if value := getattr(asked, name):
                text = f"{self._language.text(name)} {self._language.digits(plain(value))}"
                yield text, asked.link(page=1, **{name: ""})

    def rewritten(self, results: Results) -> list[Rewriting]:
        """Return what was searched instead, but for a word that is not whole yet."""
        typing = len(results.query) if self._asked.typing else -1
        return [each for each in results.rewritten if each.span[1] != typing]

    def told(self, results: Results) -> Iterator[Markup]:
        """Yield the sentences about how the query was understood."""
        for name in self._wrong_dates():
            yield self._sentence("since.wrong", text=getattr(self._asked, name)[:LONGEST_PART])
        for each in self.rewritten(results):
            key = f"step.{each.step}"
            why = escape(self._language.text(key) if self._language.has(key) else "")
            yield self._sentence("too" if each.kept else "instead", typed=each.typed, text=each.text, why=why)
        for problem in results.problems:
            start, end = problem.span
            part = plain(results.query[start:end])[:60]
            yield Markup("«<bdi>{}</bdi>»: {}").format(part, self._language.translated(problem.message))

    def _sentence(self, key: str, **values: str) -> Markup:
        """Return a message with values that do not turn what stands around them."""
        isolated = {name: value if isinstance(value, Markup) else _isolated(value) for name, value in values.items()}
        return Markup(self._language.text(key, **isolated))  # noqa: S704 (each value is escaped)

    def _wrong_dates(self) -> list[str]:
        return [name for name in ("since", "until") if not is_date(getattr(self._asked, name))]

    def wrong(self, name: str) -> bool:
        """Tell whether what was typed for a date is none."""
        return name in self._wrong_dates()

    def pages(self, total: int, size: int, most: int) -> dict[str, Any]:
        """Return the numbers of pages around this one with their addresses, and those before and after it."""
        page, last = self._asked.page, min(-(-total // size), most // size)
        around = sorted({1, last, *range(page - 2, page + 3)} & set(range(1, last + 1)))
        return {
            "last": last,
            "links": [(self._language.number(each), self._asked.link(page=each), each == page) for each in around],
            "previous": self._asked.link(page=page - 1) if 1 < page <= last else "",
            "next": self._asked.link(page=page + 1) if page < last else "",
        }


def condition_on(name: str, value: str) -> str:
    r"""Return the condition that a field has a value, as it is typed.

    >>> condition_on("section", "=a|b")
    'section===a\\|b'
    """
    return f"{name}{'==' if value.startswith('=') else '='}{value.replace('|', _BAR)}"


def is_date(text: str) -> bool:
    """Tell whether answers can be narrowed by this day, month or year, or by nothing."""
    try:
        return not text or bool(period(text))
    except ArgumentError:
        return False


def _isolated(text: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(plain(text))
