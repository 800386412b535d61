"""Which day, month or year does a written date name? ISO 8601, RFC 2822, the Solar Hijri calendar, in any digits."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias

from searchkit.documents import DAY, moment, parse_iso_date
from searchkit.errors import ArgumentError

_DIGITS = {start + value: str(value) for start in (0x6F0, 0x660) for value in range(10)}
_NUMERIC = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:[ T,-]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
)
_NAMED = re.compile(r"(?P<day>\d{1,2})\s+(?P<month>[^\W\d]+)\s+(?P<year>\d{4})")
_MONTH_OR_YEAR = re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2}))?|(?P<name>[^\W\d]+)\s+(?P<its_year>\d{4})")
_MONTHS = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]
_PERSIAN_LETTERS = {0x64A: "\u06cc"}
_LAST_JALALI_YEAR = 1599  # 2221 CE; a year from 1600 on is Gregorian
_JALALI_YEARS = range(1, 9378)
_BEFORE_JALALI = 621  # the first Jalali year began in 622 CE

Date: TypeAlias = dt.date | dt.datetime

Period: TypeAlias = tuple[int, int]
"""The first moment and the one after the last, as `documents.moment` counts them."""


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


def period(written: str | dt.date) -> Period:
    """Return the time that a date means: a day, month or year from its first moment on, or a single moment.

    Args:
        written: A date or a moment, in any form of `parse_date`; also a month ("1403/02", "2024-05", "اردیبهشت ۱۴۰۳")
            or a year ("1403", "2024").

    Raises:
        ArgumentError: It is none of them.

    >>> day = period(dt.date(2024, 5, 4))
    >>> day == period("2024-05-04") == period("۱۴۰۳/۲/۱۵")
    True
    >>> period("1403/02")[0] < day[0] < period("1403/02")[1] == period("خرداد 1403")[0]
    True
    """
    if isinstance(written, str):
        found = _month_or_year(written.strip().translate(_DIGITS)) or parse_date(written)
    else:
        found = written
    if isinstance(found, tuple):
        return found
    if not isinstance(found, dt.date):
        raise ArgumentError(f"{written!r} is no date; give a day, month or year such as 1403/02/15, 1403/02 or 2024")
    start = moment(found)
    return start, start + (1 if isinstance(found, dt.datetime) else DAY)


def _month_or_year(text: str) -> Period | None:
    match = _MONTH_OR_YEAR.fullmatch(text)
    if match is None:
        return None
    year, month = int(match["year"] or match["its_year"]), match["month"]
    try:
        if match["name"]:
            month = _MONTHS.index(match["name"].translate(_PERSIAN_LETTERS)) + 1
        return _first_moment(year, int(month or 1)), _first_moment(year, int(month or 12) + 1)
    except ValueError:
        return None


def _first_moment(year: int, month: int) -> int:
    """Return when a month begins, in the calendar of the year; the thirteenth is the first of the next year."""
    is_jalali = year <= _LAST_JALALI_YEAR
    year, month = (year + 1, 1) if month == 13 else (year, month)
    if is_jalali:
        return moment(_calendar()(year, month, 1).to_gregorian())
    return moment(dt.date(year, month, 1)) if year <= dt.MAXYEAR else moment(dt.date.max) + DAY


def jalali_year_starts(first: int, last: int) -> tuple[int, list[int]]:
    """Return the first Jalali year that is needed for some days, and on which day each year from it on begins.

    Args:
        first: A day, counted from 0001-01-01, which is 0.
        last: The last of the days. What lies before the first Jalali year, or after the last that is known, lies before
            or after all that is returned.

    >>> year, starts = jalali_year_starts(738_000, 738_400)
    >>> year, [dt.date.fromordinal(start + 1).isoformat() for start in starts]
    (1399, ['2020-03-20', '2021-03-21', '2022-03-21', '2023-03-21'])
    """
    low, high = (dt.date.fromordinal(day + 1).year - _BEFORE_JALALI for day in (first, last))
    years = range(max(low - 1, _JALALI_YEARS[0]), min(high + 1, _JALALI_YEARS[-1]) + 1)
    starts = [_first_moment_of(year) // DAY for year in years]
    if years and years[-1] == _JALALI_YEARS[-1]:
        starts.append(starts[-1] + 365)
    return (years[0] if years else _JALALI_YEARS[0]), starts


@cache
def _first_moment_of(jalali_year: int) -> int:
    return moment(_calendar()(jalali_year, 1, 1).to_gregorian())


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
    jalali: dt.date = _calendar()(year, month, day).to_gregorian()
    return jalali


def _calendar() -> Any:  # noqa: ANN401 (ships no types)
    return import_module("persiantools.jdatetime").JalaliDate
