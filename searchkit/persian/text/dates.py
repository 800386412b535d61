"""Which day or month does a date name, in the Jalali or the Gregorian calendar, in digits or in words?

A year tells the calendar: 1200 to 1499 are Jalali years, 1600 to 2199 Gregorian ones. What has no year is no date.

>>> read_digits("1403/02/15"), read_digits("2024-5-4"), read_digits("15/2/1403"), read_digits("1403/13/1")
(('2024-05-04', '1403-02'), ('2024-05-04', '2024-05'), ('2024-05-04', '1403-02'), ())
>>> read_words(["سال", "15", "اردیبهشت", "ماه", "1403"])
((1, 5, ('2024-05-04', '1403-02')),)
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import cache
from importlib import import_module

from searchkit.persian.text.fold import fold_words, rows

_MONTH = r"(?:-\d{1,2}-|/\d{1,2}/|\.\d{1,2}\.)"
DATE_PATTERN = rf"(?<!\d)(?:\d{{4}}{_MONTH}\d{{1,2}}|\d{{1,2}}{_MONTH}\d{{4}})(?!\d)"
"""A pattern for year, month, day or day, month, year, in digits of any script. It holds no groups."""

_DIGITS = re.compile(r"\d+")
_YEARS = {"jalali": range(1200, 1500), "gregorian": range(1600, 2200)}
FILLERS = frozenset({"ماه", "سال"})
"""What may stand between a month and its year."""


def read_digits(written: str) -> tuple[str, ...]:
    """Return the day and the month that a date written in digits names, or nothing where it names none."""
    year, month, day = (int(part) for part in _DIGITS.findall(written))
    if day > year:
        year, day = day, year
    return _name(year, month, day)


def read_words(words: Sequence[str]) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    """Return the dates that folded words name: the first word, the one after the last, and the names of the date.

    A date is a month with its year after it, and a day before or between them: ۱۵ اردیبهشت ماه ۱۴۰۳, May 4, 2024.
    """
    dates = []
    for at, word in enumerate(words):
        if word in months() and (found := _around(words, at)):
            dates.append(found)
    return tuple(dates)


def _around(words: Sequence[str], at: int) -> tuple[int, int, tuple[str, ...]] | None:
    start, end, day = at, at + 1, 0
    if at and _is_day(words[at - 1]):
        start, day = at - 1, int(words[at - 1])
    if end < len(words) and words[end] in FILLERS:
        end += 1
    elif not day and end < len(words) and _is_day(words[end]):
        day, end = int(words[end]), end + 1
    if end == len(words) or not _is_number(words[end], 4):
        return None
    year = int(words[end])
    month = next((month for calendar, month in months()[words[at]] if year in _YEARS[calendar]), 0)
    names = _name(year, month, day)
    return (start, end + 1, names) if names else None


def _is_number(word: str, length: int) -> bool:
    return len(word) == length and word.isascii() and word.isdigit()


def _is_day(word: str) -> bool:
    return _is_number(word, 1) or _is_number(word, 2)


@cache
def months() -> dict[str, tuple[tuple[str, int], ...]]:
    """Return the calendars and numbers of the months by folded name, with and without a half-space and ماه."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for calendar, month, written, _ in rows("months.tsv"):
        for name in fold_words((written, written + "\u200cماه", written + "ماه")):
            found[name] = (*found.get(name, ()), (calendar, int(month)))
    return found


def _name(year: int, month: int, day: int) -> tuple[str, ...]:
    """Return the day as ISO 8601 has it, where there is one, and the month in the calendar of the year."""
    calendar = next((calendar for calendar, years in _YEARS.items() if year in years), None)
    if calendar is None or not 1 <= month <= 12:
        return ()
    only_month = (f"{year}-{month:02}",)
    try:
        return (_day(calendar, year, month, day).isoformat(), *only_month) if day else only_month
    except ValueError:
        return ()


def _day(calendar: str, year: int, month: int, day: int) -> dt.date:
    if calendar == "gregorian":
        return dt.date(year, month, day)
    jalali: dt.date = import_module("persiantools.jdatetime").JalaliDate(year, month, day).to_gregorian()
    return jalali
