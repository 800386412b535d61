"""Which day, month or year does a written date name? ISO 8601, RFC 2822, the Solar Hijri calendar, in any digits."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias

from searchkit.documents import DAY, moment, parse_iso_date
from searchkit.errors import ArgumentError
from searchkit.months import month_of

# Digits and letters of Arabic become Persian, half-spaces and bidi controls blanks.
_SIGNS: dict[int, str] = {
    **{start + value: str(value) for start in (0x6F0, 0x660) for value in range(10)},
    **dict.fromkeys((0xA0, 0x200C, 0x202F), " "),
    **dict.fromkeys((0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), ""),
    0x64A: "\u06cc",
    0x643: "\u06a9",
}
_LONGEST = 200  # characters that may be a date
_MONTH_OR_YEAR = re.compile(
    r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2}))?|(?P<name>[^\W\d]+?)\s?(?:ماه)?\s+(?P<its_year>\d{4})"
)
_LABEL = re.compile(
    r"(?:(?:تاریخ|زمان|روز)(?: (?:انتشار|درج|ثبت|ایجاد|نگارش|خبر))?|انتشار|مورخ|منتشر شده(?: در)?|نوشته شده در"
    r"|(?:published|posted|updated|date)(?: on)?)\s*:?\s+"
)
_WEEKDAY = re.compile(
    r"(?:روز\s+)?(?:(?:(?:یک|دو|سه|چهار|پنج)?\s?شنبه|جمعه|آدینه)|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\.?[\s,،:-]+"
)
_ERA = re.compile(r"\s(?:(?:هجری )?(?:شمسی|خورشیدی)|هـ?\.?\s?ش\.?|(?P<gregorian>میلادی))\Z")
_AROUND = r"[\s,،|/•·–—-]*"
_TIME = re.compile(
    rf"{_AROUND}(?:(?:در\s+)?ساعت\s*:?|at|t)?\s*(?<!\d)(?:(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})"
    r"|(?<=ساعت )(?P<only_hour>\d{1,2})(?!\d|:))(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?(?!\d)"
    r"(?:\s*(?P<half>am|pm|ق\.?ظ\.?|ب\.?ظ\.?|صبح|عصر|(?:قبل|پیش) از ظهر|بعد از ظهر|بعدازظهر))?"
    rf"(?:\s*(?P<zone>z|(?:utc|gmt)?[+-]\d{{2}}:?\d{{2}}|utc|gmt)(?![^\W_]))?(?:\s*\([^()]*\))?{_AROUND}"
)
_MORNING = ("am", "ق", "صبح", "قبل", "پیش")
_DAY_NAMES = (
    "اول دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم یازدهم دوازدهم سیزدهم چهاردهم پانزدهم شانزدهم هفدهم هجدهم نوزدهم"
)
_IN_WORDS = {
    **{name: day for day, name in enumerate((*_DAY_NAMES.split(), "بیستم"), 1)},
    **{f"بیست و {name}": day for day, name in enumerate(("یکم", *_DAY_NAMES.split()[1:9]), 21)},
    "یکم": 1,
    "هیجدهم": 18,
    "سی ام": 30,
    "سیم": 30,
    "سی و یکم": 31,
}
_BETWEEN = r"[\s,،./-]*"
_DAY = rf"(?P<day>\d{{1,2}}|{'|'.join(sorted(_IN_WORDS, key=len, reverse=True))})(?:st|nd|rd|th|\s?ام|م)?(?:\s+of)?"
_MONTH = r"(?P<month>اردی بهشت|[^\W\d]+?)\s?(?:ماه)?"
_YEAR = r"(?:سال\s+)?(?P<year>\d{4})"
_DAYS = (
    re.compile(r"(?P<year>\d{4})(?P<sep>\s?[-/.]\s?)(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})"),
    re.compile(r"(?P<year>1[34]\d{2})(?P<month>\d{2})(?P<day>\d{2})"),
    re.compile(r"(?P<first>\d{1,2})(?P<sep>\s?[-/.]\s?)(?P<second>\d{1,2})(?P=sep)(?P<year>\d{4})"),
    re.compile(rf"{_DAY}{_BETWEEN}{_MONTH}{_BETWEEN}{_YEAR}"),
    re.compile(rf"{_MONTH}{_BETWEEN}{_DAY}{_BETWEEN}{_YEAR}"),
    re.compile(rf"{_YEAR}{_BETWEEN}{_MONTH}{_BETWEEN}{_DAY}"),
)
_FOUR_DIGITS = re.compile(r"(?<![\d+-])\d{4}(?!\d)")
_LAST_JALALI_YEAR = 1599  # 2221 CE; a year from 1600 on is Gregorian
_JALALI_YEARS = range(1, 9378)
_BEFORE_JALALI = 621  # the first Jalali year began in 622 CE

Date: TypeAlias = dt.date | dt.datetime

Period: TypeAlias = tuple[int, int]
"""The first moment and the one after the last, as `documents.moment` counts them."""


def parse_date(text: str) -> Date | None:
    """Read a date as people and machines write it; None where it is none of these forms, or not certain.

    A year before 1600 is of the Solar Hijri calendar (1403 began in March 2024). Years of two digits, lunar months, and
    04/05/2024, which is a day of April or of May, are not certain. A time after the day, or before it, makes a moment.

    >>> parse_date("2024-05-04T10:30:00+03:30").isoformat()
    '2024-05-04T10:30:00+03:30'
    >>> parse_date("1403/02/15") == parse_date("شنبه ۱۵ اردیبهشت ماه ۱۴۰۳") == dt.date(2024, 5, 4)
    True
    >>> parse_date("Sat, 04 May 2024 10:30:00 GMT").date()
    datetime.date(2024, 5, 4)
    >>> parse_date("spring") is None
    True
    """
    text = " ".join(text[: _LONGEST + 1].translate(_SIGNS).split())
    if not text or len(text) > _LONGEST:
        return None
    for attempt in (_iso, _written, _mail):
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
        found = _month_or_year(written.translate(_SIGNS).strip()) or parse_date(written)
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
            month = month_of(match["name"], year)
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


def _iso(text: str) -> dt.date | dt.datetime | None:
    found = dt.date.fromisoformat(text) if len(text) == 8 else parse_iso_date(text)
    return None if found.year <= _LAST_JALALI_YEAR else found


def _written(text: str) -> Date | None:
    """Read a day with its weekday, its era and a time around it."""
    rest = _LABEL.sub("", text.lower(), count=1) if _LABEL.match(text.lower()) else text.lower()
    time = _TIME.search(rest)
    if time is not None:
        rest = f"{rest[: time.start()]} {rest[time.end() :]}".strip()
    weekday = _WEEKDAY.match(rest)
    rest = rest[weekday.end() :] if weekday else rest
    day = _written_day(rest.strip(" ,،|/•·–—-"))
    return day if time is None or day is None else dt.datetime.combine(day, _time(time), _zone(time["zone"]))


def _written_day(text: str) -> dt.date | None:
    era = _ERA.search(text)
    text = text[: era.start()] if era else text
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _DAYS)), None)
    if match is None:
        return None
    parts = match.groupdict()
    year = int(parts["year"])
    if era is not None and (era["gregorian"] is None) != (year <= _LAST_JALALI_YEAR):
        return None
    if "first" in parts:
        return _day_first(int(parts["first"]), int(parts["second"]), year)
    day, month = parts["day"], parts["month"]
    number = int(month) if month.isdigit() else month_of(month.replace(" ", ""), year)
    return _day(year, number, _IN_WORDS[day] if day in _IN_WORDS else int(day))


def _day_first(first: int, second: int, year: int) -> dt.date | None:
    """Read 15/2/1403; in the Gregorian calendar some write the month first, so the numbers have to tell."""
    if year <= _LAST_JALALI_YEAR or first > 12 or first == second:
        return _day(year, second, first)
    return _day(year, first, second) if second > 12 else None


def _time(match: re.Match[str]) -> dt.time:
    hour, half = int(match["hour"] or match["only_hour"]), match["half"] or ""
    if half.startswith(_MORNING):
        if hour > 12:
            raise ValueError(f"{hour} is no hour of a morning")
        hour = 0 if hour == 12 and half != "صبح" else hour
    elif half and hour < 12:
        hour += 12
    fraction = int((match["fraction"] or "0")[:6].ljust(6, "0"))
    return dt.time(hour, int(match["minute"] or 0), int(match["second"] or 0), fraction)


def _zone(written: str | None) -> dt.tzinfo | None:
    if not written:
        return None
    digits = "".join(filter(str.isdigit, written))
    if not digits:
        return dt.UTC
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-offset if "-" in written else offset)


def _mail(text: str) -> dt.datetime | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- wanted by few pages

    if not _FOUR_DIGITS.search(text):
        return None
    found = parsedate_to_datetime(text)
    return None if found.year <= _LAST_JALALI_YEAR else found


def _day(year: int, month: int, day: int) -> dt.date:
    if year > _LAST_JALALI_YEAR:
        return dt.date(year, month, day)
    jalali: dt.date = _calendar()(year, month, day).to_gregorian()
    return jalali


def _calendar() -> Any:  # noqa: ANN401 (ships no types)
    return import_module("persiantools.jdatetime").JalaliDate
