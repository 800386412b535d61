import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from searchkit.persian import Analyzer, analyze

TEXT = "كتاب\u200cهاي تاريخ ایران می رود ۱۵ اردیبهشت ۱۴۰۳ (2024-05-04) ECOاکو running خانهٔ ۱۲٬۰۰۰ ﷽ #تیم_ملی"

PROGRAM = """
import sys
from searchkit.persian import analyze, default_analyzer
print(ascii(analyze(sys.argv[1])), default_analyzer().fingerprint)
encoder = default_analyzer().encoder()
print([column.tolist() for column in encoder.encode(sys.argv[1])[:2]], ascii(encoder.terms))
"""

LIGHT = """
import sys
import searchkit, searchkit.persian
print(*sorted({"numpy", "bs4", "persiantools", "Stemmer", "whoosh"} & set(sys.modules)))
"""


def run(program, *arguments, seed="random"):
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def first():
    return run(PROGRAM, TEXT, seed="0")


@pytest.mark.parametrize("seed", ["1", "42", "random"])
def test_every_process_gives_the_same(first, seed):
    assert run(PROGRAM, TEXT, seed=seed) == first


def test_threads_give_the_same():
    analyzer = Analyzer()
    with ThreadPoolExecutor(8) as pool:
        assert all(tokens == analyze(TEXT) for tokens in pool.map(analyzer.analyze, [TEXT] * 200))


def test_a_full_memory_gives_the_same(monkeypatch):
    monkeypatch.setattr("searchkit.persian.forms.memory._REMEMBERED", 2)
    assert Analyzer().analyze(TEXT) == analyze(TEXT)


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr("searchkit.persian.forms.memory._REMEMBERED", 10)
    analyzer = Analyzer()
    for number in range(100):
        text = f"کتاب{number} می رود {number} اردیبهشت 1403"  # forms that stand alone, and some that belong together
        assert analyzer.analyze(text) == analyze(text)
        assert len(analyzer._memory._known.infos) <= 10 + len(text.split())
        assert len(analyzer._memory._together) <= 10


def test_importing_loads_nothing_heavy():
    assert run(LIGHT).split() == []
