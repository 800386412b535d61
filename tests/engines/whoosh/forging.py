"""Forges segments of an index on purpose, with checksums and tables that fit."""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import zstandard

from searchkit import Document, SearchIndex
from searchkit.engines.whoosh.format.sections import SectionFile, SectionWriter

FOOTER = struct.Struct("<QII8s")


def table(contents: Any) -> bytes:
    """Return a table of contents that says so, signed."""
    line = contents if isinstance(contents, bytes) else json.dumps(contents).encode()
    return line + f"\n{zlib.crc32(line):08x}\n".encode()


def directory_of(data: bytes) -> tuple[int, Any]:
    """Return where the checksums of a segment begin, and its directory."""
    start, size, _, _ = FOOTER.unpack(data[-24:])
    return start, json.loads(data[-24 - size : -24])


def with_directory(data: bytes, directory: Any) -> bytes:
    """Return the segment with another directory, signed."""
    start, size, _, magic = FOOTER.unpack(data[-24:])
    listing = directory if isinstance(directory, bytes) else json.dumps(directory).encode()
    sums = data[start : len(data) - 24 - size]
    crc = zlib.crc32(sums + listing, zlib.crc32(data[:16]))
    return data[:start] + sums + listing + FOOTER.pack(start, len(listing), crc, magic)


def with_segment(files: dict[str, bytes], name: str, data: bytes) -> dict[str, bytes]:
    """Return the index with another segment, and a table that is content with it."""
    (toc,) = (each for each in files if each.endswith(".json"))
    listing = json.loads(files[toc].split(b"\n")[0])
    for entry in listing["segments"]:
        if name == f"MAIN-{entry['name']}.segment":
            entry |= {"size": len(data), "seal": data[-24:].hex()}
    return files | {name: data, toc: table(listing)}


def sections(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the sections of a segment file, and what its directory says of the whole."""
    file = SectionFile(path)
    return {name: file[name].copy() for name in file.names}, file.about


def sealed(contents: dict[str, np.ndarray], about: dict[str, Any], scratch: Path) -> bytes:
    """Return a segment file with these sections, and all checksums that it takes."""
    out = SectionWriter(scratch)
    for name, values in contents.items():
        out.append(name, values)
    out.close(about)
    return scratch.read_bytes()


def put(values: np.ndarray, place: int, value: int) -> np.ndarray:
    values = values.copy()
    values[place] = value
    return values


def swapped(values: np.ndarray, place: int) -> np.ndarray:
    values = values.copy()
    values[[place - 1, place]] = values[[place, place - 1]]
    return values


Change = Callable[[np.ndarray, random.Random], np.ndarray]


def _most(values: np.ndarray) -> int:
    return int(np.iinfo(values.dtype).max)


def _somewhere(values: np.ndarray, chosen: random.Random) -> int:
    return chosen.choice((0, len(values) - 1, chosen.randrange(len(values))))


def _added(amount: int, values: np.ndarray, chosen: random.Random) -> np.ndarray:
    place = _somewhere(values, chosen)
    return put(values, place, (int(values[place]) + amount) % (_most(values) + 1))


CHANGES: dict[str, Change] = {
    "0": lambda values, chosen: put(values, _somewhere(values, chosen), 0),
    "1": lambda values, chosen: put(values, _somewhere(values, chosen), 1),
    "largest": lambda values, chosen: put(values, _somewhere(values, chosen), _most(values)),
    "one less": partial(_added, -1),
    "one more": partial(_added, 1),
    "much more": partial(_added, 1 << 16),
    "half": lambda values, chosen: put(values, _somewhere(values, chosen), _most(values) // 2 + 1),
    "a neighbour": lambda values, chosen: swapped(values, chosen.randrange(len(values))),
    "random": lambda values, chosen: put(values, _somewhere(values, chosen), chosen.randrange(_most(values) + 1)),
    "some random": lambda values, chosen: np.array(
        [chosen.randrange(_most(values) + 1) if chosen.random() < 0.1 else each for each in values.tolist()],
        values.dtype,
    ),
    "all 0": lambda values, _: np.zeros_like(values),
    "all 1": lambda values, _: np.ones_like(values),
    "all largest": lambda values, _: np.full_like(values, _most(values)),
    "from zigzag": lambda values, _: np.where(np.arange(len(values)) % 2, values.max(), 0).astype(values.dtype),
    "backwards": lambda values, _: values[::-1].copy(),
    "turned": lambda values, chosen: np.roll(values, chosen.randrange(1, 5)),
    "shorter": lambda values, chosen: values[: max(len(values) - chosen.choice((1, 2, 4)), 0)],
    "half as long": lambda values, _: values[: len(values) // 2],
    "empty": lambda values, _: values[:0],
    "longer": lambda values, chosen: np.append(values, values[: chosen.choice((1, 2, 4))]),
    "twice": lambda values, _: np.append(values, values),
    "wider": lambda values, _: values.astype(np.uint64),
}


class Forgery(NamedTuple):
    """One forged index: a name for it, and its files."""

    name: str
    files: dict[str, bytes]


def frame(data: bytes, *, size: bool = True) -> bytes:
    return zstandard.ZstdCompressor(write_content_size=size, write_checksum=True).compress(data)


def bomb(size: int) -> bytes:
    """Return a frame that says to hold so many bytes, and does: blocks of one byte, repeated."""
    blocks = []
    for start in range(0, size, 1 << 17):
        length = min(1 << 17, size - start)
        blocks.append(struct.pack("<I", (length << 3) | (1 << 1) | (start + length == size))[:3] + b" ")
    return b"\x28\xb5\x2f\xfd" + bytes([0xC0]) + b"\x70" + struct.pack("<Q", size) + b"".join(blocks)


LINE = b'{"document":{"body":"\xd8\xa8\xd8\xa7\xd8\xba","date":null,"fields":{},"id":"0","title":"","url":null}}'
LONG = b'{"a":' + b"9" * 9000 + b"},"
DEEP = b"[" * 50_000 + b"]" * 50_000
STORED: dict[str, Callable[[list[bytes]], bytes]] = {
    "one line less": lambda lines: frame(b"\n".join(lines[:-1])),
    "one line more": lambda lines: frame(b"\n".join([*lines, LINE])),
    "one line": lambda lines: frame(b" ".join(lines)),
    "lines backwards": lambda lines: frame(b"\n".join(lines[::-1])),
    "nothing": lambda _: frame(b""),
    "no frame": lambda _: b"x" * 40,
    "half a frame": lambda lines: frame(b"\n".join(lines))[:-20],
    "a frame without its length": lambda lines: frame(b"\n".join(lines), size=False),
    "a frame of a false length": lambda lines: _lying(frame(b"\n".join(lines))),
    "two frames": lambda lines: frame(lines[0]) + frame(b"\n".join(lines[1:])),
    "no text": lambda lines: frame(b"\n".join(b"\xff\xfe" + line for line in lines)),
    "no JSON": lambda lines: frame(b"\n".join(line[:-2] for line in lines)),
    "numbers": lambda lines: frame(b"\n".join(b"5" for _ in lines)),
    "null": lambda lines: frame(b"\n".join(b"null" for _ in lines)),
    "lists": lambda lines: frame(b"\n".join(b"[]" for _ in lines)),
    "other names": lambda lines: frame(b"\n".join(b'{"documents":1}' for _ in lines)),
    "a document that is none": lambda lines: frame(b"\n".join(b'{"document":[1]}' for _ in lines)),
    "texts that are numbers": lambda lines: frame(b"\n".join(LINE.replace(b'"title":""', b'"title":5') for _ in lines)),
    "no body": lambda lines: frame(b"\n".join(LINE.replace(b'"body"', b'"boby"') for _ in lines)),
    "a name too many": lambda lines: frame(b"\n".join(LINE.replace(b'"url"', b'"x":1,"url"') for _ in lines)),
    "half letters": lambda lines: frame(b"\n".join(LINE.replace(b'"0"', b'"\\ud800"') for _ in lines)),
    "no date": lambda lines: frame(b"\n".join(LINE.replace(b"null", b'"9999-99-99"', 1) for _ in lines)),
    "fields that are none": lambda lines: frame(b"\n".join(LINE.replace(b"{},", b"[],") for _ in lines)),
    "deep fields": lambda lines: frame(b"\n".join(LINE.replace(b"{},", b'{"a":' + DEEP + b"},") for _ in lines[:2])),
    "deep lists": lambda lines: frame(b"\n".join(DEEP for _ in lines[:3])),
    "long numbers": lambda lines: frame(
        b"\n".join(LINE.replace(b"{},", b'{"a":' + b"9" * 9000 + b"},") for _ in lines)
    ),
    "a mark of no value": lambda lines: frame(b"\n".join(b'{"document":{"\\u0000decimal":"x"}}' for _ in lines)),
    "another mark": lambda lines: frame(b"\n".join(b'{"document":{"\\u0000bytes":5}}' for _ in lines)),
    "a bomb of 100 MB": lambda _: bomb(100 << 20),
    "a bomb of 900 MB": lambda _: bomb(900 << 20),
    "a bomb of 2 GB": lambda _: bomb((2 << 30) - 1),
    "a bomb of 40 GB": lambda _: bomb(40 << 30),
    "a million lines": lambda _: frame(b"\n" * 1_000_000),
    "a list of a million": lambda _: frame(LINE.replace(b"{},", b'{"a":[' + b"[]," * 1_000_000 + b"0]},")),
}


def _lying(data: bytes) -> bytes:
    """Return a frame that says to hold other many bytes than it does."""
    lie = bytearray(data)
    lie[5] ^= 1
    return bytes(lie)


ABOUTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "one document less": lambda about: about.update(documents=about["documents"] - 1),
    "a false default": lambda about: about["columns"].update(id=["bytes", {"bytes": "AAAA"}]),
    "a default that is no text": lambda about: about["columns"].update(source=["bytes", {"bytes": "//79"}]),
    "no digest": lambda about: about["columns"].pop("digest"),
    "no ids": lambda about: about["columns"].pop("id"),
    "no field of ids": lambda about: about["fields"].remove("id"),
    "no body": lambda about: about["fields"].remove("body"),
}


def _numbers(count: int, dtype: str, values: Any) -> np.ndarray:
    return np.resize(np.array(values, dtype), count)


COLUMNS: dict[str, tuple[str, Any, Callable[[int], np.ndarray]]] = {
    "numbers": ("int", 0, lambda count: _numbers(count, "<i8", [-1])),
    "numbers and a default of the other sign": ("int", 1 << 63, lambda count: _numbers(count, "<i8", [-1, 5])),
    "numbers from 0": ("uint", -1, lambda count: _numbers(count, "<u8", [(1 << 64) - 1])),
    "fractions": ("float", 10**18, lambda count: _numbers(count, "<f8", [np.nan, np.inf, 1e308])),
    "flags": ("bool", 7, lambda count: _numbers(count, "|b1", [True])),
}


class Forger:
    """Forgeries of one index, the same each time.

    Attributes:
        files: The whole index, by names.
        read: The sections of each of its segments, and what the directory says of the whole.

    Args:
        whole: Where a whole index lies.
        scratch: A file that may be written over.
    """

    def __init__(self, whole: Path, scratch: Path) -> None:
        self._scratch = scratch
        self._told = whole.name
        self.files = {
            file.name: file.read_bytes() for file in sorted(whole.iterdir()) if file.suffix in {".json", ".segment"}
        }
        self.read = {name: sections(whole / name) for name in self.files if name.endswith(".segment")}

    def __iter__(self) -> Iterator[Forgery]:
        """Yield all of them, numbers first."""
        for number, (name, (contents, about)) in enumerate(self.read.items(), 1):
            self._told = f"segment {number}"
            for section, values in contents.items():
                for how, change in CHANGES.items():
                    if not len(values):
                        continue
                    told = f"{section}: {how}"
                    chosen = random.Random(f"{number} {told}")  # noqa: S311
                    changed = change(values, chosen)
                    if changed.dtype != values.dtype or not np.array_equal(changed, values):
                        yield self.forged(told, name, contents | {section: changed}, about)
            yield from self._pairs(name, contents, about)
            yield from self._texts(name, contents, about)
            yield from self._others(name, contents, about)
        yield from self._deletions()

    def forged(self, told: str, name: str, contents: dict[str, np.ndarray], about: dict[str, Any]) -> Forgery:
        data = sealed(contents, about, self._scratch)
        return Forgery(f"{self._told}: {told}", with_segment(self.files, name, data))

    def _pairs(self, name: str, contents: dict[str, np.ndarray], about: dict[str, Any]) -> Iterator[Forgery]:
        """Change several sections at once, at random."""
        for number in range(120):
            chosen = random.Random(f"{self._told} {number}")  # noqa: S311
            forged, told = dict(contents), []
            for section in chosen.sample([each for each, values in contents.items() if len(values)], 2):
                how = chosen.choice(list(CHANGES)[:11])
                forged[section] = CHANGES[how](forged[section], chosen)
                told.append(f"{section}: {how}")
            yield self.forged(f"{' and '.join(told)}", name, forged, about)

    def _texts(self, name: str, contents: dict[str, np.ndarray], about: dict[str, Any]) -> Iterator[Forgery]:
        """Change what is stored of documents."""
        data, starts = contents["stored"].tobytes(), contents["stored_starts"].tolist()
        for how, change in STORED.items():
            place = len(how) % (len(starts) - 1)
            lines = zstandard.ZstdDecompressor().decompress(data[starts[place] : starts[place + 1]]).split(b"\n")
            block = change(lines)
            more = len(block) - (starts[place + 1] - starts[place])
            forged = {
                "stored": np.frombuffer(data[: starts[place]] + block + data[starts[place + 1] :], np.uint8),
                "stored_starts": np.array([each + more * (at > place) for at, each in enumerate(starts)], np.uint64),
            }
            yield self.forged(f"stored: {how}", name, contents | forged, about)

    def _others(self, name: str, contents: dict[str, np.ndarray], about: dict[str, Any]) -> Iterator[Forgery]:
        """Change columns, frequencies, weights and what the directory says."""
        for how, change in ABOUTS.items():
            said = json.loads(json.dumps(about))
            change(said)
            gone = {each for each in contents if each.split("/")[0] not in {*said["fields"], "column"}}
            gone |= {f"column/{each}{end}" for each in about["columns"] for end in ("", "_starts")} - {
                f"column/{each}{end}" for each in said["columns"] for end in ("", "_starts")
            }
            gone = {each for each in gone if not each.startswith("stored")}
            kept = {each: values for each, values in contents.items() if each not in gone}
            yield self.forged(f"directory: {how}", name, kept, said)
        for column in about["columns"]:
            for how, (kind, default, values) in COLUMNS.items():
                said = json.loads(json.dumps(about))
                said["columns"][column] = [kind, default]
                forged = contents | {f"column/{column}": values(about["documents"])}
                del forged[f"column/{column}_starts"]
                yield self.forged(f"column {column}: {how}", name, forged, said)
        for how, number in (("huge", (1 << 32) - 1), ("many", 1 << 28), ("none", 0)):
            for field in ("body", "title", "id"):
                frequencies = contents[f"{field}/frequencies"]
                forged = contents | {
                    f"{field}/frequencies": np.full_like(frequencies, 255),
                    f"{field}/frequent_at": np.arange(len(frequencies), dtype=np.uint64),
                    f"{field}/frequent": np.full(len(frequencies), number, np.uint32),
                }
                yield self.forged(f"frequencies of {field}: {how}", name, forged, about)
                for each in ("positions", "position_starts"):
                    forged.pop(f"{field}/{each}", None)
                yield self.forged(f"frequencies of {field} without positions: {how}", name, forged, about)
                for weight in (np.nan, np.inf, -1.0, 3e38, 0.0):
                    weights = np.full(len(frequencies), weight, np.float32)
                    weighted = contents | {f"{field}/weights": weights}
                    yield self.forged(f"weights of {field}: {weight}", name, weighted, about)
        yield from self._counted(name, contents, about)

    def _counted(self, name: str, contents: dict[str, np.ndarray], about: dict[str, Any]) -> Iterator[Forgery]:
        """Say that there are many documents, of which nothing is kept but what is stored."""
        (toc,) = (each for each in self.files if each.endswith(".json"))
        for count in (1 << 24, 1 << 28, (1 << 32) - 1):
            said = {"documents": count, "fields": [], "columns": {}}
            blocks = len(contents["stored_documents"]) - 1
            forged = {each: contents[each] for each in ("stored", "stored_starts")}
            forged["stored_documents"] = np.linspace(0, count, blocks + 1).astype(np.uint32)
            told, files = self.forged(f"{count} documents", name, forged, said)
            listing = json.loads(files[toc].split(b"\n")[0])
            for entry in listing["segments"]:
                if name == f"MAIN-{entry['name']}.segment":
                    entry.update(documents=count, deleted=None)
            yield Forgery(told, files | {toc: table(listing)})

    def _deletions(self) -> Iterator[Forgery]:
        """Change which documents are deleted."""
        (toc,) = (each for each in self.files if each.endswith(".json"))
        for how, value in (("all", "////////"), ("none", "AAAAAAAA"), ("some", "qqqqqqqq")):
            for place in range(len(self.read)):
                listing = json.loads(self.files[toc].split(b"\n")[0])
                entry = listing["segments"][place]
                entry["deleted"] = value[: ((entry["documents"] + 7) // 8 + 2) // 3 * 4]
                yield Forgery(f"deleted in segment {place}: {how}", self.files | {toc: table(listing)})


WORDS = "باغ آب کتاب درخت چای خانه دریا آسمان کتابخانه ایران".split()


def document(number: int, version: int = 0) -> Document:
    words = [WORDS[(number * 7 + place * (1 + number % 3) + version) % len(WORDS)] for place in range(8 + number % 40)]
    body = " ".join(words) + (" چای" * 300 if number == 5 else "") + f" {number} word{number * 31 % 50}"
    body *= 30 if number % 11 == 3 else 1
    fields = {"source": f"پرونده {number}"} if number % 2 else {}
    return Document(id=f"نشانی {number}", title=" ".join(words[:2]), body=body, fields=fields)


def fill(path: Path) -> None:
    """Three segments, with updates and deletions."""
    with SearchIndex.open(path) as index:
        for numbers in (range(60), range(60, 80), range(80, 85)):
            index.add(map(document, numbers))
        index.add([document(2, 1), document(61, 1)])
        index.delete([document(4).id, document(70).id])
