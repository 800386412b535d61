"""Which files make up the index now? The table of contents, one file a commit: `MAIN-7.json` for the seventh.

The first line is a JSON object, the second its CRC-32 in eight hexadecimal digits. The object:

    format, version       "searchkit", 2
    generation            counts commits
    analysis              [name, fingerprint] of the analyzer that made the terms
    schema                {field: what it is}; opening with a schema that says otherwise is an error
    fields                {name: kind} of the fields that the index was given besides, see `query.fields`
    meaning               what the vectors of its passages are, see `engines.base.Meaning`; null where it has none
    segments              [{"name", "documents", "size", "seal", "deleted"}]; the seal is the last 24 bytes of the file,
                          in hexadecimal digits; `deleted` is null, or base64 of a bit a document

A commit writes and syncs the segments, then the table under another name, and then gives it its name, if no other table
has that: this is the moment at which the commit is there. Files that no table names are left from a crash, and the next
commit removes them.
"""

from __future__ import annotations

import base64
import errno
import json
import math
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from searchkit.engines.whoosh.format.sections import damaged, opened, readable, size_of, whole
from searchkit.engines.whoosh.format.types import Flags
from searchkit.errors import IndexLockLostError, IndexVersionError

TABLE_VERSION = 2

INDEX = "MAIN"
"""What the names of all files of an index begin with."""

LOCK = f"{INDEX}.lock"
DOOR = f"{INDEX}.door"
"""The files that writers lock: one to write, the other while they wait for that."""

_FORMAT = "searchkit"
_LARGEST = 1 << 26
"""Bytes of a table; 300 million documents have as many bits."""

_DOCUMENTS = 1 << 32
_MOST_CUT = 1_000_000
"""Words of a passage, and passages of a text."""

_LISTS = 20
_TABLE = re.compile(rf"{INDEX}-(0|[1-9]\d{{0,17}})\.json", re.ASCII)
_NAME = re.compile(r"[\da-z-]{1,100}")
_SEAL = re.compile(r"[\da-f]{48}")

_NO_HARD_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EMLINK}
"""What file systems without hard links say, such as those of memory cards."""


StoredMeaning: TypeAlias = tuple[str, int, str, int, int]
"""What vectors are: their embedder, how many numbers each has, base64 of what it made of a sentence that is always the
same; how many words a passage has, and how many passages of a text have vectors."""


class Entry(NamedTuple):
    """A segment.

    Attributes:
        name: Its name.
        documents: How many it has.
        size: The size of its file in bytes.
        seal: What stands for all of its bytes, see `sections.seal`.
        deleted: True for each document that is deleted; None if there is none.
    """

    name: str
    documents: int
    size: int
    seal: str
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
    fields: dict[str, str] = {}  # noqa: RUF012 (nobody changes it)
    meaning: StoredMeaning | None = None

    @property
    def kind(self) -> str:
        """What its vectors are called."""
        return kind_of(self.meaning)


def kind_of(meaning: StoredMeaning | None) -> str:
    """Return what vectors of a meaning are called, first how many numbers each has; nothing where there are none."""
    return "" if meaning is None else f"{meaning[1]}-{zlib.crc32(json.dumps(meaning).encode()):08x}"


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
    """Return the generations whose tables are there, ascending.

    A list of a large folder that others write meanwhile may have neither the table that has just gone nor the one that
    has just come. So where writers have been and none is found, it is made again.

    Raises:
        FileNotFoundError: There is no folder.
        StorageError: The system does not let it be read.
    """
    for _ in range(_LISTS):
        with readable(folder):
            names = {path.name for path in folder.iterdir()}
        found = sorted(int(match[1]) for name in names if (match := _TABLE.fullmatch(name)))
        if found or LOCK not in names:
            return found
    return []


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
        "fields": toc.fields,
        "meaning": toc.meaning,
        "segments": [entry._asdict() | {"deleted": _packed(entry.deleted)} for entry in toc.segments],
    }
    line = json.dumps(contents, ensure_ascii=False).encode()
    path = Path(table_path(folder, toc.generation))
    temporary = path.with_suffix(f".{os.urandom(4).hex()}.temporary")
    try:
        with temporary.open("wb") as file:
            file.write(line + f"\n{zlib.crc32(line):08x}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        sync(folder)
        _publish(temporary, path)
        sync(folder)
    except BaseException:
        _remove(temporary)
        raise


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
        IndexVersionError: It has another format.
        FileNotFoundError: It is not there (any more).
        StorageError: The system does not let it be read, or it is a link.
    """
    path = Path(table_path(folder, generation))
    contents = _contents(path)
    with whole(path, "what it says does not fit"):
        toc = _checked(contents, generation)
    for entry in toc.segments:
        file = segment_path(folder, entry.name)
        try:
            size = size_of(file)
        except FileNotFoundError:
            if not path.exists():
                raise FileNotFoundError(path) from None  # another commit has replaced both
            raise damaged(file, "it is missing") from None
        if size != entry.size:
            raise damaged(file, "it has another size")
    return toc


def _contents(path: Path) -> dict[str, Any]:
    """Return what a table says, if its checksum is right and its format is ours."""
    with readable(path), opened(path) as file:
        data = file.read(_LARGEST + 1)
    with whole(path, "it is cut short or foreign"):
        line, sum_ = data.removesuffix(b"\n").split(b"\n")
        if len(data) > _LARGEST:
            raise damaged(path, "it is too long")
        if int(sum_, 16) != zlib.crc32(line):
            raise damaged(path, "its checksum differs")
        contents: dict[str, Any] = json.loads(line)
        if contents["format"] != _FORMAT:
            raise damaged(path, "it is foreign")
        version = _number(contents["version"])
    if version > TABLE_VERSION:
        raise IndexVersionError(f"{path} was written by a newer searchkit; upgrade searchkit to read it")
    if version < TABLE_VERSION:
        raise IndexVersionError(
            f"{path} was written by an older searchkit; make the index anew: searchkit index --rebuild"
        )
    return contents


def _checked(contents: dict[str, Any], generation: int) -> Toc:
    """Return what the table of this generation says.

    Raises:
        LookupError, TypeError, ValueError: It cannot have been written so.
    """
    name, fingerprint = map(_text, contents["analysis"])
    if _number(contents["generation"]) != generation or not isinstance(contents["schema"], dict):
        raise ValueError(generation)
    entries = tuple(_entries(contents["segments"]))
    if len({entry.name for entry in entries}) != len(entries) or sum(entry.documents for entry in entries) > _DOCUMENTS:
        raise ValueError(len(entries))
    fields = {_text(each): _text(kind) for each, kind in contents.get("fields", {}).items()}
    return Toc(generation, (name, fingerprint), contents["schema"], entries, fields, _meaning(contents.get("meaning")))


def _meaning(value: object) -> StoredMeaning | None:
    """Return what the vectors are: a name, how many numbers, and of which sentence; words and number of passages."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise TypeError(value)
    embedder, dimensions, probe, words, most = value
    if len(base64.b64decode(_text(probe), validate=True)) != 4 * _number(dimensions) or not dimensions:
        raise ValueError(dimensions)
    if max(_number(words), _number(most)) > _MOST_CUT:
        raise ValueError(words)
    return _text(embedder), dimensions, probe, words, most


def _entries(segments: list[dict[str, Any]]) -> Iterator[Entry]:
    if not isinstance(segments, list):
        raise TypeError(segments)
    for each in segments:
        name, seal, documents = _text(each["name"]), _text(each["seal"]), _number(each["documents"])
        if not _NAME.fullmatch(name) or not _SEAL.fullmatch(seal):
            raise ValueError(name)
        yield Entry(name, documents, _number(each["size"]), seal, _unpacked(each["deleted"], documents))


def _number(value: object) -> int:
    """Return a number that is not negative, and a number: true is none here."""
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value


def _text(value: object) -> str:
    """Return a text, of which no letter is a half one: it could not be written again."""
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()
    return value


def clean(toc: Toc, folder: Path) -> None:
    """Remove what this commit does not need: older tables, their segments, and what a crash has left.

    What cannot be removed stays for the next commit.

    Older tables go first, the oldest of them first: who finds the table of one commit and not that of the next knows
    that there was no later commit.
    """
    kept = {segment_path(folder, entry.name).name for entry in toc.segments}
    kept.add(Path(table_path(folder, toc.generation)).name)
    ours = re.compile(rf"{INDEX}-[\da-fr.-]+\.(json|segment|temporary)")
    with suppress(OSError):
        paths = [path for path in folder.iterdir() if ours.fullmatch(path.name) and path.name not in kept]
        for path in sorted(paths, key=_age):
            _remove(path)


def _age(path: Path) -> float:
    """Return the generation of a table, and more for what is none."""
    match = _TABLE.fullmatch(path.name)
    return int(match[1]) if match else math.inf


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _packed(deleted: Flags | None) -> str | None:
    return None if deleted is None else base64.b64encode(np.packbits(deleted).tobytes()).decode()


def _unpacked(text: str | None, count: int) -> Flags | None:
    """Return the flags of so many documents.

    Raises:
        TypeError, ValueError: They are not packed, or not as many.
    """
    if text is None:
        return None
    packed = np.frombuffer(base64.b64decode(_text(text), validate=True), np.uint8)
    if len(packed) != (count + 7) // 8:
        raise ValueError(count)
    return np.unpackbits(packed, count=count).astype(bool)
