"""Which date a day that was said means."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, assert_never

from agent.errors import NoSuchDate
from agent.planning.times._expression import (
    MONTHS,
    CalendarDay,
    Clock,
    Day,
    DayOfMonth,
    MonthDay,
    NamedDay,
    Shift,
    Unit,
    Weekday,
    WeeksLater,
    Which,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LAST_YEAR = date.max.year
_SMALL_HOURS = Clock(5 * 3_600)


def at(day: date, clock: Clock) -> datetime:
    """Return the wall time of a clock on a day; ``24:00`` is the next day's midnight."""
    return datetime.combine(day, time()) + timedelta(seconds=clock.seconds)


def find_day(day: Day, clock: Clock | None, now: datetime) -> date:
    """Return the date that is meant, said at ``now`` together with the time ``clock``.

    - ``today`` with a time before 5:00 that has passed is the coming night ("tonight at midnight").
    - A bare weekday, a date without a year and a day of the month are the next such day; today counts
      where its time is still to come or no time is said.
    - ``this X`` is the nearest X after today; ``next X`` the nearest that is three or more days away
      (seven on an X); ``X next week`` is in the next calendar week, Monday first.
    - ``X +1w`` ("a week on X") is a week after that X.
    - ``+1mo`` on a day that the month has not is the last day of that month.

    Raises:
        NoSuchDate: the calendar has no such day; the message names it.
        OverflowError: the day is after the year 9999.

    """
    today = now.date()
    match day:
        case NamedDay(days):
            passed = clock is not None and clock.seconds < _SMALL_HOURS.seconds and at(today, clock) <= now
            return today + timedelta(days=days + (1 if days == 0 and passed else 0))
        case Shift(count, unit):
            return shift(today, count, unit)
        case Weekday(index, which):
            return _weekday(index, which, clock, now)
        case WeeksLater(first, weeks):
            # Whether the time has passed today says which Friday comes next, not which day is tomorrow.
            begins = find_day(first, clock if isinstance(first, Weekday) else None, now)
            return shift(begins, weeks, Unit.WEEK)
        case MonthDay(month, number, next_year):
            if next_year:
                return _calendar_day(today.year + 1, month, number)
            if number > calendar.monthrange(2024, month)[1]:  # a leap year: the most days that a month has
                raise NoSuchDate(
                    f"{MONTHS[month - 1]} {number} does not exist: say a day that {MONTHS[month - 1]} has",
                    value=f"{MONTHS[month - 1]} {number}",
                )
            years = ((year, month) for year in range(today.year, _LAST_YEAR + 1))
            return first_coming(_existing_days(years, number), clock, now)
        case DayOfMonth(number, next_month):
            if next_month:
                coming = shift(today, 1, Unit.MONTH)
                return _calendar_day(coming.year, coming.month, number)
            return first_coming(_existing_days(_months(today.year, today.month), number), clock, now)
        case CalendarDay(year, month, number):
            return _calendar_day(year, month, number)
        case _:
            assert_never(day)


def first_coming(days: Iterable[date], clock: Clock | None, now: datetime) -> date:
    """Return the first day whose time is later than ``now``, or, without a time, that is not before today."""
    for day in days:
        if day >= now.date() if clock is None else at(day, clock) > now:
            return day
    raise OverflowError("the calendar ends")


def every(start: date, days: int) -> Iterator[date]:
    """Yield ``start`` and every so many days after it."""
    while True:
        yield start
        start += timedelta(days=days)


def shift(day: date, count: int, unit: Unit) -> date:
    """Return the day so many days, weeks or months later (or earlier); its last in too short a month."""
    if unit is not Unit.MONTH:
        return day + timedelta(days=count * (7 if unit is Unit.WEEK else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not 1 <= year <= _LAST_YEAR:
        raise OverflowError("the calendar ends")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _weekday(index: int, which: Which, clock: Clock | None, now: datetime) -> date:
    today = now.date()
    ahead = (index - today.weekday()) % 7
    if which is Which.NEAREST:
        return first_coming(every(today + timedelta(days=ahead), 7), clock, now)
    if which is Which.NEXT_WEEK:
        return today + timedelta(days=7 - today.weekday() + index)
    if ahead == 0 or (which is Which.NEXT and ahead < 3):
        ahead += 7
    return today + timedelta(days=ahead)


def _calendar_day(year: int, month: int, day: int) -> date:
    name = f"{year:04}-{month:02}-{day:02}"
    if year > _LAST_YEAR:
        raise OverflowError("the calendar ends")
    if year < 1 or not 1 <= month <= 12:
        raise NoSuchDate(f"{name} does not exist: months are 01 to 12", value=name)
    length = calendar.monthrange(year, month)[1]
    if not 1 <= day <= length:
        raise NoSuchDate(f"{name} does not exist: {MONTHS[month - 1]} {year} has {length} days", value=name)
    return date(year, month, day)


def _months(year: int, month: int) -> Iterator[tuple[int, int]]:
    while year <= _LAST_YEAR:
        yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _existing_days(months: Iterable[tuple[int, int]], day: int) -> Iterator[date]:
    for year, month in months:
        if day <= calendar.monthrange(year, month)[1]:
            yield date(year, month, day)
