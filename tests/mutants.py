"""Which faults would no test notice? Plants faults in functions one by one and runs the tests that reach them.

    make mutants                                        for 20 minutes
    .venv-mutants/bin/python tests/mutants.py --minutes 5 --seed 2 'searchkit/query/*'

mutmut does the work, on a copy of the checkout in a temporary folder: nothing here is ever changed. It mutates what
functions do, but neither constants of modules nor functions with decorators. Each seed tries other faults, and says so.
A fault that survives is a test that is missing, or no fault: some changes change nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ["searchkit/engines/*", "searchkit/query/*", "searchkit/highlight*", "searchkit/persian/*morphology*"]
PARTS = ("searchkit", "tests", "samples", "pyproject.toml", "README.md")
AT_ONCE = 60
PREPARING = 900
"""Seconds at most for finding all faults and the tests that reach them."""
PREPARED = "nothing matches"
STATES = {None: "not tried", 0: "survived", 1: "killed", 3: "killed", 5: "no tests", 33: "no tests"}
"""What mutmut's exit codes say; others are time-outs."""


def main() -> int:
    """Plant faults for as long as is asked, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("globs", nargs="*", default=ROOMS, help="modules to mutate; by default: " + " ".join(ROOMS))
    parser.add_argument("--minutes", type=float, default=20, help="of trying, after it has found what to try")
    parser.add_argument("--seed", type=int, default=1, help="which of the faults")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        prepare(copy, options.globs)
        run(copy, ["none"], PREPARING)  # no fault is called so: only prepares
        names = sorted(results(copy))
        if PREPARED not in log(copy):
            print("there are no faults to plant, or the tests fail without any; mutmut said:\n", log(copy))
            return 1
        end = time.monotonic() + 60 * options.minutes
        random.Random(options.seed).shuffle(names)  # noqa: S311 (a sample)
        while names and (left := end - time.monotonic()) > 0:
            run(copy, names[:AT_ONCE], left)
            names = names[AT_ONCE:]
        report(copy)
    return 0


def prepare(copy: Path, globs: list[str]) -> None:
    """Copy what is tested, and tell mutmut how."""
    for name in PARTS:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, copy / name, ignore=shutil.ignore_patterns("__pycache__", "benchmarks"))
        else:
            shutil.copy(path, copy / name)
    settings = {
        "source_paths": ["searchkit"],
        "only_mutate": globs,
        "also_copy": PARTS,
        "pytest_add_cli_args_test_selection": tests_of(globs),
        "timeout_multiplier": ["4"],
        "timeout_constant": ["5"],
    }
    lines = [f"{name} =\n" + "".join(f"    {value}\n" for value in values) for name, values in settings.items()]
    (copy / "setup.cfg").write_text("[mutmut]\n" + "".join(lines), "utf-8")


def tests_of(globs: list[str]) -> list[str]:
    """Return the tests of the same names as the rooms that globs begin with; all tests where there are none."""
    found: dict[str, None] = {}
    for glob in globs:
        room = Path(glob).parts[1].removesuffix(".py").strip("*")
        paths = [*ROOT.glob(f"tests/{room}"), *ROOT.glob(f"tests/test_{room}*.py")]
        found |= dict.fromkeys(str(path.relative_to(ROOT)) for path in paths)
    return list(found) or ["tests"]


def run(copy: Path, names: list[str], seconds: float) -> None:
    """Let mutmut try some faults for so long at most."""
    command = [sys.executable, "-m", "mutmut", "run", *names]
    with (copy / "log.txt").open("w") as file, subprocess.Popen(command, cwd=copy, stdout=file, stderr=file) as process:
        try:
            process.wait(max(seconds, 1))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def log(copy: Path) -> str:
    """Return the end of what mutmut said last."""
    return (copy / "log.txt").read_text("utf-8", "replace")[-2000:]


def results(copy: Path) -> dict[str, str]:
    """Return what is known of each fault."""
    found: dict[str, str] = {}
    for path in (copy / "mutants").rglob("*.meta"):
        codes = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        found |= {name: STATES.get(code, "timed out") for name, code in codes.items()}
    return found


def report(copy: Path) -> None:
    """Print each survivor as a difference, with its file and lines, and the score."""
    found = results(copy)
    counts = Counter(found.values())
    for name in sorted(name for name, state in found.items() if state in {"survived", "no tests"}):
        shown = subprocess.run(
            [sys.executable, "-m", "mutmut", "show", name], cwd=copy, capture_output=True, text=True, check=False
        )
        print(f"{found[name]}: {place(copy, shown.stdout)}\n" + "\n".join(changed(shown.stdout)))
    tried = sum(counts[state] for state in ("killed", "timed out", "survived", "no tests"))
    print(*(f"{state}: {count}" for state, count in sorted(counts.items())), sep=", ")
    if tried:
        print(f"score: {100 * (counts['killed'] + counts['timed out']) / tried:.0f} % of {tried}")


def changed(shown: str) -> list[str]:
    """Return the lines of a difference that were and are now."""
    return [line for line in shown.splitlines() if line[:1] in {"-", "+"} and line[:3] not in {"---", "+++"}]


def place(copy: Path, shown: str) -> str:
    """Return the file and line that a difference changes; mutmut's own numbers begin at the function."""
    lines = shown.splitlines()
    path = next((line[4:] for line in lines if line.startswith("--- ")), "?")
    before = [line for line in lines if line[:1] in {" ", "-"} and line[:3] != "---"]
    if not (copy / path).is_file():
        return path
    text = (copy / path).read_text("utf-8")
    at = text.find("\n".join(line[1:] for line in before))
    first = next((number for number, line in enumerate(before) if line[0] == "-"), 0)
    return path if at < 0 else f"{path}:{text.count(chr(10), 0, at) + 1 + first}"


if __name__ == "__main__":
    sys.exit(main())
