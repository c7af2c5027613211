"""A time or a duration and by how much it is moved."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from agent.errors import InvalidValue, NoSuchDate, UnreadableTime
from agent.planning.times import (
    parse_duration,
    parse_expression,
    resolve_date,
    resolve_date_time,
    resolve_time_of_day,
)

NOW: Final = datetime(2026, 1, 16, 22, 10, 30)
BERLIN: Final = ZoneInfo("Europe/Berlin")


def test_a_day_that_is_moved_by_days_lasts_all_day_still() -> None:
    assert resolve_date_time("2026-01-20 +1d", NOW, BERLIN).all_day
    assert not resolve_date_time("2026-01-20 9:00 +1d", NOW, BERLIN).all_day


def test_an_end_is_moved_like_any_moment() -> None:
    start = resolve_date_time("2026-01-20 14:30", NOW, BERLIN)
    assert str(resolve_date_time("2026-01-20 15:30 +30m", NOW, BERLIN, start)) == "2026-01-20T16:00:00"
    with pytest.raises(InvalidValue, match="not after the start"):
        resolve_date_time("2026-01-20 15:30 -1h", NOW, BERLIN, start)


def test_times_of_day_dates_and_durations_are_moved_too() -> None:
    assert resolve_time_of_day("7:15 -10m", NOW, BERLIN) == time(7, 5)
    assert resolve_time_of_day("23:50 +20m", NOW, BERLIN) == time(0, 10)
    assert resolve_date("2026-02-28 +1d", NOW) == date(2026, 3, 1)
    assert parse_duration("1h30m -20m") == 4_200
    assert parse_duration("20m +5m") == 1_500


def test_more_cannot_be_taken_from_a_duration_than_it_has() -> None:
    with pytest.raises(InvalidValue, match="'5m -10m' takes more away than there is"):
        parse_duration("5m -10m")


@pytest.mark.parametrize(
    "text", ["2026-01-20 +soon", "soon +1h", "2026-01-20 14:30 + 1h", "+1h +1h", "7:15 +1d"]
)
def test_what_is_no_moment_or_no_amount_is_not_moved(text: str) -> None:
    with pytest.raises(UnreadableTime, match=re.escape(repr(text))):
        parse_expression(text)


def test_a_date_is_not_moved_out_of_the_calendar() -> None:
    for text in ("0001-01-01 -1d", "9999-12-31 +1mo", "0001-01-20 -1mo"):
        with pytest.raises(NoSuchDate, match="1 to 9999"):
            resolve_date(text, NOW)
