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

_PAIRS = {"fields": ("index", "field"), "ranking": ("search", "ranking")}
"""Tables of NAME = VALUE, and the command and the option that take them as NAME=VALUE."""


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
    for name, value in _read(file).items():
        if name == "index" and isinstance(value, str):
            folder = str(file.parent / value)
            for command, of_command in found.items():
                if "index" in _by_option(commands[command]):
                    of_command["path"] = folder
        elif name in _PAIRS and isinstance(value, dict):
            command, option = _PAIRS[name]
            written = [f"{key}={each}" for key, each in value.items()]
            found[command] |= _given(file, commands[command], {option: written}, name)
        elif name in commands and isinstance(value, dict):
            found[name] |= _given(file, commands[name], value, name)
        else:
            known = ", ".join(["index = DIR", *(f"[{each}]" for each in [*_PAIRS, *commands])])
            raise _wrong(file, f"{arguments.shortened(name)} is nothing that can be set; there are {known}")
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(file, str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{plain(str(file))} cannot be read: {error.strerror or error}") from None


def _by_option(command: click.Command) -> dict[str, click.Parameter]:
    """Return the options of a command by their long names, without the two dashes."""
    options = (each for each in command.params if isinstance(each, click.Option))
    return {name.removeprefix("--"): each for each in options for name in each.opts if name.startswith("--")}


def _given(file: Path, command: click.Command, values: Mapping[str, Any], table: str) -> dict[str, Any]:
    """Return the values of a table by the names of the parameters that take them."""
    options = _by_option(command)
    given: dict[str, Any] = {}
    for written, value in values.items():
        option = options.get(written.replace("_", "-"))
        if option is None or option.name is None:
            shown = arguments.shortened(written)
            raise _wrong(file, f"[{table}] has no {shown}; it has {', '.join(sorted(options))}")
        if isinstance(value, dict) or (isinstance(value, list) and not option.multiple):
            raise _wrong(file, f"{written} of [{table}] is {arguments.shortened(value)}; give one value")
        given[option.name] = value if isinstance(value, list) or not option.multiple else [value]
    return given


def _wrong(file: Path, what: str) -> click.ClickException:
    error = click.ClickException(f"{plain(str(file))}: {plain(what)}")
    error.exit_code = 2
    return error
