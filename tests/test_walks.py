"""How many modules does one read to follow a document into the index, or a query to its snippets?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

WALK = '''
import sys
from searchkit import Document, SearchIndex

passed = set()

def follow(frame, event, _):
    """Note the module of each function that is called, but for those that run while modules are imported."""
    if event == "call" and frame.f_code.co_filename.startswith(sys.argv[2]):
        above = frame
        while above and above.f_code.co_name != "<module>":
            above = above.f_back
        if not above.f_code.co_filename.startswith(sys.argv[2]):
            passed.add(frame.f_code.co_filename)

index = SearchIndex.open(sys.argv[1])
text = "كتابهاي ايران در کتابخانه است. می روم به خانه"
documents = [Document(id=str(number), title="تاریخ ایران", body=text) for number in range(3)]
new = len(index) == 0
sys.setprofile(follow)
if new:
    index.add(documents)
else:
    index.search("کتابهای تاریخ")
sys.setprofile(None)
print(*sorted(path.removeprefix(sys.argv[2]) for path in passed), sep="\\n")
'''


def walked(folder):
    command = [sys.executable, "-c", WALK, str(folder), str(ROOT / "searchkit")]
    ran = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", cwd=ROOT)
    return ran.stdout.split()


def test_the_way_of_a_document_and_of_a_query_is_short(tmp_path):
    adding, searching = walked(tmp_path), walked(tmp_path)
    assert "/engines/whoosh/writer.py" in adding
    assert len(adding) <= 40, adding
    assert "/highlight.py" in searching
    assert len(searching) <= 41, searching
