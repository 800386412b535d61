"""What narrows, orders and counts the answers of a search, in terms of the index?

What was asked is compared with the fields that the index has: a name that it does not have, and a value that no
document can have, are told before anything is searched.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, TypeAlias

from searchkit import arguments
from searchkit.dates import period
from searchkit.errors import ArgumentError
from searchkit.query.conditions import (
    AllOf,
    AnyOf,
    Compared,
    Condition,
    Exists,
    Held,
    NamedField,
    NoneOf,
    OneOf,
    Within,
    joined,
)
from searchkit.query.fields import Kinds, keyword, number

CalendarPart: TypeAlias = Literal["", "year", "month", "day"]
Where: TypeAlias = Condition | Mapping[str, object]

_PARTS = ("year", "month", "day")
_ORDERED: Mapping[str, tuple[float, float]] = {"number": (-math.inf, math.inf), "date": (0, 1 << 62)}
"""The kinds whose values are more or less than others, with bounds of what there can be."""

_DEEPEST = 100


class Facet(NamedTuple):
    """What is counted: the values of a field, or the Jalali years, months or days of its dates, under a label."""

    label: str
    name: str
    part: CalendarPart = ""


class Sort(NamedTuple):
    """By which number or date hits are ordered; documents without it come last either way."""

    name: str
    descending: bool = False


class AskedNarrowing(NamedTuple):
    """How a search is to be narrowed, in the caller's words; see `SearchIndex.search`."""

    where: Where | None = None
    sort: str = "score"
    facets: Iterable[str] = ()
    unique_by: str | None = None


class Narrowing(NamedTuple):
    """How a search is narrowed.

    Attributes:
        where: Which documents may answer, of `Held`, `Within`, `Exists`, `AllOf`, `AnyOf` and `NoneOf`; None for all.
        sort: How hits are ordered; None for the best first.
        facets: What is counted over all documents that answer.
        unique_by: A field of which each value has one hit, the first; None for no such.
        unlike: Whether of documents that say nearly the same only the first is a hit.
        known: Ids of documents that count as hits before the first for that, and are shown nowhere.
        hidden: Numbers of documents that answer, and count for the order of the others, but are not shown or counted.
    """

    where: Condition | None = None
    sort: Sort | None = None
    facets: tuple[Facet, ...] = ()
    unique_by: str | None = None
    unlike: bool = False
    known: tuple[str, ...] = ()
    hidden: tuple[int, ...] = ()

    def only_where(self) -> Narrowing | None:
        """Return the same but for order and counts; None where all documents may answer."""
        return None if self.where is None else Narrowing(self.where)


def narrowing(asked: AskedNarrowing, dates: Iterable[tuple[str, str, str]], kinds: Kinds) -> Narrowing:
    """Return what is asked in terms of an index.

    Args:
        asked: What the caller asks.
        dates: Times that the query itself asks for, see `parse.Parsed`.
        kinds: The fields of the index.

    Raises:
        ArgumentError: A field is none of these, or is of another kind than is needed; or a value is.
    """
    given = [] if asked.where is None else [joined(asked.where)]
    where = given + [_dated(*each) for each in dates]
    condition = _resolved(where[0] if len(where) == 1 else AllOf(tuple(where)), kinds) if where else None
    facets = tuple(_facet(label, kinds) for label in dict.fromkeys(arguments.several("facets", asked.facets)))
    unlike = asked.unique_by == "body"
    unique_by = None if unlike else _unique_by(asked.unique_by, kinds)
    return Narrowing(condition, _sort(asked.sort, kinds), facets, unique_by, unlike)


def _dated(sign: str, low: str, high: str) -> Condition:
    date = NamedField("date")
    found = AllOf((*([date >= low] if low else []), *([date <= high] if high else [])))
    return ~found if sign == "-" else found


def _kind_of(name: object, kinds: Kinds) -> str:
    if not isinstance(name, str) or name not in kinds:
        raise ArgumentError(
            f"the index has no field {arguments.shortened(name)}; it has {', '.join(sorted(kinds))}, "
            "and others where it is made anew with them: --rebuild --field NAME=KIND, in Python fields={name: kind}"
        )
    return kinds[name]


def _facet(label: object, kinds: Kinds) -> Facet:
    """Read the name of a facet: a field, or NAME.year, NAME.month or NAME.day; year and month are those of `date`."""
    name = str(arguments.instance("a facet", label, str))
    field, _, part = name.partition(".")
    if field not in kinds and field in {"year", "month"} and not part:
        field, part = "date", field
    kind = _kind_of(field, kinds)
    if kind == "id" or (kind == "date") != (part in _PARTS) or (part and part not in _PARTS):
        choices = " or ".join(f"{field}.{each}" for each in _PARTS) if kind == "date" else "a keyword or a number"
        raise ArgumentError(f"{name!r} cannot be counted; give {choices}")
    return Facet(name, field, part)  # type: ignore[arg-type]


def _sort(written: object, kinds: Kinds) -> Sort | None:
    name = arguments.instance("sort", written, str)
    if name == "score":
        return None
    descending, name = name.startswith("-"), name.removeprefix("-")
    if _kind_of(name, kinds) not in _ORDERED:
        raise ArgumentError(f"hits cannot be ordered by {name!r}; give score, a number or a date")
    return Sort(name, descending)


def _unique_by(name: object, kinds: Kinds) -> str | None:
    if name is not None and _kind_of(name, kinds) in {"keywords", "id"}:
        raise ArgumentError(f"unique_by is {name!r}; give a field with one value a document that several can have")
    return name  # type: ignore[return-value]


def _resolved(condition: Condition, kinds: Kinds, depth: int = 0) -> Condition:
    if depth > _DEEPEST:
        raise ArgumentError(f"conditions are nested more than {_DEEPEST} deep; join them side by side")
    match condition:
        case AllOf() | AnyOf():
            return type(condition)(tuple(_resolved(part, kinds, depth + 1) for part in condition.parts))
        case NoneOf():
            return NoneOf(_resolved(condition.part, kinds, depth + 1))
        case Compared():
            return _compared(condition, _kind_of(condition.name, kinds))
        case OneOf():
            return _one_of(condition, _kind_of(condition.name, kinds))
        case Exists():
            _kind_of(condition.name, kinds)
            return condition
        case _:
            raise ArgumentError(f"{arguments.shortened(condition)} is no condition of searchkit's; give one")


def _one_of(condition: OneOf, kind: str) -> Condition:
    name = condition.name
    bounds = [_bounds(name, value, kind) for value in condition.values] if kind in _ORDERED else []
    if kind == "date":
        return AnyOf(tuple(Within(name, *each) for each in sorted(set(bounds))))
    if kind == "number":
        return Held(name, tuple(sorted({low for low, _ in bounds})))
    return Held(name, tuple(sorted({_key(name, value, kind) for value in condition.values})))


def _compared(condition: Compared, kind: str) -> Condition:
    name, sign = condition.name, condition.sign
    if kind not in _ORDERED:
        if sign != "==":
            raise ArgumentError(f"{name!r} is a {kind}, of which none is more or less than another; ask for == or !=")
        return Held(name, (_key(name, condition.value, kind),))
    low, high = _bounds(name, condition.value, kind)
    least, most = _ORDERED[kind]
    match sign:
        case ">=":
            return Within(name, low, most)
        case ">":
            return Within(name, _neighbour(high, most), most)
        case "<=":
            return Within(name, least, high)
        case "<":
            return Within(name, least, _neighbour(low, least))
        case _:
            return Within(name, low, high)


def _bounds(name: str, value: object, kind: str) -> tuple[float, float]:
    """Return the least and the greatest number or moment that a value means, which may be a day, a month or a year."""
    if kind == "date":
        if not isinstance(value, str | dt.date):
            raise ArgumentError(f"{name!r} is compared with {arguments.shortened(value)}; give a date")
        start, end = period(value)
        return start, end - 1
    try:
        found = number(value)
    except ValueError as error:
        raise ArgumentError(f"{name!r} is compared with {arguments.shortened(value)}, {error}; give one") from None
    return found, found


def _neighbour(value: float, towards: float) -> float:
    """Return the next moment, a whole number, or the next number that a float can be."""
    if isinstance(value, int):
        return value + 1 if towards > value else value - 1
    return math.nextafter(value, towards)


def _key(name: str, value: object, kind: str) -> str:
    """Return what a value is compared by; that of an id is the id."""
    try:
        found = value if kind == "id" else getattr(keyword(value), "key", None)
    except ValueError:
        found = None
    if not isinstance(found, str):
        shown = arguments.shortened(value)
        raise ArgumentError(f"{name!r} is compared with {shown}; give a text, or ask Field({name!r}).exists()")
    return found
