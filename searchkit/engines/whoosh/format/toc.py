"""Which files make up the index now? The table of contents, one file a commit: `MAIN-7.json` for the seventh.

The first line is a JSON object, the second its CRC-32 in eight hexadecimal digits. The object:

    format, version       "searchkit", 1
    generation            counts commits
    analysis              [name, fingerprint] of the analyzer that made the terms
    schema                {field: what it is}; opening with a schema that says otherwise is an error
    segments              [{"name", "documents", "size", "deleted"}]; `deleted` is null, or base64 of a bit a document

A commit writes and syncs the segments, then the table under another name, and then gives it its name, if no other table
has that: this is the moment at which the commit is there. Files that no table names are left from a crash, and the next
commit removes them.
"""

from __future__ import annotations

import base64
import errno
import json
import os
import re
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from searchkit.engines.whoosh.format.types import Flags
from searchkit.errors import IndexCorruptError, IndexLockLostError, IndexVersionError

TABLE_VERSION = 1

INDEX = "MAIN"
"""What the names of all files of an index begin with."""

LOCK = f"{INDEX}.lock"
DOOR = f"{INDEX}.door"
"""The files that writers lock: one to write, the other while they wait for that."""

_FORMAT = "searchkit"

_NO_HARD_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EMLINK}
"""What file systems without hard links say, such as those of memory cards."""


class Entry(NamedTuple):
    """A segment: its name, how many documents it has, the size of its file in bytes, and which are deleted."""

    name: str
    documents: int
    size: int
    deleted: Flags | None = None

    @property
    def dead(self) -> int:
        """How many documents are deleted."""
        return 0 if self.deleted is None else int(self.deleted.sum())

    @property
    def alive(self) -> int:
        """How many documents are not deleted."""
        return self.documents - self.dead


class Toc(NamedTuple):
    """One commit; see the head of this module."""

    generation: int
    analysis: tuple[str, str]
    schema: dict[str, Any]
    segments: tuple[Entry, ...] = ()


def segment_path(folder: Path, name: str) -> Path:
    """Return the file of a segment."""
    return folder / f"{INDEX}-{name}.segment"


def segment_name(path: Path) -> str:
    """Return the name of the segment in a file."""
    return path.stem.removeprefix(f"{INDEX}-")


def table_path(folder: Path, generation: int) -> str:
    """Return the file of the table of a commit."""
    return f"{folder}/{INDEX}-{generation}.json"


def generations(folder: Path) -> list[int]:
    """Return the generations whose tables are there, ascending."""
    pattern = re.compile(rf"{INDEX}-(\d+)\.json")
    return sorted(int(match[1]) for path in folder.iterdir() if (match := pattern.fullmatch(path.name)))


def write(toc: Toc, folder: Path) -> None:
    """Commit: the table is there in full when this returns, or not at all if it raises.

    Raises:
        IndexLockLostError: There is a table of this generation.
    """
    contents = {
        "format": _FORMAT,
        "version": TABLE_VERSION,
        "generation": toc.generation,
        "analysis": toc.analysis,
        "schema": toc.schema,
        "segments": [
            {"name": entry.name, "documents": entry.documents, "size": entry.size, "deleted": _packed(entry.deleted)}
            for entry in toc.segments
        ],
    }
    line = json.dumps(contents, ensure_ascii=False).encode()
    path = Path(table_path(folder, toc.generation))
    temporary = path.with_suffix(f".{os.urandom(4).hex()}.temporary")
    with temporary.open("wb") as file:
        file.write(line + f"\n{zlib.crc32(line):08x}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    sync(folder)
    _publish(temporary, path)
    sync(folder)


def _publish(temporary: Path, path: Path) -> None:
    """Give a table its name, which nobody else has given to one."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise IndexLockLostError(
            f"somebody else wrote the index at {path.parent} meanwhile, so nothing of this was kept; try again"
        ) from None
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        temporary.rename(path)


def sync(folder: Path) -> None:
    """Force the names of files to disk, where a folder can be opened for that."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read(folder: Path, generation: int) -> Toc:
    """Read the table of a commit.

    Raises:
        IndexCorruptError: It is damaged, or a file that it names is missing or of another size.
        IndexVersionError: It has a newer format.
        FileNotFoundError: It is not there (any more).
    """
    path = Path(table_path(folder, generation))
    try:
        line, sum_ = path.read_bytes().removesuffix(b"\n").split(b"\n")
        if int(sum_, 16) != zlib.crc32(line):
            raise _corrupt(path, "its checksum differs")
        contents = json.loads(line)
    except ValueError:
        raise _corrupt(path, "it is cut short or foreign") from None
    if contents["version"] > TABLE_VERSION:
        raise IndexVersionError(f"{path} was written by a newer searchkit; upgrade searchkit to read it")
    entries = tuple(
        Entry(each["name"], each["documents"], each["size"], _unpacked(each["deleted"], each["documents"]))
        for each in contents["segments"]
    )
    for entry in entries:
        file = segment_path(folder, entry.name)
        if not file.exists():
            if not path.exists():
                raise FileNotFoundError(path)  # another commit has replaced both
            raise _corrupt(file, "it is missing")
        if file.stat().st_size != entry.size:
            raise _corrupt(file, "it has another size")
    name, fingerprint = contents["analysis"]
    return Toc(contents["generation"], (name, fingerprint), contents["schema"], entries)


def _corrupt(path: Path, reason: str) -> IndexCorruptError:
    return IndexCorruptError(f"{path} is damaged ({reason}); make the index anew: searchkit index --rebuild")


def clean(toc: Toc, folder: Path) -> None:
    """Remove what this commit does not need: older tables, their segments, and what a crash has left.

    What cannot be removed stays for the next commit.

    Older tables go first, the oldest of them first: who finds the table of one commit and not that of the next knows
    that there was no later commit.
    """
    kept = {segment_path(folder, entry.name).name for entry in toc.segments}
    kept.add(Path(table_path(folder, toc.generation)).name)
    for generation in generations(folder):
        if generation < toc.generation:
            _remove(Path(table_path(folder, generation)))
    ours = re.compile(rf"{INDEX}-[\da-fr.-]+\.(json|segment|temporary)")
    for path in folder.iterdir():
        if ours.fullmatch(path.name) and path.name not in kept:
            _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _packed(deleted: Flags | None) -> str | None:
    return None if deleted is None else base64.b64encode(np.packbits(deleted).tobytes()).decode()


def _unpacked(text: str | None, count: int) -> Flags | None:
    if text is None:
        return None
    return np.unpackbits(np.frombuffer(base64.b64decode(text), np.uint8), count=count).astype(bool)
