"""The program as a shell starts it, for the tests of all commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def searchkit(*arguments, cwd, stdin="", **environment):
    """Run the program in a folder, with variables besides those that there are; return how it ended."""
    return subprocess.run(
        [sys.executable, "-m", "searchkit", *arguments],
        input=stdin.encode(),
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=60,
        check=False,
    )
