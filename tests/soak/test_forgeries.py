"""More than a thousand forged indexes: errors with a name or answers, nothing outside, and under 1 GB and 5 s each."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import time
import warnings
from collections import Counter
from itertools import islice

import pytest
from damages import restore
from forged_uses import ends
from forging import Forger, fill
from guarding import MEMORY, guarded, taken, told_by_proc

pytestmark = [
    pytest.mark.soak,
    told_by_proc,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
SECONDS = 5
EVERY = 3
LEAST = 700


@pytest.fixture(scope="module")
def forger(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)  # no power cut is tried here
        fill(path / "index")
        forger = Forger(path / "index", path / "scratch")
        restore(path / "used", forger.files)
        assert {end for _, end in ends(path / "used", path)} == {"fine"}  # and what is loaded late is loaded
        yield forger


def tried(forgery, folder):
    """Use a forged index in a process of its own; return how each use ends, and how much memory and time it took."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    restore(folder / "index", forgery.files)
    told = folder / "told"
    child = os.fork()
    if not child:
        code = 1
        try:
            told.write_text(json.dumps(_in_child(folder)))
            code = 0
        finally:
            os._exit(code)
    began = time.monotonic()
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() - began < 12 * SECONDS:
        time.sleep(0.005)
    if ended == (0, 0):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return {"all": "hang"}, 0, 0
    if ended[1]:
        return {"all": f"foreign end {ended[1]}"}, 0, 0
    return json.loads(told.read_text())


def _in_child(folder):
    warnings.simplefilter("error")
    before, slowest, found = taken(1), 0.0, {}
    with guarded(folder):
        began = time.process_time()
        for name, end in ends(folder / "index", folder):
            slowest = max(slowest, time.process_time() - began)
            found[name], began = end, time.process_time()
    return found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before, slowest


def _kind(found):
    """Return the worst of what uses of one index ended in."""
    kinds = {end.split()[0] for end in found.values()}
    if kinds & {"foreign", "hang"}:
        return " ".join(sorted(kinds & {"foreign", "hang"}))
    if kinds - {"fine", "told"}:
        return "error with a name"
    return "told by check alone" if "told" in kinds else "taken as it stands"


def test_forged_sections(tmp_path, forger, scale):
    kinds, wrong, most, slowest = Counter(), {}, 0, 0
    for forgery in islice(forger, 0, None, max(1, round(EVERY / scale))):
        found, memory, seconds = tried(forgery, tmp_path / "tried")
        kind = _kind(found)
        kinds[kind] += 1
        most, slowest = max(most, memory), max(slowest, seconds)
        if kind.startswith(("foreign", "hang")) or memory > MEMORY or seconds > SECONDS:
            wrong[forgery.name] = memory, seconds, {use: end for use, end in found.items() if end != "fine"}
    print(f"\n{kinds.total()} forged indexes: {dict(kinds)}, at most {most >> 20} MB and {slowest:.2f} s")
    assert not wrong, wrong
    assert kinds.total() >= LEAST * min(scale, 1)
