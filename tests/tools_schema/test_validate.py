from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools_schema import WEEKDAYS, Tool, ToolSet, Value, Violation, load_tool_set, validate

ToolFolder = Callable[..., Path]


@pytest.fixture
def violations(phone: ToolSet) -> Callable[..., list[str]]:
    """Return a function that validates a call of the phone set and returns the fields that are wrong."""

    def fields(name: str, **arguments: Any) -> list[str]:
        return [violation.field for violation in validate(_tool(phone, name), arguments)]

    return fields


def _tool(tool_set: ToolSet, name: str) -> Tool:
    tool = tool_set.tool(name)
    assert tool is not None
    return tool


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("turn_on_flashlight", {}),
        ("set_alarm", {"time": "06:30", "days": ["MONDAY", "FRIDAY"], "label": "tea"}),
        ("set_timer", {"duration": 600}),
        ("create_calendar_event", {"title": "Dinner", "datetime": "2026-01-20T00:00:00", "all_day": True}),
        ("show_calendar", {"date": "2028-02-29"}),
        ("set_volume", {"level": 0, "stream": "ring"}),
        ("set_wifi", {"on": False}),
        ("open_url", {"url": "https://example.org/a?b=c#d"}),
        ("send_email", {"to": "jo@example.org", "subject": "Hi", "cc": "Dr Weber"}),
        ("call", {"to": "Mum"}),
        ("dial", {"phone_number": "+49 30 1234"}),
    ],
)
def test_canonical_arguments_are_right(phone: ToolSet, name: str, arguments: Mapping[str, Value]) -> None:
    assert validate(_tool(phone, name), arguments) == ()


@pytest.mark.parametrize(
    ("name", "arguments", "field"),
    [
        ("set_timer", {}, "duration"),
        ("set_timer", {"duration": "600"}, "duration"),
        ("set_timer", {"duration": 600.0}, "duration"),
        ("set_timer", {"duration": True}, "duration"),
        ("set_timer", {"duration": None}, "duration"),
        ("set_timer", {"duration": 0}, "duration"),
        ("set_timer", {"duration": 86401}, "duration"),
        ("set_timer", {"duration": 60, "sound": "bell"}, "sound"),
        ("set_volume", {"level": 101}, "level"),
        ("set_volume", {"level": -1}, "level"),
        ("set_volume", {"stream": "radio"}, "stream"),
        ("set_volume", {"stream": ["ring"]}, "stream"),
        ("set_wifi", {"on": "true"}, "on"),
        ("set_wifi", {"on": 1}, "on"),
        ("set_alarm", {"time": "6:30"}, "time"),
        ("set_alarm", {"time": "24:00"}, "time"),
        ("set_alarm", {"time": "06:30\n"}, "time"),
        ("set_alarm", {"time": "06:30", "days": "MONDAY"}, "days"),
        ("set_alarm", {"time": "06:30", "days": []}, "days"),
        ("set_alarm", {"time": "06:30", "days": ["monday"]}, "days"),
        ("set_alarm", {"time": "06:30", "days": ["FRIDAY", "MONDAY"]}, "days"),
        ("set_alarm", {"time": "06:30", "days": ["MONDAY", "MONDAY"]}, "days"),
        ("set_alarm", {"time": "06:30", "days": [1]}, "days"),
        ("set_alarm", {"time": "06:30", "label": "  "}, "label"),
        ("set_alarm", {"time": "06:30", "label": "\ud800"}, "label"),
        ("set_alarm", {"time": "06:30", "label": "a\0b"}, "label"),
        ("show_calendar", {"date": "2026-02-29"}, "date"),
        ("show_calendar", {"date": "20260228"}, "date"),
        ("show_calendar", {"date": "2026-13-01"}, "date"),
        ("create_calendar_event", {"title": "x", "datetime": "2026-01-20"}, "datetime"),
        ("create_calendar_event", {"title": "x", "datetime": "2026-01-20T25:00:00"}, "datetime"),
        ("create_calendar_event", {"title": "x", "datetime": "2026-01-20T10:00:00Z"}, "datetime"),
        ("create_calendar_event", {"title": "x", "datetime": "2026-01-20 10:00:00"}, "datetime"),
        ("open_url", {"url": "example.org"}, "url"),
        ("open_url", {"url": "file:///etc/passwd"}, "url"),
        ("open_url", {"url": "javascript:alert(1)"}, "url"),
        ("open_url", {"url": "http://"}, "url"),
        ("open_url", {"url": "http://[::1"}, "url"),
        ("open_url", {"url": "https://exam ple.org"}, "url"),
        ("send_email", {"to": "jo@", "subject": "x"}, "to"),
        ("send_email", {"to": "jo@example.org, li@example.org", "subject": "x"}, "to"),
        ("dial", {"phone_number": "mum"}, "phone_number"),
    ],
)
def test_a_wrong_argument_is_named(
    violations: Callable[..., list[str]], name: str, arguments: dict[str, Value], field: str
) -> None:
    assert violations(name, **arguments) == [field]


def test_every_violation_is_reported(violations: Callable[..., list[str]]) -> None:
    assert violations("send_sms", to="", bodi="x") == ["bodi", "to", "body"]


def test_a_violation_says_what_fits(phone: ToolSet) -> None:
    (violation,) = validate(_tool(phone, "set_alarm"), {"time": "7pm"})
    assert violation == Violation(
        "time", "is '7pm' and has to be a time of day as HH:MM, from 00:00 to 23:59"
    )


def test_a_violation_does_not_tell_a_private_value(phone: ToolSet) -> None:
    secret = {"first_name": "Ann", "phone_number": "ann at home"}
    (violation,) = validate(_tool(phone, "create_contact"), secret)
    assert violation.description.startswith("is private and has to be ")


def test_nested_values_are_named_by_their_path(tool_folder: ToolFolder) -> None:
    fields = "// L.\nrepeated Lamp lamps = 1;\n// A.\nrepeated double angles = 2;"
    more = """
      message Lamp {
        // N.
        string name = 1 [(param) = {required: true}];
        // L.
        int32 level = 2 [(param) = {kind: KIND_PERCENT}];
      }
    """
    (tool,) = load_tool_set(tool_folder(fields=fields, more=more)).tools
    arguments: dict[str, Value] = {
        "lamps": [{"name": "a", "level": 5}, {"level": 101}, {"name": "b", "on": True}, "c"],
        "angles": [1, 2.5, float("nan"), "3"],
    }
    assert [violation.field for violation in validate(tool, arguments)] == [
        "lamps[1].name", "lamps[1].level", "lamps[2].on", "lamps[3]", "angles[2]", "angles[3]",
    ]  # fmt: skip
    assert [violation.field for violation in validate(tool, {"lamps": []})] == ["lamps"]


@given(st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9999, 12, 31)))
def test_every_moment_is_right_in_its_canonical_form(phone: ToolSet, moment: datetime) -> None:
    event = _tool(phone, "create_calendar_event")
    assert not validate(event, {"title": "x", "datetime": moment.isoformat(timespec="seconds")})
    assert not validate(_tool(phone, "show_calendar"), {"date": moment.date().isoformat()})
    assert not validate(_tool(phone, "set_alarm"), {"time": f"{moment:%H:%M}"})


@given(st.integers(1900, 2100), st.integers(1, 12), st.integers(1, 31))
def test_a_date_is_right_exactly_when_the_calendar_has_it(
    phone: ToolSet, year: int, month: int, day: int
) -> None:
    try:
        date(year, month, day)
        real = True
    except ValueError:
        real = False
    written = f"{year:04}-{month:02}-{day:02}"
    assert (not validate(_tool(phone, "show_calendar"), {"date": written})) is real


@given(st.sets(st.sampled_from(WEEKDAYS), min_size=1))
def test_every_set_of_days_is_right_in_the_order_of_the_week(phone: ToolSet, days: set[str]) -> None:
    ordered = [day for day in WEEKDAYS if day in days]
    assert not validate(_tool(phone, "set_alarm"), {"time": "06:30", "days": ordered})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data())
def test_any_json_is_answered_and_never_breaks_the_check(phone: ToolSet, data: st.DataObject) -> None:
    tool = data.draw(st.sampled_from(phone.tools))
    names = st.sampled_from([p.name for p in tool.parameters]) if tool.parameters else st.nothing()
    arguments = data.draw(st.dictionaries(names | st.text(min_size=1, max_size=8), _JSON, max_size=4))
    for violation in validate(tool, arguments):
        assert violation.field
        assert violation.description
