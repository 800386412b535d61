"""What does a file say of itself before its text begins? YAML between lines of `---`, or TOML between lines of `+++`.

Values are text, lists and mappings, as they are written: YAML takes 1403-02-15 for a day of the year 1403 CE.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from searchkit.documents import Json

LONGEST_BLOCK = 50_000
"""Of a block; what is longer is text."""

MOST_NESTED = 50
_MOST_BRACKETS = 1_000
_LONGEST_NAME = 1_000  # dots of a name in TOML, of which the time grows with the square

_OPENINGS = {
    "---": re.compile(r"\n(?:---|\.\.\.)[ \t]*+(?:\n|\Z)"),
    "+++": re.compile(r"\n\+\+\+[ \t]*+(?:\n|\Z)"),
}
_KEY = re.compile(r"[^\W\d_][\w.\u200c-]{0,60}")
_LINE = re.compile(r"([^\W\d_][\w.\u200c-]{0,60})[ \t]*:(?:[ \t]+(.*))?")
_BRACKETS = re.compile(r"[\[{]")


def split(text: str) -> tuple[Mapping[str, Json], str]:
    r"""Split the block at the very beginning off, if it is one of keys and values; lines end in `\n`.

    >>> split("---\ntitle: >-\n  one\n  two\n---\ntext")
    ({'title': 'one two'}, 'text')
    >>> split("---\nno keys\n---\ntext")
    ({}, '---\nno keys\n---\ntext')
    """
    first, feed, _ = text[:100].partition("\n")
    closing = _OPENINGS.get(first.rstrip(" \t"))
    end = closing.search(text, len(first), len(first) + LONGEST_BLOCK) if closing and feed else None
    if end is None:
        return {}, text
    block = text[len(first) + 1 : end.start() + 1]
    values = _yaml(block) if first.startswith("-") else _toml(block)
    if not values or not all(_KEY.fullmatch(key) for key in values):
        return {}, text
    return values, text[end.end() :]


def _yaml(block: str) -> dict[str, Json]:
    """Read YAML; where a line breaks its rules, as a title with a colon in it does, line by line."""
    import yaml  # noqa: PLC0415 -- wanted by few files

    if len(_BRACKETS.findall(block)) > _MOST_BRACKETS:
        return _by_lines(block)
    try:
        return _plain(yaml.load(block, Loader=_loader()))  # noqa: S506 -- its base makes text, lists and mappings alone
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return _by_lines(block)


def _loader() -> Any:  # noqa: ANN401 -- a class made when it is wanted
    import yaml  # noqa: PLC0415 -- as above

    class Loader(yaml.BaseLoader):
        """A loader without aliases, of which a few lines make gigabytes."""

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("an alias")
            return super().compose_node(parent, index)

    return Loader


def _by_lines(block: str) -> dict[str, Json]:
    found = (_LINE.fullmatch(line) for line in block.split("\n"))
    return {match[1].lower(): (match[2] or "").strip().strip("\"'") for match in found if match}


def _toml(block: str) -> dict[str, Json]:
    if len(_BRACKETS.findall(block)) > _MOST_BRACKETS or any(
        line.partition("=")[0].count(".") > _LONGEST_NAME for line in block.split("\n")
    ):
        return {}
    try:
        values = tomllib.loads(block)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return {}
    return _plain(values)


def _plain(values: object) -> dict[str, Json]:
    """Return a mapping with its names in lower case, and days and moments as text; nothing for what is no mapping."""
    if not isinstance(values, dict):
        return {}
    return {str(key).lower(): _value(value, MOST_NESTED) for key, value in values.items()}


def _value(value: object, depth: int) -> Json:
    match value:
        case list() if depth:
            return [_value(item, depth - 1) for item in value]
        case dict() if depth:
            return {str(key): _value(item, depth - 1) for key, item in value.items()}
        case dt.date() | dt.time():
            return value.isoformat()
        case str() | int() | float():
            return str(value)
        case _:
            return None
