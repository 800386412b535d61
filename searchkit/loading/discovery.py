"""Which files are there? Folders are walked in the order of their sorted names.

Names that begin with a dot are passed over without a word, as `ls` and ripgrep do, unless they are named themselves.
Links, and what is neither file nor folder, come out as a `Skip`. What the rules of ignore files leave out is told to
whoever wants to know.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import NamedTuple, TypeAlias

from searchkit import arguments
from searchkit.documents import Skip
from searchkit.loading.files import why
from searchkit.loading.ignoring import TOO_MUCH, Rules, lines_of
from searchkit.loading.options import STDIN, LoadOptions, source_name

Paths: TypeAlias = "str | os.PathLike[str] | Iterable[str | os.PathLike[str]]"
_LeftOut: TypeAlias = Callable[[str, bool], object]
"""Is told what a rule leaves out: its path, and whether it is a folder, of which nothing more is told."""

_Among: TypeAlias = "dict[str, _Among] | None"  # the names in a folder that are looked at; None for all of them
_Identity: TypeAlias = tuple[int, int]


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


def discover(
    paths: Paths,
    options: LoadOptions | None = None,
    *,
    left_out: _LeftOut | None = None,
    among: Collection[str] | None = None,
) -> Iterator[str | Skip]:
    """Yield every source below the paths, for `read_source`, and a `Skip` for what cannot be walked.

    Args:
        paths: Files, folders, or `-` for JSON Lines on standard input; one of them alone, too. What is named is taken,
            hidden or not, whatever rules say of it.
        options: Which files to take; the default takes all.
        left_out: Is told what the rules of ignore files leave out, as it is met.
        among: In folders, only these paths are looked at, and what is below them. Each begins with one of `paths`.

    Raises:
        ArgumentError: An argument is of another kind.
    """
    options = LoadOptions() if options is None else arguments.instance("options", options, LoadOptions)
    for path in arguments.paths("paths", paths):
        if not exists(path):
            yield Skip(source_name(path), "no such file or folder")
        elif path != STDIN and os.path.isdir(path):  # noqa: PTH112 -- paths stay strings: a tree may hold millions
            yield from _Walk(path, options, left_out).sources(_tree(path, among))
        else:
            yield path


class _Place(NamedTuple):
    """What is to be looked at, with what is known of the folders above it.

    Attributes:
        path: As it is opened.
        names: On the way down to it; none for the folder that was named.
        above: The identities of the folders above it.
        rules: Those that count for it, each with how deep the folder lies that it counts from; the deepest last.
        among: Which of its entries to look at.
    """

    path: str
    names: tuple[str, ...]
    above: frozenset[_Identity]
    rules: tuple[tuple[int, Rules], ...]
    among: _Among

    def is_left_out(self, *, is_folder: bool) -> bool:
        said = (rules.leave_out(self.names[depth:], is_folder=is_folder) for depth, rules in reversed(self.rules))
        return next((each for each in said if each is not None), False)


class _Walk:
    """A walk through a folder, with a stack of its own, since a tree may be deeper than Python's."""

    def __init__(self, top: str, options: LoadOptions, left_out: _LeftOut | None) -> None:
        self._top = top
        self._options = options
        self._left_out = left_out
        self._passed_over = {identity for path in options.not_walked for identity in _identity(path)}

    def sources(self, among: _Among) -> Iterator[str | Skip]:
        stack = [_Place(self._top, (), frozenset(), ((0, Rules(self._options.ignore)),), among)]
        while stack:
            place = stack.pop()
            try:
                if place.names and not self._options.follow_symlinks and os.path.islink(place.path):  # noqa: PTH114
                    yield Skip(source_name(place.path), "a symbolic link, not followed")
                    continue
                here = os.stat(place.path)  # noqa: PTH116
                if not stat.S_ISDIR(here.st_mode):
                    yield place.path
                    continue
                identity = (here.st_dev, here.st_ino)
                if place.names and identity in self._passed_over:
                    continue
                if identity in place.above:
                    yield Skip(source_name(place.path), "a link back to a folder above it")
                    continue
                with os.scandir(place.path) as entries:
                    found = sorted(entries, key=_name, reverse=True)
            except OSError as error:
                yield Skip(source_name(place.path), why(error))
                continue
            place = place._replace(above=place.above | {identity})
            place = yield from self._ruled(place, found)
            stack += self._wanted(place, found)

    def _ruled(self, place: _Place, entries: Iterable[os.DirEntry[str]]) -> Generator[Skip, None, _Place]:
        """Return a folder with the rules of the ignore files in it."""
        names = self._options.ignore_files
        files = [entry for entry in entries if names and entry.name in names and entry.is_file(follow_symlinks=False)]
        for entry in sorted(files, key=lambda each: names.index(each.name)):
            try:
                lines, is_whole = lines_of(entry.path)
            except OSError as error:
                yield Skip(source_name(entry.path), why(error))
                continue
            rules = Rules(lines, place.rules[-1][1].room)
            place = place._replace(rules=(*place.rules, (len(place.names), rules)))
            if rules.is_cut or not is_whole:
                yield Skip(source_name(entry.path), TOO_MUCH)
        return place

    def _wanted(self, folder: _Place, entries: Iterable[os.DirEntry[str]]) -> Iterator[_Place]:
        """Yield the entries that are to be looked at: not hidden, not excluded, and, of files, included."""
        for entry in entries:
            among = None if folder.among is None else folder.among.get(entry.name, {})
            if entry.name.startswith(".") or among == {}:
                continue
            names = (*folder.names, entry.name)
            if not self._is_let_through(names, is_folder=entry.is_dir()):
                continue
            is_folder = entry.is_dir(follow_symlinks=self._options.follow_symlinks)
            place = folder._replace(path=entry.path, names=names, among=among)
            if not place.is_left_out(is_folder=is_folder):
                yield place
            elif self._left_out is not None:
                self._left_out(entry.path, is_folder)

    def _is_let_through(self, names: tuple[str, ...], *, is_folder: bool) -> bool:
        """Tell whether the globs of the options let an entry through."""
        include, exclude = self._options.include, self._options.exclude
        if not include and not exclude:
            return True
        called = [names[-1], "/".join(names)]
        called += [f"{each}/" for each in called] if is_folder else []
        return not _matches(called, exclude) and (not include or is_folder or _matches(called, include))


def _tree(top: str, among: Collection[str] | None) -> _Among:
    """Return the paths below a folder as a tree of names."""
    if among is None:
        return None
    tree: dict[str, _Among] = {}
    for path in among:
        names = PurePath(os.path.relpath(path, top)).parts
        if not names:
            return None
        here: _Among = tree
        for name in names[:-1]:
            here = here.setdefault(name, {}) if here is not None else None
        if here is not None:
            here[names[-1]] = None
    return tree


def _identity(path: str) -> Iterator[_Identity]:
    try:
        found = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return
    yield found.st_dev, found.st_ino


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _matches(called: Iterable[str], globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(each, glob) for each in called for glob in globs)
