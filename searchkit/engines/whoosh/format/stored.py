r"""How are stored values kept? Documents in a row make a block, and each block is compressed by zstd.

    stored                the blocks, zstd frames with checksums; a block is one JSON object a line, a line a document
    stored_starts         at which byte each block begins (one more than there are blocks)
    stored_documents      the number of the first document of each block, and of the one after the last

JSON knows no dates and bytes; they are written as `{"\u0000date": "2024-05-04"}` and the like. What is stored may look
so itself: an object whose only name begins with U+0000 is written with one more before it.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from threading import Lock, local
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

from searchkit.engines.whoosh.format.sections import SectionFile, SectionWriter, whole
from searchkit.errors import DocumentError

_BLOCK = 3 << 12
"""Bytes of JSON after which a block ends: to read a document is to unpack its block.

Most are then under 16 KB, for which zstd has parameters of its own: they are smaller and sooner unpacked.
"""

_LEVEL = 3  # of zstd: the next takes two thirds more time for 3 % less
_LONGEST = 1 << 26
"""Bytes of one document: some 20,000 pages. To read it takes up to ten times as much."""

_VALUES = 1 << 21
"""Values that one document may hold within lists and objects: each takes up to 200 bytes when it is read."""

_DOCUMENTS = 1 << 14
"""Documents of a block, of which each takes two bytes at least."""

_RATIO = 15  # zstd gives no more than 128 KB for four bytes
_KEPT = 32
_MAPPED = 64
"""Blocks that are unpacked before the file's pages are let go: the system maps many around one that is read."""

_KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], object]]] = {
    "\0datetime": (dt.datetime, dt.datetime.isoformat, dt.datetime.fromisoformat),
    "\0date": (dt.date, dt.date.isoformat, dt.date.fromisoformat),
    "\0time": (dt.time, dt.time.isoformat, dt.time.fromisoformat),
    "\0bytes": (bytes, lambda value: base64.b64encode(value).decode(), base64.b64decode),
    "\0decimal": (Decimal, str, Decimal),
}
_MARK = "\0"
_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_MARKED = b'{"\\u0000'
"""What a line holds if it has a marked object; a quotation mark within a text has a backslash before it."""


class Line(bytes):
    """A value that is JSON already and is to stand in its line as it is."""


def pack(values: dict[str, Any]) -> bytes:
    """Return the line of a document.

    Raises:
        DocumentError: A value is neither JSON nor a date, time, `Decimal` or bytes, or they are too much.
    """
    pairs = (
        _json(name) + b":" + (value if isinstance(value, Line) else _json(value)) for name, value in values.items()
    )
    line = b"{" + b",".join(pairs) + b"}"
    check_size(line)
    if _MARKED not in line:
        return line
    read = {name: json.loads(value) if isinstance(value, Line) else value for name, value in values.items()}
    return _json(_marked(read))


def _plain(value: object) -> dict[str, str]:
    for name, (kind, write, _) in _KINDS.items():
        if isinstance(value, kind):
            return {name: write(value)}
    raise DocumentError(f"a stored value is {type(value).__name__}, which an index cannot hold; store plain values")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def _json(value: object) -> bytes:
    return _ENCODER.encode(value).encode()


def _marked(value: object) -> object:
    """Return the value with one more mark on each of its objects that looks as if it had one."""
    match value:
        case dict():
            marked = {name: _marked(inner) for name, inner in value.items()}
            return {_MARK + name: inner for name, inner in marked.items()} if _looks_marked(marked) else marked
        case list() | tuple():
            return [_marked(inner) for inner in value]
        case _:
            return value  # dates and the like are marked as they are written


def _looks_marked(values: dict[str, Any]) -> bool:
    return len(values) == 1 and str(next(iter(values))).startswith(_MARK)


def check_size(line: bytes) -> None:
    """Make sure that a document is not more than can be read again without taking memory without bound.

    Raises:
        DocumentError: Its line is too long, or holds too many values.
    """
    if len(line) <= _VALUES:
        return
    if len(line) > _LONGEST or (_values(line) > _VALUES and _values(_TEXT.sub(b"", line)) > _VALUES):
        raise DocumentError(
            f"a document takes {len(line):,} bytes as JSON; with at most {_LONGEST:,} bytes and {_VALUES:,} values "
            "it can be stored, so divide it"
        )


def _values(line: bytes) -> int:
    """Return how many values a line holds at most: those of its texts that look like some count, too."""
    return sum(map(line.count, (b",", b"[", b"{")))


def _unpack(line: bytes) -> dict[str, Any]:
    check_size(line)
    values: dict[str, Any] = json.loads(line, object_hook=_special) if _MARKED in line else json.loads(line)
    return values


def _line(lines: bytes, number: int) -> bytes:
    """Return a line by its number from 0.

    Raises:
        ValueError: There are not as many.
    """
    start = 0
    for _ in range(number):
        start = lines.index(b"\n", start) + 1
    end = lines.find(b"\n", start)
    return lines[start:] if end < 0 else lines[start:end]


def _special(values: dict[str, Any]) -> object:
    if not _looks_marked(values):
        return values
    ((name, value),) = values.items()
    if name in _KINDS:
        return _KINDS[name][2](value)
    return {name.removeprefix(_MARK): value} if name.startswith(2 * _MARK) else values


_THREADS = local()


def _decompressor() -> zstandard.ZstdDecompressor:
    """Return this thread's own: making one takes as long as a block."""
    if not hasattr(_THREADS, "decompressor"):
        _THREADS.decompressor = zstandard.ZstdDecompressor()
    made: zstandard.ZstdDecompressor = _THREADS.decompressor
    return made


def blocks(lines: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield the blocks of some documents, each with how many it has; the lines are what `pack` gave for them."""
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    block: list[bytes] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size >= _BLOCK:
            yield compressor.compress(b"\n".join(block)), len(block)
            block, size = [], 0
    if block:
        yield compressor.compress(b"\n".join(block)), len(block)


class StoredWriter:
    """Writes the stored values of a segment, block after block."""

    def __init__(self, out: SectionWriter) -> None:
        self._out = out
        self._starts = [0]
        self._documents = [0]

    def append(self, block: bytes, documents: int) -> None:
        """Add a block of so many documents."""
        self._out.append("stored", block)
        self._starts.append(self._starts[-1] + len(block))
        self._documents.append(self._documents[-1] + documents)

    def close(self) -> None:
        """Write where the blocks are."""
        self._out.append("stored_starts", np.array(self._starts, np.uint64))
        self._out.append("stored_documents", np.array(self._documents, np.uint32))


class Stored:
    """The stored values of a segment. Safe to share between threads; the blocks last read are kept."""

    def __init__(self, file: SectionFile) -> None:
        self._file = file
        self._data = file.unchecked("stored").data
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._lock = Lock()
        self._unpacked = 0

    @cached_property
    def _starts(self) -> npt.NDArray[Any]:
        starts = self._file["stored_starts"]
        if starts[0] != 0 or starts[-1] != len(self._data) or (starts[1:] <= starts[:-1]).any():
            raise self._file.corrupt("its blocks of stored values do not fit")
        return starts

    @cached_property
    def _documents(self) -> npt.NDArray[Any]:
        documents = self._file["stored_documents"]
        sizes = np.diff(documents.astype(np.int64))
        if documents[0] != 0 or not ((sizes > 0) & (sizes <= _DOCUMENTS)).all():
            raise self._file.corrupt("its blocks of stored values do not fit")
        return documents

    def fits(self, documents: int) -> bool:
        """Tell whether these are the values of so many documents."""
        (kind, starts), (of_documents, count) = map(self._file.shape, ("stored_starts", "stored_documents"))
        shapes = kind == "<u8" and of_documents == "<u4" and starts == count > 0
        return shapes and int(self._documents[-1]) == documents

    def get(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Return the values of documents, in the order asked; each block is unpacked once."""
        blocks = np.searchsorted(self._documents, np.asarray(numbers, np.int64), "right") - 1
        with whole(self._file.path, "stored values do not fit"):
            places = (numbers - self._documents[blocks]).tolist()
            unpacked = {block: self._block(block) for block in sorted(set(blocks.tolist()))}
            return [
                _unpack(_line(unpacked[block], place)) for block, place in zip(blocks.tolist(), places, strict=True)
            ]

    def lines(self, block: int) -> list[bytes]:
        """Return the lines of a block, one for each of its documents."""
        lines = self._block(block)
        size, count = int(self._documents[block + 1] - self._documents[block]), lines.count(b"\n") + 1
        if count != size:
            raise self._file.corrupt(f"block {block} of stored documents has {count} of {size}")
        return lines.split(b"\n")

    def _block(self, block: int) -> bytes:
        with self._lock:
            if block in self._kept:
                self._kept.move_to_end(block)
                return self._kept[block]
        try:
            packed = self.raw(block)
            if not 0 <= zstandard.frame_content_size(packed) <= min(_LONGEST + _BLOCK, len(packed) << _RATIO):
                raise self._file.corrupt("stored values are too long")
            lines = _decompressor().decompress(packed)
        except zstandard.ZstdError as error:
            raise self._file.corrupt(str(error)) from None
        with self._lock:
            self._unpacked += 1
            if not self._unpacked % _MAPPED:
                self._file.let_go("stored")
            if len(lines) < 2 * _BLOCK:  # a long document is not held in memory
                self._kept[block] = lines
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return lines

    def raw(self, block: int) -> bytes:
        """Return a block as it is in the file."""
        start, end = int(self._starts[block]), int(self._starts[block + 1])
        self._file.check("stored", start, end)
        return bytes(self._data[start:end])

    def sizes(self) -> list[int]:
        """Return how many documents each block has."""
        return [last - first for first, last in pairwise(self._documents.tolist())]
