"""Days with times become moments, and ends count from their starts."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from agent.errors import InvalidValue
from agent.planning.times import DateTime, resolve_date, resolve_date_time

UTC = ZoneInfo("UTC")
FRIDAY = "2026-01-16T12:00:30"


def at(text: str, now: str = FRIDAY, zone: str = "UTC", start: DateTime | None = None) -> str:
    resolved = resolve_date_time(text, datetime.fromisoformat(now), ZoneInfo(zone), start)
    return f"{resolved} all day" if resolved.all_day else str(resolved)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow 9:00", "2026-01-17T09:00:00"),
        ("tomorrow 9am", "2026-01-17T09:00:00"),
        ("day after tomorrow noon", "2026-01-18T12:00:00"),
        ("yesterday 3pm", "2026-01-15T15:00:00"),
        ("today 15 to 8pm", "2026-01-16T19:45:00"),
        ("january 20 3:30pm", "2026-01-20T15:30:00"),
        ("january 20 2026 3pm", "2026-01-20T15:00:00"),
        ("january 20 next year 3pm", "2027-01-20T15:00:00"),
        ("january 10 3pm", "2027-01-10T15:00:00"),
        ("2026-01-20T15:00:00", "2026-01-20T15:00:00"),
        ("2026-01-20T15:00", "2026-01-20T15:00:00"),
        ("2026-01-20 15:00", "2026-01-20T15:00:00"),
        ("2020-02-29 15:00", "2020-02-29T15:00:00"),
        ("next friday 3pm", "2026-01-23T15:00:00"),
        ("friday next week 3pm", "2026-01-23T15:00:00"),
        ("monday next week 10 past 6", "2026-01-19T06:10:00"),
        ("day 20 7:00", "2026-01-20T07:00:00"),
        ("day 10 7:00", "2026-02-10T07:00:00"),
        ("day 10 next month 7:00", "2026-02-10T07:00:00"),
        ("+3d 5pm", "2026-01-19T17:00:00"),
        ("+20m", "2026-01-16T12:20:00"),
        ("+1h30m", "2026-01-16T13:30:00"),
        ("+1.5h", "2026-01-16T13:30:00"),
        ("+45s", "2026-01-16T12:00:45"),
        ("+0m", "2026-01-16T12:00:00"),
        ("+24h", "2026-01-17T12:00:00"),
    ],
)
def test_a_day_and_a_time_give_a_local_time(text: str, expected: str) -> None:
    assert at(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-01-16"),
        ("friday", "2026-01-16"),
        ("january 16", "2026-01-16"),
        ("day 16", "2026-01-16"),
        ("january 15", "2027-01-15"),
        ("day 15", "2026-02-15"),
        ("+1mo", "2026-02-16"),
        ("+2w", "2026-01-30"),
        ("2026-01-20", "2026-01-20"),
    ],
)
def test_a_date_without_a_time_is_all_day_and_today_counts(text: str, expected: str) -> None:
    assert at(text) == f"{expected}T00:00:00 all day"
    assert resolve_date(text, datetime.fromisoformat(FRIDAY)).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12:00", "2026-01-17T12:00:00"),
        ("12:01", "2026-01-16T12:01:00"),
        ("noon", "2026-01-17T12:00:00"),
        ("7:00", "2026-01-17T07:00:00"),
        ("7pm", "2026-01-16T19:00:00"),
        ("midnight", "2026-01-17T00:00:00"),
        ("24:00", "2026-01-17T00:00:00"),
        ("friday 11:00", "2026-01-23T11:00:00"),
        ("friday 13:00", "2026-01-16T13:00:00"),
        ("january 16 11:00", "2027-01-16T11:00:00"),
        ("january 16 13:00", "2026-01-16T13:00:00"),
        ("day 16 11:00", "2026-02-16T11:00:00"),
        ("day 16 13:00", "2026-01-16T13:00:00"),
        ("today 7:00", "2026-01-16T07:00:00"),
    ],
)
def test_a_time_that_has_passed_means_the_next_such_day_unless_today_was_said(
    text: str, expected: str
) -> None:
    assert at(text) == expected


def test_the_present_minute_has_passed_and_the_next_has_not() -> None:
    assert at("7:00", "2026-01-16T07:00:00") == "2026-01-17T07:00:00"
    assert at("7:00", "2026-01-16T06:59:59") == "2026-01-16T07:00:00"


def test_every_minute_of_a_day_is_today_exactly_where_it_is_still_to_come() -> None:
    now = datetime.fromisoformat("2024-02-28T13:37:20")
    for minute in range(24 * 60):
        expected_day = 28 if minute > 13 * 60 + 37 else 29
        text = f"{minute // 60}:{minute % 60:02}"
        expected = datetime(2024, 2, expected_day, minute // 60, minute % 60)
        assert resolve_date_time(text, now, UTC).value == expected


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("today midnight", FRIDAY, "2026-01-17T00:00:00"),
        ("today 0:00", FRIDAY, "2026-01-17T00:00:00"),
        ("today 24:00", FRIDAY, "2026-01-17T00:00:00"),
        ("today 1am", "2026-01-16T23:00:00", "2026-01-17T01:00:00"),
        ("today 1am", "2026-01-16T00:30:00", "2026-01-16T01:00:00"),
        ("today 30 past midnight", FRIDAY, "2026-01-17T00:30:00"),
        ("today 5:00", FRIDAY, "2026-01-16T05:00:00"),
        ("tomorrow midnight", FRIDAY, "2026-01-17T00:00:00"),
        ("tomorrow 24:00", FRIDAY, "2026-01-18T00:00:00"),
        ("friday 24:00", FRIDAY, "2026-01-17T00:00:00"),
        ("friday midnight", FRIDAY, "2026-01-23T00:00:00"),
        ("today 15 to midnight", FRIDAY, "2026-01-16T23:45:00"),
        ("tomorrow 15 to 12am", FRIDAY, "2026-01-17T23:45:00"),
        ("tomorrow 15 past midnight", FRIDAY, "2026-01-17T00:15:00"),
    ],
)
def test_midnight_and_the_small_hours_of_today_are_those_to_come(text: str, now: str, expected: str) -> None:
    assert at(text, now) == expected


@pytest.mark.parametrize(
    ("text", "now", "zone", "expected"),
    [
        # Berlin: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.
        ("+1h", "2026-03-29T01:30:00", "Europe/Berlin", "2026-03-29T03:30:00"),
        ("+24h", "2026-03-28T12:00:00", "Europe/Berlin", "2026-03-29T13:00:00"),
        ("+1d 12:00", "2026-03-28T12:00:00", "Europe/Berlin", "2026-03-29T12:00:00"),
        ("tomorrow 2:30", "2026-03-28T12:00:00", "Europe/Berlin", "2026-03-29T03:30:00"),
        ("+1h", "2026-10-25T01:30:00", "Europe/Berlin", "2026-10-25T02:30:00"),
        ("+2h", "2026-10-25T01:30:00", "Europe/Berlin", "2026-10-25T02:30:00"),
        ("+3h", "2026-10-25T01:30:00", "Europe/Berlin", "2026-10-25T03:30:00"),
        ("tomorrow 2:30", "2026-10-24T12:00:00", "Europe/Berlin", "2026-10-25T02:30:00"),
        # New York: 2026-03-08 02:00 becomes 03:00, 2026-11-01 02:00 becomes 01:00.
        ("+20m", "2026-03-08T01:50:10", "America/New_York", "2026-03-08T03:10:00"),
        ("march 8 2:15am", "2026-03-01T08:00:00", "America/New_York", "2026-03-08T03:15:00"),
        ("+90m", "2026-11-01T00:45:00", "America/New_York", "2026-11-01T01:15:00"),
        # Lord Howe moves by half an hour: 2026-10-04 02:00 becomes 02:30, 2026-04-05 02:00 becomes 01:30.
        ("+10m", "2026-10-04T01:55:00", "Australia/Lord_Howe", "2026-10-04T02:35:00"),
        ("october 4 2:10", "2026-10-03T08:00:00", "Australia/Lord_Howe", "2026-10-04T02:40:00"),
        ("+1h", "2026-04-05T01:40:00", "Australia/Lord_Howe", "2026-04-05T02:10:00"),
        # Cairo skips the hour after midnight: 2026-04-24 00:00 becomes 01:00.
        ("april 24 midnight", "2026-04-20T08:00:00", "Africa/Cairo", "2026-04-24T01:00:00"),
        ("april 24", "2026-04-20T08:00:00", "Africa/Cairo", "2026-04-24T00:00:00 all day"),
    ],
)
def test_clock_changes_move_times_that_do_not_exist_and_true_hours_count(
    text: str, now: str, zone: str, expected: str
) -> None:
    assert at(text, now, zone) == expected


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"])
@pytest.mark.parametrize("minutes", [1, 30, 60, 1440])
def test_a_time_from_now_is_as_many_true_minutes_away_all_year(zone: str, minutes: int) -> None:
    there = ZoneInfo(zone)
    start = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")).timestamp()
    for quarter_hours in range(0, 366 * 96, 7):
        now = datetime.fromtimestamp(start + quarter_hours * 900, there)
        later = datetime.fromtimestamp(start + quarter_hours * 900 + minutes * 60, there)
        resolved = resolve_date_time(f"+{minutes}m", now.replace(tzinfo=None), there)
        assert resolved.value == later.replace(tzinfo=None, fold=0)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("tomorrow 3pm", "+1h", "2026-01-17T16:00:00"),
        ("tomorrow 3pm", "+90m", "2026-01-17T16:30:00"),
        ("tomorrow 3pm", "5pm", "2026-01-17T17:00:00"),
        ("tomorrow 10pm", "2am", "2026-01-18T02:00:00"),
        ("tomorrow 4pm", "6:00", "2026-01-17T18:00:00"),
        ("tomorrow 4pm", "10 to 6", "2026-01-17T17:50:00"),
        ("tomorrow 4pm", "06:00", "2026-01-18T06:00:00"),
        ("tomorrow 4pm", "6am", "2026-01-18T06:00:00"),
        ("tomorrow 4pm", "3:00", "2026-01-18T03:00:00"),
        ("tomorrow 9am", "11:30", "2026-01-17T11:30:00"),
        ("tomorrow 9am", "1:00", "2026-01-17T13:00:00"),
        ("tomorrow 10pm", "6:00", "2026-01-18T06:00:00"),
        ("tomorrow 10pm", "10pm", "2026-01-18T22:00:00"),
        ("tomorrow 10pm", "midnight", "2026-01-18T00:00:00"),
        ("tomorrow 10pm", "24:00", "2026-01-18T00:00:00"),
        ("tomorrow 10pm", "day after tomorrow 2am", "2026-01-18T02:00:00"),
        ("tomorrow 3pm", "+2d", "2026-01-19T15:00:00"),
        ("tomorrow 3pm", "+1d 9am", "2026-01-18T09:00:00"),
        ("tomorrow 3pm", "sunday", "2026-01-18T00:00:00 all day"),
        ("tomorrow 3pm", "sunday 6pm", "2026-01-18T18:00:00"),
        ("tomorrow 3pm", "saturday 6pm", "2026-01-17T18:00:00"),
        ("january 30", "february 2", "2026-02-02T00:00:00 all day"),
        ("december 30", "january 2", "2027-01-02T00:00:00 all day"),
        ("december 30", "day 2", "2027-01-02T00:00:00 all day"),
        ("december 30", "2027-01-02", "2027-01-02T00:00:00 all day"),
        ("next monday", "next friday", "2026-01-23T00:00:00 all day"),
        ("tomorrow", "tomorrow", "2026-01-17T00:00:00 all day"),
        ("tomorrow", "+2d", "2026-01-19T00:00:00 all day"),
        ("tomorrow", "5pm", "2026-01-17T17:00:00"),
    ],
)
def test_an_end_counts_from_its_start(start: str, end: str, expected: str) -> None:
    now = datetime.fromisoformat(FRIDAY)
    begins = resolve_date_time(start, now, UTC)
    assert at(end, start=begins) == expected


def test_two_next_weekdays_follow_each_other() -> None:
    saturday = "2026-01-17T12:00:00"
    start = resolve_date_time("next monday", datetime.fromisoformat(saturday), UTC)
    assert str(start) == "2026-01-26T00:00:00"
    assert at("next friday", saturday, start=start) == "2026-01-30T00:00:00 all day"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("tomorrow 3pm", "today 5pm"),
        ("tomorrow 3pm", "tomorrow 3pm"),
        ("tomorrow 3pm", "2026-01-17"),
        ("tomorrow 3pm", "+0m"),
        ("tomorrow", "today"),
    ],
)
def test_an_end_that_is_not_after_its_start_is_an_error(start: str, end: str) -> None:
    begins = resolve_date_time(start, datetime.fromisoformat(FRIDAY), UTC)
    with pytest.raises(InvalidValue):
        at(end, start=begins)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-20 4:00", "2026-01-20T16:00:00"),
        ("2026-01-20 30 past 2", "2026-01-20T14:30:00"),
        ("2026-01-20 10:00", "2026-01-20T10:00:00"),
        # Said with its half, of another day, or nothing to be near to.
        ("2026-01-20 4am", "2026-01-20T04:00:00"),
        ("2026-01-20 04:00", "2026-01-20T04:00:00"),
        ("2026-01-21 4:00", "2026-01-21T04:00:00"),
        ("tomorrow 4:00", "2026-01-17T04:00:00"),
    ],
)
def test_a_time_on_the_day_of_an_earlier_call_is_in_the_half_of_the_day_that_is_nearer(
    text: str, expected: str
) -> None:
    earlier = (datetime(2026, 1, 20, 15), datetime(2026, 1, 22, 15))
    assert str(resolve_date_time(text, datetime.fromisoformat(FRIDAY), UTC, earlier=earlier)) == expected
