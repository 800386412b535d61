"""What does a file say of itself? Its title, author, date and the like, under the names that all formats share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from searchkit.dates import parse_date
from searchkit.documents import Document, Json
from searchkit.errors import LoadError

_LONGEST = 10_000
_LONGEST_DESCRIPTION = 100_000
_MOST_VALUES = 100
_BETWEEN_TAGS = re.compile(r"[,;،؛\n]")
_EMPTY_TITLES = frozenset({"untitled", "powerpoint presentation", "word document", "document", "بدون عنوان"})
_PROGRAM = re.compile(r"^Microsoft (?:Office )?(?:Word|PowerPoint|Excel) - ")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of itself; empty where it does not.

    Attributes:
        tags: Each of them, or texts that hold several with commas between them.
    """

    title: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    description: str = ""
    tags: Sequence[str] = ()


def first(values: Mapping[str, Sequence[str]], *names: str) -> str:
    """Return the first value of the first of the names that has one.

    >>> first({"date": ["2024"], "created": [""]}, "created", "date")
    '2024'
    """
    return next((value for name in names for value in values.get(name, ()) if value), "")


def joined(values: Iterable[str]) -> str:
    """Return different values in a row.

    >>> joined(["a", "b", "a"])
    'a، b'
    """
    return "، ".join(dict.fromkeys(value for value in values if value))


def to_document(
    name: str, body: str, facts: Facts, heading: str = "", more: Mapping[str, Json] | None = None
) -> Document:
    """Build the document of a file.

    Args:
        name: Of the file.
        body: Its text.
        facts: What it says of itself.
        heading: The title where it says none.
        more: Fields besides the shared ones.

    Raises:
        LoadError: There is no text in it.
    """
    if not body.strip():
        raise LoadError(name, "no text in it")
    values = {
        "author": _line(facts.author),
        "language": _line(facts.language),
        "description": _line(facts.description, _LONGEST_DESCRIPTION),
    }
    fields: dict[str, Json] = {"source": name, **{key: value for key, value in values.items() if value}, **(more or {})}
    tags = dict.fromkeys(_line(tag) for text in facts.tags for tag in _BETWEEN_TAGS.split(text[:_LONGEST]))
    kept: list[Json] = [tag for tag in tags if tag]
    if kept:
        fields["tags"] = kept[:_MOST_VALUES]
    date = parse_date(_line(facts.date))
    if date is None and _line(facts.date):
        fields["date"] = _line(facts.date)
    return Document(name, body, _title(facts.title) or _line(heading), None, date, fields)


def _title(written: str) -> str:
    title = _PROGRAM.sub("", _line(written))
    return "" if title.lower() in _EMPTY_TITLES else title


def _line(text: str, longest: int = _LONGEST) -> str:
    return " ".join(text[:longest].split())
