from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import Intent, JavaType
from bridge._from_rule import intent_from_rule, time_zone_named
from bridge.errors import InvalidValueError, UnknownTimeZoneError, UnsupportedRuleError
from tools_schema import (
    Call,
    Extra,
    ExtraForm,
    ExtraType,
    IntentRule,
    Kind,
    Parameter,
    ParameterExtra,
    Tool,
    Value,
    ValueType,
)

BERLIN = ZoneInfo("Europe/Berlin")
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def parameter(
    name: str,
    *extras: ParameterExtra,
    value_type: ValueType = ValueType.STRING,
    kind: Kind = Kind.TEXT,
    all_day_of: str = "",
    relative_to: str = "",
) -> Parameter:
    return Parameter(name, value_type, kind, extras=extras, all_day_of=all_day_of, relative_to=relative_to)


def convert(parameters: list[Parameter], arguments: dict[str, Value], data: str = "") -> Intent:
    tool = Tool("t", "", tuple(parameters), "m")
    return intent_from_rule(Call("t", arguments), tool, IntentRule("a.ACTION", data), BERLIN)


EVENT = [
    parameter(
        "datetime",
        ParameterExtra("beginTime", ExtraForm.EPOCH_MILLIS),
        ParameterExtra("endTime", ExtraForm.EPOCH_MILLIS_DEFAULT_END),
        kind=Kind.DATE_TIME,
    ),
    parameter(
        "end_datetime",
        ParameterExtra("endTime", ExtraForm.EPOCH_MILLIS),
        kind=Kind.DATE_TIME,
        relative_to="datetime",
    ),
    parameter(
        "all_day",
        ParameterExtra("allDay", ExtraForm.PLAIN),
        value_type=ValueType.BOOLEAN,
        all_day_of="datetime",
    ),
]


def times(arguments: dict[str, Value]) -> tuple[datetime, datetime]:
    intent = convert(EVENT, arguments)
    begin, end = (intent.extra_value(key) for key in ("beginTime", "endTime"))
    assert isinstance(begin, int)
    assert isinstance(end, int)
    return datetime.fromtimestamp(begin / 1000, UTC), datetime.fromtimestamp(end / 1000, UTC)


def test_an_event_without_an_end_lasts_an_hour() -> None:
    begin, end = times({"datetime": "2026-01-20T15:00:00"})
    assert begin == datetime(2026, 1, 20, 14, tzinfo=UTC)
    assert end - begin == timedelta(hours=1)


def test_the_end_that_was_asked_for_takes_the_default_s_place() -> None:
    begin, end = times({"datetime": "2026-07-20T15:00:00", "end_datetime": "2026-07-20T17:30:00"})
    assert (begin, end) == (datetime(2026, 7, 20, 13, tzinfo=UTC), datetime(2026, 7, 20, 15, 30, tzinfo=UTC))


def test_an_all_day_event_is_from_midnight_to_midnight_utc() -> None:
    begin, end = times({"datetime": "2026-01-20T00:00:00", "all_day": True})
    assert (begin, end) == (datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 1, 21, tzinfo=UTC))


def test_the_last_day_of_an_all_day_event_belongs_to_it() -> None:
    begin, end = times(
        {"datetime": "2026-01-20T00:00:00", "end_datetime": "2026-01-22T00:00:00", "all_day": True}
    )
    assert (begin, end) == (datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 1, 23, tzinfo=UTC))


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
)
def test_epoch_millis_come_back_as_the_local_time_except_where_the_clock_skips_it(local: datetime) -> None:
    begin, end = times({"datetime": local.isoformat()})
    back = begin.astimezone(BERLIN).replace(tzinfo=None)
    exists = local.replace(tzinfo=BERLIN).astimezone(UTC).astimezone(BERLIN).replace(tzinfo=None) == local
    assert back == (local if exists else local + timedelta(hours=1))
    assert end - begin == timedelta(hours=1)


def test_a_time_in_the_night_when_clocks_go_forward_is_read_as_java_reads_it() -> None:
    begin, _ = times({"datetime": "2026-03-29T02:30:00"})
    assert begin == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_is_the_first_one() -> None:
    begin, _ = times({"datetime": "2026-10-25T02:30:00"})
    assert begin == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("value", ["2026-02-30T10:00:00", "tomorrow", "", "2026-01-20T10:00:00Z", 5, None])
def test_a_date_time_that_is_none_is_refused(value: Value) -> None:
    if value is None:
        assert convert(EVENT, {"datetime": None}).extras == ()
        return
    with pytest.raises(InvalidValueError):
        convert(EVENT, {"datetime": value})


def test_a_time_of_day_becomes_hour_and_minute() -> None:
    time = parameter(
        "time",
        ParameterExtra("h", ExtraForm.HOUR),
        ParameterExtra("m", ExtraForm.MINUTE),
        kind=Kind.TIME_OF_DAY,
    )
    intent = convert([time], {"time": "07:08"})
    assert [(e.key, e.type, e.value) for e in intent.extras] == [
        ("h", JavaType.INT, 7),
        ("m", JavaType.INT, 8),
    ]
    with pytest.raises(InvalidValueError):
        convert([time], {"time": "24:00"})


def test_weekdays_become_numbers_of_java_s_calendar() -> None:
    days = parameter(
        "days", ParameterExtra("d", ExtraForm.CALENDAR_DAYS), value_type=ValueType.ARRAY, kind=Kind.WEEKDAYS
    )
    intent = convert([days], {"days": ["MONDAY", "SATURDAY", "SUNDAY"]})
    assert (intent.extras[0].type, intent.extras[0].value) == (JavaType.INTEGER_LIST, (2, 7, 1))
    with pytest.raises(InvalidValueError):
        convert([days], {"days": ["monday"]})


def test_a_name_in_two_parameters_is_joined_by_a_space() -> None:
    names = [
        parameter("first", ParameterExtra("name", ExtraForm.PLAIN)),
        parameter("last", ParameterExtra("name", ExtraForm.APPEND)),
    ]
    assert convert(names, {"first": "Ada", "last": "Lovelace"}).extra_value("name") == "Ada Lovelace"
    assert convert(names, {"first": "Ada"}).extra_value("name") == "Ada"
    assert convert(names, {"last": "Lovelace"}).extra_value("name") == "Lovelace"


def test_fixed_extras_keep_their_type() -> None:
    rule = IntentRule("a", extras=(Extra("l", ExtraType.LONG, 5), Extra("z", ExtraType.BOOL, value=True)))
    intent = intent_from_rule(Call("t"), Tool("t", "", (), "m"), rule, UTC)
    assert [(e.type, e.value) for e in intent.extras] == [(JavaType.LONG, 5), (JavaType.BOOLEAN, True)]


@pytest.mark.parametrize(
    ("value_type", "value", "java_type"),
    [
        (ValueType.STRING, "x", JavaType.STRING),
        (ValueType.BOOLEAN, False, JavaType.BOOLEAN),
        (ValueType.INTEGER, 3, JavaType.INT),
    ],
)
def test_a_plain_value_takes_the_java_type_of_its_field(
    value_type: ValueType, value: Value, java_type: JavaType
) -> None:
    extra = convert(
        [parameter("p", ParameterExtra("k", ExtraForm.PLAIN), value_type=value_type)], {"p": value}
    ).extras[0]
    assert (extra.type, extra.value) == (java_type, value)


def test_a_plain_value_of_another_type_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        convert(
            [parameter("p", ParameterExtra("k", ExtraForm.PLAIN), value_type=ValueType.INTEGER)], {"p": True}
        )


def test_an_object_in_an_extra_is_a_fault_of_the_schema() -> None:
    with pytest.raises(UnsupportedRuleError):
        convert(
            [parameter("p", ParameterExtra("k", ExtraForm.PLAIN), value_type=ValueType.OBJECT)],
            {"p": {"a": 1}},
        )


@given(TEXT)
def test_a_text_in_the_data_stays_one_value_of_the_query(text: str) -> None:
    intent = convert([parameter("q")], {"q": text}, data="geo:0,0?q={q}")
    prefix, encoded = intent.data[:10], intent.data[10:]
    assert prefix == "geo:0,0?q="
    assert unquote(encoded) == text
    assert not set(encoded) & set("&?#= \n")


def test_an_optional_placeholder_may_be_empty_and_a_required_one_not() -> None:
    both = [parameter("to"), parameter("body")]
    assert convert(both, {"to": "a@b.c"}, data="mailto:{to}?body={body?}").data == "mailto:a@b.c?body="
    with pytest.raises(InvalidValueError):
        convert(both, {"body": "x"}, data="mailto:{to}?body={body?}")


def test_a_phone_number_keeps_its_plus_and_loses_its_hash() -> None:
    assert convert([parameter("n")], {"n": "+49 30#1"}, data="tel:{n}").data == "tel:+49%2030%231"


def test_a_date_in_the_data_is_its_first_millisecond() -> None:
    data = convert(
        [parameter("date", kind=Kind.DATE)], {"date": "2026-01-20"}, data="content://c/time/{date?}"
    ).data
    assert data == f"content://c/time/{int(datetime(2026, 1, 20, tzinfo=BERLIN).timestamp()) * 1000}"


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("https://x.org/a?b=c&d=%20#e", "https://x.org/a?b=c&d=%20#e"),
        ("HTTP://x.org", "http://x.org"),
        ("https://x.org/a b\n", "https://x.org/a%20b%0A"),
        ("https://bücher.example/ü", "https://bücher.example/ü"),
    ],
)
def test_a_web_address_is_taken_as_written(address: str, data: str) -> None:
    assert convert([parameter("url", kind=Kind.URL)], {"url": address}, data="{url}").data == data


@pytest.mark.parametrize(
    "address", ["intent:#Intent;end", "javascript:1", "tel:112", "https://", "x.org", "file:///x"]
)
def test_another_scheme_than_the_web_s_is_refused(address: str) -> None:
    with pytest.raises(InvalidValueError):
        convert([parameter("url", kind=Kind.URL)], {"url": address}, data="{url}")


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "\0", "Europe"])
def test_an_unknown_time_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownTimeZoneError):
        time_zone_named(name)
