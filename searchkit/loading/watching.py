"""Which sources below some paths change? What changes together comes together, soon after.

The system tells what happens in folders, through the library watchfiles; files that are named themselves, and whether a
folder is still the same one, are looked at a few times a second.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePath, PurePosixPath
from threading import Event
from typing import NamedTuple, TypeAlias

from searchkit.documents import Skip
from searchkit.errors import LoadError, MissingExtraError
from searchkit.loading.discovery import discover, exists
from searchkit.loading.options import LoadOptions, source_name

_QUIET, _MOST, _LOOK = 50, 500, 200
"""Milliseconds: without a change until those before are told; that they wait at most; between two looks."""

_State: TypeAlias = "tuple[int, ...] | None"


class Changed(NamedTuple):
    """What has changed together.

    Attributes:
        sources: What is to be read, as `discover` gives it.
        paths: Files and folders: what was in them and is in none of the sources is gone.
        is_replaced: Whether a folder that was named is another one now, as where a disk is put into its place.
    """

    sources: tuple[str | Skip, ...] = ()
    paths: tuple[str, ...] = ()
    is_replaced: bool = False


class Watch:
    """Files and folders, which are watched from `begin` on.

    Args:
        paths: As `discover` takes them, but for standard input.
        options: Which of the files below them count.
        stop: Ends the watch when it is set.
    """

    def __init__(self, paths: Iterable[str], options: LoadOptions, stop: Event) -> None:
        self._options = options
        self._stop = stop
        self._states = {path: _state(path) for path in (path.rstrip(os.sep) or path for path in paths)}
        self._folders = {path for path in self._states if os.path.isdir(path)}  # noqa: PTH112 (paths are strings)
        self._known: set[str] = set()  # sources and the folders that they lie in

    def begin(self) -> Iterator[Changed]:
        """Watch from now on; return the changes as they come.

        Raises:
            MissingExtraError: The package that is needed for it is not installed.
            LoadError: The system lets no more be watched; also from the iterator.
        """
        changes = self._changes()
        next(changes, None)
        return changes

    def learn(self, sources: Iterable[str | Skip]) -> None:
        """Take note of sources that are there. What becomes of others, before they are told of, is not told."""
        for source in sources:
            path = source if isinstance(source, str) else ""
            while path and path not in self._known:
                self._known.add(path)
                path = os.path.dirname(path)  # noqa: PTH120

    def _changes(self) -> Iterator[Changed]:
        """Yield one that is none when the watch has begun."""
        begun = False
        replaced: set[str] = set()
        while not self._stop.is_set():
            for told in self._told():
                if not begun:
                    begun = True
                    yield Changed()
                found = [self._change(replaced)._replace(is_replaced=True)]
                changed, replaced, gone = self._looked()
                found.append(self._change(self._below(told) | changed))
                found.append(Changed(tuple(Skip(source_name(path), "gone; what was in it is kept") for path in gone)))
                yield from (change for change in found if change.sources or change.paths)
                if replaced or gone:
                    break  # it is watched by what it was

    def _told(self) -> Iterator[Collection[tuple[int, str]]]:
        """Yield what the system tells of the folders, and that it tells nothing."""
        try:
            from watchfiles import watch  # noqa: PLC0415 (an extra)
        except ImportError:
            raise MissingExtraError("Watched folders", "watchfiles", "watch") from None
        try:
            yield from watch(
                *(os.path.abspath(path) for path in self._folders if exists(path)),  # noqa: PTH100
                watch_filter=None,
                debounce=_MOST,
                step=_QUIET,
                rust_timeout=_LOOK,
                yield_on_timeout=True,
                stop_event=self._stop,
                raise_interrupt=False,
                ignore_permission_denied=True,
            )
        except FileNotFoundError:  # just gone
            self._stop.wait(_LOOK / 1000)
        except (OSError, RuntimeError) as error:  # RuntimeError is what the library makes of what it does not know
            reason = f"cannot be watched: {error}; with WATCHFILES_FORCE_POLLING=1 it is looked at instead"
            raise LoadError(", ".join(map(source_name, self._folders)), reason) from None

    def _looked(self) -> tuple[set[str], set[str], set[str]]:
        """Return which of the paths that were named are changed files, other folders than before, folders gone."""
        before, self._states = self._states, {path: _state(path) for path in self._states}
        changed = {path for path, state in self._states.items() if state != before[path]}
        gone = {path for path in changed & self._folders if self._states[path] is None}
        return changed - self._folders, (changed & self._folders) - gone, gone

    def _below(self, told: Iterable[tuple[int, str]]) -> set[str]:
        """Return the paths that are told of, as `discover` writes them, without those that never count."""
        found = set()
        own = {os.path.realpath(path) for path in self._options.not_walked}
        for top in self._folders if told else ():
            real = os.path.realpath(top)
            for _, path in told:
                for root in (os.path.abspath(top), real):  # noqa: PTH100
                    if path.startswith(os.path.join(root, "")):  # noqa: PTH118
                        names = PurePath(os.path.relpath(path, root)).parts
                        if not own.intersection(_on_the_way(real, names)):
                            found |= self._counted(top, names)
                        break
        return found

    def _counted(self, top: str, names: tuple[str, ...]) -> set[str]:
        """Return the path of these names, if it counts; of an ignore file that of its folder."""
        if names[-1] in self._options.ignore_files:
            names = names[:-1]
        hidden = any(name.startswith(".") for name in names)
        return set() if hidden else {os.path.join(top, *names)}  # noqa: PTH118

    def _change(self, paths: set[str]) -> Changed:
        """Return what is to be done about paths."""
        tops = [top for top in self._states if exists(top) and any(_is_in(path, top) for path in paths)]
        names = {source_name(path) for path in paths}
        sources = [
            source
            for source in discover(tops, self._options, among=paths)
            if isinstance(source, str) or not names.isdisjoint(_upwards(source.source))
        ]
        self.learn(sources)
        return Changed(tuple(sources), tuple(sorted(paths & self._known)))


def _state(path: str) -> _State:
    """Return what tells whether a file has changed, and whether a folder is still the same one."""
    try:
        found = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    which = (found.st_dev, found.st_ino)
    return which if stat.S_ISDIR(found.st_mode) else (*which, found.st_mtime_ns, found.st_size)


def _is_in(path: str, top: str) -> bool:
    return path == top or path.startswith(os.path.join(top, ""))  # noqa: PTH118


def _on_the_way(top: str, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the paths of the folders from the top down, and of what lies there."""
    for count in range(1, len(names) + 1):
        yield os.path.join(top, *names[:count])  # noqa: PTH118


def _upwards(source: str) -> Iterator[str]:
    yield source
    yield from map(str, PurePosixPath(source).parents)
