"""What the tests of the page and the API serve."""

from __future__ import annotations

import datetime as dt

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
