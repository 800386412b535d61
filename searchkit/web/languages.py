"""How does the page say it: its messages, numbers and days, in Persian and in English?"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from searchkit.web.options import LANGUAGES

_DIGITS = str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹٬")


class Language:
    """A language of the page.

    Attributes:
        code: As in `lang=`.
        direction: "rtl" or "ltr".
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self.direction = "rtl" if code == "fa" else "ltr"
        self._messages = _messages()[code]

    def text(self, key: str, **values: object) -> str:
        """Return a message, with values in their places; numbers as they are written in this language."""
        shown = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return self._messages[key].format_map(shown)

    def translated(self, sentence: str) -> str:
        """Return a sentence that the library says in English, or itself where there is none in this language."""
        key = _keys().get(sentence)
        return self._messages[key] if key else sentence

    def has(self, key: str) -> bool:
        """Tell whether there is such a message."""
        return key in self._messages

    def counted(self, key: str, count: int, **values: object) -> str:
        """Return a message about a number of things: that of one, of none, or of several."""
        name = f"{key}.{count}" if count < 2 and self.has(f"{key}.{count}") else key
        return self.text(name, count=count, **values)

    def number(self, number: int) -> str:
        """Return a whole number.

        >>> Language("fa").number(12345), Language("en").number(12345)
        ('۱۲٬۳۴۵', '12,345')
        """
        return self.digits(f"{number:,}")

    def digits(self, text: str) -> str:
        """Return a text with the digits of this language."""
        return text.translate(_DIGITS) if self.code == "fa" else text

    def day(self, date: dt.date) -> str:
        """Return a day: of the Jalali calendar in Persian, else of the Gregorian.

        >>> Language("fa").day(dt.date(2024, 5, 14)), Language("en").day(dt.date(2024, 5, 14))
        ('۲۵ اردیبهشت ۱۴۰۳', '14 May 2024')
        """
        day = date.date() if isinstance(date, dt.datetime) else date
        if self.code == "en":
            return f"{day.day} {day:%B} {day.year}"
        try:
            jalali = import_module("persiantools.jdatetime").JalaliDate(day)
        except ValueError:  # before that calendar
            return self.digits(day.isoformat())
        return self.digits(f"{jalali.day} {self.text(f'month.{jalali.month}')} {jalali.year}")


@cache
def language(code: str) -> Language:
    """Return one of `LANGUAGES`."""
    return Language(code)


def wanted(chosen: str, accepted: str, usual: str) -> Language:
    """Return the language to show a page in.

    Args:
        chosen: The code that was chosen, or nothing.
        accepted: What the browser says (`Accept-Language`, RFC 9110), the first that there is counts.
        usual: The code for all others.
    """
    if chosen in LANGUAGES:
        return language(chosen)
    codes = (each.partition(";")[0].strip().lower().partition("-")[0] for each in accepted[:1_000].split(","))
    return language(next((code for code in codes if code in LANGUAGES), usual))


@cache
def _messages() -> dict[str, dict[str, str]]:
    rows = _rows()
    return {code: {row["key"]: row[code] for row in rows} for code in LANGUAGES}


@cache
def _keys() -> dict[str, str]:
    return {row["en"]: row["key"] for row in _rows()}


@cache
def _rows() -> list[Mapping[str, Any]]:
    with (files("searchkit.web") / "data" / "messages.tsv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
