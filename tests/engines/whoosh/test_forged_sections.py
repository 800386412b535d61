"""Sections whose numbers somebody forged, checksums and all: answers or errors with a name, and bounded memory."""

from __future__ import annotations

import os
from itertools import islice

import numpy as np
import pytest
from damages import restore
from forged_uses import ends
from forging import Forger, fill, put
from guarding import guarded, told_by_proc

from searchkit.engines.whoosh.upkeep import problems

pytestmark = pytest.mark.thorough

EVERY = 149
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


def elsewhere(values):
    """Say of the first word of a document that it is the second; of the last such term, which is a word's spelling."""
    (place,) = np.flatnonzero(values == 0)[-1:]
    return put(values, place, 1)


LIES = {
    "a term that is not found": ("body/bucket_ordinals", lambda values: np.roll(values, 1), "not all found"),
    "terms that do not ascend": ("body/terms", lambda values: put(values, 0, 255), "do not fit"),
    "documents beyond the last": ("title/documents", lambda values: put(values, -1, 255), "do not fit"),
    "a word in another place": ("title/positions", elsewhere, "words do not stand"),
    "a shorter document": ("title/lengths", lambda values: put(values, 0, 1), "words do not stand"),
    "a longer document": ("title/lengths", lambda values: put(values, 0, 30), "lengths of title do not fit"),
    "more than the terms need": ("body/positions", lambda values: np.append(values, values[:1]), "not all found"),
    "lengths of what is no text": ("id/lengths", lambda values: put(values, 0, 1), "in another way"),
    "another id": ("column/id", lambda values: put(values, -1, values[-1] ^ 1), "other ids"),
    "another digest": ("column/digest", lambda values: put(values, 0, values[0] ^ 1), "another id, source or text"),
    "another source": ("column/source", lambda values: put(values, -1, values[-1] ^ 1), "another id, source or text"),
    "no text": ("column/digest", lambda values: put(values, 0, 255), "another id, source or text"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_that_checksums_confirm_is_found_by_check(tmp_path, forger, lie):
    section, change, told = LIES[lie]
    name = min(forger.read)
    contents, about = forger.read[name]
    forged = forger.forged(lie, name, contents | {section: change(contents[section])}, about)
    restore(tmp_path / "index", forged.files)
    (problem, *_) = problems(tmp_path / "index")
    assert name in problem.source
    assert told in problem.reason
