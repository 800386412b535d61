"""What does an address of the page ask for, and which addresses lead on from there?"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from searchkit.documents import plain
from searchkit.errors import ArgumentError
from searchkit.index import MAX_HITS
from searchkit.web.options import LANGUAGES, MODES

_MOST_CONDITIONS = 20
_LONGEST = 1_000
"""Code points of a condition, or of a date."""

_DIGITS = 9
SORTS = ("score", "-date", "date")
"""The orders that the page offers: the best, the newest or the oldest first."""


class AskedPage(NamedTuple):
    """What a page is asked to show. A name is that of a parameter of its address.

    Attributes:
        q: The query; nothing for a page without answers, unless something narrows.
        page: Which page of answers, from 1.
        sort: One of `SORTS`.
        where: Conditions, as they are typed.
        since, until: Days, months or years, as they are typed.
        mode: One of `MODES` that was chosen, or nothing for what is usual.
        exact: Whether what was typed is searched and nothing else.
        typing: Whether the last word is still being typed.
        more: A field of which more values are offered.
        lang: The language that was chosen, or nothing.
    """

    q: str = ""
    page: int = 1
    sort: str = "score"
    where: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    mode: str = ""
    exact: bool = False
    typing: bool = False
    more: str = ""
    lang: str = ""

    @property
    def narrows(self) -> bool:
        """Whether there is a condition."""
        return bool(self.where or self.since or self.until)

    def link(self, **changes: object) -> str:
        """Return the address of this with some things changed, without what is as it always is.

        Another query is not being typed any more.

        >>> AskedPage(q="کتاب", page=3, sort="date").link(page=1)
        '?q=%DA%A9%D8%AA%D8%A7%D8%A8&sort=date'
        """
        if "q" in changes:
            changes = {"typing": False, **changes}
        changed = self._replace(**changes)  # type: ignore[arg-type]  # names of its attributes
        usual = AskedPage()
        pairs: list[tuple[str, str]] = []
        for name, value in changed._asdict().items():
            if value == getattr(usual, name):
                continue
            values = value if isinstance(value, tuple) else [int(value) if isinstance(value, bool) else value]
            pairs += [(name, str(each)) for each in values]
        return "?" + urlencode(pairs) if pairs else ""


def asked_by(given: QueryParams, page_size: int, most_query: int) -> AskedPage:
    """Return what the parameters of an address ask for; others than the page's own are passed over.

    Raises:
        ArgumentError: One is outside its range.
    """
    query, page, sort = given.get("q", ""), given.get("page", "1"), given.get("sort", "score")
    mode = given.get("mode", "")
    most = MAX_HITS // page_size
    if len(query) > most_query:
        raise ArgumentError(f"the query has {len(query):,} characters; at most {most_query:,} are taken")
    if not (page.isascii() and page.isdigit() and len(page) <= _DIGITS and 1 <= int(page) <= most):
        raise ArgumentError(f"there are pages 1 to {most:,}")
    if sort not in SORTS:
        raise ArgumentError(f"sort is {sort[:60]!r}; give one of {', '.join(SORTS)}")
    if mode not in {"", *MODES}:
        raise ArgumentError(f"mode is {mode[:60]!r}; give one of {', '.join(MODES)}")
    where = tuple(plain(each) for each in given.getlist("where") if each)
    since, until = (plain(given.get(name, "")).strip() for name in ("since", "until"))
    if len(where) > _MOST_CONDITIONS:
        raise ArgumentError(f"{len(where)} conditions; at most {_MOST_CONDITIONS} are taken")
    if longest := max(filter(_LONGEST.__lt__, map(len, (*where, since, until))), default=0):
        raise ArgumentError(f"a condition has {longest:,} characters; at most {_LONGEST:,} are taken")
    return AskedPage(
        " ".join(plain(query).split()) if not given.get("typing") else plain(query),
        int(page),
        sort,
        where,
        since,
        until,
        mode,
        bool(given.get("exact")),
        bool(given.get("typing")),
        plain(given.get("more", "")),
        given.get("lang", "") if given.get("lang") in LANGUAGES else "",
    )
