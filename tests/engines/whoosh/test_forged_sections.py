"""Sections whose numbers somebody forged, checksums and all: answers or errors with a name, and bounded memory."""

from __future__ import annotations

import os
from itertools import islice

import pytest
from damages import restore
from forged_uses import ends
from forging import Forger, fill
from guarding import guarded, told_by_proc

EVERY = 97
"""One forgery in so many is tried here; `make soak` tries one in three, each in a process of its own."""


@pytest.fixture(scope="module")
def forger(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)  # no power cut is tried here
        fill(path / "index")
        return Forger(path / "index", path / "scratch")


@pytest.fixture(autouse=True)
def _unsynced(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: None)


def used(path, files):
    """Use an index in all ways, and return how each ends."""
    path.mkdir(exist_ok=True)
    restore(path / "index", files)
    with guarded(path):
        return dict(ends(path / "index", path))


def test_what_is_not_forged_is_fine(tmp_path, forger):
    assert set(used(tmp_path, forger.files).values()) == {"fine"}


@told_by_proc
@pytest.mark.parametrize("part", range(2))
def test_forged_sections_end_in_answers_or_errors_with_a_name(tmp_path, forger, part):
    named = tried = 0
    for number, forgery in enumerate(islice(forger, part * EVERY // 2, None, EVERY)):
        found = used(tmp_path / str(number), forgery.files)
        foreign = {use: end for use, end in found.items() if end.startswith("foreign")}
        assert not foreign, forgery.name
        named += any(end.endswith("Error") for end in found.values())
        tried += 1
    assert named > tried / 3
