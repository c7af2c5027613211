"""The language as a grammar (tools_schema), as a parser and as a resolver are one and the same."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from itertools import product
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent.errors import InvalidValue, NoSuchDate, UnreadableTime
from agent.planning.times import (
    parse_duration,
    parse_expression,
    resolve_date,
    resolve_date_time,
    resolve_time_of_day,
    resolve_weekdays,
)
from tools_schema._time_grammar import TIME_RULES

NOW: Final = datetime(2026, 1, 16, 22, 10, 30)
BERLIN: Final = ZoneInfo("Europe/Berlin")


def regular_expression(rule: str) -> str:
    """Translate a GBNF rule, which must not be recursive, into a regular expression."""
    rules = dict(line.split(" ::= ", 1) for line in TIME_RULES.strip().splitlines() if line)
    token = re.compile(r'"([^"]*)"|(\[[^]]*\])|([a-z][a-z0-9-]*)|([()|?])|(\s+)')

    def expand(name: str) -> str:
        parts = []
        position = 0
        while position < len(rules[name]):
            match = token.match(rules[name], position)
            assert match, f"{name}: cannot read {rules[name][position:]!r}"
            literal, characters, reference, operator, _ = match.groups()
            if literal is not None:
                parts.append(f"(?:{re.escape(literal)})")
            elif reference:
                parts.append(f"(?:{expand(reference)})")
            else:
                parts.append(characters or operator or "")
            position = match.end()
        return "".join(parts)

    return expand(rule)


RULES: Final = {
    name: re.compile(regular_expression(name), re.ASCII)
    for name in ("date-time", "date", "time-of-day", "duration", "weekday-item", "weekday-or-not")
}


def sentences(rule: str) -> st.SearchStrategy[str]:
    return st.from_regex(RULES[rule], fullmatch=True)


moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"])


@given(sentences("date-time"), moments, zones)
def test_every_date_time_of_the_grammar_resolves_unless_the_day_does_not_exist(
    text: str, now: datetime, zone: str
) -> None:
    try:
        resolved = resolve_date_time(text, now, ZoneInfo(zone))
    except NoSuchDate:
        return
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", str(resolved))
    assert datetime.fromisoformat(str(resolved)) == resolved.value
    assert not resolved.all_day or resolved.value.time() == time()


@given(sentences("date-time"), sentences("date-time"), moments)
def test_an_end_is_never_before_its_start(start: str, end: str, now: datetime) -> None:
    try:
        begins = resolve_date_time(start, now, BERLIN)
        ends = resolve_date_time(end, now, BERLIN, begins)
    except InvalidValue:
        return
    assert ends.value > begins.value or (ends.all_day and ends.value.date() == begins.value.date())


@given(sentences("date"), moments)
def test_every_date_of_the_grammar_resolves_unless_the_day_does_not_exist(text: str, now: datetime) -> None:
    try:
        resolved = resolve_date(text, now)
    except NoSuchDate:
        return
    assert isinstance(resolved, date)


@given(sentences("time-of-day"), moments, zones)
def test_every_time_of_day_of_the_grammar_resolves_to_a_whole_minute(
    text: str, now: datetime, zone: str
) -> None:
    resolved = resolve_time_of_day(text, now, ZoneInfo(zone))
    assert (resolved.second, resolved.microsecond, resolved.tzinfo) == (0, 0, None)


@given(sentences("duration"))
def test_every_duration_of_the_grammar_is_whole_seconds(text: str) -> None:
    if " -" in text:
        assume(parse_duration(text.partition(" -")[0]) >= parse_duration(text.partition(" -")[2]))
    assert parse_duration(text) >= 0


@given(sentences("weekday-item"), st.lists(sentences("weekday-or-not")))
def test_weekdays_of_the_grammar_come_once_each_in_the_order_of_the_week(
    first: str, others: list[str]
) -> None:
    week = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
    try:
        resolved = resolve_weekdays([first, *others])
    except UnreadableTime:
        assert any(item.startswith("-") for item in others)
        return
    assert list(resolved) == [day for day in week if day in resolved]


DAYS: Final = [
    "today",
    "tomorrow",
    "day after tomorrow",
    "yesterday",
    "friday",
    "this friday",
    "next friday",
    "friday next week",
    "friday +1w",
    "friday next week +1w",
    "tomorrow +2w",
    "january 20",
    "january 1",
    "december 31",
    "may 3 2026",
    "january 20 next year",
    "2026-01-20",
    "day 20",
    "day 3 next month",
    "+3d",
    "+10d",
    "+2w",
    "+1mo",
]
CLOCKS: Final = [
    "7:15",
    "07:15",
    "19:15",
    "0:00",
    "00:30",
    "23:59",
    "24:00",
    "7am",
    "12pm",
    "3:30pm",
    "12:05am",
    "noon",
    "midnight",
    "15 to 8",
    "15 to 8pm",
    "10 past 6",
    "59 past 6am",
    "5 to 22",
    "1 past 0",
    "15 to midnight",
    "30 past noon",
]
SPANS: Final = ["+20m", "+1h30m", "+45s", "+1.5h", "+0.5h", "+0m", "+1h30m15s", "+1h15s", "+90m", "+0.5m"]
ISO: Final = ["2026-01-20T15:00:00", "2026-01-20T15:00", "2026-01-20 15:00", "2026-01-20 3pm"]
DURATIONS: Final = ["20m", "1h30m", "90s", "1.5h", "2d", "1d12h", "1d30m", "2h5s", "1h1m1s", "100m", "0s"]


@pytest.mark.parametrize(
    "text", [*DAYS, *CLOCKS, *SPANS, *ISO, *(f"{day} {clock}" for day, clock in product(DAYS, CLOCKS))]
)
def test_what_people_say_is_in_the_grammar_and_resolves(text: str) -> None:
    assert RULES["date-time"].fullmatch(text)
    assert resolve_date_time(text, NOW, BERLIN)


def test_the_kinds_of_a_single_day_or_time_are_in_the_grammar() -> None:
    assert all(RULES["date"].fullmatch(text) for text in DAYS)
    assert all(RULES["time-of-day"].fullmatch(text) for text in [*CLOCKS, *SPANS])
    assert all(RULES["duration"].fullmatch(text) for text in DURATIONS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "soon",
        "fri",
        "next",
        "next week",
        "friday3pm",
        "3pm friday",
        "friday +20m",
        "friday +1 w",
        "yesterday +",
        "january 32",
        "january 0",
        "january",
        "day 32",
        "20",
        "25:00",
        "24:01",
        "7:60",
        "13pm",
        "0am",
        "60 to 8",
        "15 to",
        "15 to 24",
        "15 to 15 to 8",
        "+",
        "+20",
        "+20mm",
        "+m",
        "+20m30h",
        "-20m",
        "+20000m",
        "20m",
        "1.5d",
        "2026-1-20",
        "2026-01-20T",
        "tomorrowt9:00",
        "tomorrow  9:00 x",
        "٣pm",
        "7:15 pm today",
    ],
)
def test_what_is_not_of_the_language_is_refused_by_grammar_and_parser(text: str) -> None:
    assert not RULES["date-time"].fullmatch(text)
    with pytest.raises(UnreadableTime):
        parse_expression(text)


@given(st.text(max_size=30))
def test_any_other_text_is_an_error_of_ours(text: str) -> None:
    try:
        resolve_date_time(text, NOW, BERLIN)
    except InvalidValue:
        return
    assert re.search("[a-z0-9]", text.lower())


@pytest.mark.parametrize("text", ["", "x", "m", "1", "1.5d", "20 m", "+20m", "1h2h", "20000m", "m20"])
def test_what_is_no_duration_is_not_in_the_grammar(text: str) -> None:
    assert not RULES["duration"].fullmatch(text)


@given(sentences("date-time"))
def test_case_and_spacing_do_not_matter(text: str) -> None:
    loose = f" {text.upper().replace(' ', '   ')}\n"
    assert parse_expression(loose) == parse_expression(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-01-20 14:30 +1h", "2026-01-20T15:30:00"),
        ("2026-01-20T14:30:00 -45m", "2026-01-20T13:45:00"),
        ("2026-01-20 0:15 -30m", "2026-01-19T23:45:00"),
        ("2026-01-20 14:30 +1d", "2026-01-21T14:30:00"),
        ("2026-01-31 14:30 +1mo", "2026-02-28T14:30:00"),
        ("2026-03-29 1:30 +1h", "2026-03-29T03:30:00"),
        ("2026-03-28 2:30 +1d", "2026-03-29T03:30:00"),
        ("2026-01-20 -1w", "2026-01-13T00:00:00"),
    ],
)
def test_a_moment_is_moved_by_hours_in_true_time_and_by_days_at_its_time(text: str, meant: str) -> None:
    assert RULES["date-time"].fullmatch(text)
    assert str(resolve_date_time(text, NOW, BERLIN)) == meant
