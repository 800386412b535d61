"""What the tests of the page and the API serve."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from contextlib import contextmanager
from typing import NamedTuple

from searchkit import Document

TOKEN = "a-token-for-tests"  # noqa: S105
ROOT = "/srv/archive/2024"

DOCUMENTS = (
    Document(
        "https://example.org/history",
        "تاریخ ایران باستان از روزگار ایلامیان آغاز می\u200cشود. کتاب\u200cهای تاریخ بسیارند.",
        "تاریخ ایران",
        "https://example.org/history",
        dt.date(2024, 5, 14),
        {"section": "تاریخ", "author": "مریم"},
    ),
    Document(
        f"{ROOT}/news/sport.html",
        "تیم ایران در بازی دیروز پیروز شد. ورزشکاران شاد بودند.",
        "ورزش ایران",
        None,
        dt.date(2023, 3, 1),
        {"section": "ورزش", "source": f"{ROOT}/news/sport.html"},
    ),
    Document("notes/rain.txt", "باران در شمال ایران بارید.", "باران", None, None, {"source": "notes/rain.txt"}),
    Document("plain", "سلام بر شما", "", None, dt.datetime(2022, 1, 2, 3, 4, tzinfo=dt.UTC)),
)


class Site(NamedTuple):
    """A site that `searchkit serve` serves: its address, and the process."""

    address: str
    process: subprocess.Popen[str]


@contextmanager
def site(index, *options):
    """Serve an index until the block is left."""
    command = [sys.executable, "-m", "searchkit", "serve", "--index", str(index), "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as process:
        try:
            told = process.stderr.readline()
            found = re.search(r"http://\S+(?=/)", told)
            assert found, told
            yield Site(found[0], process)
        finally:
            process.terminate()
            process.wait(30)
