"""What goes into an index: documents, the tokens of their texts, and what becomes of them. All of it is frozen.

Spans are pairs `(start, end)` of code-point offsets, end excluded, as Python slices strings.
What has no rules of its own to keep is a named tuple: Python makes its class in a fraction of a data class's time.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from searchkit.errors import DocumentError

Span: TypeAlias = tuple[int, int]
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

DAY = 86_400_000_000
"""Microseconds of a day."""

MAX_NESTING = 64
"""How deep lists and objects of `Document.fields` may lie inside one another, the fields themselves counted."""

MAX_FIELDS = 1_000_000
"""How many characters `Document.fields` may have as JSON: they come back with each hit."""

MAX_NAME = 16_384
"""How many code points an id or an address may have: four times the longest path."""

TOO_DEEP = f"nested more than {MAX_NESTING} levels deep; flatten them, or store the deep part as a str of JSON"
_NESTED = (dict, list, tuple)
_FLAT = frozenset({str, int, float, bool, type(None)})

OBEYED = "\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
"""Characters, for the brackets of a pattern, that a terminal or a browser obeys: controls (C0, DEL, C1), and those that
turn the direction of text, also of the text around it (UAX #9: embeddings, overrides, isolates)."""

_OBEYED = re.compile(f"(?![\t\n])[{OBEYED}]")
_SHOWN = 60
_LONGEST_HOST = 253  # RFC 1035
_HOST = r"(?:[A-Za-z][A-Za-z\d+.-]*:)?//(?:[^/?#]*@)?([^/?#:@\[\]]+|\[[^/?#@\[\]]*\])(?::\d*)?(?![^/?#])"  # RFC 3986

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_STRICT = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """One thing to be found.

    Attributes:
        id: Names the document in its index; adding the same id again replaces it. Not empty; at most 16,384 code points
            (`MAX_NAME`), as `url`.
        body: The text as its author wrote it; nothing is folded here.
        title: One line, searched as well and weighing more.
        url: Where a reader opens it.
        date: When it was published.
        fields: Extra values (JSON) that are stored and come back with a hit; not searched. Names are str at every
            level, of which there are at most 64 (`MAX_NESTING`); a tuple comes back as a list. As JSON they have at
            most a million characters (`MAX_FIELDS`).

    Raises:
        DocumentError: A value has another type, text that cannot be written as UTF-8 (a lone surrogate), a name that is
            too long, or fields that are too many or nested too deep.
    """

    id: str
    body: str
    title: str = ""
    url: str | None = None
    date: dt.date | dt.datetime | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_values()
        _check_json(self.fields, of=self.id)

    def _check_values(self) -> None:
        """Check all but the fields."""
        _check_name(self.id, "id", of=self.id)
        if not self.id:
            raise DocumentError("a document has an empty id; give every document an id of its own")
        _check_text(self.body, "body", of=self.id)
        _check_text(self.title, "title", of=self.id)
        if self.url is not None:
            _check_name(self.url, "url", of=self.id)
        if self.date is not None and not isinstance(self.date, dt.date):
            raise DocumentError(f"the date of document {self.id!r} is {self.date!r}; give a datetime.date or datetime")

    def __repr__(self) -> str:
        return f"Document({self.id!r}, {_shortened(self.title)}, {_shortened(self.body)})"

    def to_dict(self) -> dict[str, Any]:
        """Return the document as JSON values; `from_dict` reads it back."""
        return {
            "id": self.id,
            "body": self.body,
            "title": self.title,
            "url": self.url,
            "date": None if self.date is None else self.date.isoformat(),
            "fields": dict(self.fields),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Document:
        """Build the document that `to_dict` described."""
        date = values["date"]
        return cls(**{**values, "date": None if date is None else parse_iso_date(str(date))})

    @classmethod
    def from_stored(cls, values: Mapping[str, Any]) -> Document:
        """Build the document that `to_dict` described when it had been checked: its fields, maybe many, are not again.

        Raises:
            DocumentError, KeyError, ValueError: It is none.
        """
        document = cls.__new__(cls)
        date = values["date"]
        known = {**values, "date": None if date is None else parse_iso_date(str(date))}
        for name in cls.__slots__:
            object.__setattr__(document, name, known[name])
        document._check_values()  # noqa: SLF001 (of this class)
        if type(document.fields) is not dict:
            raise DocumentError(f"the fields of document {document.id!r} are no dict")
        return document

    def digest(self) -> str:
        """Return 32 hexadecimal digits that change when anything in the document does (BLAKE2b, RFC 7693).

        >>> Document(id="1", body="a").digest() == Document(id="1", body="a", fields={}).digest()
        True
        """
        return digest_of(self.to_json())

    def to_json(self) -> bytes:
        """Return `to_dict()` as one line of JSON (UTF-8), names in order: equal documents give the same bytes."""
        return _CANONICAL.encode(self.to_dict()).encode()


def digest_of(line: bytes) -> str:
    """Return the digest of the document whose `to_json` this is."""
    import hashlib  # noqa: PLC0415 (OpenSSL, which no search needs)

    return hashlib.blake2b(line, digest_size=16).hexdigest()


def plain(text: str) -> str:
    r"""Return a text without characters that a terminal or a browser obeys; tabs and line feeds stay.

    >>> plain("a\x1b[31m\u202eb\n")
    'a[31mb\n'
    """
    return _OBEYED.sub("", text)


def _shortened(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


class Token(NamedTuple):
    """One occurrence of a word in a text.

    Attributes:
        text: The word as written. A token joined from two written pieces (a prefix and its verb) holds what is between.
        start, end: Its span in the analysed text; `source[start:end] == text`.
        position: Its ordinal in the text, from 0.
        key: The written form, folded.
        lemma: The dictionary form, or the key where there is no other.
        terms: All that is indexed at this position, the key first. No term is empty or holds white space or `|`.
    """

    text: str
    start: int
    end: int
    position: int
    key: str
    lemma: str
    terms: tuple[str, ...]


class Skip(NamedTuple):
    """A source that gave no document, or of which a part was left out: its name, and the reason or what that is."""

    source: str
    reason: str


class Report(NamedTuple):
    """What became of the documents given to `SearchIndex.add`: how many, and which sources were skipped and why."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: tuple[Skip, ...] = ()


def parse_iso_date(text: str) -> dt.date | dt.datetime:
    """Read what `date.isoformat()` or `datetime.isoformat()` wrote (ISO 8601).

    Raises:
        ValueError: The text is neither.
    """
    return dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)


def moment(date: dt.date) -> int:
    """Return a date as microseconds since 0001-01-01T00:00: of a day its beginning, of a time what a clock shows.

    The time zone does not count: documents are found, sorted and counted by the day that stands in them.
    """
    clock = date.time() if isinstance(date, dt.datetime) else dt.time.min
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return (date.toordinal() - 1) * DAY + seconds * 1_000_000 + clock.microsecond


def host_of(url: str) -> str | None:
    """Return the host of an address in lower case, without port and user; None where there is none.

    >>> host_of("https://me@Example.org:8080/a?b"), host_of("http://[::1]/"), host_of("/a/b")
    ('example.org', '[::1]', None)
    """
    match = re.match(_HOST, url)
    host = match[1].lower() if match else ""
    return host if 0 < len(host) <= _LONGEST_HOST else None


def _check_name(value: str, name: str, *, of: object) -> None:
    _check_text(value, name, of=of)
    if len(value) > MAX_NAME:
        raise DocumentError(f"an {name} of {len(value):,} characters, more than {MAX_NAME:,}: {value[:_SHOWN]}…")


def _check_text(value: object, name: str, *, of: object) -> None:
    if not isinstance(value, str):
        raise DocumentError(f"the {name} of document {of!r} is {type(value).__name__}, not str; convert it first")
    try:
        value.encode("utf-16-le")  # finds what UTF-8 does, in a fifth of the time
    except UnicodeEncodeError as error:
        raise DocumentError(
            f"the {name} of document {of!r} holds a lone surrogate at {error.start}; decode it with errors='replace'"
        ) from None


def levels(value: object) -> Iterator[list[Any]]:
    """Yield the lists and objects of a JSON value by how many others they lie in; without end if one holds itself.

    Of what stands in several places of a level, one is enough.
    """
    level = [value] if isinstance(value, _NESTED) else []
    while level:
        yield level
        inner = chain.from_iterable(each.values() if isinstance(each, dict) else each for each in level)
        level = list({id(each): each for each in inner if isinstance(each, _NESTED)}.values())


def _check_json(fields: object, *, of: str) -> None:
    if not _is_flat(fields):
        _check_nesting(fields, of=of)
    try:
        line = _STRICT.encode(fields)
        line.encode()
    except (TypeError, ValueError) as error:
        raise DocumentError(f"the fields of document {of!r} are not JSON ({error}); store plain values") from None
    if not isinstance(fields, Mapping):
        raise DocumentError(f"the fields of document {of!r} are no mapping from names; give a dict with str keys")
    if len(line) > MAX_FIELDS:
        raise DocumentError(
            f"the fields of document {of!r} have {len(line):,} characters as JSON, more than {MAX_FIELDS:,}; "
            "keep large values elsewhere"
        )


def _is_flat(fields: object) -> bool:
    """Tell whether these are names and single values, as most are: it is soon told."""
    return type(fields) is dict and {str}.issuperset(map(type, fields)) and _FLAT.issuperset(map(type, fields.values()))


def _check_nesting(fields: object, *, of: str) -> None:
    for depth, level in enumerate(levels(fields), 1):
        if depth > MAX_NESTING:
            raise DocumentError(f"the fields of document {of!r} are {TOO_DEEP}")
        for each in level:
            if isinstance(each, dict) and not all(isinstance(name, str) for name in each):
                raise DocumentError(f"the fields of document {of!r} have a name that is no str; convert it first")
