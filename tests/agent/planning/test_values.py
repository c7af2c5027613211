from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.errors import InvalidValue, NoSuchDate
from agent.planning._values import Circumstances, Resolved, resolve_arguments
from tools_schema import Kind, Parameter, Value, ValueType

NOW = datetime(2026, 1, 16, 22, 10)


def text(name: str, kind: Kind = Kind.TEXT, **more: str) -> Parameter:
    return Parameter(name, ValueType.STRING, kind, **more)  # type: ignore[arg-type]


def resolve(parameters: list[Parameter], written: dict[str, Value], said: str = "") -> Resolved:
    return resolve_arguments(parameters, written, Circumstances(NOW, ZoneInfo("UTC"), (said,)))


def value(parameter: Parameter, written: Value, said: str = "") -> Value:
    return resolve([parameter], {parameter.name: written}, said).arguments[parameter.name]


EVENT = [
    text("end_datetime", Kind.DATE_TIME, relative_to="datetime"),
    text("datetime", Kind.DATE_TIME),
    Parameter("all_day", ValueType.BOOLEAN, all_day_of="datetime"),
]


def test_an_end_is_relative_to_its_start_whatever_the_order() -> None:
    resolved = resolve(EVENT, {"end_datetime": "+1h", "datetime": "tomorrow 3pm"})
    assert resolved.arguments == {
        "end_datetime": "2026-01-17T16:00:00",
        "datetime": "2026-01-17T15:00:00",
    }


def test_a_date_without_a_time_sets_the_all_day_parameter() -> None:
    resolved = resolve(EVENT, {"datetime": "tomorrow"})
    assert resolved.arguments == {"datetime": "2026-01-17T00:00:00", "all_day": True}


def test_what_the_model_writes_for_a_derived_parameter_does_not_count() -> None:
    resolved = resolve(EVENT, {"datetime": "tomorrow 3pm", "all_day": True})
    assert "all_day" not in resolved.arguments


@pytest.mark.parametrize(
    ("start", "end", "resolved"),
    [
        ("friday 3pm", "2026-01-20T15:30:00", "2026-01-23T16:30:00"),
        ("2026-01-20 14:00 +1h", "2026-01-20T15:30:00", "2026-01-20T16:30:00"),
        # The start is what it was, or the end is said anew: the end is what is written.
        ("2026-01-20T14:00:00", "2026-01-20T15:30:00", "2026-01-20T15:30:00"),
        ("2026-01-20 15:00", "15:30", "2026-01-20T15:30:00"),
        ("2026-01-20 15:00", "2026-01-20T15:45:00", "2026-01-20T15:45:00"),
    ],
)
def test_an_end_that_is_copied_from_an_earlier_call_moves_with_its_start(
    start: str, end: str, resolved: str
) -> None:
    spans = ((datetime(2026, 1, 20, 14), datetime(2026, 1, 20, 15, 30)), (NOW, NOW + timedelta(hours=1)))
    circumstances = Circumstances(NOW, ZoneInfo("UTC"), ("",), spans)
    made = resolve_arguments(EVENT, {"datetime": start, "end_datetime": end}, circumstances)
    assert made.arguments["end_datetime"] == resolved


def test_of_two_events_that_end_together_the_one_that_begins_then_is_meant() -> None:
    ends = datetime(2026, 1, 20, 15, 30)
    circumstances = Circumstances(
        NOW, ZoneInfo("UTC"), ("",), ((datetime(2026, 1, 20, 15), ends), (datetime(2026, 1, 20, 14), ends))
    )
    written = {"datetime": "2026-01-20T14:00:00", "end_datetime": "2026-01-20T15:30:00"}
    assert resolve_arguments(EVENT, written, circumstances).arguments == written


def test_days_that_are_moved_end_at_midnight_also_where_the_clock_skips_it() -> None:
    spans = ((datetime(2026, 4, 20), datetime(2026, 4, 21)),)
    circumstances = Circumstances(NOW, ZoneInfo("Africa/Cairo"), ("",), spans)
    written = {"datetime": "2026-04-23", "end_datetime": "2026-04-21T00:00:00"}
    made = resolve_arguments(EVENT, written, circumstances)
    assert made.arguments["end_datetime"] == "2026-04-24T00:00:00"


def test_an_event_cannot_be_moved_out_of_the_calendar() -> None:
    spans = ((datetime(2026, 1, 20), datetime(2026, 1, 22)),)
    circumstances = Circumstances(NOW, ZoneInfo("UTC"), ("",), spans)
    with pytest.raises(NoSuchDate, match=r"end_datetime: .* 1 to 9999"):
        resolve_arguments(
            EVENT, {"datetime": "9999-12-31", "end_datetime": "2026-01-22T00:00:00"}, circumstances
        )


def test_an_end_without_its_start_counts_from_now() -> None:
    assert resolve(EVENT, {"end_datetime": "+1h"}).arguments == {"end_datetime": "2026-01-16T23:10:00"}


def test_required_arguments_that_were_not_written_are_missing() -> None:
    parameters = [
        Parameter("a", ValueType.STRING, required=True),
        Parameter("b", ValueType.STRING, required=True),
        Parameter("c", ValueType.STRING),
        Parameter("d", ValueType.STRING, required=True),
    ]
    resolved = resolve(parameters, {"a": " ", "b": None, "d": "x", "c": ""})
    assert resolved.missing == ("a", "b")
    assert resolved.arguments == {"d": "x"}


def test_arguments_come_in_the_order_of_the_schema() -> None:
    assert list(resolve([text("b"), text("a")], {"a": "1", "b": "2"}).arguments) == ["b", "a"]


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        (Kind.TEXT, "  Cafe\u0301 \n", "Café"),
        (Kind.TEXT, 42, "42"),
        (Kind.DATE_TIME, "2026-01-20T15:00:00", "2026-01-20T15:00:00"),
        (Kind.DATE, "next tuesday", "2026-01-20"),
        (Kind.TIME_OF_DAY, "15 past 7", "07:15"),
        (Kind.TIME_OF_DAY, "2026-01-20T07:30:00", "07:30"),
        (Kind.PHONE_NUMBER, 911, "911"),
        (Kind.EMAIL, "jo@example.org", "jo@example.org"),
        (Kind.URL, "example.org/a", "https://example.org/a"),
        (Kind.URL, "http://example.org", "http://example.org"),
        (Kind.URL, "localhost:8080", "https://localhost:8080"),
        (Kind.CONTACT, "Dr Weber", "Dr Weber"),
        (Kind.APP, "Spotify", "Spotify"),
    ],
)
def test_strings_by_kind(kind: Kind, written: Value, expected: str) -> None:
    assert value(text("x", kind), written) == expected


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        (Kind.TEXT, 20, 20),
        (Kind.TEXT, "20", 20),
        (Kind.TEXT, "-3", -3),
        (Kind.TEXT, 20.0, 20),
        (Kind.DURATION, "1h30m", 5400),
        (Kind.DURATION, "600", 600),
        (Kind.DURATION, 600, 600),
        (Kind.PERCENT, 0, 0),
        (Kind.PERCENT, "100 %", 100),
        (Kind.PERCENT, "50", 50),
    ],
)
def test_whole_numbers(kind: Kind, written: Value, expected: int) -> None:
    found = value(Parameter("x", ValueType.INTEGER, kind), written)
    assert (found, type(found)) == (expected, int)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (Kind.TEXT, "twenty"),
        (Kind.TEXT, 20.5),
        (Kind.TEXT, True),
        (Kind.TEXT, [20]),
        (Kind.PERCENT, 101),
        (Kind.PERCENT, -1),
        (Kind.PERCENT, "half"),
        (Kind.DURATION, "soon"),
    ],
)
def test_what_is_no_whole_number_is_an_error_that_names_the_parameter(kind: Kind, written: Value) -> None:
    with pytest.raises(InvalidValue) as caught:
        value(Parameter("level", ValueType.INTEGER, kind), written)
    assert caught.value.metadata["parameter"] == "level"
    assert caught.value.message.startswith("level: ")


def test_the_kind_of_error_stays() -> None:
    with pytest.raises(NoSuchDate) as caught:
        value(text("date", Kind.DATE), "february 30")
    assert caught.value.metadata == {"value": "february 30", "parameter": "date"}


@pytest.mark.parametrize(("written", "expected"), [(1, 1), (1.5, 1.5), ("-2.5", -2.5)])
def test_numbers(written: Value, expected: float) -> None:
    assert value(Parameter("x", ValueType.NUMBER), written) == expected


@pytest.mark.parametrize(
    ("written", "expected"), [(True, True), (False, False), ("true", True), ("False", False)]
)
def test_booleans(written: Value, expected: bool) -> None:
    assert value(Parameter("on", ValueType.BOOLEAN), written) is expected


@pytest.mark.parametrize(
    ("type_", "written"),
    [
        (ValueType.NUMBER, "much"),
        (ValueType.NUMBER, True),
        (ValueType.BOOLEAN, "yes"),
        (ValueType.BOOLEAN, 1),
        (ValueType.STRING, True),
        (ValueType.STRING, ["a"]),
        (ValueType.OBJECT, "a"),
    ],
)
def test_a_value_of_another_type_is_an_error(type_: ValueType, written: Value) -> None:
    with pytest.raises(InvalidValue):
        value(Parameter("x", type_), written)


def test_a_choice_is_one_of_its_literals_whatever_the_case() -> None:
    mode = Parameter("mode", ValueType.STRING, one_of=("driving", "walking"))
    assert value(mode, "Walking") == "walking"
    with pytest.raises(InvalidValue):
        value(mode, "flying")


def test_lists_hold_canonical_items_and_a_single_value_is_a_list_of_one() -> None:
    days = Parameter("days", ValueType.ARRAY, Kind.WEEKDAYS, items=text(""))
    assert value(days, ["wednesday", "monday"]) == ["MONDAY", "WEDNESDAY"]
    assert value(days, "weekends") == ["SATURDAY", "SUNDAY"]
    plots = Parameter("plots", ValueType.ARRAY, items=Parameter("", ValueType.INTEGER))
    assert value(plots, [1, "2"]) == [1, 2]
    dates = Parameter("dates", ValueType.ARRAY, items=text("", Kind.DATE_TIME))
    assert value(dates, ["tomorrow 3pm"]) == ["2026-01-17T15:00:00"]
    anything = Parameter("anything", ValueType.ARRAY)
    assert value(anything, ("a", 1)) == ["a", 1]


def test_objects_hold_canonical_fields() -> None:
    slot = Parameter("slot", ValueType.OBJECT, properties=tuple(EVENT))
    assert value(slot, {"datetime": "tomorrow", "end_datetime": "+2d"}) == {
        "datetime": "2026-01-17T00:00:00",
        "end_datetime": "2026-01-19T00:00:00",
        "all_day": True,
    }


def test_an_unknown_parameter_is_an_error() -> None:
    with pytest.raises(InvalidValue):
        resolve([text("a")], {"b": "x"})
    with pytest.raises(InvalidValue):
        value(Parameter("slot", ValueType.OBJECT, properties=(text("a"),)), {"b": 1})


def test_names_are_spelt_as_in_the_request() -> None:
    assert value(text("last_name"), "Nodlovu", "add Sipho Ndlovu to my contacts") == "Ndlovu"
    assert value(text("url", Kind.URL), "exmple.com", "open example.com") == "https://example.com"
