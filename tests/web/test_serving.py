"""`searchkit serve`, a real process: it answers, ends when it is told to, and says why it cannot start."""

from __future__ import annotations

import json
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.request import Request, urlopen

import pytest
from served import DOCUMENTS, TOKEN, site
from shell import ROOT, searchkit

from searchkit import Document, SearchIndex


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("serving") / "index"
    with SearchIndex.open(path, fields={"section": "keyword"}) as index:
        index.add(DOCUMENTS)
    return path


def answer(address, **headers):
    with urlopen(Request(address, headers=headers), timeout=30) as told:  # noqa: S310 (of this machine)
        return told.read().decode()


@pytest.fixture
def refused(folder, tmp_path):
    """Return how serving ends that cannot start: what it says, and its exit status."""

    def start(*arguments, index=folder, **environment):
        ended = searchkit("serve", "--index", str(index), *arguments, cwd=tmp_path, **environment)
        return ended.stderr.decode(), ended.returncode

    return start


@pytest.mark.parametrize("workers", [1, 2])
def test_it_answers_many_and_ends_at_once_when_interrupted(folder, workers):
    with site(folder, "--workers", str(workers), "--title", "روزنامه") as started:
        with ThreadPoolExecutor(8) as pool:
            address = f"{started.address}/api/search?q=%D8%A7%DB%8C%D8%B1%D8%A7%D9%86"
            told = list(pool.map(answer, [address] * 40))
        assert {json.loads(each)["total"] for each in told} == {3}
        assert "روزنامه" in answer(f"{started.address}/")
        started.process.send_signal(signal.SIGINT)
        assert started.process.wait(30) == 0
        assert started.process.stderr.read() == "stopped\n"


def test_what_is_added_meanwhile_is_found(folder, tmp_path):
    with site(folder) as started:
        with SearchIndex.open(folder) as index:
            index.add([Document("new", "واژهٔ تازه", "تازه")])
        assert json.loads(answer(f"{started.address}/api/search?q=%D8%AA%D8%A7%D8%B2%D9%87"))["total"] == 1


def test_the_token_may_stand_in_the_environment(folder, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_WRITE", TOKEN)
    with site(folder) as started:
        sent = json.dumps({"id": "sent", "body": "فرستاده"}).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        request = Request(f"{started.address}/api/documents", sent, headers)  # noqa: S310 (of this machine)
        with urlopen(request, timeout=30) as told:  # noqa: S310 (as above)
            assert json.load(told)["added"] == 1


def test_a_port_that_is_taken_is_told(refused):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        told, status = refused("--port", port)
    assert status == 1
    assert f"127.0.0.1:{port} cannot be listened on" in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "told", "status"),
    [
        (["--host", "nowhere.invalid"], "cannot be listened on", 1),
        (["--write", "short"], "the token to write with", 2),
        (["--origin", "example.org"], "origins", 2),
        (["--facet", "nope"], "no field 'nope'", 2),
        (["--port", "70000"], "70000", 2),
        (["--public-root", "docs"], "--public-root", 2),
    ],
)
def test_what_cannot_be_served_so(refused, arguments, told, status):
    said, ended = refused(*arguments)
    assert ended == status
    assert told in said
    assert "Traceback" not in said


def test_an_index_that_is_not_there(refused, tmp_path):
    told, status = refused(index=tmp_path / "nothing")
    assert status == 1
    assert "there is no index at" in told
    assert len(told.splitlines()) == 1


def test_an_extra_that_is_missing(refused, tmp_path):
    (tmp_path / "starlette.py").write_text("raise ModuleNotFoundError(name='starlette')")
    told, status = refused(PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert status == 2
    assert "pip install 'persian-searchkit[serve]'" in told
    assert len(told.splitlines()) == 1
