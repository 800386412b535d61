"""Under which names does a document keep what its source says of it? The names are the same in every format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from searchkit.dates import Date, parse_date
from searchkit.documents import MAX_FIELDS, MAX_NAME, Document, Json
from searchkit.errors import LoadError
from searchkit.loading.encoding import Decoded

_NAMES = {
    "title": ("title", "عنوان"),
    "url": ("canonical_url", "canonicalurl", "canonical", "url"),
    "date": ("date", "published", "publishdate", "published_at", "pubdate", "تاریخ", "created"),
    "author": ("author", "authors", "نویسنده"),
    "language": ("language", "lang", "زبان"),
    "description": ("description", "summary", "excerpt", "abstract", "خلاصه", "چکیده"),
    "tags": ("tags", "keywords", "برچسب\u200cها", "برچسب", "tag"),
}
_BETWEEN = re.compile(r"[,،;؛]")
_NO_TITLES = frozenset({"untitled", "powerpoint presentation", "word document", "document", "بدون عنوان"})
_PROGRAM = re.compile(r"^Microsoft (?:Office )?(?:Word|PowerPoint|Excel) - ")
_NO_DATE = "0:-/. TZ"  # as programs write it that know none: 0000-00-00, 00:00:00
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")
_MOST_TAGS = 1_000
_LONGEST = MAX_FIELDS + 1  # more is told to be too much


class Metadata(NamedTuple):
    """What a source says of a document; empty or None where it does not.

    `fields` holds `author`, `language`, `description`, `tags` (a list), and a `date` that could not be read, as text.
    """

    title: str
    url: str | None
    date: Date | None
    fields: dict[str, Json]


def metadata(values: Mapping[str, Json]) -> Metadata:
    """Read what is said, under the names that are in use for it, in lower case.

    >>> said = metadata({"title": "a", "authors": ["b", {"name": "c"}], "date": "1403/02/15", "keywords": "d، e"})
    >>> said.date.isoformat(), said.fields
    ('2024-05-04', {'author': 'b، c', 'tags': ['d', 'e']})
    """
    taxonomies = values.get("taxonomies")
    known = {**taxonomies, **values} if isinstance(taxonomies, dict) else values
    said = {name: [known[key] for key in keys if known.get(key)] for name, keys in _NAMES.items()}
    texts = {name: next(filter(None, map(one_line, found)), "") for name, found in said.items()}
    dates = [text for text in map(one_line, said["date"]) if text.strip(_NO_DATE)]
    date = next(filter(None, map(parse_date, dates)), None)
    language = texts["language"] if _LANGUAGE.fullmatch(texts["language"]) else ""
    fields: dict[str, Json] = {"author": texts["author"], "language": language, "description": texts["description"]}
    fields["tags"] = list(tags(said["tags"]))
    fields["date"] = "" if date else next(iter(dates), "")
    url = next(filter(None, map(web_address, said["url"])), None)
    url = url if url and len(url) <= MAX_NAME else None
    return Metadata(texts["title"], url, date, {name: value for name, value in fields.items() if value})


def document_of(
    name: str, body: str, said: Metadata, heading: str = "", fields: Mapping[str, Json] | None = None
) -> Document:
    """Build the document of a file; a title that its program gave it by itself is none.

    Args:
        name: Of the file.
        body: Its text.
        said: What it says of itself.
        heading: The title where it says none.
        fields: More of what is stored.

    Raises:
        LoadError: There is no text in it.
    """
    if not body.strip():
        raise LoadError(name, "no text in it")
    title = _PROGRAM.sub("", said.title, count=1) if _PROGRAM.match(said.title) else said.title
    title = "" if title.lower() in _NO_TITLES else title
    return Document(
        name, body, title or one_line(heading), said.url, said.date, {"source": name, **said.fields, **(fields or {})}
    )


def one_line(value: Json) -> str:
    """Return a value as one line of text: of several values each, of a person or thing the name; else nothing."""
    match value:
        case str():
            return " ".join(value[:_LONGEST].split())
        case list():
            lines = (one_line(item) for item in value if not isinstance(item, list))
            return "، ".join(dict.fromkeys(filter(None, lines)))
        case dict():
            name = value.get("name")
            return one_line(name) if isinstance(name, str) else ""
        case _:
            return ""


def tags(said: list[Json]) -> dict[str, None]:
    """Return the tags of lists, and of texts with commas between, each once, in their order."""
    found: dict[str, None] = {}
    for value in said:
        for item in value if isinstance(value, list) else [value]:
            parts = _BETWEEN.split(item) if isinstance(item, str) else [one_line(item)]
            for part in parts[:_MOST_TAGS]:
                if len(found) < _MOST_TAGS and (tag := one_line(part).lstrip("#")):
                    found[tag] = None
    return found


def web_address(value: Json) -> str | None:
    """Return the value if it is an http(s) address, else None."""
    if not isinstance(value, str):
        return None
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return None
    return value.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def about(name: str, decoded: Decoded) -> dict[str, Json]:
    """Return the stored fields of a file: its `source`, and its encoding if that was not plain UTF-8.

    `unreadable` counts the characters that could not be decoded and stand as U+FFFD. `repaired` is the encoding in
    which the text had been read by mistake before it was written, `garbled` counts the pieces that could not be
    repaired.
    """
    fields: dict[str, Json] = {"source": name}
    if decoded.encoding != "utf-8":
        fields["encoding"] = decoded.encoding
    if decoded.replaced:
        fields["unreadable"] = decoded.replaced
    if decoded.repaired:
        fields["repaired"] = decoded.repaired
    if decoded.garbled:
        fields["garbled"] = decoded.garbled
    return fields
