"""What does a configuration file say? Options of commands, by their long names, as if they had been typed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from searchkit import arguments
from searchkit.cli.terminal import plain

DEFAULT = "searchkit.toml"
"""The file that is read where none is named, if it lies in the current folder."""

_PATHS = ("index", "words")
"""Options that name what lies beside the file."""

_NAMES = ("embedder",)
"""Options that name something else, of each command that has them."""

_PAIRS = {"fields": "field", "ranking": "ranking"}
"""Tables of NAME = VALUE, and the options that take them as NAME=VALUE, of each command that has them."""


class ConfigurationError(click.ClickException):
    """A configuration file is not as it must be."""

    exit_code = 2


def options_of(path: str | None, commands: Mapping[str, click.Command]) -> dict[str, dict[str, Any]]:
    """Return the options that a file gives, for `click.Context.default_map`.

    Args:
        path: The file; None for the one in the current folder, if there is one.
        commands: Those that it can give options, by name.

    Raises:
        click.ClickException: It cannot be read, is no TOML, or names what there is not.
    """
    if path is None and not Path(DEFAULT).is_file():
        return {}
    file = Path(path or DEFAULT)
    found: dict[str, dict[str, Any]] = {name: {} for name in commands}
    given: dict[str, Any]
    for name, value in _read(file).items():
        if name in _PATHS and isinstance(value, str):
            given = {name: str(file.parent / value)}
        elif name in _NAMES and isinstance(value, str):
            given = {name: value}
        elif name in _PAIRS and isinstance(value, dict):
            given = {_PAIRS[name]: [f"{key}={each}" for key, each in value.items()]}
        elif name in commands and isinstance(value, dict):
            found[name] |= _given(file, commands[name], value)
            continue
        else:
            known = ", ".join(
                ["index = DIR", "words = FILE", "embedder = NAME", *(f"[{each}]" for each in [*_PAIRS, *commands])]
            )
            raise _wrong(file, f"{arguments.shortened(name)} is nothing that can be set so; there are {known}")
        for command in commands.values():
            if given.keys() <= _options(command).keys():
                found[str(command.name)] |= _given(file, command, given)
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, numbers or nesting without end
        raise _wrong(file, str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{plain(str(file))} cannot be read: {error.strerror or error}") from None


def _options(command: click.Command) -> dict[str, click.Option]:
    """Return the options of a command by their long names, without the two dashes."""
    options = (each for each in command.params if isinstance(each, click.Option))
    return {name.removeprefix("--"): each for each in options for name in each.opts if name.startswith("--")}


def _given(file: Path, command: click.Command, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of options by the names of the parameters that take them."""
    options = _options(command)
    given: dict[str, Any] = {}
    for name, value in values.items():
        option = options.get(name.replace("_", "-"))
        if option is None:
            shown = arguments.shortened(name)
            raise _wrong(file, f"[{command.name}] has no {shown}; it has {', '.join(sorted(options))}")
        if isinstance(value, dict) or (isinstance(value, list) and not option.multiple):
            raise _wrong(file, f"{name} of [{command.name}] is {arguments.shortened(value)}; give one value")
        given[str(option.name)] = _one_or_several(option, value)
    return given


def _one_or_several(option: click.Option, value: Any) -> Any:  # noqa: ANN401 (what TOML has)
    if value is True and option.is_flag and not option.is_bool_flag:
        return option.flag_value  # json = true, one of several flags of which one counts
    return value if isinstance(value, list) or not option.multiple else [value]


def _wrong(file: Path, what: str) -> ConfigurationError:
    return ConfigurationError(f"{plain(str(file))}: {plain(what)}")
