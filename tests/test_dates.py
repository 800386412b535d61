"""Dates as people and machines write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from searchkit import ArgumentError
from searchkit.dates import jalali_year_starts, parse_date, period
from searchkit.documents import DAY as MICROSECONDS
from searchkit.documents import moment

DAY = dt.date(2024, 5, 4)  # 15 Ordibehesht 1403
TEHRAN = dt.timezone(dt.timedelta(hours=3, minutes=30))


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("2024-05-04", DAY),
        ("20240504", DAY),
        ("2024/5/4", DAY),
        (" ۲۰۲۴-۰۵-۰۴ ", DAY),
        ("1403/02/15", DAY),
        ("1403-02-15", DAY),
        ("۱۴۰۳/۰۲/۱۵", DAY),
        ("١٤٠٣/٢/١٥", DAY),
        ("۱۵ اردیبهشت ۱۴۰۳", DAY),
        ("15 ارديبهشت 1403", DAY),
        ("1403/12/30", dt.date(2025, 3, 20)),  # a leap year
        ("1404/12/30", None),
        ("2024-05-04T10:30:00+03:30", dt.datetime(2024, 5, 4, 10, 30, tzinfo=TEHRAN)),
        ("2024-05-04T10:30:00Z", dt.datetime(2024, 5, 4, 10, 30, tzinfo=dt.UTC)),
        ("2024-05-04 10:30", dt.datetime(2024, 5, 4, 10, 30)),  # noqa: DTZ001
        ("1403/02/15 10:30:05", dt.datetime(2024, 5, 4, 10, 30, 5)),  # noqa: DTZ001
        ("Sat, 04 May 2024 10:30:00 GMT", dt.datetime(2024, 5, 4, 10, 30, tzinfo=dt.UTC)),
        ("2024-13-01", None),
        ("1403/07/31", None),
        ("15 بهار 1403", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(written, means):
    assert parse_date(written) == means


@given(st.text())
def test_any_text_is_a_date_or_none(text):
    assert parse_date(text) is None or isinstance(parse_date(text), dt.date)


@given(st.dates(min_value=dt.date(1700, 1, 1)))
def test_iso_dates_come_back(date):
    assert parse_date(date.isoformat()) == date


def at(*day):
    return moment(dt.date(*day))


@pytest.mark.parametrize(
    ("written", "first", "after"),
    [
        ("1403", at(2024, 3, 20), at(2025, 3, 21)),
        (" ۱۴۰۳ ", at(2024, 3, 20), at(2025, 3, 21)),
        ("1403/01", at(2024, 3, 20), at(2024, 4, 20)),
        ("1403-12", at(2025, 2, 19), at(2025, 3, 21)),
        ("1404.12", at(2026, 2, 20), at(2026, 3, 21)),
        ("ارديبهشت ۱۴۰۳", at(2024, 4, 20), at(2024, 5, 21)),
        ("1403/02/15", at(2024, 5, 4), at(2024, 5, 5)),
        ("2024", at(2024, 1, 1), at(2025, 1, 1)),
        ("2024/2", at(2024, 2, 1), at(2024, 3, 1)),
        ("2024-12", at(2024, 12, 1), at(2025, 1, 1)),
        ("9999-12", at(9999, 12, 1), at(9999, 12, 31) + MICROSECONDS),
        ("1599", at(2220, 3, 21), at(2221, 3, 21)),
        ("2024-05-04T10:30", at(2024, 5, 4) + 37_800_000_000, at(2024, 5, 4) + 37_800_000_001),
        (dt.date(2024, 5, 4), at(2024, 5, 4), at(2024, 5, 5)),
        (dt.datetime(2024, 5, 4, tzinfo=TEHRAN), at(2024, 5, 4), at(2024, 5, 4) + 1),
    ],
    ids=str,
)
def test_which_time_a_date_means(written, first, after):
    assert period(written) == (first, after)


@pytest.mark.parametrize(
    "written", ["", "spring", "1403/13", "1403/0", "0000", "14033", "1404/12/30", "بهار 1403", "1403/"]
)
def test_what_means_no_time(written):
    with pytest.raises(ArgumentError, match="give a day, month or year"):
        period(written)


@given(st.dates(dt.date(622, 3, 22), dt.date(9999, 3, 19)))
def test_a_day_lies_in_its_jalali_year(day):
    first, starts = jalali_year_starts(day.toordinal() - 1, day.toordinal() - 1)
    before = [start for start in starts if start <= day.toordinal() - 1]
    assert first + len(before) - 1 == JalaliDate(day).year
    assert len(before) < len(starts)


@given(st.dates(dt.date(1622, 1, 1), dt.date(2200, 1, 1)))
def test_day_month_and_year_lie_in_one_another(day):
    jalali = JalaliDate(day)
    names = [f"{jalali.year}", f"{jalali.year}/{jalali.month}", f"{jalali.year}/{jalali.month}/{jalali.day}"]
    for spans in ([*map(period, names)], [period(str(day)[:size]) for size in (4, 7, 10)]):
        (year, month, date) = spans
        assert year[0] <= month[0] <= date[0] == moment(day) < date[1] <= month[1] <= year[1]
