"""Dates as people and machines write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.dates import parse_date

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
