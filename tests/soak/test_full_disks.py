"""A disk without room, at every place of a change: that is told, the index stays whole, and nothing half-written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.soak, pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare and mount")]
TESTS = Path(__file__).parents[1]

TRY = """
import os, shutil, sys
from pathlib import Path
from changes_under_way import THERE, SCENARIOS, fill, held, states, usable
from searchkit import StorageError

PAGE = os.sysconf("SC_PAGE_SIZE")
disk, filler, filled, path = (Path(sys.argv[1]) / name for name in ("", "filler", "filled", "index"))
fill(filled)
told = done = 0
for name, steps in SCENARIOS.items():
    for pages in range(int(sys.argv[2])):
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(filled, path)
        room = os.statvfs(disk)
        with filler.open("wb") as file:
            taken = (room.f_bavail - pages) * room.f_frsize
            if taken > 0:
                os.posix_fallocate(file.fileno(), 0, taken)
        acknowledged = 0
        try:
            for step in steps:
                step.change(path)
                acknowledged += 1
            done += 1
        except StorageError as error:
            assert "No space left" in str(error), error
            told += 1
        found = held(path)
        assert found in states(name)[acknowledged : acknowledged + 2], (name, pages)
        if acknowledged < len(steps):  # nothing that was begun takes room
            known = {file.name for file in filled.iterdir()} | {"new"}
            left = {file.name for file in path.iterdir()} - known
            assert acknowledged or not left, (name, pages, left)
        filler.unlink()
        if (path / "new").exists():
            usable(path / "new", {})
        usable(path, found)
print(f"{told} changes without room were told so, {done} had enough of it: the index was whole each time")
"""


def test_no_room_at_any_place(tmp_path, scale):
    mounted = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"'
    path = os.pathsep.join(map(str, [TESTS.parent, TESTS / "soak", TESTS / "engines" / "whoosh"]))
    command = ["unshare", "-m", "sh", "-c", mounted, tmp_path, sys.executable, "-c", TRY, tmp_path]
    if subprocess.run([*command[:6], "true"], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    ran = subprocess.run(
        [*command, str(max(3, round(24 * scale)))],
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    print("\n" + ran.stdout)
    assert not ran.stdout.startswith("0 ")
