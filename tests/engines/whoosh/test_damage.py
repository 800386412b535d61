"""Damage met while reading or merging is an error that names the file and the way out; never a wrong answer."""

from __future__ import annotations

import errno
import io
import mmap
import os
import re
from contextlib import contextmanager
from itertools import permutations
from pathlib import Path

import pytest
from damages import WORDS, contents, document, everything, fill, merged, restore

from searchkit.engines.whoosh.engine import WhooshEngine
from searchkit.engines.whoosh.reading.commits import Commits
from searchkit.engines.whoosh.schema import FIELDS
from searchkit.errors import IndexCorruptError, IndexVersionError, StorageError
from searchkit.persian import default_analyzer

pytestmark = pytest.mark.thorough

STRIDE = 13
"""Every so manieth byte of a segment is changed; each of them, which takes minutes, in the long trials."""

WAY_OUT = re.compile(r"searchkit index --rebuild|upgrade searchkit")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "index"
    fill(path)
    return contents(path)


@pytest.fixture(scope="module")
def expected(tmp_path_factory, whole):
    path = tmp_path_factory.mktemp("expected") / "index"
    restore(path, whole)
    return everything(path), merged(path)


def changed(data, place):
    return data[:place] + bytes([data[place] ^ (1 << place % 8)]) + data[place + 1 :]


def flips(name, data, stride=STRIDE):
    """Of a table every byte, of a segment one in so many and those of its header and end."""
    places = range(len(data)) if name.endswith(".json") else {*range(0, len(data), stride), *range(16)}
    for place in sorted({*places, *range(len(data) - 24, len(data))}):
        yield f"byte {place}", changed(data, place)


def areas(_name, data):
    yield "empty", b""
    for size in (1, 7, len(data) // 2, len(data) - 24, len(data) - 1):
        yield f"cut to {size}", data[:size]
    yield "longer", data + b"\0"
    yield "foreign", b"\x80\x02}q\x00." + data[6:]
    for size in (8, 64, 512):
        for place in range(0, len(data), max(size, len(data) // 24)):
            yield f"{size} zeros at {place}", (data[:place] + bytes(size) + data[place + size :])[: len(data)]


def every_flip(name, data):
    return flips(name, data, 1)


def every_area(_name, data):
    for size in (8, 64, 512):
        for place in range(0, len(data), size // 2):
            yield f"{size} zeros at {place}", (data[:place] + bytes(size) + data[place + size :])[: len(data)]
    for size in range(0, len(data), 16):
        yield f"cut to {size}", data[:size]


def told(use, name, what):
    """Return what a use gives, or None if it is an error that names the file and the way out."""
    try:
        return use()
    except StorageError as error:
        message = str(error)
    assert name in message, what
    assert WAY_OUT.search(message), what
    return None


@pytest.mark.parametrize(
    "damages", [flips, areas, *(pytest.param(each, marks=pytest.mark.soak) for each in (every_flip, every_area))]
)
def test_no_damage_gives_a_wrong_answer_or_is_merged(tmp_path, whole, expected, damages):
    path = tmp_path / "index"
    answers = tried = 0
    for name, data in whole.items():
        for what, damaged in damages(name, data):
            if damaged == data:
                continue
            restore(path, whole | {name: damaged})
            found = told(lambda: everything(path), name, (name, what))
            assert found in (None, expected[0]), (name, what)
            found = told(lambda: merged(path), name, (name, what))
            assert found in (None, expected[1]), (name, what)
            answers += found is not None
            tried += 1
    assert answers < tried / 20  # where nothing is kept: what fills up to a multiple of 8


def test_damage_after_a_first_look_is_not_merged_either(tmp_path, whole):
    """The disk may change behind what was found right when it was first read."""
    path = tmp_path / "index"
    restore(path, whole)
    (segment,) = (name for name in whole if name.endswith(".segment") and "1r1" in name)
    for place in range(16, len(whole[segment]) - 24, 401):
        restore(path, whole)
        engine = WhooshEngine(path, default_analyzer(), create=False)
        with engine.reader() as reader:
            reader.documents([record and 0 for record in reader.records()])
            status = (path / segment).stat()
            with (path / segment).open("r+b") as file:
                file.seek(place)
                file.write(changed(whole[segment], place)[place : place + 1])
            os.utime(path / segment, ns=(status.st_atime_ns, status.st_mtime_ns))
            with pytest.raises(IndexCorruptError, match=segment):
                engine.optimize()
        assert contents(path).keys() == whole.keys()


SEGMENTS = ("1r1", "2r1")


def named(files, number):
    (name,) = (name for name in files if f"-{number}" in name)
    return name


@pytest.fixture(scope="module")
def other(tmp_path_factory, whole):
    """An index of the same words in other documents, whose segments are as large."""
    for words in permutations(WORDS):
        path = tmp_path_factory.mktemp("other") / "index"
        fill(path, words)
        files = contents(path)
        sizes = [[len(each[named(each, number)]) for number in SEGMENTS] for each in (whole, files)]
        if words != tuple(WORDS) and sizes[0] == sizes[1]:
            return files
    pytest.fail("all have other sizes")


def test_a_segment_of_equal_shape_from_another_index_is_told(tmp_path, whole, other):
    path = tmp_path / "index"
    for number in SEGMENTS:
        mine, theirs = named(whole, number), named(other, number)
        restore(path, whole | {mine: other[theirs]})
        with pytest.raises(IndexCorruptError, match=rf"{mine}.*does not belong.*--rebuild"):
            everything(path)
        with pytest.raises(IndexCorruptError, match=rf"{mine}.*does not belong.*--rebuild"):
            merged(path)


def test_a_segment_exchanged_under_an_open_handle_is_told(tmp_path, whole, other):
    path = tmp_path / "index"
    restore(path, whole)
    engine = WhooshEngine(path, default_analyzer(), create=False)
    assert len(engine.reader()) == 10
    with engine.writer() as writer:  # another commit with the same segment
        writer.delete(document(4).id)
    mine = path / named(contents(path), "1r1")
    mine.unlink()
    mine.write_bytes(other[named(other, "1r1")])
    with pytest.raises(IndexCorruptError, match=mine.name):
        engine.reader()


def test_files_put_in_the_place_of_others_of_the_index_are_told(tmp_path, whole):
    path = tmp_path / "index"
    (table,) = (name for name in whole if name.endswith(".json"))
    first, second = sorted(name for name in whole if name.endswith(".segment"))
    restore(path, whole | {"MAIN-9.json": whole[table]})
    with pytest.raises(IndexCorruptError, match=r"MAIN-9\.json.*--rebuild"):
        everything(path)
    restore(path, whole | {first: whole[second], second: whole[first]})
    with pytest.raises(IndexCorruptError, match=r"segment.*--rebuild"):
        everything(path)


def test_an_index_of_an_older_format_says_to_make_it_anew(tmp_path, whole):
    from searchkit.engines.whoosh.format import toc  # noqa: PLC0415

    path = tmp_path / "index"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(toc, "TABLE_VERSION", toc.TABLE_VERSION - 1)
        fill(path)
    with pytest.raises(IndexVersionError, match=r"older searchkit.*--rebuild"):
        everything(path)


@contextmanager
def refusing(owner, name, number, wanted):
    """Let the system refuse what is done with a file whose name holds `wanted`."""
    real = getattr(owner, name)

    def refused(first, *arguments, **options):
        path = str(Path(f"/proc/self/fd/{first}").readlink()) if isinstance(first, int) else str(first)
        if wanted in path:
            raise OSError(number, os.strerror(number))
        return real(first, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, refused)
        yield


REFUSALS = [
    (os, "open", errno.EMFILE, ".segment"),
    (os, "open", errno.EACCES, ".segment"),
    (os, "open", errno.EIO, ".segment"),
    (os, "open", errno.EMFILE, ".json"),
    (os, "open", errno.EACCES, ".json"),
    (os, "open", errno.EIO, ".json"),
    (os, "stat", errno.EACCES, ".segment"),
    (os, "stat", errno.EIO, ".json"),
    (mmap, "mmap", errno.ENOMEM, ".segment"),
    (Path, "iterdir", errno.EACCES, "index"),
    (Path, "iterdir", errno.EMFILE, "index"),
    (Path, "lstat", errno.EACCES, ".segment"),
]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells the names of open files by /proc")
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda each: "-".join(map(str, each[1:])))
def test_what_the_system_refuses_is_not_called_damage(tmp_path, whole, refusal):
    path = tmp_path / "index"
    restore(path, whole)
    engine = WhooshEngine(path, default_analyzer(), create=False)
    uses = [lambda: everything(path), engine.reader, engine.info, engine.optimize, lambda: merged(path)]
    for use in uses:
        with refusing(*refusal), pytest.raises(StorageError, match=os.strerror(refusal[2])) as error:
            use()
        assert not isinstance(error.value, IndexCorruptError)
        assert "rebuild" not in str(error.value)
    assert everything(path)


class Unclosable(io.FileIO):
    def close(self):
        if not self.closed:
            super().close()
            raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_file_that_cannot_be_closed_is_told(tmp_path, whole, monkeypatch):
    path = tmp_path / "index"
    restore(path, whole)
    engine = WhooshEngine(path, default_analyzer(), create=False)
    commits = Commits(path, FIELDS)
    monkeypatch.setattr(os, "fdopen", Unclosable)
    for use in (engine.reader, engine.optimize, commits.toc, lambda: everything(path)):
        with pytest.raises(StorageError, match=os.strerror(errno.EIO)) as error:
            use()
        assert not isinstance(error.value, IndexCorruptError)


def test_a_folder_that_cannot_be_listed_is_told_by_who_has_read_it(tmp_path, whole):
    path = tmp_path / "index"
    restore(path, whole)
    engine = WhooshEngine(path, default_analyzer(), create=False)
    assert len(engine.reader()) == 10
    for use in (engine.info, engine.writer, lambda: WhooshEngine.exists(path)):
        with refusing(Path, "iterdir", errno.EACCES, "index"), pytest.raises(StorageError, match="denied") as error:
            use()
        assert "rebuild" not in str(error.value)


def test_what_the_system_refuses_to_a_commit_hides_no_other_error(tmp_path, whole):
    path = tmp_path / "index"
    restore(path, whole)
    writer = WhooshEngine(path, default_analyzer()).writer()
    writer.put(document(50))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer._writer._segments, "finish", lambda: 1 // 0)
        with refusing(Path, "iterdir", errno.EACCES, "index"), pytest.raises(ZeroDivisionError):
            writer.commit()


def link(path, data):
    path.with_name("outside").write_bytes(data)
    path.symlink_to(path.with_name("outside"))


@pytest.mark.parametrize("kind", [link, lambda path, _: path.mkdir(), lambda path, _: os.mkfifo(path)])
@pytest.mark.parametrize("suffix", [".json", ".segment"])
def test_what_is_no_plain_file_is_not_read(tmp_path, whole, kind, suffix):
    path = tmp_path / "index"
    restore(path, whole)
    for name in (name for name in whole if name.endswith(suffix)):
        (path / name).unlink()
        kind(path / name, whole[name])
    for use in (everything, merged):
        with pytest.raises(StorageError, match=rf"{suffix} .*no index has; remove it"):
            use(path)
