"""Which day does a written date name? ISO 8601, RFC 2822, and the Solar Hijri calendar of Iran, in any digits."""

from __future__ import annotations

import datetime as dt
import re
from importlib import import_module

from searchkit.documents import parse_iso_date

_DIGITS = {start + value: str(value) for start in (0x6F0, 0x660) for value in range(10)}
_NUMERIC = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:[ T,-]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
)
_NAMED = re.compile(r"(?P<day>\d{1,2})\s+(?P<month>[^\W\d]+)\s+(?P<year>\d{4})")
_MONTHS = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]
_PERSIAN_LETTERS = {0x64A: "\u06cc"}
_LAST_JALALI_YEAR = 1599  # 2221 CE; a year from 1600 on is Gregorian


def parse_date(text: str) -> dt.date | dt.datetime | None:
    """Read a date as people and machines write it; None where it is none of these forms.

    A year before 1600 is of the Solar Hijri calendar (1403 began in March 2024).

    >>> parse_date("2024-05-04T10:30:00+03:30").isoformat()
    '2024-05-04T10:30:00+03:30'
    >>> parse_date("1403/02/15") == parse_date("۱۵ اردیبهشت ۱۴۰۳") == dt.date(2024, 5, 4)
    True
    >>> parse_date("Sat, 04 May 2024 10:30:00 GMT").date()
    datetime.date(2024, 5, 4)
    >>> parse_date("spring") is None
    True
    """
    text = text.strip().translate(_DIGITS)
    for attempt in (_numeric, _iso, _named, _mail):
        try:
            found = attempt(text)
        except (ValueError, OverflowError, IndexError, TypeError):
            continue
        if found is not None:
            return found
    return None


def _numeric(text: str) -> dt.date | dt.datetime | None:
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    day = _day(int(match["year"]), int(match["month"]), int(match["day"]))
    if match["hour"] is None:
        return day
    return dt.datetime.combine(day, dt.time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0)))


def _iso(text: str) -> dt.date | dt.datetime | None:
    found = dt.date.fromisoformat(text) if len(text) == 8 else parse_iso_date(text)
    return None if found.year <= _LAST_JALALI_YEAR else found


def _named(text: str) -> dt.date | None:
    match = _NAMED.fullmatch(text)
    if match is None:
        return None
    month = _MONTHS.index(match["month"].translate(_PERSIAN_LETTERS)) + 1
    return _day(int(match["year"]), month, int(match["day"]))


def _mail(text: str) -> dt.datetime | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- wanted by few pages

    found = parsedate_to_datetime(text)
    return None if found.year <= _LAST_JALALI_YEAR else found


def _day(year: int, month: int, day: int) -> dt.date:
    if year > _LAST_JALALI_YEAR:
        return dt.date(year, month, day)
    jalali: dt.date = import_module("persiantools.jdatetime").JalaliDate(year, month, day).to_gregorian()
    return jalali
