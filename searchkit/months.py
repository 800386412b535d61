"""Which month of which calendar has a name? Names of months that can mean no other one.

Lunar months are left out: on which day one begins hangs on who saw the moon.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

Calendar = Literal["jalali", "zodiac", "gregorian"]
"""`zodiac`: months of the Solar Hijri year under names that once stood for months of other lengths."""

# A row a spelling, twelve months each; where a name is spelled in more ways, the rows after it repeat the others.
_NAMES: tuple[tuple[Calendar, str], ...] = (
    ("jalali", "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"),
    ("jalali", "فروردین اردیبهشت خرداد تیر امرداد شهریور مهر ابان اذر دی بهمن اسفند"),
    ("jalali", "farvardin ordibehesht khordad tir mordad shahrivar mehr aban azar dey bahman esfand"),
    ("jalali", "farvardin ordibehesht khordaad teer amordad shahrivar mehr aaban aazar dei bahman isfand"),
    # Kurdish (Sorani), of the calendar of Iran
    ("jalali", "خاکەلێوە گوڵان جۆزەردان پووشپەڕ گەلاوێژ خەرمانان ڕەزبەر گەڵاڕێزان سەرماوەز بەفرانبار ڕێبەندان ڕەشەمە"),
    ("jalali", "خاکەلێوە بانەمەڕ جۆزەردان پووشپەر گەلاوێژ خەرمانان رەزبەر خەزەڵوەر سەرماوەز بەفرانبار رێبەندان ڕەشەمێ"),
    # Dari and Pashto
    ("zodiac", "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت"),
    ("zodiac", "وری غویی غبرګولی چنګاښ زمری وږی تله لړم لیندۍ مرغومی سلواغه کب"),
    ("gregorian", "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر"),
    ("gregorian", "جنوری فبروری مارچ اپریل می جون جولای اگست سپتمبر اکتوبر نومبر دسمبر"),  # as in Kabul
    ("gregorian", "ژانویه فوریه مارس آپریل مه ژوین ژوییه آگوست سپتامبر اکتبر نوامبر دسامبر"),
    ("gregorian", "ژانویه فوریه مارس اوریل مه جون جولای اگوست سپتامبر اکتبر نوامبر دسامبر"),
    ("gregorian", "january february march april may june july august september october november december"),
    ("gregorian", "jan feb mar apr may jun jul aug sep oct nov dec"),
    ("gregorian", "jan feb mar apr may june july aug sept oct nov dec"),
)
_ZODIAC_FROM = 1337  # the year after Afghanistan gave its months the lengths that they have in Iran
_FIRST_GREGORIAN = 1600


class _Month(NamedTuple):
    calendar: Calendar
    number: int


def month_of(name: str, year: int) -> int:
    """Return the number of a month, 1 to 12, which has this name in a year; a year before 1600 is Solar Hijri.

    Raises:
        ValueError: It is none that is known, or of another calendar than the year.

    >>> month_of("اردیبهشت", 1403), month_of("ثور", 1403), month_of("May", 2024)
    (2, 2, 5)
    """
    found = _months().get(name.lower())
    if found is None:
        raise ValueError(f"no month is called {name!r}")
    first, last = {
        "jalali": (1, _FIRST_GREGORIAN - 1),
        "zodiac": (_ZODIAC_FROM, _FIRST_GREGORIAN - 1),
        "gregorian": (_FIRST_GREGORIAN, 9999),
    }[found.calendar]
    if not first <= year <= last:
        raise ValueError(f"{name} is no month of a year {year}")
    return found.number


@cache
def _months() -> dict[str, _Month]:
    return {
        name: _Month(calendar, number) for calendar, names in _NAMES for number, name in enumerate(names.split(), 1)
    }
