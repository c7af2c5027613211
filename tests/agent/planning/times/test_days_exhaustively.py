"""Every day of four years and more, against oracles that search the calendar day by day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from agent.planning.times import resolve_date, resolve_date_time, time_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST = date(2023, 12, 25)
LAST = date(2028, 3, 5)
ONE_DAY = timedelta(days=1)
UTC = time_zone("UTC")
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def every_day() -> Iterator[date]:
    day = FIRST
    while day <= LAST:
        yield day
        day += ONE_DAY


def first_after(day: date, wanted: Callable[[date], bool], *, itself: bool) -> date:
    if not itself:
        day += ONE_DAY
    while not wanted(day):
        day += ONE_DAY
    return day


def monday_of(day: date) -> date:
    while day.weekday() != 0:
        day -= ONE_DAY
    return day


@pytest.mark.parametrize("index", range(7))
def test_weekdays(index: int) -> None:
    name = NAMES[index]

    def named(day: date) -> bool:
        return day.weekday() == index

    for today in every_day():
        now = datetime.combine(today, time(12, 0))
        nearest = first_after(today, named, itself=False)
        days_away = (nearest - today).days
        assert resolve_date(f"this {name}", now) == nearest
        # "next X": the nearest when 3 to 6 days away, the one a week later when 1 or 2; seven on an X.
        later = nearest + timedelta(days=7) if days_away in {1, 2} else nearest
        assert resolve_date(f"next {name}", now) == later
        assert resolve_date(name, now) == first_after(today, named, itself=True)
        assert resolve_date(f"{name} +1w 12:01", now) == first_after(today, named, itself=True) + 7 * ONE_DAY
        next_week = resolve_date(f"{name} next week", now)
        assert resolve_date(f"{name} next week +2w", now) == next_week + 14 * ONE_DAY
        assert named(next_week)
        assert monday_of(next_week) - monday_of(today) == timedelta(days=7)
        for clock, still_to_come in (("11:59", False), ("noon", False), ("12:01", True), ("24:00", True)):
            expected = first_after(today, named, itself=still_to_come)
            assert resolve_date(f"{name} {clock}", now) == expected
            assert resolve_date(f"this {name} {clock}", now) == nearest


def backwards_from_ten_years_later() -> Iterator[date]:
    day = LAST.replace(year=LAST.year + 10)
    while day >= FIRST:
        yield day
        day -= ONE_DAY


def test_dates_without_a_year() -> None:
    upcoming: dict[tuple[int, int], date] = {}
    for today in backwards_from_ten_years_later():
        passed_today = dict(upcoming)
        upcoming[today.month, today.day] = today
        if today > LAST:
            continue
        now = datetime.combine(today, time(12, 0))
        sample = [key for number, key in enumerate(upcoming) if number % 12 == today.toordinal() % 12]
        for month, day in [*sample, (2, 29), (today.month, today.day)]:
            text = f"{MONTHS[month - 1]} {day}"
            assert resolve_date(text, now) == upcoming[month, day]
            assert resolve_date(f"{text} 11:59", now) == passed_today[month, day]
            assert resolve_date(f"{text} 12:01", now) == upcoming[month, day]


def test_days_of_the_month() -> None:
    upcoming: dict[int, date] = {}
    for today in backwards_from_ten_years_later():
        passed_today = dict(upcoming)
        upcoming[today.day] = today
        if today > LAST:
            continue
        now = datetime.combine(today, time(12, 0))
        for day, expected in upcoming.items():
            assert resolve_date(f"day {day}", now) == expected
        assert resolve_date(f"day {today.day} 11:59", now) == passed_today[today.day]


def test_days_weeks_and_months_from_now() -> None:
    for today in every_day():
        now = datetime.combine(today, time(12, 0))
        for name, ahead in (("yesterday", -1), ("today", 0), ("tomorrow", 1), ("day after tomorrow", 2)):
            assert resolve_date(name, now) == today + timedelta(days=ahead)
        for count in (0, 1, 3, 30, 400):
            assert resolve_date(f"+{count}d", now) == today + timedelta(days=count)
            assert resolve_date(f"+{count}w", now) == today + timedelta(weeks=count)
        for count in (1, 2, 11, 12, 13):
            # The month's last day that is not after today's number, found by walking through that month.
            month = first_of_month_after(today, count)
            days = [
                month + timedelta(days=n)
                for n in range(31)
                if (month + timedelta(days=n)).month == month.month
            ]
            assert resolve_date(f"+{count}mo", now) == max(d for d in days if d.day <= today.day)


def first_of_month_after(day: date, months: int) -> date:
    day = day.replace(day=1)
    for _ in range(months):
        day = first_after(day, lambda d: d.day == 1, itself=False)
    return day


def test_every_minute_of_a_day_is_today_exactly_where_it_is_still_to_come() -> None:
    for today in every_day():
        now = datetime.combine(today, time(today.day % 24, today.toordinal() % 60, 20))
        for minute in range(today.month, 1440, 97):
            then = datetime.combine(today, time(minute // 60, minute % 60))
            expected = then if then > now else then + ONE_DAY
            assert resolve_date_time(f"{then:%H:%M}", now, UTC).value == expected
