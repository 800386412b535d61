"""What is on disk is found whole, or an error says what to do; a commit is there in full or not at all."""

import contextlib
import json
import os
import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.documents import Document
from searchkit.engines.base import WriteOptions
from searchkit.engines.whoosh.engine import WhooshEngine
from searchkit.engines.whoosh.format import toc
from searchkit.engines.whoosh.format.stored import Line, Stored, _unpack, pack
from searchkit.errors import IndexCorruptError, IndexLockedError, IndexNotFoundError, IndexVersionError, StorageError
from searchkit.persian import default_analyzer
from searchkit.query.tree import Terms

TEXTS = [f"کتاب شماره {number} درباره باغ و آب" * (number % 5 + 1) for number in range(30)]


def fill(path, writing=None, texts=TEXTS):
    engine = WhooshEngine(path, default_analyzer())
    with engine.writer(writing) as writer:
        for number, text in enumerate(texts):
            writer.put(Document(id=str(number), title=f"عنوان {number}", body=text))
    return engine


def everything(engine):
    """All that a reader can be asked."""
    with engine.reader() as reader:
        terms = list(reader.vocabulary())
        pages = [reader.search(Terms(((term, 1.0),), None), limit=50) for term in terms]
        documents = reader.documents(range(len(reader)))
        return terms, pages, documents, list(reader.records())


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "index"
    return {file.name: file.read_bytes() for file in path.iterdir()} if fill(path) and path else {}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return everything(fill(tmp_path_factory.mktemp("expected") / "index"))


def restore(path, files):
    path.mkdir(exist_ok=True)
    for name, data in files.items():
        (path / name).write_bytes(data)


def damages(data):
    yield "empty", b""
    for size in (1, 7, len(data) // 2, len(data) - 1):
        yield f"cut to {size}", data[:size]
    yield "longer", data + b"\0"
    yield "foreign", b"\x80\x02}q\x00." + data[6:]
    yield "zeroed", bytes(len(data))
    step = max(len(data) // 40, 1)
    for place in range(0, len(data), step):
        yield f"bit at {place}", data[:place] + bytes([data[place] ^ 16]) + data[place + 1 :]
        yield f"zeros at {place}", data[:place] + bytes(min(step, 64)) + data[place + min(step, 64) :]


def damaged(path, whole):
    """Damage each file in each way, and say which."""
    for name in (name for name in whole if not name.endswith(".lock")):
        for what, data in damages(whole[name]):
            if data != whole[name]:
                restore(path, whole | {name: data})
                yield name, what


def test_damage_is_noticed_when_the_files_are_verified(tmp_path, whole, expected):
    for name, what in damaged(tmp_path, whole):
        try:
            found = everything(WhooshEngine(tmp_path, default_analyzer(), verify=True))
        except StorageError as error:
            message = str(error)
            assert name in message, what
            assert "--rebuild" in message or "upgrade" in message, what
        else:
            assert found == expected, (name, what)


def test_damage_that_is_not_looked_for_raises_nothing_else(tmp_path, whole):
    for _ in damaged(tmp_path, whole):
        with contextlib.suppress(StorageError):
            everything(WhooshEngine(tmp_path, default_analyzer()))


def test_a_segment_of_another_size_than_the_table_says_is_told(tmp_path, whole):
    restore(tmp_path, whole)
    fill(tmp_path / "other", texts=TEXTS[:10])
    (segment,), (other,) = tmp_path.glob("*.segment"), (tmp_path / "other").glob("*.segment")
    segment.write_bytes(other.read_bytes())  # whole in itself
    with pytest.raises(IndexCorruptError, match=f"{segment.name}.*another size.*--rebuild"):
        everything(WhooshEngine(tmp_path, default_analyzer()))


@pytest.mark.parametrize("order", ["1234561", "1234565", "12345636", "121212", "1234562143", "123451234512345"])
def test_a_document_may_be_updated_in_whatever_run_it_was_added(tmp_path, monkeypatch, order):
    monkeypatch.setattr("searchkit.engines.whoosh.writer._BATCH_DOCUMENTS", 2)
    expected = {}
    engine = WhooshEngine(tmp_path, default_analyzer())
    with engine.writer(WriteOptions(memory=1)) as writer:  # each chunk is a run
        for time, id_ in enumerate(order):
            writer.put(Document(id=id_, body=f"باغ {time}"))
            expected.pop(id_, None)
            expected[id_] = f"باغ {time}"
    with engine.reader() as reader:
        assert {document.id: document.body for document in reader.documents(range(len(reader)))} == expected
        assert [record.id for record in reader.records()] == list(expected)
        assert reader.search(Terms((("باغ", 1.0),)), limit=20).total == len(expected)


def test_a_missing_segment_is_named(tmp_path, whole):
    restore(tmp_path, whole)
    (segment,) = tmp_path.glob("*.segment")
    segment.unlink()
    with pytest.raises(IndexCorruptError, match=segment.name):
        everything(WhooshEngine(tmp_path, default_analyzer()))


def test_a_newer_format_is_an_error(tmp_path, whole):
    restore(tmp_path, whole)
    (path,) = tmp_path.glob("*.json")
    contents = json.loads(path.read_text().splitlines()[0]) | {"version": 99}
    line = json.dumps(contents).encode()
    path.write_bytes(line + f"\n{zlib.crc32(line):08x}\n".encode())
    with pytest.raises(IndexVersionError, match="upgrade"):
        WhooshEngine(tmp_path, default_analyzer())


def test_there_is_no_pickle(whole):
    assert not any(b"\x80\x02}" in data or b"\x80\x04\x95" in data for data in whole.values())


def test_another_process_that_writes_is_named(tmp_path):
    fill(tmp_path)
    program = (
        "import sys, pathlib\n"
        "from searchkit.engines.whoosh.engine import WhooshEngine\n"
        "from searchkit.persian import default_analyzer\n"
        "with WhooshEngine(pathlib.Path(sys.argv[1]), default_analyzer()).writer():\n"
        "    print('locked', flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "locked\n"
        engine = WhooshEngine(tmp_path, default_analyzer())
        assert len(engine.reader()) == len(TEXTS)  # reading goes on
        with pytest.raises(IndexLockedError, match=f"process {other.pid} "):
            engine.writer()
        other.kill()
        other.wait()
        with engine.writer():
            pass  # the lock has ended with its process


def segments(path):
    return [file.read_bytes() for file in sorted(path.glob("*.segment"))]


def test_the_files_are_the_same_for_any_number_of_processes(tmp_path, monkeypatch):
    monkeypatch.setattr("searchkit.engines.whoosh.writer._BATCH_DOCUMENTS", 4)
    monkeypatch.setattr("searchkit.processes.PATIENCE", 0)
    fill(tmp_path / "one", WriteOptions(jobs=1))
    fill(tmp_path / "two", WriteOptions(jobs=2))
    assert segments(tmp_path / "one") == segments(tmp_path / "two")


def test_the_files_are_the_same_under_any_hash_seed(tmp_path):
    program = (
        "import sys, pathlib\n"
        "from searchkit.documents import Document\n"
        "from searchkit.engines.whoosh.engine import WhooshEngine\n"
        "from searchkit.persian import default_analyzer\n"
        "with WhooshEngine(pathlib.Path(sys.argv[1]), default_analyzer()).writer() as writer:\n"
        "    for number in range(9):\n"
        "        body = f'کتاب\u200cها و باغ {number}'\n"
        "        writer.put(Document(id=str(number), body=body, fields={'b': 1, 'a': 2}))\n"
    )
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / seed)], env=os.environ | {"PYTHONHASHSEED": seed}, check=True
        )
    assert segments(tmp_path / "1") == segments(tmp_path / "2")


def test_a_searcher_sees_one_commit_while_others_follow(tmp_path, expected):
    engine = fill(tmp_path)
    reader = engine.reader()
    fill(tmp_path, texts=TEXTS[:1] * 60)
    assert reader.documents(range(len(reader))) == expected[2]
    assert len(engine.reader()) == 60


def test_asking_for_a_newer_commit_lists_no_folder_and_ids_unpack_nothing(tmp_path, monkeypatch):
    engine = fill(tmp_path)
    reader = engine.reader()
    for owner, name in ((type(tmp_path), "iterdir"), (os, "listdir"), (os, "scandir"), (Stored, "get")):
        monkeypatch.setattr(owner, name, lambda *_: pytest.fail("it was asked for"))
    assert engine.reader() is reader
    assert reader.ids(range(len(reader))) == [str(number) for number in range(len(TEXTS))]


def test_fresh_replaces_a_damaged_index(tmp_path, whole):
    restore(tmp_path, dict.fromkeys(whole, b""))
    with pytest.raises(IndexCorruptError):
        WhooshEngine(tmp_path, default_analyzer())
    assert len(WhooshEngine(tmp_path, default_analyzer(), fresh=True).reader()) == 0


def test_no_index_where_none_is_wanted(tmp_path):
    with pytest.raises(IndexNotFoundError):
        WhooshEngine(tmp_path, default_analyzer(), create=False)
    assert toc.generations(tmp_path) == []


NAMES = st.sampled_from(["\0date", "\0datetime", "\0time", "\0bytes", "\0decimal", "\0", "\0\0date"]) | st.text(
    max_size=2
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
SPECIAL = st.dates() | st.datetimes() | st.times() | st.binary(max_size=9) | st.decimals(allow_nan=False)


def nested(leaves):
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=2), max_leaves=8
    )


@given(st.dictionaries(NAMES, nested(PLAIN | SPECIAL), max_size=3), st.none() | nested(PLAIN))
def test_stored_values_come_back_as_they_were(values, line):
    as_line = {} if line is None else {"line": Line(json.dumps(line, separators=(",", ":")).encode())}
    back = _unpack(pack({**values, **as_line}))
    assert back == {**values, **({} if line is None else {"line": line})}


@pytest.mark.parametrize("value", ['{"a": 1}', r'{"a": "{\"\\u0000date\": 1}"}', r'{"a": "\u0000", "b": "\\u0000"}'])
def test_a_line_without_marks_is_stored_byte_for_byte(value):
    assert pack({"line": Line(value.encode())}) == b'{"line":' + value.encode() + b"}"


@pytest.mark.parametrize("value", [{"\0date": "x"}, {"\0date": 5}, {"\0decimal": "x"}, {"\0bytes": [1]}])
def test_a_mark_that_does_not_fit_is_damage(tmp_path, value, monkeypatch):
    monkeypatch.setattr(
        "searchkit.engines.whoosh.format.stored._MARKED", b"no line holds this"
    )  # as foreign files may be
    with fill(tmp_path / "index", texts=[]).writer() as writer:
        writer.put(Document(id="1", body="x", fields={"a": value}))
    monkeypatch.undo()
    with WhooshEngine(tmp_path / "index", default_analyzer()).reader() as reader, pytest.raises(IndexCorruptError):
        reader.documents([0])
