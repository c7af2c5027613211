"""Dates, times of day, durations, weekdays and time zones, each by itself."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from agent.errors import NoSuchDate, UnknownTimeZone, UnreadableTime
from agent.planning.times import (
    parse_duration,
    resolve_date,
    resolve_date_time,
    resolve_time_of_day,
    resolve_weekdays,
    time_zone,
)

UTC = ZoneInfo("UTC")
FRIDAY = "2026-01-16T12:00:30"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7:15", "07:15"),
        ("19:15", "19:15"),
        ("7am", "07:00"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("12:30am", "00:30"),
        ("3:30pm", "15:30"),
        ("noon", "12:00"),
        ("midnight", "00:00"),
        ("24:00", "00:00"),
        ("15 to 8", "07:45"),
        ("15 to 8pm", "19:45"),
        ("30 to 8", "07:30"),
        ("10 past 6", "06:10"),
        ("10 past 6pm", "18:10"),
        ("15 to 1am", "00:45"),
        ("15 to 1pm", "12:45"),
        ("5 to 22", "21:55"),
        ("5 to 0", "23:55"),
        ("5 past noon", "12:05"),
        ("2026-01-20T07:30:00", "07:30"),
        ("+20m", "12:20"),
        ("+12h", "00:00"),
    ],
)
def test_a_time_of_day_is_hours_and_minutes(text: str, expected: str) -> None:
    now = datetime.fromisoformat(FRIDAY)
    assert resolve_time_of_day(text, now, UTC).isoformat("minutes") == expected


def test_an_alarm_in_some_seconds_rings_at_a_minute_that_is_still_to_come() -> None:
    now = datetime.fromisoformat("2026-01-16T12:00:10")
    assert resolve_time_of_day("+45s", now, UTC).isoformat("minutes") == "12:01"


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("+1mo", "2026-01-31", "2026-02-28"),
        ("+1mo", "2024-01-31", "2024-02-29"),
        ("+1mo", "2026-12-31", "2027-01-31"),
        ("+12mo", "2024-02-29", "2025-02-28"),
        ("+48mo", "2024-02-29", "2028-02-29"),
        ("+1d", "2024-02-28", "2024-02-29"),
        ("+1d", "2025-02-28", "2025-03-01"),
        ("tomorrow", "2026-12-31", "2027-01-01"),
        ("day 31", "2026-01-31", "2026-01-31"),
        ("day 31", "2026-02-01", "2026-03-31"),
        ("day 31", "2026-04-30", "2026-05-31"),
        ("day 30", "2026-01-31", "2026-03-30"),
        ("day 29", "2024-02-01", "2024-02-29"),
        ("day 29", "2025-02-01", "2025-03-29"),
        ("day 1", "2026-12-02", "2027-01-01"),
        ("day 1 next month", "2026-12-02", "2027-01-01"),
        ("february 29", "2025-01-01", "2028-02-29"),
        ("february 29", "2024-02-29", "2024-02-29"),
        ("february 29", "2024-03-01", "2028-02-29"),
        ("february 29", "2097-01-01", "2104-02-29"),
        ("february 29 2028", "2025-01-01", "2028-02-29"),
    ],
)
def test_month_ends_and_leap_days(text: str, now: str, expected: str) -> None:
    assert resolve_date(text, datetime.fromisoformat(now)).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("february 30", "february 30"),
        ("april 31", "april 31"),
        ("february 29 2027", "2027-02-29"),
        ("february 29 next year", "2027-02-29"),
        ("2026-02-30", "2026-02-30"),
        ("2026-02-30T10:00:00", "2026-02-30"),
        ("day 31 next month", "2026-02-31"),
        ("2026-13-01", "2026-13-01"),
        ("2026-00-01", "2026-00-01"),
        ("0000-01-01", "0000-01-01"),
        ("2026-01-00", "2026-01-00"),
    ],
)
def test_a_day_that_does_not_exist_is_an_error_that_names_it(text: str, named: str) -> None:
    for resolve in (
        lambda: resolve_date(text, datetime.fromisoformat(FRIDAY)),
        lambda: resolve_date_time(text, datetime.fromisoformat(FRIDAY), UTC),
    ):
        with pytest.raises(NoSuchDate) as caught:
            resolve()
        assert caught.value.metadata["value"] == named
        assert named in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "7:00",
        "thursday",
        "next friday",
        "friday next week",
        "january 1",
        "january 1 next year",
        "day 1",
        "day 1 next month",
        "+1mo",
        "+9999w",
        "+9999h",
    ],
)
def test_what_lies_after_the_last_year_of_the_calendar_is_an_error(text: str) -> None:
    now = datetime.fromisoformat("9999-12-31T23:00:00")
    with pytest.raises(NoSuchDate):
        resolve_date_time(text, now, UTC)
    if "h" not in text:
        with pytest.raises((NoSuchDate, UnreadableTime)):
            resolve_date(text, now)
    else:
        with pytest.raises(NoSuchDate):
            resolve_time_of_day("+9999h", now, UTC)


@pytest.mark.parametrize("text", ["7:00", "+20m", "noon"])
def test_a_date_cannot_be_read_from_a_time(text: str) -> None:
    with pytest.raises(UnreadableTime):
        resolve_date(text, datetime.fromisoformat(FRIDAY))


@pytest.mark.parametrize("text", ["tomorrow", "+3d"])
def test_a_time_of_day_cannot_be_read_from_a_date(text: str) -> None:
    with pytest.raises(UnreadableTime):
        resolve_time_of_day(text, datetime.fromisoformat(FRIDAY), UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20m", 1200),
        ("1h30m", 5400),
        ("90s", 90),
        ("1.5h", 5400),
        ("0.5m", 30),
        ("0.5s", 1),
        ("2d", 172_800),
        ("1d12h", 129_600),
        ("1h0m5s", 3605),
        ("+20m", 1200),
        ("600", 600),
        ("1 H 30 M", 5400),
    ],
)
def test_a_duration_is_whole_seconds(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "ten minutes", "30m1h", "1.55h", "-5m", "1e3", "9" * 10])
def test_what_is_no_duration_is_an_error(text: str) -> None:
    with pytest.raises(UnreadableTime):
        parse_duration(text)


def test_weekdays_are_expanded_and_ordered() -> None:
    workdays = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")
    assert resolve_weekdays(["weekdays"]) == workdays
    assert resolve_weekdays(["weekends"]) == ("SATURDAY", "SUNDAY")
    assert resolve_weekdays(["daily"]) == (*workdays, "SATURDAY", "SUNDAY")
    assert resolve_weekdays(["sunday", "Monday", "monday"]) == ("MONDAY", "SUNDAY")
    assert resolve_weekdays(["sunday", "weekdays"]) == (*workdays, "SUNDAY")


@pytest.mark.parametrize(
    ("items", "days"),
    [
        (["monday-thursday"], ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY")),
        (["Friday - Monday"], ("MONDAY", "FRIDAY", "SATURDAY", "SUNDAY")),
        (["sunday-sunday"], ("SUNDAY",)),
        (["daily", "-sunday"], ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY")),
        (["-friday", "weekdays", "saturday"], ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "SATURDAY")),
        (["daily", "-tuesday-saturday"], ("MONDAY", "SUNDAY")),
    ],
)
def test_days_from_one_to_another_and_days_left_out_are_expanded(
    items: list[str], days: tuple[str, ...]
) -> None:
    assert resolve_weekdays(items) == days


@pytest.mark.parametrize(
    "items",
    [[], ["someday"], ["monday", ""], ["monday-"], ["monday-weekends"], ["-sunday"], ["friday", "-weekdays"]],
)
def test_what_is_no_weekday_is_an_error(items: list[str]) -> None:
    with pytest.raises(UnreadableTime):
        resolve_weekdays(items)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "Europe", "../etc/passwd", "/etc/localtime", "UTC\0"])
def test_an_unknown_time_zone_is_an_error(name: str) -> None:
    with pytest.raises(UnknownTimeZone):
        time_zone(name)
