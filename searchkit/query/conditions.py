"""Which documents may answer? Conditions on the values of their fields, as a frozen tree.

Conditions pass through two stages, as queries do (`tree`). Who asks makes `Compared`, `OneOf` and `Exists` of a
`NamedField`; `narrowing` turns the first two into `Held` and `Within`, in terms of the index. `AllOf`, `AnyOf` and
`NoneOf` join both.

    Field("price") >= 1000             Compared("price", ">=", 1000)     →  Within("price", 1000.0, inf)
    Field("section") == "ورزش"         Compared("section", "==", "ورزش") →  Held("section", ("ورزش",))
    Field("date") == "1403/02"         Compared("date", "==", "1403/02") →  Within("date", first moment, last moment)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NoReturn, TypeAlias

from searchkit import arguments
from searchkit.errors import ArgumentError

Sign: TypeAlias = Literal["==", ">=", ">", "<=", "<"]

_FEW, _LETTERS = 16, 100
"""Comparisons and values that are few, and letters of one."""
_SEVERAL = (list, tuple, set, frozenset)
_WRITTEN = re.compile(r"\s*([^\s=<>!]+)\s*(==?|!=|>=|<=|>|<)(.*)", re.DOTALL)

_BETWEEN = re.compile(r"(?<!\\)\|")


class Condition:
    """What a document must fulfil. Joined by `&` and `|`; `~` asks for the opposite."""

    __slots__ = ()

    def __and__(self, other: Condition) -> Condition:
        return AllOf((*_parts(self, AllOf), *_parts(other, AllOf)))

    def __or__(self, other: Condition) -> Condition:
        return AnyOf((*_parts(self, AnyOf), *_parts(other, AnyOf)))

    def __invert__(self) -> Condition:
        return self.part if isinstance(self, NoneOf) else NoneOf(self)

    def __bool__(self) -> NoReturn:
        raise TypeError("a condition is neither true nor false; join conditions by &, | and ~, each in parentheses")


@dataclass(frozen=True, slots=True)
class Compared(Condition):
    """A value of the field is that, or above or below it."""

    name: str
    sign: Sign
    value: object


@dataclass(frozen=True, slots=True)
class OneOf(Condition):
    """A value of the field is one of these."""

    name: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Exists(Condition):
    """The field has a value."""

    name: str


@dataclass(frozen=True, slots=True)
class AllOf(Condition):
    """Every condition holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    """One of the conditions holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class NoneOf(Condition):
    """The condition does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Held(Condition):
    """The field has one of these folded values or numbers."""

    name: str
    values: tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Within(Condition):
    """The number or the moment in the field is from `low` to `high`, both included."""

    name: str
    low: float
    high: float


def _parts(condition: object, kind: type[AllOf | AnyOf]) -> tuple[Condition, ...]:
    """Return the parts of a condition that is joined so already, so that long chains are no deep trees."""
    if not isinstance(condition, Condition):
        shown = arguments.shortened(condition)
        raise ArgumentError(f"{shown} is no condition; put each comparison in parentheses: (Field('a') == 1) & (…)")
    return condition.parts if isinstance(condition, kind) else (condition,)


class NamedField:
    """A field of documents, to make conditions of: `Field("price") >= 1000`.

    `==`, `!=` and `isin` compare words as a search does, whatever the form of their letters and digits, and all of a
    value; of several values one will do. `>`, `>=`, `<`, `<=` and `between` are for numbers and dates. A date is a
    `datetime`, a `date`, or text: a day, a month or a year of the Jalali or the Gregorian calendar, which stands for
    all of its time. A document without a value fulfils `!=`, and no other of these.

    Args:
        name: Of a field that the index was opened with (`fields=`), or `date`, `host` or `id`.

    >>> (NamedField("section") == "ورزش") & ~NamedField("price").exists()
    AllOf(parts=(Compared(name='section', sign='==', value='ورزش'), NoneOf(part=Exists(name='price'))))
    """

    __slots__ = ("name",)
    __hash__ = None  # type: ignore[assignment]  # as `==` makes a condition

    def __init__(self, name: str) -> None:
        self.name = arguments.instance("a field", name, str)

    def __repr__(self) -> str:
        return f"Field({self.name!r})"

    def __eq__(self, value: object) -> Condition:  # type: ignore[override]
        return Compared(self.name, "==", value)

    def __ne__(self, value: object) -> Condition:  # type: ignore[override]
        return NoneOf(Compared(self.name, "==", value))

    def __ge__(self, value: object) -> Condition:
        return Compared(self.name, ">=", value)

    def __gt__(self, value: object) -> Condition:
        return Compared(self.name, ">", value)

    def __le__(self, value: object) -> Condition:
        return Compared(self.name, "<=", value)

    def __lt__(self, value: object) -> Condition:
        return Compared(self.name, "<", value)

    def between(self, low: object, high: object) -> Condition:
        """Ask for a value from one to another, both included; of a month or a year, to its end."""
        return (self >= low) & (self <= high)

    def isin(self, values: Iterable[object]) -> Condition:
        """Ask for one of several values."""
        return OneOf(self.name, tuple(arguments.several("isin", values)))

    def exists(self) -> Condition:
        """Ask for any value."""
        return Exists(self.name)


def joined(where: object) -> Condition:
    """Return a condition; of a mapping, that each field has its value, or one of them where it gives a list.

    Raises:
        ArgumentError: It is neither.

    >>> joined({"tags": ["a", "b"]})
    AllOf(parts=(OneOf(name='tags', values=('a', 'b')),))
    """
    if isinstance(where, Condition):
        return where
    if not isinstance(where, Mapping):
        shown = arguments.shortened(where)
        raise ArgumentError(f"where is {shown}; give a condition such as Field('price') >= 1000, or a dict of values")
    fields = ((NamedField(name), value) for name, value in where.items())
    return AllOf(tuple(field.isin(value) if isinstance(value, _SEVERAL) else field == value for field, value in fields))


def is_short(condition: Condition) -> bool:
    """Tell whether a condition in terms of the index has few comparisons and values, and these few letters.

    >>> is_short(Held("id", ("1", "2"))), is_short(Held("id", tuple(map(str, range(1000)))))
    (True, False)
    """
    values = list(islice(_values(condition), _FEW + 1))
    return len(values) <= _FEW and all(len(str(value)) <= _LETTERS for value in values)


def _values(condition: Condition) -> Iterator[object]:
    """Yield the values that documents are compared with, or one for each other comparison."""
    match condition:
        case AllOf() | AnyOf():
            for part in condition.parts:
                yield from _values(part)
        case NoneOf():
            yield from _values(condition.part)
        case Held():
            yield from condition.values
        case _:
            yield 0


def read_condition(text: str) -> Condition:
    r"""Read a condition as it is typed: a name, one of = != >= > <= <, and a value, or several with | between them.

    One of several values will do for =, and none may be there for !=. A | that belongs to a value has a \\ before it.

    Raises:
        ArgumentError: It is not written so.

    >>> read_condition("price>=1000")
    Compared(name='price', sign='>=', value='1000')
    >>> read_condition("section=ورزش|اقتصاد")
    OneOf(name='section', values=('ورزش', 'اقتصاد'))
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        shown = arguments.shortened(text)
        raise ArgumentError(f"{shown} is no condition; write NAME=VALUE, or != >= > <= < between them")
    name, sign = match[1], match[2]
    values = [value.replace("\\|", "|").strip() for value in _BETWEEN.split(match[3])]
    if sign in {"=", "==", "!="}:
        held = NamedField(name) == values[0] if len(values) == 1 else NamedField(name).isin(values)
        return ~held if sign == "!=" else held
    if len(values) > 1:
        raise ArgumentError(f"{arguments.shortened(text)} has several values; they are for = and !=")
    return Compared(name, sign, values[0])  # type: ignore[arg-type]
