"""Which files are there? Folders are walked in the order of their sorted names.

Names that begin with a dot are passed over without a word, as `ls` and ripgrep do, unless they are named themselves.
Links, and what is neither file nor folder, come out as a `Skip`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import TypeAlias

from searchkit import arguments
from searchkit.documents import Skip
from searchkit.loading.files import why
from searchkit.loading.options import STDIN, LoadOptions, source_name

Paths: TypeAlias = "str | os.PathLike[str] | Iterable[str | os.PathLike[str]]"


def exists(path: str | os.PathLike[str]) -> bool:
    """Tell whether there may be a file, folder or link with this name: false only where the system says that none is.

    `-`, standard input, always is.
    """
    try:
        os.lstat(path)
    except FileNotFoundError:
        return os.fspath(path) == STDIN
    except (OSError, ValueError):
        return True  # opening it will say what is wrong
    return True


def discover(paths: Paths, options: LoadOptions | None = None) -> Iterator[str | Skip]:
    """Yield every source below the paths, for `read_source`, and a `Skip` for what cannot be walked.

    Args:
        paths: Files, folders, or `-` for JSON Lines on standard input; one of them alone, too. What is named is taken,
            hidden or not.
        options: Which files to take; the default takes all.

    Raises:
        ArgumentError: An argument is of another kind.
    """
    options = LoadOptions() if options is None else arguments.instance("options", options, LoadOptions)
    for path in arguments.paths("paths", paths):
        if not exists(path):
            yield Skip(source_name(path), "no such file or folder")
        elif path != STDIN and os.path.isdir(path):  # noqa: PTH112 -- paths stay strings: a tree may hold millions
            yield from _walk(path, options)
        else:
            yield path


def _walk(top: str, options: LoadOptions) -> Iterator[str | Skip]:
    """Go through a folder with a stack of its own, since a tree may be deeper than Python's."""
    stack: list[tuple[str, frozenset[tuple[int, int]]]] = [(top, frozenset())]
    while stack:
        path, above = stack.pop()
        try:
            if path != top and not options.follow_symlinks and os.path.islink(path):  # noqa: PTH114
                yield Skip(source_name(path), "a symbolic link, not followed")
                continue
            here = os.stat(path)  # noqa: PTH116
            if not stat.S_ISDIR(here.st_mode):
                yield path
                continue
            identity = (here.st_dev, here.st_ino)
            if identity in above:
                yield Skip(source_name(path), "a link back to a folder above it")
                continue
            with os.scandir(path) as entries:
                found = sorted((entry for entry in entries if _wanted(entry, top, options)), key=_name, reverse=True)
        except OSError as error:
            yield Skip(source_name(path), why(error))
            continue
        stack += ((entry.path, above | {identity}) for entry in found)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _wanted(entry: os.DirEntry[str], top: str, options: LoadOptions) -> bool:
    """Say whether an entry is to be looked at: not hidden, not excluded, and, for a file, included."""
    below = os.path.relpath(entry.path, top) if options.include or options.exclude else entry.name
    if entry.name.startswith(".") or _matches(entry.name, below, options.exclude):
        return False
    return not options.include or entry.is_dir() or _matches(entry.name, below, options.include)


def _matches(name: str, below: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, glob) or fnmatchcase(below, glob) for glob in globs)
