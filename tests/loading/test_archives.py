"""Archives and packed files: what is in them is read as if it lay in a folder."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
import zstandard

from searchkit.documents import Skip

PACK = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
}
FILES = {"a/one.txt": "متن یکم".encode(), "two.jsonl": '{"id": "x", "body": "دو"}\n{"body": "سه"}\n'.encode()}


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files, mode="w", form=tarfile.PAX_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("how", PACK)
@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz", "a.jsonl.zst"])
def test_a_packed_file_is_told_by_what_it_begins_with(load_file, how, name):
    text = '{"body": "سلام"}'
    body = load_file(name, PACK[how](text.encode())).only.body
    assert body == ("سلام" if "jsonl" in name else text)


@pytest.mark.parametrize("how", PACK)
def test_packed_streams_one_after_another(load_file, how):
    data = PACK[how]("یک\n".encode()) + PACK[how]("دو".encode())
    assert load_file("a.txt", data).only.body == "یک\nدو"


@pytest.mark.parametrize("how", PACK)
def test_a_packed_file_that_is_cut(load_file, how):
    data = PACK[how]("سلام بر همه\n".encode() * 999)[:-9]
    assert load_file("a.txt", data).reasons == [f"not a whole {how} file"]


def test_a_text_that_begins_as_bzip2_does(load_file):
    assert load_file("a.txt", "BZh is a name").only.body == "BZh is a name"


@pytest.mark.parametrize("name", ["a.zip", "a.bin", "a"])
def test_the_files_of_a_zip(load_file, name):
    loaded = load_file(name, zipped({**FILES, "b.png": b"\x89PNG", ".git/x.txt": b"x", "__MACOSX/one.txt": b"x"}))
    assert [(each.id, each.fields["source"]) for each in loaded.documents] == [
        (f"{name}!a/one.txt", f"{name}!a/one.txt"),
        ("x", f"{name}!two.jsonl"),
        (f"{name}!two.jsonl#2", f"{name}!two.jsonl"),
    ]
    assert loaded.skips == [Skip(f"{name}!b.png", "unknown kind of file: .png")]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_the_files_of_a_tar(load_file, mode, form):
    long = "پوشه/" * 12 + "نامه.txt"
    loaded = load_file("a.bin", tarred({**FILES, long: b"long"}, mode, form))
    assert [each.id for each in loaded.documents] == ["a.bin!a/one.txt", "x", "a.bin!two.jsonl#2", f"a.bin!{long}"]
    assert not loaded.skips


def test_a_tar_with_a_name_longer_than_a_header_holds(load_file):
    name = "d/" * 300 + "a.txt"
    assert (
        load_file("a.tgz", tarred({name: b"long", "b.txt": b"b"}, "w:gz", tarfile.GNU_FORMAT))
        .documents[0]
        .id.endswith(name)
    )


@pytest.mark.parametrize("outer", [zipped, tarred])
@pytest.mark.parametrize("inner", [zipped, tarred, lambda files: tarred(files, "w:gz")])
def test_an_archive_in_an_archive(load_file, outer, inner):
    loaded = load_file("a.zip", outer({"in.zip": inner(FILES), "last.txt": b"last"}))
    assert [each.id for each in loaded.documents] == [
        "a.zip!in.zip!a/one.txt", "x", "a.zip!in.zip!two.jsonl#2", "a.zip!last.txt",
    ]  # fmt: skip


@pytest.mark.parametrize("how", PACK)
def test_a_packed_member(load_file, how):
    assert load_file("a.zip", zipped({"b.txt": PACK[how](b"salam")})).only.body == "salam"


def test_a_large_member_is_read_record_by_record(load_file):
    records = b'{"body": "abcdefgh"}\n' * 500
    assert len(load_file("a.zip", zipped({"a.jsonl": records}), max_bytes=1000).documents) == 500
    assert load_file("a.zip", zipped({"a.txt": records}), max_bytes=1000).reasons == ["larger than 0.001 MB"]


def test_names_that_say_nothing_of_utf_8(load_file):
    name = "نامه.txt"
    data = zipped({"12345678.txt": b"a"}).replace(b"12345678.txt", name.encode())
    assert load_file("a.zip", data).only.id == f"a.zip!{name}"


def test_an_office_file_of_another_kind(load_file):
    data = zipped({"[Content_Types].xml": "<a/>", "visio/document.xml": "<a/>", "docProps/thumbnail.txt": "x"})
    assert load_file("a.vsdx", data).reasons == ["an office file of a kind that is not read"]


def test_an_empty_archive(load_file):
    for data in (zipped({}), tarred({})):
        loaded = load_file("a.tar", data)
        assert (loaded.documents, loaded.skips) == ([], [])
