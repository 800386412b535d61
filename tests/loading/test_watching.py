"""What a watch tells: what the system says of folders, put together with what is there."""

from __future__ import annotations

from threading import Event

import pytest

from searchkit.errors import LoadError
from searchkit.loading import LoadOptions
from searchkit.loading.watching import Changed, Watch

watchfiles = pytest.importorskip("watchfiles")


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Stand above a folder, and let what the system tells of it be what a test says."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs" / "sub").mkdir(parents=True)
    for name in ("a.txt", "sub/b.txt"):
        (tmp_path / "docs" / name).write_text("x", encoding="utf-8")

    def changes(*events, **options):
        stop = Event()
        groups = [[], *([(1, str(tmp_path / path)) for path in group] for group in events)]
        monkeypatch.setattr(watchfiles, "watch", lambda *_, **__: iter(groups) if not stop.is_set() else iter(()))
        watch = Watch(["docs"], LoadOptions(**options), stop)
        begun = watch.begin()
        watch.learn(["docs/a.txt", "docs/sub/b.txt"])
        found = []
        for change in begun:
            found.append(change)
            if len(found) == len(events):
                stop.set()
                break
        return found

    return changes


@pytest.mark.parametrize(
    ("event", "sources", "paths"),
    [
        (["docs/a.txt"], ("docs/a.txt",), ("docs/a.txt",)),
        (["docs/sub"], ("docs/sub/b.txt",), ("docs/sub",)),
        (
            ["docs/a.txt", "docs/gone.txt", "docs/.git/x", "docs/.a.txt.swp", "other.txt"],
            ("docs/a.txt",),
            ("docs/a.txt",),
        ),
        (["docs/.gitignore"], ("docs/a.txt", "docs/sub/b.txt"), ("docs",)),
        (["docs/sub/.gitignore"], ("docs/sub/b.txt",), ("docs/sub",)),
    ],
)
def test_what_is_told_of_is_found_as_in_the_whole(told, event, sources, paths):
    assert told(event, ignore_files=(".gitignore",)) == [Changed(sources, paths)]


def test_what_is_gone_is_named_if_it_was_known(told, tmp_path):
    (tmp_path / "docs" / "a.txt").unlink()
    assert told(["docs/a.txt", "docs/never.txt"]) == [Changed((), ("docs/a.txt",))]


@pytest.mark.parametrize(
    "options",
    [
        {"ignore": ("/index/", "*.log")},
        {"exclude": ("index/", "*.log")},
        {"not_walked": ("docs/index",), "exclude": ("*.log",)},
    ],
)
def test_what_does_not_count_is_not_told_of(told, tmp_path, options):
    (tmp_path / "docs" / "index").mkdir()
    for name in ("index/c.txt", "d.log"):
        (tmp_path / "docs" / name).write_text("x", encoding="utf-8")
    events = [["docs/index/c.txt", "docs/index"], ["docs/d.log"], ["docs/a.txt"]]
    assert told([path for event in events for path in event], **options) == [Changed(("docs/a.txt",), ("docs/a.txt",))]


@pytest.mark.parametrize("error", [OSError("limit reached"), RuntimeError("limit reached")])
def test_that_the_system_watches_no_more_is_told(tmp_path, monkeypatch, error):
    def fails(*_, **__):
        raise error
        yield

    monkeypatch.setattr(watchfiles, "watch", fails)
    with pytest.raises(LoadError, match="cannot be watched: limit reached; with WATCHFILES_FORCE_POLLING=1"):
        Watch([str(tmp_path)], LoadOptions(), Event()).begin()
