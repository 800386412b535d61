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
        ("یکشنبه ۱۶ اردیبهشت ۱۴۰۳ - ۱۲:۳۰", dt.datetime(2024, 5, 5, 12, 30)),  # noqa: DTZ001
        ("یک\u200cشنبه، ۱۶ اردیبهشت\u200cماه ۱۴۰۳، ساعت ۱۲:۳۰", dt.datetime(2024, 5, 5, 12, 30)),  # noqa: DTZ001
        ("۱۲:۳۰ - ۱۶ اردیبهشت ۱۴۰۳", dt.datetime(2024, 5, 5, 12, 30)),  # noqa: DTZ001
        ("سه شنبه 15 خرداد 1403 | 09:05", dt.datetime(2024, 6, 4, 9, 5)),  # noqa: DTZ001
        ("پنجشنبه ۲۰ اردیبهشت ۱۴۰۳ در ساعت ۷:۱۵ ب.ظ", dt.datetime(2024, 5, 9, 19, 15)),  # noqa: DTZ001
        ("شنبه 1403/2/15 12:05 ق.ظ", dt.datetime(2024, 5, 4, 0, 5)),  # noqa: DTZ001
        ("پنجشنبه ۳ خرداد ۱۴۰۳ ساعت ۱۸", dt.datetime(2024, 5, 23, 18)),  # noqa: DTZ001
        ("۱۵ اردی\u200cبهشت ۱۴۰۳", DAY),
        ("15th of Ordibehesht 1403", DAY),
        ("۶ تیرماه ۱۴۰۴", dt.date(2025, 6, 27)),
        ("۱۶ اردیبهشت ماه ۱۴۰۳", dt.date(2024, 5, 5)),
        ("۷ مهر ماه سال ۱۴۰۲", dt.date(2023, 9, 29)),
        ("جمعه ۷ مهرماه ۱۴۰۲", dt.date(2023, 9, 29)),
        ("1403-02-15T10:30:00Z", dt.datetime(2024, 5, 4, 10, 30, tzinfo=dt.UTC)),
        ("1403-02-15T10:30:00.250+03:30", dt.datetime(2024, 5, 4, 10, 30, 0, 250_000, TEHRAN)),
        ("2024/05/04 10:30 +0330", dt.datetime(2024, 5, 4, 10, 30, tzinfo=TEHRAN)),
        ("14030215", DAY),
        ("1403 / 2 / 15", DAY),
        ("15/02/1403", DAY),
        ("۱۵-۰۲-۱۴۰۳", DAY),
        ("25/12/2024", dt.date(2024, 12, 25)),
        ("12/25/2024", dt.date(2024, 12, 25)),
        ("اردیبهشت ۱۵, ۱۴۰۳", DAY),
        ("پانزدهم اردیبهشت ۱۴۰۳", DAY),
        ("سی و یکم مرداد ۱۴۰۳", dt.date(2024, 8, 21)),
        ("۱۵ اردیبهشت ۱۴۰۳ شمسی", DAY),
        ("15/2/1403 ه.ش", DAY),
        ("تاریخ انتشار: ۱۵ اردیبهشت ۱۴۰۳", DAY),
        ("\u200f۱۵ اردیبهشت ۱۴۰۳\u200e", DAY),
        ("15 Ordibehesht 1403", DAY),
        ("۱۵ ثور ۱۴۰۳", DAY),
        ("۱۵ غویی ۱۴۰۳", DAY),
        ("۱۵ گوڵانی ۱۴۰۳", None),
        ("۱۵ گوڵان ۱۴۰۳", DAY),
        ("۴ مه ۲۰۲۴", DAY),
        ("شنبه ۴ می ۲۰۲۴ میلادی", DAY),
        ("May 4, 2024", DAY),
        ("4th May 2024", DAY),
        ("Saturday, May 4, 2024 10:30 PM", dt.datetime(2024, 5, 4, 22, 30)),  # noqa: DTZ001
        ("Sat May  4 10:30:00 2024", dt.datetime(2024, 5, 4, 10, 30)),  # noqa: DTZ001
        ("Sat May 04 2024 10:30:00 GMT+0330 (Iran Time)", dt.datetime(2024, 5, 4, 10, 30, tzinfo=TEHRAN)),
        ("4-May-2024", DAY),
        # what is not certain
        ("04/05/2024", None),
        ("15/02/03", None),
        ("03/02/15", None),
        ("۱۵ اردیبهشت ۰۳", None),
        ("Sat, 04 May 24 10:30:00 GMT", None),
        ("۲۵ شوال ۱۴۴۵", None),
        ("۱۵ اردیبهشت ۲۰۲۴", None),
        ("۱۵ اردیبهشت ۱۴۰۳ میلادی", None),
        ("1445/10/25 ه.ق", None),
        ("4 May 1403", None),
        ("۱۵ ثور ۱۳۰۰", None),  # a month of another length
        ("۱۵ اردیبهشت", None),
        ("۱۵ اردیبهشت ۱۴۰۳ ساعت ۲۵:۱۰", None),
        ("13:30 صبح 1403/2/15", None),
        ("1403/02-15", None),
        ("۱۵ و ۱۶ اردیبهشت ۱۴۰۳", None),
        ("1" * 300, None),
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


MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
WEEKDAYS = "دوشنبه سه\u200cشنبه چهارشنبه پنج\u200cشنبه جمعه شنبه یکشنبه".split()
SHAPES = (
    "{y}/{m:02}/{d:02}",
    "{y}-{m:02}-{d:02}",
    "{d:02}/{m:02}/{y}",
    "{d} {name} {y}",
    "{d} {name}ماه {y}",
    "{d} {name} ماه {y}",
    "{weekday} {d} {name} {y}",
    "{weekday}، {d} {name}\u200cماه سال {y} شمسی",
    "{name} {d}, {y}",
)


@given(st.dates(dt.date(1922, 1, 1), dt.date(2200, 1, 1)), st.sampled_from(SHAPES), st.times(), st.booleans())
def test_a_day_is_read_in_each_shape_and_with_a_time(day, shape, time, persian):
    jalali = JalaliDate(day)
    name, weekday = MONTHS[jalali.month - 1], WEEKDAYS[day.weekday()]
    written = shape.format(y=jalali.year, m=jalali.month, d=jalali.day, name=name, weekday=weekday)
    written = written.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) if persian else written
    assert parse_date(written) == day
    moment_of = dt.datetime.combine(day, time.replace(second=0, microsecond=0))
    for between in (" - ", " ساعت ", "، ", " | ", " "):
        assert parse_date(f"{written}{between}{time:%H:%M}") == moment_of


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
        ("اردیبهشت\u200cماه ۱۴۰۳", at(2024, 4, 20), at(2024, 5, 21)),
        ("تیرماه ۱۴۰۳", at(2024, 6, 21), at(2024, 7, 22)),
        ("ثور 1403", at(2024, 4, 20), at(2024, 5, 21)),
        ("May 2024", at(2024, 5, 1), at(2024, 6, 1)),
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
    "written", ["", "spring", "1403/13", "1403/0", "0000", "14033", "1404/12/30", "بهار 1403", "1403/", "مهر 2024"]
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
