"""What do the parameters of an address ask for? One table reads them, and describes them in the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from starlette.datastructures import QueryParams

from searchkit.errors import ArgumentError

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


class Parameter(NamedTuple):
    """A parameter of an address.

    Attributes:
        name: What stands before the equals sign.
        schema: What its value is to be (JSON Schema): an integer, a boolean, a string, or an array of strings, for
            which it is repeated.
        description: What it asks for.
        required: Whether it must be there.
    """

    name: str
    schema: Mapping[str, Any]
    description: str
    required: bool = False


def read(given: QueryParams, known: Sequence[Parameter]) -> dict[str, Any]:
    """Return the values of the parameters that are given, and of the others their defaults, if they have one.

    Raises:
        ArgumentError: One is not known, given twice, missing, or no value of its kind.
    """
    names = [parameter.name for parameter in known]
    for name in given:
        if name not in names:
            raise ArgumentError(f"there is no parameter {name[:60]!r}; there are {', '.join(names) or 'none'}")
    values = {parameter.name: _value(parameter, given.getlist(parameter.name)) for parameter in known}
    return {name: value for name, value in values.items() if value is not None}


def _value(parameter: Parameter, written: Sequence[str]) -> Any:  # noqa: ANN401 (what its schema says)
    name, schema = parameter.name, parameter.schema
    if schema["type"] == "array":
        if len(written) > schema["maxItems"]:
            raise ArgumentError(f"{name} is given {len(written)} times; {schema['maxItems']} are taken")
        return [_one(name, each, schema["items"]) for each in written]
    if len(written) > 1:
        raise ArgumentError(f"{name} is given {len(written)} times; give it once")
    if written:
        return _one(name, written[0], schema)
    if parameter.required:
        raise ArgumentError(f"{name} is missing; {parameter.description}")
    return schema.get("default")


def _one(name: str, written: str, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 (as above)
    match schema["type"]:
        case "integer":
            return _whole(name, written, schema)
        case "boolean":
            if written not in _FLAGS:
                raise ArgumentError(f"{name} is {written[:60]!r}; give true or false")
            return _FLAGS[written]
        case _:
            return _text(name, written, schema)


def _whole(name: str, written: str, schema: Mapping[str, Any]) -> int:
    low, high = schema["minimum"], schema["maximum"]
    if not _WHOLE.fullmatch(written) or not low <= int(written) <= high:
        raise ArgumentError(f"{name} is {written[:60]!r}; give a whole number from {low} to {high:,}")
    return int(written)


def _text(name: str, written: str, schema: Mapping[str, Any]) -> str:
    if "enum" in schema and written not in schema["enum"]:
        raise ArgumentError(f"{name} is {written[:60]!r}; give one of {', '.join(schema['enum'])}")
    if len(written) > schema.get("maxLength", len(written)):
        raise ArgumentError(f"{name} has {len(written):,} characters; at most {schema['maxLength']:,} are taken")
    if len(written) < schema.get("minLength", 0):
        raise ArgumentError(f"{name} is empty; give one, or leave it out")
    return written
