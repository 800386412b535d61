"""Whatever lies in the folder is the index: a folder removed, made anew, exchanged or restored under open handles."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import pytest

from searchkit import AnalysisMismatchError, Document, IndexNotFoundError, SearchIndex
from searchkit.engines.whoosh.engine import WhooshEngine
from searchkit.persian import Analyzer


def filled(path, *bodies):
    """An index with a commit a body."""
    index = SearchIndex.open(path)
    for number, body in enumerate(bodies):
        index.add([Document(id=str(number), body=body)])
    return index


def bodies(index):
    return sorted(hit.document.body for hit in index.search("باغ", limit=100))


def removed_and_made_anew(path, *new):
    shutil.rmtree(path)
    filled(path, *new)


def exchanged(path, *new):
    filled(path.with_name("new"), *new)
    path.rename(path.with_name("old"))
    path.with_name("new").rename(path)


def restored(path, *new):
    """As `cp -p` restores: the same names, contents and times as in the copy."""
    filled(path.with_name("copy"), *new)
    for file in path.iterdir():
        file.unlink()
    for file in path.with_name("copy").iterdir():
        shutil.copy2(file, path)


REPLACED = pytest.mark.parametrize("replace", [removed_and_made_anew, exchanged, restored])
COMMITS = pytest.mark.parametrize(
    "new", [["باغ نو"], ["باغ نو", "باغ دوم"], ["باغ نو", "باغ دوم", "باغ سوم", "باغ چهارم"]]
)


@REPLACED
@COMMITS
@pytest.mark.parametrize("wrote", [False, True])
def test_an_open_handle_serves_and_writes_what_lies_there_now(tmp_path, replace, new, wrote):
    path = tmp_path / "index"
    index = filled(path, "باغ کهنه", "باغ پیر")
    if not wrote:
        index = SearchIndex.open(path)
    assert bodies(index) == ["باغ پیر", "باغ کهنه"]
    replace(path, *new)
    assert bodies(index) == sorted(new)
    index.add([Document(id="more", body="باغ دیگر")])
    expected = sorted([*new, "باغ دیگر"])
    assert bodies(index) == expected
    assert bodies(SearchIndex.open(path)) == expected


def test_a_folder_that_is_gone_is_told(tmp_path):
    index = filled(tmp_path / "index", "باغ")
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(IndexNotFoundError, match="searchkit index"):
        index.search("باغ")
    filled(tmp_path / "index", "باغ نو")
    assert bodies(index) == ["باغ نو"]


def test_an_index_of_another_analyzer_put_in_its_place_is_refused(tmp_path):
    class Other(Analyzer):
        name = "other"

    path = tmp_path / "index"
    index = filled(path, "باغ")
    shutil.rmtree(path)
    WhooshEngine(path, Other()).close()
    for use in (lambda: index.search("باغ"), lambda: index.add([Document(id="1", body="باغ")])):
        with pytest.raises(AnalysisMismatchError, match="--rebuild"):
            use()
    assert WhooshEngine(path, Other()).info().documents == 0


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="tells what is mapped by /proc")
def test_close_lets_go_of_the_files(tmp_path):
    def held():
        maps = Path("/proc/self/maps").read_text().splitlines()
        files = [str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
        return [name for name in (*maps, *files) if str(tmp_path) in name]

    gc.disable()  # not by chance
    try:
        index = filled(tmp_path, "باغ آب", "باغ درخت")
        results = index.search("باغ", snippets=2)
        assert len(held()) > 0
        index.close()
        assert held() == []
        assert len(results) == 2
        assert bodies(index) == ["باغ آب", "باغ درخت"]  # it opens again when asked
    finally:
        gc.enable()
