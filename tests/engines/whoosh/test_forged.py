"""Tables and directories that somebody wrote on purpose, checksums and all: errors, and nothing outside is touched."""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
import struct
import sys
import zlib
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from damages import contents, document, everything, fill, merged, restore

from searchkit import Document, SearchIndex
from searchkit.engines.whoosh.upkeep import problems, salvaged
from searchkit.errors import IndexCorruptError, StorageError

MUTATIONS = 240
NUMBERS = 40
SEEDS = int(os.environ.get("SEARCHKIT_FORGED_SEEDS", "2"))
"""As many times as many mutations are tried."""
FOOTER = struct.Struct("<QII8s")
PIECE = 1 << 14

HOSTILE = [
    *(-1, 0, 1, 7, 255, 1 << 16, (1 << 31) - 1, 1 << 32, 1 << 40, 1 << 63, 1 << 70, 10**400, 1.5, -0.0, 1e308),
    *(float("nan"), float("inf"), True, False, None, "", "\0", "..", "../outside", "/etc/passwd", "a/b", "\ud800"),
    *("x" * 70_000, "<u8", "|O", ">u4", "|V9", "<f4", "AAAA", "f" * 48, [], {}, [[]], {"bytes": "!"}, {"bytes": 5}),
    *(["<u4", 16, 1 << 50], ["|u1", -8, 8], ["|u1", 16, 0], ["|u1", 0, 16]),
]
DEEP = '{"a":' * 3000 + "1" + "}" * 3000


def places(value, path=()):
    """Yield the paths to all values within one."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def mutated(original, chosen):
    """Change one to three values, and say how."""
    value, told = copy.deepcopy(original), []
    for _ in range(chosen.choice((1, 1, 1, 2, 3))):
        path = chosen.choice(list(places(value)))
        holder, key = at(value, path[:-1]), path[-1]
        kind = chosen.randrange(6)
        if kind == 0 and isinstance(holder, dict):
            holder[chosen.choice(["", "id", "../outside", "body/terms", "x"])] = holder.pop(key)
        elif kind == 1:
            del holder[key]
        elif kind == 2:
            holder[key] = copy.deepcopy(at(value, chosen.choice(list(places(value)))))
        elif kind == 3 and type(holder[key]) is int:
            holder[key] += chosen.choice((-8, -4, -1, 1, 4, 8))
        else:
            holder[key] = copy.deepcopy(chosen.choice(HOSTILE))
        told.append((path, holder.get(key) if isinstance(holder, dict) else holder[key : key + 1]))
    return value, str(told)[:300]


def table(contents_):
    line = contents_ if isinstance(contents_, bytes) else json.dumps(contents_).encode()
    return line + f"\n{zlib.crc32(line):08x}\n".encode()


def directory_of(data):
    start, size, _, _ = FOOTER.unpack(data[-24:])
    return start, json.loads(data[-24 - size : -24])


def with_directory(data, directory):
    """Return the segment with another directory, signed."""
    start, size, _, magic = FOOTER.unpack(data[-24:])
    listing = directory if isinstance(directory, bytes) else json.dumps(directory).encode()
    sums = data[start : len(data) - 24 - size]
    crc = zlib.crc32(sums + listing, zlib.crc32(data[:16]))
    return data[:start] + sums + listing + FOOTER.pack(start, len(listing), crc, magic)


def with_section(data, name, changed):
    """Return the segment with other bytes in a section, as many as before, and checksums that fit."""
    start, listing = directory_of(data)
    _, place, size = listing["sections"][name]
    assert len(changed) == size
    data = data[:place] + changed + data[place + size :]
    pieces = []
    for _, each, length in listing["sections"].values():
        pieces += [zlib.crc32(data[at : min(at + PIECE, each + length)]) for at in range(each, each + length, PIECE)]
    end = data[start + 4 * len(pieces) : -24]
    sums = struct.pack(f"<{len(pieces)}I", *pieces)
    crc = zlib.crc32(sums + end, zlib.crc32(data[:16]))
    return data[:start] + sums + end + FOOTER.pack(start, len(end), crc, data[-8:])


def with_numbers(data, name, chosen):
    """Return the segment with false numbers in a section, and which."""
    kind, place, size = directory_of(data)[1]["sections"][name]
    numbers = np.frombuffer(data, kind, size // np.dtype(kind).itemsize, place).copy()
    most = np.iinfo(kind).max if numbers.dtype.kind in "iu" else 1e30
    for at in chosen.sample(range(len(numbers)), min(len(numbers), chosen.choice((1, 1, 2, 5)))):
        other = numbers[chosen.randrange(len(numbers))]
        if numbers.dtype.kind == "b":
            numbers[at] = not numbers[at]
        else:
            with np.errstate(over="ignore"):
                step = numbers.dtype.type(1)
                numbers[at] = chosen.choice((0, most, most // 2, other, numbers[at] + step, numbers[at] - step))
    return with_section(data, name, numbers.tobytes()), f"{name}: {numbers.tolist()}"[:300]


def with_segment(files, name, data):
    """Return the index with another segment, and a table that is content with it."""
    (toc,) = (each for each in files if each.endswith(".json"))
    listing = json.loads(files[toc].split(b"\n")[0])
    for entry in listing["segments"]:
        if name == f"MAIN-{entry['name']}.segment":
            entry |= {"size": len(data), "seal": data[-24:].hex()}
    return files | {name: data, toc: table(listing)}


OPENED = []
WATCHING = []


def watch(event, arguments):
    if WATCHING and event in {"open", "os.remove", "os.rename", "os.mkdir", "os.link", "os.symlink", "os.truncate"}:
        OPENED.extend(os.fsdecode(each) for each in arguments[:2] if isinstance(each, str | bytes | os.PathLike))


@pytest.fixture(scope="module", autouse=True)
def _hooked():
    sys.addaudithook(watch)  # there is no way to take it away


@contextmanager
def guarded(folder):
    """Fail if a file is opened or changed that is neither in the folder nor Python's; give it 1 GB of memory."""
    resource = pytest.importorskip("resource")
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (taken + (1 << 30), before[1]))
    OPENED.clear()
    WATCHING.append(folder)
    try:
        yield
    finally:
        WATCHING.clear()
        resource.setrlimit(resource.RLIMIT_AS, before)
    ours = (str(folder), sys.prefix, sys.base_prefix, str(Path(__file__).parents[3]), "/dev/", "/proc/self/")
    outside = [name for name in OPENED if name.startswith(("/", "..")) and not os.path.realpath(name).startswith(ours)]
    assert outside == []


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "index"
    fill(path)
    merged(path)  # what is loaded late is loaded
    path = tmp_path_factory.mktemp("whole") / "index"
    fill(path)
    return contents(path)


def forgeries(whole, seed):
    """Yield indexes with a forged table or directory, and what was changed."""
    chosen = random.Random(seed)  # noqa: S311
    (toc,) = (name for name in whole if name.endswith(".json"))
    segments = sorted(name for name in whole if name.endswith(".segment"))
    listing = json.loads(whole[toc].split(b"\n")[0])
    for number in range(MUTATIONS):
        if number % 2:
            changed, told = mutated(listing, chosen)
            yield whole | {toc: table(changed)}, told
        else:
            name = chosen.choice(segments)
            changed, told = mutated(directory_of(whole[name])[1], chosen)
            yield with_segment(whole, name, with_directory(whole[name], changed)), (name, told)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="tells how much memory is taken by /proc")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_is_forged_is_an_error_or_taken_as_it_stands(tmp_path, whole, seed):
    path = tmp_path / "index"
    (tmp_path / "outside.segment").write_bytes(b"precious")
    refused = 0
    for files, told in forgeries(whole, seed):
        for use in (everything, merged):
            restore(path, files)
            message = str(path)
            try:
                with guarded(path):
                    use(path)
            except StorageError as error:
                refused += 1
                message = str(error)
            except Exception as error:
                raise AssertionError(told) from error
            assert str(path) in message, told
    assert {each.name for each in tmp_path.iterdir()} == {"index", "outside.segment"}
    assert (tmp_path / "outside.segment").read_bytes() == b"precious"
    assert refused > MUTATIONS


def false_numbers(whole, seed):
    """Yield indexes with false numbers in a section, and what was changed: each section as often as any."""
    chosen = random.Random(seed)  # noqa: S311
    segments = sorted(name for name in whole if name.endswith(".segment"))
    every = [(name, section) for name in segments for section, (_, _, size) in sections_of(whole[name]) if size]
    chosen.shuffle(every)
    for number in range(NUMBERS):
        name, section = every[number % len(every)]
        data, told = with_numbers(whole[name], section, chosen)
        yield with_segment(whole, name, data), (name, told)


def sections_of(data):
    return directory_of(data)[1]["sections"].items()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="tells how much memory is taken by /proc")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_false_numbers_are_an_error_or_taken_as_they_stand(tmp_path, whole, seed):
    path = tmp_path / "index"
    for files, told in false_numbers(whole, seed):
        for use in (everything, merged, asked, looked_after):
            restore(path, files)
            message = str(path)
            try:
                with guarded(tmp_path):
                    use(path)
            except StorageError as error:
                message = str(error)
            except Exception as error:
                raise AssertionError(told) from error
            assert str(path) in message, told


def asked(path):
    """What an application asks."""
    with SearchIndex.open(path) as index:
        for query in ("باغ آب", "«باغ آب»", "کت* -چای", "title:باغ درخت کتاب"):
            results = index.search(query, snippets=2)
            for hit in results:
                results.explain(hit)
        index.rank("باغ آب درخت", match="all")
        for number in range(12):
            index.get(document(number).id)
        index.info()
        index.add([Document(id=document(0).id, body="باغ"), Document(id="new", body="آب")])
        index.delete([document(1).id])


def looked_after(path):
    """What its keeper does."""
    list(problems(path))
    other = path.with_name("other")
    shutil.rmtree(other, ignore_errors=True)
    with SearchIndex.open(path) as index:
        index.snapshot(other)
    shutil.rmtree(other)
    with SearchIndex.open(other) as index:
        index.add(salvaged(path))
    shutil.rmtree(other)


@pytest.mark.parametrize("line", [DEEP, "[" * 100_000, "5", "null", '"x"', "[]", "{}", "9" * 5000, "\ud800"])
def test_nesting_and_other_kinds_of_json_are_told(tmp_path, whole, line):
    path = tmp_path / "index"
    (toc,) = (name for name in whole if name.endswith(".json"))
    data = line.encode(errors="surrogatepass")
    restore(path, whole | {toc: table(data)})
    with pytest.raises(IndexCorruptError, match=toc):
        everything(path)
    (name, *_) = (name for name in whole if name.endswith(".segment"))
    restore(path, with_segment(whole, name, with_directory(whole[name], data)))
    with pytest.raises(IndexCorruptError, match=name):
        everything(path)


def test_a_name_leads_to_no_other_folder(tmp_path, whole):
    path = tmp_path / "index"
    restore(path, whole)
    (toc,) = path.glob("*.json")
    listing = json.loads(toc.read_bytes().split(b"\n")[0])
    (tmp_path / "outside").mkdir()
    (path / "MAIN-x").symlink_to(tmp_path / "outside")
    for number, entry in enumerate(listing["segments"]):
        (path / f"MAIN-{entry['name']}.segment").rename(tmp_path / "outside" / f"{number}.segment")
        entry["name"] = f"x/{number}"
    toc.write_bytes(table(listing))
    with pytest.raises(IndexCorruptError, match=toc.name):
        everything(path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("deleted",), "AA=="),
        (("deleted",), "AAAA"),
        (("deleted",), "A" * 400_000),
        (("documents",), 1 << 31),
        (("documents",), 8),
        (("name",), "2r1-00000000"),
        (("seal",), ""),
    ],
)
def test_an_entry_of_the_table_that_does_not_fit_is_told(tmp_path, whole, path, value):
    (toc,) = (name for name in whole if name.endswith(".json"))
    listing = json.loads(whole[toc].split(b"\n")[0])
    at(listing["segments"][0], path[:-1])[path[-1]] = value
    restore(tmp_path / "index", whole | {toc: table(listing)})
    with guarded(tmp_path), pytest.raises(IndexCorruptError, match="MAIN-"):
        everything(tmp_path / "index")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("about", "fields"), ["body", "title"]),
        (("about", "fields"), ["body", "id", "title", "other/field"]),
        (("about", "columns"), {}),
        (("about", "columns", "id"), ["int", 0]),
        (("about", "columns", "id"), ["bytes", None]),
        (("about", "columns", "id"), ["bytes", 10**400]),
        (("about", "columns", "id"), ["bytes", {"bytes": "!"}]),
        (("about", "documents"), 8),
        (("about", "documents"), 9.0 + 1e-9),
        (("sections", "id/terms"), ["<u8", 16, 8]),
        (("sections", "id/terms", 0), "|O"),
    ],
)
def test_a_directory_that_does_not_fit_is_told(tmp_path, whole, path, value):
    name = next(name for name in whole if "-1r1" in name)
    _, directory = directory_of(whole[name])
    at(directory, path[:-1])[path[-1]] = value
    restore(tmp_path / "index", with_segment(whole, name, with_directory(whole[name], directory)))
    with guarded(tmp_path), pytest.raises(IndexCorruptError, match=name):
        everything(tmp_path / "index")
