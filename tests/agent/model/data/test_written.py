from __future__ import annotations

import pytest

from agent.errors import UnreadableTime
from agent.model.data._written import as_written
from tools_schema import Kind, Parameter, Value, ValueType

TIME = Parameter("at", ValueType.STRING, Kind.TIME_OF_DAY)
MOMENT = Parameter("at", ValueType.STRING, Kind.DATE_TIME)
DURATION = Parameter("at", ValueType.INTEGER, Kind.DURATION)
DAYS = Parameter("at", ValueType.ARRAY, Kind.WEEKDAYS, items=Parameter("", ValueType.STRING))
URL = Parameter("at", ValueType.STRING, Kind.URL)
WORKDAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]


def written(parameter: Parameter, value: Value, text: str) -> Value:
    return as_written((parameter,), {"at": value}, text)["at"]


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("19:00", "at 7 p.m.", "7pm"),
        ("19:15", "at 7:15 pm", "7:15pm"),
        ("19:15", "at 19:15", "19:15"),
        ("07:00", "at 7", "7:00"),
        ("07:15", "at quarter past seven", "7:15"),
        ("12:00", "at noon", "noon"),
        ("00:00", "at midnight", "midnight"),
        ("00:30", "at 12:30am", "12:30am"),
        ("18:00", "um 18 Uhr", "18:00"),
        ("10 to 8", "at ten to eight", "10 to 8"),
        ("7pm", "at seven in the evening", "7pm"),
    ],
)
def test_a_time_of_day_is_written_as_it_is_said(value: str, text: str, expected: str) -> None:
    assert written(TIME, value, text) == expected


@pytest.mark.parametrize(
    ("value", "text"), [("19:00", "at seven in the evening"), ("07:50", "at ten to eight"), ("17:00", "at 7")]
)
def test_a_time_that_takes_arithmetic_is_refused_with_advice(value: str, text: str) -> None:
    with pytest.raises(UnreadableTime, match=r"at: .*closed time language"):
        written(TIME, value, text)


def test_a_date_that_depends_on_today_is_refused_with_advice() -> None:
    with pytest.raises(UnreadableTime, match="tomorrow 3pm"):
        written(MOMENT, "2026-01-17T15:00:00", "tomorrow at 3 pm")


def test_a_date_that_was_said_stays() -> None:
    assert written(MOMENT, "2026-01-17T15:00:00", "on 2026-01-17 at 15:00") == "2026-01-17T15:00:00"
    assert written(MOMENT, "tomorrow 3pm", "tomorrow at 3 pm") == "tomorrow 3pm"


@pytest.mark.parametrize(
    ("seconds", "text", "expected"),
    [
        (5400, "for 90 minutes", "90m"),
        (5400, "for 1.5 hours", "1.5h"),
        (5400, "1,5 Stunden", "1.5h"),
        (5400, "for an hour and a half", "1h30m"),
        (5400, "for 1 hour 30 minutes", "1h30m"),
        (300, "for five minutes", "5m"),
        (90, "for 90 seconds", "90s"),
        (172800, "for two days", "2d"),
        (0, "for no time", "0s"),
    ],
)
def test_a_duration_is_written_with_the_figures_said(seconds: int, text: str, expected: str) -> None:
    assert written(DURATION, seconds, text) == expected


def test_weekdays_are_written_by_the_name_of_their_group_where_they_are_not_named_one_by_one() -> None:
    assert written(DAYS, WORKDAYS, "every weekday") == ["weekdays"]
    assert written(DAYS, ["SATURDAY", "SUNDAY"], "on weekends") == ["weekends"]
    assert written(DAYS, ["SATURDAY", "SUNDAY"], "on Saturday and Sunday") == ["saturday", "sunday"]
    assert written(DAYS, ["MONDAY"], "on Mondays") == ["monday"]
    assert written(DAYS, ["daily"], "every day") == ["daily"]


def test_days_of_which_only_the_ends_are_named_are_written_as_a_range() -> None:
    assert written(DAYS, WORKDAYS, "from Monday to Friday") == ["monday-friday"]
    assert written(DAYS, ["MONDAY", "SATURDAY", "SUNDAY"], "Saturday through Monday") == ["saturday-monday"]
    assert written(DAYS, WORKDAYS, "every weekday, Monday too") == ["weekdays"]


def test_an_address_loses_a_scheme_that_was_not_said() -> None:
    assert written(URL, "https://example.org", "open example.org") == "example.org"
    assert written(URL, "https://example.org", "open https://example.org") == "https://example.org"


def test_values_inside_of_objects_and_lists_are_written_too() -> None:
    inner = Parameter("slot", ValueType.OBJECT, properties=(TIME,))
    times = Parameter("times", ValueType.ARRAY, items=TIME)

    arguments = as_written((inner, times), {"slot": {"at": "19:00"}, "times": ["19:00"]}, "at 7pm")

    assert arguments == {"slot": {"at": "7pm"}, "times": ["7pm"]}


def test_derived_parameters_are_left_out_and_unknown_ones_stay() -> None:
    derived = Parameter("all_day", ValueType.BOOLEAN, all_day_of="at")

    assert as_written((derived,), {"all_day": True, "odd": 1}, "x") == {"odd": 1}
